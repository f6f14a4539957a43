"""A layout: the columns that a source's files have, and how they map to the standard's tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import column_of, integer
from hxl_kit.standard.tags import parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hxl_kit.standard.tags import Tag

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

    `where` picks the rows of the table that hold this figure, when others stand beside them; `given` the
    input rows that have it; `read` turns the input column into numbers (whole numbers if not given).
    """

    column: str
    table: str
    field: str
    where: pl.Expr | None = None
    given: pl.Expr | None = None
    read: pl.Expr | None = None

    @property
    def total(self) -> pl.Expr:
        """The total over input rows."""
        figures = integer(self.column) if self.read is None else self.read
        return (figures if self.given is None else figures.filter(self.given)).sum()


@dataclass(frozen=True)
class Lookalike:
    """A known layout of the provider that is not this source, and what to say to who sends it.

    A file is it if it has just these columns; with `others` if it has these among others.
    """

    columns: frozenset[str]
    message: str
    others: bool = False

    def is_of(self, header: Iterable[str]) -> bool:
        """Return whether a file with these columns is of this layout."""
        given = frozenset(header)
        return self.columns <= given if self.others else self.columns == given


@dataclass(frozen=True)
class Expectation:
    """What is usual in a layout's files; what is not usual is a warning, never a rejection.

    `filled` has the least share (0 to 1) of rows in which a column is filled, `ranges` the least and greatest
    number usual in a column, `rows` the least and greatest number of rows; None is no limit.
    """

    filled: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    rows: tuple[int, int | None] = (1, None)


@dataclass(frozen=True)
class Layout:
    """The columns of a source's files and the maps to the standard's tables.

    `key` is the expression that names a row in the provider's own terms; None where the provider has no key
    (rows may then repeat). Rows that agree in `near_key` are kept and told as possible repeats; `refused` gives
    the provider's own reason against a row, which rejects it. `optional` columns may be missing from a file;
    `reshaped` columns are read by a reshape, of which `numbers` and `dates` hold such; `other_names` are names
    that a column has in some files, `tagged` the hashtag that finds it where no name does; with `any_case` the
    letter case of names does not matter. `missing` are cells that say "no value"; `misread` columns hold UTF-8
    that the provider read as cp1252, which is put right. `not_carried` tells why a known column has no place in
    the standard; `personal` ones among them hold private persons and are dropped before anything is kept. With
    `every_sheet` all sheets of a workbook that have this layout are read, else one must be named. `notes` are
    said of every file, such as what this layout cannot tell.
    """

    id: str
    title: str
    key: pl.Expr | None
    maps: tuple[TableMap, ...]
    optional: frozenset[str] = frozenset()
    reshaped: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()
    dates: frozenset[str] = frozenset()
    other_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    tagged: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    not_carried: Mapping[str, str] = field(default_factory=dict)
    measures: tuple[Measure, ...] = ()
    expect: Expectation = field(default_factory=Expectation)
    notes: tuple[str, ...] = ()
    near_key: pl.Expr | None = None
    refused: pl.Expr | None = None
    personal: frozenset[str] = frozenset()
    misread: frozenset[str] = frozenset()
    any_case: bool = False
    every_sheet: bool = False

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that the layout fills, each once, in the order of its maps."""
        return tuple(dict.fromkeys(m.table for m in self.maps))

    @cached_property
    def columns(self) -> frozenset[str]:
        """Every input column that the key or a map reads; `reshaped` names those a reshape reads."""
        direct = [m for m in self.maps if m.reshape is None]
        expressions = [e for m in direct for e in m.columns.values()]
        expressions += [m.where for m in direct if m.where is not None]
        expressions += [key for key in (self.key, self.near_key, self.refused) if key is not None]
        roots = {column_of(root) for e in expressions for root in e.meta.root_names()}
        return frozenset(filter(None, roots)) | self.reshaped | {m.column for m in self.measures}

    @property
    def required(self) -> frozenset[str]:
        """The input columns without which a file is not of this layout."""
        return self.columns - self.optional

    def names_in(self, header: Sequence[str], tags: Sequence[Tag | None] = ()) -> dict[str, str]:
        """Return for each column of a file that this layout knows the name that the maps use.

        A column is found by its name, else by another name of it, else by its hashtag; a column of the file is
        taken once.
        """
        found: dict[str, str] = {}
        known = sorted(self.columns | self.not_carried.keys())
        exact = {name: name for name in header}
        self._find(found, known, exact, str)
        if self.any_case:
            self._find(found, known, {name.casefold(): name for name in reversed(header)}, str.casefold)
        by_tag = {tag: name for name, tag in zip(reversed(header), reversed(tags), strict=False) if tag}
        for name, wanted in self.tagged.items():
            tag = parse_tag(wanted)
            given = by_tag.get(tag) if tag else None
            if given is not None and given not in found and name not in found.values():
                found[given] = name
        return found

    def _find(
        self,
        found: dict[str, str],
        known: Iterable[str],
        given: Mapping[str, str],
        fold: Callable[[str], str],
    ) -> None:
        """Add the columns whose own or other name stands in `given`; own names first."""
        for place in (0, 1):
            for name in known:
                names = (name,) if place == 0 else self.other_names.get(name, ())
                column = next((given[fold(n)] for n in names if fold(n) in given), None)
                if column is not None and column not in found and name not in found.values():
                    found[column] = name
