"""HXL schemas: tables whose `#valid_*` columns say what another table must be like.

The hashtags are those of the HXL Proxy's validation schemas, as libhxl 5.2.2 reads them; `docs/hxl.md` lists where
this differs.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError, UsageError, nearest
from hxl_kit.hxl_schema.cell_tests import (
    DATATYPES,
    Datatype,
    DateOrder,
    OneOf,
    Range,
    Regex,
    Whitespace,
    require_expression,
)
from hxl_kit.hxl_schema.cells import visible
from hxl_kit.hxl_schema.column_tests import ConsistentType, Correlation, Outliers, Spelling
from hxl_kit.hxl_schema.dates import read_date
from hxl_kit.hxl_schema.finding import Said
from hxl_kit.hxl_schema.part import Column, columns_of, selected
from hxl_kit.hxl_schema.row_tests import Required, UniqueRow, UniqueValue
from hxl_kit.reading import open_table
from hxl_kit.reading.paths import is_safe_path
from hxl_kit.reading.table import ROW_NUMBER, listed, shown
from hxl_kit.standard.messages import N_
from hxl_kit.standard.schemas import path_of
from hxl_kit.standard.tags import TagPattern, fold, parse_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hxl_kit.hxl_schema.finding import Severity
    from hxl_kit.hxl_schema.testing import Test
    from hxl_kit.reading.table import TableText

NOT_FETCHED = N_(
    "is not checked against the list {list}: it is not fetched; save it beside the schema and name the file there"
)
NO_LIST_COLUMN = N_(
    "is not checked against the list {list}: it has no column {tags}; name the column in #valid_value+target_tag"
)
UNREADABLE_LIST = N_("is not checked against the list {list}: {why}")

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
YES, NO = ("y", "yes", "t", "true", "1"), ("n", "no", "f", "false", "0")
LIST_MARK = re.compile(r"\s*\|\s*")


@dataclass(frozen=True)
class HxlRule:
    """A row of a schema for one tag pattern: `tests` is what it asks; `unread` says why a list could not be read."""

    pattern: TagPattern
    severity: Severity
    description: str
    tests: tuple[Test, ...]
    row_number: int
    unread: Said | None = None


@dataclass(frozen=True)
class HxlSchema:
    """A schema's name for messages, and its rules in order."""

    label: str
    rules: tuple[HxlRule, ...]


def read_schema(table: TableText, *, lists: Mapping[str, Path] | None = None) -> HxlSchema:
    """Return the schema that a tagged table holds.

    Args:
        table: a table with the column `#valid_tag`; rows without one are no rules.
        lists: local files for lists of values that the schema names by address. No list is fetched: one that is
            neither here nor a file beside the schema is told as a finding, and its test is left out.

    Raises:
        InputError: the table is no schema, or a row of it cannot be understood; the message names the row.
    """
    columns = columns_of(table)
    label = str(table.path)
    if not selected(columns, (parse_pattern("#valid_tag"),)):
        raise InputError(f"{label}: is no HXL schema: no column has the hashtag #valid_tag")
    reader = SchemaRow.of(columns, label, table.path, lists or {})
    rules: list[HxlRule] = []
    for batch in table.batches():
        for record in batch.bad:
            raise InputError(
                f"{label}: row {record.row_number}: {record.reason}; fill it to the table's width"
            )
        for cells in batch.frame.iter_rows(named=True):
            rules += reader(cells).rules()
    return HxlSchema(label, tuple(rules))


@cache
def core_schema() -> HxlSchema:
    """Return the schema for tables that bring none: dates, numbers, outliers, spellings, types, white space.

    Source: libhxl 5.2.2's default schema, which is in the public domain.
    """
    with open_table(path_of("hxl", "core_schema.csv")) as table:
        return read_schema(table)


@dataclass(frozen=True)
class SchemaRow:
    """A row of a schema's table: what it says under a tag pattern."""

    columns: tuple[Column, ...]
    label: str
    path: Path
    lists: Mapping[str, Path]
    cells: Mapping[str, str | None]

    @classmethod
    def of(cls, columns: tuple[Column, ...], label: str, path: Path, lists: Mapping[str, Path]) -> SchemaRow:
        """Return an empty row of a schema."""
        return cls(columns, label, path, lists, {})

    def __call__(self, cells: Mapping[str, str | None]) -> SchemaRow:
        """Return a row with these cells."""
        return SchemaRow(self.columns, self.label, self.path, self.lists, cells)

    @property
    def place(self) -> str:
        """The schema and the row, for messages."""
        return f"{self.label}: row {self.cells[ROW_NUMBER]}"

    def text(self, pattern: str) -> str:
        """Return the first filled cell under a tag pattern, "" without one."""
        cells = (
            self.cells[column.name] or "" for column in selected(self.columns, (parse_pattern(pattern),))
        )
        return next((cell for cell in cells if cell.strip()), "")

    def folded(self, pattern: str) -> str:
        """Return the first filled cell under a tag pattern, folded."""
        return " ".join(fold(self.text(pattern)).split())

    def yes(self, pattern: str) -> bool:
        """Return whether the cell says yes; an empty one says no.

        Raises:
            InputError: it says neither.
        """
        said = self.folded(pattern)
        if said and said not in YES + NO:
            raise InputError(f"{self.place}: {pattern} is '{shown(said)}'; write true or false")
        return said in YES

    def count(self, pattern: str) -> int | None:
        """Return the cell as a count, None where it is empty.

        Raises:
            InputError: it is no whole number.
        """
        said = self.folded(pattern)
        if said and not re.fullmatch(r"[+-]?\d{1,9}", said):
            raise InputError(f"{self.place}: {pattern} is '{shown(said)}'; write a whole number")
        return int(said) if said else None

    def patterns(self, text: str) -> tuple[TagPattern, ...]:
        """Return the tag patterns in a list with commas.

        Raises:
            InputError: one is no pattern.
        """
        try:
            return tuple(parse_pattern(spec) for spec in text.split(",") if spec.strip())
        except UsageError as error:
            raise InputError(f"{self.place}: {error}") from error

    def rules(self) -> list[HxlRule]:
        """Return a rule for each tag pattern of the row."""
        said = self.folded("#valid_severity") or "error"
        if said not in SEVERITIES:
            raise InputError(f"{self.place}: severity '{shown(said)}' is unknown{nearest(said, SEVERITIES)}")
        severity = next(known for known in SEVERITIES if known == said)
        number = int(self.cells[ROW_NUMBER] or 0)
        rules = []
        for pattern in self.patterns(self.text("#valid_tag")):
            values, unread = self._listed(pattern)
            tests = (*self._on_cells(), *self._on_columns(), *values)
            rules.append(HxlRule(pattern, severity, self.text("#description").strip(), tests, number, unread))
        return rules

    def _on_cells(self) -> Iterator[Test]:
        """Yield the tests of rows and single cells."""
        if self.yes("#valid_required-min-max"):
            yield Required(1, None)
        least, most = self.count("#valid_required+min"), self.count("#valid_required+max")
        if least is not None or most is not None:
            yield Required(least, most)
        if datatype := self.folded("#valid_datatype-consistent"):
            if datatype not in DATATYPES:
                raise InputError(
                    f"{self.place}: datatype '{shown(datatype)}' is unknown{nearest(datatype, DATATYPES)}; known are {', '.join(DATATYPES)}"
                )
            yield Datatype(datatype)
            if datatype == "date":
                yield DateOrder()
        low, high = self.text("#valid_value+min"), self.text("#valid_value+max")
        if low or high:
            self._require_one_day(low, high)
            yield Range(low or None, high or None)
        if self.yes("#valid_value+whitespace"):
            yield Whitespace()
        if expression := self.text("#valid_value+regex"):
            require_expression(expression, self.place)
            yield Regex(expression, self._case)

    def _require_one_day(self, *bounds: str) -> None:
        """Refuse a bound that may be two days."""
        for bound in bounds:
            read = read_date(" ".join(fold(bound).split()))
            if read and read.other:
                raise InputError(
                    f"{self.place}: '{shown(bound)}' may be {read.text} or {read.other.text}; write the one that is meant"
                )

    def _on_columns(self) -> Iterator[Test]:
        """Yield the tests of whole columns."""
        if self.yes("#valid_value+spelling"):
            yield Spelling(self._case)
        if self.yes("#valid_unique-key"):
            yield UniqueValue()
        if key := self.text("#valid_unique+key"):
            yield UniqueRow(() if self.folded("#valid_unique+key") in YES else self.patterns(key))
        if others := self.text("#valid_correlation"):
            yield Correlation(self.patterns(others))
        if self.yes("#valid_datatype+consistent"):
            yield ConsistentType()
        if self.yes("#valid_value+outliers"):
            yield Outliers()
        if values := self.text("#valid_value+list"):
            yield OneOf(tuple(LIST_MARK.split(values)), self._case)

    @property
    def _case(self) -> bool:
        return self.yes("#valid_value+case")

    def _listed(self, pattern: TagPattern) -> tuple[tuple[Test, ...], Said | None]:
        """Return the test of a list in another file, or why the list could not be read."""
        address = self.text("#valid_value+url").strip()
        if not address:
            return (), None
        named: dict[str, str | int] = {"list": shown(address)}
        path = self._local(address)
        if path is None:
            return (), Said(NOT_FETCHED, named)
        wanted = self.patterns(self.text("#valid_value+target_tag")) or (pattern,)
        try:
            values = _values(path, wanted)
        except InputError as error:
            return (), Said(UNREADABLE_LIST, {**named, "why": str(error)})
        if values is None:
            return (), Said(NO_LIST_COLUMN, {**named, "tags": listed([str(tag) for tag in wanted])})
        return (OneOf(values, self._case),), None

    def _local(self, address: str) -> Path | None:
        """Return the file that holds a list; None for one that is not named, and not beside the schema."""
        if address in self.lists:
            return self.lists[address]
        folder = self.path.parent
        if ":" in address or not is_safe_path(address) or not _is_inside(folder, folder / address):
            return None
        return folder / address


def _is_inside(folder: Path, path: Path) -> bool:
    """Return whether a path stays in a folder, links followed."""
    return path.resolve().is_relative_to(folder.resolve())


def _values(path: Path, wanted: tuple[TagPattern, ...]) -> tuple[str, ...] | None:
    """Return the different values in the columns of a file that the patterns select; None if they select none."""
    with open_table(path) as table:
        columns = columns_of(table)
        names = [column.name for column in selected(columns, wanted)]
        if not names:
            return None
        cells = [batch.frame[name] for batch in table.batches() for name in names]
        values = pl.concat(cells).unique(maintain_order=True) if cells else pl.Series(dtype=pl.String)
        return tuple(values.filter(visible(values)))
