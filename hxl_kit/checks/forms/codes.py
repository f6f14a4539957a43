"""P-codes as such: no dates, no numbers, in plain letters and digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.checks.forms.found import Found
from hxl_kit.checks.forms.patterns import (
    CONTROL,
    EATEN,
    INVISIBLE,
    JOINER,
    LETTER_FOR_DIGIT,
    NUMBER,
    PCODE,
)
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    import polars as pl


def pcode(cell: pl.Expr, plain: pl.Expr, _: dt.date) -> Iterator[Found]:
    """Yield what is wrong with a P-code, whatever its country."""
    bare = cell.str.replace_all(f"{INVISIBLE}|{JOINER}|{CONTROL}", "").str.strip_chars()
    yield Found(
        "pcode",
        "error",
        plain.str.contains(EATEN),
        N_("is a date where a P-code should be: a spreadsheet changed it"),
    )
    yield Found(
        "pcode",
        "error",
        bare.str.contains(r"[^\x00-\x7f]"),
        N_("is a P-code with non-ASCII digits or letters"),
    )
    yield Found(
        "pcode",
        "warning",
        plain.str.contains(LETTER_FOR_DIGIT),
        N_("has a letter O, I or l among its digits: is it a 0 or a 1?"),
    )
    numeric = plain.str.contains(NUMBER) & ~plain.str.contains(PCODE)
    odd = ~plain.str.contains(f"{PCODE}|{LETTER_FOR_DIGIT}|{EATEN}|{NUMBER}") & bare.str.contains(
        r"^[\x00-\x7f]+$"
    )
    yield Found(
        "pcode",
        "warning",
        odd,
        N_("has not the usual pattern of a P-code: letters of the country, then digits"),
    )
    yield Found(
        "pcode",
        "error",
        numeric,
        N_("is a number, no P-code: those begin with letters (were leading zeros lost?)"),
    )
