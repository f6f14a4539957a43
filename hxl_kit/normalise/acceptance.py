"""What makes an input row unacceptable: lost values, broken constraints, the wrong country."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.constraints import field_rules
from hxl_kit.errors import nearest
from hxl_kit.mapping import UNKNOWN, column_of, crosswalk_of, kind_of, single_root
from hxl_kit.normalise.columns import Column
from hxl_kit.reading.table import listed, shown
from hxl_kit.standard.codelists import codelist, crosswalk
from hxl_kit.standard.languages import codes_by_title
from hxl_kit.standard.tables import Field, Table, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hxl_kit.checks.rule import Rule
    from hxl_kit.normalise.columns import Columns
    from hxl_kit.sources.layout import TableMap

REJECTED = {"row_number": pl.UInt32, "reason": pl.String}
"""A row that is not taken over and why; `told` is the reason for people: without the cell that the reason may name."""

TOLD = "told"
_UNREADABLE = {
    "integer": "is not a whole number",
    "number": "is not a number",
    "count": "is not a number, or its point or comma may group thousands or begin decimals",
    "date": "is not a date in the form YYYY-MM-DD",
    "boolean": "is not true or false",
    "day": "is not a date or timestamp that begins with YYYY-MM-DD",
}


_UNMADE = "cannot be made from"
_SHOWN_CODES = 8
_NEAR_TITLE = 0.75


@dataclass(frozen=True)
class Condition:
    """What makes a row unacceptable, and what is said of it.

    Where a code is not known, `given` is the column that holds it, which the reason then names with the nearest
    of the `known` ones, or of the titles of its `codelist`. What is told of it beyond the private folder does not name
    it: whatever slipped into the column stands there, and it may be a person's name.
    """

    holds: pl.Expr
    message: str
    given: str = ""
    known: tuple[str, ...] = ()
    codelist: str = ""

    def reasons(self, suspects: pl.DataFrame) -> pl.DataFrame:
        """Return row_number, reason, and the reason as it is told, of the rows in which it holds."""
        found = suspects.filter(self.holds)
        if not self.given or not found.height:
            return found.select(pl.col("@row").alias("row_number"), *_both(pl.lit(self.message)))
        said = {cell: self._said(cell) for cell in found[self.given].drop_nulls().unique()}
        reason, told = (
            pl.col(self.given).replace_strict(
                {cell: named[n] for cell, named in said.items()}, default=self.message, return_dtype=pl.String
            )
            for n in range(2)
        )
        return found.select(pl.col("@row").alias("row_number"), reason=reason, told=told)

    def _said(self, cell: str) -> tuple[str, str]:
        """Say that a code is not known, and which comes nearest, with the code and without it.

        `mapping.unknown_code` tells where it stands.
        """
        if not cell.startswith(UNKNOWN):
            hint = self._hint(cell)
            return f"{self.message}: '{shown(cell)}'{hint}", f"{self.message}{hint}"
        column, name, value = cell.removeprefix(UNKNOWN).split(UNKNOWN, 2)
        known = tuple(crosswalk(name).mapping) if name else ()
        message = f"{column} is not a known code for {self.message.partition(' ')[0]}"
        hint = replace(self, known=known, codelist="")._hint(value)  # noqa: SLF001 - its own kind
        return f"{message}: '{shown(value)}'{hint}", f"{message}{hint}"

    def _hint(self, cell: str) -> str:
        """Name the nearest known code, or all of a few; numbers that look alike mean nothing."""
        near = "" if cell.isdecimal() else nearest(cell, self.known) or self._nearest_title(cell)
        return near or (f" (known: {', '.join(self.known)})" if 0 < len(self.known) <= _SHOWN_CODES else "")

    def _nearest_title(self, cell: str) -> str:
        """Name the code whose title, in any of the languages of forms, is nearest."""
        titles = codes_by_title(self.codelist) if self.codelist else {}
        found = get_close_matches(cell.casefold(), titles, n=1, cutoff=_NEAR_TITLE)
        return f"; did you mean '{titles[found[0]]}' ({found[0]})?" if found else ""


def _both(reason: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Return a reason that names no cell as reason and as what is told."""
    return reason.alias("reason"), reason.alias(TOLD)


def conditions_of(maps: Sequence[TableMap], columns: Columns, country: str | None) -> list[Condition]:
    """Return the conditions on computed rows: each distinct one once, however many tables share the column."""
    found: dict[tuple[str, ...], Condition] = {}
    for m in maps:
        owner = table(m.table)
        for name, expr in m.columns.items():
            column = columns.of(expr, owner[name])
            if expr.meta.is_literal() and _keeps(owner, owner[name], expr):
                continue
            for rule in _rules(owner, owner[name], pl.col(column.name)):
                key = (
                    column.name,
                    rule.id,
                    rule.said,
                    f"{m.table} {id(m.where)}" if rule.id == "constraint-required" else "",
                )
                found[key] = _broken(rule, column, name, m)
    return [*_lost_values(columns), *found.values(), *_wrong_country(maps, columns, country)]


def reshape_conditions(m: TableMap) -> list[Condition]:
    """Return the conditions on the rows of a reshaping map."""
    owner = table(m.table)
    conditions = []
    for name, expr in m.columns.items():
        if root := single_root(expr):
            column = Column(name, expr, owner[name], root, kind_of(expr), crosswalk_of(expr))
            conditions.append(_lost(f"@text:{root}", [column]))
        given = f"@text:{root}" if root else name
        for rule in _rules(owner, owner[name], pl.col(name)):
            # A filled cell that could not be read is lost, not empty.
            unsaid = (
                pl.col(given).is_null() if given and rule.id == "constraint-required" else pl.lit(value=True)
            )
            conditions.append(_ruled(rule, rule.violated & unsaid, root or name, given, owner[name]))
    return conditions


def _rules(owner: Table, field: Field, value: pl.Expr) -> list[Rule]:
    """Return the rules of a field; what is in a code list has its form."""
    rules = field_rules(owner, field, value)
    return [rule for rule in rules if not (field.codelist and rule.id == "constraint-pattern")]


def reasons(frame: pl.DataFrame, conditions: Sequence[Condition]) -> pl.DataFrame:
    """Return row_number, reason and what is told of it for every row and condition that holds."""
    nothing = pl.DataFrame(schema=REJECTED | {TOLD: pl.String})
    if not conditions:
        return nothing
    suspects = frame.filter(pl.any_horizontal(c.holds.fill_null(False) for c in conditions))
    if not suspects.height:
        return nothing
    return pl.concat(condition.reasons(suspects) for condition in conditions)


def joined(found: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Return one row per rejected input row, its reasons joined, and what is told of them."""
    every = pl.concat(found, how="diagonal").unique(maintain_order=True)
    every = every.with_columns(pl.col(TOLD).fill_null(pl.col("reason")))
    unmade = pl.col("reason").str.contains(_UNMADE, literal=True)
    # What is wrong with the parts of a field says more than that the field is not there.
    every = every.filter(~unmade | unmade.all().over("row_number"))
    return (
        every.group_by("row_number", maintain_order=True)
        .agg(pl.col("reason", TOLD).str.join("; "))
        .sort("row_number")
    )


def _broken(rule: Rule, column: Column, name: str, m: TableMap) -> Condition:
    """Return a rule as a condition; what is required is asked only where the map gives a row and nothing was lost."""
    violated = rule.violated
    if rule.id == "constraint-required":
        violated &= pl.lit(True) if m.where is None else m.where
        violated &= pl.lit(True) if column.root is None else pl.col(column.root).is_null()
        if column.root is None:
            return Condition(violated, f"{name} {_UNMADE} {_parts(column.expr)}")
    return _ruled(rule, violated, column.root or name, column.root or column.name, column.field)


def _parts(expr: pl.Expr) -> str:
    """Name the input columns that an expression reads."""
    return listed(list(dict.fromkeys(filter(None, map(column_of, expr.meta.root_names())))))


def _ruled(rule: Rule, violated: pl.Expr, name: str, given: str, field: Field) -> Condition:
    """Return a rule as a condition; a code that is none of its list's is named."""
    message = f"{name} {rule.said}"
    if rule.id == "constraint-enum" and given:
        listed_in = str(field.codelist)
        return Condition(violated, message, given, codelist(listed_in).values, listed_in)
    return Condition(violated, message)


def _keeps(owner: Table, field: Field, constant: pl.Expr) -> bool:
    """Whether a constant keeps every constraint of its field: proven once instead of in every row."""
    broken = [rule.violated.fill_null(False) for rule in field_rules(owner, field, constant)]
    return not broken or not any(pl.select(pl.any_horizontal(broken)).row(0))


def _lost_values(columns: Columns) -> list[Condition]:
    """One condition per input column; of the fields made from it, the strictest gives the reason."""
    made: dict[str, list[Column]] = {}
    for column in columns.all:
        if column.root:
            made.setdefault(column.root, []).append(column)
    return [_lost(root, of) for root, of in made.items()]


def _lost(given: str, columns: Sequence[Column]) -> Condition:
    """The lost-value rule: the source's cell is filled and a cell made from it is empty.

    The strictest of the columns made from it gives the reason: one with codes, else one that is no text.
    """
    lost = pl.any_horizontal(pl.col(column.name).is_null() for column in columns)
    holds = pl.col(given).is_not_null() & lost
    strictest = min(columns, key=lambda c: (c.field.codelist is None, c.field.type == "string"))
    message = f"{strictest.root} {_unread(strictest)}"
    if strictest.crosswalk:
        return Condition(holds, message, given, tuple(crosswalk(strictest.crosswalk).mapping))
    return Condition(holds, message)


def _unread(column: Column) -> str:
    """Say what a cell was to be: a code, what a verb reads it as, or what its field is."""
    if column.field.codelist or column.crosswalk:
        return f"is not a known code for {column.field.name}"
    return _UNREADABLE.get(column.kind or column.field.type, "cannot be read")


def _wrong_country(maps: Sequence[TableMap], columns: Columns, country: str | None) -> list[Condition]:
    """Where the rows name their country, it must be the one that was asked for."""
    if country is None:
        return []
    named = [(m.columns["location_code"], table(m.table)) for m in maps if "location_code" in m.columns]
    names = {columns.of(expr, owner["location_code"]).name for expr, owner in named}
    message = f"the country is not {country}, which was asked for"
    return [Condition(pl.col(name).ne_missing(country), message) for name in sorted(names)]
