"""What every publishing target can do, and what a plan is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

from hxl_kit.clearance.outcome import Clearance
from hxl_kit.clearance.telling import clearance_lines
from hxl_kit.errors import TargetError
from hxl_kit.package.difference import PackageDiff

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hxl_kit.clearance.outcome import Cleared
    from hxl_kit.reading.packages import Package

PLAN_FORMAT = 2
Action = Literal["add", "replace", "remove", "repair", "render"]
_STEP = 1000
_UNITS = ("kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Change:
    """One file to change on a target: its hash before and after (None: not there) and the bytes to write.

    `repair` writes a damaged file anew, `render` a page that the target makes from its own data.
    """

    action: Action
    resource: str
    before: str | None
    after: str | None
    bytes: int


@dataclass(frozen=True)
class ServedFile:
    """A file as a target serves it: its path inside the package, size and SHA-256 (hexadecimal)."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class State:
    """One version of a dataset on a target; without `version_id` nothing is served under that name.

    `pin` changes whenever what is served changes; `digest` is the SHA-256 of the descriptor.
    """

    dataset: str
    version_id: str = ""
    version: str = ""
    published_at: str = ""
    digest: str = ""
    pin: str = ""
    files: tuple[ServedFile, ...] = ()

    @property
    def described(self) -> str:
        """The state in a few words, for messages."""
        return f"version {self.version_id} of {self.published_at}" if self.version_id else "nothing published"


@dataclass(frozen=True)
class Staged:
    """A package copied to the target and verified there, but not served yet; `cleared` is the proof that it may be.

    Raises:
        ClearanceError: the proof is of another package than the copy.
    """

    dataset: str
    digest: str
    folder: Path
    package: Package
    cleared: Cleared

    def __post_init__(self) -> None:
        self.cleared.require(self.digest, self.dataset)


class Target(Protocol):
    """A place that serves versions of packages. Only `stage` and `commit` write, and only what was cleared.

    Every method raises TargetError when the target refuses, is unreachable or is not in order.
    """

    @property
    def text(self) -> str:
        """The target as it is written on the command line."""

    def datasets(self) -> tuple[str, ...]:
        """Return the names of the datasets that are served."""

    def describe(self, dataset: str) -> State:
        """Return what is served under a name now."""

    def history(self, dataset: str) -> tuple[State, ...]:
        """Return the versions that are kept, the one that is served first."""

    def faults(self, state: State) -> tuple[Change, ...]:
        """Read a version back and return what must be written again for it to be whole."""

    def opened(self, state: State) -> AbstractContextManager[Package]:
        """Give a served version as a package to read."""

    def stage(self, package: Package, cleared: Cleared) -> AbstractContextManager[Staged]:
        """Copy a package to the target and verify it there; what was not committed is gone at the end.

        `cleared` is the proof of clearance: it is asked for (`Cleared.require`) before anything is written.
        """

    def commit(self, staged: Staged, pin: str) -> State:
        """Serve what was staged, in one step, if what is served still has this pin; else TargetError."""

    def fetch(self, state: State, folder: Path) -> None:
        """Copy the files of a version into a folder and verify size and SHA-256 of each."""


@dataclass(frozen=True)
class Plan:
    """What publishing a package would do. `changes` is empty when there is nothing to do.

    `package` is the package's folder, `digest` the SHA-256 of its descriptor, `files` the SHA-256 of each
    of its files; `pin` and `served` say which state of the target the plan was made for. `clearance` says what
    speaks against publishing the package: with refusals nothing is published.
    """

    target: str
    dataset: str
    package: str
    digest: str
    pin: str
    served: str
    files: Mapping[str, str]
    changes: tuple[Change, ...] = ()
    diff: PackageDiff = field(default_factory=PackageDiff)
    clearance: Clearance = field(default_factory=Clearance)

    @property
    def bytes(self) -> int:
        """The size of the files that differ, in bytes."""
        return sum(change.bytes for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `plan`; `from_json` reads it back."""
        return {
            "format": PLAN_FORMAT,
            "target": self.target,
            "dataset": self.dataset,
            "package": self.package,
            "digest": self.digest,
            "pinned_state": self.pin,
            "served": self.served,
            "changes": [asdict(change) for change in self.changes],
            "bytes": self.bytes,
            "files": dict(self.files),
            "clearance": self.clearance.as_json(),
            "diff": self.diff.as_json(),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the plan that `as_json` described; a wrong shape is a KeyError, TypeError or ValueError."""
        if raw["format"] != PLAN_FORMAT:
            raise ValueError(raw["format"])
        texts = {name: raw[name] for name in ("target", "dataset", "package", "digest", "served")}
        if not all(isinstance(text, str) for text in (*texts.values(), raw["pinned_state"])):
            raise TypeError(texts)
        return cls(
            **texts,
            pin=raw["pinned_state"],
            files=dict(raw["files"]),
            changes=tuple(Change(**change) for change in raw["changes"]),
            diff=PackageDiff.from_json(raw["diff"]),
            clearance=Clearance.from_json(raw["clearance"]),
        )

    def as_text(self) -> str:
        """Return the plan for people: where, what is served, files with sizes, the differences, the clearance."""
        head = f"{self.dataset} -> {self.target} ({self.served})"
        cleared = [f"  {line}" for line in clearance_lines(self.clearance)]
        if not self.changes:
            refused = cleared if self.clearance.refusals else []
            return "\n".join([f"{head}: nothing to do", *refused])
        files = [
            f"  {c.action:8}{c.resource}  {size_text(c.bytes) if c.bytes else '-'}" for c in self.changes
        ]
        lines = [f"{head}: {count_text(len(files), 'change')}, {size_text(self.bytes)}", *files]
        return "\n".join([*lines, *_indented(self._differences()), *cleared])

    def _differences(self) -> str:
        """What differs from the version served; of a first publication only how many rows there are."""
        if not self.pin:
            return "\n".join(
                f"rows {name}: {table.counts['added']:,}" for name, table in self.diff.tables.items()
            )
        return "" if self.diff.identical else self.diff.as_text(files=False)


def moved(target: str, pin: str, served: State) -> TargetError:
    """Return the error of a plan that was made for another state (`pin`) than what is served now."""
    planned = f"version {pin}" if pin else "nothing published"
    return TargetError(
        f"{target}: {served.dataset} moved under the plan: planned for {planned}, now {served.described}; plan again"
    )


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]


def count_text(number: int, noun: str) -> str:
    """Return a count with its noun: `1 file`, `1,200 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def size_text(size: int) -> str:
    """Return a number of bytes for people, in decimal units: `812 bytes`, `1.2 MB`."""
    if size < _STEP:
        return count_text(size, "byte")
    power = 1
    while power < len(_UNITS) and round(size / _STEP**power, 1) >= _STEP:
        power += 1
    return f"{size / _STEP**power:,.1f} {_UNITS[power - 1]}"
