"""Resources known to be clean, by the hash of their content: unchanged data cost one hash.

Only clean verdicts are remembered, and of them only how many rows were read: no value of the data is ever written.
A verdict counts for one content of the resource's file and of the tables that it refers to, one descriptor, and one
state of this gate, frictionless and Python.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from frictionless.resources import MetadataResource
from platformdirs import user_cache_path

from hxl_kit.files import sha256_of, write_atomically

if TYPE_CHECKING:
    from frictionless import Resource

VARIABLE = "HXL_KIT_CACHE"
"""The environment variable that names another folder for the memory."""
KEPT = 64
"""Contents remembered for one descriptor."""
LIBRARIES = (
    "frictionless",
    "polars",
    "pyarrow",
    "numpy",
    "chardet",
    "python-dateutil",
    "isodate",
    "rfc3986",
    "validators",
)
"""What reads cells, or proves that they can be read."""

Stamp = tuple[int, int, int, int]


@dataclass
class Memory:
    """The folder of remembered verdicts; hashes of files are computed once."""

    folder: Path
    hashes: dict[Path, tuple[Stamp, str]] = field(default_factory=dict)
    last: tuple[Any, dict[str, Any]] = field(default=(None, {}), repr=False)
    """The package whose resources come one after the other, and what it says besides them."""

    def page(self, resource: Resource) -> Page | None:
        """Return the page for a resource; None when its verdict hangs on more than local files."""
        if isinstance(resource, MetadataResource):
            return None
        described = _described(resource)
        files = tuple(path for one in described for path in _paths(one)) if described else ()
        if described is None or not files or not all(path.is_file() for path in files):
            return None
        if any(_depends_on_today(one) for one in described):
            return None
        key = _digest([_engine(), self._profile(resource), [_written_out(one) for one in described]])
        return Page(self, self.folder / key[:2] / key, files)

    def _profile(self, resource: Resource) -> dict[str, Any]:
        """Return what the package says besides its resources: its profile decides how these are read."""
        if resource.package is not self.last[0]:
            package = resource.package.to_descriptor() if resource.package else {}
            self.last = resource.package, {key: value for key, value in package.items() if key != "resources"}
        return self.last[1]

    def hash_of(self, path: Path) -> str:
        """Return the SHA-256 of a file as it is now."""
        stamp = _stamp(path)
        if path not in self.hashes or self.hashes[path][0] != stamp:
            self.hashes[path] = (stamp, sha256_of(path))
        return self.hashes[path][1]


@dataclass
class Page:
    """What is remembered of one resource's descriptor."""

    memory: Memory
    folder: Path
    files: tuple[Path, ...]
    stamps: tuple[Stamp, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Note how the files are before they are read."""
        self.stamps = tuple(_stamp(path) for path in self.files)

    def recall(self) -> int | None:
        """Return the number of rows when this very content is known to be clean."""
        try:
            if not self.folder.is_dir():
                return None
            said = json.loads(self._entry().read_bytes())
            rows = said["rows"] if said["content"] == self._content() else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return rows if type(rows) is int and rows >= 0 else None

    def was_read_as(self, sha256: str | None) -> None:
        """Take the hash of the resource's own file from the reading that judged it."""
        if sha256:
            self.memory.hashes[self.files[0]] = (self.stamps[0], sha256)

    def remember(self, rows: int) -> None:
        """Remember the content as clean, unless a file was touched since the page was opened."""
        if self.stamps != tuple(_stamp(path) for path in self.files):
            return
        try:
            write_atomically(self._entry(), json.dumps({"content": self._content(), "rows": rows}).encode())
            kept = sorted(self.folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
            for path in kept[:-KEPT]:
                path.unlink(missing_ok=True)
        except OSError:
            return

    def _content(self) -> list[str]:
        return [self.memory.hash_of(path) for path in self.files]

    def _entry(self) -> Path:
        return self.folder / f"{_digest(self._content())}.json"


def user_memory() -> Memory:
    """Return the user's memory: in `$HXL_KIT_CACHE` when that is set, else in the system's folder for caches."""
    own = os.environ.get(VARIABLE)
    return Memory((Path(own) if own else user_cache_path("hxl-kit", appauthor=False)) / "verdicts")


def _described(resource: Resource) -> list[Any] | None:
    """Return a resource and those that it refers to; None when one of them is not there."""
    found = [resource]
    for key in resource.schema.foreign_keys if resource.schema else ():
        name = key["reference"]["resource"]
        if name and name != resource.name:
            if resource.package is None or not resource.package.has_resource(name):
                return None
            found.append(resource.package.get_resource(name))
    return found


def _written_out(resource: Resource) -> list[dict[str, Any]]:
    """Return a resource's descriptor, dialect and schema, which may stand in files of their own."""
    return [
        part.to_descriptor() for part in (resource, resource.dialect, resource.schema) if part is not None
    ]


def _depends_on_today(resource: Resource) -> bool:
    """Whether a field reads dates of any form: what they leave open is today's."""
    return any(one.format == "any" for one in (resource.schema.fields if resource.schema else ()))


def _paths(resource: Resource) -> list[Path]:
    return [] if resource.memory or resource.remote else [Path(path) for path in resource.normpaths]


def _stamp(path: Path) -> Stamp:
    status = path.stat()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


@cache
def _engine() -> list[str]:
    """Return what the verdict depends on besides the data: this gate's code and the libraries it stands on."""
    code = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py"))))
    return [platform.python_version(), *map(version, LIBRARIES), code.hexdigest()]
