"""What was taken down of a dataset on HDX: withdrawn.json says which versions, when and why; it holds no rows.

It stays beside the files when the dataset is published again: so every machine, and everybody who has a version of
before, can see that it was withdrawn.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hxl_kit.files import sha256_of
from hxl_kit.hdx.asking import REQUEST_FIELDS
from hxl_kit.targets.hdx.committing import is_shell
from hxl_kit.targets.hdx.states import parsed
from hxl_kit.targets.hdx.wanted import Wanted, WantedResource
from hxl_kit.targets.target import State
from hxl_kit.targets.tombstone import Gone, Tombstone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from hxl_kit.targets.hdx.files_served import Files
    from hxl_kit.targets.hdx.kept import Journal, KeptVersion
    from hxl_kit.targets.hdx.served import Served

TOMBSTONE = "withdrawn.json"
_EARLIER = "earlier"


@dataclass(frozen=True)
class Withdrawals:
    """The withdrawals of a dataset.

    Attributes:
        tombstones: what withdrawn.json says of each, the newest first; none if it cannot be read.
        moment: when the newest came to be, by the server's clock; "" if there was none.
    """

    tombstones: tuple[Tombstone, ...] = ()
    moment: str = ""

    @classmethod
    def of(cls, served: Served | None, files: Files) -> Withdrawals:
        """Return the withdrawals of a dataset by the file that tells of them."""
        stone = served.resource(TOMBSTONE) if served else None
        if stone is None:
            return cls()
        moment = stone.raw.get("last_modified") or stone.raw.get("created")
        return cls(tuple(_told(files.content(stone) or b"")), str(moment or ""))

    def took(self, version: KeptVersion) -> bool:
        """Return whether a version that is kept on this machine was taken down, perhaps from another one."""
        return version.published_at <= self.moment

    def left(self, journal: Journal) -> Journal:
        """Return a journal without the versions that were taken down."""
        return replace(journal, versions=tuple(v for v in journal.versions if not self.took(v)))

    def states(self, kept: Iterable[State] = ()) -> tuple[State, ...]:
        """Return the versions that were taken down, the newest first; `kept` are such that this machine knows of."""
        told = [state for tombstone in self.tombstones for state in tombstone.states]
        named = {state.version_id for state in told}
        newest = self.tombstones[0].state if self.tombstones else State("", withdrawn=self.moment)
        more = [
            replace(state, files=(), withdrawn=newest.withdrawn, reason=newest.reason)
            for state in kept
            if state.version_id not in named
        ]
        return (*told, *more)


def is_taken_down(resources: Sequence[str]) -> bool:
    """Return whether a dataset with resources of these names is withdrawn: published again, its files come first."""
    return list(resources[:1]) == [TOMBSTONE]


def withdrawn_state(served: Served, found: Withdrawals) -> State:
    """Return the state of a dataset that was taken down: nothing is served, and why."""
    newest = found.tombstones[0].state if found.tombstones else State(served.name, withdrawn=served.modified)
    return replace(newest, dataset=served.name, published_at=f"{served.modified[:19]}Z", pin=served.pin)


def tombstone(
    served: Served, versions: Sequence[State], before: Withdrawals, when: str, reason: str, folder: Path
) -> Wanted:
    """Return the dataset as it is to be when it is taken down: one small file that says when and why, and no data.

    `versions` are those that go now, `before` the withdrawals that there were already.
    """
    gone = tuple(Gone(v.version_id, v.version, v.published_at, v.digest) for v in versions)
    now = Tombstone(served.name, str(served.raw.get("title") or ""), when, reason, gone)
    told = {**now.as_json(), _EARLIER: [earlier.as_json() for earlier in before.tombstones]}
    path = folder / TOMBSTONE
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    notes = f"Withdrawn on {when[:10]}: {reason}"
    fields: dict[str, Any] = {"notes": notes}
    if is_shell(served):
        fields["private"] = False
    if served.is_by_request:
        # A dataset by request takes no file, also not this one.
        fields["is_requestdata_type"] = False
    absent = REQUEST_FIELDS if served.is_by_request else frozenset[str]()
    everything = frozenset(r.name for r in served.resources)
    return Wanted(fields, (_resource(path, notes),), everything, absent)


def _resource(path: Path, description: str) -> WantedResource:
    digest = sha256_of(path)
    fields = {
        "name": TOMBSTONE,
        "format": "JSON",
        "description": description,
        "hash": f"sha256:{digest}",
        "resource_type": "file.upload",
        "url_type": "upload",
    }
    return WantedResource(TOMBSTONE, fields, path, digest, path.stat().st_size)


def _told(content: bytes) -> Iterator[Tombstone]:
    """Yield the withdrawals that withdrawn.json tells of; none where it is damaged."""
    raw = parsed(content)
    try:
        yield from [Tombstone.from_json(_printable(each)) for each in (raw, *raw.get(_EARLIER, ()))]
    except (KeyError, TypeError, ValueError, AttributeError):
        return


def _printable(raw: Any) -> Any:
    """Return JSON with texts that can be shown on a terminal: anybody of the organisation can write there."""
    if isinstance(raw, str):
        return "".join(c if c.isprintable() else " " for c in raw)
    if isinstance(raw, list):
        return [_printable(each) for each in raw]
    return {key: _printable(value) for key, value in raw.items()} if isinstance(raw, dict) else raw
