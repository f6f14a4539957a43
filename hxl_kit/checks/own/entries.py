"""The form of a user's rule: name, table, rule, severity, message, fix; who writes one is told all that is wrong."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, get_args

from hxl_kit.checks.own.tokens import CHARACTERS
from hxl_kit.checks.rule import Severity
from hxl_kit.errors import UsageError, nearest
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRIES = 200
EXPRESSIONS = 20_000
WORDS = 500
"""How many rules there may be, how many characters they have all together, and the longest message.

A package's rules run wherever it is validated: they must not keep a stranger's computer busy.
"""

SEVERITIES = get_args(Severity)
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
_LONGEST = {"name": 60, "severity": 60, "table": 100, "rule": CHARACTERS, "message": WORDS, "fix": WORDS}
_REQUIRED = ("name", "rule", "message")
_LINES = "\t\n\r"
_TURNING = {"RLE", "LRE", "RLO", "LRO", "PDF", "RLI", "LRI", "FSI", "PDI"}
"""Marks that show a text in another order than it is written."""


@dataclass(frozen=True)
class OwnCheck:
    """A rule that a user wrote: `rule` must hold in each row of `table`, else `message` is told.

    An empty `table` means the one table that is validated.
    """

    name: str
    rule: str
    message: str
    table: str = ""
    severity: Severity = "warning"
    fix: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the entry as descriptors carry it; empty parts are left out."""
        order = ("name", "table", "rule", "severity", "message", "fix")
        described = asdict(self)
        return {key: described[key] for key in order if described[key]}


def own_checks(raw: Any, *, table_required: bool = True) -> tuple[OwnCheck, ...]:
    """Return the rules that a list of entries states; what they say of columns is not looked at.

    Raises:
        UsageError: an entry lacks something, has an unknown key, or a value of another form; all are named at once.
    """
    if not isinstance(raw, list | tuple):
        raise UsageError("checks: is no list of rules; each begins with '- name:'")
    if len(raw) > ENTRIES:
        raise UsageError(f"checks: {len(raw)} rules; {ENTRIES} are read at most")
    required = ("table", *_REQUIRED) if table_required else _REQUIRED
    problems = [problem for number, entry in enumerate(raw) for problem in _problems(number, entry, required)]
    if not problems:
        names = [entry["name"] for entry in raw]
        problems = [
            f"checks[{number}]: the name '{name}' is there twice"
            for number, name in enumerate(names)
            if name in names[:number]
        ]
    if problems:
        raise UsageError("; ".join(problems))
    if (total := sum(len(entry["rule"]) for entry in raw)) > EXPRESSIONS:
        raise UsageError(f"checks: the rules have {total:,} characters; {EXPRESSIONS:,} are read at most")
    return tuple(OwnCheck(**entry) for entry in raw)


def _problems(number: int, entry: Any, required: tuple[str, ...]) -> Iterator[str]:
    place = f"checks[{number}]"
    if not isinstance(entry, dict):
        yield f"{place}: is no rule with name, table, rule and message"
        return
    known = OwnCheck.__match_args__
    for key in entry:
        if key not in known:
            yield f"{place}: unknown key '{shown(str(key))}'{nearest(str(key), known)}"
        elif problem := _problem(key, entry[key]):
            yield f"{place}.{key}: {problem}"
    yield from (f"{place}: '{key}' is missing" for key in required if key not in entry)


def _problem(key: str, value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "is no text, or empty (quote a text that looks like a number)"
    if len(value) > _LONGEST[key]:
        return f"is longer than {_LONGEST[key]:,} characters"
    if key == "name" and not _NAME.fullmatch(value):
        return f"'{shown(value)}' is no name: lower-case letters, digits and hyphens, at most 60"
    if key == "severity" and value not in SEVERITIES:
        return f"'{shown(value)}' is not one of {', '.join(SEVERITIES)}"
    if any(_is_hidden(character) for character in value):
        return "holds a control character, which nobody sees"
    return None


def _is_hidden(character: str) -> bool:
    if character in _LINES:
        return False
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
        or unicodedata.bidirectional(character) in _TURNING
    )
