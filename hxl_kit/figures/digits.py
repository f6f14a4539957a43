"""Numbers written in digits, with the separators of a language.

Nothing is guessed: a form that two conventions read differently is no number.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

_LONGEST = 15  # digits; no count of this field comes near, and arithmetic on so many is exact
_MARKS = {",": "comma", "،": "comma", ".": "point"}
_GROUPED = re.compile(r"\d{1,3}(?:(?P<mark>[ \u00a0\u2007\u2009\u202f'’٬.,،])\d{3})(?:(?P=mark)\d{3})*")


class Separators(NamedTuple):
    """The marks of a language ("comma", "point", "space") between thousands and before decimals (CLDR)."""

    thousands: str
    decimal: str


def digits(text: str, separators: Separators) -> Decimal | None:
    """Return the number that ASCII digits and their separators write, or None where they are ambiguous.

    A mark before exactly three digits is the thousands separator only where it is the language's own; a mark
    before any other count of digits can only be the decimal one.
    """
    if text.isdigit():
        return _number(text)
    whole, mark, fraction = _parted(text)
    if mark and not _decimal_is_certain(whole, mark, fraction, separators):
        whole, fraction = text, ""
        if not _thousands_are_certain(text, separators):
            return None
    if whole and not whole.isdigit() and not _GROUPED.fullmatch(whole):
        return None
    return _number(re.sub(r"\D", "", whole) or "0", fraction)


def _parted(text: str) -> tuple[str, str, str]:
    """Split at the last mark that could begin decimals."""
    found = re.fullmatch(r"(.*)([.,٫])(\d+)", text, re.DOTALL)
    return (found[1], found[2], found[3]) if found else (text, "", "")


def _decimal_is_certain(whole: str, mark: str, fraction: str, separators: Separators) -> bool:
    if mark == "٫":
        return True
    if mark in whole:
        return False
    if whole in {"", "0"}:
        return True
    if (
        not whole.isdigit()
    ):  # "1.264,5": the other mark groups already; "1,264.500" may be a slip for millions
        return len(fraction) != len("000")
    if len(fraction) == len("000"):
        return len(whole) > len("999") and _MARKS[mark] == separators.decimal
    return len(fraction) < len("000") or _MARKS[mark] != separators.thousands


def _thousands_are_certain(text: str, separators: Separators) -> bool:
    found = _GROUPED.fullmatch(text)
    if not found:
        return False
    mark = found["mark"]
    return mark not in _MARKS or text.count(mark) > 1 or _MARKS[mark] == separators.thousands


def _number(whole: str, fraction: str = "") -> Decimal | None:
    if len(whole) + len(fraction) > _LONGEST:
        return None
    return Decimal(f"{whole}.{fraction}") if fraction.strip("0") else Decimal(int(whole))
