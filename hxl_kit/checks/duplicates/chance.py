"""Which rows are alike beyond chance: what they share would not be shared by separate events or figures.

That two clashes of one day and place each killed one says little, that both killed 82 says much. With M pairs of rows
that agree in all else, and a share p of the rows elsewhere with the same numbers and words, M · p² pairs would agree in
these too by chance alone; rows are told where that is less than one pair in twenty (`EXPECTED`).

In UCDP GED, which has no words, 286 pairs of the 16,566 events of Syria and 5,237 of the 18,957 of Mexico agree in all
but their ids, and nearly all are separate killings of one person; 3 and 2 rows are told, as info, among them two rows of
82 dead of one month and state. Rows with the same words are told wherever few others have them.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.checks.reducing import hashed

EXPECTED = 0.05
"""Rows are told where fewer pairs like them are expected by chance in the whole of a source."""

_UNSEEN, _OTHERWISE = 0.5, 10
"""What is found nowhere else is counted as half a row, not as impossible, and as if ten more rows were without it."""


def repeated(rows: pl.DataFrame, block: tuple[str, ...], signs: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows that repeat an earlier one of their source in `block` and in all signs, beyond chance.

    `row` is the number of the earlier row. A sign that a row lacks says nothing.
    """
    keyed = rows.with_columns(block=hashed(map(pl.col, block)))
    alike = keyed.group_by("source", "block", *signs).agg(row=pl.col("row_number").min(), count=pl.len())
    groups = alike.filter(pl.col("count") > 1).join(_pairs(keyed), on="source")
    for sign in signs:
        groups = groups.join(_shares(keyed, groups, sign), on=["source", "block", sign], nulls_equal=True)
    by_chance = pl.col("pairs") * pl.reduce(
        lambda one, other: one * other, [pl.col(f"{sign}_share") ** 2 for sign in signs]
    )
    told = groups.filter(by_chance <= EXPECTED).select("source", "block", *signs, "row")
    found = keyed.join(told, on=["source", "block", *signs], nulls_equal=True)
    return found.filter(pl.col("row_number") != pl.col("row"))


def pairs_like(rows: pl.DataFrame, alike: tuple[str, ...]) -> pl.DataFrame:
    """Return for each source the number of pairs of its rows that are equal in some columns: `pairs`."""
    return _pairs(rows.with_columns(block=hashed(map(pl.col, alike))))


def share(same: pl.Expr, others: pl.Expr) -> pl.Expr:
    """Return which share of other rows have what a row has, between 0 and 1."""
    return (same + _UNSEEN) / (others + _OTHERWISE)


def _pairs(keyed: pl.DataFrame) -> pl.DataFrame:
    pairs = pl.col("n") * (pl.col("n") - 1) / 2
    groups = keyed.group_by("source", "block").agg(n=pl.len().cast(pl.Float64))
    return groups.group_by("source").agg(pairs=pairs.sum(), rows=pl.col("n").sum())


def _shares(keyed: pl.DataFrame, groups: pl.DataFrame, sign: str) -> pl.DataFrame:
    """Return for groups of rows which share of their source's rows in other blocks have the same sign."""
    asked = groups.select("source", "block", sign, "rows").unique()
    here = keyed.join(asked.select("source", "block").unique(), on=["source", "block"])
    within = here.group_by("source", "block", sign).agg(within=pl.len().cast(pl.Float64))
    sizes = here.group_by("source", "block").agg(size=pl.len().cast(pl.Float64))
    everywhere = keyed.group_by("source", sign).agg(everywhere=pl.len().cast(pl.Float64))
    known = (
        asked.join(within, on=["source", "block", sign], nulls_equal=True)
        .join(sizes, on=["source", "block"])
        .join(everywhere, on=["source", sign], nulls_equal=True)
    )
    found = share(pl.col("everywhere") - pl.col("within"), pl.col("rows") - pl.col("size"))
    said = pl.when(pl.col(sign).is_null()).then(1.0).otherwise(found)
    return known.select("source", "block", sign, said.alias(f"{sign}_share"))
