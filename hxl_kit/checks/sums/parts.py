"""Which columns are parts of which, which parts have nobody in common, and which leave nobody out."""

from __future__ import annotations

import csv
from functools import cache
from itertools import combinations, product
from typing import TYPE_CHECKING

from hxl_kit.checks.sums.columns import above
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.checks.sums.columns import Column

_EVERYBODY = ("all",)
"""The one part of people that are not told apart."""


def is_part(part: Column, whole: Column, columns: Sequence[Column]) -> bool:
    """Return whether all whom a column counts are counted by another, by what the two are called.

    Columns that name no more than a sex or an age ("women") are parts of the table's one total.
    """
    if part.bound != whole.bound or part.key == whole.key:
        return False
    bare = not part.scope and not part.about.keys() & {"harm", "person_status"}
    if bare and part.about and not whole.about and whole.is_total and whole.of_people:
        return sum(c.is_total and not c.about and c.bound == whole.bound for c in columns) == 1
    if part.scope != whole.scope or part.about == whole.about:
        return False
    unharmed = "harm" in part.about and "harm" not in whole.about
    return (not unharmed or (whole.is_total and not whole.scope)) and all(
        field in part.about and (part.about[field] == value or value in above(field, part.about[field]))
        for field, value in whole.about.items()
    )


def _apart(one: Column, other: Column) -> bool:
    """Return whether nobody is counted by both columns."""
    return any(
        _exclude(field, one.about[field], other.about[field])
        for field in one.about.keys() & other.about.keys()
    )


def _exclude(field: str, one: str, other: str) -> bool:
    """Return whether two values of a field have nobody in common; age groups do where a partition sets them apart."""
    if field == "age_group":
        placed = [(_cells(one, ages), _cells(other, ages)) for ages in _partitions(field)]
        return any(ours and theirs and ours.isdisjoint(theirs) for ours, theirs in placed)
    return one != other and one not in above(field, other) and other not in above(field, one)


def _cells(group: str, ages: tuple[str, ...]) -> set[str]:
    """Return the groups of a partition that an age group lies in."""
    return {age for age in ages if age == group or age in above("age_group", group)}


def apart_groups(parts: Sequence[Column]) -> list[tuple[Column, ...]]:
    """Return the largest groups of two or more parts of which none counts whom another counts."""
    found: list[tuple[Column, ...]] = []
    for size in range(len(parts), 1, -1):
        for group in combinations(parts, size):
            if any(set(group) <= set(larger) for larger in found):
                continue
            if all(_apart(one, other) for one, other in combinations(group, 2)):
                found.append(group)
    return found


def leaves_nobody_out(whole: Column, group: Sequence[Column], parts: Sequence[Column]) -> bool:
    """Return whether a group of the parts of an explicit total, or the killed and the injured, is everyone it counts.

    An age group besides, such as the elderly beside men and women, may be counted apart.
    """
    fields = {
        field
        for part in group
        for field in part.about
        if field not in whole.about or part.about[field] != whole.about[field]
    }
    if fields == {"harm"}:
        return whole.about.get("harm") == "killed_or_injured"
    if not whole.is_total or not fields <= {"sex", "age_group"}:
        return False
    given = {part.about["age_group"] for part in parts if "age_group" in part.about}
    return any(
        _covers(group, sexes, ages) and (ages == _EVERYBODY or given <= set(ages))
        for sexes, ages in product(_partitions("sex"), _partitions("age_group"))
    )


def _covers(group: Sequence[Column], sexes: tuple[str, ...], ages: tuple[str, ...]) -> bool:
    """Return whether each of the sexes at each of the ages is counted by one part, and each part counts some."""
    counted = [
        (part, cell)
        for part in group
        for cell in product(sexes, ages)
        if all(
            part.about.get(f, "all") in ("all", v) for f, v in zip(("sex", "age_group"), cell, strict=True)
        )
    ]
    return len({cell for _, cell in counted}) == len(sexes) * len(ages) and {p.name for p, _ in counted} == {
        p.name for p in group
    }


@cache
def _partitions(field: str) -> tuple[tuple[str, ...], ...]:
    with schemas.path_of("partitions.csv").open(encoding="utf-8", newline="") as file:
        return (
            _EVERYBODY,
            *(tuple(row["parts"].split()) for row in csv.DictReader(file) if row["field"] == field),
        )
