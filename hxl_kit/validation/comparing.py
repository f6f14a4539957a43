"""Rules that compare rows of whole tables: what is kept of each batch, and what they find in the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.guards import kept, table_rules
from hxl_kit.standard.tables import table_names
from hxl_kit.validation.report import Issue, cell_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass
class Comparison:
    """The tables that are compared, each as a few columns of its rows."""

    frames: dict[str, list[pl.DataFrame]] = field(default_factory=dict)
    headers: dict[str, Sequence[str]] = field(default_factory=dict)

    def add(self, name: str, header: Sequence[str], typed: pl.DataFrame) -> None:
        """Keep what rules compare of a batch of typed rows of a table of the standard."""
        columns = kept(name, typed.columns)
        if columns:
            self.frames.setdefault(name, []).append(typed.select(columns))
            self.headers[name] = header

    def issues(self) -> Iterator[Issue]:
        """Yield what the rules find, in the order of the tables."""
        tables = {name: self._table(name) for name in table_names() if kept(name, ())}
        for name in self.frames:
            for rule in table_rules(name):
                for row, message in rule.found(tables).select("row_number", "message").iter_rows():
                    header = self.headers[name]
                    cell = cell_address(row, header.index(rule.field) + 1) if rule.field in header else ""
                    yield Issue(rule.id, rule.severity, name, message, row, rule.field, cell)

    def _table(self, name: str) -> pl.DataFrame:
        if name in self.frames:
            return pl.concat(self.frames[name])
        return pl.DataFrame(schema={"row_number": pl.UInt32}).select(kept(name, ()))
