"""What the columns of a tagged table are: figures, what is said about every row, and what is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

from hxl_kit.sources.hxl_table._meanings import figure_of, is_figure, meanings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hxl_kit.reading import TableText
    from hxl_kit.sources.hxl_table._meanings import Figure
    from hxl_kit.standard.tags import Tag

Tagged = tuple[str, "Tag"]
_ENDS = {"min", "max"}


@dataclass(frozen=True)
class Counted:
    """A figure of every row: what it counts, and the columns of its value and of the ends of its range."""

    tag: str
    figure: Figure
    value: str | None
    low: str | None = None
    high: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that hold it."""
        return tuple(name for name in (self.value, self.low, self.high) if name is not None)


@dataclass(frozen=True)
class Columns:
    """The columns of a table: `figures`, `context` (column by what it says), and notes on what is not read.

    `dimensions` split the rows by something that the standard's tables cannot hold, so that the same people may stand
    in several rows; `whom` say of whom the figures are; `unread` are figures that are not read.
    """

    figures: tuple[Counted, ...]
    context: Mapping[str, str]
    dimensions: tuple[str, ...]
    whom: tuple[str, ...]
    unread: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def known(self) -> tuple[str, ...]:
        """Every column that is read."""
        return (*self.context.values(), *(name for f in self.figures for name in f.columns))


def columns_of(file: TableText) -> Columns:
    """Return what the columns of a tagged table are."""
    tagged = [(name, tag) for name, tag in zip(file.header, file.tags, strict=True) if tag]
    context, unclear = _context(tagged)
    rest = [(name, tag) for name, tag in tagged if name not in context.values()]
    times = Counter(tag.sorted for _, tag in rest)
    candidates = _by_figure([(name, tag) for name, tag in rest if times[tag.sorted] == 1])
    figures = tuple(_counted(figure, ends) for figure, ends in candidates.items() if _is_clear(ends))
    read = {name for f in figures for name in f.columns}
    left = [(name, tag) for name, tag in rest if name not in read]
    alike = {name for ends in candidates.values() if not _is_clear(ends) for name, _ in chain(*ends.values())}
    twice = [(name, tag) for name, tag in left if is_figure(tag) and (times[tag.sorted] > 1 or name in alike)]
    other = [(name, tag) for name, tag in left if is_figure(tag) and (name, tag) not in twice]
    notes = (
        *_said("several columns are tagged alike, and nothing tells them apart", twice),
        *_said("their attributes say what the standard's tables cannot hold", other),
        *unclear,
    )
    unread = tuple(name for name, _ in (*twice, *other))
    return Columns(figures, context, _matching("dimension", left), _matching("whom", left), unread, notes)


def _context(tagged: Sequence[Tagged]) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the column of each thing said about every row: of several the one whose tag says least besides."""
    found: dict[str, str] = {}
    unclear: list[str] = []
    for field in dict.fromkeys(m.field for m in meanings("context")):
        patterns = [m.pattern for m in meanings("context") if m.field == field]
        fits = [
            (rank, len(tag.attribute_set - pattern.include), name)
            for name, tag in tagged
            if name not in found.values()
            for rank, pattern in enumerate(patterns)
            if pattern.matches(tag)
        ]
        best = sorted(fits)[:2]
        if len(best) > 1 and best[0][:2] == best[1][:2] and best[0][2] != best[1][2]:
            unclear.append(
                f"several columns may hold {field} ({best[0][2]}, {best[1][2]}): none is read as it"
            )
        elif best:
            found[field] = best[0][2]
    return found, tuple(unclear)


def _by_figure(tagged: Iterable[Tagged]) -> dict[Figure, dict[str, list[Tagged]]]:
    """Return the columns of each figure by what they hold of it: its value, or an end of its range."""
    columns: dict[Figure, dict[str, list[Tagged]]] = {}
    for name, tag in tagged:
        figure = figure_of(tag)
        if figure is not None:
            ends = columns.setdefault(replace(figure, bound=""), {})
            ends.setdefault(figure.bound, []).append((name, tag))
    return columns


def _is_clear(ends: Mapping[str, list[Tagged]]) -> bool:
    return all(len(columns) == 1 for columns in ends.values())


def _counted(figure: Figure, ends: Mapping[str, list[Tagged]]) -> Counted:
    names = {end: name for end, [(name, _)] in ends.items()}
    tag = next(tag for [(_, tag)] in ends.values())
    attributes = sorted(tag.attribute_set - _ENDS)
    label = "+".join((tag.hashtag.removeprefix("#"), *attributes))
    return Counted(label, figure, names.get(""), names.get("low"), names.get("high"))


def _matching(kind: str, tagged: Iterable[Tagged]) -> tuple[str, ...]:
    patterns = [m.pattern for m in meanings(kind)]
    return tuple(name for name, tag in tagged if any(pattern.matches(tag) for pattern in patterns))


def _said(reason: str, tagged: Iterable[Tagged]) -> tuple[str, ...]:
    named = [f"{name} ({tag})" for name, tag in tagged]
    return (f"figures not read because {reason}: {', '.join(named)}",) if named else ()
