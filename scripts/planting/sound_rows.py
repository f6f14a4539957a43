"""Sound rows of every table of the standard, and rows like them but for an error, planted in a copy of a package.

Each plant has a source of its own and a month of its own, so that its rows have nothing to do with those of others.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.standard import schemas
from planting.plants import Copy, Specimen, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    Cells = Mapping[str, str | dt.timedelta]

FIRST_DAY = dt.date(1990, 1, 1)
APART = dt.timedelta(days=40)
NO_FIELD = "the row"
"""Told of a row as a whole, as keys of several fields are."""

TABLES = ("sources", "events", "event_sources", "casualties", "displacement", "indicators", "claims")


def day(number: int) -> dt.timedelta:
    """Return a date so many days after the plant's first."""
    return dt.timedelta(days=number)


PLACE: Cells = {
    "location_code": "SYR",
    "location_name": "Syrian Arab Republic",
    "geo_precision": "country",
    "pcode_method": "none",
}
FIGURE: Cells = {
    "sex": "all",
    "age_group": "all",
    "unit": "person",
    "role": "triangulation",
    "value": "12",
    "value_low": "12",
    "value_high": "12",
    "qualifier": "exact",
    "bounds_basis": "stated",
    "date_precision": "day",
    **PLACE,
}
SOUND: dict[str, Cells] = {
    "sources": {
        "title": "Planted",
        "source_type": "dataset",
        "date_precision": "unknown",
        "redistribution": "attribution",
        "access": "public",
    },
    "events": {
        "event_type": "battle",
        "date_start": day(0),
        "date_end": day(0),
        "date_precision": "day",
        "is_aggregate": "false",
        **PLACE,
    },
    "event_sources": {"position": "1", "source_name": "Daily"},
    "casualties": {
        **FIGURE,
        "harm": "killed",
        "person_status": "civilian",
        "population_group": "all",
        "counting": "incident",
        "date_start": day(0),
        "date_end": day(0),
    },
    "displacement": {
        **FIGURE,
        "measure": "stock",
        "category": "idps",
        "counts": "people",
        "as_of": day(0),
    },
    "indicators": {**FIGURE, "indicator": "resident_population", "as_of": day(0)},
    "claims": {"claimant": "One side", "stance": "asserts", "about_table": "events", "aspect": "occurrence"},
}
"""By table, the cells of a row without any error, besides its identifiers."""

KEYS = {
    "events": "event_id",
    "claims": "claim_id",
    **dict.fromkeys(("casualties", "displacement", "indicators"), "figure_id"),
}


@dataclass(frozen=True)
class Row:
    """A row to plant: the cells that differ from those of a sound row, and the field at which its error is told."""

    table: str
    cells: Cells
    told_at: str = ""


@dataclass(frozen=True)
class Sown:
    """The rows of all plants by table, and where each error is: check, table, number among the rows, field."""

    rows: dict[str, list[dict[str, str]]]
    told: list[tuple[str, str, int, str]]


def sown(plants: Mapping[str, tuple[Row, ...]]) -> Sown:
    """Return the rows of plants, each with its source."""
    found = Sown({name: [] for name in TABLES}, [])
    for number, (check, plant) in enumerate(plants.items()):
        first = FIRST_DAY + number * APART
        for row in (*_sources(plant), *plant):
            rows = found.rows[row.table]
            if row.told_at:
                found.told.append((check, row.table, len(rows), row.told_at))
            rows.append(_cells(check, first, row, len(rows)))
    return found


def planted_package(
    package: Path, folder: Path, plants: Mapping[str, tuple[Row, ...]], beside: tuple[Spot, ...]
) -> Specimen:
    """Return a copy of a package with all plants in its tables; `beside` is what is told of the package itself.

    Companions and other copies of the tables are left out: they have specimens of their own.
    """
    copy = Copy.of(package, folder, TABLES)
    for name in TABLES:
        if name not in copy.names:
            _add_table(copy, name)
    found = sown(plants)
    start = {name: copy.append(name, rows) for name, rows in found.rows.items()}
    planted = tuple(
        Spot(check, name, start[name] + n, "" if field == NO_FIELD else field)
        for check, name, n, field in found.told
    )
    return Specimen(copy.save(), planted, beside)


def _add_table(copy: Copy, name: str) -> None:
    """Add a table of the standard that the package lacks, with its header alone."""
    schema = json.loads(schemas.path_of("tables", f"{name}.json").read_text(encoding="utf-8"))
    (copy.folder / f"{name}.csv").write_text(",".join(f["name"] for f in schema["fields"]) + "\n", "utf-8")
    kept = {key: schema[key] for key in ("fields", "primaryKey", "foreignKeys") if key in schema}
    described = {"name": name, "type": "table", "path": f"{name}.csv", "format": "csv", "rows": 0}
    copy.descriptor["resources"].append({**described, "title": name, "schema": kept})


def _sources(plant: tuple[Row, ...]) -> Iterator[Row]:
    """Yield the plant's source, if it does not bring its own."""
    if all(row.table != "sources" for row in plant):
        yield Row("sources", {})


def _cells(check: str, first: dt.date, row: Row, number: int) -> dict[str, str]:
    own: dict[str, str] = {}
    if row.table != "event_sources":
        own["source_id"] = check
    if row.table == "sources":
        own["publisher"] = check
    if row.table in KEYS:
        own[KEYS[row.table]] = f"{check}-{number}"
    cells = {**SOUND[row.table], **own, **row.cells}
    return {
        name: (first + cell).isoformat() if isinstance(cell, dt.timedelta) else cell
        for name, cell in cells.items()
    }
