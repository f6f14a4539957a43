"""Guard G9: parts by sex and age against their total."""

from __future__ import annotations

import polars as pl

from hxl_kit.standard.guards import nestings
from hxl_kit.standard.messages import N_

_TOTAL = ("source", "kind", "about", "who", "claimed", "unit", "place", "period", "event", "overlap")
BY_SEX = N_("is less than its parts by sex, together at least {least} (G9)")
BY_AGE = N_("is less than its parts by age, together at least {least} (G9)")
BY_BOTH = N_("is less than its parts by sex and age, together at least {least} (G9)")
_SEX, _AGE = pl.col("sex") != "all", pl.col("age_group") != "all"


def parts_above_total(figures: pl.DataFrame) -> pl.DataFrame:
    """Return the totals below the sum of their parts' low bounds: row_number, message and `least`.

    A total and its parts are figures of one source, place, period and overlap group or event. Age groups that lie
    within others of the same total (older persons within adults) are left out of the sum.
    """
    figures = figures.filter(
        pl.col("overlap").is_not_null() | pl.col("event").is_not_null(), pl.col("kind").is_not_null()
    )
    if not figures.select((_SEX | _AGE).any()).item():
        return pl.DataFrame(schema={"row_number": pl.UInt32, "message": pl.String, "least": pl.String})
    return pl.concat(
        [
            _above(figures, (*_TOTAL, "age_group"), _SEX, BY_SEX),
            _above(figures, (*_TOTAL, "sex"), _AGE, BY_AGE),
            _above(figures.filter(_SEX == _AGE), _TOTAL, _SEX, BY_BOTH),
        ]
    ).unique("row_number", keep="first", maintain_order=True)


def _above(figures: pl.DataFrame, same: tuple[str, ...], is_part: pl.Expr, message: str) -> pl.DataFrame:
    parts = _without_nested(figures.filter(is_part), same)
    least = parts.group_by(same).agg(pl.col("value_low").sum().alias("least"))
    # Several totals of the same thing: the largest, which fewer parts exceed.
    totals = (
        figures.filter(~is_part)
        .sort("value_high", descending=True, nulls_last=False)
        .unique(same, keep="first", maintain_order=True)
    )
    return (
        totals.join(least, on=same, nulls_equal=True)
        .filter(pl.col("least") > pl.col("value_high"))
        .select("row_number", pl.lit(message).alias("message"), _plain(pl.col("least")).alias("least"))
    )


def _without_nested(parts: pl.DataFrame, same: tuple[str, ...]) -> pl.DataFrame:
    pairs = pl.DataFrame({"age_group": [n.part for n in _AGES], "whole": [n.whole for n in _AGES]})
    group = list(dict.fromkeys((*same, "sex")))
    group = [column for column in group if column != "age_group"]
    within = (
        parts.join(pairs, on="age_group")
        .select(*group, "row_number", age_group="whole")
        .join(parts, on=[*group, "age_group"], how="semi", nulls_equal=True)
    )
    return parts.join(within, on="row_number", how="anti").filter(pl.col("age_group") != "other")


def _plain(number: pl.Expr) -> pl.Expr:
    whole = number.cast(pl.Int64, strict=False)
    return pl.when(number == whole).then(whole.cast(pl.String)).otherwise(number.cast(pl.String))


_AGES = nestings("age_group")
