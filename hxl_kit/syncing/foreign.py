"""Datasets that are no packages of this tool: their files as received, described into a package that vouches for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, UsageError
from hxl_kit.files import set_aside, sha256_of, staged_folder
from hxl_kit.package.descriptor import descriptor_bytes
from hxl_kit.pulling import Pulled
from hxl_kit.reading.file_names import safe_names
from hxl_kit.reading.packages import DESCRIPTOR, MARK, listed_files, read_package
from hxl_kit.reading.paths import is_written_path
from hxl_kit.syncing.arrival import Arrival, place
from hxl_kit.syncing.describing import Described, described_file, normalise_commands, validated
from hxl_kit.syncing.holdings import set_time
from hxl_kit.syncing.lock_file import LockedFile
from hxl_kit.syncing.metadata import described_dataset

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hxl_kit.hdx.download import Downloads
    from hxl_kit.hdx.listed import ListedDataset
    from hxl_kit.hdx.site import Site
    from hxl_kit.syncing.lock_file import Entry

_RESERVED = frozenset({DESCRIPTOR, "datapackage.yaml", "datapackage.yml", "package.yaml"})


def bring_foreign(
    downloads: Downloads, site: Site, listed: ListedDataset, out: Path, held: Entry | None
) -> Arrival:
    """Bring the files of a dataset to `out` with a descriptor of them: all of them, or `out` stays as it was.

    Raises:
        TargetError: a file does not come as it should.
        UsageError: `out` holds something else.
    """
    here = _own_descriptor(out, listed)
    before = here.read_bytes() if here else b""
    known = _known(out, here, held)
    names = safe_names((file.called for file in listed.files), _RESERVED)
    files, fetched = [], []
    with staged_folder(out, DESCRIPTOR, listed_files(out), checked=True) as stage:
        for file, name in zip(listed.files, names, strict=True):
            copy, is_new = place(downloads, listed, file, stage / name, known.get(file.id))
            files.append(copy)
            fetched += [copy.bytes] if is_new else []
        described = [
            described_file(stage, file, copy) for file, copy in zip(listed.files, files, strict=True)
        ]
        content = _descriptor(site, listed, described, stage)
        (stage / DESCRIPTOR).write_bytes(content)
    for copy in files:
        set_time(out / copy.path, copy.last_modified)
    return Arrival(
        files=tuple(files),
        digest=sha256_of(out / DESCRIPTOR),
        fetched=len(fetched),
        bytes=sum(fetched),
        was_here=bool(before),
        is_changed=bool(fetched) or before != content,
        pulled=_pulled(site, listed, out, fetched, len(files)),
        notes=tuple(_notes(listed, described)),
        commands=tuple(normalise_commands(out, described)),
    )


def _pulled(site: Site, listed: ListedDataset, out: Path, fetched: Sequence[int], files: int) -> Pulled:
    """Return what came, as of a package; without versions, the dataset's time of change stands for one."""
    reused = files - len(fetched) if fetched else 0
    return Pulled(site.text, listed.name, "", listed.modified, out, len(fetched), sum(fetched), reused)


def _descriptor(site: Site, listed: ListedDataset, described: Sequence[Described], stage: Path) -> bytes:
    """Return the bytes of the descriptor, with what validation finds; a wrong description of a table is taken back."""
    descriptor = described_dataset(site, listed)
    resources = _with_names(described)
    left = [
        {"name": file.name, "url": file.url, "why": file.left_out}
        for file in listed.resources
        if file.left_out
    ]
    if left:
        descriptor[MARK]["left_out"] = left
    descriptor["resources"] = resources
    descriptor[MARK]["validation"] = validated(stage, descriptor)
    return descriptor_bytes(descriptor)


def _with_names(described: Sequence[Described]) -> list[dict[str, Any]]:
    """Return the resources of all files, each with a name of its own."""
    resources, taken = [], set[str]()
    for resource in (resource for file in described for resource in file.resources):
        name, number = resource["name"], 1
        while name in taken:
            number += 1
            name = f"{resource['name']}-{number}"
        taken.add(name)
        resources.append({**resource, "name": name})
    return resources


def _notes(listed: ListedDataset, described: Sequence[Described]) -> Iterator[str]:
    left = [file.left_out for file in listed.resources if file.left_out]
    for why in dict.fromkeys(left):
        number = left.count(why)
        yield f"{number:,} resource{'' if number == 1 else 's'} left out: {why}"
    yield from (note for file in described for note in file.notes)


def _own_descriptor(out: Path, listed: ListedDataset) -> Path | None:
    """Return the descriptor of this dataset in `out`, also that of a bringing that was killed; None in a new folder.

    Raises:
        UsageError: `out` holds something else.
    """
    if not out.is_dir() or not any(out.iterdir()):
        return None
    for path in (out / DESCRIPTOR, out / set_aside(DESCRIPTOR)):
        try:
            marked = read_package(path).descriptor.get(MARK)
        except InputError:
            continue
        if isinstance(marked, dict) and marked.get("dataset") == listed.name:
            return path
    raise UsageError(f"{out}: holds something else than the dataset '{listed.name}'; name another folder")


def _known(out: Path, descriptor: Path | None, held: Entry | None) -> dict[str, tuple[Path, LockedFile]]:
    """Return the copies that are here by the ids of their resources: as the lock file says, or else the descriptor."""
    by_id = {}
    for resource in read_package(descriptor).resources if descriptor else ():
        if isinstance(resource.get("hdx"), dict) and is_written_path(str(resource.get("path"))):
            file = _of_descriptor(resource)
            by_id[file.id] = (out / file.path, file)
    for file in held.resources if held else ():
        by_id[file.id] = (out / file.path, file)
    return by_id


def _of_descriptor(resource: Mapping[str, Any]) -> LockedFile:
    told = resource["hdx"]
    return LockedFile(
        path=str(resource["path"]),
        id=str(told.get("id")),
        url=str(told.get("url")),
        last_modified=str(told.get("last_modified")),
        etag="",
        served_modified="",
        sha256=str(resource.get("hash", "")).removeprefix("sha256:"),
        bytes=int(resource.get("bytes", -1)),
    )
