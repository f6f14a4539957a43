"""Names that are a unit's but for letter case, accents, punctuation and words of no weight."""

from __future__ import annotations

import polars as pl

WAYS = ("written", "plain", "solid", "named", "core", "joined")
"""The forms in which names are the same, the strictest first."""

_BARE = WAYS.index("named")


def same_names(asked: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return the units whose name a query is, in the strictest form in which there are any.

    Of two units, the one whose official name it is goes before the one of another name, and where words for kinds
    of units were set aside, the one with the same such words goes first, then one without any. What remains is the
    same name.

    Args:
        asked: the queries' forms, with query (number), location_code, level and parent_code.
        names: the names of the units of these countries and levels (`known.Known.names`), with row (number).

    Returns:
        query, row, code, inside (whether the unit lies in the query's parent, if one is given) and strict (whether
        no word was set aside); several codes of one query share the name.
    """
    found = pl.concat([_same(asked, names, way) for way in WAYS])
    best = pl.col("rank") == pl.col("rank").min().over("query", "inside")
    return (
        found.filter(best).unique(["query", "inside", "code"], keep="first", maintain_order=True).drop("rank")
    )


def _same(asked: pl.DataFrame, names: pl.DataFrame, way: str) -> pl.DataFrame:
    on = ["location_code", "level", way]
    units = names.lazy().select(*on, "row", "code", "within", "official", "telling", theirs="classes")
    queries = asked.lazy().select(*on, "query", "parent_code", ours="classes").filter(pl.col(way) != "")
    found = queries.join(units, on=on, maintain_order="left_right")
    level, strict = WAYS.index(way), WAYS.index(way) < _BARE
    kind = pl.lit(0) if strict else _kind_apart()
    kept = pl.lit(value=True) if strict else _told("ours") == _told("theirs")
    rows = found.filter(kept).select(
        "query",
        "row",
        "code",
        inside=pl.col("parent_code").is_null() | pl.col("within").list.contains(pl.col("parent_code")),
        strict=pl.lit(strict),
        rank=8 * level + 2 * kind + (~pl.col("official")).cast(pl.Int32),
    )
    return rows.collect()


def _kind_apart() -> pl.Expr:
    """Return how far the kinds of two units of one name are apart: 0 the same, 1 in part, 2 one unsaid, 3 another.

    "Maputo Province" is Maputo rather than Maputo City, "Autonomous City of Buenos Aires" the city.
    """
    ours, theirs = pl.col("ours"), pl.col("theirs")
    unsaid = (ours.list.len() == 0) | (theirs.list.len() == 0)
    in_part = ours.list.set_intersection(theirs).list.len() > 0
    apart = pl.when(unsaid).then(2).when(in_part).then(1).otherwise(3)
    return pl.when(ours == theirs).then(0).otherwise(apart)


def _told(classes: str) -> pl.Expr:
    """Return those classes that tell units apart in the country."""
    return pl.col(classes).list.set_intersection("telling").list.sort()
