"""Words to quantities: value, bounds and qualifier of "at least 69 civilians, including 26 children".

The rules are those of the data model's quantity block; docs/quantities.md has them with examples. What cannot be
read with certainty is the quantity `unknown`, which holds the words and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from hxl_kit.errors import UsageError, nearest
from hxl_kit.figures.lexicon import lexicon, rows
from hxl_kit.figures.numbers import compose
from hxl_kit.figures.phrases import NOUNS, Figure, Phrase, scan, without_brackets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hxl_kit.figures.lexicon import Item, Lexicon

CONVENTION = "plural-v1"
"""The convention of this version for the lower bound of "dozens" or "tens of thousands"."""

_ENDS = frozenset(
    {"preposition", "comma", "cut", "open", "close", "dash", "gap", "colon", "conjunction", "link"}
)
_PASSED = frozenset({"filler", "link", "preposition", "lead", "after", "qualifier", "article"})
_WORDS = {
    "exact": "",
    "more_than": "more than ",
    "at_least": "at least ",
    "nearly": "nearly ",
    "at_most": "up to ",
    "less_than": "fewer than ",
    "approximately": "about ",
}


@dataclass(frozen=True)
class Quantity:
    """A figure with its words.

    Attributes:
        text: The words as given.
        value: The number said, None where only bounds are.
        low: The least it can be, None where open.
        high: The most it can be, None where open.
        qualifier: exact, more_than, at_least, nearly, at_most, less_than, approximately, order_of_magnitude,
            range or unknown.
        bounds_basis: stated, source_range or convention:<id>; empty where nothing could be read.
        unit: person, household, movement, case, settlement, facility, event or km; empty when not named.
    """

    text: str
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    qualifier: str = "unknown"
    bounds_basis: str = ""
    unit: str = ""

    def as_json(self) -> dict[str, str | int | float | None]:
        """Return the quantity for JSON: integers where integral, null where empty."""
        return {
            "text": self.text,
            "value": _plain(self.value),
            "low": _plain(self.low),
            "high": _plain(self.high),
            "qualifier": self.qualifier,
            "bounds_basis": self.bounds_basis,
            "unit": self.unit,
        }


class Part(NamedTuple):
    """A quantity of one population group: sex (all, female, male) and age_group (all, child, adult)."""

    quantity: Quantity
    sex: str
    age_group: str


def read_quantity(text: str, *, language: str | None = None, unit: str = "") -> Quantity:
    """Return the one quantity that a phrase states; `unknown` and empty where it cannot be read.

    Args:
        text: Words in English, French, Spanish, Arabic, Ukrainian or Russian; digits of any script.
        language: A language tag ("es", "es-MX"), None to recognise the language by its words. For a language
            without a word list (such as "id") it says which separator is which, and digits alone are read.
        unit: The unit known from the context; it counts where the words name none.

    Raises:
        UsageError: the unit or the language is not known.
    """
    _check_unit(unit)
    return _read(text, language, unit)


def read_parts(text: str, *, language: str | None = None, unit: str = "") -> tuple[Part, ...]:
    """Return the total of a phrase, then its parts by sex and age: "69 civilians, including 26 children".

    A part whose number cannot be read is `unknown`; a part of no such group (aid workers) is left out.

    Raises:
        UsageError: the unit or the language is not known.
    """
    total = read_quantity(text, language=language, unit=unit)
    _, phrase = _scanned(text, language)
    main = phrase.main()
    if main is None or total.qualifier == "unknown":
        return (Part(total, "all", "all"),)
    groups = _groups(without_brackets(phrase.items[main.end : phrase.head_end]))
    total_group = groups[0] if len(groups) == 1 else ("all", "all")
    return (Part(total, *total_group), *_parts(text, phrase, main))


def format_quantity(quantity: Quantity) -> str:
    """Return English words that read as the same quantity: "at least 69 people"."""
    q, noun = quantity, _noun(quantity)
    if q.bounds_basis == "source_range":
        ends = (("low", q.low), ("best", q.value), ("high", q.high))
        return " ".join(f"{label} {_digits(n)}" for label, n in ends if n is not None) + noun
    if q.qualifier == "range":
        return f"{_digits(q.low)} to {_digits(q.high)}{noun}"
    if q.qualifier == "order_of_magnitude":
        return _magnitude_words(q.low) + (f" of{noun}" if noun else "")
    return f"{_WORDS[q.qualifier]}{_digits(q.value)}{noun}" if q.qualifier in _WORDS else "unknown"


@lru_cache(maxsize=1 << 14)
def _read(text: str, language: str | None, unit: str) -> Quantity:
    words, phrase = _scanned(text, language)
    ranged = _source_range(phrase.items, words, unit)
    if ranged is not None:
        return replace(ranged, text=text)
    main = phrase.main()
    if main is None:
        return Quantity(text)
    after = without_brackets(phrase.items[main.end : phrase.head_end])
    quantity = _quantity(main, _unit(after, words) or unit)
    return Quantity(text) if _is_broken(quantity, followed=bool(after)) else replace(quantity, text=text)


@lru_cache(maxsize=1 << 10)
def _scanned(text: str, language: str | None) -> tuple[Lexicon, Phrase]:
    """Return the language of a text and its phrase, which its total and its parts are both read from."""
    words = lexicon(language, text)
    return words, scan(words.items(text), words)


def _is_broken(quantity: Quantity, *, followed: bool) -> bool:
    """Return whether this is a part of a thing that is counted: "1.5 people" is an average, or 1,500 mistyped."""
    numbers = (quantity.value, quantity.low, quantity.high)
    whole = all(n is None or n == n.to_integral_value() for n in numbers)
    return not whole and quantity.unit not in _measured() and (followed or bool(quantity.unit))


def _quantity(figure: Figure, unit: str) -> Quantity:
    """Return what the table of the data model says of a figure."""
    strong = sorted(set(figure.qualifiers) - {"approximately"})
    if figure.magnitude is not None:
        low = _convention().get(figure.magnitude)
        basis = f"convention:{CONVENTION}"
        known = low is not None and not strong
        return Quantity("", None, low, None, "order_of_magnitude", basis, unit) if known else Quantity("")
    if figure.low is None or len(strong) > 1:
        return Quantity("")
    if figure.high is not None:
        low, high = figure.low.value, figure.high.value
        return Quantity("") if strong else _range(None, low, high, "stated", unit)
    vague = figure.low.rough or bool(figure.qualifiers)
    return _qualified(strong[0] if strong else "approximately" if vague else "exact", figure.low.value, unit)


def _qualified(qualifier: str, value: Decimal, unit: str) -> Quantity:
    low, high = _bounds(qualifier, value, counted=unit not in _measured())
    if high is not None and high < 0:  # fewer than none
        return Quantity("")
    return Quantity("", value, low, high, qualifier, "stated", unit)


def _bounds(qualifier: str, value: Decimal, *, counted: bool) -> tuple[Decimal | None, Decimal | None]:
    """Return the bounds of a qualified number; of things that are counted, "over 80" are 81 or more."""
    above = value.to_integral_value(ROUND_FLOOR) + 1 if counted else value
    below = value.to_integral_value(ROUND_CEILING) - 1 if counted else value
    return {
        "exact": (value, value),
        "more_than": (above, None),
        "at_least": (value, None),
        "nearly": (None, value),
        "at_most": (None, value),
        "less_than": (None, below),
        "approximately": (None, None),
    }[qualifier]


def _range(value: Decimal | None, low: Decimal, high: Decimal, basis: str, unit: str) -> Quantity:
    """Return a range, exact where its ends and its best value are one; unknown where the ends are crossed."""
    if low > high:
        return Quantity("")
    if low == high and value in {None, low}:
        return Quantity("", low, low, high, "exact", basis, unit)
    return Quantity("", value, low, high, "range", basis, unit)


def _source_range(items: Sequence[Item], words: Lexicon, unit: str) -> Quantity | None:
    """Return the range that a dataset states as "low 3 best 5 high 9" (UCDP), None for other texts."""
    ends: dict[str, Decimal] = {}
    label, at = "", 0
    while at < len(items):
        item = items[at]
        if item.kind == "label":
            label = item.entry.code
        elif label and label not in ends and item.kind in {"digits", "add", "whole"}:
            number, end = compose(items, at, words)
            if number is None:
                return None
            ends[label], label, at = number.value, "", end - 1
        elif item.kind not in NOUNS | {"filler", "link", "comma", "colon", "open", "close", "status"}:
            return None
        at += 1
    if not {"low", "high"} <= ends.keys() or label:
        return None
    named = next((i.entry.code for i in items if i.kind == "unit"), "") or unit
    return _range(ends.get("best"), ends["low"], ends["high"], "source_range", named)


def _unit(items: Sequence[Item], words: Lexicon) -> str:
    """Return the unit that the words after a figure name, "" where they name none.

    The noun decides ("20 IDP camps": settlement); without a noun, what happened to them ("200 injured": person).
    """
    nouns = _noun_phrase(items[1:] if items and items[0].kind == "link" else items)
    if nouns:
        head = nouns[-1] if words.head_last else nouns[0]
        return _unit_code(head)
    for item in items:
        if item.kind == "status":
            return "person"
        if item.kind not in _PASSED:
            return ""
    return ""


def _noun_phrase(items: Iterable[Item]) -> list[Item]:
    """Return the first nouns that stand together, after at most two unknown words ("12 regime army soldiers")."""
    nouns: list[Item] = []
    unknown = 0
    for item in items:
        unknown += item.kind in {"other", "code"}
        if item.kind in NOUNS:
            nouns.append(item)
        elif nouns or unknown > len(("regime", "army")) or (item.kind in _ENDS and not item.entry.after):
            break
    return nouns


def _unit_code(item: Item) -> str:
    return {"unit": item.entry.code, "group": "person"}.get(item.kind, "")


def _groups(items: Iterable[Item]) -> list[tuple[str, str]]:
    """Return the (sex, age_group) pairs that the words name, in order."""
    named = (item.entry.code.partition("/") for item in items if item.kind == "group")
    return [(sex, age) for sex, _, age in named]


def _parts(text: str, phrase: Phrase, main: Figure) -> list[Part]:
    starts = [figure.start for figure in phrase.figures] + [len(phrase.items)]
    parts: list[Part] = []
    for figure, end in zip(phrase.figures, starts[1:], strict=True):
        is_main = figure is main
        words = phrase.items[phrase.head_end : end] if is_main else phrase.items[figure.start : end]
        groups = _groups(words if is_main else _to_bracket(words))
        readable = len(groups) == 1 and not is_main and all(item.kind != "stop" for item in words)
        quantity = _quantity(figure, "person") if readable else Quantity("")
        parts += [Part(replace(quantity, text=text), *group) for group in groups]
    return parts


def _to_bracket(items: Sequence[Item]) -> Sequence[Item]:
    """Return the items up to the bracket that closes before them: "(2) children" says nothing of children."""
    closing = next((n for n, item in enumerate(items) if item.kind == "close"), len(items))
    return items[:closing]


@cache
def _units() -> Mapping[str, Mapping[str, str]]:
    return {row["unit"]: row for row in rows("units")}


@cache
def _measured() -> frozenset[str]:
    return frozenset(unit for unit, row in _units().items() if row["kind"] == "measured")


@cache
def _convention() -> Mapping[Decimal, Decimal]:
    return {Decimal(row["magnitude"]): Decimal(row["low"]) for row in rows(CONVENTION)}


def _check_unit(unit: str) -> None:
    if unit and unit not in _units():
        raise UsageError(f"quantity: no unit '{unit}'{nearest(unit, _units())}")


def _magnitude_words(low: Decimal | None) -> str:
    return next(row["words"] for row in rows(CONVENTION) if Decimal(row["low"]) == low)


def _noun(quantity: Quantity) -> str:
    row = _units().get(quantity.unit)
    return f" {row['singular' if quantity.value == 1 else 'plural']}" if row else ""


def _digits(number: Decimal | None) -> str:
    """Write a number so that it can be read in one way only: never three decimals, which may be thousands."""
    whole, _, fraction = f"{number or 0:,f}".partition(".")
    return f"{whole}.{fraction.ljust(4, '0')}" if fraction.strip("0") else whole


def _plain(number: Decimal | None) -> int | float | None:
    if number is None:
        return None
    return int(number) if number == number.to_integral_value() else float(number)
