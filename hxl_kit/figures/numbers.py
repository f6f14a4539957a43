"""Number words and digits put together to numbers.

Nothing is guessed: a form that two conventions read differently is no number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.figures.lexicon import Item, Lexicon

_LINKED = frozenset({"add", "article", "half", "hundred", "scale", "dual"})
_HUNDRED = 100
_TEN = 10


class Number(NamedTuple):
    """A number read: `lead` times `factor` where it was written so ("2.5 million"), `rough` for "a dozen"."""

    value: Decimal
    lead: Decimal
    factor: Decimal = Decimal(1)
    rough: bool = False
    year: bool = False


def compose(
    items: Sequence[Item], start: int, lexicon: Lexicon, *, conjunctions: bool = True
) -> tuple[Number | None, int]:
    """Return the number that begins at `start`, None if its words do not go together, and where it ends."""
    run, at = _Run(lexicon.tens_after_ones), start
    while at < len(items):
        linked = conjunctions and at > start and items[at].kind == "conjunction"
        following = at + linked
        if following >= len(items) or not run.take(items[following], linked=linked):
            break
        at = following + 1
    clashes = at < len(items) and items[at].kind in NUMERIC
    return (None if clashes else run.number(items[start:at])), max(at, start + 1)


NUMERIC = frozenset(
    {"digits", "unclear", "whole", "add", "hundred", "scale", "collective", "plural", "bound", "dual"}
)
"""The kinds of items that say a number on their own."""


@dataclass
class _Run:
    """A number under construction: finished thousands in `total`, the part before the next scale in `part`."""

    tens_after_ones: bool
    total: Decimal = field(default=Decimal(0))
    part: Decimal | None = None
    in_digits: bool = False
    last_scale: Decimal = field(default=Decimal(0))
    lead: Decimal | None = None
    rough: bool = False
    closed: bool = False
    linked: bool = False

    def take(self, item: Item, *, linked: bool) -> bool:
        """Add the item if it continues the number."""
        rule = getattr(self, f"_take_{item.kind}", None)
        if self.closed or rule is None or (linked and item.kind not in _LINKED):
            return False
        self.linked = linked
        taken = bool(rule(item.entry.number))
        self.rough |= taken and item.entry.rough
        return taken

    def number(self, items: Sequence[Item]) -> Number | None:
        """Return the number, None if its last part is digits that no scale follows ("5 thousand 20")."""
        if not items or (self.total and self.part is not None and self.in_digits):
            return None
        value = self.total + (self.part or 0)
        plain = len(items) == 1 and items[0].kind == "digits" and items[0].text.isdigit()
        year = plain and len(items[0].text) == len("2024") and items[0].text[:2] in {"19", "20"}
        lead = self.lead or value
        return Number(value, lead, value / lead if self.lead else Decimal(1), self.rough, year)

    def _take_article(self, number: Decimal | None) -> bool:
        """Take "a" in "a hundred"; the "un" of "cent un", which is the number one as well."""
        begins = self.part is None and not self.total and not self.linked
        if number is None or begins:
            return begins and self._begin(Decimal(1))
        return self._take_add(number)

    def _take_digits(self, number: Decimal) -> bool:
        self.in_digits = self._begin(number)
        return self.in_digits

    def _take_whole(self, number: Decimal) -> bool:
        return not self.total and self._begin(number)

    def _begin(self, number: Decimal) -> bool:
        if self.part is not None:
            return False
        self.part, self.lead = number, None
        return True

    def _take_add(self, number: Decimal) -> bool:
        if self.part is None:
            return self._begin(number)
        if self.in_digits or not self._fits(self.part, number):
            return False
        self.part, self.lead = self.part + number, None
        return True

    def _fits(self, part: Decimal, number: Decimal) -> bool:
        """Whether the number fills empty places: "twenty" + "five", Arabic "five" + "and twenty"."""
        places = _TEN ** len(str(number))
        if number and part >= places and part % places == 0:
            return True
        ones_then_tens = self.tens_after_ones and self.linked and number < _HUNDRED and number % _TEN == 0
        return ones_then_tens and 0 < part % _HUNDRED < _TEN

    def _take_hundred(self, _number: None) -> bool:
        if self.part is None:
            self.part = Decimal(_HUNDRED)
            return True
        if self.linked or self.part != int(self.part) or not 0 < self.part < _HUNDRED:
            return self.linked and self._take_add(Decimal(_HUNDRED))
        return self._multiply(Decimal(_HUNDRED))

    def _take_scale(self, number: Decimal) -> bool:
        if self.last_scale == number or (self.linked and self.part is not None):
            return False
        if self.part is None:
            self.part = Decimal(0 if self.last_scale and number > self.last_scale else 1)
        else:
            self._lead()
        if number > self.last_scale > 0:  # "mil millones": what was read so far counts the larger scale
            self.total, self.part = (self.total + self.part) * number, None
        else:
            self.total, self.part = self.total + self.part * number, None
        self.last_scale, self.in_digits = number, False
        return True

    def _take_collective(self, number: Decimal) -> bool:
        self.rough = not self.linked and not self.total
        if self.rough:
            self.part = self.part if self.part is not None else Decimal(1)
            self._multiply(number)
            self.in_digits = False
        return self.rough

    def _take_plural(self, number: Decimal) -> bool:
        """Take "тысячи" after "две" as a scale, "dozens" after "two" as a collective."""
        if self.part is None and not self.total:
            return False
        rule = self._take_collective if number < _TEN * _HUNDRED else self._take_scale
        return rule(number)

    def _take_bound(self, number: Decimal) -> bool:
        """Take Arabic "ألفا", a thousand after a number and two thousand on its own."""
        return self.part is not None and self._take_scale(number)

    def _take_dual(self, number: Decimal) -> bool:
        """Take Arabic "ألفان", two thousand in one word."""
        return self.part is None and self._begin(Decimal(2)) and self._take_scale(number)

    def _take_half(self, number: Decimal | None) -> bool:
        """Take "and a half" of what was read; "and half a million" only after millions."""
        half = Decimal("0.5")
        if number is not None and (self.part is not None or self.last_scale != number):
            return False
        if self.part is not None:
            self.part += half
        elif self.last_scale:
            self.total, self.lead, self.closed = self.total + self.last_scale * half, None, True
        return self.part is not None or self.closed

    def _multiply(self, factor: Decimal) -> bool:
        self._lead()
        self.part = (self.part or Decimal(0)) * factor
        return True

    def _lead(self) -> None:
        """Keep what stands before the first multiplier: a range shares it ("20 to 30 million")."""
        self.lead = self.part if self.lead is None and not self.total else self.lead
