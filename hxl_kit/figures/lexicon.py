"""The words and signs of `schemas/quantities/`, and a text cut into items that they name.

A language is one JSON file of phrases by their part in a quantity (`numbers`, `qualifiers`, `units`, …), so a
language or a phrase is added without touching the code. Phrases and texts go through the same folding:
accents, vowel points and direction marks dropped, case folded, digits of any script made ASCII.
"""

from __future__ import annotations

import csv
import json
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hxl_kit.errors import UsageError, nearest
from hxl_kit.figures.digits import Separators, digits
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LANGUAGES = ("en", "fr", "es", "ar", "uk", "ru")
"""The languages with a word list; the earlier one reads a text whose words fit two of them equally."""

_SLASH = "\u0338"  # NFD writes ≮ as < with this stroke: it must not be lost
_WIDE = range(0xFF01, 0xFF5F)  # the full-width forms of ASCII, in its order
_IGNORED = frozenset("\"'`´.!·•“”„«»‹›‘’‚\u02bc\u0640")
_TOKEN = re.compile(
    r"""
    (?P<date>(?<![\w.,])(?:\d{4}-\d{1,2}-\d{1,2}|(?P<d>\d{1,2}(?P<s>[/.-])\d{1,2}(?P=s)\d{2,4}))(?![\w/-]|[.,]\d)
      |\d{1,2}:\d\d(?::\d\d)?(?!\d))
    |(?P<code>[^\W\d_\u0600-\u06ff]+[-/]?\d\w*(?:[-/]\w+)*)
    |(?P<number>(?:(?<!\S)[.,])?\d+(?:[.,'’٬٫،]\d+|[ \u00a0\u2007\u2009\u202f]\d{3}(?!\d))*)
    |(?P<word>[^\W\d_]+)
    |(?P<gap>…|\.{2,})
    |(?P<symbol>[<>]=|=>|\S)
    """,
    re.VERBOSE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_DASHES = "-‐‑"
_TWO = "two"
_HUNDRED = 100
_UNKNOWN = {"word": "other", "code": "code"}
_ROLES = {
    "after": "after",
    "range_to": "joins",
    "years": "year",
    "singles": "single",
    "comparatives": "compares",
}
_COUNTS = {
    "wholes": "whole",
    "numbers": "add",
    "scales": "scale",
    "bound_scales": "bound",
    "duals": "dual",
    "halves_of": "half",
    "collectives": "collective",
    "plurals": "plural",
}
_PHRASES = {
    "hundreds": "hundred",
    "halves": "half",
    "conjunctions": "conjunction",
    "articles": "article",
    "links": "link",
    "indefinite": "indefinite",
    "range_from": "filler",
    "between": "between",
    "cuts": "cut",
    "months": "month",
    "measures": "measure",
    "stops": "stop",
    "fillers": "filler",
    "status": "status",
    "things": "thing",
    "leads": "lead",
    "prepositions": "preposition",
}
_CODED = {"qualifiers": "qualifier", "source_range": "label", "groups": "group", "units": "unit"}


class Entry(NamedTuple):
    """What a phrase does: `kind`, with a number or a code; the further roles it may have in its place."""

    kind: str = "filler"
    number: Decimal | None = None
    code: str = ""
    after: str = ""
    joins: bool = False
    year: bool = False
    rough: bool = False
    single: bool = False
    compares: bool = False
    leads: bool = False


class Item(NamedTuple):
    """A piece of a text: its entry, its words, and whether it sticks (or is hyphenated) to the one before."""

    entry: Entry
    text: str
    glued: bool = False
    hyphen: bool = False

    @property
    def kind(self) -> str:
        """The part that the piece plays in a quantity."""
        return self.entry.kind


class _Token(NamedTuple):
    kind: str
    text: str
    glued: bool
    hyphen: bool


@dataclass(frozen=True)
class Lexicon:
    """The phrases of one language; `phrases` by their first word, longest first."""

    language: str
    separators: Separators
    phrases: Mapping[str, tuple[tuple[list[str], Entry], ...]] = field(default_factory=dict)
    vocabulary: frozenset[str] = frozenset()
    clitics: tuple[str, ...] = ()
    noun_duals: Mapping[str, str] = field(default_factory=dict)
    governing: frozenset[str] = frozenset()
    governed: Mapping[str, Decimal] = field(default_factory=dict)
    head_last: bool = False
    tens_after_ones: bool = False

    def items(self, text: str) -> tuple[Item, ...]:
        """Return the text as items, the longest phrase first; a word of no phrase has the kind "other"."""
        tokens = list(_tokens(fold(text)))
        if self.clitics:
            tokens = list(self._split_clitics(tokens))
        texts = [token.text for token in tokens]
        found: list[Item] = []
        at = 0
        while at < len(tokens):
            item, length = self._item(tokens, texts, at)
            found.append(self._singular(item, found[-1].text) if found else item)
            at += length
        return tuple(found)

    def _singular(self, item: Item, before: str) -> Item:
        """Return "сотни" after "около" as one hundred: its genitive is written like the plural."""
        number = self.governed.get(item.text) if before in self.governing else None
        if number is None:
            return item
        return item._replace(entry=Entry("collective" if number == _HUNDRED else "scale", number))

    def _item(self, tokens: list[_Token], texts: list[str], at: int) -> tuple[Item, int]:
        token = tokens[at]
        if token.kind in {"word", "code"}:  # "km2" looks like a code and is a unit
            entry, length = self._phrase(texts, at) or (Entry(_UNKNOWN[token.kind]), 1)
            text = " ".join(texts[at : at + length])
            return Item(entry, text, token.glued, token.hyphen), length
        return Item(self._entry(token), token.text, token.glued, token.hyphen), 1

    def _phrase(self, texts: list[str], at: int) -> tuple[Entry, int] | None:
        for words, entry in self.phrases.get(texts[at], ()):
            if texts[at : at + len(words)] == words:
                return entry, len(words)
        return None

    def _entry(self, token: _Token) -> Entry:
        if token.kind == "number":
            number = digits(token.text, self.separators)
            return Entry("unclear") if number is None else Entry("digits", number)
        return _signs().get(token.text, Entry("stop")) if token.kind == "symbol" else Entry(token.kind)

    def _split_clitics(self, tokens: Iterable[_Token]) -> Iterator[_Token]:
        """Part what a language writes as one word: Arabic "and", "the", "by" from the word they lean on."""
        for token in tokens:
            parts = self._parted(token.text) if token.kind == "word" else (token.text,)
            words = [word for part in parts for word in self._without_dual(part)]
            for n, word in enumerate(words):
                yield token._replace(text=word, glued=token.glued and n == 0)

    def _without_dual(self, word: str) -> tuple[str, ...]:
        """Write "two-children" as "two child": Arabic says two of a thing in one word."""
        noun = self.noun_duals.get(word)
        return (word,) if noun is None else (self.noun_duals[_TWO], noun)

    def _parted(self, word: str) -> tuple[str, ...]:
        if word in self.vocabulary or word in self.noun_duals:
            return (word,)
        for clitic in self.clitics:
            rest = self._parted(word[len(clitic) :]) if word.startswith(clitic) else ()
            if rest and all(part in self.vocabulary for part in rest):
                return (clitic, *rest)
        return (word,)


def fold(text: str) -> str:
    """Return the text in the form in which phrases are compared."""
    if text.isascii():
        return text.casefold()
    return "".join(map(_folded, unicodedata.normalize("NFD", text))).casefold()


@cache
def _folded(character: str) -> str:
    if ord(character) in _WIDE:
        return chr(ord(character) - _WIDE.start + ord("!"))
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return str(digit)
    dropped = unicodedata.category(character) in {"Mn", "Cf"} and character != _SLASH
    return "" if dropped else character


def lexicon(language: str | None, text: str) -> Lexicon:
    """Return the lexicon of a language tag ("es", "es-MX"), or of the language whose words the text has.

    Raises:
        UsageError: neither words nor number separators of the language are known.
    """
    return _recognised(text) if language is None else _of_tag(language)


def _recognised(text: str) -> Lexicon:
    """Return the lexicon that knows most of the words; of several, the one whose phrases cover most of them."""
    words, known = set(_LETTERS.findall(fold(text))), [_load(code) for code in LANGUAGES]
    scores = {lexicon.language: len(words & lexicon.vocabulary) for lexicon in known}
    best = [lexicon for lexicon in known if scores[lexicon.language] == max(scores.values())]
    if len(best) in {1, len(known)}:
        return best[0]
    return max(best, key=lambda lexicon: _covered(lexicon, text))


def _covered(lexicon: Lexicon, text: str) -> int:
    named = (i.text for i in lexicon.items(text) if i.text[0].isalpha() and i.kind not in {"other", "code"})
    return sum(phrase.count(" ") + 1 for phrase in named)


@cache
def _of_tag(tag: str) -> Lexicon:
    """Return the words of the base language with the separators of the region, where it has its own."""
    wanted, table = tag.replace("_", "-").casefold(), _separators()
    base = wanted.partition("-")[0]
    separators = table.get(wanted) or table.get(base)
    if separators is None:
        raise UsageError(f"quantity: language '{tag}' is not known{nearest(base, table)}")
    return replace(_load(base), separators=separators) if base in LANGUAGES else Lexicon(base, separators)


@cache
def _load(language: str) -> Lexicon:
    raw = json.loads(schemas.path_of("quantities", f"{language}.json").read_text(encoding="utf-8"))
    entries: dict[tuple[str, ...], Entry] = {}
    for phrase, entry in _entries(raw):
        entries.setdefault(_words(phrase), entry)
    for section, role in _ROLES.items():
        for phrase, value in _flat(raw.get(section, [])):
            words = _words(phrase)
            entries[words] = entries.get(words, Entry())._replace(**{role: value})
    for phrase in raw["approximate"]:
        entries[_words(phrase)] = entries[_words(phrase)]._replace(rough=True)
    for phrase in raw["leads"]:
        entries[_words(phrase)] = entries[_words(phrase)]._replace(leads=True)
    return _built(language, raw, entries)


def _built(language: str, raw: Mapping[str, Any], entries: Mapping[tuple[str, ...], Entry]) -> Lexicon:
    by_first = defaultdict(list)
    known = {**_foreign(language), **entries}
    duals = {fold(dual): fold(noun) for dual, noun in raw.get("noun_duals", {}).items()}
    for words in sorted(known, key=len, reverse=True):
        by_first[words[0]].append((list(words), known[words]))
    return Lexicon(
        language,
        _separators()[language],
        phrases={first: tuple(found) for first, found in by_first.items()},
        vocabulary=frozenset(word for words in entries for word in words) | duals.keys(),
        clitics=tuple(fold(clitic) for clitic in raw["clitics"]),
        noun_duals=duals,
        governing=frozenset(fold(word) for word in raw.get("governing", [])),
        governed={fold(word): Decimal(number) for word, number in raw.get("governed", {}).items()},
        head_last=raw["head_noun"] == "last",
        tens_after_ones=raw["tens_after_ones"],
    )


def _entries(raw: Mapping[str, Any]) -> Iterator[tuple[str, Entry]]:
    """Yield the phrases of all sections; of two entries for one phrase the first is kept."""
    numbers = raw["numbers"]
    for phrase in raw["articles"]:  # French and Spanish "un" is also the number one
        yield phrase, Entry("article", Decimal(1) if phrase in numbers else None)
    for section, kind in _COUNTS.items():
        yield from ((phrase, Entry(kind, Decimal(number))) for phrase, number in raw.get(section, {}).items())
    for section, kind in _CODED.items():
        for code, phrases in raw[section].items():
            yield from ((phrase, Entry(kind, code=code)) for phrase in phrases)
    for section, kind in _PHRASES.items():
        yield from ((phrase, Entry(kind)) for phrase in raw[section])
    stems, endings = raw["ordinals"]["stems"], raw["ordinals"]["endings"]
    # "twenty first" is no count, and twenty neither.
    yield from ((stem + ending, Entry("measure")) for stem in stems for ending in endings)


def _foreign(language: str) -> dict[tuple[str, ...], Entry]:
    """Return the thousands and per cent of other languages: after a number they forbid reading it alone."""
    return {_words(row["word"]): Entry("measure") for row in rows("foreign") if row["language"] != language}


def _flat(section: list[str] | Mapping[str, list[str]]) -> Iterator[tuple[str, Any]]:
    if isinstance(section, list):
        yield from ((phrase, True) for phrase in section)
        return
    for code, phrases in section.items():
        yield from ((phrase, code) for phrase in phrases)


@cache
def _signs() -> Mapping[str, Entry]:
    return {row["sign"]: Entry(row["kind"], code=row["code"]) for row in rows("signs")}


@cache
def _separators() -> Mapping[str, Separators]:
    return {
        row["language"].casefold(): Separators(row["thousands"], row["decimal"]) for row in rows("separators")
    }


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the CSV files beside the word lists."""
    with schemas.path_of("quantities", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _words(phrase: str) -> tuple[str, ...]:
    return tuple(token.text for token in _tokens(fold(phrase)))


def _tokens(text: str) -> Iterator[_Token]:
    """Yield the tokens of a folded text; a hyphen inside a word and quiet punctuation leave only their trace."""
    end, hyphen = 0, False
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match.group()
        tied = _is_hyphen(text, match)
        if not tied and token not in _IGNORED:
            yield _Token(kind, token, match.start() == end and end > 0, hyphen)
        hyphen, end = tied, match.end()


def _is_hyphen(text: str, match: re.Match[str]) -> bool:
    """Whether this is a dash between letters, or between a digit and a letter ("80-strong")."""
    start, end = match.span()
    inside = match.group() in _DASHES and start > 0 and end < len(text)
    return inside and text[start - 1].isalnum() and text[end].isalpha()
