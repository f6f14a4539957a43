"""How far the cells of a worksheet reach: readers hold every cell between the first and the farthest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.files import CHUNK_BYTES
from hxl_kit.reading.limits import SHEET_CELLS, SHEET_ROWS, SPARSE
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

FAR = re.compile(rb"\br\s*=\s*[\"'](?:([A-Z]{2,7})([0-9]{1,9})|[A-Z]?([0-9]{6,9}))[\"']")
"""Places beyond column Z or row 99,999: a sheet without any reaches over few cells, and is seen quickly."""

NEAR_ROWS, NEAR_COLUMNS = 99_999, 26
FILLED = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Z]{1,7})([0-9]{1,9})[\"'](?:[^>]*[^/>])?>(?!</)")
"""Cells that hold something, and so count for readers."""

OVERLAP_BYTES = 256


def require_dense(label: str, name: str, archive: zipfile.ZipFile, part: str) -> None:
    """Refuse a sheet of which a few cells reach so far that holding all in between would fill the memory.

    Raises:
        InputError: it is one, or has more rows than a worksheet can have.
    """
    rows = columns = cells = elements = 0
    for text in _chunks(archive, part):
        cells += text.count(b"<c ") + text.count(b":c ")
        elements += text.count(b"<row") + text.count(b":row")
        found = FAR.findall(text)
        rows = max([rows, *(int(far or row) for _, row, far in found)])
        columns = max(
            [columns, *(column_number(letters) + 1 for letters in {m[0] for m in found} if letters)]
        )
    if elements > SHEET_ROWS:
        raise InputError(f"{label}: sheet '{shown(name)}' has more than {SHEET_ROWS:,} rows, as no sheet has")
    reach = max(rows, NEAR_ROWS) * max(columns, NEAR_COLUMNS)
    if _too_sparse(reach, cells):
        reach, cells = _reach(archive, part)
    if _too_sparse(reach, cells):
        raise InputError(
            f"{label}: sheet '{shown(name)}' reaches over {reach:,} cells of which {cells:,} are there, "
            "as a bomb does: delete the far cells, or save it as CSV"
        )


def column_number(letters: bytes) -> int:
    """Return the number of a column, from 0, by its letters."""
    column = 0
    for letter in letters:
        column = 26 * column + letter - ord("A") + 1
    return column - 1


def _too_sparse(reach: int, cells: int) -> bool:
    return reach > SHEET_CELLS and cells * SPARSE < reach


def _reach(archive: zipfile.ZipFile, part: str) -> tuple[int, int]:
    """Return over how many cells those that hold anything reach, and how many these are."""
    rows = columns = cells = 0
    for text in _chunks(archive, part):
        for letters, row in FILLED.findall(text):
            rows, columns = max(rows, int(row)), max(columns, column_number(letters) + 1)
            cells += 1
    return rows * columns, cells


def _chunks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """Yield a part a piece at a time; each begins with the end of that before it."""
    kept = b""
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            yield kept + chunk
            kept = chunk[-OVERLAP_BYTES:]
