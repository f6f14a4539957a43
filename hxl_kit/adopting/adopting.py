"""Bringing a published dataset here as a folder to build from: `inputs/` and package.yaml."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hxl_kit.adopting.draft import Draft
from hxl_kit.adopting.fetching import fetched
from hxl_kit.adopting.inputs import FOLDER, recognised
from hxl_kit.adopting.metadata import metadata_of
from hxl_kit.adopting.packages import draft_of_package
from hxl_kit.errors import UsageError, nearest
from hxl_kit.files import reason_of, staged_folder
from hxl_kit.hdx.answers import NotFoundError
from hxl_kit.hdx.listed import listed_dataset
from hxl_kit.package.author import FILE_NAME
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.targets.hdx import HdxTarget
from hxl_kit.targets.target import count_text, require_not_withdrawn

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.hdx.listed import ListedDataset
    from hxl_kit.targets.target import State, Target


@dataclass(frozen=True)
class Adopted:
    """What was adopted: the files that are inputs now, what a person must complete, and files that did not come."""

    target: str
    dataset: str
    path: Path
    inputs: tuple[str, ...]
    points: tuple[str, ...]
    failed: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `adopt`."""
        return {
            "target": self.target,
            "dataset": self.dataset,
            "path": str(self.path),
            "inputs": list(self.inputs),
            "to_complete": list(self.points),
            "failed": list(self.failed),
        }

    def as_text(self) -> str:
        """Return one line for people."""
        return f"{self.target}/{self.dataset} -> {self.path}: {FILE_NAME}, {count_text(len(self.inputs), 'input')}"


def adopt(target: Target, dataset: str, out: Path) -> Adopted:
    """Bring a dataset, whoever published it, to the new folder `out`: its files, and a package.yaml that keeps its ids.

    Of a package the tables come, proven by its descriptor; of anything else all files, each proven by what is known
    of it. A file that does not come is told and left out.

    Raises:
        UsageError: there is no such dataset, or `out` holds something already.
        TargetError: the target does not answer, or the dataset was withdrawn.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out}: is there already; name a new folder")
    state = _described(target, dataset)
    try:
        with staged_folder(out, FILE_NAME) as stage:
            draft, failed = _drafted(target, state, stage, out)
            origin = f"{target.text}/{dataset}"
            points = draft.write(stage, origin)
    except OSError as error:
        raise UsageError(f"{out}: {reason_of(error)}") from error
    inputs = tuple(entry["path"] for entry in draft.inputs)
    return Adopted(target.text, dataset, out, inputs, points, failed)


def _described(target: Target, dataset: str) -> State:
    state = target.describe(dataset)
    require_not_withdrawn(target.text, state)
    if not state.version_id:
        known = "" if isinstance(target, HdxTarget) else nearest(dataset, target.datasets())
        raise UsageError(f"{target.text}: no dataset '{dataset}'{known}")
    return state


def _drafted(target: Target, state: State, stage: Path, out: Path) -> tuple[Draft, tuple[str, ...]]:
    """Bring the files to `stage`; return the draft of package.yaml and the files that did not come."""
    listed = _listed(target, state.dataset) if isinstance(target, HdxTarget) else None
    if state.digest and all(file.sha256 for file in state.files):
        with target.opened(state) as package:
            draft = draft_of_package(package, stage / FOLDER)
        return _with_ids(draft, listed), ()
    if listed is None or not isinstance(target, HdxTarget):
        raise UsageError(f"{target.text}: {state.dataset} holds no readable {DESCRIPTOR}")
    return _foreign(target, listed, stage, out)


def _listed(target: HdxTarget, dataset: str) -> ListedDataset:
    try:
        return listed_dataset(target.site, target.connection.read("package_show", id=dataset))
    except NotFoundError as error:
        raise UsageError(f"{target.text}: no dataset '{dataset}'") from error


def _with_ids(draft: Draft, listed: ListedDataset | None) -> Draft:
    """Return the draft of a package that keeps which resource each of its files is."""
    if listed is None:
        return draft
    ids = {file.name: file.id for file in listed.resources if file.name}
    return Draft(
        draft.values,
        {**draft.hdx, "dataset_id": listed.id, **({"resource_ids": ids} if ids else {})},
        draft.inputs,
        draft.remarks,
        draft.left,
    )


def _foreign(
    target: HdxTarget, listed: ListedDataset, stage: Path, out: Path
) -> tuple[Draft, tuple[str, ...]]:
    values, hdx, remarks = metadata_of(listed.metadata, target.connection)
    parts = out.absolute().parent / f".{out.absolute().name}.hxl-kit-parts"
    came = fetched(target.connection, listed, parts, stage / FOLDER)
    shutil.rmtree(parts, ignore_errors=True)
    found = recognised(came.files, datetime.now(UTC).date().isoformat())
    homepage = target.site.page_of(listed.name)
    tables = {entry["path"].removeprefix(f"{FOLDER}/"): entry.get("table", "") for entry in found.inputs}
    takes = {
        f"{table}.csv": file.id for name, file in came.resources.items() if (table := tables.get(name, ""))
    }
    ids = tuple(
        f"# {came.name_of(file)}: {file.id}" for file in listed.resources if file.id not in takes.values()
    )
    draft = Draft(
        {**values, "homepage": homepage},
        {**hdx, **({"resource_ids": takes} if takes else {})},
        found.inputs,
        (*remarks, *came.remarks, *came.failed),
        found.left,
        ids,
    )
    return draft, came.failed
