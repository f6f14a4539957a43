"""Packages that must not leave the machine, and rows on single sources; all people are made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packages_for_tests import write_package

from hxl_kit.clearance.clearing import clear

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hxl_kit.clearance.outcome import Clearance
    from hxl_kit.reading.packages import Package

Rows = "Sequence[Mapping[str, str]]"

_NAMES = (
    *("Amal Khoury", "Yusuf Haddad", "Layla Nasser", "Omar Saleh", "Rania Aziz", "Karim Mansour"),
    *("Huda Darwish", "Sami Farah", "Nour Hamdan", "Tariq Issa", "Dina Shaheen", "Ziad Barakat"),
)
VICTIMS = [
    {"full_name": name, "age": str(20 + number), "sex": ("male", "female")[number % 2]}
    for number, name in enumerate(_NAMES)
]
SHELTERS = [
    {
        "shelter_id": f"SH{number:04}",
        "latitude": f"{36.2 + number * 0.00137:.6f}",
        "longitude": f"{37.1 + number * 0.00211:.6f}",
    }
    for number in range(12)
]
GROUP_OF_TWO = [
    {
        "respondent_sex": ("male", "female")[number % 2],
        "respondent_age": str(30 + number // 20),
        "district": "North" if number < 38 else "South",
    }
    for number in range(40)
]

ACLED = [
    {
        "event_id_cnty": f"SYR{number}",
        "event_date": f"2024-03-{number:02}",
        "year": "2024",
        "time_precision": "1",
        "disorder_type": "Political violence",
        "event_type": "Battles",
        "sub_event_type": "Armed clash",
        "actor1": "Side A",
        "assoc_actor_1": "",
        "inter1": "1",
        "actor2": "Side B",
        "assoc_actor_2": "",
        "inter2": "2",
        "interaction": "12",
        "civilian_targeting": "",
        "iso": "760",
        "region": "Middle East",
        "country": "Syria",
        "admin1": "Aleppo",
        "admin2": "Jebel Saman",
        "admin3": "",
        "location": "Aleppo",
        "latitude": "36.2012",
        "longitude": "37.1612",
        "geo_precision": "1",
        "source": "Example monitor",
        "source_scale": "National",
        "notes": "Clashes were reported.",
        "fatalities": "0",
        "tags": "",
        "timestamp": "1709251200",
    }
    for number in range(1, 9)
]
"""Invented rows in the columns of ACLED's event data."""


def source_row(source_id: str = "acled", **more: str) -> dict[str, str]:
    """Return a row of `sources`; public with attribution unless said otherwise."""
    row = {
        "source_id": source_id,
        "title": "A monitor",
        "licence": "CC-BY-4.0",
        "redistribution": "attribution",
    }
    return {**row, "version": "1", "access": "public", **more}


def event(number: int = 1, source_id: str = "acled", **more: str) -> dict[str, str]:
    """Return a row of `events`: an aggregate of a month in a unit of admin 2, unless said otherwise."""
    row = {"event_id": f"e{number}", "source_id": source_id, "is_aggregate": "true", "fatalities": "9"}
    period = {"date_start": "2024-03-01", "date_end": "2024-03-31", "geo_precision": "admin2"}
    return {**row, **period, **more}


def figure(number: int = 1, event_id: str = "e1", source_id: str = "acled", **more: str) -> dict[str, str]:
    """Return a row of `casualties` on an event, of the same month and unit."""
    row = {
        "figure_id": f"f{number}",
        "source_id": source_id,
        "event_id": event_id,
        "harm": "killed",
        "value": "9",
    }
    period = {"date_start": "2024-03-01", "date_end": "2024-03-31", "geo_precision": "admin2"}
    return {**row, **period, **more}


def claim(about_id: str = "e1", source_id: str = "acled") -> dict[str, str]:
    """Return a row of `claims` about an event."""
    row = {"claim_id": f"c-{about_id}", "source_id": source_id, "claimant": "Side A", "stance": "denies"}
    return {**row, "about_table": "events", "about_id": about_id, "aspect": "count"}


def cleared(folder: Path, tables: Mapping[str, Rows], **more: Any) -> Clearance:
    """Return the clearance of a package with these tables."""
    return clear(package_of(folder, tables, **more))


def package_of(folder: Path, tables: Mapping[str, Rows], **more: Any) -> Package:
    """Return a package with these tables, of the sensitivity class low unless said otherwise."""
    return write_package(folder, tables, **{"keys": {}, **more})


def rules(clearance: Clearance) -> set[str]:
    """Return the rules that refuse a package."""
    return {found.rule for found in clearance.refusals}


def waiver(rule: str, **more: str) -> dict[str, str]:
    """Return a waiver that is well-formed."""
    return {"rule": rule, "who": "Head of office", "when": "2025-01-31", "why": "Agreed in writing.", **more}
