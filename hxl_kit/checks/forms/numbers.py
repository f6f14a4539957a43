"""Numbers of people, other numbers, and degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.forms.found import Found, other_digits
from hxl_kit.checks.forms.patterns import INTEGER, NUMBER
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

MOST_PEOPLE = 10_000_000_000
"""No count of people is larger: more than all of mankind."""

LIMITS = {"latitude": 90, "longitude": 180}
_BEYOND = {
    "latitude": N_("is out of range: a latitude is at most {limit} degrees (swapped?)"),
    "longitude": N_("is out of range: a longitude is at most {limit} degrees (swapped?)"),
}


def count(cell: pl.Expr, plain: pl.Expr, _: dt.date) -> Iterator[Found]:
    """Yield what is wrong with a number of people."""
    whole = plain.str.contains(INTEGER)
    digits = plain.str.strip_chars("+-").str.replace(r"\.0*$", "").str.strip_chars_start("0")
    yield Found(
        "count",
        "error",
        ~whole & (plain != ""),
        N_("is not an integer: a number of people is digits alone (empty: missing)"),
    )
    yield Found(
        "count", "error", whole & plain.str.starts_with("-") & (digits != ""), N_("is below the minimum 0")
    )
    yield from size(cell, plain, _)


def size(cell: pl.Expr, plain: pl.Expr, _: dt.date) -> Iterator[Found]:
    """Yield what is wrong with a whole number whose type is judged elsewhere."""
    digits = plain.str.strip_chars("+-").str.replace(r"\.0*$", "").str.strip_chars_start("0")
    large = plain.str.contains(INTEGER) & (digits.str.len_bytes() > len(str(MOST_PEOPLE)) - 1)
    yield Found(
        "count",
        "error",
        large,
        N_("is out of range: not below the maximum {most} (more than all people)"),
        {"most": f"{MOST_PEOPLE:,}"},
    )
    yield other_digits(cell)


def number(cell: pl.Expr, plain: pl.Expr, _: dt.date) -> Iterator[Found]:
    """Yield what is wrong with a number."""
    yield Found("number", "error", ~plain.str.contains(NUMBER) & (plain != ""), N_("is not a number"))
    infinite = plain.str.contains(NUMBER) & plain.cast(pl.Float64, strict=False).is_infinite()
    yield Found("number", "error", infinite, N_("is out of range: not a finite number"))
    yield other_digits(cell)


def latitude(cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    """Yield what is wrong with a latitude in degrees."""
    yield from _degrees("latitude", cell, plain, today)


def longitude(cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    """Yield what is wrong with a longitude in degrees."""
    yield from _degrees("longitude", cell, plain, today)


def _degrees(axis: str, cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    beyond = plain.str.contains(NUMBER) & (plain.cast(pl.Float64, strict=False).abs() > LIMITS[axis])
    yield from number(cell, plain, today)
    yield Found("degrees", "error", beyond, _BEYOND[axis], {"limit": LIMITS[axis]})


def digits(cell: pl.Expr, _: pl.Expr, __: dt.date) -> Iterator[Found]:
    """Yield what is wrong with the digits of a number whose type is judged elsewhere."""
    yield other_digits(cell)
