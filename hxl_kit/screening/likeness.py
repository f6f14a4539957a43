"""How much a column resembles those that people have judged to hold personal or sensitive data.

Rules know the words that were thought of; a column under another word may still look like the columns that they
know: by pieces of its header, by how its values are built, by the company it keeps. `schemas/words/likeness.csv` has
a weight for each such feature, fitted by logistic regression to the labelled columns (scripts/fit_likeness.py). What
resembles them asks a person to look; it never stops a publication by itself.
"""

from __future__ import annotations

import csv
import math
import re
from collections import Counter
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from hxl_kit.screening.finding import Finding, Rows, commonest_shape
from hxl_kit.screening.headers import header_says
from hxl_kit.screening.phrases import phrases_in
from hxl_kit.screening.words import plain
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from hxl_kit.screening.context import Context
    from hxl_kit.screening.profile import Column

SLUG = "personal-likely"
ALIKE = 0.6
"""From this likeness on a column is told: on labelled columns that were not fitted, few harmless ones reach it."""

LENGTHS = {
    "header": 2.0,
    "words": 1.0,
    "shapes": 1.0,
    "letters": 0.7,
    "profile": 1.0,
    "said": 1.5,
    "phrases": 1.5,
    "company": 0.7,
}
"""How much each group of features counts: its features together make a vector of this length."""

PIECES = range(2, 6)
SHAPE_PIECES = range(1, 4)
SHAPE_CHARACTERS = 24
VALUES = 10
VALUE_WORDS = 6
MOST_WORDS = 8
MOST_DIGITS = 12
INTERCEPT = "intercept"
FLAGS = (
    *("is_text", "is_number", "is_yes_no", "is_day", "is_code", "is_age", "is_sex", "is_phone", "is_round"),
    *("is_small_number", "is_long_number", "is_dialled", "is_point", "is_precise_place", "is_names"),
    *("is_bodies", "is_surnames", "is_people", "is_birth", "is_capitalised"),
)
KINDS = (
    *("person_name", "phone", "email", "person_id", "birth_date", "home_location", "facility_location"),
    *("device_id", "picture", "profile_link", "bank_account", "ethnicity", "religion", "health", "sexuality"),
    *("gbv", "detention", "statement", "person", "age", "sex", "count", "facility", "coordinate", "clinical"),
)
ROWS_ARE = ("persons", "aggregated", "facility", "homes")
_LETTERS = re.compile(r"[^\W\d_]+")


def likeness(column: Column, context: Context, others: Iterable[str]) -> float:
    """Return how much a column resembles labelled columns of personal data, 0 to 1; `others` are the other headers."""
    weights = _weights()
    found = features(column, context, others)
    total = weights[INTERCEPT] + sum(weights.get(name, 0.0) * value for name, value in found.items())
    return 1 / (1 + math.exp(-total))


def alike(column: Column, context: Context, header: Iterable[str], resource: str) -> Iterator[Finding]:
    """Yield a finding of a column that no rule knows if it resembles columns of personal data; `header` is the table's."""
    figures = (column.is_number or column.is_day) and not context.persons
    if column.field or not column.sample or figures:
        return
    if likeness(column, context, [name for name in header if name != column.name]) < ALIKE:
        return
    rows, kind = column.filled or Rows(), next((k for k in KINDS if header_says(column.name, k)), "unknown")
    params = {"count": rows.count, "shape": commonest_shape(column.sample)}
    yield Finding(SLUG, "warning", resource, column.label, rows, kind, "cells", params)


def features(column: Column, context: Context, others: Iterable[str]) -> dict[str, float]:
    """Return what is seen of a column, by name: each group of features as a vector of its length."""
    words = plain(column.name).split()
    values = tuple(dict.fromkeys(column.sample))[:VALUES]
    groups = {
        "header": Counter(f"h:{piece}" for word in words for piece in _pieces(f" {word} ", PIECES)),
        "words": Counter([f"w:{word}" for word in words] + [f"b:{a} {b}" for a, b in pairwise(words)]),
        "shapes": Counter(feature for value in values for feature in _of_shape(value)),
        "letters": Counter(feature for value in values for feature in _of_letters(value)),
        "profile": Counter(_of_profile(column)),
        "said": Counter(_of_lists(column.name, context)),
        "phrases": Counter(_of_phrases(column.name)),
        "company": Counter({f"n:{word}": 1 for header in others for word in plain(header).split()}),
    }
    return {
        name: value for group, found in groups.items() for name, value in _of_length(found, LENGTHS[group])
    }


@cache
def _weights() -> Mapping[str, float]:
    with schemas.path_of("words", "likeness.csv").open(encoding="utf-8", newline="") as file:
        return {row["feature"]: float(row["weight"]) for row in csv.DictReader(file)}


def _of_length(found: Counter[str], length: float) -> Iterator[tuple[str, float]]:
    size = math.sqrt(sum(count * count for count in found.values()))
    yield from ((name, length * count / size) for name, count in found.items())


def _pieces(text: str, lengths: Iterable[int]) -> Iterator[str]:
    for length in lengths:
        yield from (text[start : start + length] for start in range(len(text) - length + 1))


def _of_shape(value: str) -> Iterator[str]:
    """Yield how a value is built: its whole shape, in which A and a are words and 9 are digits, and pieces of it."""
    shape = _LETTERS.sub(lambda word: "A" if word[0][0].isupper() else "a", value.strip())
    shape = re.sub(r"\d+", lambda digits: "9" * min(len(digits[0]), MOST_DIGITS), shape)[:SHAPE_CHARACTERS]
    yield f"s:{shape}"
    yield from (f"s{len(piece)}:{piece}" for piece in _pieces(shape, SHAPE_PIECES))


def _of_letters(value: str) -> Iterator[str]:
    """Yield how the words of a value begin and end: names of people, and of things, have endings of their own."""
    for word in _LETTERS.findall(value.lower())[:VALUE_WORDS]:
        yield from (f"a:{word[:3]}", f"e:{word[-3:]}")


def _of_profile(column: Column) -> Iterator[str]:
    yield from (f"p:{flag}" for flag in FLAGS if getattr(column, flag))
    yield f"p:words {min(int(column.words), MOST_WORDS)}"
    yield f"p:distinct {int(4 * column.distinct)}"
    yield f"p:named {int(4 * column.named)}"


def _of_phrases(header: str) -> Iterator[str]:
    for label, whole in phrases_in(header):
        role = label.rpartition(" ")[2]
        yield from (f"x:{label}", f"x:{role}", f"x:{role} {'all' if whole else 'part'}")


def _of_lists(header: str, context: Context) -> Iterator[str]:
    """Yield what the lists of words say of the header, and what the table's rows are."""
    yield from (f"r:{kind} {said}" for kind in KINDS if (said := header_says(header, kind)))
    yield from (f"c:{name}" for name in ROWS_ARE if getattr(context, name))
