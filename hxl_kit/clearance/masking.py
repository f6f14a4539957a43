"""Displaced places: a release whose places were moved with another secret than the one before shows where they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.outcome import objection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.clearance.outcome import Objection
    from hxl_kit.reading.packages import Package

_MARK = "key_mark"


def masking_objections(package: Package, previous: Package | None) -> Iterator[Objection]:
    """Yield an objection if places or ids were made with another secret than those of the release before.

    Two moves of one place lie on two sides of it: whoever has both releases can look between them.
    """
    marks, before = set(_marks(package)), set(_marks(previous)) if previous else set()
    if marks and before and marks != before:
        yield objection("masked-anew")


def _marks(package: Package) -> Iterator[str]:
    """Yield by which secrets a package was made, as its provenance says."""
    provenance = package.descriptor.get("provenance")
    listed = provenance.get("remedies") if isinstance(provenance, dict) else None
    for record in listed if isinstance(listed, list) else ():
        parameters = record.get("parameters") if isinstance(record, dict) else None
        if isinstance(parameters, dict) and _MARK in parameters:
            yield str(parameters[_MARK])
