"""What is done to cells before the map reads them; every cell that becomes another is told.

White space, words that say "no value", error cells and rows of totals are looked at in every batch. Numbers
and dates are looked at only where the map could not read one: they may be written in another way.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import DECIDED, THOUSANDS_OR_PARTS, column_of, kind_of, plain_number, single_root
from hxl_kit.normalise.acceptance import REJECTED
from hxl_kit.normalise.dates import decide_order, read_date
from hxl_kit.normalise.numerals import decide_marks, read_number
from hxl_kit.normalise.repairs import NO_VALUE, Repair
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from hxl_kit.normalise.dates import Order
    from hxl_kit.normalise.numerals import Marks
    from hxl_kit.sources.layout import Layout

Batches = Callable[[], Iterator[pl.DataFrame]]
"""Reads a table from its first row anew, under the names that the layout uses."""

_ERROR = r"^\s*#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|GETTING_DATA|ERROR!|SPILL!|CALC!)\s*$"
_FIRST_COLUMNS = 3
_MISREAD = r"[\u{C2}-\u{F4}][\u{80}-\u{BF}\u{152}-\u{192}\u{2C6}-\u{2DC}\u{2013}-\u{2122}\u{20AC}]"
_MISREAD_RULE = "UTF-8 read as cp1252"
_NUMBER = r"^\s*[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?\s*$"
_PLAIN = {
    "integer": r"^\s*[-+]?[0-9]+\s*$",
    "number": _NUMBER,
    "count": _NUMBER,
    "date": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T]00:00.*)?\s*$",
}
_RULES = {**dict.fromkeys(("integer", "number", "count"), "number layout"), "date": "date layout"}


@dataclass(frozen=True)
class Odd:
    """The distinct cells of a column that are not plain, and whether plain ones (with decimal points) stand beside."""

    cells: tuple[str, ...]
    plain: bool
    points: bool


@dataclass
class Conventions:
    """How one table writes numbers and dates: decided per column from all of its rows, when first asked for."""

    batches: Batches
    date_system: str = ""
    date_order: Order | None = None
    _odd: dict[str, Odd] = field(default_factory=dict)
    _marks: dict[str, Marks | None] = field(default_factory=dict)
    _orders: dict[str, Order | None] = field(default_factory=dict)

    def read(self, column: str, kind: str, cells: pl.Series, kinds: Mapping[str, str]) -> dict[str, str]:
        """Return the plain form of those of the cells that can be read without guessing.

        Raises:
            SourceMismatchError: the column's dates do not tell which of day and month comes first.
        """
        if not self._odd:
            self._odd = survey(self.batches(), kinds)
        odd = self._odd.get(column, Odd((), plain=False, points=False))
        if kind == "date":
            order = self._order(column, odd)
            read = {cell: read_date(cell, order, self.date_system) for cell in cells}
        else:
            # People and things are whole, unless the column shows that it has parts of them.
            whole = kind == "integer" or (kind == "count" and not odd.points)
            marks = self._marks.setdefault(column, decide_marks(odd.cells, whole=whole, points=odd.points))
            read = {cell: read_number(cell, marks, whole=kind == "integer") for cell in cells}
            if kind == "count":
                read = {cell: _decided(plain) for cell, plain in read.items()}
        return {cell: plain for cell, plain in read.items() if plain is not None}

    def _order(self, column: str, odd: Odd) -> Order | None:
        if self.date_order is not None:
            return self.date_order
        if column not in self._orders:
            self._orders[column] = decide_order(column, odd.cells, others=odd.plain)
        return self._orders[column]


def survey(batches: Iterator[pl.DataFrame], kinds: Mapping[str, str]) -> dict[str, Odd]:
    """Return the cells of each column of numbers or dates that are not in plain form, from all batches."""
    cells: dict[str, set[str]] = {name: set() for name in kinds}
    plain, points = set[str](), set[str]()
    for batch in batches:
        for name in kinds.keys() & set(batch.columns):
            filled = batch[name].drop_nulls()
            is_plain = _is_plain(filled, kinds[name])
            cells[name].update(filled.filter(~is_plain).str.strip_chars().unique().to_list())
            if is_plain.any():
                plain.add(name)
                if name not in points and filled.filter(is_plain).str.contains(".", literal=True).any():
                    points.add(name)
    return {name: Odd(tuple(found), name in plain, name in points) for name, found in cells.items()}


def _decided(plain: str | None) -> str | None:
    """Return a number whose point is known to begin decimals in a form that says so: 1.234 as 1.234e0."""
    return f"{plain}{DECIDED}" if plain and re.fullmatch(THOUSANDS_OR_PARTS, plain) else plain


def _is_plain(cells: pl.Series, kind: str) -> pl.Series:
    plain = cells.str.contains(_PLAIN[kind])
    return plain & ~cells.str.strip_chars().str.contains(THOUSANDS_OR_PARTS) if kind == "count" else plain


def kinds_of(layout: Layout) -> dict[str, str]:
    """Return "integer", "number", "count" or "date" for the columns that a layout's direct maps read as such, and those it names."""
    found: dict[str, str] = {
        **dict.fromkeys(layout.numbers, "number"),
        **dict.fromkeys(layout.dates, "date"),
    }
    for m in layout.maps:
        for expr in m.columns.values() if m.reshape is None else ():
            root, kind = single_root(expr), kind_of(expr)
            if root in layout.columns and kind in _PLAIN:
                found[str(root)] = str(kind)
    return found


@dataclass(frozen=True)
class Prepared:
    """A batch whose cells were looked at: what was repaired, and rows that cannot be taken (row_number, reason)."""

    frame: pl.DataFrame
    repairs: tuple[Repair, ...]
    faults: pl.DataFrame


def without_words_for_nothing(frame: pl.DataFrame, layout: Layout) -> Prepared:
    """Return the batch with null for every cell that says "no value" in this layout's words."""
    nothing = pl.DataFrame(schema=REJECTED)
    if not layout.missing:
        return Prepared(frame, (), nothing)
    columns = [name for name in frame.columns if name in layout.columns]
    held = frame.select(pl.col(name).is_in(layout.missing).any() for name in columns).row(0)
    found = [name for name, holds in zip(columns, held, strict=True) if holds]
    repairs = tuple(Repair(name, NO_VALUE, pl.col(f"@no value:{name}"), pl.col(name)) for name in found)
    emptied = [pl.when(~pl.col(name).is_in(layout.missing)).then(pl.col(name)).alias(name) for name in found]
    kept = frame.with_columns(pl.col(name).alias(f"@no value:{name}") for name in found)
    return Prepared(kept.with_columns(emptied), repairs, nothing)


def read_rightly(frame: pl.DataFrame, columns: frozenset[str]) -> tuple[pl.DataFrame, tuple[Repair, ...]]:
    """Return the batch with UTF-8 that was read as cp1252 put right in the columns, and what was repaired."""
    repairs = []
    for name in sorted(columns & set(frame.columns)):
        odd = frame[name].drop_nulls().unique()
        odd = odd.filter(odd.str.contains(_MISREAD))
        right = {cell: read for cell in odd if (read := _as_utf8(cell)) is not None}
        if right:
            before = f"@{_MISREAD_RULE}:{name}"
            frame = frame.with_columns(pl.col(name).alias(before), pl.col(name).replace(right))
            repairs.append(Repair(name, _MISREAD_RULE, pl.col(before), pl.col(name)))
    return frame, tuple(repairs)


def _as_utf8(cell: str) -> str | None:
    """Return the text whose UTF-8 bytes read as cp1252 give the cell, or None."""
    try:
        return b"".join(_byte(character) for character in cell).decode("utf-8")
    except UnicodeError:
        return None


def _byte(character: str) -> bytes:
    """Return the byte of a character in cp1252, in which the five bytes without one stand for themselves."""
    return bytes([ord(character)]) if "\x80" <= character <= "\x9f" else character.encode("cp1252")


def totals_and_errors(frame: pl.DataFrame, suspects: tuple[str, ...]) -> pl.DataFrame:
    """Return row_number and reason for rows of totals, and for rows with an error cell in one of the columns.

    A row is one of totals if one of its first cells says so and nothing else (schemas/words/totals.csv).
    """
    first = [name for name in frame.columns if not name.startswith("@")][:_FIRST_COLUMNS]
    lists = [pl.DataFrame(schema=REJECTED)]
    if first:
        says = pl.any_horizontal(pl.col(name).str.to_lowercase().is_in(_totals()) for name in first)
        message = "a row of totals, which would count its rows again"
        lists.append(frame.filter(says).select(row_number="@row", reason=pl.lit(message)))
    for name in suspects:
        message = f"{name} holds a spreadsheet's error, not a value"
        faulty = frame.filter(pl.col(name).str.contains(_ERROR))
        lists.append(faulty.select(row_number="@row", reason=pl.lit(message)))
    return pl.concat(lists)


def reread(
    frame: pl.DataFrame, columns: tuple[str, ...], kinds: Mapping[str, str], conventions: Conventions
) -> tuple[pl.DataFrame, tuple[Repair, ...]]:
    """Return the batch with the columns' odd numbers and dates in plain form, and what was repaired.

    Raises:
        SourceMismatchError: a column's dates do not tell which of day and month comes first.
    """
    repairs = []
    for name in columns:
        rule, kind = _RULES[kinds[name]], kinds[name]
        distinct = frame[name].drop_nulls().unique()
        odd = distinct.filter(~_is_plain(distinct, kind))
        read = conventions.read(name, kind, odd, kinds)
        if read:
            before = f"@{rule}:{name}"
            frame = frame.with_columns(pl.col(name).alias(before), pl.col(name).replace(read))
            now = pl.col(name)
            new = plain_number(now.cast(pl.Float64, strict=False)) if kind == "count" else now
            repairs.append(Repair(name, rule, pl.col(before), new))
    return frame, tuple(repairs)


@cache
def _totals() -> tuple[str, ...]:
    with schemas.path_of("words", "totals.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["words"] for row in csv.DictReader(file))


def is_error(cell: str) -> bool:
    """Return whether a cell is what a spreadsheet shows for a formula that failed."""
    return re.match(_ERROR, cell) is not None


def input_columns(layout: Layout) -> tuple[str, ...]:
    """Return the columns whose cells are also wanted as received (`mapping.words`)."""
    roots = {root for m in layout.maps for e in m.columns.values() for root in e.meta.root_names()}
    return tuple(sorted({str(column_of(root)) for root in roots if root.startswith("@words:")}))
