"""One column's way through the gate: proofs in bulk, then each other distinct value once to frictionless' reader."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from hxl_kit.gate.arrow import codes, flags, picked, texts
from hxl_kit.gate.bounded import BoundedReader
from hxl_kit.gate.proofs import always, proofs_of

if TYPE_CHECKING:
    from hxl_kit.gate.fields import Column

    Notes = tuple[tuple[str, str], ...]

REMEMBERED = 100_000
"""Values of one column whose verdict is kept."""
FAMILIAR = 512
"""Clean values that a whole block is compared with; more of them cost more than they save."""
FEW = 128
"""Distinct values in the first block that make knowing them cheaper than proving each cell."""
WORTH_KEEPING = 0.5
"""The share of a block that familiar values must decide to be tried on the next one."""


@dataclass(frozen=True)
class Faults:
    """The faulty cells of a column in a block: their rows there (from 0) and what frictionless notes of each."""

    rows: np.ndarray
    notes: list[Notes]


NO_FAULTS = Faults(np.zeros(0, np.int64), [])


@dataclass
class Familiar:
    """Clean values that come again and again: a block is compared with them before anything else is tried."""

    values: dict[str, None] = field(default_factory=dict)
    array: pa.StringArray = field(default_factory=lambda: texts([]))
    useful: bool = True

    def learn(self, value: str) -> None:
        """Take in a clean value; too many make it useless."""
        if self.useful:
            self.values[value] = None
            self.useful = len(self.values) <= FAMILIAR

    def others(self, cells: pa.StringArray) -> np.ndarray | None:
        """Return the rows of a block whose cells are none of these; None stands for all rows."""
        if not self.values or not self.useful:
            return None
        if len(self.array) != len(self.values):
            self.array = texts(list(self.values))
        rows = np.flatnonzero(~flags(pc.is_in(cells, value_set=self.array)))
        self.useful = len(rows) <= len(cells) * (1 - WORTH_KEEPING)
        return rows


class Lane:
    """A column's proofs and what is learnt of its values; `faults` is called block by block."""

    def __init__(self, column: Column) -> None:
        """Choose the proofs of a column."""
        self.column = column
        self._always = always(column)
        self._proofs = () if self._always else proofs_of(column)
        self._verdicts: dict[str, Notes] = {}
        self._familiar = Familiar()
        self._new = bool(self._proofs)

    def faults(self, cells: pa.StringArray) -> Faults:
        """Return the faulty cells of a block.

        Raises:
            Exception: frictionless' own reader fails on a value; the resource is then left to it as a whole.
        """
        rows = self._undecided(cells)
        return self._asked(cells, rows) if rows is None or len(rows) else NO_FAULTS

    def _undecided(self, cells: pa.StringArray) -> np.ndarray | None:
        """Return the rows that no proof decides; None stands for all of them."""
        if self._always:
            return NO_FAULTS.rows
        if self._new:
            self._meet(cells)
        rows = self._familiar.others(cells)
        for proof in self._proofs:
            if rows is not None and not len(rows):
                break
            part = cells if rows is None else picked(cells, rows)
            accepted = proof(part)
            if accepted.all():
                return NO_FAULTS.rows
            left = np.flatnonzero(~accepted)
            rows = left if rows is None else rows[left]
        return rows

    def _meet(self, cells: pa.StringArray) -> None:
        """Learn the values of the first block when they are few; else the proofs are left to it."""
        values = cells.unique()
        self._new, self._familiar.useful = False, len(values) <= FEW
        if self._familiar.useful:
            self._asked(values, None)

    def _asked(self, cells: pa.StringArray, rows: np.ndarray | None) -> Faults:
        part = cells if rows is None else picked(cells, rows)
        coded = part.dictionary_encode()
        values = coded.dictionary.to_pylist()
        if isinstance(self.column.reader, BoundedReader):
            self.column.reader.meet(values)
        verdicts = [self.verdict(value) for value in values]
        if not any(verdicts):
            return NO_FAULTS
        found = codes(coded.indices)
        faulty = np.flatnonzero(np.array([bool(verdict) for verdict in verdicts])[found])
        return Faults(
            faulty if rows is None else rows[faulty], [verdicts[code] for code in found[faulty].tolist()]
        )

    def verdict(self, value: str) -> Notes:
        """Return what frictionless notes of a value: pairs of error type and note, none when it is clean."""
        known = self._verdicts.get(value)
        if known is not None:
            return known
        _, notes = self.column.reader(value)
        # Items of a list may have broken a constraint before the type: frictionless tells the type first.
        found = tuple(
            ("type-error" if name == "type" else "constraint-error", note)
            for name, note in sorted((notes or {}).items(), key=lambda one: one[0] != "type")
        )
        self._learn(value, found)
        return found

    def _learn(self, value: str, verdict: Notes) -> None:
        if len(self._verdicts) >= REMEMBERED:
            self._verdicts.clear()
        self._verdicts[value] = verdict
        if not verdict:
            self._familiar.learn(value)
