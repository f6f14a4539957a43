"""Small counts kept back, and with them the counts that would give them away (secondary suppression)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.bounds import MOST_STEPS, narrow_within
from hxl_kit.disclosure.cells import Sum, cells
from hxl_kit.disclosure.remedies.record import Remedy, require_columns
from hxl_kit.disclosure.words import is_total
from hxl_kit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hxl_kit.disclosure.cells import Cells

SMALLEST_SHOWN = 5
_ROUNDS = 8
LEAST_WIDTH = 2
"""An interval of a kept back count must hold three whole numbers at least."""

PATIENCE = 5
"""A remedy may take longer than a look: what cannot be proven is refused."""


def suppress(
    frame: pl.DataFrame,
    counts: Sequence[str],
    by: Sequence[str],
    smallest_shown: int = SMALLEST_SHOWN,
    *,
    nested: Sequence[str] = (),
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with counts of 1 to `smallest_shown` - 1 empty, and others so that none can be worked out.

    Beside the small counts, the least of the others that tie down a kept back one is kept back too, until the sums of
    the table leave every kept back count open. A reader cannot tell a small count from one that protects it.

    Args:
        frame: one row per combination of the columns in `by`; totals have a word for totals there, or nothing.
        counts: the columns of counts.
        by: the columns that say what a row counts.
        smallest_shown: the smallest count above 0 that may be published.
        nested: those of `by` that lie in one another, the widest first, such as country, admin 1, admin 2: a row that
            leaves the finer ones empty may be the total of rows of any finer level.

    Raises:
        UsageError: a column is not there.
        DataError: the table's sums cannot be kept from telling a count, or it cannot be proven that they are.
    """
    require_columns(frame, *counts, *by, *nested)
    stated = cells(frame, counts, by)
    stated = replace(stated, sums=(*stated.sums, *over_levels(frame, counts, by, nested)))
    small = {i for i, value in enumerate(stated.values) if value is not None and 0 < value < smallest_shown}
    hidden = _protected(stated, small)
    after = frame.with_columns(_emptied(frame, stated, name, hidden) for name in counts)
    rows = {stated.place(cell)[0] for cell in hidden}
    # How many of them are small stays unsaid: of two counts known to be small, a total of 8 tells both.
    parameters = {"smallest_shown": smallest_shown, "cells": len(hidden)}
    return after, Remedy("suppress", tuple(counts), len(rows), parameters)


def _protected(stated: Cells, small: set[int]) -> set[int]:
    """Return the cells to keep back: the small ones and those that protect them and one another.

    Where many rounds leave counts tied down, the totals around them are kept back as well.
    """
    hidden = _in_company(stated, small)
    for _ in range(_ROUNDS):
        tight = _tied_down(stated, hidden)
        if not tight:
            return hidden
        hidden = _in_company(stated, hidden | _protecting(stated, hidden, tight))
    while tight := _tied_down(stated, hidden):
        around = {each.total for each in stated.sums if tight & {each.total, *each.parts}} - hidden
        hidden |= around or _protecting(stated, hidden, tight)
    return hidden


def _tied_down(stated: Cells, hidden: set[int]) -> set[int]:
    """Return the kept back cells that the sums leave too few numbers for."""
    found = narrow_within(_without(stated, hidden), LEAST_WIDTH, PATIENCE * MOST_STEPS)
    if found.open:
        raise DataError(
            "suppress: the sums tie too many counts together to prove that none can be worked out; "
            "leave totals out, suppress part of the table, or round all counts instead"
        )
    return set(found.intervals)


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


def over_levels(
    frame: pl.DataFrame, counts: Sequence[str], by: Sequence[str], nested: Sequence[str]
) -> Iterator[Sum]:
    """Yield the sums of rows of a level by rows that are finer by two levels or more; `cells` finds the others."""
    if not nested:
        return
    named = [
        pl.when(~pl.col(name).cast(pl.String).is_in(_totals(frame, name)))
        .then(pl.col(name).cast(pl.String))
        .alias(name)
        for name in nested
    ]
    levels = frame.with_columns(named).with_columns(
        _level=pl.max_horizontal(
            pl.when(pl.col(name).is_not_null()).then(n) for n, name in enumerate(nested, 1)
        ).fill_null(0)
    )
    others = [name for name in by if name not in nested]
    for fine in range(2, len(nested) + 1):
        for coarse in range(fine - 1):
            yield from _between(levels, counts, [*others, *nested[:coarse]], (coarse, fine), nested[fine - 1])


def _totals(frame: pl.DataFrame, name: str) -> list[str]:
    return [value for value in frame[name].cast(pl.String).drop_nulls().unique() if is_total(value)]


def _between(
    levels: pl.DataFrame, counts: Sequence[str], same: Sequence[str], pair: tuple[int, int], unit: str
) -> Iterator[Sum]:
    """Yield the sums that hold between the rows of two levels, by the cells of the whole table."""
    rows = levels.with_row_index("_at").filter(pl.col("_level").is_in(pair))
    if rows["_level"].n_unique() < len(pair):
        return
    numbers, width = rows["_at"].to_list(), len(counts)
    is_whole = (rows["_level"] == pair[0]).to_list()
    found = cells(
        rows.with_columns(pl.when(pl.col("_level") == pair[1]).then(unit).alias(unit)), counts, [*same, unit]
    )
    for each in found.sums:
        if is_whole[each.total // width] and not any(is_whole[part // width] for part in each.parts):
            total, *parts = (
                numbers[cell // width] * width + cell % width for cell in (each.total, *each.parts)
            )
            yield Sum(total, tuple(parts))
