"""IOM Missing Migrants Project: incidents in which people died or went missing on the way to another country.

One incident may take several rows, one per origin of the people: an incident's identifier repeats. The dead are
counted, the missing are a minimum estimate; the numbers of women, men and children are of both together. Meanings:
https://missingmigrants.iom.int/methodology.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import (
    CODED,
    constant,
    context,
    date,
    derived,
    integer,
    joined,
    line,
    month_end,
    month_start,
    phrase,
    text,
    words,
)
from hxl_kit.sources._blocks import EVERYONE, country, exact
from hxl_kit.sources._form_columns import identifier
from hxl_kit.sources.definition import Expectation, Layout, Measure, TableMap
from hxl_kit.standard.codelists import crosswalk

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEAD, _MISSING, _TOTAL = "number_dead", "number_missing", "total_dead_and_missing"
_PARTS = ("number_of_female", "number_of_male", "number_of_children")
_SURVIVORS, _COORDINATES = "number_of_survivors", "location_coodinates"
_CAUSE, _COUNTRY = "cause_death", "country_of_incident"
_NAMES = {
    "web_id": ("Web ID", "WebID", "Main ID", "MainID"),
    "incident_id": ("Incident ID",),
    "region": ("Region of Incident", "Incident Region"),
    "reported_date": ("Reported Date", "Incident Date", "Date of Incident", "Date"),
    "incident_year": ("Incident Year", "Reported Year", "Year", "Year of Incident"),
    "reported_month": ("Reported Month", "Month", "Incident Month", "Month of Incident"),
    _DEAD: ("Number of Dead", "Number Dead"),
    _MISSING: ("Minimum Estimated Number of Missing", "Number Missing"),
    _TOTAL: ("Total Number of Dead and Missing", "Total Dead and Missing"),
    _SURVIVORS: ("Number of Survivors", "Number Survivors"),
    "number_of_female": ("Number of Females", "Number of Female", "Number Females"),
    "number_of_male": ("Number of Males", "Number of Male", "Number Males"),
    "number_of_children": ("Number of Children", "Number Children"),
    _CAUSE: ("Cause of Death",),
    _COUNTRY: ("Country of Incident",),
    "location_description": (
        "Location of Incident",
        "Location of Death",
        "Location Description",
        "Location of Incident/Death",
    ),
    _COORDINATES: ("location_coordinates", "Location Coordinates", "Coordinates"),
    "migration_route": ("Migration Route",),
    "information_source": ("Information Source",),
    "region_origin": ("Region of Origin", "Region Origin"),
    "country_origin": ("Country of Origin", "Country Origin"),
}
_NO_COUNTRY = (
    *("unknown", "international waters", "mediterranean", "mediterranean sea"),
    *("atlantic ocean", "english channel", "channel islands"),
)
_WHEN = ("reported_date", "incident_year", "reported_month")
_QUALITY = "a scale of the provider's own (1: one medium, 5: officials or several)"
_GROUPING = "follows from the country"
_NOT_CARRIED = {
    "URL": "addresses of articles; no field for them",
    "Source Quality": _QUALITY,
    "source_quality": _QUALITY,
    "UNSD Geographical Grouping": _GROUPING,
    "unsd_geographic_grouping": _GROUPING,
    "Incident Type": "whether an incident was split over rows",
    "Article Title": "titles may name victims",
}


def _identity() -> pl.Expr:
    """Return what tells a row: the incident, the people's origin, the place and the figures.

    The incident alone does not: its rows repeat the identifier, some with the same origin and place. Files that
    others pass on may have no identifier: the words on the incident stand for it.
    """
    said = [text(name) for name in (*_WHEN, "region", _CAUSE, "location_description", "information_source")]
    incident = pl.coalesce(text("incident_id"), text("web_id"), identifier("", said))
    place = [_LATITUDE.cast(pl.String), _LONGITUDE.cast(pl.String)]
    columns = ["region_origin", "country_origin", _DEAD, _MISSING, _SURVIVORS, *_PARTS]
    parts = [*place, *(text(c) for c in columns)]
    return joined("casualty_incidents:missing_migrants", incident, *(p.fill_null("") for p in parts))


def _countries() -> dict[str, str]:
    return crosswalk("country_name-location").mapping | crosswalk("casualty_incidents-location").mapping


def _location() -> pl.Expr:
    """Return the country; an incident at sea or at a place that is not known has none."""
    name = text(_COUNTRY).str.to_lowercase()
    return derived(name.replace_strict(_countries(), default=None, return_dtype=pl.String))


def _country_name() -> pl.Expr:
    """Return the provider's name of the country; one that is not known is null, for which the row is rejected."""
    known = text(_COUNTRY).str.to_lowercase().is_in([*_countries(), *_NO_COUNTRY])
    return pl.when(known).then(text(_COUNTRY)).alias(f"{CODED}country_name-location")


def _degrees(plain: int, point: int) -> pl.Expr:
    """Return a coordinate of "lat, lon" or "POINT (lon lat)"; the numbers say which place it has in each."""
    number = r"(-?\d+(?:\.\d+)?)"
    pair = text(_COORDINATES).str.extract(rf"^{number}\s*,\s*{number}[\s,]*$", plain)
    well_known = text(_COORDINATES).str.extract(rf"^POINT ?\({number} {number}\)$", point)
    return pl.coalesce(pair, well_known).cast(pl.Float64, strict=False)


def _cause() -> pl.Expr:
    """Return the cause for the provider's own categories; several of them are mixed, other words have no code.

    Files of the years before the categories have free words, which stay in `event_subtype`.
    """
    mapping = crosswalk("casualty_incidents_migrants-cause").mapping
    cell = text(_CAUSE).str.to_lowercase()
    known = f"(?:{'|'.join(pl.Series([*mapping]).str.escape_regex())})"
    return derived(
        pl.when(cell.str.contains(f"^{known}(?:, ?{known})+$"))
        .then(pl.lit("mixed"))
        .otherwise(cell.replace_strict(mapping, default=None, return_dtype=pl.String))
    )


_LATITUDE, _LONGITUDE = _degrees(1, 2), _degrees(2, 1)
_ID = _identity()
_PLACE: dict[str, pl.Expr] = {
    **country(_location(), provider_name=_country_name()),
    "place_name": line("location_description"),
    "latitude": _LATITUDE,
    "longitude": _LONGITUDE,
    "geo_precision": constant("unknown"),
    "pcode_method": constant("none"),
}
_CAUSE_CODE = _cause()
_ROUTE = derived(
    pl.concat_str(
        [
            phrase("Route: {}", text("migration_route")),
            phrase("Region: {}", text("region")),
            phrase("Origin: {}", pl.coalesce(text("country_origin"), text("region_origin"))),
        ],
        separator="; ",
        ignore_nulls=True,
    )
)


def _maps(period: Mapping[str, pl.Expr]) -> tuple[TableMap, ...]:
    """Return the maps of files whose dates are read by `period`."""
    common = {"source_id": context("source_id"), "event_id": _ID, **period, **_PLACE}
    event = {
        **common,
        "provider_event_id": pl.coalesce(text("incident_id"), text("web_id")),
        "event_type": constant("other"),
        "event_subtype": text(_CAUSE),
        "description": _ROUTE,
        "is_aggregate": pl.lit(value=False),
    }
    document = {"event_id": _ID, "position": pl.lit(1), "source_name": text("information_source")}
    survivors = {
        **common,
        "figure_id": joined(_ID, "survivors"),
        "indicator": constant("survivors"),
        **EVERYONE,
        **exact(_SURVIVORS),
        "role": constant("recommended"),
    }
    without_parts = text(_DEAD).is_null() & text(_MISSING).is_null()
    role = pl.when(without_parts).then(pl.lit("recommended")).otherwise(pl.lit("triangulation"))
    return (
        TableMap("events", event),
        TableMap("event_sources", document, where=text("information_source").is_not_null()),
        _figure(common, _DEAD, "killed", exact(_DEAD), harm="killed"),
        _figure(common, _MISSING, "missing", _at_least(_MISSING), harm="missing"),
        _figure(common, _TOTAL, "dead_and_missing", _at_least(_TOTAL), role=role),
        *(_part(common, column) for column in _PARTS),
        TableMap("indicators", survivors, where=text(_SURVIVORS).is_not_null()),
    )


def _figure(
    common: Mapping[str, pl.Expr],
    column: str,
    figure: str,
    quantity: Mapping[str, pl.Expr],
    *,
    harm: str = "casualties_unspecified",
    role: pl.Expr | None = None,
    whom: Mapping[str, pl.Expr] = EVERYONE,
) -> TableMap:
    """Return the map of a column of people; without a harm of its own it counts the dead and the missing together."""
    columns = {
        **common,
        "figure_id": joined(_ID, figure),
        "harm": constant(harm),
        "person_status": constant("civilian"),
        "population_group": constant("migrant"),
        **whom,
        "cause": _CAUSE_CODE,
        **quantity,
        "counting": constant("incident"),
        "role": constant("recommended") if role is None else role,
        "overlap_group": _ID,
    }
    return TableMap("casualties", columns, where=text(column).is_not_null())


def _part(common: Mapping[str, pl.Expr], column: str) -> TableMap:
    """Return the map of the women, men or children among the dead and missing."""
    figure = column.removeprefix("number_of_")
    whom = {"age_group": constant("child")} if figure == "children" else {"sex": constant(figure)}
    unknown = {
        "quantity_text": words(column),
        "value": integer(column),
        "qualifier": constant("unknown"),
        "unit": constant("person"),
    }
    return _figure(common, column, figure, unknown, role=constant("triangulation"), whom=EVERYONE | whom)


def _at_least(column: str) -> dict[str, pl.Expr]:
    """Return the quantity block of a minimum estimate."""
    number = integer(column)
    return {
        "quantity_text": words(column),
        "value": number,
        "value_low": number,
        "qualifier": constant("at_least"),
        "bounds_basis": constant("stated"),
        "unit": constant("person"),
    }


_NUMBERS = {
    _DEAD: "killed",
    _MISSING: "missing",
    _TOTAL: "dead_and_missing",
    "number_of_female": "female",
    "number_of_male": "male",
    "number_of_children": "children",
}


def _measures() -> tuple[Measure, ...]:
    people = [
        Measure(column, "casualties", "value", pl.col("figure_id").str.ends_with(f":{figure}"))
        for column, figure in _NUMBERS.items()
    ]
    return (*people, Measure(_SURVIVORS, "indicators", "value"))


_NOTES = (
    "the missing are a minimum estimate; the total of dead and missing is for comparison where either is given",
    "women, men and children are parts of the dead and missing together; children may be among the others",
    "one incident may take several rows, one per origin; a row that repeats all figures of another is rejected",
)


def _layout(name: str, title: str, period: Mapping[str, pl.Expr], *when: str) -> Layout:
    """Return the layout of files whose dates are in the columns `when`."""
    layout = Layout(
        id=name,
        title=title,
        key=_ID,
        maps=_maps(period),
        other_names=_NAMES,
        not_carried=_NOT_CARRIED,
        measures=_measures(),
        expect=Expectation(filled={_COORDINATES: 0.9, "region": 0.99}),
        notes=_NOTES,
        any_case=True,
    )
    return replace(layout, optional=layout.columns - {"region", _DEAD, _MISSING, _CAUSE, *when})


def _date() -> pl.Expr:
    """Return the day; downloads write "Thu, 01/02/2014 - 00:00", whose weekday shows that the month comes first."""
    with_weekday = text("reported_date").str.strip_suffix(" - 00:00")
    return pl.coalesce(date("reported_date"), with_weekday.str.to_date("%a, %m/%d/%Y", strict=False))


_DATE = _date()
BY_DAY = _layout(
    "missing_migrants",
    "Missing Migrants incidents by day",
    {"date_start": _DATE, "date_end": _DATE, "date_precision": constant("day")},
    "reported_date",
)


def _month() -> pl.Expr:
    """Return the number (1 to 12) of a month given as an English name or as a number."""
    cells = [(text("reported_month"), "%B"), (text("reported_month").str.zfill(2), "%m")]
    read = [phrase("1 {} 2000", cell).str.to_date(f"%d {form} %Y", strict=False) for cell, form in cells]
    return pl.coalesce(read).dt.month()


_MONTH = _month()
_FIRST, _LAST = month_start("incident_year", _MONTH), month_end("incident_year", _MONTH)
BY_MONTH = _layout(
    "missing_migrants_by_month",
    "Missing Migrants incidents by month",
    {
        "date_start": _FIRST,
        "date_end": _LAST,
        # What cannot be read stays as it is, so that the row is rejected.
        "date_precision": pl.when(_FIRST.is_not_null())
        .then(pl.lit("month"))
        .otherwise(phrase("{} {}", text("reported_month"), text("incident_year"))),
    },
    "incident_year",
    "reported_month",
)
