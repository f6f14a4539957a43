"""A batch's cells as the types of the fields that its columns are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.checks.forms import ascii_digits
from hxl_kit.mapping import tidy, typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.reading import Batch
    from hxl_kit.standard.tables import Field, Table


def typed_rows(batch: Batch, fields: Mapping[str, Field]) -> pl.DataFrame:
    """Return the rows with a typed column for each field, and the cell as given beside it (`@name`).

    A cell that is not of its field's type is null. `fields` are by the table's column.
    """
    columns = {field.name: column for column, field in fields.items()}
    named = batch.frame.select(
        "row_number", *(pl.col(column).alias(name) for name, column in columns.items())
    )
    numeric = [field.name for field in fields.values() if field.type in ("integer", "number")]
    named, _ = tidy(named.with_columns(ascii_digits(pl.col(name)).alias(name) for name in numeric), columns)
    given = [pl.col(name).alias(f"@{name}") for name in columns]
    return named.select("row_number", *(typed(f).alias(f.name) for f in fields.values()), *given)


def only_possible(rows: pl.DataFrame, owner: Table, fields: Mapping[str, Field]) -> pl.DataFrame:
    """Return typed rows without the cells that break a constraint of their field.

    For columns that were only taken for a field by their name: a code of another system is nothing that the field's
    rules could judge.
    """
    kept = []
    for field in fields.values():
        rules = [rule.violated for rule in field_rules(owner, field) if rule.id != "constraint-required"]
        if rules:
            broken = pl.any_horizontal(rules).fill_null(value=False)
            kept.append(pl.when(~broken).then(pl.col(field.name)).alias(field.name))
    return rows.with_columns(kept)
