"""The groups of an answer: their intervals in words, what they rest on, what they leave out."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.summarising.answer import SHOWN, Excluded, Group
from hxl_kit.summarising.words import interval_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.summarising.adding import Interval
    from hxl_kit.summarising.contested import Told
    from hxl_kit.summarising.request import Request

_PEOPLE = ("person_status", "population_group", "sex", "age_group")
_NOTHING = "nothing to count"


@dataclass(frozen=True)
class Groups:
    """What is known of the groups: the counted figures and the sums.

    `partial` are the indexes of parts without their total, `unsure` of figures that may count the same as others.
    """

    request: Request
    keys: Mapping[int, dict[str, str | None]]
    counted: pl.DataFrame
    partial: pl.Series
    sums: Mapping[int, Interval]
    unsure: pl.Series

    def described(self, told: Told, left_out: Mapping[int, list[Excluded]]) -> tuple[Group, ...]:
        """Return the groups in the order of their keys, with what was told of their figures and left out."""
        figures = _figures(self)
        return tuple(
            self._group(group, figures[group], told, left_out)
            if group in figures
            else _empty(group, key, told, left_out)
            for group, key in self.keys.items()
        )

    def _group(
        self, group: int, row: dict[str, Any], told: Told, left_out: Mapping[int, list[Excluded]]
    ) -> Group:
        key, interval = self.keys[group], self.sums.get(group)
        low, high = (interval.low, interval.high) if interval else (None, None)
        conventions = interval.by_convention if interval else {}
        unbounded = (row["unbounded"], row["said"]) if interval else (0, Decimal(0))
        unit = key.get("unit") or row["unit"]
        exact = row["exact"] and low == high
        return Group(
            key=key,
            low=low,
            high=high,
            value=low if exact else None,
            text=interval_words(low, high, unit=unit, by_convention=conventions, unbounded=unbounded),
            rows=row["rows"],
            terms=tuple(row["ids"]),
            without_low=row["without_low"],
            without_high=row["without_high"],
            by_convention=conventions,
            unbounded=unbounded,
            people=_people(row, self.request),
            contested=tuple(told.against.get(group, ())),
            confirmed=tuple(told.confirming.get(group, ())),
            excluded=tuple(left_out.get(group, ())),
            notes=tuple(_notes(row)),
        )


def _empty(
    group: int, key: dict[str, str | None], told: Told, left_out: Mapping[int, list[Excluded]]
) -> Group:
    """Return a group of which no figure is counted."""
    return Group(
        key=key,
        text=_NOTHING,
        contested=tuple(told.against.get(group, ())),
        confirmed=tuple(told.confirming.get(group, ())),
        excluded=tuple(left_out.get(group, ())),
    )


def _figures(groups: Groups) -> dict[int, dict[str, Any]]:
    """Return, by group, what is told of the figures that are counted."""
    bound = pl.any_horizontal(pl.col(c).is_not_null() for c in ("low", "high", "low_by_convention"))
    unsure = pl.col("index").is_in(groups.unsure.implode())
    matched = pl.col("cluster").is_not_null() & (pl.len().over("group", "cluster") > 1)
    free = ~bound & ~unsure & ~matched & pl.col("value").is_not_null()
    cluster = pl.col("cluster").drop_nulls()
    codes = [
        pl.col(name).drop_nulls().unique().sort() for name in _PEOPLE if name in groups.request.shape.coded
    ]
    found = (
        groups.counted.with_columns(free=free)
        .group_by("group")
        .agg(
            pl.len().alias("rows"),
            pl.col("id").head(SHOWN).alias("ids"),
            pl.col("low").null_count().alias("without_low"),
            pl.col("high").null_count().alias("without_high"),
            pl.col("free").sum().alias("unbounded"),
            pl.col("value").filter("free").sum().alias("said"),
            (pl.col("exact") & ~unsure).all().alias("exact"),
            pl.col("unit").first(),
            pl.col("index").is_in(groups.partial.implode()).sum().alias("partial"),
            pl.col("converted").sum(),
            (cluster.len() - cluster.n_unique()).alias("clusters"),
            *codes,
        )
    )
    return {row["group"]: row for row in found.iter_rows(named=True)}


def _people(row: dict[str, Any], request: Request) -> dict[str, tuple[str, ...]]:
    """Return the codes of people that the counted figures are about, where they say more than "all"."""
    listed = {name: tuple(row.get(name) or ()) for name in _PEOPLE if name not in request.by}
    return {name: codes for name, codes in listed.items() if codes not in ((), ("all",))}


def _notes(row: dict[str, Any]) -> list[str]:
    said = {
        "partial": "parts by sex or age without their total, from which no upper bound follows",
        "converted": "households times the stated household size",
        "clusters": "matched events (cluster_id) that count once with the others of their cluster",
    }
    return [f"{row[what]:,} of the figures: {words}" for what, words in said.items() if row[what]]


def excluded(terms: pl.DataFrame, dropped: pl.DataFrame) -> dict[int, list[Excluded]]:
    """Return, by group, the rows left out, by guard and reason."""
    found = (
        dropped.join(terms.select("index", "id"), on="index")
        .sort("id")
        .group_by("group", "guard", "reason")
        .agg(pl.col("id").head(SHOWN), pl.len())
        .with_columns(number=pl.col("guard").str.slice(1).cast(pl.Int32))
        .sort("group", "number", "reason")
    )
    listed: dict[int, list[Excluded]] = {}
    for group, guard, reason, ids, count, _ in found.iter_rows():
        listed.setdefault(group, []).append(Excluded(guard, reason, tuple(ids), count))
    return listed
