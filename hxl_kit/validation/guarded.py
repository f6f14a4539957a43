"""What frictionless may be given: nothing by which it would open what must not be opened."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, RefusedInputError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.bearable import require_bearable, require_bearable_files
from hxl_kit.reading.descriptors import read_json
from hxl_kit.reading.packages import DESCRIPTOR, is_package, read_package
from hxl_kit.reading.paths import require_harmless
from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy

if TYPE_CHECKING:
    from pathlib import Path


def harmless_path(path: Path, remote: RemotePolicy = NO_REMOTE) -> Path:
    """Return the path that frictionless may be given: of a package's descriptor, of metadata or of a table.

    A descriptor that is merely wrong passes: what is wrong with it is frictionless' to say, and it opens no data then.

    Raises:
        InputError: the path, or what a descriptor names, is not to be opened at all.
    """
    if not is_package(path):
        _require_harmless_file(require_plain_file(path), remote)
        return path
    descriptor = path / DESCRIPTOR if path.is_dir() else path
    try:
        package = read_package(path, remote)
        require_bearable_files(package.folder, package.resources)
    except RefusedInputError:
        raise
    except InputError:
        if descriptor.suffix.lower() != ".json":
            raise
        _require_readable(descriptor)
    return descriptor


def _require_harmless_file(path: Path, remote: RemotePolicy) -> None:
    require_bearable(path)
    if path.suffix.lower() != ".json":
        return
    try:
        described = read_json(path)
    except InputError:
        _require_readable(path)
        return
    if isinstance(described, dict):
        require_harmless(path.parent, str(path), {"resources": [described]}, remote)


def _require_readable(descriptor: Path) -> None:
    """Refuse a descriptor that is too large, nested too deeply or has two meanings; one that is no JSON passes."""
    try:
        read_json(descriptor)
    except InputError as error:
        if not isinstance(error.__cause__, json.JSONDecodeError | UnicodeDecodeError):
            raise
