"""Where findings stand for programs that show files: a path from the root of the repository, a line, a column."""

from __future__ import annotations

import csv
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.errors import HxlKitError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hxl_kit.validation.report import Issue, Report, TableFile

_PACKED = (b"\x1f\x8b", b"PK\x03\x04")
_BREAK = re.compile(r"\r\n|\r|\n")
_LETTERS = re.compile(r"([A-Z]+)\d+")


@dataclass(frozen=True)
class Position:
    """A line of a text file, from 1, and the character in it, from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Locations:
    """The files of a report's findings; of delimited text also the line and column of each."""

    report: Report
    positions: Mapping[str, Mapping[tuple[int, int], Position]]

    def file(self, issue: Issue) -> Path:
        """Return the file that a finding is in: the resource's, else what was validated."""
        known = self.report.tables.get(issue.resource)
        return known.path if known else Path(self.report.paths[0])

    def position(self, issue: Issue) -> Position | None:
        """Return the line and column of a finding, or None where the file has no lines to show."""
        return self.positions.get(issue.resource, {}).get(_cell(issue))


def locations(report: Report) -> Locations:
    """Return where the findings of a report stand; the files are read again up to the last row that is named."""
    wanted: dict[str, set[tuple[int, int]]] = {}
    for issue in report.issues:
        if issue.row:
            wanted.setdefault(issue.resource, set()).add(_cell(issue))
    found = {
        name: dict(_positions(report.tables[name], cells))
        for name, cells in wanted.items()
        if name in report.tables
    }
    return Locations(report, found)


def from_root(path: Path) -> Path:
    """Return a path as it is from the root of the repository: $GITHUB_WORKSPACE, else the working folder.

    A path outside of it is returned whole.
    """
    whole = Path(os.path.abspath(path))  # noqa: PTH100 - links stay as they are named
    for root in (os.environ.get("GITHUB_WORKSPACE"), os.getcwd()):  # noqa: PTH109
        if root and whole.is_relative_to(root):
            return whole.relative_to(root)
    return whole


def column_of(address: str) -> int:
    """Return the column of a cell's address such as C5, from 1; 0 of what is none."""
    found = _LETTERS.fullmatch(address)
    column = 0
    for letter in found[1] if found else "":
        column = 26 * column + ord(letter) - ord("A") + 1
    return column


def _cell(issue: Issue) -> tuple[int, int]:
    """Return the row and the column of an issue's cell, from 1; column 1 where it has none."""
    return issue.row or 0, column_of(issue.cell) or 1


def _positions(table: TableFile, cells: set[tuple[int, int]]) -> Iterator[tuple[tuple[int, int], Position]]:
    """Yield where cells of delimited text begin; of other files, and of what cannot be read, nothing."""
    from hxl_kit.reading import open_table

    try:
        with open_table(table.path, encoding=table.encoding, sheet=table.sheet) as text:
            encoding, delimiter = text.encoding, text.delimiter
    except HxlKitError:
        return
    with table.path.open("rb") as stream:
        packed = stream.read(4).startswith(_PACKED)
    if packed or not delimiter:
        return
    columns: dict[int, list[int]] = {}
    for row, column in sorted(cells):
        columns.setdefault(row, []).append(column)
    for row, line, record in _records(table.path, encoding, delimiter, max(columns)):
        for column in columns.get(row, ()):
            yield (row, column), _position(line, record, delimiter, column)


def _records(path: Path, encoding: str, delimiter: str, last: int) -> Iterator[tuple[int, int, str]]:
    """Yield the number of each record up to `last`, the line on which it begins and its text."""
    lines: list[str] = []
    plain = "utf-8-sig" if encoding == "utf-8" else encoding
    with path.open(encoding=plain, errors="replace", newline="") as file:

        def remembered() -> Iterator[str]:
            for line in file:
                lines.append(line)
                yield line

        reader = csv.reader(remembered(), delimiter=delimiter)
        first = 1
        try:
            for number, _ in enumerate(reader, start=1):
                yield number, first, "".join(lines)
                first = reader.line_num + 1
                lines.clear()
                if number == last:
                    return
        except csv.Error:
            return


def _position(line: int, record: str, delimiter: str, column: int) -> Position:
    """Return where a cell of a record begins; of a cell that the record does not have, where its last one does."""
    end = re.escape(delimiter)
    cell = re.compile(rf'(?:"[^"]*+(?:""[^"]*+)*+"?)?[^{end}\r\n]*+({end}|\r\n|\r|\n|\Z)')
    begin = 0
    for number, found in enumerate(cell.finditer(record), start=1):
        begin = found.start()
        if number == column or found[1] != delimiter:
            break
    breaks = [found.end() for found in _BREAK.finditer(record, 0, begin)]
    return Position(line + len(breaks), begin - (breaks[-1] if breaks else 0) + 1)
