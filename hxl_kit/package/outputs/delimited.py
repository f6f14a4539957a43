"""CSV: one header row, UTF-8, LF; and the same with the HXL hashtag row under the header."""

from __future__ import annotations

import csv
import hashlib
import io
from contextlib import suppress
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import plain_number

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hxl_kit.standard.tables import Table


class CsvFile:
    """A CSV file under way: its bytes are hashed as they are written."""

    def __init__(self, path: Path, heading: Sequence[Sequence[str]]) -> None:
        self.path = path
        self._hash = hashlib.sha256()
        self._file = path.open("wb")
        for cells in heading:
            self.append(line_of(cells))

    def append(self, lines: bytes | memoryview) -> None:
        """Write whole lines."""
        self._file.write(lines)
        self._hash.update(lines)

    def abandon(self) -> None:
        """Let go of the file if it is open; what fails now is not worth telling."""
        with suppress(OSError):
            self._file.close()

    def close(self) -> str:
        """Finish the file and return its SHA-256."""
        self._file.close()
        return self._hash.hexdigest()


class CsvWriter:
    """Writes a table's typed rows, batch by batch, to files that differ in their heading only."""

    def __init__(self, table: Table, files: Sequence[CsvFile]) -> None:
        self._numbers = [f.name for f in table.fields if f.type == "number"]
        self._files = files

    def write(self, rows: pl.DataFrame) -> None:
        """Append rows; whole numbers are written without a decimal point, empty cells as nothing."""
        lines = io.BytesIO()
        plain = [plain_number(pl.col(name)).alias(name) for name in self._numbers]
        rows.with_columns(plain).write_csv(lines, include_header=False)
        with lines.getbuffer() as written:
            for file in self._files:
                file.append(written)

    def abandon(self) -> None:
        """Let go of files that will not be finished; finished ones are left as they are."""
        for file in self._files:
            file.abandon()

    def close(self) -> dict[Path, str]:
        """Finish the files; return the SHA-256 of each."""
        return {file.path: file.close() for file in self._files}


def line_of(cells: Sequence[str]) -> bytes:
    """Return one CSV line of UTF-8 bytes."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()
