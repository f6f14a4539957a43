"""What a layout's files usually are like, held against the file that came."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.sources.layout import Expectation


@dataclass
class Tally:
    """Counts over the batches of one table what its `Expectation` speaks about."""

    expected: Expectation
    rows: int = 0
    filled: dict[str, int] = field(default_factory=dict)
    outside: dict[str, int] = field(default_factory=dict)

    def add(self, text: pl.DataFrame) -> None:
        """Count a batch of tidy text."""
        self.rows += text.height
        filled = text.select(pl.col(name).count() for name in self.expected.filled if name in text.columns)
        self._count(self.filled, filled)
        ranges = {name: limits for name, limits in self.expected.ranges.items() if name in text.columns}
        numbers = {name: pl.col(name).cast(pl.Float64, strict=False) for name in ranges}
        self._count(
            self.outside,
            text.select(_beyond(numbers[name], *limits).sum().alias(name) for name, limits in ranges.items()),
        )

    def unexpected(self) -> Iterator[tuple[str, str]]:
        """Yield a rule and, in plain words, what is not as usual."""
        least, greatest = self.expected.rows
        if self.rows < least or (greatest is not None and self.rows > greatest):
            usual = f"at least {least:,}" if greatest is None else f"{least:,} to {greatest:,}"
            yield "expected-rows", f"{self.rows:,} rows; usual are {usual}"
        for name, share in self.expected.filled.items():
            if self.rows and self.filled.get(name, 0) < share * self.rows:
                found = self.filled.get(name, 0) / self.rows
                yield (
                    "expected-filled",
                    f"{name} is filled in {found:.0%} of the rows; usual are at least {share:.0%}",
                )
        for name, count in self.outside.items():
            if count:
                yield "expected-range", f"{name} is outside the usual range in {count:,} rows"

    def _count(self, counts: dict[str, int], found: pl.DataFrame) -> None:
        for name in found.columns:
            counts[name] = counts.get(name, 0) + int(found[name][0] or 0)


def _beyond(number: pl.Expr, least: float | None, greatest: float | None) -> pl.Expr:
    below = pl.lit(False) if least is None else number < least
    return below | (pl.lit(False) if greatest is None else number > greatest)
