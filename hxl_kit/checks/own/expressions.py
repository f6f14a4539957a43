"""From the text of a rule to polars expressions over the columns of a table."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.own.columns import Column, selected
from hxl_kit.checks.own.operations import apply
from hxl_kit.checks.own.syntax import parse
from hxl_kit.checks.own.tokens import refuse
from hxl_kit.checks.own.tree import Literal, Node, Reference, references
from hxl_kit.checks.own.values import Value, require
from hxl_kit.reading.table import listed, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hxl_kit.checks.own.columns import Kind

_KINDS: dict[type, Kind] = {bool: "yes or no", int: "number", float: "number", str: "text", dt.date: "date"}


@dataclass(frozen=True)
class Condition:
    """What must hold in each row, and the field that a finding stands at: the first that the rule names."""

    field: str
    holds: pl.Expr


def conditions(expression: str, columns: Sequence[Column]) -> tuple[Condition, ...]:
    """Return the conditions of a rule: one, or one for each column that its tag pattern selects.

    Raises:
        UsageError: the rule is not written as rules are, names an unknown field, does what rules may not, or is no
            yes or no; the message has the place and the way out.
    """
    tree = parse(expression)
    named = list(references(tree))
    if not named:
        _value(tree, {})
        refuse(1, "the rule names no field: it would hold in every row, or in none")
    return tuple(
        Condition(meant[named[0].name].name, require("yes or no", _value(tree, meant)))
        for meant in _meanings(named, columns)
    )


def _meanings(named: Sequence[Reference], columns: Sequence[Column]) -> Iterator[dict[str, Column]]:
    """Yield what the references mean: a tag that several columns carry means each of them in turn."""
    found = {reference.name: selected(reference, columns) for reference in named}
    several = [reference for reference in named if len(found[reference.name]) > 1]
    if len({reference.name for reference in several}) > 1:
        reference = several[-1]
        carriers = listed([column.name for column in found[reference.name]])
        refuse(
            reference.at,
            f"{shown(reference.name)} is carried by several fields ({carriers}), as is another tag of this rule; "
            "name a field, or add attributes",
        )
    fixed = {name: carriers[0] for name, carriers in found.items()}
    if not several:
        yield fixed
        return
    for column in found[several[0].name]:
        yield {**fixed, several[0].name: column}


def _value(node: Node, meant: Mapping[str, Column]) -> Value:
    if isinstance(node, Literal):
        said = f"'{shown(node.value)}'" if isinstance(node.value, str) else str(node.value)
        return Value(node.at, _KINDS[type(node.value)], pl.lit(node.value), said, node.value)
    if isinstance(node, Reference):
        column = meant[node.name]
        if column.name == "*" or (column.name.startswith("^") and column.name.endswith("$")):
            # polars would read such a name as a pattern of names.
            refuse(node.at, f"a rule cannot name the field '{shown(column.name)}'; rename it")
        return Value(node.at, column.kind, pl.col(column.name), shown(column.name), None, column.codes)
    return apply(node.at, node.name, [_value(part, meant) for part in node.parts])
