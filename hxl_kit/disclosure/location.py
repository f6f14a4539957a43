"""Whether coordinates are finer than what they describe may be found by.

Two decimal places of a degree are about a kilometre, three a hundred metres, four a house. People, households and
shelters must not be found (OCHA, Data Responsibility Guidelines; HDX's terms); where a clinic or a school is may
endanger it in a conflict and is for people to decide; events, towns and camps are public places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.finding import Finding, Severity, first_rows
from hxl_kit.disclosure.words import folded, kind
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PLACES_OF_PEOPLE = 2
"""Decimal places that coordinates of people may have: about a kilometre."""

_PEOPLE = {"person", "household", "shelter"}
_LATITUDE = {"lat", "latitude", "gps_latitude", "gps_lat", "lat_deg", "geo_lat", "y_coord"}
_ENDINGS = ("_latitude", "_lat")
_POINT = {
    "gps",
    "gpslocation",
    "geopoint",
    "geolocation",
    "_geolocation",
    "coordinates",
    "gps_location",
    "gps_coordinates",
}


def precise_locations(
    frame: pl.DataFrame, resource: str, known: Collection[str] = (), tags: Mapping[str, str] | None = None
) -> list[Finding]:
    """Return the column of latitudes (or points) that is finer than what the table describes may bear.

    Args:
        frame: the table as text, with row_number.
        resource: the table's name.
        known: columns that a known source or the standard accounts for; a table of theirs describes what they say.
        tags: hashtags by column.
    """
    columns = [name for name in frame.columns if name != ROW_NUMBER and name not in known]
    latitude = next((name for name in columns if _is_location(name, (tags or {}).get(name, ""))), None)
    subject = described(columns, resource)
    if latitude is None or subject not in {*_PEOPLE, "facility"}:
        return []
    fine = frame.filter(decimals(latitude) > PLACES_OF_PEOPLE)
    if subject == "facility":
        filled = frame.filter(pl.col(latitude).is_not_null())
        return [_finding("facility-location", filled, resource, latitude, subject)] if filled.height else []
    return [_finding("precise-location", fine, resource, latitude, subject)] if fine.height else []


def described(columns: Sequence[str], resource: str = "") -> str:
    """Return what the rows of a table are: person, household, shelter, event, facility, or "" where nothing tells.

    The most personal one counts; a table with events is about events unless it has people's own numbers.
    """
    found = {kind(name, "unit") for name in (*columns, resource) if name} - {""}
    order = ("person", "household", "event", "shelter", "facility")
    return next((unit for unit in order if unit in found), "")


def decimals(name: str) -> pl.Expr:
    """Return how many decimal places a cell's first number has as it is written, zeros at the end left out."""
    written = pl.col(name).cast(pl.String).str.extract(r"^\s*-?\d{1,3}[.,](\d+)")
    return written.str.strip_chars_end("0").str.len_chars().fill_null(0)


def _is_location(name: str, tag: str) -> bool:
    words = folded(name)
    tagged = tag.startswith("#geo") and "+lat" in tag
    return tagged or words in _LATITUDE | _POINT or words.endswith(_ENDINGS)


def _finding(slug: str, rows: pl.DataFrame, resource: str, column: str, subject: str) -> Finding:
    severity: Severity = "error" if slug == "precise-location" else "warning"
    params = {"count": rows.height, "places": PLACES_OF_PEOPLE}
    return Finding(
        slug, severity, resource, column, rows.height, first_rows(rows[ROW_NUMBER]), subject, params
    )
