"""ACLED's counts by week, admin 1 and sub-event type, from its own site.

Columns: https://acleddata.com/use-access/how-use-acleds-aggregated-data.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, date, derived, integer, joined, number, text
from hxl_kit.sources._blocks import country
from hxl_kit.sources.acled._codes import NOTHING, coded, country_code, known_or_refused
from hxl_kit.sources.acled._figures import (
    AGGREGATE_NOTE,
    count_measures,
    event_count,
    events_counted,
    fatality_count,
)
from hxl_kit.sources.definition import Expectation, Layout

_LOCATION = country_code("country")
_WEEK = date("week")
_TYPE = coded("event_type", "acled-event_type")
_PLACE: dict[str, pl.Expr] = {
    **country(_LOCATION, provider_name=text("country")),
    "provider_admin1_name": text("admin1"),
    "latitude": number("centroid_latitude"),
    "longitude": number("centroid_longitude"),
    "geo_precision": constant("admin1"),
    "pcode_method": constant("none"),
}
_PERIOD: dict[str, pl.Expr] = {
    "date_start": _WEEK,
    # A week of ACLED's runs from the Saturday that is given to Friday.
    "date_end": derived(_WEEK + pl.duration(days=6)),
    "date_precision": constant("week"),
}
_UNIT = pl.concat_str(text("country"), text("admin1"), separator=":", ignore_nulls=True)
_ID = joined("acled:weekly", _UNIT, text("event_type"), text("sub_event_type"), _WEEK.cast(pl.String))
_HAPPENED = integer("events") > 0
_EVENT_ID = derived(pl.when(_HAPPENED).then(_ID))
_RECOMMENDED = {**_PERIOD, **_PLACE, "role": constant("recommended")}

WEEKLY = Layout(
    id="weekly",
    title="counts by week, admin 1 and sub-event type",
    key=_ID,
    maps=(
        events_counted(
            _ID,
            _HAPPENED,
            {
                "event_type": known_or_refused(_TYPE, "event_type", "acled-event_type"),
                "event_subtype": text("sub_event_type"),
                **_PERIOD,
                **_PLACE,
                "fatalities": integer("fatalities"),
            },
        ),
        event_count(_ID, _EVENT_ID, {"indicator": constant("events"), **_RECOMMENDED}, "events"),
        fatality_count(_ID, _EVENT_ID, _RECOMMENDED, "fatalities"),
    ),
    optional=frozenset({"centroid_latitude", "centroid_longitude"}),
    other_names={"admin1": ("admin 1",), "population_best": ("population_exposure",)},
    missing=NOTHING,
    not_carried={
        "region": "follows from the country",
        "disorder_type": "follows from event_type and sub_event_type",
        "id": "a number of the admin 1 unit in the provider's own list",
        "population_best": "a model's estimate of people who live near, which must not be summed",
    },
    measures=count_measures("events", "fatalities"),
    expect=Expectation(ranges={"fatalities": (0, 5000)}),
    notes=(AGGREGATE_NOTE,),
    any_case=True,
)
