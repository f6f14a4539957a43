"""Texts outside a table's cells: each is looked at for what is personal wherever it stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.reading.table import shown
from hxl_kit.screening.columns import SLUGS
from hxl_kit.screening.finding import Finding, Part, Rows, Severity, shape_of
from hxl_kit.screening.names import is_full_name
from hxl_kit.screening.profile import DAY
from hxl_kit.screening.values import kinds_in, name_in
from hxl_kit.screening.words import plain, vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WARNINGS = frozenset({"role_email", "picture", "profile_link"})
LETTERED = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){1,3}")
NAME_WORDS = 12
UNNAMED = frozenset({"email", "phone", "role_email"})


def safe_name(name: str, otherwise: str) -> str:
    """Return a name from a file as it may be shown; one that holds an address, a person or a sentence is `otherwise`."""
    told = is_of_data(name) or bool(name_in(name)) or len(name.split()) > NAME_WORDS
    return otherwise if told else shown(name)


def is_of_data(name: str) -> bool:
    """Return whether a header or a sheet's name is a value: an address, a phone, a person's name, a day.

    One such header means that the first row of a file is of its data.
    """
    if kinds_in(name) & UNNAMED or DAY.fullmatch(name.strip()):
        return True
    lettered = LETTERED.fullmatch(name.strip()) is not None and is_full_name(name)
    return lettered and not any(word in vocabulary() for word in plain(name).split())


def in_text(text: str, resource: str, place: str, part: Part, rows: Rows | None = None) -> Iterator[Finding]:
    """Yield what a text holds; `place` is told as the column."""
    for kind in sorted(kinds_in(text)):
        yield _finding(kind, "warning" if kind in WARNINGS else "error", text, resource, place, part, rows)
    if name_in(text):
        yield _finding("named_person", "warning", text, resource, place, part, rows)


def in_texts(texts: Iterable[str], resource: str, place: str, part: Part) -> Iterator[Finding]:
    """Yield what some texts of one place hold, each kind once with its count."""
    found: dict[str, list[Finding]] = {}
    for text in texts:
        for finding in in_text(text, resource, place, part):
            found.setdefault(finding.kind, []).append(finding)
    for findings in found.values():
        first = findings[0]
        params = {**first.params, "count": len(findings)}
        yield Finding(first.slug, first.severity, resource, place, Rows(), first.kind, part, params)


def _finding(
    kind: str, severity: Severity, text: str, resource: str, place: str, part: Part, rows: Rows | None
) -> Finding:
    params = {"count": 1, "shape": shape_of(text)}
    return Finding(SLUGS[kind], severity, resource, place, rows or Rows(), kind, part, params)
