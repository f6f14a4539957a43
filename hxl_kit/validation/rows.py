"""Rows read again by their numbers: what a report's findings speak about, where a cell's own text is needed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.reading import open_table
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection

    from hxl_kit.reading import BadRow, TableText
    from hxl_kit.standard.tags import Tag
    from hxl_kit.validation.report import TableFile


@dataclass(frozen=True)
class Rows:
    """Some rows of a table, as received. They may hold personal values: nothing of them goes into a message.

    Attributes:
        header: the columns' names, in order.
        tags: their HXL tags, None where there is none.
        delimiter: what parts the cells of delimited text; "" elsewhere.
        frame: `row_number` (UInt32), then the columns as text, in the file's order.
        ragged: the rows that do not have the header's number of cells.
    """

    header: tuple[str, ...]
    tags: tuple[Tag | None, ...]
    delimiter: str
    frame: pl.DataFrame
    ragged: tuple[BadRow, ...]


def rows_of(table: TableFile, numbers: Collection[int]) -> Rows:
    """Return the rows of a table that have one of these row numbers; numbers of no data row are left out.

    The file is read in batches, and not beyond the last of them: memory holds a batch and what is returned.

    Raises:
        InputError: the file cannot be read, or not any further.
    """
    wanted = frozenset(numbers)
    with open_table(table.path, encoding=table.encoding, sheet=table.sheet) as text:
        frames, ragged = _found(text, wanted)
        nothing = pl.DataFrame(schema={ROW_NUMBER: pl.UInt32, **dict.fromkeys(text.header, pl.String)})
        return Rows(text.header, text.tags, text.delimiter, pl.concat([nothing, *frames]), tuple(ragged))


def _found(text: TableText, wanted: frozenset[int]) -> tuple[list[pl.DataFrame], list[BadRow]]:
    frames: list[pl.DataFrame] = []
    ragged: list[BadRow] = []
    numbers = pl.Series(sorted(wanted), dtype=pl.UInt32).implode()
    for batch in text.batches() if wanted else ():
        frames.append(batch.frame.filter(pl.col(ROW_NUMBER).is_in(numbers)))
        ragged += [row for row in batch.bad if row.row_number in wanted]
        if batch.frame.height and batch.frame[ROW_NUMBER][-1] >= max(wanted):
            break
    return frames, ragged
