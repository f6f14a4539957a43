"""XLSX: every table of a package as a sheet, hashtag row under the header, frozen, typed, without formulas."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from xlsxwriter.worksheet import Worksheet

    from hxl_kit.standard.tables import Table

EXCEL_ROWS = 1_048_576
EXCEL_CELL_CHARACTERS = 32_767
_HEADER_ROWS = 2
# Excel takes 1900 for a leap year: earlier days are wrong or impossible in it and are written as text.
_FIRST_DAY = date(1900, 3, 1)
_EXACT_DIGITS = 999_999_999_999_999
_NARROWEST, _WIDEST = 12, 40
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# A fixed date: the same data give the same bytes.
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@dataclass(frozen=True)
class _Styles:
    """The cell formats of a workbook."""

    header: Any
    tag: Any
    day: Any


def write_workbook(path: Path, tables: Sequence[tuple[Table, Path]], title: str) -> None:
    """Write one sheet per table from its Parquet file.

    Raises:
        UsageError: a table has more rows than a sheet, or a cell more characters than Excel holds;
            nothing is cut silently.
    """
    for table, parquet in tables:
        _check_size(table, parquet)
    with _plain_errors(), xlsxwriter.Workbook(path, _OPTIONS) as workbook:
        workbook.set_properties({"title": title, "created": _CREATED})
        styles = _Styles(
            header=workbook.add_format({"bold": True}),
            tag=workbook.add_format({"italic": True, "font_color": "#555555"}),
            day=workbook.add_format({"num_format": "yyyy-mm-dd"}),
        )
        for table, parquet in tables:
            _write_sheet(workbook.add_worksheet(table.name), table, parquet, styles)


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Give the operating system's error as it is: a full disk is no fault of the workbook."""
    try:
        yield
    except FileCreateError as error:
        raise (
            error.args[0] if error.args and isinstance(error.args[0], OSError) else OSError(str(error))
        ) from error


def _write_sheet(sheet: Worksheet, table: Table, parquet: Path, styles: _Styles) -> None:
    for column, field in enumerate(table.fields):
        width = max(_NARROWEST, min(len(field.name) + 2, _WIDEST))
        sheet.set_column(column, column, width, styles.day if field.type == "date" else None)
    sheet.freeze_panes(_HEADER_ROWS, 1)
    for number, (cells, style) in enumerate(((table.names, styles.header), (table.tags, styles.tag))):
        for column, cell in enumerate(cells):
            sheet.write_string(number, column, cell, style)
    for number, row in enumerate(pl.read_parquet(parquet, glob=False).iter_rows(), start=_HEADER_ROWS):
        _write_row(sheet, number, row, styles.day)


def _write_row(sheet: Worksheet, number: int, row: tuple[Any, ...], day: Any) -> None:
    for column, value in enumerate(row):
        if value is None:
            continue
        if isinstance(value, bool):
            sheet.write_boolean(number, column, value)
        elif isinstance(value, date) and value >= _FIRST_DAY:
            sheet.write_datetime(number, column, value, day)
        elif isinstance(value, int | float) and abs(value) <= _EXACT_DIGITS:
            sheet.write_number(number, column, value)
        else:
            sheet.write_string(number, column, str(value))


def _check_size(table: Table, parquet: Path) -> None:
    rows = pl.scan_parquet(parquet)
    count = rows.select(pl.len()).collect().item()
    if count > EXCEL_ROWS - _HEADER_ROWS:
        limit = EXCEL_ROWS - _HEADER_ROWS
        raise UsageError(
            f"{table.name}: {count:,} rows do not fit an Excel sheet ({limit:,}); leave xlsx out or use split_by"
        )
    texts = [pl.col(f.name).str.len_chars().max() for f in table.fields if f.type == "string"]
    longest = rows.select(texts).collect().row(0, named=True)
    too_long = [name for name, length in longest.items() if (length or 0) > EXCEL_CELL_CHARACTERS]
    if too_long:
        raise UsageError(
            f"{table.name}: a cell of '{too_long[0]}' is longer than Excel's {EXCEL_CELL_CHARACTERS:,} characters; leave xlsx out"
        )
