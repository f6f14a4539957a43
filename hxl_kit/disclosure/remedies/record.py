"""What a remedy did, as it may stand in a published package: no value, no secret."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import UsageError, nearest
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Mapping

Parameter = str | int | float | tuple[int, ...] | tuple[str, ...]


@dataclass(frozen=True)
class Remedy:
    """An entry of the provenance.

    Attributes:
        remedy: what was done: drop, age-bands, suppress, …
        columns: to which columns.
        rows: in how many rows a cell changed.
        parameters: how: steps, thresholds, distances; never a seed.
        table: of which table, "" of a table that is alone.
        why: the author's reason.
    """

    remedy: str
    columns: tuple[str, ...]
    rows: int
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    table: str = ""
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the entry as descriptors carry it; empty parts are left out."""
        order = ("remedy", "table", "columns", "rows", "parameters", "why")
        described = asdict(self)
        return {key: described[key] for key in order if described[key] not in ("", (), {})}


def require_columns(frame: pl.DataFrame, *names: str) -> None:
    """Raise a UsageError unless all columns are there."""
    for name in names:
        if name not in frame.columns:
            raise UsageError(f"no column '{shown(name)}'{nearest(name, map(shown, frame.columns))}")


def changed_rows(before: pl.DataFrame, after: pl.DataFrame) -> int:
    """Return in how many rows a cell differs; both frames have the same columns and rows."""
    if not before.width:
        return 0
    differs = pl.any_horizontal(
        before[name].cast(pl.String).ne_missing(after[name].cast(pl.String)) for name in before.columns
    )
    return int(before.select(differs.sum()).item())
