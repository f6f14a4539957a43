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
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, TargetError
from hxl_kit.files import reason_of, write_atomically
from hxl_kit.reading.packages import DESCRIPTOR, read_package
from hxl_kit.reading.table import shown
from hxl_kit.targets import catalogue_health
from hxl_kit.targets.catalogue_files import (
    abandoned_staging,
    content_of,
    copy_file,
    copy_package,
    damage_of,
    new_staging,
    orphans,
    partial_files,
    place_version,
)
from hxl_kit.targets.differing import differing, package_files
from hxl_kit.targets.index_page import INDEX, render_index
from hxl_kit.targets.ledger import LEDGER, Ledger, Version, is_safe_name, read_ledger, version_of
from hxl_kit.targets.lock import Lock, exclusive
from hxl_kit.targets.target import Ailment, Change, ServedFile, Staged, State, moved, require_not_withdrawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from hxl_kit.clearance.outcome import Cleared
    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.target import Clear

_UNCHANGED = "; what was published before is unchanged"
_PUBLISHED = "the package is published, publish it again to renew this page"
_RESTORED = "the version is served again, `hxl-kit doctor --repair` renews this page"
_WITHDRAWN = "; it is withdrawn, but files are left: `hxl-kit doctor --repair` removes them"


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

    @property
    def exists(self) -> bool:
        """Whether there is a catalogue in the folder."""
        return (self.folder / LEDGER).exists()

    @property
    def publisher(self) -> dict[str, str]:
        """Nobody in particular: a catalogue does not ask."""
        return {}

    def datasets(self) -> tuple[str, ...]:
        """Return the names of the datasets that are served."""
        return tuple(sorted(self._ledger().datasets))

    def describe(self, dataset: str) -> State:
        """Return what is served under a name now; after a withdrawal `withdrawn` and `reason` say so."""
        return self._ledger().state(dataset)

    def history(self, dataset: str) -> tuple[State, ...]:
        """Return the versions that are kept, the one that is served first; after them those that were withdrawn."""
        return self._ledger().states(dataset)

    @contextmanager
    def offered(self, package: Package) -> Iterator[Package]:
        """Give the package: a catalogue gets all of it."""
        yield package

    def problems(self, package: Package) -> tuple[str, ...]:
        """Return what the catalogue would refuse: a name that cannot be an address."""
        if is_safe_name(package.name):
            return ()
        return (
            f"the name '{shown(package.name)}' cannot be an address; use lower-case letters, digits, '-', '_'",
        )

    def file_changes(self, package: Package, state: State) -> tuple[Change, ...]:
        """Return the files that publishing the package would change."""
        return tuple(differing(package_files(package), state.files))

    def edits(self, package: Package, state: State) -> tuple[Change, ...]:  # noqa: ARG002 - of the protocol
        """Return nothing: a catalogue has no metadata but those of its packages."""
        return ()

    def reverts(self, kept: State, served: State) -> tuple[Change, ...]:
        """Return the files that restoring a kept version would change."""
        return tuple(differing(kept.files, served.files))

    def faults(self, state: State) -> tuple[Change, ...]:
        """Return the files of a version that are missing or damaged, and the index page if it is stale."""
        with self._plainly():
            folder = self._folder_of(state)
            found = [(file, damage_of(folder, file)) for file in state.files]
            damaged = [
                Change("repair", f.path, was, f"sha256:{f.sha256}", f.bytes) for f, was in found if was
            ]
            page = render_index(self._ledger())
            stale = (
                []
                if content_of(self.folder / INDEX) == page
                else [Change("render", INDEX, None, None, len(page))]
            )
        return (*damaged, *stale)

    @contextmanager
    def opened(self, state: State) -> Iterator[Package]:
        """Give a kept version as a package to read, where it lies."""
        require_not_withdrawn(self.text, state)
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
        if problems := self.problems(package):
            raise TargetError(f"{package.folder}: {problems[0]}")
        with self._plainly(_UNCHANGED):
            self._require_catalogue()
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep_staging()
            stage = new_staging(self.folder)
            stage.mkdir()
        try:
            with self._plainly(_UNCHANGED):
                staged = copy_package(package, stage, cleared)
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
                self._require_pin(ledger.state(staged.dataset), pin)
                ledger = ledger.with_version(version)
            with self._placed(staged, version, lock):
                lock.require()
                self._write(ledger)
                self._render(ledger, _PUBLISHED)
        return version.state

    def restore(self, state: State, cleared: Cleared, pin: str) -> State:
        """Serve a kept version again, if what is served still has the version id `pin`."""
        cleared.require(state.digest, state.dataset)
        with self._plainly(_UNCHANGED), exclusive(self.folder) as lock:
            self._sweep_partials()
            ledger = self._ledger()
            self._require_pin(ledger.state(state.dataset), pin)
            version = replace(self._whole(ledger, state), published_at=self.clock())
            ledger = ledger.with_version(version)
            lock.require()
            self._write(ledger)
            self._render(ledger, _RESTORED)
        return version.state

    def withdraw(self, dataset: str, reason: str, pin: str) -> State:
        """Take down the files and all kept versions, and leave a tombstone in catalogue.json and on the page.

        Replacing catalogue.json is the moment of withdrawal; the files go at once afterwards.
        """
        with self._plainly(_UNCHANGED), exclusive(self.folder) as lock:
            self._sweep_partials()
            ledger = self._ledger()
            state = ledger.state(dataset)
            self._require_pin(state, pin)
            if state.version_id:
                ledger = ledger.with_withdrawal(dataset, reason, self.clock())
                lock.require()
                self._write(ledger)
            self._remove_orphans(ledger, dataset)
        return ledger.state(dataset)

    def examine(self, dataset: str) -> tuple[Ailment, ...]:
        """Return what is not in order with a dataset; with "" the page, and what stopped publishers left."""
        with self._plainly():
            ledger = self._ledger()
            if dataset:
                return tuple(catalogue_health.of_dataset(self.folder, ledger, dataset))
            return tuple(catalogue_health.of_catalogue(self.folder, ledger))

    def repair(
        self,
        dataset: str,  # noqa: ARG002 - of the protocol
        ailments: Sequence[Ailment],
        clear: Clear,
    ) -> tuple[Ailment, ...]:
        """Apply the remedies of ailments, where they still hold; return what was repaired."""
        with self._plainly(), exclusive(self.folder):
            ledger = self._ledger()
            with_remedy = (ailment for ailment in ailments if ailment.remedy)
            return tuple(a for a in with_remedy if catalogue_health.mend(self.folder, ledger, a, clear))

    def fetch(self, state: State, folder: Path) -> None:
        """Copy the files of a version into a folder and verify size and SHA-256 of each.

        Raises:
            OSError: `folder` cannot take them.
        """
        require_not_withdrawn(self.text, state)
        source = self._folder_of(state)
        for file in state.files:
            self._require_readable(state, file, source)
            copy = folder / file.path
            copy_file(source / file.path, copy)
            if damage := damage_of(folder, file):
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

    def _require_pin(self, served: State, pin: str) -> None:
        if served.pin != pin:
            raise moved(self.text, pin, served)

    def _whole(self, ledger: Ledger, state: State) -> Version:
        """Return a kept version after reading back all its files."""
        place = f"{self.text}: {state.dataset} {state.version_id}"
        kept = (v for v in ledger.history(state.dataset) if v.version_id == state.version_id)
        version = next((v for v in kept if v.digest == state.digest), None)
        if version is None:
            raise TargetError(f"{place} is not kept any more; `hxl-kit history` lists what is")
        damaged = [file.path for file in version.state.files if damage_of(self._folder_of(state), file)]
        if damaged:
            raise TargetError(f"{place}: {damaged[0]} is damaged or missing; it cannot be served again")
        return version

    def _remove_orphans(self, ledger: Ledger, dataset: str) -> None:
        """Delete what a withdrawal leaves, then renew the page whether or not that went well."""
        try:
            with self._plainly(_WITHDRAWN):
                for place in orphans(self.folder, ledger, dataset):
                    catalogue_health.remove_orphan(self.folder, place)
        finally:
            self._render(ledger, "the dataset is withdrawn, `hxl-kit doctor --repair` renews this page")

    def _sweep_staging(self) -> None:
        """Remove staging folders whose publisher is gone."""
        for stage in abandoned_staging(self.folder):
            shutil.rmtree(stage, ignore_errors=True)

    def _sweep_partials(self) -> None:
        """Remove half-written files of this catalogue; under the lock nobody else is writing them."""
        for file in partial_files(self.folder):
            file.unlink(missing_ok=True)

    @contextmanager
    def _placed(self, staged: Staged, version: Version, lock: Lock) -> Iterator[None]:
        """Bring the staged files to the version's folder; take them back if they come not to be served."""
        place_version(self.folder, staged.folder, version)
        try:
            yield
        except BaseException:
            kept = {known.version_id for known in self._ledger().history(version.name)}
            if lock.is_held and version.version_id not in kept:
                with contextlib.suppress(OSError):
                    catalogue_health.remove_orphan(self.folder, self.folder / version.folder)
            raise

    def _write(self, ledger: Ledger) -> None:
        """Replace catalogue.json in one step: this publishes, restores or withdraws."""
        content = ledger.as_bytes()
        if content_of(self.folder / LEDGER) != content:
            write_atomically(self.folder / LEDGER, content)

    def _render(self, ledger: Ledger, outcome: str) -> None:
        """Replace the page for people."""
        try:
            page = render_index(ledger)
            if content_of(self.folder / INDEX) != page:
                write_atomically(self.folder / INDEX, page)
        except OSError as error:
            told = (error.strerror or "cannot be written").lower()
            raise TargetError(f"{self.folder / INDEX}: {told}; {outcome}") from error
