"""Small counts kept back, and with them the counts that would give them away (secondary suppression)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.bounds import narrow
from hxl_kit.disclosure.cells import cells
from hxl_kit.disclosure.remedies.record import Remedy, require_columns
from hxl_kit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hxl_kit.disclosure.cells import Cells

SMALLEST_SHOWN = 5
_ROUNDS = 8
LEAST_WIDTH = 2
"""An interval of a kept back count must hold three whole numbers at least."""


def suppress(
    frame: pl.DataFrame,
    counts: Sequence[str],
    by: Sequence[str],
    smallest_shown: int = SMALLEST_SHOWN,
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with counts of 1 to `smallest_shown` - 1 empty, and others so that none can be worked out.

    Beside the small counts, the least of the others that tie down a kept back one is kept back too, until the sums of
    the table leave every kept back count open. A reader cannot tell a small count from one that protects it.

    Args:
        frame: one row per combination of the columns in `by`; totals have a word for totals there, or nothing.
        counts: the columns of counts.
        by: the columns that say what a row counts.
        smallest_shown: the smallest count above 0 that may be published.

    Raises:
        UsageError: a column is not there.
        DataError: the table's sums cannot be kept from telling a count.
    """
    require_columns(frame, *counts, *by)
    stated = cells(frame, counts, by)
    small = {i for i, value in enumerate(stated.values) if value is not None and 0 < value < smallest_shown}
    hidden = _protected(stated, small)
    after = frame.with_columns(_emptied(frame, stated, name, hidden) for name in counts)
    rows = {stated.place(cell)[0] for cell in hidden}
    parameters = {
        "smallest_shown": smallest_shown,
        "cells_small": len(small),
        "cells_protecting": len(hidden) - len(small),
    }
    return after, Remedy("suppress", tuple(counts), len(rows), parameters)


def _protected(stated: Cells, small: set[int]) -> set[int]:
    """Return the cells to keep back: the small ones and those that protect them and one another.

    Where many rounds leave counts tied down, the totals around them are kept back as well.
    """
    hidden = _in_company(stated, small)
    for _ in range(_ROUNDS):
        tight = set(narrow(_without(stated, hidden), LEAST_WIDTH))
        if not tight:
            return hidden
        hidden = _in_company(stated, hidden | _protecting(stated, hidden, tight))
    while tight := set(narrow(_without(stated, hidden), LEAST_WIDTH)):
        around = {each.total for each in stated.sums if tight & {each.total, *each.parts}} - hidden
        hidden |= around or _protecting(stated, hidden, tight)
    return hidden


def _protecting(stated: Cells, hidden: set[int], tight: Iterable[int]) -> set[int]:
    more = {cell for cell in (_cheapest(stated, hidden, each) for each in sorted(tight)) if cell is not None}
    if not more:
        raise DataError("suppress: the totals of the table give a small count away; leave the totals out")
    return more


def _in_company(stated: Cells, hidden: set[int]) -> set[int]:
    """Return cells to keep back such that no sum has a single one: it would be the difference of the others."""
    found, lonely = set(hidden), True
    while lonely:
        lonely = False
        for each in stated.sums:
            kept = [
                cell for cell in (*each.parts, each.total) if cell in found or stated.values[cell] is None
            ]
            shown = [cell for cell in (*each.parts, each.total) if cell not in kept]
            if len(kept) == 1 and shown:
                found.add(
                    min(
                        shown, key=lambda c: (c == each.total, not stated.values[c], stated.values[c] or 0, c)
                    )
                )
                lonely = True
    return found


def _without(stated: Cells, hidden: Iterable[int]) -> Cells:
    values = list(stated.values)
    for cell in hidden:
        values[cell] = None
    return replace(stated, values=tuple(values))


def _cheapest(stated: Cells, hidden: set[int], cell: int) -> int | None:
    """Return the stated cell whose loss costs least among those that share a sum with a cell, or with its group.

    Parts go before totals, counts above 0 before 0, small before great.
    """
    totals = {each.total for each in stated.sums}
    group, reached = {cell}, {cell}
    while group:
        near = {
            c for each in stated.sums if group & {each.total, *each.parts} for c in (each.total, *each.parts)
        }
        shown = [c for c in near if c not in hidden and stated.values[c] is not None]
        if shown:
            return min(shown, key=lambda c: (c in totals, not stated.values[c], stated.values[c] or 0, c))
        group = near - reached
        reached |= near
    return None


def _emptied(frame: pl.DataFrame, stated: Cells, name: str, hidden: set[int]) -> pl.Expr:
    rows = {row for row, column in map(stated.place, hidden) if column == name}
    keep = pl.Series([row not in rows for row in range(frame.height)], dtype=pl.Boolean)
    return pl.when(keep).then(pl.col(name)).alias(name)
