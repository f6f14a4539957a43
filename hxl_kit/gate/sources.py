"""What is to be judged: the resources of a package, one resource, or one table."""

from __future__ import annotations

import codecs
import json
from pathlib import Path
from typing import TYPE_CHECKING

from frictionless import Package, Resource
from frictionless.resources import PackageResource, ResourceResource

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTOR = "datapackage.json"


def is_package(path: str) -> bool:
    """Whether a path is that of a package's descriptor."""
    return path.endswith(DESCRIPTOR)


def resources_of(path: str, *, lenient: bool = False) -> Sequence[Resource]:
    """Return the resources behind a path, as `frictionless validate PATH` finds them.

    `lenient` also finds two that 5.21 refuses: a package whose descriptor begins with a byte order mark, and a table
    named by its absolute path.

    Raises:
        FrictionlessException: the descriptor is wrong.
    """
    if lenient and is_package(path) and _has_mark(path):
        described = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        return list(Package.from_descriptor(described, basepath=str(Path(path).parent)).resources)
    if lenient and not is_package(path):
        source = Resource(Path(path).name, basepath=str(Path(path).parent))
    else:
        source = Resource(path, datatype="package" if is_package(path) else None)
    if isinstance(source, PackageResource):
        package = source.read_metadata()
        package.to_descriptor(validate=True)
        return list(package.resources)
    return [source.read_metadata() if isinstance(source, ResourceResource) else source]


def _has_mark(path: str) -> bool:
    with Path(path).open("rb") as file:
        return file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
