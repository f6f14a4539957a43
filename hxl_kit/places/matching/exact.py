"""Names that are a unit's but for letter case, accents, punctuation and words of no weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.matching.known import agreeing

if TYPE_CHECKING:
    from hxl_kit.places.matching.known import Known

WAYS = ("written", "plain", "solid", "named", "core", "joined")
"""The forms in which names are the same, the strictest first."""

_BARE = WAYS.index("named")


def same_names(asked: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return the units whose name a query is, in the strictest form in which there are any.

    Of two units, the one whose official name it is goes before the one of another name, and where words for kinds
    of units were set aside, the one with the same such words goes first. What remains is the same name.

    Args:
        asked: the queries' forms, with query (number) and parent_code.
        known: the units' names.

    Returns:
        query, row (of known.names), code, inside (whether the unit lies in the query's parent, if one is given) and
        strict (whether no word was set aside); several codes of one query share the name.
    """
    found = pl.concat([_same(asked, known, way) for way in WAYS])
    best = pl.col("rank") == pl.col("rank").min().over("query", "inside")
    return (
        found.filter(best).unique(["query", "inside", "code"], keep="first", maintain_order=True).drop("rank")
    )


def _same(asked: pl.DataFrame, known: Known, way: str) -> pl.DataFrame:
    names = known.names.with_row_index("row").select(
        "row", "code", "within", "official", pl.col(way), theirs="classes"
    )
    found = asked.select("query", "parent_code", pl.col(way), ours="classes").filter(pl.col(way) != "")
    found = found.join(names, on=way, maintain_order="left_right")
    level, strict = WAYS.index(way), WAYS.index(way) < _BARE
    other = pl.lit(value=False) if strict else pl.col("ours") != pl.col("theirs")
    kept = pl.lit(value=True) if strict else agreeing(known.telling, "ours", "theirs")
    return found.filter(kept).select(
        "query",
        "row",
        "code",
        inside=pl.col("parent_code").is_null() | pl.col("within").list.contains(pl.col("parent_code")),
        strict=pl.lit(strict),
        rank=4 * level + 2 * other.cast(pl.Int32) + (~pl.col("official")).cast(pl.Int32),
    )
