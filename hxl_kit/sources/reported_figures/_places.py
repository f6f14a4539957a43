"""Where a figure speaks of: the codes that the sheet names, looked up in the gazetteer."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.gazetteer import all_units, release
from hxl_kit.standard.codelists import codelist, crosswalk

if TYPE_CHECKING:
    from collections.abc import Mapping


UNKNOWN = "?"
"""What a code that is neither a country's nor a unit's becomes, or codes of several countries: its row is rejected."""

PLACE: Mapping[str, type[pl.DataType]] = dict.fromkeys(
    (
        "location_code",
        "admin1_code",
        "admin1_name",
        "admin2_code",
        "admin2_name",
        "geo_precision",
        "pcode_release",
    ),
    pl.String,
)


@cache
def place(codes: str | None, words: str | None, country: str | None) -> dict[str, str | None]:
    """Return the place fields of the codes ("SY07", "SYR", "SY07;SY02"), of the words for them, and of a country.

    One unit gives its P-code; several are an area that only the words describe. Words without a code are not looked
    up: how finely they are known is not said.
    """
    named = [code.strip().upper() for code in (codes or "").split(";") if code.strip()]
    found = [_unit(code) for code in named]
    countries = {unit["location_code"] for unit in found} | ({_country(country)} if country else set())
    if len(countries) > 1:
        return _fields(location_code=UNKNOWN, geo_precision="unknown")
    where = {"location_code": next(iter(countries), None)}
    if not named:
        return _fields(**where, geo_precision="unknown" if words or not country else "country")
    if len(found) > 1:
        return _fields(**where, geo_precision="vague_area")
    return _fields(**found[0])


def _country(name: str) -> str:
    folded = name.strip().lower()
    known = {code.lower(): code for code in codelist("location").values}
    return known.get(folded) or crosswalk("country_name-location").mapping.get(folded, UNKNOWN)


def _unit(code: str) -> Mapping[str, str | None]:
    if code in codelist("location").values:
        return {"location_code": code, "geo_precision": "country"}
    return _units().get(code, {"location_code": UNKNOWN, "geo_precision": "unknown"})


@cache
def _units() -> Mapping[str, Mapping[str, str | None]]:
    """Return the place fields of every unit, by its P-code."""
    names: dict[str, str] = {}
    found: dict[str, Mapping[str, str | None]] = {}
    for unit in all_units().sort("level").iter_rows(named=True):
        names[unit["code"]] = unit["name"]
        fields = {"location_code": unit["location_code"], f"admin{unit['level']}_code": unit["code"]}
        fields |= {f"admin{unit['level']}_name": unit["name"], "geo_precision": f"admin{unit['level']}"}
        if unit["level"] > 1:
            fields |= {"admin1_code": unit["parent_code"], "admin1_name": names.get(unit["parent_code"])}
        found[unit["code"]] = {**fields, "pcode_release": release().id}
    return found


def _fields(**known: str | None) -> dict[str, str | None]:
    return {name: known.get(name) for name in PLACE}
