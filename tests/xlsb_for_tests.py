"""A minimal XLSB workbook, written record by record ([MS-XLSB] 2.1)."""

from __future__ import annotations

import struct
import zipfile

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _number(value: int) -> bytes:
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80, *_number(high)]) if high else bytes([low])


def _record(kind: int, content: bytes = b"") -> bytes:
    return _number(kind) + _number(len(content)) + content


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _cell(column: int, value: str | float, style: int) -> bytes:
    place = struct.pack("<II", column, style)
    if isinstance(value, str):
        return _record(6, place + _text(value))
    return _record(5, place + struct.pack("<d", value))


def _sheet(rows: list[list[str | float]], dates: tuple[int, ...]) -> bytes:
    cells = b"".join(
        _record(0, struct.pack("<I", n) + bytes(21))
        + b"".join(_cell(c, v, int(c in dates and not isinstance(v, str))) for c, v in enumerate(row))
        for n, row in enumerate(rows)
    )
    size = struct.pack("<4I", 0, len(rows) - 1, 0, max(len(row) for row in rows) - 1)
    return _record(129) + _record(148, size) + _record(145) + cells + _record(146) + _record(130)


def write_xlsb(path, sheets, *, dates=(), hidden=(), since_1904=False):
    """Write sheets of text and numbers; numbers in the columns `dates` are days."""
    bundle = b"".join(
        _record(156, struct.pack("<II", int(name in hidden), n) + _text(f"rId{n}") + _text(name))
        for n, name in enumerate(sheets, 1)
    )
    settings = _record(153, struct.pack("<III", int(since_1904), 0, 0))
    book = _record(131) + settings + _record(143) + bundle + _record(144) + _record(132)
    formats = b"".join(_record(47, struct.pack("<HH", 0, code) + bytes(12)) for code in (0, 14))
    styles = _record(278) + _record(617, struct.pack("<I", 2)) + formats + _record(618) + _record(279)
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{TYPES}/worksheet" Target="worksheets/sheet{n}.bin"/>'
        for n in range(1, len(sheets) + 1)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/styles.bin", styles)
        archive.writestr(
            "xl/_rels/workbook.bin.rels", f'<Relationships xmlns="{RELATIONS}">{relations}</Relationships>'
        )
        for n, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{n}.bin", _sheet(rows, dates))
    return path
