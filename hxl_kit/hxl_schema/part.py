"""Rows of a tagged table, and the marks that tests put on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.hxl_schema.cells import visible
from hxl_kit.hxl_schema.dates import order_of
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.hxl_schema.dates import Order
    from hxl_kit.reading.table import TableText
    from hxl_kit.standard.tags import Tag, TagPattern

MARKS = {
    ROW_NUMBER: pl.UInt32,
    "column": pl.UInt32,
    "message": pl.String,
    "value": pl.String,
    "suggested": pl.String,
}
"""What a test finds: rows and columns by number, null where none is meant."""

BROKEN = {"cell": pl.String, "message": pl.String, "suggested": pl.String}
"""Which of a column's different cells a test refuses, why, and what they were meant to be."""


@dataclass(frozen=True)
class Column:
    """A column of the table: its number from 1, its name in the frame and its tag."""

    number: int
    name: str
    tag: Tag | None

    @property
    def key(self) -> str:
        """The tag with its attributes in alphabetical order; columns with the same one are looked at together."""
        return "" if self.tag is None else self.tag.sorted

    @property
    def is_date(self) -> bool:
        """Whether the column holds dates by its hashtag."""
        return self.tag is not None and self.tag.hashtag == "#date"


@dataclass(frozen=True)
class Part:
    """Some rows of a table, or all: `row_number` and the columns' cells as text; what is asked twice is kept."""

    frame: pl.DataFrame
    columns: tuple[Column, ...]
    kept: dict[str, pl.Series] = field(default_factory=dict, repr=False, compare=False)
    orders: dict[str, tuple[Order, tuple[str, ...]]] = field(default_factory=dict, repr=False, compare=False)

    def distinct(self, column: Column) -> pl.Series:
        """Return the different cells of a column that hold more than white space."""
        if column.name not in self.kept:
            cells = self.frame[column.name].drop_nulls().unique()
            self.kept[column.name] = cells.filter(visible(cells))
        return self.kept[column.name]

    def order(self, column: Column) -> tuple[Order, tuple[str, ...]]:
        """Return in which order a column writes day and month, and an ambiguous cell's two readings, as `order_of`."""
        if column.name not in self.orders:
            self.orders[column.name] = order_of(self.distinct(column))
        return self.orders[column.name]

    def marked(self, column: Column, broken: pl.DataFrame) -> pl.DataFrame:
        """Return the marks on the cells of a column that are among the broken ones."""
        if broken.is_empty():
            return pl.DataFrame(schema=MARKS)
        cells = self.frame.select(ROW_NUMBER, pl.col(column.name).alias("cell"))
        found = cells.join(broken, on="cell", how="inner", maintain_order="left")
        return marks(found, column.number)


def marks(found: pl.DataFrame, column: int | pl.Expr | None) -> pl.DataFrame:
    """Return a frame of `row_number`, `message` and, if any, `cell` and `suggested` as marks on a column."""
    number = column if isinstance(column, pl.Expr) else pl.lit(column)
    has = found.columns
    return found.select(
        pl.col(ROW_NUMBER).cast(pl.UInt32)
        if ROW_NUMBER in has
        else pl.lit(None, pl.UInt32).alias(ROW_NUMBER),
        number.cast(pl.UInt32).alias("column"),
        pl.col("message"),
        (pl.col("cell") if "cell" in has else pl.lit(None, pl.String)).alias("value"),
        (pl.col("suggested") if "suggested" in has else pl.lit(None, pl.String)).alias("suggested"),
    )


def broken_cells(cells: pl.Series, wrong: pl.Series, message: str) -> pl.DataFrame:
    """Return the cells that are wrong, for one reason and without a suggestion."""
    refused = cells.filter(wrong)
    return refused.to_frame("cell").with_columns(
        pl.lit(message).alias("message"), pl.lit(None, pl.String).alias("suggested")
    )


def together(found: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return marks as one frame."""
    return pl.concat(found) if found else pl.DataFrame(schema=MARKS)


def columns_of(table: TableText) -> tuple[Column, ...]:
    """Return the columns of a table."""
    named = zip(table.header, table.tags, strict=True)
    return tuple(Column(number, name, tag) for number, (name, tag) in enumerate(named, start=1))


def selected(columns: Sequence[Column], patterns: Sequence[TagPattern]) -> tuple[Column, ...]:
    """Return the columns that one of the patterns selects, in the table's order."""
    return tuple(column for column in columns if any(pattern.matches(column.tag) for pattern in patterns))


def alike(columns: Sequence[Column]) -> list[tuple[Column, ...]]:
    """Return the columns in groups of equal tags."""
    groups: dict[str, list[Column]] = {}
    for column in columns:
        groups.setdefault(column.key, []).append(column)
    return [tuple(group) for group in groups.values()]
