"""catalogue.json: which versions a catalogue serves. Replacing it is the moment of publication."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from hxl_kit.errors import InputError, TargetError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.reading.paths import is_written_path
from hxl_kit.targets.target import ServedFile, State
from hxl_kit.targets.tombstone import Gone, Tombstone, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hxl_kit.reading.packages import Package

LEDGER = "catalogue.json"
FORMAT = "hxl_kit catalogue"
FORMAT_VERSION = 2
"""The newest format that is read. A catalogue without withdrawals is written as 1, which older versions read;
they would lose tombstones and publish what was withdrawn."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_RESERVED = (LEDGER, "index.html")
_VERSION_CHARACTERS = 40


@dataclass(frozen=True)
class Entry:
    """A file of a version: its path inside the package, size, SHA-256, and what it is for people."""

    path: str
    bytes: int
    sha256: str
    resource: str
    title: str
    format: str


@dataclass(frozen=True)
class Version:
    """A published version of a dataset; `rows` counts by clean table, `published_at` is UTC."""

    name: str
    version_id: str
    version: str
    title: str
    description: str
    published_at: str
    temporal: Mapping[str, str]
    licenses: tuple[Mapping[str, str], ...]
    rows: Mapping[str, int]
    files: tuple[Entry, ...]

    @property
    def bytes(self) -> int:
        """The size of all files, in bytes."""
        return sum(entry.bytes for entry in self.files)

    @property
    def digest(self) -> str:
        """The SHA-256 of the descriptor."""
        return next(entry.sha256 for entry in self.files if entry.path == DESCRIPTOR)

    @property
    def folder(self) -> str:
        """The version's folder inside the catalogue."""
        return f"{self.name}/{self.version_id}"

    @property
    def state(self) -> State:
        """The version as every target describes it."""
        files = tuple(ServedFile(entry.path, entry.bytes, entry.sha256) for entry in self.files)
        return State(
            *(self.name, self.version_id, self.version, self.published_at, self.digest, self.version_id),
            files=files,
            rows=dict(self.rows),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the version as catalogue.json holds it; file paths are relative to the catalogue."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "version": self.version,
            "version_id": self.version_id,
            "published_at": self.published_at,
            "bytes": self.bytes,
            "rows": dict(self.rows),
            "temporal": dict(self.temporal),
            "licenses": [dict(licence) for licence in self.licenses],
            "files": [{**asdict(entry), "path": f"{self.folder}/{entry.path}"} for entry in self.files],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the version that `as_json` described; a wrong shape is a KeyError, TypeError or ValueError."""
        texts = {
            name: text_of(raw, name) for name in ("name", "title", "description", "version", "version_id")
        }
        folder = f"{texts['name']}/{texts['version_id']}"
        if not (is_safe_name(texts["name"]) and is_written_path(folder)):
            raise ValueError(folder)
        version = cls(
            **texts,
            published_at=text_of(raw, "published_at"),
            temporal={name: text_of(raw["temporal"], name) for name in raw["temporal"]},
            licenses=tuple({name: text_of(licence, name) for name in licence} for licence in raw["licenses"]),
            rows={name: int(count) for name, count in raw["rows"].items()},
            files=tuple(_entry(folder, entry) for entry in raw["files"]),
        )
        if DESCRIPTOR not in {entry.path for entry in version.files}:
            raise ValueError(folder)
        return version


def _entry(folder: str, raw: Mapping[str, Any]) -> Entry:
    start, path = f"{folder}/", text_of(raw, "path")
    if (
        not path.startswith(start)
        or not is_written_path(path)
        or not re.fullmatch("[0-9a-f]{64}", text_of(raw, "sha256"))
    ):
        raise ValueError(path)
    texts = {name: text_of(raw, name) for name in ("sha256", "resource", "title", "format")}
    return Entry(path=path.removeprefix(start), bytes=int(raw["bytes"]), **texts)


def is_safe_name(name: str) -> bool:
    """Whether a dataset's name can be a folder of the catalogue and part of an address."""
    return bool(_NAME.fullmatch(name)) and name not in _RESERVED


@dataclass(frozen=True)
class Ledger:
    """The versions of each dataset, newest first (the first is the one that is served), and the tombstones by name."""

    datasets: Mapping[str, tuple[Version, ...]] = field(default_factory=dict)
    withdrawn: Mapping[str, tuple[Tombstone, ...]] = field(default_factory=dict)

    def history(self, name: str) -> tuple[Version, ...]:
        """Return the versions of a dataset, newest first; none when it was never published or is withdrawn."""
        return self.datasets.get(name, ())

    def tombstones(self, name: str) -> tuple[Tombstone, ...]:
        """Return the withdrawals of a dataset, newest first."""
        return self.withdrawn.get(name, ())

    def state(self, name: str) -> State:
        """Return what is served under a name."""
        versions, tombstones = self.history(name), self.tombstones(name)
        if versions:
            return versions[0].state
        return tombstones[0].state if tombstones else State(name)

    def states(self, name: str) -> tuple[State, ...]:
        """Return the versions that are kept, newest first, and after them those that were withdrawn."""
        gone = (state for tombstone in self.tombstones(name) for state in tombstone.states)
        return (*(version.state for version in self.history(name)), *gone)

    def with_version(self, version: Version) -> Self:
        """Return the ledger that serves `version`; the others of its dataset are kept behind it."""
        kept = tuple(v for v in self.history(version.name) if v.version_id != version.version_id)
        return replace(self, datasets={**self.datasets, version.name: (version, *kept)})

    def with_withdrawal(self, name: str, reason: str, withdrawn_at: str) -> Self:
        """Return the ledger without the versions of a dataset, with a tombstone for them."""
        versions = self.history(name)
        gone = tuple(Gone(v.version_id, v.version, v.published_at, v.digest) for v in versions)
        tombstone = Tombstone(name, versions[0].title, withdrawn_at, reason, gone)
        return replace(
            self,
            datasets={other: kept for other, kept in self.datasets.items() if other != name},
            withdrawn={**self.withdrawn, name: (tombstone, *self.tombstones(name))},
        )

    def as_bytes(self) -> bytes:
        """Return catalogue.json."""
        datasets = [
            {**versions[0].as_json(), "previous_versions": [version.as_json() for version in versions[1:]]}
            for _, versions in sorted(self.datasets.items())
        ]
        described = {"format": FORMAT, "format_version": 1, "datasets": datasets}
        if self.withdrawn:
            listed = (tombstone for _, each in sorted(self.withdrawn.items()) for tombstone in each)
            described |= {
                "format_version": FORMAT_VERSION,
                "withdrawn": [tombstone.as_json() for tombstone in listed],
            }
        return (json.dumps(described, ensure_ascii=False, indent=2) + "\n").encode()


def read_ledger(folder: Path) -> Ledger:
    """Return the ledger of a catalogue; an empty one where there is no catalogue.json.

    Raises:
        TargetError: catalogue.json is not one, is damaged, or a newer hxl-kit wrote it.
    """
    path = folder / LEDGER
    if not path.exists():
        return Ledger()
    try:
        content = require_plain_file(path).read_bytes()
    except InputError as error:
        raise TargetError(str(error)) from error
    try:
        found = _parsed(json.loads(content))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise TargetError(
            f"{path}: is damaged or is not a catalogue of hxl-kit; it was left as it is: restore it from a backup"
        ) from error
    if found is None:
        raise TargetError(f"{path}: was written by a newer hxl-kit; update hxl-kit to publish or pull here")
    return found


def _parsed(raw: Any) -> Ledger | None:
    """Return the ledger, or None when its format is a later one."""
    if raw["format"] != FORMAT:
        raise ValueError(raw["format"])
    if int(raw["format_version"]) > FORMAT_VERSION:
        return None
    datasets = {}
    for dataset in raw["datasets"]:
        versions = tuple(Version.from_json(v) for v in (dataset, *dataset["previous_versions"]))
        if len({v.name for v in versions}) > 1 or versions[0].name in datasets:
            raise ValueError(versions[0].name)
        datasets[versions[0].name] = versions
    return Ledger(datasets, _tombstones(raw.get("withdrawn", [])))


def _tombstones(raw: Any) -> dict[str, tuple[Tombstone, ...]]:
    found: dict[str, tuple[Tombstone, ...]] = {}
    for each in raw:
        tombstone = Tombstone.from_json(each)
        if not is_safe_name(tombstone.name):
            raise ValueError(tombstone.name)
        found[tombstone.name] = (*found.get(tombstone.name, ()), tombstone)
    return found


def version_of(package: Package, name: str, digest: str, published_at: str) -> Version:
    """Return the ledger's version of a package, by its descriptor and the files on the disk."""
    described = package.descriptor
    version = str(described.get("version") or "")
    return Version(
        name=name,
        version_id=version_id(version, digest),
        version=version,
        title=str(described.get("title") or name),
        description=str(described.get("description") or ""),
        published_at=published_at,
        temporal=_texts(described.get("temporal"), ("start", "end")),
        licenses=tuple(
            _texts(licence, ("name", "title", "path")) for licence in _list(described.get("licenses"))
        ),
        rows={t: table["rows"] for t, table in package.tables.items() if _is_counted(table)},
        files=(
            *_entries(package),
            Entry(DESCRIPTOR, (package.folder / DESCRIPTOR).stat().st_size, digest, "", "", "json"),
        ),
    )


def version_id(version: str, digest: str) -> str:
    """Return the folder name of a version: its number made safe, and 12 digits of the descriptor's SHA-256."""
    safe = re.sub(r"[^A-Za-z0-9.-]+", "-", version)[:_VERSION_CHARACTERS].strip(".-")
    return f"{safe or 'unversioned'}-{digest[:12]}"


def _entries(package: Package) -> tuple[Entry, ...]:
    listed = [resource for resource in package.resources if "path" in resource]
    return tuple(
        Entry(
            path=resource["path"],
            bytes=package.path_of(resource).stat().st_size,
            sha256=str(resource["hash"]).removeprefix("sha256:"),
            resource=str(resource.get("name") or ""),
            title=str(resource.get("title") or ""),
            format=str(resource.get("format") or resource["path"].rpartition(".")[2]).lower(),
        )
        for resource in listed
    )


def _is_counted(table: Mapping[str, Any]) -> bool:
    return isinstance(table.get("rows"), int) and "path" in table


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any, names: tuple[str, ...]) -> dict[str, str]:
    return {n: str(value[n]) for n in names if value.get(n)} if isinstance(value, dict) else {}
