"""What screening and disclosure object to: one objection for each finding."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.clearance.outcome import Objection
from hxl_kit.validation.screening import SETS
from hxl_kit.validation.screening_files import screened_package
from hxl_kit.validation.selection import selected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.report import Issue


def people_objections(package: Package, previous: Package | None) -> Iterator[Objection]:
    """Return what a package holds of people; `previous` is what was published before."""
    issues = screened_package(package, selected(SETS), previous)
    return map(_objection, issues)


def _objection(issue: Issue) -> Objection:
    count = issue.params.get("count", 0)
    rows = count if isinstance(count, int) else 0
    blocks = issue.severity == "error"
    return Objection(
        issue.rule, issue.resource, issue.field, rows, issue.told(), issue.way_out(), blocks=blocks
    )
