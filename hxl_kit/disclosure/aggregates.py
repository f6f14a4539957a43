"""Tables of counts of people with a sensitive attribute: which columns count them, and what tells rows apart.

A column is such a count by its own name or hashtag, by values beside it, or by the name of the table. Casualty figures
(killed, injured, missing, abducted, detained …) are the message and are none: a column is one by its name or hashtag,
or because a known source or the standard says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.cells import MARKS, count
from hxl_kit.disclosure.rows import of_clusters
from hxl_kit.disclosure.words import is_total, kind, kinds
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_SHARE_NUMBERS = 0.9
_FIRST = 5000
"""Cells by which numbers and text are told apart, before the columns that matter are read in full."""

_MOST_VALUES = 200
_LONGEST_VALUE = 60


@dataclass(frozen=True)
class Aggregate:
    """A table of counts on a sensitive attribute.

    Attributes:
        counts: the columns of counts that are about it, with what it is.
        by: the columns that say what a row counts.
        told: the columns whose values name the attribute in some rows (incident type: rape), with those values.
        named: the counts that name it themselves, in whatever rows.
    """

    counts: Mapping[str, str]
    by: tuple[str, ...]
    told: Mapping[str, Mapping[str, str]]
    named: frozenset[str] = frozenset()

    def about(self, name: str) -> pl.Expr:
        """Return whether a row's count is about the attribute: all are, unless values of a column tell which."""
        if not self.told or name in self.named:
            return pl.lit(value=True)
        return pl.any_horizontal(
            pl.col(name).cast(pl.String).is_in(list(values)) for name, values in self.told.items()
        )


class Watch:
    """Whether a table that is read batch by batch has a word for something sensitive, in a name or in a value."""

    def __init__(self, resource: str, columns: Sequence[str], tags: Mapping[str, str]) -> None:
        """Look at the names: of the table, and of the columns that no source accounts for."""
        names = (resource, *(f"{name} {tags.get(name, '')}" for name in columns))
        self.sensitive = any(kind(words, "sensitive") for words in names)
        self._values: dict[str, set[str]] = {name: set() for name in columns if _may_tell(name)}

    def add(self, frame: pl.DataFrame) -> None:
        """Look at the values of some rows, in columns of few values."""
        if self.sensitive:
            return
        for name in list(self._values):
            found = _few(frame[name])
            new = set(() if found is None else found) - self._values[name]
            if found is None or len(new) + len(self._values[name]) > _MOST_VALUES:
                del self._values[name]
                continue
            self._values[name] |= new
            self.sensitive = self.sensitive or any(_told_by(value, "") for value in new)


def _few(cells: pl.Series) -> pl.Series | None:
    """Return the values of cells, None where they are many; the first cells mostly tell."""
    if cells.head(_FIRST).n_unique() > _MOST_VALUES + 1:
        return None
    values = cells.drop_nulls().cast(pl.String).unique()
    return values if len(values) <= _MOST_VALUES else None


def aggregate(
    frame: pl.DataFrame, resource: str, known: Collection[str], tags: Mapping[str, str]
) -> Aggregate | None:
    """Return what a table counts of a sensitive attribute, None where it counts none or is a list of people.

    Args:
        frame: the table as text, with row_number.
        resource: the table's name; one that tells an attribute ("gbv cases") makes all its counts sensitive.
        known: columns that a known source or the standard accounts for; they are no concern here.
        tags: hashtags by column.
    """
    columns = [name for name in frame.columns if name != ROW_NUMBER and name not in known]
    names = {name: f"{name} {tags.get(name, '')}" for name in columns}
    first = frame.select(pl.col(name).drop_nulls().head(_FIRST).implode() for name in columns)
    numeric = {name for name in columns if is_numeric(first.select(pl.col(name).explode()), name)}
    by = tuple(name for name in columns if name not in numeric)
    told = {name: values for name in by if (values := _told(frame, name, names[name]))}
    own = {name: about for name in sorted(numeric) if (about := _counted(names[name], resource))}
    whole = "" if kind(resource, "things") else kind(resource, "sensitive")
    if told or whole:
        shared = next((about for values in told.values() for about in values.values()), whole)
        own = {name: shared for name in numeric if _counts_people(names[name])} | own
    clusters = of_clusters(columns)
    own = {name: about for name, about in own.items() if name not in clusters}
    counts = {name: own[name] for name in columns if name in own and is_numeric(frame, name)}
    dimensions = tuple(
        name for name in columns if name not in counts and (name in by or is_label(names[name]))
    )
    if not counts or _is_list_of_people(frame, columns, tuple(counts), dimensions):
        return None
    themselves = frozenset(name for name in counts if _counted(names[name], ""))
    return Aggregate(counts, dimensions, told if counts.keys() - themselves else {}, themselves)


def is_numeric(frame: pl.DataFrame, name: str) -> bool:
    """Return whether nearly all cells are whole numbers or marks for a count that is kept back."""
    filled = frame.select(pl.col(name).drop_nulls().cast(pl.String).str.strip_chars())
    return _share(filled, name) >= _SHARE_NUMBERS


def _share(filled: pl.DataFrame, name: str) -> float:
    """Return the share of numbers and marks among cells; 0 where there is no number."""
    numbers = int(filled.select(count(name).is_not_null().sum()).item())
    marks = int(filled[name].str.contains(MARKS).sum())
    return (numbers + marks) / filled.height if numbers else 0.0


def _counted(words: str, resource: str) -> str:
    """Return the attribute that a column of numbers counts people with, by its name and hashtag."""
    excluded = (
        _is_no_count(words)
        or kind(resource, "things")
        or (kind(words, "casualty") and not _names_violence(words))
    )
    return "" if excluded else kind(words, "sensitive")


def _names_violence(words: str) -> bool:
    """Return whether a count is of sexual violence or of an illness, whatever else it counts."""
    return bool(kinds(words, "sensitive") & {"gbv", "hiv"})


def _counts_people(words: str) -> bool:
    is_count = kind(words, "count") or kind(words.partition(" #")[0], "count_name")
    return bool(is_count) and not (
        _is_no_count(words) or kind(words, "casualty") or kind(words.partition(" #")[0], "key")
    )


def _is_no_count(words: str) -> bool:
    """Return whether numbers are rates, years, codes or counts of things and events."""
    others = kind(words, "others") and not kind(words, "cases")
    return "%" in words or bool(kind(words, "never_count") or kind(words, "things") or others)


def is_label(words: str) -> bool:
    """Return whether a column of numbers says what a row counts: a year, a code, an age."""
    return bool(kind(words, "never_count") or kind(words.partition(" #")[0], "key"))


def _told(frame: pl.DataFrame, name: str, words: str) -> dict[str, str]:
    """Return the values of a column of few values that name a sensitive attribute; all of them where its name does."""
    values = _few(frame[name]) if _may_tell(name) else None
    if values is None:
        return {}
    column = kind(words, "sensitive")
    told = {value: _told_by(value, column) for value in values}
    return {value: about for value, about in told.items() if about}


def _may_tell(name: str) -> bool:
    """Return whether the values of a column may say what people have: names of places and programmes do not."""
    return kind(name, "unit") != "facility" and not kind(name, "programme")


def _told_by(value: str, column: str) -> str:
    """Return what a value says of people, by itself or by its column; "" for totals and long texts."""
    if len(value) > _LONGEST_VALUE or is_total(value):
        return ""
    return column or kind(value, "sensitive")


def _is_list_of_people(
    frame: pl.DataFrame, columns: Sequence[str], counts: Sequence[str], by: Sequence[str]
) -> bool:
    """Return whether rows are people: a column says so, or 0 and 1 stand in rows that are not told apart."""
    if any(kind(name, "unit") in {"person", "household"} for name in columns if name not in counts):
        return True
    if (frame.select(pl.max_horizontal(count(name).max() for name in counts)).item() or 0) > 1:
        return False
    return bool(frame.select(by).is_duplicated().any()) if by else frame.height > 1
