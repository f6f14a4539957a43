"""What an author changed after a package was built: whoever corrects a figure there believes that it is in the package."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from hxl_kit.errors import HxlKitError
from hxl_kit.files import sha256_of
from hxl_kit.package.author import FILE_NAME, read_package_yaml
from hxl_kit.package.descriptor import words_of_author

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.package.author import Authored
    from hxl_kit.reading.packages import Package


def changed_inputs(package: Package) -> Iterator[str]:
    """Yield a sentence for each input that is not what a package was built of.

    Only a package that hxl_kit built in the folder of its package.yaml is looked at. An input that is not there is not
    missed: large or private ones are not always kept.
    """
    with suppress(HxlKitError):
        if authored := _author_of(package):
            yield from _changed_inputs(authored, package.descriptor["provenance"].get("inputs"))


def changed_words(package: Package) -> Iterator[str]:
    """Yield a sentence for each property that package.yaml and the package say differently, whichever was changed."""
    try:
        authored = _author_of(package)
    except HxlKitError as error:
        yield str(error).removeprefix(f"{package.folder}{os.sep}")
        return
    said = json.loads(json.dumps(words_of_author(authored))) if authored else {}
    for name, value in said.items():
        if (value or None) != (package.descriptor.get(name) or None):
            yield f"{FILE_NAME}: says another `{name}` than the package; what it says is published after a build"


def _author_of(package: Package) -> Authored | None:
    """Return what the package.yaml says that a package was built by, None where there is none or it makes several."""
    provenance = package.descriptor.get("provenance")
    built = isinstance(provenance, dict) and provenance.get("tool") == "hxl_kit"
    if not built or not (package.folder / FILE_NAME).is_file():
        return None
    authored = read_package_yaml(package.folder)
    return authored if authored.options.split_by is None else None


def _changed_inputs(authored: Authored, records: object) -> Iterator[str]:
    listed = records if isinstance(records, list) else []
    read = {str(record.get("hash")) for record in listed if isinstance(record, dict)}
    there = [entry.path for entry in authored.inputs if entry.path.is_file()]
    hashes = {path: f"sha256:{sha256_of(path)}" for path in there}
    changed = [path for path, digest in hashes.items() if digest not in read]
    for path in changed:
        yield f"{os.path.relpath(path, authored.folder)}: was changed after the package was built"
    if len(there) == len(authored.inputs) and not changed and read - {*hashes.values()}:
        yield f"{FILE_NAME}: an input was taken out after the package was built"
