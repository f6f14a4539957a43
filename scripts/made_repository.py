"""Write a repository of made-up packages with planted errors: `python scripts/made_repository.py FOLDER [PACKAGES]`."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from hxl_kit.standard import schemas

PACKAGES = 200
ROWS = 40
FAULTY_EVERY = 10
FIRST_DAY = dt.date(2023, 1, 1)
SOURCE_ID = "made-up-source"
FIELDS = {
    "sources": ("source_id", "title", "source_type", "date_precision", "access"),
    "events": (
        *("event_id", "source_id", "event_type", "date_start", "date_end", "date_precision"),
        *("location_code", "location_name", "place_name", "latitude", "longitude", "geo_precision"),
        *("pcode_method", "fatalities", "fatalities_low", "fatalities_high", "is_aggregate"),
    ),
}
FAULTS = ({"event_type": "batle"}, {"date_start": "2023-13-01"}, {"geo_precision": "exct"})
"""What is planted in the first rows of every tenth package, a fault each: two codes and a day."""


def make_repository(
    folder: Path, packages: int = PACKAGES, rows: int = ROWS, faulty_every: int = FAULTY_EVERY
) -> int:
    """Write packages into folders of their own and return the number of planted faults."""
    faulty = range(0, packages, faulty_every)
    for number in range(packages):
        faults = FAULTS[:rows] if number in faulty else ()
        events = [_event(number, row) for row in range(rows)]
        events[: len(faults)] = [event | fault for event, fault in zip(events, faults, strict=False)]
        _write(folder / f"country-{number // 20:02d}" / f"events-{number:03d}", number, events)
    return len(faulty) * len(FAULTS[:rows])


def _event(package: int, row: int) -> dict[str, str]:
    day = str(FIRST_DAY + dt.timedelta(days=9 * row))
    killed = (package + row) % 4
    return {
        "event_id": f"made-up:{package}-{row}",
        "source_id": SOURCE_ID,
        "event_type": "battle",
        "date_start": day,
        "date_end": day,
        "date_precision": "day",
        "location_code": "SYR",
        "location_name": "Syrian Arab Republic",
        "place_name": f"Village {chr(65 + row % 26)}{chr(97 + row // 26)}",
        "latitude": f"{34.5 + row / 50:.4f}",
        "longitude": f"{37.5 + row / 40:.4f}",
        "geo_precision": "exact",
        "pcode_method": "none",
        "fatalities": str(killed),
        "fatalities_low": str(killed),
        "fatalities_high": str(killed + row % 3),
        "is_aggregate": "false",
    }


def _write(folder: Path, number: int, events: list[dict[str, str]]) -> None:
    source = {"source_id": SOURCE_ID, "title": "A made-up source", "source_type": "news"}
    tables = {"sources": [source | {"date_precision": "unknown", "access": "public"}], "events": events}
    folder.mkdir(parents=True)
    described = {
        "name": folder.name,
        "title": f"Made-up events {number}",
        "resources": [_resource(folder, name, rows) for name, rows in tables.items()],
    }
    (folder / "datapackage.json").write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")


def _resource(folder: Path, name: str, rows: list[dict[str, str]]) -> dict[str, Any]:
    path = folder / f"{name}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, FIELDS[name], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    content = path.read_bytes()
    return {
        "name": name,
        "type": "table",
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "schema": _schema(name),
    }


def _schema(name: str) -> dict[str, Any]:
    schema = json.loads(schemas.path_of("tables", f"{name}.json").read_text(encoding="utf-8"))
    kept = [field for field in schema["fields"] if field["name"] in FIELDS[name]]
    key = {"fields": "source_id", "reference": {"resource": "sources", "fields": "source_id"}}
    keys = {"foreignKeys": [key]} if name == "events" else {}
    return {"fields": kept, "primaryKey": schema["primaryKey"], **keys}


if __name__ == "__main__":
    made = make_repository(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else PACKAGES)  # noqa: PLR2004
    print(f"{made} faults planted")
