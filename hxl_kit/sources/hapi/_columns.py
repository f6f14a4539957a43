"""What HAPI's themes share: names of columns in all generations, places, periods, warnings and rejected rows.

HDX publishes a CSV per theme, the API the same rows as JSON. Columns and codes:
https://hdx-hapi.readthedocs.io/en/latest/data_usage_guides/.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import day, derived, joined, phrase, text, words
from hxl_kit.sources._blocks import country
from hxl_kit.standard.codelists import crosswalk

START, END = "reference_period_start", "reference_period_end"
ADMIN1 = ("admin1_code", "provider_admin1_name")
ADMIN2 = ("admin2_code", "provider_admin2_name")
"""What tells a unit: two units of a provider may have been matched to one P-code."""

_PLACE_NAMES = ("location_name", "admin1_name", "admin2_name")
OPTIONAL = frozenset({*ADMIN1, *ADMIN2, *_PLACE_NAMES, "admin_level", "warning", "error"})
OTHER_NAMES = {
    "location_code": ("Country ISO3",),
    "admin1_code": ("Admin 1 PCode",),
    "admin1_name": ("Admin 1 Name",),
    "admin2_code": ("Admin 2 PCode",),
    "admin2_name": ("Admin 2 Name",),
    "admin_level": ("Admin Level",),
    START: ("Start Date",),
    END: ("End Date",),
    "dataset_hdx_id": ("dataset_id", "Dataset Id", "Dataset ID"),
    "resource_hdx_id": ("resource_id", "Resource Id", "Resource ID"),
}
"""The names of the first generation (January 2025) and of the one before the latest."""

IDS = ("dataset_hdx_id", "resource_hdx_id")
_PLAN = "whether the country had a response plan when the file was made, not a property of the figure"
_NUMBER = "HAPI's internal number of the place"
NOT_CARRIED = {
    "has_hrp": _PLAN,
    "in_gho": _PLAN,
    "dataset_hdx_id": "the HDX dataset that HAPI read: identify it in the row of the sources table",
    "resource_hdx_id": "the HDX resource that HAPI read: identify it in the row of the sources table",
    "location_ref": _NUMBER,
    "admin1_ref": _NUMBER,
    "admin2_ref": _NUMBER,
    "admin1_is_unspecified": "follows from the admin level",
    "admin2_is_unspecified": "follows from the admin level",
}
NOTES = (
    (
        "rows with an error are HAPI's own rejects, which its API leaves out: they are rejected here too; "
        "the column error says why"
    ),
    "a warning of HAPI's stands behind the number in quantity_text",
)

LEVEL = pl.coalesce(
    text("admin_level").str.strip_suffix(".0"),
    pl.when(pl.any_horizontal(text(name).is_not_null() for name in ADMIN2))
    .then(pl.lit("2"))
    .when(pl.any_horizontal(text(name).is_not_null() for name in ADMIN1))
    .then(pl.lit("1"))
    .otherwise(pl.lit("0")),
)
"""The admin level of a row: as HAPI says, else as the units that it names."""

_PRECISIONS = {"0": "country", "1": "admin1", "2": "admin2"}
_HAS_PCODE = pl.any_horizontal(text(name).is_not_null() for name in ("admin1_code", "admin2_code"))
PLACE: dict[str, pl.Expr] = {
    **country(text("location_code"), text("location_code"), text("location_name")),
    "admin1_code": text("admin1_code"),
    "admin1_name": text("admin1_name"),
    "admin2_code": text("admin2_code"),
    "admin2_name": text("admin2_name"),
    "provider_admin1_name": text("provider_admin1_name"),
    "provider_admin2_name": text("provider_admin2_name"),
    "geo_precision": LEVEL.replace(_PRECISIONS),
    "pcode_method": pl.when(_HAS_PCODE).then(pl.lit("provider")).otherwise(pl.lit("none")),
}
_UNITS = [text(name).fill_null("") for name in (*ADMIN1, *ADMIN2)]
PLACE_ID = (
    pl.when(pl.any_horizontal(unit != "" for unit in _UNITS))
    .then(joined(text("location_code"), *_UNITS))
    .otherwise(text("location_code"))
)
"""The place in identifiers."""

FIRST, LAST = day(START), day(END)
SINCE = FIRST.cast(pl.String)
"""The start of the period in identifiers: generations write it with and without a time."""

_DAYS = (LAST - FIRST).dt.total_days()
_SPANS = {"day": 0, "week": 6, "month": 30, "quarter": 91, "year": 365, "multi_year": None}
"""The most days after its first that a period of each precision has."""


def _precision() -> pl.Expr:
    """Return how long the period is; a period that ends before it begins, or does not end, has none."""
    longest = [days for days in _SPANS.values() if days is not None]
    rank = pl.sum_horizontal((days < _DAYS).cast(pl.Int8) for days in longest)
    known = pl.when(_DAYS >= 0).then(rank)
    return known.replace_strict(dict(enumerate(_SPANS)), default=None, return_dtype=pl.String)


PERIOD: dict[str, pl.Expr] = {"date_start": FIRST, "date_end": LAST, "date_precision": _precision()}
AS_OF: dict[str, pl.Expr] = {"as_of": LAST, "date_precision": PERIOD["date_precision"]}


def said(column: str, *more: pl.Expr) -> pl.Expr:
    """Return a number as received, with what else must be said of it in brackets, and HAPI's warning."""
    warning = phrase("HAPI warns: {}", text("warning"))
    beside = pl.concat_str([*more, warning], separator="; ", ignore_nulls=True)
    return pl.when(beside != "").then(phrase("{} ({})", words(column), beside)).otherwise(words(column))


SEX = text("gender").replace_strict(crosswalk("hapi-sex").mapping, default=None, return_dtype=pl.String)
_BAND = r"^\d{1,3}(-\d{1,3}|\+)$"
AGE = text("age_range").replace_strict(
    crosswalk("hapi-age_group").mapping,
    default=pl.when(text("age_range").str.contains(_BAND)).then(pl.lit("other")),
    return_dtype=pl.String,
)
"""The code of an age group; a range that the list has no code for is "other", and said in quantity_text."""

OTHER_AGE = pl.when(AGE == "other").then(phrase("age {}", text("age_range")))
IS_TOTAL = (text("gender") == "all") & (text("age_range") == "all")
BREAKDOWN = {"sex": SEX, "age_group": AGE}
AGES = {"min_age": "follows from age_range", "max_age": "follows from age_range"}


def role(recommended: pl.Expr) -> pl.Expr:
    """Return the role of a figure."""
    return derived(pl.when(recommended).then(pl.lit("recommended")).otherwise(pl.lit("triangulation")))
