"""What came of a dataset, and how its files come: those that are here already are not fetched again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from hxl_kit.files import link_or_copy
from hxl_kit.syncing.holdings import is_same
from hxl_kit.syncing.lock_file import LockedFile

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.hdx.download import Downloads, Fetched
    from hxl_kit.hdx.listed import ListedDataset, ListedFile
    from hxl_kit.pulling import Pulled


@dataclass(frozen=True)
class Arrival:
    """What came of a dataset.

    Attributes:
        files: all files that are here now.
        digest: the SHA-256 of its datapackage.json.
        fetched: how many files were fetched.
        bytes: how many bytes these have.
        was_here: whether the folder held this dataset before.
        is_changed: whether anything in it is another now.
        pulled: the same as `pull` tells it.
        notes: what a person should know.
        commands: what brings its tables into the standard's.
    """

    files: tuple[LockedFile, ...]
    digest: str
    fetched: int
    bytes: int
    was_here: bool
    is_changed: bool
    pulled: Pulled
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


def place(
    downloads: Downloads,
    listed: ListedDataset,
    file: ListedFile,
    copy: Path,
    here: tuple[Path, LockedFile] | None,
) -> tuple[LockedFile, bool]:
    """Put a file at `copy`; return what it is and whether it was fetched.

    What HDX keeps itself is known by its time; of a file on another host only that host can say whether it changed.
    """
    held = here[1] if here and is_same(*here, by_hash=True) else None
    if here and held and _is_known(file, held):
        link_or_copy(here[0], copy)
        return _locked(file, copy.name, held), False
    wanted = listed.wanted(file)
    came = downloads.fetch(replace(wanted, etag=held.etag, modified=held.served_modified) if held else wanted)
    if came.path is None and here and held:
        link_or_copy(here[0], copy)
        return _locked(file, copy.name, held), False
    if came.path is None:
        came = downloads.fetch(wanted)
    return _placed(file, copy, came), True


def _placed(file: ListedFile, copy: Path, came: Fetched) -> LockedFile:
    if came.path is None:
        raise AssertionError("a file is not said to be unchanged unless a copy was named")
    link_or_copy(came.path, copy)
    return LockedFile(
        path=copy.name,
        id=file.id,
        url=file.url,
        last_modified=file.modified,
        etag=came.etag,
        served_modified=came.modified,
        sha256=came.sha256,
        bytes=came.bytes,
    )


def _is_known(file: ListedFile, held: LockedFile) -> bool:
    same = (file.id, file.url, file.modified) == (held.id, held.url, held.last_modified)
    return same and not file.is_outside and file.sha256 in ("", held.sha256)


def _locked(file: ListedFile, name: str, held: LockedFile) -> LockedFile:
    """Return what is known of a copy, under its name and time of now."""
    return replace(held, path=name, id=file.id, url=file.url, last_modified=file.modified)
