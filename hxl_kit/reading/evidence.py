"""Which encoding a text is in, told by its letters: how common each is in a language, and what stands beside it.

A file that is not UTF-8 decodes in many ways, most of them nonsense. Its words are read in every encoding of
`schemas/encodings.csv` (letters beyond ASCII and how often, in 10,000 letters or in proportion, a language uses
them). One reading has to be far likelier than every other that gives another text, and nearly free of oddities:
letters of two scripts in a word, capitals after small letters, letters that no language of the encoding has.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import groupby
from math import log
from typing import TYPE_CHECKING

from hxl_kit.standard.schemas import path_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
UTF8 = re.compile(rb"(?:[A-Za-z]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2})+")
WORDS = 2_000
"""So many different words tell which encoding it is; the others must agree."""

ALL_WORDS = 1_000_000

LETTERS = 4
"""With fewer letters beyond ASCII nothing is certain."""

MARGIN = log(1000)
"""The likeliest reading is so much likelier than the next (natural logarithm)."""

ODD_SHARE = 0.02
SURPRISE = 0.8
"""How much less likely than in its language a letter may be on average (natural logarithm)."""

RARE, FOREIGN, ODD, SYMBOL = log(1e-3), log(1e-5), log(1e-3), log(0.02)
JOINED = {"Latin": 0.05, "other": 0.98}
"""How often a letter beyond ASCII stands beside another one, in Latin words and in those of other scripts."""

SYMBOLS = frozenset("’‘“”–—…•°«»‹›€£\xa0·№™®©§ºª¿¡²³½¼¾±×÷،؛؟ـ\u200c")
INNER_SYMBOLS = frozenset("’‘–—·ـ\u200c\xa0")


Place = tuple[str, str, str]
"""A character between the ones before and after it."""


@dataclass(frozen=True)
class Language:
    """A language in one of its encodings."""

    name: str
    script: str
    encoding: str
    shares: dict[str, float]

    @cached_property
    def surprise(self) -> float:
        """How unlikely its letters are on average (natural logarithm)."""
        return -sum(share * log(share) for share in self.shares.values())


@dataclass(frozen=True)
class Reading:
    """A text as read in an encoding: how likely it is, and of how many letters beyond ASCII how many are odd."""

    language: Language
    text: str
    likelihood: float
    surprise: float
    letters: int
    odd: int

    @property
    def sound(self) -> bool:
        """Whether the letters are those of the language, used as they are there."""
        return (
            self.letters >= LETTERS
            and self.odd <= ODD_SHARE * self.letters
            and self.surprise <= self.language.surprise + SURPRISE
        )


def words_of(file: Path) -> tuple[bytes, ...]:
    """Return the different words of a file that hold bytes beyond ASCII, in their order, at most a million."""
    words: dict[bytes, None] = {}
    with file.open("rb") as stream:
        for line in stream:
            if not line.isascii() and len(words) < ALL_WORDS:
                words.update(dict.fromkeys(WORD.findall(line)))
    return tuple(words)


def clear_reading(words: tuple[bytes, ...]) -> Reading | None:
    """Return the one reading of words that is clearly right, or None."""
    if any(_is_utf8(word) for word in words):
        return None
    readings = sorted(_readings(words[:WORDS]), key=lambda reading: -reading.likelihood)
    if not readings or not readings[0].sound:
        return None
    best = readings[0]
    rivals = (reading.likelihood for reading in readings if reading.text != best.text)
    if best.likelihood - next(rivals, float("-inf")) <= MARGIN:
        return None
    return _sound_in_full(words, [reading for reading in readings if reading.text == best.text])


def _sound_in_full(words: tuple[bytes, ...], alike: list[Reading]) -> Reading | None:
    """Return all words as read in the commonest of the encodings that give one text, and in its likeliest language."""
    order = [language.encoding for language in languages()]
    encoding = min((reading.language.encoding for reading in alike), key=order.index)
    text = _decoded(words, encoding)
    if text is None:
        return None
    reading = _reading(replace(alike[0].language, encoding=encoding), text, _letters_in_place(text))
    return reading if reading.sound else None


def _is_utf8(word: bytes) -> bool:
    """Return whether a word is letters in UTF-8: it is next to never by chance, so it tells of a mixture."""
    if not UTF8.fullmatch(word):
        return False
    letters = [c for c in word.decode(errors="replace") if not c.isascii()]
    return all(c.isalpha() and not 0x250 <= ord(c) < 0x370 for c in letters)  # noqa: PLR2004 - phonetic signs


def _readings(words: tuple[bytes, ...]) -> Iterator[Reading]:
    for encoding, spoken in groupby(languages(), key=lambda language: language.encoding):
        text = _decoded(words, encoding)
        if text is not None:
            places = _letters_in_place(text)
            yield from (_reading(language, text, places) for language in spoken)


def _decoded(words: tuple[bytes, ...], encoding: str) -> str | None:
    try:
        return b" ".join(words).decode(encoding)
    except UnicodeDecodeError:
        return None


def _letters_in_place(text: str) -> dict[Place, int]:
    """Return how often each character beyond ASCII stands between which two others."""
    places = Counter(zip(f" {text}", text, f"{text[1:]} ", strict=False))
    return {place: times for place, times in places.items() if not place[1].isascii()}


def _reading(language: Language, text: str, places: dict[Place, int]) -> Reading:
    alphabet = alphabets()[language.encoding]
    likelihood = surprise = 0.0
    letters = odd = 0
    for (before, character, after), times in places.items():
        if _is_symbol(before, character, after):
            likelihood += times * SYMBOL
            continue
        letter = _likelihood_of_letter(language, alphabet, character)
        context, strange = _context(language, before, character, after)
        likelihood += times * (letter + context)
        surprise -= times * letter
        letters += times
        odd += times * (strange or letter == FOREIGN)
    return Reading(language, text, likelihood, surprise / max(1, letters), letters, odd)


def _likelihood_of_letter(language: Language, alphabet: frozenset[str], character: str) -> float:
    small = character if character in language.shares else character.lower()
    if small in language.shares:
        return log(language.shares[small])
    return RARE if small in alphabet else FOREIGN


def _is_symbol(before: str, character: str, after: str) -> bool:
    inside = before.isalpha() and after.isalpha()
    return character in (INNER_SYMBOLS if inside else SYMBOLS)


def _context(language: Language, before: str, character: str, after: str) -> tuple[float, bool]:
    """Return how likely a letter's neighbours are, and whether they are odd."""
    beside = [c for c in (before, after) if c.isalpha()]
    others = [c for c in beside if not c.isascii()]
    if character.isupper() and before.islower():
        return ODD, True
    if language.script != "Latin":
        return (ODD, True) if len(others) < len(beside) else (log(JOINED["other"]), False)
    if not beside:
        return 0.0, False
    surrounded = len(others) > 1 and not all(c.lower() in language.shares for c in others)
    return log(JOINED["Latin"] if others else 1 - JOINED["Latin"]), surrounded


@cache
def languages() -> tuple[Language, ...]:
    """Return the languages in each of their encodings, by encoding, the commonest encodings first."""
    with path_of("encodings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        counts = {
            letter: int(count)
            for letter, _, count in (part.partition(":") for part in row["letters"].split())
        }
        total = sum(counts.values())
        shares = {letter: count / total for letter, count in counts.items()}
        found += [
            Language(row["language"], row["script"], encoding, _within(encoding, shares))
            for encoding in row["encodings"].split()
        ]
    return tuple(
        sorted(
            found,
            key=lambda language: (
                not language.encoding.startswith("cp125"),
                language.encoding != "cp1252",
                language.encoding,
            ),
        )
    )


def _within(encoding: str, shares: dict[str, float]) -> dict[str, float]:
    """Return the letters that an encoding has."""
    encoder = codecs.getincrementalencoder(encoding)("ignore")
    return {letter: share for letter, share in shares.items() if encoder.encode(letter)}


@cache
def alphabets() -> dict[str, frozenset[str]]:
    """Return for each encoding the letters of all its languages."""
    letters: dict[str, frozenset[str]] = {}
    for language in languages():
        known = letters.get(language.encoding, frozenset())
        letters[language.encoding] = known | frozenset(language.shares)
    return letters
