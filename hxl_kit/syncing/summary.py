"""What a sync did: one line per dataset that is not as before, one for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from hxl_kit.syncing.lock_file import LOCK_NAME
from hxl_kit.syncing.offers import Outcome
from hxl_kit.targets.target import count_text, size_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hxl_kit.syncing.lock_file import Entry, LockFile
    from hxl_kit.syncing.offers import Brought

_WORDS: dict[str, str] = {
    "deleted": "deleted upstream",
    "withdrawn": "withdrawn upstream",
    "deselected": "not asked for any more",
    "without_files": "without files",
}
_GONE = "; what is here of it stays (--prune removes it)"
_SHOWN_COMMANDS = 20


@dataclass(frozen=True)
class Done:
    """What became of a dataset; `entry` is what is here of it, `brought` what came now, `error` why none did."""

    name: str
    outcome: Outcome
    entry: Entry | None = None
    brought: Brought | None = None
    error: str = ""

    @property
    def path(self) -> str:
        """Its folder inside the synced one, "" where nothing is here of it."""
        return self.entry.path if self.entry else ""

    def as_json(self, folder: Path) -> dict[str, Any]:
        """Return the documented JSON of a dataset."""
        if self.brought:
            return self.brought.as_json(folder / self.brought.entry.path)
        told = {
            "name": self.name,
            "outcome": self.outcome,
            "path": str(folder / self.path) if self.path else None,
        }
        return told | ({"error": self.error} if self.error else {})

    def lines(self) -> Iterator[str]:
        """Yield what a person should read of a dataset."""
        if self.outcome == "failed":
            yield f"failed: {self.error}"
        elif self.outcome in ("deleted", "withdrawn"):
            yield f"{_WORDS[self.outcome]}: {self.name}{_GONE if self.path else ''}"
        elif self.outcome in _WORDS:
            yield f"{_WORDS[self.outcome]}: {self.name}"
        elif self.brought and self.outcome != "unchanged":
            fetched = f"{count_text(self.brought.files, 'file')}, {size_text(self.brought.bytes)}"
            yield f"{self.outcome}: {self.brought.entry.path} ({fetched})"
        yield from (f"  {note}" for note in (self.brought.notes if self.brought else ()))


@dataclass(frozen=True)
class Summary:
    """What a sync did in a folder."""

    folder: Path
    request: Mapping[str, str]
    lock: LockFile
    datasets: tuple[Done, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many datasets had each outcome."""
        outcomes = [done.outcome for done in self.datasets]
        return {outcome: outcomes.count(outcome) for outcome in get_args(Outcome)}

    @property
    def gone(self) -> tuple[str, ...]:
        """The names of the datasets that are here and not upstream any more."""
        return tuple(
            done.name for done in self.datasets if done.outcome in ("deleted", "withdrawn") and done.path
        )

    @property
    def commands(self) -> tuple[str, ...]:
        """What normalises the files of known sources among those that were brought now."""
        return tuple(command for done in self.datasets if done.brought for command in done.brought.commands)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `sync`."""
        return {
            "target": self.lock.target,
            "request": dict(self.request),
            "path": str(self.folder),
            "lock": str(self.folder / LOCK_NAME),
            "counts": self.counts,
            "bytes": sum(done.brought.bytes for done in self.datasets if done.brought),
            "datasets": [done.as_json(self.folder) for done in self.datasets],
        }

    def as_text(self) -> str:
        """Return the summary for people."""
        lines = [line for done in self.datasets for line in done.lines()]
        if self.commands:
            lines += ["of known sources; into the standard's tables with:"]
            lines += [f"  {command}" for command in self.commands[:_SHOWN_COMMANDS]]
            left = len(self.commands) - _SHOWN_COMMANDS
            lines += [f"  … and {left:,} more (--format json has all)"] if left > 0 else []
        told = [f"{number:,} {_WORDS.get(name, name)}" for name, number in self.counts.items() if number]
        bytes_ = sum(done.brought.bytes for done in self.datasets if done.brought)
        head = f"{self.lock.target} -> {self.folder}: {count_text(len(self.datasets), 'dataset')}"
        return "\n".join([*lines, f"{head}: {', '.join(told) or 'none'}; {size_text(bytes_)} fetched"])
