"""How many people share a combination of key variables, in the sample and in the population.

Definitions and the treatment of missing values are those of sdcMicro's `freqCalc` with `alpha=1` (Templ, Kowarik,
Meindl 2015, https://doi.org/10.18637/jss.v067.i04): an empty cell stands for any value, so a record with one counts
with every record that it could equal. A record without any key counts with records that have gaps and, as in
sdcMicro, with whole ones only if there is one key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PATTERNS = 40
"""Ways in which keys may be empty, beyond which an empty cell is a value of its own: each is compared with each.

It can only raise the risk, and where so many questions were skipped they mostly did not apply.
"""

_COUNTS = ("sample", "population")


def frequencies(frame: pl.DataFrame, keys: Sequence[str], weight: str | None = None) -> pl.DataFrame:
    """Return per record, in the frame's order, how often its combination of `keys` occurs.

    Args:
        frame: a row per person (or household).
        keys: the columns that somebody else could know of a person.
        weight: the column of sampling weights; without one the records are all there are.

    Returns:
        sample: f_k, the records that share the combination, the record itself included.
        population: F_k, the sum of their weights; f_k without weights.

    Raises:
        UsageError: no keys are named, or a column is not there; a weight is no number above 0.
    """
    _require(frame, keys, weight)
    weights = pl.lit(1.0) if weight is None else pl.col(weight).cast(pl.Float64, strict=False)
    plain = [f"_key{number}" for number in range(len(keys))]
    named = (pl.col(key).alias(name) for key, name in zip(keys, plain, strict=True))
    rows = frame.select(*named, weights.alias("_weight"))
    if rows.filter(pl.col("_weight").is_null() | ~(pl.col("_weight") > 0)).height:
        raise UsageError(
            f"column '{weight}' has weights that are no number above 0; correct them, or leave it out"
        )
    own = rows.group_by(plain).agg(sample=pl.len().cast(pl.Float64), population=pl.col("_weight").sum())
    counted = _with_possible(own, plain, rows.height, float(rows["_weight"].sum() or 0))
    found = rows.join(counted, on=plain, how="left", nulls_equal=True, maintain_order="left")
    return found.select(pl.col("sample").cast(pl.Int64), "population")


def _require(frame: pl.DataFrame, keys: Sequence[str], weight: str | None) -> None:
    if not keys:
        raise UsageError("no key variables are named: say which columns others could know of a person")
    for name in (*keys, *([weight] if weight else [])):
        if name not in frame.columns:
            raise UsageError(f"no column '{name}'{nearest(name, frame.columns)}")


def _with_possible(own: pl.DataFrame, keys: list[str], records: int, weight: float) -> pl.DataFrame:
    """Return the combinations with what could equal them added; one that is all empty counts with everything."""
    empty = pl.concat_str(
        pl.when(pl.col(key).is_null()).then(pl.lit("1")).otherwise(pl.lit("0")) for key in keys
    )
    parts = own.with_columns(_pattern=empty).partition_by("_pattern", as_dict=True)
    if len(parts) > MOST_PATTERNS:
        return own
    groups = {str(pattern[0]): part.drop("_pattern") for pattern, part in parts.items()}
    return pl.concat(
        [_group(pattern, group, groups, keys, records, weight) for pattern, group in groups.items()]
    )


def _group(
    pattern: str,
    group: pl.DataFrame,
    groups: dict[str, pl.DataFrame],
    keys: list[str],
    records: int,
    weight: float,
) -> pl.DataFrame:
    if "0" not in pattern:
        return group.with_columns(sample=pl.lit(float(records)), population=pl.lit(weight))
    for other, candidates in groups.items():
        both_whole = "1" not in pattern and "1" not in other
        anything = "0" not in other and "1" not in pattern and len(keys) > 1
        if not both_whole and not anything:
            group = _added(group, candidates, _shared(pattern, other, keys), itself=pattern == other)
    return group


def _shared(pattern: str, other: str, keys: list[str]) -> list[str]:
    return [key for key, mine, theirs in zip(keys, pattern, other, strict=True) if mine == theirs == "0"]


def _added(group: pl.DataFrame, candidates: pl.DataFrame, shared: list[str], *, itself: bool) -> pl.DataFrame:
    """Add the counts of candidates that agree in the shared keys; a combination counts itself only once."""
    if itself:
        return group
    sums = [pl.col(name).sum().alias(f"more_{name}") for name in _COUNTS]
    if shared:
        more = candidates.group_by(shared).agg(sums)
        joined = group.join(more, on=shared, how="left", maintain_order="left")
    else:
        joined = group.join(candidates.select(sums), how="cross")
    added = [(pl.col(name) + pl.col(f"more_{name}").fill_null(0)).alias(name) for name in _COUNTS]
    return joined.with_columns(added).select(group.columns)
