"""What hashtags and attributes mean in the standard's terms (schemas/hxl/meanings.csv)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.standard import schemas
from hxl_kit.standard.tables import table
from hxl_kit.standard.tags import parse_pattern

if TYPE_CHECKING:
    from hxl_kit.standard.tags import Tag, TagPattern

_VOCABULARY = ("v_", "i_")
"""How attributes begin that name the vocabulary or the language of a column: they change no figure."""


@dataclass(frozen=True)
class Meaning:
    """What a pattern of tags means: a `kind` of column, and for figures the table, field and code."""

    kind: str
    pattern: TagPattern
    table: str
    field: str
    value: str


@dataclass(frozen=True)
class Figure:
    """What a column of figures counts: the table it belongs to, and the fields that its tag says.

    `bound` is "low" or "high" for a column that holds an end of a range, "" for the figure itself.
    """

    table: str
    fields: tuple[tuple[str, str], ...]
    bound: str

    @property
    def known(self) -> dict[str, str]:
        """The fields as a dictionary."""
        return dict(self.fields)


def figure_of(tag: Tag) -> Figure | None:
    """Return what a column of that tag counts; None where the tag says more than the standard can hold.

    The pattern that names most of the tag's attributes decides; every other attribute must be a known
    disaggregation or say nothing: `#inneed+health` is not the people in need.
    """
    found = [m for m in meanings("figure") if m.pattern.matches(tag)]
    if not found:
        return None
    best = max(found, key=lambda m: len(m.pattern.include))
    owner, fields = table(best.table), {best.field: best.value}
    for attribute in sorted(tag.attribute_set - best.pattern.include):
        field, value = attributes().get(attribute, ("?", ""))
        unsaid = field == "" or attribute.startswith(_VOCABULARY)
        if not unsaid and (field in fields or (field != "bound" and field not in owner.names)):
            return None
        fields |= {} if unsaid else {field: value}
    bound = fields.pop("bound", "")
    return Figure(best.table, tuple(sorted(fields.items())), bound)


def is_figure(tag: Tag) -> bool:
    """Return whether a tag is one of figures, whether or not the standard can hold them."""
    return any(m.pattern.hashtag == tag.hashtag for m in meanings("figure") if m.pattern.hashtag != "#event")


@cache
def meanings(kind: str) -> tuple[Meaning, ...]:
    """Return the meanings of one kind: figure, context, dimension, whom (of whom the figures are)."""
    return tuple(
        Meaning(row["kind"], parse_pattern(row["pattern"]), row["table"], row["field"], row["value"])
        for row in _rows()
        if row["kind"] == kind
    )


@cache
def attributes() -> dict[str, tuple[str, str]]:
    """Return the field and code that an attribute of a figure says; both are empty where it says nothing."""
    return {
        row["pattern"].removeprefix("+"): (row["field"], row["value"])
        for row in _rows()
        if row["kind"] in ("disaggregation", "neutral")
    }


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with schemas.path_of("hxl", "meanings.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))
