"""XLSX forms: a sheet of instructions, a sheet to fill in with drop-downs and validation, and the hidden lists.

It says nothing itself: what stands in the sheets is given as a `FormBook` in the language of the form.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

Kind = Literal["list", "date", "integer", "number", "text"]

ROWS = 1000
"""How many empty rows have drop-downs and validation."""

LISTS = "lists"
_BAND, _HEADER, _TAGS, _FIRST = 0, 1, 2, 3
_FIRST_DAY = date(1900, 3, 1)
_LIST_START = 2
_INSTRUCTIONS_WIDTH = 82
_WIDTHS: dict[Kind, float] = {"list": 24, "date": 13, "integer": 13, "number": 13, "text": 30}
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
_COLOURS = ("#1F4E79", "#375623", "#7F6000", "#833C0B", "#3B3838", "#5B2C6F", "#0B5345")
_TITLE_CHARACTERS = 32
_FONT = "Arial"  # it has Arabic letters wherever Excel is
_READING = {False: 1, True: 2}
"""Excel's reading order: left to right, right to left."""


@dataclass(frozen=True)
class Choices:
    """The entries of a drop-down; with `parents`, each entry is offered only under its parent's."""

    entries: tuple[str, ...]
    parents: tuple[str, ...] = ()


@dataclass(frozen=True)
class BookColumn:
    """A column to fill in.

    Attributes:
        title: its heading.
        tag: its HXL tag.
        hint: what is shown when a cell is chosen, at most 255 characters.
        error: what is said of a wrong entry.
        section: the heading above it and its neighbours.
        required: whether a row is incomplete without it.
        kind: what may be entered.
        choices: the name of the drop-down of a list.
        parent: the position of the column that a dependent drop-down follows.
        limits: the smallest and greatest number; of a text, 0 and the most characters.
    """

    title: str
    tag: str
    hint: str
    error: str
    section: str
    required: bool
    kind: Kind
    choices: str = ""
    parent: int | None = None
    limits: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Line:
    """A line of the instructions: a `lead` in bold, then the text."""

    text: str
    lead: str = ""
    heading: bool = False


@dataclass(frozen=True)
class FormBook:
    """Everything that stands in a form."""

    title: str
    instructions_sheet: str
    data_sheet: str
    mark: str
    instructions: tuple[Line, ...]
    columns: tuple[BookColumn, ...]
    choices: dict[str, Choices]
    error_title: str
    right_to_left: bool = False


def form_bytes(book: FormBook) -> bytes:
    """Return the form as an XLSX file; the same form gives the same bytes."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        workbook.set_properties({"title": book.title, "created": _CREATED})
        instructions = workbook.add_worksheet(book.instructions_sheet)
        data = workbook.add_worksheet(book.data_sheet)
        lists = workbook.add_worksheet(LISTS)
        _write_instructions(workbook, instructions, book)
        ranges = _write_lists(lists, book)
        _write_headings(workbook, data, book)
        _write_columns(workbook, data, book, ranges)
        _write_marks(workbook, data, book)
        _set_up(data, book)
        if book.right_to_left:
            for sheet in (instructions, data, lists):
                sheet.right_to_left()
    return buffer.getvalue()


def _write_instructions(workbook: Any, sheet: Worksheet, book: FormBook) -> None:
    cell = {"font_name": _FONT, "text_wrap": True, "valign": "top", **_reading(book)}
    text = workbook.add_format({**cell, "font_size": 11})
    plain = workbook.add_format({"font_name": _FONT})
    bold = workbook.add_format({"font_name": _FONT, "bold": True})
    heading = workbook.add_format({**cell, "bold": True, "font_size": 13, "font_color": _COLOURS[0]})
    title = workbook.add_format({**cell, "bold": True, "font_size": 18, "font_color": _COLOURS[0]})
    sheet.set_column(0, 0, _INSTRUCTIONS_WIDTH)
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, 28 * _lines(2 * len(book.title)))
    sheet.write_string(0, 0, book.title, title)
    for row, line in enumerate(book.instructions, start=1):
        height = 26 if line.heading else 4 + 14 * _lines(len(line.lead + line.text))
        sheet.set_row(row, height)
        if line.lead:
            sheet.write_rich_string(row, 0, bold, line.lead, plain, f" – {line.text}", text)
        else:
            sheet.write_string(row, 0, line.text, heading if line.heading else text)
    sheet.protect()


def _lines(characters: int) -> int:
    """Return how many lines a text takes in the sheet of instructions."""
    return math.ceil(characters / _INSTRUCTIONS_WIDTH)


def _write_lists(sheet: Worksheet, book: FormBook) -> dict[str, tuple[str, str]]:
    """Write the drop-downs' entries; return the range of each, and of its parents ("" without them)."""
    ranges, column = {}, 0
    for name, choices in book.choices.items():
        places = []
        for cells in (choices.entries, choices.parents):
            if cells:
                sheet.write_column(0, column, (name, *cells))
                letter, last = xl_col_to_name(column), len(cells) + _LIST_START - 1
                places.append(f"{LISTS}!${letter}${_LIST_START}:${letter}${last}")
                column += 1
            else:
                places.append("")
        ranges[name] = (places[0], places[1])
    sheet.hide()
    return ranges


def _write_headings(workbook: Any, sheet: Worksheet, book: FormBook) -> None:
    """Write the sections, the columns' titles and the hashtags; the first column holds the form's mark."""
    font = {"font_name": _FONT, "valign": "vcenter", **_reading(book)}
    tag = workbook.add_format(
        {"font_size": 8, "font_color": "#808080", "italic": True, "bg_color": "#F2F2F2"}
    )
    sections = list(dict.fromkeys(column.section for column in book.columns))
    colours = {name: _COLOURS[n % len(_COLOURS)] for n, name in enumerate(sections)}
    blank = workbook.add_format({"bg_color": _COLOURS[0]})
    sheet.write_blank(_BAND, 0, None, blank)
    sheet.write_string(_HEADER, 0, "✓", workbook.add_format({**font, "bold": True, "align": "center"}))
    sheet.write_string(_TAGS, 0, book.mark, tag)
    previous = ""
    for number, column in enumerate(book.columns, start=1):
        colour = {"bg_color": colours[column.section]}
        band = workbook.add_format({**font, **colour, "bold": True, "font_color": "#FFFFFF"})
        weight = {"bold": column.required, "text_wrap": True, "bottom": 2, "bottom_color": colour["bg_color"]}
        shade = {"bg_color": "#FFF2CC" if column.required else "#FFFFFF"}
        sheet.write_string(_BAND, number, column.section if column.section != previous else "", band)
        star = " *" if column.required else ""
        sheet.write_string(
            _HEADER, number, column.title + star, workbook.add_format({**font, **weight, **shade})
        )
        sheet.write_string(_TAGS, number, column.tag, tag)
        previous = column.section


def _write_columns(
    workbook: Any, sheet: Worksheet, book: FormBook, ranges: dict[str, tuple[str, str]]
) -> None:
    open_cell = {"font_name": _FONT, "locked": False, "valign": "top", "text_wrap": True}
    formats = {
        "date": workbook.add_format({**open_cell, "num_format": "yyyy-mm-dd", "align": "left"}),
        "integer": workbook.add_format({**open_cell, "num_format": "0"}),
        "number": workbook.add_format({**open_cell, "num_format": "General"}),
        # As text: a spreadsheet would read "20-30" as a date.
        "list": workbook.add_format({**open_cell, "num_format": "@"}),
        "text": workbook.add_format({**open_cell, "num_format": "@"}),
    }
    sheet.set_column(0, 0, 4)
    last = _FIRST + ROWS - 1
    for number, column in enumerate(book.columns, start=1):
        sheet.set_column(number, number, _WIDTHS[column.kind], formats[column.kind])
        rule = _rule(column, ranges) | {
            "input_title": column.title[:_TITLE_CHARACTERS],
            "input_message": column.hint,
            "error_title": book.error_title[:_TITLE_CHARACTERS],
            "error_message": column.error,
        }
        sheet.data_validation(_FIRST, number, last, number, rule)
    name = xl_col_to_name(len(book.columns))
    sheet.ignore_errors({"number_stored_as_text": f"B{_FIRST + 1}:{name}{last + 1}"})


def _rule(column: BookColumn, ranges: dict[str, tuple[str, str]]) -> dict[str, Any]:
    """Return what may be entered into a column, in the terms of xlsxwriter."""
    low, high = column.limits
    match column.kind:
        case "list":
            return {"validate": "list", "source": _source(column, *ranges[column.choices])}
        case "date":
            return {"validate": "date", "criteria": "between", "minimum": _FIRST_DAY, "maximum": "=TODAY()"}
        case "integer":
            return {"validate": "integer", "criteria": ">=", "value": low}
        case "number":
            return {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        case _:
            return {"validate": "length", "criteria": "<=", "value": high}


def _source(column: BookColumn, entries: str, parents: str) -> str:
    """Return the formula of a drop-down; one that depends shows the part of the list under the parent chosen."""
    if not parents or column.parent is None:
        return f"={entries}"
    chosen = f"${xl_col_to_name(column.parent + 1)}{_FIRST + 1}"
    start = entries.partition(":")[0]
    return f"=OFFSET({start},MATCH({chosen},{parents},0)-1,0,COUNTIF({parents},{chosen}),1)"


def _write_marks(workbook: Any, sheet: Worksheet, book: FormBook) -> None:
    """Colour the box at the beginning of a row and the required cells that are still empty."""
    row, last = _FIRST + 1, _FIRST + ROWS - 1
    names = {n: xl_col_to_name(n) for n in range(1, len(book.columns) + 1)}
    begun = f"COUNTA($B{row}:${names[len(book.columns)]}{row})>0"
    required = [n for n, column in enumerate(book.columns, start=1) if column.required]
    filled = ",".join(f'${names[n]}{row}<>""' for n in required)
    for formula, colour in ((f"=AND({begun},{filled})", "#70AD47"), (f"={begun}", "#FFC000")):
        rule = {"type": "formula", "criteria": formula, "format": workbook.add_format({"bg_color": colour})}
        sheet.conditional_format(_FIRST, 0, last, 0, {**rule, "stop_if_true": True})
    missing = workbook.add_format({"bg_color": "#FCE4D6"})
    for n in required:
        formula = f'=AND({begun},${names[n]}{row}="")'
        rule = {"type": "formula", "criteria": formula, "format": missing}
        sheet.conditional_format(_FIRST, n, last, n, rule)


def _set_up(sheet: Worksheet, book: FormBook) -> None:
    """Freeze the headings, keep them from being changed, and make the sheet fit for printing."""
    sheet.set_row(_BAND, 20)
    sheet.set_row(_HEADER, 48)
    sheet.freeze_panes(_FIRST, 2)
    allowed = ("format_columns", "format_rows", "format_cells", "insert_rows", "delete_rows", "sort")
    sheet.protect(options=dict.fromkeys(allowed, True))
    sheet.set_landscape()
    sheet.set_paper(8)
    sheet.fit_to_pages(2, 0)
    sheet.repeat_rows(_BAND, _TAGS)
    sheet.print_area(0, 0, _FIRST + 30, len(book.columns))


def _reading(book: FormBook) -> dict[str, Any]:
    align = "right" if book.right_to_left else "left"
    return {"reading_order": _READING[book.right_to_left], "align": align}
