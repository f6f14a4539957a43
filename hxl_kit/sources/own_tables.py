"""Inputs that are already in the standard's columns: each table is its own source."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import joined, text, typed
from hxl_kit.sources.definition import Layout, Source, TableMap
from hxl_kit.standard.tables import Table, table

if TYPE_CHECKING:
    from collections.abc import Mapping

QUANTITY = ("value", "value_low", "value_high", "qualifier", "bounds_basis", "unit")
NEUTRAL = {
    "pcode_method": "none",
    "geo_precision": "unknown",
    "date_precision": "unknown",
    "sex": "all",
    "age_group": "all",
    "population_group": "all",
}
"""What a hand-kept sheet may leave empty, and what that means."""


@cache
def own_table(name: str) -> Source:
    """Return the source that reads a table written in the standard's own columns.

    Only the key and the required fields must be there. A row whose quantity columns are all empty gets
    them from the words in `quantity_text` (`hxl_kit.figures`). An empty cell of a classification that has a
    neutral value (sex: all, geo_precision: unknown, …) takes it.
    """
    owner = table(name)
    columns: Mapping[str, pl.Expr] = {f.name: _column(owner, f.name) for f in owner.fields}
    optional = frozenset(f.name for f in owner.fields if not f.required or f.name in {*NEUTRAL, *QUANTITY})
    return Source(
        id=name,
        title=owner.title,
        provider="",
        url="",
        licence="",
        licence_title="",
        licence_url="",
        redistribution="",
        access="",
        source_type="",
        language="",
        terms="",
        layouts=(
            Layout(
                id=name,
                title=owner.title,
                key=joined(*(text(field) for field in owner.primary_key)),
                maps=(
                    TableMap(
                        name, columns, reshape=with_quantities if "quantity_text" in owner.names else None
                    ),
                ),
                reshaped=frozenset(owner.names),
                numbers=frozenset(f.name for f in owner.fields if f.type in ("integer", "number")),
                dates=frozenset(f.name for f in owner.fields if f.type == "date"),
                optional=optional,
            ),
        ),
    )


def _column(owner: Table, name: str) -> pl.Expr:
    read = typed(owner[name])
    return pl.coalesce(read, pl.lit(NEUTRAL[name])) if name in NEUTRAL else read


def with_quantities(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Fill the quantity columns of the rows that give words only; each distinct phrase is read once."""
    rows = frame.collect()
    blank = pl.all_horizontal(text(column).is_null() for column in QUANTITY if column != "unit")
    words = (
        rows.filter(blank)
        .select(quantity_text=text("quantity_text"), unit=text("unit"))
        .drop_nulls("quantity_text")
        .unique()
    )
    read = [_read(phrase, unit or "") for phrase, unit in words.iter_rows()]
    schema = dict.fromkeys(
        ("quantity_text", "@unit", *(f"@{c}" for c in QUANTITY if c != "unit"), "@read_unit"), pl.String
    )
    found = pl.DataFrame(read, schema=schema, orient="row")
    joined_rows = rows.with_columns(blank.alias("@blank"), text("unit").fill_null("").alias("@unit")).join(
        found, on=["quantity_text", "@unit"], how="left", maintain_order="left"
    )
    filled = [
        pl.when("@blank").then(pl.col(f"@{column}")).otherwise(pl.col(column)).alias(column)
        for column in QUANTITY
        if column != "unit"
    ]
    return joined_rows.with_columns(
        *filled, pl.coalesce(text("unit"), pl.col("@read_unit")).alias("unit")
    ).lazy()


def _read(phrase: str, unit: str) -> tuple[str | None, ...]:
    """Return a phrase, its known unit and its quantity block as text cells (empty is None)."""
    from hxl_kit.figures.quantities import read_quantity

    quantity = read_quantity(phrase, unit=unit)
    numbers = (
        None if n is None else format(n.normalize(), "f")
        for n in (quantity.value, quantity.low, quantity.high)
    )
    return (phrase, unit, *numbers, quantity.qualifier, quantity.bounds_basis or None, quantity.unit or None)
