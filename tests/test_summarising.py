"""Each guard on a small made package: what is added, what is left out, what is refused."""

from __future__ import annotations

import csv

import pytest
from summarising_for_tests import STOCK, asked, between, exact, guards, interval, made, one

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading.packages import read_package
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist
from hxl_kit.summarising import independent, make_request, meeting, nodes, summarise

JANUARY = {"date_start": "2024-01-01", "date_end": "2024-01-31"}
FEBRUARY = {"date_start": "2024-02-01", "date_end": "2024-02-29"}
YEAR = {"date_start": "2024-01-01", "date_end": "2024-12-31"}


def figures(*rows: dict[str, str]) -> list[dict[str, str]]:
    return [{"figure_id": f"f{n}", **row} for n, row in enumerate(rows, 1)]


def excluded(answer: dict, guard: str) -> list[str]:
    return [row for out in one(answer)["excluded"] if out["guard"] == guard for row in out["rows"]]


# What adding means


def test_exact_terms_have_a_value(tmp_path):
    answer = asked(made(tmp_path, casualties=figures({**exact(3), **JANUARY}, {**exact(4), **FEBRUARY})))
    assert one(answer) | {"excluded": []} == {
        "harm": "killed",
        "measure": "flow",
        "unit": "person",
        "low": 7,
        "high": 7,
        "value": 7,
        "text": "7 people",
        "rows": 2,
        "terms": ["f1", "f2"],
        "terms_without_low": 0,
        "terms_without_high": 0,
        "convention_low": {},
        "without_bounds": {"rows": 0, "said": 0},
        "people": {"person_status": ["civilian"]},
        "contested": [],
        "confirmed": [],
        "excluded": [],
        "notes": [],
    }
    assert answer["refused"] == []


def test_an_empty_low_counts_as_nothing_and_is_counted(tmp_path):
    rows = figures({**between(69, None), **JANUARY}, {**between(None, 9), **FEBRUARY})
    group = one(asked(made(tmp_path, casualties=rows)))
    assert (group["low"], group["high"], group["value"]) == (69, None, None)
    assert (group["terms_without_low"], group["terms_without_high"]) == (1, 1)
    assert group["text"] == "at least 69 people"


def test_ranges_add_to_a_range(tmp_path):
    rows = figures({**between(2, 5), **JANUARY}, {**between(10, 20), **FEBRUARY})
    group = one(asked(made(tmp_path, casualties=rows)))
    assert (group["low"], group["high"], group["text"]) == (12, 25, "12 to 25 people")


def test_bounds_by_convention_are_apart(tmp_path):
    dozens = {"value_low": "24", "qualifier": "order_of_magnitude", "bounds_basis": "convention:plural-v1"}
    group = one(asked(made(tmp_path, casualties=figures({**exact(5), **JANUARY}, {**dozens, **FEBRUARY}))))
    assert (group["low"], group["high"]) == (5, None)
    assert group["convention_low"] == {"plural-v1": 24}
    assert group["text"] == "at least 5 people; 24 more by the convention plural-v1"


def test_values_without_bounds_are_apart(tmp_path):
    some = {"value": "12", "qualifier": "unknown", "bounds_basis": ""}
    group = one(asked(made(tmp_path, casualties=figures({**some, **JANUARY}, {**some, **FEBRUARY}))))
    assert (group["low"], group["high"], group["value"]) == (0, None, None)
    assert group["without_bounds"] == {"rows": 2, "said": 24}
    assert group["text"] == "not bounded; 2 figures without bounds: 24 in all"


def test_values_without_bounds_of_two_sources_are_not_added(tmp_path):
    some = {"value": "12", "qualifier": "unknown", "bounds_basis": ""}
    rows = figures({**some, **JANUARY}, {**some, **JANUARY, "source_id": "b"}, {**some, **FEBRUARY})
    answer = asked(made(tmp_path, casualties=rows))
    assert one(answer)["without_bounds"] == {"rows": 1, "said": 12}
    assert answer["refused"][0]["rows"] == ["f1", "f2"]


def test_values_without_bounds_of_several_dates_or_of_one_cluster_are_not_added(tmp_path):
    some = {"value": "12", "qualifier": "unknown", "bounds_basis": ""}
    stocks = figures(*({**STOCK, **some, "as_of": f"2024-0{month}-01"} for month in (1, 2)))
    folder = made(tmp_path / "stocks", displacement=stocks)
    assert one(asked(folder, "displacement"))["without_bounds"] == {"rows": 0, "said": 0}
    events = [{"event_id": "x", "cluster_id": "k"}, {"event_id": "y", "source_id": "b", "cluster_id": "k"}]
    rows = figures({**some, "event_id": "x"}, {**some, "event_id": "y", "source_id": "b"})
    folder = made(tmp_path / "cluster", casualties=rows, events=events)
    assert one(asked(folder))["without_bounds"] == {"rows": 0, "said": 0}


def test_numbers_stay_exact(tmp_path):
    rows = [
        {"figure_id": f"i{n}", "source_id": "a", "indicator": "advance_distance", "unit": "km", **exact(0.1), "role": "recommended",
         "sex": "all", "age_group": "all", "location_code": "SYR", "date_start": f"2024-01-0{n}", "date_end": f"2024-01-0{n}"}
        for n in (1, 2, 3)
    ]  # fmt: skip
    assert one(asked(made(tmp_path, indicators=rows), "indicators"))["value"] == 0.3


def test_kinds_are_never_one_sum(tmp_path):
    kinds = ("killed", "injured", "killed_or_injured", "casualties_unspecified")
    rows = figures(*({"harm": harm, **exact(5)} for harm in kinds))
    answer = asked(made(tmp_path, casualties=rows), by=["location_code"])
    assert {group["harm"]: group["value"] for group in answer["groups"]} == dict.fromkeys(kinds, 5)
    assert {group["location_code"] for group in answer["groups"]} == {"SYR"}


# G2: stocks over dates


def test_stocks_of_two_dates_are_refused(tmp_path):
    rows = figures(
        {**STOCK, **exact(10), "as_of": "2024-01-31"}, {**STOCK, **exact(12), "as_of": "2024-02-29"}
    )
    folder = made(tmp_path, displacement=rows)
    answer = asked(folder, "displacement")
    assert interval(answer) == (None, None)
    assert one(answer)["text"] == "refused"
    (refused,) = answer["refused"]
    assert refused["guard"] == "G2"
    assert refused["rows"] == ["f1", "f2"]
    assert "2024-01-31, 2024-02-29" in refused["reason"]
    assert refused["instead"] == "--by as_of, or --where as_of=2024-02-29"
    by_date = asked(folder, "displacement", by=["as_of"])
    assert [(g["as_of"], g["value"]) for g in by_date["groups"]] == [("2024-01-31", 10), ("2024-02-29", 12)]
    assert by_date["refused"] == []
    assert one(asked(folder, "displacement", where=["as_of=2024-02-29"]))["value"] == 12


def test_stocks_of_one_date_and_several_places_are_added(tmp_path):
    place = [{"admin1_code": code, "geo_precision": "admin1"} for code in ("SY01", "SY02")]
    rows = figures(*({**STOCK, **exact(10), "as_of": "2024-01-31", **p} for p in place))
    assert one(asked(made(tmp_path, displacement=rows), "displacement"))["value"] == 20


def test_a_snapshot_is_a_stock(tmp_path):
    detained = {"harm": "detained", "counting": "snapshot", **exact(50)}
    rows = figures({**detained, "date_end": "2024-01-31"}, {**detained, "date_end": "2024-02-29"})
    assert guards(asked(made(tmp_path, casualties=rows))) == ["G2"]


def test_a_stock_without_its_date_is_left_out(tmp_path):
    rows = figures({**STOCK, **exact(10)}, {**STOCK, **exact(12), "as_of": "2024-02-29"})
    answer = asked(made(tmp_path, displacement=rows), "displacement")
    assert one(answer)["value"] == 12
    assert guards(answer) == ["G1"]
    assert excluded(answer, "G1") == ["f1"]


# G3: only what is recommended


def test_only_recommended_figures_are_added(tmp_path):
    rows = figures({**exact(5)}, {**exact(70), "role": "triangulation"})
    answer = asked(made(tmp_path, casualties=rows))
    assert one(answer)["value"] == 5
    assert excluded(answer, "G3") == ["f2"]
    assert answer["refused"] == []


def test_a_superseded_figure_is_left_out_even_where_only_it_is_asked_for(tmp_path):
    rows = figures({**exact(5), "source_id": "old"}, {**exact(7), "source_id": "new", "supersedes": "f1"})
    folder = made(tmp_path, casualties=rows)
    assert one(asked(folder))["value"] == 7
    answer = asked(folder, where=["source_id=old"])
    assert one(answer)["rows"] == 0
    assert excluded(answer, "G3") == ["f1"]


def test_what_a_retracted_figure_superseded_counts_again(tmp_path):
    rows = figures({**exact(5)}, {**exact(7), "supersedes": "f1"})
    claims = [{"claim_id": "c", "stance": "retracts", "about_id": "f2"}]
    answer = asked(made(tmp_path, casualties=rows, claims=claims))
    assert one(answer)["value"] == 5
    assert excluded(answer, "G3") == ["f2"]


@pytest.mark.parametrize(
    ("aspect", "value"), [("count", 4), ("occurrence", 4), ("intent", 9), ("responsibility", 9)]
)
def test_a_retraction_of_the_count_takes_the_figure_out(tmp_path, aspect, value):
    rows = figures({**exact(5), **JANUARY}, {**exact(4), **FEBRUARY})
    claims = [{"claim_id": "c", "stance": "retracts", "about_id": "f1", "aspect": aspect}]
    assert one(asked(made(tmp_path, casualties=rows, claims=claims)))["value"] == value


def test_an_event_that_never_was_has_no_casualties(tmp_path):
    rows = figures({**exact(5), "event_id": "e1"}, {**exact(4), "event_id": "e2"})
    events = [{"event_id": "e1"}, {"event_id": "e2"}]
    claims = [
        {
            "claim_id": "c",
            "stance": "retracts",
            "about_table": "events",
            "about_id": "e1",
            "aspect": "occurrence",
        }
    ]
    folder = made(tmp_path, casualties=rows, events=events, claims=claims)
    assert one(asked(folder))["value"] == 4


@pytest.mark.parametrize(("length", "value"), [(1, None), (2, 7), (3, None), (5000, 7)])
def test_of_a_chain_of_retractions_every_other_one_stands(tmp_path, length, value):
    first = {"claim_id": "c1", "stance": "retracts", "about_id": "f1"}
    later = [
        {"claim_id": f"c{n}", "stance": "retracts", "about_table": "claims", "about_id": f"c{n - 1}"}
        for n in range(2, length + 1)
    ]
    answer = asked(made(tmp_path, casualties=figures(exact(7)), claims=[first, *later]))
    assert one(answer)["value"] == value


def test_a_circle_of_retractions_ends(tmp_path):
    claims = [
        {"claim_id": a, "stance": "retracts", "about_table": "claims", "about_id": b}
        for a, b in ("cd", "de", "ef", "fc")
    ]
    first = {"claim_id": "g", "stance": "retracts", "about_id": "f1"}
    circle = made(tmp_path, casualties=figures(exact(7)), claims=[first, *claims])
    assert one(asked(circle))["value"] is None


def test_a_retracted_retraction_retracts_nothing(tmp_path):
    claims = [
        {"claim_id": "c", "stance": "retracts", "about_id": "f1"},
        {"claim_id": "d", "stance": "retracts", "about_table": "claims", "about_id": "c"},
    ]
    assert one(asked(made(tmp_path, casualties=figures(exact(5)), claims=claims)))["value"] == 5


# G4: one recommended figure in an overlap group


def test_two_recommended_figures_of_an_overlap_group_are_refused(tmp_path):
    rows = figures(
        {**exact(5), **JANUARY, "overlap_group": "o"}, {**exact(7), **FEBRUARY, "overlap_group": "o"}
    )
    answer = asked(made(tmp_path, casualties=rows))
    assert interval(answer) == (7, 12)
    assert one(answer)["value"] is None
    assert guards(answer) == ["G4"]
    assert answer["refused"][0]["rows"] == ["f1", "f2"]


def test_a_year_and_a_month_of_one_overlap_group_are_refused(tmp_path):
    rows = figures({**exact(5), **YEAR, "overlap_group": "o"}, {**exact(7), **FEBRUARY, "overlap_group": "o"})
    assert guards(asked(made(tmp_path, casualties=rows))) == ["G4"]


def test_other_sexes_of_an_overlap_group_are_added(tmp_path):
    rows = figures(*({**exact(5), "sex": sex, "overlap_group": "o"} for sex in ("female", "male")))
    assert one(asked(made(tmp_path, casualties=rows)))["value"] == 10


# G5: cumulative series


def series(*numbers: int, **more: str) -> list[dict[str, str]]:
    return figures(
        *(
            {
                **exact(number),
                "counting": "cumulative",
                "date_start": "2024-01-01",
                "date_end": f"2024-0{month}-28",
                **more,
            }
            for month, number in enumerate(numbers, 1)
        )
    )


def test_the_latest_of_a_cumulative_series_counts(tmp_path):
    answer = asked(made(tmp_path, casualties=series(10, 25, 40)))
    assert one(answer)["value"] == 40
    assert excluded(answer, "G5") == ["f1", "f2"]
    assert "2024-03-28" in one(answer)["excluded"][0]["reason"]
    assert answer["refused"] == []


def test_a_figure_without_its_last_day_is_of_no_series(tmp_path):
    rows = series(10, 25)
    rows[0] |= {"date_end": "", **exact(30)}
    answer = asked(made(tmp_path, casualties=rows))
    assert one(answer)["value"] == 30
    assert excluded(answer, "G6") == ["f2"]


@pytest.mark.parametrize("period", [{"date_start": "", "date_end": ""}, {"date_start": ""}, {"date_end": ""}])
def test_a_figure_without_its_first_or_last_day_holds_no_other(tmp_path, period):
    rows = figures({**exact(10), **YEAR, **period}, {**exact(5), **JANUARY})
    answer = asked(made(tmp_path, casualties=rows))
    assert interval(answer) == (10, 15)
    assert guards(answer) == ["G6"]


def test_two_figures_of_a_series_for_one_day_have_no_difference(tmp_path):
    rows = [*series(10, 25), {**series(1, 26)[1], "figure_id": "g"}]
    groups = asked(made(tmp_path, casualties=rows), by=["date_end"])["groups"]
    assert [(g["value"], g["rows"]) for g in groups] == [(10, 1), (None, 0)]
    answer = asked(made(tmp_path / "sum", casualties=rows))
    assert interval(answer) == (26, 51)
    assert guards(answer) == ["G4"]


def test_a_publisher_s_reports_are_one_series(tmp_path):
    rows = series(10, 25)
    rows[1]["source_id"] = "b"
    sources = [{"source_id": "a", "publisher": "OCHA"}, {"source_id": "b", "publisher": "OCHA"}]
    assert one(asked(made(tmp_path, casualties=rows, sources=sources)))["value"] == 25


def test_by_date_a_series_becomes_its_differences(tmp_path):
    answer = asked(made(tmp_path, casualties=series(10, 25, 40)), by=["date_end"])
    assert [group["value"] for group in answer["groups"]] == [10, 15, 15]


def test_differences_of_ranges_are_ranges(tmp_path):
    rows = series(0, 0)
    rows[0] |= between(10, 12)
    rows[1] |= between(20, 30)
    rows = [{**row, "value": ""} for row in rows]
    groups = asked(made(tmp_path, casualties=rows), by=["date_end"])["groups"]
    assert [(g["low"], g["high"]) for g in groups] == [(10, 12), (8, 20)]


def test_a_revision_down_is_named(tmp_path):
    folder = made(tmp_path, casualties=series(40, 38))
    answer = asked(folder)
    assert one(answer)["value"] == 38
    assert "revised down" in one(answer)["excluded"][0]["reason"]
    later = asked(folder, by=["date_end"])["groups"][1]
    assert later["rows"] == 0
    assert later["excluded"][0]["reason"].startswith("revised down")


# G6: wholes and parts of one source


def test_an_aggregate_event_and_its_events_count_once(tmp_path):
    events = [
        {"event_id": "all", "is_aggregate": "true", "fatalities": "9"},
        {"event_id": "day", "is_aggregate": "true", "parent_event_id": "all"},
        {"event_id": "one", "parent_event_id": "day"},
    ]
    rows = figures({**exact(9), "event_id": "all"}, {**exact(4), "event_id": "one"})
    answer = asked(made(tmp_path, casualties=rows, events=events))
    assert one(answer)["value"] == 9
    assert excluded(answer, "G6") == ["f2"]


def test_a_circle_of_parents_ends(tmp_path):
    events = [
        {"event_id": "x", "is_aggregate": "true", "parent_event_id": "y", "fatalities": "3", "fatalities_low": "3", "fatalities_high": "3"},
        {"event_id": "y", "is_aggregate": "true", "parent_event_id": "x", "fatalities": "4", "fatalities_low": "4", "fatalities_high": "4"},
    ]  # fmt: skip
    assert one(asked(made(tmp_path, events=events), "events"))["low"] == 4


def test_a_year_and_its_months_count_once(tmp_path):
    rows = figures({**exact(100), **YEAR}, {**exact(20), **JANUARY}, {**exact(30), **FEBRUARY})
    answer = asked(made(tmp_path, casualties=rows))
    assert one(answer)["value"] == 100
    assert excluded(answer, "G6") == ["f2", "f3"]
    assert answer["refused"] == []


def test_a_country_and_its_provinces_count_once(tmp_path):
    provinces = [{"admin1_code": code, "geo_precision": "admin1"} for code in ("SY01", "SY02")]
    rows = figures({**exact(100), "geo_precision": "country"}, *({**exact(20), **p} for p in provinces))
    answer = asked(made(tmp_path, casualties=rows))
    assert one(answer)["value"] == 100
    assert excluded(answer, "G6") == ["f2", "f3"]


def test_incidents_of_one_country_are_added(tmp_path):
    """An incident of which only the country is known holds no other incident of that day."""
    places = [{"geo_precision": "country"}, {"admin1_code": "SY01"}, {"latitude": "35", "longitude": "36"}]
    rows = figures(*({**exact(2), **p, "event_id": f"e{n}"} for n, p in enumerate(places)))
    assert one(asked(made(tmp_path, casualties=rows)))["value"] == 6


def test_periods_that_cross_are_refused(tmp_path):
    rows = figures(
        {**exact(5), **JANUARY}, {**exact(7), "date_start": "2024-01-20", "date_end": "2024-02-10"}
    )
    answer = asked(made(tmp_path, casualties=rows))
    assert interval(answer) == (7, 12)
    assert guards(answer) == ["G6"]


def test_a_vague_area_holds_nothing(tmp_path):
    north = {"place_name": "north-west Syria", "geo_precision": "vague_area"}
    rows = figures({**exact(9), **north}, {**exact(4), "admin1_code": "SY07", "geo_precision": "admin1"})
    answer = asked(made(tmp_path, casualties=rows))
    assert interval(answer) == (9, 13)


# G7: categories that overlap


def hapi(subtype: str, number: int) -> tuple[dict[str, str], dict[str, str]]:
    event = {"event_id": subtype, "event_type": "other", "event_subtype": subtype, "is_aggregate": "true"}
    role = "recommended" if subtype == "political_violence" else "triangulation"
    figure = {
        "figure_id": f"{subtype}:killed",
        "event_id": subtype,
        "role": role,
        "overlap_group": "o",
        **JANUARY,
    }
    bounds = {"fatalities": str(number), "date_start": "2024-01-01", "date_end": "2024-01-31"}
    return {**event, **bounds}, {**figure, "value": str(number), "qualifier": "unknown"}


def test_civilian_targeting_is_not_added_to_political_violence(tmp_path):
    made_of = [hapi("political_violence", 36), hapi("civilian_targeting", 12)]
    folder = made(tmp_path, events=[e for e, _ in made_of], casualties=[f for _, f in made_of])
    answer = asked(folder)
    (refused,) = answer["refused"]
    assert refused["guard"] == "G7"
    assert "count 12 of 36 a second time" in refused["reason"]
    assert refused["rows"] == ["civilian_targeting:killed", "political_violence:killed"]
    assert one(answer)["without_bounds"] == {"rows": 1, "said": 36}
    events = asked(folder, "events")
    assert guards(events) == ["G7"]
    assert one(events)["without_bounds"] == {"rows": 1, "said": 36}
    assert excluded(events, "G7") == ["civilian_targeting"]


# G8: people, movements, households


def test_households_are_not_people(tmp_path):
    households = {"counts": "households", "unit": "household", **FEBRUARY}
    folder = made(tmp_path, displacement=figures(exact(100), {**between(10, 12), **households}))
    answer = asked(folder, "displacement")
    assert {g["counts"]: g["low"] for g in answer["groups"]} == {"households": 10, "people": 100}
    assert guards(answer) == ["G8"]
    sized = asked(folder, "displacement", household_size="5")
    assert interval(sized) == (150, 160)
    assert one(sized)["value"] is None
    assert "household size" in one(sized)["notes"][0]
    assert sized["refused"] == []


def test_asked_by_what_they_count_nothing_is_refused(tmp_path):
    rows = figures(exact(100), {**exact(10), "counts": "movements", "unit": "movement"})
    assert asked(made(tmp_path, displacement=rows), "displacement", by=["counts"])["refused"] == []


# G9: parts by sex and age


def test_a_total_holds_its_parts(tmp_path):
    rows = figures(exact(10), {**exact(4), "sex": "female"}, {**exact(3), "age_group": "child"})
    answer = asked(made(tmp_path, casualties=rows))
    assert one(answer)["value"] == 10
    assert excluded(answer, "G9") == ["f2", "f3"]


def test_by_sex_the_parts_are_taken(tmp_path):
    rows = figures({**exact(4), "sex": "female"}, {**exact(6), "sex": "male"}, exact(10))
    answer = asked(made(tmp_path, casualties=rows), by=["sex"])
    assert {g["sex"]: g["value"] for g in answer["groups"]} == {"all": 10, "female": 4, "male": 6}


def test_all_parts_without_a_total_make_one(tmp_path):
    rows = figures({**exact(4), "sex": "female"}, {**exact(6), "sex": "male"})
    assert one(asked(made(tmp_path, casualties=rows)))["value"] == 10


def test_some_parts_without_a_total_give_a_lower_bound(tmp_path):
    folder = made(tmp_path, casualties=figures({**exact(4), "age_group": "child"}))
    group = one(asked(folder))
    assert (group["low"], group["high"], group["value"]) == (4, None, None)
    assert "no upper bound" in group["notes"][0]
    assert one(asked(folder, where=["age_group=child"]))["value"] == 4


def test_women_and_children_overlap(tmp_path):
    rows = figures({**exact(4), "sex": "female"}, {**exact(6), "age_group": "child"})
    answer = asked(made(tmp_path, casualties=rows))
    assert interval(answer) == (6, None)
    assert guards(answer) == ["G9"]


def test_parts_above_their_total_are_refused(tmp_path):
    rows = figures(exact(10), {**exact(8), "sex": "female"}, {**exact(7), "sex": "male"})
    answer = asked(made(tmp_path, casualties=rows))
    assert interval(answer) == (15, 15)
    assert one(answer)["value"] is None
    assert guards(answer) == ["G9"]


def test_civilians_are_within_a_mixed_total_but_perhaps_not_among_the_unknown(tmp_path):
    rows = figures({**exact(10), "person_status": "unknown"}, {**exact(4), "person_status": "civilian"})
    assert interval(asked(made(tmp_path, casualties=rows))) == (10, 14)
    apart = figures({**exact(10), "person_status": "combatant"}, {**exact(4), "person_status": "civilian"})
    assert one(asked(made(tmp_path / "apart", casualties=apart)))["value"] == 14


# G10: matched events


def test_matched_events_count_once(tmp_path):
    events = [{"event_id": "x", "cluster_id": "k"}, {"event_id": "y", "source_id": "b", "cluster_id": "k"}]
    rows = figures({**between(5, 9), "event_id": "x"}, {**between(7, 8), "event_id": "y", "source_id": "b"})
    answer = asked(made(tmp_path, casualties=rows, events=events))
    assert interval(answer) == (7, 9)
    assert answer["refused"] == []
    assert "cluster_id" in one(answer)["notes"][0]


def test_a_match_tells_the_other_events_of_its_source_apart(tmp_path):
    """A's x is B's y, so A's z is not: 7 of the match and 3 of z are added."""
    events = [
        {"event_id": "x", "cluster_id": "k"},
        {"event_id": "y", "source_id": "b", "cluster_id": "k"},
        {"event_id": "z"},
    ]
    rows = figures(
        {**exact(7), "event_id": "x"},
        {**exact(5), "event_id": "y", "source_id": "b"},
        {**exact(3), "event_id": "z"},
    )
    answer = asked(made(tmp_path, casualties=rows, events=events))
    assert interval(answer) == (10, 10)
    assert answer["refused"] == []


# G11: bounds that fit


@pytest.mark.parametrize(
    "wrong",
    [
        {"value_low": "9", "value_high": "7", "bounds_basis": "stated"},
        {"value_low": "3", "value": "12", "value_high": "9", "bounds_basis": "source_range"},
        exact(-3),
    ],
)
def test_bounds_that_do_not_fit_are_refused(tmp_path, wrong):
    answer = asked(made(tmp_path, casualties=figures({**wrong, **JANUARY}, {**exact(4), **FEBRUARY})))
    assert one(answer)["value"] == 4
    assert guards(answer) == ["G11"]
    assert answer["refused"][0]["rows"] == ["f1"]


def test_a_value_below_its_stated_bound_is_fine(tmp_path):
    over = {"value": "80", "value_low": "81", "qualifier": "more_than", "bounds_basis": "stated"}
    assert interval(asked(made(tmp_path, casualties=figures(over)))) == (81, None)


# G12: different sources


def test_two_monitors_of_one_strike_are_not_added_unless_declared_disjoint(tmp_path):
    strike = {"date_start": "2024-01-05", "date_end": "2024-01-05", "admin1_code": "SY02"}
    rows = figures({**exact(9), **strike}, {**exact(12), **strike, "source_id": "b"})
    folder = made(tmp_path, casualties=rows)
    answer = asked(folder)
    assert interval(answer) == (12, 21)
    assert one(answer)["value"] is None
    (refused,) = answer["refused"]
    assert (refused["guard"], refused["rows"]) == ("G12", ["f1", "f2"])
    assert "--disjoint a,b" in refused["instead"]
    declared = asked(folder, disjoint=["a,b"])
    assert one(declared)["value"] == 21
    assert declared["refused"] == []


@pytest.mark.parametrize(
    ("here", "there", "meet"),
    [
        ({"admin1_code": "SY01"}, {"admin1_code": "SY02"}, False),
        ({"admin1_code": "SY01"}, {}, True),
        ({"admin1_code": "SY01"}, {"admin1_code": "SY01", "admin2_code": "SY0101"}, True),
        ({"location_code": ""}, {"location_code": "YEM"}, True),
        ({"location_code": "YEM"}, {}, False),
        ({**JANUARY}, {**FEBRUARY}, False),
        ({**JANUARY}, {"date_start": "", "date_end": ""}, True),
        ({**JANUARY}, {"date_start": "2024-01-31", "date_end": ""}, True),
        ({**JANUARY}, {"date_start": "2024-02-01", "date_end": ""}, False),
        ({**JANUARY}, {"date_start": "", "date_end": "2023-12-31"}, False),
        ({**JANUARY}, {"date_start": "2025-02-01", "date_end": "2025-01-01"}, True),
        (
            {"date_start": "1948-07-06", "date_end": "1970-01-01"},
            {"date_start": "1969-12-31", "date_end": "1971-01-01"},
            True,
        ),
    ],
)
def test_sources_meet_where_place_and_period_do(tmp_path, here, there, meet):
    rows = figures({**exact(5), **here}, {**exact(7), **there, "source_id": "b"})
    answer = asked(made(tmp_path, casualties=rows))
    assert interval(answer) == ((7, 12) if meet else (12, 12))
    assert guards(answer) == (["G12"] if meet else [])


def test_the_lower_bound_takes_the_heaviest_figures_that_do_not_meet(tmp_path):
    """B's January to February meets both of A's months: 5 + 5 of A are more than 7 of B."""
    rows = figures({**exact(5), **JANUARY}, {**exact(5), **FEBRUARY}, {**exact(7), **YEAR, "source_id": "b"})
    assert interval(asked(made(tmp_path, casualties=rows))) == (10, 17)


def test_by_source_nothing_is_refused(tmp_path):
    rows = figures(exact(5), {**exact(7), "source_id": "b"})
    answer = asked(made(tmp_path, casualties=rows), by=["source_id"])
    assert {g["source_id"]: g["value"] for g in answer["groups"]} == {"a": 5, "b": 7}
    assert answer["refused"] == []


def test_sources_that_share_an_event_meet_wherever_they_put_it(tmp_path):
    rows = figures(
        {**exact(5), "event_id": "e", "admin1_code": "SY01"},
        {**exact(7), "event_id": "e", "source_id": "b", "admin1_code": "SY02"},
    )
    answer = asked(made(tmp_path, casualties=rows, events=[{"event_id": "e"}]))
    assert interval(answer) == (7, 12)
    assert guards(answer) == ["G12"]


def crowd(number: int) -> list[dict[str, str]]:
    """Figures of five sources of which each meets the next: no two sides."""
    days = [{"date_start": f"2024-01-{n:02d}", "date_end": f"2024-01-{n + 1:02d}"} for n in range(1, 5)]
    ends = {"date_start": "2024-01-01", "date_end": "2024-01-05"}
    return figures(*({**exact(number), **d, "source_id": f"s{n}"} for n, d in enumerate([*days, ends])))


@pytest.mark.parametrize(
    ("module", "limit"), [(independent, "MOST_WORK"), (meeting, "MOST_CANDIDATES"), (nodes, "MOST_EDGES")]
)
def test_what_is_too_entangled_gets_no_number(tmp_path, monkeypatch, module, limit):
    folder = made(tmp_path, casualties=crowd(5))
    assert interval(asked(folder)) == (10, 25)
    monkeypatch.setattr(module, limit, 3)
    answer = asked(folder)
    assert interval(answer) == (None, None)
    assert one(answer)["text"] == "refused"
    (refused,) = answer["refused"]
    assert refused["guard"] == "G12"
    assert "cannot be found for certain" in refused["reason"]


def test_other_groups_keep_their_numbers_beside_an_entangled_one(tmp_path, monkeypatch):
    alone = {"figure_id": "x", "harm": "injured", **exact(4)}
    folder = made(tmp_path, casualties=[*crowd(5), alone])
    monkeypatch.setattr(meeting, "MOST_CANDIDATES", 3)
    assert {g["harm"]: g["low"] for g in asked(folder)["groups"]} == {"injured": 4, "killed": None}


def test_sources_declared_disjoint_are_even_where_they_share_an_event(tmp_path):
    rows = figures({**exact(5), "event_id": "e"}, {**exact(7), "event_id": "e", "source_id": "b"})
    folder = made(tmp_path, casualties=rows, events=[{"event_id": "e"}])
    assert one(asked(folder, disjoint=["a,b"]))["value"] == 12


# Claims


def test_contested_figures_are_shown_as_contested(tmp_path):
    claims = [
        {"claim_id": "c1", "claimant": "government", "stance": "denies", "about_id": "f1", "aspect": "intent"},
        {"claim_id": "c2", "claimant": "UN", "stance": "confirms", "about_id": "f1"},
        {"claim_id": "c3", "claimant": "rebels", "stance": "asserts", "about_id": "f1"},
        {"claim_id": "c4", "claimant": "army", "stance": "disputes", "about_table": "events", "about_id": "e", "aspect": "occurrence"},
    ]  # fmt: skip
    rows = figures({**exact(5), "event_id": "e"})
    group = one(asked(made(tmp_path, casualties=rows, claims=claims, events=[{"event_id": "e"}])))
    assert group["value"] == 5
    assert [
        (c["claim_id"], c["stance"], c["aspect"], c["claimant"], c["id"]) for c in group["contested"]
    ] == [
        ("c1", "denies", "intent", "government", "f1"),
        ("c4", "disputes", "occurrence", "army", "f1"),
    ]
    assert [c["claim_id"] for c in group["confirmed"]] == ["c2"]
    assert all(c["counted"] for c in group["contested"])


# Questions


def test_where_takes_any_of_several_values_and_empty_cells(tmp_path):
    rows = figures(*({**exact(n), "location_code": code} for n, code in ((1, "SYR"), (2, "YEM"), (4, ""))))
    folder = made(tmp_path, casualties=rows)
    assert one(asked(folder, where=["location_code=SYR", "location_code=YEM"]))["value"] == 3
    assert one(asked(folder, where=["location_code="]))["value"] == 4


def test_hashtag_rows_are_no_figures(tmp_path):
    from packages_for_tests import write_package

    row = {"figure_id": "f1", "source_id": "a", "harm": "killed", "role": "recommended", **exact(4)}
    write_package(tmp_path, {"casualties": [row]}, inline=True)
    assert one(asked(tmp_path))["value"] == 4


@pytest.mark.parametrize(
    ("dialect", "said"),
    [
        ({"headerRows": "x"}, "'headerRows' is not a list of row numbers"),
        ({"headerRows": [-5]}, "'headerRows' is not a list of row numbers"),
        ({"commentRows": ["2", None]}, "'commentRows' is not a list of row numbers"),
        ({"delimiter": ";;"}, "'delimiter' is not one ASCII character"),
        ({"quoteChar": 5}, "'quoteChar' is not one ASCII character"),
    ],
)
def test_a_dialect_that_cannot_be_read_is_refused(tmp_path, dialect, said):
    package = read_package(made(tmp_path, casualties=figures(exact(4))))
    package.tables["casualties"]["dialect"] = dialect
    with pytest.raises(InputError, match=said):
        summarise(package, make_request("casualties"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": ["admin1"]}, "casualties has no field 'admin1'; did you mean 'admin1_name'?"),
        ({"by": ["value"]}, "--by value: is the number that is added"),
        ({"where": ["harm"]}, "is not FIELD=VALUE"),
        ({"where": ["harm=kiled"]}, "no harm 'kiled'; did you mean 'killed'?"),
        ({"disjoint": ["a"]}, "name at least two sources"),
        ({"disjoint": ["a,zebra"]}, "no source 'zebra'; `--by source_id` lists them"),
        ({"household_size": "many"}, "is not a number of persons"),
        ({"household_size": "0"}, "is not a number of persons"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(tmp_path, options, said):
    folder = made(tmp_path, casualties=figures(exact(1)))
    with pytest.raises(UsageError, match=said.replace("?", r"\?")):
        asked(folder, **options)


def test_unknown_tables_are_refused(tmp_path):
    folder = made(tmp_path, casualties=figures(exact(1)))
    with pytest.raises(UsageError, match="no table to summarise 'casualtys'; did you mean 'casualties'"):
        make_request("casualtys")
    with pytest.raises(UsageError, match="'claims'; those with figures are casualties, displacement"):
        make_request("claims")
    with pytest.raises(InputError, match="has no table 'displacement'; its tables: casualties"):
        summarise(read_package(folder), make_request("displacement"))


def test_a_cell_that_is_no_number_is_refused(tmp_path):
    folder = made(tmp_path, casualties=figures({**exact(1), "value": "many"}))
    with pytest.raises(InputError, match="column 'value' has a cell that is no number") as caught:
        asked(folder)
    assert "many" not in str(caught.value)


def test_a_figure_that_stands_twice_is_not_counted_twice(tmp_path):
    row = {"figure_id": "f1", **exact(3)}
    with pytest.raises(InputError, match="a figure_id stands in several rows"):
        asked(made(tmp_path, casualties=[row, row]))


def test_figures_without_an_id_are_listed_without_one(tmp_path):
    rows = [{"figure_id": "", **exact(3), **JANUARY, "role": "triangulation"}, {"figure_id": "", **exact(4)}]
    answer = asked(made(tmp_path, casualties=rows))
    assert one(answer)["value"] == 4
    assert excluded(answer, "G3") == [""]


def test_the_parts_of_a_whole_are_codes():
    with schemas.path_of("partitions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["field"] for row in rows} == {"sex", "age_group"}
    for row in rows:
        assert set(row["parts"].split()) <= set(codelist(row["field"]).values)
