"""Errors held as numbers: which row, in which order, what it means; rendered only when they are shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

AFTER_CELLS = 1 << 20
"""The place of a row's key errors: after those of its cells."""


@dataclass(frozen=True)
class Meaning:
    """What an error says apart from its row: frictionless' type and note, and the field it names."""

    type: str
    note: str
    field_name: str | None = None
    field_number: int | None = None
    foreign: int | None = None
    """The place among the schema's foreign keys of the one that is broken."""


class Errors(NamedTuple):
    """Errors of some rows: record numbers, the order within a row, and the codes of their meanings."""

    rows: np.ndarray
    order: np.ndarray
    means: np.ndarray


@dataclass(frozen=True)
class Finding:
    """An error: its record number, its meaning, and the earlier record that a key error points to (0: none)."""

    row: int
    meaning: Meaning
    place: int
    earlier: int = 0

    @property
    def note(self) -> str:
        """The note as frictionless words it."""
        return self.meaning.note % self.earlier if self.earlier else self.meaning.note


@dataclass(frozen=True)
class ReadingOrder:
    """The order in which frictionless reads a row's cells, and so tells their errors.

    It looks at the fields of keys first; at the first broken key it reads the rest of the row.

    Attributes:
        fields: the fields of keys, in the order in which they are looked at.
        reach: for each key, how many of these have been looked at when it is found broken.
    """

    fields: tuple[str, ...]
    reach: tuple[int, ...]

    def looked_at(self, found: list[Finding]) -> tuple[str, ...]:
        """Return the fields that are looked at before the rest of a row with these errors."""
        broken = [finding.place - AFTER_CELLS for finding in found if finding.place >= AFTER_CELLS]
        return self.fields[: self.reach[min(broken)]] if broken else self.fields

    def arranged(self, found: list[Finding]) -> list[Finding]:
        """Return a row's errors, which are in the order of a row whose keys are fine, in its own order."""
        first = {name: place for place, name in enumerate(self.looked_at(found))}
        if len(first) == len(self.fields):
            return found

        def key(finding: Finding) -> tuple[int, int]:
            name, number = finding.meaning.field_name, finding.meaning.field_number or 0
            if finding.place >= AFTER_CELLS:
                return 3, finding.place
            if finding.meaning.type in {"extra-cell", "missing-cell"}:
                return 2, number
            return (0, first[name]) if name in first else (1, number)

        return sorted(found, key=key)


@dataclass
class Findings:
    """A table's errors. Counts are complete; with a limit, only as many of the first errors are held as it names."""

    order: ReadingOrder
    limit: int | None = None
    counts: Counter[tuple[str, str | None]] = field(default_factory=Counter)
    _meanings: dict[Meaning, int] = field(default_factory=dict)
    _rows: list[np.ndarray] = field(default_factory=list)
    _order: list[np.ndarray] = field(default_factory=list)
    _means: list[np.ndarray] = field(default_factory=list)
    _earlier: list[np.ndarray] = field(default_factory=list)
    _held: int = 0

    @property
    def total(self) -> int:
        """The number of errors, held or not."""
        return self.counts.total()

    def code(self, meaning: Meaning) -> int:
        """Return the number that stands for a meaning."""
        return self._meanings.setdefault(meaning, len(self._meanings))

    def add(self, parts: Sequence[Errors]) -> None:
        """Take in the errors of a block; all its rows come after those of the blocks before."""
        rows, order, means = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        if not len(rows):
            return
        self._count(means)
        if self.limit is None or self._held < self.limit:
            self._held += len(rows)
            self._hold(rows, order, means, np.zeros(len(rows), np.int64))

    def add_late(self, errors: Errors, earlier: np.ndarray) -> None:
        """Take in errors that only the end of the table tells, by row, each with the record it points to."""
        self._count(errors.means)
        self._hold(*(array[: self.limit] for array in (*errors, earlier)))

    def _hold(self, rows: np.ndarray, order: np.ndarray, means: np.ndarray, earlier: np.ndarray) -> None:
        self._rows.append(rows.astype(np.int64))
        self._order.append(order.astype(np.int32))
        self._means.append(means.astype(np.int32))
        self._earlier.append(earlier)

    def __iter__(self) -> Iterator[Finding]:
        """Yield the errors in frictionless' order, up to the limit."""
        return islice(chain.from_iterable(self.by_row()), self.limit)

    def by_row(self) -> Iterator[list[Finding]]:
        """Yield the errors of each row, whole rows, until the limit is reached."""
        meanings = list(self._meanings)
        arrays = [array.tolist() for array in self._sorted()]
        found = (
            Finding(row, meanings[mean], place, before)
            for row, place, mean, before in zip(*arrays, strict=True)
        )
        told = 0
        for _, same in groupby(found, key=lambda finding: finding.row):
            if self.limit is not None and told >= self.limit:
                return
            errors = self.order.arranged(list(same))
            told += len(errors)
            yield errors

    def _sorted(self) -> tuple[np.ndarray, ...]:
        """Return rows, places, meanings and earlier rows, by row and place."""
        nothing = [np.zeros(0, np.int64)]
        held = (self._rows, self._order, self._means, self._earlier)
        rows, order, means, earlier = (np.concatenate([*nothing, *arrays]) for arrays in held)
        sequence = np.lexsort((order, rows))
        return rows[sequence], order[sequence], means[sequence], earlier[sequence]

    def _count(self, means: np.ndarray) -> None:
        meanings = list(self._meanings) if len(means) else []
        for code, times in zip(*np.unique(means, return_counts=True), strict=True):
            meaning = meanings[code]
            self.counts[meaning.type, meaning.field_name] += int(times)
