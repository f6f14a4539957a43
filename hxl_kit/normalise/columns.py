"""The columns of a source's maps: each distinct expression once, however many fields it fills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import POLARS_TYPES, crosswalk_of, kind_of, single_root
from hxl_kit.standard.tables import Field, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.sources.layout import TableMap


@dataclass(frozen=True)
class Column:
    """A distinct expression, computed once per batch under `name`.

    `root` is the input column it reads as it is, `kind` what it reads that as (`mapping.kind_of`), `crosswalk`
    what it looks it up in.
    """

    name: str
    expr: pl.Expr
    field: Field
    root: str | None
    kind: str | None
    crosswalk: str | None


class Columns:
    """The distinct columns of the maps that give one row per input row."""

    def __init__(self, maps: Sequence[TableMap]) -> None:
        self._columns: dict[tuple[int, str], Column] = {}
        for m in maps:
            for name, expr in m.columns.items():
                self._add(expr, table(m.table)[name])

    def _add(self, expr: pl.Expr, field: Field) -> None:
        key = (id(expr), field.type)
        if key not in self._columns:
            name = f"@{len(self._columns)}:{field.name}"
            cast = expr.cast(POLARS_TYPES[field.type])
            self._columns[key] = Column(
                name, cast, field, single_root(expr), kind_of(expr), crosswalk_of(expr)
            )

    @property
    def all(self) -> tuple[Column, ...]:
        """Every distinct column."""
        return tuple(self._columns.values())

    def of(self, expr: pl.Expr, field: Field) -> Column:
        """Return the column that computes a map's expression for a field."""
        return self._columns[id(expr), field.type]

    def compute(self, text: pl.DataFrame) -> pl.DataFrame:
        """Return the text frame with every column computed beside its own."""
        return text.lazy().with_columns(c.expr.alias(c.name) for c in self.all).collect()

    def select(self, computed: pl.DataFrame, m: TableMap) -> pl.DataFrame:
        """Return a map's rows: `@row`, then the table's fields in order."""
        rows = computed if m.where is None else computed.filter(m.where)
        chosen = [
            pl.col(self.of(m.columns[f.name], f).name).alias(f.name) if f.name in m.columns else empty(f)
            for f in table(m.table).fields
        ]
        return rows.select("@row", *chosen)


def reshaped(text: pl.LazyFrame, m: TableMap) -> pl.LazyFrame:
    """Return a reshaping map's rows: `@row`, the table's fields, and as `@text:` what they were read from."""
    rows = text if m.reshape is None else m.reshape(text)
    rows = rows if m.where is None else rows.filter(m.where)
    roots = dict.fromkeys(root for expr in m.columns.values() if (root := single_root(expr)))
    chosen = [
        m.columns[f.name].cast(POLARS_TYPES[f.type]).alias(f.name) if f.name in m.columns else empty(f)
        for f in table(m.table).fields
    ]
    return rows.select("@row", *chosen, *(pl.col(root).alias(f"@text:{root}") for root in roots))


def empty(field: Field) -> pl.Expr:
    """Return a field's column without values."""
    return pl.lit(None, POLARS_TYPES[field.type]).alias(field.name)
