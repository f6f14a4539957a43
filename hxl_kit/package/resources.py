"""The resources of a descriptor: what each written file is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.files import sha256_of
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hxl_kit.disclosure.remedies import Remedy
    from hxl_kit.package.author import Authored
    from hxl_kit.package.tables import TableFiles

PARQUET = "application/vnd.apache.parquet"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DIALECT = {
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
}
"""Said in full: where it is not, frictionless guesses it from the text of the cells."""

_TAGGED = {**_DIALECT, "headerRows": [1], "commentRows": [2]}
"""frictionless honours the rows; a reader that does not finds the tags as the first row."""


def describe_resources(authored: Authored, files: TableFiles) -> list[dict[str, Any]]:
    """Return the resources of a package whose files are written, tables first, each with hash and bytes."""
    resources = [resource for name in files.names for resource in _table_resources(authored, files, name)]
    if authored.options.xlsx:
        title = f"{authored.title}: all tables, one sheet each"
        workbook = files.folder / f"{authored.name}.xlsx"
        resources.append(_file(f"{authored.name}-xlsx", title, workbook, XLSX))
    return resources


_TOLD = {
    "drop": "The values of {columns} are left out.",
    "coarser-dates": "Dates are those of the {to}.",
    "coarser-places": "Places are told to {to}.",
    "mask-places": "Coordinates are moved at random, by up to {urban_km:g} km for urban and {rural_km:g} km for rural "
    "places, up to {far_km:g} km for one rural place in a hundred.",
    "round": "Counts of people and households are rounded to multiples of {base}.",
    "suppress": "Counts of people and households below {smallest_shown}, and others that would give them away, "
    "are kept back.",
}


def with_remedies(resources: list[dict[str, Any]], remedies: Sequence[Remedy]) -> list[dict[str, Any]]:
    """Return resources whose descriptions say what was changed in their tables so that nobody is found by them."""
    told: dict[str, list[str]] = {}
    for record in remedies:
        sentence = _TOLD[record.remedy].format(columns=", ".join(record.columns), **record.parameters)
        told.setdefault(record.table, []).append(sentence)
    return [_with_sentences(resource, told) for resource in resources]


def _with_sentences(resource: dict[str, Any], told: dict[str, list[str]]) -> dict[str, Any]:
    sentences = told.get(resource["name"].removesuffix("-hxl").removesuffix("-parquet"), [])
    if not sentences:
        return resource
    described = " ".join(filter(None, (resource.get("description", ""), *sentences)))
    return {key: described if key == "description" else value for key, value in _described(resource).items()}


def _described(resource: dict[str, Any]) -> dict[str, Any]:
    """Return a resource that has a description, behind its title."""
    front = {key: resource[key] for key in ("name", "title")}
    return {**front, "description": "", **resource}


def _table_resources(authored: Authored, files: TableFiles, name: str) -> Iterator[dict[str, Any]]:
    owner, options = table(name), authored.options
    inline = options.hashtag_row == "inline"
    yield _table(files, name, name, owner.title, owner.description, files.csv_path(name), tagged=inline)
    if options.hashtag_row == "companion":
        about = f"The same rows as {name}.csv with the HXL hashtag row under the header."
        title, path = f"{owner.title} (HXL-tagged)", files.companion_path(name)
        yield _table(files, name, f"{name}-hxl", title, about, path, tagged=True)
    if options.parquet:
        yield _file(f"{name}-parquet", f"{owner.title} (Parquet)", files.parquet_path(name), PARQUET)


def _table(
    files: TableFiles, owner: str, name: str, title: str, about: str, path: Path, *, tagged: bool
) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "description": about,
        "type": "table",
        "path": path.name,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": _TAGGED if tagged else _DIALECT,
        "hash": f"sha256:{files.hashes[path]}",
        "bytes": path.stat().st_size,
        "rows": files.rows[owner],
        "schema": table(owner).schema(files.names),
    }


def _file(name: str, title: str, path: Path, mediatype: str) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "type": "file",
        "path": path.name,
        "format": path.suffix.removeprefix("."),
        "mediatype": mediatype,
        "hash": f"sha256:{sha256_of(path)}",
        "bytes": path.stat().st_size,
    }
