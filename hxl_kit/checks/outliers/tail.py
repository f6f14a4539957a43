"""Numbers far above all others of their kind.

Deaths and displacements are so skewed that even on the log scale the usual methods call real events outliers: of the
deadly events of UCDP GED, the adjusted boxplot (Hubert and Vandervieren, "An Adjusted Boxplot for Skewed
Distributions", 2008) calls 29 of 15,442 in Syria and 1,392 of 18,344 in Mexico outliers, the upper median absolute
deviation 273 and 6,299. Tails of such counts are like Pareto's (Cederman, "Modeling the Size of Wars", 2003): the logs
of the largest numbers lie above a threshold as exponential numbers do, whose scale the largest values give (Hill, "A
Simple General Approach to Inference About the Tail of a Distribution", 1975), here by their median, which a few wrong
numbers do not move. The largest of k such numbers lies above scale · (ln k + 3) once in twenty samples. Of both
countries' events none does. What is told so is nearly always wrong; a wrong number that a massacre could explain is not.
"""

from __future__ import annotations

import math

import polars as pl

FEWEST = 30
"""Kinds with fewer numbers are not judged."""

_RARE = 3.0
_LEAST_SCALE = 0.5
"""Tails as steep as this are steeper than those of wars: few equal numbers only make them look so."""


def far_above(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose number is larger than the largest of its kind should be: row_number and `count`.

    `count` is how many numbers of the kind there are. The 2√n largest of n numbers are taken for the tail.
    """
    numbers = rows.filter(pl.col("number") > 0).select("row_number", "kind", "number")
    size = (2 * pl.len().sqrt()).cast(pl.UInt32)
    tails = numbers.group_by("kind").agg(count=pl.len(), tail=pl.col("number").top_k(size))
    # Small counts repeat: those that equal the start stay in the tail, else one number above them is all of it.
    limits = (
        tails.filter(pl.col("count") >= FEWEST)
        .with_columns(start=pl.col("tail").list.min(), size=pl.col("tail").list.len())
        .with_columns(scale=((pl.col("tail").list.median() / pl.col("start")).log() / math.log(2)))
        .with_columns(limit=pl.col("scale").clip(lower_bound=_LEAST_SCALE) * (pl.col("size").log() + _RARE))
    )
    beside = numbers.join(limits.select("kind", "count", "start", "limit"), on="kind")
    far = (pl.col("number") / pl.col("start")).log() > pl.col("limit")
    return beside.filter(far).select("row_number", "count").sort("row_number")
