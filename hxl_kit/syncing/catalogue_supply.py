"""All datasets of a catalogue, to be synced."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from hxl_kit.pulling import bring
from hxl_kit.syncing.holdings import set_time
from hxl_kit.syncing.lock_file import Entry, LockedFile
from hxl_kit.syncing.offers import PACKAGES, Brought, Offer, outcome_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hxl_kit.syncing.lock_file import Upstream
    from hxl_kit.targets.target import State, Target


@dataclass(frozen=True)
class CatalogueSupply:
    """The datasets that a catalogue serves; it knows no organisations or locations to choose by."""

    target: Target
    request: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The target as it is written on the command line."""
        return self.target.text

    def offers(self) -> Iterator[Offer]:
        """Yield the datasets that are served."""
        for name in self.target.datasets():
            state = self.target.describe(name)
            times = {file.path: state.published_at for file in state.files}
            yield Offer(name, name, state.pin, times, partial(self._bring, state))

    def fate(self, entry: Entry) -> Upstream:
        """Return what became of a dataset that is not served any more."""
        return "withdrawn" if self.target.describe(entry.name).withdrawn else "deleted"

    def _bring(self, state: State, folder: Path, held: Entry | None) -> Brought:
        path = f"{PACKAGES}/{state.dataset}"
        pulled = bring(self.text, state, folder / path, self.target.fetch)
        files = tuple(
            LockedFile(file.path, file.path, "", state.published_at, "", "", file.sha256, file.bytes)
            for file in state.files
        )
        for file in files:
            set_time(folder / path / file.path, file.last_modified)
        entry = Entry(
            id=state.dataset,
            name=state.dataset,
            kind="package",
            path=path,
            metadata_modified=state.pin,
            descriptor_sha256=state.digest,
            request=self.request,
            upstream="served",
            resources=files,
        )
        return Brought(
            entry,
            outcome_of(was_here=held is not None, is_changed=pulled.is_new),
            pulled,
            pulled.files,
            pulled.bytes,
        )
