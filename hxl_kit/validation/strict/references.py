"""Keys that name fields or tables which do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.errors import nearest
from hxl_kit.reading.table import shown
from hxl_kit.validation.report import Issue
from hxl_kit.validation.strict.parts import names_in, objects, resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.parts import Resource


def references(package: Package) -> Iterator[Issue]:
    """Yield keys that name a field which the table, or the table referred to, has not (Table Schema, `foreignKeys`)."""
    tables = {
        r.descriptor["name"]: r for r in resources_of(package) if isinstance(r.descriptor.get("name"), str)
    }
    for resource in resources_of(package):
        if not resource.fields:
            continue
        yield from _unknown(resource, "primaryKey", names_in(resource.schema.get("primaryKey")), resource)
        for number, key in enumerate(objects(resource.schema.get("foreignKeys"))):
            yield from _reference(resource, f"foreignKeys[{number}]", key, tables)


def _reference(
    resource: Resource, place: str, key: dict[str, Any], tables: dict[str, Resource]
) -> Iterator[Issue]:
    yield from _unknown(resource, place, names_in(key.get("fields")), resource)
    found = key.get("reference")
    reference = found if isinstance(found, dict) else {}
    name = reference.get("resource") or resource.descriptor.get("name")
    if not isinstance(name, str) or name not in tables:
        yield Issue(
            "key-fields",
            "error",
            resource.name,
            f"{place}: refers to the table '{shown(str(name))}', which the package has not"
            f"{nearest(str(name), sorted(tables))}",
        )
    elif tables[name].fields:
        yield from _unknown(resource, f"{place}.reference", names_in(reference.get("fields")), tables[name])


def _unknown(resource: Resource, place: str, names: Sequence[str], target: Resource) -> Iterator[Issue]:
    known = [field["name"] for field in target.fields]
    for name in names:
        if name not in known:
            yield Issue(
                "key-fields",
                "error",
                resource.name,
                f"{place}: names the field '{shown(name)}', which {target.name} has not{nearest(name, known)}",
            )
