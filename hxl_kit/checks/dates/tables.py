"""Dates that other tables show to be wrong: those of sources, of documents and of what claims are about."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.dates.told import TOLD
from hxl_kit.checks.reducing import Columns
from hxl_kit.checks.rule import TableRule, Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

_REPORTED = {
    "events": ("date_start",),
    "casualties": ("date_start",),
    "displacement": ("as_of", "date_start"),
    "claims": ("claim_date",),
}
"""By table, the fields that tell when what a source reports was or began."""

_IDS = {"events": "event_id", "casualties": "figure_id", "displacement": "figure_id"}
_FINE = ("day", "week")
_SLACK = {"day": 0, "week": 6, "month": 30, "quarter": 91, "year": 365}
"""Days after the date of a publication, the first of its week, month or year, on which it may have appeared."""

_GROWING = ("dataset", "monitor")
"""Sources that go on after they were first published: what counts is when they were fetched."""

_EARLIER = pl.duration(days=1)
"""In the west of the world it may be yesterday still."""


def kept(name: str, columns: Collection[str]) -> list[pl.Expr]:
    """Return what is kept of a table: its dates, and hashes of what it is and refers to."""
    row = Columns(name, columns)
    found = {"sources": _source, "event_sources": _document, "claims": _claim}.get(name, _record)(row, name)
    return [pl.col("row_number"), *(expr.alias(as_) for as_, expr in found.items())] if found else []


def _source(row: Columns, _: str) -> dict[str, pl.Expr]:
    days = row["date_precision"].replace_strict(_SLACK, default=None, return_dtype=pl.Int64)
    published = row["date_published"] + pl.duration(days=days)
    grown = pl.when(row["source_type"].is_in(_GROWING)).then(row["retrieved_at"])
    until = pl.when(published.is_not_null()).then(pl.max_horizontal(published, grown))
    return {"source": row.id("source_id"), "until": until}


def _document(row: Columns, _: str) -> dict[str, pl.Expr]:
    return {"event": row.id("event_id"), "source_date": row["source_date"]}


def _claim(row: Columns, _: str) -> dict[str, pl.Expr]:
    about = {"about": row.id("about_id"), "about_table": row["about_table"]}
    return {"source": row.id("source_id"), "claim_date": row["claim_date"], **about}


def _record(row: Columns, name: str) -> dict[str, pl.Expr]:
    if name not in _IDS:
        return {}
    fine = {"id": row.id(_IDS[name]), "fine": row["date_precision"].is_in(_FINE)}
    return {"source": row.id("source_id"), **fine, **{field: row[field] for field in _REPORTED[name]}}


def table_rules(table_name: str) -> tuple[TableRule, ...]:
    """Return the rules on a table's dates beside those of other tables."""
    rules = [
        _rule("date-published", table_name, field, partial(_after_publication, name=table_name, field=field))
        for field in _REPORTED.get(table_name, ())
    ]
    if table_name == "event_sources":
        rules.append(_rule("date-document", table_name, "source_date", _before_event))
    if table_name == "claims":
        rules.append(_rule("date-claim", table_name, "claim_date", _before_record))
    return tuple(rules)


def _rule(slug: str, table: str, field: str, found: Callable[[Tables], pl.DataFrame]) -> TableRule:
    told = TOLD[slug]
    return TableRule(slug, table, field, told.severity, found, told.message)


def _after_publication(tables: Tables, *, name: str, field: str) -> pl.DataFrame:
    """Find what is dated after its source was published."""
    sources = tables["sources"].drop_nulls().unique("source", keep="none").select("source", "until")
    found = tables[name].join(sources, on="source").filter(pl.col(field) > pl.col("until") + _EARLIER)
    return _told(found, "until", "published")


def _before_event(tables: Tables) -> pl.DataFrame:
    """Find documents that are older than the event that they report."""
    events = _began(tables, "events").select("start", event="id")
    found = tables["event_sources"].join(events, on="event")
    return _told(found.filter(pl.col("source_date") + _EARLIER < pl.col("start")), "start", "start")


def _before_record(tables: Tables) -> pl.DataFrame:
    """Find claims that are older than what they are about."""
    records = pl.concat(_began(tables, name) for name in _IDS)
    about = records.select("about_table", "start", about="id")
    found = tables["claims"].join(about, on=["about_table", "about"])
    return _told(found.filter(pl.col("claim_date") + _EARLIER < pl.col("start")), "start", "start")


def _began(tables: Tables, name: str) -> pl.DataFrame:
    """Return the records of a table whose first day is known: about_table, id and start."""
    first = pl.coalesce(_REPORTED[name]).alias("start")
    records = tables[name].filter("fine").select("id", first, about_table=pl.lit(name)).drop_nulls()
    return records.unique("id", keep="none")


def _told(found: pl.DataFrame, date: str, param: str) -> pl.DataFrame:
    return found.select("row_number", pl.col(date).cast(pl.String).alias(param)).sort("row_number")
