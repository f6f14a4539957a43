"""Dates that cannot be: in the future, an end before its start, a period that its precision does not allow.

How finely a date is known says little of how long a period is: IDMC gives the days of a flood's beginning and end
months apart as exact to the day, ACLED one day for "in this month". Only what the code list excludes is told.
"""

from __future__ import annotations

from hxl_kit.checks.dates.rows import row_rules
from hxl_kit.checks.dates.tables import kept, table_rules
from hxl_kit.checks.dates.told import CHECKS
from hxl_kit.checks.theme import Theme
from hxl_kit.standard.messages import N_

__all__ = ["THEME"]

THEME = Theme(
    "dates",
    N_("dates are not in the future, ends not before starts, and reports not before what they report"),
    CHECKS,
    row_rules=row_rules,
    kept=kept,
    table_rules=lambda name, _: table_rules(name),
)
