"""The plain remedies: leave a column out, round counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.cells import count
from hxl_kit.disclosure.remedies.record import Remedy, changed_rows, require_columns
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def drop(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame without columns.

    Raises:
        UsageError: a column is not there.
    """
    require_columns(frame, *columns)
    filled = frame.select(pl.any_horizontal(pl.col(columns).is_not_null()).sum()).item() if columns else 0
    return frame.drop(columns), Remedy("drop", tuple(columns), int(filled))


def round_to(frame: pl.DataFrame, columns: Sequence[str], base: int = 5) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with counts rounded to the nearest multiple of `base`, halves up; other cells stay.

    All counts must be rounded, totals too: then the rounded ones need not add up any more.

    Raises:
        UsageError: a column is not there, or the base is below 2.
    """
    require_columns(frame, *columns)
    if base < 2:  # noqa: PLR2004 - a multiple of 1 is the count itself
        raise UsageError(f"round_to: base {base} rounds nothing; take 3, 5 or 10")
    after = frame.with_columns(_rounded(name, frame.schema[name], base) for name in columns)
    rows = changed_rows(frame.select(columns), after.select(columns))
    return after, Remedy("round", tuple(columns), rows, {"base": base})


def _rounded(name: str, kind: pl.DataType, base: int) -> pl.Expr:
    number = count(name)
    return pl.coalesce(((number + base // 2) // base * base).cast(kind), pl.col(name)).alias(name)
