"""The guards G1–G12 of the data model as rules: on single rows, on groups of rows, and between tables.

`row_rules` and `table_rules` return them; `kept` what a table is reduced to before the latter look at it.
Guards that only forbid an addition (G2, and the sums of the others) are `summarise`'s.
"""

from __future__ import annotations

from hxl_kit.checks.guards.kept import kept
from hxl_kit.checks.guards.rows import row_rules
from hxl_kit.checks.guards.tables import table_rules

__all__ = ["kept", "row_rules", "table_rules"]
