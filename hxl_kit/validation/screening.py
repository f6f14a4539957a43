"""The check sets `screen` and `disclosure`: personal and sensitive data, and how easily people could be recognised.

Each finding is one issue, for a column or another place of a file: how many rows, which are the first, what was
recognised and how a value is built. No issue holds a value.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hxl_kit.disclosure import Disclosing
from hxl_kit.screening import screen_table
from hxl_kit.validation.catalogue import checks_by_slug
from hxl_kit.validation.forms import missing_header
from hxl_kit.validation.known_columns import known_columns
from hxl_kit.validation.report import Issue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from hxl_kit.checks.rule import Severity
    from hxl_kit.disclosure import Finding as Disclosed
    from hxl_kit.reading import Batch, TableText
    from hxl_kit.screening import Finding
    from hxl_kit.validation.selection import Selection

SETS = ("screen", "disclosure")
ROWS_TOLD = 5


def looks_at_people(chosen: Selection) -> bool:
    """Whether any check that looks for people was asked for."""
    return any(chosen.any_of(name) for name in SETS)


def screened_table(
    text: TableText, resource: str, chosen: Selection, previous: pl.DataFrame | None = None
) -> Iterator[Issue]:
    """Yield what a table holds of people; it is read once.

    Args:
        text: an open table.
        resource: what issues call it.
        chosen: the checks that run.
        previous: the table as it was published before, as text with row_number.

    Raises:
        InputError: the table cannot be read any further.
    """
    known = known_columns(text)
    risks = Disclosing(resource, text.header, _tags(text), known) if chosen.any_of("disclosure") else None
    read = replace(text, read=lambda: _passing(text, risks)) if risks else text
    found = [*screened(screen_table(read, known, resource), chosen)]
    if risks:
        told = (_disclosed(finding) for finding in risks.findings(previous=previous))
        found += [issue for issue in told if chosen.runs("disclosure", issue.rule)]
    issues = _once(found)
    yield from _without_header(text, issues) if found and _is_headless(text) else issues


def screened(findings: Iterable[Finding], chosen: Selection) -> Iterator[Issue]:
    """Yield the issues of what screening found: in tables, comments, properties, other sheets and descriptors."""
    yield from (issue for issue in map(_screened, findings) if chosen.runs("screen", issue.rule))


def _passing(text: TableText, risks: Disclosing) -> Iterator[Batch]:
    """Yield a table's batches, each shown to the look at disclosure as it passes."""
    for batch in text.batches():
        risks.add(batch.frame)
        yield batch


def _tags(text: TableText) -> dict[str, str]:
    return {name: str(tag) for name, tag in zip(text.header, text.tags, strict=True) if tag}


def _screened(finding: Finding) -> Issue:
    first = finding.rows.first
    told = {"kind": finding.kind, "part": finding.part, **finding.params}
    field = finding.column or ("" if finding.part in ("cells", "hidden sheet") else finding.part)
    return _issue(finding.slug, finding.severity, finding.resource, field, first, told)


def _disclosed(finding: Disclosed) -> Issue:
    told = {"kind": finding.kind, "part": "cells", "shape": "", "count": finding.count, **finding.params}
    return _issue(finding.slug, finding.severity, finding.resource, finding.column, finding.rows, told)


def _issue(
    slug: str, severity: Severity, resource: str, field: str, rows: Sequence[int], told: Mapping[str, object]
) -> Issue:
    message = checks_by_slug()[slug].message
    params = {**told, "first_rows": ", ".join(map(str, rows[:ROWS_TOLD]))}
    return Issue(slug, severity, resource, message, rows[0] if rows else None, field, params=params)


def _once(issues: Iterable[Issue]) -> Iterator[Issue]:
    """Yield issues without those that both looks have found: the first one stands."""
    seen: set[tuple[str, str]] = set()
    for issue in issues:
        place = (SAME.get(issue.rule, issue.rule), issue.field)
        if place not in seen:
            seen.add(place)
            yield issue


SAME = {"precise-location": "home-location"}
"""Findings of the look at disclosure that say what screening says of the same column."""


def _is_headless(text: TableText) -> bool:
    first = next(text.batches(), None)
    return first is not None and missing_header(text.path.name, text, first.frame) is not None


def _without_header(text: TableText, issues: Iterable[Issue]) -> Iterator[Issue]:
    """Yield issues with columns told by their numbers: what stands in the first row is of the data."""
    numbers = {name: f"column {number}" for number, name in enumerate(text.header, 1)}
    for issue in issues:
        keys = {key: value for key, value in issue.params.items() if key != "keys"}
        named = ", ".join(numbers.get(name, name) for name in str(issue.params.get("keys", "")).split(", "))
        yield replace(issue, field=numbers.get(issue.field, issue.field), params={**keys, "keys": named})
