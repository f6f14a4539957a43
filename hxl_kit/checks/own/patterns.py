"""Patterns in rules: regular expressions that the linear engine takes, and those of LIKE."""

from __future__ import annotations

import math
import re

import polars as pl

from hxl_kit.checks.own.tokens import refuse
from hxl_kit.reading.table import shown

CHARACTERS = 200
REPEATS = 1_000
"""The longest pattern, and how often its counted repetitions may repeat something, all taken together."""

_COUNTED = re.compile(r"\{(\d+)(?:,(\d*))?\}")


def pattern(at: int, text: str) -> str:
    r"""Return a regular expression as it is, searched for anywhere in a text: `^…$` holds the whole of it.

    Raises:
        UsageError: it is too long, or none of the linear kind, which knows neither look-around nor references.
    """
    if len(text) > CHARACTERS:
        refuse(at, f"the pattern is longer than {CHARACTERS} characters")
    counts = [int(most or least) for least, most in _COUNTED.findall(text)]
    if math.prod(max(count, 1) for count in counts) > REPEATS:
        refuse(at, f"the pattern repeats something more than {REPEATS:,} times")
    try:
        pl.Series([""]).str.contains(text)
    except pl.exceptions.PolarsError:
        refuse(
            at, f"'{shown(text)}' is no pattern: check its brackets; (?=…), (?!…) and \\1 are not known here"
        )
    return text


def like(_: int, text: str) -> str:
    """Return the regular expression of a LIKE pattern: % stands for any text, _ for one character."""
    parts = {"%": ".*", "_": "."}
    return rf"(?s)\A{''.join(parts.get(character) or re.escape(character) for character in text)}\z"
