"""Tests of single cells as types and constraints of a Table Schema, and what of them it cannot say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.hxl_schema.cell_tests import ANY_CASE, Datatype, OneOf, Range, Regex
from hxl_kit.hxl_schema.cells import numbers, spaced
from hxl_kit.hxl_schema.dates import Order, order_of, read_dates

if TYPE_CHECKING:
    from datetime import date

    from hxl_kit.hxl_schema.testing import Test
    from hxl_kit.standard.tags import Tag

PHONE_PATTERN = r"\+?[0-9xX()\s-]{5,}"
ISO_DAY = "%Y-%m-%d"
OTHER_DATES = (
    "dates are refused that are not written as 2026-01-31; HXL takes other forms and whole months too"
)
MIXED_DATES = "its dates are written in several forms, which no type of a Table Schema takes: it is text here"
STRICTER = {
    "url": "the whole address is checked, by RFC 3986, and not its beginning alone",
    "email": "the whole address is checked, and not the @ alone",
}
NUMBERS_ONLY = "cells that are no numbers are refused; HXL compares them with the limits as text"
EXACTLY = "values have to be written exactly as they are listed: case, accents and white space count"


@dataclass(frozen=True)
class Typed:
    """A field's type and format; of dates `written` is the form as of `strptime`, "" for other types."""

    type: str
    format: str = ""
    written: str = ""

    def as_json(self) -> dict[str, str]:
        """Return what the field's descriptor says of it."""
        return {"type": self.type} | ({"format": self.format} if self.format else {})


@dataclass(frozen=True)
class DateForm:
    """A form of dates that a type of a Table Schema reads; `order` is what the column has to prove for it."""

    typed: Typed
    pattern: str
    order: Order = ""


TEXT, NUMBER = Typed("string"), Typed("number")
DAY_FIRST: Order = "day"
MONTH_FIRST: Order = "month"
DAY = Typed("date", written=ISO_DAY)
DATE_FORMS = (
    DateForm(DAY, r"^\d{4}-\d\d-\d\d$"),
    DateForm(Typed("year", written="%Y"), r"^\d{4}$"),
    DateForm(Typed("yearmonth", written="%Y-%m"), r"^\d{4}-\d\d$"),
    *(
        DateForm(Typed("date", form, form), rf"^\d\d?{re.escape(mark)}\d\d?{re.escape(mark)}\d{{4}}$", first)
        for mark in "/.-"
        for first, form in ((DAY_FIRST, f"%d{mark}%m{mark}%Y"), (MONTH_FIRST, f"%m{mark}%d{mark}%Y"))
    ),
)

Outcome = tuple[dict[str, Any], list[str]]
"""Constraints, and why something of a test is not among them."""


def reads_dates(test: Test, tag: Tag | None) -> bool:
    """Return whether the form of a column's dates matters to a test."""
    if isinstance(test, Range):
        return tag is not None and tag.hashtag == "#date" and not _days(test).is_empty()
    return isinstance(test, Datatype) and test.datatype == "date"


def type_asked(test: Test, cells: pl.Series | None) -> tuple[Typed, list[str]] | None:
    """Return the type that `#valid_datatype` asks for, and what it says otherwise; None for another test."""
    if not isinstance(test, Datatype):
        return None
    if test.datatype == "date":
        return _date_type(cells)
    if test.datatype in STRICTER:
        form = "uri" if test.datatype == "url" else test.datatype
        return Typed("string", form), [STRICTER[test.datatype]]
    return (NUMBER if test.datatype == "number" else TEXT), []


def type_implied(test: Test, tag: Tag | None, cells: pl.Series | None) -> tuple[Typed, list[str]] | None:
    """Return the type that limits of numbers or dates imply, and what it says otherwise; None for another test."""
    if not isinstance(test, Range):
        return None
    if reads_dates(test, tag):
        return _date_type(cells)
    bounds = [bound for bound in (test.low, test.high) if bound]
    if numbers(pl.Series(bounds, dtype=pl.String)).is_not_null().all():
        return NUMBER, [NUMBERS_ONLY]
    return None


def constraints_of(test: Test, typed: Typed) -> Outcome:
    """Return a test as constraints of a field of a type."""
    if isinstance(test, Range):
        return _limits(test, typed)
    if isinstance(test, Regex):
        return _pattern(test, typed)
    if isinstance(test, OneOf):
        return _enum(test, typed)
    if isinstance(test, Datatype) and test.datatype == "phone" and typed == TEXT:
        return {"pattern": PHONE_PATTERN}, []
    return {}, []


def _date_type(cells: pl.Series | None) -> tuple[Typed, list[str]]:
    """Return the type that takes all dates of a column; the standard's own form where there is no column."""
    if cells is None:
        return DAY, [OTHER_DATES]
    dates = cells.filter(read_dates(cells)["text"].is_not_null())
    order = order_of(dates)[0]
    for form in DATE_FORMS:
        if form.order in ("", order) and dates.str.contains(form.pattern).all():
            return form.typed, []
    return TEXT, [MIXED_DATES]


def _days(test: Range) -> pl.DataFrame:
    """Return the limits that are dates: `bound` and the days that they span."""
    bounds = pl.Series("bound", [test.low, test.high], dtype=pl.String)
    days = read_dates(bounds).select("first", "last").with_columns(pl.Series("bound", ["low", "high"]))
    return days.filter(pl.col("first").is_not_null())


def _limits(test: Range, typed: Typed) -> Outcome:
    given = {"minimum": test.low, "maximum": test.high}
    if typed == NUMBER:
        found: dict[str, Any] = {name: _number(bound) for name, bound in given.items() if bound}
    elif typed.written:
        days = {row["bound"]: row for row in _days(test).iter_rows(named=True)}
        spans = {"minimum": ("low", "first"), "maximum": ("high", "last")}
        found = {
            name: _written(days[bound][end], typed) if bound in days else None
            for name, (bound, end) in spans.items()
            if given[name]
        }
    else:
        return {}, ["limits are of numbers and dates, and the field is text"]
    lost = [f"the {name} is no {typed.type}" for name, bound in found.items() if bound is None]
    return {name: bound for name, bound in found.items() if bound is not None}, lost


def _written(day: date, typed: Typed) -> str | int:
    """Return a day as a constraint of a field of dates; the year has four digits on every system."""
    if typed.type == "year":
        return day.year
    return day.strftime(typed.written.replace("%Y", f"{day.year:04}"))


def _number(text: str) -> int | float | None:
    found = numbers(pl.Series([text]))[0]
    if found is None:
        return None
    whole = text.strip()
    return int(whole) if re.fullmatch(r"[+-]?[0-9]+", whole) else float(found)


def _pattern(test: Regex, typed: Typed) -> Outcome:
    if typed.type != "string":
        return {}, [f"a pattern is of text, and the field is a {typed.type}"]
    pattern = whole_pattern(test.expression, case_sensitive=test.case_sensitive)
    try:
        re.compile(f"^{pattern}$")
    except re.error:
        return {}, ["its expression cannot be made one of the whole cell"]
    return {"pattern": pattern}, []


def whole_pattern(expression: str, *, case_sensitive: bool) -> str:
    """Return a pattern that fits a whole cell where `expression` is found somewhere in it, as HXL looks for it."""
    options, body = re.fullmatch(ANY_CASE, expression).groups(default="")  # type: ignore[union-attr]
    flags = options.strip("(?)")
    begun = body.startswith("^") and "|" not in body
    if begun and not flags and body.endswith("$") and not body.endswith(r"\$"):
        whole = body[1:-1]
    else:
        whole = ("" if begun else r"[\s\S]*?") + rf"(?:{body})[\s\S]*"
    letters = any(letter.isalpha() for letter in re.sub(r"\\.", "", whole.replace(r"[\s\S]*", "")))
    flags += "i" if letters and not case_sensitive and "i" not in flags else ""
    return f"(?{flags}:{whole})" if flags else whole


def _enum(test: OneOf, typed: Typed) -> Outcome:
    values = spaced(pl.Series(test.values, dtype=pl.String)).unique(maintain_order=True).to_list()
    if typed.written:
        return {}, ["its list is of text, and the field is a date"]
    if typed != NUMBER:
        return {"enum": values}, [EXACTLY]
    known = [number for value in values if (number := _number(value)) is not None]
    if len(known) < len(values):
        return {}, ["its list is of text, and the field is a number"]
    return {"enum": known}, []
