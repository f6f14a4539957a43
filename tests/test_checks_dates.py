"""The checks of dates: each broken on purpose, and kept by what real sources write."""

import datetime as dt

import polars as pl
import pytest
from checks_for_tests import issues_of, said, told
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.checks.dates import THEME
from hxl_kit.checks.theme import Context

TODAY = Context(today=dt.date(2024, 6, 15))
EVENT = {
    "event_id": "e1",
    "source_id": "s1",
    "date_start": "2024-03-01",
    "date_end": "2024-03-01",
    "date_precision": "day",
}
STOCK = {
    "figure_id": "d1",
    "source_id": "s1",
    "as_of": "2024-03-01",
    "date_start": "",
    "date_end": "",
    "date_precision": "day",
}
SOURCE = {
    "source_id": "s1",
    "source_type": "news",
    "date_published": "2024-03-05",
    "date_precision": "day",
    "retrieved_at": "2024-06-01",
}
CLAIM = {
    "claim_id": "c1",
    "source_id": "s1",
    "about_table": "events",
    "about_id": "e1",
    "claim_date": "2024-03-02",
}


def found(folder, **tables):
    return told(issues_of(folder, "dates", tables, TODAY))


def test_what_is_in_order_is_not_told(tmp_path):
    document = {"event_id": "e1", "position": "1", "source_date": "2024-03-02"}
    tables = {"events": [EVENT], "displacement": [STOCK], "sources": [SOURCE], "claims": [CLAIM]}
    assert found(tmp_path, **tables, event_sources=[document]) == []


@pytest.mark.parametrize(
    ("table", "row", "field"),
    [
        ("events", {**EVENT, "date_start": "2024-06-17", "date_end": "2024-06-17"}, "date_start"),
        ("events", {**EVENT, "date_end": "2024-06-17"}, "date_end"),
        ("displacement", {**STOCK, "as_of": "2025-01-01"}, "as_of"),
        ("claims", {**CLAIM, "claim_date": "2042-03-02"}, "claim_date"),
        ("sources", {**SOURCE, "date_published": "2042-03-02", "retrieved_at": ""}, "date_published"),
        ("event_sources", {"event_id": "e1", "position": "1", "source_date": "2109-10-28"}, "source_date"),
    ],
)
def test_dates_to_come(tmp_path, table, row, field):
    assert ("date-future", 2, field) in found(tmp_path, **{table: [row]})


@pytest.mark.parametrize(
    ("table", "row"),
    [
        (
            "events",
            {**EVENT, "date_start": "2024-06-16", "date_end": "2024-06-16"},
        ),  # tomorrow, in the east today
        ("events", {**EVENT, "date_end": "2024-12-31", "date_precision": "year"}),
        ("indicators", {**STOCK, "as_of": "2025-12-31"}),  # planned
        ("events", {**EVENT, "date_start": "", "date_end": "", "date_precision": "unknown"}),
    ],
)
def test_dates_that_may_be_ahead(tmp_path, table, row):
    assert found(tmp_path, **{table: [row]}) == []


def test_day_of_the_run_is_named(tmp_path):
    row = {**EVENT, "date_start": "2030-01-01", "date_end": "2030-01-01"}
    issues = issues_of(tmp_path, "dates", {"events": [row]}, TODAY)
    assert said(issues) == ["is after the day of this check, 2024-06-15"]


@pytest.mark.parametrize("table", ["events", "casualties", "displacement", "indicators"])
def test_end_before_start(tmp_path, table):
    row = {
        **STOCK,
        **EVENT,
        "figure_id": "f1",
        "as_of": "",
        "date_start": "2024-03-02",
        "date_end": "2024-02-03",
    }
    assert found(tmp_path, **{table: [row]}) == [("date-order", 2, "date_end")]


@pytest.mark.parametrize(
    ("precision", "end", "wrong"),
    [
        ("year", "2025-02-28", False),  # 365 days
        ("year", "2025-03-02", True),
        ("quarter", "2024-05-31", False),
        ("quarter", "2024-06-01", True),
        ("multi_year", "2026-03-01", False),
        ("multi_year", "2024-12-31", True),
        ("day", "2024-05-01", False),  # IDMC: first and last day of a flood, both known
        ("week", "2024-05-01", False),
    ],
)
def test_period_and_its_precision(tmp_path, precision, end, wrong):
    row = {**EVENT, "date_end": end, "date_precision": precision}
    issues = issues_of(tmp_path, "dates", {"events": [row]}, Context(today=dt.date(2027, 1, 1)))
    assert told(issues) == ([("date-precision-span", 2, "date_precision")] if wrong else [])


def test_words_of_the_span(tmp_path):
    row = {**EVENT, "date_end": "2025-03-02", "date_precision": "year"}
    issues = issues_of(tmp_path, "dates", {"events": [row]}, Context(today=dt.date(2027, 1, 1)))
    assert said(issues) == ["is year, and the period has 367 days"]


def test_precision_of_no_date(tmp_path):
    empty = {**STOCK, "as_of": ""}
    unknown = {**empty, "date_precision": "unknown"}
    assert found(tmp_path, displacement=[empty, unknown, STOCK]) == [
        ("date-precision-undated", 2, "date_precision")
    ]


@pytest.mark.parametrize(
    ("source", "wrong"),
    [
        ({}, False),
        ({"date_published": "2024-02-28"}, True),
        ({"date_published": "2024-02-29"}, False),  # time zones
        ({"date_published": ""}, False),
        ({"date_published": "2024-01-01", "date_precision": "month"}, True),
        ({"date_published": "2024-01-01", "date_precision": "year"}, False),
        ({"date_published": "2023-01-01", "date_precision": "unknown"}, False),
        ({"date_published": "2023-01-01", "source_type": "dataset"}, False),  # fetched later
        ({"date_published": "2023-01-01", "source_type": "dataset", "retrieved_at": "2023-05-01"}, True),
    ],
)
def test_reported_after_publication(tmp_path, source, wrong):
    tables = {"events": [EVENT], "displacement": [STOCK], "sources": [{**SOURCE, **source}]}
    both = [("date-published", 2, "as_of"), ("date-published", 2, "date_start")]
    assert found(tmp_path, **tables) == (both if wrong else [])


def test_fetched_before_publication(tmp_path):
    row = {**SOURCE, "retrieved_at": "2024-03-01"}
    assert found(tmp_path, sources=[row]) == [("date-retrieved", 2, "retrieved_at")]


def test_document_older_than_its_event(tmp_path):
    documents = [
        {"event_id": "e1", "position": str(n), "source_date": day}
        for n, day in enumerate(["2024-02-01", "2024-02-29", "2024-03-01", ""])
    ]
    vague = {**EVENT, "event_id": "e2", "date_precision": "month"}
    documents.append({"event_id": "e2", "position": "1", "source_date": "2024-02-01"})
    issues = issues_of(tmp_path, "dates", {"events": [EVENT, vague], "event_sources": documents}, TODAY)
    assert told(issues) == [("date-document", 2, "source_date")]
    assert said(issues) == ["is before 2024-03-01, when the event began: the document cannot report it"]


def test_claim_older_than_what_it_is_about(tmp_path):
    early = {**CLAIM, "claim_date": "2024-02-01"}
    other = {**early, "claim_id": "c2", "about_table": "casualties"}
    assert found(tmp_path, events=[EVENT], claims=[CLAIM, early, other]) == [("date-claim", 3, "claim_date")]


def test_tables_without_some_columns_are_held_to_the_rest(tmp_path):
    row = {"event_id": "e1", "date_start": "2024-03-02", "date_end": "2024-02-29"}
    assert found(tmp_path, events=[row]) == [("date-order", 2, "date_end")]


@pytest.mark.parametrize("end", ["2024-03-01", "2024-01-01"])
def test_an_end_that_may_be_a_month_or_a_year_is_a_note(tmp_path, end):
    # IDMC GIDD: start_date 2015-03-03 (Day), end_date 2015-03-01 (Month)
    row = {"event_id": "e1", "date_start": "2024-03-02", "date_end": end}
    assert {i.severity for i in issues_of(tmp_path, "dates", {"events": [row]}, TODAY)} == {"info"}
    row["date_end"] = "2024-02-20"
    assert {i.severity for i in issues_of(tmp_path, "dates", {"events": [row]}, TODAY)} == {"warning"}


days = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31)) | st.none()


@given(
    st.lists(
        st.tuples(days, days, st.sampled_from(["day", "month", "year", "multi_year", "x", None])), max_size=5
    )
)
def test_any_dates_are_judged(rows):
    schema = {"date_start": pl.Date, "date_end": pl.Date, "date_precision": pl.String}
    frame = pl.DataFrame(rows, schema, orient="row")
    for rule in THEME.row_rules("events", TODAY):
        broken = frame.filter(rule.violated)
        assert broken.height <= frame.height
    out_of_order = [rule.violated for rule in THEME.row_rules("events", TODAY) if rule.id == "date-order"]
    known = [(start, end) for start, end, precision in rows if start and end and precision]
    told = frame.filter(pl.col("date_precision").is_not_null()).filter(pl.any_horizontal(out_of_order))
    assert told.height == sum(1 for start, end in known if start > end)
