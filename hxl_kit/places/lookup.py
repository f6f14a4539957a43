"""Looking names up by hand: what `hxl-kit pcode` answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError, nearest
from hxl_kit.places.codes import convert_codes
from hxl_kit.places.countries import country_of, match_countries
from hxl_kit.places.decisions import folded, no_decisions
from hxl_kit.places.matching import IS_CODE, match_names
from hxl_kit.standard.codelists import codelist

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.places.gazetteer import Gazetteer

COLUMNS = ("name", "code", "matched_name", "level", "method", "score", "margin", "candidates", "reason")
_KEY = ("location_code", "level", "name", "parent_code")


def look_up(
    names: Sequence[str],
    country: str,
    level: int,
    gazetteer: Gazetteer,
    *,
    parent: str | None = None,
    decisions: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return the unit that each name or code stands for, in their order, with the columns `COLUMNS`.

    Args:
        names: names or P-codes as a provider writes them.
        country: ISO 3166-1 alpha-3.
        level: 1 for the units below the country, and so on.
        gazetteer: the units to find.
        parent: the P-code of the unit of the level above that the names lie in, if it is known.
        decisions: what people decided (`read_decisions`); it wins.

    Raises:
        UsageError: the gazetteer has no such country, level or parent.
    """
    _check(country, level, parent, gazetteer)
    queries = pl.DataFrame({"name": list(names)}, schema={"name": pl.String}).with_columns(
        location_code=pl.lit(country),
        level=pl.lit(level, pl.UInt8),
        parent_code=pl.lit(parent, pl.String),
    )
    by_name = match_names(queries.select(_KEY), gazetteer)
    by_code = convert_codes(queries.select("location_code", "level", given="name"), gazetteer)
    decided = _decided(queries, no_decisions() if decisions is None else decisions)
    units = gazetteer.units.filter(pl.col("location_code") == country, pl.col("level") == level)
    found = by_name.with_columns(
        as_code=by_code["code"],
        # Of a code, why it is none of this level says more than that it is no name.
        reason=pl.when(pl.col("reason") == IS_CODE).then(by_code["reason"]).otherwise("reason"),
        decision=decided["decision"],
        said=decided["said"],
    )
    return _answers(_inside(found, units, parent), units)


def look_up_countries(names: Sequence[str]) -> pl.DataFrame:
    """Return the country that each name or code stands for, in their order, with the columns `COLUMNS`; level 0."""
    found = match_countries(pl.Series("given", list(names), dtype=pl.String))
    listed = pl.element()
    candidate = pl.struct(
        code=listed,
        name=listed.replace_strict(_titles(), default=None, return_dtype=pl.String),
        parent_code=pl.lit(None, pl.String),
        score=pl.lit(None, pl.Float64),
    )
    title = pl.col("location_code").replace_strict(_titles(), default=None, return_dtype=pl.String)
    return found.select(
        pl.col("given").alias("name"),
        pl.col("location_code").alias("code"),
        title.alias("matched_name"),
        pl.lit(0, pl.UInt8).alias("level"),
        pl.col("method").replace("code", "provider"),
        "score",
        pl.lit(None, pl.Float64).alias("margin"),
        pl.col("candidates").list.eval(candidate),
        "reason",
    )


def _titles() -> dict[str, str]:
    return {code.code: code.title for code in codelist("location").codes}


def _check(country: str, level: int, parent: str | None, gazetteer: Gazetteer) -> None:
    units = gazetteer.units
    countries = sorted(units["location_code"].unique())
    if country not in countries:
        meant = country_of(country).location_code
        hint = f"; did you mean '{meant}'?" if meant in countries else nearest(country, countries)
        raise UsageError(
            f"pcode: the gazetteer has no units of '{country}'{hint}; "
            "give the country's ISO 3166-1 alpha-3 code, or add its dataset: hxl-kit gazetteers --add"
        )
    levels = sorted(units.filter(pl.col("location_code") == country)["level"].unique())
    if level not in levels:
        known = ", ".join(map(str, levels))
        raise UsageError(f"pcode: the gazetteer has level {known} of {country}, not {level}")
    above = units.filter(pl.col("location_code") == country, pl.col("level") < level)["code"]
    if parent is not None and parent not in above:
        raise UsageError(
            f"pcode: no unit '{parent}' above level {level} in {country}{nearest(parent, above.to_list())}"
        )


def _decided(queries: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the decision on each name: inside its parent, else anywhere; `said` where there is one."""
    asked = queries.with_columns(name=folded(pl.col("name")))
    known = decisions.select(*_KEY, decision="code", said=pl.lit(value=True)).unique(_KEY)
    inside = asked.join(known.drop_nulls("parent_code"), on=_KEY, how="left", maintain_order="left")
    anywhere = asked.join(
        known.filter(pl.col("parent_code").is_null()).drop("parent_code"),
        on=_KEY[:-1],
        how="left",
        maintain_order="left",
    )
    here = inside["said"].fill_null(value=False)
    return pl.DataFrame(
        {
            "here": here,
            "inside": inside["decision"],
            "anywhere": anywhere["decision"],
            "any": anywhere["said"],
        }
    ).select(
        decision=pl.when("here").then("inside").otherwise("anywhere"),
        said=pl.col("here") | pl.col("any").fill_null(value=False),
    )


def _inside(found: pl.DataFrame, units: pl.DataFrame, parent: str | None) -> pl.DataFrame:
    """Drop codes of units that do not lie in the parent."""
    if parent is None:
        return found
    children = units.filter(pl.col("parent_code") == parent)["code"]
    inside = pl.col("as_code").is_in(children.implode())
    return found.with_columns(as_code=pl.when(inside).then("as_code"))


def _answers(found: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    by_code = ~pl.col("said") & pl.col("as_code").is_not_null()
    code = pl.when("said").then("decision").when(by_code).then("as_code").otherwise("code")
    method = (
        pl.when(pl.col("said") & pl.col("decision").is_not_null())
        .then(pl.lit("reviewed"))
        .when("said")
        .then(pl.lit("none"))
        .when(by_code)
        .then(pl.lit("provider"))
        .otherwise("method")
    )
    sure = pl.col("said") | by_code
    named = units.select("code", official="name").unique("code")
    answered = found.with_columns(
        code=code,
        method=method,
        score=pl.when(sure).then(pl.when(code.is_not_null()).then(1.0)).otherwise("score"),
        margin=pl.when(~sure).then("margin"),
        reason=pl.when(pl.col("said") & pl.col("decision").is_null())
        .then(pl.lit("a person decided that no unit of this level is meant"))
        .when(sure)
        .then(pl.lit(""))
        .otherwise("reason"),
    ).join(named, on="code", how="left", maintain_order="left")
    matched = pl.when(sure).then("official").otherwise("matched_name")
    return answered.with_columns(matched_name=matched).select(COLUMNS)
