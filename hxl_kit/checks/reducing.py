"""The columns of a table by name, as whole tables are reduced to: values, and hashes of what must be equal."""

from __future__ import annotations

from functools import cache, reduce
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard.tables import table, table_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_NEVER = pl.col("row_number").is_null()
"""What makes an empty column as long as the table; a literal is not so in every expression."""

_TYPES = {"integer": pl.Int64(), "number": pl.Float64(), "date": pl.Date(), "boolean": pl.Boolean()}


@cache
def _types() -> dict[str, pl.DataType]:
    """Return the types of the fields of all tables that are no text, by name."""
    fields = [field for name in table_names() for field in table(name).fields]
    return {field.name: _TYPES[field.type] for field in fields if field.type in _TYPES}


class Columns:
    """The columns of a table of the standard; those that it or the table at hand lacks are empty.

    Hashes of 64 bits of a million rows collide once in some 40 million tables.
    """

    def __init__(self, name: str, present: Collection[str]) -> None:
        self._present = set(present) & set(table(name).names)

    def __getitem__(self, column: str) -> pl.Expr:
        if column in self._present:
            return pl.col(column)
        return pl.when(_NEVER).then(pl.lit(None, _types().get(column, pl.String())))

    def id(self, column: str) -> pl.Expr:
        """Return the hash of a text, empty where there is none."""
        return pl.when(self[column].is_not_null()).then(self[column].hash())

    def hash(self, *columns: str) -> pl.Expr:
        """Return one hash of several columns, empty cells included."""
        present = [(seed, pl.col(name)) for seed, name in enumerate(columns) if name in self._present]
        return _mixed([column.hash(seed) for seed, column in present] or [self[columns[0]].hash()])


def hashed(columns: Iterable[pl.Expr]) -> pl.Expr:
    """Return one hash of several columns, empty cells included; the hash of a struct costs several times as much."""
    return _mixed([column.hash(seed) for seed, column in enumerate(columns)])


def _mixed(hashes: Sequence[pl.Expr]) -> pl.Expr:
    return reduce(lambda one, other: one ^ other, hashes)
