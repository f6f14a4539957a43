"""What events and figures are reduced to before they are compared with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.guards.kept import PLACE
from hxl_kit.checks.reducing import Columns
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Collection

FIGURES = {
    "casualties": ("harm",),
    "displacement": ("measure", "category"),
    "indicators": ("indicator",),
}
"""The tables of figures, and what says of which kind a figure is."""

SKETCH = 4
"""How many hashes are kept of a text; two texts share each as often as they share words (MinHash; Broder 1997)."""

_FEW_WORDS = 6
_FINE = ("place_name", "admin2_code", "admin3_code", "provider_admin2_name")
_POINTS = ("exact", "near")
"""What says that a place is finer than a country or a province: sources that protect people leave it out."""

_NAMED = tuple(column for column in PLACE if column not in ("latitude", "longitude"))
_NUMBERS = ("value", "value_low", "value_high", "qualifier", "quantity_text")
_ITS_OWN = {
    "figure_id",
    "supersedes",
    "overlap_group",
    "pcode_score",
    "pcode_method",
    "pcode_release",
    *_NUMBERS,
}
"""Columns that a second copy of a figure may have otherwise, besides its numbers."""


def kept(name: str, columns: Collection[str]) -> list[pl.Expr]:
    """Return what is kept of a table of the standard; nothing of tables that are not compared."""
    row = Columns(name, columns)
    if name == "events":
        described = _event(row)
    elif name in FIGURES:
        described = _figure(row, name)
    else:
        return []
    return [pl.col("row_number"), *(expr.alias(kept_as) for kept_as, expr in described.items())]


def _event(row: Columns) -> dict[str, pl.Expr]:
    actors = [row[name].hash() for name in ("actor1_name", "actor2_name")]
    numbers = ("fatalities", "fatalities_low", "fatalities_high")
    counted = pl.any_horizontal(row[name].is_not_null() for name in numbers)
    text = row["description"].fill_null("").str.to_lowercase()
    words = text.str.split(" ")
    is_told = words.list.len() >= _FEW_WORDS
    hashes = [pl.element().hash(seed).min().alias(str(seed)) for seed in range(SKETCH)]
    return {
        "source": row["source_id"].hash(),
        "cluster": row.id("cluster_id"),
        "kind": row["event_type"],
        "actors": pl.min_horizontal(actors) ^ pl.max_horizontal(actors).hash(),
        "country": row["location_code"],
        "place": row.hash(*_NAMED),
        "named": row["place_name"].is_not_null(),
        "placed": pl.any_horizontal(row[name].is_not_null() for name in _FINE)
        | row["geo_precision"].is_in(_POINTS),
        "name": row["event_name"].hash(),
        "latitude": row["latitude"].cast(pl.Float32),
        "longitude": row["longitude"].cast(pl.Float32),
        "start": row["date_start"],
        "end": pl.coalesce(row["date_end"], row["date_start"]),
        "numbers": pl.when(counted).then(row.hash(*numbers)),
        "killed": row["fatalities"].cast(pl.Float32),
        "text": pl.when(is_told).then(text.hash()),
        "sketch": pl.when(is_told).then(words.list.agg(pl.struct(hashes))),
    }


def _figure(row: Columns, name: str) -> dict[str, pl.Expr]:
    return {
        "source": row.hash("source_id", *FIGURES[name]),
        "recommended": row["role"] == "recommended",
        "overlap": row.id("overlap_group"),
        "alike": row.hash(*(column for column in table(name).names if column not in _ITS_OWN)),
        "numbers": pl.when(row["value"].is_not_null() | row["value_low"].is_not_null()).then(
            row.hash("value", "value_low", "value_high", "qualifier")
        ),
        "event": row.id("event_id"),
    }
