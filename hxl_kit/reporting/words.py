"""The words that formats share: what stands where a finding is, what is wrong in a group of findings, the totals.

Names from files and messages about them are `visible` here: in one line, nothing hidden in them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hxl_kit.standard.messages import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.checks.rule import Check
    from hxl_kit.validation.report import Issue, Report

SEVERITIES = ("error", "warning", "info")
"""The gravest first."""

SEVERITY_WORDS = {"error": N_("error"), "warning": N_("warning"), "info": N_("note")}
VALID, INVALID = N_("valid"), N_("INVALID")
COUNTS = N_("rows: {rows:,}, errors: {error:,}, warnings: {warning:,}, notes: {info:,}")
TOTALS = N_(
    "paths: {paths:,}, of them invalid: {invalid:,}, rows: {rows:,}, errors: {error:,}, warnings: {warning:,}, "
    "notes: {info:,}"
)
MORE = N_("and {count:,} more")
PACKAGE = N_("the package")
ROW = N_("row {row}")
WHAT_TO_DO = N_("What to do: {fix}")
_ONE_BYTE = 0x100
_SPACES = "\u00a0\u202f"
"""No-break spaces, which French sets before its colons: they look like what they are."""


def visible(text: str) -> str:
    r"""Return text in one line, its control and invisible characters and line ends as their codes (\u200f, say)."""
    return "".join(c if c.isprintable() or c in _SPACES else _escaped(c) for c in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < _ONE_BYTE else f"\\u{code:04x}"


def told(issue: Issue, language: str) -> str:
    """Return what is wrong, after the name of the field: "fatalities: is not of type integer"."""
    message = visible(issue.told(language))
    return f"{visible(issue.field)}: {message}" if issue.field else message


def place(issue: Issue, language: str) -> str:
    """Return where a finding is, as far as it is known: "events.csv, row 122, fatalities"."""
    row = say(ROW, language, {"row": issue.row}) if issue.row else ""
    known = (visible(issue.resource) or say(PACKAGE, language), row, visible(issue.field))
    return ", ".join(part for part in known if part)


def counts_line(report: Report, language: str) -> str:
    """Return the numbers of a report in one line."""
    return say(COUNTS, language, {"rows": report.rows, **report.counts})


def totals_line(reports: Iterable[Report], language: str) -> str:
    """Return the numbers of several reports taken together in one line."""
    every = list(reports)
    total = Counter[str]()
    for report in every:
        total.update({"rows": report.rows, "invalid": not report.valid, **report.counts})
    zero = dict.fromkeys(("rows", "invalid", *SEVERITIES), 0)
    return say(TOTALS, language, {**zero, **total, "paths": len(every)})


def paths_of(report: Report) -> str:
    """Return what was validated, as the user named it."""
    return ", ".join(visible(path) for path in report.paths)


@dataclass(frozen=True)
class Kind:
    """The findings of one check with one severity in a report; `total` counts those that are not held as well."""

    severity: str
    slug: str
    issues: tuple[Issue, ...]
    total: int

    @property
    def check(self) -> Check | None:
        """What the slug stands for, if it is known."""
        from hxl_kit.validation.catalogue import checks_by_slug

        return checks_by_slug().get(self.slug)

    def same(self, language: str) -> str:
        """Return what is wrong if it is the same words for all that are held, else ""."""
        every = {issue.told(language) for issue in self.issues}
        return visible(every.pop()) if len(every) == 1 else ""

    def words(self, language: str) -> str:
        """Return what is wrong in general: the same words of all, or what the check usually says."""
        usual = self.check.message if self.check else ""
        return self.same(language) or ("" if "{" in usual else say(usual, language))

    def example(self, language: str) -> str:
        """Return what is wrong at the first place that is held, where it is other words for each."""
        return visible(self.issues[0].told(language)) if self.issues else ""

    def ways_out(self, language: str) -> tuple[str, ...]:
        """Return what to do, each advice once."""
        advice = (visible(issue.way_out(language)) for issue in self.issues)
        return tuple(dict.fromkeys(text for text in advice if text))


def kinds(report: Report) -> list[Kind]:
    """Return the findings of a report by severity and check, the gravest and most frequent first."""
    totals = Counter[tuple[str, str]]()
    held: dict[tuple[str, str], list[Issue]] = {}
    for (severity, slug, _), times in report.groups.items():
        totals[severity, slug] += times
    for issue in report.issues:
        held.setdefault((issue.severity, issue.rule), []).append(issue)
    found = [Kind(*key, tuple(held.get(key, ())), times) for key, times in totals.items()]
    return sorted(found, key=lambda kind: (SEVERITIES.index(kind.severity), -kind.total, kind.slug))
