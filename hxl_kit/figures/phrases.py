"""The figures in a phrase, and what stands around them: qualifiers, ranges, and words that make them none.

A phrase has a head ("at least 69 civilians"), which says the figure, and may have a tail ("including 26 children"),
which says parts of it. A word before the figure that is not known may change it ("barely 80"), so it blocks it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from hxl_kit.figures.numbers import NUMERIC, Number, compose

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hxl_kit.figures.lexicon import Item, Lexicon

HEAD, GAP, TAIL = "head", "gap", "tail"
NOUNS = frozenset({"unit", "group", "thing"})
_MULTIPLIERS = frozenset({"hundred", "scale", "collective", "plural", "bound"})
_COMPARED = frozenset({"more_than", "less_than"})
_QUIET = frozenset({"filler", "link", "date", "conjunction", "comma", "article", "after"})
_IN_DATES = frozenset({"filler", "article", "month"})
_MONTH_DAYS = 31
_WIDEST_RANGE = 1000


class Figure(NamedTuple):
    """One figure of a phrase; `low` alone is a single number, all None one that cannot be read."""

    start: int
    end: int
    low: Number | None
    high: Number | None
    magnitude: Decimal | None
    qualifiers: tuple[str, ...]
    section: str
    blocked: bool = False
    measure: bool = False


@dataclass
class Phrase:
    """The items of a text and the figures found in them, in order; `stopped` where a word forbids reading."""

    items: tuple[Item, ...]
    figures: list[Figure] = field(default_factory=list)
    stopped: bool = False
    head_end: int = 0

    def main(self) -> Figure | None:
        """Return the one figure that the phrase states, None where there is none or more than one."""
        counted = [f for f in self.figures if not f.measure]
        head = [f for f in counted if f.section == HEAD]
        loose = [f for f in counted if f.section == GAP and not self._is_part(f)]
        if self.stopped or len(head) != 1 or loose or head[0].blocked or not self._is_known:
            return None
        return head[0]

    def _is_part(self, figure: Figure) -> bool:
        return figure.end < len(self.items) and self.items[figure.end].kind == "group"

    @property
    def _is_known(self) -> bool:
        """Whether the words before the tail are of the language at all: if none is, nothing is known of them."""
        head = without_brackets(self.items[: self.head_end])
        words = [item.kind for item in head if item.text[0].isalpha()]
        return not words or any(kind not in {"other", "code"} for kind in words)


def without_brackets(items: Iterable[Item]) -> list[Item]:
    """Return the items that stand outside brackets: of "two (2) children", the children."""
    kept: list[Item] = []
    depth = 0
    for item in items:
        depth += item.kind == "open"
        if not depth:
            kept.append(item)
        depth = max(0, depth - (item.kind == "close"))
    return kept


def scan(items: tuple[Item, ...], lexicon: Lexicon) -> Phrase:
    """Return the phrase that the items make."""
    return _Scan(lexicon, Phrase(items, head_end=len(items))).run()


@dataclass
class _Scan:
    """The state while reading from left to right; `blocked` says why a following figure cannot be read."""

    lexicon: Lexicon
    phrase: Phrase
    at: int = 0
    qualifiers: list[str] = field(default_factory=list)
    between: bool = False
    blocked: str = ""
    blocked_at: int = 0
    section: str = HEAD
    outside: str = HEAD

    found: bool = False
    items: Sequence[Item] = ()

    def __post_init__(self) -> None:
        self.items = self.phrase.items

    def kind(self, at: int) -> str:
        return self.items[at].kind if at < len(self.items) else ""

    def run(self) -> Phrase:
        while self.at < len(self.items):
            if self._is_date():
                self._pass_date(self.at)
                self.at += 2
            elif self._begins_number(self.at):
                self._figure()
            else:
                item = self.items[self.at]
                getattr(self, f"_on_{item.kind}", self._on_other)(item)
                self.at += 1
        return self.phrase

    # What a word that says no number does

    def _on_qualifier(self, item: Item) -> None:
        """Keep the qualifier; after the figure, "more than" and ">" compare it with something else."""
        self.qualifiers.append(item.entry.code)
        compares = item.entry.code in _COMPARED and (" " in item.text or item.entry.compares)
        compares |= not item.text[0].isalpha()
        self.phrase.stopped |= compares and self.found and self.section == HEAD

    def _on_between(self, _item: Item) -> None:
        self.between = True

    def _on_lead(self, item: Item) -> None:
        """Let "killing" pass; "one killed and", which Arabic says without the number, blocks what follows."""
        one_more = item.entry.single and self.kind(self.at + 1) == "conjunction"
        if (self.qualifiers or one_more) and not self.found:
            self.blocked = "word"

    def _on_noun(self, item: Item) -> None:
        """Block a number after a noun, unless the word also says what happened to those who follow."""
        if item.entry.leads and not self.found:
            return
        if item.entry.single and self.found and self.kind(self.at - 1) in {"conjunction", "comma"}:
            self._add_unread()  # "three children and a woman" where a language has no "a"
        self.qualifiers.clear()
        self.blocked = self.blocked or "noun"

    def _on_other(self, item: Item) -> None:
        if item.kind not in _QUIET:
            self.qualifiers.clear()
            self.blocked_at = self.blocked_at if self.blocked else self.at
            self.blocked = "word"

    def _on_colon(self, _item: Item) -> None:
        """Let a label pass: "deaths: 80"."""
        self.blocked = "" if self.blocked == "noun" else self.blocked

    def _on_code(self, item: Item) -> None:
        """Stop at another figure tied to a word: "20 families/100 people"."""
        self.phrase.stopped |= "/" in item.text and self.section == HEAD
        self._on_other(item)

    def _on_stop(self, _item: Item) -> None:
        self.phrase.stopped |= self.section == HEAD

    def _on_cut(self, _item: Item) -> None:
        if not self.found:
            self.blocked = "word"
        self._leave(TAIL)

    def _on_gap(self, _item: Item) -> None:
        if self.section == HEAD:
            self._leave(GAP)

    def _on_open(self, _item: Item) -> None:
        self.blocked = self.blocked if self.found else "word"
        self.outside, self.section = self.section, TAIL if self.found else self.section

    def _on_close(self, _item: Item) -> None:
        self.section = self.outside

    def _on_month(self, _item: Item) -> None:
        """Pass over the day and year after a month: "November 26, 2024", "26 November 2024", "лютого 2022 року"."""
        self._pass_date(self.at)
        day_before = self.at > 0 and _is_day(self.items[self.at - 1])
        self.at += not day_before and self.at + 1 < len(self.items) and _is_day(self.items[self.at + 1])
        year = self.at + 1 + (self.kind(self.at + 1) == "comma")
        if year < len(self.items) and _is_year(self.items[year]):
            self.at = year + (self.kind(year + 1) == "measure")

    def _pass_date(self, start: int) -> None:
        """Forget the preposition of a date: what follows "since 27 November" may be read."""
        before = [item.kind for item in self.items[self.blocked_at : start]]
        if self.blocked == "word" and before[:1] == ["preposition"] and {*before[1:]} <= _IN_DATES:
            self.blocked = ""

    def _on_plus(self, _item: Item) -> None:
        self.blocked = self.blocked if self.found else "word"
        self.phrase.stopped |= self.found and self.section == HEAD

    _on_status = _on_lead
    _on_unit = _on_group = _on_thing = _on_noun
    _on_dash = _on_cut

    def _leave(self, section: str) -> None:
        if self.found:
            self.phrase.head_end = min(self.phrase.head_end, self.at)
            self.section = section

    # Numbers

    def _begins_number(self, at: int) -> bool:
        kind, following = self.kind(at), self.kind(at + 1)
        if kind != "article":
            return kind in NUMERIC or kind == "indefinite"
        if following in {"hundred", "scale", "collective"}:
            return True
        second = self.kind(at - 1) == "conjunction" and self.found
        one = self.items[at].entry.number is not None and not self.found and not self.blocked
        return second or (one and following in NOUNS | {"status", ""})

    def _is_date(self) -> bool:
        """Whether a year stands here: "in 2024", but not "in 2024 families" or "from 2000 to 3000"."""
        word, following = self.items[self.at], self.at + 1
        if not word.entry.year or self.kind(following) != "digits":
            return False
        after = self.kind(following + 1)
        ranged = self._is_join(following + 1) or (word.kind == "between" and after == "conjunction")
        return _is_year(self.items[following]) and not ranged and after not in NOUNS | {"status"}

    def _figure(self) -> None:
        start = self.at
        low, high, magnitude, end = self._read()
        following = end + self._passed(end)
        kind = self.kind(following)
        self.at = end
        if kind == "month" or (low and high and low.year and high.year and kind not in NOUNS):
            self.qualifiers.clear()
            self._pass_date(start)
        elif kind == "measure" or self._is_compound(start, end):
            self.qualifiers.clear()
            self.blocked = self.blocked or ("" if self.found else "word")
            self.phrase.figures.append(
                Figure(start, following, None, None, None, (), self.section, measure=True)
            )
            self.at = following + 1
        elif not self._is_aside(start, low, magnitude):
            self._add(start, end, low, high, magnitude)
        self.between = False

    def _add(
        self, start: int, end: int, low: Number | None, high: Number | None, magnitude: Decimal | None
    ) -> None:
        words = (*self.qualifiers, *self._after(end))
        blocked = bool(self.blocked) and not self.found
        self.phrase.figures.append(Figure(start, end, low, high, magnitude, words, self.section, blocked))
        self.qualifiers.clear()
        self.found = True
        self.at += bool(words) and self.kind(end) == "plus"

    def _passed(self, at: int) -> bool:
        """Whether the word after a number leads on to what it counts: "80 de morts", "vingt et unième"."""
        ordinal = self.kind(at) == "conjunction" and self.kind(at + 1) == "measure"
        return self.kind(at) == "link" or ordinal

    def _add_unread(self) -> None:
        self.phrase.figures.append(Figure(self.at, self.at + 1, None, None, None, (), self.section))

    def _read(self) -> tuple[Number | None, Number | None, Decimal | None, int]:
        if self.kind(self.at) in {"indefinite", "plural"}:
            magnitude, end = self._magnitude()
            return None, None, magnitude, end
        low, middle = compose(self.items, self.at, self.lexicon, conjunctions=not self.between)
        if not self._is_join(middle) or not self._number_after(middle):
            certain = not self.between and not self._is_doubled(low, middle) and not self._is_margin(middle)
            return (low if certain else None), None, None, middle
        start = self._number_after(middle)
        high, end = compose(self.items, start, self.lexicon)
        certain = all(i.entry.code == "approximately" for i in self._qualifiers(middle + 1, start))
        certain &= not (self._is_join(end) and self._number_after(end))  # "1-800-555"
        low, high = _shared_scale(low, high) if low and high and certain else (None, None)
        return low, high, None, end

    def _is_doubled(self, number: Number | None, at: int) -> bool:
        """Whether a bracket right after the number holds another one: "twelve (13)", "80 (+5)", "80[1]"."""
        start = at + 1 + (self.kind(at + 1) == "plus")
        if self.kind(at) != "open" or not self._begins_number(start):
            return False
        other, end = compose(self.items, start, self.lexicon)
        same = number is not None and other is not None and (other.value == number.value or other.year)
        return self.kind(end) == "close" and not same

    def _is_margin(self, at: int) -> bool:
        """Whether a bracket after the figure says how far it may be off: "20 (15–25)", "20 people (± 5)"."""
        while self.kind(at) in NOUNS:
            at += 1
        inside: list[Item] = []
        while self.kind(at) == "open" and self.kind(at + 1 + len(inside)) not in {"close", ""}:
            inside.append(self.items[at + 1 + len(inside)])
        signs = all(not item.text[0].isalpha() or item.entry.joins for item in inside)
        digits = [item for item in inside if item.kind == "digits"]
        one = len(inside) == len(digits)
        return (
            signs and bool(digits) and not one and not (_is_year(digits[0]) or inside[-1].kind == "measure")
        )

    def _is_join(self, at: int) -> bool:
        if at >= len(self.items):
            return False
        item = self.items[at]
        return item.entry.joins or item.kind == "dash" or (self.between and item.kind == "conjunction")

    def _number_after(self, at: int) -> int:
        """Return where the number after a joining word begins, 0 where none does."""
        at += 1
        while self.kind(at) in {"qualifier", "filler"} or (
            self.kind(at) == "article" and not self._begins_number(at)
        ):
            at += 1
        return at if self._begins_number(at) else 0

    def _qualifiers(self, start: int, end: int) -> list[Item]:
        return [item for item in self.items[start:end] if item.kind == "qualifier"]

    def _magnitude(self) -> tuple[Decimal | None, int]:
        """Return 10 000 for "tens of thousands" and "several tens of thousands", None for "several" alone."""
        end = self.at + (self.kind(self.at) == "indefinite")
        product = None
        while self.kind(end + self._links(end)) in _MULTIPLIERS:
            end += self._links(end)
            product = (product or Decimal(1)) * (self.items[end].entry.number or Decimal(100))
            end += 1
        return product, end

    def _links(self, at: int) -> int:
        return int(self.kind(at) in {"link", "filler"})

    def _is_compound(self, start: int, at: int) -> bool:
        """Whether the number is part of another word: "5th", "under-five"; "10-km" and "10km" are not."""
        if self.items[start].hyphen and self.kind(start - 1) == "qualifier":
            return True
        if at >= len(self.items) or not self.items[at].text[0].isalnum():
            return False
        item = self.items[at]
        tied = item.hyphen or (item.glued and item.kind != "unit")
        return tied and not item.entry.after and item.entry.code != "km"

    def _is_aside(self, start: int, low: Number | None, magnitude: Decimal | None) -> bool:
        """Whether this is "in several villages" after the figure: it says where, not how many."""
        alone = low is None and magnitude is None and self.kind(start) == "indefinite"
        return alone and self.found and self.kind(start - 1) in {"preposition", "link"}

    def _after(self, at: int) -> tuple[str, ...]:
        """Return the qualifier that follows a figure: "80+", "80 or more", "80, at least", "80 (approx.)"."""
        if self.kind(at) == "plus":
            more = self._begins_number(at + 1) or self._is_join(at + 1)
            return () if more else (self.items[at].entry.code,)
        while self.kind(at) in NOUNS | {"status"}:
            at += 1
        apart = (self.kind(at), self.kind(at + 2))
        bracketed = apart in {("open", "close"), ("comma", "")}
        at += bracketed
        if at >= len(self.items):
            return ()
        entry = self.items[at].entry
        code = entry.after or (entry.code if bracketed and entry.kind == "qualifier" else "")
        ends = self.kind(at + 1) in NOUNS | {"", "comma", "close", "cut", "gap", "dash", "status"}
        return (code,) if code and ends else ()


def _is_year(item: Item) -> bool:
    return len(item.text) == len("2024") and item.text[:2] in {"19", "20"} and item.text.isdigit()


def _is_day(item: Item) -> bool:
    return item.text.isdigit() and len(item.text) <= len("31") and 0 < int(item.text) <= _MONTH_DAYS


def _shared_scale(low: Number, high: Number) -> tuple[Number | None, Number | None]:
    """Return the ends of a range, the scale of the upper one shared where the lower is bare: "20 to 30 million".

    "800,000 to 1 million" shares nothing; "800 to 1 million" and "10 to 15,000" may or may not: they are not read.
    """
    if low.factor == 1 and low.value < high.lead and high.factor != 1:
        low = low._replace(value=low.value * high.factor)
    too_wide = low.value and high.value > low.value * _WIDEST_RANGE - (high.factor != 1)
    return (None, None) if too_wide or low.value > high.value else (low, high)
