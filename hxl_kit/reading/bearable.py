"""Whether a file may be handed to another library: no bomb, no link in a zip, no cell far away.

Our own readers hold the limits themselves. frictionless, openpyxl and polars unpack what they are given, so a package's
files are looked at before they get them. A file that is merely broken passes: what is wrong with it is theirs to say.
"""

from __future__ import annotations

import gzip
import zipfile
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError, RefusedInputError
from hxl_kit.files import CHUNK_BYTES, require_plain_file
from hxl_kit.reading.columnar import require_bearable_parquet
from hxl_kit.reading.limits import MEMBERS, RATIO_FREE_BYTES
from hxl_kit.reading.ooxml import require_bearable_archive, require_bearable_sheets
from hxl_kit.reading.scratch import ARCHIVES, CORRUPT, Limit, require_plain_member
from hxl_kit.reading.signatures import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

MOST_RATIO = 1032
"""No deflated file unpacks to more than so many times its size."""

WORKBOOKS = ("xlsx", "xlsb", "ods", "document")


def require_bearable(path: Path, label: str | None = None) -> None:
    """Refuse a file that would unpack to far too much, or leads elsewhere; `label` names it.

    Raises:
        RefusedInputError: it is no regular file, a bomb, or an archive with links, unsafe paths or archives inside.
    """
    name = str(path) if label is None else label
    require_plain_file(path)
    try:
        kind = kind_of(path, name)
    except InputError:
        return
    try:
        _require(kind, path, name)
    except InputError as error:
        raise RefusedInputError(str(error)) from error
    except (*CORRUPT, OSError, zipfile.LargeZipFile, RuntimeError, LookupError):
        return


def _require(kind: str, path: Path, name: str) -> None:
    if kind == "gzip":
        _require_bearable_gzip(path, name)
    elif kind == "zip":
        _require_bearable_zip(path, name)
    elif kind in WORKBOOKS:
        _require_bearable_workbook(path, name)
    elif kind == "parquet":
        require_bearable_parquet(path, name)


def require_bearable_files(folder: Path, resources: Iterable[Mapping[str, Any]]) -> None:
    """Refuse resources whose files `require_bearable` refuses; what is not there is passed over.

    Raises:
        RefusedInputError: there is one; it is named.
    """
    for resource in resources:
        value = resource.get("path")
        paths = [*(value if isinstance(value, list) else [value]), *_texts(resource.get("extrapaths"))]
        for path in paths:
            if isinstance(path, str) and (folder / path).is_file():
                require_bearable(folder / path, f"{folder / path}")


def _texts(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _require_bearable_gzip(path: Path, label: str) -> None:
    size = path.stat().st_size
    with gzip.open(path) as source:
        head = source.read(CHUNK_BYTES)
        _require_no_archive(head, label)
        if size * MOST_RATIO <= RATIO_FREE_BYTES:
            return
        limit = Limit(label, size)
        limit.add(len(head))
        while chunk := source.read(CHUNK_BYTES):
            limit.add(len(chunk))


def _require_bearable_zip(path: Path, label: str) -> None:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
        if len(members) > MEMBERS:
            raise InputError(f"{label}: the zip has more than {MEMBERS:,} members; unpack it")
        limit = Limit(label, sum(member.compress_size for member in members))
        for member in members:
            require_plain_member(label, member)
            limit.add(member.file_size)
            with archive.open(member) as source:
                _require_no_archive(source.read(512), label)


def _require_no_archive(head: bytes, label: str) -> None:
    magics = {
        b"\x1f\x8b": "gzip",
        b"PK\x03\x04": "zip",
        b"BZh": "bzip2",
        b"\xfd7zXZ": "xz",
        b"\x28\xb5\x2f\xfd": "zstandard",
    }
    inner = next((kind for magic, kind in magics.items() if head.startswith(magic)), None)
    if inner in ARCHIVES:
        raise InputError(f"{label}: holds another archive ({inner}); unpack it and name the file inside")


def _require_bearable_workbook(path: Path, label: str) -> None:
    with zipfile.ZipFile(path) as archive:
        require_bearable_archive(label, archive)
        require_bearable_sheets(label, archive)
