"""Any tagged table: its columns are recognised by their hashtags and attributes, in any order or spelling.

The HXL standard is at https://hxlstandard.org; what a tag means here stands in schemas/hxl/meanings.csv.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hxl_kit.errors import SourceMismatchError
from hxl_kit.mapping import context
from hxl_kit.reading.hashtags import recognise as recognise_fields
from hxl_kit.reading.table import listed
from hxl_kit.sources.definition import Source
from hxl_kit.sources.hxl_table._columns import columns_of
from hxl_kit.sources.hxl_table._maps import has_events, layout_for
from hxl_kit.sources.own_tables import own_table
from hxl_kit.standard.tables import table, table_names

if TYPE_CHECKING:
    from hxl_kit.reading import TableText
    from hxl_kit.sources.definition import Layout

_ID = "hxl_table"


def recognise(file: TableText) -> Layout:
    """Return the layout of a tagged table.

    Raises:
        SourceMismatchError: it has no hashtags, or no tag is of a figure or an event that the standard can hold.
    """
    if not any(file.tags):
        raise SourceMismatchError(
            f"{_ID}: the table has no hashtag row; put one below the header (such as #country+code, #date+start, "
            "#affected+killed), or name the source that the file is of"
        )
    own = _own(file)
    if own is not None:
        return own
    columns = columns_of(file)
    if columns.whom:
        raise SourceMismatchError(
            f"{_ID}: the column {columns.whom[0]} says of whom the figures are, which no field can hold; name the source"
            " of the file, or tag each group's figures in a column of its own (#affected+refugees, #affected+idps)"
        )
    if not columns.figures and not has_events(columns):
        tags = list(dict.fromkeys(str(tag) for tag in file.tags if tag))
        named = listed(tags)
        told = f"; {'; '.join(columns.notes)}" if columns.notes else ""
        raise SourceMismatchError(
            f"{_ID}: no column holds a figure or an event: tagged are {named}{told}; needed is one such as "
            "#affected+killed, #affected+idps, #population, #inneed or #event+type"
        )
    return layout_for(columns, file.header)


def _own(file: TableText) -> Layout | None:
    """Return the layout of a table that carries all the tags that one of the standard's tables needs."""
    for name in table_names():
        if name == "sources":
            continue
        tags = {f.name: f.hxl_tag for f in table(name).fields}
        found = recognise_fields(file.tags, tags)
        plain = own_table(name).layout()
        needed = plain.required - {"source_id"}
        if all(len(found[field]) == 1 for field in needed):
            return _tagged(plain, tags)
    return None


def _tagged(plain: Layout, tags: dict[str, str]) -> Layout:
    """Return the layout of an own table with its columns found by tag; the file stands as the source of all rows."""
    (own,) = plain.maps
    columns = {**own.columns, "source_id": context("source_id")}
    return replace(
        plain,
        maps=(replace(own, columns=columns),),
        optional=plain.optional | {"source_id"},
        tagged=tags,
        notes=("the rows' own sources are not in the file: it stands as the source of all of them",),
    )


SOURCE = Source(
    id=_ID,
    title="HXL-tagged table",
    provider="the publisher of the table",
    url="https://hxlstandard.org/",
    licence="other",
    licence_title="The publisher's terms, which the table does not state",
    licence_url="https://data.humdata.org/faqs/licenses",
    redistribution="forbidden",
    access="restricted",
    source_type="other",
    language="",
    terms="The publisher's terms hold; a tagged table does not state them: find them out before anything is passed on.",
    recognise=recognise,
    generic=True,
)
