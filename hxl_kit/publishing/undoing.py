"""Undoing: what was published under a name, an older version served again, a dataset taken down."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit.clearance.outcome import Clearance
from hxl_kit.clearance.telling import clearance_lines, refusal_text
from hxl_kit.errors import ClearanceError, TargetError, UsageError
from hxl_kit.package.diff import diff_packages
from hxl_kit.package.difference import PackageDiff
from hxl_kit.publishing.applying import require_served
from hxl_kit.publishing.clearing import clearance_of, require_cleared
from hxl_kit.publishing.planning import publishing_problems
from hxl_kit.reading.packages import verify_files
from hxl_kit.targets.plan import change_lines
from hxl_kit.targets.target import State, require_not_withdrawn
from hxl_kit.targets.versions import versions_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.target import Change, Target


@dataclass(frozen=True)
class Rollback:
    """What serving a kept version again would change; `changes` is empty when it is the one that is served."""

    target: str
    dataset: str
    served: State
    kept: State
    changes: tuple[Change, ...] = ()
    diff: PackageDiff = field(default_factory=PackageDiff)
    clearance: Clearance = field(default_factory=Clearance)

    def as_text(self) -> str:
        """Return for people what changes: files, metadata, rows; and what speaks against it."""
        head = f"{self.dataset} -> {self.target} ({self.served.described}): back to {self.kept.version_id}"
        if not self.changes:
            return f"{head}: nothing to do"
        rows = [] if self.diff.identical else self.diff.as_text(files=False).splitlines()
        cleared = clearance_lines(self.clearance)
        return "\n".join([head, *change_lines(self.changes), *(f"  {line}" for line in (*rows, *cleared))])

    def require_cleared(self) -> None:
        """Do nothing if nothing speaks against serving the kept version again.

        Raises:
            ClearanceError: something does; all of it is told.
        """
        if self.clearance.refusals:
            raise ClearanceError(refusal_text(self.dataset, self.target, self.clearance))


@dataclass(frozen=True)
class Undone:
    """A version that is served again; `was` is the version id that was served before, `changes` what changed."""

    target: str
    served: State
    was: str
    changes: tuple[Change, ...]
    diff: PackageDiff

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `rollback`."""
        return {
            "target": self.target,
            "dataset": self.served.dataset,
            "from": self.was,
            "version_id": self.served.version_id,
            "version": self.served.version,
            "published_at": self.served.published_at,
            "rolled_back": bool(self.changes),
            "changes": [asdict(change) for change in self.changes],
            "diff": self.diff.as_json(),
        }

    def as_text(self) -> str:
        """Return one line for people."""
        place = f"{self.served.dataset} -> {self.target}: version {self.served.version_id}"
        if not self.changes:
            return f"{place} is served already, nothing to do"
        return f"{place} is served again and verified, instead of {self.was}"


def plan_rollback(target: Target, dataset: str, to: str | None = None) -> Rollback:
    """Return what serving a kept version again would change; nothing is written.

    `to` is a version id or a package version; without it, the version that was served before is meant.

    Raises:
        UsageError: there is no such dataset or version, or several versions are called so.
        TargetError: the dataset was withdrawn, or the kept version is damaged.
    """
    kept = _kept(target, dataset, to)
    served = target.describe(dataset)
    if kept.version_id == served.version_id:
        return Rollback(target.text, dataset, served, kept)
    with _whole(target, kept) as package:
        clearance = clearance_of(package, target, served)
        changes = target.reverts(kept, served)
        diff = _diff(target, served, package)
    diff = diff.without_values() if clearance.refusals else diff
    return Rollback(target.text, dataset, served, kept, changes, diff, clearance)


def rollback(planned: Rollback, target: Target) -> Undone:
    """Serve the kept version again and read it back. It is cleared as if it were published for the first time.

    Raises:
        ClearanceError: the kept version may not be published (any more); nothing was changed.
        TargetError: the target moved since it was looked at, or refused, or the kept version is damaged.
    """
    served = planned.served
    if planned.changes:
        with _whole(target, planned.kept) as package:
            cleared = require_cleared(package, target, planned.served)
            served = target.restore(planned.kept, cleared, planned.served.pin)
        require_served(target, served)
    return Undone(target.text, served, planned.served.version_id, planned.changes, planned.diff)


def _kept(target: Target, dataset: str, to: str | None) -> State:
    versions = versions_of(target, dataset)
    kept = [state for state in versions if state.version_id and not state.withdrawn]
    if not kept:
        require_not_withdrawn(target.text, target.describe(dataset))
    place = f"{target.text}/{dataset}"
    if to is None:
        before = kept[1:] if target.describe(dataset).version_id else kept
        if not before:
            raise UsageError(f"{place}: no version before the one served is kept; withdraw takes it down")
        return before[0]
    wanted = [state for state in kept if state.version_id == to] or [s for s in kept if s.version == to]
    if not wanted:
        for gone in (state for state in versions if to in (state.version_id, state.version)):
            require_not_withdrawn(target.text, gone)
        known = ", ".join(state.version_id for state in kept[:5])
        raise UsageError(f"{place}: no version '{to}'; the newest are {known}")
    if len(wanted) > 1:
        several = ", ".join(state.version_id for state in wanted[:5])
        raise UsageError(f"{place}: several versions '{to}'; name one by its id: {several}")
    return wanted[0]


@contextmanager
def _whole(target: Target, kept: State) -> Iterator[Package]:
    """Open a kept version, every file held to its hash."""
    with target.opened(kept) as package:
        problems = publishing_problems(package)
        if not problems and package.digest != kept.digest:
            problems = ["its descriptor was changed"]
        if problems:
            raise TargetError(
                f"{target.text}/{kept.dataset} {kept.version_id}: {'; '.join(problems[:5])}; "
                "it is damaged and cannot be served again: choose another version with --to"
            )
        yield package


def _diff(target: Target, served: State, package: Package) -> PackageDiff:
    """Return what changes for readers; what is served now may be damaged, then there is nothing to compare."""
    try:
        with target.opened(served) as now:
            return diff_packages(None if verify_files(now) else now, package)
    except TargetError:
        return diff_packages(None, package)
