"""The look at disclosure takes a table batch by batch, and keeps of it what could matter."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.disclosure import Disclosing, disclosure, watching

NAMES = ["respondent_id", "sex", "age", "district", "hiv_positive", "latitude", "cases", "incident_type", "n"]
CELLS = st.sampled_from([None, "1", "2", "30", "f", "m", "rape", "<5", "total", "15.36941", "A"])


def numbered(columns):
    return pl.DataFrame(columns, schema_overrides=dict.fromkeys(columns, pl.String)).with_row_index(
        "row_number", offset=2
    )


def in_batches(frame, cuts, resource="t", **more):
    look = Disclosing(resource, frame.columns, **more)
    for start, end in zip([0, *cuts], [*cuts, frame.height], strict=True):
        look.add(frame.slice(start, end - start))
    return look


@settings(max_examples=15)
@given(st.data())
def test_batches_say_what_the_whole_table_says(data):
    names = data.draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True))
    height = data.draw(st.integers(1, 9))
    frame = numbered({name: data.draw(st.lists(CELLS, min_size=height, max_size=height)) for name in names})
    cuts = sorted(data.draw(st.lists(st.integers(0, height), max_size=3)))
    assert in_batches(frame, cuts).findings(previous=(frame,)) == disclosure(frame, "t", previous=frame)


def kept(look):
    """The columns of the rows that are kept, and how many rows."""
    frames = look._kept.frames
    return (frames[0].columns if frames else [], sum(frame.height for frame in frames))


def test_people_leave_their_keys():
    frame = numbered({"patient_id": ["1", "2"], "sex": ["f", "m"], "remarks": ["x", "y"], "hiv": ["y", "n"]})
    look = in_batches(frame, [1])
    assert kept(look) == (["row_number", "sex", "hiv"], 2)
    assert {finding.slug for finding in look.findings()} == {"disclosure-risk", "small-group"}


def test_known_tables_leave_nothing():
    frame = numbered({"sex": ["f"], "hiv_positive": ["1"]})
    look = in_batches(frame, [], known={"sex": "sex", "hiv_positive": "x"})
    assert kept(look) == ([], 0)
    assert look.findings() == []


def test_harmless_rows_are_forgotten(monkeypatch):
    monkeypatch.setattr(watching, "HARMLESS_ROWS", 10)
    frame = numbered({"district": list("ABCDE"), "price": list("12345")})
    look = Disclosing("prices", frame.columns)
    for _ in range(20):
        look.add(frame)
    assert kept(look)[1] <= 15
    assert look.findings() == []


def test_what_is_sensitive_late_is_found(monkeypatch):
    """Rows that were let go had no word of it; only sums with them cannot be worked out any more, which is told."""
    monkeypatch.setattr(watching, "HARMLESS_ROWS", 10)
    harmless = numbered({"type": ["looting"] * 8, "district": list("ABCDEFGH"), "cases": ["40"] * 8})
    late = numbered(
        {"type": ["rape", "rape", "total"], "district": ["A", "B", "A"], "cases": ["3", "<5", "90"]}
    )
    look = Disclosing("incidents", harmless.columns)
    for _ in range(6):
        look.add(harmless)
    look.add(late)
    found = {(finding.slug, finding.severity): finding.count for finding in look.findings()}
    assert found == {("small-count", "error"): 1, ("small-count-unchecked", "warning"): 1}


def test_sensitive_names_keep_every_row(monkeypatch):
    monkeypatch.setattr(watching, "HARMLESS_ROWS", 2)
    frame = numbered({"camp": list("ABC"), "hiv_positive": ["1", "9", "8"]})
    look = in_batches(pl.concat([frame] * 4), [3, 6])
    assert kept(look)[1] == 12
    assert look.findings()[0].count == 4


def test_screening_may_know_that_rows_are_people():
    frame = numbered({"x17": ["12-55", "12-56"], "sexe": ["f", "m"], "note": ["a", "b"]})
    look = in_batches(frame, [])
    assert look.findings() == []
    slugs = {finding.slug for finding in look.findings(kinds={"x17": "person_id"})}
    assert slugs == {"disclosure-risk", "small-group"}


def test_names_beside_an_age_and_a_sex_are_of_people():
    frame = numbered({"victim": ["Aram Testov", "Lila Sampleian"], "age": ["34", "12"], "sex": ["m", "f"]})
    assert in_batches(frame, []).findings() == []
    assert in_batches(frame, []).findings(kinds={"victim": "person_name"})
    contacts = numbered({"focal": ["Aram Testov"], "organisation": ["X"], "district": ["A"]})
    assert in_batches(contacts, []).findings(kinds={"focal": "person_name"}) == []


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_rows_of_locations_are_counted_over_batches(cut):
    frame = numbered({"household_id": ["1", "2", "3"], "lat": ["15.36941", "15.4", "15.36942"]})
    (finding,) = [f for f in in_batches(frame, [cut]).findings() if f.slug == "precise-location"]
    assert (finding.count, finding.rows) == (2, (2, 4))
