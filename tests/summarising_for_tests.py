"""Made packages of figures for the tests of sums: rows say what matters, the rest is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packages_for_tests import write_package

from hxl_kit.reading.packages import read_package
from hxl_kit.standard.tables import table
from hxl_kit.summarising import make_request, summarise

if TYPE_CHECKING:
    from pathlib import Path

USUAL: dict[str, dict[str, str]] = {
    "casualties": {
        "source_id": "a",
        "harm": "killed",
        "person_status": "civilian",
        "population_group": "all",
        "sex": "all",
        "age_group": "all",
        "unit": "person",
        "date_start": "2024-01-01",
        "date_end": "2024-01-31",
        "date_precision": "month",
        "counting": "incident",
        "role": "recommended",
        "location_code": "SYR",
        "geo_precision": "unknown",
        "pcode_method": "none",
    },
    "displacement": {
        "source_id": "a",
        "measure": "flow",
        "category": "new_displacement",
        "counts": "people",
        "sex": "all",
        "age_group": "all",
        "unit": "person",
        "date_start": "2024-01-01",
        "date_end": "2024-01-31",
        "date_precision": "month",
        "role": "recommended",
        "location_code": "SYR",
        "geo_precision": "unknown",
        "pcode_method": "none",
    },
    "events": {"source_id": "a", "event_type": "battle", "is_aggregate": "false", "location_code": "SYR"},
    "claims": {"source_id": "a", "claimant": "someone", "about_table": "casualties", "aspect": "count"},
    "sources": {"source_type": "news"},
}
STOCK = {"measure": "stock", "category": "idps", "date_start": "", "date_end": ""}


def exact(number: float) -> dict[str, str]:
    """The quantity block of a counted number."""
    text = str(number)
    return {
        "value": text,
        "value_low": text,
        "value_high": text,
        "qualifier": "exact",
        "bounds_basis": "stated",
    }


def between(low: int | None, high: int | None) -> dict[str, str]:
    """The quantity block of a range, open where a bound is None."""
    bounds = {"value_low": low, "value_high": high}
    return {name: str(n) for name, n in bounds.items() if n is not None} | {
        "qualifier": "range",
        "bounds_basis": "stated",
    }


def made(folder: Path, **tables: list[dict[str, str]]) -> Path:
    """Write a package of rows whose missing cells are the usual ones; return its folder."""
    full = {name: [{**USUAL.get(name, {}), **row} for row in rows] for name, rows in tables.items()}
    write_package(folder, full, columns={name: table(name).names for name in full})
    return folder


def asked(folder: Path, table_name: str = "casualties", **options: Any) -> dict[str, Any]:
    """Return the JSON that a question to a package gives."""
    return summarise(read_package(folder), make_request(table_name, **options)).as_json()


def one(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the only group of an answer."""
    (group,) = answer["groups"]
    return group


def interval(answer: dict[str, Any]) -> tuple[float | None, float | None]:
    """Return the bounds of the only group of an answer."""
    group = one(answer)
    return group["low"], group["high"]


def guards(answer: dict[str, Any]) -> list[str]:
    """Return the guards that something was refused under."""
    return [refused["guard"] for refused in answer["refused"]]
