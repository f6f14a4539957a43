"""A user's entries as rules on a table's rows, and what a report says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.checks.own.expressions import conditions
from hxl_kit.checks.rule import Check, Rule
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hxl_kit.checks.own.columns import Column
    from hxl_kit.checks.own.entries import OwnCheck

PREFIX = "own-"
"""What the slugs of a user's rules begin with, so that none is taken for one of ours."""


def own_rules(entries: Iterable[OwnCheck], table: str, columns: Sequence[Column]) -> tuple[Rule, ...]:
    """Return the rules on a table's rows that entries state; which table an entry names is not looked at.

    A row in which a rule is neither true nor false, as a cell that it needs is empty, keeps it.

    Args:
        entries: those of the table.
        table: what the rules are said to be of.
        columns: the columns of the typed rows.

    Raises:
        UsageError: a rule cannot be run on such columns; all such are named at once.
    """
    made: list[Rule] = []
    problems = []
    for entry in entries:
        try:
            made += _rules(entry, table, columns)
        except UsageError as error:
            problems.append(f"rule '{entry.name}': {error}")
    if problems:
        raise UsageError("; ".join(problems))
    return tuple(made)


def _rules(entry: OwnCheck, table: str, columns: Sequence[Column]) -> Iterator[Rule]:
    for condition in conditions(entry.rule, columns):
        yield Rule(
            PREFIX + entry.name,
            table,
            condition.field,
            entry.severity,
            ~condition.holds,
            _line(entry.message),
        )


def explained(entry: OwnCheck) -> Check:
    """Return what an entry's slug stands for, in the author's words."""
    return Check(
        PREFIX + entry.name,
        entry.severity,
        _line(entry.message),
        f"{entry.rule} must hold",
        "the author of the package",
        _line(entry.fix),
    )


def _line(words: str) -> str:
    return " ".join(words.split())
