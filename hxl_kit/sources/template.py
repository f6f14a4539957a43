"""Forms that a field office has filled in: the workbooks that `hxl-kit template` writes.

A form says itself what it is: the hashtag of its first column names the table and the country. Its other
columns are found by their hashtags, so that headings may be in any language. Every row names its source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import SourceMismatchError
from hxl_kit.mapping import constant, derived
from hxl_kit.sources._form_columns import Cells, identifier
from hxl_kit.sources.definition import Layout, Source, TableMap
from hxl_kit.sources.own_tables import NEUTRAL
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.forms import MARK, SOURCES, Form, form, form_names
from hxl_kit.standard.tags import Tag, parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hxl_kit.reading import TableText
    from hxl_kit.standard.forms import FormColumn

_ID = "template"


def recognise(text: TableText) -> Layout | None:
    """Return the layout of a form, or None where the table bears no form's mark.

    Raises:
        SourceMismatchError: it is a form, but of no known table or country, or a required column is gone.
    """
    mark = parse_tag(MARK)
    marked = [n for n, tag in enumerate(text.tags) if tag and mark and _is_mark(tag, mark)]
    if len(marked) != 1:
        return None
    table_name, country = _meant(text.tags[marked[0]])
    wanted = form(table_name)
    header = _header(wanted, text)
    _require_columns(wanted, header)
    return _layout(wanted, Cells(header, country), text.header[marked[0]])


def _is_mark(tag: Tag, mark: Tag) -> bool:
    return tag.hashtag == mark.hashtag and mark.attribute_set <= tag.attribute_set


def _meant(tag: Tag | None) -> tuple[str, str]:
    """Return the table and the country that a mark names."""
    attributes = tag.attribute_set if tag else frozenset()
    tables = attributes & set(form_names())
    countries = {a.upper() for a in attributes} & set(codelist("location").values)
    if len(tables) != 1 or len(countries) != 1:
        raise SourceMismatchError(
            f"{_ID}: the form's first hashtag names no table and country ({MARK}+casualties+syr would); "
            "write the form anew with `hxl-kit template` and copy the rows into it"
        )
    return min(tables), min(countries)


def _header(wanted: Form, text: TableText) -> dict[str, str]:
    """Return the columns of a file by the names of the form's fields, found by their hashtags."""
    by_tag = {tag: name for name, tag in zip(reversed(text.header), reversed(text.tags), strict=True) if tag}
    tags = {column.name: parse_tag(column.field.hxl_tag) for column in wanted.columns}
    return {name: by_tag[tag] for name, tag in tags.items() if tag in by_tag}


def _require_columns(wanted: Form, header: Mapping[str, str]) -> None:
    missing = [c.field.hxl_tag for c in wanted.columns if c.required and c.name not in header]
    if missing:
        raise SourceMismatchError(
            f"{_ID}: the form lacks the column{'s' if len(missing) > 1 else ''} with the hashtag "
            f"{', '.join(missing)}; write the form anew with `hxl-kit template` and copy the rows into it"
        )


def _layout(wanted: Form, cells: Cells, mark: str) -> Layout:
    columns = [c for c in wanted.columns if c.name in cells.header]
    required = frozenset(cells.header[c.name] for c in columns if c.required)
    read = {column.name: cells.read(column) for column in wanted.columns}
    source_id = identifier(f"{_ID}:", [read[column.name] for column in wanted.of(SOURCES)])
    # From what a row is about, not from its number or its place in the sheet.
    about = [read[c.name] for c in wanted.of(wanted.table.name) if c.key]
    row_id = identifier(f"{_ID}:{wanted.table.name}:", [pl.lit(cells.country), *about, source_id])
    return Layout(
        id=f"{wanted.table.name}-{cells.country.lower()}",
        title=f"form for {wanted.table.name}",
        key=row_id,
        maps=(
            *_checks(wanted, cells, columns, read),
            _documents(wanted, cells, read, source_id),
            _rows(wanted, cells, read, {wanted.table.primary_key[0]: row_id, "source_id": source_id}),
        ),
        optional=frozenset(cells.header.values()) - required,
        not_carried={mark: "tells which table and country the form is for"},
        notes=(f"a form for {wanted.table.name} of {cells.country}",),
    )


def _checks(
    wanted: Form, cells: Cells, columns: Sequence[FormColumn], read: Mapping[str, pl.Expr]
) -> Iterator[TableMap]:
    """Yield maps that give no row of their own: they reject a row whose cells are not what they must be."""
    own = wanted.table
    entered = {c.field.name: read[c.name] for c in columns if c.table == own.name}
    yield TableMap(own.name, entered, where=pl.lit(False))
    demanded = [c for c in columns if c.required and (c.table == SOURCES or not c.field.required)]
    for column in demanded:
        cell = cells.text(column.name)
        # A row without this cell would be one without an identifier.
        yield TableMap(own.name, {own.primary_key[0]: cell}, where=cell.is_null())


def _documents(wanted: Form, cells: Cells, read: Mapping[str, pl.Expr], source_id: pl.Expr) -> TableMap:
    """Return the map to the documents that the rows name; a package holds each once."""
    values = {column.field.name: read[column.name] for column in wanted.of(SOURCES)}
    dated = cells.text(f"{SOURCES}.date_published").is_not_null()
    precision = derived(pl.when(dated).then(pl.lit("day")).otherwise(pl.lit("unknown")))
    columns = {**values, "source_id": source_id, "date_precision": precision}
    return TableMap(SOURCES, columns)


def _rows(
    wanted: Form, cells: Cells, read: Mapping[str, pl.Expr], identifiers: Mapping[str, pl.Expr]
) -> TableMap:
    """Return the map to the form's own table."""
    owner = wanted.table
    known = {c.field.name: read[c.name] for c in wanted.of(owner.name)}
    known |= {**identifiers, "is_aggregate": pl.lit(False)}
    known |= {name: constant(value) for name, value in NEUTRAL.items() if name not in known}
    if "date_precision" in owner.names:
        known["date_precision"] = cells.date_precision()
    if "quantity_text" in owner.names:
        known |= cells.quantities()
    if "location_code" in owner.names:
        known |= cells.places()
    return TableMap(owner.name, {f.name: known[f.name] for f in owner.fields if f.name in known})


SOURCE = Source(
    id=_ID,
    title="Form filled in by a field office",
    provider="the office that filled in the form",
    url="",
    licence="other",
    licence_title="The terms of the sources that the form names",
    licence_url="",
    redistribution="attribution",
    access="restricted",
    source_type="other",
    language="",
    terms="Each row names its source and what may be passed on of it; see the table of sources.",
    recognise=recognise,
)
