"""The gate: no package that frictionless calls invalid is finished."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hxl_kit.checks.constraints import unproven
from hxl_kit.errors import DataError
from hxl_kit.standard.tables import table_names
from hxl_kit.validation.oracle import head_issues, package_issues
from hxl_kit.validation.profile import profile_issues

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.validation.report import Issue

FULL_ROWS = 20_000
"""Up to this many rows frictionless reads the whole package (12,000 rows a second); beyond, see below."""
HEAD_ROWS = 100
_NAMED = 3


def refuse_invalid(folder: Path) -> None:
    """Pass a package that was just written from rows that keep every constraint, or refuse it.

    Every row has passed `checks.constraints` on its way in, and keys and references were compared in
    full; that proves it clean. The descriptor is held to the profile, and frictionless then reads the
    whole package when it is small, the descriptor and the head of each table when it is large. A
    constraint that no rule proves brings the full reading back.

    Raises:
        DataError: frictionless finds an error; the first ones are named.
    """
    descriptor = json.loads((folder / "datapackage.json").read_bytes())
    rows = sum(resource.get("rows", 0) for resource in descriptor["resources"])
    if rows <= FULL_ROWS or any(unproven(name) for name in table_names()):
        issues, _ = package_issues(descriptor, folder)
    else:
        issues = head_issues(descriptor, folder, HEAD_ROWS)
    issues = [*profile_issues(descriptor), *issues]
    if issues:
        raise DataError(f"the package would be invalid, nothing was written: {_named(issues)}")


def _named(issues: list[Issue]) -> str:
    shown = "; ".join(_sentence(issue) for issue in issues[:_NAMED])
    return shown if len(issues) <= _NAMED else f"{shown}; and {len(issues) - _NAMED:,} more"


def _sentence(issue: Issue) -> str:
    place = " ".join(
        str(part) for part in (issue.resource, issue.row and f"row {issue.row}", issue.field) if part
    )
    return f"{place}: {issue.message or issue.rule}".removeprefix(": ")
