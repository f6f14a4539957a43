"""Why a dataset that is on HDX already is not written over, and what its dry run is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.targets.hdx.withdrawals import TOMBSTONE

if TYPE_CHECKING:
    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.hdx.served import Served
    from hxl_kit.targets.hdx.wanted import Wanted

_HELD = (
    "the site keeps this file in quarantine until somebody has looked at it, and sending it anew would take it out; "
    "wait for HDX, or publish with --replace-quarantined"
)


def of_others(package: Package, served: Served, site: str) -> tuple[str, ...]:
    """Return why a dataset that somebody made without hxl_kit is not written over; nothing if it was adopted."""
    section = package.descriptor.get("hdx")
    adopted = isinstance(section, dict) and section.get("dataset_id") == served.id
    asked_for = served.is_by_request and served.is_ours
    if served.descriptor or served.resource(TOMBSTONE) or asked_for or adopted:
        return ()
    address = f"{site}/{served.name}"
    return (f"{address}: is there and was not published by hxl-kit; `hxl-kit adopt {address}` takes it over",)


def held(wanted: Wanted, served: Served) -> tuple[str, ...]:
    """Return which files would be sent anew that the site keeps back, a sentence each."""
    pairs = [(r, r.served_in(served)) for r in wanted.resources]
    names = [r.name for r, there in pairs if there and there.in_quarantine and there.sha256 != r.sha256]
    return tuple(f"{name}: {_HELD}" for name in names)


def dry_run(wanted: Wanted, served: Served | None) -> dict[str, Any]:
    """Return the dataset as the site's dry run takes it, without files."""
    resources = [{**r.fields, "url": r.name} for r in wanted.resources]
    return {**wanted.fields, "resources": resources, **({"id": served.id} if served else {})}
