"""Which values were written another way than received: white space, date and number layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import plain_number

if TYPE_CHECKING:
    from hxl_kit.normalise.columns import Column, Columns
    from hxl_kit.standard.tables import Field

CHANGES = {"column": pl.String, "rule": pl.String, "old": pl.String, "new": pl.String, "count": pl.UInt32}
_LAYOUTS = {"date": "date layout", "integer": "number layout", "number": "number layout"}
_SPACE = "white space"
_OLD, _NEW = pl.col("old"), pl.col("new")


@dataclass(frozen=True)
class Repair:
    """An input column whose cells may be written another way under a rule; `new` is what is written."""

    column: str
    rule: str
    new: pl.Expr

    @property
    def happened(self) -> pl.Expr:
        """Whether the cell may have changed; white space is only ever taken away."""
        return self._differs(pl.col(self.column), self.new)

    def _differs(self, old: pl.Expr, new: pl.Expr) -> pl.Expr:
        differs = old != new
        return differs & (new.str.len_bytes() <= old.str.len_bytes()) if self.rule == _SPACE else differs

    def count(self, computed: pl.DataFrame) -> pl.DataFrame:
        """Return each changed value of a batch once: column, rule, old, new, count.

        Only what differs in nothing but white space counts as that: a code made from a cell is no repair.
        """
        pairs = computed.select(old=pl.col(self.column), new=self.new).filter(self._differs(_OLD, _NEW))
        if self.rule == _SPACE:
            pairs = pairs.filter(_unspaced(_OLD) == _unspaced(_NEW))
        counted = pairs.group_by("old", "new").agg(count=pl.len().cast(pl.UInt32))
        return counted.select(
            column=pl.lit(self.column), rule=pl.lit(self.rule), old="old", new="new", count="count"
        )


def repairs_of(columns: Columns) -> tuple[Repair, ...]:
    """Return what may be repaired: each input column once per rule."""
    found: dict[tuple[str, str], Repair] = {}
    for column in columns.all:
        rule = _rule(column.field)
        if column.root is not None and rule is not None:
            found.setdefault((column.root, rule), Repair(column.root, rule, _written(column)))
    return tuple(found.values())


def changes(computed: pl.DataFrame, repairs: tuple[Repair, ...]) -> pl.DataFrame:
    """Return every value of a batch that was written another way, counted."""
    happened = computed.select(repair.happened.any().alias(str(n)) for n, repair in enumerate(repairs)).row(0)
    counted = [repair.count(computed) for repair, did in zip(repairs, happened, strict=True) if did]
    return pl.concat([pl.DataFrame(schema=CHANGES), *counted])


def _rule(field: Field) -> str | None:
    if field.type == "string":
        return None if field.codelist else _SPACE
    return _LAYOUTS.get(field.type)


def _written(column: Column) -> pl.Expr:
    value = pl.col(column.name)
    return plain_number(value) if column.field.type == "number" else value.cast(pl.String)


def _unspaced(cell: pl.Expr) -> pl.Expr:
    return cell.str.replace_all(r"\s+", "")
