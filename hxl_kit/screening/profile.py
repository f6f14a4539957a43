"""The shape of a column: what a sample of its values is like, and which rows are filled."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from hxl_kit.screening.names import is_full_name, is_name, is_surname
from hxl_kit.screening.values import looks_like_phone
from hxl_kit.screening.words import has, listed, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from hxl_kit.screening.finding import Rows
    from hxl_kit.standard.tags import Tag

NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*")
DAY = re.compile(
    r"(?:1[89]|20)\d\d[-/.]?\d\d?[-/.]?\d\d?(?:[T ].*)?|\d\d?[-/. ](?:\d\d?|[^\W\d]{3,9}\.?)[-/. ,]+(?:(?:1[89]|20)?\d\d)"
)
PRECISE = re.compile(
    r"[\[(]?[+-]?\d{1,3}\.\d{3,}(?:[ ,;]+[+-]?\d{1,3}\.\d{3,}(?:[ ,;]+-?\d+(?:\.\d+)?)*)?[\])]?"
)
DIALLED = re.compile(r"\(?\d{2,5}\)?(?:[ -]\d{2,5}){1,4}")
COUNT = re.compile(r"0|[1-9]\d{0,3}")
ACRONYM = re.compile(r"[A-Z][A-Z0-9-]{1,6}")
POINT = re.compile(
    r"\d{6}(?:\.\d+)?[ ,;]+\d{7}(?:\.\d+)?|[\[(]?[+-]?\d{1,2}\.\d{3,}[ ,;]+[+-]?\d{1,3}\.\d{3,}(?:[ ,;]+-?\d+(?:\.\d+)?)*[\])]?"
)
NAME = re.compile(r"[^\W\d_][^\W\d_.'’-]*(?:[ ,]+[^\W\d_][^\W\d_.'’-]*){1,4}")


@dataclass(frozen=True)
class Column:
    """A column and what was seen of it.

    Attributes:
        name: its header, as in the file.
        label: its header as it may be shown.
        tag: its HXL tag.
        field: the field of the standard or of a known source that it is; "" for any other.
        sample: some of its values, as many times as they stand in the sampled rows.
        filled: the rows with a value.
        hits: for each kind of personal value found in cells, the rows, and their shape.
    """

    name: str
    label: str
    tag: Tag | None
    field: str
    sample: tuple[str, ...] = ()
    filled: Rows | None = None
    hits: dict[str, tuple[Rows, str]] = dataclasses.field(default_factory=dict)

    @cached_property
    def distinct(self) -> float:
        """The share of the sampled values that differ, 0 to 1."""
        return len(set(self.sample)) / len(self.sample) if self.sample else 0.0

    @cached_property
    def is_text(self) -> bool:
        """Whether most values have letters, and are more than yes and no."""
        return self.share(lambda text: any(c.isalpha() for c in text) and not is_yes_no(text)) >= MOST

    @cached_property
    def answers(self) -> tuple[str, ...]:
        """The values that are more than yes, no, none or not known."""
        return tuple(text for text in self.sample if not is_yes_no(text))

    @cached_property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return self.share(lambda text: NUMBER.fullmatch(text) is not None) >= NEARLY_ALL

    @cached_property
    def is_yes_no(self) -> bool:
        """Whether the values are answers such as yes and no, also as 0 and 1."""
        return self.share(is_yes_no) >= NEARLY_ALL

    @cached_property
    def is_day(self) -> bool:
        """Whether most values are dates with their day."""
        return self.share(lambda text: DAY.fullmatch(text) is not None) >= MOST

    @cached_property
    def is_code(self) -> bool:
        """Whether most values have a digit, and are no dates, sentences or yes and no."""
        return not self.is_yes_no and self.share(is_code) >= MOST

    @cached_property
    def is_age(self) -> bool:
        """Whether the values are whole numbers of an age's size."""
        return self.share(lambda text: text.strip().isdecimal() and int(text) <= OLDEST) >= NEARLY_ALL

    @cached_property
    def is_sex(self) -> bool:
        """Whether the values name a sex."""
        return self.share(lambda text: text.strip().lower() in listed("sex")) >= MOST

    @cached_property
    def is_phone(self) -> bool:
        """Whether most values could be dialled, and differ."""
        return self.distinct >= MOST and self.share(looks_like_phone) >= MOSTLY

    @cached_property
    def is_small_number(self) -> bool:
        """Whether the values are numbers that may as well be counts: of four digits at most."""
        return self.share(lambda text: COUNT.fullmatch(text.strip()) is not None) >= NEARLY_ALL

    @cached_property
    def is_long_number(self) -> bool:
        """Whether the values are numbers of as many digits each as a phone or an identity card has."""
        lengths = [len(digits) for text in self.sample if (digits := re.sub(r"[ .()+-]", "", text)).isdigit()]
        long = [length for length in lengths if length in LONG_DIGITS]
        return len(long) >= NEARLY_ALL * len(self.sample) and max(long) - min(long) <= LENGTHS_APART

    @cached_property
    def is_round(self) -> bool:
        """Whether half the values are round numbers, as amounts and estimates are."""
        return self.share(lambda text: text.strip().endswith(("00", "000"))) >= MOST

    @cached_property
    def is_dialled(self) -> bool:
        """Whether the values are groups of digits as phone numbers are written."""
        if self.distinct < MOST or not LEAST_DIALLED <= self.digits <= MOST_DIALLED:
            return False
        return self.share(lambda text: DIALLED.fullmatch(text.strip()) is not None) >= MOSTLY

    @cached_property
    def is_point(self) -> bool:
        """Whether the values are latitude and longitude in one cell, to three decimals."""
        return self.share(lambda text: POINT.fullmatch(text.strip()) is not None) >= MOST

    @cached_property
    def is_precise_place(self) -> bool:
        """Whether most values are degrees with at least three decimals: some hundred metres."""
        return self.share(lambda text: PRECISE.fullmatch(text.strip()) is not None) >= MOST

    @cached_property
    def is_names(self) -> bool:
        """Whether most values are two to five words of letters, and nearly all differ."""
        return (
            self.distinct >= MOSTLY
            and self.share(lambda text: NAME.fullmatch(text.strip()) is not None) >= MOSTLY
        )

    @cached_property
    def named(self) -> float:
        """The share of the values that are people's names as they are known, 0 to 1."""
        return self.share(is_name)

    @cached_property
    def fully_named(self) -> float:
        """The share of the values that are people's names of two words or more, 0 to 1."""
        return self.share(is_full_name)

    @cached_property
    def is_bodies(self) -> bool:
        """Whether half the values are names or acronyms of organisations, offices or places."""
        return self.share(_is_body) >= MOST

    @cached_property
    def is_surnames(self) -> bool:
        """Whether most values are single words that end as family names do."""
        return self.share(is_surname) >= MOST

    @cached_property
    def is_people(self) -> bool:
        """Whether the values are names of people, whatever the header says: full ones, or given names alone."""
        if len(self.sample) < FEW or (self.distinct < MOST and self.named < NEARLY_ALL):
            return False
        given_alone = self.named >= NEARLY_ALL and self.words < FULL_WORDS and self.distinct >= MOST
        return self.fully_named >= MOST or given_alone

    @cached_property
    def is_birth(self) -> bool:
        """Whether the values are days that lie as far apart as births do: decades, and none of them lately only."""
        years = [int(year[0]) for text in self.sample if (year := YEAR.search(text))]
        return self.is_day and len(years) >= FEW and max(years) - min(years) >= GENERATION

    @cached_property
    def is_capitalised(self) -> bool:
        """Whether nearly all values are words of which each begins with a capital."""
        return self.share(_is_capitalised) >= NEARLY_ALL

    @cached_property
    def words(self) -> float:
        """How many words a value has, on average."""
        return sum(len(text.split()) for text in self.sample) / max(len(self.sample), 1)

    @cached_property
    def digits(self) -> float:
        """How many digits a value has, on average."""
        return sum(sum(c.isdigit() for c in text) for text in self.sample) / max(len(self.sample), 1)

    def share(self, holds: Callable[[str], bool]) -> float:
        """Return the share of the sampled values of which something holds, 0 to 1."""
        return sum(map(holds, self.sample)) / len(self.sample) if self.sample else 0.0


YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d")
FEW = 3
FULL_WORDS = 1.5
GENERATION = 18
LEAST_DIALLED, MOST_DIALLED = 7, 13
LONG_DIGITS = range(7, 17)
LENGTHS_APART = 2
MOST = 0.5
MOSTLY = 0.7
NEARLY_ALL = 0.9
OLDEST = 120
CODE_CHARACTERS = 40


def is_yes_no(text: str) -> bool:
    """Return whether a value is an answer such as yes, no, or not known."""
    return text.strip().lower() in listed("answer")


def _is_body(text: str) -> bool:
    acronym = ACRONYM.fullmatch(text.strip()) is not None and not is_name(text)
    return acronym or has("organ", "value", plain(text))


def is_code(text: str) -> bool:
    """Return whether a value has a digit, and is no date and no sentence."""
    return (
        any(c.isdigit() for c in text)
        and len(text) <= CODE_CHARACTERS
        and DAY.fullmatch(text.strip()) is None
    )


def _is_capitalised(text: str) -> bool:
    words = text.replace("-", " ").split()
    return bool(words) and all(word[0].isupper() for word in words)
