"""What a dataset is to be when it goes back to a version that was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.errors import TargetError
from hxl_kit.targets.hdx.served import COMPUTED, ServedResource
from hxl_kit.targets.hdx.states import PASSING
from hxl_kit.targets.hdx.wanted import Wanted, WantedResource
from hxl_kit.targets.hdx.withdrawals import TOMBSTONE

if TYPE_CHECKING:
    from hxl_kit.targets.hdx.kept import Journal, Kept, KeptVersion
    from hxl_kit.targets.hdx.served import Served

_WORKED_OUT = PASSING | {"size", "mimetype", "mimetype_inner", "hash"}
_FOR_READING = ("name", "id", "vocabulary_id")


def as_it_was(version: KeptVersion, served: Served, kept: Kept, journal: Journal) -> Wanted:
    """Return the dataset as it was in a kept version: metadata, files, and none of the files of other versions.

    Raises:
        TargetError: a kept file is missing or damaged; nothing was changed.
    """
    known = frozenset(str(r.get("name")) for v in journal.versions for r in v.resources)
    resources = tuple(_resource(r, version, served, kept) for r in map(ServedResource, version.resources))
    fields = {name: _written(name, value) for name, value in version.fields.items() if name not in COMPUTED}
    absent = frozenset(served.fields) - frozenset(fields)
    return Wanted(fields, resources, known - {TOMBSTONE}, absent)


def _resource(there: ServedResource, version: KeptVersion, served: Served, kept: Kept) -> WantedResource:
    fields = {name: value for name, value in there.raw.items() if name not in _WORKED_OUT}
    lives = there.id if any(r.id == there.id for r in served.resources) else ""
    if not there.is_upload:
        return WantedResource(there.name, fields, None, "", 0, lives)
    digest = version.files.get(there.id, "")
    path = kept.file(digest) if digest else None
    if path is None:
        raise TargetError(
            f"{served.name} {version.version_id}: the kept file of {there.name} is missing or damaged; nothing was changed"
        )
    fields = {**fields, "hash": f"sha256:{digest}"}
    fields.pop("url", None)
    return WantedResource(there.name, fields, path, digest, path.stat().st_size, lives)


def _written(name: str, value: Any) -> Any:
    """Return a field in the form in which it is written: of tags and groups only what names them."""
    if name in ("groups", "tags") and isinstance(value, list):
        return [{key: entry[key] for key in _FOR_READING if entry.get(key)} for entry in value]
    return value
