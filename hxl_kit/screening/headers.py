"""What a header says a column holds: by phrases of the list, and by what its words are together.

A word for a name beside one for a person ("nm of the caretaker", "prénom du titulaire") is a person's name in every
language and order, and so are numbers of persons, households and papers, and places of homes. In a path such as
Kobo's `grp_head/name` the last part speaks, and the groups only where it is a word that says nothing alone.
"""

from __future__ import annotations

import re
from functools import cache

from hxl_kit.screening.abbreviations import readings
from hxl_kit.screening.words import has, plain, vocabulary, words_matched

TOGETHER: dict[str, tuple[tuple[str, ...], ...]] = {
    "person_name": (("naming", "who"),),
    "person_id": (
        ("numbered", "who"),
        ("numbered", "household"),
        ("numbered", "paper"),
        ("counted", "paper"),
        ("counted", "household"),
    ),
    "statement": (("noting", "who"), ("noting", "household")),
    "phone": (("counted", "contacting"), ("contacting", "who")),
    "home_location": (
        ("address", "home"),
        ("address", "who"),
        ("counted", "dwelling"),
        ("numbered", "dwelling"),
    ),
}
"""The parts that make a kind of them: one word of each."""

PERHAPS: dict[str, tuple[tuple[str, ...], ...]] = {
    "person_name": (("who",), ("naming",)),
    "person_id": (("counted", "who"), ("paper",)),
}
"""The parts that make a kind possible, if the values are like it."""

SHORTEST = dict.fromkeys(
    ("ethnicity", "religion", "health", "sexuality", "gbv", "detention", "device_id", "bank_account"), 4
)
"""Letters that an abbreviation must have for the kinds that hardly any value contradicts, where not two."""

ALONE = ("naming", "numbered", "counted", "address", "contacting", "household")
"""Words that say nothing of whom, such as "name" or "number"."""

OPAQUE = frozenset(
    (
        "column",
        "unnamed",
        "field",
        "col",
        "var",
        "question",
        "colonne",
        "columna",
        "q",
        "other",
        "oth",
        "autre",
        "otro",
        "otra",
        "specify",
        "др",
        "другое",
        "інше",
        "اخرى",
    )
)
"""Words of headers that tell nothing: `Q12`, `B3_2`, `column 4`; so do one or two letters and numbers."""

LETTERS = 2


@cache
def header_says(header: str, kind: str) -> str:
    """Return what a header says of a kind: "is", "may" (if the values agree) or ""."""
    leaf = leaf_of(header)
    whole = header if _says_nothing_alone(plain(leaf)) else leaf
    written = plain(whole)
    said = {_said(words, written, kind) for words in readings(whole, SHORTEST.get(kind, 2))}
    if kind == "person_name" and _said(written, written, kind) != "is":
        said = {"may" if word == "is" else word for word in said}
    if "_" in whole and kind in SHORTEST and not _said(written, written, kind):
        said &= {"is"} if any(_is_phrase(words, kind) for words in readings(whole, SHORTEST[kind])) else {""}
    return "is" if "is" in said else "may" if "may" in said else ""


@cache
def header_denies(header: str, kind: str) -> bool:
    """Return whether a header has a word that says it is not of a kind: a village's name is no person's."""
    words = plain(header)
    return has(kind, "not", words) or has(kind, "never", words)


@cache
def header_holds(header: str, kind: str, role: str) -> bool:
    """Return whether a header, its groups included, has a word of a kind in a role."""
    return has(kind, role, plain(header))


@cache
def is_opaque(header: str) -> bool:
    """Return whether a header tells nothing of what its column holds."""
    return all(map(_tells_nothing, plain(leaf_of(header)).split()))


def _tells_nothing(word: str) -> bool:
    return (
        word.isdigit()
        or word in OPAQUE
        or (len(word) <= LETTERS and (word not in vocabulary() or len(word) == 1))
    )


def leaf_of(header: str) -> str:
    """Return the last part of a path of groups; a header that is none is itself."""
    last = re.split(r"/|(?<=\w)(?:::|\.)(?=\w{2})", header.rstrip("/"))[-1]
    path = " " not in header and header == header.lower()
    return last if path and any(c.isalnum() for c in last) else header


def _says_nothing_alone(words: str) -> bool:
    return bool(words) and all(any(has(part, "part", word) for part in ALONE) for word in words.split())


def _said(words: str, written: str, kind: str) -> str:
    if has(kind, "never", written):
        return ""
    denied = has(kind, "not", written)
    if has(kind, "is", words) and not (kind != "person_name" and denied):
        return "is"
    if _together(words, TOGETHER.get(kind, ())):
        return "may" if denied else "is"
    if denied:
        return ""
    return "may" if has(kind, "may", words) or _together(words, PERHAPS.get(kind, ())) else ""


def _is_phrase(words: str, kind: str) -> bool:
    """Return whether it is more than one word that says a kind: one cut short alone may be any other word."""
    return words_matched(kind, "is", words) > 1


def _together(words: str, combinations: tuple[tuple[str, ...], ...]) -> bool:
    return any(all(has(part, "part", words) for part in parts) for parts in combinations)
