"""Buildings damaged and destroyed in the Gaza Strip by the Government Media Office, as known at each day.

Meanings: https://data.techforpalestine.org/docs/infrastructure-damaged/. `ext_` columns are the compiler's: days
without a report filled from those around them.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, date, joined, text
from hxl_kit.sources.casualty_series._series import RECOMMENDED, Series, measured
from hxl_kit.sources.casualty_series.gaza import GAZA, MEDIA_OFFICE, START
from hxl_kit.sources.definition import Layout, TableMap

_SERIES = Series(
    id="infrastructure", day="report_date", start=START, place=GAZA, claimant=constant(MEDIA_OFFICE)
)
_BUILDINGS = {
    "residential.destroyed": "homes_destroyed",
    "civic_buildings.destroyed": "public_buildings_destroyed",
    "educational_buildings.destroyed": "education_facilities_destroyed",
    "educational_buildings.damaged": "education_facilities_damaged",
    "places_of_worship.mosques_destroyed": "places_of_worship_destroyed",
    "places_of_worship.mosques_damaged": "places_of_worship_damaged",
    "places_of_worship.churches_destroyed": "places_of_worship_destroyed",
}


def _filled_in(column: str) -> str:
    kind, _, harm = column.partition(".")
    return f"{kind}.ext_{harm}"


def _map(column: str, of: str, indicator: str) -> TableMap:
    fields = {
        "indicator": constant(indicator),
        # Mosques and churches are one indicator: the column says which.
        "quantity_text": pl.format("{} {}", pl.lit(column.rpartition(".")[2]), text(column)),
        "unit": constant("facility" if indicator.startswith("education") else "building"),
        "as_of": date(_SERIES.day),
        "overlap_group": joined(_SERIES.key, of),
    }
    return _SERIES.figure(column, "indicators", RECOMMENDED, fields, filled_in=column != of)


_FIGURES = {
    column: _map(column, of, indicator)
    for of, indicator in _BUILDINGS.items()
    for column in (of, _filled_in(of))
}

LAYOUT = Layout(
    id="infrastructure",
    title="damaged infrastructure, Gaza",
    key=_SERIES.key,
    maps=tuple(_FIGURES.values()),
    optional=frozenset(set(_FIGURES) - {"residential.ext_destroyed"}),
    measures=measured(_FIGURES),
    notes=(
        (
            "each figure is what was known to be damaged or destroyed since 7 October 2023, as of its day: those of "
            "several days are not added; homes are housing units, not buildings"
        ),
        "ext_ columns are the compiler's estimates for days without a report",
    ),
)
