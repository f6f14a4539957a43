"""Making a dataset what it is to be: in one step, read back, and never twice.

A dataset that is new, or not public yet, is filled while it is private, a portion of files at a time, so that a file
that fails costs no other; it is published when every byte was read back. One that is public changes in one request,
matched on when it was last modified: as a whole or not at all.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import TargetError
from hxl_kit.hdx.answers import NotFoundError, RefusedError, UnansweredError
from hxl_kit.targets.hdx.served import Served
from hxl_kit.targets.hdx.wanted import Wanted, WantedResource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hxl_kit.hdx.connection import Connection
    from hxl_kit.hdx.upload import Progress
    from hxl_kit.targets.hdx.files_served import Files
    from hxl_kit.targets.hdx.wanted import Same

SHELL_NOTES = "Not published yet: hxl_kit is bringing the files here."
"""What a dataset says of itself while it is private and its files are on their way."""

HIDDEN_NOTES = "Not public: files arrived damaged, and hxl_kit is bringing them here again."
"""How the notes of a dataset begin that was taken out of public sight; its own stand behind it."""

PORTION_BYTES = 16 << 20
SENDINGS = 2
"""How often a file whose bytes arrive damaged is sent."""


def is_shell(served: Served) -> bool:
    """Whether a dataset is one that was begun and not finished, or taken out of public sight to be finished."""
    return is_hidden(served) or (served.is_private and served.raw.get("notes") == SHELL_NOTES)


def is_hidden(served: Served) -> bool:
    """Whether a dataset is one whose files arrived damaged, and that was taken out of public sight for that."""
    return served.is_private and str(served.raw.get("notes") or "").startswith(HIDDEN_NOTES)


class MovedError(TargetError):
    """Somebody else changed the dataset meanwhile."""


class ArrivedWrongError(TargetError):
    """What is served is not what was sent.

    `is_damaged` says that files are; not where metadata alone differ, or nothing but web pages come in place of
    files: these are of a network on the way, and prove nothing about what others get.
    """

    def __init__(self, message: str, *, is_damaged: bool) -> None:
        super().__init__(message)
        self.is_damaged = is_damaged


@dataclass(frozen=True)
class Committing:
    """The means of changing one dataset; `progress` is told of the bytes sent."""

    connection: Connection
    files: Files
    same: Same
    progress: Progress | None = None

    def show(self, dataset: str) -> Served | None:
        """Return a dataset as it is served, by its name or id; None where there is none."""
        try:
            served = Served.of(self.connection.read("package_show", id=dataset))
        except NotFoundError:
            return None
        return None if served.is_deleted else served

    def shell(self, wanted: Mapping[str, Any]) -> Served:
        """Return a new dataset that only its organisation sees, without files.

        Raises:
            MovedError: another one has that name meanwhile.
        """
        given = {name: wanted[name] for name in ("name", "title", "owner_org", "maintainer")}
        data = {**given, "private": True, "notes": SHELL_NOTES, "resources": []}
        for pause in self._pauses():
            try:
                return Served.of(self.connection.write("package_create", data))
            except (RefusedError, UnansweredError) as error:
                there = self.show(str(wanted["name"]))
                if there and is_shell(there) and there.raw.get("owner_org") == wanted["owner_org"]:
                    return there
                if there:
                    raise MovedError(str(wanted["name"])) from error
                pause(error)
        raise AssertionError

    def fill(self, served: Served, wanted: Wanted) -> Served:
        """Return a private dataset with all files in it, each read back; what was there before is not sent again."""
        for portion in portions(wanted.stale(served, self.good(served, wanted))):
            there = [r for r in wanted.resources if r in portion or r.served_in(served)]
            served = self.make(served, Wanted({}, tuple(there), wanted.ours))
        return served

    def make(self, served: Served, wanted: Wanted) -> Served:
        """Return the dataset made as it is wanted, in one request, its files read back and its metadata compared.

        Files that arrive damaged are sent once more.

        Raises:
            MovedError: somebody else changed it meanwhile; nothing was changed.
            ArrivedWrongError: what is served is not what was sent.
            TargetError: it was refused; nothing was changed.
        """
        good = self.good(served, wanted)
        for _ in range(SENDINGS):
            if wanted.is_met(served, self.same, good):
                return served
            served = self._revised(served, wanted, wanted.stale(served, good))
            good = self.good(served, wanted, fresh=True)
        if wanted.is_met(served, self.same, good):
            return served
        raise self._wrong(served, wanted, wanted.stale(served, good))

    def hide(self, served: Served) -> Served:
        """Return the dataset taken out of public sight, as it is otherwise.

        Raises:
            MovedError: somebody else changed it meanwhile; nothing was changed.
            TargetError: it was refused; nothing was changed.
        """
        notes = f"{HIDDEN_NOTES}\n\n{served.raw.get('notes') or ''}".strip()
        return self.make(served, Wanted({"private": True, "notes": notes}, ()))

    def preview(self, served: Served, before: Served | None) -> None:
        """Have the site make its usual previews of files that are new on the page, as its own form for uploads does.

        Where it does not, the files are served all the same: a preview is no part of what is published.
        """
        known = {r.id for r in before.resources} if before and not is_shell(before) else set()
        if any(r.id not in known for r in served.resources):
            with suppress(RefusedError, UnansweredError):
                self.connection.write("package_create_default_resource_views", {"package": dict(served.raw)})

    def good(self, served: Served, wanted: Wanted, *, fresh: bool = False) -> frozenset[str]:
        """Return the ids of the resources that serve the bytes that they are to serve; `fresh` asks for each anew."""
        pairs = [(r, r.served_in(served)) for r in wanted.resources if r.sha256]
        claimed = [(r, there) for r, there in pairs if there and there.sha256 == r.sha256]
        return frozenset(
            there.id for r, there in claimed if self.files.asked(there, fresh=fresh).sha256 == r.sha256
        )

    def _revised(self, served: Served, wanted: Wanted, sent: tuple[WantedResource, ...]) -> Served:
        """Send the one request; where nobody knows whether it was done, look, and send it again only if it was not."""
        data, uploads = wanted.request(served, sent)
        for pause in self._pauses():
            try:
                done = self.connection.write("package_revise", data, uploads, self.progress)
                return Served.of(done.get("package") if isinstance(done, dict) else done)
            except (RefusedError, UnansweredError) as error:
                now = self.show(served.id)
                if now is None:
                    raise
                if now.pin != served.pin:
                    return self._taken(now, wanted, error)
                pause(error)
        raise AssertionError

    def _taken(self, now: Served, wanted: Wanted, error: TargetError) -> Served:
        """Return the dataset as it is now if our request is what changed it."""
        if wanted.is_met(now, self.same, frozenset(r.id for r in now.resources)):
            return now
        raise MovedError(now.name) from error

    def _pauses(self) -> Iterator[Callable[[TargetError], None]]:
        """Yield as often as something may be sent; what is yielded waits after an error, or raises it for good."""
        patience = self.connection.patience
        for attempt in range(patience.attempts):
            last = attempt == patience.attempts - 1

            def pause(error: TargetError, *, last: bool = last, attempt: int = attempt) -> None:
                if last or not isinstance(error, UnansweredError):
                    raise error
                patience.sleep(min(max(error.wait, patience.pause * 2**attempt), patience.longest))

            yield pause

    def _wrong(self, served: Served, wanted: Wanted, stale: Sequence[WantedResource]) -> ArrivedWrongError:
        place = f"{self.connection.site.text}: {served.name}"
        if not stale:
            fields = ", ".join(change.resource for change in wanted.edits(served, self.same))
            said = f"the server keeps other metadata than it was given: {fields or 'the order of the files'}"
            return ArrivedWrongError(f"{place}: {said}", is_damaged=False)
        names = ", ".join(r.name for r in stale)
        if all(self._gives_page(r, served) for r in stale):
            said = f"a web page comes in place of {names}: of a network on the way, or of the server"
            return ArrivedWrongError(f"{place}: {said}", is_damaged=False)
        return ArrivedWrongError(f"{place}: what is served is not what was sent: {names}", is_damaged=True)

    def _gives_page(self, wanted: WantedResource, served: Served) -> bool:
        there = wanted.served_in(served)
        return there is not None and self.files.asked(there).is_page


def portions(resources: Sequence[WantedResource]) -> Iterator[tuple[WantedResource, ...]]:
    """Yield files in portions of some megabytes, each larger one by itself; the descriptor comes last, as the seal."""
    portion, size = list[WantedResource](), 0
    for resource in resources:
        if portion and size + resource.bytes > PORTION_BYTES:
            yield tuple(portion)
            portion, size = [], 0
        portion.append(resource)
        size += resource.bytes
    if portion:
        yield tuple(portion)
