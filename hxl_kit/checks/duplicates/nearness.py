"""Pairs of events near one another in time, place and number."""

from __future__ import annotations

import polars as pl

KILOMETRES = 10
"""Two events are of one place up to this distance; UCDP and ACLED place most events by the town they are nearest to."""

_RADIUS = 6371.0
_CLOSE = 0.25
_SEEN = (
    "source",
    "start",
    "end",
    "latitude",
    "longitude",
    "place",
    "named",
    "killed",
    "block",
    "numbers",
    "text",
    "cluster",
)


def paired(rows: pl.DataFrame, key: tuple[str, ...], *, days: int) -> pl.DataFrame:
    """Return the pairs of rows that are equal in `key` and begin within so many days, and some further apart.

    `row_number` is the later row of a pair, `row` the earlier one.
    """
    width = days + 1
    binned = rows.with_columns(time=pl.col("start").to_physical() // width)
    around = pl.concat_list(pl.col("time") - 1, "time", pl.col("time") + 1)
    others = binned.select(*key, row="row_number", time=around).explode("time", empty_as_null=False)
    pairs = binned.select(*key, "row_number", "time").join(others, on=[*key, "time"])
    return pairs.filter(pl.col("row_number") > pl.col("row")).select("row_number", "row").unique()


def near(pairs: pl.DataFrame, events: pl.DataFrame, *, days: int) -> pl.DataFrame:
    """Return the pairs of rows of events that are near in time and place and close in number, with `days` and `km`.

    Where one has no coordinates, both must name the same place. The columns of the earlier row end in `_1`.
    """
    seen = [name for name in _SEEN if name in events.columns]
    first = events.select(
        pl.col("row_number").alias("row"), *(pl.col(name).alias(f"{name}_1") for name in seen)
    )
    both = pairs.join(events.select("row_number", *seen), on="row_number").join(first, on="row")
    placed = pl.col("km") <= KILOMETRES
    named = pl.col("km").is_null() & pl.col("named") & (pl.col("place") == pl.col("place_1"))
    return (
        both.with_columns(
            days=(pl.col("start") - pl.col("start_1")).dt.total_days().abs(),
            lasts=(pl.col("end") - pl.col("end_1")).dt.total_days().abs(),
            km=_distance(),
        )
        .filter(pl.max_horizontal("days", "lasts") <= days, placed.fill_null(value=False) | named, _close())
        .with_columns(pl.col("km").fill_null(0).round().cast(pl.Int64))
    )


def _close() -> pl.Expr:
    """Return whether two numbers of killed differ by one at most, or by a quarter of the larger; or neither is known."""
    one, other = pl.col("killed"), pl.col("killed_1")
    allowed = pl.max_horizontal(pl.lit(1.0), _CLOSE * pl.max_horizontal(one, other))
    return ((one - other).abs() <= allowed).fill_null(value=False) | (one.is_null() & other.is_null())


def _distance() -> pl.Expr:
    """Return the great-circle distance in kilometres (haversine)."""
    one, other = (
        pl.col("latitude").cast(pl.Float64).radians(),
        pl.col("latitude_1").cast(pl.Float64).radians(),
    )
    east = (pl.col("longitude") - pl.col("longitude_1")).cast(pl.Float64).radians()
    half = ((one - other) / 2).sin() ** 2 + one.cos() * other.cos() * (east / 2).sin() ** 2
    return 2 * _RADIUS * half.clip(0, 1).sqrt().arcsin()
