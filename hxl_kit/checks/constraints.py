"""Table Schema constraints of the standard's fields as vectorised rules.

A row that keeps all of them is one that frictionless accepts; `tests/test_checks_constraints.py`
holds this against frictionless itself. Source: Table Schema, https://datapackage.org/standard/table-schema/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.checks.rule import Rule
from hxl_kit.standard.tables import Field, Table, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Violation = tuple[str, pl.Expr, str]
"""A constraint's name, its condition on a value, and what the message says of the field."""


def constraint_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the rules of every field of a table, in field order."""
    return tuple(rule for field in table(table_name).fields for rule in field_rules(table(table_name), field))


def field_rules(owner: Table, field: Field, value: pl.Expr | None = None) -> tuple[Rule, ...]:
    """Return the rules of one field; `value` stands in for the field's column when given."""
    cell = pl.col(field.name) if value is None else value
    return tuple(
        Rule(f"constraint-{name}", owner.name, field.name, "error", violated, message)
        for name, violated, message in _violations(field, cell)
    )


def _violations(field: Field, cell: pl.Expr) -> Iterator[Violation]:
    for name, limit in field.constraints.items():
        if name in _CONSTRAINTS and limit is not False:
            yield name, *_CONSTRAINTS[name](field, cell, limit)
    if field.codelist:
        codes = field.descriptor["constraints"]["enum"]
        yield "enum", ~cell.is_in(codes), f"is not in the code list '{field.codelist}'"


def _required(_: Field, cell: pl.Expr, __: Any) -> tuple[pl.Expr, str]:
    return cell.is_null(), "is required and empty"


def _minimum(_: Field, cell: pl.Expr, limit: Any) -> tuple[pl.Expr, str]:
    return cell < limit, f"is below the minimum {limit}"


def _maximum(_: Field, cell: pl.Expr, limit: Any) -> tuple[pl.Expr, str]:
    return cell > limit, f"is above the maximum {limit}"


def _pattern(_: Field, cell: pl.Expr, limit: Any) -> tuple[pl.Expr, str]:
    return ~cell.str.contains(rf"\A(?:{limit})\z"), f"does not have the form {limit}"


def _max_length(_: Field, cell: pl.Expr, limit: Any) -> tuple[pl.Expr, str]:
    return cell.str.len_chars() > limit, f"is longer than {limit} characters"


def _min_length(_: Field, cell: pl.Expr, limit: Any) -> tuple[pl.Expr, str]:
    return cell.str.len_chars() < limit, f"is shorter than {limit} characters"


_CONSTRAINTS: dict[str, Callable[[Field, pl.Expr, Any], tuple[pl.Expr, str]]] = {
    "required": _required,
    "minimum": _minimum,
    "maximum": _maximum,
    "pattern": _pattern,
    "maxLength": _max_length,
    "minLength": _min_length,
}
