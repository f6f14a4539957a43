"""What a column's name says of the people behind a table (`schemas/words/disclosure_words.csv`)."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache

from hxl_kit.standard import schemas

_LONGEST = 300
"""Characters of a name that are looked at."""

_WHOLE = (
    *("key", "unit", "weight", "count_name", "programme"),
    *("survey", "period", "place_of_rows", "precision"),
    *("cluster", "size", "place_name", "informant"),
)
"""Roles whose words must be the whole name, or the last part of its path; the others' stand anywhere in it."""

_START = {"contact"}
"""Roles whose words begin a name."""

_SHORT = 4
"""Words of a name in which a key may stand among others: "LGA of residence", not a question."""

_ALL = ("all", "both", "tous", "toutes", "todos", "ambos", "الكل", "усі", "все")
"""Words for no difference made, beside those for totals (`schemas/words/totals.csv`)."""


def folded(name: str) -> str:
    """Return a name in small letters, its words joined by one underscore: "HIV +ve" becomes "hiv_ve".

    Words run together in camel case are parted, so "ageGroup" and "age_group" are one.
    """
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unicodedata.normalize("NFKC", name[:_LONGEST]))
    return re.sub(r"[\W_]+", "_", parted.casefold()).strip("_")


@cache
def kind(name: str, role: str) -> str:
    """Return what a column or a value is about in a role, "" where it is nothing of that role.

    Args:
        name: a column's name, a hashtag or a short value; it is folded here.
        role: sensitive; count, count_name, never_count, measure, casualty, things, programme; key, weight, unit,
            people, contact, survey; cumulative, period; place_of_rows, precision, coarse; others, incident, cases;
            event_rows, cluster, size, place_name, informant.
    """
    tried = (folded(name), folded(last_part(name))) if role in _WHOLE else (folded(name),)
    return next((found for words in tried for found, pattern in _patterns(role) if pattern.search(words)), "")


def last_part(name: str) -> str:
    """Return the last part of a path such as Kobo's "grp_hh/resp_nm", and the name itself where it is none."""
    return re.split(r"(?<=\S)[/.:]+(?=\S)", name[:_LONGEST])[-1]


@cache
def key(name: str) -> str:
    """Return what others could know of a person by a column: its whole name says so, or a word of a short name."""
    found = kind(name, "key")
    words = folded(name)
    if found or words.count("_") >= _SHORT or any(kind(name, role) for role in _NO_KEY):
        return found
    among = ((known, pattern) for known, pattern in _patterns("key", anywhere=True) if known in _AMONG_OTHERS)
    return next((known for known, pattern in among if pattern.search(words)), "")


_AMONG_OTHERS = {"age", "sex", "birth_date", "place", "nationality", "household_size", "marital_status"}
"""Keys that are meant where they stand beside other words; "access to education" is no schooling of a person."""

_NO_KEY = ("sensitive", "count", "measure", "things", "contact", "never_count")
"""Roles of names that are no keys, whatever else stands in them: counts by age, dates, rates, partners."""


def kinds(name: str, role: str) -> set[str]:
    """Return all that a name is about in a role."""
    words = folded(name)
    return {found for found, pattern in _patterns(role) if pattern.search(words)}


@cache
def _patterns(role: str, *, anywhere: bool = False) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return kind and pattern of a role."""
    with schemas.path_of("words", "disclosure_words.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["role"] == role]
    ends = ("^(?:", ")$") if role in _WHOLE and not anywhere else ("(?:^|_)(?:", ")(?:_|$)")
    if role in _START:
        ends = ("^(?:", ")(?:_|$)")
    return tuple((row["kind"], re.compile(ends[0] + row["pattern"] + ends[1])) for row in rows)


@cache
def total_words() -> frozenset[str]:
    """Return the words that stand for all groups together, folded."""
    with schemas.path_of("words", "totals.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(folded(word) for word in (*_ALL, *(row["words"] for row in csv.DictReader(file))))


def is_total(name: str) -> bool:
    """Return whether a column's name says that it holds all groups together."""
    words = folded(name)
    return words in total_words() or bool({"total", "totals", "overall"} & set(words.split("_")))
