"""What screening found, for people and programs: a line for each place, and for each kind why it matters and what to do."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from hxl_kit.reporting.words import WHAT_TO_DO, paths_of, visible
from hxl_kit.standard.messages import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.validation.report import Issue, Report

WIDTH = 96
MARKS = {"error": N_("STOP"), "warning": N_("look"), "info": N_("waived")}
CLEAR = N_("nothing found")
FOUND = N_("stopping a publication: {error:,}, to be looked at: {warning:,}")
TOTALS = N_(
    "files and packages: {paths:,}, of them stopped: {stopped:,}, with something to look at: {looked:,}"
)


def screened_text(reports: Sequence[Report], language: str) -> str:
    """Return the findings as plain text: files without any in a line each, and the totals at the end."""
    blocks = ["\n".join(_report(report, language)) for report in reports]
    return "\n".join([*blocks, *([_totals(reports, language)] if len(reports) > 1 else [])])


def screened_json(reports: Sequence[Report], language: str) -> dict[str, Any]:
    """Return the findings as the documented JSON of `screen`."""
    return {
        "clear": all(report.valid for report in reports),
        "files": [
            {
                "path": paths_of(report),
                "clear": report.valid,
                "counts": report.counts,
                "findings": [_described(issue, language) for issue in report.issues],
            }
            for report in reports
        ],
    }


def _described(issue: Issue, language: str) -> dict[str, Any]:
    first = str(issue.params.get("first_rows", ""))
    return {
        "rule": issue.rule,
        "severity": issue.severity,
        "kind": issue.params.get("kind", ""),
        "resource": issue.resource,
        "column": issue.field,
        "part": issue.params.get("part", ""),
        "rows": issue.params.get("count", 0),
        "first_rows": [int(row) for row in first.split(", ") if row],
        "shape": issue.params.get("shape", ""),
        "message": issue.told(language),
        "fix": issue.way_out(language),
    }


def _report(report: Report, language: str) -> Iterator[str]:
    path = visible(paths_of(report))
    if not report.issues:
        yield f"{path}: {say(CLEAR, language)}"
        return
    yield f"{path}: {say(FOUND, language, report.counts)}"
    lines = [_line(issue, language) for issue in report.issues]
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]) - 1)]
    for line in lines:
        cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        yield "  " + "  ".join([*cells, line[-1]]).rstrip()
    for slug in dict.fromkeys(issue.rule for issue in report.issues):
        yield from _why(slug, [i for i in report.issues if i.rule == slug], language)
    yield ""


def _line(issue: Issue, language: str) -> tuple[str, ...]:
    """Return a finding as a row of the table: how grave, which check, where, and what is seen."""
    place = ", ".join(visible(part) for part in (issue.resource, issue.field) if part)
    part = str(issue.params.get("part", ""))
    elsewhere = f" [{part}]" if part not in ("cells", "", issue.field) else ""
    told = visible(issue.told(language)) + elsewhere
    return say(MARKS[issue.severity], language), issue.rule, place, told


def _why(slug: str, issues: Sequence[Issue], language: str) -> Iterator[str]:
    """Yield why a kind of finding matters, and what to do."""
    from hxl_kit.validation.catalogue import checks_by_slug

    check = checks_by_slug()[slug]
    fixes = dict.fromkeys(issue.way_out(language) for issue in issues)
    yield from _wrapped(f"{slug}: {say(check.reason, language)}")
    for fix in fixes:
        yield from _wrapped(f"  {say(WHAT_TO_DO, language, {'fix': fix})}")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent="    ",
        subsequent_indent="      ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _totals(reports: Sequence[Report], language: str) -> str:
    counts = {
        "paths": len(reports),
        "stopped": sum(not report.valid for report in reports),
        "looked": sum(report.valid and report.counts["warning"] > 0 for report in reports),
    }
    return say(TOTALS, language, counts)
