"""Datasets of HDX, to be synced or pulled: packages as they were published, others described into packages."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import TargetError, UsageError
from hxl_kit.hdx.answers import NotFoundError, RefusedError
from hxl_kit.hdx.download import Downloads
from hxl_kit.hdx.finding import Question, found
from hxl_kit.hdx.listed import listed_dataset
from hxl_kit.hdx.manners import Manners
from hxl_kit.syncing.foreign import bring_foreign
from hxl_kit.syncing.lock_file import Entry
from hxl_kit.syncing.offers import FOREIGN, PACKAGES, WORK, Brought, Offer, outcome_of
from hxl_kit.syncing.published import bring_package, described_by
from hxl_kit.targets.hdx import HdxTarget
from hxl_kit.targets.hdx.withdrawals import is_taken_down
from hxl_kit.targets.target import require_not_withdrawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from threading import Event

    from hxl_kit.hdx.connection import Connection
    from hxl_kit.hdx.listed import ListedDataset
    from hxl_kit.syncing.lock_file import Kind, Upstream


@dataclass(frozen=True)
class HdxSupply:
    """The datasets of a site of HDX that a question asks for.

    `progress` is told how many more bytes arrived; `stop`, once set, ends what is under way.
    """

    connection: Connection
    question: Question = field(default_factory=Question)
    manners: Manners = field(default_factory=Manners)
    progress: Callable[[int], None] = field(default=lambda _: None)
    stop: Event | None = None

    @property
    def text(self) -> str:
        """The target as it is written on the command line."""
        return self.connection.site.text

    @property
    def request(self) -> Mapping[str, str]:
        """What is asked for, by name."""
        return self.question.as_json()

    def offers(self) -> Iterator[Offer]:
        """Yield the datasets that the question asks for: one request for every hundred of them."""
        for metadata in found(self.connection, self.question):
            listed = listed_dataset(self.connection.site, metadata)
            yield Offer(
                id=listed.id,
                name=listed.name,
                modified=listed.modified,
                times={file.id: file.modified for file in listed.resources},
                bring=partial(self._bring, listed),
                has_files=bool(listed.files) and not _is_withdrawn(listed),
                is_certain=not any(file.is_outside for file in listed.files),
            )

    def fate(self, entry: Entry) -> Upstream:
        """Return what became of a dataset that the question does not find any more."""
        try:
            shown = self._shown(entry.id).metadata
        except NotFoundError:
            return "deleted"
        except RefusedError as error:
            if error.status in (401, 403):
                return "withdrawn"
            raise
        if shown.get("state") == "deleted":
            return "deleted"
        return "withdrawn" if shown.get("private") is True else "served"

    def pull(self, name: str, out: Path) -> Brought:
        """Bring one dataset into the folder `out`, without a lock file.

        Raises:
            UsageError: there is no such dataset, it has no files, or `out` holds something else.
            TargetError: the site cannot be asked, or a file does not come as it should; `out` is as it was.
        """
        try:
            listed = self._shown(name)
        except NotFoundError as error:
            raise UsageError(
                f"{self.text}: no dataset '{name}'; is it the last part of its page's address?"
            ) from error
        if _is_withdrawn(listed):
            require_not_withdrawn(self.text, HdxTarget(self.connection.site).describe(name))
        if not listed.files:
            reason = "its files are given by request" if listed.is_by_request else "it has no files"
            raise UsageError(f"{self.text}/{name}: {reason}; see {self.connection.site.page_of(name)}")
        parts = out.absolute().parent / f".{out.absolute().name}.hxl-kit-parts"
        return self._latest(listed, lambda dataset: self._brought(dataset, out, parts, None, out.name))

    def _bring(self, listed: ListedDataset, folder: Path, held: Entry | None) -> Brought:
        parts = folder / WORK / listed.name

        def brought(dataset: ListedDataset) -> Brought:
            return self._brought(dataset, folder, parts, held, "")

        return self._latest(listed, brought)

    def _latest(self, listed: ListedDataset, bring: Callable[[ListedDataset], Brought]) -> Brought:
        """Bring a dataset; one that was changed meanwhile is brought once more, as it is now."""
        try:
            return bring(listed)
        except TargetError:
            now = self._shown(listed.id)
            if now.modified == listed.modified:
                raise
        return bring(now)

    def _brought(
        self, listed: ListedDataset, folder: Path, parts: Path, held: Entry | None, fixed: str
    ) -> Brought:
        """Bring a dataset into `folder` itself if that has a `fixed` name, else into its place inside."""
        downloads = Downloads(self.connection, parts, self.manners, self.progress, self.stop)
        descriptor = described_by(downloads, listed)
        kind: Kind = "package" if descriptor else "foreign"
        path = fixed or f"{PACKAGES if descriptor else FOREIGN}/{listed.name}"
        out = folder if fixed else folder / path
        known = held if held and held.path == path else None
        if descriptor:
            came = bring_package(downloads, listed, descriptor, out, known)
        else:
            came = bring_foreign(downloads, self.connection.site, listed, out, known)
        shutil.rmtree(parts, ignore_errors=True)
        entry = Entry(
            id=listed.id,
            name=listed.name,
            kind=kind,
            path=path,
            metadata_modified=listed.modified,
            descriptor_sha256=came.digest,
            request=self.request,
            upstream="served",
            resources=came.files,
        )
        outcome = outcome_of(was_here=came.was_here, is_changed=came.is_changed)
        return Brought(entry, outcome, came.pulled, came.fetched, came.bytes, came.notes, came.commands)

    def _shown(self, name: str) -> ListedDataset:
        shown: Any = self.connection.read("package_show", id=name)
        if not isinstance(shown, dict):
            raise TargetError(
                f"{self.text}: package_show tells nothing of a dataset; is this the address of a CKAN?"
            )
        return listed_dataset(self.connection.site, shown)


def _is_withdrawn(listed: ListedDataset) -> bool:
    """Whether all that is left of a dataset is the note that its publisher took it down."""
    return is_taken_down([resource.name for resource in listed.resources])
