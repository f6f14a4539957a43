"""Dates as partners write them: what a cell may mean, and in which order a column writes day and month.

Year first is year, month, day, whatever the time of day beside it. Day and month before the year are read in the
order that other cells of the column prove; without proof both readings stand, and nothing is chosen. Two-digit
years are those of POSIX: 69-99 are of the 20th century, 00-68 of the 21st. A date without a year is none, nor is a
count of days or seconds.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal

import polars as pl

from hxl_kit.hxl_schema.cells import by_distinct, plain, spaced

Order = Literal["day", "month", ""]

ISO = re.compile(r"([12]\d{3})(?:Q([1-4])|W(\d\d?)|-(\d\d?)(?:-(\d\d?))?)?", re.IGNORECASE)
TIME = re.compile(
    r"(?:\s*T|\s+)\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:[AP]M)?\s*(?:Z|GMT|UTC|[+-]\d\d:?(?:\d\d)?)?$",
    re.IGNORECASE,
)
YEAR_FIRST = re.compile(r"([1-9]\d{3})(?P<mark>[-/. ])(\d\d?)(?:(?P=mark)(\d\d?))?")
COMPACT = re.compile(r"([12]\d{3})(\d\d)(\d\d)")
YEAR_LAST = re.compile(r"(\d\d?)(?P<mark>[-/. ])(\d\d?)(?P=mark)([1-9]\d{3}|\d\d)")
MONTH_YEAR = re.compile(r"(\d\d?)[-/]([12]\d{3})")
WORDED = re.compile(r"[a-z]+\.?|\d+(?:st|nd|rd|th)?|[\s,./'-]+", re.IGNORECASE)

MARKS = ("-", "/", ".", " ")
MONTHS = {name.lower(): n for n, name in enumerate(calendar.month_name) if n}
WEEKDAYS = {name.lower() for name in calendar.day_name}
SHORTEST = 3
PIVOT = 69
DAYS_OF_A_MONTH, MONTHS_OF_A_YEAR, YEAR_DIGITS = 31, 12, 4

ISO_CELL = r"^[1-9]\d{3}-\d\d-\d\d$"
ISO_REST = r"^([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$"
ISO_CHARACTERS = 10
ISO_PARTLY = r"(?i)^[12]\d{3}(Q\d|W\d+|-\d+)?$"
LONGEST = 60
"""No date is written in more characters."""

READ = {"text": pl.String, "first": pl.Date, "last": pl.Date, "other": pl.String, "order": pl.String}


@dataclass(frozen=True)
class Reading:
    """What a cell means as a date.

    Attributes:
        text: the date in ISO 8601 as precisely as the cell says: 2026-01-02, 2026-01, 2026, 2026W01, or 2026Q1.
        first, last: the days that it spans.
        other: the reading with day and month exchanged, where that is a date as well.
        order: which of the two the cell itself proves to come first.
    """

    text: str
    first: date
    last: date
    other: Reading | None = None
    order: Order = ""


def read_date(cell: str, order: Order = "") -> Reading | None:
    """Return what a cell means as a date, in the given order of day and month; None when it is no date.

    Without an order, a cell that could be either is read day first and has the other reading in `other`.
    """
    text = cell.strip()
    without_time = TIME.sub("", text)
    for pattern, reader in READERS:
        if match := pattern.fullmatch(text if pattern is ISO else without_time):
            return reader(tuple(group for group in match.groups() if group not in MARKS), order)
    return _worded(without_time)


def read_dates(cells: pl.Series, order: Order = "") -> pl.DataFrame:
    """Return for each cell `text`, `first`, `last`, `other` (a text) and `order` as `Reading` has them.

    All are null for what is no date. A cell that stands for two dates spans both.
    """
    frame = spaced(plain(cells)).to_frame("cell")
    head, rest = pl.col("cell").str.head(ISO_CHARACTERS), pl.col("cell").str.slice(ISO_CHARACTERS)
    iso = head.str.contains(ISO_CELL) & rest.str.contains(ISO_REST)
    without_time = pl.col("cell").str.replace(f"(?i){TIME.pattern}", "")
    partly = without_time.str.contains(ISO_PARTLY)
    quick = frame.select(
        pl.when(iso).then(head).str.to_date("%Y-%m-%d", strict=False).alias("day"),
        pl.when((pl.col("cell").str.len_chars() <= LONGEST) & ~iso)
        .then(pl.when(partly).then("cell").otherwise(without_time))
        .alias("cell"),
    )
    slow = quick["cell"].drop_nulls().unique()
    told = pl.DataFrame(
        [_row(cell, order) for cell in slow], schema={"cell": pl.String, **READ}, orient="row"
    )
    joined = quick.join(told, on="cell", how="left", maintain_order="left")
    return joined.select(
        pl.coalesce("text", pl.col("day").dt.to_string("%Y-%m-%d")),
        pl.coalesce("first", "day"),
        pl.coalesce("last", "day").alias("last"),
        "other",
        pl.when(pl.col("day").is_null()).then("order").alias("order"),
    )


def order_of(cells: pl.Series) -> tuple[Order, tuple[str, ...]]:
    """Return in which order a column writes day and month, and an ambiguous cell's two readings.

    The order is "" when no cell proves one, or some prove the one and some the other; there are no readings
    when no cell is ambiguous.
    """
    read = read_dates(cells.drop_nulls().unique())
    proved = set(read["order"].drop_nulls()) - {""}
    doubtful = read.filter(pl.col("other").is_not_null()).sort("text").head(1)
    readings = (str(doubtful["text"][0]), str(doubtful["other"][0])) if doubtful.height else ()
    return ("day" if proved == {"day"} else "month" if proved == {"month"} else ""), readings


def date_keys(cells: pl.Series) -> pl.Series:
    """Return of each date its ISO text in the column's order; null for what is no date or may be two."""
    order, _ = order_of(cells)

    def form(distinct: pl.Series) -> pl.Series:
        read = read_dates(distinct, order)
        return read.select(pl.when(pl.col("other").is_null()).then("text")).to_series()

    return by_distinct(cells, form)


def _row(cell: str, order: Order) -> tuple[str, str | None, date | None, date | None, str | None, str | None]:
    found = read_date(cell, order)
    if found is None:
        return cell, None, None, None, None, None
    spans = (found, found.other) if found.other else (found,)
    first, last = min(span.first for span in spans), max(span.last for span in spans)
    return cell, found.text, first, last, found.other.text if found.other else None, found.order


Groups = tuple[str | None, ...]


def _iso(groups: Groups, _: Order) -> Reading | None:
    year, quarter, week, month, day = (None if group is None else int(group) for group in groups)
    if year is None:
        return None
    if quarter:
        start, end = _month(year, 3 * quarter - 2), _month(year, 3 * quarter)
        return start and end and Reading(f"{year:04}Q{quarter}", start.first, end.last)
    if week is not None:
        return _week(year, week)
    return _dated(year, month, day)


def _year_first(groups: Groups, _: Order) -> Reading | None:
    return _dated(*(None if group is None else int(group) for group in groups))


def _month_year(groups: Groups, _: Order) -> Reading | None:
    return _dated(int(groups[1] or 0), int(groups[0] or 0), None)


def _year_last(groups: Groups, order: Order) -> Reading | None:
    """Read day, month, year or month, day, year; what only one order makes a date proves that order."""
    one, two, year = int(groups[0] or 0), int(groups[1] or 0), _year(groups[2] or "")
    day_first, month_first = _dated(year, two, one), _dated(year, one, two)
    if one == two:
        return day_first
    if day_first and month_first:
        if order:
            return day_first if order == "day" else month_first
        return replace(day_first, other=month_first)
    if day_first:
        return replace(day_first, order="day")
    return month_first and replace(month_first, order="month")


READERS = (
    (ISO, _iso),
    (COMPACT, _year_first),
    (YEAR_FIRST, _year_first),
    (YEAR_LAST, _year_last),
    (MONTH_YEAR, _month_year),
)


def _worded(text: str) -> Reading | None:
    """Read a date whose month is an English word, with or without a weekday and in any usual order."""
    parts = WORDED.findall(text)
    if "".join(parts) != text:
        return None
    words = [part.rstrip(".").lower() for part in parts if part[0].isalpha()]
    figures = [re.sub(r"\D", "", part) for part in parts if part[0].isdigit()]
    months = [_month_number(word) for word in words if not _is_weekday(word) and word != "of"]
    if len(months) != 1 or months[0] is None:
        return None
    return _around_month(months[0], figures)


def _around_month(month: int, figures: list[str]) -> Reading | None:
    if len(figures) == 1 and (len(figures[0]) == YEAR_DIGITS or int(figures[0]) > DAYS_OF_A_MONTH):
        return _dated(_year(figures[0]), month, None)
    if len(figures) != 2:  # noqa: PLR2004 - a day and a year
        return None
    year, day = figures if len(figures[0]) == YEAR_DIGITS else reversed(figures)
    return _dated(_year(year), month, int(day))


@cache
def _month_number(word: str) -> int | None:
    found = [number for name, number in MONTHS.items() if len(word) >= SHORTEST and name.startswith(word)]
    return 9 if word == "sept" else found[0] if found else None


@cache
def _is_weekday(word: str) -> bool:
    return len(word) >= SHORTEST and any(day.startswith(word) for day in WEEKDAYS)


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004 - written out
        return year
    return year + (1900 if year >= PIVOT else 2000)


@cache
def _week(year: int, week: int) -> Reading | None:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return Reading(f"{year:04}W{week:02}", monday, monday + timedelta(days=6))


def _month(year: int, month: int) -> Reading | None:
    if not 1 <= month <= MONTHS_OF_A_YEAR or not 1 <= year <= date.max.year:
        return None
    last = calendar.monthrange(year, month)[1]
    return Reading(f"{year:04}-{month:02}", date(year, month, 1), date(year, month, last))


def _dated(year: int | None, month: int | None, day: int | None) -> Reading | None:
    """Return a year, a month or a day as a reading; None when the calendar does not have it."""
    if not year or year > date.max.year:
        return None
    if month is None:
        return Reading(f"{year:04}", date(year, 1, 1), date(year, 12, 31))
    whole = _month(year, month)
    if whole is None or day is None:
        return whole
    if not 1 <= day <= whole.last.day:
        return None
    exact = date(year, month, day)
    return Reading(exact.isoformat(), exact, exact)
