"""Which files of a package HDX gets: all, or those that package.yaml leaves in, and all that it gets as one ZIP file besides.

What is sent is a valid package by itself: a descriptor that lists only the files that are sent goes with them.
"""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from hxl_kit.files import CHUNK_BYTES, link_or_copy, write_atomically
from hxl_kit.hdx.section import Section, section_of
from hxl_kit.reading.packages import DESCRIPTOR, Package
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_EPOCH = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16
_LEVEL = 6
_PACKED = frozenset({".parquet", ".xlsx", ".zip", ".gz"})


@dataclass(frozen=True)
class Offer:
    """What HDX gets of a package: a package, and files that its descriptor does not list.

    Attributes:
        package: the package itself, or the smaller one that was made of it.
        extras: files besides it; each is called by its name.
        problems: what cannot be offered as package.yaml says.
    """

    package: Package
    extras: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()


def offered(package: Package, folder: Path) -> Offer:
    """Return what HDX gets of a package; what has to be made for it is written into a folder of the caller's.

    The same package gives the same bytes (of a ZIP file: with the same release of zlib). Files are linked, or copied
    where the disk has no links.

    Args:
        package: the package; it is returned as it is if nothing is left out.
        folder: an empty folder, on the package's own disk if possible; it must stay until all is sent.

    Raises:
        OSError: the folder cannot be written.
    """
    section, _ = section_of(package.descriptor)
    if section.by_request:
        return Offer(package)
    problems = tuple(_problems(package, section))
    kept = [r for r in package.resources if _is_sent(package, r, section)]
    smaller = package if len(kept) == len(package.resources) else _smaller(package, kept, folder / "package")
    extras = (
        (_zipped(smaller, folder / _zip_name(package.name)),) if section.sends("zip", default=False) else ()
    )
    return Offer(smaller, () if problems else extras, problems)


def names_sent(descriptor: Mapping[str, Any]) -> frozenset[str]:
    """Return what the files that HDX has of a package are called there, by the descriptor that HDX has."""
    paths = {str(r["path"]) for r in descriptor.get("resources", ()) if isinstance(r, dict) and "path" in r}
    section, _ = section_of(descriptor)
    name = str(descriptor.get("name") or "")
    zipped = {_zip_name(name)} if section.sends("zip", default=False) else set[str]()
    return frozenset({*paths, *zipped, DESCRIPTOR})


def _zip_name(name: str) -> str:
    return f"{PurePosixPath(name).name}.zip"


def _problems(package: Package, section: Section) -> Iterator[str]:
    kinds = {_kind(package, resource) for resource in package.resources}
    if section.resources.get("xlsx") and "xlsx" not in kinds:
        yield "hdx.resources.xlsx: the package has no workbook; set options.xlsx to true and build it again"
    names = [resource.get("path") for resource in package.resources]
    zipped = _zip_name(package.name)
    if section.sends("zip", default=False) and zipped in names:
        yield f"hdx.resources.zip: the package has a file {shown(zipped)} of its own; give that another name"


def _is_sent(package: Package, resource: dict[str, Any], section: Section) -> bool:
    kind = _kind(package, resource)
    return not kind or section.sends(kind)


def _kind(package: Package, resource: dict[str, Any]) -> str:
    """Return which of the kinds of files that may be left out a resource is, or ""."""
    named = str(resource.get("format", "")).lower()
    if named in ("parquet", "xlsx"):
        return named
    name = str(resource.get("name", ""))
    return "hxl" if name.endswith("-hxl") and name.removesuffix("-hxl") in package.tables else ""


def _smaller(package: Package, kept: list[dict[str, Any]], folder: Path) -> Package:
    for path in dict.fromkeys(resource["path"] for resource in kept if isinstance(resource.get("path"), str)):
        link_or_copy(package.folder / path, folder / path)
    described = {**package.descriptor, "resources": kept}
    write_atomically(
        folder / DESCRIPTOR, (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()
    )
    return Package(folder, described)


def _zipped(package: Package, place: Path) -> Path:
    """Write the package as it is sent, its descriptor first, as a ZIP file without times and owners."""
    listed = [resource["path"] for resource in package.resources if isinstance(resource.get("path"), str)]
    with zipfile.ZipFile(place, "w") as archive:
        for path in dict.fromkeys((DESCRIPTOR, *listed)):
            entry = zipfile.ZipInfo(f"{package.name}/{path}", _EPOCH)
            entry.external_attr = _PLAIN_FILE
            packed = PurePosixPath(path).suffix in _PACKED
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry.file_size = (package.folder / path).stat().st_size
            with (package.folder / path).open("rb") as content, archive.open(entry, "w") as file:
                shutil.copyfileobj(content, file, CHUNK_BYTES)
    return place
