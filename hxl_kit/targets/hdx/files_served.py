"""The files of a version: from what is kept on this machine where it is there, else from the site; always proven."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hxl_kit.errors import TargetError
from hxl_kit.files import reason_of
from hxl_kit.hdx.answers import UnansweredError
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.reading.paths import is_written_path
from hxl_kit.reading.table import shown
from hxl_kit.targets.hdx.bytes_served import Found, found
from hxl_kit.targets.hdx.served import ServedResource
from hxl_kit.targets.hdx.states import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path
    from typing import Any

    from hxl_kit.hdx.connection import Connection
    from hxl_kit.targets.hdx.kept import Kept
    from hxl_kit.targets.hdx.served import Mark, Served
    from hxl_kit.targets.target import ServedFile, State


@dataclass(frozen=True)
class Files:
    """Brings files of one dataset here; `looked` is what addresses gave in this run."""

    connection: Connection
    kept: Kept
    looked: dict[Mark, Found] = field(default_factory=dict)

    def descriptor(self, served: Served) -> bytes | None:
        """Return the datapackage.json that is served, or that was kept here where none is sent; None without either."""
        if served.descriptor:
            return self.content(served.descriptor)
        here = self.kept.file(self.kept_beside(served))
        return here.read_bytes() if here else None

    def meant_descriptor(self, served: Served) -> bytes | None:
        """Return the datapackage.json that is to be served by its resource's claim, if it is kept here; else what is."""
        content = self.descriptor(served)
        claimed = served.descriptor.sha256 if served.descriptor else ""
        if content is not None and digest_of(content) == claimed:
            return content
        here = self.kept.file(claimed)
        return here.read_bytes() if here else content

    def kept_beside(self, served: Served) -> str:
        """Return the SHA-256 of the descriptor that was kept of what is served, without being sent; "" without one."""
        versions = self.kept.journal().versions
        digests = (
            v.files.get(DESCRIPTOR, "")
            for v in versions
            if _marks(v.resources) == _marks(served.raw["resources"])
        )
        return next(digests, "")

    def content(self, resource: ServedResource) -> bytes | None:
        """Return the bytes of a small file; None where its address gives none."""
        proof = self.kept.journal().proofs.get(resource.id)
        here = self.kept.file(proof.sha256) if proof else None
        got = self.asked(resource) if here else Found()
        if here and proof and got.sha256 == proof.sha256:
            return here.read_bytes()
        sha256 = self._brought(resource)
        brought = self.kept.file(sha256) if sha256 else None
        return brought.read_bytes() if brought else None

    def asked(self, resource: ServedResource, *, fresh: bool = False) -> Found:
        """Return what a resource's address gives, and note what it proves; a short while later it is not asked again.

        `fresh` asks it in any case, as after a write.
        """
        if fresh or resource.mark not in self.looked:
            self.looked[resource.mark] = self._asked(resource)
        return self.looked[resource.mark]

    def _asked(self, resource: ServedResource) -> Found:
        journal = self.kept.journal()
        got = found(self.connection, resource, journal.proofs.get(resource.id))
        if got.proof and got.fresh:
            self.kept.note(journal.with_proof(resource.id, got.proof))
        return got

    def keep(self, resource: ServedResource) -> str:
        """Keep the bytes that a resource serves; return their SHA-256, "" where there are none.

        Where the bytes that it claims are here they are taken: what comes in their place is damage, or a page of a
        network on the way, and nothing to go back to.
        """
        if resource.sha256 and self.kept.file(resource.sha256):
            return resource.sha256
        return self._brought(resource)

    def copy(self, state: State, served: Served | None, folder: Path) -> None:
        """Copy the files of a version into a folder, each proven by its SHA-256.

        Raises:
            TargetError: a file is missing, or is not what the version says.
        """
        for file in state.files:
            self._copy(file, state, served, folder)

    def _copy(self, file: ServedFile, state: State, served: Served | None, folder: Path) -> None:
        place = f"{self.connection.site.text}: {state.dataset} {state.version_id}: {shown(file.path)}"
        if not is_written_path(file.path):
            raise TargetError(f"{place}: is not a path that is safe to write; not pulled")
        here = self.kept.file(file.sha256) if file.sha256 else None
        if here is None:
            resource = served.resource(file.path) if served else None
            sha256 = self._brought(resource) if resource else ""
            if not sha256:
                raise TargetError(f"{place} is missing; not pulled")
            if sha256 != file.sha256:
                raise TargetError(f"{place} is damaged; not pulled")
            here = self.kept.place_of(sha256)
        try:
            (folder / file.path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(here, folder / file.path)
        except OSError as error:
            raise TargetError(f"{folder / file.path}: {reason_of(error)}") from error

    def _brought(self, resource: ServedResource) -> str:
        """Bring what an address gives to the kept files; return the SHA-256, "" where it gives nothing."""
        partial = self.kept.place_of(f".{resource.id}.part")
        try:
            got = found(self.connection, resource, into=partial)
        except UnansweredError:
            partial.unlink(missing_ok=True)
            raise
        if not got.sha256:
            return ""
        partial.replace(self.kept.place_of(got.sha256))
        if got.proof:
            journal = self.kept.journal().with_proof(resource.id, got.proof)
            self.kept.note(journal)
        return got.sha256


def _marks(resources: Iterable[Mapping[str, Any]]) -> list[Mark]:
    return [ServedResource(raw).mark for raw in resources]
