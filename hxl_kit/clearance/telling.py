"""Clearance in words: what is refused and the way out, what was waived and by whom, what to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hxl_kit.reading.table import counted
from hxl_kit.validation.waivers import waivable_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from hxl_kit.clearance.outcome import Clearance, Objection, Waived
    from hxl_kit.validation.waivers import Waiver

LISTED = 5
"""So many objections of one rule are told; the JSON of the plan has them all."""

WARNINGS_LISTED = 10
MORE = "How a waiver is written: docs/clearance.md."


def clearance_lines(clearance: Clearance) -> Iterator[str]:
    """Yield what clearance says, for the plan: the class, waivers in full, warnings, refusals last."""
    yield f"sensitivity: {clearance.sensitivity or 'not named'}"
    if clearance.waived:
        yield f"waived: {counted(len(clearance.waived), 'finding')}"
        yield from (f"  {line}" for waived in clearance.waived for line in _waived(waived))
    for waiver in clearance.stale:
        yield f"waiver without effect: {_named(waiver)}: nothing of the kind is found there, or in several tables"
    yield from (f"waiver without effect: {problem}" for problem in clearance.wrong)
    if clearance.warnings:
        yield f"to look at: {counted(len(clearance.warnings), 'warning')}"
        yield from (f"  {line}" for line in _capped([o.line for o in clearance.warnings], WARNINGS_LISTED))
    if clearance.refusals:
        yield f"REFUSED: {counted(len(clearance.refusals), 'reason')}"
        yield from (f"  {line}" for line in refusal_lines(clearance.refusals))


def refusal_text(dataset: str, target: str, clearance: Clearance) -> str:
    """Return why a package is not published, for people: a head line and the list."""
    reasons = counted(len(clearance.refusals), "reason")
    head = f"{dataset} -> {target}: refused for {reasons}; nothing was written"
    return "\n".join([head, *(f"  {line}" for line in refusal_lines(clearance.refusals))])


def refusal_lines(refusals: Sequence[Objection]) -> Iterator[str]:
    """Yield the refusals under their rules, a line each, and after them the way out."""
    by_rule: dict[tuple[str, str], list[str]] = {}
    for found in refusals:
        by_rule.setdefault((found.rule, found.fix), []).append(found.told)
    for (rule, fix), told in by_rule.items():
        yield rule
        yield from (f"  {line}" for line in _capped(told, LISTED))
        yield f"  -> {fix}"
    if any(found.rule in waivable_rules() for found in refusals):
        yield MORE


def _capped(lines: Sequence[str], most: int) -> Iterable[str]:
    more = len(lines) - most
    return [*lines[:most], f"… and {more} more (`plan --format json` lists all)"] if more > 0 else lines


def _waived(waived: Waived) -> Iterator[str]:
    waiver = waived.waiver
    yield waived.objection.line
    yield f"  -> waived by {_line(waiver.who)} on {waiver.when}: {_line(waiver.why)}"


def _line(text: str) -> str:
    return " ".join(text.split())


def _named(waiver: Waiver) -> str:
    column = f"column '{waiver.column}'" if waiver.column else ""
    return ", ".join(part for part in (waiver.rule, waiver.resource, column) if part)
