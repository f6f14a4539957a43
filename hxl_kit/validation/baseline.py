"""The baseline: issues that are known and accepted, by fingerprint; only what is not among them can fail a run."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import DataError, UsageError
from hxl_kit.files import write_atomically
from hxl_kit.reading.descriptors import read_json
from hxl_kit.reading.table import shown
from hxl_kit.validation.catalogue import check_sets
from hxl_kit.validation.fingerprints import named
from hxl_kit.validation.report import Collected
from hxl_kit.validation.selection import ALL

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from hxl_kit.validation.report import Issue, Report
    from hxl_kit.validation.selection import Selection

VERSION = 1
SALT_BYTES = 16
COMPARED = 100_000
"""So many issues of a run are compared with a baseline; a person accepts fewer."""

HELD = ("error", "warning")
"""What a baseline holds: information never fails a run."""

UNREADABLE = "unreadable"
"""What was not read at all is never accepted."""


@dataclass(frozen=True, order=True)
class Accepted:
    """Equal issues that were accepted: how many, on which day (ISO 8601), and why if that was written down."""

    package: str
    resource: str
    rule: str
    field: str
    fingerprint: str
    count: int
    accepted_on: str
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the entry as its line in the file says it."""
        described = {name: getattr(self, name) for name in _KEYS}
        return described | ({"reason": self.reason} if self.reason else {})


_KEYS = ("package", "resource", "rule", "field", "fingerprint", "count", "accepted_on")


@dataclass(frozen=True)
class Baseline:
    """What was accepted, by fingerprint; the salt makes this file's fingerprints its own."""

    salt: bytes
    accepted: dict[str, Accepted]

    @classmethod
    def empty(cls) -> Baseline:
        """Return a baseline that accepts nothing, with a salt of its own."""
        return cls(secrets.token_bytes(SALT_BYTES), {})


@dataclass(frozen=True)
class Scope:
    """What a run looked at: only of that can it be told whether an accepted issue still occurs.

    Attributes:
        selection: the checks that ran.
        every_package: all packages of the repository were validated.
    """

    selection: Selection
    every_package: bool = False

    def ran(self, slug: str) -> bool:
        """Return whether a check ran; one that no set has any more ran with all others."""
        sets = [found.name for found in check_sets() if any(check.slug == slug for check in found.checks)]
        return any(self.selection.runs(name, slug) for name in sets) if sets else ALL in self.selection.names


@dataclass(frozen=True)
class Compared:
    """Reports with the new issues only, how many others were accepted, and the entries that no longer occur."""

    reports: tuple[Report, ...]
    accepted: int
    stale: tuple[Accepted, ...]

    def __str__(self) -> str:
        """Return what was accepted, and what has to be taken out of the file, in one line."""
        told = f"{self.accepted:,} accepted by the baseline"
        if not self.stale:
            return told
        gone = (
            "1 entry of it no longer occurs"
            if len(self.stale) == 1
            else f"{len(self.stale):,} entries of it no longer occur"
        )
        return f"{told}; {gone}: run again with --write-baseline"


def read_baseline(path: Path) -> Baseline:
    """Return what a file of accepted issues says.

    Raises:
        InputError: it is not there, or no JSON.
        UsageError: it is no baseline, or of another version.
    """
    raw = read_json(path)
    if not isinstance(raw, dict) or not isinstance(raw.get("issues"), list):
        raise UsageError(f"{path}: is no baseline; `hxl-kit validate … --write-baseline {path}` makes one")
    if raw.get("version") != VERSION:
        raise UsageError(
            f"{path}: is a baseline of version {raw.get('version')!r}, this hxl_kit reads {VERSION}; "
            "run again with --write-baseline"
        )
    entries = [_entry(path, number, entry) for number, entry in enumerate(raw["issues"], start=1)]
    found = {entry.fingerprint: entry for entry in entries}
    if len(found) < len(entries):
        raise UsageError(f"{path}: has a fingerprint twice; keep one of the lines")
    try:
        return Baseline(bytes.fromhex(raw["salt"]), found)
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"{path}: its 'salt' is missing or damaged; take the file from its history"
        ) from error


def _entry(path: Path, number: int, raw: Any) -> Accepted:
    kinds = dict.fromkeys((*_KEYS, "reason"), str) | {"count": int}
    given = {"reason": "", **raw} if isinstance(raw, dict) else {}
    wrong = [name for name, kind in kinds.items() if type(given.get(name)) is not kind]
    wrong += [shown(str(name)) for name in given if name not in kinds]
    if wrong or given["count"] < 1:
        names = ", ".join(f"'{name}'" for name in wrong or ["count"])
        raise UsageError(f"{path}: issue {number}: {names} missing, unknown or wrong")
    return Accepted(**given)


def compare(baseline: Baseline, reports: Sequence[Report], limit: int, scope: Scope) -> Compared:
    """Return the reports without what the baseline accepts; `limit` bounds their listing anew.

    The reports list all issues, with fingerprints that the baseline's salt is in.

    Raises:
        DataError: there are more issues than are compared.
    """
    require_comparable(reports)
    seen, new = Counter[str](), []
    for report in reports:
        kept = Collected(limit, tables=dict(report.tables))
        kept.extend(issue for issue in report.issues if not _accepts(baseline, issue, seen))
        new.append(kept.report(report.paths, report.rows))
    accepted = sum(min(seen[mark], entry.count) for mark, entry in baseline.accepted.items())
    looked_at = _looked_at(baseline, reports, scope)
    return Compared(tuple(new), accepted, tuple(e for e in looked_at if seen[e.fingerprint] < e.count))


def _accepts(baseline: Baseline, issue: Issue, seen: Counter[str]) -> bool:
    if not _can_be_accepted(issue):
        return False
    mark = _unnumbered(issue)
    seen[mark] += 1
    entry = baseline.accepted.get(mark)
    return entry is not None and seen[mark] <= entry.count


def _can_be_accepted(issue: Issue) -> bool:
    return issue.severity in HELD and issue.rule != UNREADABLE


def write_baseline(
    path: Path, old: Baseline, reports: Sequence[Report], today: dt.date, scope: Scope
) -> Baseline:
    """Accept all issues of the reports, write that to a file, and return it.

    Days and reasons of what `old` accepts stay. Its entries that no longer occur go; those of which the run says
    nothing stay.

    Raises:
        DataError: there are more issues than are compared.
    """
    require_comparable(reports)
    found = {entry.fingerprint: entry for entry in _merged(reports, today)}
    gone = {entry.fingerprint for entry in _looked_at(old, reports, scope)} - found.keys()
    kept = {mark: entry for mark, entry in old.accepted.items() if mark not in gone}
    for mark, entry in found.items():
        before = old.accepted.get(mark)
        kept[mark] = _continued(before, entry) if before else entry
    made = replace(old, accepted=kept)
    write_atomically(path, _as_text(made).encode("utf-8", "backslashreplace"))
    return made


def _continued(before: Accepted, now: Accepted) -> Accepted:
    """Return an entry that goes on; more of the same are accepted anew."""
    day = now.accepted_on if now.count > before.count else before.accepted_on
    return replace(before, count=now.count, accepted_on=day)


def _merged(reports: Iterable[Report], today: dt.date) -> Iterator[Accepted]:
    groups: dict[str, Accepted] = {}
    for report in reports:
        package = named(report)
        for issue in report.issues:
            if not _can_be_accepted(issue):
                continue
            mark = _unnumbered(issue)
            count = groups[mark].count + 1 if mark in groups else 1
            groups[mark] = Accepted(
                package, issue.resource, issue.rule, issue.field, mark, count, today.isoformat()
            )
    yield from groups.values()


def _looked_at(baseline: Baseline, reports: Iterable[Report], scope: Scope) -> list[Accepted]:
    """Return the entries, sorted, whose issues the run would have found."""
    packages = {named(report) for report in reports}
    ran = {entry.rule: scope.ran(entry.rule) for entry in baseline.accepted.values()}
    within = (e for e in baseline.accepted.values() if scope.every_package or e.package in packages)
    return sorted(entry for entry in within if ran[entry.rule])


def _unnumbered(issue: Issue) -> str:
    return issue.fingerprint.partition(":")[0]


def require_comparable(reports: Iterable[Report]) -> None:
    """Refuse reports of which not every issue can be compared: none may slip through.

    Raises:
        DataError: there are more issues than are compared.
    """
    total = unlisted = 0
    for report in reports:
        unlisted += report.unlisted.total()
        total += len(report.issues) + report.unlisted.total()
    if total > COMPARED or unlisted:
        raise DataError(
            f"validate: {total:,} issues are too many to compare with a baseline (at most {COMPARED:,}): "
            "mend what most of them have in common first, or ask for fewer checks with --checks"
        )


def _as_text(baseline: Baseline) -> str:
    """Return the file: an entry a line, sorted, so that a change shows as the lines it is."""
    lines = [json.dumps(entry.as_json(), ensure_ascii=False) for entry in sorted(baseline.accepted.values())]
    body = ",\n".join(lines)
    head = f'{{\n"version": {VERSION},\n"salt": "{baseline.salt.hex()}",\n"issues": ['
    return f"{head}\n{body}\n]\n}}\n" if lines else f"{head}]\n}}\n"
