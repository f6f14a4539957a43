"""What publishing a package would do: for people, and as JSON that is applied later."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Self

from hxl_kit.clearance.outcome import Clearance
from hxl_kit.clearance.telling import clearance_lines
from hxl_kit.package.difference import PackageDiff
from hxl_kit.targets.target import Change, count_text, size_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PLAN_FORMAT = 3
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Plan:
    """What publishing a package would do. `changes` is empty when there is nothing to do.

    `package` is the package's folder, `digest` the SHA-256 of its descriptor, `files` the SHA-256 of each
    of its files; `pin`, `served` (for people) and `served_digest` say which state of the target the plan was made
    for, `publisher` by whom on a target that wants to know, `withdrawn` and `reason` that the dataset was
    withdrawn. `clearance` says what speaks against publishing the package: with refusals nothing is published.
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
    publisher: Mapping[str, str] = field(default_factory=dict)
    served_digest: str = ""
    withdrawn: str = ""
    reason: str = ""

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
            "served_digest": self.served_digest,
            "publisher": dict(self.publisher),
            "withdrawn": self.withdrawn,
            "reason": self.reason,
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
        texts = {name: raw[name] for name in _PLAN_TEXTS}
        publisher = dict(raw["publisher"])
        if not all(isinstance(t, str) for t in (*texts.values(), *publisher.values(), raw["pinned_state"])):
            raise TypeError(texts)
        return cls(
            **texts,
            pin=raw["pinned_state"],
            publisher=publisher,
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
        lines = [f"{head}: {count_text(len(self.changes), 'change')}, {size_text(self.bytes)}"]
        if self.withdrawn:
            lines.append(f"  {AFTER_WITHDRAWAL}")
        return "\n".join([*lines, *change_lines(self.changes), *_indented(self._differences()), *cleared])

    def _differences(self) -> str:
        """What differs from the version served; where there is none to compare, only how many rows there are."""
        if not self.served_digest:
            return "\n".join(
                f"rows {name}: {table.counts['added']:,}" for name, table in self.diff.tables.items()
            )
        return "" if self.diff.identical else self.diff.as_text(files=False)


_PLAN_TEXTS = (
    *("target", "dataset", "package", "digest", "served"),
    *("served_digest", "withdrawn", "reason"),
)
AFTER_WITHDRAWAL = "published again only with --after-withdrawal"


def change_lines(changes: Sequence[Change]) -> list[str]:
    """Return changes for people, a line each: files with the bytes to write, metadata as it was and will be."""
    return [f"  {change.action:8}{change.resource}  {_change_text(change)}" for change in changes]


def _change_text(change: Change) -> str:
    if change.action == "edit":
        return f"{_short(change.before)} -> {_short(change.after)}"
    if change.action == "set":
        return _short(change.after)
    return size_text(change.bytes) if change.bytes else "-"


def _short(text: str | None) -> str:
    """Return a text of the metadata on one line, cut where it is long."""
    if not text:
        return "(none)"
    line = "".join(c if c.isprintable() else " " for c in " ".join(text.split()))
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[: _SHOWN_CHARACTERS - 1]}…"


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in text.splitlines()]
