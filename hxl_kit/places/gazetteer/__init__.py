"""The gazetteer: administrative units with their P-codes and names, merged from releases of OCHA's datasets.

Of each country and level, the release with the newest edition says which units there are. Names that other releases
have for the same codes are kept beside its own; codes that it does not have are former units, which are never
matched but can be named.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from hxl_kit.errors import UsageError
from hxl_kit.places.gazetteer import store
from hxl_kit.places.gazetteer.merging import merged
from hxl_kit.places.gazetteer.store import Release

__all__ = ["Gazetteer", "Release", "all_units", "gazetteer", "gazetteer_of", "labelled", "release", "units"]

GLOBAL = "global-pcodes"
COLUMNS = ("location_code", "level", "code", "name", "parent_code", "valid_from")
LATIN = "en"
"""What a name without a language counts as: the tables that give none have names in Latin letters."""


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """The current units of the countries, all their names, and the units of before.

    Two gazetteers are never equal: what was found in one is remembered for this one.

    Attributes:
        units: a row per current unit, sorted: location_code, level, code, name, parent_code (of level 1: the
            country's), valid_from (null where its release does not say), release (id).
        names: a row per name of a current unit, its official ones first: location_code, level, code, parent_code,
            name, kind ("official", "local": in another language, "alternate", "former"), language (ISO 639-1, ""
            where not known).
        releases: where they are from.
        former: units of older releases whose code the newest does not have: location_code, level, code, name,
            release.
    """

    units: pl.DataFrame
    names: pl.DataFrame
    releases: tuple[Release, ...]
    former: pl.DataFrame

    def in_languages(self, *languages: str) -> Gazetteer:
        """Return the same units with the names in these languages only; a name of no known language is English.

        Raises:
            UsageError: no unit has a name in one of them.
        """
        language = pl.col("language").replace("", LATIN)
        known = self.names.select(language.unique().sort())["language"].to_list()
        for asked in languages:
            if asked not in known:
                raise UsageError(f"no names in the language '{asked}'; known: {', '.join(known)}")
        return replace(self, names=self.names.filter(language.is_in(languages)))


@cache
def gazetteer(*added: str) -> Gazetteer:
    """Return the units of the built-in releases, and of added ones named by their ids.

    Raises:
        UsageError: there is no release of that id.
        InputError: a release cannot be read, or is not what it was when it was added.
    """
    releases = tuple(store.release_of(name) for name in dict.fromkeys((*store.built_in_ids(), *added)))
    parts = merged([(release, store.table_of(release)) for release in releases])
    return Gazetteer(parts.units, parts.names, releases, parts.former)


def gazetteer_of(units: pl.DataFrame, names: pl.DataFrame | None = None, release: str = "given") -> Gazetteer:
    """Return a gazetteer of given units: location_code, level, code, name, parent_code.

    Args:
        units: as in `Gazetteer.units`; valid_from and release may be missing.
        names: as in `Gazetteer.names`; without it, each unit has its one name.
        release: the id of the release.
    """
    listed = units.with_columns(pl.col("level").cast(pl.UInt8), pl.lit(release).alias("release"))
    if "valid_from" not in units.columns:
        listed = listed.with_columns(pl.lit(None, pl.Date).alias("valid_from"))
    listed = listed.select(*COLUMNS, "release")
    if names is None:
        official = (pl.lit("official").alias("kind"), pl.lit("").alias("language"))
        names = listed.select("location_code", "level", "code", "parent_code", "name", *official)
    former = listed.clear().select("location_code", "level", "code", "name", "release")
    return Gazetteer(listed, names.with_columns(pl.col("level").cast(pl.UInt8)), (), former)


@cache
def release() -> Release:
    """Return which edition of the table of all countries, levels 1 and 2, is built in."""
    return store.release_of(next(name for name in store.built_in_ids() if name.startswith(GLOBAL)))


@cache
def all_units() -> pl.DataFrame:
    """Return every unit of the table of all countries, sorted by country, level and code.

    Columns: location_code (ISO 3166-1 alpha-3), level (1 or 2), code, name, parent_code (of level 1: the
    country's), valid_from (the day from which the country's dataset is valid).
    """
    return store.table_of(release()).select(COLUMNS)


def units(country: str, level: int) -> pl.DataFrame:
    """Return the units of a country (ISO 3166-1 alpha-3) at level 1 or 2, sorted by code; none where it has none."""
    return all_units().filter(pl.col("location_code") == country, pl.col("level") == level)


def labelled() -> pl.Expr:
    """Return a unit as people choose it from a list, its name and its code: `Aleppo · SY02`."""
    return pl.concat_str("name", "code", separator=" · ").alias("label")
