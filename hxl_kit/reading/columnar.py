"""Parquet: the cells of every row group as text, the way they would stand in a CSV file."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading.fields import field_heading
from hxl_kit.reading.table import Batch, TableText, listed, numbered, plain_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.headings import Heading
    from hxl_kit.reading.signatures import Content

BATCH_ROWS = 65_536
MIDNIGHT = "T00:00:00$"


@contextmanager
def open_columnar(
    content: Content, encoding: str | None, sheet: str | None
) -> Iterator[tuple[TableText, ...]]:
    """Yield the one table of a Parquet file.

    Numbers stand as in a CSV file, the shortest text that is exact (`3` for a float of 3.0); dates and times
    in ISO 8601, a time of midnight without an offset left out, as for workbooks.

    Raises:
        InputError: the file is corrupt, or a column is nested, binary or a duration.
        UsageError: an encoding or a sheet is asked for.
    """
    if encoding is not None or sheet is not None:
        option = "--encoding" if encoding is not None else "--sheet"
        raise UsageError(f"{content.label}: is a Parquet file; leave out {option}")
    with plain_words(content.label):
        file = _opened(content)
    with file:
        _require_cells(content.label, file.schema_arrow)
        names = file.schema_arrow.names
        first = next(_frames(content.label, file), pl.DataFrame()).head(1)
        found = field_heading(content.label, names, first.row(0) if first.height else ())
        yield (
            TableText(
                path=content.path,
                format="parquet",
                encoding="",
                delimiter="",
                sheet=None,
                header=found.names,
                tags=found.tags,
                first_row=found.first_row,
                notes=(*content.notes, *_about(file), *found.notes),
                read=lambda: _batches(content.label, file, found),
            ),
        )


def _opened(content: Content) -> Any:
    from pyarrow import parquet

    with _in_plain_words(content.label):
        return parquet.ParquetFile(content.file, page_checksum_verification=True)


@contextmanager
def _in_plain_words(label: str) -> Iterator[None]:
    """Turn what the library says of a file into an InputError; its own words may hold values."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        what = (
            "its page checksums (CRC) do not match"
            if "CRC" in str(error)
            else "its footer, metadata or pages"
        )
        raise InputError(f"{label}: is cut short or corrupt (Parquet: {what}); get it again") from error


def _require_cells(label: str, schema: Any) -> None:
    """Refuse columns that have no text as a cell.

    Raises:
        InputError: there are some.
    """
    from pyarrow import types

    refused = (
        types.is_nested,
        types.is_binary,
        types.is_large_binary,
        types.is_fixed_size_binary,
        types.is_duration,
    )
    found = [
        f"{column.name} ({_plain_type(column.type)})"
        for column in schema
        if any(is_one(column.type) for is_one in refused)
    ]
    if found:
        raise InputError(
            f"{label}: columns that are no cells, being nested, binary or durations: {listed(found)}; "
            "export it without them, or as text",
        )


def _plain_type(kind: Any) -> str:
    return re.split(r"[<\[]", str(kind))[0]


def _about(file: Any) -> list[str]:
    keys = [key.decode("utf-8", errors="replace") for key in file.schema_arrow.metadata or {}]
    told = [] if file.metadata.num_rows else ["no rows"]
    return told + ([f"the file's own metadata is left out: {listed(keys)}"] if keys else [])


def _frames(label: str, file: Any) -> Iterator[pl.DataFrame]:
    """Yield the rows as text, the columns named by their position."""
    with _in_plain_words(label):
        for batch in file.iter_batches(BATCH_ROWS):
            columns = [pl.Series(str(n), pl.from_arrow(column)) for n, column in enumerate(batch.columns)]
            frame = pl.DataFrame(columns)
            text = frame.select(_text(name, kind) for name, kind in frame.schema.items())
            yield text.select(pl.when(pl.all() != "").then(pl.all()))


def _batches(label: str, file: Any, found: Heading) -> Iterator[Batch]:
    number = 1
    for frame in _frames(label, file):
        frame.columns = list(found.names)
        numbers = pl.int_range(number, number + frame.height, dtype=pl.UInt32, eager=True)
        whole, blank = numbered(frame, numbers, found.first_row)
        number += frame.height
        yield Batch(whole, (), blank)


def _text(name: str, kind: pl.DataType) -> pl.Expr:
    column = pl.col(name)
    if isinstance(kind, pl.Datetime):
        return _moment(column, kind)
    if kind.is_float():
        return column.cast(pl.String).str.strip_suffix(".0")
    if isinstance(kind, pl.Time):
        return column.dt.to_string("%H:%M:%S%.f")
    return column.cast(pl.String)


def _moment(column: pl.Expr, kind: pl.Datetime) -> pl.Expr:
    if kind.time_zone:
        return column.dt.to_string("%Y-%m-%dT%H:%M:%S%.f%:z")
    return column.dt.to_string("%Y-%m-%dT%H:%M:%S%.f").str.replace(MIDNIGHT, "")
