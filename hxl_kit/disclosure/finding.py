"""What the look at disclosure finds: where, how many, and never a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

Severity = Literal["error", "warning", "info"]
Params = Mapping[str, str | int | float]
ROWS_SHOWN = 10


@dataclass(frozen=True)
class Finding:
    """A column, or a whole resource, that could tell on people.

    Attributes:
        slug: the check of `schemas/checks/disclosure.csv`.
        severity: of this finding; the check has the gravest.
        resource: the table's name.
        column: the column's name, "" where several columns together tell.
        count: how many rows or cells.
        rows: the numbers of the first of them.
        kind: what the column is about: hiv, disability, coordinates, …
        params: the values of the check's message: names of columns, counts, percentages.
    """

    slug: str
    severity: Severity
    resource: str
    column: str
    count: int
    rows: tuple[int, ...] = ()
    kind: str = ""
    params: Params = field(default_factory=dict)


def first_rows(numbers: pl.Series | Sequence[int]) -> tuple[int, ...]:
    """Return the first row numbers, in order, each once."""
    return tuple(pl.Series(numbers).unique().sort().head(ROWS_SHOWN))


class Tally:
    """How many rows a finding is about, and the first of them, counted batch by batch."""

    def __init__(self) -> None:
        self.count = 0
        self.first: tuple[int, ...] = ()

    def add(self, numbers: pl.Series) -> None:
        """Count further rows, which come in the order of the file."""
        self.count += len(numbers)
        if len(self.first) < ROWS_SHOWN:
            self.first = first_rows((*self.first, *numbers.head(ROWS_SHOWN)))
