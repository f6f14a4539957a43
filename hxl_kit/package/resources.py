"""The resources of a descriptor: what each written file is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.files import sha256_of
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
