"""Versions of a dataset on HDX as every target describes them, and as they are kept to be gone back to."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.reading.descriptors import parse_json
from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.targets.hdx.served import ServedResource
from hxl_kit.targets.ledger import version_id
from hxl_kit.targets.target import ServedFile, State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.targets.hdx.kept import KeptVersion
    from hxl_kit.targets.hdx.served import Served

_VERSION = "version"


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def described_by(content: bytes) -> dict[str, Any]:
    """Return what a datapackage.json says; nothing where it is none."""
    described = parsed(content)
    return described if isinstance(described.get("resources"), list) else {}


def parsed(content: bytes) -> dict[str, Any]:
    """Return the JSON object in some bytes; an empty one where there is none."""
    try:
        found = parse_json(content, DESCRIPTOR)
    except InputError:
        return {}
    return found if isinstance(found, dict) else {}


def state_of(served: Served, descriptor: bytes | None) -> State:
    """Return the state of a dataset by its metadata and its datapackage.json (None: there is none to be had)."""
    digest = digest_of(descriptor) if descriptor is not None else ""
    described = described_by(descriptor or b"")
    version = str(described.get(_VERSION) or "")
    return State(
        dataset=served.name,
        version_id=version_name(version, digest, served),
        version=version,
        published_at=f"{served.modified[:19]}Z",
        digest=digest if described else "",
        pin=served.pin,
        files=listed_files(described, descriptor) if described and served.descriptor else _shown(served),
        rows=_rows(described),
    )


def state_of_version(name: str, kept: KeptVersion, descriptor: bytes | None) -> State:
    """Return the state of a version that is kept here; its pin is that of no dataset."""
    described = described_by(descriptor or b"")
    resources = tuple(map(ServedResource, kept.resources))
    files = tuple(ServedFile(r.name, r.bytes, kept.files.get(r.id, "")) for r in resources)
    is_sent = DESCRIPTOR not in kept.files
    return State(
        dataset=name,
        version_id=kept.version_id,
        version=kept.version,
        published_at=f"{kept.published_at[:19]}Z",
        digest=kept.digest,
        files=listed_files(described, descriptor) if described and is_sent else files,
        rows=_rows(described),
    )


def version_name(version: str, digest: str, served: Served) -> str:
    """Return what a version is called: the package's own version, and twelve digits that tell content and metadata."""
    fields = json.dumps([served.fields, [_lasting(r.raw) for r in served.resources]], sort_keys=True)
    return version_id(version, digest_of(f"{digest} {fields}".encode()))


PASSING = frozenset(
    {
        "cache_last_updated",
        "cache_url",
        "created",
        "download_url",
        "id",
        "last_modified",
        "metadata_modified",
        "package_id",
        "position",
        "state",
    }
)
"""What the server notes of a resource, and what changes when the same resource is made again."""


def _lasting(raw: Mapping[str, Any]) -> dict[str, Any]:
    gone = PASSING | ({"url"} if raw.get("url_type") == "upload" else frozenset())
    return {key: value for key, value in raw.items() if key not in gone}


def listed_files(described: Mapping[str, Any], descriptor: bytes | None) -> tuple[ServedFile, ...]:
    """Return the files that a descriptor lists, and itself."""
    listed = [r for r in described["resources"] if isinstance(r, dict) and isinstance(r.get("path"), str)]
    own = ServedFile(DESCRIPTOR, len(descriptor or b""), digest_of(descriptor or b""))
    return (*(_file(r) for r in listed), own)


def _file(resource: Mapping[str, Any]) -> ServedFile:
    size, digest = resource.get("bytes"), str(resource.get("hash") or "")
    return ServedFile(resource["path"], size if isinstance(size, int) else 0, digest.removeprefix("sha256:"))


def _shown(served: Served) -> tuple[ServedFile, ...]:
    return tuple(ServedFile(r.name, r.bytes, r.sha256) for r in served.resources if r.is_upload)


def _rows(described: Mapping[str, Any]) -> dict[str, int]:
    """Return how many rows the clean tables have, by the descriptor."""
    named = {
        r["name"]: r
        for r in described.get("resources", ())
        if isinstance(r, dict) and isinstance(r.get("name"), str)
    }
    companions = {f"{name}-hxl" for name in named}
    return {
        name: r["rows"]
        for name, r in named.items()
        if isinstance(r.get("rows"), int) and "schema" in r and name not in companions
    }
