"""Internally displaced people: IOM DTM's stocks by place, operation, kind of assessment and round."""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, context, joined, text
from hxl_kit.sources._blocks import EVERYONE, unranged
from hxl_kit.sources.definition import Expectation, Layout, Measure, TableMap
from hxl_kit.sources.hapi import _columns as hapi
from hxl_kit.sources.hapi._overlaps import Overlaps

OPERATIONS = Overlaps(assessed=True)
_IDPS, _TYPE, _ROUND, _OPERATION = "population", "assessment_type", "reporting_round", "operation"
_CLAIMANTS = {
    "BA": "IOM DTM (baseline assessment)",
    "SA": "IOM DTM (site assessment)",
    "ETT": "IOM DTM (emergency tracking)",
}
_ID = joined(
    "hapi",
    "idps",
    hapi.PLACE_ID,
    text(_OPERATION).fill_null(""),
    text(_TYPE),
    text(_ROUND).str.strip_suffix(".0").fill_null(""),
    hapi.SINCE,
)


def _displaced(overlaps: Overlaps) -> TableMap:
    """Return the map to the people displaced."""
    return TableMap(
        "displacement",
        {
            "figure_id": _ID,
            "source_id": context("source_id"),
            "claimed_by": text(_TYPE).replace_strict(_CLAIMANTS, default=None, return_dtype=pl.String),
            "measure": constant("stock"),
            "category": constant("idps"),
            "counts": constant("people"),
            **EVERYONE,
            **unranged(_IDPS),
            "quantity_text": hapi.said(_IDPS, text(_OPERATION)),
            **hapi.AS_OF,
            "round": text(_ROUND),
            # Displacement within a country, by definition.
            "origin_location_code": text("location_code"),
            **hapi.PLACE,
            "role": hapi.role(overlaps.is_recommended),
            "overlap_group": joined("hapi", "idps", overlaps.group),
        },
        where=text(_IDPS).is_not_null(),
    )


def idps(overlaps: Overlaps = OPERATIONS) -> Layout:
    """Return the layout of a file whose rows overlap so."""
    return Layout(
        id="idps",
        title="internally displaced people",
        key=_ID,
        refused=text("error"),
        maps=(_displaced(overlaps),),
        optional=hapi.OPTIONAL | {_OPERATION},
        other_names={
            **hapi.OTHER_NAMES,
            _IDPS: ("Population",),
            _TYPE: ("Assessment Type",),
            _ROUND: ("Reporting Round", "Round"),
            _OPERATION: ("Operation",),
        },
        not_carried=hapi.NOT_CARRIED,
        measures=(Measure(_IDPS, "displacement", "value"),),
        expect=Expectation(filled={_IDPS: 0.99}, ranges={_IDPS: (0, 20_000_000)}),
        notes=(
            (
                "stocks at the date of a round (its reference period is that day): they are never added over dates; the "
                "operation stands behind the number in quantity_text, the kind of assessment in claimed_by"
            ),
            (
                "where the file has a row for a country or an admin 1 unit as a whole, the rows inside it at the same date "
                "are its parts and not recommended"
            ),
            (
                "of several assessments of one place by one operation at one date the baseline assessment is recommended, "
                "else the site assessment; where several operations or rounds speak of one place and date nothing decides, "
                "and none is recommended"
            ),
            *hapi.NOTES,
        ),
    )
