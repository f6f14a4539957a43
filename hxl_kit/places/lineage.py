"""A unit with the units above it, as the fields of a row's place block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from hxl_kit.places.gazetteer import Gazetteer

FINEST = 3
"""The finest level that the place block has fields for."""
UNIT_FIELDS = tuple(f"admin{level}_{what}" for level in range(1, FINEST + 1) for what in ("code", "name"))


def lineage(gazetteer: Gazetteer) -> pl.DataFrame:
    """Return every unit of the gazetteer with its place fields.

    Columns: location_code, unit (its P-code), unit_level, unit_release, and codes and names of level 1 to 3: the
    unit's own where it is of that level, those of the units above it, null below it.
    """
    units = gazetteer.units.select("location_code", "level", "code", "name", "parent_code", "release")
    levels = sorted(units["level"].unique())
    found = pl.concat(_of_level(units, level) for level in levels) if levels else _of_level(units, 1)
    # Releases of two levels may use a code twice; a row must have one unit.
    return found.unique(["location_code", "unit"], keep="first", maintain_order=True)


def _of_level(units: pl.DataFrame, level: int) -> pl.DataFrame:
    found = units.filter(pl.col("level") == level).rename(
        {"code": "unit", "level": "unit_level", "release": "unit_release"}
    )
    # From the unit upwards: at each step `above` is the unit of that level and `parent_code` the one above it.
    found = found.with_columns(above=pl.col("unit"))
    for step in range(level, 0, -1):
        if step <= FINEST:
            found = found.with_columns(
                pl.col("above").alias(f"admin{step}_code"), pl.col("name").alias(f"admin{step}_name")
            )
        parents = units.filter(pl.col("level") == step - 1).select(
            "location_code",
            pl.col("code").alias("above"),
            pl.col("name"),
            pl.col("parent_code"),
        )
        found = found.drop("above", "name").rename({"parent_code": "above"})
        found = found.join(parents, on=["location_code", "above"], how="left", maintain_order="left")
    absent = [pl.lit(None, pl.String).alias(name) for name in UNIT_FIELDS if name not in found.columns]
    return found.with_columns(absent).select(
        "location_code", "unit", "unit_level", "unit_release", *UNIT_FIELDS
    )
