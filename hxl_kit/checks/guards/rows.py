"""Guards that one row can break: G1 (stock and flow), G8 (what is counted), G11 (bounds that fit their words)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.figures import bounds_rules
from hxl_kit.checks.rule import Rule

if TYPE_CHECKING:
    from hxl_kit.checks.rule import Severity

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

    def rule(slug: str, field: str, severity: Severity, violated: pl.Expr, message: str) -> Rule:
        return Rule(slug, "displacement", field, severity, violated, message)

    return (
        rule(
            "stock-as-of",
            "as_of",
            "error",
            stock & ~dated & recommended,
            "is empty: a stock without its date cannot be added to others (G1)",
        ),
        rule(
            "stock-undated",
            "as_of",
            "info",
            stock & ~dated & ~recommended,
            "is empty: this stock has no date that others could be compared with (G1)",
        ),
        rule(
            "stock-period",
            "date_start",
            "error",
            stock & period,
            "gives a stock a period; it has as_of alone (G1)",
        ),
        rule(
            "flow-as-of",
            "as_of",
            "error",
            flow & dated,
            "gives a flow the date of a stock; it has a period (G1)",
        ),
        rule(
            "flow-period",
            "date_end",
            "error",
            flow & open_ended & recommended,
            "is empty, or date_start is: a flow without both ends cannot be added to others (G1)",
        ),
        rule(
            "flow-open",
            "date_end",
            "info",
            flow & open_ended & ~recommended,
            "is empty, or date_start is: this flow has no period that others could be compared with (G1)",
        ),
        rule(
            "counts-unit",
            "unit",
            "error",
            _SAID & (pl.col("unit") != expected),
            "is not what the row counts: people, movements, households and cases are different things (G8)",
        ),
    )


def _casualties() -> tuple[Rule, ...]:
    others = _SAID & (pl.col("unit") != "person")
    message = "is not person: casualties are people, never households or events (G8)"
    return (Rule("counts-unit", "casualties", "unit", "error", others, message),)


def _indicators() -> tuple[Rule, ...]:
    both = pl.col("as_of").is_not_null() & (
        pl.col("date_start").is_not_null() | pl.col("date_end").is_not_null()
    )
    message = "stands beside a period: the figure is of one date or of a period (G1)"
    return (Rule("date-and-period", "indicators", "as_of", "warning", both, message),)
