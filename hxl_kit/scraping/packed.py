"""The files of a dataset as a package: what clearance looks into, and what versions are compared by. It is not sent."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from hxl_kit.describe import describe_file
from hxl_kit.errors import InputError, UsageError
from hxl_kit.files import link_or_copy
from hxl_kit.package.descriptor import descriptor_bytes
from hxl_kit.reading.packages import DESCRIPTOR, Package
from hxl_kit.reading.paths import is_written_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hxl_kit.describe import Description
    from hxl_kit.scraping.handed import Handed, HandedResource

_UTF8 = frozenset({"utf-8", "utf-8-sig", "ascii"})


def packed(
    dataset: Handed, folder: Path, sensitivity: str, waivers: Sequence[Mapping[str, Any]] = ()
) -> Package:
    """Return a package of the files of a dataset, linked into an empty folder; equal files give an equal package.

    CSV tables in UTF-8 have their columns in it, so that their rows can be compared.

    Args:
        dataset: the dataset.
        folder: an empty folder, which must stay while the package is in use.
        sensitivity: the class of the data.
        waivers: who answers for what screening finds.

    Raises:
        OSError: the folder cannot be written, or a file cannot be read.
    """
    resources = [_resource(resource, file, folder / path) for resource, file, path in _placed(dataset)]
    descriptor: dict[str, Any] = {
        "name": dataset.name,
        "sensitivity": sensitivity,
        "waivers": [dict(waiver) for waiver in waivers],
        "resources": resources,
    }
    written = {key: value for key, value in descriptor.items() if value not in ("", []) or key == "resources"}
    (folder / DESCRIPTOR).write_bytes(descriptor_bytes(written))
    return Package(folder, written)


def _placed(dataset: Handed) -> Iterator[tuple[HandedResource, Path, str]]:
    """Yield each resource that has a file, the file, and a path for it that no other has."""
    taken = {DESCRIPTOR}
    for number, resource in enumerate(dataset.resources, start=1):
        if resource.file is None:
            continue
        path = resource.file.name
        if not is_written_path(path) or path.casefold() in taken:
            path = f"resource-{number}{PurePosixPath(path).suffix}"
        taken.add(path.casefold())
        yield resource, resource.file, path


def _resource(resource: HandedResource, file: Path, place: Path) -> dict[str, Any]:
    link_or_copy(file, place)
    told = {
        "name": re.sub(r"[^a-z0-9]+", "-", place.name.lower()).strip("-") or "file",
        "title": resource.name,
        "path": place.name,
        "format": place.suffix.removeprefix(".").lower(),
        "bytes": resource.bytes,
        "hash": f"sha256:{resource.sha256}",
    }
    return {**told, **_as_table(place)}


def _as_table(file: Path) -> dict[str, Any]:
    """Return what a resource says more of a CSV table in UTF-8; nothing of another file."""
    try:
        found = describe_file(file)
    except (InputError, UsageError):
        return {}
    return _table(found[0]) if len(found) == 1 and _is_plain(found[0]) else {}


def _is_plain(found: Description) -> bool:
    tagged = any(column.tag for column in found.columns)
    plain = found.format == "csv" and found.delimiter == "," and found.encoding.lower() in _UTF8
    return plain and found.first_row == 2 + tagged


def _table(found: Description) -> dict[str, Any]:
    tagged = any(column.tag for column in found.columns)
    fields = [{"name": column.name, "type": "string"} for column in found.columns]
    table = {"type": "table", "schema": {"fields": fields}, "rows": found.rows}
    return {**table, "dialect": {"commentRows": [2]}} if tagged else table
