"""Unique fields, primary and foreign keys of one table, block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hxl_kit.gate.blocks import blocks
from hxl_kit.gate.findings import AFTER_CELLS, Errors, Meaning, ReadingOrder
from hxl_kit.gate.keys import KeyColumn, KeySet, Occurrences, bits_of, canonical, key_set
from hxl_kit.gate.opening import open_table
from hxl_kit.gate.unproven import UnprovenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from frictionless import Resource
    from frictionless.table import Row

    from hxl_kit.gate.blocks import Block
    from hxl_kit.gate.findings import Findings
    from hxl_kit.gate.keys import Bits
    from hxl_kit.gate.opening import OpenTable
    from hxl_kit.gate.scope import KeysRead, Scope

    ValueAt = Callable[[str, int], Any]

REPEATED = "the same as in the row at position %s"
ALL_MISSING = 'cells composing the primary keys are all "None"'


@dataclass(frozen=True)
class ForeignKey:
    """Fields of a table whose values must be keys of another: `place` is its place among the schema's."""

    place: int
    fields: tuple[str, ...]
    reference: str
    reference_fields: tuple[str, ...]
    keys: KeySet

    def note(self, values: list[str]) -> str:
        """Return frictionless' note on values that the other table does not hold."""
        return (
            f'for "{", ".join(self.fields)}": values "{", ".join(values)}" not found in the lookup table '
            f'"{self.reference}" as "{", ".join(self.reference_fields)}"'
        )


def foreign_keys_of(table: OpenTable, resource: Resource, scope: Scope) -> tuple[ForeignKey, ...]:
    """Return a table's foreign keys with the keys of the tables that they refer to, which are read for it.

    Raises:
        UnprovenError: a table referred to is not there, or cannot be read in bulk.
    """
    itself: KeysRead = {}
    found = []
    for place, described in enumerate(table.foreign_keys):
        reference, fields = described["reference"]["resource"], tuple(described["reference"]["fields"])
        referred = _referred(resource, reference)
        read = itself if referred is resource else scope.keys
        if (reference, fields) not in read:
            read[reference, fields] = _keys(referred, fields, scope.block_bytes)
        if table.column_names.issuperset(described["fields"]):
            own = tuple(described["fields"])
            _refuse_mixed_kinds(table, own, read[reference, fields])
            found.append(ForeignKey(place, own, reference, fields, read[reference, fields]))
    return tuple(found)


def _refuse_mixed_kinds(table: OpenTable, fields: tuple[str, ...], keys: KeySet) -> None:
    kinds = tuple(KeyColumn(table.column(name)).kind for name in fields)
    if len(kinds) > 1 and kinds != keys.kinds:
        raise UnprovenError("keys of several fields whose types differ, alike where some are missing")


def reading_order(table: OpenTable) -> ReadingOrder:
    """Return the order in which frictionless looks at the fields of a table's keys."""
    unique = [(column.name,) for column in table.columns if column.unique]
    foreign = [tuple(key["fields"]) for key in table.foreign_keys]
    groups = [
        *unique,
        table.primary_key,
        *(key if table.column_names.issuperset(key) else () for key in foreign),
    ]
    fields, reach = dict[str, None](), []
    for group in groups:
        fields |= dict.fromkeys(group)
        reach.append(len(fields))
    return ReadingOrder(tuple(fields), tuple(reach))


def _referred(resource: Resource, name: str) -> Resource:
    if not name or name == resource.name:
        return resource
    if resource.package is None or not resource.package.has_resource(name):
        raise UnprovenError("a foreign key to a table that is not there")
    return resource.package.get_resource(name)


def _keys(resource: Resource, fields: tuple[str, ...], block_bytes: int) -> KeySet:
    table = open_table(resource)
    if not fields or not table.column_names.issuperset(fields):
        raise UnprovenError("a foreign key to fields that are not there")
    columns = [KeyColumn(table.column(name)) for name in fields]
    kinds = tuple(column.kind for column in columns)
    return key_set(_bits(table, columns, block_bytes), kinds)


def _bits(table: OpenTable, columns: list[KeyColumn], block_bytes: int) -> Iterator[Bits]:
    for block in blocks(table.stream(), table.form, block_bytes):
        texts = [column.read(block.columns[column.column.index]) for column in columns]
        yield bits_of(texts)[~all_null(texts)]
        for _, cells in block.ragged:
            given = [cells[c.column.index] if c.column.index < len(cells) else None for c in columns]
            values = [column.value(cell) for column, cell in zip(columns, given, strict=True)]
            if any(value is not None for value in values):
                yield bits_of([pl.Series([value], dtype=pl.String) for value in values])


def all_null(texts: list[pl.Series]) -> np.ndarray:
    """Return for each key whether all its parts are missing."""
    if any(not text.null_count() for text in texts):
        return np.zeros(len(texts[0]), bool)
    nothing: np.ndarray = np.logical_and.reduce([text.is_null().to_numpy() for text in texts])
    return nothing


class Integrity:
    """The keys of a table while it is read: what is wrong at once, and what only the end can tell."""

    def __init__(self, table: OpenTable, foreign_keys: tuple[ForeignKey, ...], findings: Findings) -> None:
        self._findings, self._foreign, self._primary_key = findings, foreign_keys, table.primary_key
        self._unique = {column.name: Occurrences() for column in table.columns if column.unique}
        self.columns = {name: KeyColumn(table.column(name)) for name in findings.order.fields}
        shared = len(table.primary_key) == 1 and table.primary_key[0] in self._unique
        self._primary = self._unique[table.primary_key[0]] if shared else Occurrences()
        self._shared = shared

    def of_block(self, block: Block) -> Iterator[Errors]:
        """Yield what is wrong with the keys of a block's full records, and remember them."""
        cells = {name: block.columns[key.column.index] for name, key in self.columns.items()}
        texts = {name: key.read(cells[name]) for name, key in self.columns.items()}

        def value_at(name: str, place: int) -> Any:
            return self.columns[name].column.reader(cells[name][place].as_py())[0]

        yield from self._errors(block.numbers, texts, value_at)

    def of_row(self, row: Row) -> Iterator[Errors]:
        """Yield what is wrong with the keys of one record that frictionless has read, and remember them."""
        texts = {name: pl.Series([canonical(row[name])], dtype=pl.String) for name in self.columns}
        yield from self._errors(np.array([row.row_number]), texts, lambda name, _: row[name])

    def at_end(self) -> Iterator[tuple[Errors, np.ndarray]]:
        """Yield the keys that occur twice, with the record where each occurred before."""
        for place, (name, occurrences) in enumerate(self._unique.items()):
            number = self.columns[name].column.number
            yield self._repeated(occurrences, Meaning("unique-error", REPEATED, name, number), place)
        if self._primary_key:
            yield self._repeated(self._primary, Meaning("primary-key", REPEATED), len(self._unique))

    def _repeated(self, occurrences: Occurrences, meaning: Meaning, order: int) -> tuple[Errors, np.ndarray]:
        rows, before = occurrences.repeated()
        return self._found(rows, order, np.full(len(rows), self._findings.code(meaning))), before

    def _found(self, rows: np.ndarray, order: int, means: np.ndarray) -> Errors:
        return Errors(rows, np.full(len(rows), AFTER_CELLS + order), means)

    def _errors(
        self, numbers: np.ndarray, texts: dict[str, pl.Series], value_at: ValueAt
    ) -> Iterator[Errors]:
        for name, occurrences in self._unique.items():
            _remember(occurrences, [texts[name]], numbers)
        if self._primary_key:
            yield self._primary_errors(numbers, [texts[name] for name in self._primary_key])
        for key in self._foreign:
            yield self._foreign_errors(key, numbers, [texts[name] for name in key.fields], value_at)

    def _primary_errors(self, numbers: np.ndarray, texts: list[pl.Series]) -> Errors:
        if not self._shared:
            _remember(self._primary, texts, numbers)
        rows = numbers[all_null(texts)]
        code = self._findings.code(Meaning("primary-key", ALL_MISSING))
        return self._found(rows, len(self._unique), np.full(len(rows), code))

    def _foreign_errors(
        self, key: ForeignKey, numbers: np.ndarray, texts: list[pl.Series], value_at: ValueAt
    ) -> Errors:
        kinds = tuple(self.columns[name].kind for name in key.fields)
        nothing = all_null(texts)
        held = key.keys.holds(bits_of(texts)) if kinds == key.keys.kinds else nothing
        places = np.flatnonzero(~nothing & ~held)
        means = np.zeros(len(places), np.int64)
        for step, place in enumerate(places.tolist()):
            note = key.note([str(value_at(name, place)) for name in key.fields])
            means[step] = self._findings.code(Meaning("foreign-key", note, foreign=key.place))
        return self._found(numbers[places], len(self._unique) + 1 + key.place, means)


def _remember(occurrences: Occurrences, texts: list[pl.Series], numbers: np.ndarray) -> None:
    bits, nothing = bits_of(texts), all_null(texts)
    if nothing.any():
        occurrences.add(bits[~nothing], numbers[~nothing])
    else:
        occurrences.add(bits, numbers)
