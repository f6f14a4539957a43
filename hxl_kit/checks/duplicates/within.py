"""Events and figures that one source tells twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.duplicates.chance import EXPECTED, pairs_like, repeated, share
from hxl_kit.checks.duplicates.kept import SKETCH
from hxl_kit.checks.duplicates.nearness import near, paired
from hxl_kit.checks.reducing import hashed

if TYPE_CHECKING:
    from hxl_kit.checks.rule import Tables

_PLACE = ("country", "place", "latitude", "longitude")
_BLOCK = ("kind", "actors", "name", *_PLACE, "start", "end")
"""What events have in common before their numbers and words are looked at."""

_ABOUT = ("kind", "actors", "name", "country")
_RARE = 0.01
"""Numbers of a larger share of a source's events are never a sign by themselves; they are not even paired."""

_DAYS = 3
_HASHES = tuple(map(str, range(SKETCH)))
_ALIKE = 3
"""Texts are alike that share three of their four hashes: about three words in four."""

_COMMON = 20
"""Words that more events share are a form of words, as in "shelling was reported in"; numbers of so few are paired."""


def repeated_events(tables: Tables) -> pl.DataFrame:
    """Return the rows that repeat an earlier event of their source, words included: row_number and `row`.

    Only where the place is known within a province: sources that protect people tell several incidents in one way.
    """
    found = repeated(tables["events"].filter(pl.col("start").is_not_null()), _BLOCK, ("numbers", "text"))
    worded = found.filter("placed", pl.col("text").is_not_null())
    return worded.select("row_number", "row").sort("row_number")


def repeated_figures(tables: Tables, *, name: str) -> pl.DataFrame:
    """Return the recommended figures that repeat an earlier one in all but its id: row_number and `row`.

    Two recommended figures of one overlap group are guard G4's.
    """
    figures = tables[name].filter("recommended", pl.col("numbers").is_not_null())
    found = repeated(figures, ("alike",), ("numbers",))
    first = figures.select(row="row_number", group="overlap")
    apart_ = pl.col("overlap").is_null() | pl.col("overlap").ne_missing(pl.col("group"))
    return found.join(first, on="row").filter(apart_).select("row_number", "row").sort("row_number")


def similar_events(tables: Tables) -> pl.DataFrame:
    """Return the rows that tell nearly what an earlier one of their source tells: row_number, row, days and km.

    Events of one kind and country, at most three days apart: their words are much the same, their numbers close and
    their places within 10 km; or the actors, the place and the numbers are the same, and such numbers rare. Numbers
    alone say nothing of places apart: UCDP divides a total that is known for several places evenly among them.
    """
    events = tables["events"].filter("placed", pl.col("start").is_not_null())
    words = near(_by_words(events), events, days=_DAYS)
    numbers = near(_by_numbers(events), events, days=_DAYS).filter(pl.col("km") == 0)
    told = repeated_events(tables)
    found = pl.concat([words, numbers]).join(told, on="row_number", how="anti").sort("km", "days", "row")
    nearest = found.unique("row_number", keep="first", maintain_order=True)
    return nearest.select("row_number", "row", "days", "km").sort("row_number")


def _by_numbers(events: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of rows with the same rare numbers."""
    events = events.with_columns(about=hashed(map(pl.col, _ABOUT)))
    weeks = events.with_columns(week=pl.col("start").to_physical() // (2 * _DAYS + 1))
    counted = events.group_by("source", "numbers").agg(same=pl.len().cast(pl.Float64))
    sizes = pairs_like(weeks, ("about", "week", "place", "latitude", "longitude"))
    rare = (
        counted.join(sizes, on="source")
        .with_columns(share=share(pl.col("same") - 2, pl.col("rows") - 2))
        .filter(
            (pl.col("share") <= _RARE) | (pl.col("same") <= _COMMON),
            pl.col("pairs") * pl.col("share") ** 2 <= EXPECTED,
        )
    )
    candidates = events.join(rare.select("source", "numbers"), on=["source", "numbers"], how="semi")
    return paired(candidates, ("source", "about", "numbers"), days=_DAYS)


def _by_words(events: pl.DataFrame) -> pl.DataFrame:
    """Return pairs of rows with much the same words, which few other events have.

    Of two texts that share three of four hashes, the first two or the last two are the same.
    """
    told = events.filter(pl.col("text").is_not_null()).unnest("sketch")
    pairs = []
    for half in (_HASHES[:2], _HASHES[2:]):
        words = told.select("row_number", "source", "kind", "start", words=hashed(map(pl.col, half)))
        rare = words.filter(pl.len().over("source", "words").is_between(2, _COMMON))
        pairs.append(paired(rare, ("source", "kind", "words"), days=_DAYS))
    first = told.select(
        pl.col("row_number").alias("row"), *(pl.col(name).alias(f"{name}_1") for name in _HASHES)
    )
    both = (
        pl.concat(pairs)
        .unique()
        .join(told.select("row_number", *_HASHES), on="row_number")
        .join(first, on="row")
    )
    shared = pl.sum_horizontal(pl.col(name) == pl.col(f"{name}_1") for name in _HASHES)
    return both.filter(shared >= _ALIKE).select("row_number", "row")
