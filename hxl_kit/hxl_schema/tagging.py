"""Hashtags for a table without them, by what its headers say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError
from hxl_kit.hxl_schema.cells import folded
from hxl_kit.reading.hashtags import SEARCHED_ROWS, HashtagRow
from hxl_kit.reading.table import shown
from hxl_kit.standard.tags import parse_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.standard.tags import Tag


def tagged(
    rows: Sequence[Sequence[str | None]],
    specs: Sequence[tuple[str, str]],
    *,
    default: str | None = None,
    whole_header: bool = False,
) -> HashtagRow | None:
    """Return the header row of a table with tags for its columns; None when no row says enough of the headers.

    The header row is the first of 25 whose cells meet at least half as many times as there are specs.

    Args:
        rows: the table, headers first.
        specs: words of a header and the tag for it; of several that apply the first one counts. Case, accents and
            superfluous space do not.
        default: the tag of columns that no spec applies to; without it they are untagged.
        whole_header: the words are all of the header, not a part of it.

    Raises:
        UsageError: a tag is none.
    """
    words = _folded([spec[0] for spec in specs])
    wanted = list(zip(words, (_tag(spec[1]) for spec in specs), strict=True))
    other = _tag(default) if default else None
    for index, row in enumerate(rows[:SEARCHED_ROWS]):
        found = [_found(header, wanted, whole_header=whole_header) for header in _folded(row)]
        met = sum(tag is not None for tag in found)
        if met and 2 * met >= len(wanted):
            headers = tuple(None if cell is None else str(cell) for cell in row)
            return HashtagRow(index, headers, tuple(tag or other for tag in found))
    return None


def _found(header: str, wanted: Sequence[tuple[str, Tag]], *, whole_header: bool) -> Tag | None:
    return next(
        (tag for words, tag in wanted if (words == header if whole_header else words in header)), None
    )


def _folded(cells: Sequence[str | None]) -> list[str]:
    texts = pl.Series([None if cell is None else str(cell) for cell in cells], dtype=pl.String)
    return folded(texts).fill_null("").to_list()


def _tag(spec: str) -> Tag:
    tag = parse_tag(spec)
    if tag is None:
        raise UsageError(f"tagging: '{shown(spec)}' is not an HXL tag; write it like '#affected+killed'")
    return tag
