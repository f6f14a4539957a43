"""Intervals in plain words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.figures.lexicon import rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

REFUSED = "refused"


def plain(number: Decimal | None) -> int | float | None:
    """Return a number for JSON: whole numbers without a point, None where there is none."""
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def interval_words(
    low: Decimal | None,
    high: Decimal | None,
    *,
    unit: str | None,
    by_convention: Mapping[str, Decimal],
    unbounded: tuple[int, Decimal],
) -> str:
    """Return an interval in words: "149 people", "69 to 178 people", "at least 81 people", "up to 9,999 people".

    What a convention adds and what figures without bounds say stand behind, apart.
    """
    if low is None:
        return REFUSED
    behind = [f"{digits(gain)} more by the convention {name}" for name, gain in by_convention.items() if gain]
    number, said = unbounded
    if number:
        figures = "a figure" if number == 1 else f"{number:,} figures"
        behind.append(f"{figures} without bounds: {digits(said)} in all")
    return "; ".join([_bounds(low, high, unit), *behind])


def _bounds(low: Decimal, high: Decimal | None, unit: str | None) -> str:
    if high is None:
        return f"at least {digits(low)}{noun(unit, low)}" if low else "not bounded"
    if low == high:
        return f"{digits(low)}{noun(unit, low)}"
    return (
        f"{digits(low)} to {digits(high)}{noun(unit, high)}"
        if low
        else f"up to {digits(high)}{noun(unit, high)}"
    )


def digits(number: Decimal) -> str:
    """Return a number with commas, and with decimals only where it has some."""
    return f"{plain(number):,}"


def noun(unit: str | None, number: Decimal) -> str:
    """Return the word for a unit with a space before it, "" where the unit is not known."""
    words = _units().get(unit or "")
    return f" {words[0 if number == 1 else 1]}" if words else ""


@cache
def _units() -> dict[str, tuple[str, str]]:
    return {row["unit"]: (row["singular"], row["plural"]) for row in rows("units")}
