"""Planning: what publishing a package would change on a target; nothing is written."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import DataError, UsageError
from hxl_kit.files import require_plain_file
from hxl_kit.package.diff import diff_packages
from hxl_kit.package.difference import NOT_SHOWN, PackageDiff
from hxl_kit.package.since_build import changed_inputs, changed_words
from hxl_kit.publishing.clearing import clearance_of
from hxl_kit.reading.packages import verify_files
from hxl_kit.reading.paths import is_written_path
from hxl_kit.reading.table import shown
from hxl_kit.targets.differing import package_files
from hxl_kit.targets.plan import Plan
from hxl_kit.targets.target import Change, State

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.target import Target

_NEVER = ("package.yaml", "package.yml")


def make_plan(package: Package, target: Target) -> Plan:
    """Return what publishing a package would change, and what speaks against it; nothing is written.

    The plan of a package that is refused shows no value of it.

    Raises:
        DataError: the package's files are not what its descriptor says, it lists private files, or the target
            would refuse it; all problems are told.
        InputError: a table is not CSV in UTF-8.
        TargetError: the target is unreachable or not in order.
    """
    _require_none(f"{package.folder}: is not ready; build the package again", publishing_problems(package))
    with target.offered(package) as offer:
        return replace(_planned(offer, target), package=str(package.folder.absolute()))


def _planned(package: Package, target: Target) -> Plan:
    _require_none(f"{package.name}: cannot be published to {target.text}", target.problems(package))
    state = target.describe(package.name)
    clearance = clearance_of(package, target, state)
    faults = target.faults(state) if state.version_id else ()
    damaged = any(change.action == "repair" for change in faults)
    is_served = state.digest == package.digest
    files = target.file_changes(package, state)
    changed = (*faults, *besides(files, faults)) if is_served else files
    edits = target.edits(package, state)
    # Of a dataset that is given to those who ask, no file is served that could be compared.
    alike = is_served or (state.digest and not state.files)
    diff = PackageDiff() if alike else _diff(package, target, State(package.name) if damaged else state)
    return Plan(
        target=target.text,
        dataset=package.name,
        package=str(package.folder.absolute()),
        digest=package.digest,
        pin=state.pin,
        served=f"{state.described}, damaged" if damaged and not is_served else state.described,
        files={file.path: file.sha256 for file in package_files(package)},
        changes=(*changed, *(map(_without_values, edits) if clearance.refusals else edits)),
        diff=diff.without_values() if clearance.refusals else diff,
        clearance=clearance,
        served_digest=state.digest,
        publisher=target.publisher,
        withdrawn=state.withdrawn,
        reason=state.reason,
    )


def besides(files: Sequence[Change], faults: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes of files that the faults do not tell already: of files that go with the package."""
    told = {fault.resource for fault in faults}
    return tuple(change for change in files if change.resource not in told)


def _require_none(head: str, problems: Sequence[str]) -> None:
    if problems:
        raise DataError("\n".join([f"{head}:", *(f"  {problem}" for problem in problems)]))


def _without_values(edit: Change) -> Change:
    return replace(edit, before=NOT_SHOWN, after=NOT_SHOWN)


def read_plan(path: Path) -> Plan:
    """Return a plan that was saved as JSON.

    Raises:
        InputError: there is no such file.
        UsageError: the file is not a plan of this version of hxl-kit.
    """
    return plan_of(require_plain_file(path).read_bytes(), path)


def plan_of(content: bytes, path: Path) -> Plan:
    """Return the plan in some JSON; `path` is where it is from.

    Raises:
        UsageError: it is not a plan of this version of hxl-kit.
    """
    try:
        return Plan.from_json(json.loads(content))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise UsageError(
            f"{path}: is not a plan of this hxl-kit; `hxl-kit plan PACKAGE --to TARGET -o {path.name}` writes one"
        ) from error


def publishing_problems(package: Package) -> list[str]:
    """Return what keeps a package from being published: files that are private, not as described, or of an older state."""
    listed = [problem for resource in package.resources for problem in _listing_problems(resource)]
    return listed or [*verify_files(package), *changed_inputs(package)]


def remarks(package: Package) -> tuple[str, ...]:
    """Return what keeps a package from nothing and may not be meant: words of its author that it does not have."""
    return tuple(f"{package.folder}: {told}" for told in changed_words(package))


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


def _diff(package: Package, target: Target, state: State) -> PackageDiff:
    if not state.digest:
        return diff_packages(None, package)
    with target.opened(state) as served:
        return diff_packages(served, package)
