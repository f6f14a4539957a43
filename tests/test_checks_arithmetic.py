"""Figures that must add up: each sum broken on purpose, and kept where the ranges allow it."""

import pytest
from checks_for_tests import issues_of, said, told
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.checks.arithmetic import THEME
from hxl_kit.checks.theme import Context, themes
from hxl_kit.standard.tables import table_names

PLACE = {"location_code": "SYR", "admin1_code": "SY02", "geo_precision": "admin1"}
DAY = {"date_start": "2024-12-01", "date_end": "2024-12-01"}
EVENT = {"event_id": "e1", "source_id": "s1", "actor1_name": "Blue", "actor2_name": "Red", **DAY}
FIGURE = {
    "source_id": "s1",
    "event_id": "e1",
    "harm": "killed",
    "person_status": "unknown",
    "population_group": "all",
    "sex": "all",
    "age_group": "all",
    "unit": "person",
    "counting": "incident",
    "role": "recommended",
    "overlap_group": "g1",
    **DAY,
    **PLACE,
}


def figure(name, low, high=None, **fields):
    """A figure with a range; an exact number where there is one number."""
    top = low if high is None else high
    kind = {"qualifier": "exact", "value": str(low)} if high is None else {"qualifier": "range", "value": ""}
    return {**FIGURE, "figure_id": name, **kind, "value_low": str(low), "value_high": str(top), **fields}


def found(folder, figures, events=(EVENT,)):
    return told(issues_of(folder, "arithmetic", {"events": list(events), "casualties": figures}))


def harms(killed, injured, casualties, harm="casualties_unspecified", **fields):
    return [
        figure("k", *killed),
        figure("i", *injured, harm="injured"),
        figure("c", *casualties, harm=harm, **fields),
    ]


def test_casualties_below_killed_and_injured(tmp_path):
    figures = harms([3], [4], [6])
    assert found(tmp_path, figures) == [("harms-above-casualties", 4, "value")]
    [issue] = issues_of(tmp_path / "again", "arithmetic", {"casualties": figures})
    assert issue.severity == "warning"
    assert said([issue])[0].endswith("together (rows 2, 3)")


@pytest.mark.parametrize(
    "figures",
    [
        harms([3], [4], [7]),
        harms([3], [4], [90]),
        harms([3, 5], [4, 6], [7, 8]),
        harms([3], [4], [6], source_id="s2"),
        harms([3], [4], [6], claimed_by="somebody"),
        harms([3], [4], [6], date_end="2024-12-02"),
        harms([3], [4], [6], admin1_code="SY07"),
        harms([3], [4], [6], person_status="civilian"),
        harms([3], [4], [6], counting="cumulative"),
        harms([3], [4], [6], qualifier="at_least", value_high=""),
        harms([3], [4], [6], qualifier="unknown", value="", value_low="", value_high=""),
    ],
)
def test_figures_that_may_agree_are_not_told(tmp_path, figures):
    assert found(tmp_path, figures, events=[]) == []


def test_killed_or_injured_is_the_sum_of_both(tmp_path):
    assert found(tmp_path / "more", harms([3], [4], [9], "killed_or_injured"), []) == [
        ("harms-below-casualties", 4, "value")
    ]
    assert found(tmp_path / "less", harms([3], [4], [6], "killed_or_injured"), []) == [
        ("harms-above-casualties", 4, "value")
    ]
    assert found(tmp_path / "one", harms([3], [4], [9], "killed_or_injured")[1:], []) == []
    assert found(tmp_path / "open", harms([3, 9], [4], [9], "killed_or_injured"), []) == []


def test_a_superseded_figure_is_not_compared(tmp_path):
    figures = [*harms([3], [4], [6]), figure("c2", 7, harm="casualties_unspecified", supersedes="c")]
    assert found(tmp_path, figures, []) == []


def sides(total, blue, red, civilians):
    part = {"role": "triangulation", "qualifier": "unknown"}
    return [
        figure("t", *total),
        figure("a", blue, person_status="combatant", victim_group="Blue", **part),
        figure("b", red, person_status="combatant", victim_group="Red", **part),
        figure("c", civilians, person_status="civilian", **part),
    ]


def test_parts_by_side_and_civilians_against_the_total(tmp_path):
    assert found(tmp_path / "sum", sides([5, 9], 4, 3, 2)) == []
    assert found(tmp_path / "sides", sides([5, 9], 6, 4, 0)) == [("groups-above-total", 2, "value")]
    assert found(tmp_path / "civilians", sides([5, 9], 4, 3, 3)) == [("groups-above-total", 2, "value")]


def test_groups_that_share_members_are_not_added(tmp_path):
    part = {"role": "triangulation", "victim_group": "nurses"}
    figures = [figure("t", 5), figure("n", 4, **part), figure("o", 4, **{**part, "victim_group": "women"})]
    assert found(tmp_path, figures) == []


@pytest.mark.parametrize(
    ("event", "value", "expected"),
    [
        ({"fatalities": "12"}, [12], []),
        ({"fatalities": "12"}, [13], [("event-fatalities", 2, "value")]),
        ({"fatalities": "12"}, [11], [("event-fatalities", 2, "value")]),
        ({"fatalities": "12", "fatalities_low": "9", "fatalities_high": "15"}, [13, 20], []),
        (
            {"fatalities": "12", "fatalities_low": "9", "fatalities_high": "15"},
            [16, 20],
            [("event-fatalities", 2, "value")],
        ),
        ({"fatalities": ""}, [11], []),
    ],
)
def test_an_event_and_its_figure(tmp_path, event, value, expected):
    assert found(tmp_path, [figure("t", *value)], [{**EVENT, **event}]) == expected


def test_a_part_of_the_dead_may_be_fewer_but_not_more(tmp_path):
    event = {**EVENT, "fatalities": "12"}
    assert found(tmp_path / "fewer", [figure("t", 11, person_status="civilian")], [event]) == []
    assert found(tmp_path / "more", [figure("t", 13, person_status="civilian")], [event]) == [
        ("event-fatalities", 2, "value")
    ]
    assert found(tmp_path / "other", [figure("t", 13, source_id="s2")], [event]) == []
    assert found(tmp_path / "kept", [figure("t", 13, role="triangulation")], [event]) == []


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9)), min_size=2, max_size=2))
def test_the_sum_of_both_ranges_is_never_told(tmp_path_factory, ranges):
    (killed, spread), (injured, other) = ranges
    both = [killed + injured, killed + injured + spread + other]
    figures = harms([killed, killed + spread], [injured, injured + other], both, "killed_or_injured")
    assert found(tmp_path_factory.mktemp("sum"), figures, []) == []


def test_the_theme_is_found_and_keeps_nothing_of_tables_it_does_not_compare():
    assert THEME in themes()
    kept = {name for name in table_names() if THEME.kept(name, ())}
    assert kept == {"events", "casualties"}
    assert {rule.id for name in kept for rule in THEME.table_rules(name, Context())} <= {
        c.slug for c in THEME.checks
    }
