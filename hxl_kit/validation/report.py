"""Issues and reports, as text for people and JSON for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.checks.rule import Severity

_EXAMPLES = 3


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


@dataclass(frozen=True)
class Report:
    """What was validated and what was found; `rows` counts data rows, `limit` bounds the listing only."""

    paths: tuple[str, ...]
    issues: tuple[Issue, ...]
    rows: int
    limit: int

    @property
    def counts(self) -> dict[str, int]:
        """The number of issues by severity, listed or not."""
        found = Counter(issue.severity for issue in self.issues)
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
            "truncated": len(self.issues) > self.limit,
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
        groups: dict[tuple[str, str, str], list[Issue]] = {}
        for issue in self.issues:
            groups.setdefault((issue.severity, issue.rule, issue.resource), []).append(issue)
        for (severity, rule, resource), issues in groups.items():
            yield f"  {severity} {rule} in {resource or 'the package'}: {len(issues):,}"
            for issue in issues[:_EXAMPLES]:
                place = f"row {issue.row}, " if issue.row else ""
                where = (
                    f"{place}{issue.field}: "
                    if issue.field
                    else f"{place.rstrip(', ')}{': ' if place else ''}"
                )
                yield f"    {where}{issue.message}{' — ' + issue.fix if issue.fix else ''}"
            if len(issues) > _EXAMPLES:
                yield f"    … and {len(issues) - _EXAMPLES:,} more"


def cell_address(row: int | None, column: int | None) -> str:
    """Return a spreadsheet address such as C5 for a 1-based row and column, or "" when one is missing."""
    if not row or not column:
        return ""
    letters = ""
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
