"""The guards of the data model: what a Table Schema cannot say, and what must not be added (`schemas/guards.csv`)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from hxl_kit.errors import require_known
from hxl_kit.standard import schemas


@dataclass(frozen=True)
class Guard:
    """A guard: its number ("G4"), what it asks, why, what to do instead, and whose rule it is."""

    guard: str
    title: str
    why: str
    instead: str
    source: str


@cache
def guards() -> tuple[Guard, ...]:
    """Return the guards in the order of their numbers."""
    with schemas.path_of("guards.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Guard(**row) for row in csv.DictReader(file))


def guard(number: str) -> Guard:
    """Return a guard by its number, e.g. "G4".

    Raises:
        UsageError: there is no such guard.
    """
    known = {found.guard: found for found in guards()}
    require_known("guard", number, tuple(known))
    return known[number]


@dataclass(frozen=True)
class Nesting:
    """Two values of a field of which the first lies within, or overlaps, the second: both are not added (G7)."""

    field: str
    part: str
    whole: str
    source: str


@cache
def nestings(field: str) -> tuple[Nesting, ...]:
    """Return the values of a field that lie within another one (`schemas/nesting.csv`)."""
    with schemas.path_of("nesting.csv").open(encoding="utf-8", newline="") as file:
        return tuple(Nesting(**row) for row in csv.DictReader(file) if row["field"] == field)
