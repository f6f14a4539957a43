"""What every publishing target can do, and what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from hxl_kit.errors import TargetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from hxl_kit.clearance.outcome import Cleared
    from hxl_kit.reading.packages import Package

    Clear = Callable[[Package], Cleared]
    """Gives the proof of clearance of a package, or raises ClearanceError."""

Action = Literal["add", "replace", "remove", "repair", "render", "set", "edit"]
_STEP = 1000
_UNITS = ("kB", "MB", "GB", "TB")


@dataclass(frozen=True)
class Change:
    """One file to change on a target: its hash before and after (None: not there) and the bytes to write.

    `repair` writes a damaged file anew, `render` a page that the target makes from its own data. `set` and
    `edit` are of the target's own metadata, of a new dataset and of one that is there: `resource` is the field,
    `before` and `after` are texts, no bytes.
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

    Attributes:
        dataset: the dataset's name.
        version_id: what the target calls this version.
        version: the package's own version.
        published_at: since when it is served, UTC.
        digest: the SHA-256 of the descriptor.
        pin: changes whenever what is served changes.
        files: what is served; none of a withdrawn version.
        withdrawn: when it was taken down, UTC; "" if it was not.
        reason: why, in the words that the public reads.
        rows: the number of rows by clean table, where known.
    """

    dataset: str
    version_id: str = ""
    version: str = ""
    published_at: str = ""
    digest: str = ""
    pin: str = ""
    files: tuple[ServedFile, ...] = ()
    withdrawn: str = ""
    reason: str = ""
    rows: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def bytes(self) -> int:
        """The size of all files, in bytes."""
        return sum(file.bytes for file in self.files)

    @property
    def described(self) -> str:
        """The state in a few words, for messages."""
        if self.withdrawn:
            return f"withdrawn on {self.withdrawn[:10]}: {self.reason}"
        return f"version {self.version_id} of {self.published_at}" if self.version_id else "nothing published"


@dataclass(frozen=True)
class Ailment:
    """Something that is not in order on a target.

    Attributes:
        rule: the kind, in words joined by hyphens.
        place: the file, folder, resource or field.
        message: what is wrong, and what a person can do about it where nothing is done by itself.
        remedy: what `Target.repair` would do; "" where it can do nothing.
    """

    rule: str
    place: str
    message: str
    remedy: str = ""


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
    """A place that serves versions of packages.

    What was cleared is served by `stage` and `commit`, or by `restore`; `repair` asks for clearance where it serves
    files again; `withdraw` serves nothing.
    Every method raises TargetError when the target refuses, is unreachable or is not in order.
    """

    @property
    def text(self) -> str:
        """The target as it is written on the command line."""

    @property
    def publisher(self) -> Mapping[str, str]:
        """Who publishes, as far as the command line says so: organisation and maintainer, where the target has such."""

    def datasets(self) -> tuple[str, ...]:
        """Return the names of the datasets that are served; withdrawn ones are not."""

    def describe(self, dataset: str) -> State:
        """Return what is served under a name now; after a withdrawal `withdrawn` and `reason` say so."""

    def history(self, dataset: str) -> tuple[State, ...]:
        """Return the versions that are kept, the one that is served first; after them those that were withdrawn."""

    def offered(self, package: Package) -> AbstractContextManager[Package]:
        """Give the package as the target gets it: whole, or without what the package itself keeps from this target."""

    def problems(self, package: Package) -> tuple[str, ...]:
        """Return all that the target would refuse in a package, each a sentence with the way out."""

    def file_changes(self, package: Package, state: State) -> tuple[Change, ...]:
        """Return the files (`add`, `replace`, `remove`) that publishing the package would change, as the target calls them."""

    def edits(self, package: Package, state: State) -> tuple[Change, ...]:
        """Return the target's own metadata (`set`, `edit`) that differ from what publishing the package gives."""

    def reverts(self, kept: State, served: State) -> tuple[Change, ...]:
        """Return the files and the target's own metadata (`edit`) that restoring a kept version would change."""

    def faults(self, state: State) -> tuple[Change, ...]:
        """Read a version back and return what must be written again for it to be whole."""

    def opened(self, state: State) -> AbstractContextManager[Package]:
        """Give a kept version as a package to read."""

    def stage(self, package: Package, cleared: Cleared) -> AbstractContextManager[Staged]:
        """Copy a package to the target and verify it there; what was not committed is gone at the end.

        `cleared` is the proof of clearance: it is asked for (`Cleared.require`) before anything is written.
        """

    def commit(self, staged: Staged, pin: str) -> State:
        """Serve what was staged, in one step, if what is served still has this pin; else TargetError."""

    def restore(self, state: State, cleared: Cleared, pin: str) -> State:
        """Serve a kept version again (files and metadata), in one step, if what is served still has this pin.

        `cleared` is the proof of clearance of the kept version. Its files are verified first.
        """

    def withdraw(self, dataset: str, reason: str, pin: str) -> State:
        """Take down the files and all kept versions, if what is served still has this pin; leave a tombstone.

        The tombstone has name, title, when, why, and the version ids and digests of what was there. A dataset
        that is withdrawn already is cleaned of what a stopped withdrawal left.
        """

    def examine(self, dataset: str) -> tuple[Ailment, ...]:
        """Return what is not in order with a dataset; with "" what is not with the target apart from its datasets."""

    def repair(self, dataset: str, ailments: Sequence[Ailment], clear: Clear) -> tuple[Ailment, ...]:
        """Apply the remedies of ailments that `examine` found, where they still hold; return what was repaired.

        `clear` gives the proof of clearance of a package, or raises ClearanceError: it is asked for the package as
        it will be before any of its files are served again.
        """

    def fetch(self, state: State, folder: Path) -> None:
        """Copy the files of a version into a folder and verify size and SHA-256 of each."""


def moved(target: str, pin: str, served: State, since: Sequence[str] = ()) -> TargetError:
    """Return the error of a plan that was made for another state (`pin`) than what is served now.

    `since` says what changed in between, a line each, where that is known.
    """
    moment = pin.partition("@")[2][:19]
    planned = f"the state of {moment}Z" if moment else f"version {pin}" if pin else "nothing published"
    head = f"{target}: {served.dataset} moved under the plan: planned for {planned}, now {served.described}; plan again"
    return TargetError("\n".join([head, *(f"  {line}" for line in since)]))


def require_not_withdrawn(target: str, state: State) -> None:
    """Do nothing with a version that was not withdrawn.

    Raises:
        TargetError: it was; when and why.
    """
    if state.withdrawn:
        version = f" {state.version_id}" if state.version_id else ""
        raise TargetError(
            f"{target}: {state.dataset}{version} was withdrawn on {state.withdrawn[:10]}: {state.reason}"
        )


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
