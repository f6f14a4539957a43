"""Dates as people write them; the order of day and month is decided per column, from all of its cells."""

from __future__ import annotations

import csv
import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING, Literal

from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise.numerals import plain_digits
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Order = Literal["day-first", "month-first"]
ORDERS: tuple[Order, ...] = ("day-first", "month-first")

_MIDNIGHT = r"(?:[ T]0?0:00(?::00(?:\.0+)?)?(?:Z| ?\+00:?00)?)?"
_NUMERIC = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}){_MIDNIGHT}")
_YEAR_FIRST = re.compile(rf"(\d{{4}})([/.-])(\d{{1,2}})\2(\d{{1,2}}){_MIDNIGHT}")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_NAMED = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th|er)?[ -]([^\W\d]+(?: [^\W\d]+)?)\.?,?[ -](\d{{4}}){_MIDNIGHT}"
)
_NAME_FIRST = re.compile(rf"([^\W\d]+)\.?[ -](\d{{1,2}})(?:st|nd|rd|th)?,?[ -](\d{{4}}){_MIDNIGHT}")
_SERIAL = re.compile(r"(\d{5})(?:\.0+)?")
_EPOCHS = {"1900": dt.date(1899, 12, 30), "1904": dt.date(1904, 1, 1)}
_MONTHS = 12


def read_date(cell: str, order: Order | None, date_system: str = "") -> str | None:
    """Return a date as YYYY-MM-DD, or None where it cannot be read without guessing.

    Args:
        cell: a date in digits or with the name of a month; a time other than midnight is not read.
        order: which of day and month comes first in 3/4/2024; None if it is not known.
        date_system: "1900" or "1904" where the cell is of a workbook: a number of five digits counts days.
    """
    text = plain_digits(cell)
    if found := _NUMERIC.fullmatch(text):
        return _ordered(int(found[1]), int(found[3]), int(found[4]), order)
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) for part in found.groups() if part.isdigit())
        return _iso(year, month, day)
    if found := _NAMED.fullmatch(text):
        return _iso(int(found[3]), _months().get(found[2].casefold(), 0), int(found[1]))
    if found := _NAME_FIRST.fullmatch(text):
        return _iso(int(found[3]), _months().get(found[1].casefold(), 0), int(found[2]))
    if date_system and (found := _SERIAL.fullmatch(text)):
        return (_EPOCHS[date_system] + dt.timedelta(days=int(found[1]))).isoformat()
    return None


def decide_order(column: str, cells: Iterable[str], *, others: bool) -> Order | None:
    """Return which of day and month comes first in a column, or None where nothing depends on it.

    Args:
        column: its name, for messages.
        cells: its distinct cells that are not plain dates.
        others: whether the column has plain dates too; odd cells among them are left unread.

    Raises:
        SourceMismatchError: the cells contradict one another, or do not tell.
    """
    pairs = list(_pairs(cells))
    found = {order for first, second in pairs if (order := _shown(first, second))}
    if len(found) == 1:
        return found.pop()
    if found:
        raise SourceMismatchError(
            f"column '{column}': some dates have the day first, others the month; write them all as YYYY-MM-DD"
        )
    if others or all(first == second for first, second in pairs):
        return None
    raise SourceMismatchError(
        f"column '{column}': its dates can be read with the day or with the month first (no day above 12 in "
        f"{len(pairs)} different dates); say which: --date-order day-first or --date-order month-first"
    )


def month_number(name: str) -> int | None:
    """Return the number (1–12) of a month by its name in a language of schemas/words/months.csv."""
    return _months().get(name.casefold())


@cache
def _months() -> dict[str, int]:
    with schemas.path_of("words", "months.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: int(row["month"]) for row in csv.DictReader(file)}


def _pairs(cells: Iterable[str]) -> Iterator[tuple[int, int]]:
    for cell in cells:
        if found := _NUMERIC.fullmatch(plain_digits(cell)):
            yield int(found[1]), int(found[3])


def _shown(first: int, second: int) -> Order | None:
    if first > _MONTHS >= second:
        return "day-first"
    return "month-first" if second > _MONTHS >= first else None


def _ordered(first: int, second: int, year: int, order: Order | None) -> str | None:
    if order is None and first != second:
        return None
    day, month = (first, second) if order == "day-first" else (second, first)
    return _iso(year, month, day)


def _iso(year: int, month: int, day: int) -> str | None:
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None
