"""A rule: what must not be, as an expression that is true where it is, or as a look at whole tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from hxl_kit.standard.messages import say

Severity = Literal["error", "warning", "info"]
Tables = Mapping[str, pl.DataFrame]
"""Whole tables by name, reduced to the columns that rules on them compare."""

Params = Mapping[str, "str | int | float | pl.Expr"]
"""The values of a message's template: constants, or expressions on the rows that break the rule."""


@dataclass(frozen=True)
class Check:
    """What a slug stands for, in words for the people who read a report.

    Attributes:
        slug: what reports and lists call it, e.g. "stock-as-of".
        severity: the gravest that it is told with.
        message: what is said of a field that breaks it.
        reason: why it matters, in one line.
        source: the code book, standard or page that it rests on; "hxl_kit" where it is our own.
        fix: what to do about it.
    """

    slug: str
    severity: Severity
    message: str
    reason: str
    source: str
    fix: str


@dataclass(frozen=True)
class Rule:
    """A named condition on the rows of a table.

    `violated` is true in a row that breaks the rule (null counts as kept); `message` says in plain
    words what is wrong, without the cell's value: a template that `params` fill in.
    """

    id: str
    table: str
    field: str
    severity: Severity
    violated: pl.Expr
    message: str
    params: Params = dataclasses.field(default_factory=dict)

    @property
    def said(self) -> str:
        """The message in English, for rules whose parameters are constants."""
        return say(self.message, values=self.params)


@dataclass(frozen=True)
class TableRule:
    """A named condition that one row alone cannot show: it compares rows of a table, or of several.

    `found` returns the rows of `table` that break the rule, as `row_number`, a column for each parameter of the
    message, and, where it has more than one, its `message`; a group of rows that break it together is one row.
    Tables that are not there have no rows.
    """

    id: str
    table: str
    field: str
    severity: Severity
    found: Callable[[Tables], pl.DataFrame]
    message: str = ""
