"""Whether a field that a server gives back is the one that was sent.

CKAN gives back more than it got (ids and titles of tags and groups), in an order of its own, and numbers and truth
as text. What differs in that alone was not changed by anybody, and is not written again. Tags of single crises are
given by HDX's own staff: they are neither ours nor missing.
"""

from __future__ import annotations

import json
import re
from typing import Any

from hxl_kit.hdx.lists import CRISIS

_RANGE = re.compile(r"\[\s*(\S+)\s+TO\s+(\S+)\s*\]")
_NAMED = frozenset({"tags", "groups"})
_ANY_ORDER = frozenset({"tags", "groups", "file_types", "field_names"})
_TRUTH = frozenset(
    {"private", "archived", "is_requestdata_type", "subnational", "dataset_preview_enabled", "p_coded"}
)
_RANGES = frozenset({"dataset_date", "daterange_for_data"})
_TRUE = frozenset({"true", "1", "yes", "t", "y"})
_TOOL = "hxl_kit"


def same(field: str, ours: Any, served: Any) -> bool:
    """Return whether a served field says what ours says, in whatever form; a missing field is an empty one.

    Args:
        field: the name of a field of a dataset or resource.
        ours: its value as `dataset_fields` or `resource_fields` have it.
        served: its value in `package_show`, or None where it is not there.
    """
    return bool(comparable(field, ours) == comparable(field, served))


def comparable(field: str, value: Any) -> Any:
    """Return the value of a field in the one form in which equal values are equal."""
    if field in _TRUTH:
        return str(value).strip().lower() in _TRUE
    if field in _ANY_ORDER:
        return sorted(_names(field, value))
    if field in _RANGES:
        return _days(_text(value))
    if field == "hdx_data_dictionary":
        return _parsed(value)
    text = _text(value)
    if field == "updated_by_script":
        return _TOOL if text.startswith(_TOOL) else text
    return text.lower() if field == "format" else text


def _names(field: str, value: Any) -> list[str]:
    listed = _parsed(value)
    listed = listed if isinstance(listed, list) else [part for part in _text(value).split(",") if part]
    if field in _NAMED:
        names = [str(entry.get("name", "")) if isinstance(entry, dict) else str(entry) for entry in listed]
        return [name for name in names if not name.startswith(CRISIS)]
    return [str(entry).strip() for entry in listed]


def _parsed(value: Any) -> Any:
    """Return what JSON in a text says; what is none is left as it is, and nothing is None."""
    if not isinstance(value, str):
        return value or None
    try:
        return json.loads(value) or None
    except ValueError:
        return _text(value) or None


def _days(text: str) -> tuple[str, ...]:
    """Return start and end of a range; a day without an hour is the whole day."""
    found = _RANGE.fullmatch(text)
    if not found:
        return (text,)
    start, end = found.groups()
    return _moment(start, "T00:00:00"), end if end == "*" else _moment(end, "T23:59:59")


def _moment(text: str, hour: str) -> str:
    day, _, rest = text.partition("T")
    return day + (f"T{rest.partition('.')[0]}" if rest else hour)


def _text(value: Any) -> str:
    """Return a value as text without what stands around it, lines ended in one way."""
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
