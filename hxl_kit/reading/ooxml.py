"""What an XLSX workbook says of itself beyond its cells: sheets, hidden parts, merged cells, links, macros."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hxl_kit.errors import InputError
from hxl_kit.files import CHUNK_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SIZE_LIMIT = 2 << 30
"""Bytes that a workbook's parts may unpack to; they are held in memory."""

RATIO_LIMIT = 200
RATIO_FREE_BYTES = 100_000_000
PART_BYTES = 16 << 20
HELD_BYTES = 16 << 20

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

CORRUPT = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ET.ParseError, NotImplementedError, ValueError)

LAYOUT = re.compile(
    rb'<(?:\w+:)?(?:mergeCell\s[^>]*?ref="(?P<merged>[A-Z]+\d+:[A-Z]+\d+)"'
    rb'|(?P<hidden>col|row)\s[^>]*?\bhidden="(?:1|true)"'
    rb"|f(?:\s[^>]*)?(?:/>|>(?P<formula>[^<]*)</(?:\w+:)?f>)\s*(?P<unstored>(?:<v\s*/>|<v></v>)?\s*</(?:\w+:)?c>)?)",
)
LINK = re.compile(rb"\[(?:\d+|[^\]]*\.xls\w?)\]", re.IGNORECASE)


@dataclass(frozen=True)
class Sheet:
    """A worksheet: its name, whether it is hidden, and the name of its part in the file."""

    name: str
    hidden: bool
    part: str


@dataclass(frozen=True)
class Merge:
    """A range of merged cells, e.g. B1:D1; rows are counted from 1."""

    reference: str
    top: int
    bottom: int


@dataclass(frozen=True)
class Layout:
    """What of a sheet does not show in its cells."""

    merges: tuple[Merge, ...]
    hidden_columns: bool
    hidden_rows: int
    formulas: int
    unstored: int
    links: bool


class Workbook:
    """An XLSX file, checked: whole, of a bearable size, without macros."""

    def __init__(self, label: str, file: Path) -> None:
        self.label = label
        try:
            self.archive = zipfile.ZipFile(file)
            self._require_bearable()
            damaged = self.archive.testzip()
            self.sheets = () if damaged else self._sheets()
        except CORRUPT as error:
            raise self._corrupt() from error
        except RuntimeError as error:
            raise InputError(f"{label}: is encrypted; save it without a password") from error
        if damaged:
            raise self._corrupt()

    @property
    def links(self) -> bool:
        """Whether formulas refer to other workbooks."""
        return any(name.startswith("xl/externalLinks/") for name in self.archive.namelist())

    def layout(self, sheet: Sheet) -> Layout:
        """Return the merged cells of a sheet, what is hidden in it and what its formulas are."""
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
        )

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

    def _require_bearable(self) -> None:
        """Refuse macros, and parts that unpack to too much.

        Raises:
            InputError: the workbook has either.
        """
        if any(posixpath.basename(name) == "vbaProject.bin" for name in self.archive.namelist()):
            raise InputError(
                f"{self.label}: holds macros; save it as a workbook without macros (.xlsx) or as CSV"
            )
        parts = self.archive.infolist()
        size = sum(part.file_size for part in parts)
        packed = sum(part.compress_size for part in parts)
        if size > SIZE_LIMIT or size > max(RATIO_FREE_BYTES, RATIO_LIMIT * packed):
            raise InputError(
                f"{self.label}: unpacks to {size >> 20} MiB, more than {RATIO_LIMIT} times its size or "
                f"{SIZE_LIMIT >> 30} GiB, as a decompression bomb does; save the sheet as CSV if you trust it",
            )

    def _sheets(self) -> tuple[Sheet, ...]:
        parts = {
            relation.attrib["Id"]: posixpath.normpath(posixpath.join("xl", relation.attrib["Target"])).lstrip(
                "/"
            )
            for relation in self._xml("xl/_rels/workbook.xml.rels")
            if relation.attrib["Type"].endswith("/worksheet")
        }
        elements = [e for e in self._xml("xl/workbook.xml").iter() if e.tag.endswith("}sheet")]
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
            raise self._corrupt()
        return ET.fromstring(text)  # noqa: S314 - without a document type there is no entity to expand

    def _corrupt(self) -> InputError:
        return InputError(
            f"{self.label}: is cut short or corrupt (XLSX); open and save it again in a spreadsheet program"
        )


def _merge(reference: str) -> Merge:
    first, last = (int(re.sub(r"\D", "", corner)) for corner in reference.split(":"))
    return Merge(reference, first, last)
