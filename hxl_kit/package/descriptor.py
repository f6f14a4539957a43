"""The descriptor of a finished package: datapackage.json, made from what was written."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit import __version__
from hxl_kit.package.protected_rows import RULE
from hxl_kit.package.resources import describe_resources, with_remedies
from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.standard.codelists import codelist

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hxl_kit.disclosure.remedies import Remedy
    from hxl_kit.package.author import Authored
    from hxl_kit.package.tables import TableFiles

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

# A list of words or numbers that json.dumps put on lines of its own; a line end never stands inside a JSON string.
_LIST = re.compile(r"\[\n\s+(?:[^\[\]{}\n]+\n\s*)+\]")


@dataclass(frozen=True)
class InputRecord:
    """What became of one input: where its rows came from and where they went.

    `name` and `notes` are for this machine; in a package stand the public ones (`package.publishable`).
    """

    name: str
    sha256: str
    bytes: int
    source: str
    release: str
    input_rows: int
    accepted_rows: int
    rejected_rows: int
    totals: Mapping[str, Mapping[str, float]]
    notes: tuple[str, ...]
    public_name: str
    public_notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the record as provenance shows it; empty entries are left out."""
        described: dict[str, Any] = {
            "name": self.public_name,
            "hash": f"sha256:{self.sha256}",
            "bytes": self.bytes,
            "source": self.source,
            "release": self.release,
            "input_rows": self.input_rows,
            "accepted_rows": self.accepted_rows,
            "rejected_rows": self.rejected_rows,
            "totals": {name: dict(totals) for name, totals in self.totals.items()},
            "notes": list(self.public_notes),
        }
        return {key: value for key, value in described.items() if value not in ("", {}, [])}


def describe_package(
    authored: Authored,
    files: TableFiles,
    inputs: Sequence[InputRecord],
    warnings: Mapping[str, int],
    remedies: Sequence[Remedy] = (),
) -> dict[str, Any]:
    """Return the descriptor of the tables in `files`, by the author's metadata and the records of inputs and remedies."""
    described: dict[str, Any] = {
        "$schema": PROFILE,
        **_introduction(authored),
        "sources": _sources(files),
        "temporal": _temporal(files),
        "spatial": _spatial(files),
        **_terms(authored),
        "resources": with_remedies(describe_resources(authored, files), remedies),
        "checks": [entry.as_json() for entry in authored.checks if entry.table in files.names],
        "provenance": {
            "tool": "hxl_kit",
            "version": __version__,
            "inputs": [record.as_json() for record in inputs],
            "warnings": {name: count for name, count in warnings.items() if not name.endswith(RULE)},
            **_pcodes(authored, files),
            **({"remedies": [record.as_json() for record in remedies]} if remedies else {}),
        },
    }
    return {key: value for key, value in described.items() if value not in ("", [], {}, None)}


def words_of_author(authored: Authored) -> dict[str, Any]:
    """Return the properties of a descriptor that say what the author says, and nothing of the tables; also empty ones."""
    return {**_introduction(authored), **_terms(authored)}


def _introduction(authored: Authored) -> dict[str, Any]:
    return {
        "name": authored.name,
        "title": authored.title,
        "description": authored.description.strip(),
        "version": authored.version,
        "homepage": authored.homepage,
        "keywords": list(authored.keywords),
        "licenses": [_licence(entry) for entry in authored.licences],
        "contributors": [dict(entry) for entry in authored.contributors],
    }


def _terms(authored: Authored) -> dict[str, Any]:
    return {
        "sensitivity": authored.sensitivity,
        "waivers": [waiver.as_json() for waiver in authored.waivers],
        "methodology": authored.methodology.strip(),
        "caveats": authored.caveats.strip(),
        "hdx": dict(authored.hdx),
    }


def descriptor_bytes(descriptor: Mapping[str, Any]) -> bytes:
    """Return a descriptor as the bytes of datapackage.json: UTF-8, keys in order of meaning, short lists in a line."""
    text = json.dumps(descriptor, ensure_ascii=False, indent=2)
    return (_LIST.sub(lambda found: _one_line(found[0]), text) + "\n").encode()


def _one_line(listed: str) -> str:
    items = [line.strip() for line in listed.split("\n")]
    return items[0] + " ".join(items[1:-1]) + items[-1]


def _licence(entry: Mapping[str, str]) -> dict[str, str]:
    titles = {code.code: code.title for code in codelist("licence").codes}
    return {"name": entry["name"], "title": entry.get("title", titles[entry["name"]]), **_only(entry, "path")}


def _only(entry: Mapping[str, str], key: str) -> dict[str, str]:
    return {key: entry[key]} if key in entry else {}


def _sources(files: TableFiles) -> list[dict[str, str]]:
    columns = ("source_id", "title", "publisher", "url", "version")
    rows = files.scan("sources").select(columns).collect().rows(named=True)
    listed = []
    for row in rows:
        title = row["title"] or row["publisher"] or f"document without title ({row['source_id']})"
        named = f"{row['publisher']}: {title}" if row["publisher"] and row["publisher"] != title else title
        entry = {"title": named, "path": row["url"], "version": row["version"]}
        listed.append({key: value for key, value in entry.items() if value})
    return [entry for number, entry in enumerate(listed) if entry not in listed[:number]]


def _pcodes(authored: Authored, files: TableFiles) -> dict[str, Any]:
    """Return how the rows got their P-codes, and the gazetteer releases that these are from, with their terms."""
    known = {release.id: release for release in gazetteer(*authored.places.gazetteers).releases}
    used = [known[name] for name in files.pcode_releases() if name in known]
    named = ("id", "title", "url", "licence", "attribution")
    listed = [
        {key: getattr(release, key) for key in named} | {"hash": f"sha256:{release.sha256}"}
        for release in used
    ]
    described: dict[str, Any] = {"pcodes": files.pcode_methods(), "gazetteers": listed}
    return {key: value for key, value in described.items() if value}


def _temporal(files: TableFiles) -> dict[str, str] | None:
    period = files.period()
    return {"start": period[0], "end": period[1]} if period else None


def _spatial(files: TableFiles) -> dict[str, Any] | None:
    locations, box = files.locations(), files.bounding_box()
    described = {"locations": locations, "bbox": box}
    return {key: value for key, value in described.items() if value} or None
