"""What can be wrong in a catalogue's folder, and how it is mended."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.files import link_or_copy, write_atomically
from hxl_kit.reading.packages import read_package
from hxl_kit.targets.catalogue_files import (
    abandoned_staging,
    content_of,
    damage_of,
    orphans,
    partial_files,
    remove_folder,
    replace_file,
    unserved_names,
)
from hxl_kit.targets.index_page import INDEX, render_index
from hxl_kit.targets.lock import is_locked, left_lock
from hxl_kit.targets.target import Ailment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.targets.ledger import Ledger, Version
    from hxl_kit.targets.target import Clear, ServedFile

_REMOVE = "remove it"


def of_catalogue(folder: Path, ledger: Ledger) -> Iterator[Ailment]:
    """Yield what is not in order apart from the datasets that are served; while a publisher works, only the page."""
    if content_of(folder / INDEX) != render_index(ledger) and (ledger.datasets or ledger.withdrawn):
        yield Ailment("page-stale", INDEX, "does not show what catalogue.json serves", "make it anew")
    if lock := left_lock(folder):
        yield Ailment("lock-left", lock.name, "is the lock of a run that is gone", _REMOVE)
    for stage in abandoned_staging(folder):
        yield Ailment("staging-left", stage.name, "was left by a run that is gone", _REMOVE)
    if is_locked(folder):
        return
    for file in partial_files(folder):
        yield Ailment("partial-left", file.name, "is a file that was not written to its end", _REMOVE)
    for name in unserved_names(folder, ledger):
        yield from _orphans(folder, ledger, name)


def of_dataset(folder: Path, ledger: Ledger, name: str) -> Iterator[Ailment]:
    """Yield what is not in order with a dataset: damaged files of all versions, folders that nothing names."""
    for version in ledger.history(name):
        yield from _of_version(folder, ledger, version)
    if not is_locked(folder):
        yield from _orphans(folder, ledger, name)


def _orphans(folder: Path, ledger: Ledger, name: str) -> Iterator[Ailment]:
    for place in orphans(folder, ledger, name):
        withdrawn = " and was withdrawn, yet its files can be opened" if ledger.tombstones(name) else ""
        message = f"is a version that catalogue.json does not name{withdrawn}"
        yield Ailment("version-orphaned", place.relative_to(folder).as_posix(), message, _REMOVE)


def _of_version(folder: Path, ledger: Ledger, version: Version) -> Iterator[Ailment]:
    """Yield the damaged files of a version; they can be mended if all of them can, for it is cleared as a whole."""
    damaged = [(file, damage_of(folder / version.folder, file)) for file in version.state.files]
    found = {file: _same_bytes(folder, ledger, file) for file, damage in damaged if damage}
    for file, damage in damaged:
        if damage:
            yield _damaged(
                folder, ledger, version, file, damage, found[file] if all(found.values()) else None
            )


def _damaged(
    folder: Path, ledger: Ledger, version: Version, file: ServedFile, damage: str, found: Path | None
) -> Ailment:
    place = f"{version.folder}/{file.path}"
    served = ledger.history(version.name)[0] is version
    remedy = f"copy it from {found.relative_to(folder).as_posix()}" if found else ""
    way_out = "publish the package again" if served else "this version cannot be brought back"
    return Ailment(f"file-{damage}", place, f"is {damage}" if remedy else f"is {damage}; {way_out}", remedy)


def _same_bytes(folder: Path, ledger: Ledger, file: ServedFile) -> Path | None:
    """Return a whole file of any version with the bytes that another one should have."""
    for versions in ledger.datasets.values():
        for version in versions:
            for other in version.state.files:
                if other.sha256 == file.sha256 and not damage_of(folder / version.folder, other):
                    return folder / version.folder / other.path
    return None


def mend(folder: Path, ledger: Ledger, ailment: Ailment, clear: Clear) -> bool:
    """Apply a remedy, if what it is for still holds; return whether it was applied. The lock must be held.

    Raises:
        ClearanceError: files would be served again of a version that may not be published.
    """
    place = folder / ailment.place
    match ailment.rule:
        case "page-stale":
            write_atomically(place, render_index(ledger))
        case "lock-left":
            return True  # the lock was taken over, and goes when the work is done
        case "staging-left" if place in set(abandoned_staging(folder)):
            shutil.rmtree(place)
        case "partial-left" if place in set(partial_files(folder)):
            place.unlink(missing_ok=True)
        case "version-orphaned" if place in set(orphans(folder, ledger, place.parent.name)):
            remove_orphan(folder, place)
        case "file-damaged" | "file-missing":
            return _mend_file(folder, ledger, ailment, clear)
        case _:
            return False
    return True


def remove_orphan(folder: Path, place: Path) -> None:
    """Delete the folder of a version that is not served, and its dataset's folder when nothing else is in it."""
    remove_folder(folder, place)
    with contextlib.suppress(OSError):
        place.parent.rmdir()


def _mend_file(folder: Path, ledger: Ledger, ailment: Ailment, clear: Clear) -> bool:
    name = ailment.place.partition("/")[0]
    for version in ledger.history(name):
        for file in version.state.files:
            if f"{version.folder}/{file.path}" == ailment.place and damage_of(folder / version.folder, file):
                found = _same_bytes(folder, ledger, file)
                if found and _is_cleared(folder, ledger, version, clear):
                    replace_file(folder, found, folder / ailment.place)
                    return True
    return False


def _is_cleared(folder: Path, ledger: Ledger, version: Version, clear: Clear) -> bool:
    """Whether a version can be made whole, and may be served as it will be then."""
    with tempfile.TemporaryDirectory(prefix="hxl-kit-") as whole:
        for file in version.state.files:
            source = _same_bytes(folder, ledger, file)
            if source is None:
                return False
            link_or_copy(source, Path(whole, file.path))
        clear(read_package(Path(whole))).require(version.digest, version.folder)
    return True
