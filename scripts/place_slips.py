"""Spellings that teach place matching beside those of `place_spellings`, by rules that the judge does not have.

Whatever one generator makes has its own marks, and weights fitted to it alone take them for those of all slips:
here are slips on any key around, any letter for another, letters read wrongly by a scanner, vowels left out, ends
cut off, words cut short and another table of transliteration.
"""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import polars as pl
from place_spellings import LEAST, LEVEL, SCHEMA, Names, folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
LEAN = 0.3
"""By how much of a key each row of the keyboard is further to the right."""

KEYS = {
    letter: (row, place + LEAN * row) for row, keys in enumerate(ROWS) for place, letter in enumerate(keys)
}
LONG, LONGER, WORD = 5, 6, 7
HEARD = (
    ("ph", "f"), ("kh", "k"), ("gh", "g"), ("dh", "d"), ("th", "t"), ("sh", "s"), ("s", "ss"), ("t", "tt"), ("m", "mm"), ("l", "ll"), ("r", "rr"),
    ("z", "s"), ("a", "e"), ("e", "a"), ("i", "e"), ("e", "i"), ("u", "o"), ("o", "u"), ("ai", "ay"), ("ay", "ei"), ("aw", "ou"), ("ia", "iya"),
    ("iya", "ia"), ("y", "j"), ("j", "y"), ("c", "s"), ("k", "c"), ("a$", ""), ("$", "e"), ("$", "h"), ("b", "p"), ("d", "t"), ("g", "k"), ("v", "f"),
    ("x", "ks"), ("nn", "n"), ("ll", "l"), ("ss", "s"), ("h", ""), ("oo", "o"), ("ee", "e"),
)  # fmt: skip
SCANNED = (
    ("rn", "m"), ("m", "rn"), ("l", "i"), ("i", "l"), ("o", "0"), ("e", "c"), ("c", "e"), ("h", "b"), ("u", "ii"), ("n", "u"), ("u", "n"),
    ("s", "5"), ("t", "f"), ("d", "cl"), ("v", "y"),
)  # fmt: skip


def other_spellings(
    units: pl.DataFrame, countries: Iterable[str], per_country: int, seed: int
) -> pl.DataFrame:
    """Return up to `per_country` units of each country, spelled in every kind: as place_spellings.hard_spellings."""
    rows: list[tuple[object, ...]] = []
    for country in countries:
        there = units.filter(pl.col("location_code") == country, pl.col("level") == LEVEL).sort("code")
        rows += _spelled(there, country, per_country, seed)
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def _spelled(units: pl.DataFrame, country: str, count: int, seed: int) -> Iterator[tuple[object, ...]]:
    names = Names(units)
    drawn = random.Random(seed * 7).sample(range(units.height), min(count, units.height))  # noqa: S311
    for place in drawn:
        unit = units.row(place, named=True)
        name, code, parent = unit["name"], unit["code"], unit["parent_code"]
        if not names.single_in(name, parent) or len(folded(name)) < LEAST:
            continue
        for kind, spell in KINDS.items():
            spelling = spell(name, random.Random(f"own {seed} {kind} {code}"))  # noqa: S311
            if spelling and spelling != name and names.tells(spelling, name):
                yield kind, country, LEVEL, parent, spelling, code, names.shared(name)


def mistyped(name: str, chance: random.Random) -> str | None:
    """One slip, in some of the longer names two, on any letter."""
    for _ in range(1 if len(folded(name)) < LONGER or chance.random() < 0.6 else 2):  # noqa: PLR2004
        name = _mistyped(name, chance)
    return name


def _mistyped(name: str, chance: random.Random) -> str:
    place = chance.choice([at for at, sign in enumerate(name) if sign.isalpha()])
    how, before, letter, after = chance.randrange(5), name[:place], name[place], name[place + 1 :]
    if how == 0:
        return before + chance.choice(_around(letter.lower())) + after
    if how == 1:
        return before + after
    if how == 2:  # noqa: PLR2004
        return before + letter + chance.choice(_around(letter.lower())) + after
    if how == 3 and after[:1].isalpha():  # noqa: PLR2004
        return before + after[0] + letter + after[1:]
    return before + chance.choice(ALPHABET) + after


def _around(letter: str) -> list[str]:
    """Return the letters on the keys that touch a letter's; the letter where it has no key."""
    if letter not in KEYS:
        return [letter]
    row, place = KEYS[letter]
    return [
        other
        for other, (its_row, its_place) in KEYS.items()
        if other != letter and abs(its_row - row) <= 1 and abs(its_place - place) <= 1.1  # noqa: PLR2004
    ]


def heard(name: str, chance: random.Random) -> str | None:
    """One or two sounds written otherwise."""
    spelled = name.lower()
    for _ in range(chance.choice((1, 2, 2))):
        spelled = _replaced(spelled, HEARD, chance) or spelled
    return spelled.title()


def scanned(name: str, chance: random.Random) -> str | None:
    """A letter that a scanner takes for another."""
    return _replaced(name, SCANNED, chance)


def _replaced(text: str, rules: tuple[tuple[str, str], ...], chance: random.Random) -> str | None:
    rules = tuple(rule for rule in rules if re.search(rule[0], text))
    if not rules:
        return None
    pattern, instead = chance.choice(rules)
    found = chance.choice(list(re.finditer(pattern, text)))
    return text[: found.start()] + instead + text[found.end() :]


def without_a_vowel(name: str, chance: random.Random) -> str | None:
    """A vowel left out, as those do who write by ear."""
    places = [at for at, sign in enumerate(name) if sign.lower() in "aeiou" and at]
    if not places or len(folded(name)) < LONG:
        return None
    at = chance.choice(places)
    return name[:at] + name[at + 1 :]


def cut_off(name: str, chance: random.Random) -> str | None:
    """The end of a longer name cut off."""
    return name[: -chance.choice((1, 2))] if len(folded(name)) >= WORD and name[-3:].isalpha() else None


def heard_and_mistyped(name: str, chance: random.Random) -> str | None:
    """Both at once."""
    return mistyped(heard(name, chance) or name, chance) if len(folded(name)) >= LONGER else None


def initialled(name: str, chance: random.Random) -> str | None:
    """A word but the last as its initial."""
    words = name.split()
    at = chance.randrange(len(words) - 1) if len(words) > 1 else 0
    return _shortened(words, at, 1, LEAST)


def shortened(name: str, chance: random.Random) -> str | None:
    """A long word as its first three or four letters."""
    words = name.split()
    return _shortened(words, chance.randrange(len(words)), chance.choice((3, 4)), WORD)


def _shortened(words: list[str], at: int, letters: int, least: int) -> str | None:
    if len(words) < 2 or len(words[at]) < least or not words[at].isalpha():  # noqa: PLR2004
        return None
    return " ".join([*words[:at], f"{words[at][:letters]}.", *words[at + 1 :]])


KINDS: dict[str, Callable[[str, random.Random], str | None]] = {
    "mistyped": mistyped,
    "heard": heard,
    "scanned": scanned,
    "without a vowel": without_a_vowel,
    "cut off": cut_off,
    "heard and mistyped": heard_and_mistyped,
    "initialled": initialled,
    "shortened": shortened,
}
