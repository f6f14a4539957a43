"""Normalise: every row accepted or rejected with its reason, whatever is wrong with it and however it is batched."""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.errors import HxlKitError
from hxl_kit.normalise import Normaliser
from hxl_kit.sources import source
from hxl_kit.sources.own_tables import own_table
from hxl_kit.standard.tables import table

GED = source("ucdp_ged").layout()

FAULTS = {
    "country_id": ["999", "SYR", "0"],
    "date_start": ["31.02.2013", "2013-02-30", "2013-01-03 12:30", "yesterday", "41277"],
    "date_end": ["2013-13-01", "13-01-03"],
    "best": ["about 10", "5.5", "1.000", "-1", "٣٫٥"],
    "low": ["x", "-5"],
    "high": ["many", "1e3"],
    "latitude": ["95.5", "-90.01", "35,5", "N35"],
    "longitude": ["181", "nan", "E36"],
    "type_of_violence": ["4", "state"],
    "where_prec": ["0", "8"],
    "date_prec": ["6", "day"],
    "event_clarity": ["3", "yes"],
    "deaths_a": ["x", "-2"],
    "deaths_b": ["2.5"],
    "deaths_civilians": ["none"],
    "deaths_unknown": ["?", "-1"],
}
"""Cells that no row may have, by column."""

REQUIRED = ("id", "where_prec", "date_prec", "type_of_violence", "event_clarity")
"""Columns that make a required field: blank, they reject the row."""

OPTIONAL = ("adm_1", "adm_2", "source_article", "where_coordinates", "conflict_name")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one row."""

    row: int
    column: str
    cell: str | None


def frame_of(rows):
    columns = dict.fromkeys(rows[0], pl.String)
    numbered = [{"row_number": n, **row} for n, row in enumerate(rows, 2)]
    return pl.DataFrame(numbered, schema={"row_number": pl.UInt32, **columns})


def in_batches(rows, size, found=GED, **options):
    """Normalise rows in batches of `size`; return tables, reasons by row number and the accepted count."""
    normaliser = Normaliser(found, "ucdp_ged", **options)
    parts = [normaliser.normalise(batch) for batch in frame_of(rows).iter_slices(size)]
    tables = {name: pl.concat([p.tables[name] for p in parts]) for name in parts[0].tables}
    return tables, dict(pl.concat([p.rejected for p in parts]).rows()), sum(p.accepted for p in parts)


def with_faults(rows, faults):
    changed = [dict(row) for row in rows]
    for fault in faults:
        changed[fault.row][fault.column] = fault.cell
    return changed


@pytest.fixture(scope="module")
def whole(ged_rows):
    """The tables of all rows in one batch."""
    return in_batches(ged_rows, len(ged_rows))[0]


@st.composite
def faults_in(draw, rows):
    """Faults in some rows after the first: a bad cell, a blank in a required column, or the first row's id."""
    faults = []
    for row in draw(st.lists(st.integers(1, len(rows) - 1), max_size=6, unique=True)):
        kind = draw(st.sampled_from(["bad", "blank", "twice"]))
        if kind == "twice":
            faults.append(Fault(row, "id", rows[0]["id"]))
        elif kind == "blank":
            faults.append(Fault(row, draw(st.sampled_from(REQUIRED)), draw(st.sampled_from([None, " "]))))
        else:
            column = draw(st.sampled_from(sorted(FAULTS)))
            faults.append(Fault(row, column, draw(st.sampled_from(FAULTS[column]))))
    return faults


@settings(max_examples=12)
@given(st.data())
def test_each_faulty_row_is_rejected_with_its_column_and_every_other_accepted(ged_rows, whole, data):
    faults = data.draw(faults_in(ged_rows))
    size = data.draw(st.sampled_from([20, 38]))
    tables, reasons, accepted = in_batches(with_faults(ged_rows, faults), size)
    assert accepted + len(reasons) == len(ged_rows)
    assert set(reasons) == {fault.row + 2 for fault in faults}
    for fault in faults:
        assert reasons[fault.row + 2].split(" ")[0] == fault.column
    good = [f"ucdp_ged:{row['id']}" for n, row in enumerate(ged_rows) if n + 2 not in reasons]
    for name, frame in tables.items():
        assert frame.equals(whole[name].filter(pl.col("event_id").is_in(good))), "the others are as they were"


@pytest.mark.parametrize(("size", "count"), [(1, 6), (7, 38), (37, 38)])
def test_batches_of_any_size_give_the_same_tables(ged_rows, whole, size, count):
    tables, reasons, accepted = in_batches(ged_rows[:count], size)
    assert (accepted, reasons) == (count, {})
    ids = [f"ucdp_ged:{row['id']}" for row in ged_rows[:count]]
    assert all(tables[name].equals(whole[name].filter(pl.col("event_id").is_in(ids))) for name in whole)


@pytest.mark.parametrize("column", sorted(FAULTS))
def test_every_bad_cell_rejects_its_row_and_names_its_column(ged_rows, column):
    rows = [{**ged_rows[0], "id": f"{n}", column: cell} for n, cell in enumerate(FAULTS[column])]
    tables, reasons, accepted = in_batches(rows, 10)
    assert accepted == 0
    assert len(reasons) == len(rows)
    assert all(reason.startswith(f"{column} ") and ";" not in reason for reason in reasons.values()), reasons
    assert all(frame.is_empty() for frame in tables.values())


@pytest.mark.parametrize("cell", [None, "", "   "])
@pytest.mark.parametrize("column", REQUIRED)
def test_blank_in_a_required_column_rejects_the_row(ged_rows, column, cell):
    _, reasons, _ = in_batches([{**ged_rows[0], column: cell}], 1)
    assert reasons == {2: f"{column} is required and empty"}


def test_two_rows_without_an_id_are_not_repeats_of_each_other(ged_rows):
    rows = [{**row, "id": None} for row in ged_rows[:2]]
    _, reasons, _ = in_batches(rows, 2)
    assert reasons == dict.fromkeys((2, 3), "id is required and empty")


@pytest.mark.parametrize("column", OPTIONAL)
def test_blank_in_an_optional_column_is_empty_and_accepted(ged_rows, column):
    _, reasons, accepted = in_batches([{**ged_rows[0], column: None}], 1)
    assert (reasons, accepted) == ({}, 1)


def test_several_faults_of_a_row_are_all_named_once(ged_rows):
    row = {**ged_rows[0], "best": "x", "date_start": "y", "latitude": "95"}
    _, reasons, _ = in_batches([row], 1)
    named = reasons[2].split("; ")
    assert sorted(reason.split(" ")[0] for reason in named) == ["best", "date_start", "latitude"]


def test_repeat_is_found_across_batches_and_behind_white_space(ged_rows):
    rows = [ged_rows[0], ged_rows[1], {**ged_rows[2], "id": f" {ged_rows[0]['id']} "}]
    for size in (1, 3):
        _, reasons, accepted = in_batches(rows, size)
        assert reasons == {4: "id repeats a row that came before"}
        assert accepted == 2


def test_reason_never_holds_the_value(ged_rows):
    row = {**ged_rows[0], "best": "SECRET", "date_start": "SECRET", "latitude": "SECRET"}
    _, reasons, _ = in_batches([row], 1)
    assert "SECRET" not in reasons[2]


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("type_of_violence", "4", "is not a known code for event_type: '4' (known: 1, 2, 3, "),
        ("country_id", "9999", "is not a known code for location_code: '9999'"),
        ("event_clarity", "l", "is not a known code for event_clarity: 'l' (known: 1, 2)"),
    ],
)
def test_unknown_code_is_named_with_those_that_are_known(ged_rows, column, cell, said):
    _, reasons, _ = in_batches([{**ged_rows[0], column: cell}], 1)
    assert reasons[2].startswith(f"{column} {said}")


def test_unknown_code_is_named_with_the_nearest():
    _, reasons = own_casualties({**CASUALTY, "quantity_text": "5", "harm": "kiled"})
    assert "harm is not in the code list 'harm': 'kiled'; did you mean 'killed'?" in reasons[2]


def test_changes_count_what_was_written_another_way(ged_rows):
    row = {
        **ged_rows[1],
        "best": "02",
        "latitude": "35.50",
        "date_start": "2013-01-03 00:00:00",
        "side_a": " X  Y ",
    }
    found = Normaliser(GED, "ucdp_ged").normalise(frame_of([row]))
    changes = {(c["column"], c["rule"], c["old"], c["new"], c["count"]) for c in found.changes.to_dicts()}
    assert changes == {
        ("best", "number layout", "02", "2", 1),
        ("latitude", "number layout", "35.50", "35.5", 1),
        ("date_start", "date layout", "2013-01-03 00:00:00", "2013-01-03", 1),
        ("side_a", "white space", " X  Y ", "X Y", 1),
    }


def test_unchanged_rows_have_no_changes(ged_rows):
    row = {**ged_rows[1], "latitude": "35.5", "longitude": "36.5"}
    assert Normaliser(GED, "ucdp_ged").normalise(frame_of([row])).changes.is_empty()


def test_country_rejects_rows_of_another(ged_rows):
    syria = [row for row in ged_rows if row["country"] == "Syria"]
    assert 0 < len(syria) < len(ged_rows)
    tables, reasons, accepted = in_batches(ged_rows, 10, country="SYR")
    assert accepted == len(syria)
    assert tables["events"]["location_code"].unique().to_list() == ["SYR"]
    assert set(reasons.values()) == {"the country is not SYR, which was asked for"}


def test_totals_are_those_of_all_and_of_accepted_rows(ged_rows):
    rows = with_faults(ged_rows, [Fault(0, "country_id", "999")])
    found = Normaliser(GED, "ucdp_ged").normalise(frame_of(rows))
    total = sum(int(row["best"]) for row in ged_rows)
    assert found.totals["best"] == (total, total - int(ged_rows[0]["best"]))


def test_map_that_loses_deaths_is_a_bug_and_stops(ged_rows):
    lossy = replace(GED, maps=GED.maps[:2])
    assert Normaliser(GED, "x").normalise(frame_of(ged_rows[:1])).accepted == 1
    with pytest.raises((HxlKitError, KeyError)):
        Normaliser(lossy, "x").normalise(frame_of(ged_rows[:1]))


def test_tables_are_typed_and_in_field_order(ged_rows):
    found = Normaliser(GED, "ucdp_ged").normalise(frame_of(ged_rows[:3]))
    assert set(found.tables) == {"events", "event_sources", "casualties"}
    for name, frame in found.tables.items():
        assert tuple(frame.columns) == table(name).names
    events = found.tables["events"]
    assert (events["fatalities"].dtype, events["latitude"].dtype) == (pl.Int64, pl.Float64)
    assert (events["date_start"].dtype, events["is_aggregate"].dtype) == (pl.Date, pl.Boolean)


def test_empty_batch_gives_empty_tables(ged_rows):
    found = Normaliser(GED, "ucdp_ged").normalise(frame_of(ged_rows[:1]).clear())
    assert (found.accepted, found.rejected.height) == (0, 0)
    assert all(frame.is_empty() for frame in found.tables.values())


# Tables in the standard's own columns.

CASUALTY = {
    "figure_id": "f1",
    "source_id": "s1",
    "harm": "killed",
    "person_status": "civilian",
    "counting": "incident",
    "role": "recommended",
    "date_start": "2024-11-27",
}


def own_casualties(*rows):
    keys = dict.fromkeys(key for row in rows for key in row)
    filled = [{**dict.fromkeys(keys), **row} for row in rows]
    found = Normaliser(own_table("casualties").layout(), "casualties").normalise(frame_of(filled))
    return found.tables["casualties"], dict(found.rejected.rows())


def test_words_become_the_quantity_block():
    frame, reasons = own_casualties({**CASUALTY, "quantity_text": "over 80 people"})
    row = frame.row(0, named=True)
    assert reasons == {}
    assert [row[c] for c in ("value", "value_low", "value_high", "qualifier")] == [
        80.0,
        81.0,
        None,
        "more_than",
    ]
    assert (row["bounds_basis"], row["unit"], row["quantity_text"]) == ("stated", "person", "over 80 people")


def test_given_numbers_stand_beside_the_words():
    given_numbers = {"quantity_text": "over 80", "value": "80", "qualifier": "exact", "unit": "person"}
    frame, _ = own_casualties({**CASUALTY, **given_numbers})
    row = frame.row(0, named=True)
    assert [row[c] for c in ("value", "value_low", "qualifier", "unit")] == [80.0, None, "exact", "person"]


def test_neutral_classifications_may_be_left_empty():
    frame, _ = own_casualties({**CASUALTY, "quantity_text": "5 people"})
    row = frame.row(0, named=True)
    neutral = ("sex", "age_group", "population_group", "geo_precision", "pcode_method", "date_precision")
    assert [row[c] for c in neutral] == ["all", "all", "all", "unknown", "none", "unknown"]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"harm": "hurt"}, "harm is not in the code list 'harm': 'hurt'"),
        ({"harm": None}, "harm is required and empty"),
        ({"date_start": "31.11.2024"}, "date_start is not a date in the form YYYY-MM-DD"),
        ({"value": "eighty", "qualifier": "exact"}, "value is not a number"),
        ({"figure_id": None}, "figure_id is required and empty"),
        ({"location_code": "SY"}, "location_code is not in the code list 'location'"),
    ],
)
def test_own_table_rejects_with_the_field(change, reason):
    frame, reasons = own_casualties({**CASUALTY, "quantity_text": "5", "latitude": None, **change})
    assert frame.is_empty()
    assert reason in reasons[2]


def test_own_table_repeats_are_rejected():
    row = {**CASUALTY, "quantity_text": "5"}
    frame, reasons = own_casualties(row, {**row, "quantity_text": "6"})
    assert frame["quantity_text"].to_list() == ["5"]
    assert list(reasons) == [3]
