"""What is in a synced folder already: whether it is still what the lock file says, and how it is taken out."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from hxl_kit.files import sha256_of
from hxl_kit.hdx.listed import seconds_of
from hxl_kit.reading.packages import DESCRIPTOR, listed_files

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.syncing.lock_file import Entry, LockedFile
    from hxl_kit.syncing.offers import Offer


def is_current(offer: Offer, held: Entry) -> bool:
    """Whether a dataset is offered as it was when it was brought: itself, and each of the files that are here."""
    same = (held.id, held.metadata_modified, held.upstream) == (offer.id, offer.modified, "served")
    return same and all(offer.times.get(file.id) == file.last_modified for file in held.resources)


def is_whole(folder: Path, held: Entry, *, by_hash: bool = False) -> bool:
    """Whether a dataset's folder holds every file as it was brought.

    A file is known by its size and its time, which is set to the target's when it is brought; by its SHA-256 where
    the time is another one (a copy, a checkout), or for all files if that is asked for.
    """
    here = folder / held.path
    described = here / DESCRIPTOR
    if not described.is_file() or sha256_of(described) != held.descriptor_sha256:
        return False
    return all(is_same(here / file.path, file, by_hash=by_hash) for file in held.resources)


def is_same(path: Path, file: LockedFile, *, by_hash: bool = False) -> bool:
    """Whether a file is as it was brought; one found to be so by its SHA-256 gets its time again."""
    if path.is_symlink() or not path.is_file() or path.stat().st_size != file.bytes:
        return False
    moment = seconds_of(file.last_modified)
    if not by_hash and moment is not None and path.stat().st_mtime == moment:
        return True
    if sha256_of(path) != file.sha256:
        return False
    set_time(path, file.last_modified)
    return True


def set_time(path: Path, moment: str) -> None:
    """Give a file the time at which the target changed it last, where the target says one."""
    seconds = seconds_of(moment)
    if seconds is not None:
        os.utime(path, (seconds, seconds))


def remove(folder: Path, held: Entry) -> None:
    """Remove a dataset's files from a folder; what else lies beside them stays."""
    here = folder / held.path
    for name in {*listed_files(here), *(file.path for file in held.resources), DESCRIPTOR}:
        (here / name).unlink(missing_ok=True)
    if here.is_dir() and not any(path.is_file() for path in here.rglob("*")):
        shutil.rmtree(here)
