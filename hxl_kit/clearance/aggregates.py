"""Which rows are aggregates that declare their basis: what they sum, over which period, in which area.

Providers that forbid passing on their rows allow totals (ACLED's terms of use, https://acleddata.com/terms-of-use/).
What counts as a total is our rule, after what ACLED itself publishes on HDX: counts by admin 2 and month.

- an event says `is_aggregate`; another row has no event, or one that is such an aggregate;
- its period is longer than a day (`date_start` before `date_end`), or it is a stock at a date (`as_of`);
- its place is a unit, admin 2 or larger (`geo_precision`): no site, no point, no area in words.

A claim, or a document of an event, is an aggregate's if its event is one. Any other row is a single one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Collection

AREAS = ("admin2", "admin1", "country", "international")
COLUMNS = (
    *("is_aggregate", "event_id", "about_table", "about_id"),
    *("date_start", "date_end", "as_of", "geo_precision"),
)


def is_declared(header: Collection[str], aggregates: pl.Series) -> pl.Expr:
    """Return whether a row of text is an aggregate with a declared basis.

    Args:
        header: the table's columns.
        aggregates: the event_id of every aggregate event of the package.
    """
    known = {name: pl.col(name) if name in header else pl.lit(None, pl.String) for name in COLUMNS}
    of_aggregate = known["event_id"].is_in(aggregates.implode())
    days = {
        name: known[name].str.to_date("%Y-%m-%d", strict=False)
        for name in ("date_start", "date_end", "as_of")
    }
    over = (days["date_start"] < days["date_end"]) | days["as_of"].is_not_null()
    based = over & known["geo_precision"].is_in(AREAS)
    if "is_aggregate" in header:
        declared = (known["is_aggregate"].str.to_lowercase() == "true") & based
    elif "about_id" in header:
        declared = (known["about_table"] == "events") & known["about_id"].is_in(aggregates.implode())
    elif "geo_precision" in header:
        declared = (known["event_id"].is_null() | of_aggregate) & based
    else:
        declared = of_aggregate
    return declared.fill_null(value=False)
