"""The files in a catalogue's folder: copied, verified, brought into place, taken away."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from typing import TYPE_CHECKING

from hxl_kit.errors import TargetError
from hxl_kit.files import CHUNK_BYTES, sha256_of, sync_files, sync_folder
from hxl_kit.reading.packages import DESCRIPTOR, read_package
from hxl_kit.targets.index_page import INDEX
from hxl_kit.targets.ledger import LEDGER, is_safe_name, version_of
from hxl_kit.targets.lock import LOCK, is_abandoned, owner_tag
from hxl_kit.targets.target import Staged

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.clearance.outcome import Cleared
    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.ledger import Ledger, Version
    from hxl_kit.targets.target import ServedFile

_STAGING = ".staging-"
_STAGING_SECONDS = 24 * 3600.0
_PARTIAL = (f".{LEDGER}.partial-*", f".{INDEX}.partial-*", f"{LOCK}.*")
_VERSION_FOLDER = re.compile(r".+-(?P<digits>[0-9a-f]{12})")


def new_staging(folder: Path) -> Path:
    """Return the path of a staging folder of this process; it is not there yet."""
    return folder / f"{_STAGING}{owner_tag()}"


def copy_package(package: Package, stage: Path, cleared: Cleared) -> Staged:
    """Copy the descriptor and the files it lists, nothing else; verify the copies on the disk."""
    digest = package.digest
    paths = dict.fromkeys(r["path"] for r in package.resources if "path" in r)
    for path in (*paths, DESCRIPTOR):
        copy_file(package.folder / path, stage / path)
    sync_files(stage)
    copied = read_package(stage)
    if sha256_of(stage / DESCRIPTOR) != digest:
        raise TargetError(f"{package.folder}: {DESCRIPTOR} changed while it was copied; plan again")
    for file in version_of(copied, package.name, digest, "").state.files:
        if damage := damage_of(stage, file):
            raise TargetError(f"{package.folder}: the copy of {file.path} is {damage}; nothing was published")
    return Staged(package.name, digest, stage, copied, cleared)


def copy_file(source: Path, copy: Path) -> None:
    """Copy the bytes of a file, a chunk at a time, to a path where nothing is yet."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as content, copy.open("xb") as file:
        shutil.copyfileobj(content, file, CHUNK_BYTES)


def damage_of(folder: Path, file: ServedFile) -> str | None:
    """Return what is wrong with a file in one word, or None."""
    path = folder / file.path
    if not path.is_file():
        return "missing"
    if path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
        return "damaged"
    return None


def content_of(path: Path) -> bytes | None:
    """Return the bytes of a file; None where there is none."""
    return path.read_bytes() if path.is_file() else None


def place_version(folder: Path, staged: Path, version: Version) -> None:
    """Bring staged files to the version's folder; one that is there and whole is left alone."""
    final, aside = folder / version.folder, new_staging(folder)
    if final.exists():
        if not any(damage_of(final, file) for file in version.state.files):
            return
        final.rename(aside)
    final.parent.mkdir(exist_ok=True)
    staged.rename(final)
    shutil.rmtree(aside, ignore_errors=True)
    sync_folder(final.parent)
    sync_folder(folder)


def remove_folder(folder: Path, place: Path) -> None:
    """Delete a folder inside the catalogue; stopped half-way, what is left of it is out of its place."""
    aside = new_staging(folder)
    place.rename(aside)
    sync_folder(place.parent)
    shutil.rmtree(aside)


def replace_file(folder: Path, source: Path, place: Path) -> None:
    """Write a file of a version anew from another file, in one step."""
    stage = new_staging(folder)
    copy_file(source, stage / place.name)
    sync_files(stage)
    place.parent.mkdir(parents=True, exist_ok=True)
    (stage / place.name).replace(place)
    sync_folder(place.parent)
    stage.rmdir()


def abandoned_staging(folder: Path) -> Iterator[Path]:
    """Yield staging folders whose publisher is gone."""
    for stage in folder.glob(f"{_STAGING}*"):
        with contextlib.suppress(FileNotFoundError):
            age = time.time() - stage.stat().st_mtime
            if is_abandoned(stage.name.removeprefix(_STAGING), age, _STAGING_SECONDS):
                yield stage


def partial_files(folder: Path) -> Iterator[Path]:
    """Yield half-written files of the catalogue; while nobody holds the lock, nobody writes them any more."""
    for pattern in _PARTIAL:
        yield from folder.glob(pattern)


def orphans(folder: Path, ledger: Ledger, name: str) -> Iterator[Path]:
    """Yield the folders of versions that the ledger does not name: a publication or withdrawal was stopped.

    A folder is a version's if a tombstone names it, or if its name has the digits of its own descriptor's SHA-256.
    """
    served = {version.version_id for version in ledger.history(name)}
    gone = {each.version_id for tombstone in ledger.tombstones(name) for each in tombstone.versions}
    for place in sorted((folder / name).iterdir()) if (folder / name).is_dir() else ():
        if place.name not in served and (place.name in gone or _is_version(place)):
            yield place


def unserved_names(folder: Path, ledger: Ledger) -> Iterator[str]:
    """Yield the names of folders that may be those of datasets and are not served."""
    for place in sorted(folder.iterdir()) if folder.is_dir() else ():
        if place.is_dir() and is_safe_name(place.name) and place.name not in ledger.datasets:
            yield place.name


def _is_version(place: Path) -> bool:
    named, descriptor = _VERSION_FOLDER.fullmatch(place.name), place / DESCRIPTOR
    return named is not None and descriptor.is_file() and sha256_of(descriptor).startswith(named["digits"])
