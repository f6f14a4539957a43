"""Latitudes, longitudes and pairs of them, in degrees or in degrees, minutes and seconds."""

from __future__ import annotations

import re

from hxl_kit.errors import DataError

LATITUDE, LONGITUDE = 90.0, 180.0
SIXTY = 60.0
PAIR_MARKS = "/,:; "

_DEGREES = r"(?P<degrees>\d+(?:\.\d*)?)\s*°?"
_MINUTES = r"(?P<minutes>\d+(?:\.\d*)?)\s*['`′]?"
_SECONDS = r"(?P<seconds>\d+(?:\.\d*)?)\s*(?:[\"“”″]|['`′]['`′])?"
_GAP = r"[\s:;,-]*"
_REST = rf"(?:{_GAP}{_MINUTES}(?:{_GAP}{_SECONDS})?)?"


def _forms(sides: str) -> tuple[re.Pattern[str], ...]:
    """Return how a coordinate may be written: with a sign, or its side of the world before, within or behind."""
    side = rf"(?P<side>[{sides}])"
    forms = (
        rf"(?P<sign>[+-])?\s*{_DEGREES}{_REST}",
        rf"{side}\s*{_DEGREES}{_REST}",
        rf"{_DEGREES}\s*{side}\s*{_REST}",
        rf"{_DEGREES}{_REST}\s*{side}",
    )
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


LATITUDE_FORMS, LONGITUDE_FORMS = _forms("NS"), _forms("EW")


def read_latitude(cell: str) -> float | None:
    """Return a latitude in degrees, north positive; None when the cell is none.

    Raises:
        DataError: it is beyond 90 degrees, or has 60 minutes or seconds.
    """
    return _read(cell, LATITUDE_FORMS, LATITUDE)


def read_longitude(cell: str) -> float | None:
    """Return a longitude in degrees, east positive; None when the cell is none.

    Raises:
        DataError: it is beyond 180 degrees, or has 60 minutes or seconds.
    """
    return _read(cell, LONGITUDE_FORMS, LONGITUDE)


def read_pair(cell: str) -> tuple[float, float] | None:
    """Return the latitude and longitude of a cell such as "15.5, 32.5" or "1°17′S 36°49′E", or None.

    Raises:
        DataError: one of them is out of range.
    """
    for mark in PAIR_MARKS:
        parts = cell.strip().split(mark)
        if len(parts) == 2:  # noqa: PLR2004 - a pair
            latitude, longitude = read_latitude(parts[0]), read_longitude(parts[1])
            if latitude is not None and longitude is not None:
                return latitude, longitude
    return None


def _read(cell: str, forms: tuple[re.Pattern[str], ...], limit: float) -> float | None:
    text = " ".join(cell.split())
    found = next((match for form in forms if (match := form.fullmatch(text))), None)
    return None if found is None else _decimal(found.groupdict(), limit)


def _decimal(parts: dict[str, str | None], limit: float) -> float:
    degrees, minutes, seconds = (float(parts[name] or 0) for name in ("degrees", "minutes", "seconds"))
    if minutes >= SIXTY or seconds >= SIXTY:
        raise DataError("coordinate: minutes and seconds are below 60")
    total = degrees + minutes / SIXTY + seconds / SIXTY**2
    if total > limit:
        raise DataError(f"coordinate: beyond {limit:g} degrees")
    negative = parts.get("sign") == "-" or (parts.get("side") or "").upper() in ("S", "W")
    return -total if negative else total
