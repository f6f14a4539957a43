"""Names from files as they may stand in a message: without what can only be a person's address, phone or id.

The first row of a file without a header is a record, and sheets, keys and files are named after people. A name of a
person cannot be told from another word; an e-mail address and a long number can.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART = r"[^\s@<>\"'(),;:]"
MAIL = re.compile(rf"(?<!{_PART}){_PART}++@{_PART}+\.{_PART}{{2,}}")
"""It is looked for from the beginning of a word alone: a word may be as long as a file."""

MASKED_MAIL = "…@…"

_NUMBER = re.compile(r"\+?\d(?:[ ./()-]{0,2}\d){6,}")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?:[-./ ]?[01]\d(?:[-./ ]?[0-3]\d)?)?|[0-3]?\d[-./ ][01]?\d[-./ ](?:19|20)\d\d)(?!\d)"
)
_DIGITS = 7
"""So many digits that are no date are no count of columns and no code of a place of two levels: a phone or an id."""

_RECORD = 4
"""Where a quarter of the names of columns are addresses, phones and ids, the first row is no header."""


def masked(name: str) -> str:
    """Return a name from a file with its e-mail addresses and long numbers unreadable; dates and years stay."""
    return _NUMBER.sub(_without_digits, MAIL.sub(MASKED_MAIL, name))


def without_persons(header: Sequence[str]) -> list[str]:
    """Return a table's column names, masked; where many of them would be, the header is a record: numbers for names."""
    names = [masked(name) for name in header]
    odd = sum(name != given for name, given in zip(names, header, strict=True))
    if odd * _RECORD < len(names) or not odd:
        return names
    return [f"column {number}" for number in range(1, len(names) + 1)]


def _without_digits(found: re.Match[str]) -> str:
    rest = _DATE.sub("", found[0])
    long = sum(character.isdigit() for character in rest) >= _DIGITS
    return re.sub(r"\d", "9", found[0]) if long else found[0]
