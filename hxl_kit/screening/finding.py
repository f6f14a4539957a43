"""What screening tells: where personal or sensitive data are, never what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Severity = Literal["error", "warning"]
Part = Literal["cells", "header", "comment", "hidden sheet", "hidden column", "property", "descriptor"]

ROWS_NAMED = 5
SHAPE_CHARACTERS = 32
_RUNS = ((re.compile(r"[^\W\d_]*[^\W\d_A-Z][^\W\d_]*|[A-Z]{4,}"), "a"), (re.compile(r"\s+"), " "))


@dataclass(frozen=True)
class Rows:
    """The rows that a finding is about: how many, and the record numbers of the first."""

    count: int = 0
    first: tuple[int, ...] = ()

    def __add__(self, other: Rows) -> Rows:
        return Rows(self.count + other.count, (self.first + other.first)[:ROWS_NAMED])


@dataclass(frozen=True)
class Finding:
    """Personal or sensitive data in one place.

    Attributes:
        slug: the check, as in `schemas/checks/screen.csv`.
        severity: "error" stops a publication, "warning" asks a person to look.
        resource: the file, with the sheet where there are several.
        column: the column as it may be shown; "" where the finding is not about one.
        rows: how many rows, and the first ones.
        kind: what was recognised, e.g. "person_name", "phone", "health".
        part: where it stands: cells, header, comment, hidden sheet, document property, …
        params: what the message is filled in with: counts, masked shapes and names of kinds alone.
    """

    slug: str
    severity: Severity
    resource: str
    column: str
    rows: Rows
    kind: str
    part: Part = "cells"
    params: Mapping[str, object] = field(default_factory=dict)


def shape_of(text: str) -> str:
    """Return how a value is built: "a" for a word, "A" for a few capitals, digits as 9, other signs as they are.

    The words' lengths do not show; no letter and no digit of the value is in it.
    """
    masked = re.sub(r"\d", "9", text[: 4 * SHAPE_CHARACTERS])
    for pattern, mark in _RUNS:
        masked = pattern.sub(mark, masked)
    masked = re.sub(r"[A-Z]", "A", masked)
    masked = "".join(c if c.isprintable() else " " for c in masked)
    return masked if len(masked) <= SHAPE_CHARACTERS else masked[: SHAPE_CHARACTERS - 1] + "…"


def commonest_shape(texts: Iterable[str]) -> str:
    """Return the shape that most of some values have; of several the first in the alphabet."""
    shapes: dict[str, int] = {}
    for text in texts:
        shape = shape_of(text)
        shapes[shape] = shapes.get(shape, 0) + 1
    return min(shapes, key=lambda shape: (-shapes[shape], shape), default="")
