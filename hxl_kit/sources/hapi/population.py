"""Baseline population: residents by place, sex and age, from the Common Operational Datasets (COD-PS)."""

from __future__ import annotations

from hxl_kit.mapping import constant, context, joined, text
from hxl_kit.sources._blocks import unranged
from hxl_kit.sources.definition import Expectation, Layout, Measure, TableMap
from hxl_kit.sources.hapi import _columns as hapi
from hxl_kit.sources.hapi._overlaps import Overlaps

LEVELS = Overlaps()
_PEOPLE = "population"
_ID = joined("hapi", "population", hapi.PLACE_ID, text("gender"), text("age_range"), hapi.SINCE)


def population(overlaps: Overlaps = LEVELS) -> Layout:
    """Return the layout of a file whose rows overlap so."""
    residents = TableMap(
        "indicators",
        {
            "figure_id": _ID,
            "source_id": context("source_id"),
            "indicator": constant("resident_population"),
            **hapi.BREAKDOWN,
            **unranged(_PEOPLE),
            "quantity_text": hapi.said(_PEOPLE, hapi.OTHER_AGE),
            **hapi.AS_OF,
            **hapi.PLACE,
            # No place smaller than a unit is ever named here.
            "role": hapi.role(overlaps.is_recommended & hapi.IS_TOTAL),
            "overlap_group": joined("hapi", "population", overlaps.group),
        },
        where=text(_PEOPLE).is_not_null(),
    )
    return Layout(
        id="population",
        title="baseline population",
        key=_ID,
        refused=text("error"),
        maps=(residents,),
        optional=hapi.OPTIONAL,
        other_names=hapi.OTHER_NAMES,
        not_carried={**hapi.NOT_CARRIED, **hapi.AGES},
        measures=(Measure(_PEOPLE, "indicators", "value"),),
        expect=Expectation(filled={_PEOPLE: 0.99}, ranges={_PEOPLE: (0, 1_500_000_000)}),
        notes=(
            (
                "a country, its admin 1 and its admin 2 units count the same people: only the totals of the coarsest level "
                "that the file has are recommended; units inside them and parts by sex and age are triangulation"
            ),
            "estimates or projections of the year, dated by the last day of the reference period",
            *hapi.NOTES,
        ),
    )
