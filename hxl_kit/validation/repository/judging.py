"""A run over a repository: which packages, what is pinned, what changed, what was accepted, and the exit code."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hxl_kit.errors import ExitCode, InputError, UsageError
from hxl_kit.reading.table import listed
from hxl_kit.settings import FILE_NAME, Settings
from hxl_kit.validation.baseline import (
    COMPARED,
    UNREADABLE,
    Baseline,
    Scope,
    compare,
    read_baseline,
    require_comparable,
    write_baseline,
)
from hxl_kit.validation.repository.changes import changes_since
from hxl_kit.validation.repository.finding import found_in, holding, matching
from hxl_kit.validation.repository.running import Order, reports_on
from hxl_kit.validation.ruleset import require_gazetteers, require_ruleset

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hxl_kit.validation.report import Report
    from hxl_kit.validation.repository.running import Judge
    from hxl_kit.validation.selection import Selection


@dataclass(frozen=True)
class Run:
    """What is asked of a run.

    Attributes:
        paths: packages, tables and folders of them; none: what the settings name.
        judge: validates one of them.
        selection: the checks that `judge` runs.
        limit: how many issues are listed of each.
        settings: the repository's.
        baseline: the file of accepted issues.
        accept: all issues are put into the baseline.
        changed_since: only what differs from this commit of the Git repository.
        whole: a file stands for the package that it is part of.
        fingerprints: the issues get fingerprints, also without a baseline.
    """

    paths: tuple[Path, ...]
    judge: Judge
    selection: Selection
    limit: int
    settings: Settings = field(default_factory=Settings)
    baseline: Path | None = None
    accept: bool = False
    changed_since: str | None = None
    whole: bool = False
    fingerprints: bool = False


@dataclass(frozen=True)
class Judged:
    """The reports on all packages, in the order of their paths, and what else is to be said, a sentence each."""

    reports: tuple[Report, ...]
    notes: tuple[str, ...]

    def exit_code(self, fail_on: str) -> ExitCode:
        """Return what the run ends with: INPUT if something was not read, DATA if there is what it fails on."""
        if any(issue.rule == UNREADABLE for report in self.reports for issue in report.issues):
            return ExitCode.INPUT
        failing = ("error",) if fail_on == "error" else ("error", "warning")
        found = any(report.counts[severity] for report in self.reports for severity in failing)
        return ExitCode.DATA if found else ExitCode.OK


def judged(run: Run) -> Judged:
    """Return what a run finds; with a baseline, only what it does not accept.

    Raises:
        DataError: there are more issues than are compared with a baseline.
        InputError: nothing is there, or the only path cannot be read.
        UsageError: options do not fit together, or what is pinned is not there.
    """
    _require_fitting(run)
    place = str(run.settings.file or FILE_NAME)
    require_ruleset(run.settings.rules, place)
    require_gazetteers(run.settings.gazetteers, place)
    known = _known(run)
    every, notes = _named(run)
    paths, more = _changed(run, every)
    salt = known.salt if known else b"" if run.fingerprints else None
    asked = Order(run.judge, COMPARED if known else run.limit, salt)
    reports: list[Report] = []
    for report in reports_on(paths, asked, forgiving=len(every) > 1):
        reports.append(report)
        if known:
            require_comparable(reports)
    found = Judged(tuple(reports), notes + more)
    return _compared(run, known, found) if known else found


def _require_fitting(run: Run) -> None:
    if run.accept and run.baseline is None:
        raise UsageError("validate: --write-baseline needs --baseline FILE, or a baseline in " + FILE_NAME)
    if run.accept and run.changed_since is not None:
        raise UsageError("validate: a baseline is written of all packages: give no --changed-since")


def _known(run: Run) -> Baseline | None:
    """Return what was accepted so far; a first baseline begins with nothing.

    Raises:
        InputError: there is no such file, and none is to be made.
    """
    if run.baseline is None:
        return None
    if run.baseline.exists():
        return read_baseline(run.baseline)
    if run.accept:
        return Baseline.empty()
    raise InputError(f"{run.baseline}: no such file; --write-baseline makes a first baseline")


def _named(run: Run) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Return the packages and tables that are asked for, and what there is to say of others."""
    if run.whole:
        packages, others = holding(run.paths)
        return packages, (
            f"not in any package, and so not read: {listed([*map(str, others)])}",
        ) if others else ()
    if run.paths:
        return found_in(run.paths), ()
    if not run.settings.paths:
        raise UsageError(f"validate: name packages or tables, or set [validate] paths in {FILE_NAME}")
    return matching(run.settings.folder, run.settings.paths), ()


def _changed(run: Run, every: Sequence[Path]) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """Return the paths that count, and what there is to say of the others."""
    if run.changed_since is None:
        return tuple(every), ()
    changes = changes_since(run.changed_since, _inside(every, run.settings.folder))
    for file in (run.settings.file, run.baseline):
        if file is not None and changes.touch(file):
            return tuple(every), (f"all are validated: {file.name} changed since {run.changed_since}",)
    paths = changes.among(every)
    return paths, (f"{len(paths):,} of {len(every):,} changed since {run.changed_since}",)


def _inside(every: Sequence[Path], otherwise: Path) -> Path:
    """Return a folder of the repository whose changes are asked for: that of the first path that is there."""
    first = next((path for path in every if path.exists()), otherwise)
    return first if first.is_dir() else first.parent


def _compared(run: Run, known: Baseline, found: Judged) -> Judged:
    """Return what is new in the reports, after all was accepted if that is asked for."""
    whole = not run.paths and not run.whole and run.changed_since is None
    scope = Scope(run.selection, every_package=whole)
    if run.accept and run.baseline is not None:
        today = dt.datetime.now(tz=dt.UTC).date()
        known = write_baseline(run.baseline, known, found.reports, today, scope)
    new = compare(known, found.reports, run.limit, scope)
    return Judged(new.reports, (*found.notes, str(new)))
