"""Phrases that speak for or against a kind of personal data without settling it: `schemas/words/personal_phrases.csv`.

They are many, and each by itself is weak; `likeness` weighs them together with everything else that is seen. In the
file they stand as headers are compared (`words.plain`), so that nothing need be done to them.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.screening.words import plain
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MOST_WORDS = 5
"""The longest phrases have so many words."""

Labels = tuple[str, ...]


def phrases_in(header: str) -> Iterator[tuple[str, bool]]:
    """Yield the labels ("person_name is", "health not") of phrases in a header, and whether the phrase is all of it."""
    words = plain(header).split()
    for first in range(len(words)):
        for last in range(first + 1, min(first + MOST_WORDS, len(words)) + 1):
            whole = last - first == len(words)
            yield from ((label, whole) for label in _labels(" ".join(words[first:last])))


@cache
def _labels(words: str) -> Labels:
    exact, stems = _listed()
    return (
        *exact.get(words, ()),
        *(label for pattern, label in stems.get(words[:1], ()) if pattern.fullmatch(words)),
    )


@cache
def _listed() -> tuple[Mapping[str, Labels], Mapping[str, list[tuple[re.Pattern[str], str]]]]:
    """Return the labels of phrases by their plain words, and patterns with stems by the first letter."""
    exact = defaultdict[str, Labels](tuple)
    stems = defaultdict[str, list[tuple[re.Pattern[str], str]]](list)
    for words, label in _read():
        if "*" in words:
            stems[words[:1]].append((re.compile(words.replace("*", r"\w*")), label))
        else:
            exact[words] += (label,)
    return exact, stems


def _read() -> Iterator[tuple[str, str]]:
    with schemas.path_of("words", "personal_phrases.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            label = f"{row['kind']} {row['role']}"
            yield from ((words, label) for words in row["words"].split(";"))
