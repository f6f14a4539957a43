"""Rows of cells as a table that is read, for the tests of HXL schemas."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from hxl_kit.reading.hashtags import find_hashtag_row
from hxl_kit.reading.table import ROW_NUMBER, Batch, TableText


def table_of(rows, size=None, path="rows.csv"):
    """Return rows as a table in batches of `size` rows; rows of another width are filled or cut."""
    found = find_hashtag_row(rows)
    width, first = len(found.tags), found.index + 2
    names = tuple(f"c{n + 1}" for n in range(width))
    data = [(*row[:width], *[""] * (width - len(row))) for row in found.data(rows)]
    numbers = pl.Series(ROW_NUMBER, range(first, first + len(data)), dtype=pl.UInt32)
    cells = [
        pl.Series(name, [row[n] or None for row in data], dtype=pl.String) for n, name in enumerate(names)
    ]
    frame = pl.DataFrame([numbers, *cells])
    parts = [frame] if size is None else list(frame.iter_slices(size))
    return TableText(
        Path(path), "csv", "utf-8", ",", None, names, found.tags, first, (), lambda: iter(map(Batch, parts))
    )
