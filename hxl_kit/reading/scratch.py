"""Compressed files, unpacked to a private folder: verified whole, within limits, and gone afterwards."""

from __future__ import annotations

import gzip
import lzma
import re
import stat
import tempfile
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from hxl_kit.errors import InputError
from hxl_kit.files import CHUNK_BYTES
from hxl_kit.reading.limits import MEMBERS, RATIO_FREE_BYTES, UNPACKED_BYTES
from hxl_kit.reading.limits import RATIO as RATIO_LIMIT
from hxl_kit.reading.signatures import Content, kind_of, require_kind, suffixed_kind
from hxl_kit.reading.table import counted, listed, plain_words, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

ARCHIVES = ("gzip", "zip", "7z", "bzip2", "rar", "tar", "xz", "zstandard")
TABLES = ("text", "xlsx", "xls", "xlsb", "ods", "parquet")
DRIVE = re.compile(r"[A-Za-z]:")
ABOUT = re.compile(r"read\W?me|licen[cs]e|metadata|datapackage", re.IGNORECASE)
"""Members of a zip that tell about the data beside them; JSON does so too beside a table of another kind."""

CORRUPT = (
    EOFError,
    gzip.BadGzipFile,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    ValueError,
)


@contextmanager
def private_folder() -> Iterator[Path]:
    """Yield a new folder that only this user can open; it and all in it are removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="hxl-kit-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def unpacked(path: Path) -> Iterator[Content]:
    """Yield the content of a plain, gzip or zip file; of an archive, the one table in it.

    Raises:
        InputError: it is cut short, corrupt, encrypted, nested, too large or not what its name says, the
            archive holds several tables or none, or the disk is full.
    """
    label = str(path)
    with plain_words(label):
        if path.stat().st_size == 0:
            raise InputError(f"{label}: is empty")
        packed = Content(path, path, path.name, label, kind_of(path, label))
        require_kind(packed)
    if packed.kind not in ("gzip", "zip"):
        yield packed
        return
    with private_folder() as folder:
        with plain_words(label):
            content = _unpack(packed, folder / "content")
            require_kind(content)
        yield content


@dataclass
class Limit:
    """Watches how much comes out of `packed` compressed bytes."""

    label: str
    packed: int
    written: int = 0

    def add(self, size: int) -> None:
        """Count `size` more bytes.

        Raises:
            InputError: they are too many.
        """
        self.written += size
        if self.written > UNPACKED_BYTES:
            raise InputError(
                f"{self.label}: unpacks to more than {UNPACKED_BYTES >> 30} GiB; unpack or split it first"
            )
        if self.written > max(RATIO_FREE_BYTES, RATIO_LIMIT * self.packed):
            raise InputError(
                f"{self.label}: unpacks to more than {RATIO_LIMIT} times its size, as a decompression bomb does; "
                "unpack it yourself if you trust it",
            )


def _unpack(packed: Content, target: Path) -> Content:
    content = _gunzip(packed, target) if packed.kind == "gzip" else _unzip(packed, target)
    kind = kind_of(target, content.label)
    if kind in ARCHIVES:
        raise InputError(
            f"{packed.label}: holds another archive ({kind}); unpack it and name the file inside"
        )
    return replace(content, kind=kind)


def _gunzip(packed: Content, target: Path) -> Content:
    limit = Limit(packed.label, packed.file.stat().st_size)
    try:
        with gzip.open(packed.file) as source:
            _copy(source, target, limit)
    except CORRUPT as error:
        raise InputError(
            f"{packed.label}: is cut short or corrupt (gzip): {_defect(error)}; get it again"
        ) from error
    return replace(packed, file=target, name=_without_gz(packed.name), notes=("gzip decompressed",))


def _without_gz(name: str) -> str:
    return name[:-3] if name.lower().endswith(".gz") else name


def _unzip(packed: Content, target: Path) -> Content:
    try:
        with zipfile.ZipFile(packed.file) as archive:
            member, others = _one_table(packed.label, archive)
            limit = Limit(packed.label, member.compress_size)
            with archive.open(member) as source:
                _copy(source, target, limit)
    except CORRUPT as error:
        raise InputError(
            f"{packed.label}: is cut short or corrupt (zip): {_defect(error)}; get it again"
        ) from error
    note = f"member '{shown(member.filename)}' of the zip" + (
        f" (others: {listed(others)})" if others else ""
    )
    label = f"{packed.label}: {shown(member.filename)}"
    return replace(packed, file=target, name=PurePosixPath(member.filename).name, label=label, notes=(note,))


def _one_table(label: str, archive: zipfile.ZipFile) -> tuple[zipfile.ZipInfo, list[str]]:
    """Return the member that is the table, and the names of those that are not.

    Raises:
        InputError: there is none, there are several, or it is encrypted.
    """
    if len(archive.infolist()) > MEMBERS:
        raise InputError(
            f"{label}: the zip has more than {MEMBERS:,} members; unpack it and name the file to read"
        )
    members = [member for member in archive.infolist() if not _is_clutter(member)]
    told = [member for member in members if not ABOUT.search(PurePosixPath(member.filename).stem)]
    tables = [member for member in told if suffixed_kind(member.filename) in TABLES]
    tables = tables or [member for member in told if suffixed_kind(member.filename) == "json"]
    found = members if len(members) == 1 else tables
    if len(found) != 1:
        what = counted(len(found), "table") if found else "no table"
        names = listed([member.filename for member in members])
        held = f" ({names})" if names else ""
        raise InputError(f"{label}: the zip holds {what}{held}; unpack it and name the file to read")
    require_plain_member(label, found[0])
    if found[0].flag_bits & 1:
        raise InputError(
            f"{label}: the zip is encrypted; unpack it with its password and name the file inside"
        )
    return found[0], [member.filename for member in members if member is not found[0]]


def require_plain_member(label: str, member: zipfile.ZipInfo) -> None:
    """Refuse a member of a zip that is a link, or whose path leaves the folder that it would be unpacked to.

    Raises:
        InputError: it is one; unpacking it elsewhere would do harm, so nothing good is meant by it.
    """
    name = shown(member.filename)
    if stat.S_ISLNK(member.external_attr >> 16):
        raise InputError(f"{label}: '{name}' in the zip is a symbolic link, not a file")
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or DRIVE.match(member.filename):
        raise InputError(f"{label}: '{name}' in the zip is not safe: its path leaves the folder")


def _is_clutter(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    return member.is_dir() or "__MACOSX" in path.parts or path.name in (".DS_Store", "Thumbs.db")


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, limit: Limit) -> None:
    with target.open("wb") as file:
        while chunk := source.read(CHUNK_BYTES):
            limit.add(len(chunk))
            file.write(chunk)


def _defect(error: Exception) -> str:
    """Return what is wrong with compressed data, without the numbers and names of the library's message."""
    text = str(error)
    if isinstance(error, EOFError):
        return "it ends too early"
    if "CRC" in text or "length" in text.lower():
        return "its checksum (CRC) does not match"
    if "Not a gzipped file" in text:
        return "other bytes follow the compressed data (trailing junk)"
    if isinstance(error, NotImplementedError):
        return "its compression method is not supported"
    return "its compressed data are damaged"
