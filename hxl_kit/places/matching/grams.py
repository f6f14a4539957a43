"""How strange a spelling is in its country: groups of three letters that no unit's name there has.

A misspelling makes such groups, and the right spelling has others in their place; the true name of another unit,
which the gazetteer may not have, is mostly made of groups that its neighbours have too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from hxl_kit.places.matching.known import Known

SIZE = 3
LONGEST = 24
"""Letters of a word that are looked at."""


def strange(pairs: pl.DataFrame, asked: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return for pairs of a query and a name (numbers of rows) how strange what they do not share is.

    Returns:
        A row per pair: strange (the groups of the query that the name has not, nor any other of the country),
        strange_share (their share of those that the name has not) and typical (the share of the name's groups that
        the query has not, which other names have).
    """
    ours, theirs = (forms.select(groups=_groups())["groups"] for forms in (asked, known.names))
    counts = pl.DataFrame({"group": theirs, "code": known.names["code"]}).explode("group")
    counts = counts.group_by("group").agg(units=pl.col("code").n_unique())
    both = pl.DataFrame({"ours": ours.gather(pairs["query"]), "theirs": theirs.gather(pairs["row"])})
    apart = both.select(
        ours=pl.col("ours").list.set_difference("theirs"), theirs=pl.col("theirs").list.set_difference("ours")
    ).with_row_index("pair")
    unseen = _counted(apart, "ours", counts, pl.col("units").is_null())
    common = _counted(apart, "theirs", counts, pl.col("units") > 1)
    length = {side: apart[side].list.len().clip(1, None) for side in ("ours", "theirs")}
    typical = pl.when(apart["theirs"].list.len() == 0).then(1.0).otherwise(common / length["theirs"])
    return apart.select(
        strange=unseen.cast(pl.Float64), strange_share=unseen / length["ours"], typical=typical
    )


def _groups() -> pl.Expr:
    """Return the groups of letters of each word, its beginning and end among them."""
    word = "^" + pl.element() + "$"
    groups = pl.concat_list([word.str.slice(start, SIZE) for start in range(LONGEST)])
    whole = groups.list.filter(pl.element().str.len_chars() == SIZE)
    return pl.col("words").list.eval(whole.explode(empty_as_null=False)).list.unique()


def _counted(apart: pl.DataFrame, side: str, counts: pl.DataFrame, condition: pl.Expr) -> pl.Series:
    found = (
        apart.select("pair", group=side).explode("group").drop_nulls().join(counts, on="group", how="left")
    )
    sums = found.group_by("pair").agg(number=condition.sum())
    return (
        apart.select("pair").join(sums, on="pair", how="left", maintain_order="left")["number"].fill_null(0)
    )
