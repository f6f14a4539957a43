"""XLSX workbooks: the one visible sheet that holds a table, every cell as the text that a person sees."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError, UsageError, nearest
from hxl_kit.reading.hashtags import HashtagRow, find_hashtag_row
from hxl_kit.reading.headings import Heading, header_above, heading
from hxl_kit.reading.ooxml import Layout, Sheet, Workbook
from hxl_kit.reading.table import Batch, TableText, counted, listed, numbered, plain_words, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hxl_kit.reading.signatures import Content

SEARCHED_ROWS = 50
PROSE_WIDTH = 3
PROSE_CHARACTERS = 60
"""A sheet of at most 3 columns whose rows hold a cell longer than 60 characters, as a rule, is prose."""

ABOUT = re.compile(
    r"\b(read\W?me|licen[cs]es?|meta\W?data|notes?|about|cover|contents|disclaimer)\b", re.IGNORECASE
)
"""Names of sheets that tell about the data; they are read only when asked for, or alone."""

ERRORS = {
    "Div0": "#DIV/0!",
    "GettingData": "#GETTING_DATA",
    "NA": "#N/A",
    "Name": "#NAME?",
    "Null": "#NULL!",
    "Num": "#NUM!",
    "Ref": "#REF!",
    "Value": "#VALUE!",
}
NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?|\d{4}-\d\d-\d\d\b.*")
YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Candidate:
    """A sheet with a header-like row: `header` is its 0-based index, None where the hashtags stand alone."""

    sheet: Sheet
    frame: pl.DataFrame
    rows: list[tuple[str | None, ...]]
    header: int | None
    hashtags: HashtagRow | None

    @property
    def has_rows(self) -> bool:
        """Whether anything stands below the header."""
        return self.frame.height > (self.hashtags.index if self.hashtags else self.header or 0) + 1


@contextmanager
def open_workbook(content: Content, encoding: str | None, sheet: str | None) -> Iterator[TableText]:
    """Yield a sheet of a workbook as a table.

    Raises:
        InputError: the workbook is corrupt, holds macros, or has no such sheet; no sheet holds a table, or
            several do; the header has merged cells or several rows.
        UsageError: an encoding is asked for.
    """
    if encoding is not None:
        raise UsageError(
            f"{content.label}: is a workbook, which says its encoding itself; leave out --encoding"
        )
    with plain_words(content.label):
        book = Workbook(content.label, content.file)
        with book.archive:
            chosen = _chosen(content, book, sheet)
            layout = book.layout(chosen.sheet)
            links = book.links
    _require_plain_header(content.label, chosen, layout)
    found = heading(content.label, chosen.rows, chosen.header, chosen.hashtags)
    frame, found = _named(chosen.frame, found)
    yield TableText(
        path=content.path,
        format="xlsx",
        encoding="",
        delimiter="",
        sheet=chosen.sheet.name,
        header=found.names,
        tags=found.tags,
        first_row=found.first_row,
        notes=(*content.notes, *_about(book, chosen.sheet, layout, links=links), *found.notes),
        read=_reader(frame, found.first_row),
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


def _chosen(content: Content, book: Workbook, wanted: str | None) -> Candidate:
    """Return the sheet that is asked for, or the only visible one that holds a table.

    Raises:
        InputError: there is no such sheet, or there are none or several with a table.
    """
    if wanted is not None:
        names = [sheet.name for sheet in book.sheets]
        if wanted not in names:
            close = shown(nearest(wanted, names))
            raise InputError(f"{content.label}: no sheet '{shown(wanted)}'{close} (sheets: {listed(names)})")
        only = _load(content, [sheet for sheet in book.sheets if sheet.name == wanted])
        if only[0].header is None and only[0].hashtags is None:
            raise InputError(f"{content.label}: sheet '{shown(wanted)}' is empty or has no header row")
        return only[0]
    loaded = [c for c in _load(content, [s for s in book.sheets if not s.hidden]) if _is_table(c)]
    full = [candidate for candidate in loaded if candidate.has_rows] or loaded
    full = [candidate for candidate in full if not ABOUT.search(candidate.sheet.name)] or full
    if len(full) == 1:
        return full[0]
    if full:
        names = [candidate.sheet.name for candidate in full]
        raise InputError(
            f"{content.label}: {len(full)} sheets hold a table ({listed(names)}); name one: --sheet NAME"
        )
    raise InputError(f"{content.label}: {_about_none(book.sheets)}")


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


def _load(content: Content, sheets: list[Sheet]) -> list[Candidate]:
    """Return the sheets with their cells as text.

    Raises:
        InputError: the workbook's parts are not as they should be.
    """
    import fastexcel

    try:
        reader = fastexcel.read_excel(content.file)
        return [_candidate(sheet, _frame(reader, sheet.name)) for sheet in sheets]
    except BaseException as error:
        if isinstance(error, fastexcel.FastExcelError) or type(error).__name__ == "PanicException":
            raise InputError(
                f"{content.label}: the workbook cannot be read; save it again or as CSV"
            ) from error
        raise


def _frame(reader: Any, name: str) -> pl.DataFrame:
    """Return all rows of a sheet from its first, every cell as text as it is shown."""
    batch, errors = reader.load_sheet(
        name, header_row=None, skip_rows=0, dtypes="string"
    ).to_arrow_with_errors()
    frame = pl.DataFrame(pl.from_arrow(batch))
    cells = [(*error.position, error.detail) for error in errors.errors] if errors else []
    return _with_errors(frame.select(_as_shown(pl.all())), cells)


def _as_shown(text: pl.Expr) -> pl.Expr:
    """Return dates without the midnight, times without the date, that the reader adds; "" becomes null."""
    moment = r"^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)$"
    dated = text.str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "$1")
    timed = dated.str.replace(r"^1899-12-31 (\d\d:\d\d:\d\d(?:\.\d+)?)$", "$1")
    return pl.when(text != "").then(timed.str.replace(moment, "${1}T${2}"))


def _with_errors(frame: pl.DataFrame, cells: list[tuple[int, int, str]]) -> pl.DataFrame:
    """Return the frame with the error cells, which the reader leaves out, as the text that Excel shows."""
    found: dict[int, dict[int, str]] = {}
    for row, column, detail in cells:
        kind = re.search(r"Error\((\w+)\)", detail)
        found.setdefault(column, {})[row] = ERRORS.get(kind[1], "#ERROR!") if kind else "#ERROR!"
    columns = [
        column.scatter(list(found[n]), pl.Series(list(found[n].values()), dtype=pl.String))
        if n in found
        else column
        for n, column in enumerate(frame.iter_columns())
    ]
    return pl.DataFrame(columns)


def _candidate(sheet: Sheet, frame: pl.DataFrame) -> Candidate:
    rows = frame.head(SEARCHED_ROWS).rows()
    hashtags = find_hashtag_row(rows)
    header = header_above(rows, hashtags) if hashtags else _header(rows)
    return Candidate(sheet, frame, rows, header, hashtags)


def _header(rows: Sequence[tuple[str | None, ...]]) -> int | None:
    """Return the index of the first row that fills most of the table's width, if it is mostly words."""
    widths = [sum(cell is not None for cell in row) for row in rows]
    wide = next((n for n, width in enumerate(widths) if 2 * width > max(widths)), None)
    if wide is None:
        return None
    words = sum(_is_word(cell) for cell in rows[wide] if cell is not None)
    return wide if 2 * words > widths[wide] else None


def _is_word(cell: str) -> bool:
    return bool(YEAR.fullmatch(cell)) or not NUMBER.fullmatch(cell)


def _require_plain_header(label: str, chosen: Candidate, layout: Layout) -> None:
    """Refuse a header of merged cells or of several rows; hashtags make it clear in any case.

    Raises:
        InputError: the header is one of these.
    """
    if chosen.header is None or chosen.hashtags:
        return
    row = chosen.header + 1
    above = chosen.rows[chosen.header - 1] if chosen.header else ()
    grouped = sum(cell is not None for cell in above) > 1
    merged = [
        m.reference for m in layout.merges if m.top <= row <= m.bottom or (grouped and m.bottom == row - 1)
    ]
    if merged:
        raise InputError(
            f"{label}: sheet '{shown(chosen.sheet.name)}': the header (row {row}) has merged cells "
            f"({listed(merged)}); headers of several rows are not read: give each column one name in one row",
        )


def _about(book: Workbook, sheet: Sheet, layout: Layout, *, links: bool) -> list[str]:
    others = [other.name for other in book.sheets if other is not sheet]
    hidden = "hidden " if sheet.hidden else ""
    rest = f" of {len(book.sheets)} (others: {listed(others)})" if others else ""
    told = [
        (True, f"{hidden}sheet '{shown(sheet.name)}'{rest}"),
        (layout.hidden_columns, "hidden columns are read too"),
        (layout.hidden_rows, f"{counted(layout.hidden_rows, 'hidden row')} read too (a filter?)"),
        (layout.merges, _about_merges(layout)),
        (
            links or layout.links,
            "formulas link to other workbooks: their stored values are read, nothing is fetched",
        ),
        (layout.formulas, f"{counted(layout.formulas, 'formula')} read as stored values"),
        (
            layout.unstored,
            f"{counted(layout.unstored, 'formula')} without a stored value read as empty cells",
        ),
    ]
    return [note for applies, note in told if applies]


def _about_merges(layout: Layout) -> str:
    return f"merged cells hold their value in the first cell alone: {listed([m.reference for m in layout.merges])}"
