"""The cells of a workbook's sheets, of any of its formats, as the text that a person sees."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


@dataclass(frozen=True)
class Cells:
    """A sheet's rows from its first, every cell as text; the first column is the sheet's column `left` (from 0)."""

    frame: pl.DataFrame
    left: int
    hidden: bool


class Reader:
    """Reads the sheets of a workbook."""

    def __init__(self, label: str, file: Path) -> None:
        import fastexcel

        self.label = label
        self._cells: dict[str, Cells] = {}
        with self._readable():
            self._reader = fastexcel.read_excel(file)
            self.names: list[str] = list(self._reader.sheet_names)

    def cells(self, name: str) -> Cells:
        """Return the cells of a sheet.

        Raises:
            InputError: the workbook's parts are not as they should be.
        """
        if name not in self._cells:
            self._cells[name] = self._load(name)
        return self._cells[name]

    def _load(self, name: str) -> Cells:
        with self._readable():
            sheet = self._reader.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            batch, errors = sheet.to_arrow_with_errors()
            columns = sheet.available_columns()
            hidden = sheet.visible != "visible"
        frame = pl.DataFrame(pl.from_arrow(batch))
        found = [(*error.position, error.detail) for error in errors.errors] if errors else []
        shown = _with_errors(frame.select(_as_shown(pl.all())), found)
        return Cells(shown, columns[0].absolute_index if columns else 0, hidden)

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what the reader makes of a broken workbook, an error or a panic, into an InputError."""
        import fastexcel

        try:
            yield
        except BaseException as error:
            if isinstance(error, fastexcel.FastExcelError) or type(error).__name__ == "PanicException":
                way_out = "save it again or as CSV"
                if "password" in str(error).lower():
                    way_out = "it is protected by a password: save it without one"
                raise InputError(
                    f"{self.label}: the workbook cannot be read (corrupt?); {way_out}"
                ) from error
            raise


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
