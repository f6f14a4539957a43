"""What every test of an HXL schema answers, and the tests that look at one cell at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.hxl_schema.cells import UNEVEN, folded, numbers, spaced
from hxl_kit.hxl_schema.dates import order_of, read_dates
from hxl_kit.hxl_schema.part import BROKEN, MARKS, Column, Part, broken_cells, together
from hxl_kit.hxl_schema.suggesting import closest
from hxl_kit.reading.patterns import SlowPatternError, matches
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.hxl_schema.finding import Scope

URL, EMAIL, PHONE = r"^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]", r"^[^@]+@[^@]+$", r"^\+?[0-9xX()\s-]{5,}$"
DATATYPES = ("text", "number", "url", "email", "phone", "date")
FORMS = {
    "url": (URL, "is no web address: write it with its beginning, like https://example.org"),
    "email": (EMAIL, "is no e-mail address"),
    "phone": (PHONE, "is no phone number"),
}
NO_NUMBER = "is no number: write digits with a decimal point, without marks between thousands"
NO_DATE = "is no date: write it as 2026-01-31"
ANY_CASE = re.compile(r"(\(\?[aiLmsux]+\))?(.*)", re.DOTALL)


@dataclass(frozen=True)
class Test:
    """A test of a rule; `slug` is what its findings are called, `scope` what they are on."""

    slug: ClassVar[str]
    scope: ClassVar[Scope] = "cell"

    def missing(self, selected: Sequence[Column], columns: Sequence[Column]) -> str | None:
        """Return why the table cannot pass for the columns that it has or lacks, in plain words; None otherwise."""
        del selected, columns
        return None

    def whole(self, selected: Sequence[Column]) -> bool:
        """Return whether the test has to see all rows at once."""
        del selected
        return False

    def needs(self, selected: Sequence[Column], columns: Sequence[Column]) -> Sequence[Column]:
        """Return the columns whose cells the test looks at."""
        del columns
        return selected

    def found(self, part: Part, selected: Sequence[Column]) -> pl.DataFrame:
        """Return the marks on the rows of a part, in the columns that the rule selects."""
        return together(
            [part.marked(column, self.broken(part.distinct(column), column)) for column in selected]
        )

    def broken(self, cells: pl.Series, column: Column) -> pl.DataFrame:
        """Return which of a column's different cells are wrong: `cell`, `message`, `suggested`."""
        del cells, column
        return pl.DataFrame(schema=BROKEN)


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
        told = [(column.number, *order_of(part.distinct(column))) for column in selected]
        return pl.DataFrame(
            [
                (
                    None,
                    number,
                    f"has dates that mean two days, such as {readings}: write them as 2026-01-31",
                    None,
                    None,
                )
                for number, order, readings in told
                if readings and not order
            ],
            schema=MARKS,
            orient="row",
        )


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
            .then(pl.lit(f"is below the least allowed, {shown(self.low or '')}"))
            .otherwise(pl.lit(f"is above the most allowed, {shown(self.high or '')}"))
            .alias("message"),
            pl.lit(None, pl.String).alias("suggested"),
        )

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
        uneven = broken_cells(cells, cells.str.contains(UNEVEN), "has superfluous white space")
        return uneven.with_columns(spaced(uneven["cell"]).alias("suggested"))


@dataclass(frozen=True)
class Regex(Test):
    """`#valid_value+regex`: a regular expression is found somewhere in the cell, as Python's `re` reads it."""

    slug = "hxl-regex"
    expression: str
    case_sensitive: bool

    def broken(self, cells: pl.Series, column: Column) -> pl.DataFrame:
        """Return the cells without a match; an expression that takes for ever is ended (SlowPatternError)."""
        try:
            found = matches(self.anywhere, cells.to_list())
        except SlowPatternError as error:
            raise SlowPatternError(
                f"HXL schema: the pattern '{shown(self.expression)}' takes too long on column {column.number}: "
                "write it without repetitions inside repetitions, and begin it with ^"
            ) from error
        wrong = pl.Series([not match for match in found], dtype=pl.Boolean)
        return broken_cells(cells, wrong, f"does not match the pattern /{shown(self.expression)}/")

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
        near = {word: closest(word, list(known)) for word in refused["form"].unique()}
        suggested = [known.get(near[word] or "") for word in refused["form"]]
        return broken_cells(
            refused["cell"], pl.repeat(value=True, n=refused.height, eager=True), "is not allowed here"
        ).with_columns(pl.Series("suggested", suggested, dtype=pl.String))


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
