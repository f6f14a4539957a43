"""Which resources of a package hold the rows of another one once more: tagged companions, Parquet files, workbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.outcome import Objection
from hxl_kit.validation.screening_files import COPIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from hxl_kit.reading.packages import Package

_WORKBOOK = "-xlsx"


def original(package: Package, place: str) -> str:
    """Return the table that a resource, or a workbook's sheet (`resource:sheet`), repeats; else its own name."""
    book, _, sheet = place.partition(":")
    if is_own_book(package, book) and sheet in package.tables:
        return sheet
    repeated = (place.removesuffix(ending) for ending in COPIES if place.endswith(ending))
    return next((name for name in repeated if name in package.tables), place)


def is_copy(package: Package, resource: str) -> bool:
    """Whether a resource is the tagged companion or the Parquet file of a table, by its name."""
    return original(package, resource) != resource


def is_own_book(package: Package, resource: str) -> bool:
    """Whether a resource is the workbook of all tables, by its name."""
    return resource == f"{package.name}{_WORKBOOK}"


def with_copies(package: Package, objections: Iterable[Objection]) -> Iterator[Objection]:
    """Yield objections once: what a copy of a table has in common with it stands under the table."""
    found: dict[tuple[str, str, str, str], list[Objection]] = {}
    for each in objections:
        key = (original(package, each.resource), each.rule, each.column, each.message)
        found.setdefault(key, []).append(each)
    for (resource, *_), same in found.items():
        first = next((each for each in same if each.resource == resource), same[0])
        copies = tuple(each.resource for each in same if each.resource != first.resource)
        blocks = any(each.blocks for each in same)
        yield Objection(
            first.rule, first.resource, first.column, first.rows, first.message, first.fix, blocks, copies
        )
