"""Events that two sources may both tell and that no cluster links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.duplicates.nearness import near, paired

if TYPE_CHECKING:
    from hxl_kit.checks.rule import Tables

_DAYS = 1
_LONGEST = 2
"""Events dated to within so many days are compared; the dates of others say too little."""

_CELL = 0.2
_WIDE_CELL = 0.4
"""Sides of the cells, in degrees of latitude and of longitude: half of one is more than 10 km up to 63° north or south."""


def in_other_sources(tables: Tables) -> pl.DataFrame:
    """Return the events that another source may tell too: row_number, `row` (the other one), days and km.

    They are of one kind and country, at most a day and 10 km apart and of close numbers; each event is told with the
    nearest one only, and only if it is the nearest of that one as well. Events that share a cluster are linked.
    """
    events = tables["events"].filter(
        (pl.col("end") - pl.col("start")).dt.total_days() < _LONGEST, pl.col("killed") > 0
    )
    if events["source"].n_unique() < 2:  # noqa: PLR2004 - nothing to compare with
        return pl.DataFrame(
            schema={"row_number": pl.UInt32, "row": pl.UInt32, "days": pl.Int64, "km": pl.Int64}
        )
    pairs = near(_neighbours(events), events, days=_DAYS)
    unlinked = pairs.filter(
        pl.col("source") != pl.col("source_1"),
        pl.col("cluster").ne_missing(pl.col("cluster_1")) | pl.col("cluster").is_null(),
    )
    nearest = unlinked.sort("days", "km", (pl.col("killed") - pl.col("killed_1")).abs(), "row_number", "row")
    of_one = nearest.unique(["row_number", "source_1"], keep="first", maintain_order=True)
    of_other = nearest.unique(["row", "source"], keep="first").select("row_number", "row")
    mutual = of_one.join(of_other, on=["row_number", "row"], how="semi", maintain_order="left")
    found = mutual.unique("row_number", keep="first", maintain_order=True)
    return found.select("row_number", "row", "days", "km").sort("row_number")


def _neighbours(events: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs of rows of two sources that are of one kind, within a day, and of cells side by side."""
    key = ("kind", "country", "day", "north", "east")
    placed = events.filter(pl.col("latitude").is_not_null(), pl.col("longitude").is_not_null())
    north, east = pl.col("latitude") / _CELL, pl.col("longitude") / _WIDE_CELL
    cells = placed.select(
        *("kind", "country", "source", "row_number"),
        day=pl.col("start").to_physical(),
        north=north.floor(),
        north_1=north.round() * 2 - north.floor() - 1,
        east=east.floor(),
        east_1=east.round() * 2 - east.floor() - 1,
    )
    largest = events["source"].mode(maintain_order=True)[0]
    others = (
        cells.filter(pl.col("source") != largest)
        .with_columns(day=pl.concat_list(pl.col("day") - 1, "day", pl.col("day") + 1))
        .explode("day", empty_as_null=False)
        .with_columns(north=pl.concat_list("north", "north_1"), east=pl.concat_list("east", "east_1"))
        .explode("north", empty_as_null=False)
        .explode("east", empty_as_null=False)
        .select(*key, row="row_number", source_1="source")
    )
    pairs = cells.select(*key, "row_number", "source").join(others, on=key)
    by_name = paired(
        events.filter(pl.col("named") & pl.col("latitude").is_null()),
        ("kind", "country", "place"),
        days=_DAYS,
    )
    return pl.concat([_later_first(pairs.filter(pl.col("source") != pl.col("source_1"))), by_name]).unique()


def _later_first(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.select(
        row_number=pl.max_horizontal("row_number", "row"), row=pl.min_horizontal("row_number", "row")
    )
