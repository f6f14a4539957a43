"""The catalogue: a folder, static host or shared drive that serves packages with all their versions.

```
DIR/catalogue.json               what is served: replacing it is the moment of publication
DIR/index.html                   the same for people, made from catalogue.json
DIR/<name>/<version_id>/…        the files of a version, never changed again
```
"""

from __future__ import annotations

import contextlib
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, TargetError
from hxl_kit.files import CHUNK_BYTES, reason_of, sha256_of, sync_files, sync_folder, write_atomically
from hxl_kit.reading.packages import DESCRIPTOR, read_package
from hxl_kit.targets.index_page import INDEX, render_index
from hxl_kit.targets.ledger import LEDGER, Ledger, Version, is_safe_name, read_ledger, version_of
from hxl_kit.targets.lock import Lock, exclusive, is_abandoned, owner_tag
from hxl_kit.targets.target import Change, ServedFile, Staged, State, moved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from hxl_kit.clearance.outcome import Cleared
    from hxl_kit.reading.packages import Package

_STAGING = ".staging-"
_STAGING_SECONDS = 24 * 3600.0
_UNCHANGED = "; what was published before is unchanged"
_PARTIAL = (f".{LEDGER}.partial-*", f".{INDEX}.partial-*")


def now_utc() -> str:
    """Return the time in UTC to the second, as ISO 8601: `2025-01-31T12:00:00Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class CatalogueTarget:
    """A catalogue in `folder`; `clock` gives the one time that is written, published_at."""

    folder: Path
    clock: Callable[[], str] = now_utc

    @property
    def text(self) -> str:
        """The target as it is written on the command line."""
        return f"catalogue:{self.folder}"

    def datasets(self) -> tuple[str, ...]:
        """Return the names of the datasets that are served."""
        return tuple(sorted(self._ledger().datasets))

    def describe(self, dataset: str) -> State:
        """Return what is served under a name now."""
        served = self.history(dataset)
        return served[0] if served else State(dataset)

    def history(self, dataset: str) -> tuple[State, ...]:
        """Return the versions that are kept, the one that is served first."""
        return tuple(version.state for version in self._ledger().history(dataset))

    def faults(self, state: State) -> tuple[Change, ...]:
        """Return the files of a version that are missing or damaged, and the index page if it is stale."""
        with self._plainly():
            folder = self._folder_of(state)
            found = [(file, _damage(folder, file)) for file in state.files]
            damaged = [
                Change("repair", f.path, was, f"sha256:{f.sha256}", f.bytes) for f, was in found if was
            ]
            page = render_index(self._ledger())
            stale = (
                []
                if _content(self.folder / INDEX) == page
                else [Change("render", INDEX, None, None, len(page))]
            )
        return (*damaged, *stale)

    @contextmanager
    def opened(self, state: State) -> Iterator[Package]:
        """Give a served version as a package to read, where it lies."""
        try:
            package = read_package(self._folder_of(state))
        except InputError as error:
            raise TargetError(
                f"{self.text}: {state.dataset} {state.version_id} is damaged: {error}"
            ) from error
        yield package

    @contextmanager
    def stage(self, package: Package, cleared: Cleared) -> Iterator[Staged]:
        """Copy a package into a staging folder of the catalogue and verify every copy by its SHA-256."""
        cleared.require(package.digest, package.folder)
        if not is_safe_name(package.name):
            raise TargetError(
                f"{package.folder}: the name '{package.name}' cannot be an address; use lower-case letters, digits, '-', '_'"
            )
        with self._plainly(_UNCHANGED):
            self._require_catalogue()
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep_staging()
            stage = self.folder / f"{_STAGING}{owner_tag()}"
            stage.mkdir()
        try:
            with self._plainly(_UNCHANGED):
                staged = _copy_package(package, stage, cleared)
            yield staged
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def commit(self, staged: Staged, pin: str) -> State:
        """Serve what was staged, if what is served still has the version id `pin`."""
        with self._plainly(_UNCHANGED), exclusive(self.folder) as lock:
            self._sweep_partials()
            ledger = self._ledger()
            served = ledger.history(staged.dataset)
            version = version_of(staged.package, staged.dataset, staged.digest, self.clock())
            if served and served[0].digest == version.digest:
                version = served[0]
            else:
                state = served[0].state if served else State(staged.dataset)
                if state.pin != pin:
                    raise moved(self.text, pin, state)
                ledger = ledger.with_version(version)
            with self._placed(staged, version, lock):
                lock.require()
                self._serve(ledger)
        return version.state

    def fetch(self, state: State, folder: Path) -> None:
        """Copy the files of a version into a folder and verify size and SHA-256 of each.

        Raises:
            OSError: `folder` cannot take them.
        """
        source = self._folder_of(state)
        for file in state.files:
            self._require_readable(state, file, source)
            copy = folder / file.path
            copy_file(source / file.path, copy)
            if damage := _damage(folder, file):
                raise TargetError(
                    f"{self.text}: {state.dataset} {state.version_id}: {file.path} is {damage}; not pulled"
                )

    def _require_readable(self, state: State, file: ServedFile, source: Path) -> None:
        place = f"{self.text}: {state.dataset} {state.version_id}: {file.path}"
        if not (source / file.path).is_file():
            raise TargetError(f"{place} is missing; not pulled")
        with self._plainly(), (source / file.path).open("rb"):
            pass

    def _folder_of(self, state: State) -> Path:
        return self.folder / state.dataset / state.version_id

    def _ledger(self) -> Ledger:
        if self.folder.exists() and not self.folder.is_dir():
            raise TargetError(f"{self.text}: is a file; name a folder for the catalogue")
        with self._plainly():
            return read_ledger(self.folder)

    @contextmanager
    def _plainly(self, outcome: str = "") -> Iterator[None]:
        """Turn an error of the system into a TargetError in plain words."""
        try:
            yield
        except OSError as error:
            place = f" {error.filename}:" if error.filename else ""
            raise TargetError(f"{self.text}:{place} {reason_of(error)}{outcome}") from error

    def _require_catalogue(self) -> None:
        """Refuse a folder that holds something else: a website's own index page, or a package."""
        if (self.folder / LEDGER).exists():
            return
        for name in (INDEX, DESCRIPTOR):
            if (self.folder / name).exists():
                raise TargetError(
                    f"{self.folder}: holds {name} but no {LEDGER}; name an empty folder for a new catalogue"
                )

    def _sweep_staging(self) -> None:
        """Remove staging folders whose publisher is gone."""
        for stage in self.folder.glob(f"{_STAGING}*"):
            with contextlib.suppress(FileNotFoundError):
                age = time.time() - stage.stat().st_mtime
                if is_abandoned(stage.name.removeprefix(_STAGING), age, _STAGING_SECONDS):
                    shutil.rmtree(stage, ignore_errors=True)

    def _sweep_partials(self) -> None:
        """Remove half-written files of this catalogue; under the lock nobody else is writing them."""
        for pattern in _PARTIAL:
            for file in self.folder.glob(pattern):
                file.unlink(missing_ok=True)

    @contextmanager
    def _placed(self, staged: Staged, version: Version, lock: Lock) -> Iterator[None]:
        """Bring the staged files to the version's folder; take them back if they come not to be served."""
        self._place(staged, version)
        try:
            yield
        except BaseException:
            kept = {known.version_id for known in self._ledger().history(version.name)}
            if lock.is_held and version.version_id not in kept:
                shutil.rmtree(self.folder / version.folder, ignore_errors=True)
            raise

    def _place(self, staged: Staged, version: Version) -> None:
        """Bring the staged files to the version's folder; one that is there and whole is left alone."""
        final, aside = self.folder / version.folder, self.folder / f"{_STAGING}{owner_tag()}"
        if final.exists():
            if not any(_damage(final, file) for file in version.state.files):
                return
            final.rename(aside)
        final.parent.mkdir(exist_ok=True)
        staged.folder.rename(final)
        shutil.rmtree(aside, ignore_errors=True)
        sync_folder(final.parent)
        sync_folder(self.folder)

    def _serve(self, ledger: Ledger) -> None:
        """Replace catalogue.json, which publishes, then the page for people."""
        content = ledger.as_bytes()
        if _content(self.folder / LEDGER) != content:
            write_atomically(self.folder / LEDGER, content)
        try:
            page = render_index(ledger)
            if _content(self.folder / INDEX) != page:
                write_atomically(self.folder / INDEX, page)
        except OSError as error:
            raise TargetError(
                f"{self.folder / INDEX}: {(error.strerror or 'cannot be written').lower()}; "
                "the package is published, publish it again to renew this page"
            ) from error


def _copy_package(package: Package, stage: Path, cleared: Cleared) -> Staged:
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
        if damage := _damage(stage, file):
            raise TargetError(f"{package.folder}: the copy of {file.path} is {damage}; nothing was published")
    return Staged(package.name, digest, stage, copied, cleared)


def copy_file(source: Path, copy: Path) -> None:
    """Copy the bytes of a file, a chunk at a time, to a path where nothing is yet."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as content, copy.open("xb") as file:
        shutil.copyfileobj(content, file, CHUNK_BYTES)


def _damage(folder: Path, file: ServedFile) -> str | None:
    """Return what is wrong with a file in one word, or None."""
    path = folder / file.path
    if not path.is_file():
        return "missing"
    if path.stat().st_size != file.bytes or sha256_of(path) != file.sha256:
        return "damaged"
    return None


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None
