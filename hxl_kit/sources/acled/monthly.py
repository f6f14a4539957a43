"""ACLED's counts of events and fatalities by month, on HDX, or by year.

The monthly workbooks have a sheet of terms first, then countries without a response plan (no admin columns) and
with one. Which events are counted stands only in the file's name: political violence, civilian targeting (a part
of it: added to it, its fatalities would count twice) or demonstrations (a few are political violence too).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import SourceMismatchError
from hxl_kit.mapping import (
    constant,
    context,
    derived,
    integer,
    joined,
    month_end,
    month_start,
    text,
    year_end,
    year_start,
)
from hxl_kit.sources._blocks import country
from hxl_kit.sources.acled._codes import NOTHING, country_code, known_or_refused
from hxl_kit.sources.acled._figures import (
    AGGREGATE_NOTE,
    count_measures,
    event_count,
    events_counted,
    fatality_count,
)
from hxl_kit.sources.definition import Layout
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from hxl_kit.reading import TableText

_KIND_WORDS = {
    "civilian": "Civilian targeting",
    "demonstration": "Demonstrations",
    "political": "Political violence",
}
_YEAR = r"^[12][0-9]{3}$"


def _kind() -> pl.Expr:
    """Return which events are counted, by the name of the file or sheet; "Unspecified" if neither says."""
    name = pl.concat_str(context("file"), context("sheet"), separator=" ").str.to_lowercase()
    found = pl.lit("Unspecified")
    for word, kind in reversed(_KIND_WORDS.items()):
        found = pl.when(name.str.contains(word, literal=True)).then(pl.lit(kind)).otherwise(found)
    return found


@dataclass(frozen=True)
class _Period:
    """How a period is read: first and last day, its text in identifiers, and its precision.

    `precisions` are two ways to the same word, each through one column that must be readable.
    """

    start: pl.Expr
    end: pl.Expr
    id: pl.Expr
    precisions: tuple[pl.Expr, pl.Expr]


def _readable(column: str, readable: pl.Expr, precision: str) -> pl.Expr:
    """Return the precision where the column can be read; elsewhere the code list refuses the row, naming the column."""
    return known_or_refused(pl.when(readable).then(pl.lit(precision)), column)


def _month() -> pl.Expr:
    """Return the two digits of a month given by its name or number."""
    with schemas.path_of("words", "months.csv").open(encoding="utf-8", newline="") as file:
        names = {row["name"]: row["month"].zfill(2) for row in csv.DictReader(file)}
    numbers = {number: number.zfill(2) for number in map(str, range(1, 13))}
    known = names | numbers
    return text("Month").str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.String)


_MONTH = _month()
_YEAR_IS_READABLE = text("Year").str.contains(_YEAR)
_BY_MONTH = _Period(
    month_start("Year", _MONTH),
    month_end("Year", _MONTH),
    pl.concat_str(text("Year"), _MONTH, separator="-"),
    (
        _readable("Month", _MONTH.is_not_null(), "month"),
        _readable("Year", _YEAR_IS_READABLE, "month"),
    ),
)
_BY_YEAR = _Period(
    year_start("Year"),
    year_end("Year"),
    text("Year"),
    (_readable("Year", _YEAR_IS_READABLE, "year"), _readable("Year", _YEAR_IS_READABLE, "year")),
)

_LOCATION = country_code("Country", text("ISO3"))
_FINEST = (
    pl.when(pl.coalesce("Admin2", "Admin2 Pcode").is_not_null())
    .then(pl.lit("admin2"))
    .when(pl.coalesce("Admin1", "Admin1 Pcode").is_not_null())
    .then(pl.lit("admin1"))
    .otherwise(pl.lit("country"))
)
_HAS_PCODE = pl.coalesce("Admin1 Pcode", "Admin2 Pcode").is_not_null()
_PLACE: dict[str, pl.Expr] = {
    **country(_LOCATION, text("ISO3"), text("Country")),
    "admin1_code": text("Admin1 Pcode"),
    "admin2_code": text("Admin2 Pcode"),
    "provider_admin1_name": text("Admin1"),
    "provider_admin2_name": text("Admin2"),
    "geo_precision": _FINEST,
    "pcode_method": pl.when(_HAS_PCODE).then(pl.lit("provider")).otherwise(pl.lit("none")),
}
_PLACE_ID = pl.concat_str(
    text("Country"), text("Admin1"), text("Admin2"), text("Admin2 Pcode"), separator=":", ignore_nulls=True
)


def _period(period: _Period, way: int) -> dict[str, pl.Expr]:
    return {"date_start": period.start, "date_end": period.end, "date_precision": period.precisions[way]}


_WHICH = (
    "which events are counted stands only in the name of the file: political violence is recommended; civilian "
    "targeting is a part of it, and counts of a kind that no name tells may be: both are triangulation"
)


def _counts(layout_id: str, title: str, period: _Period, *, events: bool, fatalities: bool) -> Layout:
    """Return the layout of counts by country or admin 2 and month or year."""
    kind = _kind()
    row_id = joined("acled", kind.str.to_lowercase().str.replace(" ", "_"), _PLACE_ID, period.id)
    happened = integer("Events") > 0 if events else integer("Fatalities") > 0
    event_id = derived(pl.when(happened).then(row_id))
    group = joined("acled", _PLACE_ID, period.id)
    role = (
        pl.when(kind == "Political violence").then(pl.lit("recommended")).otherwise(pl.lit("triangulation"))
    )
    demonstrations = kind == "Demonstrations"
    event = {
        "event_type": constant("other"),
        "event_subtype": kind,
        "civilian_targeting": derived(pl.when(kind == "Civilian targeting").then(pl.lit(True))),
        **_period(period, 0),
        **_PLACE,
        **({"fatalities": integer("Fatalities")} if fatalities else {}),
    }
    indicator = {
        "indicator": pl.when(demonstrations).then(pl.lit("demonstrations")).otherwise(pl.lit("events")),
        **_period(period, 1),
        **_PLACE,
        "role": pl.when(demonstrations).then(pl.lit("recommended")).otherwise(role),
        "overlap_group": group,
    }
    killed = {**_period(period, 1), **_PLACE, "role": role, "overlap_group": group}
    maps = (
        events_counted(row_id, happened, event),
        *((event_count(row_id, event_id, indicator, "Events"),) if events else ()),
        *((fatality_count(row_id, event_id, killed, "Fatalities"),) if fatalities else ()),
    )
    return Layout(
        id=layout_id,
        title=title,
        key=row_id,
        maps=maps,
        optional=frozenset({"ISO3", "Admin1", "Admin2", "Admin1 Pcode", "Admin2 Pcode"}),
        missing=NOTHING,
        measures=count_measures("Events" if events else "", "Fatalities" if fatalities else ""),
        notes=(_WHICH, AGGREGATE_NOTE),
        any_case=True,
        every_sheet=True,
    )


MONTHLY = _counts("monthly", "counts by month", _BY_MONTH, events=True, fatalities=True)
_NEEDED = frozenset(name.casefold() for name in MONTHLY.required)
_ALLOWED = frozenset(name.casefold() for name in MONTHLY.columns)


def smaller_counts(text_of: TableText) -> Layout | None:
    """Return the layout of counts by year, of events alone or of fatalities alone; None for any other table.

    So few columns might be anybody's: the table must have no others, and its file or sheet must say what it counts.

    Raises:
        SourceMismatchError: neither name says which events are counted.
    """
    header = {name.casefold() for name in text_of.header}
    figures = header & {"events", "fatalities"}
    if not (header <= _ALLOWED and {"country", "year"} <= header and figures) or header >= _NEEDED:
        return None
    name = f"{text_of.path.name} {text_of.sheet or ''}".casefold()
    if not any(word in name for word in (*_KIND_WORDS, "fatalit")):
        raise SourceMismatchError(
            "acled: these may be counts of events, but neither the file's name nor the sheet's says of which: "
            "give the file a name with political_violence, civilian_targeting or demonstration"
        )
    monthly = "month" in header
    which = "and_".join(sorted(figures))
    return _counts(
        f"{'monthly' if monthly else 'yearly'}_{which}",
        f"counts by {'month' if monthly else 'year'}",
        _BY_MONTH if monthly else _BY_YEAR,
        events="events" in figures,
        fatalities="fatalities" in figures,
    )
