"""Guards that one row can break: G1 (stock and flow), G8 (what is counted), G11 (bounds that fit their words)."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from hxl_kit.checks.guards.bounds import bounds_rules
from hxl_kit.checks.guards.told import TOLD
from hxl_kit.checks.rule import Rule
from hxl_kit.standard.messages import N_

_UNITS = {"people": "person", "movements": "movement", "households": "household", "cases": "case"}
_SAID = pl.col("unit").is_not_null()


def row_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the guards on single rows of a table, none for tables without figures."""
    own = {"casualties": _casualties, "displacement": _displacement, "indicators": _indicators}
    return (*own[table_name](), *bounds_rules(table_name)) if table_name in own else ()


def _displacement() -> tuple[Rule, ...]:
    stock, flow = pl.col("measure") == "stock", pl.col("measure") == "flow"
    dated, recommended = pl.col("as_of").is_not_null(), pl.col("role") == "recommended"
    open_ended = pl.col("date_start").is_null() | pl.col("date_end").is_null()
    period = pl.col("date_start").is_not_null() | pl.col("date_end").is_not_null()
    expected = pl.col("counts").replace_strict(_UNITS, default=None, return_dtype=pl.String)

    said = {
        ("stock-as-of", "as_of"): stock & ~dated & recommended,
        ("stock-undated", "as_of"): stock & ~dated & ~recommended,
        ("stock-period", "date_start"): stock & period,
        ("flow-as-of", "as_of"): flow & dated,
        ("flow-period", "date_end"): flow & open_ended & recommended,
        ("flow-open", "date_end"): flow & open_ended & ~recommended,
        ("counts-unit", "unit"): _SAID & (pl.col("unit") != expected),
    }
    return tuple(_rule(slug, "displacement", field, violated) for (slug, field), violated in said.items())


def _casualties() -> tuple[Rule, ...]:
    others = _SAID & (pl.col("unit") != "person")
    message = N_("is not person: casualties are people, never households or events (G8)")
    return (replace(_rule("counts-unit", "casualties", "unit", others), message=message),)


def _indicators() -> tuple[Rule, ...]:
    both = pl.col("as_of").is_not_null() & (
        pl.col("date_start").is_not_null() | pl.col("date_end").is_not_null()
    )
    return (_rule("date-and-period", "indicators", "as_of", both),)


def _rule(slug: str, table: str, field: str, violated: pl.Expr) -> Rule:
    told = TOLD[slug]
    return Rule(slug, table, field, told.severity, violated, told.message)
