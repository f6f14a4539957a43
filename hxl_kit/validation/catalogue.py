"""All checks: the themes of the standard's tables, and the sets that judge files, packages and hashtags."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from hxl_kit.checks.rule import Check, Severity
from hxl_kit.checks.theme import themes
from hxl_kit.standard import schemas
from hxl_kit.standard.messages import N_


@dataclass(frozen=True)
class CheckSet:
    """Checks that `validate --checks` runs under one name; `title` says what they ask."""

    name: str
    title: str
    checks: tuple[Check, ...]


_SEVERITIES: dict[str, Severity] = {"error": "error", "warning": "warning", "info": "info"}
_TITLES = {
    "frictionless": N_("the verdict of frictionless 5.21: types, constraints, keys, references, hashes"),
    "strict": N_("what Data Package v2 asks beyond frictionless 5.21"),
    "profile": N_("what a package of hxl_kit must say about itself (schemas/profile.json)"),
    "reading": N_("whether a file can be read in one way only, and what its columns are"),
    "hashtags": N_("whether the hashtags of the schema, of the hashtag row and of Parquet are the same"),
    "screen": N_("personal and sensitive data, wherever in a file they stand"),
    "disclosure": N_("how easily people could be recognised in rows, small counts and coordinates"),
    "own": N_("the rules that the package's author wrote"),
    "hxl-schema": N_("what a legacy HXL schema asks (--hxl-schema FILE), or HXL's core schema"),
}
"""The sets whose checks stand in `schemas/checks/`, in the order in which they are listed."""


@cache
def check_sets() -> tuple[CheckSet, ...]:
    """Return all sets: those of files and packages first, then the themes by name."""
    listed = [CheckSet(name, title, _listed(name)) for name, title in _TITLES.items()]
    return (*listed, *(CheckSet(theme.name, theme.title, theme.checks) for theme in themes()))


@cache
def checks_by_slug() -> dict[str, Check]:
    """Return every check by its slug."""
    return {check.slug: check for found in check_sets() for check in found.checks}


def _listed(name: str) -> tuple[Check, ...]:
    with schemas.path_of("checks", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_check(**row) for row in csv.DictReader(file))


def _check(severity: str, **words: str) -> Check:
    return Check(severity=_SEVERITIES[severity], **words)
