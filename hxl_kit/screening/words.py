"""The words by which columns of personal data are known: `schemas/words/personal_words.csv`.

A phrase is found in a header when its words stand in it one after another, written together or apart; `*` stands
for any ending. Headers and phrases are compared without case, accents, Arabic articles and signs.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from functools import cache, lru_cache

from hxl_kit.screening.wordlists import Phrases, phrases
from hxl_kit.standard import schemas
from hxl_kit.standard.tags import Tag, TagPattern, fold, parse_pattern

_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])['’ʼ`´](?=[sуюяєї]\b|[юяєї])")
_SIGNS = (
    (re.compile(r"(?<=\w)['’]s\b"), ""),
    (re.compile(r"(?i)\b(?:number|no|nb|count)[ _]of(?![^\W_])"), "numberof"),
    (re.compile(r"\b[nN][°º]|№|(?<=\w) ?#(?!\w)"), " numero "),
    (re.compile(r"(?<!\w)(\w)\.[ ]?(?=\w(?!\w))"), r"\1"),
)
"""The possessive; counts, which no number of a person is; the sign for number; points in abbreviations such as D.O.B."""

_WORD = re.compile(r"[^\W_]+\*?")
_ARTICLE = re.compile(r"^(?:وال|بال|لل|ال)(?=\w{2})")
_ARABIC = str.maketrans({"ة": "ه", "ى": "ي", "ـ": None, "ٱ": "ا", "ئ": "ي", "ؤ": "و"})


@cache
def listed(kind: str) -> frozenset[str]:
    """Return whole words of a kind: "answer" (yes, no, not known), "sex", "small" (of, the: nothing is lost without)."""
    return frozenset(_listed()[kind, "word"])


@lru_cache(maxsize=1 << 14)
def plain(text: str) -> str:
    """Return a header's words in the form that is compared, with a space between them."""
    for sign, written in _SIGNS:
        text = sign.sub(written, text)
    parted = _APOSTROPHE.sub("", _HUMP.sub(" ", text))
    folded = fold(parted).translate(_ARABIC)
    found = [_ARTICLE.sub("", word) for word in _WORD.findall(folded)]
    return " ".join([word for word in found if word not in listed("small")] or found)


LISTS = ("personal_words.csv", "personal_phrases.csv")
"""The words in use, by which abbreviations are read too, and further phrases."""


@cache
def _listed(*lists: str) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the phrases as written, by kind and role."""
    found = defaultdict[tuple[str, str], list[str]](list)
    for name in lists or LISTS:
        with schemas.path_of("words", name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found[row["kind"], row["role"]] += row["words"].split(";")
    return {key: tuple(words) for key, words in found.items()}


@cache
def _phrases(kind: str, role: str) -> Phrases:
    return phrases(plain(phrase) for phrase in _listed().get((kind, role), ()))


@cache
def vocabulary() -> frozenset[str]:
    """Return the single words that headers are known by."""
    return frozenset(
        word.rstrip("*")
        for (_, role), phrases in _listed(LISTS[0]).items()
        if role in ("is", "may", "part")
        for phrase in phrases
        for word in plain(phrase).split()
    )


@cache
def _tag_patterns() -> tuple[tuple[str, TagPattern], ...]:
    return tuple(
        (kind, parse_pattern(spec))
        for (kind, role), specs in _listed().items()
        if role == "tag"
        for spec in specs
    )


def simplified(word: str) -> str:
    """Return one word of a name in the form that is compared: no case, accents, apostrophes or Arabic article."""
    return _ARTICLE.sub("", re.sub(r"['’ʼ`]", "", fold(word).translate(_ARABIC)))


def tag_says(tag: Tag | None) -> tuple[str, ...]:
    """Return the kinds that a column's hashtag stands for."""
    return tuple(kind for kind, pattern in _tag_patterns() if pattern.matches(tag))


def value_says(text: str, kind: str) -> bool:
    """Return whether a value, a category or a sentence, has a word that tells a sensitive attribute."""
    return has(kind, "value", plain(text))


def is_informant(text: str) -> bool:
    """Return whether a source is called by what a private person is: a witness, a resident, a relative."""
    return has("informant", "value", plain(text))


@cache
def cues(role: str) -> tuple[str, ...]:
    """Return the words after which a person is named: "source" (who was spoken to, who suffered) or "title"."""
    return _listed()["cue", role]


@cache
def known_ids() -> re.Pattern[str]:
    """Return the forms of persons' numbers that hardly any other code has: `schemas/words/id_forms.csv`."""
    with schemas.path_of("words", "id_forms.csv").open(encoding="utf-8", newline="") as file:
        return re.compile("|".join(row["form"] for row in csv.DictReader(file)))


@cache
def ids_in_text() -> re.Pattern[str]:
    """Return the forms of persons' numbers that are told apart even within sentences."""
    return re.compile(rf"(?<![\w-])(?:{SURE_IDS})(?![\w-])")


SURE_IDS = r"[0-9A-Z]{3}-\d{2}[CI]\d{5,}|\d{5}-\d{7}-\d|\d{4}-\d{4}-\d{5}|[VE]-\d{1,2}\.?\d{3}\.?\d{3}"


@cache
def iban_lengths() -> dict[str, int]:
    """Return how many characters an international account number has, by country (ISO 13616, register of SWIFT)."""
    with schemas.path_of("words", "iban_lengths.csv").open(encoding="utf-8", newline="") as file:
        return {row["country"]: int(row["characters"]) for row in csv.DictReader(file)}


def has(kind: str, role: str, words: str) -> bool:
    """Return whether plain words hold a phrase of a kind in a role."""
    return _phrases(kind, role).found_in(words) > 0


def words_matched(kind: str, role: str, words: str) -> int:
    """Return of how many of the plain words the first phrase found of a kind in a role is; 0 for none."""
    return _phrases(kind, role).found_in(words)
