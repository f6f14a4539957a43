"""Event data: files of 49 columns (18.1 onwards, Candidate), 42 and 41 columns (19.1 era), API pages, GeoJSON.

They differ in the order of columns and in some of them; they are mapped by name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import code, constant, context, date, derived, integer, line, number, phrase, text
from hxl_kit.sources._blocks import country
from hxl_kit.sources.definition import Layout, Measure, TableMap
from hxl_kit.sources.ucdp_ged import _figures as ged
from hxl_kit.sources.ucdp_ged.citations import COLUMNS, citations

if TYPE_CHECKING:
    from pathlib import Path

_CANDIDATE = r"(?i)_v?\d\d[._]0[._]\d"
_FIGURES = ("low", "best", "high")
_PLACE: dict[str, pl.Expr] = {
    **country(code("country_id", "gleditsch_ward-location"), text("country_id"), text("country")),
    "provider_admin1_name": text("adm_1"),
    "provider_admin2_name": text("adm_2"),
    "place_name": text("where_coordinates"),
    "latitude": number("latitude"),
    "longitude": number("longitude"),
    "geo_precision": code("where_prec", "ucdp_ged-geo_precision"),
    "pcode_method": constant("none"),
}
_PERIOD: dict[str, pl.Expr] = {
    "date_start": date("date_start"),
    "date_end": date("date_end"),
    "date_precision": code("date_prec", "ucdp_ged-date_precision"),
}
_STATUS = text("code_status")
_EVENTS = TableMap(
    "events",
    {
        **ged.event(*_FIGURES),
        "conflict_id": text("conflict_new_id"),
        "dyad_name": text("dyad_name"),
        **_PERIOD,
        **_PLACE,
        "event_clarity": code("event_clarity", "ucdp_ged-event_clarity"),
        # What UCDP still has to check; in finished releases every event is "Clear".
        "description": derived(pl.when(_STATUS != "Clear").then(phrase("UCDP code status: {}", _STATUS))),
        "is_aggregate": text("event_clarity") == "2",
    },
)


def _part(column: str, part: str, **given: pl.Expr) -> TableMap:
    """Return the map of one party's deaths: a part of the event's best estimate, given without a range.

    A party without deaths ("0") gives no row; what cannot be read is kept, so that it is rejected.
    """
    quantity = {"quantity_text": text(column), "value": integer(column), "qualifier": constant("unknown")}
    columns = ged.killed(part, "triangulation", **_PERIOD, **_PLACE, **quantity, **given)
    return TableMap("casualties", columns, where=text(column) != "0")


# In non-state violence, among communal groups too, UCDP does not tell fighters from others.
_FIGHTERS = derived(
    pl.when(ged.VIOLENCE == "non-state").then(pl.lit("unknown")).otherwise(pl.lit("combatant"))
)
_PARTS = (
    _part("deaths_a", "killed_side_a", person_status=_FIGHTERS, victim_group=ged.SIDES["side_a"]),
    _part("deaths_b", "killed_side_b", person_status=_FIGHTERS, victim_group=ged.SIDES["side_b"]),
    _part(
        "deaths_civilians",
        "killed_civilians",
        person_status=constant("civilian"),
        alleged_perpetrator=ged.PERPETRATOR,
    ),
    _part(
        "deaths_unknown",
        "killed_unknown",
        person_status=constant("unknown"),
        alleged_perpetrator=ged.PERPETRATOR,
    ),
)
_EVENT_SOURCES = TableMap(
    "event_sources",
    {
        "event_id": ged.EVENT_ID,
        "position": context("position"),
        "source_name": line("source_name"),
        "source_date": date("source_date"),
        "headline": line("headline"),
        "original": line("source_original"),
    },
    reshape=citations,
)
_OLD_ID = "an identifier of an older UCDP release; the current one is kept where the standard has a field"

EVENTS = Layout(
    id="events",
    title="event data",
    key=text("id"),
    maps=(_EVENTS, _EVENT_SOURCES, ged.all_killed(*_FIGURES, {**_PERIOD, **_PLACE}), *_PARTS),
    optional=frozenset({"code_status"}),
    reshaped=COLUMNS,
    not_carried={
        "relid": _OLD_ID,
        "year": "the year of date_start",
        "active_year": "a property of the dyad in a year, not of the event",
        "conflict_dset_id": _OLD_ID,
        "dyad_dset_id": _OLD_ID,
        "dyad_new_id": "the dyad is kept by name",
        "side_a_dset_id": _OLD_ID,
        "side_a_new_id": "the actor is kept by name",
        "side_b_dset_id": _OLD_ID,
        "side_b_new_id": "the actor is kept by name",
        "number_of_sources": "the number of rows in event_sources (-1 in the provider's file: not coded)",
        "where_description": "a comment on where_coordinates, often a list of further places",
        "geom_wkt": "the same point as latitude and longitude",
        "priogrid_gid": "follows from latitude and longitude",
        "region": "follows from the country",
        "gwnoa": "the state actor is kept by name",
        "gwnob": "the state actor is kept by name",
        "iso3": "added by HDX: follows from country_id",
    },
    measures=(
        *ged.measures(*_FIGURES),
        Measure(
            "deaths_civilians", "casualties", "value", pl.col("figure_id").str.ends_with(":killed_civilians")
        ),
    ),
)

CANDIDATE = replace(
    EVENTS,
    id="candidate",
    title="Candidate events",
    notes=(
        (
            "Candidate events, by the file's name: provisional, identifiers included. UCDP checks them for the yearly "
            "release, in which an event may be changed, merged, left out or have another id"
        ),
    ),
)


def is_candidate(path: Path) -> bool:
    """Return whether a file is named as the monthly and quarterly Candidate releases are (`GEDEvent_v24_0_5.csv`)."""
    return bool(pl.select(pl.lit(path.name).str.contains(_CANDIDATE)).item())
