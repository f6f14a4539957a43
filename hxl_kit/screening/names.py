"""Names of people, known by the commonest given names and family names: `schemas/words/person_names.csv`.

The lists are common knowledge of what people are called in the places humanitarians work; no person is behind them.
Names are compared without case, accents and marks.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache

from hxl_kit.screening.words import has, plain, simplified
from hxl_kit.standard import schemas

WORD = re.compile(r"[^\W\d_]+(?:['’ʼ`-][^\W\d_]+)*\.?")
NOT_IN_NAMES = re.compile(r"[\d_@:;?!%=+*<>\[\]{}#&،]")
CYRILLIC = re.compile(r"[\u0400-\u04ff]")
MOST_WORDS = 6
TITLED_WORDS = 4


INITIALED = re.compile(
    r"[A-ZÀ-ÞА-ЯЄІЇҐ][\w'’-]+,? (?:[A-ZÀ-ÞА-ЯЄІЇҐ]\. ?){1,2}|(?:[A-ZÀ-ÞА-ЯЄІЇҐ]\. ?){1,2}[A-ZÀ-ÞА-ЯЄІЇҐ][\w'’-]+"
)
"""A family name with initials: "Kim S.", "А. Б. Зразок"."""


@cache
def is_name(text: str) -> bool:
    """Return whether a value is a person's name: a few words of letters, one of them a name people have."""
    return _known(text) > 0


@cache
def is_full_name(text: str) -> bool:
    """Return whether a value is a person's name of two words or more."""
    return _known(text) > 0 and len(WORD.findall(text)) > 1


def is_surname(text: str) -> bool:
    """Return whether a value is one capitalised word with the ending of a Slavic family name, or a listed name."""
    stripped = text.strip()
    if not WORD.fullmatch(stripped) or not stripped[0].isupper():
        return False
    form = simplified(stripped)
    return form.endswith((*_endings()["Cyrl"], *_endings()["Cyrl-weak"])) or is_name(stripped)


def _known(text: str) -> int:
    words = WORD.findall(text)
    if not 0 < len(words) <= MOST_WORDS or NOT_IN_NAMES.search(text) or has("organ", "value", plain(text)):
        return 0
    if INITIALED.fullmatch(text.strip()) or _is_titled(words):
        return 1
    forms = [form for word in words for form in re.split(r"[-.]", simplified(word)) if form]
    known = sum(form in _listed()["given"] or form in _listed()["family"] for form in forms)
    return known or (len(words) > 1 and any(_ends_as_name(form) for form in forms))


def _is_titled(words: list[str]) -> bool:
    """Return whether a title or rank stands before one or two words."""
    titled = simplified(words[0].rstrip(".")) in _listed()["title"]
    return titled and 1 < len(words) <= TITLED_WORDS and not any(word[0].islower() for word in words[1:])


def _ends_as_name(form: str) -> bool:
    endings = _endings()["Cyrl" if CYRILLIC.search(form) else "Latn"]
    return len(form) > 5 and form.endswith(endings)  # noqa: PLR2004 - shorter words end so by chance


@cache
def _rows() -> tuple[dict[str, str], ...]:
    with schemas.path_of("words", "person_names.csv").open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def _listed() -> dict[str, frozenset[str]]:
    """Return the names in the form that is compared, by part."""
    found = defaultdict[str, set[str]](set)
    for row in _rows():
        found[row["part"]] |= {simplified(name) for name in row["names"].split(";")}
    return {part: frozenset(names) for part, names in found.items()}


@cache
def _endings() -> dict[str, tuple[str, ...]]:
    """Return how family names and patronymics end, by script."""
    rows = {row["language"]: row["names"].split(";") for row in _rows() if row["part"] == "ending"}
    return {script: tuple(simplified(ending) for ending in endings) for script, endings in rows.items()}
