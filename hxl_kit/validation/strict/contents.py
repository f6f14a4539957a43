"""Hashes and counts that frictionless 5.21 leaves unread: other algorithms, and counts of 0."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from hxl_kit.errors import HxlKitError
from hxl_kit.reading.table import shown
from hxl_kit.validation.report import Issue
from hxl_kit.validation.strict.parts import resources_of
from hxl_kit.validation.strict.rows import not_checked, opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.parts import Resource

WEAK = ("md5", "sha1")
READ_BY_FRICTIONLESS = ("md5", "sha256")


def contents(package: Package) -> Iterator[Issue]:
    """Yield weak hashes, hashes that are not the file's, and counts of 0 that are none (Data Resource, "hash", "bytes")."""
    for resource in resources_of(package):
        file = _file(package, resource)
        yield from _weak(resource)
        if file:
            yield from _hash(resource, file)
            yield from _bytes(resource, file)
        if resource.descriptor.get("rows") == 0 and resource.fields:
            yield from _rows(package, resource)


def _file(package: Package, resource: Resource) -> Path | None:
    if not isinstance(resource.descriptor.get("path"), str):
        return None
    path = package.path_of(resource.descriptor)
    return path if path.is_file() else None


def _named(resource: Resource) -> tuple[str, str]:
    """Return the algorithm and the digits of a resource's hash; MD5 where none is named."""
    algorithm, _, digits = str(resource.descriptor.get("hash") or "").rpartition(":")
    return algorithm.lower().replace("-", "") or "md5", digits.lower()


def _weak(resource: Resource) -> Iterator[Issue]:
    algorithm, digits = _named(resource)
    if digits and algorithm in WEAK:
        yield Issue(
            "weak-hash",
            "warning",
            resource.name,
            f"{resource.place}.hash: is {algorithm}, which a forger can match (sha256 not); it shows accidents only",
            fix="give the file's sha256: sha256:<64 hexadecimal digits>",
        )


def _hash(resource: Resource, file: Path) -> Iterator[Issue]:
    algorithm, digits = _named(resource)
    if not digits or algorithm in READ_BY_FRICTIONLESS:
        return
    place = f"{resource.place}.hash"
    if algorithm not in hashlib.algorithms_guaranteed or algorithm.startswith("shake"):
        message = f"{place}: the algorithm '{shown(algorithm)}' is not known; the file was not compared"
        yield Issue("file-hash", "warning", resource.name, message, fix="give the file's sha256")
        return
    with file.open("rb") as content:
        if hashlib.file_digest(content, algorithm).hexdigest() != digits:
            yield Issue("file-hash", "error", resource.name, f"{place}: the file's {algorithm} is another")


def _bytes(resource: Resource, file: Path) -> Iterator[Issue]:
    size = file.stat().st_size
    if resource.descriptor.get("bytes") == 0 and size:
        message = f"{resource.place}.bytes: says 0, the file has {size:,}"
        yield Issue("file-bytes", "error", resource.name, message)


def _rows(package: Package, resource: Resource) -> Iterator[Issue]:
    try:
        with opened(package, resource) as rows:
            if any(frame.height for frame in rows.frames()):
                message = f"{resource.place}.rows: says 0, the table has rows"
                yield Issue("file-rows", "error", resource.name, message)
    except HxlKitError as error:
        yield not_checked("file-rows", resource, error)
