"""A resource's rows as text, by the names of its schema's fields."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import HxlKitError, InputError
from hxl_kit.reading import open_table
from hxl_kit.reading.table import ROW_NUMBER
from hxl_kit.validation.report import Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hxl_kit.reading.packages import Package
    from hxl_kit.reading.table import TableText
    from hxl_kit.validation.strict.parts import Resource

USUAL = {
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
    "header": True,
    "headerRows": [1],
    "caseSensitiveHeader": True,
    "headerCase": True,
    "csvddfVersion": 1.2,
    "lineTerminator": None,
    "commentRows": None,
    "delimiter": None,
    "$schema": None,
}
"""What a dialect may say for its rows to be read here; None stands for anything."""

TEXT = ("csv", "tsv")


@dataclass(frozen=True)
class Rows:
    """A resource open for reading: `positions` has the column number (from 1) of each field that is there.

    `frames()` yields `row_number`, then a String column per field, null where the value is missing; each call
    starts anew.
    """

    positions: dict[str, int]
    frames: Callable[[], Iterator[pl.DataFrame]]


@contextmanager
def opened(package: Package, resource: Resource) -> Iterator[Rows]:
    """Yield the rows of a resource.

    Raises:
        InputError: they cannot be read, or not as the descriptor describes them.
    """
    if "data" in resource.descriptor:
        yield _inline(resource)
        return
    if len(resource.paths) != 1 or not isinstance(resource.descriptor["path"], str):
        raise InputError("it has not exactly one file")
    encoding = resource.descriptor.get("encoding") if resource.format in TEXT else None
    _require_usual(resource)
    path = package.path_of(resource.descriptor)
    with open_table(path, encoding=encoding if isinstance(encoding, str) else None) as table:
        _require_delimiter(resource, table)
        columns = _columns(resource, table.header)
        yield Rows(
            {name: table.header.index(column) + 1 for name, column in columns.items()},
            lambda: (_shaped(batch.frame, columns, resource) for batch in table.batches()),
        )


def not_checked(rule: str, resource: Resource, error: HxlKitError) -> Issue:
    """Return the warning that a rule could not look at a resource."""
    return Issue("not-checked", "warning", resource.name, f"{rule}: the rows were not checked: {error}")


def _require_usual(resource: Resource) -> None:
    for key, value in resource.dialect.items():
        if isinstance(value, dict):
            unusual = [name for name, said in value.items() if not _is_usual(name, said)]
        else:
            unusual = [] if _is_usual(key, value) else [key]
        if unusual:
            raise InputError(f"the dialect's '{unusual[0]}' is not read here")


def _is_usual(key: str, value: Any) -> bool:
    return key in USUAL and (USUAL[key] is None or value == USUAL[key])


def _require_delimiter(resource: Resource, table: TableText) -> None:
    nested = resource.dialect.get("csv")
    said = {**resource.dialect, **(nested if isinstance(nested, dict) else {})}.get("delimiter", ",")
    if resource.format == "csv" and len(table.header) > 1 and said != table.delimiter:
        raise InputError("the file's delimiter is not the dialect's")
    rows = resource.dialect.get("commentRows", [])
    if not isinstance(rows, list) or any(type(row) is not int or row >= table.first_row for row in rows):
        raise InputError("the dialect's 'commentRows' is not read here")


def _columns(resource: Resource, header: Sequence[str]) -> dict[str, str]:
    """Return the column of each field: by place when the fields match exactly, else by name."""
    names = [field["name"] for field in resource.fields]
    if len(set(names)) < len(names) or ROW_NUMBER in names:
        raise InputError(f"its fields have the same name, or the name '{ROW_NUMBER}'")
    if resource.schema.get("fieldsMatch", "exact") in ("exact", ["exact"]):
        return dict(zip(names, header, strict=False))
    return {name: name for name in names if name in header}


def _shaped(frame: pl.DataFrame, columns: dict[str, str], resource: Resource) -> pl.DataFrame:
    missing = {field["name"]: resource.missing_values(field) for field in resource.fields}
    return frame.select(
        ROW_NUMBER, *(_present(pl.col(column), missing[name]).alias(name) for name, column in columns.items())
    )


def _present(cell: pl.Expr, missing: Sequence[str]) -> pl.Expr:
    text = cell.fill_null("")
    return pl.when(~text.is_in(list(missing))).then(text) if missing else text


def _inline(resource: Resource) -> Rows:
    """Return the rows of inline data: lists below a header, or objects.

    Raises:
        InputError: the data are of another shape.
    """
    data = resource.descriptor["data"]
    header, records = _records(data)
    columns = _columns(resource, header)
    cells = {name: [_text(record.get(name)) for record in records] for name in header}
    numbers = pl.Series(ROW_NUMBER, range(2, len(records) + 2), dtype=pl.UInt32)
    frame = pl.DataFrame([numbers, *(pl.Series(n, cells[n], dtype=pl.String) for n in header)])
    positions = {name: header.index(column) + 1 for name, column in columns.items()}
    return Rows(positions, lambda: iter([_shaped(frame, columns, resource)]))


def _records(data: Any) -> tuple[list[str], list[dict[str, Any]]]:
    if not isinstance(data, list) or not data:
        raise InputError("its data are not a list of rows")
    if all(isinstance(row, dict) for row in data):
        header = list(dict.fromkeys(str(name) for row in data for name in row))
        return header, data
    if not all(isinstance(row, list) for row in data):
        raise InputError("its data mix lists and objects")
    header = [str(name) for name in data[0]]
    if len(set(header)) < len(header) or ROW_NUMBER in header:
        raise InputError("its header says a name twice")
    return header, [dict(zip(header, row, strict=False)) for row in data[1:]]


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
