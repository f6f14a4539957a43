"""What a dataset on HDX is to be, and the one request that makes it so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit.hdx.fields import with_kept_tags
from hxl_kit.hdx.upload import Upload
from hxl_kit.targets.differing import named
from hxl_kit.targets.target import Change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from hxl_kit.targets.hdx.served import Served, ServedResource

    Same = Callable[[str, Any, Any], bool]
    """Whether a field as we write it and as the server shows it are the same."""


_OF_FILES = frozenset({"hash", "size"})
"""Fields of a resource that change with its file."""


@dataclass(frozen=True)
class WantedResource:
    """A resource as it is to be: its fields, and the file with its SHA-256 (None: it has none of its own)."""

    name: str
    fields: Mapping[str, Any]
    path: Path | None
    sha256: str
    bytes: int
    id: str = ""

    def served_in(self, served: Served) -> ServedResource | None:
        """Return the resource that is to become this one: by its id, else by its name."""
        by_id = next((r for r in served.resources if self.id and r.id == self.id), None)
        return by_id or served.resource(self.name)


@dataclass(frozen=True)
class Wanted:
    """A dataset as it is to be.

    Attributes:
        fields: the metadata that is ours to write, ids instead of names.
        resources: the resources in their order.
        ours: the names of resources that earlier versions had: those of them that are not wanted any more go.
        absent: the fields that are to be there no more.
        alone: whether the resources of others go as well.
        names: what the ids in fields are called, by field.
    """

    fields: Mapping[str, Any]
    resources: tuple[WantedResource, ...]
    ours: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    alone: bool = False
    names: Mapping[str, str] = field(default_factory=dict)

    def file_changes(self, served: Served | None) -> Iterator[Change]:
        """Yield the files that are to be sent and those that go, by the SHA-256 that resources claim to have."""
        for wanted in self.resources:
            there = wanted.served_in(served) if served else None
            if wanted.path is None and there is None:
                yield Change("add", wanted.name, None, str(wanted.fields.get("url") or ""), 0)
            elif wanted.path is not None and (there is None or there.sha256 != wanted.sha256):
                was = named(there.sha256) if there else None
                now = named(wanted.sha256)
                yield Change("replace" if there else "add", wanted.name, was, now, wanted.bytes)
        stay = {r.id for r in self._staying(served)} if served else set()
        for gone in (r for r in (served.resources if served else ()) if r.id not in stay):
            yield Change("remove", gone.name, named(gone.sha256), None, 0)

    def _staying(self, served: Served) -> Iterator[ServedResource]:
        yield from (there for r in self.resources if (there := r.served_in(served)))
        yield from self.others(served)

    def settings(self) -> Iterator[Change]:
        """Yield the metadata of a dataset that is not there yet."""
        for name, value in self.fields.items():
            if text := _text(value):
                yield Change("set", name, None, self.names.get(name) or text, 0)

    def edits(self, served: Served, same: Same) -> tuple[Change, ...]:
        """Return the metadata that differ from what is served, of the dataset and of resources that stay."""
        of_dataset = [
            Change("edit", name, _text(served.raw.get(name)), _text(value), 0)
            for name, value in self.fields.items()
            if not same(name, value, served.raw.get(name))
        ]
        gone = [
            Change("edit", name, _text(served.raw.get(name)), None, 0)
            for name in sorted(self.absent)
            if not same(name, None, served.raw.get(name))
        ]
        return (*of_dataset, *gone, *self._of_resources(served, same))

    def _of_resources(self, served: Served, same: Same) -> Iterator[Change]:
        for wanted in self.resources:
            there = wanted.served_in(served)
            if there is None:
                continue
            for name, value in wanted.fields.items():
                if name not in _OF_FILES and not same(name, value, there.raw.get(name)):
                    yield Change(
                        "edit", f"{wanted.name}: {name}", _text(there.raw.get(name)), _text(value), 0
                    )

    def stale(self, served: Served, good: frozenset[str]) -> tuple[WantedResource, ...]:
        """Return the resources whose files are to be sent; `good` are the ids of those that serve the right bytes."""
        return tuple(r for r in self.resources if r.path is not None and not _is_good(r, served, good))

    def others(self, served: Served) -> tuple[ServedResource, ...]:
        """Return the resources that somebody else put there: they stay, behind ours."""
        if self.alone:
            return ()
        taken = {there.id for r in self.resources if (there := r.served_in(served))}
        names = {r.name for r in self.resources} | self.ours
        return tuple(r for r in served.resources if r.id not in taken and r.name not in names)

    def is_met(self, served: Served, same: Same, good: frozenset[str]) -> bool:
        """Whether the dataset is as wanted: metadata, files, order, and nothing of ours besides."""
        order = [there.id for r in self.resources if (there := r.served_in(served))]
        kept = [r.id for r in self.others(served)]
        return (
            not self.edits(served, same)
            and not self.stale(served, good)
            and len(order) == len(self.resources)
            and [r.id for r in served.resources] == order + kept
        )

    def request(
        self, served: Served, sent: tuple[WantedResource, ...]
    ) -> tuple[dict[str, Any], tuple[Upload, ...]]:
        """Return the data and files of the `package_revise` that makes the dataset so, if nobody changed it meanwhile.

        The list of resources is replaced whole, by id: what another editor did since would be a mismatch and change
        nothing.
        """
        resources = [
            *(_resource(r, served, sent) for r in self.resources),
            *(r.raw for r in self.others(served)),
        ]
        # Lists are merged by position unless they are taken away first.
        lists = [name for name in ("groups", "tags") if name in self.fields]
        data = {
            "match": {
                "id": served.id,
                "metadata_modified": served.modified,
                "resources": [{"id": r.id} for r in served.resources],
            },
            "filter": [f"-{name}" for name in ("resources", *lists, *sorted(self.absent))],
            "update": {**with_kept_tags(self.fields, served.raw), "resources": resources},
        }
        uploads = tuple(
            Upload(f"update__resources__{number}__upload", _file_name(r), r.path)
            for number, r in enumerate(self.resources)
            if r.path is not None and r in sent
        )
        return data, uploads


def _is_good(wanted: WantedResource, served: Served, good: frozenset[str]) -> bool:
    there = wanted.served_in(served)
    return there is not None and there.id in good and there.sha256 == wanted.sha256


def _resource(wanted: WantedResource, served: Served, sent: tuple[WantedResource, ...]) -> dict[str, Any]:
    there = wanted.served_in(served)
    known = dict(there.raw) if there else {}
    if wanted not in sent:
        return {**known, **wanted.fields}
    return {**known, **wanted.fields, "url": _file_name(wanted), "url_type": "upload"}


def _file_name(wanted: WantedResource) -> str:
    return wanted.name.rpartition("/")[2]


def _text(value: Any) -> str | None:
    """Return a field for people."""
    if value in (None, "", []):
        return None
    if isinstance(value, list):
        return ", ".join(str(v.get("name", v)) if isinstance(v, dict) else str(v) for v in value)
    return str(value)
