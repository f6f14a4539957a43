"""The words of a sheet of reported figures: what is counted, parts of a figure, publishers (schemas/words)."""

from __future__ import annotations

import csv
from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def measures() -> Mapping[str, Mapping[str, str]]:
    """Return what each measure is, by its name: table, harm, person_status, flow, category, indicator, unit.

    `category_of_unit` is the category where the place is an administrative unit and not a country.
    """
    return {row["measure"]: row for row in _rows("reported_measures")}


def meaning(field: str, table: str = "") -> dict[str, str]:
    """Return a field of each measure that has one, of all tables or of one."""
    return {
        name: row[field] for name, row in measures().items() if row[field] and table in ("", row["table"])
    }


@cache
def parts() -> Mapping[str, tuple[str, str, str]]:
    """Return the sex, age group and category (where it is another than the whole's) that a part's name says."""
    return {row["name"]: (row["sex"], row["age_group"], row["category"]) for row in _rows("figure_parts")}


@cache
def source_types() -> Mapping[str, str]:
    """Return the type of each known publisher."""
    return {row["publisher"]: row["source_type"] for row in _rows("publishers")}


def _rows(name: str) -> list[dict[str, str]]:
    with schemas.path_of("words", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
