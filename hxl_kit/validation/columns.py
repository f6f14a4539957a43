"""Which field of the standard a bare table's column is: by its hashtag, or by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.reading.hashtags import recognise
from hxl_kit.standard.tables import Field, Table, table, table_names

if TYPE_CHECKING:
    from hxl_kit.reading import TableText

_SHARE = 0.5


def recognised_fields(text: TableText) -> tuple[Table | None, dict[str, Field]]:
    """Return the table whose fields most columns are, and its field by column name.

    None and nothing when less than half of the columns are fields of any one table.
    """
    found = {name: _fields(text, table(name)) for name in table_names()}
    best = max(found, key=lambda name: len(found[name]))
    if len(found[best]) < _SHARE * len(text.header):
        return None, {}
    return table(best), found[best]


def _fields(text: TableText, owner: Table) -> dict[str, Field]:
    by_name = {name: owner[name] for name in text.header if name in owner.names}
    tagged = recognise(text.tags, {f.name: f.hxl_tag for f in owner.fields})
    by_tag = {text.header[columns[0]]: owner[name] for name, columns in tagged.items() if len(columns) == 1}
    return {**by_tag, **by_name}
