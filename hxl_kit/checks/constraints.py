"""Table Schema constraints of the standard's fields as vectorised rules.

A row that keeps all of them is one that frictionless accepts; `tests/test_checks_constraints.py`
holds this against frictionless itself. Source: Table Schema, https://datapackage.org/standard/table-schema/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.checks.rule import Check, Params, Rule
from hxl_kit.checks.theme import Theme
from hxl_kit.standard.messages import N_
from hxl_kit.standard.tables import Field, Table, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Violation = tuple[pl.Expr, str, Params]
"""A condition on a value, what the message says of the field, and the message's values."""


def constraint_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the rules of every field of a table, in field order."""
    return tuple(rule for field in table(table_name).fields for rule in field_rules(table(table_name), field))


def field_rules(owner: Table, field: Field, value: pl.Expr | None = None) -> tuple[Rule, ...]:
    """Return the rules of one field; `value` stands in for the field's column when given."""
    cell = pl.col(field.name) if value is None else value
    return tuple(
        Rule(f"constraint-{name}", owner.name, field.name, "error", violated, message, params)
        for name, (violated, message, params) in _violations(field, cell)
    )


def _violations(field: Field, cell: pl.Expr) -> Iterator[tuple[str, Violation]]:
    for name, limit in field.constraints.items():
        if name in _CONSTRAINTS and limit is not False:
            yield name, _CONSTRAINTS[name](field, cell, limit)
    if field.codelist:
        codes = field.descriptor["constraints"]["enum"]
        yield (
            "enum",
            (~cell.is_in(codes), N_("is not in the code list '{codelist}'"), {"codelist": field.codelist}),
        )


def _required(_: Field, cell: pl.Expr, __: Any) -> Violation:
    return cell.is_null(), N_("is required and empty"), {}


def _minimum(_: Field, cell: pl.Expr, limit: Any) -> Violation:
    return cell < limit, N_("is below the minimum {limit}"), {"limit": limit}


def _maximum(_: Field, cell: pl.Expr, limit: Any) -> Violation:
    return cell > limit, N_("is above the maximum {limit}"), {"limit": limit}


def _pattern(_: Field, cell: pl.Expr, limit: Any) -> Violation:
    return ~cell.str.contains(rf"\A(?:{limit})\z"), N_("does not have the form {limit}"), {"limit": limit}


def _max_length(_: Field, cell: pl.Expr, limit: Any) -> Violation:
    return cell.str.len_chars() > limit, N_("is longer than {limit} characters"), {"limit": limit}


def _min_length(_: Field, cell: pl.Expr, limit: Any) -> Violation:
    return cell.str.len_chars() < limit, N_("is shorter than {limit} characters"), {"limit": limit}


_CONSTRAINTS: dict[str, Callable[[Field, pl.Expr, Any], Violation]] = {
    "required": _required,
    "minimum": _minimum,
    "maximum": _maximum,
    "pattern": _pattern,
    "maxLength": _max_length,
    "minLength": _min_length,
}


THEME = Theme(
    "codelists",
    N_("codes of the standard's fields are in their code lists"),
    (
        Check(
            "constraint-enum",
            "error",
            N_("is not a code of the field's code list"),
            N_("A code that is not in its list is left out of every count by that code."),
            "hxl_kit, schemas/codelists",
            N_("Write one of the codes of the list: hxl-kit codelists prints it."),
        ),
    ),
    row_rules=lambda name, _: tuple(rule for rule in constraint_rules(name) if rule.id == "constraint-enum"),
)
