"""The files that a package may name: its own, inside its folder, and nothing else."""

from __future__ import annotations

import re
import stat
import unicodedata
from json import JSONDecodeError
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, RefusedInputError
from hxl_kit.reading.descriptors import read_json
from hxl_kit.reading.limits import NAME_BYTES, PATH_CHARACTERS
from hxl_kit.reading.remote import NO_REMOTE, REFERENCES, is_remote, refusal, remote_references
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hxl_kit.reading.remote import RemotePolicy

DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
"""Names that are devices on Windows, whatever follows the dot."""

LINK_AS_TEXT = re.compile(rb"(?:(?:\.\.?/)+|/)[^\r\n,;\t\0]+")
LINK_BYTES = 1024
"""What git leaves of a symbolic link where links are switched off: a file that holds the path alone."""

PLAIN = ("", "file", "multipart", "buffer", "stream")
"""Schemes of frictionless that stay on this machine."""

YAML = (".yaml", ".yml")
PLAIN_NAME = re.compile(r"[a-z-]+")
"""A profile of the standard, such as tabular-data-package."""

SERVICES = ("gsheets", "sql", "ckan", "github", "zenodo")
"""Formats of frictionless that are services on the network, or databases."""


def is_safe_path(path: str) -> bool:
    """Whether a path names a file inside a package: relative, POSIX, no `..`, no drive, device or URL, all visible."""
    parts = path.removeprefix("./").split("/")
    return (
        0 < len(path) <= PATH_CHARACTERS
        and "\\" not in path
        and ":" not in path
        and path[0] not in "~$%"
        and all(_is_safe_part(part) for part in parts)
    )


def is_written_path(path: str) -> bool:
    """Whether a path is one that hxl_kit writes or publishes: safe, and no part of it hidden by a leading dot."""
    return is_safe_path(path) and not any(part.startswith(".") for part in path.split("/"))


def require_harmless(
    folder: Path, label: str, descriptor: Mapping[str, Any], remote: RemotePolicy = NO_REMOTE
) -> None:
    """Refuse a descriptor, of whatever shape, by which another reader would open what must not be opened at all.

    Raises:
        RefusedInputError: an address is not permitted, a resource is a package, a service or in a descriptor of its
            own, a path goes through a symbolic link or is a device or a pipe, or a file beside it refers elsewhere.
    """
    for place, url in remote_references(descriptor):
        if reason := refusal(url, remote):
            raise RefusedInputError(f"{label}: {place}: {reason}")
    for key, path in _references(descriptor):
        _require_plain_reference(folder, f"{label}: {key}", path)
    resources = descriptor.get("resources")
    for number, resource in enumerate(resources if isinstance(resources, list) else []):
        place = f"{label}: resources[{number}]"
        if isinstance(resource, str):
            raise RefusedInputError(
                f"{place}: 'resources' must be a list of objects; put what the file says there"
            )
        if isinstance(resource, dict):
            _require_harmless_resource(folder, place, resource)


def require_own_files(folder: Path, label: str, descriptor: Mapping[str, Any]) -> None:
    """Refuse a descriptor that names anything but files inside its folder; harmless ones (`require_harmless`) only.

    Raises:
        InputError: a path leaves the package (absolute, `..`), is no text or a folder, or two are one file elsewhere.
    """
    for number, resource in enumerate(descriptor["resources"]):
        for key, path in (*_named(resource), *_references(resource)):
            _require_own(folder, f"{label}: resources[{number}].{key}", path)
    _require_distinct(label, descriptor)


def _named(resource: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the places and values of a resource that name its data; addresses were judged before."""
    for key in ("path", "url", "extrapaths"):
        value = resource.get(key) if key in resource else []
        for number, item in enumerate(value if isinstance(value, list) else [value]):
            if not (isinstance(item, str) and is_remote(item)):
                yield f"{key}[{number}]" if isinstance(value, list) else key, item


def _references(described: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the places and paths of what is described in files of its own; profiles of the standard are names."""
    for key in REFERENCES:
        value = described.get(key)
        if (
            isinstance(value, str)
            and not is_remote(value)
            and not (key == "profile" and PLAIN_NAME.fullmatch(value))
        ):
            yield key, value


def _require_harmless_resource(folder: Path, place: str, resource: Mapping[str, Any]) -> None:
    scheme, form = (str(resource.get(key) or "").lower() for key in ("scheme", "format"))
    path = resource.get("path") or resource.get("url")
    if scheme not in PLAIN and isinstance(path, str) and not is_remote(path):
        raise RefusedInputError(
            f"{place}.scheme: the scheme '{shown(scheme)}' is not allowed: remote or no file"
        )
    if form in SERVICES or "docs.google.com" in str(path):
        raise RefusedInputError(
            f"{place}.format: '{shown(form)}' is read from the network, which is not allowed: give a file"
        )
    if resource.get("type") == "package" or (isinstance(path, str) and _is_descriptor(path)):
        raise RefusedInputError(
            f"{place}: is a package itself (nested packages could form a cycle); name its data files"
        )
    for key, named in _named(resource):
        if isinstance(named, str):
            _require_plain_file(folder, f"{place}.{key}", named)
    for key, named in _references(resource):
        _require_plain_reference(folder, f"{place}.{key}", named)


def _is_descriptor(path: str) -> bool:
    return PurePosixPath(path).name.lower() in ("datapackage.json", "datapackage.yaml", "datapackage.yml")


def _require_plain_reference(folder: Path, place: str, path: str) -> None:
    """Refuse a schema, dialect or profile in a file that itself refers to the network, or could stand for too much."""
    _require_plain_file(folder, place, path)
    if not is_safe_path(path) or not (folder / path).is_file():
        return
    if path.lower().endswith(YAML):
        raise RefusedInputError(
            f"{place}: is in YAML, which could stand for far more than it says; save it as JSON"
        )
    try:
        described = read_json(folder / path)
    except InputError as error:
        if isinstance(error.__cause__, JSONDecodeError | UnicodeDecodeError):
            return  # No reader takes it for JSON; what is wrong with it is frictionless' to say.
        raise RefusedInputError(str(error)) from error
    if isinstance(described, dict):
        for inner, _ in remote_references({"resources": [{"schema": described}]}):
            raise RefusedInputError(f"{place}: refers to the network, which is not allowed: {inner}")


def _require_plain_file(folder: Path, place: str, path: str) -> None:
    """Refuse a path that goes through a symbolic link, or leads to a device, a pipe or a socket."""
    step = folder
    for part in PurePosixPath(path.replace("\0", "")).parts:
        step = step / part
        try:
            mode = step.lstat().st_mode
        except (OSError, ValueError):
            return
        if stat.S_ISLNK(mode):
            raise RefusedInputError(f"{place}: goes through a symbolic link; a package holds its own files")
    if step != folder and not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise RefusedInputError(f"{place}: is not safe: it is a device, a pipe or a socket, not a file")


def _require_own(folder: Path, place: str, path: Any) -> None:
    if not isinstance(path, str) or not is_safe_path(path):
        raise InputError(f"{place}: is not safe; it must be a relative path to a file inside the package")
    file = folder / path
    if file.is_dir():
        raise InputError(f"{place}: is not safe: it is a folder, not a file")
    if file.is_file() and file.stat().st_size <= LINK_BYTES and LINK_AS_TEXT.fullmatch(file.read_bytes()):
        raise InputError(
            f"{place}: holds nothing but a path: a symbolic link that was saved as text; put the file itself there"
        )


def _require_distinct(label: str, descriptor: Mapping[str, Any]) -> None:
    """Refuse paths that are two files here and one file on systems that fold letter case or accents."""
    seen: dict[str, str] = {}
    for resource in descriptor["resources"]:
        value = resource.get("path")
        for path in value if isinstance(value, list) else [value]:
            if not isinstance(path, str):
                continue
            before = seen.setdefault(unicodedata.normalize("NFC", path).casefold(), path)
            if before != path:
                raise InputError(
                    f"{label}: the paths '{shown(before)}' and '{shown(path)}' differ in letter case or accents "
                    "alone, so they are not safe: they are one file on other systems"
                )


def _is_safe_part(part: str) -> bool:
    return (
        part not in ("", ".", "..")
        and part.isprintable()
        and part[-1] not in ". "
        and len(part.encode("utf-8", errors="replace")) <= NAME_BYTES
        and not DEVICE.match(part)
    )
