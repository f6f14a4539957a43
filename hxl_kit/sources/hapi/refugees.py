"""Refugees, other persons of concern, and returnees: UNHCR's figures by origin, asylum, group, sex and age of a year."""

from __future__ import annotations

import csv

import polars as pl

from hxl_kit.mapping import code, constant, context, derived, integer, joined, text
from hxl_kit.sources._blocks import nationwide
from hxl_kit.sources.definition import Expectation, Layout, Measure, TableMap
from hxl_kit.sources.hapi import _columns as hapi
from hxl_kit.standard import schemas

_PEOPLE, _GROUP = "population", "population_group"
_ORIGIN, _ASYLUM = "origin_location_code", "asylum_location_code"
_ABOUT = joined("hapi", text(_GROUP), text(_ORIGIN), text(_ASYLUM), hapi.SINCE)
_ID = joined(_ABOUT, text("gender"), text("age_range"))
_MEASURE = code(_GROUP, "hapi-measure")
_IS_STOCK = (_MEASURE == "stock").fill_null(value=False)
_NUMBER = integer(_PEOPLE)
# UNHCR does not know sex and age of everyone: the 0 of a part may say "not broken down".
_IS_KNOWN = hapi.IS_TOTAL | (_NUMBER > 0)
_BOUND = derived(pl.when(_IS_KNOWN).then(_NUMBER))


def _origin() -> pl.Expr:
    """Return the country of origin; UNHCR's codes of the stateless, of Tibetans and of unknown origin are none."""
    with schemas.path_of("words", "unhcr_no_country.csv").open(encoding="utf-8", newline="") as file:
        groups = {row["words"].upper() for row in csv.DictReader(file)}
    return derived(pl.when(~text(_ORIGIN).is_in(sorted(groups))).then(text(_ORIGIN)))


_FIGURE: dict[str, pl.Expr] = {
    "figure_id": _ID,
    "source_id": context("source_id"),
    "claimed_by": constant("UNHCR"),
    "measure": _MEASURE,
    "category": code(_GROUP, "hapi-displacement_category"),
    "counts": constant("people"),
    **hapi.BREAKDOWN,
    "quantity_text": hapi.said(_PEOPLE, hapi.OTHER_AGE),
    "value": _NUMBER,
    "value_low": _BOUND,
    "value_high": _BOUND,
    "qualifier": pl.when(_IS_KNOWN).then(pl.lit("exact")).otherwise(pl.lit("unknown")),
    "bounds_basis": derived(pl.when(_IS_KNOWN).then(pl.lit("stated"))),
    "unit": constant("person"),
    "origin_location_code": _origin(),
    "provider_origin_code": text(_ORIGIN),
    "provider_origin_name": text("origin_location_name"),
    **nationwide(text(_ASYLUM), text(_ASYLUM), text("asylum_location_name")),
    "role": hapi.role(hapi.IS_TOTAL),
    "overlap_group": _ABOUT,
}
_IS_FILLED = text(_PEOPLE).is_not_null()
_PLAN = hapi.NOT_CARRIED["has_hrp"]
_NUMBER_OF_PLACE = hapi.NOT_CARRIED["location_ref"]

REFUGEES = Layout(
    id="refugees",
    title="refugees, persons of concern and returnees",
    key=_ID,
    refused=text("error"),
    maps=(
        TableMap("displacement", {**_FIGURE, **hapi.AS_OF}, where=_IS_FILLED & _IS_STOCK),
        TableMap("displacement", {**_FIGURE, **hapi.PERIOD}, where=_IS_FILLED & ~_IS_STOCK),
    ),
    optional=frozenset({"origin_location_name", "asylum_location_name", "warning", "error"}),
    other_names={name: hapi.OTHER_NAMES[name] for name in (hapi.START, hapi.END, *hapi.IDS)},
    not_carried={
        **{f"{side}_{flag}": _PLAN for side in ("origin", "asylum") for flag in ("has_hrp", "in_gho")},
        **{f"{side}_location_ref": _NUMBER_OF_PLACE for side in ("origin", "asylum")},
        **{name: hapi.NOT_CARRIED[name] for name in hapi.IDS},
        **hapi.AGES,
    },
    measures=(Measure(_PEOPLE, "displacement", "value"),),
    expect=Expectation(filled={_PEOPLE: 0.99}, ranges={_PEOPLE: (0, 20_000_000)}),
    notes=(
        "the total of a group (gender and age all) is recommended; women, men and age groups are parts of it",
        (
            "UNHCR does not know sex and age of everyone: parts may add up to less than the total, and the 0 of a part, "
            'whose qualifier is "unknown", may mean that the group was not broken down'
        ),
        (
            "stocks are those at the end of the year, dated by the last day of the reference period; returns, resettlement "
            "and naturalisations are flows of the year"
        ),
        "UNHCR counts people in a refugee-like situation (ROC) apart from refugees (REF)",
        *hapi.NOTES,
    ),
)
