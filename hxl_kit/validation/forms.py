"""What is wrong with the form of a bare table: how it was read, what its header is, what its cells hold."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.arithmetic import THEME as ARITHMETIC_THEME
from hxl_kit.checks.forms import (
    SUSPECT,
    THEME,
    cell_rules,
    header_rules,
    meaning_of,
    meaning_rules,
    place_rules,
)
from hxl_kit.checks.sums import sum_rules
from hxl_kit.reading.table import Doubt, PlaceDoubt, listed
from hxl_kit.standard.messages import N_
from hxl_kit.validation.report import Issue, cell_address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from hxl_kit.checks.rule import Rule
    from hxl_kit.reading import Batch, TableText
    from hxl_kit.standard.tags import Tag
    from hxl_kit.validation.columns import Recognised
    from hxl_kit.validation.selection import Selection

FORMS = THEME.name
ARITHMETIC = ARITHMETIC_THEME.name
VALUE = re.compile(r"[+-]?\d+\.\d+|\d{4}-\d\d-\d\d\b.*|[+-]?\d{1,3}|[+-]?\d{5,}")
"""What is a value and no column's name: a number, though not a year, or a date."""


def reading_issues(resource: str, text: TableText, found: Recognised | None) -> Iterator[Issue]:
    """Yield what was done to read a file: an error where that was a guess, which validation does not make."""
    settled = PlaceDoubt if found and not found.by_name else ()
    for note in text.notes:
        guessed = isinstance(note, Doubt) and not isinstance(note, settled)
        fix = "" if guessed else N_("Nothing need be done, if that is what you meant.")
        yield Issue("reading", "error" if guessed else "info", resource, str(note), fix=fix)


@dataclass(frozen=True)
class Forms:
    """The rules of form of a table's columns: those of any cell, and those of what a column holds."""

    resource: str
    header: Sequence[str]
    any_cell: Mapping[str, tuple[Rule, ...]]
    meant: tuple[Rule, ...]

    @classmethod
    def of(
        cls, resource: str, text: TableText, found: Recognised | None, chosen: Selection, *, zero: bool
    ) -> Forms:
        """Return the rules of a bare table by its columns' meaning; what is recognised has rules of its own.

        `zero` says whether places at 0, 0 are to be told here.
        """
        meant = (
            *_meant(text, found, chosen),
            *(_zero(text, chosen) if zero else ()),
            *sums(text.header, text.tags, found.known_fields if found else (), chosen),
        )
        return cls(resource, text.header, _any_cell(text.header, chosen), meant)

    @classmethod
    def of_text(
        cls, resource: str, header: Sequence[str], chosen: Selection, sums: tuple[Rule, ...] = ()
    ) -> Forms:
        """Return the rules of any cell for a table whose types are judged elsewhere, and those on its `sums`."""
        return cls(resource, header, _any_cell(header, chosen), sums)

    def issues(self, batch: Batch) -> Iterator[Issue]:
        """Yield the cells of a batch that break a rule."""
        if not batch.frame.height:
            return
        asked = [*self.meant, *self._of_odd_values(batch)]
        if not asked:
            return
        broken = batch.frame.select(rule.violated.any().alias(str(n)) for n, rule in enumerate(asked)).row(0)
        for rule, any_row in zip(asked, broken, strict=True):
            if any_row:
                yield from self._broken(batch, rule)

    def _of_odd_values(self, batch: Batch) -> Iterator[Rule]:
        """Yield the rules of any cell that the distinct odd values of a column break; plain values break none."""
        suspect = batch.frame.select(pl.col(name).str.contains(SUSPECT).any() for name in self.any_cell)
        for name in (name for name in suspect.columns if suspect[name][0]):
            values = batch.frame.select(pl.col(name).unique()).filter(pl.col(name).str.contains(SUSPECT))
            rules = self.any_cell[name]
            broken = values.select(rule.violated.any().alias(str(n)) for n, rule in enumerate(rules)).row(0)
            yield from (rule for rule, found in zip(rules, broken, strict=True) if found)

    def _broken(self, batch: Batch, rule: Rule) -> Iterator[Issue]:
        column = self.header.index(rule.field) + 1
        for row in batch.frame.filter(rule.violated)["row_number"]:
            place = (row, rule.field, cell_address(row, column))
            yield Issue(rule.id, rule.severity, self.resource, rule.message, *place, params=rule.params)


def _any_cell(header: Sequence[str], chosen: Selection) -> dict[str, tuple[Rule, ...]]:
    rules = {name: tuple(r for r in cell_rules(name) if chosen.runs(FORMS, r.id)) for name in header}
    return {name: asked for name, asked in rules.items() if asked}


def _meant(text: TableText, found: Recognised | None, chosen: Selection) -> tuple[Rule, ...]:
    today = dt.datetime.now(tz=dt.UTC).date()
    columns = zip(text.header, text.tags, strict=True)
    meanings = {name: meaning for name, tag in columns if (meaning := _meaning(name, tag, found))}
    rules = (rule for name, meaning in meanings.items() for rule in meaning_rules(name, meaning, today))
    return tuple(rule for rule in rules if chosen.runs(FORMS, rule.id))


def _zero(text: TableText, chosen: Selection) -> tuple[Rule, ...]:
    placed = {meaning_of(name, tag): name for name, tag in zip(text.header, text.tags, strict=True)}
    if not {"latitude", "longitude"} <= placed.keys() or not chosen.runs(FORMS, "degrees"):
        return ()
    return place_rules(placed["latitude"], placed["longitude"])


def sums(
    header: Sequence[str], tags: Sequence[Tag | None], known: Collection[str], chosen: Selection
) -> tuple[Rule, ...]:
    """Return the rules on totals and parts in a row; of `known` columns, fields of a table, its own rules tell."""
    rules = sum_rules(tuple(zip(header, tags, strict=True)))
    return tuple(
        rule
        for rule in rules
        if chosen.runs(ARITHMETIC, rule.id) and not set(rule.violated.meta.root_names()) <= set(known)
    )


def _meaning(name: str, tag: Tag | None, found: Recognised | None) -> str | None:
    if found and name in found.known_fields:
        return {"integer": "size", "number": "digits"}.get(found.fields[name].type)
    return None if found and not found.by_name else meaning_of(name, tag)


def header_issues(resource: str, header: Sequence[str]) -> Iterator[Issue]:
    """Yield what is wrong with the names of columns."""
    for name in header:
        if not name.isascii() or not name[:1].isalnum():
            yield from (
                Issue(rule, severity, resource, message, field=name)
                for rule, severity, message in header_rules(name)
            )


def missing_header(resource: str, text: TableText, first: pl.DataFrame) -> Issue | None:
    """Return the issue of a table whose header looks like the values below it: it is the first row of the data.

    The columns are told by their letters, for what stands in the header is of the data.
    """
    if not first.height or any(text.tags):
        return None
    cells = dict(zip(first.columns, first.row(0), strict=True))
    alike = [name for name in text.header if _kind(name) and _kind(name) == _kind(cells.get(name) or "")]
    if not alike or _counts_up(alike):
        return None
    row = text.first_row - 1
    columns = listed([cell_address(row, text.header.index(name) + 1) for name in alike])
    message = N_("row {row} holds values, not the names of columns: is the header missing? ({columns})")
    return Issue("header", "error", resource, message, row=row, params={"row": row, "columns": columns})


def _kind(text: str) -> str:
    if not VALUE.fullmatch(text.strip()):
        return ""
    return "date" if text.strip()[4:5] == "-" else "number"


def _counts_up(names: Sequence[str]) -> bool:
    """Return whether names are numbers, each one more than that before it, as the columns of a grid can be."""
    if len(names) < 2 or not all(name.isdecimal() for name in names):  # noqa: PLR2004 - one is no series
        return False
    return all(int(after) == int(before) + 1 for before, after in pairwise(names))
