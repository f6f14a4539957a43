"""The cells of a table of counts, and the sums that tie them together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.words import is_total

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKS = r"^(?:[<≤]\s*\d+|\*+|[-–—.…]+|[xXcCsS]|n/?a|\[c\]|supp?(?:ressed)?\.?)$"
"""What stands in a cell whose count is kept back."""

_DIGITS = {chr(zero + digit): str(digit) for zero in (0x0660, 0x06F0, 0xFF10) for digit in range(10)}
"""Arabic, Persian and full-width digits."""

_ROW = "_row"


@dataclass(frozen=True)
class Sum:
    """A cell that is the sum of others, by their numbers."""

    total: int
    parts: tuple[int, ...]


@dataclass(frozen=True)
class Cells:
    """The counts of a table, row by row: cell number = row * columns + column.

    Attributes:
        columns: the columns that hold counts.
        values: what is stated; None where it is kept back or empty.
        sums: which cells add up to which.
    """

    columns: tuple[str, ...]
    values: tuple[int | None, ...]
    sums: tuple[Sum, ...]

    def place(self, cell: int) -> tuple[int, str]:
        """Return a cell's row (from 0) and column."""
        row, column = divmod(cell, len(self.columns))
        return row, self.columns[column]

    @property
    def hidden(self) -> tuple[int, ...]:
        """The cells without a value."""
        return tuple(cell for cell, value in enumerate(self.values) if value is None)


def cells(frame: pl.DataFrame, counts: Sequence[str], by: Sequence[str]) -> Cells:
    """Return the cells of the count columns, and every sum that holds wherever all its cells are stated.

    Args:
        frame: one row per combination of the columns in `by`; a total has a word for totals there, or nothing.
        counts: the columns of counts, as text or whole numbers; what is no whole number counts as kept back.
        by: the columns that say what a row counts.
    """
    numbers = frame.select(count(name) for name in counts)
    values = tuple(value for row in numbers.iter_rows() for value in row)
    sums = [*_across(counts, values), *(s for name in by for s in _down(frame, name, by, len(counts)))]
    return Cells(tuple(counts), values, tuple(_holding(sums, values)))


def has_totals(frame: pl.DataFrame, counts: Sequence[str], by: Sequence[str]) -> bool:
    """Return whether a table has a column, or rows, that may be the others together; it looks at words alone."""
    if len(counts) > 1 and any(map(is_total, counts)):
        return True
    return any(
        value is None or is_total(value) for name in by for value in frame[name].cast(pl.String).unique()
    )


def count(name: str) -> pl.Expr:
    """Return a column's whole numbers from 0 on; null for all else. 1,024, 3.0 and digits of other scripts are read."""
    latin = pl.col(name).cast(pl.String).str.strip_chars().str.replace_many(_DIGITS)
    plain = latin.str.replace_all(r"([0-9])[,\u00a0\u202f ]([0-9]{3})\b", "$1$2").str.replace(r"\.0+$", "")
    return plain.str.extract(r"^([0-9]{1,15})$").cast(pl.Int64).alias(name)


def _across(counts: Sequence[str], values: Sequence[int | None]) -> list[list[Sum]]:
    """The sums along rows: one column named a total is all the others together."""
    totals = [i for i, name in enumerate(counts) if is_total(name)]
    if len(totals) != 1 or len(counts) < 2:  # noqa: PLR2004 - a total and a part
        return []
    total, width = totals[0], len(counts)
    parts = [i for i in range(width) if i != total]
    starts = range(0, len(values), width)
    return [[Sum(start + total, tuple(start + i for i in parts)) for start in starts]]


def _down(frame: pl.DataFrame, name: str, by: Sequence[str], width: int) -> list[list[Sum]]:
    """The sums along one column of groups: the rows of its total word, or of no word, are all others together."""
    words = [value for value in frame[name].cast(pl.String).unique() if value is None or is_total(value)]
    total = pl.col(name).cast(pl.String).is_in(words, nulls_equal=True)
    others = [pl.col(other).alias(f"_by{number}") for number, other in enumerate(by) if other != name]
    rows = frame.select(total.alias("_total"), *others).with_row_index(_ROW)
    if not rows["_total"].any():
        return []
    labels = [column for column in rows.columns if column.startswith("_by")]
    groups = rows.group_by(labels) if labels else rows.group_by(pl.lit(0).alias("_all"))
    found = groups.agg(
        totals=pl.col(_ROW).filter("_total"), parts=pl.col(_ROW).filter(~pl.col("_total"))
    ).filter(pl.col("totals").list.len() == 1, pl.col("parts").list.len() > 0)
    pairs = list(found.select("totals", "parts").iter_rows())
    return [
        [Sum(totals[0] * width + i, tuple(part * width + i for part in parts)) for totals, parts in pairs]
        for i in range(width)
    ]


def _holding(families: Sequence[Sequence[Sum]], values: Sequence[int | None]) -> list[Sum]:
    """Return the sums of families that hold: most of those that are stated in full do, and none that does not."""
    found: list[Sum] = []
    for family in families:
        checked = [_holds(each, values) for each in family]
        if checked.count(True) >= checked.count(False):
            found += [each for each, holds in zip(family, checked, strict=True) if holds is not False]
    return found


def _holds(each: Sum, values: Sequence[int | None]) -> bool | None:
    stated = [values[cell] for cell in each.parts]
    total = values[each.total]
    if total is None or None in stated:
        return None
    return sum(value or 0 for value in stated) == total
