"""frictionless 5.21, whose verdict is the gate: the only module that imports it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from frictionless import Package
from frictionless.exception import FrictionlessException

from hxl_kit.validation.report import Issue, cell_address

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ALL_ERRORS = 1_000_000


def package_issues(descriptor: Mapping[str, Any], folder: Path) -> tuple[list[Issue], dict[str, int]]:
    """Return frictionless' errors on a package as issues, and the number of rows it read by resource."""
    try:
        report = Package.from_descriptor(dict(descriptor), basepath=str(folder)).validate(
            limit_errors=ALL_ERRORS
        )
    except FrictionlessException as error:
        return _exception_issues(error), {}
    return _report_issues(report)


def head_issues(descriptor: Mapping[str, Any], folder: Path, rows: int) -> list[Issue]:
    """Return frictionless' errors on the descriptor and the first `rows` rows of each table.

    References between tables are left aside: the heads of two tables do not hold each other's rows.
    """
    resources = [_head(resource) for resource in descriptor["resources"]]
    try:
        package = Package.from_descriptor({**descriptor, "resources": resources}, basepath=str(folder))
        report = package.validate(limit_rows=rows, limit_errors=ALL_ERRORS)
    except FrictionlessException as error:
        return _exception_issues(error)
    return _report_issues(report)[0]


def _head(resource: dict[str, Any]) -> dict[str, Any]:
    if "schema" not in resource:
        return resource
    schema = {key: value for key, value in resource["schema"].items() if key != "foreignKeys"}
    stats = ("hash", "bytes", "rows")
    return {**{key: value for key, value in resource.items() if key not in stats}, "schema": schema}


def _exception_issues(error: FrictionlessException) -> list[Issue]:
    reasons = error.reasons or [error.error]
    return [Issue(reason.type, "error", "", _plain(reason.note)) for reason in reasons]


def _report_issues(report: Any) -> tuple[list[Issue], dict[str, int]]:
    issues = [Issue(e.type, "error", "", _plain(e.note)) for e in report.errors]
    issues += [_issue(error, task) for task in report.tasks for error in task.errors]
    return issues, {task.name: int(task.stats.get("rows") or 0) for task in report.tasks}


def _issue(error: Any, task: Any) -> Issue:
    row, column = getattr(error, "row_number", None), getattr(error, "field_number", None)
    return Issue(
        rule=error.type,
        severity="error",
        resource=task.name,
        message=_plain(error.note),
        row=row,
        field=str(getattr(error, "field_name", "") or getattr(error, "label", "") or ""),
        cell=cell_address(row, column),
    )


def _plain(note: str) -> str:
    """Return a note in one printable line."""
    return "".join(c if c.isprintable() else " " for c in " ".join(note.split()))
