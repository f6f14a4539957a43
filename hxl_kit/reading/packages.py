"""Data packages on disk: the descriptor, the resources, and whether the files are what it says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 - the type hints of Package are read when it runs
from typing import Any

from hxl_kit.errors import InputError
from hxl_kit.files import set_aside, sha256_of
from hxl_kit.reading.descriptors import parse_json, read_json
from hxl_kit.reading.limits import DESCRIPTOR_BYTES
from hxl_kit.reading.paths import YAML, is_safe_path, require_harmless, require_own_files
from hxl_kit.reading.remote import NO_REMOTE, RemotePolicy

__all__ = [
    "DESCRIPTOR",
    "MARK",
    "Package",
    "is_package",
    "is_safe_path",
    "listed_files",
    "read_package",
    "verify_files",
]

DESCRIPTOR = "datapackage.json"
MARK = "hxl_kit"
"""The property that says how a descriptor came to be; `trusted` is false where this tool only describes others' files."""


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
        """The clean tables: resource name to resource, without companions and what is not one file of a table."""
        named = {r["name"]: r for r in self.resources if isinstance(r.get("name"), str)}
        companions = {f"{name}-hxl" for name in named}
        return {name: r for name, r in named.items() if _is_table(r) and name not in companions}

    @property
    def is_described_only(self) -> bool:
        """Whether the files are somebody else's, and this descriptor was only made to read them."""
        marked = self.descriptor.get(MARK)
        return isinstance(marked, dict) and marked.get("trusted", True) is not True

    @property
    def digest(self) -> str:
        """The SHA-256 of the descriptor, which names every file's hash: it identifies the whole content."""
        return sha256_of(self.folder / DESCRIPTOR)

    def path_of(self, resource: dict[str, Any]) -> Path:
        """Return the path of a resource's file (`read_package` has checked that it stays inside)."""
        return self.folder / str(resource["path"])


def _is_table(resource: dict[str, Any]) -> bool:
    return isinstance(resource.get("path"), str) and "schema" in resource


def read_package(path: Path, remote: RemotePolicy = NO_REMOTE) -> Package:
    """Return the package in a folder, or of a datapackage.json; addresses in it are permitted by `remote` alone.

    Raises:
        RefusedInputError: it names what must not be opened at all (a symbolic link, a pipe, an address).
        InputError: there is none, it is not a JSON object with resources, it says a key twice, or a resource names
            anything but files inside the package.
    """
    file = path / DESCRIPTOR if path.is_dir() else path
    if path.is_dir() and not file.exists():
        raise InputError(
            f"{path}: has no {DESCRIPTOR}; `hxl-kit build {path}` writes one if it has a package.yaml"
        )
    if file.suffix.lower() in YAML:
        raise InputError(
            f"{file}: is a descriptor in YAML, whose tags can run programs: it is not read; save it as {DESCRIPTOR}"
        )
    descriptor = read_json(file)
    if not isinstance(descriptor, dict):
        raise InputError(
            f'{file}: is not a JSON object; a descriptor looks like {{"name": …, "resources": […]}}'
        )
    require_harmless(file.parent, str(file), descriptor, remote)
    resources = descriptor.get("resources")
    if not isinstance(resources, list) or not resources or not all(isinstance(r, dict) for r in resources):
        raise InputError(f"{file}: 'resources' must be a list of at least one resource (an object)")
    require_own_files(file.parent, str(file), descriptor)
    return Package(file.parent, descriptor)


def is_package(path: Path) -> bool:
    """Whether a path is that of a package: a folder, a descriptor by its name, or JSON with a list of resources."""
    if path.is_dir() or path.name == DESCRIPTOR or path.suffix.lower() in YAML:
        return True
    if path.suffix.lower() != ".json" or not path.is_file() or path.stat().st_size > DESCRIPTOR_BYTES:
        return False
    content = path.read_bytes()
    if b'"resources"' not in content:
        return False
    try:
        described = parse_json(content, str(path))
    except InputError:
        return False
    return isinstance(described, dict) and isinstance(described.get("resources"), list)


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
