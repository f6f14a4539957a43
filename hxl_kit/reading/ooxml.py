"""What an XLSX workbook says of itself beyond its cells: sheets, hidden parts, merged cells, links, macros."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hxl_kit.errors import InputError
from hxl_kit.files import CHUNK_BYTES
from hxl_kit.reading.layout import Layout, Merge, Sheet
from hxl_kit.reading.limits import MEMBERS, RATIO_FREE_BYTES, WORKBOOK_BYTES
from hxl_kit.reading.limits import RATIO as RATIO_LIMIT
from hxl_kit.reading.reach import column_number, require_dense

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PART_BYTES = 16 << 20
HELD_BYTES = 16 << 20

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

CORRUPT = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    LookupError,
    ET.ParseError,
    NotImplementedError,
    ValueError,
)

LAYOUT = re.compile(
    rb'<(?:\w+:)?(?:mergeCell\s[^>]*?ref="(?P<merged>[A-Z]+\d+:[A-Z]+\d+)"'
    rb'|(?P<hidden>col|row)\s[^>]*?\b(?:hidden="(?:1|true)"|(?:width|ht)="0(?:\.0+)?")'
    rb"|f(?:\s[^>]*)?(?:/>|>(?P<formula>[^<]*)</(?:\w+:)?f>)\s*(?P<unstored>(?:<v\s*/>|<v></v>)?\s*</(?:\w+:)?c>)?)",
)
SHEET_PART = re.compile(r"xl/worksheets/[^/]+\.xml")
PROLOGUE_BYTES = 1 << 16
SAMPLE_BYTES = 1 << 20
SHARED = "xl/sharedStrings.xml"
NUMERIC = re.compile(rb"\s*-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?\s*")
TEXT_CELL = re.compile(
    rb'<c r="(?P<column>[A-Z]+)(?P<row>[0-9]+)"[^>]*?\bt="(?P<kind>s|str|inlineStr)"[^>]*>'
    rb"(?:<is>\s*<t[^>]*>|<v>)(?P<text>[^<]*)<"
)
MACROS = ("Basic/", "xl/macrosheets/")
LINK = re.compile(rb"\[(?:\d+|[^\]]*\.xls\w?)\]", re.IGNORECASE)


class Workbook:
    """An XLSX file, checked: whole, of a bearable size, without macros."""

    def __init__(self, label: str, file: Path) -> None:
        self.label = label
        self.archive = checked_archive(label, file, "XLSX")
        require_no_entities(label, self.archive)
        try:
            book = self._xml("xl/workbook.xml")
            self.sheets = self._sheets(book)
            self.date_system = _date_system(book)
        except CORRUPT as error:
            raise corrupt(label, "XLSX") from error

    @property
    def links(self) -> bool:
        """Whether formulas refer to other workbooks."""
        return any(name.startswith("xl/externalLinks/") for name in self.archive.namelist())

    def layout(self, sheet: Sheet) -> Layout:
        """Return the merged cells of a sheet, what is hidden in it and what its formulas are.

        Raises:
            InputError: a few cells reach so far that readers, which hold every cell of the reach, would fail.
        """
        if sheet.part not in self.archive.namelist():
            raise corrupt(self.label, "XLSX")
        require_dense(self.label, sheet.name, self.archive, sheet.part)
        merges: dict[str, Merge] = {}
        count = Counter[str]()
        for match in self._elements(sheet):
            if match["merged"]:
                merge = _merge(match["merged"].decode())
                merges[merge.reference] = merge
            elif match["hidden"]:
                count[match["hidden"].decode()] += 1
            else:
                count["unstored" if match["unstored"] else "formula"] += 1
                count["link"] += bool(LINK.search(match["formula"] or b""))
        return Layout(
            tuple(merges.values()),
            hidden_columns=count["col"] > 0,
            hidden_rows=count["row"],
            formulas=count["formula"],
            unstored=count["unstored"],
            links=count["link"] > 0,
            text_numbers=self.text_numbers(sheet),
        )

    def text_numbers(self, sheet: Sheet) -> tuple[str, ...]:
        """Return the columns, by letter, in whose first cells below the first row numbers are stored as text."""
        texts = self._numeric_texts()
        with self.archive.open(sheet.part) as part:
            head = part.read(SAMPLE_BYTES)
        found = {
            m["column"].decode()
            for m in TEXT_CELL.finditer(head)
            if m["row"] != b"1"
            and (m["text"] in texts if m["kind"] == b"s" else NUMERIC.fullmatch(m["text"]))
        }
        return tuple(sorted(found, key=lambda letters: (len(letters), letters)))

    def _numeric_texts(self) -> set[bytes]:
        """Return the positions, as they are written, of the first shared texts that are numbers."""
        if SHARED not in self.archive.namelist():
            return set()
        with self.archive.open(SHARED) as part:
            items = part.read(SAMPLE_BYTES).split(b"<si>")[1:]
        plain = (re.sub(rb"<[^>]*>", b"", item) for item in items)
        return {b"%d" % n for n, text in enumerate(plain) if NUMERIC.fullmatch(text)}

    def _elements(self, sheet: Sheet) -> Iterator[re.Match[bytes]]:
        """Yield what `LAYOUT` finds in a sheet's part, of which a little is held at a time."""
        text = b""
        with self.archive.open(sheet.part) as part:
            while chunk := part.read(CHUNK_BYTES):
                text += chunk
                whole = text.rfind(b"<", 0, 1 + max(text.rfind(b"row "), text.rfind(b"mergeCell ")))
                end = max(whole, len(text) - HELD_BYTES)
                if end > 0:
                    yield from LAYOUT.finditer(text, 0, end)
                    text = text[end:]
        yield from LAYOUT.finditer(text)

    def _sheets(self, book: ET.Element) -> tuple[Sheet, ...]:
        parts = {
            relation.attrib["Id"]: posixpath.normpath(posixpath.join("xl", relation.attrib["Target"])).lstrip(
                "/"
            )
            for relation in self._xml("xl/_rels/workbook.xml.rels")
            if relation.attrib["Type"].endswith("/worksheet")
        }
        elements = [e for e in book.iter() if e.tag.endswith("}sheet")]
        described = ((e.attrib, e.get(RELATION) or e.get(STRICT_RELATION) or "") for e in elements)
        return tuple(
            Sheet(attributes["name"], attributes.get("state", "visible") != "visible", parts[relation])
            for attributes, relation in described
            if relation in parts
        )

    def _xml(self, part: str) -> ET.Element:
        """Return a small part parsed; a document type, and so an entity, is refused."""
        with self.archive.open(part) as stream:
            text = stream.read(PART_BYTES)
        if b"<!DOCTYPE" in text or len(text) == PART_BYTES:
            raise corrupt(self.label, "XLSX")
        return ET.fromstring(text)  # noqa: S314 - without a document type there is no entity to expand


def checked_archive(label: str, file: Path, kind: str) -> zipfile.ZipFile:
    """Return the parts of a workbook, which is whole, of a bearable size and without macros; `kind` is told.

    Raises:
        InputError: it is not.
    """
    try:
        archive = zipfile.ZipFile(file)
        require_bearable_archive(label, archive)
        damaged = archive.testzip()
    except CORRUPT as error:
        raise corrupt(label, kind) from error
    except RuntimeError as error:
        raise InputError(f"{label}: is encrypted; save it without a password") from error
    if damaged:
        raise corrupt(label, kind)
    return archive


def require_bearable_archive(label: str, archive: zipfile.ZipFile) -> None:
    """Refuse macros, and parts that unpack to too much.

    Raises:
        InputError: the workbook has either.
    """
    names = archive.namelist()
    if any(posixpath.basename(name) == "vbaProject.bin" or name.startswith(MACROS) for name in names):
        raise InputError(f"{label}: holds macros; save it as a workbook without macros (.xlsx) or as CSV")
    parts = archive.infolist()
    size = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > MEMBERS:
        raise InputError(f"{label}: has more than {MEMBERS:,} parts; save the sheet as CSV")
    if size > WORKBOOK_BYTES or size > max(RATIO_FREE_BYTES, RATIO_LIMIT * packed):
        raise InputError(
            f"{label}: unpacks to {size >> 20} MiB, more than {RATIO_LIMIT} times its size or "
            f"{WORKBOOK_BYTES >> 30} GiB, as a decompression bomb does; save the sheet as CSV if you trust it",
        )


def require_bearable_sheets(label: str, archive: zipfile.ZipFile) -> None:
    """Refuse sheets that reach too far, and parts with a document type, whose entities could expand.

    Raises:
        InputError: there is one.
    """
    require_no_entities(label, archive)
    for name in archive.namelist():
        if SHEET_PART.match(name):
            require_dense(label, posixpath.basename(name), archive, name)


def require_no_entities(label: str, archive: zipfile.ZipFile) -> None:
    """Refuse parts with a document type, in whatever encoding: its entities expand, or name files.

    Raises:
        InputError: there is one.
    """
    for name in archive.namelist():
        if not name.endswith((".xml", ".rels")):
            continue
        with archive.open(name) as part:
            head = part.read(PROLOGUE_BYTES).replace(b"\0", b"")
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise InputError(
                f"{label}: a part has a document type, which declares XML entities, as an XML bomb does; "
                "save it again as XLSX"
            )


def corrupt(label: str, kind: str) -> InputError:
    """Return the error that a workbook's parts are not as they should be."""
    return InputError(
        f"{label}: is cut short or corrupt ({kind}); open and save it again in a spreadsheet program"
    )


def _date_system(book: ET.Element) -> str:
    settings = next((e for e in book.iter() if e.tag.endswith("}workbookPr")), None)
    return "1904" if settings is not None and settings.get("date1904") in ("1", "true") else "1900"


def _merge(reference: str) -> Merge:
    (left, top), (right, bottom) = (_cell(corner) for corner in reference.split(":"))
    return Merge(reference, top, bottom, left, right)


def _cell(name: str) -> tuple[int, int]:
    """Return the column of a cell, from 0, and its row, from 1."""
    letters = name.rstrip("0123456789")
    return column_number(letters.encode()), int(name.removeprefix(letters))
