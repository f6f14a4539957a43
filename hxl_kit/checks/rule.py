"""A rule: what must not be, as an expression that is true where it is, or as a look at whole tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

Severity = Literal["error", "warning", "info"]
Tables = Mapping[str, pl.DataFrame]
"""Whole tables by name, reduced to the columns that rules on them compare."""


@dataclass(frozen=True)
class Rule:
    """A named condition on the rows of a table.

    `violated` is true in a row that breaks the rule (null counts as kept); `message` says in plain
    words what is wrong, without the value.
    """

    id: str
    table: str
    field: str
    severity: Severity
    violated: pl.Expr
    message: str


@dataclass(frozen=True)
class TableRule:
    """A named condition that one row alone cannot show: it compares rows of a table, or of several.

    `found` returns the rows of `table` that break the rule, as `row_number` and `message`; a group of rows
    that break it together is one row. Tables that are not there have no rows.
    """

    id: str
    table: str
    field: str
    severity: Severity
    found: Callable[[Tables], pl.DataFrame]
