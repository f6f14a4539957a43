"""The sensitivity class of a package: it must be named, and only low goes to a public target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.outcome import objection
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.clearance.outcome import Objection
    from hxl_kit.reading.packages import Package

PUBLIC = "low"


def class_objections(package: Package) -> Iterator[Objection]:
    """Yield what speaks against the class of a package, and of its resources where they name one of their own."""
    named = package.descriptor.get("sensitivity")
    if named in (None, ""):
        yield objection("sensitivity-missing")
    elif named != PUBLIC:
        yield objection("sensitivity-class", {"place": "the package", "class": shown(str(named))})
    for resource in package.resources:
        if (own := resource.get("sensitivity", PUBLIC)) != PUBLIC:
            name = shown(str(resource.get("name", "")))
            params = {"place": "this resource", "class": shown(str(own))}
            yield objection("sensitivity-class", params, resource=name)
