"""What a descriptor does in silence: numbers that it calls missing, and tables that nothing reads as tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.reading.table import listed, shown
from hxl_kit.validation.report import Issue
from hxl_kit.validation.strict.parts import resources_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.parts import Resource

PLAUSIBLE = re.compile(r"\s*\+?\d{1,9}(?:\.\d+)?\s*")
"""A count as it may stand in a table; negative numbers and rows of nines are signs that many providers use."""
SIGNS = re.compile(r"\s*9{2,}(?:\.9+|\.0+)?\s*")
NUMERIC = ("integer", "number", "year")
READ = ("csv", "tsv", "xlsx", "xls", "ods", "json", "jsonl", "ndjson", "parquet", "pq", "geojson", "inline")


def missing_numbers(package: Package) -> Iterator[Issue]:
    """Yield the fields of numbers whose missing values are numbers that could be counted (Table Schema, missingValues)."""
    for resource in resources_of(package):
        for field in resource.fields:
            numbers = [text for text in resource.missing_values(field) if _could_be_counted(text)]
            if field.get("type") in NUMERIC and numbers:
                message = (
                    f"cells that say {listed(numbers)} are taken for missing (missingValues), not for numbers"
                )
                yield Issue("missing-numbers", "warning", resource.name, message, field=shown(field["name"]))


def _could_be_counted(text: str) -> bool:
    return bool(PLAUSIBLE.fullmatch(text)) and not SIGNS.fullmatch(text)


def unread_tables(package: Package) -> Iterator[Issue]:
    """Yield the resources with a schema whose format no reader knows, so that no row of them was judged."""
    for resource in resources_of(package):
        if resource.schema and resource.paths and resource.format not in READ and not _is_file(resource):
            message = (
                f"its format '{shown(resource.format)}' is not read as a table: none of its rows was checked"
            )
            yield Issue("not-checked", "warning", resource.name, message)


def _is_file(resource: Resource) -> bool:
    return resource.descriptor.get("type") == "file"
