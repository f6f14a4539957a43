"""Checks of one theme on small tables: what `validate` tells of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packages_for_tests import write_package

from hxl_kit.checks.theme import Context
from hxl_kit.validation.engine import validate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hxl_kit.validation.report import Issue

Rows = "Sequence[Mapping[str, str]]"


def issues_of(
    folder: Path, theme: str, tables: Mapping[str, Rows], context: Context | None = None
) -> list[Issue]:
    """Return what a theme finds in a package with these tables; all rows of a table have the same columns."""
    filled = {
        name: [dict.fromkeys((field for row in rows for field in row), "") | dict(row) for row in rows]
        for name, rows in tables.items()
    }
    write_package(folder, filled, keys={})
    return list(validate(folder, [theme], limit=1000, context=context or Context()).issues)


def told(issues: Sequence[Issue]) -> list[tuple[str, int | None, str]]:
    """Return rule, row and field of issues, in order."""
    return sorted((issue.rule, issue.row, issue.field) for issue in issues)


def said(issues: Sequence[Issue]) -> list[str]:
    """Return the words of issues in English."""
    return [issue.told("en") for issue in issues]
