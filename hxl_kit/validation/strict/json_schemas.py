"""The `jsonSchema` constraint of object and array fields (Table Schema v2, "jsonSchema")."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import HxlKitError
from hxl_kit.reading.table import ROW_NUMBER, shown
from hxl_kit.validation.report import Issue, cell_address
from hxl_kit.validation.strict.bounded import UnboundedError, bounded
from hxl_kit.validation.strict.parts import resources_of
from hxl_kit.validation.strict.rows import not_checked, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    import polars as pl

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.bounded import Judge
    from hxl_kit.validation.strict.parts import Resource

RULE = "json-schema"
TYPES = ("object", "array")


def json_schemas(package: Package) -> Iterator[Issue]:
    """Yield constraints that cannot be judged, and cells that break theirs; what is no JSON is left to frictionless."""
    for resource in resources_of(package):
        judges: dict[str, Judge] = {}
        for field in resource.fields:
            constraints = field.get("constraints")
            if not isinstance(constraints, dict) or "jsonSchema" not in constraints:
                continue
            name = field["name"]
            try:
                judges[name] = _judge(field, constraints["jsonSchema"])
            except UnboundedError as error:
                yield Issue(
                    RULE, "error", resource.name, f"constraints.jsonSchema: {error}", field=shown(name)
                )
        if judges:
            yield from _cells(package, resource, judges)


def _judge(field: dict[str, Any], schema: Any) -> Judge:
    if field.get("type") not in TYPES:
        raise UnboundedError("only fields of the types object and array may have one")
    return bounded(schema)


def _cells(package: Package, resource: Resource, judges: dict[str, Judge]) -> Iterator[Issue]:
    try:
        with opened(package, resource) as rows:
            there = {name: v for name, v in judges.items() if name in rows.positions}
            for frame in rows.frames():
                for name, judge in there.items():
                    for row in frame.filter(_broken(frame[name], judge))[ROW_NUMBER]:
                        cell = cell_address(row, rows.positions[name])
                        message = "the value does not fit the field's jsonSchema"
                        yield Issue(RULE, "error", resource.name, message, row, shown(name), cell)
    except HxlKitError as error:
        yield not_checked(RULE, resource, error)
    except UnboundedError as error:
        yield Issue(RULE, "error", resource.name, f"constraints.jsonSchema: {error}")


def _broken(cells: pl.Series, judge: Judge) -> pl.Series:
    """Return which cells are JSON that does not fit."""
    return cells.is_in([text for text in cells.drop_nulls().unique() if not _fits(text, judge)])


def _fits(text: str, judge: Judge) -> bool:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return True
    return not judge.errors(value)
