"""All that a rule can do: operators and functions, each with the kinds of values it takes.

What is not in `OPERATIONS` cannot be done. Nothing here reads files, makes long texts or takes longer than a look at
each cell. As in SQL, what is computed from an empty cell is empty, and so is a division by zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.own.columns import Kind
from hxl_kit.checks.own.patterns import like, pattern
from hxl_kit.checks.own.syntax import COMPARISONS
from hxl_kit.checks.own.tokens import refuse
from hxl_kit.checks.own.values import Value, aligned, require
from hxl_kit.errors import nearest
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

_LISTED_CODES = 200


Applied = Callable[[int, "Sequence[Value]"], tuple[Kind, pl.Expr]]


@dataclass(frozen=True)
class _Allowed:
    """An operator or function, and how many values it takes."""

    applied: Applied
    least: int
    most: int


def apply(at: int, name: str, values: Sequence[Value]) -> Value:
    """Return what an operator or function yields.

    Raises:
        UsageError: a rule may not use it, or not with values of these kinds or so many of them.
    """
    allowed = OPERATIONS.get(name)
    if allowed is None:
        refuse(
            at,
            f"no function '{shown(name)}'{nearest(name, FUNCTIONS)}; a rule may use {', '.join(FUNCTIONS)}",
        )
    if not allowed.least <= len(values) <= allowed.most:
        wanted = str(allowed.least) if allowed.least == allowed.most else f"{allowed.least} to {allowed.most}"
        refuse(at, f"{name} takes {wanted} values in brackets, not {len(values)}")
    kind, expr = allowed.applied(at, values)
    return Value(at, kind, expr, f"the result of {name}")


def _compared(name: str) -> Applied:
    def applied(at: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
        left, right = aligned(*values)
        if name not in ("=", "<>") and left.kind not in ("number", "date"):
            refuse(at, f"'{name}': only numbers and dates have an order; compare {left.said} with = or <>")
        a, b = left.expr, right.expr
        compared = {"=": a == b, "<>": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}
        return "yes or no", compared[name]

    return applied


def _between(at: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
    value, low, high = values
    (_, above), (_, below) = _compared(">=")(at, (value, low)), _compared("<=")(at, (value, high))
    return "yes or no", pl.all_horizontal(above, below)


def _both(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
    return "yes or no", pl.all_horizontal([require("yes or no", value) for value in values])


def _either(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
    return "yes or no", pl.any_horizontal([require("yes or no", value) for value in values])


def _not(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
    return "yes or no", ~require("yes or no", values[0])


def _is_null(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
    return "yes or no", values[0].expr.is_null()


def _in(at: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
    if values[0].kind == "yes or no":
        # Its expression is repeated for each option: what holds options itself would grow without bound.
        refuse(at, f"IN: {values[0].said} is a yes or no; compare it with =")
    sides = [aligned(values[0], option) for option in values[1:]]
    return "yes or no", pl.any_horizontal([left.expr == right.expr for left, right in sides])


def _computed(name: str) -> Applied:
    """Return arithmetic on numbers: in floating point, as whole numbers of 64 bits run over without a word."""

    def applied(at: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
        if name == "-" and {value.kind for value in values} == {"date"}:
            return "number", (values[0].expr - values[1].expr).dt.total_days()
        if any(value.kind == "date" for value in values):
            refuse(
                at, f"'{name}': of dates a rule knows the difference alone: date_end - date_start is in days"
            )
        a, b = (require("number", value).cast(pl.Float64) for value in values)
        divisor = b.replace(0.0, None)
        results = {"+": a + b, "-": a - b, "*": a * b, "/": a / divisor, "%": a % divisor}
        return "number", _finite(results[name])

    return applied


def _finite(number: pl.Expr) -> pl.Expr:
    """Return numbers without what is none; the expression stands once, as repeated ones double at every level."""
    return number.replace([float("nan"), float("inf"), float("-inf")], None)


def _of(kind: Kind, result: Kind, made: Callable[[pl.Expr], pl.Expr]) -> Applied:
    def applied(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
        return result, made(require(kind, values[0]))

    return applied


def _of_texts(made: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> Applied:
    def applied(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
        text, part = (require("text", value) for value in values)
        return "yes or no", made(text, part)

    return applied


def _matched(name: str, made: Callable[[int, str], str]) -> Applied:
    def applied(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
        cell, form = values
        if not isinstance(form.stated, str):
            refuse(form.at, f"{name} needs its pattern as a text in quotes")
        return "yes or no", require("text", cell).str.contains(made(form.at, form.stated))

    return applied


def _rounded(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
    decimals = values[1].stated if len(values) > 1 else 0
    if not isinstance(decimals, int) or decimals not in range(10):
        refuse(values[1].at, "round needs its number of decimals as a number from 0 to 9")
    number = require("number", values[0]).cast(pl.Float64)
    return "number", number.round(decimals, mode="half_away_from_zero")


def _first_filled(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
    first, *others = values
    same = [aligned(first, other)[1].expr for other in others]
    return first.kind, pl.coalesce(first.expr, *same)


def _read_as(kind: Kind, read: Callable[[pl.Expr], pl.Expr]) -> Applied:
    """Return what reads a text as another kind; a column that was recognised is of that kind already."""

    def applied(_: int, values: Sequence[Value]) -> tuple[Kind, pl.Expr]:
        (value,) = values
        return kind, value.expr if value.kind == kind else read(require("text", value))

    return applied


def _read_number(text: pl.Expr) -> pl.Expr:
    return _finite(text.str.strip_chars().cast(pl.Float64, strict=False))


def _read_date(text: pl.Expr) -> pl.Expr:
    cell = text.str.strip_chars()
    written = pl.when(cell.str.contains(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")).then(cell)
    return written.str.to_date("%Y-%m-%d", strict=False)


_TRUTHS = 2 * _LISTED_CODES
_FUNCTIONS = {
    "abs": _Allowed(_of("number", "number", lambda number: number.cast(pl.Float64).abs()), 1, 1),
    "ceil": _Allowed(_of("number", "number", lambda number: number.cast(pl.Float64).ceil()), 1, 1),
    "coalesce": _Allowed(_first_filled, 2, 10),
    "contains": _Allowed(_of_texts(lambda text, part: text.str.contains(part, literal=True)), 2, 2),
    "date": _Allowed(_read_as("date", _read_date), 1, 1),
    "day": _Allowed(_of("date", "number", lambda date: date.dt.day()), 1, 1),
    "ends_with": _Allowed(_of_texts(lambda text, part: text.str.ends_with(part)), 2, 2),
    "floor": _Allowed(_of("number", "number", lambda number: number.cast(pl.Float64).floor()), 1, 1),
    "length": _Allowed(_of("text", "number", lambda text: text.str.len_chars()), 1, 1),
    "lower": _Allowed(_of("text", "text", lambda text: text.str.to_lowercase()), 1, 1),
    "month": _Allowed(_of("date", "number", lambda date: date.dt.month()), 1, 1),
    "number": _Allowed(_read_as("number", _read_number), 1, 1),
    "regexp_like": _Allowed(_matched("regexp_like", pattern), 2, 2),
    "round": _Allowed(_rounded, 1, 2),
    "starts_with": _Allowed(_of_texts(lambda text, part: text.str.starts_with(part)), 2, 2),
    "trim": _Allowed(_of("text", "text", lambda text: text.str.strip_chars()), 1, 1),
    "upper": _Allowed(_of("text", "text", lambda text: text.str.to_uppercase()), 1, 1),
    "year": _Allowed(_of("date", "number", lambda date: date.dt.year()), 1, 1),
}
FUNCTIONS = tuple(_FUNCTIONS)
OPERATIONS: dict[str, _Allowed] = {
    **_FUNCTIONS,
    **{name: _Allowed(_compared(name), 2, 2) for name in COMPARISONS if name != "!="},
    **{name: _Allowed(_computed(name), 2, 2) for name in ("+", "-", "*", "/", "%")},
    "negative": _Allowed(_of("number", "number", lambda number: -number.cast(pl.Float64)), 1, 1),
    "AND": _Allowed(_both, 2, _TRUTHS),
    "OR": _Allowed(_either, 2, _TRUTHS),
    "NOT": _Allowed(_not, 1, 1),
    "IS NULL": _Allowed(_is_null, 1, 1),
    "BETWEEN": _Allowed(_between, 3, 3),
    "IN": _Allowed(_in, 2, _LISTED_CODES),
    "LIKE": _Allowed(_matched("LIKE", like), 2, 2),
}
