"""What changed on a target since a plan was made for it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from hxl_kit.errors import HxlKitError
from hxl_kit.package.diff import diff_packages
from hxl_kit.targets.plan import change_lines
from hxl_kit.targets.target import Change

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hxl_kit.reading.packages import Package
    from hxl_kit.targets.plan import Plan
    from hxl_kit.targets.target import State, Target

_LINES = 30


def changes_since(plan: Plan, package: Package, target: Target, state: State) -> tuple[str, ...]:
    """Return what differs between the state that a plan was made for and `state`, for people; no value of a cell.

    What cannot be compared any more is left out: it is told beside an error that stands without it.
    """
    lines: list[str] = []
    with suppress(HxlKitError):
        lines += islice(_rows(plan, target, state), _LINES)
    with suppress(HxlKitError):
        lines += change_lines(_edited(plan.changes, target.edits(package, state)))
    return tuple(lines)


def _rows(plan: Plan, target: Target, state: State) -> Iterator[str]:
    """Yield the differences between the files of then and now, if those of then are kept."""
    kept = (each for each in target.history(state.dataset) if not each.withdrawn)
    planned = next((each for each in kept if each.digest == plan.served_digest), None)
    if planned is None or not state.version_id or planned.digest == state.digest:
        return
    with target.opened(planned) as old, target.opened(state) as new:
        found = diff_packages(old, new)
    tables = {name: replace(table, rows=()) for name, table in found.tables.items()}
    yield from replace(found, tables=tables).as_text().splitlines()


def _edited(then: Sequence[Change], now: Sequence[Change]) -> list[Change]:
    """Return the metadata that somebody edited: what was served then, and what is now."""
    before, after = ({c.resource: c for c in each if c.action == "edit"} for each in (then, now))
    found = []
    for name in dict.fromkeys((*before, *after)):
        ours = (before.get(name) or after[name]).after
        was = before[name].before if name in before else ours
        is_now = after[name].before if name in after else ours
        if was != is_now:
            found.append(Change("edit", name, was, is_now, 0))
    return found
