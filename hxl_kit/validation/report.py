"""Issues and reports: what was found, where, and in words that can be said in several languages."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hxl_kit import __version__
from hxl_kit.standard.messages import ENGLISH, N_, is_translated, say
from hxl_kit.validation.catalogue import checks_by_slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from hxl_kit.checks.rule import Severity

EXAMPLES = 3
"""So many issues of each kind are held, whatever the limit of the listing."""

READ_AS = N_("(the column is read as {meaning})")

ROWS = N_("; the first: {rows}")

Group = tuple[str, str, str]
"""Severity, rule, resource."""


@dataclass(frozen=True)
class Issue:
    """One finding. `row` is the file's row number (1 = its first line); `field` a header; both may be absent.

    Attributes:
        rule: the slug of the check.
        severity: how grave it is here.
        resource: the package's resource or the table's file name; "" for the package itself.
        message: what is wrong, a template that `params` fill in; without params it stands as it is.
        row: the file's row number, from 1.
        field: the column's header, or a hashtag.
        cell: a spreadsheet address such as C5.
        fix: what to do, where the check's own advice does not fit.
        params: the values of the message.
        read_as: the field of the standard that the column was taken for, where its name is another.
        fingerprint: what stays the same of the issue when other rows change; "" until it is asked for.
    """

    rule: str
    severity: Severity
    resource: str
    message: str
    row: int | None = None
    field: str = ""
    cell: str = ""
    fix: str = ""
    params: Mapping[str, object] = dataclasses.field(default_factory=dict)
    read_as: str = ""
    fingerprint: str = ""

    def told(self, language: str = ENGLISH) -> str:
        """Return what is wrong, in words: of a message that a language lacks, the check's, and it beside in English."""
        message = say(self.message, language, self.params)
        if not is_translated(self.message, language) and (known := checks_by_slug().get(self.rule)):
            message = f"{say(known.message, language)} ({message})"
        if "," in str(rows := self.params.get("first_rows", "")):
            message = f"{message}{say(ROWS, language, {'rows': rows})}"
        if waived := self.params.get("waived"):
            message = f"{message}{say(str(waived), language, self.params)}"
        return f"{message} {say(READ_AS, language, {'meaning': self.read_as})}" if self.read_as else message

    def way_out(self, language: str = ENGLISH) -> str:
        """Return what to do about it: the issue's own advice, or its check's; "" where there is none."""
        known = checks_by_slug().get(self.rule)
        return say(self.fix or (known.fix if known else ""), language)

    def as_json(self, language: str = ENGLISH) -> dict[str, Any]:
        """Return the issue with the keys of the command line's JSON."""
        described: dict[str, Any] = {
            "rule": self.rule,
            "severity": self.severity,
            "resource": self.resource,
            "row": self.row,
            "field": self.field,
            "cell": self.cell,
            "message": self.told(language),
            "fix": self.way_out(language),
        }
        return described | ({"fingerprint": self.fingerprint} if self.fingerprint else {})


@dataclass
class Collected:
    """Issues as they are found: the first `limit` of all and the first few of each kind are held, all are counted."""

    limit: int
    issues: list[Issue] = field(default_factory=list)
    groups: Counter[Group] = field(default_factory=Counter)
    unlisted: Counter[Group] = field(default_factory=Counter)
    tables: dict[str, TableFile] = field(default_factory=dict)

    def add(self, issue: Issue) -> None:
        """Take in an issue."""
        group = (issue.severity, issue.rule, issue.resource)
        self.groups[group] += 1
        if len(self.issues) < self.limit or self.groups[group] <= EXAMPLES:
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
        return Report(paths, tuple(self.issues), rows, self.limit, self.unlisted, self.tables)

    @property
    def counts(self) -> Counter[str]:
        """The number of issues by severity."""
        found = Counter[str]()
        for (severity, _, _), times in self.groups.items():
            found[severity] += times
        return found


@dataclass(frozen=True)
class TableFile:
    """Where a resource's rows stand, so that they can be read again."""

    path: Path
    sheet: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Report:
    """What was validated and what was found; `rows` counts data rows, `limit` bounds the listing only.

    `unlisted` counts the issues that are not among `issues`; `tables` says where each resource's rows stand.
    """

    paths: tuple[str, ...]
    issues: tuple[Issue, ...]
    rows: int
    limit: int
    unlisted: Counter[Group] = field(default_factory=Counter)
    tables: Mapping[str, TableFile] = field(default_factory=dict)

    @property
    def groups(self) -> Counter[Group]:
        """The number of issues of each kind, listed or not, in the order in which the kinds were found."""
        found = Counter[Group]((issue.severity, issue.rule, issue.resource) for issue in self.issues)
        found.update(self.unlisted)
        return found

    @property
    def counts(self) -> dict[str, int]:
        """The number of issues by severity, listed or not."""
        found = Counter[str]()
        for (severity, _, _), times in self.groups.items():
            found[severity] += times
        return {"error": found["error"], "warning": found["warning"], "info": found["info"]}

    @property
    def valid(self) -> bool:
        """Whether there is no error."""
        return self.counts["error"] == 0

    def as_json(self, language: str = ENGLISH) -> dict[str, Any]:
        """Return the report as the documented JSON of `validate --format json`."""
        return {
            "valid": self.valid,
            "paths": list(self.paths),
            "counts": self.counts,
            "issues": [issue.as_json(language) for issue in self.issues[: self.limit]],
            "truncated": len(self.issues) > self.limit or bool(self.unlisted),
            "rows": self.rows,
            "engine": f"hxl_kit {__version__}",
        }


def cell_address(row: int | None, column: int | None) -> str:
    """Return a spreadsheet address such as C5 for a 1-based row and column, or "" when one is missing."""
    if not row or not column:
        return ""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
