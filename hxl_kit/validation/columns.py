"""Which field of the standard a bare table's column is: by its hashtag, or by a name that is known."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.errors import SourceMismatchError
from hxl_kit.mapping import kind_of, single_root
from hxl_kit.reading.hashtags import recognise
from hxl_kit.sources import source, source_ids
from hxl_kit.standard import schemas
from hxl_kit.standard.tables import Field, Table, table, table_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hxl_kit.reading import TableText
    from hxl_kit.sources.definition import Layout, Source
    from hxl_kit.standard.tags import Tag

_SHARE = 0.5


@dataclass(frozen=True)
class Recognised:
    """The columns of a table that mean a field, by column name; `known` is what they were recognised as.

    `key` has the columns that together name a row; empty when they are not all there. `by_name` says that the
    table is one of the standard, not a source's own. `guessed` are the columns that a common name or tag alone says
    to be a place or a date (`schemas/words/column_fields.csv`).
    """

    known: str
    owner: Table
    fields: Mapping[str, Field]
    key: tuple[str, ...]
    by_name: bool = True
    guessed: frozenset[str] = frozenset()

    @property
    def known_fields(self) -> dict[str, Field]:
        """The fields of the columns that were not guessed."""
        return {column: field for column, field in self.fields.items() if column not in self.guessed}

    @property
    def names(self) -> set[str]:
        """The names of the fields that columns mean."""
        return {field.name for field in self.fields.values()}

    @property
    def complete(self) -> bool:
        """Whether every field that the table requires is there: then it is that table, and its codes are ours."""
        required = {field.name for field in self.owner.fields if field.required}
        return required <= {field.name for field in self.known_fields.values()}


def recognised(text: TableText) -> Recognised | None:
    """Return what a table's columns mean, as one table of the standard or one known source; else None.

    Half of the columns must be fields of the table, or all required ones of the source be there.
    """
    for name in source_ids():
        if layout := _layout(source(name), text):
            return _as_source(name, layout, text)
    return recognised_as_table(text.header, text.tags)


def recognised_as_table(header: Sequence[str], tags: Sequence[Tag | None]) -> Recognised | None:
    """Return what columns mean as one table of the standard, by their tags and names; else None.

    Half of the columns must be fields of the table. Others are places or dates if a common name says so.
    """
    found = {name: _fields(header, tags, table(name)) for name in table_names()}
    best = max(found, key=lambda name: len(found[name]))
    if len(found[best]) < _SHARE * len(header):
        return None
    columns = {field.name: column for column, field in found[best].items()}
    key = table(best).primary_key
    guessed = _guessed(header, tags, table(best), found[best])
    return Recognised(
        f"the table {best}",
        table(best),
        {**found[best], **guessed},
        tuple(columns[k] for k in key if k in columns) if set(key) <= set(columns) else (),
        guessed=frozenset(guessed),
    )


def recognised_loosely(header: Sequence[str], tags: Sequence[Tag | None]) -> Recognised | None:
    """Return the columns that say where and when (`schemas/words/column_fields.csv`), as fields of events; else None.

    A field that several columns could be is left out: nothing is chosen silently.
    """
    events = table("events")
    fields = _guessed(header, tags, events, {})
    return Recognised("places and dates", events, fields, (), guessed=frozenset(fields)) if fields else None


def _guessed(
    header: Sequence[str], tags: Sequence[Tag | None], owner: Table, known: Mapping[str, Field]
) -> dict[str, Field]:
    """Return the columns that only a common name or tag says to be a field, of fields that no known column is."""
    missing = set(owner.names) - {field.name for field in known.values()}
    meant: dict[str, list[str]] = {}
    for column, tag in zip(header, tags, strict=True):
        if column not in known and (name := _meant(column, tag)) in missing:
            meant.setdefault(name, []).append(column)
    return {columns[0]: owner[name] for name, columns in meant.items() if len(columns) == 1}


def _meant(column: str, tag: Tag | None) -> str | None:
    kind, name = ("tag", str(tag)) if tag else ("name", re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_"))
    return next((f for f, of, pattern in _column_fields() if of == kind and pattern.fullmatch(name)), None)


@cache
def _column_fields() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    with schemas.path_of("words", "column_fields.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["field"], row["of"], re.compile(row["pattern"])) for row in csv.DictReader(file))


def _fields(header: Sequence[str], tags: Sequence[Tag | None], owner: Table) -> dict[str, Field]:
    by_name = {name: owner[name] for name in header if name in owner.names}
    tagged = recognise(tags, {f.name: f.hxl_tag for f in owner.fields})
    by_tag = {
        header[columns[0]]: owner[name]
        for name, columns in tagged.items()
        if len(columns) == 1 and name not in by_name
    }
    return {**by_tag, **by_name}


def _layout(found: Source, text: TableText) -> Layout | None:
    """Return the layout of a source that names its columns, if it is this table's."""
    if found.generic:
        return None
    try:
        return found.layout_of(text)
    except SourceMismatchError:
        return None


def _as_source(source_id: str, layout: Layout, text: TableText) -> Recognised:
    """Return the numbers and dates of a source's columns; its codes and names are its own."""
    first = layout.maps[0]
    owner = table(first.table)
    given = {name: column for column, name in layout.names_in(text.header, text.tags).items()}
    kinds = {
        root: owner[name]
        for name, expr in first.columns.items()
        if (root := single_root(expr)) and kind_of(expr) == owner[name].type
    }
    fields = {given[root]: f for root, f in kinds.items() if root in given}
    key = None if layout.key is None else given.get(single_root(layout.key) or "")
    return Recognised(f"the source {source_id}", owner, fields, (key,) if key else (), by_name=False)
