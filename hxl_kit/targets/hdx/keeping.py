"""Keeping a version of a dataset on HDX as it is served, to be gone back to."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.targets.hdx.kept import KeptVersion
from hxl_kit.targets.hdx.served import ServedResource
from hxl_kit.targets.hdx.states import state_of
from hxl_kit.targets.hdx.withdrawals import Withdrawals

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hxl_kit.targets.hdx.files_served import Files
    from hxl_kit.targets.hdx.served import Served


def keep(
    served: Served, files: Files, sources: Mapping[str, Path] | None = None, unsent: Path | None = None
) -> None:
    """Keep a version as it is served, with its files; versions that were taken down meanwhile go.

    Args:
        served: the dataset.
        files: brings its files here.
        sources: files that need not be brought, by SHA-256.
        unsent: the descriptor, for a dataset that serves none.
    """
    held = _held(served, files, sources or {})
    if served.descriptor is None:
        held[DESCRIPTOR] = files.kept.keep(unsent) if unsent else files.kept_beside(served)
    here = files.kept.file(held.get(DESCRIPTOR, ""))
    state = state_of(served, here.read_bytes() if here else files.descriptor(served))
    version = KeptVersion(
        state.version_id,
        state.version,
        served.modified,
        state.digest,
        served.fields,
        tuple(r.raw for r in served.resources),
        {name: digest for name, digest in held.items() if digest},
    )
    lasting = Withdrawals.of(served, files).left(files.kept.journal())
    files.kept.save(lasting.with_version(version))


def _held(served: Served, files: Files, sources: Mapping[str, Path]) -> dict[str, str]:
    """Return the SHA-256 of each file that is kept now, by the resource's id."""
    held: dict[str, str] = {}
    for resource in served.resources:
        source = sources.get(resource.sha256)
        if source is not None:
            held[resource.id] = files.kept.keep(source, resource.sha256)
        elif resource.is_upload:
            held[resource.id] = files.keep(resource)
    return held


def is_whole(version: KeptVersion | None) -> TypeGuard[KeptVersion]:
    """Whether a version is kept with the very files that it claims."""
    if version is None:
        return False
    claimed = [resource for resource in map(ServedResource, version.resources) if resource.sha256]
    return all(version.files.get(resource.id) == resource.sha256 for resource in claimed)
