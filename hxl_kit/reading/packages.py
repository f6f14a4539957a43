"""Data packages on disk: the descriptor, the resources, and whether the files are what it says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file, set_aside, sha256_of

DESCRIPTOR = "datapackage.json"
MAXIMUM_BYTES = 32 << 20


@dataclass(frozen=True)
class Package:
    """A package: its folder and its descriptor."""

    folder: Path
    descriptor: dict[str, Any]

    @property
    def name(self) -> str:
        """The package's name, or its folder's when the descriptor has none."""
        return str(self.descriptor.get("name") or self.folder.name)

    @property
    def resources(self) -> tuple[dict[str, Any], ...]:
        """The resources as the descriptor lists them."""
        return tuple(self.descriptor["resources"])

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """The clean tables: resource name to resource, without companions and files of other kinds."""
        named = {r["name"]: r for r in self.resources if isinstance(r.get("name"), str)}
        companions = {f"{name}-hxl" for name in named}
        return {name: r for name, r in named.items() if "schema" in r and name not in companions}

    @property
    def digest(self) -> str:
        """The SHA-256 of the descriptor, which names every file's hash: it identifies the whole content."""
        return sha256_of(self.folder / DESCRIPTOR)

    def path_of(self, resource: dict[str, Any]) -> Path:
        """Return the path of a resource's file (`read_package` has checked that it stays inside)."""
        return self.folder / str(resource["path"])


def read_package(path: Path) -> Package:
    """Return the package in a folder, or of a datapackage.json.

    Raises:
        InputError: there is none, it is not a JSON object with resources, it says a key twice, or a
            resource's path leaves the package (absolute, `..`, a URL, a symbolic link).
    """
    file = path / DESCRIPTOR if path.is_dir() else path
    if path.is_dir() and not file.exists():
        raise InputError(
            f"{path}: has no {DESCRIPTOR}; `hxl-kit build {path}` writes one if it has a package.yaml"
        )
    if require_plain_file(file).stat().st_size > MAXIMUM_BYTES:
        raise InputError(f"{file}: is larger than {MAXIMUM_BYTES:,} bytes; a descriptor holds metadata only")
    descriptor = _parse(file)
    if not isinstance(descriptor, dict):
        raise InputError(
            f'{file}: is not a JSON object; a descriptor looks like {{"name": …, "resources": […]}}'
        )
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources or not all(isinstance(r, dict) for r in resources):
        raise InputError(f"{file}: 'resources' must be a list of at least one resource (an object)")
    for number, resource in enumerate(resources):
        _check_path(file.parent, f"{file}: resources[{number}].path", resource)
    return Package(file.parent, descriptor)


def listed_files(folder: Path) -> frozenset[str]:
    """Return the paths that the descriptor in a folder lists; nothing when there is no package.

    A descriptor that was set aside while the folder was being replaced counts as well.
    """
    found = next(
        (folder / name for name in (DESCRIPTOR, set_aside(DESCRIPTOR)) if (folder / name).is_file()), None
    )
    try:
        package = read_package(found) if found else None
    except InputError:
        return frozenset()
    return (
        frozenset(r["path"] for r in package.resources if isinstance(r.get("path"), str))
        if package
        else frozenset()
    )


def verify_files(package: Package) -> list[str]:
    """Return a sentence for each resource whose file is missing or is not what the descriptor says.

    Resources with inline data or in several files have no file of their own to compare.
    """
    return [problem for resource in package.resources for problem in _file_problems(package, resource)]


def _file_problems(package: Package, resource: dict[str, Any]) -> list[str]:
    if not isinstance(resource.get("path"), str):
        return []
    path, place = package.path_of(resource), f"resource '{resource.get('name', '')}' ({resource['path']})"
    if not path.is_file():
        return [f"{place}: the file is missing"]
    size = path.stat().st_size
    if "bytes" in resource and size != resource["bytes"]:
        return [f"{place}: has {size:,} bytes, the descriptor says {resource['bytes']:,}"]
    algorithm, _, expected = str(resource.get("hash", "")).rpartition(":")
    if algorithm == "sha256" and sha256_of(path) != expected:
        return [f"{place}: the SHA-256 is not the descriptor's; the file was changed or damaged"]
    return []


def _parse(file: Path) -> Any:
    try:
        return json.loads(file.read_bytes().decode("utf-8-sig"), object_pairs_hook=_without_duplicates)
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is not UTF-8 text") from error
    except RecursionError as error:
        raise InputError(f"{file}: is nested too deeply") from error
    except _DuplicateKeyError as error:
        raise InputError(
            f"{file}: has the duplicate key '{error}'; two readers would see two packages"
        ) from error
    except json.JSONDecodeError as error:
        raise InputError(f"{file}: is not JSON: {error.msg.lower()} at line {error.lineno}") from error


class _DuplicateKeyError(ValueError):
    """An object says a key twice."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _DuplicateKeyError(key)
        found[key] = value
    return found


def _check_path(folder: Path, place: str, resource: dict[str, Any]) -> None:
    if "path" not in resource:
        return
    paths = resource["path"] if isinstance(resource["path"], list) else [resource["path"]]
    for path in paths:
        if not isinstance(path, str) or not is_safe_path(path):
            raise InputError(f"{place}: is not safe; it must be a relative path to a file inside the package")
        step = folder
        for part in PurePosixPath(path).parts:
            step = step / part
            if step.is_symlink():
                raise InputError(f"{place}: goes through a symbolic link; a package holds its own files")


def is_safe_path(path: str) -> bool:
    """Whether a resource path names a file inside the package: relative, POSIX, no `..`, no hidden part, no URL."""
    parts = path.split("/")
    return (
        bool(path)
        and "\\" not in path
        and ":" not in path
        and all(part and not part.startswith(".") and part.isprintable() for part in parts)
    )
