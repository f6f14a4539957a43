"""Publishing: plan (what would change), apply (change it, then read it back)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from hxl_kit.clearance.clearing import clear
from hxl_kit.clearance.telling import refusal_text
from hxl_kit.errors import ClearanceError, DataError, TargetError, UsageError
from hxl_kit.files import require_plain_file
from hxl_kit.package.diff import diff_packages
from hxl_kit.reading.packages import DESCRIPTOR, verify_files
from hxl_kit.reading.paths import is_written_path
from hxl_kit.reading.table import shown
from hxl_kit.targets.target import Change, Plan, State, count_text, moved, size_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from hxl_kit.clearance.outcome import Clearance, Cleared
    from hxl_kit.package.difference import PackageDiff
    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.target import Target

_NEVER = ("package.yaml", "package.yml")
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
    """Return what publishing a package would change, and what speaks against it; nothing is written.

    The plan of a package that is refused shows no value of it.

    Raises:
        DataError: the package's files are not what its descriptor says, or it lists private files.
        InputError: a table is not CSV in UTF-8.
        TargetError: the target is unreachable or not in order.
    """
    if problems := publishing_problems(package):
        raise DataError(f"{package.folder}: {_some(problems)}; build the package again")
    state, digest = target.describe(package.name), package.digest
    clearance = clearance_of(package, target, state)
    faults = target.faults(state) if state.version_id else ()
    plan = Plan(
        target=target.text,
        dataset=package.name,
        package=str(package.folder.absolute()),
        digest=digest,
        pin=state.pin,
        served=state.described,
        files=_hashes(package),
        changes=faults,
        clearance=clearance,
    )
    if state.digest == digest:
        return plan
    damaged = any(change.action == "repair" for change in faults)
    diff = _diff(package, target, State(package.name) if damaged else state)
    diff = diff.without_values() if clearance.refusals else diff
    served = f"{state.described}, damaged" if damaged else state.described
    return replace(plan, served=served, changes=tuple(_changes(package, plan.files, state)), diff=diff)


def apply_plan(plan: Plan, package: Package, target: Target) -> Published:
    """Publish the package as planned and read it back; without anything to do, nothing is written.

    A plan that was already applied, or stopped half-way, may be applied again. The package is cleared here too:
    a plan may come from another machine, where other rules held.

    Raises:
        UsageError: the plan is for another target.
        ClearanceError: the package may not leave this machine; nothing was written or sent.
        TargetError: the package or the target changed since the plan, the target refused, or what it
            serves is not what was published.
    """
    if plan.target != target.text:
        raise UsageError(f"{target.text}: the plan is for {plan.target}; plan again for this target")
    _require_unchanged(plan, package)
    state = target.describe(plan.dataset)
    cleared = require_cleared(package, target, state)
    if state.digest == plan.digest and not (plan.changes and target.faults(state)):
        return Published(target.text, plan.dataset, state.version_id, state.published_at, ())
    if state.digest != plan.digest and state.pin != plan.pin:
        raise moved(target.text, plan.pin, state)
    with target.stage(package, cleared) as staged:
        served = target.commit(staged, plan.pin)
    _require_served(target, served)
    return Published(target.text, plan.dataset, served.version_id, served.published_at, plan.changes)


def clearance_of(package: Package, target: Target, state: State) -> Clearance:
    """Return what speaks against publishing a package whose files are as described, once for the same content.

    `state` is what the target serves under the name now: the package is compared with it.
    """
    key = (package.digest, state.digest)
    if key not in _CLEARED:
        _CLEARED[key] = _clearance(package, target, state)
    return _CLEARED[key]


_CLEARED: dict[tuple[str, str], Clearance] = {}


def _clearance(package: Package, target: Target, state: State) -> Clearance:
    if state.digest in ("", package.digest):
        return clear(package)
    try:
        with target.opened(state) as served:
            if not verify_files(served):
                return clear(package, served)
    except TargetError:
        pass
    return clear(package).with_warning("not-compared", _DAMAGED)


_DAMAGED = "what is served now is damaged: small counts were not compared with those published before"


def require_cleared(package: Package, target: Target, state: State) -> Cleared:
    """Return the proof without which no target writes.

    Raises:
        ClearanceError: something speaks against publishing the package; all of it is told.
    """
    clearance = clearance_of(package, target, state)
    if clearance.proof is None:
        raise ClearanceError(refusal_text(package.name, target.text, clearance))
    return clearance.proof


def require_all_cleared(plans: Sequence[Plan]) -> None:
    """Do nothing if no plan says that its package is refused, so that of several packages all are published or none.

    Raises:
        ClearanceError: packages are refused; all of it is told.
    """
    refused = [plan for plan in plans if plan.clearance.refusals]
    if refused:
        told = [refusal_text(plan.dataset, plan.target, plan.clearance) for plan in refused]
        raise ClearanceError("\n".join(told))


def read_plan(path: Path) -> Plan:
    """Return a plan that was saved as JSON.

    Raises:
        InputError: there is no such file.
        UsageError: the file is not a plan of this version of hxl-kit.
    """
    content = require_plain_file(path).read_bytes()
    try:
        return Plan.from_json(json.loads(content))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path}: is not a plan of this hxl-kit; `hxl-kit plan PACKAGE --to TARGET -o {path.name}` writes one"
        ) from error


def publishing_problems(package: Package) -> list[str]:
    """Return what keeps a package from being published: files that are not as described, or private."""
    listed = [problem for resource in package.resources for problem in _listing_problems(resource)]
    return listed or verify_files(package)


def _listing_problems(resource: dict[str, Any]) -> list[str]:
    if "path" not in resource:
        return []
    path, place = resource["path"], f"resource '{resource.get('name', '')}'"
    if not isinstance(path, str):
        return [f"{place}: is in several files; publish one file per resource"]
    parts = PurePosixPath(path).parts
    if path in _NEVER or any(part.endswith(".private") for part in parts):
        return [f"{place}: {path} is not for publication; take it out of the package"]
    if not is_written_path(path):
        return [f"{place}: {shown(path)} is hidden (a part of it begins with a dot); give it a plain path"]
    if not re.fullmatch("sha256:[0-9a-f]{64}", str(resource.get("hash", ""))):
        return [f"{place}: has no SHA-256, so its file cannot be told from another"]
    return []


def _hashes(package: Package) -> dict[str, str]:
    """Return the SHA-256 of each file by path, as the descriptor says, and of the descriptor."""
    listed = {r["path"]: str(r["hash"]).removeprefix("sha256:") for r in package.resources if "path" in r}
    return {**listed, DESCRIPTOR: package.digest}


def _changes(package: Package, files: Mapping[str, str], state: State) -> Iterator[Change]:
    served = {file.path: file.sha256 for file in state.files}
    for path, digest in files.items():
        before = served.get(path)
        if before != digest:
            size = (package.folder / path).stat().st_size
            yield Change("replace" if before else "add", path, _named(before), _named(digest), size)
    for path, digest in served.items():
        if path not in files:
            yield Change("remove", path, _named(digest), None, 0)


def _named(digest: str | None) -> str | None:
    return f"sha256:{digest}" if digest else None


def _diff(package: Package, target: Target, state: State) -> PackageDiff:
    if not state.version_id:
        return diff_packages(None, package)
    with target.opened(state) as served:
        return diff_packages(served, package)


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


def _require_served(target: Target, served: State) -> None:
    """Read back what was published."""
    faults = [f"{change.resource} is {change.before or 'out of date'}" for change in target.faults(served)]
    if served.digest not in {state.digest for state in target.history(served.dataset)}:
        faults.append("the version is not listed")
    if faults:
        raise TargetError(
            f"{target.text}: {served.dataset} was published but reads back wrong: {_some(faults)}; publish it again"
        )


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return "; ".join(names[:_NAMED]) + more
