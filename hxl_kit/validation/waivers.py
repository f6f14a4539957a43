"""Waivers: a named person allows what a rule of clearance would refuse, for one column, with a reason."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import asdict, dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from hxl_kit.errors import nearest
from hxl_kit.reading.table import shown
from hxl_kit.standard import schemas
from hxl_kit.standard.messages import N_
from hxl_kit.validation.catalogue import check_sets
from hxl_kit.validation.screening import SETS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from hxl_kit.validation.report import Issue

Found = TypeVar("Found")
WAIVED = N_("; waived by {who} on {when}: {why}")
_REQUIRED = ("rule", "who", "when", "why")
_EASTERNMOST = dt.timedelta(hours=14)


@dataclass(frozen=True)
class ClearanceRule:
    """A rule of clearance: the template of its message, its reason, the way out, and whether it may be waived."""

    rule: str
    waivable: bool
    message: str
    reason: str
    fix: str


@dataclass(frozen=True)
class Waiver:
    """What may go although a rule speaks against it: the rule, where, who decided it, when (ISO date) and why.

    `column` is the column of the finding, or the source_id that a rule on terms names; `resource` may be left
    out where one table alone has the finding.
    """

    rule: str
    who: str
    when: str
    why: str
    resource: str = ""
    column: str = ""

    def as_json(self) -> dict[str, str]:
        """Return the waiver as datapackage.json has it; what is not said is left out."""
        return {key: value for key, value in asdict(self).items() if value}


@cache
def clearance_rules() -> dict[str, ClearanceRule]:
    """Return the rules on classes, access and terms by their names (`schemas/clearance.csv`)."""
    with schemas.path_of("clearance.csv").open(encoding="utf-8", newline="") as file:
        return {row["rule"]: _rule(**row) for row in csv.DictReader(file)}


def _rule(waivable: str, **words: str) -> ClearanceRule:
    return ClearanceRule(waivable=waivable == "yes", **words)


@cache
def waivable_rules() -> tuple[str, ...]:
    """Return the names of all rules that may be waived: on terms, and every check of screening and disclosure."""
    checks = [check.slug for found in check_sets() if found.name in SETS for check in found.checks]
    return (*(rule.rule for rule in clearance_rules().values() if rule.waivable), *checks)


def waivers_of(described: Mapping[str, Any]) -> tuple[tuple[Waiver, ...], list[str]]:
    """Return the waivers under `waivers` of a package.yaml or datapackage.json, and what is wrong with the others."""
    listed = described.get("waivers", [])
    if not isinstance(listed, list):
        return (), ["waivers: must be a list"]
    kept, problems = list[Waiver](), list[str]()
    for number, entry in enumerate(listed):
        wrong = list(_problems(entry, f"waivers[{number}]"))
        problems += wrong
        if not wrong:
            kept.append(_waiver(entry))
    return tuple(kept), problems


def covered(
    waiver: Waiver,
    findings: Sequence[Found],
    place: Callable[[Found], tuple[str, str, tuple[str, ...]]],
) -> list[Found]:
    """Return the findings that a waiver allows; without a resource it speaks of one place or of none.

    Args:
        waiver: the waiver.
        findings: everything that was found.
        place: gives the rule, the column and the resources of a finding; the first of them is its own, others repeat it.
    """
    named = [found for found in findings if place(found)[:2] == (waiver.rule, waiver.column)]
    if waiver.resource:
        return [found for found in named if waiver.resource in place(found)[2]]
    return named if len({place(found)[2][0] for found in named}) == 1 else []


def waived_issues(issues: Iterable[Issue], described: Mapping[str, Any]) -> Iterator[Issue]:
    """Yield issues of screening; those that a waiver of the package allows as notes that name it."""
    found, (waivers, _) = [*issues], waivers_of(described)
    by = {id(issue): waiver for waiver in reversed(waivers) for issue in covered(waiver, found, _place_of)}
    for issue in found:
        waiver = by.get(id(issue))
        yield _waived(issue, waiver) if waiver else issue


def _place_of(issue: Issue) -> tuple[str, str, tuple[str, ...]]:
    return issue.rule, issue.field, (issue.resource,)


def _waived(issue: Issue, waiver: Waiver) -> Issue:
    params = {**issue.params, "waived": WAIVED, "who": waiver.who, "when": waiver.when, "why": waiver.why}
    return replace(issue, severity="info", params=params)


def _waiver(entry: Mapping[str, Any]) -> Waiver:
    named = (*_REQUIRED, "resource", "column")
    return Waiver(**{name: str(entry[name]).strip() for name in named if name in entry})


def _problems(entry: Any, place: str) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield f"{place}: must have the keys {', '.join(_REQUIRED)}"
        return
    for name in _REQUIRED:
        if not str(entry.get(name) or "").strip():
            yield f"{place}.{name}: is empty; {_ASKED[name]}"
    if rule := str(entry.get("rule") or ""):
        yield from _rule_problems(rule, place)
    if when := str(entry.get("when") or ""):
        yield from _date_problems(when, place)


_ASKED = {
    "rule": "name the rule that `hxl-kit plan` told",
    "who": "name who answers for it",
    "when": "give the day of the decision, e.g. 2025-01-31",
    "why": "say why it does no harm, or who permitted it",
}


def _rule_problems(rule: str, place: str) -> Iterator[str]:
    known = waivable_rules()
    if rule in clearance_rules() and rule not in known:
        yield f"{place}.rule: '{rule}' cannot be waived: {clearance_rules()[rule].fix}"
    elif rule not in known:
        yield f"{place}.rule: no rule '{shown(rule)}'{nearest(rule, known)}"


def _date_problems(when: str, place: str) -> Iterator[str]:
    """Yield what is wrong with a day; today is the day that has begun anywhere on earth."""
    try:
        day = dt.date.fromisoformat(when)
    except ValueError:
        yield f"{place}.when: is not a day such as 2025-01-31"
        return
    if day > (dt.datetime.now(dt.UTC) + _EASTERNMOST).date():
        yield f"{place}.when: {day} is in the future; give the day on which it was decided"
