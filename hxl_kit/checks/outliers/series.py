"""Numbers that do not fit the series of the same thing at the same place before and after them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.reducing import hashed

if TYPE_CHECKING:
    from hxl_kit.checks.rule import Tables

_STEADY = 1.5
_STEADY_LEVEL = {1: 1.5, 2: 4.0, 3: 8.0}
"""How many times the smallest of the figures before and after the largest may be.

Levels, as stocks and cumulative figures are, leave their series a hundredfold for no real reason: the more zeros are
too many, the less steady the others need be. The dead of a day may well be a hundred times those of other days.
"""

_VERY_STEADY = 1.1
_SMALLEST = 20
_LARGE = 10 * _SMALLEST
"""Below this number of people, ten times more or less is an ordinary change."""

_NEAR_POWER = 0.1
_NEAR_POWER_LEVEL = {1: 0.1, 2: 0.3, 3: 0.4}
"""How far the logarithm of the ratio to them may be from 1, 2 or 3; 0.1 is a fifth of the number, up or down."""

_DIFFERS = 1.3
_FITS = 1.05
_MOST_DIGITS = 9
_AROUND = (-2, -1, 1, 2)
_FEWEST = 3
"""Of the two figures before and the two after, so many must be known, and those next to the number."""


def out_of_series(tables: Tables, name: str) -> pl.DataFrame:
    """Return numbers beside those before and after them: row_number, number, is_level, others, steady.

    `others` is the median of the two figures before and the two after of the same publisher, people, place and
    length of time, `steady` how many times the smallest of them the largest is; where it is too much, nothing is
    returned of a number.
    """
    rows = _in_series(tables, name)
    around = {
        by: pl.when(pl.col("series") == pl.col("series").shift(by)).then(pl.col("number").shift(by))
        for by in _AROUND
    }
    beside = rows.select(
        "row_number", "number", "is_level", *(one.alias(f"at{by}") for by, one in around.items())
    )
    figures = [pl.col(f"at{by}") for by in _AROUND]
    known = pl.sum_horizontal(one.is_not_null() for one in figures)
    between = pl.col("at-1").is_not_null() & pl.col("at1").is_not_null() & (known >= _FEWEST)
    steady = pl.max_horizontal(figures) / pl.min_horizontal(figures)
    judged = (
        beside.filter(between)
        .with_columns(steady=steady)
        .filter(pl.col("steady") <= max(_STEADY_LEVEL.values()))
    )
    return judged.select(
        "row_number", "number", "is_level", "steady", others=pl.concat_list(figures).list.median()
    )


def wrong_power(beside: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers that are some 10, 100 or 1,000 times those beside them, or such a part: `times` and `more`."""
    ratio = (pl.col("number") / pl.col("others")).log10()
    power = ratio.abs().round()
    off = (ratio.abs() - power).abs()
    levels = pl.any_horizontal(
        (power == zeros) & (off <= _NEAR_POWER_LEVEL[zeros]) & (pl.col("steady") <= steady)
        for zeros, steady in _STEADY_LEVEL.items()
    )
    flows = power.is_between(1, 3) & (off <= _NEAR_POWER) & (pl.col("steady") <= _STEADY)
    fits = pl.when(pl.col("is_level").fill_null(value=False)).then(levels).otherwise(flows)
    large = (pl.max_horizontal("number", "others") >= _LARGE) & (pl.col("others") >= _SMALLEST)
    found = beside.filter(fits, large)
    return found.select("row_number", times=(pl.lit(10) ** power).cast(pl.Int64), more=ratio > 0)


def swapped_digits(beside: pl.DataFrame) -> pl.DataFrame:
    """Return the numbers that fit those beside them once two neighbouring digits are exchanged: row_number.

    Round numbers are left out: of 1,400 and 1,000 nobody can tell which digits were exchanged.
    """
    off = pl.max_horizontal("number", "others") / pl.min_horizontal("number", "others")
    whole = (pl.col("number") == pl.col("number").floor()) & (pl.col("number") % 100 != 0)
    odd = beside.filter(
        pl.col("steady") <= _VERY_STEADY, off.is_between(_DIFFERS, 9), whole, pl.col("number") >= _SMALLEST
    )
    text = pl.col("number").cast(pl.Int64).cast(pl.String)
    exchanged = [
        text.str.slice(0, at) + text.str.slice(at + 1, 1) + text.str.slice(at, 1) + text.str.slice(at + 2)
        for at in range(_MOST_DIGITS)
    ]
    ratios = [(one.cast(pl.Float64, strict=False) / pl.col("others")).log().abs() for one in exchanged]
    return odd.filter(pl.min_horizontal(ratios) <= math.log(_FITS)).select("row_number")


def _in_series(tables: Tables, name: str) -> pl.DataFrame:
    """Return the figures by series and day; several of one day are of series whose ids differ besides their dates."""
    publishers = tables["sources"].select("source", "publisher").unique("source")
    dated = tables[name].filter(pl.col("day").is_not_null(), pl.col("number") > 0)
    known = dated.join(publishers, on="source", how="left", maintain_order="left")
    publisher = pl.coalesce("publisher", "source")
    is_flow = pl.col("days").is_not_null() & ~pl.col("is_level").fill_null(value=False)
    weeks = pl.when(is_flow).then(pl.col("days") // 7).otherwise(0)
    rows = known.select(
        *("row_number", "number", "day", "figure", "is_level"),
        series=hashed([publisher, pl.col("about"), weeks]),
    )
    several = _on_one_day(rows)
    together = pl.col("series").is_in(several.implode())
    apart = rows.with_columns(
        series=pl.when(together).then(hashed([pl.col("series"), pl.col("figure")])).otherwise("series")
    )
    return apart.filter(~pl.col("series").is_in(_on_one_day(apart).implode())).sort("series", "day")


def _on_one_day(rows: pl.DataFrame) -> pl.Series:
    """Return the series with several figures of a day."""
    days = rows.group_by("series", "day").len()
    return days.filter(pl.col("len") > 1)["series"].unique()
