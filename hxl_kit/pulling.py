"""Pulling: bring a published version here, verified, byte for byte."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, TargetError, UsageError
from hxl_kit.files import link_or_copy, reason_of, sha256_of, staged_folder
from hxl_kit.reading.packages import DESCRIPTOR, read_package, verify_files
from hxl_kit.reading.paths import is_written_path
from hxl_kit.reading.table import shown
from hxl_kit.targets.target import count_text, require_not_withdrawn, size_text
from hxl_kit.targets.versions import version_named

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.targets.target import ServedFile, State, Target


Fetch = Callable[["State", "Path"], None]
"""Brings the files of a version into a folder where nothing is yet, or raises TargetError."""


@dataclass(frozen=True)
class Pulled:
    """What was pulled: `files` were fetched, of `bytes` in all, and `reused` were here already, every one verified.

    All three are zero when the folder already held this version.
    """

    target: str
    dataset: str
    version: str
    version_id: str
    path: Path
    files: int
    bytes: int
    reused: int = 0

    @property
    def is_new(self) -> bool:
        """Whether anything had to be done."""
        return bool(self.files or self.reused)

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
            "reused": self.reused,
        }

    def as_text(self) -> str:
        """Return one line for people."""
        reused = f", {self.reused:,} here already" if self.reused else ""
        done = f"{count_text(self.files, 'file')}, {size_text(self.bytes)}{reused}, verified"
        told = done if self.is_new else "already here"
        return f"{self.target}/{self.dataset} -> {self.path}: version {self.version_id} ({told})"


def pull(target: Target, name: str, out: Path, version: str | None = None) -> Pulled:
    """Bring a version of a dataset (the one that is served, unless named) to the folder `out`.

    A new folder appears whole; files of the version that lay there before go. `version` is a package
    version or a version id. A folder that already holds these very bytes is left alone.

    Raises:
        UsageError: the target has no such dataset or version, or `out` cannot take the package.
        TargetError: a file is missing or damaged on the target, or the version was withdrawn; `out` is as it was.
    """
    state = version_named(target, name, version)
    require_not_withdrawn(target.text, state)
    return bring(target.text, state, out, target.fetch)


def bring(target: str, state: State, out: Path, fetch: Fetch) -> Pulled:
    """Bring a version of a dataset to the folder `out`; `fetch` is asked for the files that are not there already.

    Raises:
        UsageError: `out` cannot take the package.
        TargetError: a file is missing or damaged on the target; `out` is as it was.
    """
    done = Pulled(target, state.dataset, state.version, state.version_id, out, 0, 0)
    if _is_here(out, state):
        return done
    before = _require_free(out, state)
    try:
        with staged_folder(out, DESCRIPTOR, checked=True) as stage:
            missing = tuple(file for file in state.files if not _reused(out, file, stage))
            fetch(replace(state, files=missing), stage)
            _verify(target, state, stage)
        for path in before - {file.path for file in state.files}:
            (out / path).unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{out}: {reason_of(error)}") from error
    reused = len(state.files) - len(missing)
    return replace(done, files=len(missing), bytes=sum(file.bytes for file in missing), reused=reused)


def _reused(out: Path, file: ServedFile, stage: Path) -> bool:
    """Whether a file is in `out` already, every byte of it; then it is in `stage` too."""
    here = out / file.path
    if not is_written_path(file.path) or here.is_symlink() or not here.is_file():
        return False
    if here.stat().st_size != file.bytes or sha256_of(here) != file.sha256:
        return False
    link_or_copy(here, stage / file.path)
    return True


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


def _verify(target: str, state: State, stage: Path) -> None:
    """Hold what was copied to its own descriptor: safe paths, every file listed and whole."""
    place = f"{target}/{state.dataset} {state.version_id}"
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
