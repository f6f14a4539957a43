"""What is kept on this machine of each dataset on HDX: the journal, the versions to go back to, and their files.

```
STATE/hdx/HOST/DATASET/journal.json      versions, and what was proven
STATE/hdx/HOST/DATASET/files/SHA256      the files of the versions, each once
```
HDX keeps no old files: without these a publication could not be undone.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from hxl_kit.errors import TargetError
from hxl_kit.files import reason_of, sha256_of, write_atomically
from hxl_kit.targets.lock import exclusive

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VARIABLE = "HXL_KIT_STATE"
"""The environment variable that names another folder for what is kept."""

FORMAT = 1
JOURNAL = "journal.json"
FILES = "files"
VERSIONS_KEPT = 10
"""So many versions of a dataset can be gone back to; older ones go, with files that no later one has."""


@dataclass(frozen=True)
class KeptVersion:
    """A version as it was served: metadata and files.

    Attributes:
        version_id: its name here.
        version: the package's version; "" where no package was served.
        published_at: when it came to be served, by the server's clock.
        digest: the SHA-256 of its datapackage.json; "" where there was none.
        fields: the metadata, as CKAN shows it.
        resources: the resources, as CKAN shows them, in order.
        files: the SHA-256 of each kept file, by the resource's id; of a descriptor that was not sent, by its name.
    """

    version_id: str
    version: str
    published_at: str
    digest: str
    fields: Mapping[str, Any]
    resources: tuple[Mapping[str, Any], ...]
    files: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the version as the journal holds it."""
        texts = {n: getattr(self, n) for n in ("version_id", "version", "published_at", "digest")}
        return {
            **texts,
            "fields": dict(self.fields),
            "resources": [dict(r) for r in self.resources],
            "files": dict(self.files),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> KeptVersion:
        """Return the version that `as_json` described."""
        return cls(**{**raw, "resources": tuple(raw["resources"])})


@dataclass(frozen=True)
class Proof:
    """That the bytes behind an address had a SHA-256 when the server gave them this mark (ETag)."""

    etag: str
    sha256: str


@dataclass(frozen=True)
class Journal:
    """What is known of a dataset.

    Attributes:
        versions: the versions kept, the newest first.
        proofs: what the server's bytes were found to be, by the resource's id.
    """

    versions: tuple[KeptVersion, ...] = ()
    proofs: Mapping[str, Proof] = field(default_factory=dict)

    def with_version(self, version: KeptVersion) -> Journal:
        """Return the journal with a version as the newest."""
        others = tuple(v for v in self.versions if v.version_id != version.version_id)
        return replace(self, versions=(version, *others)[:VERSIONS_KEPT])

    def with_proof(self, resource: str, proof: Proof) -> Journal:
        """Return the journal with what a resource's bytes were found to be."""
        return replace(self, proofs={**self.proofs, resource: proof})

    def as_bytes(self) -> bytes:
        """Return journal.json."""
        described = {
            "format": FORMAT,
            "versions": [version.as_json() for version in self.versions],
            "proofs": {name: [proof.etag, proof.sha256] for name, proof in sorted(self.proofs.items())},
        }
        return (json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Journal:
        """Return the journal that `as_bytes` wrote; a wrong shape is a KeyError, TypeError or ValueError."""
        raw = json.loads(content)
        if raw["format"] != FORMAT:
            raise ValueError(raw["format"])
        return cls(
            tuple(map(KeptVersion.from_json, raw["versions"])),
            {name: Proof(*proof) for name, proof in raw["proofs"].items()},
        )


def state_folder() -> Path:
    """Return the folder in which hxl-kit keeps what it must remember of its targets."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else platformdirs.user_state_path("hxl-kit", appauthor=False)


@dataclass(frozen=True)
class Kept:
    """What is kept of one dataset, in `folder`."""

    folder: Path

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other publishers of this machine away from the dataset."""
        with self._plainly():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with exclusive(self.folder):
            yield

    def journal(self) -> Journal:
        """Return the journal; an empty one where nothing was kept yet.

        Raises:
            TargetError: it is damaged, or of a newer hxl-kit.
        """
        path = self.folder / JOURNAL
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return Journal()
        except OSError as error:
            raise TargetError(f"{path}: {reason_of(error)}") from error
        try:
            return Journal.from_bytes(content)
        except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
            raise TargetError(
                f"{path}: is damaged or of a newer hxl-kit; update hxl-kit, or move this folder away"
            ) from error

    def note(self, journal: Journal) -> None:
        """Replace the journal."""
        with self._plainly():
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            if self.journal() != journal:
                write_atomically(self.folder / JOURNAL, journal.as_bytes())

    def save(self, journal: Journal) -> None:
        """Replace the journal, and let go of files that no version in it has."""
        self.note(journal)
        with self._plainly():
            wanted = {digest for version in journal.versions for digest in version.files.values()}
            for file in (self.folder / FILES).glob("*"):
                if file.name not in wanted and not file.name.startswith("."):
                    file.unlink(missing_ok=True)

    def file(self, sha256: str) -> Path | None:
        """Return the kept file with this SHA-256, read and proven; None where there is none."""
        path = self.folder / FILES / sha256
        with self._plainly():
            return path if sha256 and path.is_file() and sha256_of(path) == sha256 else None

    def place_of(self, sha256: str) -> Path:
        """Return where a file with this SHA-256 is to be kept; its folder is there."""
        with self._plainly():
            (self.folder / FILES).mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.folder / FILES / sha256

    def keep(self, source: Path, sha256: str = "") -> str:
        """Keep a copy of a file; return its SHA-256, which is worked out where it is not given."""
        digest = sha256 or sha256_of(source)
        path = self.place_of(digest)
        if not self.file(digest):
            with self._plainly():
                partial = path.with_name(f".{digest}.{os.getpid()}")
                shutil.copyfile(source, partial)
                partial.replace(path)
        return digest

    def forget_files(self) -> None:
        """Delete the kept files of all versions."""
        with self._plainly():
            shutil.rmtree(self.folder / FILES, ignore_errors=True)

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise TargetError(f"{error.filename or self.folder}: {reason_of(error)}") from error
