"""Whether the nearest unit is the one meant, and in which words it is left open."""

from __future__ import annotations

import polars as pl

from hxl_kit.places.matching.scripts import LATIN

LEAST_SCORE = {"parent": 0.4, "alone": 0.65, "native": 0.75}
"""Below this score a name is left open, with its parent given and without. Without it more units are to be had, one
of which may be called nearly as a unit that the gazetteer has not: of such names about 1 % are matched with the parent
and less than 2 % without.
Names in a native script, whose vowels are often not written, must be nearer."""

TIMES_LIKELIER = 8.0
"""How much better the odds of a unit must be than those of the next one."""

ELSEWHERE = 0.1
"""How much higher the score of a unit outside of the given parent must be that the parent is doubted."""

WEAK = 0.05
"""Below this score a unit is not worth naming."""

SAME = 1.0
"""The score of a unit whose name it is."""


def decided(found: pl.DataFrame, asked: pl.DataFrame) -> pl.DataFrame:
    """Return for each query with candidates its best unit, how far the others are, and whether it is the answer.

    Args:
        found: query, row, code, inside and score: each unit once per query, those inside first, best first.
        asked: query, location_code, parent_code and script; the country as the parent tells nothing.

    Returns:
        query, row, code, score, margin, outside (row of the nearest unit outside of the parent), matched, and why
        not (`_why`).
    """
    inside = (
        found.filter("inside")
        .group_by("query", maintain_order=True)
        .agg(
            pl.col("row", "code", "score").first(),
            next=pl.col("score").get(1, null_on_oob=True).fill_null(0.0),
            next_row=pl.col("row").get(1, null_on_oob=True),
        )
    )
    outside = (
        found.filter(~pl.col("inside"))
        .group_by("query", maintain_order=True)
        .agg(outside=pl.col("row").first(), outside_score=pl.col("score").first())
    )
    both = inside.join(outside, on="query", how="full", coalesce=True)
    both = both.with_columns(pl.col("score", "next", "outside_score").fill_null(0.0))
    both = both.join(
        asked.select("query", "parent_code", "location_code", "script"), on="query"
    ).with_columns(
        margin=pl.col("score") - pl.col("next"),
        least=_least(),
    )
    return (
        both.with_columns(why=_why())
        .with_columns(matched=pl.col("why").is_null())
        .drop("parent_code", "location_code", "script", "least")
    )


def _least() -> pl.Expr:
    alone = pl.col("parent_code").is_null() | (pl.col("parent_code") == pl.col("location_code"))
    return (
        pl.when(pl.col("script") != LATIN)
        .then(LEAST_SCORE["native"])
        .when(alone)
        .then(LEAST_SCORE["alone"])
        .otherwise(LEAST_SCORE["parent"])
    )


def _odds(score: str) -> pl.Expr:
    chance = pl.col(score).clip(0, 1 - 1e-9)
    return chance / (1 - chance)


def _why() -> pl.Expr:
    """Return why a query is left open, in one word or two; null where it is not."""
    score, outside = pl.col("score"), pl.col("outside_score")
    rules = {
        "other parent": (outside == SAME) & (score < SAME),
        "nearer elsewhere": (outside >= score + ELSEWHERE) & (outside >= pl.col("least")),
        "shared": (score == SAME) & (pl.col("next") == SAME),
        "nothing": score < WEAK,
        "weak": score < pl.col("least"),
        "alike": _odds("score") < TIMES_LIKELIER * _odds("next"),
    }
    why = pl.lit(None, pl.String)
    for name, broken in reversed(rules.items()):
        why = pl.when(broken).then(pl.lit(name)).otherwise(why)
    return why


def reason() -> pl.Expr:
    """Return why a query is left open, in plain words.

    It is made of the columns of `decided` and of parent_code, best, second and elsewhere. The last three name a unit:
    "Al Bab (SY0202)". The words of the query do not come in: they may be a person's.
    """
    why = pl.col("why")
    return (
        pl.when(why == "other parent")
        .then(pl.format("it is the name of {}, which is not in {}", "elsewhere", "parent_code"))
        .when(why == "nearer elsewhere")
        .then(
            pl.format(
                "it is nearer to {}, which is not in {}, than to any unit there", "elsewhere", "parent_code"
            )
        )
        .when(why == "shared")
        .then(pl.format("several units have this name: {}, {}", "best", "second"))
        .when(why == "alike")
        .then(pl.format("two units resemble it alike: {}, {}", "best", "second"))
        .when(why == "weak")
        .then(pl.format("no unit resembles it enough; the nearest is {}", "best"))
        .when(why == "nothing")
        .then(pl.lit("no unit resembles it"))
        .otherwise(pl.lit(""))
    )
