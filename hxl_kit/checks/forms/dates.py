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


def date(cell: pl.Expr, plain: pl.Expr, today: dt.date) -> Iterator[Found]:
    """Yield what is wrong with a date; `today` bounds the future."""
    iso = plain.str.extract(ISO)
    day = pl.coalesce(
        iso.str.to_date("%Y-%m-%d", strict=False),
        plain.str.extract(COMPACT).str.to_date("%Y%m%d", strict=False),
    )
    written = iso.is_not_null() | plain.str.contains(COMPACT)
    wrong_clock = iso.is_not_null() & ~plain.str.contains(CLOCK)
    year = pl.coalesce(
        day.dt.year(), plain.str.extract(r"^([0-9]{4})(?:-[0-9]{1,2})?$").cast(pl.Int32, strict=False)
    )
    counted = plain.str.contains(SERIAL) | (plain.str.contains(CLOCK_COUNT) & ~plain.str.contains(COMPACT))
    first, second = (plain.str.extract(DAY_MONTH, n).cast(pl.Int32) for n in (1, 2))
    short = plain.str.extract(DAY_MONTH, 3).str.len_bytes() == 2  # noqa: PLR2004 - a year of two digits
    unclear = ((first <= 12) & (second <= 12) & (first != second)) | short  # noqa: PLR2004 - months
    wordy = ~plain.str.contains("[0-9]") & (plain != "")
    missing = plain.str.contains(MISSING)
    yield Found(
        "date",
        "error",
        (written & (day.is_null() | wrong_clock)) | _no_such_day(plain),
        N_("is not a date, or a time of day, that exists"),
    )
    yield Found(
        "date", "error", counted, N_("is a spreadsheet's serial number, or a count of seconds, not a date")
    )
    yield Found(
        "date",
        "error",
        unclear,
        N_("is an ambiguous date: is the day or the month first? Write it as 2024-03-01"),
    )
    mixed = (first > 12).any() & (second > 12).any() & ((first > 12) | (second > 12))  # noqa: PLR2004
    yield Found(
        "date", "error", mixed, N_("is a date with day and month in another order than others of its column")
    )
    other = (
        plain.str.contains("[0-9]")
        & ~plain.str.contains(STANDARD)
        & ~counted
        & ~unclear.fill_null(value=False)
    )
    yield Found("date", "warning", other, N_("is a date in another format than 2024-03-01"))
    yield Found(
        "date",
        "error",
        ~year.is_between(FIRST_YEAR, LAST_YEAR) | plain.str.contains(LONG_YEAR),
        N_("has a year out of range ({first} to {last}): a date of another calendar (Hijri), or not a date"),
        {"first": FIRST_YEAR, "last": LAST_YEAR},
    )
    yield Found(
        "date",
        "warning",
        day == dt.date(1970, 1, 1),
        N_("is 1970-01-01, which stands for no date (the epoch of clocks)"),
    )
    yield Found(
        "date",
        "warning",
        day.is_between(dt.date(1899, 12, 30), dt.date(1900, 2, 28)),
        N_(
            "is a day before March 1900, where spreadsheets put a zero or a small number: it stands for no date"
        ),
    )
    ahead = (day > today + dt.timedelta(days=AHEAD_DAYS)) & (day.dt.year() <= LAST_YEAR)
    yield Found("date", "warning", ahead, N_("is a date more than a year ahead"))
    yield Found("date", "error", wordy & ~missing, N_("is not a date"))
    yield Found("date", "error", plain.str.contains(TIME), N_("is a time of day, not a date"))
    yield Found("date", "warning", missing, N_("is not a date: leave a missing date empty"))
    yield other_digits(cell)


def _no_such_day(plain: pl.Expr) -> pl.Expr:
    """Return whether a date of the form 31/04/2024 exists neither with the day first nor with the month first."""
    numbers = plain.str.extract_groups(DAY_MONTH).struct
    text = pl.concat_str([numbers.field(str(n)) for n in (1, 2, 3)], separator="-")
    whole = numbers.field("3").str.len_bytes() == 4  # noqa: PLR2004 - the digits of a year
    read = [text.str.to_date(form, strict=False).is_null() for form in ("%d-%m-%Y", "%m-%d-%Y")]
    return whole & read[0] & read[1]
