"""Places that cannot be: coordinates outside their country, P-codes that are none, units that do not lie in one another.

Nothing is told where location_code is missing, where the gazetteer lacks the country or level, or where there is no
outline of the country.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.places import coordinates, pcodes, precision
from hxl_kit.checks.places.told import CHECKS
from hxl_kit.checks.theme import Theme
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Collection

    from hxl_kit.checks.rule import Rule, TableRule
    from hxl_kit.checks.theme import Context

__all__ = ["THEME"]


def _row_rules(table_name: str, _: Context) -> tuple[Rule, ...]:
    return (*coordinates.row_rules(table_name), *precision.row_rules(table_name))


def _kept(_: str, columns: Collection[str]) -> list[pl.Expr]:
    found = [*coordinates.kept(columns), *pcodes.kept(columns)]
    return [pl.col("row_number"), *found] if found else []


def _table_rules(table_name: str, context: Context) -> tuple[TableRule, ...]:
    return (*coordinates.table_rules(table_name), *pcodes.table_rules(table_name, context.gazetteers))


THEME = Theme(
    "places",
    N_("coordinates lie in their country, and P-codes are those of the gazetteer and lie in one another"),
    CHECKS,
    row_rules=_row_rules,
    kept=_kept,
    table_rules=_table_rules,
)
