"""Numbers that must add up: the killed and the injured, the dead of each side, an event and its figures.

Figures are compared where they are of one source, place, period and people, and only as far as their bounds allow:
what may be true of the ranges is not told. Parts by sex and age are guard G9's. The columns of one row of a bare
table are `checks/sums.py`'s; what they break is listed here too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.guards.kept import PLACE
from hxl_kit.checks.reducing import Columns, hashed
from hxl_kit.checks.rule import Check, TableRule, Tables
from hxl_kit.checks.sums import CHECKS as SUMS
from hxl_kit.checks.theme import Context, Theme
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Collection

_RECORDING = "OHCHR Guidance on Casualty Recording"
_ABOVE = Check(
    "harms-above-casualties",
    "warning",
    N_("is less than the killed and the injured of the same source, place and time together (rows {rows})"),
    N_("Whoever was killed or injured is a casualty: there cannot be more of them than casualties."),
    _RECORDING,
    N_("Compare the three figures with their source: they may count other people, places or days."),
)
_BELOW = Check(
    "harms-below-casualties",
    "warning",
    N_("is more than the killed and the injured of the same source, place and time together (rows {rows})"),
    N_("Who was killed or injured is either: the two figures must add up to the one of both."),
    _RECORDING,
    N_("Compare the three figures with their source: they may count other people, places or days."),
)
_GROUPS = Check(
    "groups-above-total",
    "warning",
    N_("is less than its parts by side, or by civilians and combatants, together (rows {rows})"),
    N_("The dead of each side, or civilians and combatants, cannot be more than all the dead of the event."),
    "UCDP GED Codebook: best is the sum of the deaths of both sides, civilians and unknown",
    N_("Read the total and its parts again in the source."),
)
_EVENT = Check(
    "event-fatalities",
    "warning",
    N_("does not agree with the fatalities of its event (row {row} of events)"),
    N_("A map of the events and a sum of the figures would tell two numbers of the same dead."),
    "hxl_kit",
    N_("Give the event and its recommended figure of all killed the same number and range."),
)
CHECKS = (_ABOVE, _BELOW, _GROUPS, _EVENT, *SUMS)

_ABOUT = ("cause", "weapon", "alleged_perpetrator", "grading", "standard_of_proof")
_WHERE_AND_WHEN = (
    "source_id",
    "claimed_by",
    "event_id",
    *PLACE,
    "date_start",
    "date_end",
    "counting",
    "unit",
)
_GROUP = ("sex", "age_group")
_POINT = ("exact", "unknown", "range")
"""Qualifiers of a number that is itself the source's count or best estimate."""

_OPEN = ("at_least", "more_than", "order_of_magnitude")
_EVERYBODY = ("unknown", "mixed")
_ROWS_SHOWN = 6


def kept(name: str, columns: Collection[str]) -> list[pl.Expr]:
    """Return what is kept of events and of figures of casualties; nothing of other tables."""
    row = Columns(name, columns)
    described = {"events": _event, "casualties": _figure}
    if name not in described:
        return []
    return [pl.col("row_number"), *(expr.alias(kept_as) for kept_as, expr in described[name](row).items())]


def _event(row: Columns) -> dict[str, pl.Expr]:
    numbers = [row[name] for name in ("fatalities", "fatalities_low", "fatalities_high")]
    return {
        "event": row.id("event_id"),
        "source": row.id("source_id"),
        "actor1": row.id("actor1_name"),
        "actor2": row.id("actor2_name"),
        "least": pl.min_horizontal(numbers),
        "most": pl.max_horizontal(numbers),
    }


def _figure(row: Columns) -> dict[str, pl.Expr]:
    point = pl.when(row["qualifier"].is_in(_POINT) | row["qualifier"].is_null()).then(row["value"])
    low, high = pl.min_horizontal(point, row["value_low"]), pl.max_horizontal(point, row["value_high"])
    high = pl.when(~row["qualifier"].is_in(_OPEN).fill_null(value=False)).then(high)
    crossed = pl.when(low.is_not_null() & high.is_not_null())
    population = row["population_group"].fill_null("all")
    alike = hashed([row.hash(*_WHERE_AND_WHEN, *_GROUP), population])
    everybody = [population == "all", *(row[name] == "all" for name in _GROUP)]
    return {
        "id": row.id("figure_id"),
        "source": row.id("source_id"),
        "event": row.id("event_id"),
        "supersedes": row.id("supersedes"),
        "recommended": row["role"] == "recommended",
        "victims": row.id("victim_group"),
        "of_people": hashed([alike, row.hash("person_status", "victim_group", *_ABOUT)]),
        "of_total": hashed([alike, row.hash("overlap_group", "harm")]),
        "grouped": row["event_id"].is_not_null() | row["overlap_group"].is_not_null(),
        "everybody": pl.all_horizontal(everybody),
        "least": crossed.then(pl.min_horizontal(low, high)).otherwise(low),
        "most": crossed.then(pl.max_horizontal(low, high)).otherwise(high),
        **{name: row[name] for name in ("harm", "person_status", "counting")},
    }


def _rules(name: str, _: Context) -> tuple[TableRule, ...]:
    if name != "casualties":
        return ()
    told = {
        _ABOVE: _more_harmed,
        _BELOW: _fewer_harmed,
        _GROUPS: _groups_above_total,
        _EVENT: _other_than_event,
    }
    return tuple(
        TableRule(check.slug, name, "value", check.severity, found, check.message)
        for check, found in told.items()
    )


def _standing(tables: Tables) -> pl.DataFrame:
    """Return the figures that none of the others supersedes."""
    figures = tables["casualties"]
    return figures.join(figures.select(id="supersedes").drop_nulls(), on="id", how="anti")


def _with_harmed(tables: Tables, totals: tuple[str, ...]) -> pl.DataFrame:
    """Return figures of these harms with the bounds of killed and injured of the same people, place and time.

    Of several figures of one harm, the bounds that all of them allow.
    """
    figures = _standing(tables)
    whole = figures.filter(pl.col("harm").is_in(totals))
    parts = figures.filter(pl.col("harm").is_in(["killed", "injured"])).join(
        whole, on="of_people", how="semi"
    )
    harms = parts.group_by("of_people", "harm").agg(
        pl.col("least").min(), pl.col("most").max(), open=pl.col("most").null_count(), rows="row_number"
    )
    both = harms.group_by("of_people").agg(
        together=pl.col("least").sum(),
        at_most=pl.col("most").sum(),
        complete=(pl.len() == 2) & (pl.col("open").sum() == 0),  # noqa: PLR2004 - killed and injured
        rows=pl.col("rows").explode(),
    )
    return whole.join(both, on="of_people")


def _more_harmed(tables: Tables) -> pl.DataFrame:
    both = _with_harmed(tables, ("killed_or_injured", "casualties_unspecified"))
    return _told(both.filter(pl.col("together") > pl.col("most")))


def _fewer_harmed(tables: Tables) -> pl.DataFrame:
    both = _with_harmed(tables, ("killed_or_injured",))
    return _told(both.filter("complete", pl.col("at_most") < pl.col("least")))


def _groups_above_total(tables: Tables) -> pl.DataFrame:
    """Find totals below the sum of their parts by side, or by civilians and combatants."""
    figures = _standing(tables).filter("grouped")
    of_everybody = pl.col("person_status").is_in(_EVERYBODY) & pl.col("victims").is_null()
    parts = _of_sides(figures.filter(~of_everybody), tables)
    # Of several totals the largest, which fewer parts exceed; UCDP's unknown dead look like a total, and are less.
    totals = (
        figures.filter(of_everybody)
        .join(parts, on="of_total", how="semi")
        .sort("most", descending=True, nulls_last=False)
        .unique("of_total", keep="first", maintain_order=True)
    )
    groups = parts.group_by("of_total", "person_status", "victims").agg(
        pl.col("least").min(), rows="row_number"
    )
    sides = groups.filter(pl.col("victims").is_not_null())
    by_status = (
        groups.filter(~pl.col("person_status").is_in(_EVERYBODY))
        .group_by("of_total", "person_status", of_side=pl.col("victims").is_not_null())
        .agg(pl.col("least").sum(), pl.col("rows").explode())
        .sort("least", descending=True, nulls_last=True)
        .unique(("of_total", "person_status"), keep="first", maintain_order=True)
    )
    found = pl.concat([_above(totals, sides), _above(totals, by_status)])
    return found.unique("row_number", keep="first", maintain_order=True).sort("row_number")


def _of_sides(parts: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Return the parts whose people are not named, or are a side of the event: other groups may share members."""
    events = tables["events"].select("event", "source", "actor1", "actor2").unique(["event", "source"])
    side = (pl.col("victims") == pl.col("actor1")) | (pl.col("victims") == pl.col("actor2"))
    known = parts.join(events, on=["event", "source"], how="left")
    return known.filter(pl.col("victims").is_null() | side)


def _above(totals: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Return the totals below the sum of groups that have nobody in common."""
    parts = groups.group_by("of_total").agg(together=pl.col("least").sum(), rows=pl.col("rows").explode())
    both = totals.join(parts, on="of_total")
    return _told(both.filter(pl.col("together") > pl.col("most")))


def _other_than_event(tables: Tables) -> pl.DataFrame:
    """Find recommended figures of killed that cannot be the event's own number, or a part of it."""
    events = tables["events"].select("event", "source", row="row_number", least_all="least", most_all="most")
    killed = _standing(tables).filter(
        "recommended", pl.col("harm") == "killed", pl.col("counting") == "incident"
    )
    both = killed.join(events, on=["event", "source"])
    everybody = pl.col("everybody") & pl.col("person_status").is_in(_EVERYBODY) & pl.col("victims").is_null()
    more = pl.col("least") > pl.col("most_all")
    fewer = everybody & (pl.col("most") < pl.col("least_all"))
    return both.filter(more | fewer).select("row_number", "row").sort("row_number")


def _told(found: pl.DataFrame) -> pl.DataFrame:
    """Return the rows found, and beside each the rows that it was compared with, as text."""
    rows = pl.col("rows").list.sort()
    first = rows.list.head(_ROWS_SHOWN).cast(pl.List(pl.String)).list.join(", ")
    more = pl.when(rows.list.len() > _ROWS_SHOWN).then(pl.lit(" …")).otherwise(pl.lit(""))
    return found.select("row_number", rows=first + more).sort("row_number")


THEME = Theme(
    "arithmetic",
    N_("numbers that must add up: killed and injured, parts and totals, an event and its figures"),
    CHECKS,
    kept=kept,
    table_rules=_rules,
)
