r"""Patterns: which ones polars' linear-time engine decides as Python's `re` does.

frictionless matches `re.compile("^PATTERN$").match(cell)`. A pattern of plain characters, classes, groups,
alternatives and counted repeats means the same in both engines when `\d`, `\w` and `\s` are written out for ASCII and
`$` is the very end: what is accepted here is accepted there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

DIGITS, WORDS, SPACES = "0-9", "A-Za-z0-9_", r" \t\n\r\x0b\x0c\x1c-\x1f"
SHORTHANDS = {r"\d": DIGITS, r"\w": WORDS, r"\s": SPACES}
TOKEN = re.compile(
    r"""(?P<shorthand>\\[dws])
      | (?P<escaped>\\[-\\.^$*+?()\[\]{}|/,:;@_=~"'<>!%&`\ ])
      | (?P<class>\[\^?(?:\\[dws]|\\[-\\.^$*+?()\[\]{}|/,:;@_]|[^\\\[\]&~])+\])
      | (?P<repeat>[*+?]\??|\{[0-9]{1,4}(?:,[0-9]{0,4})?\}\??)
      | (?P<group>\(\?:|\((?!\?)|\)|\|)
      | (?P<any>[.^$])
      | (?P<plain>[^\\\[\](){}|*+?.^$])
    """,
    re.VERBOSE,
)
SPAN = re.compile(r"(?P<what>\\d|\[0-9\]|\[A-Z\]|\[a-z\])(?:\{(?P<times>[0-9]{1,3})\})?")
ENDS = {r"\d": (48, 57), "[0-9]": (48, 57), "[A-Z]": (65, 90), "[a-z]": (97, 122)}
"""The first and the last byte of each."""


@dataclass(frozen=True)
class Span:
    """Bytes from `start` up to `stop`, each between `first` and `last`."""

    start: int
    stop: int
    first: int
    last: int


@cache
def bulk_pattern(pattern: str) -> str | None:
    """Return the pattern for polars whose every match is one for frictionless, or None when none is certain."""
    written = _written_out(pattern)
    if written is None:
        return None
    bulk = rf"\A(?:^{written}$)"
    try:
        re.compile(f"^{pattern}$")
        pl.Series([""]).str.contains(bulk)
    except (re.error, pl.exceptions.ComputeError):
        return None
    return bulk


def decided_in_bulk(pattern: str, texts: Sequence[str]) -> dict[str, bool]:
    """Return for each text of which it is certain whether frictionless finds the pattern in it.

    On one line of ASCII both engines agree in both directions; elsewhere only a match is certain.
    """
    bulk = bulk_pattern(pattern)
    if bulk is None:
        return {}
    found = pl.Series(texts, dtype=pl.String).str.contains(bulk).to_list()
    return {
        text: fits
        for text, fits in zip(texts, found, strict=True)
        if fits or (text.isascii() and "\n" not in text)
    }


@cache
def fixed_widths(pattern: str) -> tuple[Span, ...]:
    """Return the spans of a pattern that is nothing but counted digits and letters; empty for any other."""
    spans: list[Span] = []
    place = start = 0
    while place < len(pattern):
        found = SPAN.match(pattern, place)
        if not found or found["times"] == "0":
            return ()
        times = int(found["times"] or 1)
        span = ENDS[found["what"]]
        spans.append(Span(start, start + times, *span))
        place, start = found.end(), start + times
    return tuple(spans)


def _written_out(pattern: str) -> str | None:
    parts, place, before = [], 0, ""
    while place < len(pattern):
        found = TOKEN.match(pattern, place)
        if not found or _differs(found, before):
            return None
        parts.append(_part(found))
        place, before = found.end(), found.lastgroup or ""
    return "".join(parts)


def _differs(found: re.Match[str], before: str) -> bool:
    """Whether the engines read this differently: possessive repeats, set operations, "all but these digits"."""
    text = found[0]
    if found["class"]:
        return "--" in text or (text.startswith("[^") and any(short in text for short in SHORTHANDS))
    return bool(found["repeat"]) and before == "repeat"


def _part(found: re.Match[str]) -> str:
    text = found[0]
    if found["shorthand"]:
        return f"[{SHORTHANDS[text]}]"
    if found["class"]:
        return re.sub(r"\\[dws]", lambda shorthand: SHORTHANDS[shorthand[0]], text)
    if found["escaped"] and text[1] in " /,:;@_=~\"'<>!%`":
        return text[1]
    return text
