"""What is wrong with the form of a bare table: how it was read, what its header is, what its cells hold."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.forms import (
    SUSPECT,
    cell_rules,
    header_rules,
    meaning_of,
    meaning_rules,
    place_rules,
)
from hxl_kit.reading.table import ROW_NUMBER, Doubt, PlaceDoubt, listed
from hxl_kit.validation.report import Issue, cell_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.checks.rule import Rule
    from hxl_kit.reading import Batch, TableText
    from hxl_kit.standard.tags import Tag
    from hxl_kit.validation.columns import Recognised

VALUE = re.compile(r"[+-]?\d+\.\d+|\d{4}-\d\d-\d\d\b.*|[+-]?\d{1,3}|[+-]?\d{5,}")
"""What is a value and no column's name: a number, though not a year, or a date."""


def reading_issues(resource: str, text: TableText, found: Recognised | None) -> Iterator[Issue]:
    """Yield what was done to read a file: an error where that was a guess, which validation does not make."""
    settled = PlaceDoubt if found and not found.by_name else ()
    for note in text.notes:
        guessed = isinstance(note, Doubt) and not isinstance(note, settled)
        yield Issue("reading", "error" if guessed else "info", resource, str(note))


def rules_for(text: TableText, found: Recognised | None) -> tuple[Rule, ...]:
    """Return the rules of a table's columns by their meaning; what is recognised has rules of its own."""
    today = dt.datetime.now(tz=dt.UTC).date()
    columns = tuple(zip(text.header, text.tags, strict=True))
    meanings = {name: meaning for name, tag in columns if (meaning := _meaning(name, tag, found))}
    rules = [rule for name, meaning in meanings.items() for rule in meaning_rules(name, meaning, today)]
    placed = {meaning_of(name, tag): name for name, tag in columns}
    if {"latitude", "longitude"} <= placed.keys():
        rules += place_rules(placed["latitude"], placed["longitude"])
    return tuple(rules)


def _meaning(name: str, tag: Tag | None, found: Recognised | None) -> str | None:
    if found and name in found.fields:
        return {"integer": "size", "number": "digits"}.get(found.fields[name].type)
    return None if found and not found.by_name else meaning_of(name, tag)


def form_issues(resource: str, text: TableText, batch: Batch, rules: Sequence[Rule]) -> Iterator[Issue]:
    """Yield the cells of a batch that break a rule of form: those of their columns' meanings, and those of any cell."""
    if not batch.frame.height:
        return
    suspect = batch.frame.select(pl.exclude(ROW_NUMBER).str.contains(SUSPECT).any()).row(0)
    odd = [name for name, is_odd in zip(text.header, suspect, strict=True) if is_odd]
    asked = (*(rule for name in odd for rule in cell_rules(name)), *rules)
    if not asked:
        return
    broken = batch.frame.select(rule.violated.any().alias(str(n)) for n, rule in enumerate(asked)).row(0)
    for rule, any_row in zip(asked, broken, strict=True):
        if any_row:
            yield from _broken(resource, text, batch, rule)


def _broken(resource: str, text: TableText, batch: Batch, rule: Rule) -> Iterator[Issue]:
    column = text.header.index(rule.field) + 1
    for row in batch.frame.filter(rule.violated)["row_number"]:
        yield Issue(
            rule.id, rule.severity, resource, rule.message, row, rule.field, cell_address(row, column)
        )


def header_issues(resource: str, text: TableText, first: pl.DataFrame) -> Iterator[Issue]:
    """Yield what is wrong with the names of columns; values like those below them are the first row of the data."""
    for name in text.header:
        if not name.isascii() or not name[:1].isalnum():
            yield from (
                Issue(rule, severity, resource, f"the name of a column {message}", field=name)
                for rule, severity, message in header_rules(name)
            )
    if not first.height or any(text.tags):
        return
    cells = dict(zip(first.columns, first.row(0), strict=True))
    alike = [name for name in text.header if _kind(name) and _kind(name) == _kind(cells.get(name) or "")]
    if alike and not _counts_up(alike):
        message = f"row {text.first_row - 1} holds values, not the names of columns: is the header missing? ({listed(alike)})"
        yield Issue("header", "error", resource, message, row=text.first_row - 1)


def _kind(text: str) -> str:
    if not VALUE.fullmatch(text.strip()):
        return ""
    return "date" if text.strip()[4:5] == "-" else "number"


def _counts_up(names: Sequence[str]) -> bool:
    """Return whether names are numbers, each one more than that before it, as the columns of a grid can be."""
    if len(names) < 2 or not all(name.isdecimal() for name in names):  # noqa: PLR2004 - one is no series
        return False
    return all(int(after) == int(before) + 1 for before, after in pairwise(names))
