"""A table of the standard after one remedy: the frame with fields changed, and the record of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.remedies.record import Remedy, changed_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hxl_kit.disclosure.remedies.record import Parameter

Treated = tuple[pl.DataFrame, Remedy]


def changed(
    frame: pl.DataFrame,
    fields: Mapping[str, pl.Expr | pl.Series],
    columns: Sequence[str],
    parameters: Mapping[str, Parameter] | None = None,
) -> Treated:
    """Return the frame with new fields, of the types that they had, and a record without the remedy's name."""
    after = frame.with_columns(
        (pl.lit(new) if isinstance(new, pl.Series) else new).cast(frame.schema[name]).alias(name)
        for name, new in fields.items()
    )
    there = [name for name in columns if name in frame.columns]
    rows = changed_rows(frame.select(there), after.select(there))
    return after, Remedy("", tuple(there), rows, parameters or {})


def nothing(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return empty cells of a field's type."""
    return pl.lit(None, frame.schema[name])
