"""The hashtag row of a file: where it is, what it says, and which columns are wanted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from hxl_kit.errors import UsageError
from hxl_kit.reading.limits import TAG_CHARACTERS
from hxl_kit.reading.table import listed
from hxl_kit.standard.tags import Tag, parse_cell, parse_tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Cells = Sequence[str | None]

Row = TypeVar("Row")

FULL_WIDTH = "＃"
UNSIGNED = re.compile(r"[A-Za-z]\w*(?:\+[A-Za-z]\w*)+")
SEARCHED_ROWS = 25
"""How many rows are searched: up to 24 of headings may stand above the hashtags."""


@dataclass(frozen=True)
class HashtagRow:
    """A hashtag row: its 0-based index in the file, and per column the header above it and its tag.

    There are as many columns as the hashtag row has cells. `headers` holds the cells of the row directly above
    as they are, None where that row is shorter or absent; `tags` holds None for an untagged column.
    """

    index: int
    headers: tuple[str | None, ...]
    tags: tuple[Tag | None, ...]

    def data(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return the file's rows below the hashtags, ragged ones as they are."""
        return rows[self.index + 1 :]


def find_hashtag_row(rows: Sequence[Sequence[str | None]]) -> HashtagRow | None:
    """Return the first row in which half of the cells that are not empty are tags, or None.

    The first 25 rows are searched, empty ones counted (HXL 1.1 puts the hashtag row between headers and data);
    half suffices, and cells are accent-folded, as in libhxl. Numbers, as JSON has them, count as text.
    """
    above: Cells = ()
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        tags = tuple(None if cell is None else parse_cell(str(cell)) for cell in row)
        if _mostly_tags(row, tags):
            return HashtagRow(index, _headers(above, len(tags)), tags)
        above = row
    return None


def faulty_hashtags(rows: Sequence[Sequence[str | None]], found: HashtagRow | None) -> list[str]:
    """Return what is wrong with the hashtags of a file, in plain words; nothing where it has none at all.

    A row most of whose cells begin with a number sign is meant to hold hashtags, whether or not these can be read.
    """
    if found is None:
        meant = next((n for n, row in enumerate(rows[:SEARCHED_ROWS]) if _means_tags(row)), None)
        if meant is None:
            return []
        return [
            f"row {meant + 1} looks like a hashtag row, but these are no hashtags: {listed(_signed(rows[meant]))}"
        ]
    cells = [str(cell).strip() for cell in rows[found.index] if cell is not None]
    wrong = [cell for cell in cells if _is_meant(cell) and parse_cell(cell) is None]
    wide = [cell for cell in cells if cell.startswith(FULL_WIDTH)]
    long = [cell for cell in cells if len(cell) > TAG_CHARACTERS]
    told = (
        (wrong, "cells of the hashtag row that are no hashtag (its syntax is #tag+attribute+attribute)"),
        (wide, "hashtags with a full-width sign (U+FF03), which other programs do not read"),
        (long, f"hashtags with too many attributes (the limit is a length of {TAG_CHARACTERS})"),
    )
    return [f"{what}: {listed(cells)}" for cells, what in told if cells]


def recognise(tags: Sequence[Tag | None], wanted: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Return for each wanted field the 0-based columns that carry its tag, in any order of attributes.

    No column means that the field is absent, several that it is ambiguous: nothing is chosen silently.

    Args:
        tags: the columns' tags, None for an untagged column.
        wanted: field names and the tag of each (`hxl_tag` in the schema).

    Raises:
        UsageError: a wanted tag is not a tag.
    """
    parsed = {name: _wanted(name, spec) for name, spec in wanted.items()}
    return {
        name: tuple(column for column, tag in enumerate(tags) if tag == sought)
        for name, sought in parsed.items()
    }


def _mostly_tags(row: Cells, tags: tuple[Tag | None, ...]) -> bool:
    filled = sum(cell is not None and str(cell).strip() != "" for cell in row)
    return 0 < filled <= 2 * sum(tag is not None for tag in tags)


def _means_tags(row: Cells) -> bool:
    filled = [cell for cell in row if cell is not None and str(cell).strip()]
    signed = _signed(row)
    # A sign alone is the name of a column of row numbers.
    return 0 < len(filled) <= 2 * len(signed) and (len(signed) > 1 or len(signed[0]) > 1)


def _is_meant(cell: str) -> bool:
    """Return whether a cell was meant to be a hashtag: it has the sign, or else its attributes."""
    return bool(_signed([cell]) or UNSIGNED.fullmatch(cell))


def _signed(row: Cells) -> list[str]:
    """Return the cells that begin with a number sign."""
    return [
        text for cell in row if cell is not None and (text := str(cell).strip()).startswith(("#", FULL_WIDTH))
    ]


def _headers(above: Cells, width: int) -> tuple[str | None, ...]:
    present = tuple(None if cell is None else str(cell) for cell in above[:width])
    return present + (None,) * (width - len(present))


def _wanted(name: str, spec: str) -> Tag:
    tag = parse_tag(spec)
    if tag is None:
        raise UsageError(f"{name}: hxl_tag '{spec}' is not an HXL tag; write it like '#affected+killed'")
    return tag
