"""What two releases of a table tell together that neither tells alone.

A count that one release keeps back may stand in the other; the difference of two running totals may be one person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.cells import count
from hxl_kit.disclosure.finding import Finding, Severity, first_rows
from hxl_kit.disclosure.small_counts import LIMIT, aggregate
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_THEN = "_then"


def between_releases(
    frame: pl.DataFrame,
    previous: pl.DataFrame,
    resource: str,
    known: Collection[str] = (),
    tags: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Return the columns in which a release, taken with the one before, tells of 1 to 4 people.

    Rows are the same if all columns that say what a row counts are equal in both releases.

    Args:
        frame: the table to be published, as text, with row_number.
        previous: the table as it was published before.
        resource: the table's name.
        known: columns that a known source or the standard accounts for.
        tags: hashtags by column.
    """
    found = aggregate(frame, resource, known, tags or {}) or aggregate(previous, resource, known, tags or {})
    if found is None:
        return []
    by = [name for name in found.by if name in frame.columns and name in previous.columns]
    both = [name for name in found.counts if name in frame.columns and name in previous.columns]
    before = previous.select(*by, *(count(name).alias(_THEN + name) for name in both)).unique(
        by or None, keep="first"
    )
    now = frame.select(ROW_NUMBER, *by, *(count(name) for name in both))
    joined = now.join(before, on=by, how="inner", nulls_equal=True) if by else now.join(before, how="cross")
    return [finding for name in both for finding in _compared(joined, name, resource, found.counts[name])]


def _compared(joined: pl.DataFrame, name: str, resource: str, about: str) -> list[Finding]:
    then, now = pl.col(_THEN + name), pl.col(name)
    cases = {
        "small-count-published-before": now.is_null() & then.is_between(1, LIMIT - 1),
        "small-count-difference": (now - then).abs().is_between(1, LIMIT - 1),
    }
    found = []
    for slug, condition in cases.items():
        rows = joined.filter(condition)
        if rows.height:
            params = {"count": rows.height, "highest": LIMIT - 1}
            severity: Severity = "error" if slug == "small-count-published-before" else "warning"
            found.append(
                Finding(
                    slug, severity, resource, name, rows.height, first_rows(rows[ROW_NUMBER]), about, params
                )
            )
    return found
