"""Errors held as numbers: which row, in which order, what it means; rendered only when they are shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
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
    earlier: int = 0

    @property
    def note(self) -> str:
        """The note as frictionless words it."""
        return self.meaning.note % self.earlier if self.earlier else self.meaning.note


@dataclass
class Findings:
    """A table's errors. Counts are complete; with a limit, only as many of the first errors are held as it names."""

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
        meanings = list(self._meanings)
        rows, means, earlier = self._sorted()
        for row, mean, before in zip(rows.tolist(), means.tolist(), earlier.tolist(), strict=True):
            yield Finding(row, meanings[mean], before)

    def rows(self) -> np.ndarray:
        """Return the record numbers of the errors that iteration yields, in its order."""
        return self._sorted()[0]

    def _sorted(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        nothing = np.zeros(0, np.int64)
        rows = np.concatenate([nothing, *self._rows])
        order = np.concatenate([nothing, *self._order])
        sequence = np.lexsort((order, rows))[: self.limit]
        means = np.concatenate([nothing, *self._means])
        return rows[sequence], means[sequence], np.concatenate([nothing, *self._earlier])[sequence]

    def _count(self, means: np.ndarray) -> None:
        meanings = list(self._meanings) if len(means) else []
        for code, times in zip(*np.unique(means, return_counts=True), strict=True):
            meaning = meanings[code]
            self.counts[meaning.type, meaning.field_name] += int(times)
