"""Publishing: plan (what would change), apply (change it, then read it back)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import DataError, TargetError, UsageError
from hxl_kit.files import require_plain_file
from hxl_kit.package.diff import diff_packages
from hxl_kit.package.package import DESCRIPTOR, verify_files
from hxl_kit.targets.target import Change, Plan, count_text, size_text

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.package.package import Package
    from hxl_kit.targets.target import State, Target

_NAMED = 5


@dataclass(frozen=True)
class Published:
    """What applying a plan did; `changes` is empty when there was nothing to do."""

    target: str
    dataset: str
    version_id: str
    published_at: str
    changes: tuple[Change, ...]

    @property
    def bytes(self) -> int:
        """The size of the files that differed, in bytes."""
        return sum(change.bytes for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `publish`."""
        return {
            "target": self.target,
            "dataset": self.dataset,
            "version_id": self.version_id,
            "published_at": self.published_at,
            "published": bool(self.changes),
            "changes": len(self.changes),
            "bytes": self.bytes,
        }

    def as_text(self) -> str:
        """Return one line for people."""
        place = f"{self.dataset} -> {self.target}"
        if not self.changes:
            return f"{place}: nothing to do, version {self.version_id} is served"
        done = f"{count_text(len(self.changes), 'change')}, {size_text(self.bytes)}"
        return f"{place}: version {self.version_id} published and verified ({done})"


def make_plan(package: Package, target: Target) -> Plan:
    """Return what publishing a package would change; nothing is written.

    Raises:
        DataError: the package's files are not what its descriptor says, or it lists private files.
        TargetError: the target is unreachable or not in order.
    """
    require_publishable(package)
    state, digest, files = target.describe(package.name), package.digest, _hashes(package)
    plan = Plan(
        target=target.text,
        dataset=package.name,
        package=str(package.folder.absolute()),
        digest=digest,
        pin=state.pin,
        served=state.described,
        files={**files, DESCRIPTOR: digest},
    )
    if state.digest == digest:
        return _with(plan, target.faults(state))
    return _with(plan, _changes(plan, package, state), _diff(package, target, state))


def _with(plan: Plan, changes: tuple[Change, ...], diff: PackageDiff | None = None) -> Plan:
    return replace(plan, changes=changes, diff=diff or plan.diff)
