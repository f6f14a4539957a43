"""JSON: lists of objects or rows, alone, in an API's answer, as GeoJSON features or one on each line."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, UsageError, nearest
from hxl_kit.reading.encodings import as_utf8
from hxl_kit.reading.geojson import NOTE, require_wgs84
from hxl_kit.reading.json_lists import JsonList, Objects
from hxl_kit.reading.json_text import JsonText
from hxl_kit.reading.scratch import private_folder
from hxl_kit.reading.table import TableText, counted, listed, plain_words, shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from hxl_kit.reading.encodings import Utf8
    from hxl_kit.reading.json_lists import Rows
    from hxl_kit.reading.signatures import Content

LINES = (".ndjson", ".jsonl")
COUNTS = ("count", "total", "totalcount", "total_count", "totalrecords", "total_records")
PAGES = ("maxpages", "totalpages", "total_pages")
SUCCESS = ("success", "issuccess")
ERRORS = ("error", "errors", "exception", "fault")
"""What the answers of APIs call the number of all records and pages, whether they succeeded, and what went wrong."""


@dataclass(frozen=True)
class Document:
    """What a JSON file holds: its lists by name ("" for one that is not in an object), and all other values."""

    lists: dict[str, JsonList] = field(default_factory=dict)
    members: dict[str, Any] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """The keys of the outermost object."""
        return list(dict.fromkeys(name.partition(".")[0] for name in [*self.members, *self.lists]))

    def member(self, names: tuple[str, ...]) -> Any:
        """Return the value of the outermost object's first member of one of these names in any case, or None."""
        return next((value for name, value in self.members.items() if name.lower() in names), None)

    @property
    def tables(self) -> dict[str, JsonList]:
        """The lists that hold records: the outermost object's, or if it has none those one level below."""
        full = {name: found for name, found in self.lists.items() if found.table}
        outer = {name: found for name, found in full.items() if "." not in name}
        data = {name: found for name, found in outer.items() if name.lower() not in COUNTS}
        return data or outer or full


@contextmanager
def open_records(
    content: Content, encoding: str | None, sheet: str | None
) -> Iterator[tuple[TableText, ...]]:
    """Yield the one table of a JSON file; `sheet` is the key of its list where several hold records.

    Raises:
        InputError: it is not JSON, an error answer, not in UTF-8, empty, or holds no list of records or several.
        UsageError: the encoding is unknown.
    """
    with as_utf8(content, encoding) as text, private_folder() as folder:
        with plain_words(content.label):
            document = _document(content, text, folder)
        name, table = _chosen(content.label, document, sheet)
        found = table.heading(content.label)
        yield (
            TableText(
                path=content.path,
                format="json",
                encoding=text.encoding,
                delimiter="",
                sheet=sheet,
                header=found.names,
                tags=found.tags,
                first_row=found.first_row,
                notes=(
                    *content.notes,
                    *text.notes,
                    *_about(document, name, found.first_row - 1),
                    *found.notes,
                ),
                read=lambda: table.batches(found),
            ),
        )


def _document(content: Content, utf8: Utf8, folder: Path) -> Document:
    document = Document()
    with utf8.file.open("rb") as stream:
        text = JsonText(content.label, utf8, stream)
        if text.peek() == "[":
            _take(content.label, text.elements(), document, "", folder)
        elif content.name.lower().endswith(LINES) or text.is_first_of_several():
            _take(content.label, text.lines(), document, "", folder)
        else:
            _take_members(content.label, text, document, "", folder)
        text.finish()
    return document


def _take(label: str, values: Iterator[tuple[Any, str]], document: Document, name: str, folder: Path) -> None:
    document.lists[name] = JsonList(label, folder)
    document.lists[name].take(values)


def _take_members(label: str, text: JsonText, document: Document, above: str, folder: Path) -> None:
    """Take in the members of an object and of those inside it, of which only is told that they are there."""
    for key in text.members():
        name, begins = above + key, text.peek()
        if begins == "[":
            _take(label, text.elements(), document, name, folder)
        elif begins == "{" and not above:
            document.members[name] = True
            _take_members(label, text, document, f"{name}.", folder)
        else:
            document.members[name], _ = text.value()


def _chosen(label: str, document: Document, wanted: str | None) -> tuple[str, Objects | Rows]:
    """Return the list that is asked for, or the only one that holds records, and its name.

    Raises:
        InputError: there are none or several, the one asked for is not there, or the request failed.
        UsageError: one is asked for where lists have no names.
    """
    _require_success(label, document)
    if wanted is not None:
        if "" in document.lists:
            raise UsageError(f"{label}: is one list, which has no name; leave out --sheet")
        _require_list(label, document, wanted)
    names = [wanted] if wanted is not None else list(document.tables)
    if len(names) > 1:
        raise InputError(
            f"{label}: {len(names)} lists hold records ({listed(names)}); name one: --sheet NAME"
        )
    table = document.lists[names[0]].table if names else None
    if table is None:
        raise InputError(f"{label}: {_about_none(document, wanted)}")
    if isinstance(table, Objects) and table.features:
        require_wgs84(label, document.members)
    return names[0], table


def _require_success(label: str, document: Document) -> None:
    failed = document.member(SUCCESS) is False or (document.member(ERRORS) and not document.tables)
    if failed:
        raise InputError(
            f"{label}: is an error answer of an API, not data (keys: {listed(document.keys)}): no success; "
            "look at it in a text editor, then ask again",
        )


def _require_list(label: str, document: Document, wanted: str) -> None:
    if wanted not in document.lists:
        known = list(document.lists)
        close = shown(nearest(wanted, known))
        raise InputError(f"{label}: no list '{shown(wanted)}'{close} (lists: {listed(known) or 'none'})")


def _about_none(document: Document, wanted: str | None) -> str:
    if wanted is not None:
        return f"list '{shown(wanted)}' holds no records (objects or rows)"
    empty = [name for name, found in document.lists.items() if not found.size]
    if empty:
        return (
            f"is empty: list '{shown(empty[0])}' holds no records"
            if empty[0]
            else "is empty: a list of nothing"
        )
    if "" in document.lists:
        return "is a list of single values, not of records (objects or rows)"
    return f"is one object without a list of records (keys: {listed(document.keys) or 'none'}); give the list of records"


def _about(document: Document, name: str, above: int) -> list[str]:
    table, size = document.lists[name].table, document.lists[name].size - above
    others = [other for other, found in document.lists.items() if other != name and found.size]
    told = [f"JSON: list '{shown(name)}' of an object"] if name else []
    told += [f"other lists are not read: {listed(others)}"] if others else []
    told += _about_pages(document, size)
    return told + ([NOTE] if isinstance(table, Objects) and table.features else [])


def _about_pages(document: Document, size: int) -> list[str]:
    """Return a note on records that are elsewhere; links to other pages hold keys, so they are not shown."""
    total, pages = _number(document.member(COUNTS)), _number(document.member(PAGES))
    if total > size:
        return [
            f"page: {size} of {counted(total, 'record')} (there are more pages; give the files of all pages)"
        ]
    if pages > 1:
        return [f"page: one of {pages} (give the files of all pages)"]
    if document.member(("next",)):
        return [f"page: {counted(size, 'record')}, and more pages follow (give the files of all pages)"]
    return []


def _number(value: Any) -> int:
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,15}", value) else 0
