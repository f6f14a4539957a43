"""Guard G11: the bounds of a quantity fit its qualifier."""

from __future__ import annotations

import polars as pl

from hxl_kit.checks.guards.kept import KINDS
from hxl_kit.checks.guards.told import TOLD
from hxl_kit.checks.rule import Rule

_QUANTITY = ("value", "value_low", "value_high")


def bounds_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the rules that the bounds of a quantity are those of its qualifier and their basis, or none.

    The table of docs/quantities.md says which bounds a qualifier has; a sum relies on them.
    """
    if table_name not in KINDS:
        return ()
    qualifier, basis = pl.col("qualifier"), pl.col("bounds_basis")
    value, low, high = (pl.col(name) for name in _QUANTITY)
    bounded = low.is_not_null() | high.is_not_null()
    exact = (qualifier == "exact") & ~(value.eq_missing(low) & value.eq_missing(high) & value.is_not_null())
    conventional = basis.str.starts_with("convention:")
    broken = {
        ("bounds-exact", "qualifier"): exact,
        ("bounds-open", "value_high"): qualifier.is_in(["at_least", "more_than"]) & high.is_not_null(),
        ("bounds-above", "value_low"): qualifier.is_in(["at_most", "less_than", "nearly"]) & (low > value),
        ("bounds-range", "qualifier"): (qualifier == "range") & (low.is_null() | high.is_null()),
        ("bounds-unknown", "qualifier"): (qualifier == "unknown") & bounded,
        ("bounds-basis", "bounds_basis"): bounded & basis.is_null(),
        ("bounds-convention", "bounds_basis"): (qualifier == "order_of_magnitude")
        & low.is_not_null()
        & ~conventional.fill_null(value=False),
    }
    return tuple(
        Rule(slug, table_name, field, TOLD[slug].severity, violated, TOLD[slug].message)
        for (slug, field), violated in broken.items()
    )
