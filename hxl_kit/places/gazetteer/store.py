"""Where gazetteer releases are kept: those of hxl_kit in `schemas/gazetteers`, added ones in the user's own store.

A release is two files: `<id>.csv.gz`, the names of its units, and `<id>.json`, what it is, from where and on which
terms. The second holds the SHA-256 of the first: a table that was changed or cut short is refused.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import platformdirs
import polars as pl

from hxl_kit.errors import InputError, require_known
from hxl_kit.files import reason_of, write_atomically
from hxl_kit.standard import schemas

FOLDER = "gazetteers"
VARIABLE = "HXL_KIT_GAZETTEERS"
"""The environment variable that names another folder for added releases."""

COLUMNS = ("location_code", "level", "code", "parent_code", "valid_from", "name", "kind", "language")
SCHEMA = dict.fromkeys(COLUMNS, pl.String) | {"level": pl.UInt8, "valid_from": pl.Date}


@dataclass(frozen=True)
class Release:
    """Which edition of which gazetteer this is, and on which terms.

    Attributes:
        id: what `pcode_release` says of codes taken from it.
        title: the name of the dataset.
        url: its page.
        licence: the licence, in the words of its publisher.
        attribution: whom to name.
        sha256: of the downloaded file that it was made from (of several, one after the other), 64 hexadecimal digits.
        units: how many units it has.
        left_out: lines of the downloaded file that are no units, and why.
        kind: "boundaries", or "population": a table of population, whose units count only where no table of
            boundaries has the level.
        edition: its day or year; "" where nothing says it.
        countries: ISO 3166-1 alpha-3, sorted.
        levels: sorted.
        table_sha256: of the packed table beside it.
    """

    id: str
    title: str
    url: str
    licence: str
    attribution: str
    sha256: str
    units: int = 0
    left_out: tuple[str, ...] = ()
    kind: str = "boundaries"
    edition: str = ""
    countries: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    table_sha256: str = field(default="", repr=False)


def packed(table: pl.DataFrame) -> bytes:
    """Return a release's table as CSV in gzip; the same table gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(table.select(COLUMNS).write_csv(line_terminator="\n").encode())
    return buffer.getvalue()


def built_in_ids() -> tuple[str, ...]:
    """Return the ids of the releases that come with hxl_kit, sorted."""
    return schemas.names(FOLDER, ".json")


def added_ids() -> tuple[str, ...]:
    """Return the ids of the releases in the user's own store, sorted."""
    return tuple(sorted(path.stem for path in own_folder().glob("*.json") if path.is_file()))


def own_folder() -> Path:
    """Return the folder of added releases: `$HXL_KIT_GAZETTEERS`, else the system's folder for a user's data."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else platformdirs.user_data_path("hxl-kit", appauthor=False) / FOLDER


def release_of(name: str) -> Release:
    """Return what is known of a release, built in or added.

    Raises:
        UsageError: there is none of that id.
        InputError: its description cannot be read.
    """
    require_known("gazetteer release", name, (*built_in_ids(), *added_ids()))
    path = _folder_of(name) / f"{name}.json"
    try:
        found = _described(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"{path}: {reason_of(error)}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path}: does not describe a gazetteer release; add it anew") from error
    if found.id != name:
        raise InputError(f"{path}: does not describe a gazetteer release of this name; add it anew")
    return found


def _described(raw: dict[str, Any]) -> Release:
    lists = {part: tuple(raw[part]) for part in ("left_out", "countries", "levels")}
    return Release(**{key.name: raw[key.name] for key in fields(Release)} | lists)


def table_of(release: Release) -> pl.DataFrame:
    """Return the names of a release's units, a row per name; a unit's first row has the name it goes by.

    Raises:
        InputError: the table is gone, or it is not the one that the release describes.
    """
    path = _folder_of(release.id) / f"{release.id}.csv.gz"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {reason_of(error)}; add the release anew") from error
    if hashlib.sha256(content).hexdigest() != release.table_sha256:
        raise InputError(f"{path}: was changed or cut short (its SHA-256 is another); add the release anew")
    return _unpacked(content)


def written(folder: Path, release: Release, table: pl.DataFrame) -> Release:
    """Write a release into a folder, its description last, and return it with the hash of its table."""
    content = packed(table)
    finished = Release(**asdict(release) | {"table_sha256": hashlib.sha256(content).hexdigest()})
    described = json.dumps(asdict(finished), ensure_ascii=False, indent=2) + "\n"
    write_atomically(folder / f"{finished.id}.csv.gz", content)
    write_atomically(folder / f"{finished.id}.json", described.encode())
    return finished


def remove(folder: Path, name: str) -> None:
    """Remove a release from a folder, its description first."""
    for suffix in (".json", ".csv.gz"):
        (folder / f"{name}{suffix}").unlink(missing_ok=True)


@cache
def _unpacked(content: bytes) -> pl.DataFrame:
    return pl.read_csv(gzip.decompress(content), schema=SCHEMA).with_columns(pl.col("language").fill_null(""))


def _folder_of(name: str) -> Path:
    """Return where a release is; an added one does not hide a built-in one."""
    return schemas.path_of(FOLDER) if name in built_in_ids() else own_folder()
