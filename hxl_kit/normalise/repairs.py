"""Which values were written another way than received: white space, date and number layouts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import DECIDED, kind_of, plain_number, single_root
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.normalise.columns import Columns
    from hxl_kit.sources.layout import TableMap
    from hxl_kit.standard.tables import Field

CHANGES = {"column": pl.String, "rule": pl.String, "old": pl.String, "new": pl.String, "count": pl.UInt32}
_LAYOUTS = {
    "date": "date layout",
    "day": "time of day left out",
    "integer": "number layout",
    "number": "number layout",
    "count": "number layout",
}
_SPACE = "white space"
NO_VALUE = "no value"
"""The rule of words such as "N/A" that become an empty cell."""
_OLD, _NEW = pl.col("old"), pl.col("new")


@dataclass(frozen=True)
class Repair:
    """A column whose cells may be written another way under a rule: `old` as received, `new` as written."""

    column: str
    rule: str
    old: pl.Expr
    new: pl.Expr

    @property
    def happened(self) -> pl.Expr:
        """Whether the cell may have changed."""
        return self._differs(self.old, self.new)

    def _differs(self, old: pl.Expr, new: pl.Expr) -> pl.Expr:
        """White space is only ever taken away, which spares a closer look at most cells."""
        if self.rule == NO_VALUE:
            return old.is_not_null() & new.is_null()
        differs = old != new
        return differs & (new.str.len_bytes() <= old.str.len_bytes()) if self.rule == _SPACE else differs

    def count(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return each changed value of a batch once: column, rule, old, new, count.

        Only what differs in nothing but white space counts as that: a code made from a cell is no repair.
        """
        pairs = rows.select(old=self.old, new=self.new).filter(self._differs(_OLD, _NEW))
        if self.rule == _SPACE:
            pairs = pairs.filter(_unspaced(_OLD) == _unspaced(_NEW))
        # What is written follows from what was received: the old value alone makes the group.
        counted = pairs.group_by("old").agg(pl.col("new").first(), count=pl.len().cast(pl.UInt32))
        return counted.select(
            column=pl.lit(self.column), rule=pl.lit(self.rule), old="old", new="new", count="count"
        )


def tidied(columns: Iterable[str], reread: Iterable[Repair] = ()) -> tuple[Repair, ...]:
    """Return what `mapping.tidy` did to columns: white space taken away, before any of `reread` was read again."""
    then = {repair.column: repair.old for repair in reread}
    return tuple(
        Repair(name, _SPACE, pl.col(f"@raw:{name}"), then.get(name, pl.col(name))) for name in columns
    )


def repairs_of(columns: Columns) -> tuple[Repair, ...]:
    """Return what may be repaired in computed rows: the layouts of dates and numbers, each input column once."""
    rooted = [column for column in columns.all if column.root is not None and column.field.type != "string"]
    return _distinct(
        _repair(str(c.root), c.kind, c.field, pl.col(str(c.root)), pl.col(c.name)) for c in rooted
    )


def reshape_repairs(m: TableMap) -> tuple[Repair, ...]:
    """Return what may be repaired in the rows of a reshaping map."""
    rooted = [
        (root, kind_of(expr), table(m.table)[name])
        for name, expr in m.columns.items()
        if (root := single_root(expr))
    ]
    return _distinct(
        _repair(root, kind, f, pl.col(f"@text:{root}"), pl.col(f.name)) for root, kind, f in rooted
    )


def changes(rows: pl.DataFrame, repairs: tuple[Repair, ...]) -> pl.DataFrame:
    """Return every value of a batch that was written another way, counted."""
    nothing = pl.DataFrame(schema=CHANGES)
    if not repairs:
        return nothing
    happened = rows.select(repair.happened.any().alias(str(n)) for n, repair in enumerate(repairs)).row(0)
    return pl.concat([nothing, *(r.count(rows) for r, did in zip(repairs, happened, strict=True) if did)])


def _distinct(found: Iterable[Repair | None]) -> tuple[Repair, ...]:
    first: dict[tuple[str, str], Repair] = {}
    for repair in found:
        if repair is not None:
            first.setdefault((repair.column, repair.rule), repair)
    return tuple(first.values())


def _repair(root: str, kind: str | None, field: Field, old: pl.Expr, value: pl.Expr) -> Repair | None:
    rule = _rule(field, kind)
    if rule is None:
        return None
    old = old.str.strip_suffix(DECIDED) if kind == "count" else old
    return Repair(root, rule, old, plain_number(value) if field.type == "number" else value.cast(pl.String))


def _rule(field: Field, kind: str | None) -> str | None:
    if field.type == "string":
        return None if field.codelist else _SPACE
    return _LAYOUTS.get(kind or "")


def _unspaced(cell: pl.Expr) -> pl.Expr:
    return cell.str.replace_all(r"\s+", "")
