"""Files of known providers that lie in a package as they were received: the provider's terms hold for them too."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.clearance.outcome import objection
from hxl_kit.clearance.tables import tables_of
from hxl_kit.errors import SourceMismatchError
from hxl_kit.sources import source, source_ids
from hxl_kit.standard import schemas
from hxl_kit.standard.tables import table, table_names
from hxl_kit.validation.strict.parts import resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.clearance.outcome import Objection
    from hxl_kit.reading.packages import Package
    from hxl_kit.sources.definition import Layout, Source

_RULES = {"forbidden": "terms-forbidden", "aggregates_only": "terms-aggregates-only"}


def layout_objections(package: Package) -> Iterator[Objection]:
    """Yield the resources whose columns are those of a provider that forbids passing on such rows.

    Only columns by their names count: hashtags are anybody's. A waiver names the provider's id as the column.
    """
    for name, header in _headers(package):
        for found, layout in () if _is_standard(header) else _known_layouts(header):
            terms = _redistribution(found, layout)
            if terms == "forbidden" or (terms == "aggregates_only" and not _is_of_aggregates(layout)):
                told = f"the columns are those of its {layout.title}"
                params = {"source": found.id, "resting": told}
                yield objection(_RULES[terms], params, resource=name, column=found.id)


def _headers(package: Package) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the columns of every table in the files of a package, and of those that its descriptor holds."""
    yield from ((name, text.header) for name, text in tables_of(package, copies=True))
    for resource in resources_of(package):
        data = resource.descriptor.get("data")
        first = data[0] if isinstance(data, list) and data else ()
        if isinstance(first, list | dict):
            yield resource.name, tuple(map(str, first))


def _is_standard(header: Sequence[str]) -> bool:
    return any(header == table(name).names for name in table_names())


def _known_layouts(header: Sequence[str]) -> Iterator[tuple[Source, Layout]]:
    """Yield the layouts that a table may be of, by its columns' names alone."""
    named = (found for found in map(source, source_ids()) if found.layouts and not found.generic)
    for found in named:
        try:
            yield found, found.fitting_layout(header)
        except SourceMismatchError:
            continue


def _redistribution(found: Source, layout: Layout) -> str:
    """Return what may be passed on: as the layout's own terms say, where a source passes on data of several."""
    return _layout_terms().get((found.id, layout.id), found.redistribution)


@cache
def _layout_terms() -> dict[tuple[str, str], str]:
    with schemas.path_of("layout_terms.csv").open(encoding="utf-8", newline="") as file:
        return {(row["source"], row["layout"]): row["redistribution"] for row in csv.DictReader(file)}


def _is_of_aggregates(layout: Layout) -> bool:
    """Whether every event that a layout gives is an aggregate by itself."""
    events = [table.columns.get("is_aggregate") for table in layout.maps if table.table == "events"]
    return bool(events) and all(said is not None and said.meta.eq(pl.lit(value=True)) for said in events)
