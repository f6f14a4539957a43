"""What an XLSX workbook says of itself beyond its cells: sheets, hidden parts, merged cells, links, macros."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hxl_kit.errors import InputError
from hxl_kit.files import CHUNK_BYTES

if TYPE_CHECKING:
    from pathlib import Path

SIZE_LIMIT = 2 << 30
"""Bytes that a workbook's parts may unpack to; they are held in memory."""

RATIO_LIMIT = 200
RATIO_FREE_BYTES = 100_000_000
PART_BYTES = 16 << 20
LONGEST_ELEMENT = 400

RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"

LAYOUT = re.compile(
    rb'<(?:\w+:)?(?:mergeCell\s[^>]*?ref="(?P<merged>[A-Z]+\d+:[A-Z]+\d+)"'
    rb'|(?P<what>col|row)\s[^>]*?\bhidden="(?:1|true)")',
)


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


class Workbook:
    """An XLSX file, checked: whole, of a bearable size, without macros."""

    def __init__(self, label: str, file: Path) -> None:
        self.label = label
        try:
            self.archive = zipfile.ZipFile(file)
            self._require_bearable()
            damaged = self.archive.testzip()
            self.sheets = () if damaged else self._sheets()
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            KeyError,
            ET.ParseError,
            NotImplementedError,
            ValueError,
        ) as e:
            raise self._corrupt() from e
        except RuntimeError as error:
            raise InputError(f"{label}: is encrypted; save it without a password") from error
        if damaged:
            raise self._corrupt()

    @property
    def links(self) -> bool:
        """Whether formulas refer to other workbooks."""
        return any(name.startswith("xl/externalLinks/") for name in self.archive.namelist())

    def layout(self, sheet: Sheet) -> Layout:
        """Return the merged cells of a sheet and what is hidden in it."""
        merges: dict[str, Merge] = {}
        hidden = {b"col": 0, b"row": 0}
        text = b""
        with self.archive.open(sheet.part) as part:
            while chunk := part.read(CHUNK_BYTES):
                text += chunk
                done = 0
                for match in LAYOUT.finditer(text):
                    done = match.end()
                    if match["merged"]:
                        merge = _merge(match["merged"].decode())
                        merges[merge.reference] = merge
                    else:
                        hidden[match["what"]] += 1
                text = text[max(done, len(text) - LONGEST_ELEMENT) :]
        return Layout(tuple(merges.values()), hidden[b"col"] > 0, hidden[b"row"])

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
