"""Figures of the standard that are rounded or kept back, with their bounds and words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.remedies import suppress
from hxl_kit.package.treated import changed, nothing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.disclosure.remedies.entries import Entry
    from hxl_kit.disclosure.remedies.record import Parameter
    from hxl_kit.package.treated import Treated

_PEOPLE = ("person", "household", "case", "movement")
_LOW, _HIGH = ("at_least", "more_than", "order_of_magnitude"), ("at_most", "less_than", "nearly")
_UNITS = (
    ("_country", ("location_code", "provider_location_code", "location_name")),
    ("_admin1", ("admin1_code", "provider_admin1_code", "admin1_name", "provider_admin1_name")),
    ("_admin2", ("admin2_code", "provider_admin2_code", "admin2_name", "provider_admin2_name")),
    ("_admin3", ("admin3_code", "admin3_name")),
    ("_place", ("place_name",)),
)
"""The unit that a row counts in, level by level: by its code, or else as the provider has it."""

_COUNTED_BY = (
    *("source_id", "claimed_by", "event_id", "indicator", "measure", "category", "cause", "counts", "unit"),
    *("sex", "age_group", "as_of", "date_start", "date_end", "round"),
    *("origin_location_code", "provider_origin_code", "origin_admin1_code"),
)


def rounded(frame: pl.DataFrame, entry: Entry) -> Treated:
    """Return the frame with counts of people and households as multiples of a base; an exact one becomes approximate.

    Bounds are rounded away from the figure, so that what is said of it stays true.
    """
    base = entry.parameters.get("base", 5)
    given, value = pl.col("qualifier"), pl.col("value")
    nearest = (value / base + 0.5).floor() * base
    fields = {
        "value": pl.when(given.is_in(_LOW))
        .then(_down(value, base))
        .when(given.is_in(_HIGH))
        .then(_up(value, base))
        .otherwise(nearest),
        "value_low": pl.when(given != "exact").then(_down(pl.col("value_low"), base)),
        "value_high": pl.when(given != "exact").then(_up(pl.col("value_high"), base)),
        "bounds_basis": pl.when(given != "exact").then("bounds_basis"),
        "qualifier": given.replace("exact", "approximately"),
        "quantity_text": nothing(frame, "quantity_text"),
    }
    return _where(frame, _of_people(), fields, {"base": base})


def _down(number: pl.Expr, base: int) -> pl.Expr:
    return (number / base).floor() * base


def _up(number: pl.Expr, base: int) -> pl.Expr:
    return (number / base).ceil() * base


def suppressed(frame: pl.DataFrame, entry: Entry) -> Treated:
    """Return the frame with counts of 1 to 4 people and households empty, and others that would give them away.

    A row counts by all that says whom, when and where; totals are rows of everybody, or of the unit above.
    """
    number = pl.coalesce("value", "value_high", "value_low")
    units = [pl.coalesce(names).cast(pl.String).alias(name) for name, names in _places_of(frame)]
    by = entry.listed("by") or tuple(name for name in _COUNTED_BY if name in frame.columns)
    nested = tuple(name for name, _ in _places_of(frame))
    counted = frame.with_row_index("_line").filter(_of_people()).with_columns(number.alias("_count"), *units)
    after, record = suppress(
        counted, ["_count"], [*by, *nested], entry.parameters.get("smallest_shown", 5), nested=nested
    )
    hidden = after.filter(pl.col("_count").is_null(), counted["_count"].is_not_null())["_line"]
    fields = {
        name: nothing(frame, name)
        for name in ("value", "value_low", "value_high", "bounds_basis", "quantity_text")
    }
    fields["qualifier"] = pl.lit("unknown")
    kept_back = pl.int_range(frame.height, dtype=pl.UInt32, eager=True).is_in(hidden.implode())
    return _where(frame, kept_back, fields, record.parameters)


def _places_of(frame: pl.DataFrame) -> list[tuple[str, list[str]]]:
    found = [(name, [column for column in names if column in frame.columns]) for name, names in _UNITS]
    return [(name, names) for name, names in found if names]


def _of_people() -> pl.Expr:
    return pl.col("unit").is_in(_PEOPLE) | pl.col("unit").is_null()


def _where(
    frame: pl.DataFrame,
    rows: pl.Expr | pl.Series,
    fields: Mapping[str, pl.Expr],
    parameters: Mapping[str, Parameter],
) -> Treated:
    """Return the frame with fields changed in some rows."""
    chosen = {name: pl.when(rows).then(new).otherwise(pl.col(name)) for name, new in fields.items()}
    return changed(frame, chosen, tuple(fields), parameters)
