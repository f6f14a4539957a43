"""The guards G1–G12 of the data model as rules: on single rows, on groups of rows, and between tables.

Guards that only forbid an addition (G2, and the sums of the others) are `summarise`'s.
"""

from __future__ import annotations

from hxl_kit.checks.guards.kept import kept
from hxl_kit.checks.guards.rows import row_rules
from hxl_kit.checks.guards.tables import table_rules
from hxl_kit.checks.guards.told import CHECKS
from hxl_kit.checks.theme import Theme
from hxl_kit.standard.messages import N_

__all__ = ["THEME", "kept", "row_rules", "table_rules"]

THEME = Theme(
    "guards",
    N_("what must hold of figures before they may be added (schemas/guards.csv)"),
    CHECKS,
    row_rules=lambda name, _: row_rules(name),
    kept=kept,
    table_rules=lambda name, _: table_rules(name),
)
