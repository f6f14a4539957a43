"""A user's rules over a bare table, whose columns are what they were recognised as, or else text."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.forms import ascii_digits
from hxl_kit.checks.own import Column, column_of, own_rules
from hxl_kit.mapping import tidy, typed
from hxl_kit.reading.table import ROW_NUMBER, shown
from hxl_kit.standard.messages import N_
from hxl_kit.validation.own import UNUSABLE, OwnRules, fixes_of
from hxl_kit.validation.report import Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from hxl_kit.checks.own import OwnCheck
    from hxl_kit.reading import TableText
    from hxl_kit.standard.tables import Field
    from hxl_kit.validation.columns import Recognised

ELSEWHERE = N_("was not asked the rule {name}, which is for the table {table}")
SPELL = N_("Nothing need be done, if the rule is for another table; else correct the name of its table.")
_NUMERIC = ("integer", "number")


def own_table_rules(
    resource: str, text: TableText, found: Recognised | None, entries: Sequence[OwnCheck]
) -> Callable[[pl.DataFrame], Iterator[Issue]]:
    """Return what finds the issues of each batch of a table's text by a user's rules.

    Rules run that name no table, or this one: by the table of the standard that it was recognised as, or by its
    file's name.

    Raises:
        UsageError: a rule cannot be run on the table's columns.
    """
    fields = found.known_fields if found else {}
    names = _names(resource, found)
    mine = [entry for entry in entries if entry.table in names]
    rules = own_rules(mine, resource, _columns(text, fields, coded=bool(found and found.complete)))
    positions = {name: number for number, name in enumerate(text.header, start=1)}
    asked = OwnRules(resource, rules, fixes_of(mine), positions)
    needed = {name: fields.get(name) for name in text.header if name in asked.columns}
    return lambda frame: asked.issues(_values(frame, needed))


def rules_for_others(resource: str, found: Recognised | None, entries: Sequence[OwnCheck]) -> Iterator[Issue]:
    """Yield the rules that are not asked of a table, so that a slip in a table's name is seen."""
    for entry in entries:
        if entry.table not in _names(resource, found):
            params = {"name": shown(entry.name), "table": shown(entry.table)}
            yield Issue(UNUSABLE, "info", resource, ELSEWHERE, fix=SPELL, params=params)


def _names(resource: str, found: Recognised | None) -> set[str]:
    return {"", resource, Path(resource).stem, found.owner.name if found and found.by_name else ""}


def _columns(text: TableText, fields: Mapping[str, Field], *, coded: bool) -> list[Column]:
    """Return a table's columns; codes count as all there are only in a table that is the standard's as a whole."""
    columns = []
    for name, tag in zip(text.header, text.tags, strict=True):
        known = column_of(fields[name]) if name in fields else Column(name, "text")
        codes = known.codes if coded else ()
        columns.append(Column(name, known.kind, tag or known.tag, codes, known.name))
    return columns


def _values(frame: pl.DataFrame, needed: Mapping[str, Field | None]) -> pl.DataFrame:
    numeric = [name for name, field in needed.items() if field and field.type in _NUMERIC]
    digits = frame.with_columns(ascii_digits(pl.col(name)).alias(name) for name in numeric)
    tidied, _ = tidy(digits, needed)
    read = [
        typed(replace(field, name=name)).alias(name) if field else pl.col(name)
        for name, field in needed.items()
    ]
    return tidied.select(ROW_NUMBER, *read)
