"""Guard G5: of a cumulative series the latest figure counts, or, by date, what came between two figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.summarising.leaving_out import LEFT_OUT
from hxl_kit.summarising.terms import CODES, SPOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.summarising.request import Request

CONTAINED = "contained in the cumulative figure until {} of the same series"
REVISED = (
    "revised down: smaller than the figure until {} of the same series, so that no difference can be counted"
)
TIED = "one of several figures of its cumulative series for the same last day: no difference can be counted"
LARGER_BEFORE = "; revised down since: it was larger"


def one_of_each_series(terms: pl.DataFrame, request: Request) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with each cumulative series reduced to what may be added, and the rows left out.

    A series is what one publisher counts from one first day, of the same people in the same place. With
    `date_end` among the fields to add by, its figures become the differences between one day and the next.
    A figure whose last day is not known has no place in a series.
    """
    cumulative = (pl.col("counting") == "cumulative").fill_null(value=False) & pl.col("end").is_not_null()
    if not terms.select(cumulative.any()).item():
        return terms, pl.DataFrame(schema=LEFT_OUT)
    by_day = "date_end" in request.by
    series = _series(request, by_day=by_day)
    rows, others = terms.filter(cumulative), terms.filter(~cumulative)
    rows = rows.with_columns(series=pl.struct(series).rank("dense"))
    found, dropped = _differences(rows) if by_day else _latest(rows)
    return pl.concat([others, found.select(others.columns)]).sort("index"), dropped


def _series(request: Request, *, by_day: bool) -> Sequence[str]:
    shape = request.shape
    keys = [f"key:{name}" for name in (*request.by, *shape.kinds) if not (by_day and name == "date_end")]
    about = ("publisher", "claimed_by", "event_id", "start", *shape.coded, *shape.free)
    place = (*CODES, "provider_admin1_name", "provider_admin2_name", *SPOT)
    return list(dict.fromkeys((*keys, *about, *place)))


def _latest(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the latest figures of each series, and the earlier ones, which they contain."""
    number = pl.coalesce("value", "low")
    rows = rows.with_columns(last=pl.col("end").max().over("series"))
    latest = number.filter(pl.col("end") == pl.col("last")).max().over("series")
    rows = rows.with_columns(larger=(number > latest).fill_null(value=False))
    earlier = rows.filter(pl.col("end") < pl.col("last"))
    revised = pl.when("larger").then(pl.lit(LARGER_BEFORE)).otherwise(pl.lit(""))
    reason = pl.format(CONTAINED, _day("last")) + revised
    return rows.filter(pl.col("end") == pl.col("last")), _dropped(earlier, "G5", reason)


def _differences(rows: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return each figure less the one before it in its series, and the rows of which there is no difference.

    The difference of [a, b] and [c, d] is [a - d, b - c], and at least 0: a cumulative count does not fall.
    """
    tied = pl.len().over("series", "end") > 1
    ties = rows.filter(tied)
    rows = rows.filter(~tied).sort("series", "end")
    before = {name: pl.col(name).shift().over("series") for name in ("value", "low", "high", "exact", "end")}
    rows = rows.with_columns(expr.alias(f"before_{name}") for name, expr in before.items())
    first = pl.col("before_end").is_null()
    most = pl.col("high") - pl.col("before_low").fill_null(0)
    least = pl.max_horizontal(pl.col("low") - pl.col("before_high"), pl.lit(0).cast(rows.schema["low"]))
    down = ~first & ((most < 0) | (pl.col("value") < pl.col("before_value"))).fill_null(value=False)
    exact = pl.col("exact") & pl.col("before_exact")
    found = rows.filter(~down).with_columns(
        low=pl.when(first)
        .then("low")
        .when(pl.col("low").is_null() | pl.col("before_high").is_null())
        .then(None)
        .otherwise(least),
        high=pl.when(first).then("high").otherwise(most),
        value=pl.when(first).then("value").otherwise(pl.col("value") - pl.col("before_value")),
        exact=pl.when(first).then("exact").otherwise(exact),
        low_by_convention=pl.when(first).then("low_by_convention"),
        start=pl.when(first).then("start").otherwise(pl.col("before_end") + 1),
    )
    revised = pl.format(REVISED, _day("before_end"))
    return found, pl.concat([_dropped(rows.filter(down), "G5", revised), _dropped(ties, "G5", pl.lit(TIED))])


def _day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Date).dt.to_string("%Y-%m-%d")


def _dropped(rows: pl.DataFrame, guard: str, reason: pl.Expr) -> pl.DataFrame:
    return rows.select("group", "index", guard=pl.lit(guard), reason=reason).cast(LEFT_OUT)
