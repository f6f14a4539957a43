"""Releases of gazetteers merged: the newest edition of a country's level says which units there are, all give names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.places.gazetteer.store import Release

ALIASES = ("gazetteers", "aliases.csv")
LEVEL = ("location_code", "level")
UNIT = (*LEVEL, "code")
NAMES = (*UNIT, "parent_code", "name", "kind", "language")
NEWEST_FIRST = {"boundaries": True, "edition": True, "countries": False, "release": False}
"""By what releases are ordered, and whether the greatest comes first."""

DEEPEST = 5
WRITTEN = pl.col("name").str.to_lowercase().alias("written")
SPOKEN = pl.col("name").str.normalize("NFKD").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]", "")
"""A name without accents and punctuation, to see that two releases mean the same."""


@dataclass(frozen=True)
class Merged:
    """The parts of a gazetteer; the columns are those of `Gazetteer`."""

    units: pl.DataFrame
    names: pl.DataFrame
    former: pl.DataFrame


def merged(releases: Iterable[tuple[Release, pl.DataFrame]]) -> Merged:
    """Return the units and names of several releases as those of one gazetteer."""
    rows = pl.concat([_dated(release, table) for release, table in releases])
    rows = rows.sort([*NEWEST_FIRST], descending=[*NEWEST_FIRST.values()], maintain_order=True)
    rows = rows.with_columns(newest=pl.col("release") == pl.col("release").first().over(LEVEL))
    units = _within_others(_one_row_each(rows.filter("newest")))
    former = _one_row_each(rows.join(units, on=UNIT, how="anti", maintain_order="left"))
    columns = (*UNIT, "name", "parent_code", "valid_from", "release")
    return Merged(units.select(columns), _names(rows, units), former.select(*UNIT, "name", "release"))


def _dated(release: Release, table: pl.DataFrame) -> pl.DataFrame:
    """Return a release's table with what orders releases: boundaries first, the newer, that of fewer countries."""
    latest = pl.col("valid_from").max().over(LEVEL).cast(pl.String)
    return table.with_columns(
        pl.lit(release.id).alias("release"),
        pl.lit(release.kind == "boundaries").alias("boundaries"),
        pl.coalesce(latest, pl.lit(release.edition)).alias("edition"),
        pl.lit(len(release.countries)).alias("countries"),
    )


def _one_row_each(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.unique(UNIT, keep="first", maintain_order=True).sort(UNIT)


def _within_others(units: pl.DataFrame) -> pl.DataFrame:
    """Return the units whose parent is one: the level above may be of a newer release that no longer has it."""
    left = units
    for level in range(2, DEEPEST + 1):
        above = left.filter(pl.col("level") < level).select("location_code", parent_code="code")
        of_level = left.filter(pl.col("level") == level)
        within = of_level.join(above, on=["location_code", "parent_code"], how="semi")
        left = pl.concat([left.filter(pl.col("level") != level), within])
    return left.sort(UNIT)


def _names(rows: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Return all names of the units, each once: those of the newest release, of the others, of the list of aliases."""
    of_units = rows.join(units.select(*UNIT, parent_now="parent_code"), on=UNIT, maintain_order="left")
    same_place = of_units.filter(pl.col("newest") | (pl.col("parent_code") == pl.col("parent_now")))
    found = _without_other_units(same_place, units).with_columns(_kind()).select(NAMES)
    aliases = _aliases().join(units.select(*UNIT, "parent_code"), on=UNIT).select(NAMES)
    every = pl.concat([found, aliases]).with_columns(WRITTEN)
    once = every.unique([*UNIT, "written"], keep="first", maintain_order=True)
    return once.select(NAMES).sort(UNIT, maintain_order=True)


def _without_other_units(names: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Return the names without what a release says of a code that it gives to another unit.

    The code is another unit's there if the official name is that of a neighbour today: tables of one year have
    CF124 for Boganda and for Boganangone, next to it.
    """
    now = units.select(*LEVEL, SPOKEN.alias("spoken"), owner="code")
    official = names.filter(~pl.col("newest"), pl.col("kind") == "official")
    owners = official.with_columns(SPOKEN.alias("spoken")).join(now, on=[*LEVEL, "spoken"])
    of_others = owners.group_by(*UNIT, "release").agg(mine=(pl.col("code") == pl.col("owner")).any())
    confused = of_others.filter(~pl.col("mine"))
    return names.join(confused, on=[*UNIT, "release"], how="anti", maintain_order="left")


def _aliases() -> pl.DataFrame:
    """Return the hand-kept list of other names of units."""
    given = pl.read_csv(schemas.path_of(*ALIASES), schema_overrides={"level": pl.UInt8}, infer_schema=False)
    return given.with_columns(pl.col("language").fill_null(""))


def _kind() -> pl.Expr:
    """Return what kind of name each is: another release's official name is a former or an alternate one."""
    other = pl.when("boundaries").then(pl.lit("former")).otherwise(pl.lit("alternate"))
    is_other = ~pl.col("newest") & (pl.col("kind") == "official")
    return pl.when(is_other).then(other).otherwise("kind").alias("kind")
