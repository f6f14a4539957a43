"""What a remedy did, as it may stand in a published package: no value, no secret."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

Parameter = str | int | float | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True)
class Remedy:
    """An entry of the provenance.

    Attributes:
        remedy: what was done: drop, age_bands, suppress, …
        columns: to which columns.
        rows: in how many rows a cell changed.
        parameters: how: steps, thresholds, distances; never a seed.
    """

    remedy: str
    columns: tuple[str, ...]
    rows: int
    parameters: Mapping[str, Parameter] = field(default_factory=dict)


def require_columns(frame: pl.DataFrame, *names: str) -> None:
    """Raise a UsageError unless all columns are there."""
    for name in names:
        if name not in frame.columns:
            raise UsageError(f"no column '{name}'{nearest(name, frame.columns)}")


def changed_rows(before: pl.DataFrame, after: pl.DataFrame) -> int:
    """Return in how many rows a cell differs; both frames have the same columns and rows."""
    if not before.width:
        return 0
    differs = pl.any_horizontal(
        before[name].cast(pl.String).ne_missing(after[name].cast(pl.String)) for name in before.columns
    )
    return int(before.select(differs.sum()).item())
