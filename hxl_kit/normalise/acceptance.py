"""What makes an input row unacceptable: lost values, broken constraints, the wrong country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.mapping import kind_of, single_root
from hxl_kit.standard.tables import Field, Table, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hxl_kit.checks.rule import Rule
    from hxl_kit.normalise.columns import Column, Columns
    from hxl_kit.sources.layout import TableMap

REJECTED = {"row_number": pl.UInt32, "reason": pl.String}
_UNREADABLE = {
    "integer": "is not a whole number",
    "number": "is not a number",
    "date": "is not a date in the form YYYY-MM-DD",
    "boolean": "is not true or false",
    "day": "is not a date or timestamp that begins with YYYY-MM-DD",
}


@dataclass(frozen=True)
class Condition:
    """What makes a row unacceptable, and what is said of it."""

    holds: pl.Expr
    message: str


def conditions_of(maps: Sequence[TableMap], columns: Columns, country: str | None) -> list[Condition]:
    """Return the conditions on computed rows: each distinct one once, however many tables share the column."""
    found: dict[tuple[str, ...], Condition] = {}
    for m in maps:
        owner = table(m.table)
        for name, expr in m.columns.items():
            column = columns.of(expr, owner[name])
            if expr.meta.is_literal() and _keeps(owner, owner[name], expr):
                continue
            for rule in field_rules(owner, owner[name], pl.col(column.name)):
                key = (
                    column.name,
                    rule.id,
                    rule.message,
                    m.table if rule.id == "constraint-required" else "",
                )
                found[key] = _broken(rule, column, name, m)
    return [*_lost_values(columns), *found.values(), *_wrong_country(maps, columns, country)]


def reshape_conditions(m: TableMap) -> list[Condition]:
    """Return the conditions on the rows of a reshaping map."""
    owner = table(m.table)
    conditions = []
    for name, expr in m.columns.items():
        if root := single_root(expr):
            conditions.append(_lost(root, f"@text:{root}", [name], kind_of(expr) or owner[name]))
        rules = field_rules(owner, owner[name])
        conditions += [Condition(rule.violated, f"{root or name} {rule.message}") for rule in rules]
    return conditions


def reasons(frame: pl.DataFrame, conditions: Sequence[Condition]) -> pl.DataFrame:
    """Return row_number and reason for every row and condition that holds."""
    nothing = pl.DataFrame(schema=REJECTED)
    if not conditions:
        return nothing
    suspects = frame.filter(pl.any_horizontal(c.holds.fill_null(False) for c in conditions))
    if not suspects.height:
        return nothing
    return pl.concat(
        suspects.filter(c.holds).select(row_number="@row", reason=pl.lit(c.message)) for c in conditions
    )


def joined(found: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return one row per rejected input row, its reasons joined."""
    every = pl.concat(found).unique(maintain_order=True)
    return (
        every.group_by("row_number", maintain_order=True)
        .agg(pl.col("reason").str.join("; "))
        .sort("row_number")
    )


def _broken(rule: Rule, column: Column, name: str, m: TableMap) -> Condition:
    """Return a rule as a condition; what is required is asked only where the map gives a row and nothing was lost."""
    violated = rule.violated
    if rule.id == "constraint-required":
        violated &= pl.lit(True) if m.where is None else m.where
        violated &= pl.lit(True) if column.root is None else pl.col(column.root).is_null()
    return Condition(violated, f"{column.root or name} {rule.message}")


def _keeps(owner: Table, field: Field, constant: pl.Expr) -> bool:
    """Whether a constant keeps every constraint of its field: proven once instead of in every row."""
    broken = [rule.violated.fill_null(False) for rule in field_rules(owner, field, constant)]
    return not broken or not any(pl.select(pl.any_horizontal(broken)).row(0))


def _lost_values(columns: Columns) -> list[Condition]:
    """One condition per input column; of the fields made from it, the strictest gives the reason."""
    made: dict[str, list[Column]] = {}
    for column in columns.all:
        if column.root:
            made.setdefault(column.root, []).append(column)
    return [_lost(root, root, [c.name for c in of], _strictest(of)) for root, of in made.items()]


def _lost(root: str, given: str, mapped: Sequence[str], read_as: Field | str) -> Condition:
    """The lost-value rule: the source's cell is filled and a cell made from it is empty."""
    lost = pl.any_horizontal(pl.col(name).is_null() for name in mapped)
    return Condition(pl.col(given).is_not_null() & lost, f"{root} {_unread(read_as)}")


def _unread(read_as: Field | str) -> str:
    """Say what a cell was to be: what a verb reads it as, or a field."""
    if isinstance(read_as, str):
        return _UNREADABLE[read_as]
    if read_as.codelist:
        return f"is not a known code for {read_as.name}"
    return _UNREADABLE.get(read_as.type, "cannot be read")


def _strictest(columns: Sequence[Column]) -> Field | str:
    """Return what tells most of why a cell is not read: a code list, else what a verb reads it as."""
    found = min(columns, key=lambda c: (c.field.codelist is None, c.field.type == "string"))
    return found.field if found.field.codelist or not found.kind else found.kind


def _wrong_country(maps: Sequence[TableMap], columns: Columns, country: str | None) -> list[Condition]:
    """Where the rows name their country, it must be the one that was asked for."""
    if country is None:
        return []
    named = [(m.columns["location_code"], table(m.table)) for m in maps if "location_code" in m.columns]
    names = {columns.of(expr, owner["location_code"]).name for expr, owner in named}
    message = f"the country is not {country}, which was asked for"
    return [Condition(pl.col(name).ne_missing(country), message) for name in sorted(names)]
