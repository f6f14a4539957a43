"""Keys without holding them: 128 bits of each, and only rows whose bits agree are compared.

Two values are one key when Python calls them equal, whatever they look like (`1`, `01` and `1.0`), so every value is
first written in one canonical way.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from secrets import randbits
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from hxl_kit.gate.proofs import is_missing
from hxl_kit.gate.unproven import UnprovenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa

    from hxl_kit.gate.fields import Column

LONGEST_PLAIN = 30
"""Characters of a number that is written out; longer ones are written with an exponent."""
CANONICAL = {
    "integer": r"\A(?:0|-?[1-9][0-9]{0,28})\z",
    "number": r"\A(?:0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,13})\.[0-9]{0,13}[1-9])\z",
    "date": r"\A(?:[0-9]{3}[1-9]|[1-9][0-9]{3})-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])\z",
}
"""Texts that are canonical as they are; all other cells of these types are read one by one."""
KINDS = {"any": "string", "integer": "number", "boolean": "number", "year": "number"}
"""Types whose values are compared with those of another type."""
SEEDS = (randbits(63), randbits(63))
"""Drawn anew for each run, so that nobody can prepare keys whose bits agree."""
REMEMBERED = 100_000


def canonical(value: Any) -> str | None:
    """Return a value's one way to be written: equal values of a kind give equal texts, others do not; None for None.

    Raises:
        UnprovenError: values of this type are not compared in bulk.
    """
    match value:
        case None:
            return None
        case str():
            return value
        case bool() | int() | float() | Decimal():
            return _number(Decimal(value))
        case dt.datetime():
            return str(value.astimezone(dt.UTC) if value.tzinfo else value)
        case dt.date():
            return value.isoformat()
    raise UnprovenError(f"keys of type {type(value).__name__} are not compared in bulk")


def _number(value: Decimal) -> str:
    if value.is_nan():
        raise UnprovenError("NaN equals nothing, not even itself")
    if value.is_infinite():
        return str(value)
    sign, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    stripped = text.rstrip("0")
    if not stripped:
        return "0"
    power = int(exponent) + len(text) - len(stripped)
    minus = "-" if sign else ""
    if -LONGEST_PLAIN < power <= 0 or 0 < power < LONGEST_PLAIN:
        plain = f"{Decimal((sign, tuple(map(int, stripped)), power)):f}"
        if len(plain) <= LONGEST_PLAIN:
            return plain
    return f"{minus}{stripped}e{power}"


@dataclass
class KeyColumn:
    """A column of a key: its cells as canonical texts, null where there is no value."""

    column: Column
    known: dict[str, str | None] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """What its values may be equal to: "number" for all that Python compares with numbers, else the type."""
        return KINDS.get(self.column.type, self.column.type)

    def read(self, cells: pa.StringArray) -> pl.Series:
        """Return the canonical texts of a block's cells."""
        text = pl.Series(cells)
        if self.column.type == "any" or (self.column.type == "string" and self.column.format == "default"):
            return self._without_missing(text, cells)
        pattern = CANONICAL.get(self.column.type)
        if pattern is None or not self._plainly_read():
            return self._each(text)
        plain = text.str.contains(pattern)
        known = self._without_missing(text, cells)
        return known if plain.all() else known.zip_with(plain, self._rest(text, plain))

    def value(self, cell: str | None) -> str | None:
        """Return one cell's canonical text."""
        if cell is None:
            return None
        if cell not in self.known:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[cell] = canonical(self.column.reader(cell)[0])
        return self.known[cell]

    def _plainly_read(self) -> bool:
        declared = {"group_char", "decimal_char", "bare_number", "float_number"}
        return self.column.format == "default" and not declared & set(self.column.field.list_defined())

    def _without_missing(self, text: pl.Series, cells: pa.StringArray) -> pl.Series:
        missing = is_missing(cells, self.column.missing)
        return text.set(pl.Series(missing), None) if missing.any() else text

    def _rest(self, text: pl.Series, plain: pl.Series) -> pl.Series:
        places = (~plain).arg_true()
        return text.clear(len(text)).scatter(places, self._each(text.gather(places)))

    def _each(self, text: pl.Series) -> pl.Series:
        distinct = text.unique()
        values = pl.Series([self.value(cell) for cell in distinct], dtype=pl.String)
        return text.replace_strict(distinct, values, return_dtype=pl.String)


@dataclass(frozen=True)
class Bits:
    """Keys as two numbers of 64 bits each."""

    first: np.ndarray
    second: np.ndarray

    def __getitem__(self, rows: np.ndarray) -> Bits:
        """Return the bits of some rows."""
        return Bits(self.first[rows], self.second[rows])


def bits_of(parts: Sequence[pl.Series]) -> Bits:
    """Return the bits of keys; `parts` are the canonical texts of their columns."""
    frame = pl.DataFrame({str(place): part for place, part in enumerate(parts)})
    first, second = (frame.hash_rows(seed=seed).to_numpy() for seed in SEEDS)
    return Bits(first, second)


@dataclass
class Occurrences:
    """Where each key occurs: bits and record numbers, block by block."""

    bits: list[Bits] = field(default_factory=list)
    numbers: list[np.ndarray] = field(default_factory=list)

    def add(self, bits: Bits, numbers: np.ndarray) -> None:
        """Take in a block's keys."""
        self.bits.append(bits)
        self.numbers.append(numbers.astype(np.uint32))

    def repeated(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the records whose key occurred before, and for each the record where it last did."""
        nothing = np.zeros(0, np.int64)
        if not self.bits:
            return nothing, nothing
        first = np.concatenate([bits.first for bits in self.bits])
        ordered = np.sort(first)
        twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
        del ordered
        if not len(twice):
            return nothing, nothing
        places = np.flatnonzero(np.isin(first, twice))
        return self._repeated_among(places, first[places])

    def _repeated_among(self, places: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        second = np.concatenate([bits.second for bits in self.bits])[places]
        numbers = np.concatenate(self.numbers).astype(np.int64)[places]
        order = np.lexsort((numbers, second, first))
        first, second, numbers = first[order], second[order], numbers[order]
        same = (first[1:] == first[:-1]) & (second[1:] == second[:-1])
        found, before = numbers[1:][same], numbers[:-1][same]
        by_row = np.argsort(found)
        return found[by_row], before[by_row]


@dataclass(frozen=True)
class KeySet:
    """The keys of a referenced table, and the kinds of their columns."""

    bits: Bits
    kinds: tuple[str, ...]

    def holds(self, wanted: Bits) -> np.ndarray:
        """Return which keys are among these."""
        if not len(self.bits.first):
            return np.zeros(len(wanted.first), bool)
        place = np.minimum(np.searchsorted(self.bits.first, wanted.first), len(self.bits.first) - 1)
        held: np.ndarray = self.bits.first[place] == wanted.first
        held &= self.bits.second[place] == wanted.second
        return held


def key_set(found: Iterable[Bits], kinds: tuple[str, ...]) -> KeySet:
    """Return the set of some blocks' keys; `kinds` are those of their columns.

    Raises:
        UnprovenError: half of the bits of two different keys agree, which next to never happens.
    """
    parts = list(found)
    none = np.zeros(0, np.uint64)
    first = np.concatenate([none, *(bits.first for bits in parts)])
    second = np.concatenate([none, *(bits.second for bits in parts)])
    order = np.lexsort((second, first))
    first, second = first[order], second[order]
    again = first[1:] == first[:-1]
    if (again & (second[1:] != second[:-1])).any():
        raise UnprovenError("two keys of nearly the same bits")
    kept = np.concatenate([np.ones(min(len(first), 1), bool), ~again])
    return KeySet(Bits(first[kept], second[kept]), kinds)
