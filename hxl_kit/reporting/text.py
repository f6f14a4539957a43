"""text: for people in a terminal. A verdict for each path, the findings by severity and check, the totals."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from hxl_kit.reporting.format import Format
from hxl_kit.reporting.words import (
    INVALID,
    MORE,
    SEVERITY_WORDS,
    VALID,
    WHAT_TO_DO,
    counts_line,
    kinds,
    paths_of,
    place,
    totals_line,
    visible,
)
from hxl_kit.standard.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.reporting.words import Kind
    from hxl_kit.validation.report import Issue, Report

WIDTH = 96
SHOWN = 3
"""How many findings of a kind are shown."""

_INDENT = "    "


def render(reports: Sequence[Report], language: str) -> str:
    """Return the reports as plain text of at most 96 columns, but for words that are longer."""
    blocks = ["\n".join(_report(report, language)) for report in reports]
    if len(reports) == 1:
        return "\n\n".join([*blocks, *([_verdict(reports[0], language)] if reports[0].groups else [])])
    return "\n\n".join([*blocks, totals_line(reports, language)])


def _verdict(report: Report, language: str) -> str:
    word = say(VALID if report.valid else INVALID, language)
    return f"{paths_of(report)}: {word} ({counts_line(report, language)})"


def _report(report: Report, language: str) -> Iterator[str]:
    yield _verdict(report, language)
    for kind in kinds(report):
        yield ""
        yield from _kind(kind, language)


def _kind(kind: Kind, language: str) -> Iterator[str]:
    word, words = say(SEVERITY_WORDS[kind.severity], language), kind.words(language)
    yield from _wrapped(
        f"{word} {visible(kind.slug)} ({kind.total:,}){': ' + words if words else ''}", "  ", 2
    )
    same = kind.same(language)
    examples = kind.issues[:SHOWN]
    widest = max((len(issue.cell) for issue in examples), default=0)
    for issue in examples:
        yield from _wrapped(_example(issue, widest, same, language), _INDENT, widest + 2)
    if kind.total > len(examples):
        yield f"{_INDENT}… {say(MORE, language, {'count': kind.total - len(examples)})}"
    for fix in kind.ways_out(language)[:SHOWN]:
        yield from _wrapped(say(WHAT_TO_DO, language, {"fix": fix}), _INDENT, 2)


def _example(issue: Issue, widest: int, same: str, language: str) -> str:
    address = f"{issue.cell:<{widest}}  " if widest else ""
    words = "" if same else f": {visible(issue.told(language))}"
    return f"{address}{place(issue, language)}{words}"


def _wrapped(text: str, indent: str, hanging: int) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + " " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )


FORMAT = Format("text", "for people: grouped, counted, first examples, and what to do", render, ".txt")
