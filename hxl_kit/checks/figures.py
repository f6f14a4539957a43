"""Rules on figures (guard G11): low is not above high, a range contains its value, bounds fit their qualifier."""

from __future__ import annotations

import polars as pl

from hxl_kit.checks.rule import Rule

_QUANTITY = ("value", "value_low", "value_high")
_RANGES = {
    "events": ("fatalities", "fatalities_low", "fatalities_high"),
    **dict.fromkeys(("casualties", "displacement", "indicators"), _QUANTITY),
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


def bounds_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the rules that the bounds of a quantity are those of its qualifier and their basis, or none.

    The table of docs/quantities.md says which bounds a qualifier has; a sum relies on them.
    """
    if _RANGES.get(table_name) != _QUANTITY:
        return ()
    qualifier, basis = pl.col("qualifier"), pl.col("bounds_basis")
    value, low, high = (pl.col(name) for name in _QUANTITY)
    bounded = low.is_not_null() | high.is_not_null()
    exact = (qualifier == "exact") & ~(value.eq_missing(low) & value.eq_missing(high) & value.is_not_null())
    conventional = basis.str.starts_with("convention:")
    broken = {
        ("bounds-exact", "qualifier"): (exact, "is exact, and value, low and high are not one number (G11)"),
        ("bounds-open", "value_high"): (
            qualifier.is_in(["at_least", "more_than"]) & high.is_not_null(),
            "closes a figure that is at least or more than a number (G11)",
        ),
        ("bounds-above", "value_low"): (
            qualifier.is_in(["at_most", "less_than", "nearly"]) & (low > value),
            "is above a value that is itself the upper end (G11)",
        ),
        ("bounds-range", "qualifier"): (
            (qualifier == "range") & (low.is_null() | high.is_null()),
            "is range, and an end of the range is empty (G11)",
        ),
        ("bounds-unknown", "qualifier"): (
            (qualifier == "unknown") & bounded,
            "is unknown, and there are bounds: say what they rest on (G11)",
        ),
        ("bounds-basis", "bounds_basis"): (
            bounded & basis.is_null(),
            "is empty, and there are bounds: say whether they are stated or a convention (G11)",
        ),
        ("bounds-convention", "bounds_basis"): (
            (qualifier == "order_of_magnitude") & low.is_not_null() & ~conventional.fill_null(value=False),
            "does not name the convention that the bound of an order of magnitude rests on (G11)",
        ),
    }
    return tuple(
        Rule(slug, table_name, field, "error", violated, message)
        for (slug, field), (violated, message) in broken.items()
    )
