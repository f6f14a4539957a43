"""Between numpy and Arrow without copies, and without pandas, which Arrow's own conversions import when they find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Sequence


def picked(cells: pa.Array, rows: np.ndarray) -> pa.Array:
    """Return the cells of some rows, or a batch of them."""
    places = np.ascontiguousarray(rows, dtype=np.int64)
    return cells.take(pa.Array.from_buffers(pa.int64(), len(places), [None, pa.py_buffer(places)]))


def texts(values: Sequence[str]) -> pa.StringArray:
    """Return texts as an array."""
    series = pl.Series(values, dtype=pl.String)
    return series.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(pa.string())


def flags(found: pa.BooleanArray) -> np.ndarray:
    """Return truth values, none of them null, as numpy's."""
    bits = np.frombuffer(found.buffers()[1], np.uint8)
    first = found.offset
    return np.unpackbits(bits, bitorder="little")[first : first + len(found)].astype(bool)


def codes(indices: pa.Int32Array) -> np.ndarray:
    """Return the codes of a dictionary-encoded array without nulls as numpy's."""
    first = indices.offset
    return np.frombuffer(indices.buffers()[1], np.int32)[first : first + len(indices)]
