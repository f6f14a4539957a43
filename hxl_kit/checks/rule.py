"""A rule: what must not be, as an expression that is true where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

Severity = Literal["error", "warning", "info"]


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
