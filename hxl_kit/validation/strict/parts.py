"""The parts of a descriptor that the rules look at, whatever else it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.reading.descriptors import read_json
from hxl_kit.reading.packages import is_safe_path
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.reading.packages import Package

COMPRESSED = (".gz", ".zip")


@dataclass(frozen=True)
class Resource:
    """One resource of a package.

    Attributes:
        number: its place in the list, from 0.
        name: its name as it may be shown.
        descriptor: what the package says of it.
        schema: its Table Schema, also where it is a file of its own; empty where it has none.
        dialect: its Table Dialect, likewise.
    """

    number: int
    name: str
    descriptor: dict[str, Any]
    schema: dict[str, Any]
    dialect: dict[str, Any]

    @property
    def place(self) -> str:
        """Where the resource stands in the descriptor."""
        return f"resources[{self.number}]"

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of its files: one, several, or none with inline data."""
        given = self.descriptor.get("path")
        listed = given if isinstance(given, list) else [given]
        return tuple(path for path in listed if isinstance(path, str))

    @property
    def fields(self) -> tuple[dict[str, Any], ...]:
        """The fields of its schema that have a name."""
        return tuple(
            field for field in objects(self.schema.get("fields")) if isinstance(field.get("name"), str)
        )

    @property
    def format(self) -> str:
        """Its format in lower case: as it says, or after the file's name."""
        said = self.descriptor.get("format")
        name = self.paths[0].lower() if self.paths else ""
        for ending in COMPRESSED:
            name = name.removesuffix(ending)
        return said.lower() if isinstance(said, str) else name.rpartition(".")[2]

    def missing_values(self, field: dict[str, Any]) -> list[str]:
        """Return the texts that mean "no value" in a field: its own list, else the schema's, else [""]."""
        given = field.get("missingValues", self.schema.get("missingValues"))
        if not isinstance(given, list):
            return [""]
        texts = (entry.get("value") if isinstance(entry, dict) else entry for entry in given)
        return [text for text in texts if isinstance(text, str)]


def resources_of(package: Package) -> Iterator[Resource]:
    """Yield the resources of a package in their order."""
    for number, descriptor in enumerate(package.resources):
        name = descriptor.get("name")
        yield Resource(
            number,
            shown(name) if isinstance(name, str) else f"resources[{number}]",
            descriptor,
            part_of(package, descriptor, "schema") or {},
            part_of(package, descriptor, "dialect") or {},
        )


def part_of(package: Package, descriptor: dict[str, Any], key: str) -> dict[str, Any] | None:
    """Return a resource's schema or dialect, read where it is a file of the package; None where it cannot be."""
    given = descriptor.get(key, {})
    if not isinstance(given, str):
        return given if isinstance(given, dict) else None
    try:
        found = own_json(package, given)
    except InputError:
        return None
    return found if isinstance(found, dict) else None


def own_json(package: Package, path: str) -> Any:
    """Return the value of a JSON file of metadata inside a package.

    Raises:
        InputError: the path leads elsewhere, or the file is not such JSON.
    """
    if not is_safe_path(path):
        raise InputError("is no safe path inside the package")
    step = package.folder
    for part in path.split("/"):
        step = step / part
        if step.is_symlink():
            raise InputError("goes through a symbolic link")
    return read_json(step)


def objects(given: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; frictionless tells of what is none."""
    return [entry for entry in given if isinstance(entry, dict)] if isinstance(given, list) else []


def names_in(given: Any) -> Sequence[str]:
    """Return the field names of a key, which may be one string (v1) or a list of them."""
    listed = given if isinstance(given, list) else [given]
    return [name for name in listed if isinstance(name, str)]
