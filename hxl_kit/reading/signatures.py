"""What a file is, told by its content; its name only says what it should be."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

HEAD_BYTES = 1 << 16
SEARCHED_BYTES = 64 << 20

DESCRIPTIONS = {
    "7z": "a 7-Zip archive",
    "bzip2": "a bzip2 file",
    "document": "a word-processor or presentation document",
    "encrypted": "protected by a password",
    "gzip": "a gzip file",
    "html": "an HTML page, perhaps a login or error page saved instead of the data",
    "http": "an answer of a web server with its headers, saved instead of the data",
    "image": "a picture (image)",
    "json": "JSON",
    "ods": "an OpenDocument spreadsheet (ODS)",
    "lfs": "a pointer of Git LFS, which stands for a file that was not fetched",
    "parquet": "a Parquet file",
    "pdf": "a PDF document",
    "rar": "a RAR archive",
    "rtf": "a text document (RTF)",
    "sqlite": "an SQLite database",
    "tar": "a tar archive",
    "text": "plain text",
    "xls": "an Excel 97–2003 workbook (XLS)",
    "xlsb": "a binary Excel workbook (XLSB)",
    "xlsx": "an Excel workbook (XLSX)",
    "xml": "XML",
    "xz": "an xz file",
    "zip": "a zip archive",
    "zstandard": "a Zstandard file",
}

MAGIC = (
    (b"\x1f\x8b", "gzip"),
    (b"PAR1", "parquet"),
    (b"%PDF", "pdf"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstandard"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"SQLite format 3\x00", "sqlite"),
    (b"\x89PNG\r\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"{\\rtf", "rtf"),
    (b"HTTP/1.", "http"),
    (b"HTTP/2 ", "http"),
    (b"version https://git-lfs.github.com/spec/", "lfs"),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

SUFFIXES = {
    ".csv": "text",
    ".tsv": "text",
    ".tab": "text",
    ".psv": "text",
    ".txt": "text",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xlsb": "xlsb",
    ".xls": "xls",
    ".ods": "ods",
    ".json": "json",
    ".geojson": "json",
    ".ndjson": "json",
    ".jsonl": "json",
    ".parquet": "parquet",
    ".gz": "gzip",
    ".zip": "zip",
    ".html": "html",
    ".xml": "xml",
}
"""What a file of this name should hold."""

HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|script|table|div|p|title|meta)\b",
    re.IGNORECASE | re.DOTALL,
)
XML = re.compile(r"\s*<(?:\?xml|!DOCTYPE|[A-Za-z_][\w.:-]*[\s/>])", re.IGNORECASE)
JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*(?:[\[{\"\]]|null\b))")


@dataclass(frozen=True)
class Content:
    """A file to read: `file` holds the bytes, which `label` names to the user, its last part in `name`."""

    path: Path
    file: Path
    name: str
    label: str
    kind: str
    notes: tuple[str, ...] = ()


def kind_of(file: Path, label: str) -> str:
    """Return the kind of a file by its content, one of `DESCRIPTIONS`.

    Raises:
        InputError: it is a zip file whose table of contents is missing or damaged.
    """
    with file.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if head.startswith(ZIP):
        return _kind_of_zip(file, label)
    if head.startswith(OLE):
        return _kind_of_ole(file)
    if head[257:262] == b"ustar":
        return "tar"
    return next((kind for magic, kind in MAGIC if head.startswith(magic)), None) or _kind_of_text(head)


def require_kind(content: Content) -> None:
    """Refuse a file whose content is not what its name says.

    Raises:
        InputError: the name ends in a known suffix of another kind.
    """
    promised = SUFFIXES.get(_suffix(content.name))
    if promised in (None, content.kind) or content.kind == "encrypted":
        return
    if promised == "json" and content.kind == "text":
        raise InputError(
            f"{content.label}: is no JSON table: it begins neither with a list of records nor with an object "
            "that holds one; get the data again, or rename it if it is a CSV file"
        )
    if promised == "gzip":
        raise InputError(
            f"{content.label}: is cut short or corrupt (gzip): it does not begin as a gzip file does"
        )
    known = {kind: suffix for suffix, kind in reversed(SUFFIXES.items())}
    rename = (
        f"; rename it to end in {known[content.kind]}"
        if content.kind in ("gzip", "zip", "xlsx", "text", "json", "parquet")
        else ""
    )
    raise InputError(
        f"{content.label}: is {DESCRIPTIONS[content.kind]}, not what its name says ({_suffix(content.name)}){rename}",
    )


def suffixed_kind(name: str) -> str | None:
    """Return the kind that a file of this name should have, or None when the name does not tell."""
    return SUFFIXES.get(_suffix(name))


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2].lower() if "." in name else ""


def _kind_of_zip(file: Path, label: str) -> str:
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if _small(archive, "mimetype") else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise InputError(f"{label}: is cut short or corrupt (zip); get it again") from error
    if b"opendocument" in kind:
        return "ods" if b"spreadsheet" in kind else "document"
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "[Content_Types].xml" not in names:
        return "zip"
    return "document" if any(name.startswith(("word/", "ppt/")) for name in names) else "xlsx"


def _small(archive: zipfile.ZipFile, name: str) -> bool:
    return name in archive.namelist() and archive.getinfo(name).file_size < HEAD_BYTES


def _kind_of_ole(file: Path) -> str:
    with file.open("rb") as stream:
        content = stream.read(SEARCHED_BYTES)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "encrypted"
    return "document" if "WordDocument".encode("utf-16-le") in content else "xls"


def _kind_of_text(head: bytes) -> str:
    encoding = "utf-16" if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    text = head.decode(encoding, errors="replace")
    kinds = ((HTML, "html"), (XML, "xml"), (JSON, "json"))
    return next((kind for pattern, kind in kinds if pattern.match(text)), "text")
