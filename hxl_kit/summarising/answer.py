"""What `summarise` answers: groups with their intervals, what was left out, what was refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hxl_kit.summarising.words import plain

SHOWN = 20
"""How many ids are listed of any set of rows; the number of rows is always given."""


@dataclass(frozen=True)
class Excluded:
    """Rows that a sum leaves out, under which guard and why; `count` of them, the first ones listed."""

    guard: str
    reason: str
    rows: tuple[str, ...]
    count: int

    def as_json(self) -> dict[str, Any]:
        """Return what was left out, for JSON."""
        return {"guard": self.guard, "reason": self.reason, "rows": list(self.rows), "count": self.count}


@dataclass(frozen=True)
class Refusal:
    """A sum that was not made: under which guard, of which group and rows, why, and what to ask instead."""

    guard: str
    group: dict[str, str | None]
    rows: tuple[str, ...]
    count: int
    reason: str
    instead: str

    def as_json(self) -> dict[str, Any]:
        """Return the refusal, for JSON."""
        return {
            "guard": self.guard,
            "group": self.group,
            "rows": list(self.rows),
            "count": self.count,
            "reason": self.reason,
            "instead": self.instead,
        }


@dataclass(frozen=True)
class Statement:
    """A claim about a figure, or about the event of a figure (`about`); `counted` if the figure is in the sum."""

    id: str
    stance: str
    aspect: str
    claimant: str
    claim_id: str
    about: str
    counted: bool

    def as_json(self) -> dict[str, Any]:
        """Return the statement, for JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class Group:
    """The sum of one group.

    Attributes:
        key: the fields asked for, then what is counted.
        low, high: the interval; None where it is open, or where the sum was refused.
        value: the sum, only where every term is exact and all may be added.
        text: the interval in words.
        rows: how many figures it rests on.
        terms: their ids, where they are few.
        without_low, without_high: how many of them lack a bound; a lower bound that is missing counts as 0.
        by_convention: by the convention's id, what the lower bound gains with bounds by convention.
        unbounded: how many figures without any bound may be added, and what they say together; no part of the
            interval.
        people: by field, the codes that the counted figures are about, where they are not of everyone.
        notes: what else must be known of the sum, in sentences.
    """

    key: dict[str, str | None]
    text: str
    low: Decimal | None = None
    high: Decimal | None = None
    value: Decimal | None = None
    rows: int = 0
    terms: tuple[str, ...] = ()
    without_low: int = 0
    without_high: int = 0
    by_convention: dict[str, Decimal] = field(default_factory=dict)
    unbounded: tuple[int, Decimal] = (0, Decimal(0))
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    contested: tuple[Statement, ...] = ()
    confirmed: tuple[Statement, ...] = ()
    excluded: tuple[Excluded, ...] = ()
    notes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the group, for JSON: numbers as they are, null for an open bound."""
        number, said = self.unbounded
        return {
            **self.key,
            "low": plain(self.low),
            "high": plain(self.high),
            "value": plain(self.value),
            "text": self.text,
            "rows": self.rows,
            "terms": list(self.terms) if len(self.terms) == self.rows else self.rows,
            "terms_without_low": self.without_low,
            "terms_without_high": self.without_high,
            "convention_low": {name: plain(gain) for name, gain in self.by_convention.items()},
            "without_bounds": {"rows": number, "said": plain(said)},
            "people": {field: list(codes) for field, codes in self.people.items()},
            "contested": [s.as_json() for s in self.contested],
            "confirmed": [s.as_json() for s in self.confirmed],
            "excluded": [e.as_json() for e in self.excluded],
            "notes": list(self.notes),
        }


@dataclass(frozen=True)
class Summary:
    """The answer to a question: the groups, sorted by their keys, and what was refused.

    `split_by` are the fields that the groups are split by although they were not asked for: what is counted.
    """

    table: str
    split_by: tuple[str, ...]
    groups: tuple[Group, ...]
    refused: tuple[Refusal, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the answer, for JSON."""
        return {
            "table": self.table,
            "split_by": list(self.split_by),
            "groups": [group.as_json() for group in self.groups],
            "refused": [refusal.as_json() for refusal in self.refused],
        }
