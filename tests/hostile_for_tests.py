"""Small hostile files, made when a test asks for them: bombs, lies, links and texts that steer a terminal."""

from __future__ import annotations

import gzip
import io
import json
import re
import zipfile
from typing import TYPE_CHECKING, Any

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CSV = "id,name\n1,a\n2,b\n"
SCHEMA = {"fields": [{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}]}


def package(folder: Path, resource: dict[str, Any] | None = None, **members: Any) -> Path:
    """Write a package of one small table, changed as asked; return its descriptor."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "data.csv").write_text(CSV, encoding="utf-8")
    described = {"name": "data", "path": "data.csv", "format": "csv", "schema": SCHEMA, **(resource or {})}
    described = {key: value for key, value in described.items() if value is not None}
    descriptor = {"name": "hostile", "resources": [described], **members}
    path = folder / "datapackage.json"
    path.write_text(json.dumps(descriptor), encoding="utf-8")
    return path


def workbook(
    path: Path, change: Callable[[bytes], bytes] | None = None, part: str = "xl/worksheets/sheet1.xml"
) -> Path:
    """Write a workbook of one small table; `change` gets the bytes of one of its parts."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        sheet = book.add_worksheet("Data")
        sheet.write_row(0, 0, ["id", "name"])
        sheet.write_row(1, 0, [1, "a"])
    with zipfile.ZipFile(held) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if change and entry.filename == part else content)
    return path


def far_cell(sheet: bytes) -> bytes:
    """Add one cell at the far corner of a worksheet."""
    return sheet.replace(
        b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    )


def laughing(sheet: bytes) -> bytes:
    """Declare entities that expand to a billion letters."""
    entities = b'<!ENTITY a0 "ha">' + b"".join(
        b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)
    )
    return re.sub(rb"^(<\?xml[^>]*\?>)", rb"\1<!DOCTYPE x [" + entities + b"]>", sheet).replace(
        b"<v>1</v>", b"<v>&a9;</v>"
    )


def gzip_bomb(path: Path, size: int) -> Path:
    """Write a gzip file of zeros that unpacks to `size` bytes."""
    with gzip.open(path, "wb") as file:
        file.write(b"id,name\n")
        for _ in range(size >> 20):
            file.write(b"0" * (1 << 20))
    return path


def far_ods(path: Path) -> Path:
    """Write an OpenDocument sheet of two cells, the second repeated over all rows and columns."""
    names = ("office", "table", "text")
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in names)
    cell = '<table:table-cell {} office:value-type="string"><text:p>a</text:p></table:table-cell>'
    many = cell.format('table:number-columns-repeated="16000"')
    rows = f'<table:table-row table:number-rows-repeated="1048000">{many}</table:table-row>'
    sheet = f'<table:table table:name="s"><table:table-row>{cell.format("")}</table:table-row>{rows}</table:table>'
    content = f"<office:document-content {spaces}><office:body><office:spreadsheet>{sheet}"
    content += "</office:spreadsheet></office:body></office:document-content>"
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    listed = f'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="/" m:media-type="{kind}"/></m:manifest>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", listed)
    return path
