"""hxl-kit.lock: what a synced folder holds, where each file is from, and by what a change of it is noticed."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Self, get_args

from hxl_kit.errors import InputError, UsageError
from hxl_kit.files import write_atomically
from hxl_kit.reading.descriptors import parse_json
from hxl_kit.reading.paths import is_written_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

LOCK_NAME = "hxl-kit.lock"
FORMAT = 1
Kind = Literal["package", "foreign"]
Upstream = Literal["served", "deleted", "withdrawn"]


@dataclass(frozen=True)
class LockedFile:
    """A file that is here.

    Attributes:
        path: inside the dataset's folder.
        id: the resource on the target.
        url: where it was fetched from.
        last_modified: when it was changed last, as the target says it.
        etag: the ETag that it was served with.
        served_modified: the Last-Modified header that it was served with.
        sha256: of its bytes.
        bytes: its size.
    """

    path: str
    id: str
    url: str
    last_modified: str
    etag: str
    served_modified: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Entry:
    """A dataset that is here, as of when the target said of it `metadata_modified`.

    Attributes:
        id: the dataset's id on the target.
        name: its name.
        kind: a package of this tool, or another dataset described into one.
        path: its folder.
        metadata_modified: when the target changed it last, as it says it.
        descriptor_sha256: of its datapackage.json.
        request: what was asked for when it was brought.
        upstream: what became of it since; what is gone stays here until it is pruned.
        resources: its files.
    """

    id: str
    name: str
    kind: Kind
    path: str
    metadata_modified: str
    descriptor_sha256: str
    request: Mapping[str, str]
    upstream: Upstream
    resources: tuple[LockedFile, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the entry as the lock file has it; `from_json` reads it back."""
        files = sorted(self.resources, key=lambda file: file.path)
        return {
            **vars(self),
            "request": dict(self.request),
            "resources": [dict(vars(file)) for file in files],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the entry that `as_json` described; a wrong shape is a KeyError, TypeError or ValueError."""
        files = tuple(LockedFile(**file) for file in raw["resources"])
        entry = cls(**{**raw, "request": dict(raw["request"]), "resources": files})
        texts = (entry.id, entry.name, entry.metadata_modified, entry.descriptor_sha256)
        if not all(isinstance(text, str) for text in texts):
            raise TypeError("text")
        if entry.kind not in get_args(Kind) or entry.upstream not in get_args(Upstream):
            raise ValueError(entry.kind)
        if not all(map(is_written_path, (entry.path, *(file.path for file in files)))):
            raise ValueError(entry.path)
        return entry


@dataclass(frozen=True)
class LockFile:
    """What a folder holds of a target, by the datasets' names."""

    target: str
    entries: Mapping[str, Entry] = field(default_factory=dict)

    def with_entries(self, entries: Iterable[Entry]) -> LockFile:
        """Return the lock file with these entries in the place of those of the same names."""
        return LockFile(self.target, {**self.entries, **{entry.name: entry for entry in entries}})

    def without(self, names: Iterable[str]) -> LockFile:
        """Return the lock file without these datasets."""
        gone = set(names)
        return LockFile(
            self.target, {name: entry for name, entry in self.entries.items() if name not in gone}
        )

    def as_bytes(self) -> bytes:
        """Return the content of the file: the same for the same datasets, in whatever order they came."""
        datasets = [self.entries[name].as_json() for name in sorted(self.entries)]
        described = {"format": FORMAT, "target": self.target, "datasets": datasets}
        return (json.dumps(described, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()

    def write(self, folder: Path) -> None:
        """Write the file into a folder, whole or not at all; one with the same content is left alone."""
        path, content = folder / LOCK_NAME, self.as_bytes()
        if not path.is_file() or path.read_bytes() != content:
            write_atomically(path, content)


def read_lock(folder: Path, target: str) -> LockFile:
    """Return the lock file of a folder, an empty one where there is none yet.

    Raises:
        UsageError: the folder holds what was brought from another target.
        InputError: the file is damaged, or of a later version of this tool.
    """
    path = folder / LOCK_NAME
    if not path.exists():
        return LockFile(target)
    try:
        raw = parse_json(path.read_bytes(), str(path))
        if raw["format"] != FORMAT:
            raise InputError(
                f"{path}: is of another version of hxl-kit (format {raw['format']}); use that one"
            )
        entries = [Entry.from_json(entry) for entry in raw["datasets"]]
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{path}: is damaged; delete it and sync again: files that are here and whole are not fetched again"
        ) from error
    if raw["target"] != target:
        raise UsageError(
            f"{folder}: holds datasets of {raw['target']}; name another folder for those of {target}"
        )
    return LockFile(target, {entry.name: entry for entry in entries})
