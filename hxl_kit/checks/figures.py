"""Rules on figures (guard G11): low is not above high, a range contains its value, a figure is what its words say."""

from __future__ import annotations

import polars as pl

from hxl_kit.checks.rule import Check, Rule
from hxl_kit.checks.theme import Theme
from hxl_kit.checks.words import WORDS, words_rules
from hxl_kit.standard.messages import N_

_QUANTITY = ("value", "value_low", "value_high")
_RANGES = {
    "events": ("fatalities", "fatalities_low", "fatalities_high"),
    **dict.fromkeys(("casualties", "displacement", "indicators"), _QUANTITY),
}

CHECKS = (
    Check(
        "range-order",
        "warning",
        N_("is above the high bound"),
        N_("A lower bound above the upper one says that a number was mistaken."),
        "UCDP GED Codebook: low, best and high estimates",
        N_("Read the figure again in its source; do not use it until then."),
    ),
    Check(
        "range-value",
        "warning",
        N_("is outside its low–high range"),
        N_("A best estimate outside its own range says that a number was mistaken."),
        "UCDP GED Codebook: low, best and high estimates",
        N_("Read the figure again in its source; do not use it until then."),
    ),
    WORDS,
)


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
    order, contained = CHECKS[:2]
    return (
        Rule(order.slug, table_name, low, order.severity, pl.col(low) > pl.col(high), order.message),
        Rule(contained.slug, table_name, value, contained.severity, outside, contained.message),
    )


THEME = Theme(
    "figures",
    N_("low ≤ high, a range contains its value, and a figure is what its words say"),
    CHECKS,
    row_rules=lambda name, _: (*range_rules(name), *words_rules(name)),
)
