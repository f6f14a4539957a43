"""The grammar of rules: from words to a tree of literals, columns and operations.

From the loosest to the tightest: OR; AND; NOT; comparisons, IS NULL, IN, BETWEEN, LIKE; + and -; *, / and %; a sign.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, NoReturn

from hxl_kit.checks.own.tokens import Token, refuse, tokens
from hxl_kit.checks.own.tree import Literal, Node, Reference, operation
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Callable

NESTING = 30
"""How deep brackets, signs and NOT may stand in each other."""

COMPARISONS = ("=", "<>", "!=", "<", "<=", ">", ">=")
RESERVED = {"AND", "OR", "NOT", "IS", "IN", "BETWEEN", "LIKE", "TRUE", "FALSE", "NULL"}
UNAVAILABLE = {
    *(
        "ALL",
        "ANY",
        "AS",
        "CASE",
        "CAST",
        "CURRENT_DATE",
        "DISTINCT",
        "ELSE",
        "END",
        "ESCAPE",
        "EXISTS",
        "FROM",
    ),
    *("GLOB", "GROUP", "HAVING", "ILIKE", "INTERVAL", "INTO", "JOIN", "LIMIT", "MATCHES", "ORDER", "OVER"),
    *("REGEXP", "RLIKE", "SELECT", "SIMILAR", "THEN", "UNION", "WHEN", "WHERE", "WITH"),
}
"""Words of SQL that are refused by their name, not as unknown fields; a field of that name is written in quotes."""

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:[eE][0-9]+)?")
_LARGEST = 2**63 - 1


def parse(expression: str) -> Node:
    """Return the tree of an expression.

    Raises:
        UsageError: it is too long or nested too deeply, has an unknown word, or is no expression.
    """
    parser = _Parser(tokens(expression))
    tree = parser.alternatives()
    parser.end()
    return tree


class _Parser:
    """Reads words one by one; each method takes the words of one level of the grammar."""

    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._next = 0
        self._nesting = 0

    @property
    def _here(self) -> Token:
        return self._words[self._next]

    def _take(self) -> Token:
        token = self._here
        self._next += token.kind != "end"
        return token

    def _taken(self, *words: str) -> Token | None:
        return self._take() if self._here.word in words else None

    def _expect(self, word: str, where: str) -> None:
        if not self._taken(word):
            _unexpected(self._here, f"expected {word} {where}")

    def end(self) -> None:
        """Refuse what stands behind a whole expression."""
        if self._here.kind != "end":
            _unexpected(self._here, "expected AND, OR, a comparison or the end of the rule")

    def alternatives(self) -> Node:
        """Take conditions of which one must hold."""
        return self._joined("OR", lambda: self._joined("AND", self._negation))

    def _joined(self, word: str, below: Callable[[], Node]) -> Node:
        at, parts = self._here.at, [below()]
        while self._taken(word):
            parts.append(below())
        return operation(at, word, *parts) if len(parts) > 1 else parts[0]

    def _negation(self) -> Node:
        if token := self._taken("NOT"):
            return operation(token.at, "NOT", self._nested(self._negation))
        return self._condition()

    def _condition(self) -> Node:
        left = self._sum()
        if token := self._taken(*COMPARISONS):
            right = self._sum()
            if again := self._taken(*COMPARISONS):
                refuse(again.at, f"'{again.text}': a comparison has two sides; join two of them with AND")
            return operation(token.at, "<>" if token.text == "!=" else token.text, left, right)
        if token := self._taken("IS"):
            negated = self._taken("NOT")
            self._expect("NULL", "after IS")
            return _negated(operation(token.at, "IS NULL", left), negated)
        negated = self._taken("NOT")
        if token := self._taken("IN", "BETWEEN", "LIKE"):
            return _negated(self._test(token, left), negated)
        if negated:
            _unexpected(self._here, "expected IN, BETWEEN or LIKE after NOT")
        return left

    def _test(self, token: Token, left: Node) -> Node:
        if token.word == "LIKE":
            return operation(token.at, "LIKE", left, self._sum())
        if token.word == "BETWEEN":
            low = self._sum()
            self._expect("AND", "between the two ends of BETWEEN")
            return operation(token.at, "BETWEEN", left, low, self._sum())
        self._expect("(", "after IN")
        return operation(token.at, "IN", left, *self._list())

    def _sum(self) -> Node:
        return self._chain(("+", "-"), lambda: self._chain(("*", "/", "%"), self._signed))

    def _chain(self, signs: tuple[str, ...], below: Callable[[], Node]) -> Node:
        node = below()
        while token := self._taken(*signs):
            node = operation(token.at, token.text, node, below())
        return node

    def _signed(self) -> Node:
        if token := self._taken("-"):
            return operation(token.at, "negative", self._nested(self._signed))
        return self._single()

    def _nested(self, inner: Callable[[], Node]) -> Node:
        self._nesting += 1
        if self._nesting > NESTING:
            refuse(self._here.at, f"nested deeper than {NESTING} levels; write several rules")
        node = inner()
        self._nesting -= 1
        return node

    def _single(self) -> Node:
        token = self._take()
        if token.word == "(":
            node = self._nested(self.alternatives)
            self._expect(")", f"for the bracket at character {token.at}")
            return node
        if token.kind in _LITERALS:
            return Literal(token.at, _LITERALS[token.kind](token))
        if token.kind in ("quoted", "tag"):
            return self._column(token)
        return self._named(token)

    def _named(self, token: Token) -> Node:
        if token.word in ("TRUE", "FALSE"):
            return Literal(token.at, token.word == "TRUE")
        if token.word == "DATE" and self._here.kind == "text":
            return Literal(token.at, day(self._take()))
        if token.kind != "name" or token.word in RESERVED | UNAVAILABLE:
            _unexpected(token, "expected a field, a value or a function")
        if self._taken("("):
            return operation(token.at, token.text.lower(), *self._nested_list())
        return Reference(token.at, token.text)

    def _column(self, token: Token) -> Node:
        minus, name = self._here, self._words[min(self._next + 1, len(self._words) - 1)]
        glued = token.kind == "tag" and minus.at == token.at + len(token.text) and name.at == minus.at + 1
        if glued and minus.word in ("-", "+") and name.kind == "name":
            refuse(minus.at, "put a tag pattern in double quotes, or spaces around a sign between two fields")
        return Reference(token.at, token.text)

    def _nested_list(self) -> tuple[Node, ...]:
        self._nesting += 1
        if self._nesting > NESTING:
            refuse(self._here.at, f"nested deeper than {NESTING} levels; write several rules")
        listed = () if self._taken(")") else self._list()
        self._nesting -= 1
        return listed

    def _list(self) -> tuple[Node, ...]:
        """Take what stands between brackets, the closing one included."""
        listed = [self.alternatives()]
        while self._taken(","):
            listed.append(self.alternatives())
        self._expect(")", "at the end of the list")
        return tuple(listed)


def _negated(node: Node, negated: Token | None) -> Node:
    return operation(negated.at, "NOT", node) if negated else node


def _unexpected(token: Token, expected: str) -> NoReturn:
    if token.kind == "end":
        refuse(
            token.at,
            f"the rule ends too soon: {expected} (in YAML, a # that is not in quotes begins a comment)",
        )
    if token.word == "NULL":
        refuse(token.at, "NULL equals nothing: write IS NULL or IS NOT NULL")
    if token.word == "==":
        refuse(token.at, "'==': write =")
    if token.word in UNAVAILABLE:
        refuse(
            token.at,
            f"{token.word} may not stand in a rule (a field of that name is written in double quotes)",
        )
    refuse(token.at, f"'{shown(token.text)}': {expected}")


def _number(token: Token) -> float:
    if not _NUMBER.fullmatch(token.text):
        refuse(token.at, f"'{shown(token.text)}' is no number; write it like 1500 or 0.25")
    value = int(token.text) if token.text.isdigit() else float(token.text)
    if value > _LARGEST or math.isinf(value):
        refuse(token.at, f"'{shown(token.text)}' is too large a number")
    return value


def day(token: Token) -> dt.date:
    """Return the date that a text writes as YYYY-MM-DD.

    Raises:
        UsageError: it is none.
    """
    problem = f"'{shown(token.text)}' is no date; write it like '2024-01-31'"
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", token.text):
        refuse(token.at, problem)
    try:
        return dt.date.fromisoformat(token.text)
    except ValueError:
        refuse(token.at, problem)


_LITERALS: dict[str, Callable[[Token], str | float]] = {"number": _number, "text": lambda token: token.text}
