"""html: one page to send and to print. It needs no script and nothing from elsewhere, and holds no cell of the data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import bidirectional

from hxl_kit import __version__
from hxl_kit.reporting.format import Format
from hxl_kit.reporting.words import (
    INVALID,
    MORE,
    PACKAGE,
    SEVERITIES,
    SEVERITY_WORDS,
    VALID,
    kinds,
    paths_of,
    totals_line,
    visible,
)
from hxl_kit.standard.languages import RIGHT_TO_LEFT
from hxl_kit.standard.messages import N_, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from hxl_kit.reporting.words import Kind
    from hxl_kit.validation.report import Issue, Report

SHOWN = 10
"""How many findings of a kind are shown."""

_TEMPLATES = Path(__file__).with_name("templates")

WORDS = {
    "title": N_("Validation report"),
    "summary": N_("Summary"),
    "path": N_("File or package"),
    "verdict": N_("Verdict"),
    "rows": N_("Rows"),
    "errors": N_("Errors"),
    "warnings": N_("Warnings"),
    "notes": N_("Notes"),
    "nothing": N_("Nothing was found."),
    "times": N_("How often"),
    "cell": N_("Cell"),
    "row": N_("Row"),
    "field": N_("Column"),
    "resource": N_("Table"),
    "message": N_("What is wrong"),
    "fix": N_("What to do"),
    "reason": N_("Why it matters"),
    "source": N_("Source"),
    "examples": N_("First examples"),
    "privacy": N_("This report holds no values of the data."),
}


@dataclass(frozen=True)
class Example:
    """A line of a table of examples; `message` is "" where the heading has said it."""

    resource: str
    cell: str
    row: str
    field: str
    message: str


@dataclass(frozen=True)
class Finding:
    """The findings of one check as the page shows them."""

    severity: str
    severity_word: str
    slug: str
    heading: str
    times: str
    examples: tuple[Example, ...]
    more: str
    fixes: tuple[str, ...]
    reason: str
    source: str


@dataclass(frozen=True)
class Section:
    """What was found in a path."""

    path: str
    valid: bool
    verdict: str
    numbers: tuple[str, ...]
    findings: tuple[Finding, ...]


def render(reports: Sequence[Report], language: str) -> str:
    """Return the reports as one page; the same reports give the same text."""
    return _template().render(
        language=language,
        direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
        words={key: say(word, language) for key, word in WORDS.items()},
        totals=totals_line(reports, language),
        sections=[_section(report, language) for report in reports],
        version=__version__,
    )


def direction(text: str) -> str:
    """Return "rtl" for a text whose letters are for the greater part Arabic or Hebrew, else "ltr".

    The first letter, which a browser goes by, may be that of a column's name in Latin.
    """
    found = Counter(map(bidirectional, text))
    return "rtl" if found["AL"] + found["R"] > found["L"] else "ltr"


@cache
def _template() -> Template:
    from hxl_kit.pages import page_template

    return page_template(_TEMPLATES / "report.html.j2", {"direction": direction})


def _section(report: Report, language: str) -> Section:
    return Section(
        path=paths_of(report),
        valid=report.valid,
        verdict=say(VALID if report.valid else INVALID, language),
        numbers=tuple(f"{number:,}" for number in (report.rows, *map(report.counts.__getitem__, SEVERITIES))),
        findings=tuple(_finding(kind, language) for kind in kinds(report)),
    )


def _finding(kind: Kind, language: str) -> Finding:
    shown = kind.issues[:SHOWN]
    rest = kind.total - len(shown)
    same = kind.same(language)
    return Finding(
        severity=kind.severity,
        severity_word=say(SEVERITY_WORDS[kind.severity], language),
        slug=visible(kind.slug),
        heading=kind.words(language),
        times=f"{kind.total:,}",
        examples=tuple(_example(issue, same, language) for issue in shown),
        more=say(MORE, language, {"count": rest}) if rest else "",
        fixes=kind.ways_out(language)[:SHOWN],
        reason=say(kind.check.reason, language) if kind.check else "",
        source=kind.check.source if kind.check else "",
    )


def _example(issue: Issue, same: str, language: str) -> Example:
    return Example(
        resource=visible(issue.resource) or say(PACKAGE, language),
        cell=issue.cell,
        row=str(issue.row or ""),
        field=visible(issue.field),
        message="" if same else visible(issue.told(language)),
    )


FORMAT = Format("html", "one page to send and to print, without scripts", render, ".html")
