"""What the parts of a rule yield, and which of them go together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.own.syntax import day
from hxl_kit.checks.own.tokens import Token, refuse
from hxl_kit.errors import nearest
from hxl_kit.reading.table import listed, shown

if TYPE_CHECKING:
    import datetime as dt

    from hxl_kit.checks.own.columns import Kind


@dataclass(frozen=True)
class Value:
    """What a part of a rule yields in each row; `said` names it in messages, `stated` is a literal's value."""

    at: int
    kind: Kind
    expr: pl.Expr
    said: str
    stated: str | float | bool | dt.date | None = None
    codes: tuple[str, ...] = ()


def require(kind: Kind, value: Value) -> pl.Expr:
    """Return a value's expression if it is of a kind.

    Raises:
        UsageError: it is of another.
    """
    if value.kind != kind:
        refuse(value.at, f"{value.said} is {_a(value.kind)} where {_a(kind)} is needed")
    return value.expr


def _a(kind: Kind) -> str:
    return {"text": "text", "other": "of a type that rules do not read", "yes or no": "a yes or no"}.get(
        kind, f"a {kind}"
    )


def aligned(left: Value, right: Value) -> tuple[Value, Value]:
    """Return two values that can be compared: a text that stands beside a date is read as one.

    Raises:
        UsageError: they are of different kinds, or a code is none of its list.
    """
    left, right = _as_day(left, right), _as_day(right, left)
    if left.kind != right.kind or left.kind == "other":
        way_out = ""
        if {left.kind, right.kind} == {"number", "text"} and (left.stated is None or right.stated is None):
            way_out = "; numbers are written without quotes, texts in quotes"
        refuse(right.at, f"compares {left.said} ({left.kind}) with {right.said} ({right.kind}){way_out}")
    _require_code(left, right)
    _require_code(right, left)
    return left, right


def _as_day(value: Value, other: Value) -> Value:
    if other.kind != "date" or not isinstance(value.stated, str):
        return value
    date = day(Token("text", value.stated, value.at))
    return replace(value, kind="date", expr=pl.lit(date), stated=date)


def _require_code(stated: Value, coded: Value) -> None:
    if coded.codes and isinstance(stated.stated, str) and stated.stated not in coded.codes:
        near = nearest(stated.stated, coded.codes) or f"; its codes are {listed(coded.codes)}"
        refuse(stated.at, f"'{shown(stated.stated)}' is no code of {coded.said}{near}")
