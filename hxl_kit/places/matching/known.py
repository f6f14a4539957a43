"""The names of a country's units of one level, in the forms that queries are compared with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.matching import words
from hxl_kit.places.matching.folding import fold
from hxl_kit.places.matching.scripts import LATIN

if TYPE_CHECKING:
    from hxl_kit.places.gazetteer import Gazetteer

REMEMBERED = 512
"""How many pairs of country and level are remembered; the built-in releases have some 320."""

OFTEN = 0.1
"""Share of the units called "city" beside which there must be one of the bare name for "city" to tell units apart."""

_KIND_OF_LEVEL = {1: "oblast", 2: "raion"}


@dataclass(frozen=True)
class Known:
    """What a country's units of one level are called.

    Attributes:
        names: a row per name: location_code, level, code, parent_code, unit (the official name), name, official,
            within (the codes of the units that it lies in), telling (see below) and its forms (`folding.FORMS`).
        telling: classes of words set aside that tell units of one name apart: "city" where Kota Bogor is another
            unit than Bogor.
    """

    names: pl.DataFrame
    telling: tuple[str, ...]


@lru_cache(maxsize=REMEMBERED)
def known(gazetteer: Gazetteer, location_code: str, level: int) -> Known:
    """Return the names of the units of a country (ISO 3166-1 alpha-3) at a level."""
    here = pl.col("location_code") == location_code
    units = gazetteer.units.filter(here)
    of_level = units.filter(pl.col("level") == level).select("code", "release", unit="name")
    names = gazetteer.names.filter(here, pl.col("level") == level).select(
        "code", "parent_code", "name", official=pl.col("kind") == "official"
    )
    names = pl.concat([names, _without_ending(names, location_code, level)])
    names = names.join(of_level, on="code", how="inner", maintain_order="left").sort("code", "name")
    names = names.join(_within(units), on="code", how="left", maintain_order="left")
    forms = pl.concat([names, fold(names["name"], location_code)], how="horizontal").filter(
        pl.col("joined") != ""
    )
    telling = _telling(forms)
    return Known(
        forms.with_columns(
            location_code=pl.lit(location_code),
            level=pl.lit(level, pl.UInt8),
            telling=pl.lit(list(telling), pl.List(pl.String)),
        ),
        telling,
    )


def agreeing(telling: tuple[str, ...], ours: str, theirs: str) -> pl.Expr:
    """Return whether two names say the same classes of those that tell units apart."""
    left, right = (pl.col(name).list.filter(pl.element().is_in(telling)) for name in (ours, theirs))
    return left == right


def _without_ending(names: pl.DataFrame, location_code: str, level: int) -> pl.DataFrame:
    """Return the names that adjectives are made from: "Kharkiv oblast" for Kharkivska, as English texts write them.

    How much of the ending is the name's own cannot be told ("Luhansk", "Kharkiv", "Cherkas-y"): all are listed.
    """
    kind = _KIND_OF_LEVEL.get(level)
    endings = words.endings(location_code) if kind else ()
    made = [names.clear()]
    for ending in endings:
        adjectives = names.filter(
            pl.col("name").str.to_lowercase().str.ends_with(ending),
            pl.col("name").str.len_chars() > len(ending) + 2,
        )
        for left in range(2):
            stem = pl.col("name").str.head(-(len(ending) - left)) + f" {kind}"
            made.append(adjectives.with_columns(stem.alias("name"), official=pl.lit(value=False)))
    return pl.concat(made).unique(maintain_order=True)


def _within(units: pl.DataFrame) -> pl.DataFrame:
    """Return for each unit the codes of all units that it lies in, the country's code included."""
    over = units.select("code", over="parent_code")
    found = [over]
    for _ in range(units["level"].n_unique() - 1):
        higher = found[-1].join(over.rename({"code": "over", "over": "higher"}), on="over")
        found.append(higher.select("code", over="higher"))
    return pl.concat(found).group_by("code").agg(within=pl.col("over").drop_nulls().unique().sort())


def _telling(names: pl.DataFrame) -> tuple[str, ...]:
    """Return the classes that, in this country, often make the difference between two units of one name."""
    latin = names.filter(pl.col("official"), pl.col("script") == LATIN).select(
        "core", "classes", "code", "parent_code"
    )
    found = []
    for kind in sorted(latin["classes"].explode().drop_nulls().unique()):
        has = pl.col("classes").list.contains(kind)
        of_kind, bare = latin.filter(has), latin.filter(~has)
        beside = of_kind.join(bare, on="core", how="semi").height
        if beside > 1 and beside >= OFTEN * of_kind.height:
            found.append(kind)
    return tuple(found)
