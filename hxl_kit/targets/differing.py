"""Which files differ between what is to be served and what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.reading.packages import DESCRIPTOR
from hxl_kit.targets.target import Change, ServedFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hxl_kit.reading.packages import Package


def package_files(package: Package) -> tuple[ServedFile, ...]:
    """Return the files of a package with the SHA-256 that its descriptor says, and the descriptor."""
    listed = {r["path"]: str(r["hash"]).removeprefix("sha256:") for r in package.resources if "path" in r}
    digests = {**listed, DESCRIPTOR: package.digest}
    return tuple(ServedFile(p, (package.folder / p).stat().st_size, d) for p, d in digests.items())


def differing(wanted: Iterable[ServedFile], served: Iterable[ServedFile]) -> Iterator[Change]:
    """Yield what is to be added, replaced and removed for the wanted files to be served, and no others."""
    before = {file.path: file.sha256 for file in served}
    files = tuple(wanted)
    for file in files:
        was = before.get(file.path)
        if was != file.sha256:
            yield Change("replace" if was else "add", file.path, named(was), named(file.sha256), file.bytes)
    kept = {file.path for file in files}
    for path, was in before.items():
        if path not in kept:
            yield Change("remove", path, named(was), None, 0)


def named(digest: str | None) -> str | None:
    """Return a SHA-256 as a descriptor writes it; None where there is none."""
    return f"sha256:{digest}" if digest else None
