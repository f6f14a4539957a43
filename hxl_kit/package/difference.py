"""What differs between two packages, as data: JSON for programs, text for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

RowVerb = Literal["added", "changed", "removed", "retracted"]
Verb = Literal["added", "changed", "removed"]
ROW_VERBS: tuple[RowVerb, ...] = ("added", "changed", "removed", "retracted")
_SHOWN_ROWS = 5
_SHOWN_METADATA = 30
_SHOWN_CHARACTERS = 60
NOT_SHOWN = "(not shown)"
"""Stands for words of a package that may not be published."""


@dataclass(frozen=True)
class MetadataChange:
    """A property of the descriptor: `title`, `temporal.end`, `resources.events.description`; None is absent."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class SchemaChange:
    """A field of a table's schema; an empty `field` is about the table: its key, or the order of its fields."""

    table: str
    field: str
    change: Verb
    properties: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class ResourceChange:
    """A file of the package, its size in bytes before and after; None where it is not there."""

    name: str
    path: str
    change: Verb
    old_bytes: int | None
    new_bytes: int | None


@dataclass(frozen=True)
class RowChange:
    """A row, by its key; `fields` holds each differing cell as (old, new), an empty cell as None."""

    key: Mapping[str, str]
    change: RowVerb
    fields: Mapping[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class TableDifference:
    """The rows of a table that differ: complete counts, and the first rows of each kind.

    `compared_by` is "key" (the primary key), "row" (no usable key: whole rows, counted) or "file" (not a
    CSV table: not looked into). A row that is gone and was retracted counts as both.
    """

    added: int = 0
    changed: int = 0
    removed: int = 0
    retracted: int = 0
    compared_by: Literal["key", "row", "file"] = "key"
    rows: tuple[RowChange, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows by kind of change."""
        return {verb: getattr(self, verb) for verb in ROW_VERBS}


@dataclass(frozen=True)
class PackageDiff:
    """What differs between two packages."""

    metadata: tuple[MetadataChange, ...] = ()
    schema: tuple[SchemaChange, ...] = ()
    resources: tuple[ResourceChange, ...] = ()
    tables: Mapping[str, TableDifference] = field(default_factory=dict)

    @property
    def identical(self) -> bool:
        """Whether nothing differs: no metadata, no schema, no file and no row."""
        rows = any(any(table.counts.values()) for table in self.tables.values())
        return not (self.metadata or self.schema or self.resources or rows)

    def as_json(self) -> dict[str, Any]:
        """Return the documented JSON of `diff --format json`."""
        return {
            "identical": self.identical,
            "metadata": [asdict(change) for change in self.metadata],
            "schema": [_listed(asdict(change), "properties") for change in self.schema],
            "resources": [asdict(change) for change in self.resources],
            "tables": {name: _table_json(table) for name, table in self.tables.items()},
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """Return the difference that `as_json` described; a wrong shape is a KeyError or TypeError."""
        return cls(
            metadata=tuple(MetadataChange(**change) for change in raw["metadata"]),
            schema=tuple(SchemaChange(**_paired(change, "properties")) for change in raw["schema"]),
            resources=tuple(ResourceChange(**change) for change in raw["resources"]),
            tables={name: _table_from_json(table) for name, table in raw["tables"].items()},
        )

    def without_values(self) -> Self:
        """Return what differs by names and counts: no row, and no word of metadata or schema.

        It is for a package that may not leave this machine; plans are carried to other machines and into logs.
        """
        return replace(
            self,
            metadata=tuple(MetadataChange(c.field, NOT_SHOWN, NOT_SHOWN) for c in self.metadata),
            schema=tuple(replace(change, properties={}) for change in self.schema),
            tables={name: replace(table, rows=()) for name, table in self.tables.items()},
        )

    def as_text(self, *, files: bool = True) -> str:
        """Return the difference for people: files (if wanted), metadata, schema, rows with examples."""
        if self.identical:
            return "no differences"
        listed = self._file_lines() if files else ()
        return "\n".join([*listed, *self._metadata_lines(), *self._schema_lines(), *self._row_lines()])

    def _file_lines(self) -> Iterator[str]:
        for change in self.resources:
            old, new = (
                ("-" if size is None else f"{size:,}") for size in (change.old_bytes, change.new_bytes)
            )
            yield f"file {change.change}: {_short(change.path)} ({old} -> {new} bytes)"

    def _metadata_lines(self) -> Iterator[str]:
        for change in self.metadata[:_SHOWN_METADATA]:
            yield f"metadata {_short(change.field)}: {_short(change.old)} -> {_short(change.new)}"
        if len(self.metadata) > _SHOWN_METADATA:
            yield f"metadata: {len(self.metadata) - _SHOWN_METADATA:,} more properties"

    def _schema_lines(self) -> Iterator[str]:
        for change in self.schema:
            parts = [
                f"{_short(name)}: {_short(old)} -> {_short(new)}"
                for name, (old, new) in change.properties.items()
            ]
            what = f"field {_short(change.field)} {change.change}" if change.field else change.change
            yield f"schema {_short(change.table)}: {what}{' (' + '; '.join(parts) + ')' if parts else ''}"

    def _row_lines(self) -> Iterator[str]:
        for name, table in self.tables.items():
            if not any(table.counts.values()):
                continue
            counts = ", ".join(f"{number:,} {verb}" for verb, number in table.counts.items() if number)
            yield f"rows {_short(name)}: {counts}{_BASIS[table.compared_by]}"
            for verb in ROW_VERBS:
                yield from _examples(table, verb)


_BASIS = {"key": "", "row": " (no usable primary key: compared as whole rows)", "file": " (not looked into)"}
_SIGNS = {"added": "+", "changed": "~", "removed": "-", "retracted": "!"}


def _examples(table: TableDifference, verb: RowVerb) -> Iterator[str]:
    rows = [row for row in table.rows if row.change == verb]
    for row in islice(rows, _SHOWN_ROWS):
        key = ", ".join(_short(value) for value in row.key.values()) or _first_cells(row)
        cells = [f"{_short(f)}: {_short(old)} -> {_short(new)}" for f, (old, new) in row.fields.items()]
        told = cells if verb == "changed" else [] if row.key else _told_apart(row, table.rows)
        about = f": {'; '.join(told)}" if told else ""
        yield f"  {_SIGNS[verb]} {key}{' retracted' if verb == 'retracted' else ''}{about}"
    if (more := getattr(table, verb) - min(len(rows), _SHOWN_ROWS)) and rows:
        yield f"  {_SIGNS[verb]} … {more:,} more {verb}"


def _first_cells(row: RowChange) -> str:
    return ", ".join(_short(value) for value in [*_cells(row).values()][:3])


def _told_apart(row: RowChange, listed: Iterable[RowChange]) -> list[str]:
    """Return the cells in which a row without a key differs from those that begin like it."""
    own, first = _cells(row), _first_cells(row)
    twins = [_cells(other) for other in listed if other is not row and _first_cells(other) == first]
    names = dict.fromkeys(name for twin in twins for name in (own | twin) if own.get(name) != twin.get(name))
    return [f"{_short(name)}: {_short(own.get(name))}" for name in names]


def _cells(row: RowChange) -> dict[str, str | None]:
    return {name: old if new is None else new for name, (old, new) in row.fields.items()}


def _short(value: Any) -> str:
    """Return a value on one line of a console: cut, and without characters that would steer a terminal."""
    text = "(none)" if value is None else str(value)
    text = "".join(c if c.isprintable() else " " for c in text[: _SHOWN_CHARACTERS + 1])
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[: _SHOWN_CHARACTERS - 1]}…"


def _listed(raw: dict[str, Any], name: str) -> dict[str, Any]:
    return {**raw, name: {key: list(pair) for key, pair in raw[name].items()}}


def _paired(raw: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {**raw, name: {key: (old, new) for key, (old, new) in raw[name].items()}}


def _table_json(table: TableDifference) -> dict[str, Any]:
    raw = asdict(table)
    return {**raw, "rows": [_listed(row, "fields") for row in raw["rows"]]}


def _table_from_json(raw: Mapping[str, Any]) -> TableDifference:
    rows = tuple(RowChange(**_paired(row, "fields")) for row in raw["rows"])
    return TableDifference(**{**raw, "rows": rows})
