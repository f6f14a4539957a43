"""The table of disasters: a row per event, country and year.

A figure counts the displacements of one reporting year. Its period is the event's where that lies within the year,
else the year: some events began before it, some have no end, and in some rows of 2008 to 2015 the end comes first,
often because day and month of a date changed places. The event's own row keeps the dates as published.

Ids: the API and CSV name no event. The country, year, name and first day tell rows apart from 2013 on; older rows
have names made by a program ("Colombia: Flood - 01/01/2010") and no end, and are told apart by their figure too. Rows
that agree in everything are events of their own, not repeats: with them the rows of 2008 to 2012 add up to the
yearly totals that IDMC published. The second and third of them are numbered.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import code, constant, context, date, derived, integer, joined, text
from hxl_kit.sources.definition import Expectation, Layout, TableMap
from hxl_kit.sources.idmc_gidd._quantities import NOTES, PLACE, YEAR, figure_maps, figure_measures

_START, _END = date("start_date"), date("end_date")
# A month is given by its first day, at both ends.
_FIRST = (
    pl.when(text("start_date_accuracy") == "Year")
    .then(pl.date(_START.dt.year(), 1, 1))
    .when(text("start_date_accuracy") == "Month")
    .then(_START.dt.month_start())
    .otherwise(_START)
)
_LAST = (
    pl.when(text("end_date_accuracy") == "Year")
    .then(pl.date(_END.dt.year(), 12, 31))
    .when(text("end_date_accuracy") == "Month")
    .then(_END.dt.month_end())
    .otherwise(_END)
)
_YEAR = integer("year")
_WITHIN_YEAR = ((_FIRST <= _LAST) & _FIRST.dt.year().eq(_YEAR) & _LAST.dt.year().eq(_YEAR)).fill_null(
    value=False
)
_PRECISION = "idmc_gidd-date_precision"
_ACCURACIES = {name: code(name, _PRECISION) for name in ("start_date_accuracy", "end_date_accuracy")}
_UNKNOWN = pl.any_horizontal(text(name).is_null() for name in _ACCURACIES)
_READ = pl.all_horizontal(text(name).is_null() | given.is_not_null() for name, given in _ACCURACIES.items())
_COARSER = pl.coalesce(
    pl.when(_UNKNOWN).then(pl.lit("unknown")),
    *(
        pl.when(pl.any_horizontal(given == precision for given in _ACCURACIES.values())).then(
            pl.lit(precision)
        )
        for precision in ("year", "month", "week", "day")
    ),
)
_PERIOD = {
    "date_start": pl.when(_WITHIN_YEAR).then(_FIRST).otherwise(YEAR["date_start"]),
    "date_end": pl.when(_WITHIN_YEAR).then(_LAST).otherwise(YEAR["date_end"]),
    "date_precision": pl.when(_READ).then(pl.when(_WITHIN_YEAR).then(_COARSER).otherwise(pl.lit("year"))),
}

_FIGURES = ("new_displacement", "total_displacement")
_NAME = pl.coalesce(text("event_name"), text("hazard_type_name"))
_MADE_NAME = text("event_id").is_null() & text("end_date").is_null()
_EVENT = pl.concat_str(
    text("iso3"),
    text("year"),
    pl.coalesce(text("event_id"), pl.concat_str(_NAME, text("start_date"), separator=":", ignore_nulls=True)),
    *(pl.when(_MADE_NAME).then(text(column)) for column in _FIGURES),
    separator=":",
    ignore_nulls=True,
)
_ALIKE = pl.concat_str(_EVENT, *(text(column).fill_null("") for column in _FIGURES), separator=":")


def _numbered(rows: pl.Series) -> pl.Series:
    """Return each row's event; of several rows of one event, in the order of their figures, the later ones numbered."""
    several = rows.struct.field("event").is_duplicated().arg_true()
    numbered = (
        rows[several]
        .struct.unnest()
        .with_columns(number=pl.col("alike").rank("ordinal").over("event").cast(pl.String))
    )
    named = (
        pl.when(pl.col("number") == "1")
        .then("event")
        .otherwise(pl.concat_str("event", "number", separator=":"))
    )
    return rows.struct.field("event").scatter(several, numbered.select(named).to_series())


_ID = joined(
    "idmc_gidd",
    "disaster",
    pl.struct(event=_EVENT, alike=_ALIKE).map_batches(_numbered, return_dtype=pl.String),
)
_CODES = text("event_codes").str.replace_all(r"[\[\]']", "")

# Files without the names of sub types have their numbers.
_SUBTYPE = pl.coalesce(
    text("hazard_sub_type_name"),
    pl.concat_str(
        text("hazard_type_name"), pl.lit(" (hazard_sub_type "), text("hazard_sub_type"), pl.lit(")")
    ),
    text("hazard_type_name"),
)
_EVENTS = TableMap(
    "events",
    {
        "event_id": _ID,
        "source_id": context("source_id"),
        "provider_event_id": text("event_id"),
        "event_name": text("event_name"),
        "event_type": constant("disaster"),
        "event_subtype": _SUBTYPE,
        "date_start": _START,
        "date_end": _END,
        "date_precision": pl.when(text("start_date_accuracy").is_null())
        .then(pl.lit("unknown"))
        .otherwise(_ACCURACIES["start_date_accuracy"]),
        **PLACE,
        "description": derived(pl.when(_CODES != "").then(pl.concat_str(pl.lit("Event codes: "), _CODES))),
        "is_aggregate": constant(value=False),
    },
)
_HAZARD = "follows from the hazard's sub type"
_OTHER_NAMES = {
    "iso3": ("ISO3",),
    "country_name": ("Name", "Country / Territory", "Country"),
    "year": ("Year",),
    "start_date": ("Start Date", "Date of Event (start)", "Date of event (start)"),
    "event_name": ("Event Name",),
    "event_id": ("Event ID",),
    "event_codes": ("Event Codes (Code:Type)",),
    "hazard_type_name": ("Hazard Type",),
    "hazard_sub_type_name": ("hazard_subtype_name", "Hazard Sub Type"),
    "hazard_category_name": ("Hazard Category",),
    "new_displacement": ("Disaster Internal Displacements (Raw)", "New Displacements"),
    "new_displacement_rounded": ("Disaster Internal Displacements",),
    "displacement_occurred": ("Displacement occurred",),
}
_OPTIONAL = frozenset(
    {
        *("country_name", "end_date", "start_date_accuracy", "end_date_accuracy", "event_id", "event_codes"),
        *("hazard_sub_type", "hazard_sub_type_name", "total_displacement"),
        *(f"{column}_rounded" for column in _FIGURES),
    }
)

DISASTERS = Layout(
    id="disasters",
    title="disasters, by event",
    key=_ID,
    near_key=_ALIKE,
    maps=(
        _EVENTS,
        *(
            m
            for column in _FIGURES
            for m in figure_maps(column, _ID, "disaster", period=_PERIOD, event_id=_ID)
        ),
    ),
    measures=tuple(m for column in _FIGURES for m in figure_measures(column, "disaster")),
    optional=_OPTIONAL,
    other_names=_OTHER_NAMES,
    not_carried={
        "hazard_category": _HAZARD,
        "hazard_category_name": _HAZARD,
        "hazard_sub_category": _HAZARD,
        "hazard_sub_category_name": _HAZARD,
        "hazard_type": "the number of hazard_type_name",
        "event_codes_type": "who gave each event code; the code's form tells",
        "displacement_occurred": "whether people were evacuated before the hazard struck; no field for it",
    },
    any_case=True,
    expect=Expectation(filled={"iso3": 1.0, "year": 1.0, "hazard_type_name": 0.99}),
    notes=(
        *NOTES,
        "the period of a figure is the event's where that lies within the reporting year, else the year",
        "yearly totals of IDMC include these events: do not add the two",
        "rows that agree in everything are events of their own: IDMC's yearly totals count each",
    ),
)
