"""HXL tags, the patterns that select them, and the core vocabulary.

The syntax is that of the HXL 1.1 tagging conventions (hxlstandard.org/standard/1-1final/tagging):
a hashtag, then attributes, their order and white space without meaning. Patterns are those of the HXL Proxy.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache

from hxl_kit.errors import UsageError
from hxl_kit.standard import schemas

NAME = "[A-Za-z][A-Za-z0-9_]*"
TAG = re.compile(rf"(#{NAME})((?:\s*\+{NAME})*)")
PATTERN = re.compile(rf"#?({NAME}|\*)((?:\s*[+-]{NAME})*)\s*(!?)")
ATTRIBUTE = re.compile(rf"([+-])({NAME})")

UNDECOMPOSED = str.maketrans(
    {"ß": "ss", "æ": "ae", "ð": "d", "ø": "o", "þ": "th", "đ": "d", "ħ": "h", "ı": "i", "ĸ": "k", "ł": "l"}
    | {"ŋ": "ng", "œ": "oe", "ŧ": "t", "\u200b": " "},
)
"""Latin letters that Unicode does not split into a letter and an accent, and the space of no width."""


@dataclass(frozen=True)
class Tag:
    """A hashtag and its attributes, in lower case; two tags are equal whatever the order of their attributes.

    `str(tag)` is the form to display: `#affected+killed+f`.
    """

    hashtag: str
    attributes: tuple[str, ...] = field(default=(), compare=False)
    attribute_set: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        folded = tuple(attribute.lower() for attribute in self.attributes)
        object.__setattr__(self, "hashtag", self.hashtag.lower())
        object.__setattr__(self, "attributes", folded)
        object.__setattr__(self, "attribute_set", frozenset(folded))

    def __str__(self) -> str:
        return "+".join((self.hashtag, *self.attributes))

    @property
    def sorted(self) -> str:
        """The form with the attributes in alphabetical order: equal tags, equal text."""
        return "+".join((self.hashtag, *sorted(self.attributes)))


@dataclass(frozen=True)
class TagPattern:
    """Which tags to select; `hashtag` is `#*` for any, `absolute` allows no attributes but the included."""

    hashtag: str
    include: frozenset[str] = frozenset()
    exclude: frozenset[str] = frozenset()
    absolute: bool = False

    def __str__(self) -> str:
        included = "".join(f"+{attribute}" for attribute in sorted(self.include))
        excluded = "".join(f"-{attribute}" for attribute in sorted(self.exclude))
        return self.hashtag + included + excluded + "!" * self.absolute

    @property
    def wildcard(self) -> bool:
        """Whether the pattern selects any hashtag."""
        return self.hashtag == "#*"

    def matches(self, tag: Tag | None) -> bool:
        """Return whether the pattern selects a column's tag; an untagged column (None) is never selected."""
        if tag is None or not (self.wildcard or self.hashtag == tag.hashtag):
            return False
        if self.absolute:
            return tag.attribute_set == self.include
        return self.include <= tag.attribute_set and self.exclude.isdisjoint(tag.attribute_set)


def parse_tag(spec: str) -> Tag | None:
    """Return the tag that `spec` writes, or None when it is not a tag.

    White space may surround the tag and precede a `+`; a name starts with one of A-Z and goes on with those,
    digits and underscores, in any case (HXL 1.1, tagging conventions).
    """
    match = TAG.fullmatch(spec.strip())
    if match is None:
        return None
    return Tag(match[1], tuple(name for _, name in ATTRIBUTE.findall(match[2])))


def parse_cell(text: str) -> Tag | None:
    """Return the tag in a cell of a file, folded first (`＃foo`, `#fóo` are `#foo`), or None."""
    return parse_tag(fold(text))


def fold(text: str) -> str:
    """Return `text` in lower case with plain letters, signs and digits: no accents, full-width or hidden marks.

    Letters of other scripts and symbols stay as they are: nothing is transliterated.
    """
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKD", text).lower()
    return "".join(
        str(unicodedata.decimal(character, character))
        for character in folded.translate(UNDECOMPOSED)
        if unicodedata.category(character) not in ("Mn", "Me", "Cf")
    )


def parse_pattern(spec: str) -> TagPattern:
    """Return the pattern that `spec` writes: `#affected+killed-f`, `*+code`, `#date+start!`.

    Raises:
        UsageError: `spec` is not a pattern, or it has both a `-` and the `!` that makes it meaningless.
    """
    match = PATTERN.fullmatch(spec.strip())
    if match is None:
        raise UsageError(
            f"HXL: '{spec}' is not a tag pattern; write it like '#affected+killed-f' or '*+code'"
        )
    signed = ATTRIBUTE.findall(match[2].lower())
    include = frozenset(name for sign, name in signed if sign == "+")
    exclude = frozenset(name for sign, name in signed if sign == "-")
    if match[3] and exclude:
        raise UsageError(
            f"HXL: tag pattern '{spec}' ends in '!' and excludes attributes; drop the '!' or the '-'"
        )
    return TagPattern(f"#{match[1].lower()}", include, exclude, absolute=bool(match[3]))


@dataclass(frozen=True)
class CoreHashtag:
    """A hashtag of the HXL dictionary; `type` is any, number or date, attributes are without their `+`.

    `since` is the HXL release that brought it; `final` whether the final dictionary of HXL 1.1 has it.
    """

    hashtag: str
    type: str
    since: str
    status: str
    final: bool
    category: str
    vocabulary: str
    attributes: tuple[str, ...]
    later_attributes: tuple[str, ...]


@dataclass(frozen=True)
class CoreAttribute:
    """An attribute of the HXL dictionary, without its `+`, and the hashtags that it is recommended with."""

    attribute: str
    since: str
    status: str
    final: bool
    category: str
    hashtags: tuple[str, ...]


@cache
def core_hashtags() -> tuple[CoreHashtag, ...]:
    """Return the core hashtags in alphabetical order, with those proposed or rejected after HXL 1.1."""
    return tuple(
        CoreHashtag(
            hashtag=row["hashtag"],
            type=row["type"],
            since=row["since"],
            status=row["status"],
            final=row["in_1_1_final"] == "true",
            category=row["category"],
            vocabulary=row["default_vocabulary"].removeprefix("+"),
            attributes=_words(row["recommended_attributes"]),
            later_attributes=_words(row["post_1_1_attributes"]),
        )
        for row in _rows("core_hashtags.csv")
    )


@cache
def core_attributes() -> tuple[CoreAttribute, ...]:
    """Return the core attributes in alphabetical order, with those deprecated before or added after HXL 1.1."""
    return tuple(
        CoreAttribute(
            attribute=row["attribute"].removeprefix("+"),
            since=row["since"],
            status=row["status"],
            final=row["in_1_1_final"] == "true",
            category=row["category"],
            hashtags=_words(row["hashtags"]),
        )
        for row in _rows("core_attributes.csv")
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.removeprefix("+") for word in text.split())


def _rows(name: str) -> list[dict[str, str]]:
    with schemas.path_of("hxl", name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
