"""The words of an expression, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NoReturn

from hxl_kit.errors import UsageError
from hxl_kit.reading.table import shown

Kind = Literal["number", "text", "quoted", "tag", "name", "sign", "end"]

CHARACTERS = 2_000
TOKENS = 500
"""The longest rule that is read; a long one is better written as several."""

_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>--|/\*)
  | (?P<number>[0-9][\w.]*)
  | (?P<text>'(?:[^']|'')*')
  | (?P<quoted>"(?:[^"]|"")*")
  | (?P<tag>\#[A-Za-z][A-Za-z0-9_]*(?:\+[A-Za-z][A-Za-z0-9_]*)*)
  | (?P<name>[^\W\d]\w*)
  | (?P<sign><>|!=|<=|>=|==|[-+*/%(),=<>])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_HINTS = {
    **dict.fromkeys("‘’‚“”„«»`", "write straight quotes: 'text', \"a field or tag\""),
    "'": "this quote is not closed; a quote inside a text is written twice: 'it''s'",
    '"': "this double quote is not closed",
    "#": "a hashtag is written like #affected+killed",
    ";": "a rule is one condition",
    "≤": "write <=",
    "≥": "write >=",
    "≠": "write <>",
}


@dataclass(frozen=True)
class Token:
    """A word of an expression; `at` counts characters from 1, `text` is without its quotes."""

    kind: Kind
    text: str
    at: int

    @property
    def word(self) -> str:
        """A sign, or a bare name in capitals as SQL's own words are compared; "" for what is quoted."""
        return self.text.upper() if self.kind in ("name", "sign") else ""


def refuse(at: int, problem: str) -> NoReturn:
    """Refuse an expression for what stands at a character of it.

    Raises:
        UsageError: always.
    """
    raise UsageError(f"at character {at}: {problem}")


def tokens(expression: str) -> list[Token]:
    """Return the words of an expression, and its end.

    Raises:
        UsageError: it is too long, or holds something that is no word of a rule.
    """
    if len(expression) > CHARACTERS:
        refuse(CHARACTERS + 1, f"the rule is longer than {CHARACTERS:,} characters; write several rules")
    matches = [match for match in _TOKEN.finditer(expression) if match.lastgroup != "space"]
    if len(matches) > TOKENS:
        refuse(matches[TOKENS].start() + 1, f"the rule has more than {TOKENS} words; write several rules")
    return [*map(_token, matches), Token("end", "", len(expression) + 1)]


def _token(match: re.Match[str]) -> Token:
    kind, text, at = match.lastgroup, match[0], match.start() + 1
    if kind == "comment":
        refuse(at, f"'{text}' begins a comment, which rules do not have; put a space between two signs")
    if kind == "other":
        hint = _HINTS.get(text, "it has no place in a rule")
        refuse(at, f"'{shown(text)}': {hint}")
    if kind in ("text", "quoted"):
        text = text[1:-1].replace(text[0] * 2, text[0])
    return Token(kind, text, at)  # type: ignore[arg-type] # the other groups are kinds
