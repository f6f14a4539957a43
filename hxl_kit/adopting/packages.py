"""A package that is published already, as the draft of a package.yaml that is built from its own tables."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from hxl_kit.adopting.draft import Draft
from hxl_kit.adopting.inputs import FOLDER
from hxl_kit.reading.file_names import safe_names
from hxl_kit.standard.tables import table_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hxl_kit.reading.packages import Package

_KEPT = (
    *("name", "title", "description", "version", "homepage", "keywords", "licences", "contributors"),
    *("sensitivity", "waivers", "caveats", "methodology", "checks", "options"),
)
_PARTS = {
    "licences": ("name", "title", "path"),
    "contributors": ("title", "path", "organization", "roles"),
    "waivers": ("rule", "resource", "column", "who", "when", "why"),
    "checks": ("name", "table", "rule", "severity", "message", "fix"),
}
"""The entries of a list that package.yaml has too; others are a descriptor's own."""


def draft_of_package(package: Package, folder: Path) -> Draft:
    """Copy the clean tables of a package to a folder; return the draft that builds from them.

    What the author said of the package (also its sensitivity class and waivers) is taken over as it was published.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = table_names()
    tables = {name: resource for name, resource in package.tables.items() if _is_csv(resource)}
    names = safe_names(str(resource["path"]).rpartition("/")[2] for resource in tables.values())
    inputs, left = [], []
    for (name, resource), file in zip(tables.items(), names, strict=True):
        shutil.copyfile(package.path_of(resource), folder / file)
        path = f"{FOLDER}/{file}"
        if name in known:
            inputs.append({"path": path, "table": name})
        else:
            left.append((f"- path: {path}", "source:", "is no table of the standard (`hxl-kit tables`)"))
    values = {key: value for key in _KEPT if (value := _value(package, key)) not in (None, "", [], {})}
    hdx = package.descriptor.get("hdx")
    remarks = (
        ("remedies: were applied before it was published; its tables are as they were made by them",)
        if _is_treated(package)
        else ()
    )
    return Draft(values, dict(hdx) if isinstance(hdx, dict) else {}, tuple(inputs), remarks, tuple(left))


def _is_csv(resource: Mapping[str, Any]) -> bool:
    return str(resource.get("format") or resource["path"].rpartition(".")[2]).lower() == "csv"


def _value(package: Package, key: str) -> Any:
    if key == "options":
        return _options(package)
    if key == "name":
        return package.name
    value = package.descriptor.get("licenses" if key == "licences" else key)
    if key in _PARTS:
        entries = [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
        return [{part: entry[part] for part in _PARTS[key] if part in entry} for entry in entries]
    return value.strip() if isinstance(value, str) else value


def _options(package: Package) -> dict[str, Any]:
    """Return how the package was written, where that is not the usual way."""
    forms = {str(resource.get("format", "")).lower() for resource in package.resources}
    names = {str(resource.get("name", "")) for resource in package.resources}
    dialects = [r.get("dialect") for r in package.tables.values()]
    inline = any(isinstance(dialect, dict) and dialect.get("commentRows") for dialect in dialects)
    companion = any(f"{name}-hxl" in names for name in package.tables)
    row = "inline" if inline else "companion" if companion else "none"
    usual = {"hashtag_row": "companion", "parquet": True, "xlsx": False}
    found = {"hashtag_row": row, "parquet": "parquet" in forms, "xlsx": "xlsx" in forms}
    return {key: value for key, value in found.items() if value != usual[key]}


def _is_treated(package: Package) -> bool:
    provenance = package.descriptor.get("provenance")
    return isinstance(provenance, dict) and bool(provenance.get("remedies"))
