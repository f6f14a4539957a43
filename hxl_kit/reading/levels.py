"""Headers of several rows: which row names the columns, and which rows above it group them.

In a workbook merged cells show the groups. In text, and where nobody merged them, a group's title stands over its
first column and gaps follow. A row is taken for a part of the header only on evidence: a row too many would be lost
from the data.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.reading.layout import Merge

    Row = Sequence[str | None]

GROUP_CHARACTERS, NAME_CHARACTERS = 60, 200
"""A cell that groups columns, or names one, is not longer."""

LEVELS = 4
"""At most so many rows above the lowest are a part of the header."""

NUMBER = re.compile(r"[-+]?[\d.,\s]*\d[\d.,\s]*%?|\d{4}-\d\d-\d\d\b.*")
YEAR = re.compile(r"(?:19|20)\d\d")
MISSING = re.compile(r"[^\w%#]*|n/?a|nan|nil|none|null|no data|unknown|#[\w/]+.*", re.IGNORECASE)
"""What stands in data for no value, and hashtags; they name no column."""


@dataclass(frozen=True)
class Level:
    """A row above the header, 0-based, and for each column the text that stands above it there, or None."""

    row: int
    texts: tuple[str | None, ...]


def header_row(rows: Sequence[Row], merges: Sequence[Merge] = ()) -> int | None:
    """Return the 0-based index of the row that names the columns, the lowest of the header's; None if there is none.

    The header begins with the first row that fills most of the table's width, mostly with words.
    """
    widths = [sum(_filled(cell) for cell in row) for row in rows]
    first = next((n for n, width in enumerate(widths) if width and 2 * width > max(widths)), None)
    if first is None or 2 * sum(_is_word(cell) for cell in rows[first]) <= widths[first]:
        return None
    return lowest_row(rows, first, merges)


def lowest_row(rows: Sequence[Row], header: int, merges: Sequence[Merge] = ()) -> int:
    """Return the index of the lowest row of a header of which `header` is a row."""
    lowest = header
    while lowest < header + LEVELS - 1 and _continues(rows, lowest, merges):
        lowest += 1
    return lowest


def is_told_apart(rows: Sequence[Row], header: int) -> bool:
    """Return whether a row differs from those below it as a header does: words alone stand over numbers."""
    below = [row for row in rows[header + 1 :] if any(_filled(cell) for cell in row)]
    return _names_only(rows[header]) and any(
        _stands_over_numbers(below, c, cell) for c, cell in enumerate(rows[header])
    )


def may_continue(rows: Sequence[Row], header: int, merges: Sequence[Merge]) -> bool:
    """Return whether the header has cells merged sideways over a row that could be names as well as data."""
    below = rows[header + 1] if header + 1 < len(rows) else ()
    merged = [merge for merge in merges if _spans(merge, header)]
    named = any(_filled(below[c]) for m in merged for c in range(m.left + 1, m.right + 1) if c < len(below))
    return named and _names_only(below)


def levels_above(
    rows: Sequence[Row], header: int, merges: Sequence[Merge] = (), width: int = 0
) -> tuple[Level, ...]:
    """Return the rows directly above the header that group its columns, from the top; titles are none."""
    first = header
    while first > max(0, header - LEVELS) and _is_group_row(rows, first - 1, header, merges):
        first -= 1
    width = max(width, len(rows[header]))
    return tuple(Level(n, _texts(rows[n], n, merges, width)) for n in range(first, header))


def _continues(rows: Sequence[Row], upper: int, merges: Sequence[Merge]) -> bool:
    """Return whether the row below is one of the header too: it names what the upper one leaves open or groups."""
    if upper + 1 >= len(rows):
        return False
    above, below = rows[upper], rows[upper + 1]
    gaps = [c for c, cell in enumerate(below) if _filled(cell) and not _at(above, c)]
    if not gaps or not _names_only(below):
        return False
    data = [row for row in rows[upper + 2 :] if any(_filled(cell) for cell in row)]
    if not any(_spans(merge, upper) for merge in merges):
        return 2 * sum(_stands_over_numbers(data, c, below[c]) for c in gaps) > len(gaps)
    if any(merge.top == upper + 1 and merge.bottom > upper + 1 for merge in merges):
        return True
    return any(_stands_over_numbers(data, c, cell) for c, cell in enumerate(below))


def _is_group_row(rows: Sequence[Row], row: int, header: int, merges: Sequence[Merge]) -> bool:
    filled = [c for c, cell in enumerate(rows[row]) if _filled(cell)]
    if not filled or not all(_is_name(_at(rows[row], c), GROUP_CHARACTERS) for c in filled):
        return False
    if any(merge.top == row + 1 and merge.bottom == header + 1 for merge in merges):
        return True
    named = [c for c, cell in enumerate(rows[header]) if _filled(cell)]
    spans = [merge for merge in merges if _spans(merge, row)]
    if len(filled) == 1:
        return filled[0] > 0 and (not merges or bool(spans))
    return bool(spans) or any(not _at(rows[row], c) for c in named)


def _texts(row: Row, index: int, merges: Sequence[Merge], width: int) -> tuple[str | None, ...]:
    """Return what stands above each column: merged cells over all they span; without any, cells over the gaps."""
    texts = [_at(row, c) for c in range(width)]
    spans = [merge for merge in merges if _spans(merge, index)]
    for merge in spans:
        for c in range(max(0, merge.left), min(width, merge.right + 1)):
            texts[c] = _at(row, max(0, merge.left))
    if not spans:
        for c in range(1, width):
            texts[c] = texts[c] or texts[c - 1]
    return tuple(texts)


def _spans(merge: Merge, row: int) -> bool:
    """Return whether merged cells stand in a row (0-based) and lie over several columns."""
    return merge.top <= row + 1 <= merge.bottom and merge.left < merge.right


def _names_only(row: Row) -> bool:
    filled = [cell for cell in row if _filled(cell)]
    return bool(filled) and all(_is_name(cell) for cell in filled)


def _stands_over_numbers(rows: Sequence[Row], column: int, name: str | None) -> bool:
    """Return whether a cell that is filled stands over numbers, as a rule; years are none below a year."""
    if not _filled(name):
        return False
    is_year = YEAR.fullmatch((name or "").strip())
    cells = [cell for row in rows if (cell := _at(row, column)) and not MISSING.fullmatch(cell)]
    numbers = [cell for cell in cells if NUMBER.fullmatch(cell) and not (is_year and YEAR.fullmatch(cell))]
    return 2 * len(numbers) > len(cells)


def _is_name(cell: str | None, characters: int = NAME_CHARACTERS) -> bool:
    text = (cell or "").strip()
    return len(text) <= characters and not MISSING.fullmatch(text) and _is_word(text)


def _is_word(cell: str | None) -> bool:
    text = (cell or "").strip()
    return bool(text) and (bool(YEAR.fullmatch(text)) or not NUMBER.fullmatch(text))


def _filled(cell: str | None) -> bool:
    return cell is not None and bool(cell.strip())


def _at(row: Row, column: int) -> str | None:
    """Return the text of a cell without white space around it, None where there is none."""
    text = row[column] if column < len(row) else None
    return text.strip() or None if text else None
