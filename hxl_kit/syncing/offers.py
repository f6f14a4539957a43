"""What a target offers, what was brought of it, and where offers come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from hxl_kit.pulling import Pulled
    from hxl_kit.syncing.lock_file import Entry, Upstream

Outcome = Literal[
    "new", "changed", "unchanged", "failed", "deleted", "withdrawn", "deselected", "without_files"
]
"""What became of a dataset: the last four have nothing to bring (any more); what is here of them stays."""

PACKAGES, FOREIGN = "packages", "foreign"
WORK = ".hxl-kit-sync"
"""The folder inside a synced one that holds what is under way, and the mark of the process that is at it."""


def outcome_of(*, was_here: bool, is_changed: bool) -> Outcome:
    """Return what became of a dataset that was brought."""
    if not was_here:
        return "new"
    return "changed" if is_changed else "unchanged"


@dataclass(frozen=True)
class Brought:
    """A dataset that is here now.

    Attributes:
        entry: what the lock file says of it.
        outcome: new, changed or unchanged.
        pulled: the same as `pull` tells it.
        files: how many files were fetched.
        bytes: how many bytes these have.
        notes: what a person should know, a line each.
        commands: what brings its tables into the standard's, where the source is certain.
    """

    entry: Entry
    outcome: Outcome
    pulled: Pulled
    files: int = 0
    bytes: int = 0
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()

    def as_json(self, path: Path) -> dict[str, Any]:
        """Return the documented JSON of a dataset that lies in a folder."""
        return {
            "name": self.entry.name,
            "kind": self.entry.kind,
            "outcome": self.outcome,
            "path": str(path),
            "files": self.files,
            "bytes": self.bytes,
            "notes": list(self.notes),
            "normalise": list(self.commands),
        }


@dataclass(frozen=True)
class Offer:
    """A dataset that a target serves.

    Attributes:
        id: its id there.
        name: its name, which is one of a folder too.
        modified: when it was changed last.
        times: when each of its files was changed last, by the file's id.
        bring: brings it into a folder of datasets, with what is there of it already.
        has_files: whether there is anything to bring.
        is_certain: whether the times tell of every change; files on other hosts change without the target's knowing.
    """

    id: str
    name: str
    modified: str
    times: Mapping[str, str]
    bring: Callable[[Path, Entry | None], Brought] = field(repr=False, compare=False)
    has_files: bool = True
    is_certain: bool = True


class Supply(Protocol):
    """Where datasets come from: a target, and what is asked of it."""

    @property
    def text(self) -> str:
        """The target as it is written on the command line."""

    @property
    def request(self) -> Mapping[str, str]:
        """What is asked for, by name."""

    def offers(self) -> Iterator[Offer]:
        """Yield the datasets that are asked for.

        Raises:
            UsageError: what is asked for cannot be.
            TargetError: the target cannot be asked.
        """

    def fate(self, entry: Entry) -> Upstream:
        """Return what became of a dataset that is not offered: still served, it is only not asked for any more.

        Raises:
            TargetError: the target cannot be asked.
        """
