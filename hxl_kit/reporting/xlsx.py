"""xlsx: the rows to mend, with the reasons in words beside them, to send back to those who filled in the sheet.

A private by-product: it holds rows of the data as received. It goes only into a file that its owner alone can read
(`Format.private`), and its first sheet says what may be done with it.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import UsageError
from hxl_kit.reporting.failing import MENDED, Failing, FailingRow, failing
from hxl_kit.reporting.format import Format
from hxl_kit.reporting.words import WHAT_TO_DO, counts_line, paths_of, place, visible
from hxl_kit.standard.languages import RIGHT_TO_LEFT
from hxl_kit.standard.messages import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from hxl_kit.validation.report import Issue, Report

TITLE = N_("Rows to mend")
SHEET = N_("Read me")
PRIVATE = N_(
    "Private: this workbook holds rows of the data as received, perhaps with personal data. Send it only to those "
    "who work on the data, do not publish it, and delete it when it is done with."
)
HOW_TO = N_(
    "Each sheet has the rows of one table in which something is wrong. The first column has the row's number in the "
    "file, the next two what is wrong and what to do; the coloured cells are the ones that it is about."
)
MEND = N_("Mend the cells in the file itself, or here, and send the workbook back.")
WHOLE = N_("What concerns no single row:")
UNREAD = N_("The rows of {table} cannot be shown: {reason}")
UNLISTED = N_("Not in this workbook, for want of room: {count:,} findings. Ask for more with --limit.")
HEADINGS = (N_("Row"), N_("What is wrong"), N_("What to do"))
CUT = N_("The cell is longer than a spreadsheet can hold and was cut off here.")

CELL_CHARACTERS, SHEET_ROWS, SHEET_COLUMNS = 32_767, 1_048_576, 16_384
SHEET_NAME_CHARACTERS = 31
COMMENTS = 5_000
"""So many cells of a sheet are commented; more make spreadsheet programs slow. The words stand beside each row anyway."""

_ASIDE = len(HEADINGS)
_WIDTHS = (8, 52, 44)
_WIDTH, _README_WIDTH = 18, 84
_LINE, _HIGHEST = 15, 409
_A4 = 9
_FONT = "Arial"  # it has Arabic letters wherever Excel is
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_UNFIT = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class _Styles:
    """The cell formats of the workbook; cells of the data are text, also when they are edited."""

    title: Any
    prose: Any
    bold: Any
    header: Any
    tag: Any
    words: Any
    number: Any
    cell: Any
    faulty: Any


def render(reports: Sequence[Report], language: str) -> bytes:
    """Return the workbook: a sheet that explains, then one for each table with rows to mend; the same report, the same bytes.

    Raises:
        UsageError: a table has more rows to mend, or more columns, than a sheet holds.
    """
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as workbook:
        workbook.set_properties({"title": say(TITLE, language), "created": _CREATED})
        styles = _styles(workbook, rtl=language in RIGHT_TO_LEFT)
        readme = _sheet(workbook, say(SHEET, language), language)
        tables = [failing(report) for report in reports]
        _write_readme(readme, list(zip(reports, tables, strict=True)), styles, language)
        for several in tables:
            for found in several:
                if found.rows:
                    _write_table(_sheet(workbook, found.name, language), found, styles, language)
    return buffer.getvalue()


def _styles(workbook: Workbook, *, rtl: bool) -> _Styles:
    prose = {"font_name": _FONT, "text_wrap": True, "valign": "top", "reading_order": 2 if rtl else 1}
    text = {"font_name": _FONT, "num_format": "@", "quote_prefix": True, "valign": "top"}
    return _Styles(
        title=workbook.add_format({**prose, "bold": True, "font_size": 18}),
        prose=workbook.add_format(prose),
        bold=workbook.add_format({**prose, "bold": True}),
        header=workbook.add_format({**text, "bold": True, "bg_color": "#E7ECF0", "bottom": 1}),
        tag=workbook.add_format({**text, "italic": True, "font_color": "#555555"}),
        words=workbook.add_format(prose),
        number=workbook.add_format({"font_name": _FONT, "valign": "top"}),
        cell=workbook.add_format(text),
        faulty=workbook.add_format({**text, "bg_color": "#FFD9B3", "border": 1, "border_color": "#B35900"}),
    )


def _sheet(workbook: Workbook, name: str, language: str) -> Worksheet:
    """Return a new sheet under a name that spreadsheet programs take and no other sheet has."""
    fit = _UNFIT.sub("_", visible(name)).strip("' ") or "-"
    taken = {sheet.name.casefold() for sheet in workbook.worksheets()} | {"history"}
    number, free = 1, fit[:SHEET_NAME_CHARACTERS].rstrip("'")
    while free.casefold() in taken:
        number += 1
        free = f"{fit[: SHEET_NAME_CHARACTERS - len(str(number)) - 1]}-{number}"
    sheet = workbook.add_worksheet(free)
    if language in RIGHT_TO_LEFT:
        sheet.right_to_left()
    return sheet


def _write_readme(
    sheet: Worksheet,
    found: Sequence[tuple[Report, Sequence[Failing]]],
    styles: _Styles,
    language: str,
) -> None:
    sheet.set_column(0, 0, _README_WIDTH)
    sheet.hide_gridlines(2)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    lines = [(say(TITLE, language), styles.title), (say(PRIVATE, language), styles.bold)]
    lines += [(say(text, language), styles.prose) for text in (HOW_TO, MEND)]
    for report, tables in found:
        lines.append(("", styles.prose))
        lines.append((f"{paths_of(report)} ({counts_line(report, language)})", styles.bold))
        lines += [(line, styles.prose) for line in _about(report, tables, language)]
    for row, (line, style) in enumerate(lines):
        sheet.set_row(row, _height([(line, _README_WIDTH)], 28 if style is styles.title else _LINE))
        sheet.write_string(row, 0, line[:CELL_CHARACTERS], style)


def _height(cells: Sequence[tuple[str, int]], line: int = _LINE) -> int:
    """Return the height in points that shows cells in full, given the characters that a line of each takes."""
    return min(
        max(sum(ceil(len(part) / width) or 1 for part in text.split("\n")) for text, width in cells) * line,
        _HIGHEST,
    )


def _about(report: Report, tables: Sequence[Failing], language: str) -> Iterator[str]:
    """Yield what is wrong with a table or package as a whole, and how much is left out."""
    tabled = {id(issue) for found in tables for row in found.rows for issue in row.issues}
    others = [issue for issue in report.issues if issue.severity in MENDED and id(issue) not in tabled]
    for found in tables:
        if found.unread:
            yield say(UNREAD, language, {"table": visible(found.name), "reason": visible(found.unread)})
    if others:
        yield say(WHOLE, language)
    for issue in others:
        fix = visible(issue.way_out(language))
        advice = f"\n{say(WHAT_TO_DO, language, {'fix': fix})}" if fix else ""
        yield f"– {place(issue, language)}: {visible(issue.told(language))}{advice}"
    count = sum(times for (severity, _, _), times in report.unlisted.items() if severity in MENDED)
    if count:
        yield say(UNLISTED, language, {"count": count})


def _write_table(sheet: Worksheet, found: Failing, styles: _Styles, language: str) -> None:
    _require_room(found)
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    sheet.set_column(_ASIDE, _ASIDE + found.width - 1, _WIDTH)
    first = _write_heading(sheet, found, styles, language)
    sheet.freeze_panes(first, 1)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, first - 1)
    sheet.autofilter(first - 1, 0, first - 1 + len(found.rows), _ASIDE + found.width - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})
    comments = 0
    for number, row in enumerate(found.rows, start=first):
        comments = _write_row(sheet, number, row, found, styles, comments, language)


def _require_room(found: Failing) -> None:
    if len(found.rows) > SHEET_ROWS - 2:
        raise UsageError(
            f"{visible(found.name)}: {len(found.rows):,} rows to mend do not fit a sheet ({SHEET_ROWS - 2:,}): lower --limit"
        )
    if found.width > SHEET_COLUMNS - _ASIDE:
        raise UsageError(
            f"{visible(found.name)}: {found.width:,} columns do not fit a sheet ({SHEET_COLUMNS - _ASIDE:,})"
        )


def _write_heading(sheet: Worksheet, found: Failing, styles: _Styles, language: str) -> int:
    """Write the names of the columns and, if there are any, their hashtags; return the row of the first cells."""
    for column, heading in enumerate(HEADINGS):
        sheet.write_string(0, column, say(heading, language), styles.header)
    for column, name in enumerate(found.header, start=_ASIDE):
        _write_text(sheet, 0, column, name, styles.header, language)
    if not any(found.tags):
        return 1
    for column, tag in enumerate(found.tags, start=_ASIDE):
        _write_text(sheet, 1, column, tag, styles.tag, language)
    return 2


def _write_row(
    sheet: Worksheet,
    number: int,
    row: FailingRow,
    found: Failing,
    styles: _Styles,
    comments: int,
    language: str,
) -> int:
    """Write a row and what is wrong with it; return how many comments the sheet has now."""
    faulty = found.faulty(row)
    words, fixes = _words(row.issues, language, fixes=False), _fixes(row.issues, language)
    sheet.set_row(number, _height([(words, _WIDTHS[1]), (fixes, _WIDTHS[2])]))
    sheet.write_number(number, 0, row.number, styles.number)
    _write_text(sheet, number, 1, words, styles.words, language)
    _write_text(sheet, number, 2, fixes, styles.words, language)
    cells = dict(enumerate(row.cells)) | {column: "" for column in faulty if column >= len(row.cells)}
    for column, cell in cells.items():
        style = styles.faulty if column in faulty else styles.cell
        if cell or column in faulty:
            _write_text(sheet, number, _ASIDE + column, cell, style, language)
    for column, issues in faulty.items():
        if comments < COMMENTS:
            comments += 1
            sheet.write_comment(number, _ASIDE + column, _words(issues, language), {"x_scale": 2})
    return comments


def _write_text(sheet: Worksheet, row: int, column: int, text: str, style: Any, language: str) -> None:
    """Write a cell as text, whatever it looks like; one that is too long ends with a sentence that says so."""
    if not text:
        sheet.write_blank(row, column, None, style)
        return
    if len(text) > CELL_CHARACTERS:
        end = f"… [{say(CUT, language)}]"
        text = text[: CELL_CHARACTERS - len(end)] + end
    sheet.write_string(row, column, text, style)


def _words(issues: Sequence[Issue], language: str, *, fixes: bool = True) -> str:
    """Return what is wrong, a line for each finding, and what to do."""
    lines = []
    for issue in issues:
        name = f"{visible(issue.field)}: " if issue.field else ""
        lines.append(f"{name}{visible(issue.told(language))}")
    if fixes and (advice := _fixes(issues, language)):
        lines.append(say(WHAT_TO_DO, language, {"fix": advice}))
    return "\n".join(dict.fromkeys(lines))


def _fixes(issues: Sequence[Issue], language: str) -> str:
    return "\n".join(dict.fromkeys(filter(None, (visible(issue.way_out(language)) for issue in issues))))


FORMAT = Format(
    "xlsx",
    "the rows to mend with the reasons beside them: holds rows of the data, so it needs -o FILE and stays private",
    render,
    ".xlsx",
    binary=True,
    private=True,
)
