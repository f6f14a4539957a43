"""A table of people, read whole, and its columns by names that may be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError, UsageError, nearest
from hxl_kit.reading.table import ROW_NUMBER, counted, shown
from hxl_kit.screening.texts import NAME_WORDS, safe_name
from hxl_kit.validation.forms import missing_header

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.reading import TableText


def whole(text: TableText) -> pl.DataFrame:
    """Return all rows of an open table, as text with row_number.

    Raises:
        InputError: it cannot be read, has no header, or records that do not fit it.
    """
    frames = [pl.DataFrame(schema={ROW_NUMBER: pl.UInt32, **dict.fromkeys(text.header, pl.String)})]
    for batch in text.batches():
        if len(frames) == 1 and (issue := missing_header(text.path.name, text, batch.frame)):
            raise InputError(f"{text.path}: {issue.told()}; write a header above it first")
        if batch.bad:
            raise InputError(
                f"{text.path}: {counted(len(batch.bad), 'record')} from {batch.bad[0].row_number} on "
                "do not have the header's number of cells: which cell is which cannot be told; mend them first"
            )
        frames.append(batch.frame)
    return pl.concat(frames)


def label(name: str, header: Sequence[str]) -> str:
    """Return a column's name, or "column 3" where its name seems to be a person's or an address."""
    words = name.split()
    parts = [" ".join(words[n : n + NAME_WORDS]) for n in range(0, len(words), NAME_WORDS)]
    return name if all(safe_name(part, "") for part in parts) else f"column {header.index(name) + 1}"


def column(named: str, header: Sequence[str]) -> str:
    """Return the column that a name, or "column 3", stands for.

    Raises:
        UsageError: there is none.
    """
    if named in header:
        return named
    number = named.removeprefix("column ")
    if number.isdecimal() and 0 < int(number) <= len(header):
        return header[int(number) - 1]
    raise UsageError(f"no column '{shown(named)}'{nearest(named, (shown(label(n, header)) for n in header))}")
