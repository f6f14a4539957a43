"""How strange a spelling is in its country: groups of three letters that no unit's name there has, or few have.

A misspelling makes such groups, and the right spelling has others in their place; the true name of another unit,
which the gazetteer may not have, is mostly made of groups that its neighbours have too. How likely a letter is after
two others is counted in the country's names, smoothed with how likely it is after one (linear interpolation: Jelinek
and Mercer, "Interpolated estimation of Markov source parameters from sparse data", 1980).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from hxl_kit.places.matching.known import Known

SIZE = 3
LONGEST = 24
"""Letters of a word that are looked at."""

FEW = 4.0
"""With so many units, what the country has of a group counts as much as what it has of the last two letters."""

LETTERS = 30
"""About how many letters a name may go on with."""

STRANGE = (
    "strange", "strange_share", "typical", "likely_ours", "likelier", "likelier_apart", "ours_apart", "theirs_apart", "rarest",
)  # fmt: skip


def strange(pairs: pl.DataFrame, asked: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return for pairs of a query and a name (numbers of rows) how strange what they do not share is.

    Returns:
        A row per pair with the columns of STRANGE: strange (the groups of the query that the name has not, nor any
        other of the country), strange_share (their share of those that the name has not), typical (the share of the
        name's groups that the query has not, which other names have); and, of the natural logarithms of how likely a
        group's last letter is after its first two in other names: likely_ours (their mean in the query), likelier
        (that less the mean in the name), likelier_apart (the sum of those that only the query has less that of the
        name's own), ours_apart and theirs_apart (the means of those), rarest (the least that only the query has).
    """
    ours, theirs = (
        forms.select(group=_groups())["group"].gather(rows)
        for forms, rows in ((asked, pairs["query"]), (known.names, pairs["row"]))
    )
    counts = _counts(
        pl.DataFrame({"group": known.names.select(group=_groups())["group"], "code": known.names["code"]})
    )
    both = pl.DataFrame({"ours": ours, "theirs": theirs}).with_columns(
        ours_apart=pl.col("ours").list.set_difference("theirs"),
        theirs_apart=pl.col("theirs").list.set_difference("ours"),
    )
    looked_up = _looked_up(both, counts)
    parts = [_summed(both, side, looked_up) for side in both.columns]
    return pl.concat(parts, how="horizontal").select(**_measures())


def _measures() -> dict[str, pl.Expr]:
    """Return the columns of STRANGE from those of `_summed` for both names and for what each has apart."""
    number = {
        side: pl.col(f"{side}_number").clip(1, None)
        for side in ("ours", "theirs", "ours_apart", "theirs_apart")
    }
    mean = {side: pl.col(f"{side}_chance") / number[side] for side in ("ours", "ours_apart")}
    mean |= {side: pl.col(f"{side}_chance_besides") / number[side] for side in ("theirs", "theirs_apart")}
    common = pl.col("theirs_apart_common") / number["theirs_apart"]
    return {
        "strange": pl.col("ours_apart_unseen"),
        "strange_share": pl.col("ours_apart_unseen") / number["ours_apart"],
        "typical": pl.when(pl.col("theirs_apart_number") == 0).then(1.0).otherwise(common),
        "likely_ours": mean["ours"],
        "likelier": mean["ours"] - mean["theirs"],
        "likelier_apart": pl.col("ours_apart_chance") - pl.col("theirs_apart_chance_besides"),
        "ours_apart": mean["ours_apart"],
        "theirs_apart": mean["theirs_apart"],
        "rarest": pl.col("ours_apart_rarest"),
    }


def _counts(groups: pl.DataFrame) -> pl.DataFrame:
    """Return for each group of letters the number of units (code) that have it."""
    return groups.explode("group").drop_nulls().group_by("group").agg(units=pl.col("code").n_unique())


def _looked_up(both: pl.DataFrame, counts: pl.DataFrame) -> pl.DataFrame:
    """Return for all groups of both names the number of units, and the chances of their last letters.

    chance is that of the group in any unit, chance_besides in all units but one of those that have it.
    """
    groups = pl.concat([both["ours"], both["theirs"]]).rename("group").explode().drop_nulls().unique().sort()
    head, tail = pl.col("group").str.head(2), pl.col("group").str.tail(2)
    found = groups.to_frame().join(counts, on="group", how="left", maintain_order="left")
    sums = {"after": head, "pairs": tail, "middles": tail.str.head(1)}
    for name, part in sums.items():
        table = counts.group_by(part=part).agg(pl.col("units").sum().alias(name))
        found = found.with_columns(part=part).join(table, on="part", how="left", maintain_order="left")
    found = found.fill_null(0)
    after_one = (pl.col("pairs") + FEW / LETTERS) / (pl.col("middles") + FEW)
    return found.with_columns(
        chance=((pl.col("units") + FEW * after_one) / (pl.col("after") + FEW)).log(),
        chance_besides=(
            ((pl.col("units") - 1).clip(0, None) + FEW * after_one)
            / ((pl.col("after") - 1).clip(0, None) + FEW)
        ).log(),
    ).select("group", "units", "chance", "chance_besides")


def _summed(both: pl.DataFrame, side: str, looked_up: pl.DataFrame) -> pl.DataFrame:
    """Return for each pair the sums over the groups of one side, their names beginning with the side's."""
    rows = both.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias("pair"), group=side)
    found = rows.explode("group").drop_nulls().join(looked_up, on="group", how="left", maintain_order="left")
    sums = found.group_by("pair", maintain_order=True).agg(
        number=pl.len().cast(pl.Float64),
        unseen=(pl.col("units") == 0).sum().cast(pl.Float64),
        common=(pl.col("units") > 1).sum().cast(pl.Float64),
        chance=pl.col("chance").sum(),
        chance_besides=pl.col("chance_besides").sum(),
        rarest=pl.col("chance").min(),
    )
    sums = rows.select("pair").join(sums, on="pair", how="left", maintain_order="left").drop("pair")
    return sums.fill_null(0.0).rename(lambda name: f"{side}_{name}")


def _groups() -> pl.Expr:
    """Return the groups of letters of each word, its beginning and end among them."""
    word = "^" + pl.element() + "$"
    groups = pl.concat_list([word.str.slice(start, SIZE) for start in range(LONGEST)])
    whole = groups.list.filter(pl.element().str.len_chars() == SIZE)
    return pl.col("words").list.eval(whole.explode(empty_as_null=False)).list.unique()
