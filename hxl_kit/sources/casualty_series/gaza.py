"""Daily casualties in the Gaza Strip: reports of the Ministry of Health and the Government Media Office.

Meanings: https://data.techforpalestine.org/docs/casualties-daily/. `ext_` columns are the compiler's: gaps filled from
the figures beside them. A report period of 0 hours is a day whose figures stand in the next report.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from hxl_kit.mapping import constant, date, integer, text
from hxl_kit.sources._blocks import nationwide
from hxl_kit.sources.casualty_series._series import (
    CHILD,
    COMPARED,
    COMPILER,
    RECOMMENDED,
    WOMAN,
    Series,
    cumulative,
    measured,
    of_the_day,
)
from hxl_kit.sources.definition import Expectation, Layout, TableMap

GAZA = {
    **nationwide(constant("PSE")),
    "provider_admin1_name": constant("Gaza Strip"),
    "geo_precision": constant("admin1"),
}
MEDIA_OFFICE = "Government Media Office in Gaza"
START = dt.date(2023, 10, 7)

_REPORTER, _HOURS = "report_source", "report_period"
_REPORTERS = {
    "mohtel": "Ministry of Health in Gaza",
    "gmotel": MEDIA_OFFICE,
    "unocha": "OCHA",
    "missing": COMPILER,
}
_CLAIMANT = text(_REPORTER).replace_strict(_REPORTERS, default=None, return_dtype=pl.String)
_SERIES = Series(
    id="gaza",
    day="report_date",
    start=START,
    place=GAZA,
    claimant=_CLAIMANT,
    reported=(text(_REPORTER) != "missing") & (text(_HOURS).fill_null("24") != "0"),
)
_DAY_HOURS = 24
_DAYS = (integer(_HOURS).fill_null(_DAY_HOURS) // _DAY_HOURS).clip(1)
_BEGIN = date("report_date") - pl.duration(days=_DAYS - 1)
_PRECISION = (
    pl.when(text(_HOURS).is_null() | (integer(_HOURS) <= _DAY_HOURS))
    .then(pl.lit("day"))
    .when(integer(_HOURS) > _DAY_HOURS)
    .then(pl.lit("week"))
)

_OF_WHOM: dict[str, dict[str, str]] = {
    "killed_children_cum": CHILD,
    "killed_women_cum": WOMAN,
    "civdef_killed_cum": {"population_group": "civil_defence_worker"},
    "med_killed_cum": {"population_group": "health_worker"},
    "press_killed_cum": {"population_group": "journalist"},
    "aid_seeker_killed_cum": {"population_group": "other", "victim_group": "people seeking aid"},
    "famine_cum": {"cause": "deprivation"},
    "child_famine_cum": {"cause": "deprivation", **CHILD},
}
_PARTS = {column: cumulative(_SERIES, column, "killed", of_whom=whom) for column, whom in _OF_WHOM.items()}
_FILLED_IN = {
    f"ext_{column}": cumulative(
        _SERIES, f"ext_{column}", "killed", filled_in=True, of_whom=_OF_WHOM.get(column, {})
    )
    for column in ("killed_cum", *tuple(_OF_WHOM)[:5])
}
_DAILY = ("killed", "killed_recovered", "killed_succumbed", "killed_truce_new", "killed_committee", "injured")


def _daily(column: str, *, filled_in: bool = False) -> TableMap:
    harm = "injured" if column.endswith("injured") else "killed"
    return of_the_day(_SERIES, column, harm, _BEGIN, _PRECISION, filled_in=filled_in)


def _massacres(column: str, *, filled_in: bool = False) -> TableMap:
    fields = {"indicator": constant("massacres"), "unit": constant("event"), **_SERIES.since_start()}
    return _SERIES.figure(column, "indicators", COMPARED, fields, filled_in=filled_in)


_FIGURES: dict[str, TableMap] = {
    "killed_cum": cumulative(_SERIES, "killed_cum", "killed", RECOMMENDED),
    "injured_cum": cumulative(_SERIES, "injured_cum", "injured", RECOMMENDED),
    **_PARTS,
    "aid_seeker_injured_cum": cumulative(
        _SERIES, "aid_seeker_injured_cum", "injured", of_whom=_OF_WHOM["aid_seeker_killed_cum"]
    ),
    **{column: _daily(column) for column in _DAILY},
    **_FILLED_IN,
    "ext_injured_cum": cumulative(_SERIES, "ext_injured_cum", "injured", filled_in=True),
    **{column: _daily(column, filled_in=True) for column in ("ext_killed", "ext_injured")},
    "massacres_cum": _massacres("massacres_cum"),
    "ext_massacres_cum": _massacres("ext_massacres_cum", filled_in=True),
}
# Gives no row: a reporter that is not known rejects its row.
_KNOWN_REPORTER = TableMap(
    "casualties", {**_FIGURES["killed_cum"].columns, "claimed_by": _CLAIMANT}, where=pl.lit(False)
)

LAYOUT = Layout(
    id="gaza",
    title="daily casualties, Gaza",
    key=_SERIES.key,
    maps=(*_FIGURES.values(), _KNOWN_REPORTER),
    optional=frozenset({*_FIGURES, _HOURS} - {"killed_cum", "injured_cum"}),
    measures=measured(_FIGURES),
    expect=Expectation(filled={"killed_cum": 0.9}, ranges={_HOURS: (0, 168)}),
    notes=(
        (
            "the cumulative killed and injured of each day are recommended for their day: they contain the earlier ones and "
            "are differenced, never summed; the day's own figures may hold deaths of earlier days"
        ),
        "ext_ columns, days without a report and days with a report period of 0 hours are the compiler's estimates",
        (
            "the source does not tell civilians from combatants; children, women and professions are parts of all killed, "
            "and whether deaths of famine are within them is not said"
        ),
    ),
)
