"""One planted error per check: each is found where it was planted, and nothing else is told."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hxl_kit.validation.catalogue import check_sets, checks_by_slug
from hxl_kit.validation.screening import SETS as PEOPLE

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture(scope="module")
def plant_errors():
    """The script that plants errors."""
    sys.path.insert(0, str(SCRIPTS))
    yield importlib.import_module("plant_errors")
    sys.path.pop(0)


@pytest.fixture(scope="module")
def untouched(plant_errors):
    """The report on the reference package as it is."""
    return plant_errors.validate(plant_errors.REFERENCES[0], plant_errors.SETS, limit=plant_errors.LIMIT)


@pytest.fixture(scope="module")
def outcomes(plant_errors, untouched, tmp_path_factory):
    """What is told of every copy and file with planted errors."""
    out = tmp_path_factory.mktemp("planted")
    return [
        plant_errors.examined(specimen)
        for specimen in plant_errors.specimens(plant_errors.REFERENCES[0], out, untouched)
    ]


def planted(outcomes):
    return [spot.check for outcome in outcomes for spot in outcome.specimen.planted]


def test_the_reference_package_has_no_errors_of_its_own(untouched):
    assert untouched.valid
    assert untouched.counts["warning"] == 0


def test_every_check_is_planted_once_or_says_why_not(plant_errors, outcomes):
    reasons = plant_errors.unplanted()
    own = [check for check in planted(outcomes) if check.startswith("own-")]
    assert len(own) == 1
    people = {check.slug for found in check_sets() if found.name in PEOPLE for check in found.checks}
    assert sorted([*planted(outcomes), *reasons]) == sorted([*checks_by_slug().keys() - people, *own])
    assert all(reason.endswith(".") for reason in reasons.values())


def test_every_planted_error_is_found_where_it_is(outcomes):
    assert [spot for outcome in outcomes for spot in outcome.missed] == []


def test_nothing_else_is_told(outcomes):
    assert [issue for outcome in outcomes for issue in outcome.others] == []


def test_an_error_that_is_missed_or_told_elsewhere_or_too_gravely_is_no_success(plant_errors, outcomes):
    outcome = outcomes[0]
    specimen = replace(outcome.specimen, beside=())
    (issue,) = (issue for issue in outcome.found if issue.rule == "stock-undated")
    others = tuple(one for one in outcome.found if one is not issue)
    assert plant_errors.judged(specimen, outcome.found).fine
    assert [spot.check for spot in plant_errors.judged(specimen, others).missed] == ["stock-undated"]
    for wrong in (replace(issue, row=2), replace(issue, field="value"), replace(issue, severity="error")):
        judged = plant_errors.judged(specimen, (*others, wrong))
        assert [spot.check for spot in judged.missed] == ["stock-undated"]
        assert judged.others == (wrong,)


def test_the_script_says_what_it_found_and_fails_if_that_is_not_all(plant_errors, outcomes, capsys):
    outcome = outcomes[-1]
    assert plant_errors._told(outcome)
    assert "planted and found in" in capsys.readouterr().out
    (spot,) = outcome.specimen.planted
    assert not plant_errors._told(replace(outcome, found=(), missed=(spot,), others=outcome.found))
    told = capsys.readouterr().out
    assert "MISSED" in told
    assert "BESIDES" in told
