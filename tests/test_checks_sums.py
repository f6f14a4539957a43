"""Totals and parts in one row of any table, by the names and hashtags of its columns."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.checks.sums import CHECKS, sum_rules
from hxl_kit.standard.tags import Tag

HOSTILE = Path(__file__).parents[2] / "shared" / "conformance" / "hostile" / "csv" / "sum-inconsistent.csv"
WORDS = [
    "killed",
    "injured",
    "total",
    "women",
    "men",
    "children",
    "low",
    "high",
    "best",
    "civilian",
    "idps",
    "f",
    "0_4",
]


def told(header, *rows, tags=None):
    """Return slug and column of what the rules find in rows of text."""
    frame = pl.DataFrame(rows, schema=dict.fromkeys(header, pl.String), orient="row")
    rules = sum_rules(list(zip(header, tags or [None] * len(header), strict=True)))
    return sorted({(rule.id, rule.field) for rule in rules if frame.filter(rule.violated).height})


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (["killed_total", "killed_civilian"], ["4", "7"], ("part-exceeds-total", "killed_civilian")),
        (["Fatalities", "Civilian fatalities"], ["4", "7"], ("part-exceeds-total", "Civilian fatalities")),
        (["deaths", "deaths_women"], ["1", "2"], ("part-exceeds-total", "deaths_women")),
        (["total", "men", "women"], ["10", "11", "0"], ("part-exceeds-total", "men")),
        (["Total IDPs", "Women"], ["1,000", "1,200"], ("part-exceeds-total", "Women")),
        (
            ["total", "men", "women", "boys", "girls"],
            ["9", "3", "3", "2", "2"],
            ("parts-exceed-total", "total"),
        ),
        (
            ["total", "men", "women", "boys", "girls"],
            ["11", "3", "3", "2", "2"],
            ("parts-below-total", "total"),
        ),
        (["total", "men", "women", "children"], ["9", "3", "3", "2"], ("parts-below-total", "total")),
        (["total", "male", "female"], ["9", "3", "3"], ("parts-below-total", "total")),
        (
            ["total_killed", "killed_children", "killed_adults"],
            ["5", "3", "3"],
            ("parts-exceed-total", "total_killed"),
        ),
        (["killed", "injured", "casualties"], ["3", "4", "6"], ("parts-exceed-total", "casualties")),
        (
            ["killed", "wounded", "killed_or_injured"],
            ["3", "4", "8"],
            ("parts-below-total", "killed_or_injured"),
        ),
        (["low", "best", "high"], ["5", "4", "9"], ("column-order", "low")),
        (
            ["fatalities_low", "fatalities", "fatalities_high"],
            ["1", "4", "3"],
            ("column-order", "fatalities"),
        ),
        (["civiliansKilledMin", "civiliansKilledMax"], ["4", "3"], ("column-order", "civiliansKilledMin")),
        (
            ["Female 0-4", "Female 60+", "Female total"],
            ["2", "2", "3"],
            ("parts-exceed-total", "Female total"),
        ),
        (["tués", "tués femmes"], ["2", "3"], ("part-exceeds-total", "tués femmes")),
    ],
)
def test_what_does_not_add_up_is_told_once(header, row, expected):
    assert told(header, row) == [expected]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        (["total_cost", "women", "men"], ["4", "7", "9"]),
        (["households", "women"], ["4", "7"]),
        (["killed", "injured"], ["4", "7"]),
        (["killed", "killed_2023"], ["4", "7"]),
        (["total_idps", "total_refugees", "women"], ["4", "5", "7"]),
        (["total", "women_pct"], ["4", "51"]),
        (["total", "men", "women", "children", "elderly"], ["9", "3", "3", "2", "1"]),
        (["total", "men", "women", "unknown"], ["9", "3", "3", "3"]),
        (["children", "elderly", "total"], ["3", "2", "9"]),
        (["killed", "killed", "killed_civilian"], ["1", "9", "7"]),
        (["affected", "killed"], ["4", "7"]),
        (["killed", "casualties"], ["dozens", "6"]),
        (["killed_total", "killed_civilian"], ["", "7"]),
        (["min_depth", "depth"], ["4", "3"]),
        (["No.", "women"], ["1", "7"]),
    ],
)
def test_what_cannot_be_told_is_not(header, row):
    names = [
        f"{name}{' ' * number}" if name in header[:number] else name for number, name in enumerate(header)
    ]
    assert told(names, row) == []


def test_hashtags_come_before_names():
    tags = [Tag("#affected", ("killed",)), Tag("#affected", ("killed", "civilian")), Tag("#org")]
    assert told(["A", "B", "total"], ["4", "7", "1"], tags=tags) == [("part-exceeds-total", "B")]
    people = [Tag("#affected", ("f",)), Tag("#affected", ("f", "children")), Tag("#affected", ())]
    assert told(["A", "B", "C"], ["4", "5", "6"], tags=people) == [("part-exceeds-total", "B")]
    other = [Tag("#reached", ("f",)), Tag("#affected", ("f", "children")), None]
    assert told(["A", "B", "C"], ["4", "5", "6"], tags=other) == []


def test_a_message_names_the_columns_and_no_cell():
    rule = next(rule for rule in sum_rules([("killed", None), ("killed_civilian", None)]))
    assert rule.said == "is greater than killed, which it is a part of: the two are inconsistent"
    assert rule.params == {"whole": "killed", "part": "killed_civilian"}
    assert {rule.severity for rule in sum_rules([("total", None), ("men", None)])} == {"warning"}
    assert {check.slug for check in CHECKS} >= {rule.id}


@pytest.mark.skipif(not HOSTILE.is_file(), reason="the conformance cases are not here")
def test_the_hostile_case():
    frame = pl.read_csv(HOSTILE, infer_schema=False)
    [rule] = sum_rules([(name, None) for name in frame.columns])
    assert frame.filter(rule.violated).height == 1
    assert "greater" in rule.said


@given(st.lists(st.integers(0, 10**6), min_size=4, max_size=4))
def test_a_partition_agrees_with_its_sum_and_nothing_else(parts):
    header = ["total", "men", "women", "boys", "girls"]
    row = [str(sum(parts)), *map(str, parts)]
    assert told(header, row) == []
    assert told(header, [str(sum(parts) + 1), *row[1:]]) == [("parts-below-total", "total")]
    if sum(parts):
        assert told(header, [str(sum(parts) - 1), *row[1:]])


@given(
    st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), min_size=1, max_size=8, unique_by=tuple
    )
)
def test_no_names_break_it_and_zeros_break_no_rule(names):
    header = list(dict.fromkeys("_".join(words) for words in names))
    assert told(header, ["0"] * len(header)) == []


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_is_a_name(one, other):
    sum_rules([(one, None), (other, None)])
