"""Counts of one to four people with a sensitive attribute, in tables of counts, and those that totals give away.

Such a count tells on a person to everyone who knows the place (OCHA Centre for Humanitarian Data, Guidance Note 1;
the threshold of five is common among statistical offices, see the Handbook on Statistical Disclosure Control).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hxl_kit.disclosure.bounds import narrow_within
from hxl_kit.disclosure.cells import cells, count, has_totals
from hxl_kit.disclosure.finding import Finding, first_rows
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    import polars as pl

    from hxl_kit.disclosure.aggregates import Aggregate
    from hxl_kit.disclosure.cells import Cells
    from hxl_kit.disclosure.finding import Severity

LIMIT = 5
MOST_CELLS = 500_000
"""Cells of a table whose sums are looked at; nobody publishes a greater one with totals."""

_GRAVE = {"small-count", "small-count-recoverable", "small-count-published-before", "small-count-combined"}


@dataclass(frozen=True)
class GivenAway:
    """Which counts that are kept back the sums of a table leave 1 to 4 for, and which were not worked out.

    Attributes:
        small: rows (from 0) by column.
        open: the same, of the counts that were given up.
    """

    small: Mapping[str, frozenset[int]] = field(default_factory=dict)
    open: Mapping[str, frozenset[int]] = field(default_factory=dict)


def small_counts(
    frame: pl.DataFrame, resource: str, found: Aggregate, *, whole: bool = True
) -> list[Finding]:
    """Return the columns of a table that count 1 to 4 people with a sensitive attribute, or let them be worked out.

    Args:
        frame: the table as text, with row_number.
        resource: the table's name.
        found: what it counts (`aggregate`).
        whole: whether these are all rows of the table; without the others its sums cannot be worked out.
    """
    told = given_away(frame, found, whole=whole)
    looks = {
        "small-count": _stated(frame, found),
        "small-count-recoverable": told.small,
        "small-count-unchecked": told.open,
    }
    return [f for slug, rows in looks.items() for f in findings_of(slug, frame, resource, found, rows)]


def given_away(frame: pl.DataFrame, found: Aggregate, *, whole: bool = True) -> GivenAway:
    """Return what the sums of a table tell of the counts it keeps back, in rows about the attribute.

    Args:
        frame: the table as text.
        found: what it counts.
        whole: whether these are all rows of the table.
    """
    hidden = {name: frozenset(rows) for name, rows in _kept_back(frame, found) if rows}
    if not hidden or not has_totals(frame, tuple(found.counts), found.by):
        return GivenAway()
    if not whole or frame.height * len(found.counts) > MOST_CELLS:
        return GivenAway(open=hidden)
    stated = cells(frame, tuple(found.counts), found.by)
    told = narrow_within(stated, LIMIT - 1)
    given = [
        cell for cell, (low, high) in told.intervals.items() if low > 0 and high is not None and high < LIMIT
    ]
    return GivenAway(_by_column(stated, given, hidden), _by_column(stated, told.open, hidden))


def _kept_back(frame: pl.DataFrame, found: Aggregate) -> Iterator[tuple[str, list[int]]]:
    """Yield each column of counts with the rows about the attribute that have none."""
    for name in found.counts:
        yield name, frame.select(found.about(name) & count(name).is_null()).to_series().arg_true().to_list()


def _by_column(
    stated: Cells, numbers: Iterable[int], hidden: Mapping[str, frozenset[int]]
) -> dict[str, frozenset[int]]:
    rows: dict[str, set[int]] = {}
    for cell in numbers:
        row, column = stated.place(cell)
        if row in hidden.get(column, ()):
            rows.setdefault(column, set()).add(row)
    return {column: frozenset(numbers) for column, numbers in rows.items()}


def _stated(frame: pl.DataFrame, found: Aggregate) -> dict[str, list[int]]:
    """Return the rows about the attribute that state a count of 1 to 4, by column."""
    small = frame.select(
        (found.about(name) & count(name).is_between(1, LIMIT - 1)).alias(name) for name in found.counts
    )
    return {name: small[name].fill_null(value=False).arg_true().to_list() for name in found.counts}


def findings_of(
    slug: str,
    frame: pl.DataFrame,
    resource: str,
    found: Aggregate,
    told: Mapping[str, Collection[int]],
) -> Iterator[Finding]:
    """Yield a finding for each column with cells: rows by column, counted from 0."""
    severity: Severity = "error" if slug in _GRAVE else "warning"
    for column, rows in told.items():
        numbers = frame[ROW_NUMBER].gather(sorted(rows))
        if len(numbers):
            params = {"count": len(numbers), "highest": LIMIT - 1}
            first = first_rows(numbers)
            yield Finding(slug, severity, resource, column, len(numbers), first, found.counts[column], params)
