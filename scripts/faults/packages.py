"""Two versions of a small made-up package."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from hxl_kit.reading.packages import Package, read_package

if TYPE_CHECKING:
    from pathlib import Path


def write_version(folder: Path, name: str, version: int) -> Package:
    """Write and return a version of a package: one table differs between the versions, the other does not."""
    folder.mkdir(parents=True)
    tables = {
        "events": f"event_id,fatalities\ne1,3\ne2,{version}\n",
        "sites": "site_id,site\ns1,north\ns2,south\n",
    }
    for table, text in tables.items():
        (folder / f"{table}.csv").write_bytes(text.encode())
    descriptor = {
        "name": name,
        "title": name,
        "description": "Events that were made up.",
        "version": f"{version}.0.0",
        "methodology": "They were made up.",
        "keywords": ["conflict-violence"],
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "CC BY 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "temporal": {"start": "2024-01-01", "end": "2024-12-31"},
        "sensitivity": "low",
        "hdx": {"source": "Nobody", "frequency": "never", "locations": ["syr"]},
        "resources": [_resource(table, text.encode()) for table, text in tables.items()],
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor, indent=2) + "\n", encoding="utf-8")
    return read_package(folder)


def _resource(table: str, content: bytes) -> dict[str, object]:
    header, *rows = content.decode().splitlines()
    columns = header.split(",")
    return {
        "name": table,
        "title": table.title(),
        "type": "table",
        "path": f"{table}.csv",
        "format": "csv",
        "rows": len(rows),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "bytes": len(content),
        "schema": {"fields": [{"name": c, "type": "string"} for c in columns], "primaryKey": columns[0]},
    }


def files_of(package: Package) -> dict[str, bytes]:
    """Return the files of a package that are published, by path."""
    paths = [str(resource["path"]) for resource in package.resources]
    return {path: (package.folder / path).read_bytes() for path in [*paths, "datapackage.json"]}
