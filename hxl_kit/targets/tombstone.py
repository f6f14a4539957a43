"""What a withdrawal leaves: that there was a dataset, when and why it went, and which versions it had; no rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from hxl_kit.targets.target import State

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Gone:
    """A version that was taken down; `sha256` is that of its descriptor, which names every file's hash."""

    version_id: str
    version: str
    published_at: str
    sha256: str

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the version that the tombstone's JSON describes."""
        return cls(
            **{name: text_of(raw, name) for name in ("version_id", "version", "published_at", "sha256")}
        )


@dataclass(frozen=True)
class Tombstone:
    """One withdrawal of a dataset; `withdrawn_at` is UTC, `reason` is read by the public."""

    name: str
    title: str
    withdrawn_at: str
    reason: str
    versions: tuple[Gone, ...]

    @property
    def state(self) -> State:
        """What is served under the name while the dataset is withdrawn: nothing."""
        pin = f"withdrawn@{self.withdrawn_at}"
        return State(self.name, pin=pin, withdrawn=self.withdrawn_at, reason=self.reason)

    @property
    def states(self) -> tuple[State, ...]:
        """The versions that were taken down, newest first."""
        return tuple(
            State(
                *(self.name, gone.version_id, gone.version, gone.published_at, gone.sha256),
                withdrawn=self.withdrawn_at,
                reason=self.reason,
            )
            for gone in self.versions
        )

    def as_json(self) -> dict[str, Any]:
        """Return the tombstone as catalogue.json holds it."""
        return {**asdict(self), "versions": [asdict(gone) for gone in self.versions]}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the tombstone that `as_json` described; a wrong shape is a KeyError, TypeError or ValueError."""
        texts = {name: text_of(raw, name) for name in ("name", "title", "withdrawn_at", "reason")}
        return cls(**texts, versions=tuple(Gone.from_json(gone) for gone in raw["versions"]))


def text_of(raw: Mapping[str, Any], name: str) -> str:
    """Return a text of a JSON object; anything else is a TypeError."""
    if not isinstance(raw[name], str):
        raise TypeError(name)
    return str(raw[name])
