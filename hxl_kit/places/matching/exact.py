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
    # "Maputo Province" is Maputo rather than Maputo City: another kind is worse than none.
    differ = pl.lit(value=False) if strict else pl.col("ours") != pl.col("theirs")
    another = differ & (pl.col("theirs").list.len() > 0) & (pl.col("ours").list.len() > 0)
    kept = pl.lit(value=True) if strict else _told("ours") == _told("theirs")
    rows = found.filter(kept).select(
        "query",
        "row",
        "code",
        inside=pl.col("parent_code").is_null() | pl.col("within").list.contains(pl.col("parent_code")),
        strict=pl.lit(strict),
        rank=8 * level
        + 4 * another.cast(pl.Int32)
        + 2 * differ.cast(pl.Int32)
        + (~pl.col("official")).cast(pl.Int32),
    )
    return rows.collect()


def _told(classes: str) -> pl.Expr:
    """Return those classes that tell units apart in the country."""
    return pl.col(classes).list.set_intersection("telling").list.sort()
