"""`hxl-kit summarise`: the options, the two forms, the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from summarising_for_tests import exact, made

SYRIA = Path(__file__).parents[1] / "datapackages/nw-syria-2024"


def test_json(cli):
    ran = cli("summarise", SYRIA, "--table", "casualties", "--by", "harm", "--format", "json")
    assert ran.code == 1, "other monitors' figures were kept apart"
    assert ran.err == ""
    answer = json.loads(ran.out)
    assert answer["table"] == "casualties"
    assert answer["split_by"] == ["measure", "unit"]
    assert [group["harm"] for group in answer["groups"]] == ["casualties_unspecified", "injured", "killed"]
    assert [(r["guard"], r["group"]["harm"]) for r in answer["refused"]] == [
        ("G12", "injured"),
        ("G12", "killed"),
    ]


def test_json_is_the_same_every_time(cli):
    asked = ("summarise", SYRIA / "datapackage.json", "--table", "displacement", "--format", "json")
    assert cli(*asked).out == cli(*asked).out


def test_a_refusal_is_exit_code_1(cli):
    ran = cli("summarise", SYRIA, "--table", "displacement")
    assert ran.code == 1
    assert "Refused:" in ran.out
    assert "G2" in ran.out
    assert "instead: --by as_of, or --where as_of=2024-12-05" in ran.out
    assert "58,350 people" in ran.out


def test_text(cli):
    ran = cli("summarise", SYRIA, "--table", "casualties", "--where", "harm=casualties_unspecified")
    assert ran.code == 0
    assert "at least 81 people" in ran.out
    assert "(one line per harm, measure, unit: figures of different ones are never added)" in ran.out
    assert "Syrian government denies the intent of news-nws-2024:drone-casualties" in ran.out


def test_what_was_left_out_is_told(cli):
    ran = cli("summarise", SYRIA, "--table", "casualties", "--where", "harm=killed")
    assert "Left out:" in ran.out
    assert "and 46 more" in ran.out
    assert "which is not counted" in ran.out


def test_fields_may_be_given_one_by_one_or_together(cli, tmp_path):
    folder = made(tmp_path, casualties=[{"figure_id": "f", **exact(2)}])
    together = cli(
        "summarise", folder, "--table", "casualties", "--by", "admin1_code,source_id", "--format", "json"
    )
    apart = cli(
        *("summarise", folder, "--table", "casualties", "--by", "admin1_code"),
        *("--by", "source_id", "--format", "json"),
    )
    assert together.out == apart.out
    assert list(json.loads(apart.out)["groups"][0])[:2] == ["admin1_code", "source_id"]


def test_disjoint_and_household_size_are_options(cli, tmp_path):
    rows = [{"figure_id": "f1", **exact(2)}, {"figure_id": "f2", **exact(3), "source_id": "b"}]
    folder = made(tmp_path, casualties=rows)
    assert cli("summarise", folder, "--table", "casualties").code == 1
    ran = cli("summarise", folder, "--table", "casualties", "--disjoint", "a,b", "--household-size", "4.7")
    assert ran.code == 0
    assert "5 people" in ran.out


def test_no_rows(cli, tmp_path):
    folder = made(tmp_path, casualties=[{"figure_id": "f", **exact(2)}])
    ran = cli("summarise", folder, "--table", "casualties", "--where", "location_code=YEM")
    assert (ran.code, ran.out) == (0, "no rows\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--table", "casualty"), 2, "no table to summarise 'casualty'; did you mean 'casualties'?"),
        (
            ("--table", "casualties", "--by", "harms"),
            2,
            "casualties has no field 'harms'; did you mean 'harm'?",
        ),
        (("--table", "events", "--household-size", "5"), 2, "events has no households"),
        (("--table", "displacement"), 3, "has no table 'displacement'; its tables: casualties"),
    ],
)
def test_errors_are_sentences(cli, tmp_path, arguments, code, said):
    folder = made(tmp_path, casualties=[{"figure_id": "f", **exact(2)}])
    ran = cli("summarise", folder, *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
