"""The rows that any count of ACLED's becomes: an aggregate event, the number of events, the fatalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import constant, context, joined, text
from hxl_kit.sources._blocks import EVERYONE, exact, unranged
from hxl_kit.sources.acled._codes import CLAIMANT
from hxl_kit.sources.definition import Measure, TableMap

if TYPE_CHECKING:
    from collections.abc import Mapping

AGGREGATE_NOTE = "an aggregate is not to be counted together with the event data that it was made from"


def events_counted(row_id: pl.Expr, happened: pl.Expr, columns: Mapping[str, pl.Expr]) -> TableMap:
    """Return the map of aggregate events; where nothing happened there is no event, only a figure of 0."""
    base = {
        "event_id": row_id,
        "source_id": context("source_id"),
        "is_aggregate": pl.lit(True),
    }
    return TableMap("events", {**base, **columns}, where=happened)


def event_count(row_id: pl.Expr, event_id: pl.Expr, columns: Mapping[str, pl.Expr], events: str) -> TableMap:
    """Return the map of the figure of events."""
    base = {
        "figure_id": joined(row_id, "events"),
        "source_id": context("source_id"),
        "event_id": event_id,
        "claimed_by": CLAIMANT,
        **EVERYONE,
        **exact(events, "event"),
    }
    return TableMap("indicators", {**base, **columns}, where=text(events).is_not_null())


def fatality_count(
    row_id: pl.Expr, event_id: pl.Expr, columns: Mapping[str, pl.Expr], fatalities: str
) -> TableMap:
    """Return the map of the figure of fatalities."""
    base = {
        "figure_id": joined(row_id, "killed"),
        "source_id": context("source_id"),
        "event_id": event_id,
        "claimed_by": CLAIMANT,
        "harm": constant("killed"),
        "person_status": constant("unknown"),
        "population_group": constant("all"),
        **EVERYONE,
        "cause": constant("conflict"),
        **unranged(fatalities),
        "counting": constant("incident"),
    }
    return TableMap("casualties", {**base, **columns}, where=text(fatalities).is_not_null())


def count_measures(events: str, fatalities: str) -> tuple[Measure, ...]:
    """Return the totals that must be equal before and after, of the columns that a layout has ("" for none)."""
    of_events = (Measure(events, "indicators", "value"),) if events else ()
    of_fatalities = (Measure(fatalities, "casualties", "value"),) if fatalities else ()
    return of_events + of_fatalities
