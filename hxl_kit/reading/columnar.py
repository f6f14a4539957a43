"""Parquet: the cells of every row group as text, the way they would stand in a CSV file."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading.fields import field_heading
from hxl_kit.reading.limits import (
    BATCH_BYTES,
    CELLS_PER_BYTE,
    COLUMNS,
    PARQUET_CELLS,
    RATIO,
    RATIO_FREE_BYTES,
)
from hxl_kit.reading.table import Batch, Doubt, TableText, listed, numbered, plain_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading.headings import Heading
    from hxl_kit.reading.signatures import Content

BATCH_ROWS = 65_536
MOST_SIGNED = 2**63 - 1
LAST_YEAR = 9999
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
        _require_claims(content.label, content.file.stat().st_size, file.metadata)
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
                notes=(*content.notes, *_about(content.label, file), *found.notes),
                read=lambda: _batches(content.label, file, found),
            ),
        )


def _opened(content: Content) -> Any:
    from pyarrow import parquet

    with _in_plain_words(content.label):
        schema = parquet.read_schema(content.file)
        texts = [column.name for column in schema if _is_text(column.type)]
        # Texts stay as they are packed, each once, until it is known what they take written out.
        return parquet.ParquetFile(content.file, page_checksum_verification=True, read_dictionary=texts)


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


def require_bearable_parquet(path: Path, label: str) -> None:
    """Refuse a Parquet file that claims far more than it can hold; one that cannot be opened passes.

    Raises:
        InputError: it does.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            _require_claims(label, path.stat().st_size, file.metadata)
    except (pa.ArrowException, OSError):
        return


def _require_claims(label: str, size: int, metadata: Any) -> None:
    """Refuse a file that claims far more than it can hold; equal values, packed, take next to no room.

    Raises:
        InputError: it has too many columns, or unpacks to too much.
    """
    groups = [metadata.row_group(n) for n in range(metadata.num_row_groups)]
    unpacked = sum(group.total_byte_size for group in groups)
    cells = metadata.num_rows * metadata.num_columns
    told = (
        (metadata.num_columns > COLUMNS, f"has more than {COLUMNS:,} columns"),
        (cells > max(PARQUET_CELLS, CELLS_PER_BYTE * size), f"claims {cells:,} cells in {size:,} bytes"),
        (unpacked > max(RATIO_FREE_BYTES, RATIO * size), f"unpacks to more than {RATIO} times its size"),
    )
    for applies, what in told:
        if applies:
            raise InputError(f"{label}: {what} (Parquet), as a decompression bomb does; export it as CSV")


def _about(label: str, file: Any) -> list[str]:
    keys = [key.decode("utf-8", errors="replace") for key in file.schema_arrow.metadata or {}]
    told = [] if file.metadata.num_rows else ["no rows"]
    told += [f"the file's own metadata is left out: {listed(keys)}"] if keys else []
    beyond = _out_of_range(label, file)
    return told + (
        [Doubt(f"values out of range of other programs (overflow): {listed(beyond)}")] if beyond else []
    )


def _out_of_range(label: str, file: Any) -> list[str]:
    """Return the columns, and their types, of whole numbers beyond 64 bits with a sign, or moments beyond year 9999."""
    from pyarrow import types

    wide = {column.name for column in file.schema_arrow if column.type == "uint64"}
    moments = {column.name for column in file.schema_arrow if types.is_timestamp(column.type)}
    found = {}
    with _in_plain_words(label):
        for batch in file.iter_batches(BATCH_ROWS, columns=sorted(wide | moments)) if wide or moments else ():
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                values = pl.Series(pl.from_arrow(column))
                out = values > MOST_SIGNED if name in wide else ~values.dt.year().is_between(1, LAST_YEAR)
                if out.any():
                    found[name] = f"{name} ({'integer, uint64' if name in wide else 'date, timestamp'})"
    return list(found.values())


def _frames(label: str, file: Any) -> Iterator[pl.DataFrame]:
    """Yield the rows as text, the columns named by their position."""
    with _in_plain_words(label):
        for batch in file.iter_batches(BATCH_ROWS):
            _require_held(label, batch)
            written_out = [c.dictionary_decode() if _is_packed(c.type) else c for c in batch.columns]
            columns = [pl.Series(str(n), pl.from_arrow(column)) for n, column in enumerate(written_out)]
            frame = pl.DataFrame(columns)
            text = frame.select(_text(name, kind) for name, kind in frame.schema.items())
            yield text.select(pl.when(pl.all() != "").then(pl.all()))


def _require_held(label: str, batch: Any) -> None:
    """Refuse a batch whose texts, each written out, would fill the memory.

    Raises:
        InputError: they would.
    """
    import pyarrow as pa
    from pyarrow import compute

    size = 0
    for column in batch.columns:
        if _is_packed(column.type):
            lengths = compute.take(compute.binary_length(column.dictionary), column.indices)
            size += compute.sum(lengths.cast(pa.int64())).as_py() or 0
    if size > BATCH_BYTES:
        raise InputError(
            f"{label}: {batch.num_rows:,} rows hold {size >> 20:,} MiB of text (Parquet), as a decompression bomb "
            "does: long values that repeat; take them out"
        )


def _is_packed(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_dictionary(kind)) and _is_text(kind.value_type)


def _is_text(kind: Any) -> bool:
    from pyarrow import types

    return bool(types.is_string(kind) or types.is_large_string(kind))


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
