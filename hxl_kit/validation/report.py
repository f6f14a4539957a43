"""Issues and reports, as text for people and JSON for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.checks.rule import Severity

_EXAMPLES = 3

Group = tuple[str, str, str]
"""Severity, rule, resource."""


@dataclass(frozen=True)
class Issue:
    """One finding. `row` is the file's row number (1 = its first line); `field` a header; both may be absent."""

    rule: str
    severity: Severity
    resource: str
    message: str
    row: int | None = None
    field: str = ""
    cell: str = ""
    value: str | None = None
    fix: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the issue with the keys of the command line's JSON."""
        described: dict[str, Any] = {
            "rule": self.rule,
            "severity": self.severity,
            "resource": self.resource,
            "row": self.row,
            "field": self.field,
            "cell": self.cell,
        }
        value = {} if self.value is None else {"value": self.value}
        return {**described, **value, "message": self.message, "fix": self.fix}


@dataclass
class Collected:
    """Issues as they are found: the first `limit` of all and the first few of each kind are held, all are counted."""

    limit: int
    issues: list[Issue] = field(default_factory=list)
    groups: Counter[Group] = field(default_factory=Counter)
    unlisted: Counter[Group] = field(default_factory=Counter)

    def add(self, issue: Issue) -> None:
        """Take in an issue."""
        group = (issue.severity, issue.rule, issue.resource)
        self.groups[group] += 1
        if len(self.issues) < self.limit or self.groups[group] <= _EXAMPLES:
            self.issues.append(issue)
        else:
            self.unlisted[group] += 1

    def extend(self, issues: Iterable[Issue]) -> None:
        """Take in several issues."""
        for issue in issues:
            self.add(issue)

    def count(self, severity: Severity, rule: str, resource: str, times: int) -> None:
        """Take in issues of which only the number is known."""
        if times:
            self.groups[severity, rule, resource] += times
            self.unlisted[severity, rule, resource] += times

    def report(self, paths: tuple[str, ...], rows: int) -> Report:
        """Return the report on what was collected."""
        return Report(paths, tuple(self.issues), rows, self.limit, self.unlisted)

    @property
    def counts(self) -> Counter[str]:
        """The number of issues by severity."""
        found = Counter[str]()
        for (severity, _, _), times in self.groups.items():
            found[severity] += times
        return found


@dataclass(frozen=True)
class Report:
    """What was validated and what was found; `rows` counts data rows, `limit` bounds the listing only.

    `unlisted` counts the issues that are not among `issues`.
    """

    paths: tuple[str, ...]
    issues: tuple[Issue, ...]
    rows: int
    limit: int
    unlisted: Counter[Group] = field(default_factory=Counter)

    @property
    def counts(self) -> dict[str, int]:
        """The number of issues by severity, listed or not."""
        found = Counter[str](issue.severity for issue in self.issues)
        for (severity, _, _), times in self.unlisted.items():
            found[severity] += times
        return {"error": found["error"], "warning": found["warning"], "info": found["info"]}

    @property
    def valid(self) -> bool:
        """Whether there is no error."""
        return self.counts["error"] == 0

    def as_json(self) -> dict[str, Any]:
        """Return the report as the documented JSON of `validate --format json`."""
        return {
            "valid": self.valid,
            "paths": list(self.paths),
            "counts": self.counts,
            "issues": [issue.as_json() for issue in self.issues[: self.limit]],
            "truncated": len(self.issues) > self.limit or bool(self.unlisted),
            "rows": self.rows,
            "engine": f"hxl_kit {__version__}",
        }

    def as_text(self) -> str:
        """Return the report for people: a verdict, then the issues grouped by rule with first examples."""
        counts = self.counts
        verdict = "valid" if self.valid else "INVALID"
        summary = ", ".join(
            f"{number} {name}{'' if number == 1 or name == 'info' else 's'}"
            for name, number in counts.items()
            if number
        )
        head = f"{', '.join(self.paths)}: {verdict} ({self.rows:,} rows{'; ' + summary if summary else ''})"
        return "\n".join([head, *self._groups()])

    def _groups(self) -> Iterable[str]:
        groups: dict[Group, list[Issue]] = {}
        for issue in self.issues:
            groups.setdefault((issue.severity, issue.rule, issue.resource), []).append(issue)
        for severity, rule, resource in dict.fromkeys([*groups, *self.unlisted]):
            issues = groups.get((severity, rule, resource), [])
            total = len(issues) + self.unlisted[severity, rule, resource]
            yield f"  {severity} {rule} in {resource or 'the package'}: {total:,}"
            for issue in issues[:_EXAMPLES]:
                yield f"    {_place(issue)}{issue.message}{' — ' + issue.fix if issue.fix else ''}"
            if total > min(len(issues), _EXAMPLES):
                yield f"    … and {total - min(len(issues), _EXAMPLES):,} more"


def _place(issue: Issue) -> str:
    parts = [f"row {issue.row}" if issue.row else "", issue.field]
    place = ", ".join(part for part in parts if part)
    return f"{place}: " if place else ""


def cell_address(row: int | None, column: int | None) -> str:
    """Return a spreadsheet address such as C5 for a 1-based row and column, or "" when one is missing."""
    if not row or not column:
        return ""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
