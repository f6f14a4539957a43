# SPDX-License-Identifier: AGPL-3.0-or-later
"""HDX's lists as the project ships them, in the shapes that CKAN wants."""

from __future__ import annotations

import csv
import json
from pathlib import Path

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"

CRISIS_TAG = "crisis-sandbox"
"""A tag that only the staff gives, to see it refused."""


def locations() -> dict[str, str]:
    """Return the title of each location by its name: the lower-case ISO 3166-1 alpha-3 code, and `world`."""
    rows = _rows("codelists/location.csv")
    named = {row["code"].lower(): row["title"] for row in rows if len(row["code"]) == len("SYR")}
    return {**named, "world": "World"}


def tags() -> list[str]:
    """Return the tags of the vocabulary `Topics`."""
    return sorted({row["tag"] for row in _rows("hdx/tags.csv")} | {CRISIS_TAG})


def write_formats(path: Path) -> None:
    """Write CKAN's resource_formats.json: name, title, media type, other names; each of them only once."""
    taken: set[str] = set()
    entries = []
    for row in _rows("hdx/formats.csv"):
        others = [name for name in row["other_names"].split("|") if name and name.lower() not in taken]
        media = row["mediatype"] if row["mediatype"].lower() not in taken else ""
        taken.update(name.lower() for name in (row["format"], row["title"], media, *others))
        entries.append([row["format"], row["title"], media or None, others])
    path.write_text(json.dumps(entries), encoding="utf-8")


def write_licences(path: Path) -> None:
    """Write CKAN's list of licences."""
    common = {"status": "active", "od_conformance": "approved", "osd_conformance": "not reviewed", "url": ""}
    entries = [{**common, "id": row["id"], "title": row["title"]} for row in _rows("hdx/licences.csv")]
    path.write_text(json.dumps(entries), encoding="utf-8")


def _rows(name: str) -> list[dict[str, str]]:
    with (SCHEMAS / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
