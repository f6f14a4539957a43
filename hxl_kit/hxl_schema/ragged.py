"""Records with too many or too few cells, as far as they can be tested."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.hxl_schema.finding import Said
from hxl_kit.reading.table import ROW_NUMBER
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from hxl_kit.reading.table import BadRow, Batch, TableText

OTHER_WIDTH = N_("has a cell count of {found}; the header has {columns}")
NO_RECORD = N_("cannot be read as a row of this table: {why}")

Cells = Sequence[str]


def cells_of(records: Sequence[BadRow], text: TableText) -> list[Cells]:
    """Return the cells of ragged records; none of a record that is no line of delimited text."""
    return [_cells(record, text.delimiter) for record in records]


def _cells(record: BadRow, delimiter: str) -> Cells:
    if not delimiter:
        return ()
    try:
        return next(csv.reader(io.StringIO(record.text, newline=""), delimiter=delimiter), ())
    except csv.Error:
        return ()


def shape_of(record: BadRow, cells: Cells, text: TableText) -> Said:
    """Return what is wrong with a ragged record."""
    if cells:
        return Said(OTHER_WIDTH, {"found": len(cells), "columns": len(text.header)})
    return Said(NO_RECORD, {"why": record.reason})


def with_ragged(batch: Batch, ragged: Sequence[Cells], text: TableText) -> pl.DataFrame:
    """Return a batch's records and the ragged ones in the file's order: short ones filled, long ones cut.

    Source: libhxl fills and cuts them alike, silently.
    """
    rows = [
        (record.row_number, *_fitted(cells, len(text.header)))
        for record, cells in zip(batch.bad, ragged, strict=True)
        if cells
    ]
    if not rows:
        return batch.frame
    more = pl.DataFrame(rows, schema=batch.frame.schema, orient="row")
    return pl.concat([batch.frame, more]).sort(ROW_NUMBER)


def _fitted(cells: Cells, width: int) -> list[str | None]:
    return [cell or None for cell in [*cells[:width], *[""] * (width - len(cells))]]
