"""The row loop: a table's blocks through its lanes and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from frictionless.table import Row

from hxl_kit.gate.arrow import picked
from hxl_kit.gate.blocks import blocks
from hxl_kit.gate.findings import Errors, Meaning
from hxl_kit.gate.integrity import Integrity
from hxl_kit.gate.lanes import Lane
from hxl_kit.gate.proofs import is_missing, lengths
from hxl_kit.gate.unproven import UnprovenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa

    from hxl_kit.gate.blocks import Block
    from hxl_kit.gate.findings import Findings
    from hxl_kit.gate.integrity import ForeignKey
    from hxl_kit.gate.opening import OpenTable
    from hxl_kit.gate.scope import Scope

NOTES_OF_A_CELL = 16
"""More than a cell can have: its type or its constraints."""


def judge_rows(
    table: OpenTable,
    foreign_keys: tuple[ForeignKey, ...],
    findings: Findings,
    scope: Scope,
    digests: tuple[str, ...],
) -> int:
    """Put what is wrong with a table's rows into `findings`, and return how many rows were read.

    Raises:
        UnprovenError: the rows cannot be read in bulk after all; frictionless has to read them.
    """
    run = _Run(table, foreign_keys, findings, scope.stop)
    for block in blocks(table.stream(digests), table.form, scope.block_bytes):
        run.take(block)
        if scope.stop is not None and findings.total >= scope.stop:
            break
    for errors, before in run.integrity.at_end():
        findings.add_late(errors, before)
    return run.rows


class _Run:
    """A table on its way."""

    def __init__(
        self, table: OpenTable, foreign_keys: tuple[ForeignKey, ...], findings: Findings, stop: int | None
    ) -> None:
        self._table, self._findings, self._stop = table, findings, stop
        self._lanes = [Lane(column) for column in table.columns]
        self.integrity = Integrity(table, foreign_keys, findings)
        names = [*findings.order.fields, *(column.name for column in table.columns)]
        self._order = {name: place for place, name in enumerate(dict.fromkeys(names))}
        self.rows = 0

    def take(self, block: Block) -> None:
        self.rows += len(block.numbers) + len(block.ragged)
        found = [*self._of_full(block), *self.integrity.of_block(block)]
        # Each of these has an error of its width at least, so those from `stop` on are never told.
        for number, cells in block.ragged[: self._stop]:
            found += self._of_ragged(number, cells)
        self._findings.add(found)

    def _of_full(self, block: Block) -> Iterator[Errors]:
        self._refuse_ambiguous_blanks(block)
        blank = self._blank(block)
        code = self._findings.code(Meaning("blank-row", ""))
        yield Errors(block.numbers[blank], np.zeros(len(blank)), np.full(len(blank), code))
        for lane, cells in zip(self._lanes, block.columns, strict=True):
            yield from self._of_cells(lane, cells, block.numbers, blank)

    def _of_cells(
        self, lane: Lane, cells: pa.StringArray, numbers: np.ndarray, blank: np.ndarray
    ) -> Iterator[Errors]:
        faults = lane.faults(cells)
        if not len(faults.rows):
            return
        column, place = lane.column, self._order[lane.column.name] * NOTES_OF_A_CELL
        shown = np.isin(faults.rows, blank, invert=True)
        rows = np.repeat(faults.rows, [len(notes) for notes in faults.notes])
        steps = np.array([step for notes in faults.notes for step in range(len(notes))])
        means = np.array(
            [
                self._findings.code(Meaning(kind, note, column.name, column.number))
                for notes in faults.notes
                for kind, note in notes
            ]
        )
        if not shown.all():
            kept = np.repeat(shown, [len(notes) for notes in faults.notes])
            rows, steps, means = rows[kept], steps[kept], means[kept]
        yield Errors(numbers[rows], place + steps, means)

    def _refuse_ambiguous_blanks(self, block: Block) -> None:
        """An empty line and a line of empty cells look alike here; they are one where empty cells are missing."""
        if all("" in lane.column.missing for lane in self._lanes):
            return
        sizes = (lengths(cells) for cells in block.columns)
        if not np.logical_or.reduce([size > 0 for size in sizes]).all():
            raise UnprovenError("empty lines, and empty cells that are not missing")

    def _blank(self, block: Block) -> np.ndarray:
        """Return the places of the records whose every cell is missing; few are left after the first columns."""
        places = np.flatnonzero(is_missing(block.columns[0], self._lanes[0].column.missing))
        for lane, cells in zip(self._lanes[1:], block.columns[1:], strict=True):
            if not len(places):
                break
            places = places[is_missing(picked(cells, places), lane.column.missing)]
        return places

    def _of_ragged(self, number: int, cells: list[str]) -> Iterator[Errors]:
        """Yield the errors of a record of another width, which frictionless' own row judges."""
        row = Row(list(cells), handlers=self._table.handlers, row_number=number)
        for name in self.integrity.columns:
            row[name]
        means = [
            self._findings.code(
                Meaning(
                    error.type,
                    error.note,
                    getattr(error, "field_name", None),
                    getattr(error, "field_number", None),
                )
            )
            for error in row.errors
        ]
        count = len(means)
        yield Errors(np.full(count, number), np.arange(count), np.array(means, np.int64))
        yield from self.integrity.of_row(row)
