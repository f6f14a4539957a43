"""Whether a place is known as finely as geo_precision says: only what is certain is told.

A source may know a unit that it does not name, as Insecurity Insight does; then its point says where. Tables that lack
some of the columns are not asked.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.checks.places.told import TOLD
from hxl_kit.checks.rule import Rule

TABLES = ("events", "casualties", "displacement", "indicators")
"""The tables that have the place block."""

_PLACES = ("exact", "near")
_UNIT = {
    1: ("admin1_code", "admin1_name", "provider_admin1_code", "provider_admin1_name"),
    2: ("admin2_code", "admin2_name", "provider_admin2_code", "provider_admin2_name"),
    3: ("admin3_code", "admin3_name"),
}
"""By level, the fields in which a unit is named."""

_precision = pl.col("geo_precision")


def row_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the rules on geo_precision beside what is said of the place."""
    if table_name not in TABLES:
        return ()
    nowhere = _empty("latitude", "place_name")
    no_unit = _empty(*(field for fields in _UNIT.values() for field in fields))
    broken = [("geo-precision-place", _precision.is_in(_PLACES) & nowhere & no_unit)]
    broken += [
        ("geo-precision-unit", (_precision == f"admin{level}") & nowhere & _empty(*fields))
        for level, fields in _UNIT.items()
    ]
    broken.append(("geo-precision-country", (_precision == "country") & pl.col("admin1_code").is_not_null()))
    return tuple(_rule(slug, table_name, violated) for slug, violated in broken)


def _rule(slug: str, table: str, violated: pl.Expr) -> Rule:
    told = TOLD[slug]
    params = {"precision": _precision} if "{" in told.message else {}
    return Rule(slug, table, "geo_precision", told.severity, violated, told.message, params)


def _empty(*names: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(name).is_null() for name in names)
