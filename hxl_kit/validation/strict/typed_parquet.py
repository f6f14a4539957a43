"""Parquet tables with a schema, judged on their typed columns.

frictionless 5.21 reads Parquet through pandas, where an integer column with missing values becomes one of floats:
each missing value is then a type error, and the byte count is always wrong. Here a null is a missing value. Footer
statistics answer first; pages are read, with their checksums verified, only where these leave a question open.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import HxlKitError, InputError
from hxl_kit.reading.table import listed, shown
from hxl_kit.validation.report import Issue, cell_address
from hxl_kit.validation.strict.column_rules import (
    Column,
    UnjudgedError,
    broken,
    fits_type,
    is_text,
    questions,
)
from hxl_kit.validation.strict.logical import logical
from hxl_kit.validation.strict.parts import resources_of
from hxl_kit.validation.strict.rows import not_checked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.parts import Resource

RULE = "parquet-types"
HASHES = {"": "md5", "md5": "md5", "sha256": "sha256"}


def parquet_types(package: Package) -> Iterator[Issue]:
    """Yield what the typed columns of Parquet tables break of their schema, and which errors of frictionless are false."""
    for resource in resources_of(package):
        path = resource.descriptor.get("path")
        if not resource.fields or resource.format != "parquet" or not isinstance(path, str):
            continue
        file = package.path_of(resource.descriptor)
        try:
            if not file.is_file():
                raise InputError("the file is missing")
            yield from _file_issues(resource, file)
            yield from _table_issues(resource, file)
        except HxlKitError as error:
            yield _error(resource, str(error))


def _file_issues(resource: Resource, file: Path) -> Iterator[Issue]:
    """Yield a byte count or hash that is not the file's, or that frictionless calls wrong though it is right."""
    said, size = resource.descriptor.get("bytes"), file.stat().st_size
    if type(said) is int and said == size and said:
        yield _info(resource, "reports a byte-count error for Parquet files, whose bytes it does not count")
    elif said is not None and said != size:
        yield _error(resource, f"{resource.place}.bytes: says {said!s:.30}, the file has {size:,}")
    algorithm, _, digits = str(resource.descriptor.get("hash") or "").rpartition(":")
    if digits and algorithm in HASHES:
        with file.open("rb") as content:
            found = hashlib.file_digest(content, HASHES[algorithm]).hexdigest()
        if found != digits.lower():
            yield _error(resource, f"{resource.place}.hash: the file's {HASHES[algorithm]} is another")


def _table_issues(resource: Resource, file: Path) -> Iterator[Issue]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file, page_checksum_verification=True) as table:
            names = table.schema_arrow.names
            yield from _header_issues(resource, names)
            for field in resource.fields:
                if names.count(field["name"]) == 1:
                    yield from _column_issues(resource, table, field)
    except (pa.ArrowException, OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise InputError("the Parquet file is cut short or corrupt (footer, pages or checksums)") from error


def _header_issues(resource: Resource, names: list[str]) -> Iterator[Issue]:
    """Yield columns that are missing, extra, given twice or out of order, as far as `fieldsMatch` forbids it."""
    fields = [field["name"] for field in resource.fields]
    match = resource.schema.get("fieldsMatch", "exact")
    match = match[0] if isinstance(match, list) and match else match
    missing = [name for name in fields if name not in names]
    extra = [name for name in names if name not in fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if missing and match in ("exact", "equal", "subset"):
        yield _error(resource, f"columns of the schema are missing: {listed(missing)}")
    if extra and match in ("exact", "equal", "superset"):
        yield _error(resource, f"columns are not in the schema: {listed(extra)}")
    if match == "partial" and len(missing) == len(fields):
        yield _error(resource, "no column is in the schema")
    if twice:
        yield _error(resource, f"columns have the same name: {listed(twice)}")
    if match == "exact" and not missing and not extra and not twice and fields != names:
        yield _error(resource, f"the columns are in another order than the fields: {listed(names)}")


def _column_issues(resource: Resource, table: Any, field: dict[str, Any]) -> Iterator[Issue]:
    name = field["name"]
    kind = table.schema_arrow.field(name).type
    dtype = pl.Series(pl.from_arrow(table.schema_arrow.empty_table().column(name))).dtype
    column = Column(field, resource.missing_values(field))
    if not fits_type(dtype, column.type):
        message = (
            f"the column holds {str(kind)[:40]}, the field is of the type {shown(str(field.get('type')))}"
        )
        yield _error(resource, message, field=shown(name))
        return
    try:
        yield from _cells(resource, table, column, text=is_text(dtype))
    except UnjudgedError as error:
        yield not_checked(RULE, resource, error)
    if column.constraints.get("unique") is True:
        yield from _repeated(resource, table, column)
    nulls = _integer_nulls(table, column)
    if nulls:
        yield _info(
            resource,
            f"reports a type-error for each of the {nulls:,} missing values of an integer column",
            name,
        )


def _cells(resource: Resource, table: Any, column: Column, *, text: bool) -> Iterator[Issue]:
    """Yield the cells that break a constraint, row group by row group."""
    position = table.schema_arrow.names.index(column.name) + 1
    first = 2
    for group in range(table.num_row_groups):
        rows = table.metadata.row_group(group).num_rows
        if questions(column, _statistics(table, group, column.name), text=text):
            cells = pl.Series(pl.from_arrow(table.read_row_group(group, [column.name]).column(0)))
            for reason, wrong in broken(column, cells):
                for index in wrong.arg_true():
                    row = first + index
                    yield _error(resource, reason, row, shown(column.name), cell_address(row, position))
        first += rows


def _repeated(resource: Resource, table: Any, column: Column) -> Iterator[Issue]:
    """Yield the cells that repeat an earlier value; missing ones do not count (as frictionless has it)."""
    cells = pl.Series(pl.from_arrow(table.read([column.name]).column(0)))
    if is_text(cells.dtype):
        texts = cells.cast(pl.String)
        cells = logical(texts.set(texts.is_in(list(column.missing)), None), column.field)
    position = table.schema_arrow.names.index(column.name) + 1
    for index in (cells.is_not_null() & ~cells.is_first_distinct()).arg_true():
        cell = cell_address(index + 2, position)
        yield _error(
            resource,
            "the field is unique, and has an earlier row's value here",
            index + 2,
            shown(column.name),
            cell,
        )


def _statistics(table: Any, group: int, name: str) -> Any:
    """Return a column chunk's statistics; None where it has none."""
    chunks = table.metadata.row_group(group)
    for number in range(chunks.num_columns):
        if chunks.column(number).path_in_schema == name:
            return chunks.column(number).statistics
    return None


def _integer_nulls(table: Any, column: Column) -> int:
    from pyarrow import types

    if column.type != "integer" or not types.is_integer(table.schema_arrow.field(column.name).type):
        return 0
    found = [_statistics(table, group, column.name) for group in range(table.num_row_groups)]
    if all(statistics is not None and statistics.has_null_count for statistics in found):
        return sum(statistics.null_count for statistics in found)
    return int(table.read([column.name]).column(0).null_count)


def _error(
    resource: Resource, message: str, row: int | None = None, field: str = "", cell: str = ""
) -> Issue:
    return Issue(RULE, "error", resource.name, message, row, field, cell)


def _info(resource: Resource, what: str, field: str = "") -> Issue:
    return Issue(RULE, "info", resource.name, f"frictionless 5.21 {what}; that is false", field=shown(field))
