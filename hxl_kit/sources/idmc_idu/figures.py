"""The figures of the updates: quantity with its qualifier, period, place and role.

Files of 2023 give a day as a stamp of 11:00 or 12:00 UTC, which is the midnight that begins it in New Zealand:
"07 November" in the row's own text is 2023-11-06T11:00:00Z. Cut off at the day, such stamps are a day early; here
they are read where they are a midnight. Every value read so is in the list of changes.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hxl_kit.mapping import (
    constant,
    context,
    day,
    derived,
    folded_code,
    integer,
    joined,
    number,
    text,
    words,
)
from hxl_kit.sources._blocks import EVERYONE
from hxl_kit.sources._idmc import places
from hxl_kit.sources.definition import Expectation, Layout, Measure, TableMap

_STAMP_ZONE = "Pacific/Auckland"
_FIGURE = integer("figure")
_QUALIFIER = folded_code("qualifier", "idmc_idu-qualifier")
_SEVERAL_PLACES = text("locations_accuracy").str.contains(";", literal=True)


def _day(column: str) -> pl.Expr:
    """Return the date of a stamp; of one that is a midnight in New Zealand, the date it begins there."""
    stamp = text(column).str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ", time_zone="UTC", strict=False)
    there = stamp.dt.convert_time_zone(_STAMP_ZONE)
    midnight = there.dt.time() == pl.time(0, 0, 0)
    return pl.when(midnight).then(there.dt.date()).otherwise(day(column)).alias("@day")


def _bound(exactly: str, at: str, beyond: str, beside: pl.Expr) -> pl.Expr:
    """Return a bound: the figure where the qualifier is `exact` or `at`, the number `beside` it where `beyond`."""
    return (
        pl.when(_QUALIFIER.is_in([exactly, at]))
        .then(_FIGURE)
        .when(_QUALIFIER.eq(beyond) & (beside >= 0))
        .then(beside)
    )


_QUANTITY = {
    "quantity_text": pl.concat_str(text("qualifier"), words("figure"), separator=" ", ignore_nulls=True),
    "value": _FIGURE,
    # Movements are counted: "more than 80" are 81 or more.
    "value_low": _bound("exact", "at_least", "more_than", _FIGURE + 1),
    "value_high": _bound("exact", "at_most", "less_than", _FIGURE - 1),
    "qualifier": pl.when(text("qualifier").is_null()).then(pl.lit("unknown")).otherwise(_QUALIFIER),
    "bounds_basis": derived(pl.when(_QUALIFIER != "unknown").then(pl.lit("stated"))),
    "unit": constant("movement"),
}
_PLACE = {
    **places(),
    "place_name": text("locations_name"),
    "latitude": number("latitude"),
    "longitude": number("longitude"),
    # The coordinates of several places are their mean, which is none of them.
    "geo_precision": pl.when(text("locations_accuracy").is_null())
    .then(pl.lit("unknown"))
    .when(_SEVERAL_PLACES)
    .then(pl.lit("vague_area"))
    .otherwise(folded_code("locations_accuracy", "idmc_idu-geo_precision")),
    "pcode_method": constant("none"),
}
_EVENT_ID = joined("idmc_idu", pl.coalesce(text("event_id"), text("event_name")))
GIVEN_ROLE = (
    pl.when(text("role").is_null())
    .then(pl.lit("triangulation"))
    .otherwise(folded_code("role", "idmc_idu-role"))
)


_COLUMNS = {
    "figure_id": joined("idmc_idu", text("id")),
    "source_id": context("source_id"),
    "event_id": _EVENT_ID,
    "claimed_by": text("sources"),
    "measure": constant("flow"),
    "category": constant("new_displacement"),
    "cause": folded_code("displacement_type", "idmc_idu-cause"),
    "counts": constant("movements"),
    **EVERYONE,
    **_QUANTITY,
    "date_start": _day("displacement_start_date"),
    "date_end": _day("displacement_end_date"),
    "date_precision": constant("day"),
    **_PLACE,
    # Figures that IDMC recommends for one event add up; every other one overlaps with the rest.
    "overlap_group": derived(pl.when(GIVEN_ROLE == "triangulation").then(_EVENT_ID)),
}


def figures(role: pl.Expr = GIVEN_ROLE, where: pl.Expr | None = None) -> TableMap:
    """Return the map of rows to their figures: of the rows of `where`, with that role."""
    filled = text("figure").is_not_null()
    return TableMap("displacement", {**_COLUMNS, "role": role}, filled if where is None else filled & where)


_EVENT = "a property of the event, not of the figure"
_HAZARD = "the kind of hazard; the figure has its cause, the event's name says the rest"
_NOT_CARRIED = {
    "centroid": "the same point as latitude and longitude",
    "displacement_date": "the last day of the displacement, else the first",
    "year": "the year of the first day",
    "event_start_date": _EVENT,
    "event_end_date": _EVENT,
    "event_codes": _EVENT,
    "event_code_types": _EVENT,
    "category": _HAZARD,
    "subcategory": _HAZARD,
    "type": _HAZARD,
    "subtype": _HAZARD,
    "combined_type": "HDX's own: the hazard, else conflict",
    "standard_popup_text": "the columns in a sentence, as a web page shows it",
    "standard_info_text": "the columns in a sentence, as a web page shows it",
    "description": "the columns in a sentence, with the excerpt that IDMC quotes",
    "link": "the address of the document; a figure has no field for it",
    "source_url": "the address of the document; a figure has no field for it",
    "locations_coordinates": "the points of which latitude and longitude are the mean",
    "locations_type": "whether each place is of origin or of destination: one figure may name both",
    "displacement_occurred": "whether people were evacuated before the hazard struck; no field for it",
    "old_id": "an identifier of an earlier database",
    "created_at": "when IDMC entered the figure; which one of an event is the latest follows from it",
}
_NAMED = (
    *("id", "country_name", "iso3", "latitude", "longitude", "role", "displacement_type", "qualifier"),
    *("figure", "displacement_start_date", "displacement_end_date", "event_id", "event_name"),
    *("sources", "locations_name", "locations_accuracy", *_NOT_CARRIED),
)
_OTHER_NAMES = {
    **{name: ("".join(word.capitalize() for word in name.split("_")),) for name in _NAMED},
    "country_name": ("country", "Country"),
}
_OPTIONAL = frozenset({"country_name", "event_id", "sources", "locations_name", "locations_accuracy"})
_NOTES = (
    "figures count new displacements (movements) in a period: a person displaced twice counts twice",
    "provisional: IDMC replaces figures as reports come in; its checked yearly figures are the GIDD's",
    "a day given as 11:00 or 12:00 UTC is the one that begins in New Zealand then: the day after the stamp's date",
    "places are those of origin and of destination together: IDMC gives one figure for all of them",
)


FIGURES = Layout(
    id="figures",
    title="figures with their role (2024 onwards)",
    key=text("id"),
    maps=(figures(),),
    optional=_OPTIONAL,
    other_names=_OTHER_NAMES,
    any_case=True,
    not_carried=_NOT_CARRIED,
    measures=(Measure("figure", "displacement", "value"),),
    expect=Expectation(filled={"iso3": 1.0, "qualifier": 0.95, "latitude": 0.9, "event_name": 0.95}),
    notes=_NOTES,
)
FIGURES_2023 = replace(
    FIGURES,
    id="figures_2023",
    title="figures without a role (2023)",
    optional=_OPTIONAL | {"role"},
    notes=(
        *_NOTES,
        "the file does not say which figures IDMC recommends: none may be summed (role triangulation)",
    ),
)
