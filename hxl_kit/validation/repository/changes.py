"""What changed in a Git repository since a commit: asked of git itself, without a shell and without its hooks."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

SECONDS = 60
SAFE = ("-c", "core.fsmonitor=false", "--no-optional-locks")
"""A repository can name a program that watches its files: none is run, and nothing is written."""

UNTRUSTED = b"dubious ownership"
"""What git says of a folder of another user, as in a container that runs as root."""


@dataclass(frozen=True)
class Changes:
    """The paths that were added, changed, renamed or deleted in a repository, committed or not."""

    paths: frozenset[Path]

    @cached_property
    def _around(self) -> frozenset[Path]:
        """The paths and the folders that they are in."""
        return frozenset(place for path in self.paths for place in (path, *path.parents))

    def touch(self, path: Path) -> bool:
        """Whether a file, or anything in a folder, changed; so it did if it is in a changed submodule."""
        place = Path(os.path.realpath(path))
        return place in self._around or not self.paths.isdisjoint(place.parents)

    def among(self, paths: Iterable[Path]) -> tuple[Path, ...]:
        """Return the paths that were touched; of a package's descriptor, when anything in its folder was.

        One that is not there counts: that is to be told.
        """
        return tuple(path for path in paths if not path.exists() or self.touch(_whole(path)))


def _whole(path: Path) -> Path:
    return path.parent if path.name == "datapackage.json" else path


def changes_since(reference: str, folder: Path) -> Changes:
    """Return what differs in the working tree, untracked files included, from where it left `reference`.

    That is the last commit that both have in common: what others changed since does not count. In a clone too
    shallow to know it, `reference` itself is compared.

    Raises:
        UsageError: there is no such commit.
        InputError: the folder is in no repository, or git is not there or does not answer.
    """
    top = _git(folder, "rev-parse", "--show-toplevel")
    if top is None:
        raise InputError(f"{folder.absolute()}: is in no Git repository; --changed-since needs one")
    root = Path(os.path.realpath(os.fsdecode(top.removesuffix(b"\n"))))
    base = _commit(root, reference)
    changed = _git(root, "diff", "--name-only", "--no-renames", "--no-ext-diff", "-z", base, "--")
    new = _git(root, "ls-files", "--others", "--exclude-standard", "-z")
    if changed is None or new is None:
        raise InputError(f"{root}: git cannot say what changed since '{reference}'; run `git status` there")
    names = {os.fsdecode(name) for name in (changed + new).split(b"\0") if name}
    return Changes(frozenset(root / name for name in names))


def _commit(root: Path, reference: str) -> str:
    """Return the commit that the working tree left `reference` at."""
    asked = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}")
    found = None if "\0" in reference else _git(root, *asked)
    if not found:
        raise UsageError(
            f"--changed-since: no commit '{reference}' in {root}; a shallow clone may lack it: "
            "`git fetch` it, or check out with fetch-depth: 0"
        )
    commit = found.decode().strip()
    common = _git(root, "merge-base", commit, "HEAD")
    return common.decode().split()[0] if common else commit


def _git(folder: Path, *arguments: str) -> bytes | None:
    """Return what git prints, None when it fails.

    Raises:
        InputError: git is not there, does not answer in time, or does not trust the folder.
    """
    program = shutil.which("git")
    if program is None:
        raise InputError("git is not installed; --changed-since needs it")
    try:
        ended = subprocess.run(  # noqa: S603 - no shell; the arguments are ours, or end what is an option
            [program, *SAFE, *arguments],
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{folder}: git did not answer within {SECONDS} seconds") from error
    except OSError as error:
        raise InputError(f"{folder}: git could not be run there") from error
    if UNTRUSTED in ended.stderr:
        place = folder.absolute()
        raise InputError(
            f"{place}: is owned by another user, and git does not trust it; if you do: "
            f"git config --global --add safe.directory {place}"
        )
    return ended.stdout if ended.returncode == 0 else None
