"""The yearly overview of the Safeguarding Health in Conflict Coalition: totals per country."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hxl_kit.mapping import CODED, constant, context, joined, text
from hxl_kit.sources._blocks import nationwide
from hxl_kit.sources.definition import Layout
from hxl_kit.sources.insecurity_insight.figures import figure_map, figures_of, other_names
from hxl_kit.sources.insecurity_insight.topics import MISSING, NOUGHTS, ONE_FOR_UNKNOWN
from hxl_kit.standard.codelists import crosswalk

_TOPIC = "shcc_overview"
_COUNTRY = "Country"


def _location() -> pl.Expr:
    """Return the country of a name; the provider's own short names stand beside the usual ones."""
    names = crosswalk("country_name-location").mapping | crosswalk("insecurity_insight-location").mapping
    code = text(_COUNTRY).str.to_lowercase().replace_strict(names, default=None, return_dtype=pl.String)
    return code.alias(f"{CODED}country_name-location")


def _year() -> pl.Expr:
    """Return the year that the sheet's or file's name tells, as text; null where it tells none or several."""
    name = pl.concat_str([context("sheet"), context("file")], separator=" ", ignore_nulls=True)
    years = name.str.extract_all(r"20\d\d").list.unique()
    return pl.when(years.list.len() == 1).then(years.list.first())


def _day(month_and_day: str) -> pl.Expr:
    return joined(_YEAR, constant(month_and_day), separator="-").str.to_date("%Y-%m-%d", strict=False)


_YEAR = _year()
_LOCATION = _location()
# By name: Chechnya stands beside countries.
_IDENTITY = joined("insecurity_insight", constant(_TOPIC), _YEAR, text(_COUNTRY))
_SHARED: dict[str, pl.Expr] = {
    "date_start": _day("01-01"),
    "date_end": _day("12-31"),
    "date_precision": constant("year"),
    **nationwide(_LOCATION, provider_name=text(_COUNTRY)),
    "overlap_group": joined(_YEAR, text(_COUNTRY)),
}


def _overview() -> Layout:
    found = figures_of(_TOPIC)
    harmed = {**_SHARED, "cause": constant("other_violence")}
    layout = Layout(
        id=_TOPIC,
        title="SHCC yearly overview, totals per country",
        key=_IDENTITY,
        maps=tuple(
            figure_map(f, _IDENTITY, harmed if f.table == "casualties" else _SHARED, {}) for f in found
        ),
        other_names=other_names(found),
        missing=MISSING,
        not_carried={
            "Deprivation of liberty": "not the sum of the kidnapped and the arrested, and not explained in the notes"
        },
        measures=tuple(f.measure for f in found),
        notes=(
            "the year is the one in the name of the sheet or file; a row without one is rejected",
            "totals of incidents: do not add them to the incidents of the same year",
            ONE_FOR_UNKNOWN,
            NOUGHTS,
        ),
        any_case=True,
    )
    wanted = frozenset({_COUNTRY, "Number of reported incidents", "Number of health workers killed"})
    return replace(layout, optional=layout.columns - wanted)


OVERVIEW = _overview()
