"""CSV: one header row, UTF-8, LF; and its HXL-tagged companion."""

from __future__ import annotations

import csv
import io
import shutil
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.files import CHUNK_BYTES
from hxl_kit.mapping import plain_number

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.standard.tables import Table


class CsvWriter:
    """Writes a table's typed rows to a CSV file, batch by batch."""

    def __init__(self, path: Path, table: Table) -> None:
        self._table = table
        self._file = path.open("wb")
        self._file.write(header_line(table.names))

    def write(self, rows: pl.DataFrame) -> None:
        """Append rows; whole numbers are written without a decimal point, empty cells as nothing."""
        numbers = [
            plain_number(pl.col(f.name)).alias(f.name) for f in self._table.fields if f.type == "number"
        ]
        rows.with_columns(numbers).write_csv(self._file, include_header=False)

    def close(self) -> None:
        """Finish the file."""
        self._file.close()


def write_companion(clean: Path, companion: Path, table: Table) -> None:
    """Write the HXL-tagged companion of a clean CSV: the same bytes with the hashtag row under the header."""
    header = header_line(table.names)
    with clean.open("rb") as source, companion.open("wb") as target:
        target.write(source.read(len(header)))
        target.write(header_line(table.tags))
        shutil.copyfileobj(source, target, CHUNK_BYTES)


def header_line(cells: tuple[str, ...]) -> bytes:
    """Return one CSV line of UTF-8 bytes."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()
