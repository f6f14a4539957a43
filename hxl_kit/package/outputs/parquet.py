"""Parquet: typed columns, with each field's HXL tag in its Arrow metadata."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from pathlib import Path

    import polars as pl

    from hxl_kit.standard.tables import Table

_ARROW_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def arrow_schema(table: Table) -> pa.Schema:
    """Return the Arrow schema of a table: types, nullability, and `hxl_tag` and `title` per field."""
    return pa.schema(
        [
            pa.field(
                f.name,
                _ARROW_TYPES[f.type],
                nullable=not f.required,
                metadata={"hxl_tag": f.hxl_tag, "title": f.title},
            )
            for f in table.fields
        ]
    )


class ParquetWriter:
    """Writes a table's typed rows to a Parquet file (zstd), a row group per batch."""

    def __init__(self, path: Path, table: Table) -> None:
        self._schema = arrow_schema(table)
        # A dictionary of values that never repeat costs time and saves nothing.
        repeating = [f.name for f in table.fields if f.type == "string" and not f.constraints.get("unique")]
        # Minima and maxima help a reader to skip rows by number, date or place code, not by prose.
        compared = [f.name for f in table.fields if f.type != "string" or f.name.endswith("_code")]
        options = {
            "compression": "zstd",
            "use_dictionary": repeating,
            "write_statistics": compared,
            "write_page_checksum": True,
        }
        self._writer = pq.ParquetWriter(path, self._schema, **options)

    def write(self, rows: pl.DataFrame) -> None:
        """Append rows as one row group."""
        self._writer.write_table(rows.to_arrow().cast(self._schema))

    def close(self) -> None:
        """Write the footer and finish the file."""
        self._writer.close()

    def abandon(self) -> None:
        """Let go of a file that will not be finished; what fails now is not worth telling."""
        with suppress(OSError, pa.ArrowException):
            self._writer.close()
        self._writer.is_open = False
