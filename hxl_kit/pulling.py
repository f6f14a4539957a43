"""Pulling: bring a published version here, verified, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, TargetError, UsageError, nearest
from hxl_kit.files import reason_of, staged_folder
from hxl_kit.reading.packages import DESCRIPTOR, read_package, verify_files
from hxl_kit.reading.paths import is_written_path
from hxl_kit.reading.table import shown
from hxl_kit.targets.target import count_text, size_text

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.targets.target import State, Target


@dataclass(frozen=True)
class Pulled:
    """What was pulled; `files` and `bytes` are zero when the folder already held this version."""

    target: str
    dataset: str
    version: str
    version_id: str
    path: Path
    files: int
    bytes: int

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `pull`."""
        return {
            "target": self.target,
            "dataset": self.dataset,
            "version": self.version,
            "version_id": self.version_id,
            "path": str(self.path),
            "files": self.files,
            "bytes": self.bytes,
        }

    def as_text(self) -> str:
        """Return one line for people."""
        done = (
            f"{count_text(self.files, 'file')}, {size_text(self.bytes)}, verified"
            if self.files
            else "already here"
        )
        return f"{self.target}/{self.dataset} -> {self.path}: version {self.version_id} ({done})"


def pull(target: Target, name: str, out: Path, version: str | None = None) -> Pulled:
    """Bring a version of a dataset (the one that is served, unless named) to the folder `out`.

    A new folder appears whole; files of the version that lay there before go. `version` is a package
    version or a version id. A folder that already holds these very bytes is left alone.

    Raises:
        UsageError: the target has no such dataset or version, or `out` cannot take the package.
        TargetError: a file is missing or damaged on the target; `out` is as it was.
    """
    state = _found(target, name, version)
    done = Pulled(target.text, name, state.version, state.version_id, out, 0, 0)
    if _is_here(out, state):
        return done
    before = _require_free(out, state)
    try:
        with staged_folder(out, DESCRIPTOR, checked=True) as stage:
            target.fetch(state, stage)
            _verify(target, state, stage)
        for path in before - {file.path for file in state.files}:
            (out / path).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: {reason_of(error)}") from error
    return replace(done, files=len(state.files), bytes=sum(file.bytes for file in state.files))


def _found(target: Target, name: str, version: str | None) -> State:
    history = target.history(name)
    if not history:
        raise UsageError(f"{target.text}: no dataset '{name}'{nearest(name, target.datasets())}")
    wanted = [state for state in history if version in (None, state.version_id, state.version)]
    if not wanted:
        known = ", ".join(state.version_id for state in history[:5])
        raise UsageError(f"{target.text}/{name}: no version '{version}'; the newest are {known}")
    return wanted[0]


def _is_here(out: Path, state: State) -> bool:
    """Whether `out` already holds the version, every file checked."""
    try:
        package = read_package(out)
        return package.digest == state.digest and not verify_files(package)
    except InputError:
        return False


def _require_free(out: Path, state: State) -> set[str]:
    """Return the files that a package in `out` lists; refuse a folder that holds something else.

    A folder with files of this dataset and no descriptor is what a stopped pull leaves: it is completed.
    """
    if not out.is_dir() or not any(out.iterdir()):
        return set()
    try:
        package = read_package(out)
    except InputError as error:
        if not any((out / file.path).is_file() for file in state.files):
            raise UsageError(f"{out}: holds something else than this dataset; name another folder") from error
        return set()
    if package.descriptor.get("name", state.dataset) != state.dataset:
        raise UsageError(
            f"{out}: holds the package '{package.name}', not '{state.dataset}'; name another folder"
        )
    return {str(resource["path"]) for resource in package.resources if "path" in resource}


def _paths(resource: dict[str, Any]) -> list[str]:
    given = resource.get("path", [])
    return [str(path) for path in (given if isinstance(given, list) else [given])]


def _verify(target: Target, state: State, stage: Path) -> None:
    """Hold what was copied to its own descriptor: safe paths, every file listed and whole."""
    place = f"{target.text}/{state.dataset} {state.version_id}"
    try:
        package = read_package(stage)
    except InputError as error:
        raise TargetError(f"{place}: {error}; not pulled") from error
    problems = verify_files(package)
    paths = [path for resource in package.resources for path in _paths(resource)]
    problems += [
        f"the path '{shown(path)}' is not safe to write" for path in paths if not is_written_path(path)
    ]
    listed = {resource["path"] for resource in package.resources if "path" in resource} | {DESCRIPTOR}
    if extra := [file.path for file in state.files if file.path not in listed]:
        problems.append(f"{extra[0]} is not listed in {DESCRIPTOR}")
    if problems or package.digest != state.digest:
        raise TargetError(f"{place}: {'; '.join(problems) or 'another descriptor'}; not pulled")
