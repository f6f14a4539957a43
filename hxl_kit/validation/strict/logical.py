"""Texts as the values they stand for, so that 1, +1 and 01 are one integer: by frictionless' own readers.

A text that is its own value in its plainest form (`3`, `2024-05-01`, any string) is taken as it stands; every
other distinct text goes to the reader of its field once.
"""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import polars as pl
from frictionless import Field, FrictionlessException

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PLAIN = {
    "string": "",
    "any": "",
    "integer": r"^(?:0|-?[1-9][0-9]{0,17})$",
    "date": r"^(?:1[5-9]|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])$",
    "year": r"^[1-9][0-9]{3}$",
}
"""By type in its default format: texts that are their own value; an empty pattern means all."""

READING = ("name", "type", "format")
SHAPING = ("bareNumber", "groupChar", "decimalChar", "trueValues", "falseValues", "delimiter", "itemType")


def reader(field: Mapping[str, Any]) -> Callable[[Any], Any]:
    """Return the function that reads a cell of a field: its value, or None where the cell is none of its type.

    A field that frictionless refuses is read as text; it says so itself.
    """
    plain = {key: field[key] for key in (*READING, *SHAPING) if key in field}
    try:
        read: Callable[[Any], Any] = Field.from_descriptor({"type": "any", **plain}).create_value_reader()
    except FrictionlessException:
        return lambda cell: cell
    return read


def logical(cells: pl.Series, field: Mapping[str, Any]) -> pl.Series:
    """Return each cell's value in one text per value; null stays null, and so becomes what is no value."""
    plain = _plain(field)
    if plain == "":
        return cells
    rest = cells.filter(~cells.str.contains(plain)) if plain else cells.drop_nulls()
    if rest.is_empty():
        return cells
    read = reader(field)
    texts = rest.unique()
    values = pl.Series([one_text(read(text)) for text in texts], dtype=pl.String)
    return cells.replace_strict(texts, values, default=cells, return_dtype=pl.String)


def one_text(value: Any) -> str | None:  # noqa: PLR0911 - one answer per kind of value
    """Return the text that stands for a value: equal values have equal texts; NaN is one value, as SQL has it."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float() | Decimal():
            return _number(Decimal(str(value)))
        case dt.datetime() if value.tzinfo is not None:
            return _moment(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case list() | dict() | tuple():
            return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
        case _:
            return str(value)


def _plain(field: Mapping[str, Any]) -> str | None:
    """Return the pattern of texts that need no reading; None when every text needs it."""
    kind = str(field.get("type", "any"))
    if kind == "string":
        return "" if field.get("format", "default") == "default" else None
    shaped = field.get("format", "default") != "default" or any(key in field for key in SHAPING)
    return None if shaped else PLAIN.get(kind)


def _moment(value: dt.datetime) -> str:
    """Return a moment in UTC; where there is none (the ends of the calendar, offsets of a day) as it stands."""
    try:
        return value.astimezone(dt.UTC).isoformat()
    except (OverflowError, ValueError):
        return f"{value.replace(tzinfo=None).isoformat()} {value.tzinfo!r}"


def _number(value: Decimal) -> str:
    """Return a number without what does not change it: 1, 1.0 and 1e0 are 1."""
    if not value.is_finite():
        return str(value).lower()
    sign, digits, exponent = value.as_tuple()
    text = "".join(map(str, digits)).lstrip("0")
    short = text.rstrip("0")
    power = int(exponent) + len(text) - len(short)
    if not short:
        return "0"
    if 0 <= power <= 30:  # noqa: PLR2004 - longer integers stay short with an exponent
        short, power = short + "0" * power, 0
    return f"{'-' if sign else ''}{short}{f'e{power}' if power else ''}"
