"""Lists of JSON values as tables of text: objects by their keys, rows by a header; kept on disk part by part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.reading.fields import field_heading
from hxl_kit.reading.geojson import feature_record, is_feature
from hxl_kit.reading.hashtags import SEARCHED_ROWS, find_hashtag_row
from hxl_kit.reading.headings import Heading, header_above, heading, is_blank
from hxl_kit.reading.json_cells import TooManyKeysError, column, columns, text_of
from hxl_kit.reading.json_text import exactly
from hxl_kit.reading.limits import JSON_LEVELS as LEVELS
from hxl_kit.reading.table import ROW_NUMBER, BadRow, Batch, counted, numbered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hxl_kit.reading.json_cells import Column, Keys

PART_CHARACTERS = 1 << 20


class Element(NamedTuple):
    """A value of a list, its number (the first is 1) and its text."""

    number: int
    value: Any
    text: str

    def bad(self, reason: str) -> BadRow:
        """Return it as a record that cannot be read."""
        return BadRow(self.number, reason, self.text)


@dataclass(frozen=True)
class Part:
    """Some of a list's records: a file of their numbers and columns, and those that are none."""

    file: Path
    bad: tuple[BadRow, ...]


class JsonList:
    """A list of values, taken in from a stream.

    Attributes:
        size: how many values there are.
        table: what they make; None where no value is an object or a list.
    """

    def __init__(self, label: str, folder: Path) -> None:
        self.size = 0
        self.table: Objects | Rows | None = None
        self._label = label
        self._folder = folder

    def take(self, values: Iterator[tuple[Any, str]]) -> None:
        """Take in all the values.

        Raises:
            InputError: they have too many keys, are nested too deeply, or hold half a character.
        """
        for elements in self._parts(values):
            if self.table is None:
                self.table = self._begun(elements)
            if self.table is not None:
                self._add(self.table, elements)

    def _parts(self, values: Iterator[tuple[Any, str]]) -> Iterator[list[Element]]:
        elements: list[Element] = []
        characters = 0
        for value, text in values:
            self.size += 1
            elements.append(Element(self.size, value, text))
            characters += len(text)
            if characters >= PART_CHARACTERS:
                yield elements
                elements, characters = [], 0
        if elements:
            yield elements

    def _begun(self, elements: list[Element]) -> Objects | Rows | None:
        first = next((element for element in elements if isinstance(element.value, dict | list)), None)
        if first is None:
            return None
        if elements[0].number > 1:
            raise InputError(
                f"{self._label}: its first {first.number - 1} values are not records; take them out"
            )
        return Objects(self._folder) if isinstance(first.value, dict) else Rows(self._label, self._folder)

    def _add(self, table: Objects | Rows, elements: list[Element]) -> None:
        span = f"{self._label}: records {elements[0].number} to {elements[-1].number}"
        try:
            table.add(elements)
        except RecursionError as error:
            raise InputError(f"{span}: a value is nested beyond {LEVELS} levels (too deeply)") from error
        except TooManyKeysError as error:
            raise InputError(
                f"{span}: too many different keys; are they places or days? Make them values"
            ) from error
        except UnicodeEncodeError as error:
            raise InputError(
                f"{span}: a text holds half a character (a lone surrogate); get the file again"
            ) from error


class Objects:
    """Objects by their keys, those inside them with dots; a key that an object lacks is an empty cell.

    Attributes:
        features: whether any was a GeoJSON feature.
    """

    def __init__(self, folder: Path) -> None:
        self.features = False
        self._store = Store(folder)
        self._ranks: dict[Keys, int] = {}
        self._numbers: dict[Keys, int] = {}

    def add(self, elements: list[Element]) -> None:
        """Take in more."""
        whole, records, bad = self._records(elements)
        found = dict(columns(records))
        if any(cells.is_nested for cells in found.values()):
            exact = [element._replace(value=exactly(element.text)) for element in whole]
            found = dict(columns(self._records(exact)[1]))
        for keys in found:
            ".".join(keys).encode()
            self._rank(keys)
        named = {str(self._numbers[keys]): cells for keys, cells in found.items()}
        self._store.add([element.number for element in whole], named, bad)

    @property
    def keys(self) -> list[Keys]:
        """The columns, in the order in which their keys first appear, those of one object together."""
        return sorted(
            self._numbers, key=lambda keys: [self._ranks[keys[:n]] for n in range(1, len(keys) + 1)]
        )

    def heading(self, label: str) -> Heading:
        """Return the names and tags of the columns.

        Raises:
            InputError: two have the same name, or there are none.
        """
        if not self._numbers:
            raise InputError(f"{label}: {self._store.about_nothing()}")
        return field_heading(label, [".".join(keys) for keys in self.keys], self._store.first(self._columns))

    def batches(self, found: Heading) -> Iterator[Batch]:
        """Yield the records."""
        return self._store.batches(self._columns, found)

    @property
    def _columns(self) -> list[str]:
        return [str(self._numbers[keys]) for keys in self.keys]

    def _rank(self, keys: Keys) -> None:
        for depth in range(1, len(keys) + 1):
            self._ranks.setdefault(keys[:depth], len(self._ranks))
        self._numbers.setdefault(keys, len(self._numbers))

    def _records(self, elements: list[Element]) -> tuple[list[Element], list[dict[str, Any]], list[BadRow]]:
        whole, records, bad = [], [], []
        for element in elements:
            value = element.value
            if not isinstance(value, dict):
                bad.append(element.bad("is not a record"))
                continue
            if is_feature(value):
                self.features = True
                try:
                    value = feature_record(exactly(element.text))
                except ValueError as error:
                    bad.append(element.bad(str(error)))
                    continue
            whole.append(element)
            records.append(value)
        return whole, records, bad


class Rows:
    """Rows of cells under a header, a hashtag row or both, as HXL writes JSON."""

    def __init__(self, label: str, folder: Path) -> None:
        self._label = label
        self._store = Store(folder)
        self._heading: Heading | None = None

    def add(self, elements: list[Element]) -> None:
        """Take in more."""
        bad = [
            element.bad("is not a row of cells")
            for element in elements
            if not isinstance(element.value, list)
        ]
        rows = [element for element in elements if isinstance(element.value, list)]
        if any(column(element.value).is_nested for element in rows):
            rows = [element._replace(value=exactly(element.text)) for element in rows]
        if self._heading is None:
            self._heading = self._found(rows)
        first, width = self._heading.first_row, len(self._heading.names)
        rows = [element for element in rows if element.number >= first]
        bad += [
            element.bad(_about_width(element, width)) for element in rows if not _fits(element.value, width)
        ]
        rows = [element for element in rows if _fits(element.value, width)]
        cells = zip(*(element.value[:width] for element in rows), strict=True)
        named = {str(n): column(values) for n, values in enumerate(cells)}
        self._store.add(
            [element.number for element in rows], named, [row for row in bad if row.row_number >= first]
        )

    def heading(self, label: str) -> Heading:
        """Return the names and tags of the columns.

        Raises:
            InputError: there are none.
        """
        if self._heading is None or not self._heading.names:
            raise InputError(f"{label}: is empty: no row holds a cell")
        return self._heading

    def batches(self, found: Heading) -> Iterator[Batch]:
        """Yield the rows below the heading."""
        return self._store.batches([str(n) for n in range(len(found.names))], found)

    def _found(self, elements: list[Element]) -> Heading:
        rows = [list(map(text_of, element.value)) for element in elements[:SEARCHED_ROWS]]
        hashtags = find_hashtag_row(rows)
        filled = next((n for n, row in enumerate(rows) if not is_blank(row)), None)
        if filled is None:
            raise InputError(f"{self._label}: is empty: its first {counted(len(rows), 'row')} hold nothing")
        header = header_above(rows, hashtags) if hashtags else filled
        found = heading(self._label, rows, header, hashtags)
        return replace(found, first_row=elements[found.first_row - 2].number + 1)


class Store:
    """Columns of text in files of a private folder, one for each part of a table."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: list[Part] = []

    def add(self, numbers: list[int], columns: Mapping[str, Column], bad: list[BadRow]) -> None:
        """Add records, their numbers given, and those that are none."""
        file = self._folder / f"{len(list(self._folder.iterdir()))}.arrow"
        texts = [found.texts(name) for name, found in columns.items()]
        pl.DataFrame([pl.Series(ROW_NUMBER, numbers, pl.UInt32), *texts]).write_ipc(file)
        self._parts.append(Part(file, tuple(bad)))

    def first(self, columns: list[str]) -> tuple[str | None, ...]:
        """Return the cells of the list's first record, none where it cannot be read."""
        frame = self._frame(self._parts[0], columns)
        return frame.row(0)[1:] if frame.height and frame[ROW_NUMBER][0] == 1 else ()

    def about_nothing(self) -> str:
        """Return what to say where no record has a column."""
        bad = next((row for part in self._parts for row in part.bad), None)
        return (
            f"no record can be read: record {bad.row_number} {bad.reason}"
            if bad
            else "is empty: no record holds a value"
        )

    def batches(self, columns: list[str], found: Heading) -> Iterator[Batch]:
        """Yield the records below the heading."""
        for part in self._parts:
            frame = self._frame(part, columns)
            numbers = frame[ROW_NUMBER]
            frame = frame.drop(ROW_NUMBER).rename(dict(zip(columns, found.names, strict=True)))
            whole, blank = numbered(frame, numbers, found.first_row)
            yield Batch(whole, part.bad, blank)

    def _frame(self, part: Part, columns: list[str]) -> pl.DataFrame:
        frame = pl.read_ipc(part.file.read_bytes())
        absent = [pl.lit(None, pl.String).alias(name) for name in columns if name not in frame.columns]
        return frame.with_columns(absent).select(ROW_NUMBER, *columns)


def _fits(row: list[Any], width: int) -> bool:
    return len(row) == width or (len(row) > width and not any(cell not in (None, "") for cell in row[width:]))


def _about_width(element: Element, width: int) -> str:
    return f"{counted(len(element.value), 'cell')}, expected {width}"
