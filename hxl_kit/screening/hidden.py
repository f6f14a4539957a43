"""Which columns of a sheet are hidden: what is in them leaves with the file all the same."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.files import require_plain_file
from hxl_kit.reading.books import open_book
from hxl_kit.reading.ooxml import checked_archive
from hxl_kit.reading.scratch import unpacked

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.reading.table import TableText

HEAD = 1 << 18
"""How much of a sheet is read: its columns are described before its cells."""

HIDDEN = re.compile(rb"<(?:\w+:)?col\s[^>]*?>")
HIDES = re.compile(rb'\bhidden="(?:1|true)"|\bwidth="0+(?:\.0*)?"')
FIRST = re.compile(rb'<(?:\w+:)?dimension\s[^>]*?ref="([A-Z]+)\d')
LAST_COLUMN = 1 << 14


def hidden_columns(path: Path, sheet: str) -> tuple[int, ...]:
    """Return the columns, from 1, that are hidden in a sheet of an XLSX workbook; in other formats it is not known.

    Raises:
        InputError: the file cannot be read.
    """
    return _hidden(_head(path, sheet))


def hidden_names(text: TableText) -> frozenset[str]:
    """Return the names of a table's columns that are hidden in its sheet.

    Raises:
        InputError: the file cannot be read.
    """
    if text.format != "xlsx" or text.sheet is None:
        return frozenset()
    head = _head(text.path, text.sheet)
    first = _first_column(head)
    numbers = {number - first for number in _hidden(head)}
    return frozenset(name for number, name in enumerate(text.header) if number in numbers)


def _head(path: Path, sheet: str) -> bytes:
    with unpacked(require_plain_file(path)) as content:
        if content.kind != "xlsx":
            return b""
        with open_book(content) as (book, _), checked_archive(content.label, content.file, "XLSX") as archive:
            part = next((found.part for found in book.sheets if found.name == sheet), "")
            if not part:
                return b""
            with archive.open(part) as file:
                return file.read(HEAD).partition(b"sheetData")[0]


def _hidden(head: bytes) -> tuple[int, ...]:
    return tuple(sorted({n for element in HIDDEN.findall(head) for n in _range(element)}))


def _range(element: bytes) -> range:
    """Return the columns that an element hides, or makes so narrow that they are; none where it does not say which."""
    hides = HIDES.search(element)
    first, last = (re.search(rb'\b%s="(\d{1,6})"' % name, element) for name in (b"min", b"max"))
    return range(int(first[1]), min(int(last[1]), LAST_COLUMN) + 1) if hides and first and last else range(0)


def _first_column(head: bytes) -> int:
    """Return the number of the sheet's first column that holds anything: a table's columns are counted from it."""
    first = FIRST.search(head)
    number = 0
    for letter in first[1] if first else b"A":
        number = 26 * number + letter - ord("A") + 1
    return number
