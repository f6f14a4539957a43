"""The standard's tables: Table Schemas with an HXL tag on each field."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from hxl_kit.errors import UsageError, nearest, require_known
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist

ORDER = ("sources", "events", "event_sources", "casualties", "displacement", "indicators", "claims")
"""Tables in the order of a package: what is referred to comes before what refers to it."""


@dataclass(frozen=True)
class Field:
    """One field of a table; `constraints` are Table Schema's, `codelist` names a list or is None."""

    name: str
    title: str
    description: str
    type: str
    constraints: dict[str, Any]
    example: str
    hxl_tag: str
    codelist: str | None = None

    @property
    def required(self) -> bool:
        """Whether a row without a value in this field is invalid."""
        return bool(self.constraints.get("required"))

    @property
    def descriptor(self) -> dict[str, Any]:
        """The field as a package carries it: a code list becomes an `enum` that any validator checks."""
        described: dict[str, Any] = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "type": self.type,
            "constraints": dict(self.constraints),
            "example": self.example,
            "hxl_tag": self.hxl_tag,
        }
        if self.codelist:
            described["constraints"]["enum"] = list(codelist(self.codelist).values)
            described["codelist"] = self.codelist
        return described


@dataclass(frozen=True)
class ForeignKey:
    """The fields of a table that name a row of another table's key."""

    fields: tuple[str, ...]
    table: str
    reference: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of the standard: its fields in order, its key and what it refers to."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    primary_key: tuple[str, ...]
    foreign_keys: tuple[ForeignKey, ...] = field(default=())

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the fields, in order."""
        return tuple(f.name for f in self.fields)

    @property
    def tags(self) -> tuple[str, ...]:
        """The HXL tags of the fields, in order."""
        return tuple(f.hxl_tag for f in self.fields)

    def __getitem__(self, name: str) -> Field:
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise UsageError(f"{self.name}: no field '{name}'{nearest(name, self.names)}")

    def schema(self, resources: tuple[str, ...]) -> dict[str, Any]:
        """Return the Table Schema to write into a package that holds the tables `resources`.

        Foreign keys to tables that the package does not hold are left out.
        """
        keys = [
            {
                "fields": list(key.fields),
                "reference": {"resource": key.table, "fields": list(key.reference)},
            }
            for key in self.foreign_keys
            if key.table in resources
        ]
        described: dict[str, Any] = {
            "fields": [f.descriptor for f in self.fields],
            "missingValues": [""],
            "primaryKey": list(self.primary_key),
        }
        return {**described, "foreignKeys": keys} if keys else described


def table_names() -> tuple[str, ...]:
    """Return the names of the standard's tables, what is referred to first."""
    return tuple(sorted(schemas.names("tables", ".json"), key=_rank))


def _rank(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


@cache
def table(name: str) -> Table:
    """Return a table of the standard.

    Raises:
        UsageError: the standard has no table of that name.
    """
    require_known("table", name, table_names())
    raw = json.loads(schemas.path_of("tables", f"{name}.json").read_text(encoding="utf-8"))
    return Table(
        name=raw["name"],
        title=raw["title"],
        description=raw["description"],
        fields=tuple(Field(**described) for described in raw["fields"]),
        primary_key=tuple(raw["primaryKey"]),
        foreign_keys=tuple(
            ForeignKey(tuple(k["fields"]), k["reference"]["resource"], tuple(k["reference"]["fields"]))
            for k in raw.get("foreignKeys", [])
        ),
    )
