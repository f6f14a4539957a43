"""Releases of gazetteers made from tables: read, checked, described."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import DataError, InputError
from hxl_kit.places.gazetteer import all_units
from hxl_kit.places.gazetteer.admin_columns import known_columns
from hxl_kit.places.gazetteer.admin_tables import units_in
from hxl_kit.places.gazetteer.checking import checked
from hxl_kit.standard.codelists import crosswalk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from hxl_kit.places.gazetteer.store import Release

SHOWN = 5


@dataclass(frozen=True)
class Reading:
    """How the tables of a release are to be read.

    Attributes:
        country: ISO 3166-1 alpha-3: the only country to read; "" where each row says it.
        language: of names whose column does not say it.
        columns: columns with names of their own, and the usual names for them: `SHN3` is `ADM1_PCODE`.
        skipped: a pattern of codes that are no units though they look like them.
        faults_left_out: leave out units that cannot stand in a gazetteer, rather than refuse the tables.
        known: codes of units that are not in the tables but may be parents in them.
    """

    country: str = ""
    language: str = ""
    columns: tuple[tuple[str, str], ...] = ()
    skipped: str = ""
    faults_left_out: bool = False
    known: Collection[str] = ()


def made(release: Release, tables: Iterable[pl.DataFrame], reading: Reading) -> tuple[Release, pl.DataFrame]:
    """Return a release with what its tables say of it, and its table.

    Without an edition, it is the day from which its newest units are valid.

    Raises:
        InputError: the tables have no units that can be read, or units of another country.
        DataError: units cannot stand in a gazetteer; the message has the first ones and why.
    """
    usual = [table.rename(dict(reading.columns), strict=False) for table in tables]
    found = checked(units_in(usual, reading.country, reading.language), reading.known, reading.skipped)
    if found.faults and not reading.faults_left_out:
        raise DataError("units that cannot stand in a gazetteer: " + "; ".join(found.faults[:SHOWN]))
    if found.units.is_empty():
        raise InputError("none of the units can stand in a gazetteer: " + "; ".join(found.faults))
    table = found.units
    if reading.country:
        _require_letters(table["code"], reading.country)
    columns = [column.part for usual_table in usual for column in known_columns(usual_table.columns)]
    latest = table.select(pl.col("valid_from").max().cast(pl.String)).item()
    described = replace(
        release,
        kind="population" if "population" in columns else "boundaries",
        edition=release.edition or latest or "",
        units=table["code"].n_unique(),
        left_out=found.faults,
        countries=tuple(table["location_code"].unique().sort()),
        levels=tuple(table["level"].unique().sort()),
    )
    return described, table


def _require_letters(codes: pl.Series, country: str) -> None:
    """Refuse codes that begin with the letters of another country; some countries' have no letters."""
    iso2 = {iso3: code.upper() for code, iso3 in crosswalk("iso2-location").pairs}[country]
    known = all_units().filter(pl.col("location_code") == country)["code"]
    begins = rf"\A(?:{iso2}|{country}|{'|'.join({code[:2] for code in known}) or iso2})"
    if not codes.str.contains(begins).any() and codes.str.contains(r"\A[A-Z]{2}").all():
        raise InputError(f"no code begins with {iso2} or {country}: are these units of {country}?")
