"""junit: for CI servers. A suite for each path, a case for each check and resource; errors are its failures.

The elements are those that Jenkins and GitLab read: https://github.com/testmoapp/junitxml
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from hxl_kit.reporting.format import Format
from hxl_kit.reporting.words import PACKAGE, SEVERITY_WORDS, counts_line, paths_of, place, visible
from hxl_kit.standard.messages import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.validation.report import Issue, Report

CLEAN = N_("nothing found")
UNLISTED = N_("{count:,} more, which are counted and not listed")


def render(reports: Sequence[Report], language: str) -> str:
    """Return the reports as JUnit's XML: warnings and notes are a case's output, and fail nothing."""
    root = ET.Element("testsuites", name="hxl-kit")
    root.extend(_suite(report, language) for report in reports)
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, "0")) for suite in root)))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode")


def _suite(report: Report, language: str) -> ET.Element:
    suite = ET.Element("testsuite", name=paths_of(report))
    properties = ET.SubElement(suite, "properties")
    for name, number in {"rows": report.rows, **report.counts}.items():
        ET.SubElement(properties, "property", name=name, value=str(number))
    cases = list(_cases(report, language))
    suite.extend(cases)
    failures = sum(case.find("failure") is not None for case in cases)
    counts = {"tests": len(cases), "failures": failures, "errors": 0, "skipped": 0}
    for key, number in counts.items():
        suite.set(key, str(number))
    ET.SubElement(suite, "system-out").text = counts_line(report, language)
    return suite


def _cases(report: Report, language: str) -> Iterator[ET.Element]:
    """Yield a case for each check that found something in a resource, and one for each resource that is clean."""
    keys = sorted({(resource, rule) for _, rule, resource in report.groups})
    for resource, rule in keys:
        yield _case(report, resource, rule, language)
    clean = sorted(report.tables.keys() - {resource for resource, _ in keys})
    for resource in clean or ([] if keys else [""]):
        yield _named(resource, say(CLEAN, language), language)


def _named(resource: str, name: str, language: str) -> ET.Element:
    return ET.Element("testcase", classname=visible(resource) or say(PACKAGE, language), name=visible(name))


def _case(report: Report, resource: str, rule: str, language: str) -> ET.Element:
    case = _named(resource, rule, language)
    found = [issue for issue in report.issues if (issue.resource, issue.rule) == (resource, rule)]
    errors = [issue for issue in found if issue.severity == "error"]
    others = [issue for issue in found if issue.severity != "error"]
    if count := report.groups["error", rule, resource]:
        first = _line(errors[0], language) if errors else visible(rule)
        failure = ET.SubElement(case, "failure", type=visible(rule), message=first)
        failure.text = _lines(errors, count, language)
    if told := report.groups["warning", rule, resource] + report.groups["info", rule, resource]:
        ET.SubElement(case, "system-out").text = _lines(others, told, language)
    return case


def _lines(issues: Sequence[Issue], count: int, language: str) -> str:
    """Return findings as lines, each way out after those that it mends, then how many are not listed."""
    lines = []
    for fix, some in groupby(issues, key=lambda issue: visible(issue.way_out(language))):
        lines += [_line(issue, language) for issue in some] + ([f"→ {fix}"] if fix else [])
    if count > len(issues):
        lines.append(say(UNLISTED, language, {"count": count - len(issues)}))
    return "\n".join(lines)


def _line(issue: Issue, language: str) -> str:
    word = say(SEVERITY_WORDS[issue.severity], language)
    address = f"{issue.cell} " if issue.cell else ""
    return f"{word}: {address}({place(issue, language)}): {visible(issue.told(language))}"


FORMAT = Format("junit", "for CI servers: a case for each check and resource", render, ".xml")
