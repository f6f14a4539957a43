"""A dataset on HDX as it was found, with what this machine keeps of it; what is found in it, and what would mend that."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from hxl_kit.reading.table import shown
from hxl_kit.targets.hdx.looking import Seen, is_of_site, seen
from hxl_kit.targets.hdx.states import described_by

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hxl_kit.targets.hdx.files_served import Files
    from hxl_kit.targets.hdx.served import Served, ServedResource
    from hxl_kit.targets.target import Ailment

Deed = Literal["send", "add", "remove", "unclaim", "close", "delete"]


@dataclass(frozen=True)
class Treatment:
    """What mends an ailment: what is done, to the resource with which id (`add`: name), with the kept file of which SHA-256."""

    deed: Deed
    resource: str = ""
    sha256: str = ""


@dataclass(frozen=True)
class Finding:
    """An ailment, and what mends it where something does."""

    ailment: Ailment
    treatment: Treatment | None = None


@dataclass(frozen=True)
class Case:
    """A dataset as it is served, what each of its resources gives, and what its datapackage.json says."""

    served: Served
    files: Files
    sights: tuple[Seen, ...]
    descriptor: bytes

    @classmethod
    def of(cls, served: Served, files: Files) -> Case:
        """Return the case of a dataset: each of its addresses is asked."""
        sights = tuple(seen(files, resource) for resource in served.resources)
        said = files.meant_descriptor(served) if served.descriptor else None
        return cls(served, files, sights, said or b"")

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """What the datapackage.json says that is served, or is to be; nothing where there is none."""
        return described_by(self.descriptor)

    @cached_property
    def listed(self) -> Mapping[str, str]:
        """The SHA-256 of each file that the datapackage.json lists, by its name on HDX; "" where it has none."""
        listed = [r for r in self.described.get("resources", ()) if isinstance(r, dict)]
        hashes = {r["path"]: str(r.get("hash") or "") for r in listed if isinstance(r.get("path"), str)}
        return {path: said.removeprefix("sha256:") for path, said in hashes.items()}

    @property
    def by_request(self) -> bool:
        """Whether the dataset has no files because they are given to those who ask."""
        return self.served.is_by_request

    def place_of(self, resource: ServedResource) -> str:
        """Return what a message calls a resource: its name, and its id where several have that name."""
        name = shown(resource.name)
        return f"{name} (resource {resource.id})" if self._names[resource.name] > 1 else name

    def is_of_site(self, sight: Seen) -> bool:
        """Whether the file is, or was meant to be, on the site itself."""
        return is_of_site(self.files.connection, sight.resource)

    def due(self, sight: Seen) -> str:
        """Return the SHA-256 that a resource's file is to have by the datapackage.json, else by its own claim; else ""."""
        return self.listed.get(sight.resource.name, "") or sight.resource.sha256

    def is_wrong(self, sight: Seen) -> bool:
        """Whether the file is another one than it is to be."""
        due = self.due(sight)
        return sight.is_file and (sight.sha256 != due if due else sight.is_other)

    def kept(self, sight: Seen) -> str:
        """Return the SHA-256 of the file, kept on this machine, that a resource is to serve; "" where none is kept."""
        due = self.due(sight)
        if due:
            return due if self.files.kept.file(due) else ""
        return self._kept_by_md5.get(sight.claimed_md5, "")

    def kept_resource(self, name: str, sha256: str) -> Mapping[str, Any] | None:
        """Return the fields of a resource of this name and file in the newest kept version that has it."""
        for version in self.files.kept.journal().versions:
            for raw in version.resources:
                if raw.get("name") == name and version.files.get(str(raw.get("id"))) == sha256:
                    return raw
        return None

    @cached_property
    def _names(self) -> Counter[str]:
        return Counter(resource.name for resource in self.served.resources)

    @cached_property
    def _kept_by_md5(self) -> Mapping[str, str]:
        """Kept files by the hash that hdx-python-api would give them, for resources that were there before hxl_kit."""
        versions = self.files.kept.journal().versions
        kept = {digest for version in versions for digest in version.files.values()}
        paths = {digest: path for digest in sorted(kept) if (path := self.files.kept.file(digest))}
        return {_md5_of(path): digest for digest, path in paths.items()}


def _md5_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
