"""What tables are reduced to before their numbers and their names are compared with one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.guards.kept import PLACE
from hxl_kit.checks.reducing import Columns

if TYPE_CHECKING:
    from collections.abc import Collection

NUMBERS = {"events": "fatalities", "casualties": "value", "displacement": "value", "indicators": "value"}
"""The tables with numbers of people or things, and the field of each that is looked at."""

_ADMIN = ("admin1_name", "admin2_name", "provider_admin1_name", "provider_admin2_name", "place_name")
NAMES = {
    "events": (*_ADMIN, "provider_location_name", "actor1_name", "actor2_name"),
    "casualties": (*_ADMIN, "provider_location_name", "claimed_by", "victim_group", "alleged_perpetrator"),
    "displacement": (*_ADMIN, "provider_location_name", "claimed_by", "origin_admin1_name"),
    "indicators": (*_ADMIN, "provider_location_name", "claimed_by"),
    "event_sources": ("source_name",),
    "claims": ("claimant",),
}
"""By table, the names that rows repeat: one that is written otherwise once is a slip, or somebody else."""

_KIND = {
    "events": ("source_id", "event_type", "is_aggregate"),
    "casualties": (
        "source_id",
        "harm",
        "person_status",
        "population_group",
        "sex",
        "age_group",
        "unit",
        "counting",
    ),
    "displacement": ("source_id", "measure", "category", "counts", "sex", "age_group", "unit"),
    "indicators": ("source_id", "indicator", "sex", "age_group", "unit"),
}
"""What numbers have in common that are compared as one kind."""

_SAME_SERIES = (
    *(
        "harm",
        "person_status",
        "population_group",
        "victim_group",
        "cause",
        "weapon",
        "alleged_perpetrator",
        "grading",
    ),
    *(
        "measure",
        "category",
        "counts",
        "indicator",
        "counting",
        "claimed_by",
        "event_id",
        "sex",
        "age_group",
        "unit",
    ),
    *("origin_location_code", "origin_admin1_code", "origin_admin1_name", *PLACE),
)
_DATE = r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?|[0-9]{4}"
_DATES = ("date_start", "date_end", "as_of")
_CODES = ("admin1_code", "admin2_code", "admin3_code")


def kept(name: str, columns: Collection[str]) -> list[pl.Expr]:
    """Return what is kept of a table of the standard; nothing of tables that are not compared."""
    row = Columns(name, columns)
    described: dict[str, pl.Expr] = {}
    if name == "sources":
        described = {"source": row.id("source_id"), "publisher": row.id("publisher")}
    if name in NUMBERS:
        described |= _number(row, name)
    if name in NAMES:
        described |= _names(row, name)
    return (
        [pl.col("row_number"), *(expr.alias(kept_as) for kept_as, expr in described.items())]
        if described
        else []
    )


def _number(row: Columns, name: str) -> dict[str, pl.Expr]:
    value = row[NUMBERS[name]].cast(pl.Float64)
    years = [row[date].dt.year().cast(pl.Float64) for date in _DATES]
    codes = [row[code].str.extract(r"([1-9][0-9]{3,8})$").cast(pl.Float64) for code in _CODES]
    said = {
        "number": value if name == "events" else pl.coalesce(value, row["value_low"]),
        "kind": row.hash(*_KIND[name]),
        "is_year": pl.any_horizontal(value == year for year in years),
        "is_code": pl.any_horizontal(value == code for code in codes),
    }
    if name == "events":
        return said
    return said | {
        "source": row.id("source_id"),
        "about": row.hash(*_SAME_SERIES),
        "figure": row["figure_id"].str.replace_all(_DATE, "").hash(),
        "day": pl.coalesce(row["as_of"], row["date_end"], row["date_start"]),
        "is_level": row["as_of"].is_not_null() | row["counting"].is_in(["cumulative", "snapshot"]),
        "days": (row["date_end"] - row["date_start"]).dt.total_days(),
    }


def _names(row: Columns, name: str) -> dict[str, pl.Expr]:
    """Return the names as categories, each text held once, and what tells two of one spelling apart."""
    known = {column: row[column].cast(pl.Categorical) for column in NAMES[name]}
    where = {
        "has_event": row["event_id"].is_not_null(),
        "country": row["location_code"].cast(pl.Categorical),
        "latitude": row["latitude"].cast(pl.Float32),
        "longitude": row["longitude"].cast(pl.Float32),
        "within1": pl.coalesce(row["admin1_code"], row["provider_admin1_name"]).cast(pl.Categorical),
        "within2": pl.coalesce(row["admin2_code"], row["provider_admin2_name"]).cast(pl.Categorical),
    }
    return known | (where if "place_name" in NAMES[name] else {})
