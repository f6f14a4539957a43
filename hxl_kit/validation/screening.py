"""The check sets `screen` and `disclosure`: personal and sensitive data, and how easily people could be recognised.

Each finding is one issue, for a column or another place of a file: how many rows, which are the first, what was
recognised and how a value is built. No issue holds a value.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from hxl_kit.disclosure import Disclosing
from hxl_kit.screening import screen_table
from hxl_kit.screening.likeness import SLUG as LIKELY
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
    from hxl_kit.standard.tags import Tag
    from hxl_kit.validation.selection import Selection

SETS = ("screen", "disclosure")
UNSEEN = "not-screened"
ROWS_TOLD = 5


def looks_at_people(chosen: Selection) -> bool:
    """Whether any check that looks for people was asked for."""
    return any(chosen.any_of(name) for name in SETS)


@dataclass(frozen=True)
class Look:
    """What is asked of a table.

    Attributes:
        chosen: the checks that run.
        previous: the table as it was published before, in batches of text with row_number.
        tags: hashtags by column, where the table has no row of them.
        public_sources: the sources that anybody can read; None where nothing is known of them.
    """

    chosen: Selection
    previous: Iterable[pl.DataFrame] | None = None
    tags: Mapping[str, Tag] = field(default_factory=dict)
    public_sources: frozenset[str] | None = None


def screened_table(given: TableText, resource: str, look: Look) -> Iterator[Issue]:
    """Yield what a table holds of people; it is read once.

    Raises:
        InputError: the table cannot be read any further.
    """
    text = given if any(given.tags) else replace(given, tags=tuple(map(look.tags.get, given.header)))
    issues = [*_once(_found(text, resource, look))]
    yield from _without_header(text, issues) if issues and _is_headless(text) else issues


def _found(text: TableText, resource: str, look: Look) -> Iterator[Issue]:
    known, seen = known_columns(text), _Passed()
    risks = Disclosing(resource, text.header, _tags(text), known, public_sources=look.public_sources)
    wanted = look.chosen.any_of("disclosure")
    read = replace(text, read=lambda: seen.through(text, risks if wanted else None))
    found = [*screen_table(read, known, resource)]
    yield from screened(found, look.chosen)
    if wanted:
        kinds = {each.column: each.kind for each in found if each.slug != LIKELY}
        told = map(_disclosed, risks.findings(previous=look.previous, kinds=kinds))
        yield from (issue for issue in told if look.chosen.runs("disclosure", issue.rule))
    if seen.ragged and look.chosen.runs("screen", UNSEEN):
        yield unseen(resource, "rows do not have the header's number of cells", seen.ragged)


@dataclass
class _Passed:
    """Batches on their way to screening: the look at disclosure sees them, and rows that fit no header are noted."""

    ragged: list[int] = field(default_factory=list)

    def through(self, text: TableText, risks: Disclosing | None) -> Iterator[Batch]:
        for batch in text.batches():
            if risks:
                risks.add(batch.frame)
            self.ragged += [bad.row_number for bad in batch.bad]
            yield batch


def screened(findings: Iterable[Finding], chosen: Selection) -> Iterator[Issue]:
    """Yield the issues of what screening found: in tables, comments, properties, other sheets and descriptors."""
    yield from (issue for issue in map(_screened, findings) if chosen.runs("screen", issue.rule))


def unseen(resource: str, reason: str, rows: Sequence[int] = ()) -> Issue:
    """Return the issue of what could not be looked into."""
    told = {"kind": "unseen", "part": "cells", "count": len(rows) or 1, "shape": "", "reason": reason}
    return _issue(UNSEEN, "error", resource, "", rows, told)


def _tags(text: TableText) -> dict[str, str]:
    return {name: str(tag) for name, tag in zip(text.header, text.tags, strict=True) if tag}


def _screened(finding: Finding) -> Issue:
    first = finding.rows.first
    told = {"kind": finding.kind, "part": finding.part, **finding.params}
    place = finding.column or ("" if finding.part in ("cells", "hidden sheet") else finding.part)
    return _issue(finding.slug, finding.severity, finding.resource, place, first, told)


def _disclosed(finding: Disclosed) -> Issue:
    told = {"kind": finding.kind, "part": "cells", "shape": "", "count": finding.count, **finding.params}
    return _issue(finding.slug, finding.severity, finding.resource, finding.column, finding.rows, told)


def _issue(
    slug: str, severity: Severity, resource: str, place: str, rows: Sequence[int], told: Mapping[str, object]
) -> Issue:
    message = checks_by_slug()[slug].message
    params = {**told, "first_rows": ", ".join(map(str, rows[:ROWS_TOLD]))}
    return Issue(slug, severity, resource, message, rows[0] if rows else None, place, params=params)


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
