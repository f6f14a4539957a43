"""The gate against what frictionless 5.21 said: 202 recorded cases, and each disagreement that there ever was."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from hxl_kit.gate import Request, frictionless_report, verdict

DATA = Path(__file__).parent / "data"
RECORDED = DATA / "frictionless"
CASES = {case["id"]: case for case in json.loads((RECORDED / "manifest.json").read_text("utf-8"))["cases"]}
REPORTED = [name for name, case in CASES.items() if case["outcome"] == "report"]
FALLEN = [name for name, case in CASES.items() if case["outcome"] != "report"]
PLAIN = [name for name, case in CASES.items() if not case.get("checklist")]
ONCE_WRONG = sorted(path.parent for path in (DATA / "gate_cases").glob("*/datapackage.json"))
LEAST_IN_BULK = 135

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(autouse=True)
def in_the_folder(monkeypatch):
    """Notes name paths as they were given, so they are given as they were recorded."""
    monkeypatch.chdir(RECORDED)


@cache
def reported(name, *, fast=True):
    case = CASES[name]
    request = Request(checklist=case.get("checklist"), fast=fast, **case.get("options", {}))
    return frictionless_report(case["descriptor"], request)


def without_seconds(node):
    if isinstance(node, dict):
        return {key: without_seconds(value) for key, value in node.items() if key != "seconds"}
    return [without_seconds(value) for value in node] if isinstance(node, list) else node


def errors_of(found):
    keys = ("type", "rowNumber", "fieldName", "fieldNumber", "note")
    return [tuple(error.get(key) for key in keys) for error in found]


def tasks_of(found, rows):
    return [
        (task["name"], task["valid"], errors_of(task["errors"]), task["warnings"], rows(task), task["labels"])
        for task in found
    ]


def test_the_recording_is_whole():
    assert len(CASES) == 202
    assert {case["outcome"] for case in CASES.values()} == {"report", "crash", "exception"}
    assert not [name for name in CASES if not Path(CASES[name]["descriptor"]).is_file()]


@pytest.mark.parametrize("name", REPORTED)
def test_report_is_the_recorded_one(name):
    said, recorded = reported(name).descriptor, CASES[name]["expected"]
    assert (said["valid"], errors_of(said["errors"])) == (recorded["valid"], errors_of(recorded["errors"]))
    ours = tasks_of(said["tasks"], lambda task: task["stats"].get("rows"))
    assert ours == tasks_of(recorded["tasks"], lambda task: task["rows"])


@pytest.mark.parametrize("name", list(CASES))
def test_report_is_that_of_frictionless_alone(name):
    alone, ours = (reported(name, fast=fast).descriptor for fast in (False, True))
    assert without_seconds(ours) == without_seconds(alone)


@pytest.mark.parametrize("name", FALLEN)
def test_where_frictionless_falls_over_the_report_says_so(name):
    said, raised = reported(name).descriptor, CASES[name]["expected"]
    told = [*said["errors"], *(error for task in said["tasks"] for error in task["errors"])]
    assert said["valid"] is False
    if "errors" in raised:
        assert errors_of(told) == errors_of(raised["errors"])
    else:
        assert [error["type"] for error in told] == ["error"]
        assert told[0]["note"].startswith(
            f"frictionless 5.21 stopped with {raised['raised']}: {raised['message']}"
        )


def test_most_tables_are_read_in_bulk():
    lanes = Counter(lane for name in CASES for lane in reported(name).lanes)
    assert lanes["bulk"] >= LEAST_IN_BULK, lanes


@pytest.mark.parametrize("name", PLAIN)
def test_verdict_is_the_recorded_one(name):
    found, recorded = verdict(CASES[name]["descriptor"]), CASES[name]["expected"]
    assert found.valid == recorded["valid"]
    if CASES[name]["outcome"] == "report" and "options" not in CASES[name]:
        told = [(e.type, e.row, e.note) for e in (*found.errors, *(e for t in found.tasks for e in t.errors))]
        expected = [*recorded["errors"], *(error for task in recorded["tasks"] for error in task["errors"])]
        assert told == [(error["type"], error["rowNumber"], error["note"]) for error in expected]
        assert [task.rows for task in found.tasks] == [task["rows"] or 0 for task in recorded["tasks"]]
        assert all(task.counts.total() == len(task.errors) for task in found.tasks)


@pytest.mark.parametrize("folder", ONCE_WRONG, ids=lambda folder: folder.name)
@pytest.mark.parametrize("block_bytes", [None, 200])
def test_what_was_once_wrong_stays_right(folder, block_bytes):
    written = folder / "options.json"
    options = json.loads(written.read_text("utf-8")) if written.exists() else {}
    target = str(folder / options.pop("target", "datapackage.json"))
    if block_bytes:
        options["block_bytes"] = block_bytes
    ours, alone = (frictionless_report(target, Request(**options, fast=fast)) for fast in (True, False))
    assert without_seconds(ours.descriptor) == without_seconds(alone.descriptor)
