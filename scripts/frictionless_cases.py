"""frictionless' recorded verdicts beside those of the gate, case by case."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hxl_kit.gate import Request, frictionless_report

if TYPE_CHECKING:
    from pathlib import Path

ERROR_KEYS = ("type", "rowNumber", "fieldName", "fieldNumber", "note")
IDENTICAL, STUMBLED, DIFFERENT = "identical", "5.21 stumbles, told as an error", "DIFFERENT"


@dataclass(frozen=True)
class Outcome:
    """A case's id, how it went, how its tables were read, and what differs."""

    case: str
    result: str
    lanes: tuple[str, ...]
    difference: str = ""


def run(manifest: Path, only: str = "") -> int:
    """Judge the cases of a manifest and print what differs; return 1 when something does, else 0."""
    described = json.loads(manifest.read_text(encoding="utf-8"))
    cases = [case for case in described["cases"] if only in case["id"]]
    with contextlib.chdir(manifest.parent), warnings.catch_warnings(action="ignore"):
        outcomes = [judged(case) for case in cases]
    for outcome in outcomes:
        if outcome.result != IDENTICAL:
            print(f"{outcome.case}: {outcome.result}\n{outcome.difference}")
    results = Counter(outcome.result for outcome in outcomes)
    bulk = sum("bulk" in outcome.lanes for outcome in outcomes)
    print(f"{len(outcomes)} cases: {', '.join(f'{times} {result}' for result, times in results.items())}")
    print(f"{bulk} of them read in bulk, the others by frictionless alone")
    return int(results[DIFFERENT] > 0 or not outcomes)


def judged(case: dict[str, Any]) -> Outcome:
    """Compare the gate's report on a case with the recorded one, and with frictionless' own now, key by key."""
    request = {"checklist": case.get("checklist"), **case.get("options", {})}
    ours = frictionless_report(case["descriptor"], Request(**request))
    theirs = frictionless_report(case["descriptor"], Request(**request, fast=False))
    if case["outcome"] != "report":
        told = json.dumps(ours.descriptor, ensure_ascii=False)
        fine = not ours.descriptor["valid"] and ours.descriptor["stats"]["errors"] > 0
        raised = f"  it raises {case['expected']['raised']}; told: {message_of(ours.descriptor)}"
        return Outcome(case["id"], STUMBLED if fine else DIFFERENT, ours.lanes, raised if fine else told)
    found, expected = recorded_form(ours.descriptor), recorded_form(case["expected"])
    if found != expected:
        return Outcome(case["id"], DIFFERENT, ours.lanes, f"  recorded: {expected}\n  found:    {found}")
    if timeless(ours.descriptor) != timeless(theirs.descriptor):
        return Outcome(case["id"], DIFFERENT, ours.lanes, "  not frictionless' report of today in every key")
    return Outcome(case["id"], IDENTICAL, ours.lanes)


def recorded_form(report: dict[str, Any]) -> dict[str, Any]:
    """Return of a report what the manifest records of it."""
    return {
        "valid": report["valid"],
        "errors": errors_of(report),
        "tasks": [
            {
                **{key: task[key] for key in ("name", "valid", "warnings", "labels")},
                "rows": task["rows"] if "rows" in task else task["stats"].get("rows"),
                "errors": errors_of(task),
            }
            for task in report["tasks"]
        ],
    }


def errors_of(described: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the errors of a report or a task, each as its recorded keys."""
    return [tuple(error.get(key) for key in ERROR_KEYS) for error in described["errors"]]


def timeless(report: dict[str, Any]) -> dict[str, Any]:
    """Return a report without how long it took."""
    copy: dict[str, Any] = json.loads(json.dumps(report, default=str))
    for described in (copy, *copy["tasks"]):
        described["stats"].pop("seconds", None)
    return copy


def message_of(report: dict[str, Any]) -> str:
    """Return the note of a report's first error."""
    errors = [*report["errors"], *(error for task in report["tasks"] for error in task["errors"])]
    return str(errors[0]["note"])
