"""Workbooks of every format: XLSX tells all of itself, the others (XLS, XLSB, ODS) their sheets and dates alone."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.reading.cells import Reader
from hxl_kit.reading.layout import Layout, Sheet
from hxl_kit.reading.ooxml import CORRUPT, Workbook, checked_archive, corrupt
from hxl_kit.reading.probing import require_loadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading.layout import Book
    from hxl_kit.reading.signatures import Content

SEARCHED_BYTES = 1 << 20
"""How much of a workbook's settings is read; what is sought stands near their beginning."""

XLS_DATES = re.compile(rb"\x8d\0\x02\0..\x22\0\x02\0([\0\x01])\0\x0e\0\x02\0", re.DOTALL)
"""The records HideObj, Date1904 and CalcPrecision, which follow one another ([MS-XLS] 2.1.7.20.3)."""

XLS_MACROS = "_VBA_PROJECT_CUR".encode("utf-16-le")
XLSB_SETTINGS = 153
"""The record BrtWbProp, whose first bit is f1904 ([MS-XLSB] 2.3.2 and 2.4.836)."""

ODS = re.compile(
    rb'<table:null-date\b[^>]*\btable:date-value="(?P<since>1904)'
    rb'|<table:table\s[^>]*?\btable:name="(?P<sheet>[^"]*)"'
    rb'|(?P<error>\bcalcext:value-type="error")',
)
"""In ODS: the day that dates count from, where a sheet begins, and error cells, whose text the reader leaves out."""

Settings = tuple[bool, Counter[str]]
"""Whether days count from 1904, and for each sheet how many error cells are left empty."""


@dataclass(frozen=True)
class OlderBook:
    """A workbook of which only the sheets, the date system and, in ODS, the error cells are known."""

    sheets: tuple[Sheet, ...]
    date_system: str
    errors: Counter[str]
    links: bool = False

    def layout(self, sheet: Sheet) -> Layout:
        """Return how many error cells the reader leaves empty; merged and hidden cells are not known."""
        return Layout(lost_errors=self.errors[sheet.name])


@contextmanager
def open_book(content: Content) -> Iterator[tuple[Book, Reader]]:
    """Yield a workbook and the reader of its cells, after a look at whether it is whole and bearable.

    Raises:
        InputError: it is corrupt, too large or protected by a password, or holds macros.
    """
    if content.kind == "xlsx":
        book = Workbook(content.label, content.file)
        with book.archive:
            yield book, Reader(content.label, content.file)
        return
    try:
        since_1904, errors = SETTINGS[content.kind](content.label, content.file)
    except CORRUPT as error:
        raise corrupt(content.label, content.kind.upper()) from error
    require_loadable(content.label, content.file)
    reader = Reader(content.label, content.file)
    sheets = tuple(Sheet(name, reader.cells(name).hidden) for name in reader.names)
    yield OlderBook(sheets, "1904" if since_1904 else "1900", errors), reader


def _xls_settings(label: str, file: Path) -> Settings:
    content = file.read_bytes()
    if XLS_MACROS in content:
        raise InputError(f"{label}: holds macros; save it as a workbook without macros (.xlsx) or as CSV")
    dates = XLS_DATES.search(content)
    return dates is not None and dates[1] == b"\x01", Counter()


def _xlsb_settings(label: str, file: Path) -> Settings:
    with checked_archive(label, file, "XLSB") as archive, archive.open("xl/workbook.bin") as part:
        settings = part.read(SEARCHED_BYTES)
    position = 0
    while position < len(settings):
        record, position = _number(settings, position)
        size, position = _number(settings, position)
        if record == XLSB_SETTINGS:
            return bool(settings[position] & 1), Counter()
        position += size
    return False, Counter()


def _number(content: bytes, position: int) -> tuple[int, int]:
    """Return the number at a position, its bytes' low 7 bits from the lowest on, and the position after it."""
    number = shift = 0
    for byte in content[position : position + 4]:
        number |= (byte & 0x7F) << shift
        position, shift = position + 1, shift + 7
        if byte < 0x80:  # noqa: PLR2004 - the high bit says that another byte follows
            break
    return number, position


def _ods_settings(label: str, file: Path) -> Settings:
    with checked_archive(label, file, "ODS") as archive, archive.open("content.xml") as part:
        text = part.read()
    since_1904, sheet = False, ""
    errors: Counter[str] = Counter()
    for match in ODS.finditer(text):
        since_1904 = since_1904 or bool(match["since"])
        sheet = unescape(match["sheet"].decode()) if match["sheet"] else sheet
        errors[sheet] += bool(match["error"])
    return since_1904, errors


SETTINGS = {"ods": _ods_settings, "xls": _xls_settings, "xlsb": _xlsb_settings}
