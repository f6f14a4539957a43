"""The figures that a row states: its total, the parts that its words name, the parts that the sheet adds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import UsageError
from hxl_kit.figures.quantities import Part, Quantity, read_parts, read_quantity
from hxl_kit.sources.reported_figures._vocabulary import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


_ITEM = re.compile(r"\s*(?P<name>[^=<>~:]+?)\s*(?P<sign>>=|<=|=|>|<|:)\s*(?P<number>\d[\d, ]*)\s*")
_SIGNS = {"=": "", ":": "", ">": "more than ", ">=": "at least ", "<": "fewer than ", "<=": "up to "}
_TEXT = ("part", "sex", "age_group", "category", "quantity_text", "qualifier", "bounds_basis", "unit")
_NUMBERS = ("value", "value_low", "value_high")
FIGURE: Mapping[str, type[pl.DataType]] = {
    **dict.fromkeys(_TEXT, pl.String),
    **dict.fromkeys(_NUMBERS, pl.Float64),
}
"""The columns of a figure; `part` is empty for the total, and `category` where it is that of the row."""


@dataclass(frozen=True)
class Said:
    """What a row says: its words, the language and the unit that it names besides, and what it adds about parts."""

    words: str
    language: str | None
    unit: str | None
    added: str | None


@lru_cache(maxsize=1 << 12)
def figures(said: Said) -> tuple[dict[str, str | float | None], ...]:
    """Return the total, then its parts: those of the words, then those added that the words do not name.

    A share ("nearly half", "26%") is no number of people: it gives no part and stays in the words of the total.
    """
    total, *named = _read(said)
    whole = (total.sex, total.age_group, "")
    found = {(part.sex, part.age_group, ""): (said.words, part.quantity) for part in named if _is_read(part)}
    for words, quantity, group in _added(said.added or ""):
        found.setdefault(group, (words, quantity))
    found.pop(whole, None)
    return (
        _figure(said.words, total.quantity, whole, is_part=False),
        *(_figure(words, quantity, group, is_part=True) for group, (words, quantity) in found.items()),
    )


def unread(said: Said) -> tuple[bool, int]:
    """Return whether the total could not be read, and how many entries about parts could not."""
    entries = [entry for entry in (said.added or "").split(";") if entry.strip()]
    return figures(said)[0]["qualifier"] == "unknown", len(entries) - len(list(_added(said.added or "")))


def _read(said: Said) -> tuple[Part, ...]:
    try:
        return read_parts(said.words, language=said.language, unit=said.unit or "")
    except UsageError:
        # A unit or language that no words can be read with: its own column says what is wrong with it.
        return read_parts(said.words)


def _is_read(part: Part) -> bool:
    return part.quantity.qualifier != "unknown"


def _figure(
    words: str, quantity: Quantity, group: tuple[str, str, str], *, is_part: bool
) -> dict[str, str | float | None]:
    sex, age_group, category = group
    numbers = (None if n is None else float(n) for n in (quantity.value, quantity.low, quantity.high))
    return {
        "part": "-".join(filter(None, (category, *_unless_all(sex, age_group)))) if is_part else None,
        "sex": sex,
        "age_group": age_group,
        "category": category or None,
        "quantity_text": words,
        "qualifier": quantity.qualifier,
        "bounds_basis": quantity.bounds_basis or None,
        "unit": quantity.unit or None,
        **dict(zip(_NUMBERS, numbers, strict=True)),
    }


def _unless_all(*codes: str) -> tuple[str, ...]:
    return tuple(code for code in codes if code != "all")


def _added(cell: str) -> Iterator[tuple[str, Quantity, tuple[str, str, str]]]:
    """Yield the words, quantity and group of each entry such as `children=26` or `secondary>150000`."""
    for entry in cell.split(";"):
        found = _ITEM.fullmatch(entry)
        group = parts().get(found["name"].lower()) if found else None
        if found and group:
            quantity = read_quantity(_SIGNS[found["sign"]] + found["number"].strip(), unit="person")
            if quantity.qualifier != "unknown":
                yield entry.strip(), quantity, group
