"""The rows that findings speak about, read again: what a sheet of rows to mend is made of. They may be personal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.reporting.locations import column_of

if TYPE_CHECKING:
    from hxl_kit.checks.rule import Severity
    from hxl_kit.validation.report import Issue, Report
    from hxl_kit.validation.rows import Rows

MENDED: tuple[Severity, ...] = ("error", "warning")
"""What is to be mended; notes are not."""


@dataclass(frozen=True)
class FailingRow:
    """A row as received, its number in the file, and what is wrong with it."""

    number: int
    cells: tuple[str, ...]
    issues: tuple[Issue, ...]


@dataclass(frozen=True)
class Failing:
    """The rows of a resource to mend, in the file's order, below its header and hashtags ("" without).

    Where the file cannot be read as a table of its own, there are no rows, and `unread` says why.
    """

    name: str
    header: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rows: tuple[FailingRow, ...] = ()
    unread: str = ""

    @property
    def width(self) -> int:
        """The number of columns; a row with too many cells has more than the header."""
        return max([len(self.header), *(len(row.cells) for row in self.rows)])

    def faulty(self, row: FailingRow) -> dict[int, tuple[Issue, ...]]:
        """Return the findings of a row by the position of their cell; those of the whole row are left out."""
        found: dict[int, tuple[Issue, ...]] = {}
        for issue in row.issues:
            for column in self._columns(issue, len(row.cells)):
                found[column] = (*found.get(column, ()), issue)
        return dict(sorted(found.items()))

    def _columns(self, issue: Issue, cells: int) -> list[int]:
        """Return the positions of an issue's cell, or of the columns or hashtags that it names ("a/b": both)."""
        if column := column_of(issue.cell):
            return [column - 1] if column <= max(cells, len(self.header)) else []
        names = {issue.field} if issue.field in {*self.header, *self.tags} else set(issue.field.split("/"))
        pairs = zip(self.header, self.tags, strict=True)
        return [number for number, (name, tag) in enumerate(pairs) if name in names or (tag and tag in names)]


def failing(report: Report) -> tuple[Failing, ...]:
    """Return the rows of a report's errors and warnings, by resource in the order of the report's tables."""
    every = (_of_resource(report, name) for name in report.tables)
    return tuple(found for found in every if found.rows or found.unread)


def _of_resource(report: Report, name: str) -> Failing:
    from hxl_kit.validation.rows import rows_of

    by_row: dict[int, list[Issue]] = {}
    for issue in report.issues:
        if issue.resource == name and issue.row and issue.severity in MENDED:
            by_row.setdefault(issue.row, []).append(issue)
    if not by_row:
        return Failing(name)
    try:
        rows = rows_of(report.tables[name], by_row)
    except InputError as error:
        return Failing(name, unread=str(error))
    cells = {**_whole(rows), **_ragged(rows)}
    found = tuple(FailingRow(number, cells[number], tuple(by_row[number])) for number in sorted(cells))
    return Failing(name, rows.header, tuple(str(tag or "") for tag in rows.tags), found)


def _whole(rows: Rows) -> dict[int, tuple[str, ...]]:
    return {number: tuple(cell or "" for cell in cells) for number, *cells in rows.frame.iter_rows()}


def _ragged(rows: Rows) -> dict[int, tuple[str, ...]]:
    """Return the records with too many or too few cells, split as they are."""
    from hxl_kit.reading.delimited import records

    if not rows.delimiter:
        return {bad.row_number: (bad.text,) for bad in rows.ragged}
    return {bad.row_number: tuple(next(records(bad.text, rows.delimiter), [bad.text])) for bad in rows.ragged}
