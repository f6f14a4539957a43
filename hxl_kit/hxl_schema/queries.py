"""Row queries of HXL's tools: `sector=WASH`, `affected>100`, `date<=2026-01-31`, `org is not empty`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError
from hxl_kit.hxl_schema.cell_tests import anywhere, require_expression
from hxl_kit.hxl_schema.cells import by_distinct, folded, numbers, visible
from hxl_kit.hxl_schema.dates import order_of, read_date, read_dates
from hxl_kit.hxl_schema.part import selected
from hxl_kit.reading.patterns import matches
from hxl_kit.reading.table import shown
from hxl_kit.standard.tags import TagPattern, parse_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hxl_kit.hxl_schema.part import Column

OPERATOR = re.compile(r"(.*?)([<>]=?|!?=|!?~|\bis\b)(.*)", re.DOTALL)
STATES = ("empty", "number", "date")
EXTREMES = ("min", "max")
COMPARE: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "=": lambda cell, value: cell == value,
    "!=": lambda cell, value: cell != value,
    "<": lambda cell, value: cell < value,
    "<=": lambda cell, value: cell <= value,
    ">": lambda cell, value: cell > value,
    ">=": lambda cell, value: cell >= value,
}


@dataclass(frozen=True)
class RowQuery:
    """A query: the columns' pattern, the operator (`=`, `!=`, `<`, `<=`, `>`, `>=`, `~`, `!~`, `is`) and the value."""

    pattern: TagPattern
    operator: str
    value: str

    def rows(self, frame: pl.DataFrame, columns: Sequence[Column]) -> pl.Series:
        """Return for each row whether one of the columns that the pattern selects fits.

        Dates (of `#date`) are compared by day, numbers by value, all else folded; dates that may mean two days
        fit nothing but their own text.
        """
        fits = [self._fits(frame[column.name], column) for column in selected(columns, (self.pattern,))]
        if not fits:
            return pl.repeat(value=False, n=frame.height, eager=True)
        return (
            pl.DataFrame({str(n): fit for n, fit in enumerate(fits)})
            .select(pl.any_horizontal(pl.all()))
            .to_series()
        )

    def _fits(self, cells: pl.Series, column: Column) -> pl.Series:
        filled = cells.fill_null("")
        if self.operator == "is":
            return self._is(filled)
        if self.operator.endswith("~"):
            return by_distinct(filled, self._matches)
        order = order_of(cells)[0] if column.is_date else ""
        return by_distinct(
            filled, lambda distinct: self._compared(distinct, is_date=column.is_date, order=order)
        )

    def _compared(self, cells: pl.Series, *, is_date: bool, order: str) -> pl.Series:
        compare = COMPARE[self.operator]
        date = read_date(self.value) if is_date else None
        number = numbers(pl.Series([self.value]))[0]
        read = read_dates(cells, "day" if order == "day" else "month" if order == "month" else "")
        day = pl.when(read["other"].is_null()).then(read["text"]) if date else pl.lit(None, pl.String)
        frame = pl.DataFrame({"text": folded(cells), "number": numbers(cells)})
        return frame.select(
            pl.coalesce(
                compare(day, pl.lit(date.text if date else None, pl.String)),
                compare(pl.col("number"), pl.lit(number, pl.Float64)),
                compare(pl.col("text"), pl.lit(self.value)),
            ).alias("fits")
        ).to_series()

    def _matches(self, cells: pl.Series) -> pl.Series:
        found = matches(anywhere(self.value, case_sensitive=True), folded(cells).to_list())
        told = pl.Series(found, dtype=pl.Boolean)
        return ~told if self.operator == "!~" else told

    def _is(self, cells: pl.Series) -> pl.Series:
        state = self.value.removeprefix("not ")
        if state in EXTREMES:
            found = numbers(cells)
            told = (found == (found.min() if state == "min" else found.max())).fill_null(value=False)
        elif state == "empty":
            told = ~visible(cells)
        elif state == "number":
            told = by_distinct(cells, lambda distinct: numbers(distinct).is_not_null())
        else:
            told = by_distinct(cells, lambda distinct: read_dates(distinct)["text"].is_not_null())
        return ~told if self.value.startswith("not ") else told


def parse_query(text: str) -> RowQuery:
    """Return the query that `text` writes.

    Raises:
        UsageError: it is no query, or it has a formula, which hxl_kit does not run.
        InputError: its regular expression is none.
    """
    match = OPERATOR.fullmatch(str(folded(pl.Series([text]))[0]))
    if match is None:
        raise UsageError(
            f"row query '{shown(text)}': no operator; write it like 'sector=WASH' or 'org is not empty'"
        )
    pattern, operator, value = parse_pattern(match[1]), match[2], match[3].strip()
    if operator == "is" and value.removeprefix("not ") not in STATES + EXTREMES:
        known = ", ".join(STATES + EXTREMES)
        raise UsageError(
            f"row query '{shown(text)}': '{shown(value)}' is unknown; known are {known}, each with not"
        )
    if value.startswith("{{"):
        raise UsageError(f"row query '{shown(text)}': formulas are not run; write the value itself")
    if operator.endswith("~"):
        require_expression(value, f"row query '{shown(text)}'")
    return RowQuery(pattern, operator, value)
