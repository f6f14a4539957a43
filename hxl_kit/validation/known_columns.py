"""Which columns of a table a known source or the standard accounts for: screening says nothing of their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.errors import SourceMismatchError
from hxl_kit.sources import source, source_ids
from hxl_kit.validation.columns import recognised_as_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.reading import TableText


def known_columns(text: TableText) -> Mapping[str, str]:
    """Return the field that each known column is: of the source whose layout knows most, or of a table of the standard.

    A table is one of the standard only if all its required fields are there: a list of people that happens to have
    `sex`, `age_group` and `location_code` is not. Generic sources, which take any columns, account for none.
    """
    return max(_of_standard(text), *(_of_source(name, text) for name in source_ids()), key=len)


def _of_source(name: str, text: TableText) -> dict[str, str]:
    found = source(name)
    if found.generic:
        return {}
    try:
        return dict(found.layout_of(text).names_in(text.header, text.tags))
    except SourceMismatchError:
        return {}


def _of_standard(text: TableText) -> dict[str, str]:
    found = recognised_as_table(text.header, text.tags)
    if found is None or not found.complete:
        return {}
    return {column: field.name for column, field in found.known_fields.items()}
