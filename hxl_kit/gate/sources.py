"""What is to be judged: the resources of a package, one resource, or one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from frictionless import Resource
from frictionless.resources import PackageResource, ResourceResource

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTOR = "datapackage.json"


def is_package(path: str) -> bool:
    """Whether a path is that of a package's descriptor."""
    return path.endswith(DESCRIPTOR)


def resources_of(path: str) -> Sequence[Resource]:
    """Return the resources behind a path, as `frictionless validate PATH` finds them.

    Raises:
        FrictionlessException: the descriptor is wrong.
    """
    source = Resource(path, datatype="package" if is_package(path) else None)
    if isinstance(source, PackageResource):
        package = source.read_metadata()
        package.to_descriptor(validate=True)
        return list(package.resources)
    return [source.read_metadata() if isinstance(source, ResourceResource) else source]
