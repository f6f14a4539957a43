"""sarif: SARIF 2.1.0 (OASIS), for code scanning and editors.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from hxl_kit import __version__
from hxl_kit.reporting.format import Format
from hxl_kit.reporting.locations import from_root, locations
from hxl_kit.reporting.words import place, totals_line, visible
from hxl_kit.standard.messages import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hxl_kit.checks.rule import Severity
    from hxl_kit.reporting.locations import Locations
    from hxl_kit.validation.report import Issue, Report

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
FINGERPRINT = "hxlKit/v1"
ROOT = "%SRCROOT%"
UNLISTED = N_("{count:,} findings are counted and not listed")


def render(reports: Sequence[Report], language: str) -> str:
    """Return the reports as one run; rules are the checks that found something.

    Results of text files have a region; fingerprints are those of the issues, where they have them.
    """
    slugs = list(dict.fromkeys(rule for report in reports for _, rule, _ in report.groups))
    run = {
        "tool": {"driver": _driver(reports, slugs, language)},
        "language": language,
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(reports, language)],
        "results": [result for report in reports for result in _results(report, slugs, language)],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2)


def _driver(reports: Sequence[Report], slugs: Sequence[str], language: str) -> dict[str, Any]:
    gravest = {
        rule: severity
        for severity in reversed(LEVELS)
        for report in reports
        for each, rule, _ in report.groups
        if each == severity
    }
    return {
        "name": "hxl-kit",
        "semanticVersion": __version__,
        "language": language,
        "rules": [_rule(slug, gravest[slug], language) for slug in slugs],
    }


def _rule(slug: str, severity: Severity, language: str) -> dict[str, Any]:
    """Return what a slug stands for; of a check of the package's own, its name alone is known."""
    from hxl_kit.validation.catalogue import checks_by_slug

    described: dict[str, Any] = {
        "id": visible(slug),
        "shortDescription": {"text": visible(slug)},
        "defaultConfiguration": {"level": LEVELS[severity]},
    }
    if (check := checks_by_slug().get(slug)) is None:
        return described
    texts = {"shortDescription": check.reason, "fullDescription": check.message, "help": check.fix}
    given = {key: {"text": visible(say(text, language))} for key, text in texts.items() if text}
    return described | given | {"properties": {"source": check.source}}


def _invocation(reports: Sequence[Report], language: str) -> dict[str, Any]:
    """Return that all went well, the totals, and how many findings are not among the results."""
    notes = [totals_line(reports, language)]
    if unlisted := sum(report.unlisted.total() for report in reports):
        notes.append(say(UNLISTED, language, {"count": unlisted}))
    messages = [{"level": "note", "message": {"text": note}} for note in notes]
    return {"executionSuccessful": True, "toolExecutionNotifications": messages}


def _results(report: Report, slugs: Sequence[str], language: str) -> Iterator[dict[str, Any]]:
    found = locations(report)
    numbers = {slug: number for number, slug in enumerate(slugs)}
    for issue in report.issues:
        result: dict[str, Any] = {
            "ruleId": visible(issue.rule),
            "ruleIndex": numbers[issue.rule],
            "level": LEVELS[issue.severity],
            "message": {"text": _message(issue, language)},
            "locations": [_location(issue, found, language)],
        }
        if issue.fingerprint:
            result["partialFingerprints"] = {FINGERPRINT: issue.fingerprint}
        yield result


def _message(issue: Issue, language: str) -> str:
    """Return where, what and the way out; a name that looks like a link of SARIF's does not become one."""
    where = f"{place(issue, language)}{f' ({issue.cell})' if issue.cell else ''}"
    fix = visible(issue.way_out(language))
    text = f"{where}: {visible(issue.told(language))}{f' → {fix}' if fix else ''}"
    return text.replace("](", "]\\(")


def _location(issue: Issue, found: Locations, language: str) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": _artifact(found.file(issue))}
    if position := found.position(issue):
        physical["region"] = {"startLine": position.line, "startColumn": position.column}
    return {
        "physicalLocation": physical,
        "logicalLocations": [{"fullyQualifiedName": place(issue, language), "kind": "element"}],
    }


def _artifact(file: Path) -> dict[str, str]:
    path = from_root(file)
    address = quote(os.fsencode(path.as_posix()))
    return {"uri": f"file://{address}"} if path.is_absolute() else {"uri": address, "uriBaseId": ROOT}


FORMAT = Format("sarif", "SARIF 2.1.0, for code scanning and editors", render, ".sarif")
