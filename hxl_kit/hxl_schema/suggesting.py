"""The known word that a misspelt one was probably meant to be."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import extract

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

COMPARED = 5_000_000
"""So many pairs of words are compared, which takes about half a second."""


def closest(word: str, known: Sequence[str]) -> str | None:
    """Return the known word with the fewest letters changed, at most a third of the letters of `word`, or None.

    Of equally near ones it is the one with the longest common beginning, then the first.
    """
    near = extract(word, known, scorer=Levenshtein.distance, score_cutoff=len(word) // 3, limit=None)
    if not near:
        return None
    return min(near, key=lambda found: (found[1], -_shared(word, found[0]), found[2]))[0]


def suggestions(words: Iterable[str], known: Sequence[str]) -> dict[str, str]:
    """Return the nearest known word of each word that has one, as `closest`; of the first words, if they are many.

    A suggestion is a courtesy, and comparing everything with everything takes long: after so many comparisons
    (`COMPARED`) the rest stays without one.
    """
    looked_at = islice(words, max(1, COMPARED // max(1, len(known))))
    return {word: near for word in looked_at if (near := closest(word, known)) is not None}


def _shared(one: str, two: str) -> int:
    """Return how many letters two words have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, two, strict=False)))
