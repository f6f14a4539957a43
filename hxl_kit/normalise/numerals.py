"""Numbers as people type them: digits of any script, thousands separators, decimal commas.

Which mark groups thousands and which begins decimals is decided per column, from all of its cells; what
stays open is not read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_SPACES = "[ \u00a0\u2007\u2009\u202f'’٬]"
_GROUPED = re.compile(rf"([-+]?\d{{1,3}})((?:{_SPACES}\d{{3}})+)((?:[.,]\d+)?)")
_NO_FRACTION = ("", "0", "00")
_CERTAIN_CELLS = 3
"""So many different cells such as 1.234 in a column of whole numbers show that the point groups thousands."""


@dataclass(frozen=True)
class Marks:
    """The mark between thousands and the mark before decimals."""

    thousands: str
    decimal: str

    def read(self, cell: str, *, whole: bool) -> str | None:
        """Return the number in plain form, or None where it is not written with these marks."""
        thousands, decimal = re.escape(self.thousands), re.escape(self.decimal)
        pattern = rf"([-+]?(?:\d+|\d{{1,3}}(?:{thousands}\d{{3}})+))(?:{decimal}(\d*))?"
        found = re.fullmatch(pattern, cell)
        if not found:
            return None
        number, fraction = found[1].replace(self.thousands, "").removeprefix("+"), found[2] or ""
        if whole:
            return number if fraction in _NO_FRACTION else None
        return f"{number}.{fraction}" if fraction else number


POINT, COMMA = Marks(",", "."), Marks(".", ",")


def plain_digits(cell: str) -> str:
    """Return a cell with ASCII digits and minus, without spaces and apostrophes between groups of thousands."""
    ascii_digits = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in cell)
    text = ascii_digits.replace("\u2212", "-").replace("٫", ".").replace("،", ",").strip()
    grouped = _GROUPED.fullmatch(text)
    return grouped[1] + re.sub(_SPACES, "", grouped[2]) + grouped[3] if grouped else text


def decide_marks(cells: Iterable[str], *, whole: bool, points: bool) -> Marks | None:
    """Return the marks that explain every number among the cells, or None where they contradict or say nothing.

    Args:
        cells: the distinct cells of a column that are not plain numbers.
        whole: whether the column holds whole numbers.
        points: whether other cells of the column have a decimal point.
    """
    texts = [plain_digits(cell) for cell in cells]
    readable = [
        (text, [marks for marks in (POINT, COMMA) if marks.read(text, whole=whole) is not None])
        for text in texts
    ]
    marked = [(text, fits) for text, fits in readable if fits and re.search(r"[.,]", text)]
    if not marked:
        return POINT
    fits = [marks for marks in (POINT, COMMA) if all(marks in each for _, each in marked)]
    if whole and fits == [COMMA] and not _certain_of_comma([text for text, _ in marked]):
        return None
    if len(fits) == 1:
        return None if fits == [COMMA] and points and not whole else fits[0]
    return POINT if fits and (points or _alike([text for text, _ in marked], whole=whole)) else None


def read_number(cell: str, marks: Marks | None, *, whole: bool) -> str | None:
    """Return the number in plain form (`-1234.5`), or None where it cannot be read without guessing."""
    text = plain_digits(cell)
    if not re.search(r"[.,]", text):
        return POINT.read(text, whole=whole)
    return marks.read(text, whole=whole) if marks else None


def _alike(texts: list[str], *, whole: bool) -> bool:
    """Whether both conventions read every cell as the same number."""
    return all(POINT.read(text, whole=whole) == COMMA.read(text, whole=whole) for text in texts)


def _certain_of_comma(texts: list[str]) -> bool:
    return len(texts) >= _CERTAIN_CELLS or any(text.count(".") > 1 or "," in text for text in texts)
