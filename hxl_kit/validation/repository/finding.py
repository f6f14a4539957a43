"""Which packages and tables lie below folders, or match the patterns of hxl-kit.toml, in the order of their paths."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading.packages import DESCRIPTOR, is_package, listed_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

AUTHORED = "package.yaml"
TABLES = (
    ".csv",
    ".tsv",
    ".xlsx",
    ".xls",
    ".xlsb",
    ".ods",
    ".parquet",
    ".json",
    ".geojson",
    ".csv.gz",
    ".zip",
)
"""How the names of files end that are taken for tables when only a folder is named."""

ASIDE = (".private", "node_modules", "__pycache__")
"""How the names of folders end that hold no packages of the repository."""


def found_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the packages and tables that paths stand for: each once, in the order of the paths.

    A folder that is no package stands for the packages below it, sorted by path, and for the tables in it where there
    is none. Folders with a leading dot, `*.private` and links to folders are passed by.

    Raises:
        InputError: a folder holds neither.
    """
    found: dict[Path, Path] = {}
    for path in paths:
        for one in _below(path):
            found.setdefault(Path(os.path.abspath(one)), one)  # noqa: PTH100 - links stay links
    return tuple(found.values())


def everything_in(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the packages, and every file outside a package, that paths stand for: each once, in the order of the paths.

    Folders and files with a leading dot, `*.private` and links are passed by below a folder.

    Raises:
        InputError: a folder holds nothing.
    """
    found: dict[Path, None] = {}
    for path in paths:
        below = sorted(_files(path)) if path.is_dir() and not (path / DESCRIPTOR).exists() else [path]
        if not below:
            raise InputError(f"{path}: holds no files")
        found |= dict.fromkeys(below)
    return tuple(found)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the packages below a folder, and the files that are in none."""
    for place, names, files in os.walk(folder):
        if DESCRIPTOR in files:
            yield Path(place)
            names.clear()
            continue
        names[:] = [name for name in names if not _aside(Path(name))]
        found = (Path(place) / name for name in files if not name.startswith("."))
        yield from (path for path in found if not path.is_symlink())


def _below(path: Path) -> Sequence[Path]:
    if not path.is_dir() or _is_one(path):
        return [path]
    found = sorted(_packages(path)) or _tables(path)
    if not found:
        raise InputError(
            f"{path}: has no {DESCRIPTOR}, and no package or table below it; `hxl-kit build` makes a package of a "
            f"folder with a {AUTHORED}"
        )
    return found


def _is_one(folder: Path) -> bool:
    """Whether a folder is a package, or is to be one: then what is missing is told of it."""
    return (folder / DESCRIPTOR).exists() or (folder / AUTHORED).exists()


def _packages(folder: Path) -> Iterator[Path]:
    """Yield the packages below a folder; what lies in a package is its own."""
    for place, names, files in os.walk(folder):
        if DESCRIPTOR in files:
            yield Path(place)
            names.clear()
        names[:] = [name for name in names if not _aside(Path(name))]


def _tables(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file() and _is_table(path))


def _is_table(path: Path) -> bool:
    return not path.name.startswith(".") and path.name.lower().endswith(TABLES)


def matching(folder: Path, patterns: Sequence[str]) -> tuple[Path, ...]:
    """Return the packages and tables that patterns of paths stand for, from a folder; each once, in their order.

    Folders that hold neither, and files that are no tables, do not count.

    Raises:
        UsageError: a pattern stands for none.
    """
    found: dict[Path, None] = {}
    for pattern in patterns:
        paths = (path for path in sorted(folder.glob(pattern)) if not _aside(path.relative_to(folder)))
        matched = [one for path in paths for one in _of_pattern(path)]
        if not matched:
            raise UsageError(f"{folder}: [validate] paths: '{pattern}' stands for no package and no table")
        found |= dict.fromkeys(matched)
    return tuple(found)


def _aside(place: Path) -> bool:
    return any(part.startswith(".") or part.endswith(ASIDE) for part in place.parts)


def _of_pattern(path: Path) -> Iterable[Path]:
    if path.is_dir():
        return [path] if (path / DESCRIPTOR).exists() else sorted(_packages(path))
    return [path.parent] if path.name == DESCRIPTOR else [path] if _is_table(path) else ()


def holding(files: Iterable[Path]) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Return the packages that files belong to, each once, sorted, and the files that belong to none.

    A file belongs to a package if it is its descriptor or is listed there.
    """
    found = {file: _package_of(file) for file in files}
    packages = {package for package in found.values() if package}
    return tuple(sorted(packages)), tuple(file for file, package in found.items() if package is None)


def _package_of(file: Path) -> Path | None:
    if file.name == DESCRIPTOR or (file.is_dir() and is_package(file / DESCRIPTOR)):
        return file if file.is_dir() else file.parent
    for folder in file.parents:
        if (folder / DESCRIPTOR).is_file():
            inside = file.relative_to(folder).as_posix()
            return folder if inside in listed_files(folder) else None
    return None
