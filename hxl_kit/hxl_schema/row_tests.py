"""Tests on rows: what must be filled, and what must not be there twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.hxl_schema.cells import by_distinct, exact_numbers, folded
from hxl_kit.hxl_schema.dates import date_keys
from hxl_kit.hxl_schema.finding import Said
from hxl_kit.hxl_schema.part import MARKS, Column, Part, marks, together
from hxl_kit.hxl_schema.part import selected as those_selected
from hxl_kit.hxl_schema.testing import Test
from hxl_kit.reading.table import ROW_NUMBER, VISIBLE, listed
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.hxl_schema.finding import Params
    from hxl_kit.standard.tags import TagPattern

NO_COLUMN = N_("is required, and no column has this tag")
TOO_FEW_COLUMNS = N_("is required in {least} columns, and only {found} have this tag")
EMPTY, TOO_FEW_FILLED = (
    N_("is empty, and must be filled"),
    N_("is filled less often in this row than the {least} times that it must be"),
)
TOO_MANY_FILLED = N_("is filled more often in this row than the {most} times that it may be")
THERE_ALREADY, ROW_AGAIN = N_("is there already"), N_("repeats an earlier row in {columns}")
NO_KEY = N_("cannot be checked: no column has the tag {tags}")

SHORTEST_NUMBER = r"^(0|[1-9][0-9]*)$"
"""A whole number as its key has it."""


@dataclass(frozen=True)
class Required(Test):
    """`#valid_required`, `+min`, `+max`: so many of the columns are filled in each row."""

    slug = "hxl-required"
    scope = "row"
    least: int | None
    most: int | None

    def missing(self, selected: Sequence[Column], columns: Sequence[Column]) -> Said | None:
        """Return that there are too few columns, which is told once and not for every row."""
        del columns
        if self.least is None or len(selected) >= self.least:
            return None
        if not selected:
            return Said(NO_COLUMN)
        return Said(TOO_FEW_COLUMNS, {"least": self.least, "found": len(selected)})

    def params(self, part: Part, number: int | None) -> Params:
        """Return how many are needed and allowed."""
        del part, number
        return {"least": self.least or 0, "most": self.most or 0}

    def found(self, part: Part, selected: Sequence[Column]) -> pl.DataFrame:
        """Return a mark on the first empty cell of rows with too few filled, the last filled of those with too many."""
        if not selected or self.missing(selected, part.columns):
            return pl.DataFrame(schema=MARKS)
        filled = [pl.col(column.name).str.contains(VISIBLE).fill_null(value=False) for column in selected]
        number = pl.sum_horizontal(*filled)
        numbers = [column.number for column in selected]
        first_empty = pl.coalesce(pl.when(~full).then(n) for full, n in zip(filled, numbers, strict=True))
        last_filled = pl.coalesce(
            pl.when(full).then(n) for full, n in reversed(list(zip(filled, numbers, strict=True)))
        )
        frame = part.frame.lazy().select(
            ROW_NUMBER, number.alias("filled"), first_empty.alias("empty"), last_filled.alias("last")
        )
        found = []
        if self.least is not None:
            found.append(_told(frame, pl.col("filled") < self.least, self._too_few, "empty"))
        if self.most is not None:
            found.append(_told(frame, pl.col("filled") > self.most, TOO_MANY_FILLED, "last"))
        return together(found)

    @property
    def _too_few(self) -> str:
        return EMPTY if self.least == 1 else TOO_FEW_FILLED


def _told(frame: pl.LazyFrame, wrong: pl.Expr, message: str, column: str) -> pl.DataFrame:
    """Return the marks on the rows that are wrong, on the column whose number is in `column`."""
    return marks(frame.filter(wrong).with_columns(pl.lit(message).alias("message")).collect(), pl.col(column))


@dataclass(frozen=True)
class UniqueValue(Test):
    """`#valid_unique`: no value twice, in all columns of the rule together; case, accents and space do not count."""

    slug = "hxl-unique"

    def whole(self, selected: Sequence[Column]) -> bool:
        """Return True: the first of two equal values may be anywhere."""
        return bool(selected)

    def found(self, part: Part, selected: Sequence[Column]) -> pl.DataFrame:
        """Return a mark on every cell that repeats an earlier one, row by row from the left."""
        if not selected:
            return pl.DataFrame(schema=MARKS)
        cells = pl.concat(
            [
                part.frame.select(
                    ROW_NUMBER, pl.lit(column.number).alias("number"), pl.col(column.name).alias("cell")
                )
                for column in selected
            ]
        ).filter(pl.col("cell").str.contains(VISIBLE))
        if len(selected) > 1:
            cells = cells.sort(ROW_NUMBER, "number")
        again = cells.filter(~folded(cells["cell"]).is_first_distinct())
        return marks(again.with_columns(pl.lit(THERE_ALREADY).alias("message")), pl.col("number"))


@dataclass(frozen=True)
class UniqueRow(Test):
    """`#valid_unique+key`: no two rows with equal cells in the key's columns, or in all columns."""

    slug = "hxl-unique-row"
    scope = "row"
    key: tuple[TagPattern, ...]

    def missing(self, selected: Sequence[Column], columns: Sequence[Column]) -> Said | None:
        """Return that the table has none of the key's columns."""
        del selected
        return missing_columns(self.key, columns) if self.key else None

    def whole(self, selected: Sequence[Column]) -> bool:
        """Return True: the first of two equal rows may be anywhere."""
        del selected
        return True

    def needs(self, selected: Sequence[Column], columns: Sequence[Column]) -> Sequence[Column]:
        """Return the key's columns."""
        del selected
        return those_selected(columns, self.key) if self.key else columns

    def found(self, part: Part, selected: Sequence[Column]) -> pl.DataFrame:
        """Return a mark on every row that repeats an earlier one."""
        columns = self.needs(selected, part.columns)
        if not columns:
            return pl.DataFrame(schema=MARKS)
        again = ~row_keys(part.frame, columns).is_first_distinct()
        rows = part.frame.select(ROW_NUMBER).filter(again).with_columns(pl.lit(ROW_AGAIN).alias("message"))
        return marks(rows, None)

    def params(self, part: Part, number: int | None) -> Params:
        """Return the columns of the key."""
        del number
        key = self.needs((), part.columns)
        return {"columns": listed([str(column.tag) if column.tag else column.name for column in key])}


def row_keys(frame: pl.DataFrame, columns: Sequence[Column]) -> pl.Series:
    """Return for each row the values to compare: dates and numbers by value, text folded, an empty cell as itself."""
    keys = [cell_keys(frame[column.name], column).alias(column.name) for column in columns]
    return keys[0] if len(keys) == 1 else pl.DataFrame(keys).to_struct("key")


def cell_keys(cells: pl.Series, column: Column) -> pl.Series:
    """Return for each cell the text by which it equals others: 1.0 is 1, and a date of `#date` its ISO text."""

    def form(distinct: pl.Series) -> pl.Series:
        if not column.is_date and distinct.str.contains(SHORTEST_NUMBER).all():
            return distinct
        frame = pl.DataFrame({"text": folded(distinct), "number": exact_numbers(distinct)})
        dates = date_keys(distinct) if column.is_date else pl.Series([None], dtype=pl.String)
        return frame.select(pl.coalesce(dates, "number", "text")).to_series()

    return by_distinct(cells, form).fill_null("")


def missing_columns(patterns: Sequence[TagPattern], columns: Sequence[Column]) -> Said | None:
    """Return that the table has none of the columns to compare; None when it has one."""
    if those_selected(columns, patterns):
        return None
    return Said(NO_KEY, {"tags": listed([str(pattern) for pattern in patterns])})
