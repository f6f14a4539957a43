"""Applying a plan: serve the package as planned, then read it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import TargetError, UsageError
from hxl_kit.publishing.clearing import require_cleared
from hxl_kit.publishing.planning import publishing_problems
from hxl_kit.publishing.since import changes_since
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.targets.plan import AFTER_WITHDRAWAL
from hxl_kit.targets.target import count_text, moved, size_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.plan import Plan
    from hxl_kit.targets.target import Change, State, Target

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


def apply_plan(plan: Plan, package: Package, target: Target, *, after_withdrawal: bool = False) -> Published:
    """Publish the package as planned and read it back; without anything to do, nothing is written.

    A plan that was already applied, or stopped half-way, may be applied again. The package is cleared here too:
    a plan may come from another machine, where other rules held. `after_withdrawal` says that a dataset that was
    withdrawn is published again on purpose.

    Raises:
        UsageError: the plan is for another target.
        ClearanceError: the package may not leave this machine; nothing was written or sent.
        TargetError: the package or the target changed since the plan, the dataset was withdrawn, the target
            refused, or what it serves is not what was published.
    """
    if plan.target != target.text:
        raise UsageError(f"{target.text}: the plan is for {plan.target}; plan again for this target")
    with target.offered(package) as offer:
        return _applied(plan, offer, target, after_withdrawal=after_withdrawal)


def _applied(plan: Plan, package: Package, target: Target, *, after_withdrawal: bool) -> Published:
    _require_unchanged(plan, package)
    state = target.describe(plan.dataset)
    cleared = require_cleared(package, target, state)
    if _is_done(plan, package, target, state):
        return Published(target.text, plan.dataset, state.version_id, state.published_at, ())
    if state.withdrawn and not after_withdrawal:
        raise TargetError(f"{target.text}: {plan.dataset}: {AFTER_WITHDRAWAL}; {state.described}")
    pin = _pin(plan, package, target, state)
    with target.stage(package, cleared) as staged:
        served = target.commit(staged, pin)
    require_served(target, served, target.edits(package, served))
    return Published(target.text, plan.dataset, served.version_id, served.published_at, plan.changes)


def require_asked(plans: Sequence[Plan], *, after_withdrawal: bool) -> None:
    """Do nothing if no plan is of a dataset that was withdrawn, or if publishing such a one again is meant.

    Raises:
        TargetError: datasets were withdrawn; when and why.
    """
    withdrawn = [plan for plan in plans if plan.withdrawn]
    if withdrawn and not after_withdrawal:
        told = [f"{plan.target}: {plan.dataset}: {AFTER_WITHDRAWAL}; {plan.served}" for plan in withdrawn]
        raise TargetError("\n".join(told))


def _is_done(plan: Plan, package: Package, target: Target, state: State) -> bool:
    """Whether the target serves the planned package, whole and with its metadata."""
    if state.digest != plan.digest:
        return False
    if not plan.changes and state.pin == plan.pin:
        return True
    different = target.file_changes(package, state) or target.edits(package, state)
    return not (different or target.faults(state))


def _pin(plan: Plan, package: Package, target: Target, state: State) -> str:
    """Return the pin to commit with: the plan's, or where the planned files are served but damaged, the present one.

    Raises:
        TargetError: something else is served than what the plan was made for; what changed since.
    """
    if state.pin == plan.pin:
        return plan.pin
    if state.digest != plan.digest or target.edits(package, state):
        raise moved(target.text, plan.pin, state, changes_since(plan, package, target, state))
    return state.pin


def _require_unchanged(plan: Plan, package: Package) -> None:
    """Refuse a package that is not the planned one, and say which of its files differ."""
    if package.digest == plan.digest:
        changed = publishing_problems(package)
    else:
        listed = [resource for resource in package.resources if "path" in resource]
        now = {str(r["path"]): str(r.get("hash", "")).removeprefix("sha256:") for r in listed}
        now[DESCRIPTOR] = package.digest
        changed = [path for path in {**plan.files, **now} if plan.files.get(path) != now.get(path)]
    if changed:
        raise TargetError(f"{package.folder}: changed since the plan: {_some(changed)}; plan again")


def require_served(target: Target, served: State, edits: Sequence[Change] = ()) -> None:
    """Do nothing if what was published reads back as it should; `edits` are metadata that do not.

    Raises:
        TargetError: files are damaged, metadata differ, or the version is not listed.
    """
    faults = [f"{change.resource} is {change.before or 'out of date'}" for change in target.faults(served)]
    faults += [f"the metadata '{edit.resource}' is not what was sent" for edit in edits]
    if served.digest not in {state.digest for state in target.history(served.dataset)}:
        faults.append("the version is not listed")
    if faults:
        raise TargetError(
            f"{target.text}: {served.dataset} was published but reads back wrong: {_some(faults)}; publish it again"
        )


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more
