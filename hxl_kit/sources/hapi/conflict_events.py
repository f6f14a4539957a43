"""Conflict events: ACLED's public counts of events and fatalities per month, place and category.

The categories are not disjoint (https://hdx-hapi.readthedocs.io/en/latest/data_usage_guides/enums/#event-type):
civilian targeting is a part of political violence, and added to it would count its fatalities twice; a few
demonstrations, those met with excessive force, are political violence too.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import code, constant, context, derived, integer, joined, phrase, text
from hxl_kit.sources._blocks import EVERYONE, exact, unranged
from hxl_kit.sources.definition import Expectation, Layout, Measure, TableMap
from hxl_kit.sources.hapi import _columns as hapi
from hxl_kit.sources.hapi._overlaps import Overlaps

CATEGORIES = Overlaps(of=("event_type",))
_EVENTS, _FATALITIES, _CATEGORY = "events", "fatalities", "event_type"
_ID = joined("hapi", "conflict_events", hapi.PLACE_ID, text(_CATEGORY), hapi.SINCE)
_HAPPENED = integer(_EVENTS) > 0
_EVENT_ID = derived(pl.when(_HAPPENED).then(_ID))
_WHERE_AND_WHEN = {**hapi.PERIOD, **hapi.PLACE}
_IS_TARGETING = text(_CATEGORY) == "civilian_targeting"
_IS_DEMONSTRATION = text(_CATEGORY) == "demonstration"
# One group for all categories of a place and month: they overlap.
_GROUP = joined("hapi", "conflict_events", hapi.PLACE_ID, hapi.SINCE)
_SAYS = {"source_id": context("source_id"), "claimed_by": constant("ACLED")}

_AGGREGATES = TableMap(
    "events",
    {
        "event_id": _ID,
        "source_id": context("source_id"),
        "event_type": constant("other"),
        "event_subtype": text(_CATEGORY),
        "civilian_targeting": derived(pl.when(_IS_TARGETING).then(pl.lit(value=True))),
        **_WHERE_AND_WHEN,
        "fatalities": integer(_FATALITIES),
        "description": derived(phrase("HAPI warns: {}", text("warning"))),
        "is_aggregate": pl.lit(value=True),
    },
    where=_HAPPENED,
)


def _counted(is_whole: pl.Expr) -> TableMap:
    """Return the map to the number of events; `is_whole` tells which rows no other row holds."""
    return TableMap(
        "indicators",
        {
            "figure_id": joined(_ID, "events"),
            **_SAYS,
            "event_id": _EVENT_ID,
            "indicator": code(_CATEGORY, "hapi-indicator"),
            **EVERYONE,
            **exact(_EVENTS, "event"),
            "quantity_text": hapi.said(_EVENTS),
            **_WHERE_AND_WHEN,
            "role": hapi.role(is_whole & ~_IS_TARGETING),
            "overlap_group": _GROUP,
        },
        where=text(_EVENTS).is_not_null(),
    )


def _killed(is_whole: pl.Expr) -> TableMap:
    """Return the map to the number of people killed."""
    return TableMap(
        "casualties",
        {
            "figure_id": joined(_ID, "killed"),
            **_SAYS,
            "event_id": _EVENT_ID,
            "harm": constant("killed"),
            "person_status": constant("unknown"),
            "population_group": constant("all"),
            **EVERYONE,
            **unranged(_FATALITIES),
            "quantity_text": hapi.said(_FATALITIES),
            **_WHERE_AND_WHEN,
            "counting": constant("incident"),
            "role": hapi.role(is_whole & ~_IS_TARGETING & ~_IS_DEMONSTRATION),
            "overlap_group": _GROUP,
        },
        where=text(_FATALITIES).is_not_null(),
    )


def conflict_events(overlaps: Overlaps = CATEGORIES) -> Layout:
    """Return the layout of a file whose rows overlap so."""
    is_whole = overlaps.is_recommended
    return Layout(
        id="conflict_events",
        title="conflict events",
        key=_ID,
        refused=text("error"),
        maps=(_AGGREGATES, _counted(is_whole), _killed(is_whole)),
        optional=hapi.OPTIONAL,
        other_names={
            **hapi.OTHER_NAMES,
            _CATEGORY: ("Event Type",),
            _EVENTS: ("Events",),
            _FATALITIES: ("Fatalities",),
        },
        not_carried=hapi.NOT_CARRIED,
        measures=(
            Measure(_EVENTS, "indicators", "value"),
            Measure(_FATALITIES, "casualties", "value"),
        ),
        expect=Expectation(filled={"location_code": 1.0, _EVENTS: 0.9}, ranges={_FATALITIES: (0, 20_000)}),
        notes=(
            (
                "categories overlap: civilian targeting is a part of political violence, so that only political violence "
                "(events and fatalities) and demonstrations (events) are recommended; the number of demonstrations and of "
                "events of political violence are different indicators and are not added either"
            ),
            (
                "each row stands for the events of a month in a place (is_aggregate): it is not counted together with "
                "ACLED's event data"
            ),
            *hapi.NOTES,
        ),
    )
