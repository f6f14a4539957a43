"""Names of places to P-codes: the unit that is meant, how sure that is, or why it is left open.

A name is first compared as it is (`exact`), then by likeness (`candidates`, `scoring`); names in another script than
the units' by their sounds (`sounding`). An answer needs a score and a margin to the next unit (`deciding`); a name
that is a unit's in another parent than the given one is left open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.matching import words
from hxl_kit.places.matching.candidates import nearest
from hxl_kit.places.matching.deciding import SAME, decided, reason
from hxl_kit.places.matching.exact import same_names
from hxl_kit.places.matching.folding import fold
from hxl_kit.places.matching.known import known
from hxl_kit.places.matching.scoring import scored
from hxl_kit.places.matching.scripts import LATIN
from hxl_kit.places.matching.sounding import heard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.places.gazetteer import Gazetteer
    from hxl_kit.places.matching.known import Known

KEY = ("location_code", "level", "name", "parent_code")
LISTED = 5
"""Candidates listed of each query."""

NEARLY = 0.99
"""The score of a unit of another parent whose name it is, but for words set aside."""

IS_CODE = "it is a code, not a name"
CODE = r"^[A-Za-z]{2,3}[-_ ]?\d+$"

CANDIDATE = pl.Struct({"code": pl.String, "name": pl.String, "parent_code": pl.String, "score": pl.Float64})
ANSWER: dict[str, pl.DataType | type[pl.DataType]] = {
    "code": pl.String,
    "matched_name": pl.String,
    "method": pl.String,
    "score": pl.Float64,
    "margin": pl.Float64,
    "release": pl.String,
    "candidates": pl.List(CANDIDATE),
    "reason": pl.String,
}
_FOUND = {"query": pl.UInt32, "row": pl.UInt32, "code": pl.String, "inside": pl.Boolean, "score": pl.Float64}


def match_names(queries: pl.DataFrame, gazetteer: Gazetteer) -> pl.DataFrame:
    """Return the unit of each name, or why there is none.

    Args:
        queries: location_code (ISO 3166-1 alpha-3), level, name, parent_code (null where not known: a unit that the
            one sought lies in, of whatever level). Only units in the parent are answered.
        gazetteer: the units and their names.

    Returns:
        The queries in their order, with code (null where it is left open), matched_name (the unit's official name),
        method (code list pcode_method: exact, fuzzy, native_script or none), score (0 to 1: the chance that the unit
        is the one meant, if it is in the gazetteer), margin (score less that of the next unit), release, candidates
        (the nearest units, at most five, best first: code, name, parent_code, score) and reason (why it is left
        open, in words that do not repeat the name).
    """
    distinct = queries.select(KEY).unique().sort(KEY)
    groups = distinct.drop_nulls(["location_code", "level"]).partition_by(
        "location_code", "level", as_dict=True, maintain_order=True
    )
    units = {key: known(gazetteer, str(key[0]), int(key[1])) for key in groups}
    answers = [_of_the_same_name(distinct, units.values())] if units else []
    for key, group in groups.items():
        rest = group.join(answers[0], on=KEY, how="anti", nulls_equal=True, maintain_order="left")
        if rest.height:
            answers.append(_answered(rest, units[key], str(key[0]), int(key[1])))
    empty = distinct.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in ANSWER.items())
    found = queries.join(
        pl.concat([empty, *answers]), on=KEY, how="left", nulls_equal=True, maintain_order="left"
    )
    return found.with_columns(
        pl.col("method").fill_null("none"),
        pl.col("candidates").fill_null([]),
        pl.col("reason").fill_null("no country or level is given"),
    )


def _of_the_same_name(queries: pl.DataFrame, units: Iterable[Known]) -> pl.DataFrame:
    """Return the answers to the queries of all countries that are the name of a unit in their parent: most are."""
    names = pl.concat(known.names for known in units).with_row_index("row")
    looked_up = ~pl.col("name").str.strip_chars().str.contains(CODE) & ~pl.col("plain").is_in(
        list(words.nowhere())
    )
    asked = queries.drop_nulls(["location_code", "level", "name"])
    asked = pl.concat([asked, fold(asked["name"], asked["location_code"])], how="horizontal")
    asked = asked.filter(looked_up).with_row_index("query").with_columns(refused=pl.lit(""))
    same = _scored_the_same(asked, names)
    settled = same.filter(pl.col("inside"), pl.col("score") == SAME)["query"].unique()
    inside = pl.col("query").is_in(settled.implode())
    return _worded(asked.filter(inside), _best_first(same.filter(inside)), names)


def _scored_the_same(asked: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    same = same_names(asked, names)
    score = pl.when(pl.col("inside") | pl.col("strict")).then(SAME).otherwise(NEARLY)
    return same.with_columns(score=score).select(*_FOUND)


def _best_first(found: pl.DataFrame) -> pl.DataFrame:
    """Return each unit once per query, those inside of the parent first, best first."""
    ordered = found.sort("query", "inside", "score", "row", descending=[False, True, True, False])
    return ordered.unique(["query", "code"], keep="first", maintain_order=True)


def _answered(queries: pl.DataFrame, units: Known, place: str, level: int) -> pl.DataFrame:
    """Return the answers to distinct queries of one country and level."""
    asked = pl.concat([queries, fold(queries["name"], place, units.names["plain"])], how="horizontal")
    asked = asked.with_row_index("query").with_columns(refused=_refused(units, place, level))
    sought = asked.filter(pl.col("refused") == "")
    names = units.names.with_row_index("row")
    same = _scored_the_same(sought, names)
    unsettled = sought.join(same.filter(pl.col("score") == SAME), on="query", how="anti")
    found = pl.concat([same, _near(asked, unsettled, units).select(*_FOUND)])
    return _worded(asked, _best_first(found), names)


def _refused(units: Known, place: str, level: int) -> pl.Expr:
    """Return why a query cannot be looked up at all; an empty string where it can."""
    parents = (
        units.names["within"].explode().unique() if units.names.height else pl.Series([], dtype=pl.String)
    )
    no_parent = pl.col("parent_code").is_not_null() & ~pl.col("parent_code").is_in(parents.implode())
    return (
        pl.when(pl.lit(not units.names.height))
        .then(pl.lit(f"the gazetteer has no units of level {level} in {place}"))
        .when(pl.col("name").is_null() | (pl.col("joined") == ""))
        .then(pl.lit("no name is given"))
        .when(pl.col("name").str.strip_chars().str.contains(CODE))
        .then(pl.lit(IS_CODE))
        .when(pl.col("plain").is_in(list(words.nowhere())))
        .then(pl.lit("it says that the place is not known or not one unit"))
        .when(no_parent)
        .then(pl.format("the gazetteer has no unit of this level in {}", "parent_code"))
        .otherwise(pl.lit(""))
    )


def _near(asked: pl.DataFrame, unsettled: pl.DataFrame, units: Known) -> pl.DataFrame:
    """Return the scored pairs of queries and names that are not the same, each script with its own and with Latin."""
    names = units.names.with_row_index("row")
    found = [pl.DataFrame(schema=_FOUND)]
    for (script,), group in unsettled.group_by("script", maintain_order=True):
        alike = nearest(group, names.filter(pl.col("script") == script), ("key", "ordered_key"))
        found.append(scored(alike, asked, units).select(*_FOUND))
        if script != LATIN:
            found.append(heard(group, units).select(*_FOUND))
    return pl.concat(found)


def _worded(asked: pl.DataFrame, found: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return the answers with their methods, candidates and reasons."""
    label = pl.format("{} ({})", "unit", "code")
    labels = names.select("row", label=label)
    answers = asked.join(decided(found, asked), on="query", how="left", maintain_order="left")
    for of, name in (("row", "best"), ("next_row", "second"), ("outside", "elsewhere")):
        answers = answers.join(
            labels.rename({"row": of, "label": name}), on=of, how="left", maintain_order="left"
        )
    matched = pl.col("matched").fill_null(value=False)
    answers = answers.join(_listed(found, names), on="query", how="left", maintain_order="left").join(
        names.select("row", "release", matched_name="unit"), on="row", how="left", maintain_order="left"
    )
    method = pl.when(pl.col("script") != LATIN).then(pl.lit("native_script")).when(pl.col("score") == SAME)
    why = pl.when(pl.col("refused") != "").then("refused").when(matched).then(pl.lit(""))
    return answers.select(
        *KEY,
        *(pl.when(matched).then(name).alias(name) for name in ("code", "matched_name")),
        pl.when(matched)
        .then(method.then(pl.lit("exact")).otherwise(pl.lit("fuzzy")))
        .otherwise(pl.lit("none"))
        .alias("method"),
        pl.col("score", "margin").fill_null(0.0),
        pl.when(matched).then("release").alias("release"),
        pl.col("candidates").fill_null([]),
        why.when(pl.col("matched").is_null())
        .then(pl.lit("no unit resembles it"))
        .otherwise(reason())
        .alias("reason"),
    )


def _listed(found: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return for each query its candidates, best first."""
    units = names.select("row", "parent_code", name="unit")
    # A unit that bears the name but lies elsewhere is what a reviewer must see first.
    order = pl.col("score") + (~pl.col("inside") & (pl.col("score") == SAME)).cast(pl.Float64)
    return (
        found.sort("query", order, descending=[False, True], maintain_order=True)
        .group_by("query", maintain_order=True)
        .head(LISTED)
        .join(units, on="row", how="left", maintain_order="left")
        .group_by("query", maintain_order=True)
        .agg(candidates=pl.struct("code", "name", "parent_code", "score"))
    )
