"""The gate: no package that frictionless calls invalid is finished."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hxl_kit.errors import DataError
from hxl_kit.validation.profile import profile_issues
from hxl_kit.validation.report import Collected
from hxl_kit.validation.verdict import collect_verdict

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.validation.report import Issue

_NAMED = 3


def refuse_invalid(folder: Path) -> None:
    """Pass a package that was just written, or refuse it: frictionless' verdict on all of it, and the profile.

    Raises:
        DataError: there is an error; the first ones are named.
    """
    path = folder / "datapackage.json"
    found = Collected(_NAMED)
    for issue in profile_issues(json.loads(path.read_bytes())):
        found.add(issue)
    collect_verdict(path, found)
    total = found.counts["error"]
    if total:
        shown = "; ".join(_sentence(issue) for issue in found.issues[:_NAMED])
        more = f"; and {total - _NAMED:,} more" if total > _NAMED else ""
        raise DataError(f"the package would be invalid, nothing was written: {shown}{more}")


def _sentence(issue: Issue) -> str:
    place = " ".join(
        str(part) for part in (issue.resource, issue.row and f"row {issue.row}", issue.field) if part
    )
    return f"{place}: {issue.told() or issue.rule}".removeprefix(": ")
