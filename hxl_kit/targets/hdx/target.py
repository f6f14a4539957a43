"""A site of HDX as a target."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, TargetError
from hxl_kit.hdx.comparing import same
from hxl_kit.hdx.connection import Connection
from hxl_kit.hdx.names import Names
from hxl_kit.hdx.offering import Offer, offered
from hxl_kit.reading.packages import DESCRIPTOR, read_package
from hxl_kit.reading.table import shown
from hxl_kit.targets.hdx.committing import ArrivedWrongError, Committing, MovedError, is_shell
from hxl_kit.targets.hdx.examining import examine, repair
from hxl_kit.targets.hdx.files_served import Files
from hxl_kit.targets.hdx.keeping import is_whole, keep
from hxl_kit.targets.hdx.kept import Kept, state_folder
from hxl_kit.targets.hdx.objections import dry_run, held, of_others
from hxl_kit.targets.hdx.retreating import retreat
from hxl_kit.targets.hdx.states import (
    described_by,
    listed_files,
    state_of,
    state_of_version,
)
from hxl_kit.targets.hdx.undoing import as_it_was
from hxl_kit.targets.hdx.wanting import Wanting
from hxl_kit.targets.hdx.withdrawals import (
    Withdrawals,
    is_taken_down,
    tombstone,
    withdrawn_state,
)
from hxl_kit.targets.ledger import is_safe_name
from hxl_kit.targets.target import Change, Staged, State, moved, require_not_withdrawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hxl_kit.clearance.outcome import Cleared
    from hxl_kit.hdx.site import Site
    from hxl_kit.hdx.upload import Progress
    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.hdx.bytes_served import Found
    from hxl_kit.targets.hdx.kept import KeptVersion
    from hxl_kit.targets.hdx.served import Mark, Served, ServedResource
    from hxl_kit.targets.hdx.wanted import Wanted
    from hxl_kit.targets.hdx.wanting import Wants
    from hxl_kit.targets.target import Ailment, Clear


@dataclass(frozen=True)
class HdxTarget:
    """A site of HDX.

    Attributes:
        site: where, and with which key.
        organisation: the name of the organisation that publishes; "" for the one that each package names.
        maintainer: the name of the user who answers for the data; "" for the one that each package names.
        replaces_quarantined: whether a file that the site keeps back may be sent anew.
        progress: told of the bytes sent.
        state: the folder in which journals and versions are kept.
        wants: makes of a package the dataset that it is to be, where that is not what the package says of itself.
    """

    site: Site
    organisation: str = ""
    maintainer: str = ""
    replaces_quarantined: bool = False
    progress: Progress | None = field(default=None, repr=False, compare=False)
    state: Path = field(default_factory=state_folder, repr=False)
    wants: Callable[[Names], Wants] | None = field(default=None, repr=False, compare=False)
    _looked: dict[Mark, Found] = field(default_factory=dict, init=False, repr=False, compare=False)
    _seen: dict[str, Served] = field(default_factory=dict, init=False, repr=False, compare=False)
    _offers: dict[Path, Offer] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def text(self) -> str:
        """The target as it is written on the command line."""
        return self.site.text

    @property
    def publisher(self) -> dict[str, str]:
        """Who publishes, as far as the command line says so."""
        named = {"organisation": self.organisation, "maintainer": self.maintainer}
        return {role: name for role, name in named.items() if name}

    @cached_property
    def connection(self) -> Connection:
        """The connection to the site."""
        return Connection(self.site)

    @cached_property
    def _wanting(self) -> Wants:
        names = Names(self.connection)
        return self.wants(names) if self.wants else Wanting(names, self.organisation, self.maintainer)

    def datasets(self) -> tuple[str, ...]:
        """Return the names of all public datasets of the site."""
        return tuple(sorted(map(str, self.connection.read("package_list"))))

    def describe(self, dataset: str) -> State:
        """Return what is served under a name now; a dataset that is still being filled is nothing yet."""
        served = self._committing(dataset).show(dataset)
        return self._state(served) if served else State(dataset)

    def history(self, dataset: str) -> tuple[State, ...]:
        """Return the version that is served, those that are kept on this machine, then those that were withdrawn."""
        served = self._committing(dataset).show(dataset)
        now = self._state(served) if served else State(dataset)
        found = Withdrawals.of(served, self._files(dataset))
        known = self._kept(dataset).journal().versions
        lasting = [v for v in known if v.version_id != now.version_id and not found.took(v)]
        taken = [self._kept_state(dataset, v) for v in known if found.took(v)]
        gone = found.states(taken) or ((now,) if now.withdrawn else ())
        current = (now,) if now.version_id else ()
        return (*current, *(self._kept_state(dataset, v) for v in lasting), *gone)

    @contextmanager
    def offered(self, package: Package) -> Iterator[Package]:
        """Give the package as HDX gets it: without the files that package.yaml leaves out."""
        with tempfile.TemporaryDirectory(prefix="hxl-kit-") as folder:
            offer = offered(package, Path(folder))
            self._offers[offer.package.folder] = offer
            yield offer.package

    def problems(self, package: Package) -> tuple[str, ...]:
        """Return all that HDX would refuse: in the metadata, names it does not know, files it keeps back."""
        offer = self._offer(package)
        if told := self._wanting.problems(offer, None):
            return told
        served = self._committing(package.name).show(package.name)
        wanted = self._wanted(package, served)
        if served and (told := self._objections(package, wanted, served)):
            return told
        return self._wanting.problems(offer, dry_run(wanted, served))

    def _objections(self, package: Package, wanted: Wanted, served: Served) -> tuple[str, ...]:
        """Return why what is there is not written over."""
        is_ours = is_shell(served) or self._wanting.takes_over
        return (
            *(() if is_ours else of_others(package, served, self.text)),
            *(() if self.replaces_quarantined else held(wanted, served)),
        )

    def file_changes(self, package: Package, state: State) -> tuple[Change, ...]:
        """Return the files that publishing the package would change, by the names of resources."""
        there = self._served(state)
        return tuple(self._wanted(package, there).file_changes(there))

    def edits(self, package: Package, state: State) -> tuple[Change, ...]:
        """Return the metadata on HDX that differ from what publishing the package gives; of a new dataset all."""
        served = self._served(state)
        wanted = self._wanted(package, served)
        return wanted.edits(served, same) if served else tuple(wanted.settings())

    def reverts(self, kept: State, served: State) -> tuple[Change, ...]:
        """Return the files and metadata that restoring a kept version would change."""
        # What was taken out of public sight has no state, and can be served as it was.
        there = self._served(served) or self._committing(served.dataset).show(served.dataset)
        if there is None:
            return ()
        then = self._as_it_was(kept, there)
        return (*then.file_changes(there), *then.edits(there, same))

    def faults(self, state: State) -> tuple[Change, ...]:
        """Read what is served and return the files whose bytes are not those of the version."""
        served, files = self._served(state), self._files(state.dataset)
        found = [
            (file, served.resource(file.path) if served else None) for file in state.files if file.sha256
        ]
        wrong = [(file, _damage(files, file.sha256, resource)) for file, resource in found]
        return tuple(Change("repair", f.path, was, f"sha256:{f.sha256}", f.bytes) for f, was in wrong if was)

    @contextmanager
    def opened(self, state: State) -> Iterator[Package]:
        """Give a version that is served or kept as a package to read."""
        require_not_withdrawn(self.text, state)
        if not state.digest:
            raise TargetError(
                f"{self.text}: {state.dataset} {state.version_id} holds no readable {DESCRIPTOR}"
            )
        if not state.files:
            raise TargetError(
                f"{self.text}: {state.dataset} {state.version_id} is given to those who ask: its files are not there"
            )
        with tempfile.TemporaryDirectory(prefix="hxl-kit-") as folder:
            self.fetch(state, Path(folder))
            try:
                package = read_package(Path(folder))
            except InputError as error:
                raise TargetError(
                    f"{self.text}: {state.dataset} {state.version_id} is damaged: {error}"
                ) from error
            yield package

    def fetch(self, state: State, folder: Path) -> None:
        """Copy the files of a version into a folder and verify size and SHA-256 of each."""
        self._files(state.dataset).copy(self._as_package(state), self._served(state), folder)

    @contextmanager
    def stage(self, package: Package, cleared: Cleared) -> Iterator[Staged]:
        """Give the package to `commit`, which sends its files from where they lie; nothing is written before."""
        cleared.require(package.digest, package.folder)
        yield Staged(package.name, package.digest, package.folder, package, cleared)

    def commit(self, staged: Staged, pin: str) -> State:
        """Serve what was staged, in one step, if what is served still has this pin; read back what was sent."""
        staged.cleared.require(staged.package.digest, staged.dataset)
        with self._changing(staged.dataset, pin) as (committing, now):
            wanted = self._wanted(staged.package, now)
            if now and self._state(now).version_id:
                keep(now, committing.files)
            done = self._made(committing, now or committing.shell(wanted.fields), wanted)
            sources = {r.sha256: r.path for r in wanted.resources if r.path}
            keep(done, committing.files, sources, staged.folder / DESCRIPTOR)
            committing.preview(done, now)
        return self.describe(staged.dataset)

    def restore(self, state: State, cleared: Cleared, pin: str) -> State:
        """Serve a kept version again, metadata and files, if what is served still has this pin."""
        cleared.require(state.digest, state.dataset)
        with self._changing(state.dataset, pin) as (committing, now):
            if now is None:
                raise TargetError(f"{self.text}: {state.dataset} is not there any more; publish it again")
            if not is_shell(now):
                keep(now, committing.files)
            done = self._made(committing, now, self._as_it_was(state, now))
            keep(done, committing.files, unsent=committing.files.kept.file(state.digest))
        return self._state(done)

    def withdraw(self, dataset: str, reason: str, pin: str) -> State:
        """Take down the files and all kept versions, if what is served still has this pin; leave a tombstone."""
        with self._changing(dataset, pin) as (committing, now), tempfile.TemporaryDirectory() as folder:
            if now is None:
                raise TargetError(f"{self.text}: {dataset} is not there")
            when = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            before = Withdrawals.of(now, self._files(dataset))
            versions = [state for state in self.history(dataset) if not state.withdrawn]
            stone = tombstone(now, versions, before, when, reason, Path(folder))
            is_done = bool(before.tombstones) and self._state(now).withdrawn
            done = now if is_done else committing.make(now, stone)
            kept = self._kept(dataset)
            kept.save(replace(kept.journal(), versions=()))
        return self._state(done)

    def examine(self, dataset: str) -> tuple[Ailment, ...]:
        """Return what is not in order with a dataset, whichever tool left it so."""
        return examine(*self._with_fresh_eyes(dataset), dataset) if dataset else ()

    def repair(self, dataset: str, ailments: Sequence[Ailment], clear: Clear) -> tuple[Ailment, ...]:
        """Apply the remedies of ailments that still hold; return what was repaired."""
        with self._kept(dataset).alone():
            return repair(*self._with_fresh_eyes(dataset), dataset, ailments, clear)

    def _with_fresh_eyes(self, dataset: str) -> tuple[Committing, Files]:
        """Give the means of changing and of reading a dataset that trust nothing which was looked at before."""
        files = Files(self.connection, self._kept(dataset))
        return Committing(self.connection, files, same, self.progress), files

    @contextmanager
    def _changing(self, dataset: str, pin: str) -> Iterator[tuple[Committing, Served | None]]:
        """Give the means of changing a dataset and what is served, if that has the pin; no other publisher here."""
        committing = self._committing(dataset)
        with self._kept(dataset).alone():
            now = committing.show(dataset)
            state = self._state(now) if now else State(dataset)
            if state.pin != pin:
                raise moved(self.text, pin, state)
            try:
                yield committing, now
            except MovedError as error:
                raise moved(self.text, pin, self.describe(dataset)) from error

    def _made(self, committing: Committing, now: Served, wanted: Wanted) -> Served:
        """Return the dataset as wanted; where its bytes arrive damaged, what was served before comes back."""
        try:
            filled = committing.fill(now, wanted) if is_shell(now) else now
            return committing.make(filled, wanted)
        except ArrivedWrongError as error:
            before = next(iter(self._kept(now.name).journal().versions), None)
            back = partial(self._of_version, before) if is_whole(before) and not is_shell(now) else None
            raise retreat(committing, now, error, back) from error

    def _served(self, state: State) -> Served | None:
        """Return the very dataset that a state was made of; None where there was none, or one that is still being filled."""
        if not state.pin:
            return None
        return self._seen.get(state.pin) or self._committing(state.dataset).show(state.dataset)

    def _state(self, served: Served) -> State:
        if is_shell(served):
            return State(served.name)
        self._seen[served.pin] = served
        files = self._files(served.name)
        if is_taken_down([r.name for r in served.resources]):
            return withdrawn_state(served, Withdrawals.of(served, files))
        return state_of(served, files.descriptor(served))

    def _as_package(self, state: State) -> State:
        """Return a version with the files that its descriptor lists, where that was not sent and is kept here."""
        here = self._kept(state.dataset).file(state.digest)
        if here is None or any(file.path == DESCRIPTOR for file in state.files):
            return state
        content = here.read_bytes()
        return replace(state, files=listed_files(described_by(content), content))

    def _kept_state(self, dataset: str, version: KeptVersion) -> State:
        here = self._kept(dataset).file(version.digest)
        return state_of_version(dataset, version, here.read_bytes() if here else None)

    def _as_it_was(self, state: State, served: Served) -> Wanted:
        versions = self._kept(served.name).journal().versions
        version = next((v for v in versions if v.version_id == state.version_id), None)
        if version is None:
            raise TargetError(f"{self.text}: {state.dataset} {state.version_id} is not kept on this machine")
        return self._of_version(version, served)

    def _of_version(self, version: KeptVersion, served: Served) -> Wanted:
        kept = self._kept(served.name)
        return as_it_was(version, served, kept, kept.journal())

    def _wanted(self, package: Package, served: Served | None) -> Wanted:
        descriptor = self._files(package.name).meant_descriptor(served) if served else None
        return self._wanting.wanted(self._offer(package), descriptor)

    def _offer(self, package: Package) -> Offer:
        return self._offers.get(package.folder, Offer(package))

    def _committing(self, dataset: str) -> Committing:
        return Committing(self.connection, self._files(dataset), same, self.progress)

    def _files(self, dataset: str) -> Files:
        return Files(self.connection, self._kept(dataset), self._looked)

    def _kept(self, dataset: str) -> Kept:
        if not is_safe_name(dataset):
            raise TargetError(f"{self.text}: '{shown(dataset)}' is no name of a dataset on HDX")
        return Kept(self.state / "hdx" / self.site.place / dataset)


def _damage(files: Files, sha256: str, resource: ServedResource | None) -> str | None:
    got = files.asked(resource).sha256 if resource else ""
    if got == sha256:
        return None
    return "damaged" if got else "missing"
