"""What two releases of a table tell together that neither tells alone.

A count that one release keeps back may stand in the other; the difference of two counts of the same people may be one
person. A row of a new month has none to be compared with: its people are others. But a column that counts from a
start on ("cumulative") tells with each new period, and with each row of a series, how many were added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.aggregates import Aggregate, aggregate
from hxl_kit.disclosure.cells import count
from hxl_kit.disclosure.small_counts import LIMIT, findings_of, given_away
from hxl_kit.disclosure.words import kind
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from hxl_kit.disclosure.finding import Finding

_THEN = "_then"


def between_releases(
    frame: pl.DataFrame,
    previous: pl.DataFrame,
    resource: str,
    known: Collection[str] = (),
    tags: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Return the columns in which a release, taken with the one before, tells of 1 to 4 people.

    Rows are the same if the columns that say what a row counts are equal, of those that both releases have, and no
    other row of either has the same.

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
    common = _common(found, {*frame.columns} & {*previous.columns})
    joined = _joined(frame, previous, common)
    told: dict[str, Mapping[str, Collection[int]]] = {
        slug: {name: _rows(joined, common, name, condition) for name in common.counts}
        for slug, condition in _COMPARISONS.items()
    }
    told["small-count-combined"] = _combined(joined, common)
    return [
        finding
        for slug, rows in told.items()
        for finding in findings_of(slug, joined, resource, common, rows)
    ]


_COMPARISONS: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "small-count-published-before": lambda now, then: now.is_null() & then.is_between(1, LIMIT - 1),
    "small-count-difference": lambda now, then: (now - then).abs().is_between(1, LIMIT - 1),
}
"""What a count says beside that of the release before."""


def _common(found: Aggregate, columns: Collection[str]) -> Aggregate:
    """Return what is counted in columns that both releases have."""
    return Aggregate(
        {name: about for name, about in found.counts.items() if name in columns},
        tuple(name for name in found.by if name in columns),
        {name: values for name, values in found.told.items() if name in columns},
        found.named,
    )


def _joined(frame: pl.DataFrame, previous: pl.DataFrame, found: Aggregate) -> pl.DataFrame:
    """Return the rows of a release with their counts as numbers, and beside them those of the same labels before."""
    now = frame.select(ROW_NUMBER, *found.by, *map(count, found.counts))
    then = previous.select(*found.by, *(count(name).alias(_THEN + name) for name in found.counts))
    if not found.by:
        return now.join(then.head(1), how="cross")
    before = then.unique(found.by, keep="none").join(
        now.select(found.by).unique(keep="none"), on=found.by, how="semi", nulls_equal=True
    )
    return now.join(before, on=found.by, how="left", nulls_equal=True, maintain_order="left")


def _rows(
    joined: pl.DataFrame, found: Aggregate, name: str, condition: Callable[[pl.Expr, pl.Expr], pl.Expr]
) -> list[int]:
    told = found.about(name) & condition(pl.col(name), pl.col(_THEN + name))
    return joined.select(told.fill_null(value=False)).to_series().arg_true().to_list()


def _combined(joined: pl.DataFrame, found: Aggregate) -> dict[str, frozenset[int]]:
    """Return the kept back counts that two releases give away together and none alone: each keeps others back.

    Where figures were corrected between the releases their sums do not hold, and nothing is worked out.
    """
    both = (pl.coalesce(pl.col(name), pl.col(_THEN + name)).alias(name) for name in found.counts)
    alone = given_away(joined, found).small
    together = given_away(joined.with_columns(both), found).small
    return {column: rows - alone.get(column, frozenset()) for column, rows in together.items()}


def between_periods(
    frame: pl.DataFrame, resource: str, found: Aggregate, previous: pl.DataFrame | None = None
) -> list[Finding]:
    """Return the running totals that tell by two periods of 1 to 4 people: within a table, and after the release before.

    Args:
        frame: the table to be published, as text, with row_number.
        resource: the table's name.
        found: what it counts.
        previous: the table as it was published before.
    """
    running = [name for name in found.counts if kind(name, "cumulative")]
    periods = sorted((name for name in found.by if kind(name, "period")), key=lambda n: kind(n, "period"))
    if not running or not periods:
        return []
    labels = [name for name in found.by if name not in periods]
    releases = [frame] if previous is None else [previous, frame]
    columns = {ROW_NUMBER, *labels, *periods, *running}
    if any(columns - {*release.columns} for release in releases):
        return []
    rows = pl.concat(
        [
            release.select(
                pl.col(ROW_NUMBER).cast(pl.Int64),
                *labels,
                *(_in_order(name) for name in periods),
                *(count(name) for name in running),
                now=pl.lit(release is frame),
            )
            for release in releases
        ]
    ).sort(periods, nulls_last=True, maintain_order=True)
    return [finding for name in running for finding in _grown(rows, name, labels, periods, resource, found)]


def _in_order(period: str) -> pl.Expr:
    """Return periods such that they sort by time: ISO dates as they are, numbers filled up."""
    return pl.col(period).cast(pl.String).str.strip_chars().str.zfill(4).alias(period)


def _grown(
    rows: pl.DataFrame, name: str, labels: list[str], periods: list[str], resource: str, found: Aggregate
) -> list[Finding]:
    """Return the running total if it grows by 1 to 4 between one period and the next with the same labels."""
    before, number = pl.col(name).shift(), pl.col(name)
    later = pl.any_horizontal(pl.col(period) != pl.col(period).shift() for period in periods)
    grown = later & (number - before).is_between(1, LIMIT - 1)
    grown = (grown.over(labels) if labels else grown).fill_null(value=False)
    told = rows.filter(grown, "now")
    return [*findings_of("small-count-growth", told, resource, found, {name: range(told.height)})]
