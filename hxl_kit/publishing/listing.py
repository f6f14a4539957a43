"""The history of a dataset: what was served under its name, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.targets.target import size_text
from hxl_kit.targets.versions import versions_of

if TYPE_CHECKING:
    from hxl_kit.targets.target import State, Target

_HEADER = ("version id", "version", "published", "rows", "size", "")


@dataclass(frozen=True)
class History:
    """The versions of a dataset that are kept, the one that is served first, and those that were withdrawn."""

    target: str
    served: State
    versions: tuple[State, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `history`."""
        return {
            "target": self.target,
            "dataset": self.served.dataset,
            "served": self.served.version_id or None,
            "withdrawn": self.served.withdrawn or None,
            "reason": self.served.reason or None,
            "versions": [self._version(state) for state in self.versions],
        }

    def _version(self, state: State) -> dict[str, Any]:
        return {
            "version_id": state.version_id,
            "version": state.version,
            "published_at": state.published_at,
            "digest": state.digest,
            "rows": dict(state.rows),
            "files": len(state.files),
            "bytes": state.bytes,
            "served": self._is_served(state),
            "withdrawn": state.withdrawn or None,
            "reason": state.reason or None,
        }

    def _is_served(self, state: State) -> bool:
        return not state.withdrawn and state.version_id == self.served.version_id

    def as_rows(self) -> list[tuple[str, ...]]:
        """Return a table for people, its header first."""
        return [_HEADER, *(self._row(state) for state in self.versions)]

    def _row(self, state: State) -> tuple[str, ...]:
        size = "-" if state.withdrawn else size_text(state.bytes)
        rows = f"{sum(state.rows.values()):,}" if state.rows else "-"
        note = "served" if self._is_served(state) else state.described if state.withdrawn else ""
        return (state.version_id, state.version or "-", state.published_at, rows, size, note)


def history(target: Target, dataset: str) -> History:
    """Return the versions of a dataset.

    Raises:
        UsageError: nothing was ever published under the name.
    """
    versions = versions_of(target, dataset)
    return History(target.text, target.describe(dataset), versions)
