"""What a provider's code and name of one level lead to, seen together: a unit, or the reason why none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.codes import convert_codes
from hxl_kit.places.decisions import folded
from hxl_kit.places.matching import match_names

if TYPE_CHECKING:
    from hxl_kit.places.gazetteer import Gazetteer

LEVELS = (1, 2)
"""The levels that a row has a provider's code and name of."""

CERTAIN = 0.999
"""A score from here on means the same name."""

CONTRADICTION = "its code and its name lead to different units"
UNKNOWN_PARENT = "the unit of the level above is not known, and the name alone could be another unit's"


def resolve_level(
    places: pl.DataFrame, level: int, gazetteer: Gazetteer, decisions: pl.DataFrame
) -> pl.DataFrame:
    """Return `places` with what was found at a level.

    Args:
        places: distinct places: location_code, code, name (the provider's), stated (a P-code that the row has
            already), parent (the unit of the level above, null where it is not known), parent_named (whether the
            provider names one).
        level: the level of code and name.
        gazetteer: the units to find.
        decisions: what people decided, as `read_decisions` gives it.

    Returns:
        The same rows in the same order with unit (a P-code or null), method, score, decided (whether a person said
        that there is none), reason (why there is none), candidates and contradiction (code against name).
    """
    given = places.with_columns(level=pl.lit(level, pl.UInt8))
    coded = _coded(given, gazetteer)
    named = _named(coded, gazetteer)
    return _weighed(_decided(named, decisions))


def _coded(places: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Add `as_code`, the unit that the provider's code is."""
    distinct = places.select("location_code", "level", given="code").drop_nulls("given").unique()
    found = convert_codes(distinct, gazetteer).select("location_code", code="given", as_code="code")
    return _looked_up(places, found, ["location_code", "code"])


def _named(places: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Add what the name alone leads to, looked for within the parent where that is known."""
    distinct = (
        places.select("location_code", "level", "name", parent_code="parent").drop_nulls("name").unique()
    )
    found = match_names(distinct, gazetteer).select(
        "location_code",
        "name",
        pl.col("parent_code").alias("parent"),
        pl.col("code").alias("as_name"),
        "method",
        "score",
        "reason",
        "candidates",
    )
    return _looked_up(places, found, ["location_code", "name", "parent"])


def _decided(places: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Add what a person decided: on this name inside this parent, else on this name anywhere."""
    said = places.with_columns(folded_name=folded(pl.coalesce("name", "code")))
    here = decisions.select(
        "location_code",
        "level",
        folded_name="name",
        parent="parent_code",
        decision="code",
        is_decided=pl.lit(value=True),
    ).unique(["location_code", "level", "folded_name", "parent"], maintain_order=True)
    inside = here.drop_nulls("parent")
    anywhere = here.filter(pl.col("parent").is_null()).drop("parent")
    first = _looked_up(said, inside, ["location_code", "level", "folded_name", "parent"])
    second = _looked_up(first, anywhere, ["location_code", "level", "folded_name"], suffix="_anywhere")
    inside_said = pl.col("is_decided").fill_null(value=False)
    return second.with_columns(
        decision=pl.when(inside_said).then("decision").otherwise("decision_anywhere"),
        is_decided=inside_said | pl.col("is_decided_anywhere").fill_null(value=False),
    ).drop("decision_anywhere", "is_decided_anywhere", "folded_name")


def _weighed(places: pl.DataFrame) -> pl.DataFrame:
    """Weigh decision, code and name against one another."""
    same_name = pl.col("candidates").list.filter(pl.element().struct.field("score") >= CERTAIN)
    same_codes = same_name.list.eval(pl.element().struct.field("code"))
    code = pl.coalesce("stated", "as_code")
    contradiction = (same_codes.list.len() > 0) & ~same_codes.list.contains(code)
    found = places.with_columns(
        contradiction=(contradiction & code.is_not_null() & ~pl.col("is_decided")).fill_null(value=False)
    )
    alone = pl.col("parent").is_null() & pl.col("parent_named")
    by_name = pl.when(~alone).then("as_name")
    unit = (
        pl.when("is_decided")
        .then("decision")
        .when(pl.col("stated").is_not_null())
        .then("stated")
        .when("contradiction")
        .then(None)
        .otherwise(pl.coalesce("as_code", by_name))
    )
    method = (
        pl.when("is_decided")
        .then(pl.lit("reviewed"))
        .when(code.is_not_null())
        .then(pl.lit("provider"))
        .otherwise("method")
    )
    score = pl.when("is_decided").then(1.0).when(code.is_null()).then("score")
    reason = (
        pl.when("contradiction")
        .then(pl.lit(CONTRADICTION))
        .when(alone & pl.col("as_name").is_not_null())
        .then(pl.lit(UNKNOWN_PARENT))
        .when(pl.col("name").is_null() & pl.col("code").is_not_null())
        .then(pl.lit("the code is no P-code of the gazetteer"))
        .otherwise("reason")
    )
    found = found.with_columns(unit=unit, reason=reason)
    return found.with_columns(
        method=pl.when(pl.col("unit").is_not_null()).then(method),
        score=pl.when(pl.col("unit").is_not_null()).then(score),
        decided=pl.col("is_decided") & pl.col("unit").is_null(),
    ).drop("as_code", "as_name", "decision", "is_decided", "level")


def _looked_up(places: pl.DataFrame, found: pl.DataFrame, on: list[str], suffix: str = "") -> pl.DataFrame:
    return places.join(
        found, on=on, how="left", nulls_equal=True, maintain_order="left", suffix=suffix or "_right"
    )
