"""Events and figures told twice: planted copies are found, separate events that look alike are not."""

import random

import polars as pl
import pytest
from checks_for_tests import issues_of, said, told
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.checks.duplicates import THEME
from hxl_kit.checks.duplicates.nearness import near, paired
from hxl_kit.standard.tables import table_names

PLACE = {"location_code": "SYR", "place_name": "Blue town", "latitude": "36.2", "longitude": "37.1"}
EVENT = {
    "source_id": "s1",
    "event_type": "battle",
    "actor1_name": "Blue",
    "actor2_name": "Red",
    "date_start": "2024-03-01",
    "date_end": "2024-03-01",
    **PLACE,
    "fatalities": "1",
    "fatalities_low": "1",
    "fatalities_high": "1",
    "description": "",
}
WORDS = "A market in the centre of the town was shelled at noon and {} traders were reported dead by their families"


def events(count, seed=1):
    """Separate events of a year, most of them with one dead, some on one day and at one place."""
    chance = random.Random(seed)  # noqa: S311 - the same rows in each run
    for number in range(count):
        day = f"2024-{chance.randint(1, 3):02d}-{chance.randint(1, 28):02d}"
        dead = chance.choice(["1", "1", "1", "2", "3"])
        numbers = dict.fromkeys(("fatalities", "fatalities_low", "fatalities_high"), dead)
        yield {**EVENT, "event_id": f"e{number}", "date_start": day, "date_end": day, **numbers}


def found(folder, rows):
    return told(issues_of(folder, "duplicates", {"events": list(rows)}))


def killed(number, **fields):
    return {
        **EVENT,
        **dict.fromkeys(("fatalities", "fatalities_low", "fatalities_high"), str(number)),
        **fields,
    }


def test_separate_killings_of_one_day_and_place_are_not_told(tmp_path):
    assert found(tmp_path, events(300)) == []


def test_a_copy_with_rare_numbers_is_told(tmp_path):
    rows = [*events(300), killed(82, event_id="x1"), killed(82, event_id="x2")]
    assert found(tmp_path, rows) == [("event-similar", 303, "event_id")]


def test_rare_numbers_of_the_next_day_are_told_with_the_days(tmp_path):
    later = killed(82, event_id="x2", date_start="2024-03-03", date_end="2024-03-03")
    [issue] = issues_of(tmp_path, "duplicates", {"events": [*events(300), killed(82, event_id="x1"), later]})
    assert (issue.rule, issue.severity) == ("event-similar", "info")
    assert said([issue]) == [
        "names an event that may be that of row 302, 2 day(s) and 0 km away: all else is much alike"
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"actor1_name": "Green"},
        {"event_type": "violence_against_civilians"},
        {"source_id": "s2", "date_start": "2024-03-09", "date_end": "2024-03-09"},
        {"latitude": "36.3"},
        {"date_start": "2024-03-09", "date_end": "2024-03-09"},
        {"fatalities_high": "90"},
        {"event_name": "second strike"},
    ],
)
def test_rare_numbers_of_another_event_are_not(tmp_path, other):
    rows = [*events(300), killed(82, event_id="x1"), killed(82, event_id="x2", **other)]
    assert found(tmp_path, rows) == []


def test_a_copy_with_its_words_is_told_whatever_its_numbers(tmp_path):
    told_twice = {**EVENT, "description": WORDS.format("two")}
    rows = [*events(300), {**told_twice, "event_id": "x1"}, {**told_twice, "event_id": "x2"}]
    [issue] = issues_of(tmp_path, "duplicates", {"events": rows})
    assert (issue.rule, issue.row, issue.severity) == ("event-repeated", 303, "warning")
    assert "row 302" in said([issue])[0]


@pytest.mark.parametrize(("description", "rule"), [("", "event-similar"), (WORDS, "event-repeated")])
def test_two_rows_alike_in_a_small_table(tmp_path, description, rule):
    rows = [{**EVENT, "event_id": name, "description": description} for name in ("e1", "e2")]
    assert found(tmp_path, rows) == [(rule, 3, "event_id")]


def test_words_that_many_events_have_are_no_sign(tmp_path):
    stereotyped = [{**row, "description": WORDS.format("some")} for row in events(300)]
    assert found(tmp_path, stereotyped) == []


def test_incidents_of_no_known_place_are_told_alike_on_purpose(tmp_path):
    hidden = {**EVENT, "place_name": "", "latitude": "", "longitude": "", "description": WORDS.format("two")}
    rows = [*events(300), {**hidden, "event_id": "x1"}, {**hidden, "event_id": "x2"}]
    assert found(tmp_path, rows) == []


def test_edited_words_and_one_more_dead(tmp_path):
    first = {**EVENT, "event_id": "x1", "description": WORDS.format("two")}
    second = {**killed(2), "event_id": "x2", "description": WORDS.format("three"), "actor1_name": "Blue army"}
    assert found(tmp_path, [*events(300), first, second]) == [("event-similar", 303, "event_id")]
    far = {**second, "latitude": "37.2"}
    assert found(tmp_path / "far", [*events(300), first, far]) == []


def test_an_event_of_another_source(tmp_path):
    here = killed(5, event_id="x1")
    there = killed(
        6,
        event_id="x2",
        source_id="s2",
        latitude="36.25",
        actor1_name="Army",
        date_start="2024-03-02",
        date_end="2024-03-02",
    )
    rows = [*events(20), here, there]
    [issue] = [
        i for i in issues_of(tmp_path, "duplicates", {"events": rows}) if i.rule == "event-other-source"
    ]
    assert (issue.row, issue.severity) == (23, "info")
    assert said([issue])[0].startswith(
        "names an event that another source may tell in row 22, 1 day(s) and 6 km away"
    )
    linked = [{**row, "cluster_id": "c1"} for row in (here, there)]
    assert found(tmp_path / "linked", [*events(20), *linked]) == []


@pytest.mark.parametrize(
    "other",
    [
        {"latitude": "36.4"},
        {"fatalities": "50"},
        {"fatalities": "0"},
        {"event_type": "protest"},
        {"location_code": "TUR"},
        {"date_start": "2024-03-04", "date_end": "2024-03-04"},
        {"date_start": "2024-03-01", "date_end": "2024-03-31"},
    ],
)
def test_other_events_of_other_sources(tmp_path, other):
    assert found(tmp_path, [killed(5, event_id="x1"), killed(5, event_id="x2", source_id="s2") | other]) == []


def test_without_coordinates_the_names_of_places_must_be_the_same(tmp_path):
    nowhere = {"latitude": "", "longitude": ""}
    rows = [killed(5, event_id="x1", **nowhere), killed(5, event_id="x2", source_id="s2", **nowhere)]
    assert found(tmp_path / "same", rows) == [("event-other-source", 3, "event_id")]
    assert found(tmp_path / "other", [rows[0], {**rows[1], "place_name": "Red town"}]) == []


FIGURE = {
    "source_id": "s1",
    "harm": "injured",
    "person_status": "civilian",
    "population_group": "all",
    "sex": "all",
    "age_group": "all",
    "unit": "person",
    "counting": "incident",
    "role": "recommended",
    "date_start": "2024-03-01",
    "date_end": "2024-03-01",
    "qualifier": "exact",
    "location_code": "SYR",
    "overlap_group": "",
}


def figures(count, *more):
    """Figures of separate days, and others with all their numbers alike."""
    days = [
        {**FIGURE, "figure_id": f"f{n}", "date_end": f"2024-03-{n % 28 + 1:02d}", "value": str(n % 3 + 1)}
        for n in range(count)
    ]
    return [
        *days,
        *({**FIGURE, "figure_id": f"x{n}", "value": "120", **other} for n, other in enumerate(more)),
    ]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        (({}, {}), [("figure-repeated", 83, "figure_id")]),
        (({}, {"role": "triangulation"}), []),
        (({}, {"value": "121"}), []),
        (({}, {"sex": "female"}), []),
        (({}, {"location_code": "LBN"}), []),
        (({}, {"source_id": "s2"}), []),
        (({}, {"claimed_by": "army"}), []),
        (({"overlap_group": "g"}, {"overlap_group": "g"}), []),
        (({"value": "1"}, {"value": "1"}), []),
    ],
)
def test_figures_stated_twice(tmp_path, more, expected):
    assert told(issues_of(tmp_path, "duplicates", {"casualties": figures(80, *more)})) == expected


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 2)), min_size=2, max_size=30), st.integers(0, 5))
def test_every_pair_within_the_days_is_paired(rows, days):
    frame = pl.DataFrame(
        {"row_number": range(len(rows)), "start": [day for day, _ in rows], "key": [key for _, key in rows]}
    ).with_columns(pl.col("start").cast(pl.Date))
    pairs = {tuple(sorted(pair)) for pair in paired(frame, ("key",), days=days).rows()}
    due = {
        (one, other)
        for other in range(len(rows))
        for one in range(other)
        if rows[one][1] == rows[other][1] and abs(rows[one][0] - rows[other][0]) <= days
    }
    assert due <= pairs


@given(st.floats(-60, 60), st.floats(-179, 179), st.floats(0, 0.08))
def test_nearness_is_a_distance_on_the_globe(latitude, longitude, north):
    point = {"start": 0, "end": 0, "place": 1, "named": False, "killed": 1.0, "longitude": longitude}
    frame = pl.DataFrame(
        [
            {"row_number": 0, "latitude": latitude, **point},
            {"row_number": 1, "latitude": latitude + north, **point},
        ]
    ).with_columns(pl.col("start", "end").cast(pl.Date), pl.col("row_number").cast(pl.UInt32))
    pairs = pl.DataFrame(
        {"row_number": [1], "row": [0]}, schema=dict.fromkeys(("row_number", "row"), pl.UInt32)
    )
    assert near(pairs, frame, days=1)["km"].to_list() == [round(north * 111.195)]


def test_the_theme_takes_tables_without_rows():
    empty = pl.DataFrame(schema={"row_number": pl.UInt32})
    tables = {name: empty.select(THEME.kept(name, ())) for name in table_names() if THEME.kept(name, ())}
    rules = [rule for name in tables for rule in THEME.table_rules(name, None)]
    assert len(rules) == 6
    assert all(rule.found(tables).is_empty() for rule in rules)
