"""How many values a sensitive column has among the people who share the keys (l-diversity).

Definitions: Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam, "l-Diversity: Privacy Beyond k-Anonymity" (2007,
https://doi.org/10.1145/1217299.1217302), computed as sdcMicro's `ldiversity` does; an empty key is a value of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_C = 2.0
_VALUE = "_value"


def diversity(frame: pl.DataFrame, keys: Sequence[str], sensitive: str, c: float = DEFAULT_C) -> pl.DataFrame:
    """Return per record, in the frame's order, the l-diversity of a sensitive column among its fellows.

    Args:
        frame: a row per person.
        keys: the columns that somebody else could know of a person.
        sensitive: the column that should stay unknown; its empty cells count as one more value.
        c: the constant of recursive diversity.

    Returns:
        distinct: how many values there are.
        entropy: the exponential of the values' entropy: as many equally frequent values would have it.
        recursive: the greatest l for which the most frequent value is rarer than c times all from the l-th on.
        All are null where nobody of the group has a value.
    """
    plain = [f"_key{number}" for number in range(len(keys))]
    named = (pl.col(key).alias(name) for key, name in zip(keys, plain, strict=True))
    rows = frame.select(*named, pl.col(sensitive).alias(_VALUE))
    counts = rows.group_by(*plain, _VALUE).agg(n=pl.len().cast(pl.Float64))
    groups = _entropy(counts, plain).join(
        _recursive(counts, plain, c), on=plain, how="left", nulls_equal=True
    )
    found = rows.join(groups, on=plain, how="left", nulls_equal=True, maintain_order="left")
    return found.select("distinct", "entropy", "recursive")


def _entropy(counts: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    share = pl.col("n") / pl.col("n").sum()
    told = pl.col(_VALUE).is_not_null().any()
    return counts.group_by(keys).agg(
        distinct=pl.when(told).then(pl.len().cast(pl.Int64)),
        entropy=pl.when(told).then((-(share * share.log()).sum()).exp()),
    )


def _recursive(counts: pl.DataFrame, keys: Sequence[str], c: float) -> pl.DataFrame:
    """One, and one more for each rarer value whose tail still outweighs the most frequent value."""
    ordered = pl.col("n").sort(descending=True)
    tails = ordered.cum_sum(reverse=True).slice(1)
    return (
        counts.filter(pl.col(_VALUE).is_not_null())
        .group_by(keys)
        .agg(recursive=1 + (c * tails > pl.col("n").max()).sum().cast(pl.Int64))
    )
