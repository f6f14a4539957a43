"""Made-up content: one package with one large table, and the small table of many datasets."""

from __future__ import annotations

import hashlib
import json
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TABLE = "events.csv"
COLUMNS = {
    "event_id": "string",
    "event_date": "date",
    "admin1": "string",
    "admin1_pcode": "string",
    "event_type": "string",
    "fatalities": "integer",
    "injured": "integer",
    "notes": "string",
    "source": "string",
}
NOTES = ("Road closed by floods", "Market attacked at dawn", "Distribution moved to next week")
BLOCK_ROWS = 1_000
SMALL_ROWS = 20


def write_package(folder: Path, name: str, size: int) -> Path:
    """Write a package with one CSV file of about so many bytes, and return its folder."""
    folder.mkdir(parents=True)
    digest, rows, written = hashlib.sha256(), 0, 0
    with (folder / TABLE).open("wb") as file:
        for block, more in _blocks():
            digest.update(block)
            written += file.write(block)
            rows += more
            if written >= size:
                break
    resource = {"hash": f"sha256:{digest.hexdigest()}", "bytes": written, "rows": rows}
    described = _described(name) | {"resources": [_resource() | resource]}
    (folder / "datapackage.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    return folder


def small_table(number: int) -> bytes:
    """Return the table of one of many datasets: rows that no other has."""
    rows = range(number * SMALL_ROWS, (number + 1) * SMALL_ROWS)
    return "\n".join([",".join(COLUMNS), *map(_row, rows), ""]).encode()


def _blocks() -> Iterator[tuple[bytes, int]]:
    """Yield pieces of a table without end, the header first, each with the number of its rows."""
    yield f"{','.join(COLUMNS)}\n".encode(), 0
    for first in count(0, BLOCK_ROWS):
        rows = [_row(number) for number in range(first, first + BLOCK_ROWS)]
        yield "\n".join([*rows, ""]).encode(), len(rows)


def _row(number: int) -> str:
    region, kind = number % 14 + 1, ("battle", "shelling")[number % 2]
    notes = f"{NOTES[number % 3]} near place {number % 977} on day {number % 3000}"
    day = f"2023-{number % 12 + 1:02d}-{number % 28 + 1:02d}"
    counts = f"{number % 19},{number * 7 % 47}"
    return f"Q{number:09d},{day},Region {region},QQ{region:02d},{kind},{counts},{notes},Radio {region % 5}"


def _described(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": "Made-up events",
        "description": "Events that were made up.",
        "version": "1.0.0",
        "methodology": "They were made up.",
        "keywords": ["conflict-violence"],
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "temporal": {"start": "2023-01-01", "end": "2023-12-31"},
        "sensitivity": "low",
        "hdx": {"source": "Nobody", "frequency": "never", "locations": ["syr"]},
    }


def _resource() -> dict[str, Any]:
    fields = [{"name": name, "type": kind} for name, kind in COLUMNS.items()]
    return {
        "name": "events",
        "title": "Events",
        "type": "table",
        "path": TABLE,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": fields},
    }
