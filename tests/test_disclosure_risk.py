"""Risk of row-level data: figures of the SDC Practice Guide, and what must hold of any table."""

import math
from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.disclosure import People, disclosure, people, record_risks, summary
from hxl_kit.disclosure.diversity import diversity
from hxl_kit.disclosure.people import findings
from hxl_kit.errors import UsageError

KEYS = ["residence", "gender", "education", "labour"]
U, R, F, M = "urban", "rural", "female", "male"
GUIDE = pl.DataFrame(
    [
        (U, F, "secondary incomplete", "employed", 180, "yes"),
        (U, F, "secondary incomplete", "employed", 180, "yes"),
        (U, F, "primary incomplete", "non-LF", 215, "yes"),
        (U, M, "secondary complete", "employed", 76, "yes"),
        (R, F, "secondary complete", "unemployed", 186, "yes"),
        (U, M, "secondary complete", "employed", 76, "no"),
        (U, F, "primary complete", "non-LF", 180, "no"),
        (U, M, "post-secondary", "unemployed", 215, "yes"),
        (U, F, "secondary incomplete", "non-LF", 186, "no"),
        (U, F, "secondary incomplete", "non-LF", 76, "yes"),
    ],
    schema=[*KEYS, "weight", "health"],
    orient="row",
)
"""SDC Practice Guide, tables 4.1 and 4.3 (sdcpractice.readthedocs.io/en/latest/measure_risk.html)."""

GUIDE_RISK = [
    0.005424520, 0.005424520, 0.025096439, 0.012563425, 0.028247279,
    0.012563425, 0.029010932, 0.025096439, 0.007403834, 0.007403834,
]  # fmt: skip
"""The same guide, code 4.3: what sdcMicro says of the table."""


def test_guide_frequencies_and_risk():
    risks = record_risks(GUIDE, KEYS, "weight")
    assert risks["sample"].to_list() == [2, 2, 1, 2, 1, 2, 1, 1, 2, 2]
    assert risks["population"].to_list() == [360, 360, 215, 152, 186, 152, 180, 215, 262, 262]
    assert risks["risk"].to_list() == pytest.approx(GUIDE_RISK, abs=5e-10)


def test_guide_k_anonymity():
    risk = summary(record_risks(GUIDE, KEYS, "weight"))
    assert (risk.uniques, risk.below_three) == (4, 10)
    assert risk.share == pytest.approx(sum(GUIDE_RISK) / 10, abs=1e-9)
    assert risk.high == 0


def test_guide_missing_values():
    missing = GUIDE.with_columns(
        pl.when(pl.int_range(10) == 3).then(None).otherwise(pl.col(c)).alias(c)
        for c in ("education", "labour")
    )
    assert record_risks(missing, KEYS)["sample"].to_list() == [2, 2, 1, 3, 1, 2, 1, 2, 2, 2]
    short = pl.DataFrame(
        {"gender": ["m"] * 3, "education": ["complete", "incomplete", None], "labour": ["e"] * 3}
    )
    assert record_risks(short, short.columns)["sample"].to_list() == [2, 2, 3]


def test_guide_diversity():
    found = diversity(GUIDE, KEYS, "health")
    assert found["distinct"].to_list() == [1, 1, 1, 2, 1, 2, 1, 1, 2, 2]
    assert found["distinct"].mean() == pytest.approx(1.4)


def test_diversity_of_unequal_answers():
    group = pl.DataFrame({"k": ["a"] * 10, "s": ["x"] * 5 + ["y"] * 3 + ["z"] * 2})
    found = diversity(group, ["k"], "s", c=2.0).row(0, named=True)
    assert found["entropy"] == pytest.approx(math.exp(-sum(p * math.log(p) for p in (0.5, 0.3, 0.2))))
    assert found["recursive"] == 2  # 5 < 2·(3+2), but not < 2·2
    assert diversity(group, ["k"], "s", c=3.0)["recursive"][0] == 3
    nothing = pl.DataFrame({"k": ["a"], "s": [None]}, schema={"k": pl.String, "s": pl.String})
    assert diversity(nothing, ["k"], "s").row(0) == (None, None, None)


@pytest.mark.parametrize(
    ("f", "weight"), [(1, 3.0), (2, 1.1), (3, 40.0), (3, 1.2), (4, 2.0), (4, 400.0), (7, 90.0), (12, 1.5)]
)
def test_exact_is_the_mean_of_one_in_the_population(f, weight):
    frame = pl.DataFrame({"k": ["a"] * f, "w": [weight] * f})
    expected = mean_of_one_in_population(f, 1 / weight)
    assert record_risks(frame, ["k"], "w", "exact")["risk"][0] == pytest.approx(expected, rel=1e-5)
    assert record_risks(frame, ["k"], "w")["risk"][0] == pytest.approx(expected, rel=0.1)


def mean_of_one_in_population(f, p):
    """E(1/F) for F, the trials until the f-th success of chance p (negative binomial), added up term by term."""
    chance, total = p**f, 0.0
    for trials in range(f, 40_000):
        total += chance / trials
        chance *= trials / (trials - f + 1) * (1 - p)
    return total


def test_a_population_risks_one_in_its_number():
    assert record_risks(pl.DataFrame({"k": ["a", "a", "b"]}), ["k"])["risk"].to_list() == [0.5, 0.5, 1.0]


cell = st.sampled_from(["a", "b", None])


@settings(max_examples=25)
@given(st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=12))
def test_frequencies_agree_with_a_naive_count(rows):
    frame = pl.DataFrame(rows, schema={"x": pl.String, "y": pl.String, "z": pl.String}, orient="row")
    assert record_risks(frame, ["x", "y", "z"])["sample"].to_list() == [_alike(row, rows) for row in rows]


def _alike(row, rows):
    """sdcMicro's rule: an empty cell may be anything; an all-empty record counts with all, but for those whole."""
    if set(row) == {None}:
        return len(rows)
    whole = None not in row
    return sum(
        all(a is None or b is None or a == b for a, b in zip(row, other, strict=True))
        and not (whole and set(other) == {None})
        for other in rows
    )


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz")), min_size=1, max_size=30))
def test_k_anonymity_agrees_with_a_naive_count(rows):
    counts = Counter(rows)
    risk = summary(record_risks(pl.DataFrame(rows, schema=["p", "q"], orient="row"), ["p", "q"]))
    assert risk.uniques == sum(counts[row] < 2 for row in rows)
    assert risk.below_three == sum(counts[row] < 3 for row in rows)
    assert risk.below_five == sum(counts[row] < 5 for row in rows)
    assert risk.expected == pytest.approx(len(counts))


@settings(max_examples=12)
@given(st.integers(1, 8), st.floats(1.0, 1e6))
def test_risk_is_a_chance_and_never_above_the_samples(f, weight):
    frame = pl.DataFrame({"k": ["a"] * f, "w": [weight] * f})
    for method in ("approximate", "exact"):
        risk = record_risks(frame, ["k"], "w", method).row(0, named=True)
        assert 1 / (f * weight) * 0.999 <= risk["risk"] <= risk["sample_risk"] * 1.000001


def test_many_ways_of_being_empty_are_values_of_their_own(monkeypatch):
    """Comparing each way with each would take too long; the risk can only be greater so."""
    rows = [("a", None), ("a", "b"), (None, "b"), (None, None), ("a", None)]
    frame = pl.DataFrame(rows, schema=["x", "y"], orient="row")
    before = record_risks(frame, ["x", "y"])["risk"].to_list()
    monkeypatch.setattr("hxl_kit.disclosure.frequencies.MOST_PATTERNS", 3)
    risks = record_risks(frame, ["x", "y"])
    assert risks["sample"].to_list() == [2, 1, 1, 1, 2]
    assert all(now >= then for now, then in zip(risks["risk"], before, strict=True))


def test_columns_may_have_any_name():
    """Names that the computation itself uses are no trouble in a table."""
    frame = pl.DataFrame(
        {"sample": ["a", "a"], "population": ["b", "c"], "n": ["x", "x"], "distinct": ["1", "2"]}
    )
    assert record_risks(frame, ["sample", "population", "n"])["sample"].to_list() == [1, 1]
    assert diversity(frame, ["sample", "n"], "distinct")["distinct"].to_list() == [2, 2]


def test_faults_are_named():
    with pytest.raises(UsageError, match="no column 'gendr'; did you mean 'gender'"):
        record_risks(GUIDE, ["gendr"])
    with pytest.raises(UsageError, match="no key variables"):
        record_risks(GUIDE, [])
    with pytest.raises(UsageError, match="weights that are no number above 0"):
        record_risks(GUIDE, KEYS, "health")


def survey(repeats, weight=None):
    rows = [
        (i + 2, f"R{i}", U if i % 2 else R, F if i % 4 < 2 else M, "yes" if i % 4 < 2 else "no")
        for i in range(repeats)
    ]
    frame = pl.DataFrame(
        rows, schema=["row_number", "respondent_id", "district", "sex", "disability"], orient="row"
    )
    return frame if weight is None else frame.with_columns(weight=pl.lit(str(weight)))


def test_a_table_of_people_is_known_and_told():
    about = people(survey(8))
    assert about == People(("district", "sex"), ("disability",), None)
    slugs = {finding.slug: finding for finding in disclosure(survey(8), "survey")}
    assert set(slugs) == {"disclosure-risk", "small-group", "one-answer"}
    assert slugs["disclosure-risk"].params["percent"] == 50.0
    assert slugs["small-group"].count == 8
    assert slugs["small-group"].rows == tuple(range(2, 10))
    assert slugs["one-answer"].column == "disability"


def test_many_people_alike_pass():
    found = findings(survey(400), "survey", People(("district", "sex")))
    assert found == []


def test_weights_lower_the_risk_and_the_severity():
    about = people(survey(8, weight=5000))
    assert about.weight == "weight"
    severities = {
        finding.slug: finding.severity for finding in findings(survey(8, weight=5000), "survey", about)
    }
    assert severities == {"small-group": "warning", "one-answer": "warning"}


def test_findings_hold_no_value():
    planted = survey(8).with_columns(
        district=pl.lit("Zaynab Canary"), sex=pl.Series([f"+96399{i}" for i in range(8)])
    )
    assert "Zaynab" not in repr(disclosure(planted, "survey"))
    assert "+9639" not in repr(disclosure(planted, "survey"))
