"""Coarser values: ages as bands, days as months or years, places as the units above them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import polars as pl

from hxl_kit.disclosure.remedies.record import Remedy, changed_rows, require_columns
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

AGE_STARTS = (0, 5, 12, 18, 60)
"""UNHCR's age groups: 0-4, 5-11, 12-17, 18-59, 60+."""

_OLDEST = 125
_DATE_CHARACTERS = {"month": 7, "year": 4}


def age_bands(
    frame: pl.DataFrame, column: str, starts: Sequence[int] = AGE_STARTS
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with ages in years as bands such as "18-59"; what is no age becomes empty.

    Args:
        frame: the rows.
        column: ages in completed years, as numbers or text.
        starts: the first age of each band, rising; the last band is open, "60+".

    Raises:
        UsageError: the column is not there, or the starts do not rise from 0.
    """
    require_columns(frame, column)
    if not starts or starts[0] != 0 or any(low >= high for low, high in pairwise(starts)):
        raise UsageError("age_bands: starts must rise from 0, such as 0, 5, 12, 18, 60")
    number = pl.col(column).cast(pl.String).str.strip_chars().cast(pl.Float64, strict=False).floor()
    known = number.is_between(0, _OLDEST)
    labels = [*(f"{low}-{high - 1}" for low, high in pairwise(starts)), f"{starts[-1]}+"]
    rising = zip(starts, labels, strict=True)
    band = pl.coalesce(
        pl.when(known & (number >= low)).then(pl.lit(label)) for low, label in reversed([*rising])
    )
    after = frame.with_columns(band.alias(column))
    return after, _record("age-bands", frame, after, column, {"starts": tuple(starts)})


def coarser_dates(
    frame: pl.DataFrame, column: str, to: Literal["month", "year"]
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with ISO dates cut to "2024-03" or "2024"; what is no ISO date becomes empty.

    Dates that are coarse already stay as they are.

    Raises:
        UsageError: the column is not there.
    """
    require_columns(frame, column)
    text = pl.col(column).cast(pl.String).str.strip_chars()
    iso = text.str.contains(r"^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:[T ].*)?)?)?$")
    after = frame.with_columns(pl.when(iso).then(text.str.slice(0, _DATE_CHARACTERS[to])).alias(column))
    return after, _record("coarser-dates", frame, after, column, {"to": to})


def coarser_places(
    frame: pl.DataFrame, column: str, parents: Mapping[str, str], *, also: Sequence[str] = ()
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with places replaced by the unit above them, such as admin 3 by admin 2.

    Args:
        frame: the rows.
        column: codes (or names) of places.
        parents: the code of the unit above, by code; a place that is not in it becomes empty.
        also: columns that tell the place as well (its name, coordinates) and are left out.

    Raises:
        UsageError: a column is not there.
    """
    require_columns(frame, column, *also)
    above = pl.col(column).cast(pl.String).replace_strict(dict(parents), default=None, return_dtype=pl.String)
    after = frame.with_columns(above.alias(column))
    record = _record("coarser-places", frame, after, column, {"left_out": tuple(also)})
    return after.drop(also), record


def _record(
    remedy: str,
    before: pl.DataFrame,
    after: pl.DataFrame,
    column: str,
    parameters: Mapping[str, str | tuple[int, ...] | tuple[str, ...]],
) -> Remedy:
    rows = changed_rows(before.select(column), after.select(column))
    return Remedy(remedy, (column,), rows, dict(parameters))
