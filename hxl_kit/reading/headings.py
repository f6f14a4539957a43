"""From the first rows of a table: the columns' names and tags, and where the data begin."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby, zip_longest
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.reading.hashtags import faulty_hashtags
from hxl_kit.reading.levels import levels_above
from hxl_kit.reading.table import ROW_NUMBER, Doubt, PlaceDoubt, counted, listed
from hxl_kit.standard.tags import parse_cell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.reading.hashtags import HashtagRow
    from hxl_kit.reading.layout import Merge
    from hxl_kit.reading.levels import Level
    from hxl_kit.standard.tags import Tag

    Row = Sequence[str | None]

_VALUE = re.compile(r"[+-]?\d+\.\d+|\d{4}-\d\d-\d\d.*|\+?\d{5,}")
"""What is a value and no column's name: a header with one is a row of the data, and is not repeated in messages."""


@dataclass(frozen=True)
class Heading:
    """The names and tags of a table's columns; `first_row` is the record number of the first data row.

    `unnamed` is how many columns at the right end have neither name nor tag, `aside` what stands above the data and is
    neither.
    """

    names: tuple[str, ...]
    tags: tuple[Tag | None, ...]
    first_row: int
    unnamed: int
    notes: tuple[str, ...]
    aside: tuple[tuple[int, str], ...] = ()

    def without(self, columns: int) -> Heading:
        """Return the heading without the last columns, which are empty."""
        if not columns:
            return self
        note = f"{counted(columns, 'empty column')} without a name at the right end dropped"
        kept = len(self.names) - columns
        return replace(self, names=self.names[:kept], tags=self.tags[:kept], notes=(*self.notes, note))


def is_blank(row: Row) -> bool:
    """Return whether no cell of a row holds anything but white space."""
    return not any(cell and cell.strip() for cell in row)


def header_above(rows: Sequence[Row], hashtags: HashtagRow) -> int | None:
    """Return the index of the header row above the hashtags, or None when there is none."""
    above = hashtags.index - 1
    return above if above >= 0 and not is_blank(rows[above]) else None


def heading(
    label: str,
    rows: Sequence[Row],
    header: int | None,
    hashtags: HashtagRow | None,
    width: int = 0,
    merges: Sequence[Merge] = (),
) -> Heading:
    """Return the heading of a table whose header is row `header` (0-based; None: the hashtags alone).

    It has at least `width` columns. A column is named by the lowest row of the header that names it. Columns of the
    same name are told apart by the groups above them ("Killed / Women"), then, with hashtags, by their position.

    Raises:
        InputError: two columns have the same name, and neither groups nor hashtags tell them apart.
    """
    tags = hashtags.tags if hashtags else ()
    cells = rows[header] if header is not None else [str(tag) if tag else None for tag in tags]
    width = max(width, len(cells), len(tags))
    tags += (None,) * (width - len(tags))
    levels = () if header is None else levels_above(rows, header, merges, width)
    received = _received([rows[level.row] for level in levels] + [cells], width)
    names, notes = _grouped(*_names(received), levels)
    if hashtags:
        names, notes = _told_apart(names, notes)
    _require_unique(label, names)
    top = hashtags.index if header is None and hashtags else header or 0
    last = hashtags.index if hashtags else top
    told = _about_rows_above(top, levels)
    told = [note if hashtags else PlaceDoubt(note) for note in told]
    told += [] if hashtags is None else _about_tags(header, hashtags, names)
    told += map(Doubt, faulty_hashtags(rows, hashtags))
    aside = _aside(rows, header, hashtags)
    return Heading(tuple(names), tags, last + 2, _unnamed(received, tags), (*told, *notes), aside)


def _aside(
    rows: Sequence[Row], header: int | None, hashtags: HashtagRow | None
) -> tuple[tuple[int, str], ...]:
    """Return the texts above the data, with their rows' numbers, that neither name nor tag a column."""
    last = hashtags.index if hashtags else header or 0
    return tuple(
        (number, str(cell))
        for number, row in enumerate(rows[: last + 1], 1)
        for cell in row
        if number - 1 != header and cell and not (number - 1 == last and parse_cell(str(cell)))
    )


def _received(rows: Sequence[Row], width: int) -> list[str]:
    """Return for each column the lowest cell of the header that holds anything, "" where none does."""
    columns = zip_longest(*reversed(rows), ["" for _ in range(width)])
    return [next((cell for cell in column if cell and cell.strip()), "") for column in columns]


def _about_rows_above(top: int, levels: Sequence[Level]) -> list[str]:
    """Return notes on the rows above the header: which are titles, and which group columns."""
    skipped = top - len(levels)
    told = [f"{counted(skipped, 'row')} above the header skipped"] if skipped else []
    for level in levels:
        runs = [(text, len(list(run))) for text, run in groupby(level.texts) if text]
        groups = listed([f"{text} ({columns})" for text, columns in runs if columns > 1])
        what = f"groups columns: {groups}" if groups else "names columns"
        told.append(f"row {level.row + 1} of the header {what}")
    return told


def _grouped(names: list[str], notes: list[str], levels: Sequence[Level]) -> tuple[list[str], list[str]]:
    """Return names of which those that repeat have the groups above them before them."""
    times = Counter(names)
    twice = [name for name in times if times[name] > 1]
    if not levels or not twice:
        return names, notes
    above = [
        dict.fromkeys(text for text in texts if text)
        for texts in zip(*(lv.texts for lv in levels), strict=True)
    ]
    full = [
        " / ".join([*(group for group in groups if group != name), name]) if times[name] > 1 else name
        for name, groups in zip(names, above, strict=True)
    ]
    return full, [*notes, f"column names that repeat got their group: {listed(twice)}"]


def _about_tags(header: int | None, hashtags: HashtagRow, names: list[str]) -> list[str]:
    number = hashtags.index + 1
    alone = f"row {number} holds the hashtags; no header above it, so they name the columns"
    tags = hashtags.tags + (None,) * (len(names) - len(hashtags.tags))
    untagged = [name for name, tag in zip(names, tags, strict=True) if tag is None]
    told = [alone if header is None else f"hashtag row {number} removed"]
    return told + ([f"columns without a hashtag (untagged): {listed(untagged)}"] if untagged else [])


def _told_apart(names: list[str], notes: list[str]) -> tuple[list[str], list[str]]:
    """Return names of which each is one column's; where hashtags say what the columns are, names may repeat."""
    times = Counter(names)
    twice = [name for name in times if times[name] > 1]
    if not twice:
        return names, notes
    apart = [f"{name} (column {n})" if times[name] > 1 else name for n, name in enumerate(names, 1)]
    return apart, [*notes, f"column names that repeat got their position: {listed(twice)}"]


def _names(received: list[str]) -> tuple[list[str], list[str]]:
    """Return the columns' names, and notes on those that are not as received."""
    stripped = [" ".join(name.split()) if "\n" in name or "\r" in name else name.strip() for name in received]
    blank = [f"column {n}" for n, name in enumerate(stripped, 1) if not name]
    names = [_name(n, name) for n, name in enumerate(stripped, 1)]
    alike = _alike(stripped)
    trimmed = [name for name, before in zip(stripped, received, strict=True) if name and name != before]
    notes = [
        (trimmed, "white space around or line breaks inside column names removed"),
        (blank, "columns without a name are named by their position"),
        (alike, "column names that differ only in case or white space (duplicates to some programs)"),
        ([name for name, before in zip(names, stripped, strict=True) if before == ROW_NUMBER], "renamed"),
    ]
    return names, [f"{what}: {listed(which)}" for which, what in notes if which]


def _name(position: int, name: str) -> str:
    if name == ROW_NUMBER:
        return f"{name} (column {position})"
    return name or f"column {position}"


def _alike(names: list[str]) -> list[str]:
    folded = Counter("".join(name.split()).casefold() for name in set(names) if name)
    return [name for name in dict.fromkeys(names) if folded["".join(name.split()).casefold()] > 1]


def _require_unique(label: str, names: list[str]) -> None:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        places = ", ".join(str(n) for n, name in enumerate(names, 1) if name == twice[0])
        if any(_VALUE.fullmatch(name) for name in names):
            raise InputError(
                f"{label}: columns {places} have the same name, and others a number or a date: is the header missing? "
                "Write the names of the columns into the first row, each its own",
            )
        raise InputError(
            f"{label}: duplicate column names: {listed(twice)} (the first in columns {places}); "
            "give each column its own name",
        )


def _unnamed(received: list[str], tags: tuple[Tag | None, ...]) -> int:
    named = [n for n, name in enumerate(received, 1) if name.strip() or tags[n - 1]]
    return len(received) - max(named, default=0)
