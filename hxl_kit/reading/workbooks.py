"""Workbooks: the visible sheets that hold a table, every cell as the text that a person sees."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError, UsageError, nearest
from hxl_kit.reading.books import open_book
from hxl_kit.reading.hashtags import HashtagRow, find_hashtag_row
from hxl_kit.reading.headings import Heading, header_above, heading
from hxl_kit.reading.levels import header_row, may_continue
from hxl_kit.reading.table import (
    Batch,
    Doubt,
    PlaceDoubt,
    TableText,
    counted,
    listed,
    numbered,
    plain_words,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hxl_kit.reading.cells import Reader
    from hxl_kit.reading.layout import Book, Layout, Merge, Sheet
    from hxl_kit.reading.signatures import Content

SEARCHED_ROWS = 50
PROSE_WIDTH = 3
PROSE_CHARACTERS = 60
"""A sheet of at most 3 columns whose rows hold a cell longer than 60 characters, as a rule, is prose."""

ABOUT = re.compile(
    r"\b(read\W?me|licen[cs]es?|meta\W?data|notes?|about|cover|contents|disclaimer)\b", re.IGNORECASE
)
"""Names of sheets that tell about the data; they are read only when asked for, or alone."""


@dataclass(frozen=True)
class Candidate:
    """A sheet that may hold a table.

    Attributes:
        header: the 0-based index of the row that names the columns; None where the hashtags stand alone.
        merges: the merged cells, their columns counted as those of `frame`.
    """

    sheet: Sheet
    layout: Layout
    merges: tuple[Merge, ...]
    frame: pl.DataFrame
    rows: list[tuple[str | None, ...]]
    header: int | None
    hashtags: HashtagRow | None

    @property
    def has_rows(self) -> bool:
        """Whether anything stands below the header."""
        return self.frame.height > (self.hashtags.index if self.hashtags else self.header or 0) + 1


@contextmanager
def open_workbook(
    content: Content, encoding: str | None, sheet: str | None
) -> Iterator[tuple[TableText, ...]]:
    """Yield the sheets of a workbook that hold tables, in their order; or the one asked for, hidden or not.

    A sheet whose heading cannot be read is left out, and the notes of the others say so.

    Raises:
        InputError: the workbook is corrupt, holds macros, or has no such sheet; no sheet holds a table that can
            be read.
        UsageError: an encoding is asked for.
    """
    if encoding is not None:
        raise UsageError(
            f"{content.label}: is a workbook, which says its encoding itself; leave out --encoding"
        )
    with plain_words(content.label), open_book(content) as (book, reader):
        found = _chosen(content.label, book, reader, sheet)
        tables, refusals = _tables(content, book, found, asked=sheet is not None)
    if not tables:
        raise refusals[0]
    unread = tuple(f"not read: {str(error).removeprefix(f'{content.label}: ')}" for error in refusals)
    yield tuple(replace(table, notes=(*table.notes, *unread)) for table in tables)


def _tables(
    content: Content, book: Book, found: list[Candidate], *, asked: bool
) -> tuple[list[TableText], list[InputError]]:
    """Return the tables of the sheets, and what is wrong with those whose heading cannot be read."""
    tables, refusals = [], []
    for candidate in found:
        try:
            tables.append(_table(content, book, candidate, asked=asked))
        except InputError as error:
            refusals.append(error)
    return tables, refusals


def _table(content: Content, book: Book, chosen: Candidate, *, asked: bool) -> TableText:
    label = f"{content.label}: sheet '{shown(chosen.sheet.name)}'"
    _require_clear_header(label, chosen)
    found = heading(label, chosen.rows, chosen.header, chosen.hashtags, merges=chosen.merges)
    frame, found = _named(chosen.frame, found)
    return TableText(
        path=content.path,
        format=content.kind,
        encoding="",
        delimiter="",
        sheet=chosen.sheet.name,
        header=found.names,
        tags=found.tags,
        first_row=found.first_row,
        notes=(*content.notes, *_about(book, chosen.sheet, chosen.layout, asked=asked), *found.notes),
        read=_reader(frame, found.first_row),
        date_system=book.date_system,
        aside=found.aside,
    )


def _named(frame: pl.DataFrame, found: Heading) -> tuple[pl.DataFrame, Heading]:
    """Return the sheet's columns under their names, without those at the right end that hold nothing."""
    below = frame.slice(found.first_row - 1)
    kept = frame.width - found.unnamed
    filled = [n for n, column in enumerate(below.iter_columns(), 1) if column.null_count() < below.height]
    kept = max([kept, *filled])
    found = found.without(frame.width - kept)
    return frame.select(pl.nth(range(kept))).rename(
        dict(zip(frame.columns, found.names, strict=False))
    ), found


def _reader(frame: pl.DataFrame, first: int) -> Callable[[], Iterator[Batch]]:
    numbers = pl.int_range(1, frame.height + 1, dtype=pl.UInt32, eager=True)
    whole, blank = numbered(frame, numbers, first)
    return lambda: iter([Batch(whole, (), blank)])


def _chosen(label: str, book: Book, reader: Reader, wanted: str | None) -> list[Candidate]:
    """Return the sheet that is asked for, or the visible ones that hold a table.

    Raises:
        InputError: there is no such sheet, or there is none with a table.
    """
    if wanted is not None:
        return [_wanted(label, book, reader, wanted)]
    visible = [_candidate(sheet, book, reader) for sheet in book.sheets if not sheet.hidden]
    loaded = [candidate for candidate in visible if _is_table(candidate)]
    full = [candidate for candidate in loaded if candidate.has_rows] or loaded
    full = [candidate for candidate in full if not ABOUT.search(candidate.sheet.name)] or full
    if not full:
        raise InputError(f"{label}: {_about_none(book.sheets)}")
    return full


def _wanted(label: str, book: Book, reader: Reader, name: str) -> Candidate:
    named = {sheet.name: sheet for sheet in book.sheets}
    if name not in named:
        close = shown(nearest(name, named))
        raise InputError(f"{label}: no sheet '{shown(name)}'{close} (sheets: {listed(list(named))})")
    found = _candidate(named[name], book, reader)
    if found.header is None and found.hashtags is None:
        raise InputError(f"{label}: sheet '{shown(name)}' is empty or has no header row")
    return found


def _about_none(sheets: tuple[Sheet, ...]) -> str:
    hidden = [sheet.name for sheet in sheets if sheet.hidden]
    if hidden:
        return f"no visible sheet holds a table (hidden: {listed(hidden)}); name one: --sheet NAME"
    return f"is empty: no sheet holds a table with a header row (sheets: {listed([sheet.name for sheet in sheets])})"


def _is_table(candidate: Candidate) -> bool:
    if candidate.hashtags:
        return True
    if candidate.header is None:
        return False
    return not _is_prose(candidate)


def _is_prose(candidate: Candidate) -> bool:
    rows = [[cell for cell in row if cell and cell.strip()] for row in candidate.rows]
    filled = [row for row in rows if row]
    if max(len(row) for row in filled) > PROSE_WIDTH:
        return False
    long = sum(any(len(cell) > PROSE_CHARACTERS for cell in row) for row in filled)
    return 2 * long >= len(filled) or max(len(row) for row in filled) == 1


def _candidate(sheet: Sheet, book: Book, reader: Reader) -> Candidate:
    layout = book.layout(sheet)
    cells = reader.cells(sheet.name)
    merges = tuple(merge.moved(-cells.left) for merge in layout.merges)
    rows = cells.frame.head(SEARCHED_ROWS).rows()
    hashtags = find_hashtag_row(rows)
    header = header_above(rows, hashtags) if hashtags else header_row(rows, merges)
    return Candidate(sheet, layout, merges, cells.frame, rows, header, hashtags)


def _require_clear_header(label: str, chosen: Candidate) -> None:
    """Refuse a header of which nothing tells whether the row below it is one of its rows or the first of the data.

    Raises:
        InputError: it is such a header.
    """
    if (
        chosen.header is None
        or chosen.hashtags
        or not may_continue(chosen.rows, chosen.header, chosen.merges)
    ):
        return
    row = chosen.header + 1
    merged = listed([m.reference for m in chosen.merges if m.top <= row <= m.bottom])
    raise InputError(
        f"{label}: the header (row {row}) has merged cells ({merged}), and row {row + 1} could name columns or be "
        "data: give each column one name in one row",
    )


def _about(book: Book, sheet: Sheet, layout: Layout, *, asked: bool) -> list[str]:
    others = [other.name for other in book.sheets if other is not sheet]
    hidden = "hidden " if sheet.hidden else ""
    unseen = [other.name for other in book.sheets if other.hidden and other is not sheet]
    rest = f" of {len(book.sheets)} (others: {listed(others)})" if others else ""
    told = [
        (True, _as_chosen(book, sheet, asked=asked)(f"{hidden}sheet '{shown(sheet.name)}'{rest}")),
        (unseen, PlaceDoubt(f"hidden sheets stay in the file, unread: {listed(unseen)}")),
        (layout.hidden_columns, Doubt("hidden columns are read too")),
        (layout.hidden_rows, f"{counted(layout.hidden_rows, 'hidden row')} read too (a filter?)"),
        (layout.merges, _about_merges(layout)),
        (
            book.links or layout.links,
            Doubt("formulas link to other workbooks: their stored values are read, nothing is fetched"),
        ),
        (layout.formulas, f"{counted(layout.formulas, 'formula')} read as stored values"),
        (
            layout.unstored,
            Doubt(f"{counted(layout.unstored, 'formula')} without a stored value read as empty cells"),
        ),
        (layout.text_numbers, f"numbers stored as text, in columns {listed(layout.text_numbers)}"),
        (
            layout.lost_errors,
            f"{counted(layout.lost_errors, 'error cell')} (#N/A, #REF!, …) read as empty; in XLSX they keep their text",
        ),
    ]
    return [note for applies, note in told if applies]


def _as_chosen(book: Book, sheet: Sheet, *, asked: bool) -> type[str]:
    """Return what a note on the sheet is: a doubt where another one comes first and none was asked for."""
    first = next((other for other in book.sheets if not other.hidden), sheet)
    return str if asked or first is sheet else PlaceDoubt


def _about_merges(layout: Layout) -> str:
    return f"merged cells hold their value in the first cell alone: {listed([m.reference for m in layout.merges])}"
