"""From the files of a package to the fields of HDX's resources: one each, called by its path in the package."""

from __future__ import annotations

import json
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hxl_kit.files import sha256_of
from hxl_kit.hdx.client_rules import resource_refusals
from hxl_kit.hdx.lists import format_of
from hxl_kit.hdx.section import FIRST_PREVIEW, NO_PREVIEW, Section, section_of
from hxl_kit.reading.packages import DESCRIPTOR, Package
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hxl_kit.hdx.offering import Offer

_TYPES = {
    "integer": "numeric",
    "number": "numeric",
    "year": "numeric",
    "date": "date",
    "datetime": "timestamp without time zone",
}
_TEXT = "text"
_ABOUT_DESCRIPTOR = (
    "The descriptor of the package (Frictionless Data Package): its files with their SHA-256, "
    "the fields with their HXL hashtags, sources, provenance and checks."
)
_ABOUT_ZIP = "The package in one ZIP file: the descriptor datapackage.json and every file that it lists."
_ABOUT_PARQUET = "The same rows as Apache Parquet, for programs."


@dataclass(frozen=True)
class ResourceFields:
    """A file and the fields of its resource.

    Attributes:
        name: the path in the package, which the resource is called by.
        file: where the file is on this machine.
        sha256: of the file, 64 hexadecimal digits.
        bytes: its size.
        values: the fields, without ids, address and upload.
        problems: what HDX, or its own client, would refuse.
    """

    name: str
    file: Path
    sha256: str
    bytes: int
    values: Mapping[str, Any]
    problems: tuple[str, ...] = ()


def resource_fields(offer: Offer) -> tuple[ResourceFields, ...]:
    """Return the resources of an offer: what its descriptor lists, in its order, the descriptor, and the extras.

    A package that is given to those who ask has none.

    Raises:
        InputError: a refreshed list of HDX cannot be read.
        OSError: a file is missing.
    """
    package = offer.package
    section, _ = section_of(package.descriptor)
    if section.by_request:
        return ()
    listed = {r["path"]: r for r in package.resources if isinstance(r.get("path"), str)}
    of_files = [_of_file(package, path, resource, section) for path, resource in listed.items()]
    descriptor = _made(package.folder / DESCRIPTOR, DESCRIPTOR, package.digest, _ABOUT_DESCRIPTOR, section)
    extras = [_made(path, path.name, sha256_of(path), _ABOUT_ZIP, section) for path in offer.extras]
    return (*of_files, descriptor, *extras)


def data_dictionary(resource: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return HDX's data dictionary of a table: each field with its label, description (with the hashtag) and type."""
    schema, dialect = resource.get("schema"), resource.get("dialect")
    listed = schema.get("fields") if isinstance(schema, dict) else None
    tagged = isinstance(dialect, dict) and bool(dialect.get("commentRows"))
    named = [
        field for field in listed or () if isinstance(field, dict) and str(field.get("name") or "").strip()
    ]
    return [_entry(field, tagged=tagged) for field in named]


def _entry(field: Mapping[str, Any], *, tagged: bool) -> dict[str, str]:
    """Return one entry; where the hashtags stand among the rows, every column is text to whoever loads it."""
    name = str(field["name"])
    label = str(field.get("title") or "").strip() or name
    hashtag = f"HXL: {field['hxl_tag']}" if field.get("hxl_tag") else ""
    words = [str(field.get("description") or "").strip(), hashtag]
    return {
        "field": name,
        "label": label,
        "description": " ".join(filter(None, words)) or label,
        "data_type": _TEXT if tagged else _TYPES.get(str(field.get("type")), _TEXT),
    }


def _of_file(package: Package, path: str, resource: Mapping[str, Any], section: Section) -> ResourceFields:
    file = package.path_of(dict(resource))
    said = str(resource.get("hash", ""))
    digest = said.removeprefix("sha256:") if said.startswith("sha256:") else sha256_of(file)
    dictionary = data_dictionary(resource) if str(resource.get("format", "")).lower() == "csv" else []
    named = str(resource.get("format", ""))
    return _made(file, path, digest, _description(resource), section, dictionary, named)


def _made(
    file: Path,
    name: str,
    digest: str,
    description: str,
    section: Section,
    dictionary: list[dict[str, str]] | None = None,
    said: str = "",
) -> ResourceFields:
    form = format_of(name, said)
    size = file.stat().st_size
    values = {
        "name": name,
        "format": form,
        "description": description,
        "resource_type": "file.upload",
        "url_type": "upload",
        "hash": f"sha256:{digest}",
        "size": size,
        **({"hdx_data_dictionary": _as_json(dictionary)} if dictionary else {}),
        **_preview(name, section),
    }
    problems = tuple(_problems(name, values, dictionary or [], file))
    return ResourceFields(name, file, digest, size, MappingProxyType(values), problems)


def _as_json(dictionary: list[dict[str, str]]) -> str:
    return json.dumps(dictionary, ensure_ascii=False, separators=(",", ":"))


def _preview(name: str, section: Section) -> dict[str, bool]:
    """Return whether this file is the one that the page shows, if one is named."""
    if section.preview in (NO_PREVIEW, FIRST_PREVIEW):
        return {}
    return {"dataset_preview_enabled": section.preview == name}


def _problems(
    name: str, values: Mapping[str, Any], dictionary: list[dict[str, str]], file: Path
) -> Iterator[str]:
    if values["format"]:
        yield from resource_refusals(values, dictionary, str(file))
    else:
        yield f"{shown(name)}: HDX has no format for it; save it as CSV or XLSX (`hxl-kit hdx-lists formats`)"


def _description(resource: Mapping[str, Any]) -> str:
    """Return what a file is, from its title, its description and the number of its rows."""
    title = str(resource.get("title") or resource.get("name") or resource["path"]).strip().rstrip(".")
    words = str(resource.get("description") or "").strip()
    if not words and str(resource.get("format", "")).lower() == "parquet":
        words = _ABOUT_PARQUET
    rows = resource.get("rows")
    counted = f"{rows:,} {'row' if rows == 1 else 'rows'}." if isinstance(rows, int) else ""
    return " ".join(filter(None, (f"{title}.", words, counted)))
