"""libhxl's recorded answers about schemas, cells, queries and tags: each agrees or differs for a reason."""

from __future__ import annotations

import csv
import importlib
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORPUS = json.loads((ROOT / "tests/data/hxl_schema_cases.json").read_text("utf-8"))
SECTIONS = [name for name in CORPUS if name != "meta"]
BESIDE = ROOT.parent / "shared/conformance/hxl.json"


@pytest.fixture(scope="module")
def cases():
    """The script that compares them."""
    sys.path.insert(0, str(ROOT / "scripts"))
    yield importlib.import_module("hxl_cases")
    sys.path.pop(0)


@pytest.mark.parametrize("section", SECTIONS)
def test_cases_agree_or_differ_on_purpose(cases, section):
    reasons = cases.differences()
    judged = list(cases.SECTIONS[section](CORPUS[section]))
    assert len(judged) >= len(CORPUS[section])
    for case in judged:
        if case.id in reasons:
            assert case.ours != case.recorded, f"{case.id} is no difference any more"
        else:
            assert case.ours == case.recorded, case.id


def test_every_difference_is_a_case_and_has_a_reason(cases):
    known = {case.id for section in SECTIONS for case in cases.SECTIONS[section](CORPUS[section])}
    reasons = cases.differences()
    assert reasons.keys() <= known
    assert all(len(why) > 20 for why in reasons.values())


def test_differences_are_listed_once():
    with (ROOT / "schemas/hxl/differences.csv").open(encoding="utf-8", newline="") as file:
        listed = [row["case"] for row in csv.DictReader(file)]
    assert len(listed) == len(set(listed))


def test_the_script_tells_agreement_and_differences(cases, tmp_path, capsys, monkeypatch):
    recorded = tmp_path / "hxl.json"
    recorded.write_text(json.dumps({name: CORPUS.get(name, []) for name in cases.SECTIONS}), "utf-8")
    assert cases.run(recorded) == 0
    told = capsys.readouterr().out
    assert "row_queries: 24 of 24 agree, 0 differ on purpose" in told
    assert "a range stays a range" in told
    monkeypatch.setattr(cases, "differences", dict)
    assert cases.run(recorded) == 1
    assert "val-018: DIFFERS" in capsys.readouterr().out


@pytest.mark.skipif(not BESIDE.is_file(), reason="the recorded answers are not beside the project")
def test_all_recorded_answers(cases, capsys):
    assert cases.run(BESIDE) == 0
    assert "patterns: 529 of 529 agree" in capsys.readouterr().out
