"""What a column holds, by its hashtag or its name, and the rules of each meaning."""

from __future__ import annotations

import csv
import re
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.forms import codes, dates, numbers
from hxl_kit.checks.forms.found import ascii_digits
from hxl_kit.checks.forms.patterns import CONTROL, INVISIBLE, JOINER
from hxl_kit.checks.rule import Rule
from hxl_kit.standard import schemas
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    import datetime as dt

    from hxl_kit.standard.tags import Tag

_MEANINGS = {
    "digits": numbers.digits,
    "size": numbers.size,
    "date": dates.date,
    "count": numbers.count,
    "number": numbers.number,
    "latitude": numbers.latitude,
    "longitude": numbers.longitude,
    "pcode": codes.pcode,
}


def meaning_of(name: str, tag: Tag | None = None) -> str | None:
    """Return what a column's hashtag, or else its name, says that it holds; None where neither is plain."""
    if tag is not None:
        return next(
            (m for m, of, pattern in _meanings() if of == "tag" and pattern.fullmatch(str(tag))), None
        )
    folded = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    return next((m for m, of, pattern in _meanings() if of == "name" and pattern.fullmatch(folded)), None)


def meaning_rules(column: str, meaning: str, today: dt.date) -> tuple[Rule, ...]:
    """Return the rules of a column of text by what it holds.

    The meanings "digits" and "size" are those of numbers and whole numbers that have rules of their own: only the
    script of their digits is told, and that whole numbers are too large.
    """
    cell = pl.col(column)
    plain = ascii_digits(cell.str.replace_all(f"{INVISIBLE}|{JOINER}|{CONTROL}", "").str.strip_chars())
    return tuple(found.rule(column) for found in _MEANINGS[meaning](cell, plain, today))


def place_rules(latitude: str, longitude: str) -> tuple[Rule, ...]:
    """Return the rule on two columns of text that hold degrees: nothing happens at 0, 0."""
    zero = pl.all_horizontal(
        pl.col(name).str.contains(r"^[+-]?0+(?:\.0*)?$") for name in (latitude, longitude)
    )
    message = N_("and longitude are 0, a place in the sea that stands for no place: leave them empty")
    return (Rule("degrees", "", latitude, "warning", zero, message),)


@cache
def _meanings() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    with schemas.path_of("words", "column_meanings.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["meaning"], row["of"], re.compile(row["pattern"])) for row in csv.DictReader(file))
