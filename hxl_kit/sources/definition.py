"""What a source is: where its data come from, on which terms, and how its columns map to the standard."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from hxl_kit.errors import SourceMismatchError, nearest

_NAMED_COLUMNS = 6
Reshape = Callable[[pl.LazyFrame], pl.LazyFrame]
"""Turns the text frame into the rows of one table; it keeps the columns that start with `@`."""


@dataclass(frozen=True)
class TableMap:
    """How one kind of row of a table is made: canonical field name to expression.

    `where` keeps the input rows that give a row; `reshape` makes several rows of one (lists, parts).
    A table may have several maps; their rows stand together in the order of the input.
    """

    table: str
    columns: Mapping[str, pl.Expr]
    where: pl.Expr | None = None
    reshape: Reshape | None = None


@dataclass(frozen=True)
class Measure:
    """A provider's figure whose total must be the same before and after: input column, table, field.

    `where` picks the rows of the table that hold this figure, when others stand beside them.
    """

    column: str
    table: str
    field: str
    where: pl.Expr | None = None


@dataclass(frozen=True)
class Lookalike:
    """A known layout of the provider that is not this source, and what to say to who sends it."""

    columns: frozenset[str]
    message: str


@dataclass(frozen=True)
class Source:
    """A provider's dataset: identity, terms, layout and the maps to the standard's tables.

    `key` is the expression that names a row in the provider's own terms; `optional` columns may be
    missing from a layout; `reshaped` columns are read by a reshape; `not_carried` tells why a known column has no place in the standard.
    """

    id: str
    title: str
    provider: str
    url: str
    licence: str
    licence_title: str
    licence_url: str
    redistribution: str
    access: str
    source_type: str
    language: str
    terms: str
    key: pl.Expr
    maps: tuple[TableMap, ...]
    optional: frozenset[str] = frozenset()
    reshaped: frozenset[str] = frozenset()
    not_carried: Mapping[str, str] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    lookalikes: tuple[Lookalike, ...] = ()

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the source fills, each once, in the order of its maps."""
        return tuple(dict.fromkeys(m.table for m in self.maps))

    @property
    def columns(self) -> frozenset[str]:
        """Every input column that the key or a map reads; `reshaped` names those a reshape reads."""
        direct = [m for m in self.maps if m.reshape is None]
        expressions = [self.key, *(e for m in direct for e in m.columns.values())]
        conditions = [m.where for m in direct if m.where is not None]
        roots = {root for e in (*expressions, *conditions) for root in e.meta.root_names()}
        own = roots | self.reshaped | {m.column for m in self.measures}
        return frozenset(name for name in own if not name.startswith("@"))

    @property
    def required(self) -> frozenset[str]:
        """The input columns without which a file is not of this source."""
        return self.columns - self.optional

    def check_layout(self, header: tuple[str, ...]) -> None:
        """Refuse a file whose columns are not this source's.

        Raises:
            SourceMismatchError: it is a known other layout, or required columns are missing.
        """
        for lookalike in self.lookalikes:
            if lookalike.columns == frozenset(header):
                raise SourceMismatchError(f"{self.id}: {lookalike.message}")
        missing = sorted(self.required - frozenset(header))
        if missing:
            raise SourceMismatchError(self._missing_columns(missing, header))

    def _missing_columns(self, missing: list[str], header: tuple[str, ...]) -> str:
        spare = [name for name in header if name not in self.columns]
        if len(missing) == 1:
            return f"{self.id}: column '{missing[0]}' missing{nearest(missing[0], spare)}"
        if len(missing) > len(self.required) / 2:
            first = ", ".join(header[:_NAMED_COLUMNS])
            return (
                f"{self.id}: this is not {self.title}: {len(missing)} of its {len(self.required)} columns are "
                f"missing (the file's {len(header)} columns begin {first}); `hxl-kit describe FILE` says what it may be"
            )
        named = ", ".join(f"'{name}'{_hint(name, spare)}" for name in missing[:_NAMED_COLUMNS])
        more = f" and {len(missing) - _NAMED_COLUMNS} more" if len(missing) > _NAMED_COLUMNS else ""
        return f"{self.id}: {len(missing)} columns missing: {named}{more}"


def _hint(name: str, spare: list[str]) -> str:
    hint = nearest(name, spare).removeprefix("; ")
    return f" ({hint})" if hint else ""
