"""Coarser values: ages as bands, days as months or years, places as the units above them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import polars as pl

from hxl_kit.disclosure.remedies.record import Remedy, changed_rows, require_columns
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Order = Literal["day-first", "month-first"]

AGE_STARTS = (0, 5, 12, 18, 60)
"""UNHCR's age groups: 0-4, 5-11, 12-17, 18-59, 60+."""

_OLDEST = 125
_MONTHS = 12
_DAY_MONTH = r"^(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[T ].*)?$"
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
    frame: pl.DataFrame, column: str, to: Literal["month", "year"], order: Order | None = None
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with dates cut to "2024-03" or "2024"; what is no date, or leaves the month open, becomes empty.

    ISO dates that are coarse already stay as they are.

    Args:
        frame: the rows.
        column: ISO dates, or dates such as 15/3/2024.
        to: what they are cut to.
        order: what comes first in 4/3/2024; without it only those whose month is plain (15/3/2024) are read.

    Raises:
        UsageError: the column is not there.
    """
    require_columns(frame, column)
    text = pl.col(column).cast(pl.String).str.strip_chars()
    iso = text.str.contains(r"^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:[T ].*)?)?)?$")
    cut = pl.when(iso).then(text.str.slice(0, _DATE_CHARACTERS[to])).otherwise(_other_form(text, to, order))
    after = frame.with_columns(cut.alias(column))
    return after, _record("coarser-dates", frame, after, column, {"to": to})


def _other_form(text: pl.Expr, to: str, order: Order | None) -> pl.Expr:
    """Return year or month of dates such as 15/3/2024, null where it cannot be told."""
    parts = text.str.extract_groups(_DAY_MONTH).struct
    first, second = (parts.field(str(n)).cast(pl.Int8, strict=False) for n in (1, 2))
    year = parts.field("3")
    if to == "year":
        return year
    # Which comes first may be told by the number itself; a day that is a month as well needs to be said.
    month = (
        pl.when(first > _MONTHS).then(second)
        .when(second > _MONTHS).then(first)
        .when(first == second).then(first)
        .otherwise({"day-first": second, "month-first": first, None: pl.lit(None, pl.Int8)}[order])
    )  # fmt: skip
    padded = month.cast(pl.String).str.zfill(2)
    return pl.when(month.is_between(1, _MONTHS)).then(pl.concat_str(year, padded, separator="-"))


def coarser_places(
    frame: pl.DataFrame, column: str, parents: Mapping[str, str]
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with places replaced by the unit above them, such as admin 3 by admin 2.

    Args:
        frame: the rows.
        column: codes (or names) of places.
        parents: the code of the unit above, by code; a place that is not in it becomes empty.

    Raises:
        UsageError: the column is not there.
    """
    require_columns(frame, column)
    above = pl.col(column).cast(pl.String).replace_strict(dict(parents), default=None, return_dtype=pl.String)
    after = frame.with_columns(above.alias(column))
    return after, _record("coarser-places", frame, after, column, {})


def _record(
    remedy: str,
    before: pl.DataFrame,
    after: pl.DataFrame,
    column: str,
    parameters: Mapping[str, str | tuple[int, ...] | tuple[str, ...]],
) -> Remedy:
    rows = changed_rows(before.select(column), after.select(column))
    emptied = after[column].null_count() - before[column].null_count()
    return Remedy(remedy, (column,), rows, {**parameters, "emptied": emptied})
