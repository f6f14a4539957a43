"""Dialects that leave rows out: what they drop is said, since nothing else does."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from hxl_kit.reading.table import counted, shown
from hxl_kit.validation.report import Issue
from hxl_kit.validation.strict.parts import COMPRESSED, resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.parts import Resource

RULE = "skipped-rows"
FORMATS = ("csv", "tsv")


@dataclass(frozen=True)
class Dialect:
    """What a dialect leaves out; rows are counted from 1, the file's first record."""

    comment: str
    comment_rows: frozenset[int]
    header_rows: tuple[int, ...]
    blank: bool

    @property
    def skips(self) -> bool:
        """Whether any row could be left out."""
        return bool(self.comment or self.comment_rows or self.blank) or self.header_rows not in ((1,), ())

    @property
    def furthest(self) -> int | None:
        """The last record that could be left out; None where it could be any."""
        return None if self.comment or self.blank else max((*self.comment_rows, *self.header_rows), default=0)


def skipped_rows(package: Package) -> Iterator[Issue]:
    """Yield how many rows each dialect leaves out (Table Dialect: commentChar, commentRows, headerRows, skipBlankRows).

    A row of HXL hashtags that is left out is no data.
    """
    for resource in resources_of(package):
        dialect = _dialect(resource.dialect)
        if dialect.skips:
            for what, number in _counts(package, resource, dialect).items():
                yield _issue(resource, dialect, what, number)


def _dialect(given: dict[str, Any]) -> Dialect:
    comment = given.get("commentChar")
    header = given.get("headerRows", [1])
    return Dialect(
        comment if isinstance(comment, str) else "",
        frozenset(_numbers(given.get("commentRows"))),
        tuple(sorted(_numbers(header))) if given.get("header", True) else (),
        given.get("skipBlankRows") is True,
    )


def _numbers(given: Any) -> list[int]:
    return [number for number in given if type(number) is int] if isinstance(given, list) else []


def _counts(package: Package, resource: Resource, dialect: Dialect) -> dict[str, int | None]:
    """Return the number of rows left out by reason; None where they could not be counted."""
    found: dict[str, int | None] = dict.fromkeys(_reasons(dialect))
    path = resource.descriptor.get("path")
    if not isinstance(path, str) or resource.format not in FORMATS or path.lower().endswith(COMPRESSED):
        return found
    file = package.path_of(resource.descriptor)
    if not file.is_file():
        return found
    try:
        counts = dict.fromkeys(found, 0)
        for number, cells in enumerate(islice(_records(file, resource), dialect.furthest), start=1):
            reason = _reason(number, cells, dialect)
            if reason in counts:
                counts[reason] += 1
    except (OSError, UnicodeError, LookupError, csv.Error, TypeError, ValueError):
        return found
    return {reason: number for reason, number in counts.items() if number}


def _reasons(dialect: Dialect) -> list[str]:
    return [
        *(["commentChar"] if dialect.comment else []),
        *(["commentRows"] if dialect.comment_rows else []),
        *(["headerRows"] if dialect.header_rows not in ((1,), ()) else []),
        *(["skipBlankRows"] if dialect.blank else []),
    ]


def _reason(number: int, cells: Sequence[str], dialect: Dialect) -> str:
    """Return why a record is left out, or ""."""
    last = max(dialect.header_rows, default=0)
    if number in dialect.header_rows:
        return ""
    if number < last:
        return "headerRows"
    if dialect.comment and cells and cells[0].startswith(dialect.comment):
        return "commentChar"
    if number in dialect.comment_rows:
        return "" if _is_hashtags(cells) else "commentRows"
    return "skipBlankRows" if dialect.blank and not any(cells) else ""


def _is_hashtags(cells: Sequence[str]) -> bool:
    return any(cells) and all(cell.strip().startswith("#") for cell in cells if cell.strip())


def _records(file: Path, resource: Resource) -> Iterator[list[str]]:
    nested = resource.dialect.get("csv")
    said = {**resource.dialect, **(nested if isinstance(nested, dict) else {})}
    with file.open(encoding=str(resource.descriptor.get("encoding") or "utf-8-sig"), newline="") as text:
        yield from csv.reader(
            text,
            delimiter=said.get("delimiter", "\t" if resource.format == "tsv" else ","),
            quotechar=said.get("quoteChar", '"'),
            doublequote=said.get("doubleQuote", True),
            skipinitialspace=said.get("skipInitialSpace", False),
        )


def _issue(resource: Resource, dialect: Dialect, reason: str, number: int | None) -> Issue:
    rows = "rows that were not counted are" if number is None else f"{counted(number, 'row')} {_are(number)}"
    how = f" (they begin with '{shown(dialect.comment)}')" if reason == "commentChar" else ""
    return Issue(
        RULE,
        "warning",
        resource.name,
        f"{resource.place}.dialect.{reason}: {rows} skipped{how}; skipped and comment rows are dropped silently",
        fix="take the rows out of the file, or the setting out of the dialect, if they are data",
    )


def _are(number: int) -> str:
    return "is" if number == 1 else "are"
