"""The columns that a rule can name: by their names, or by their hashtags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from hxl_kit.checks.own.tokens import refuse
from hxl_kit.errors import UsageError, nearest
from hxl_kit.reading.table import listed, shown
from hxl_kit.standard.tags import Tag, parse_pattern, parse_tag

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.checks.own.tree import Reference
    from hxl_kit.standard.tables import Field

CARRIERS = 100
"""So many columns may carry the tag that a rule is asked of."""

Kind = Literal["number", "text", "date", "yes or no", "other"]
"""What values are to a rule; of those of another kind it can only say whether they are there."""

_KINDS: dict[str, Kind] = {
    "string": "text",
    "integer": "number",
    "number": "number",
    "boolean": "yes or no",
    "date": "date",
}


@dataclass(frozen=True)
class Column:
    """A column of the typed rows: its name, kind and tag.

    `codes` are all its values, where a list says so, and `meaning` is the field that it was taken for, if any.
    """

    name: str
    kind: Kind
    tag: Tag | None = None
    codes: tuple[str, ...] = ()
    meaning: str = ""


def column_of(field: Field) -> Column:
    """Return the column that a field of a table is, its kind and codes with it."""
    codes = field.descriptor["constraints"].get("enum", ()) if field.type == "string" else ()
    return Column(field.name, _KINDS.get(field.type, "other"), parse_tag(field.hxl_tag), tuple(codes))


def selected(reference: Reference, columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns that a reference means: one by its name, or all that a tag pattern selects.

    Raises:
        UsageError: there is none; the message has the nearest one.
    """
    named = [column for column in columns if column.name == reference.name]
    if found := named or [column for column in columns if column.meaning == reference.name]:
        return tuple(found[:1])
    if not reference.by_tag:
        names = [column.name for column in columns]
        near = nearest(reference.name, names) or f"; the fields are {listed(names)}"
        refuse(reference.at, f"no field '{shown(reference.name)}'{near}")
    found = _tagged(reference, columns)
    if not found:
        tags = [str(column.tag) for column in columns if column.tag]
        near = nearest(reference.name, tags) or (
            f"; the tags are {listed(tags)}" if tags else "; no column is tagged"
        )
        refuse(reference.at, f"no field carries the tag {shown(reference.name)}{near}")
    if len(found) > CARRIERS:
        refuse(reference.at, f"{len(found)} fields carry the tag {shown(reference.name)}; add attributes")
    return tuple(found)


def _tagged(reference: Reference, columns: Sequence[Column]) -> list[Column]:
    try:
        pattern = parse_pattern(reference.name)
    except UsageError:
        refuse(
            reference.at, f"'{shown(reference.name)}' is no tag pattern; write it like \"#affected+killed-f\""
        )
    return [column for column in columns if pattern.matches(column.tag)]
