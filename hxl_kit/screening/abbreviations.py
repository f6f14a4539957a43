"""Headers with shortened words: "F. Nac.", "bld grp", "обращ-я" are read as the words of the list they may stand for."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice, product

from hxl_kit.screening.words import plain, vocabulary

SHORTENED = re.compile(r"([^\W\d_]{2,})(?:\.(?!\w)|-[а-яіїє]{1,3}(?!\w))")
"""A word cut short with a point, or, as in Russian and Ukrainian, with a hyphen before its ending."""

BARE = re.compile(r"[b-df-hj-np-tv-xz]{3,}")
VOWELS = re.compile(r"[aeiouy]")
SNAKE_LETTERS = 4
"""Letters that a word cut short without a point must have, in a name such as `prot_concerns`."""

READINGS = 12
ALL_READINGS = 100
ENDING = 2


@cache
def readings(header: str, shortest: int) -> tuple[str, ...]:
    """Return the plain words of a header, then those it may stand for when its abbreviations are written out."""
    words = plain(header).split()
    snake = "_" in header and " " not in header
    cut = {word for match in SHORTENED.finditer(header) for word in plain(match[1]).split()}
    cut |= {word for word in words if snake and len(word) >= SNAKE_LETTERS and word not in vocabulary()}
    cut = {word for word in cut if len(word) >= shortest}
    choices = [(word, *(_longer(word) if word in cut else _with_vowels(word))) for word in words]
    return tuple(" ".join(chosen) for chosen in islice(product(*choices), ALL_READINGS))


def _longer(word: str) -> tuple[str, ...]:
    longer = [w for w in vocabulary() if w.startswith(word) and len(w) >= len(word) + ENDING]
    return tuple(sorted(longer, key=lambda w: (len(w), w))[:READINGS])


def _with_vowels(word: str) -> tuple[str, ...]:
    return _skeletons().get(word, ()) if word not in vocabulary() and BARE.fullmatch(word) else ()


@cache
def _skeletons() -> dict[str, tuple[str, ...]]:
    """Return the words of the list by their consonants."""
    found: dict[str, tuple[str, ...]] = {}
    for word in sorted(vocabulary()):
        bones = VOWELS.sub("", re.sub(r"(.)\1", r"\1", word))
        if word.isascii() and bones != word:
            found[bones] = (*found.get(bones, ()), word)
    return found
