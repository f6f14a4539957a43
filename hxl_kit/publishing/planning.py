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
from hxl_kit.publishing.clearing import clearance_of
from hxl_kit.reading.packages import DESCRIPTOR, verify_files
from hxl_kit.reading.paths import is_written_path
from hxl_kit.reading.table import shown
from hxl_kit.targets.target import Change, Plan, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
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
    _require_none(f"{package.folder}: cannot be published to {target.text}", target.problems(package))
    state = target.describe(package.name)
    clearance = clearance_of(package, target, state)
    faults = target.faults(state) if state.version_id else ()
    damaged = any(change.action == "repair" for change in faults)
    files = hashes_of(package)
    is_served = state.digest == package.digest
    changed = faults if is_served else tuple(file_changes(package, files, state))
    edits = target.edits(package, state)
    diff = PackageDiff() if is_served else _diff(package, target, State(package.name) if damaged else state)
    return Plan(
        target=target.text,
        dataset=package.name,
        package=str(package.folder.absolute()),
        digest=package.digest,
        pin=state.pin,
        served=f"{state.described}, damaged" if damaged and not is_served else state.described,
        files=files,
        changes=(*changed, *(map(_without_values, edits) if clearance.refusals else edits)),
        diff=diff.without_values() if clearance.refusals else diff,
        clearance=clearance,
        served_digest=state.digest,
        publisher=target.publisher,
        withdrawn=state.withdrawn,
        reason=state.reason,
    )


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


def hashes_of(package: Package) -> dict[str, str]:
    """Return the SHA-256 of each file by path, as the descriptor says, and of the descriptor."""
    listed = {r["path"]: str(r["hash"]).removeprefix("sha256:") for r in package.resources if "path" in r}
    return {**listed, DESCRIPTOR: package.digest}


def file_changes(package: Package, files: Mapping[str, str], state: State) -> Iterator[Change]:
    """Yield the files that differ from those that a target serves, `files` being the package's by SHA-256."""
    served = {file.path: file.sha256 for file in state.files}
    for path, digest in files.items():
        before = served.get(path)
        if before != digest:
            size = (package.folder / path).stat().st_size
            yield Change("replace" if before else "add", path, _named(before), _named(digest), size)
    # What somebody made without a package stays, but for what is replaced.
    for path, digest in served.items() if state.digest else ():
        if path not in files:
            yield Change("remove", path, _named(digest), None, 0)


def _named(digest: str | None) -> str | None:
    return f"sha256:{digest}" if digest else None


def _diff(package: Package, target: Target, state: State) -> PackageDiff:
    if not state.digest:
        return diff_packages(None, package)
    with target.opened(state) as served:
        return diff_packages(served, package)
