"""Dates that one row shows to be wrong."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.dates.told import TOLD, TOO_SHORT
from hxl_kit.checks.rule import Rule
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from hxl_kit.checks.rule import Params
    from hxl_kit.checks.theme import Context

TIME_ZONES = dt.timedelta(days=1)
"""East of Greenwich it may be tomorrow already."""

_PAST = {
    "events": ("date_start",),
    "event_sources": ("source_date",),
    "casualties": ("date_start",),
    "displacement": ("as_of", "date_start"),
    "claims": ("claim_date",),
    "sources": ("date_published", "retrieved_at"),
}
"""Dates of what has happened. Indicators may be planned or projected, such as people targeted next year."""

_PERIODS = ("events", "casualties", "displacement", "indicators")
_STOCKS = ("displacement", "indicators")
"""Tables whose rows may have a date instead of a period."""

_BY_DAY = ("day", "week")
"""Precisions with which the end itself is known; with a coarser one it is the last day of the month or year."""

LONGEST = {"quarter": 92, "year": 366}
"""Days that a period of a precision has at most. Those of a week and a month are not held: IDMC gives them to the
first day of longer periods."""

_first, _last, _precision = (pl.col(name) for name in ("date_start", "date_end", "date_precision"))
_days = (_last - _first).dt.total_days() + 1
_reversed = _first > _last
_may_be_coarse = (_last == _first.dt.month_start()) | (_last == _first.dt.truncate("1y"))
"""The first day of the start's month or year: IDMC writes so of an end that is known by month or year alone."""


MAY_BE_COARSE = N_(
    "is before date_start, on the first of its month or year: is the end known by these alone?"
)


def row_rules(table_name: str, context: Context) -> tuple[Rule, ...]:
    """Return the rules on the dates of a table's single rows."""
    rules = [*_future(table_name, context.today)]
    if table_name in _PERIODS:
        rules += _period(table_name)
    if table_name == "sources":
        too_early = pl.col("retrieved_at") < pl.col("date_published")
        rules.append(_rule("date-retrieved", table_name, "retrieved_at", too_early))
    return tuple(rules)


def _rule(slug: str, table: str, field: str, violated: pl.Expr, params: Params | None = None) -> Rule:
    told = TOLD[slug]
    return Rule(slug, table, field, told.severity, violated, told.message, params or {})


def _future(table: str, today: dt.date) -> list[Rule]:
    """Return the rules on dates to come; that of a document is a slip in a reference, some in UCDP's among them."""
    latest, params = today + TIME_ZONES, {"today": today.isoformat()}
    dates = {name: pl.col(name) > latest for name in _PAST.get(table, ())}
    if table in _PERIODS and table in _PAST:
        dates["date_end"] = (_last > latest) & (_first <= latest) & _precision.is_in(_BY_DAY)
    rules = [_rule("date-future", table, name, violated, params) for name, violated in dates.items()]
    return [replace(rule, severity="info") for rule in rules] if table == "event_sources" else rules


def _period(table: str) -> list[Rule]:
    limit = _precision.replace_strict(LONGEST, default=None, return_dtype=pl.Int64)
    within_year = (_precision == "multi_year") & _days.is_between(1, LONGEST["year"])
    days = {"days": _days}
    dates = [name for name in ("date_start", "date_end", "as_of") if name != "as_of" or table in _STOCKS]
    undated = (_precision != "unknown") & pl.all_horizontal(pl.col(name).is_null() for name in dates)
    span = TOLD["date-precision-span"]
    return [
        _rule("date-order", table, "date_end", _reversed & ~_may_be_coarse),
        Rule("date-order", table, "date_end", "info", _reversed & _may_be_coarse, MAY_BE_COARSE),
        _rule(span.slug, table, "date_precision", limit < _days, days | {"precision": _precision}),
        Rule(span.slug, table, "date_precision", span.severity, within_year, TOO_SHORT, days),
        _rule("date-precision-undated", table, "date_precision", undated),
    ]
