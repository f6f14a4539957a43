"""What a workbook holds beside its visible tables: hidden and other sheets, comments, properties, cached data, pictures."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file
from hxl_kit.reading import open_tables
from hxl_kit.reading.books import open_book
from hxl_kit.reading.ooxml import CORRUPT, checked_archive, corrupt, require_no_entities
from hxl_kit.reading.scratch import unpacked
from hxl_kit.screening.finding import Finding, Part, Rows
from hxl_kit.screening.table import screen_table
from hxl_kit.screening.texts import in_text, in_texts, safe_name

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading.cells import Reader
    from hxl_kit.reading.layout import Sheet
    from hxl_kit.reading.signatures import Content

BOOKS = frozenset({"xlsx", "xls", "xlsb", "ods"})
ZIPPED = frozenset({"xlsx", "ods"})
COMMENTS = re.compile(r"xl/(?:comments\d*|comments/comment\d*|threadedComments/[^/]+)\.xml")
PROPERTIES = re.compile(r"docProps/(?:core|app|custom)\.xml|meta\.xml|xl/persons/[^/]+\.xml")
ASIDE = re.compile(
    r"xl/(?:drawings|pivotCache|externalLinks|tables|charts)/[^/]+\.xml|xl/connections\.xml|customXml/[^/]+\.xml"
)
PICTURES = re.compile(r"(?i)(?:xl/media|Pictures)/.+\.(?:jpe?g|png|heic|tiff?|bmp)")
PEOPLE = frozenset({"creator", "initial-creator", "lastModifiedBy", "manager", "person"})
PROGRAMS = re.compile(
    r"(?i)openpyxl|xlsxwriter|apache poi|libreoffice|openoffice|microsoft|excel|user|admin|owner|python|sheetjs|epplus"
    r"|windows|aspose|xuri|excelize|epplus|closedxml|spire|unknown|author|\br\b|ocha|unhcr|iom|hdx"
)
"""Makers of files that are programs, organisations, or names that a program gives."""

NUMBERED = re.compile(r"[A-Z]+(\d+)")
CELL_KINDS = 40_000


def screen_workbook(path: Path, resource: str = "") -> Iterator[Finding]:
    """Yield what a workbook holds beside the tables that `open_tables` gives; nothing for other files.

    Args:
        path: the file.
        resource: what the findings call it; its name if not given.

    Raises:
        InputError: the file cannot be read.
    """
    with unpacked(require_plain_file(path)) as content:
        if content.kind not in BOOKS:
            return
        label = resource or safe_name(path.name, "file")
        yield from _other_sheets(path, content, label)
        if content.kind in ZIPPED:
            yield from _parts(content, label)
        else:
            yield _unseen(label, content.kind)


def _other_sheets(path: Path, content: Content, label: str) -> Iterator[Finding]:
    """Yield what is found in the sheets that are not read: hidden ones, and those that tell about the data."""
    try:
        with open_tables(path) as tables:
            read = {table.sheet for table in tables}
    except InputError:
        read = set()
    with open_book(content) as (book, reader):
        for number, sheet in enumerate(book.sheets, 1):
            if sheet.name not in read:
                place = f"{label}:{safe_name(sheet.name, f'sheet {number}')}"
                yield from _in_sheet(path, reader, sheet, place)


def _in_sheet(path: Path, reader: Reader, sheet: Sheet, place: str) -> Iterator[Finding]:
    part: Part = "hidden sheet" if sheet.hidden else "cells"
    try:
        with open_tables(path, sheet=sheet.name) as tables:
            for table in tables:
                for finding in screen_table(table, resource=place):
                    yield dataclasses.replace(finding, part=part)
    except InputError:
        cells = reader.cells(sheet.name).frame
        texts = (
            text for column in cells.iter_columns() for text in column.drop_nulls().unique().head(CELL_KINDS)
        )
        yield from in_texts((str(text) for text in texts), place, "", part)


def _parts(content: Content, label: str) -> Iterator[Finding]:
    """Yield what is found in the parts of a zipped workbook that hold no cells.

    Raises:
        InputError: a part is corrupt.
    """
    with checked_archive(content.label, content.file, content.kind.upper()) as archive:
        require_no_entities(content.label, archive)
        try:
            for name in sorted(archive.namelist()):
                yield from _in_part(archive, name, label)
            yield from _pictures(archive, label)
            if content.kind == "ods":
                yield from _annotations(archive, label)
        except CORRUPT as error:
            raise corrupt(content.label, content.kind.upper()) from error


def _in_part(archive: zipfile.ZipFile, name: str, label: str) -> Iterator[Finding]:
    if COMMENTS.fullmatch(name):
        yield from _comments(_root(archive, name), label)
    elif PROPERTIES.fullmatch(name):
        yield from _properties(_root(archive, name), label)
    elif ASIDE.fullmatch(name):
        yield from in_texts(_all_texts(_root(archive, name)), label, safe_name(name, "part"), "property")


def _pictures(archive: zipfile.ZipFile, label: str) -> Iterator[Finding]:
    count = sum(PICTURES.fullmatch(name) is not None for name in archive.namelist())
    if count:
        params = {"count": count, "shape": ""}
        yield Finding("embedded-picture", "warning", label, "", Rows(), "picture", "property", params)


def _comments(root: ET.Element, label: str) -> Iterator[Finding]:
    for comment in root.iter():
        if _local(comment) in ("comment", "threadedComment"):
            row = NUMBERED.fullmatch(comment.get("ref", ""))
            rows = Rows(1, (int(row[1]),)) if row else Rows(1)
            yield from in_text(" ".join(_all_texts(comment)), label, "", "comment", rows)
    authors = [e.text or "" for e in root.iter() if _local(e) == "author"]
    yield from _people(authors, label, "comment")


def _annotations(archive: zipfile.ZipFile, label: str) -> Iterator[Finding]:
    for element in _root(archive, "content.xml").iter():
        if _local(element) == "annotation":
            yield from in_text(" ".join(_all_texts(element)), label, "", "comment", Rows(1))
            yield from _people(
                [e.text or "" for e in element.iter() if _local(e) == "creator"], label, "comment"
            )


def _properties(root: ET.Element, label: str) -> Iterator[Finding]:
    people = [e.text or e.get("displayName") or "" for e in root.iter() if _local(e) in PEOPLE]
    yield from _people(people, label, "property")
    yield from in_texts(_all_texts(root), label, "", "property")


def _people(names: list[str], label: str, part: Part) -> Iterator[Finding]:
    """Yield a finding where people's names stand as authors; programs and usual accounts are none."""
    people = {name for name in names if name.strip() and not PROGRAMS.search(name) and "tc={" not in name}
    if people:
        params = {"count": len(people), "shape": ""}
        yield Finding("document-author", "warning", label, "", Rows(), "person_name", part, params)


def _unseen(label: str, kind: str) -> Finding:
    params = {"count": 1, "shape": "", "format": kind}
    return Finding("unseen-parts", "warning", label, "", Rows(), "unseen", "property", params)


def _root(archive: zipfile.ZipFile, name: str) -> ET.Element:
    return ET.fromstring(archive.read(name))  # noqa: S314 - parts with a document type were refused


def _all_texts(root: ET.Element) -> Iterator[str]:
    for element in root.iter():
        yield from (
            text for text in (element.text, element.get("v"), element.get("descr")) if text and text.strip()
        )


def _local(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
