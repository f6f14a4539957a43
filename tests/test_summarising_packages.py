"""Sums over real packages: the reference packages, and HAPI's conflict events from its own layout."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from summarising_for_tests import asked, guards, interval, one

from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source

ROOT = Path(__file__).parents[1]
SYRIA = ROOT / "datapackages/nw-syria-2024"
UCDP = ROOT / "datapackages/ucdp-ged-syria"


def test_casualties_of_the_reference_package():
    """One figure of each harm is recommended: the sub-periods, other monitors and parts stay out."""
    answer = asked(SYRIA, by=["harm"])
    refused = {r["group"]["harm"]: (r["guard"], r["count"]) for r in answer["refused"]}
    assert refused == {"injured": ("G12", 8), "killed": ("G12", 47)}
    assert "the largest of them says 1,264" in answer["refused"][1]["reason"]
    assert {
        g["harm"]: (g["low"], g["high"], g["value"], g["text"], g["terms"]) for g in answer["groups"]
    } == {
        "casualties_unspecified": (81, None, None, "at least 81 people", ["news-nws-2024:drone-casualties"]),
        "injured": (
            228,
            None,
            None,
            "at least 228 people",
            ["ocha-2024-12-03:injured:2024-11-26/2024-12-02"],
        ),
        "killed": (69, None, None, "at least 69 people", ["ocha-2024-12-03:killed:2024-11-26/2024-12-02"]),
    }
    killed = answer["groups"][2]
    (left_out,) = killed["excluded"]
    assert (left_out["guard"], left_out["count"]) == ("G3", 49)
    assert "ocha-2024-11-28:killed:2024-11-26/2024-11-28" in left_out["rows"]
    assert killed["people"] == {"person_status": ["civilian"]}


def test_the_denial_of_intent_is_shown_and_changes_no_number():
    unspecified = asked(SYRIA, where=["harm=casualties_unspecified"])["groups"][0]
    assert unspecified["low"] == 81
    assert unspecified["contested"] == [
        {
            "id": "news-nws-2024:drone-casualties",
            "stance": "denies",
            "aspect": "intent",
            "claimant": "Syrian government",
            "claim_id": "news-nws-2024:denies-intent",
            "about": "casualties",
            "counted": True,
        }
    ]


def test_displacement_of_the_reference_package_is_not_added_over_dates():
    answer = asked(SYRIA, "displacement")
    refused, *others = answer["refused"]
    assert refused["guard"] == "G2"
    assert {(r["guard"], r["group"]["category"]) for r in others} == {
        ("G12", "new_displacement"),
        ("G12", "refugee_returns"),
        ("G12", "idps_in_collective_sites"),
    }
    assert refused["rows"] == [
        "drc-situation-report-6:collective-sites:hama-homs:2024-12-04",
        "ocha-2024-12-05:collective-sites:north-east:2024-12-05",
    ]
    by_kind = {(g["category"], g["counts"]): g for g in answer["groups"]}
    assert by_kind["idps_in_collective_sites", "people"]["low"] is None
    assert by_kind["refugee_returns", "people"]["value"] == 58350
    assert by_kind["new_displacement", "people"]["without_bounds"] == {"rows": 1, "said": 1_100_000}
    assert by_kind["new_displacement", "households"]["rows"] == 0


def test_indicators_keep_their_units_apart():
    found = {g["indicator"]: g["text"] for g in asked(SYRIA, "indicators")["groups"]}
    assert found["advance_distance"] == "up to 10 km"
    assert found["massacres"] == "7 events"
    assert found["settlements_affected"] == "not bounded; a figure without bounds: 12 in all"


def test_ucdp_s_totals_are_added_and_its_parts_are_not():
    with (UCDP / "casualties.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["role"] == "recommended"]
    bounds = [[int(row[name]) for name in ("value_low", "value", "value_high")] for row in rows]
    fitting = [b for b in bounds if b == sorted(b)]
    answer = asked(UCDP)
    assert interval(answer) == (sum(b[0] for b in fitting), sum(b[2] for b in fitting))
    assert one(answer)["rows"] == len(fitting)
    assert sum(r["count"] for r in answer["refused"]) == len(bounds) - len(fitting) > 0
    assert set(guards(answer)) == {"G11"}
    events = asked(UCDP, "events")
    assert sum(g["low"] for g in events["groups"]) == interval(answer)[0]


@pytest.fixture(scope="module")
def hapi(tmp_path_factory) -> Path:
    """A package from a made sample in the layout of HAPI's conflict events."""
    out = tmp_path_factory.mktemp("hapi") / "hapi"
    inputs = (
        Input(ROOT / "tests/data/sources/hapi/conflict_events_2025_12.csv", source="hapi", release="2025-12"),
    )
    build_package(authored_by_source(source("hapi"), inputs, out, Options()), out)
    return out


def test_hapi_s_civilian_targeting_is_not_added_to_political_violence(hapi):
    with (hapi / "events.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["fatalities"]]
    total = {
        kind: sum(int(row["fatalities"]) for row in rows if row["event_subtype"] == kind)
        for kind in ("political_violence", "civilian_targeting")
    }
    for table in ("casualties", "events"):
        answer = asked(hapi, table)
        (refused,) = answer["refused"]
        assert refused["guard"] == "G7"
        assert "civilian_targeting lies within political_violence" in refused["reason"]
        assert (
            f"count {total['civilian_targeting']} of {total['political_violence']} a second time"
            in refused["reason"]
        )
        assert one(answer)["without_bounds"]["said"] == total["political_violence"]


def test_hapi_s_counts_of_events_are_added_once(hapi):
    answer = asked(hapi, "indicators", where=["indicator=events"])
    with (hapi / "indicators.csv").open(encoding="utf-8", newline="") as file:
        political = [row for row in csv.DictReader(file) if "political_violence" in row["figure_id"]]
    assert one(answer)["value"] == sum(int(row["value"]) for row in political)
    assert guards(answer) == ["G7"]
