"""What a look at a column of cells gives: conditions, each with what it says of the cells that meet it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.checks.forms.patterns import DIGITS
from hxl_kit.checks.rule import Rule
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from hxl_kit.checks.rule import Severity


@dataclass(frozen=True)
class Found:
    """A condition on a column's cells that a check finds fault with."""

    slug: str
    severity: Severity
    violated: pl.Expr
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)

    def rule(self, column: str) -> Rule:
        """Return the rule on the cells of a column."""
        return Rule(self.slug, "", column, self.severity, self.violated, self.message, self.params)


def ascii_digits(cell: pl.Expr) -> pl.Expr:
    """Return text with the digits of Arabic, Persian and Indian scripts as 0 to 9, and the Arabic decimal mark as a point."""
    return cell.str.replace_many(*_digit_pairs())


def other_digits(cell: pl.Expr) -> Found:
    """Return the condition that a cell has digits other than 0 to 9."""
    return Found(
        "digits",
        "warning",
        cell.str.contains(DIGITS),
        N_("has digits other than 0 to 9 (Arabic, Indian, full-width)"),
    )


@cache
def _digit_pairs() -> tuple[list[str], list[str]]:
    zeros = (0x660, 0x6F0, 0x966, 0x9E6, 0xFF10)
    """Arabic, Persian, Devanagari, Bengali, full-width."""
    pairs = [("٫", "."), *((chr(zero + n), str(n)) for zero in zeros for n in range(10))]
    return [given for given, _ in pairs], [digit for _, digit in pairs]
