"""What the Data Package standard v2 asks and frictionless 5.21 does not check: one module per family of rules."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from hxl_kit.validation.strict.categories import categories
from hxl_kit.validation.strict.contents import contents
from hxl_kit.validation.strict.json_schemas import json_schemas
from hxl_kit.validation.strict.paths import hidden_paths, path_lists, resource_names, unread_parts
from hxl_kit.validation.strict.profiles import datapackage_profiles
from hxl_kit.validation.strict.references import references
from hxl_kit.validation.strict.silent import missing_numbers, unread_tables
from hxl_kit.validation.strict.skipped import skipped_rows
from hxl_kit.validation.strict.typed_parquet import parquet_types
from hxl_kit.validation.strict.unique_keys import unique_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.report import Issue

__all__ = ["strict_issues"]

FAMILIES = (
    datapackage_profiles,
    hidden_paths,
    path_lists,
    resource_names,
    unread_parts,
    references,
    contents,
    skipped_rows,
    missing_numbers,
    unread_tables,
    unique_keys,
    categories,
    json_schemas,
    parquet_types,
)
"""The families in the order of their issues; docs/strict.md says what each asks, and where the standard says so."""


def strict_issues(package: Package) -> Iterator[Issue]:
    """Yield what a package breaks of the standard beyond frictionless 5.21, family by family.

    Nothing outside the package is read, and nothing is fetched. What could not be looked at is a warning
    `not-checked`, never silence.
    """
    return chain.from_iterable(family(package) for family in FAMILIES)
