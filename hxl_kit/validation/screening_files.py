"""Whole files and packages under the check sets `screen` and `disclosure`: every table, sheet, comment and text.

What cannot be looked into is told, and as an error: nobody knows whom it names.
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError, UsageError
from hxl_kit.files import require_plain_file
from hxl_kit.reading import open_table, open_tables
from hxl_kit.reading.packages import DESCRIPTOR, read_package
from hxl_kit.reading.scratch import private_folder, unpacked
from hxl_kit.screening import screen_descriptor, screen_text, screen_workbook
from hxl_kit.screening.texts import safe_name
from hxl_kit.screening.workbooks import BOOKS
from hxl_kit.standard.tags import parse_tag
from hxl_kit.validation.copies import HEADING_BYTES, same_bytes
from hxl_kit.validation.report import Collected, TableFile
from hxl_kit.validation.screening import SETS, UNSEEN, Look, screened, screened_table, unseen
from hxl_kit.validation.selection import selected
from hxl_kit.validation.strict.parts import resources_of
from hxl_kit.validation.waivers import waived_issues

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.report import Issue, Report
    from hxl_kit.validation.selection import Selection
    from hxl_kit.validation.strict.parts import Resource

PROSE = (".md", ".rst", ".html", ".htm", ".xml", ".yaml", ".yml")
"""How the names of files end that are looked at as text, also where they could be read as a table."""

TEXTS = frozenset({"text", "html", "xml", "json"})
HASHTAG = re.compile(rb"(?:#[a-z][a-z0-9_]*(?: ?\+ ?[a-z0-9_]+)*)?")
LISTED = 1000
"""So many findings of each path are listed when nothing else is said; there is one for each place, not for each row."""

COPIES = ("-hxl", "-parquet")
"""How the names of resources end that hold the rows of another one once more."""


def screening_report(
    path: Path, *, previous: Package | None = None, encoding: str | None = None, limit: int = LISTED
) -> Report:
    """Return the report of `screen` and `disclosure` on a package or a file; `previous` is what was published before.

    JSON that only looks like a descriptor, such as an answer of HDX, is a file like any other.

    Raises:
        InputError: there is no such file, or a package's descriptor cannot be read.
    """
    chosen, found = selected(SETS), Collected(limit)
    if path.is_dir() or path.name == DESCRIPTOR:
        package = read_package(path)
        found.tables.update({n: TableFile(package.path_of(r)) for n, r in package.tables.items()})
        found.extend(waived_issues(screened_package(package, chosen, previous), package.descriptor))
    else:
        found.extend(screened_file(require_plain_file(path), path.name, Look(chosen), encoding=encoding))
    return found.report((str(path),), 0)


def screened_file(path: Path, resource: str, look: Look, *, encoding: str | None = None) -> Iterator[Issue]:
    """Yield what a file holds of people: all its tables, and what a workbook holds beside them.

    Args:
        path: a file of any kind.
        resource: what issues call it.
        look: what is asked; the previous table is that of the one table in the file.
        encoding: of delimited text, where it is known.
    """
    kind = _kind(path)
    if path.suffix.lower() in PROSE and kind in TEXTS:
        yield from _lines(path, resource, look)
        return
    unread = yield from _tables(path, resource, look, encoding if kind == "text" else None)
    if kind in BOOKS:
        unread = yield from _beside_tables(path, resource, look)
    elif unread and kind in TEXTS:
        yield from _lines(path, resource, look)
        unread = unread if kind == "text" and path.suffix.lower() != ".txt" else ""
    if unread and look.chosen.runs("screen", UNSEEN):
        yield unseen(resource, unread.removeprefix(f"{path}: "))


def screened_package(package: Package, chosen: Selection, previous: Package | None = None) -> Iterator[Issue]:
    """Yield what a package holds of people: its descriptor, and every file and inline table that it lists.

    What a companion or a Parquet copy holds is told once, of the table that it repeats.
    """
    yield from screened(screen_descriptor(package.descriptor, DESCRIPTOR), chosen)
    look = Look(chosen, public_sources=_public_sources(package))
    told: set[tuple[object, ...]] = set()
    for resource in resources_of(package):
        for issue in _of_resource(package, resource, look, previous):
            place = (_copied(issue.resource), issue.rule, issue.field, issue.params["count"])
            if place not in told:
                yield issue
            if issue.resource == resource.name:
                told.add(place)


def _copied(name: str) -> str:
    return next((name.removesuffix(ending) for ending in COPIES if name.endswith(ending)), name)


def _of_resource(
    package: Package, resource: Resource, look: Look, previous: Package | None
) -> Iterator[Issue]:
    tags = {each["name"]: parse_tag(str(each.get("hxl_tag", ""))) for each in resource.fields}
    before = _published(previous, resource) if previous else None
    look = replace(look, tags={name: tag for name, tag in tags.items() if tag}, previous=before)
    said = resource.descriptor.get("encoding")
    encoding = said if isinstance(said, str) else None
    for path in (package.folder / path for path in resource.paths):
        if path.is_file() and not _repeats(package, resource, path):
            yield from screened_file(path, resource.name, look, encoding=encoding)
    if isinstance(data := resource.descriptor.get("data"), list):
        with private_folder() as folder:
            file = folder / "data.json"
            file.write_text(json.dumps(data), encoding="utf-8")
            yield from screened_file(file, resource.name, look)


def _public_sources(package: Package) -> frozenset[str] | None:
    """Return the ids of the sources that anybody can read, None where the package does not say."""
    named = package.tables.get("sources")
    frames = [*_Rows(package.path_of(named))] if named else []
    frame = pl.concat(frames) if frames else None
    if frame is None or not {"source_id", "access"} <= set(frame.columns):
        return None
    return frozenset(frame.filter(pl.col("access") == "public")["source_id"].drop_nulls())


def _repeats(package: Package, resource: Resource, path: Path) -> bool:
    """Whether a companion is, byte for byte, its table with a row of nothing but hashtags: then it holds nothing else."""
    table = package.tables.get(resource.name.removesuffix("-hxl"))
    if table is None or not resource.name.endswith("-hxl"):
        return False
    clean = package.path_of(table)
    return clean.is_file() and same_bytes(clean, path) and _has_only_hashtags(path)


def _has_only_hashtags(path: Path) -> bool:
    """Whether the second line of a file is one of hashtags and empty cells: `same_bytes` does not look at it."""
    with path.open("rb") as file:
        file.readline(HEADING_BYTES)
        cells = file.readline(HEADING_BYTES).strip().replace(b'"', b"").split(b",")
    return all(HASHTAG.fullmatch(cell) for cell in cells)


@dataclass(frozen=True)
class _Rows:
    """The rows of a table as text with row_number, in batches, read each time; as far as it can be read."""

    path: Path

    def __iter__(self) -> Iterator[pl.DataFrame]:
        with suppress(InputError, UsageError), open_table(self.path) as text:
            yield from (batch.frame for batch in text.batches())


def _published(previous: Package, resource: Resource) -> _Rows | None:
    """Return a resource's table as it was published before, None where there was none."""
    before = previous.tables.get(resource.name)
    return _Rows(previous.path_of(before)) if before else None


def _tables(path: Path, resource: str, look: Look, encoding: str | None) -> Generator[Issue, None, str]:
    """Yield what the tables of a file hold; return why they could not be read, or ""."""
    try:
        with open_tables(path, encoding=encoding) as tables:
            for text in tables:
                place = f"{resource}:{safe_name(text.sheet or '', 'sheet')}" if len(tables) > 1 else resource
                yield from screened_table(text, place, look)
    except (InputError, UsageError) as error:
        return str(error)
    return ""


def _beside_tables(path: Path, resource: str, look: Look) -> Generator[Issue, None, str]:
    """Yield what a workbook holds beside its tables; return why it could not be read, or ""."""
    try:
        yield from screened(screen_workbook(path, resource), look.chosen)
    except InputError as error:
        return str(error)
    return ""


def _lines(path: Path, resource: str, look: Look) -> Iterator[Issue]:
    with unpacked(path) as content:
        yield from screened(screen_text(content.file, resource), look.chosen)


def _kind(path: Path) -> str:
    """Return the kind of a file by its content, "" where it cannot be told."""
    try:
        with unpacked(path) as content:
            return content.kind
    except InputError:
        return ""
