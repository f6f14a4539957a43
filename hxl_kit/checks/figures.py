"""Rules on figures: a range contains its value, low is not above high (guard G11)."""

from __future__ import annotations

import polars as pl

from hxl_kit.checks.rule import Rule

_RANGES = {
    "events": ("fatalities", "fatalities_low", "fatalities_high"),
    "casualties": ("value", "value_low", "value_high"),
    "displacement": ("value", "value_low", "value_high"),
    "indicators": ("value", "value_low", "value_high"),
}


def range_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the rules that low ≤ high and that a source's range contains its value, or none for other tables.

    Warnings, not errors: under 1 % of real UCDP events break them, and they are kept as published. A
    value of 80 for "over 80" lies below its low bound of 81 on purpose: only ranges that a source gives
    for its own estimate are asked to contain it.
    """
    if table_name not in _RANGES:
        return ()
    value, low, high = _RANGES[table_name]
    outside = (pl.col(low) > pl.col(value)) | (pl.col(value) > pl.col(high))
    if table_name != "events":
        outside &= pl.col("bounds_basis") == "source_range"
    return (
        Rule(
            "range-order", table_name, low, "warning", pl.col(low) > pl.col(high), "is above the high bound"
        ),
        Rule("range-value", table_name, value, "warning", outside, "is outside its low–high range"),
    )
