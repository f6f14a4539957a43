"""Small data packages, written file by file for the tests of diff, publish and pull."""

from __future__ import annotations

import csv
import hashlib
import json
from typing import TYPE_CHECKING, Any

from hxl_kit.reading.packages import Package, read_package

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

KEYS = {"events": "event_id", "claims": "claim_id", "sources": "source_id"}
EVENTS = [
    {"event_id": "e1", "event_name": "Clash near Aleppo", "fatalities": "3"},
    {"event_id": "e2", "event_name": 'Shelling, "two" salvoes', "fatalities": ""},
    {"event_id": "e3", "event_name": "قصف", "fatalities": "0"},
]


def write_package(
    folder: Path,
    tables: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    *,
    keys: Mapping[str, Any] = KEYS,
    columns: Mapping[str, Sequence[str]] | None = None,
    extra: Mapping[str, bytes] | None = None,
    inline: bool = False,
    **metadata: Any,
) -> Package:
    """Write and return a package of these tables: clean CSV, HXL companion, and `extra` files by path."""
    folder.mkdir(parents=True, exist_ok=True)
    resources = []
    for name, rows in (tables if tables is not None else {"events": EVENTS}).items():
        fields = list((columns or {}).get(name, rows[0] if rows else [keys.get(name, "id")]))
        resources += _table(folder, name, fields, rows, keys.get(name), inline=inline)
    for path, content in (extra or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        name = path.replace("/", "-").replace(".", "-")
        resources.append({"name": name, "type": "file", "path": path, "format": path.rpartition(".")[2]})
    for resource in resources:
        content = (folder / resource["path"]).read_bytes()
        resource |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
    descriptor = {
        "name": "syria-events",
        "title": "Syria: events",
        "description": "Events of armed conflict.",
        "version": "1.0.0",
        "licenses": [
            {
                "name": "CC-BY-4.0",
                "title": "Creative Commons Attribution 4.0",
                "path": "https://creativecommons.org/licenses/by/4.0/",
            }
        ],
        "temporal": {"start": "2024-01-01", "end": "2024-12-31"},
        "sensitivity": "low",
        **metadata,
        "resources": resources,
    }
    (folder / "datapackage.json").write_text(
        json.dumps(descriptor, ensure_ascii=False, indent=2) + "\n", "utf-8"
    )
    return read_package(folder)


def _table(
    folder: Path, name: str, fields: list[str], rows: Sequence[Mapping[str, str]], key: Any, *, inline: bool
) -> list[dict[str, Any]]:
    schema: dict[str, Any] = {
        "fields": [{"name": f, "type": "string", "hxl_tag": f"#meta+{f}"} for f in fields]
    }
    if key:
        schema["primaryKey"] = key
    tags = dict(zip(fields, (f"#meta+{f}" for f in fields), strict=True))
    common = {"type": "table", "format": "csv", "rows": len(rows), "schema": schema}
    tagged = {"dialect": {"headerRows": [1], "commentRows": [2]}}
    _write(folder / f"{name}.csv", fields, [tags, *rows] if inline else rows)
    clean = {
        "name": name,
        "title": name.title(),
        "path": f"{name}.csv",
        **common,
        **(tagged if inline else {}),
    }
    if inline:
        return [clean]
    _write(folder / f"{name}.hxl.csv", fields, [tags, *rows])
    return [clean, {"name": f"{name}-hxl", "title": name, "path": f"{name}.hxl.csv", **common, **tagged}]


def _write(path: Path, fields: list[str], rows: Sequence[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)
