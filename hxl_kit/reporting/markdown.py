"""markdown: one summary of many packages, for the page of a CI job or a merge request."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from hxl_kit.reporting.format import Format
from hxl_kit.reporting.words import (
    INVALID,
    MORE,
    SEVERITY_WORDS,
    VALID,
    kinds,
    paths_of,
    totals_line,
    visible,
)
from hxl_kit.standard.messages import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.reporting.words import Kind
    from hxl_kit.validation.report import Report

SHOWN = 50
"""So many packages are listed, those with the most errors first, and so many kinds of findings."""

PACKAGES = (N_("package"), N_("verdict"), N_("errors"), N_("warnings"), N_("notes"), N_("rows"))
FINDINGS = (
    N_("severity"),
    N_("check"),
    N_("findings"),
    N_("packages"),
    N_("what is wrong"),
    N_("what to do"),
)
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~&@])")


def render(reports: Sequence[Report], language: str) -> str:
    """Return the totals, a table of the packages that have findings, and one of what is wrong in all of them."""
    head = say(VALID if all(report.valid for report in reports) else INVALID, language)
    blocks = [f"## hxl-kit: {head}", plain(totals_line(reports, language))]
    faulty = sorted((r for r in reports if r.groups), key=lambda report: [-n for n in report.counts.values()])
    if faulty:
        blocks.append(_table(PACKAGES, [_package(report, language) for report in faulty], language))
        blocks.append(_table(FINDINGS, list(_findings(faulty, language)), language))
    return "\n\n".join(blocks)


def plain(text: str) -> str:
    """Return text that Markdown takes as it is: in one line, without marks, mentions and tables."""
    return _MARKS.sub(r"\\\1", visible(text))


def _package(report: Report, language: str) -> list[str]:
    verdict = say(VALID if report.valid else INVALID, language)
    return [paths_of(report), verdict, *(f"{number:,}" for number in (*report.counts.values(), report.rows))]


def _findings(reports: Sequence[Report], language: str) -> Iterator[list[str]]:
    """Yield a row for each check that found something, the gravest and most frequent first."""
    found: dict[tuple[str, str], list[Kind]] = {}
    for report in reports:
        for kind in kinds(report):
            found.setdefault((kind.severity, kind.slug), []).append(kind)
    grave = list(SEVERITY_WORDS)
    for (severity, slug), of in sorted(
        found.items(), key=lambda one: (grave.index(one[0][0]), -_total(one[1]))
    ):
        words = dict.fromkeys(kind.words(language) or kind.example(language) for kind in of)
        fixes = dict.fromkeys(fix for kind in of for fix in kind.ways_out(language))
        said = (next(filter(None, words), ""), next(iter(fixes), ""))
        yield [say(SEVERITY_WORDS[severity], language), slug, f"{_total(of):,}", f"{len(of):,}", *said]


def _total(of: Sequence[Kind]) -> int:
    return sum(kind.total for kind in of)


def _table(names: Sequence[str], rows: Sequence[Sequence[str]], language: str) -> str:
    """Return a table; what is beyond the first rows is counted."""
    cells = [[plain(say(name, language)) for name in names], ["---"] * len(names)]
    cells += [[plain(cell) for cell in row] for row in rows[:SHOWN]]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    if len(rows) > SHOWN:
        lines += ["", plain(f"… {say(MORE, language, {'count': len(rows) - SHOWN})}")]
    return "\n".join(lines)


FORMAT = Format("markdown", "one summary of many packages, for the page of a CI job", render, ".md")
