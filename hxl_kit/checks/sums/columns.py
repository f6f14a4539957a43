"""What columns of numbers count, by the words of their names or of their hashtags."""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard import schemas
from hxl_kit.standard.guards import nestings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hxl_kit.standard.tags import Tag

_ABOUT = ("harm", "person_status", "sex", "age_group")
_KINDS = ("none", "rest", "whole", "bound", "people", "filler", "scope", *_ABOUT)
_HARMS = {
    "killed": {"killed_or_injured", "casualties_unspecified"},
    "injured": {"killed_or_injured", "casualties_unspecified"},
    "killed_or_injured": {"casualties_unspecified"},
}
"""What a harm is a part of. Source: OHCHR, Guidance on Casualty Recording."""

_LONGEST = 3
"""An entry of the list has up to so many words of a column's name, as "age_0_4"."""

_THOUSANDS = r"^[+-]?[0-9]{1,3}(?:[, \u{a0}\u{202f}][0-9]{3})+(?:\.[0-9]+)?$"


@dataclass(frozen=True, eq=False)
class Column:
    """A column of numbers by what its name says: whom it counts (`about`), and the words besides (`scope`)."""

    name: str
    scope: frozenset[str]
    about: Mapping[str, str]
    bound: str
    is_total: bool
    of_people: bool
    is_bound: bool

    @property
    def key(self) -> tuple[object, ...]:
        """What it counts; columns of one key mean the same."""
        return self.scope, tuple(sorted(self.about.items())), self.bound

    @property
    def number(self) -> pl.Expr:
        """Its cells as numbers, empty where they are none."""
        cell = pl.col(self.name).str.strip_chars()
        plain = (
            pl.when(cell.str.contains(_THOUSANDS))
            .then(cell.str.replace_all(r"[^0-9.+-]", ""))
            .otherwise(cell)
        )
        return plain.cast(pl.Float64, strict=False)


def read_column(name: str, tag: Tag | None) -> Column | str:
    """Return what a column counts; "rest" for people not recorded, "none" where its numbers are not added."""
    words = (
        _words(name)
        if tag is None
        else [word for part in (tag.hashtag, *tag.attributes) for word in _words(part)]
    )
    kinds: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for word, meanings in _meanings(words):
        for kind, value in meanings or (("scope", word),):
            kinds[kind].add(value)
    for kind in ("none", "rest"):
        if kinds[kind]:
            return kind
    about = {field: _one(field, kinds[field]) for field in _ABOUT if kinds[field]}
    scope = frozenset(kinds["scope"] | kinds["people"])
    contradicts = not all(about.values()) or len(kinds["bound"]) > 1
    if contradicts or not (scope or about or kinds["bound"] or kinds["whole"]):
        return "none"
    bound = next(iter(kinds["bound"]), "best")
    return Column(
        name,
        scope,
        about,
        bound,
        bool(kinds["whole"]),
        of_people=not kinds["scope"],
        is_bound=bool(kinds["bound"]),
    )


def _one(field: str, values: set[str]) -> str:
    """Return the one value that several words of a field say, "" where they say none together."""
    if field == "harm" and {"killed", "injured"} <= values:
        return "killed_or_injured"
    finest = [value for value in values if not any(value in above(field, other) for other in values)]
    return finest[0] if len(finest) == 1 else ""


def _words(text: str) -> list[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    folded = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode().lower()
    return re.findall(r"%|[a-z0-9]+", re.sub(r"(?<=[0-9])\+", " plus", folded))


def _meanings(words: Sequence[str]) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Yield the words as the list has them, the longest first, with what each means (nothing: not in the list)."""
    at = 0
    while at < len(words):
        length = next((n for n in range(_LONGEST, 1, -1) if "_".join(words[at : at + n]) in _list()), 1)
        word = "_".join(words[at : at + length])
        yield word, _list().get(word, ())
        at += length


@cache
def _list() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {"%": (("none", ""),)}
    with schemas.path_of("words", "sum_columns.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["word"]] = (*found.get(row["word"], ()), (row["field"], row["value"]))
    return found


def told_apart(columns: Sequence[Column]) -> list[Column]:
    """Return the columns that alone have their meaning, or alone are called a total among those that share it."""
    same: dict[tuple[object, ...], list[Column]] = {}
    for column in columns:
        same.setdefault(column.key, []).append(column)
    totals = [[column for column in group if column.is_total] or group for group in same.values()]
    return [group[0] for group in totals if len(group) == 1]


def above(field: str, value: str) -> set[str]:
    """Return the values that contain a value of a field."""
    if field == "harm":
        return _HARMS.get(value, set())
    return {nesting.whole for nesting in nestings(field) if nesting.part == value}
