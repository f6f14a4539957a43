"""Which columns of a table say what is counted, of whom, where and when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shape:
    """How the rows of a table are read as figures.

    Attributes:
        id: the key of the table.
        value, low, high: the columns of the number and its bounds.
        kinds: what a figure counts; different kinds are never added.
        coded: columns with a code for everyone ("all"), of which the other codes are parts.
        free: columns where an empty cell leaves the matter open and so stands for everyone.
    """

    id: str
    value: str
    low: str
    high: str
    kinds: tuple[str, ...]
    coded: tuple[str, ...] = ()
    free: tuple[str, ...] = ()


_FIGURE = ("figure_id", "value", "value_low", "value_high")
_PARTS = ("sex", "age_group")
SHAPES = {
    "casualties": Shape(
        *_FIGURE,
        kinds=("harm", "measure", "unit"),
        coded=(*_PARTS, "person_status", "population_group"),
        free=("victim_group", "cause", "weapon", "alleged_perpetrator"),
    ),
    "displacement": Shape(
        *_FIGURE,
        kinds=("measure", "category", "counts", "unit"),
        coded=_PARTS,
        free=(
            *("cause", "origin_location_code", "provider_origin_code", "provider_origin_name"),
            *("origin_admin1_code", "origin_admin1_name"),
        ),
    ),
    "indicators": Shape(*_FIGURE, kinds=("indicator", "measure", "unit"), coded=_PARTS),
    "events": Shape("event_id", "fatalities", "fatalities_low", "fatalities_high", kinds=("event_type",)),
}
"""The tables that have figures to add."""

TABLES = tuple(SHAPES)
BREAKDOWN = _PARTS
"""The columns by which a total is broken down into parts."""
