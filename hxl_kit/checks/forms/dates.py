"""Dates: that they exist, and that they can be read in one way only."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.forms.found import Found, other_digits
from hxl_kit.checks.forms.patterns import (
    CLOCK,
    CLOCK_COUNT,
    COMPACT,
    DAY_MONTH,
    ISO,
    LONG_YEAR,
    MISSING,
    SERIAL,
    STANDARD,
    TIME,
)
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterator


FIRST_YEAR, LAST_YEAR = 1900, 2100
AHEAD_DAYS = 366
MONTHS = 12


def date(cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    """Yield what is wrong with a date; `today` bounds the future."""
    iso = plain.str.extract(ISO)
    day = pl.coalesce(
        iso.str.to_date("%Y-%m-%d", strict=False),
        plain.str.extract(COMPACT).str.to_date("%Y%m%d", strict=False),
    )
    written = iso.is_not_null() | plain.str.contains(COMPACT)
    wrong_clock = iso.is_not_null() & ~plain.str.contains(CLOCK)
    impossible = (written & (day.is_null() | wrong_clock)) | _no_such_day(plain)
    yield Found("date", "error", impossible, N_("is not a date, or a time of day, that exists"))
    yield from _of_unclear_form(plain)
    yield from _out_of_time(plain, day, today)
    yield from _no_date(plain)
    yield other_digits(cell)


def _of_unclear_form(plain: pl.Expr) -> Iterator[Found]:
    """Yield the forms that can be read in several ways, or that programs do not read."""
    counted = plain.str.contains(SERIAL) | (plain.str.contains(CLOCK_COUNT) & ~plain.str.contains(COMPACT))
    first, second = (plain.str.extract(DAY_MONTH, n).cast(pl.Int32) for n in (1, 2))
    short = plain.str.extract(DAY_MONTH, 3).str.len_bytes() == 2  # noqa: PLR2004 - a year of two digits
    unclear = ((first <= MONTHS) & (second <= MONTHS) & (first != second)) | short
    mixed = (first > MONTHS).any() & (second > MONTHS).any() & ((first > MONTHS) | (second > MONTHS))
    other = plain.str.contains("[0-9]") & ~plain.str.contains(STANDARD) & ~counted
    said = {
        N_("is a spreadsheet's serial number, or a count of seconds, not a date"): counted,
        N_("is an ambiguous date: is the day or the month first? Write it as 2024-03-01"): unclear,
        N_("is a date with day and month in another order than others of its column"): mixed,
    }
    yield from (Found("date", "error", violated, message) for message, violated in said.items())
    foreign = other & ~unclear.fill_null(value=False)
    yield Found("date", "warning", foreign, N_("is a date in another format than 2024-03-01"))


def _out_of_time(plain: pl.Expr, day: pl.Expr, today: dt.date) -> Iterator[Found]:
    """Yield years of other calendars, the days that stand for no date, and the far future."""
    year = pl.coalesce(
        day.dt.year(), plain.str.extract(r"^([0-9]{4})(?:-[0-9]{1,2})?$").cast(pl.Int32, strict=False)
    )
    yield Found(
        "date",
        "error",
        ~year.is_between(FIRST_YEAR, LAST_YEAR) | plain.str.contains(LONG_YEAR),
        N_("has a year out of range ({first} to {last}): a date of another calendar (Hijri), or not a date"),
        {"first": FIRST_YEAR, "last": LAST_YEAR},
    )
    zero = day.is_between(dt.date(1899, 12, 30), dt.date(1900, 2, 28))
    ahead = (day > today + dt.timedelta(days=AHEAD_DAYS)) & (day.dt.year() <= LAST_YEAR)
    said = {
        N_("is 1970-01-01, which stands for no date (the epoch of clocks)"): day == dt.date(1970, 1, 1),
        N_(
            "is a day before March 1900, where spreadsheets put a zero or a small number: it stands for no date"
        ): zero,
        N_("is a date more than a year ahead"): ahead,
    }
    yield from (Found("date", "warning", violated, message) for message, violated in said.items())


def _no_date(plain: pl.Expr) -> Iterator[Found]:
    """Yield what is text, a time of day, or a word for "no value"."""
    wordy, missing = ~plain.str.contains("[0-9]") & (plain != ""), plain.str.contains(MISSING)
    yield Found("date", "error", wordy & ~missing, N_("is not a date"))
    yield Found("date", "error", plain.str.contains(TIME), N_("is a time of day, not a date"))
    yield Found("date", "warning", missing, N_("is not a date: leave a missing date empty"))


def _no_such_day(plain: pl.Expr) -> pl.Expr:
    """Return whether a date of the form 31/04/2024 exists neither with the day first nor with the month first."""
    numbers = plain.str.extract_groups(DAY_MONTH).struct
    text = pl.concat_str([numbers.field(str(n)) for n in (1, 2, 3)], separator="-")
    whole = numbers.field("3").str.len_bytes() == 4  # noqa: PLR2004 - the digits of a year
    read = [text.str.to_date(form, strict=False).is_null() for form in ("%d-%m-%Y", "%m-%d-%Y")]
    return whole & read[0] & read[1]
