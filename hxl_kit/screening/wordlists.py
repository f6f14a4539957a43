"""Finding phrases among words: thousands of them, each by a look into a set.

A phrase's words stand one after another, written together or apart; `*` at its end stands for any ending of its last
word. The words for "number" are one in all languages, as the sign for it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMBER = "numero"
NUMBERS = re.compile(r"\b(?:number|номер)\b")
LONGEST = 7
"""The most words of a phrase."""


@dataclass(frozen=True)
class Phrases:
    """Phrases as they are looked for.

    Attributes:
        whole: the phrases without their spaces.
        begun: of phrases that end in any way, what is before the `*`.
        stemmed: those with a `*` before another word.
    """

    whole: frozenset[str]
    begun: frozenset[str]
    stemmed: re.Pattern[str] | None

    def found_in(self, words: str) -> int:
        """Return how many of some words, with a space between them, the first phrase among them is; 0 for none."""
        for count, joined, ends in _runs(words):
            if joined in self.whole or not self.begun.isdisjoint(ends):
                return count
        stems = self.stemmed.search(words) if self.stemmed else None
        return stems[0].count(" ") + 1 if stems else 0


@lru_cache(maxsize=1 << 12)
def _runs(words: str) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Return words that stand one after another: how many, written together, and cut off anywhere in the last."""
    listed = NUMBERS.sub(NUMBER, words).split()
    runs = []
    for start in range(len(listed)):
        joined = ""
        for count, word in enumerate(listed[start : start + LONGEST], 1):
            before, joined = len(joined), joined + word
            ends = tuple(joined[:end] for end in range(before + 1, len(joined) + 1))
            runs.append((count, joined, ends))
    return tuple(runs)


def phrases(listed: Iterable[str]) -> Phrases:
    """Return phrases, each some plain words of which any may end in `*`, ready to be looked for."""
    whole, begun, stemmed = set[str](), set[str](), set[str]()
    for phrase in listed:
        if "*" in phrase[:-1]:
            stemmed.add(" ?".join(re.escape(word).replace(r"\*", r"\w*") for word in phrase.split()))
            continue
        joined = NUMBERS.sub(NUMBER, phrase).replace(" ", "")
        if joined.endswith("*"):
            begun |= {joined.replace("*", ""), phrase.replace(" ", "").replace("*", "")}
        elif joined:
            whole |= {joined.replace("*", ""), phrase.replace(" ", "").replace("*", "")}
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(sorted(stemmed))})(?!\w)") if stemmed else None
    return Phrases(frozenset(whole), frozenset(begun), pattern)
