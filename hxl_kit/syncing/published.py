"""Datasets of HDX that this tool published: the package comes back byte for byte, as its datapackage.json lists it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, TargetError
from hxl_kit.files import link_or_copy
from hxl_kit.pulling import bring
from hxl_kit.reading.descriptors import parse_json
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.reading.paths import is_written_path
from hxl_kit.reading.table import listed as named
from hxl_kit.syncing.arrival import Arrival
from hxl_kit.syncing.holdings import set_time
from hxl_kit.syncing.lock_file import LockedFile
from hxl_kit.targets.hdx.served import Served
from hxl_kit.targets.hdx.states import state_of
from hxl_kit.targets.target import ServedFile

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.hdx.download import Downloads, Fetched
    from hxl_kit.hdx.listed import ListedDataset, ListedFile
    from hxl_kit.syncing.lock_file import Entry
    from hxl_kit.targets.target import State

_TOOL = "hxl_kit"


@dataclass(frozen=True)
class Descriptor:
    """The datapackage.json of a dataset, and the files of a version that it lists, itself among them."""

    came: Fetched
    state: State
    resources: dict[str, ListedFile]


def described_by(downloads: Downloads, listed: ListedDataset) -> Descriptor | None:
    """Return the descriptor of a dataset that is a package: one that names a hash and a resource for each file.

    Raises:
        TargetError: it is one of this tool's, and a file that it names is not served.
    """
    file = listed.named(DESCRIPTOR)
    if file is None:
        return None
    came = downloads.fetch(listed.wanted(file))
    if came.path is None:
        return None
    content = came.path.read_bytes()
    try:
        descriptor = parse_json(content, f"{listed.name}: {DESCRIPTOR}")
    except InputError:
        return None
    served = _files(descriptor)
    if not served:
        return None
    by_path = {path: found for path in served if (found := listed.named(path))}
    if missing := [path for path in served if path not in by_path]:
        if _is_ours(descriptor):
            raise TargetError(
                f"{listed.name}: {DESCRIPTOR} lists files that are not served: {named(missing)}; "
                "its publisher can repair it with `hxl-kit doctor`"
            )
        return None
    files = (*served.values(), ServedFile(DESCRIPTOR, len(content), came.sha256))
    return Descriptor(came, _state(listed, content, files), {**by_path, DESCRIPTOR: file})


def _files(descriptor: Any) -> dict[str, ServedFile]:
    """Return the files that a descriptor lists, by path; nothing if one has no SHA-256, no size or no safe path."""
    resources = descriptor.get("resources") if isinstance(descriptor, dict) else None
    found: dict[str, ServedFile] = {}
    for resource in resources if isinstance(resources, list) else ():
        if not isinstance(resource, dict):
            return {}
        if "path" not in resource:
            continue
        path, size = resource["path"], resource.get("bytes")
        algorithm, _, digest = str(resource.get("hash", "")).rpartition(":")
        if not isinstance(path, str) or type(size) is not int or algorithm != "sha256":
            return {}
        if not is_written_path(path):
            return {}
        found[path] = ServedFile(path, size, digest)
    return found


def _is_ours(descriptor: dict[str, Any]) -> bool:
    provenance = descriptor.get("provenance")
    return isinstance(provenance, dict) and provenance.get("tool") == _TOOL


def _state(listed: ListedDataset, content: bytes, files: tuple[ServedFile, ...]) -> State:
    """Return the version that is served, with every file that its descriptor lists."""
    state = state_of(Served.of(listed.metadata), content)
    name = parse_json(content, DESCRIPTOR).get("name")
    return replace(state, dataset=str(name or listed.name), files=files)


def bring_package(
    downloads: Downloads, listed: ListedDataset, descriptor: Descriptor, out: Path, held: Entry | None
) -> Arrival:
    """Bring a package to `out`: whole and verified, or `out` stays as it was.

    Raises:
        TargetError: a file is not what the descriptor says.
        UsageError: `out` holds something else.
    """
    fetched: list[Fetched] = [descriptor.came]

    def fetch(state: State, stage: Path) -> None:
        for file in state.files:
            came = descriptor.came
            if file.path != DESCRIPTOR:
                wanted = listed.wanted(descriptor.resources[file.path])
                came = downloads.fetch(replace(wanted, sha256=file.sha256 or wanted.sha256, bytes=file.bytes))
                fetched.append(came)
            if came.path is not None:
                link_or_copy(came.path, stage / file.path)

    was_here = held is not None or (out / DESCRIPTOR).is_file()
    pulled = bring(downloads.connection.site.text, descriptor.state, out, fetch)
    files = tuple(_locked(descriptor, file) for file in descriptor.state.files)
    for file in files:
        set_time(out / file.path, file.last_modified)
    return Arrival(
        files=files,
        digest=descriptor.state.digest,
        fetched=len(fetched),
        bytes=sum(came.bytes for came in fetched),
        was_here=was_here,
        is_changed=pulled.is_new,
        pulled=pulled,
    )


def _locked(descriptor: Descriptor, file: ServedFile) -> LockedFile:
    resource = descriptor.resources[file.path]
    return LockedFile(
        path=file.path,
        id=resource.id,
        url=resource.url,
        last_modified=resource.modified,
        etag="",
        served_modified="",
        sha256=file.sha256,
        bytes=file.bytes,
    )
