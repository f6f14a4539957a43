"""The tests that look at one cell at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.hxl_schema.cells import UNEVEN, folded, numbers, spaced
from hxl_kit.hxl_schema.dates import order_of, read_dates
from hxl_kit.hxl_schema.finding import Said
from hxl_kit.hxl_schema.part import BROKEN, MARKS, Column, Part, broken_cells
from hxl_kit.hxl_schema.suggesting import suggestions
from hxl_kit.hxl_schema.testing import NotCheckedError, Test
from hxl_kit.reading.patterns import grows_with_length, matches
from hxl_kit.reading.table import shown
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.hxl_schema.finding import Params

URL, EMAIL, PHONE = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]", r"^[^@]+@[^@]+$", r"^\+?[0-9xX()\s-]{5,}$"
DATATYPES = ("text", "number", "url", "email", "phone", "date")
FORMS = {
    "url": (URL, N_("is no web address: write it with its beginning, like https://example.org")),
    "email": (EMAIL, N_("is no e-mail address")),
    "phone": (PHONE, N_("is no phone number")),
}
NO_NUMBER = N_("is no number: write digits with a decimal point, without marks between thousands")
NO_DATE = N_("is no date: write it as 2026-01-31")
TWO_DAYS = N_("has dates that mean two days, such as {one} or {other}: write them as 2026-01-31")
TOO_LOW, TOO_HIGH = N_("is below the least allowed, {least}"), N_("is above the most allowed, {most}")
UNEVENLY_SPACED = N_("has superfluous white space")
NO_MATCH = N_("does not match the pattern /{pattern}/")
NOT_LISTED = N_("is not one of the values that are allowed here")
TOO_SLOW = N_(
    "was not checked: the pattern /{pattern}/ takes too long; write it without repetitions inside repetitions, "
    "and begin it with ^"
)
ANY_CASE = re.compile(r"(\(\?[aiLmsux]+\))?(.*)", re.DOTALL)


@dataclass(frozen=True)
class Datatype(Test):
    """`#valid_datatype`: every cell is a number, a date, a web or e-mail address, a phone number; text always is."""

    slug = "hxl-datatype"
    datatype: str

    def broken(self, cells: pl.Series, column: Column) -> pl.DataFrame:  # noqa: ARG002
        """Return the cells that are not of the type."""
        if self.datatype == "number":
            return broken_cells(cells, numbers(cells).is_null(), NO_NUMBER)
        if self.datatype == "date":
            return broken_cells(cells, read_dates(cells)["text"].is_null(), NO_DATE)
        if self.datatype == "text":
            return pl.DataFrame(schema=BROKEN)
        form, message = FORMS[self.datatype]
        return broken_cells(cells, ~cells.str.contains(form), message)


@dataclass(frozen=True)
class DateOrder(Test):
    """Dates that may be day first or month first, in a column that does not prove which."""

    slug = "hxl-date-order"
    scope = "column"

    def whole(self, selected: Sequence[Column]) -> bool:
        """Return True: any row may hold the proof."""
        return bool(selected)

    def found(self, part: Part, selected: Sequence[Column]) -> pl.DataFrame:
        """Return one mark for each ambiguous column."""
        unproved = [column.number for column in selected if self._readings(part, column)]
        rows = [(None, number, TWO_DAYS, None, None) for number in unproved]
        return pl.DataFrame(rows, schema=MARKS, orient="row")

    def params(self, part: Part, number: int | None) -> Params:
        """Return the two readings of 01/02/2026: those of a cell are not shown, it may be a date of birth."""
        del part, number
        return {"one": "2026-02-01", "other": "2026-01-02"}

    @staticmethod
    def _readings(part: Part, column: Column) -> tuple[str, ...]:
        """Return an ambiguous cell's two readings; none in a column that proves its order."""
        order, readings = part.order(column)
        return () if order else readings


@dataclass(frozen=True)
class Range(Test):
    """`#valid_value+min` and `+max`: dates and numbers by value, other text by the alphabet."""

    slug = "hxl-range"
    low: str | None
    high: str | None

    def whole(self, selected: Sequence[Column]) -> bool:
        """Return whether the order of days and months matters, which the whole column tells."""
        return any(self._by_date(column) for column in selected)

    def broken(self, cells: pl.Series, column: Column) -> pl.DataFrame:
        """Return the cells out of the range; a date as precise as it is, so "2018" may lie within 2018."""
        bounds = pl.Series([self.low, self.high], dtype=pl.String)
        frame = cells.to_frame("cell").with_columns(
            folded(cells).alias("text"), numbers(cells).alias("number")
        )
        low_text, high_text = folded(bounds)
        rungs = [_outside("text", "text", low_text, high_text)]
        low, high = numbers(bounds)
        if low is not None or high is not None:
            rungs.insert(0, _outside("number", "number", low, high))
        if self._by_date(column):
            days = read_dates(bounds)
            read = read_dates(cells, order_of(cells)[0])
            frame = frame.with_columns(read["first"], read["last"])
            rungs.insert(0, _outside("last", "first", days["first"][0], days["last"][1]))
        refused = frame.select("cell", pl.coalesce(rungs).alias("side")).filter(pl.col("side") != "")
        return refused.select(
            "cell",
            pl.when(pl.col("side") == "low")
            .then(pl.lit(TOO_LOW))
            .otherwise(pl.lit(TOO_HIGH))
            .alias("message"),
            pl.lit(None, pl.String).alias("suggested"),
        )

    def params(self, part: Part, number: int | None) -> Params:
        """Return the bounds."""
        del part, number
        return {"least": shown(self.low or ""), "most": shown(self.high or "")}

    def _by_date(self, column: Column) -> bool:
        bounds = pl.Series([self.low, self.high], dtype=pl.String)
        return column.is_date and read_dates(bounds)["text"].is_not_null().any()


def _outside(for_low: str, for_high: str, low: object, high: object) -> pl.Expr:
    """Return "low", "high" or "" for each row, null where the column compared has no value."""
    below = pl.lit(value=False) if low is None else pl.col(for_low) < pl.lit(low)
    above = pl.lit(value=False) if high is None else pl.col(for_high) > pl.lit(high)
    side = pl.when(below).then(pl.lit("low")).when(above).then(pl.lit("high")).otherwise(pl.lit(""))
    return pl.when(pl.col(for_low).is_not_null()).then(side)


@dataclass(frozen=True)
class Whitespace(Test):
    """`#valid_value+whitespace`: no white space around a cell, none inside but single spaces."""

    slug = "hxl-whitespace"

    def broken(self, cells: pl.Series, column: Column) -> pl.DataFrame:  # noqa: ARG002
        """Return the cells with superfluous space, and what they are without."""
        uneven = broken_cells(cells, cells.str.contains(UNEVEN), UNEVENLY_SPACED)
        return uneven.with_columns(spaced(uneven["cell"]).alias("suggested"))


@dataclass(frozen=True)
class Regex(Test):
    """`#valid_value+regex`: a regular expression is found somewhere in the cell, as Python's `re` reads it."""

    slug = "hxl-regex"
    expression: str
    case_sensitive: bool

    def broken(self, cells: pl.Series, column: Column) -> pl.DataFrame:
        """Return the cells without a match.

        Raises:
            NotCheckedError: the expression takes for ever on them, and was ended.
        """
        try:
            found = matches(self.anywhere, cells.to_list())
        except InputError as error:
            raise NotCheckedError(Said(TOO_SLOW, self._params), column) from error
        wrong = pl.Series([not match for match in found], dtype=pl.Boolean)
        return broken_cells(cells, wrong, NO_MATCH)

    def params(self, part: Part, number: int | None) -> Params:
        """Return the expression."""
        del part, number
        return self._params

    @property
    def _params(self) -> Params:
        return {"pattern": shown(self.expression)}

    @property
    def may_be_slow(self) -> bool:
        """Whether the expression has repetitions that may take for ever."""
        return grows_with_length(self.anywhere)

    @property
    def anywhere(self) -> str:
        """The expression as one that matches from the beginning of a cell."""
        return anywhere(self.expression, case_sensitive=self.case_sensitive)


@dataclass(frozen=True)
class OneOf(Test):
    """`#valid_value+list` and `+url`: a cell is one of the values; case and accents count if `case_sensitive`."""

    slug = "hxl-list"
    values: tuple[str, ...]
    case_sensitive: bool

    def broken(self, cells: pl.Series, column: Column) -> pl.DataFrame:  # noqa: ARG002
        """Return the cells that are none of the values, and the value that each is nearest to."""
        values = spaced(pl.Series(self.values, dtype=pl.String))
        form = spaced if self.case_sensitive else folded
        known = dict(zip(form(values).to_list(), values.to_list(), strict=True))
        frame = pl.DataFrame({"cell": cells, "form": form(cells)})
        refused = frame.filter(~pl.col("form").is_in(list(known)))
        near = suggestions(refused["form"].unique(maintain_order=True), list(known))
        suggested = [known.get(near.get(word, "")) for word in refused["form"]]
        return refused.select(
            "cell",
            pl.lit(NOT_LISTED).alias("message"),
            pl.Series("suggested", suggested, dtype=pl.String),
        )


def anywhere(expression: str, *, case_sensitive: bool) -> str:
    """Return an expression that matches at the beginning of a text where `expression` is found anywhere in it."""
    flags, body = re.fullmatch(ANY_CASE, expression).groups(default="")  # type: ignore[union-attr]
    start = "" if body.startswith(("^", r"\A")) and "|" not in body else "(?s:.*?)"
    return f"{flags}{start}" + (f"(?:{body})" if case_sensitive else f"(?i:{body})")


def require_expression(expression: str, place: str) -> None:
    """Refuse what is no regular expression.

    Raises:
        InputError: `place` and what is wrong.
    """
    try:
        re.compile(expression)
    except (re.error, RecursionError, OverflowError) as error:
        raise InputError(f"{place}: '{shown(expression)}' is no regular expression: {error}") from error
