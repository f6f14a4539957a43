"""Cells as people type them: read where that is certain, told where they change, left alone where it is not."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hxl_kit.errors import SourceMismatchError
from hxl_kit.mapping import constant, context, date, integer, joined, number, text, words
from hxl_kit.normalise import Conventions, Normaliser
from hxl_kit.normalise.dates import decide_order, read_date
from hxl_kit.normalise.numerals import COMMA, POINT, decide_marks, plain_digits, read_number
from hxl_kit.sources._blocks import EVERYONE
from hxl_kit.sources.layout import Expectation, Layout, Measure, TableMap

DATE = date("date")
LAYOUT = Layout(
    id="list",
    title="list",
    key=text("id"),
    maps=(
        TableMap(
            "casualties",
            {
                "figure_id": joined("t", text("id")),
                "source_id": context("source_id"),
                "harm": constant("killed"),
                "person_status": constant("unknown"),
                "population_group": constant("all"),
                **EVERYONE,
                "quantity_text": words("killed"),
                "value": integer("killed"),
                "qualifier": constant("unknown"),
                "date_start": DATE,
                "date_end": DATE,
                "date_precision": constant("day"),
                "counting": constant("incident"),
                "role": constant("recommended"),
                "place_name": text("place"),
                "latitude": number("latitude"),
                "geo_precision": constant("unknown"),
                "pcode_method": constant("none"),
            },
        ),
    ),
    missing=("N/A", "No Information"),
    measures=(Measure("killed", "casualties", "value"),),
    expect=Expectation(filled={"place": 0.5}, ranges={"killed": (0, 100)}, rows=(2, 50)),
)
ROW = {"id": "a", "date": "2024-03-01", "killed": "1", "latitude": "36.5", "place": "Somewhere"}


def frame(*changes):
    rows = [{"row_number": n, **ROW, "id": str(n), **change} for n, change in enumerate(changes, 2)]
    return pl.DataFrame(rows, schema={"row_number": pl.UInt32, **dict.fromkeys(ROW, pl.String)})


def normalised(*changes, **options):
    batch = frame(*changes)
    conventions = Conventions(lambda: iter([batch]), **options)
    return Normaliser(LAYOUT, "t", conventions=conventions).normalise(batch)


def column(found, name):
    return found.tables["casualties"][name].to_list()


# Numbers.


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234", "12"], [1234, 12]),
        (["1,234,567"], [1234567]),
        (["1 234", "12\u00a0345", "1\u202f000"], [1234, 12345, 1000]),
        (["1'234", "1’234"], [1234, 1234]),
        (["١٢٣", "٣٧٠٬٠٠٠", "۱۲"], [123, 370000, 12]),
        (["6.0", "12.00"], [6, 12]),
        (["1.234.567", "1.500"], [1234567, 1500]),
        (["1.234", "2.345", "10.500"], [1234, 2345, 10500]),
        (["+5", "7"], [5, 7]),
    ],
)
def test_whole_numbers_are_read_by_the_column_s_own_marks(cells, values):
    found = normalised(*({"killed": cell} for cell in cells))
    assert column(found, "value") == values
    assert column(found, "quantity_text") == cells, "the words are kept"
    told = dict(found.changes.filter(rule="number layout").select("old", "new").iter_rows())
    odd = {c: v for c, v in zip(cells, values, strict=True) if c != str(v)}
    assert told == {cell: str(value) for cell, value in odd.items()}


@pytest.mark.parametrize(
    "cells", [["1.234"], ["5.5"], ["1,23"], ["12,34,567"], ["1.234", "1,234"], ["~5"], ["5?"], ["1e3"]]
)
def test_what_could_be_two_numbers_or_none_is_rejected(cells):
    found = normalised(*({"killed": cell} for cell in cells))
    assert found.accepted == 0
    assert set(found.rejected["reason"]) == {"killed is not a whole number"}


def test_decimal_comma_is_read_where_no_point_contradicts():
    assert column(normalised({"latitude": "36,52"}, {"latitude": "35,1"}), "latitude") == [36.52, 35.1]
    mixed = normalised({"latitude": "36,52"}, {"latitude": "35.1"})
    assert mixed.rejected["row_number"].to_list() == [2]


@given(st.integers(0, 10**12), st.sampled_from([" ", "\u00a0", "\u202f", "'", "٬"]))
def test_grouped_whole_numbers_read_back(value, mark):
    assert read_number(f"{value:,}".replace(",", mark), None, whole=True) == str(value)


@given(st.lists(st.integers(1000, 10**9), min_size=1), st.sampled_from([POINT, COMMA]))
def test_marks_are_found_or_nothing_is_read(values, marks):
    cells = [f"{value:,}".replace(",", marks.thousands) for value in values]
    decided = decide_marks(cells, whole=True, points=False)
    assert decided in (marks, None)
    if marks is POINT:
        assert decided is POINT
    read = [read_number(cell, decided, whole=True) for cell in cells]
    assert all(r in (None, str(v)) for r, v in zip(read, values, strict=True))


@given(st.text(max_size=12))
def test_no_text_becomes_a_number_it_does_not_write(cell):
    assume(not any(c.isdecimal() for c in cell))
    assert read_number(cell, POINT, whole=False) is None


@given(st.text(alphabet="0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", min_size=1, max_size=9))
def test_digits_of_any_script_are_the_same_number(cell):
    assert int(plain_digits(cell)) == int(cell)


# Dates.


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("13 May 2022", "2022-05-13"),
        ("13-May-2022", "2022-05-13"),
        ("May 13, 2022", "2022-05-13"),
        ("1st March 2024", "2024-03-01"),
        ("13 mai 2022", "2022-05-13"),
        ("1er août 2023", "2023-08-01"),
        ("٣ آذار ٢٠٢٤", "2024-03-03"),
        ("27 تشرين الثاني 2024", "2024-11-27"),
        ("27 листопада 2024", "2024-11-27"),
        ("2022/05/13", "2022-05-13"),
        ("20220513", "2022-05-13"),
        ("13.05.2022 00:00", "2022-05-13"),
        ("31/02/2022", None),
        ("13/05/22", None),
        ("May 2022", None),
        ("13 Maybe 2022", None),
        ("45000", None),
        ("13/05/2022 14:30", None),
    ],
)
def test_dates_as_people_write_them(cell, read):
    assert read_date(cell, "day-first") == read


@pytest.mark.parametrize(("system", "read"), [("1900", "2023-03-15"), ("1904", "2027-03-16")])
def test_serial_days_of_workbooks(system, read):
    assert read_date("45000", None, system) == read


@given(st.dates(dt.date(1900, 3, 1), dt.date(2100, 1, 1)), st.sampled_from("/.-"), st.booleans())
def test_written_dates_read_back(day, mark, day_first):
    written = day.strftime(f"%d{mark}%m{mark}%Y" if day_first else f"%m{mark}%d{mark}%Y")
    assert read_date(written, "day-first" if day_first else "month-first") == day.isoformat()


def test_order_of_day_and_month_follows_from_the_whole_column():
    found = normalised({"date": "03/04/2024"}, {"date": "25/12/2023"})
    assert [str(day) for day in column(found, "date_start")] == ["2024-04-03", "2023-12-25"]
    found = normalised({"date": "03/04/2024"}, {"date": "12/25/2023"})
    assert [str(day) for day in column(found, "date_start")] == ["2024-03-04", "2023-12-25"]
    assert set(found.changes["rule"]) == {"date layout"}


def test_order_is_that_of_all_batches():
    first, second = frame({"date": "03/04/2024"}), frame({"date": "25/12/2023"})
    normaliser = Normaliser(LAYOUT, "t", conventions=Conventions(lambda: iter([first, second])))
    assert str(column(normaliser.normalise(first), "date_start")[0]) == "2024-04-03"


def test_ambiguous_order_is_refused_with_the_way_out():
    with pytest.raises(
        SourceMismatchError, match=r"column 'date'.*--date-order day-first or --date-order month-first"
    ):
        normalised({"date": "03/04/2024"}, {"date": "05/06/2024"})
    found = normalised({"date": "03/04/2024"}, date_order="month-first")
    assert str(column(found, "date_start")[0]) == "2024-03-04"


def test_contradicting_orders_are_refused():
    with pytest.raises(SourceMismatchError, match="some dates have the day first, others the month"):
        normalised({"date": "13/04/2024"}, {"date": "04/13/2024"})


def test_odd_date_among_plain_ones_rejects_its_row_alone():
    found = normalised({"date": "03/04/2024"}, {})
    assert found.rejected.rows() == [(2, "date is not a date in the form YYYY-MM-DD")]
    assert decide_order("date", ["03/03/2024"], others=False) is None


# Nothing, errors, totals.


def test_words_for_nothing_become_empty_and_are_told():
    found = normalised({"place": "No Information", "latitude": "N/A"})
    assert (column(found, "place_name"), column(found, "latitude")) == ([None], [None])
    told = found.changes.filter(rule="no value").select("column", "old", "new").rows()
    assert sorted(told) == [("latitude", "N/A", None), ("place", "No Information", None)]


@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#VALUE!", "#DIV/0!", " #NAME? "])
def test_error_cells_reject_their_row(cell):
    found = normalised({"place": cell}, {})
    assert found.rejected.rows() == [(2, "place holds a spreadsheet's error, not a value")]


@pytest.mark.parametrize("words_for_it", ["Total", "Grand Total", "المجموع", "Total général", "TOTAL"])
def test_rows_of_totals_are_rejected(words_for_it):
    found = normalised({}, {"id": words_for_it, "killed": "99"})
    assert found.rejected.rows() == [(3, "a row of totals, which would count its rows again")]
    assert found.totals["killed"] == (100, 1)


def test_places_that_only_begin_like_totals_are_kept():
    assert normalised({"id": "Total Hill"}, {"place": "Total"}).accepted == 2


# What is usual.


def test_what_is_not_usual_is_told():
    normaliser = Normaliser(LAYOUT, "t")
    assert normaliser.normalise(frame({"place": None, "killed": "500"})).accepted == 1
    assert dict(normaliser.tally.unexpected()) == {
        "expected-rows": "1 rows; usual are 2 to 50",
        "expected-filled": "place is filled in 0% of the rows; usual are at least 50%",
        "expected-range": "killed is outside the usual range in 1 rows",
    }
    usual = Normaliser(LAYOUT, "t")
    usual.normalise(frame({}, {}))
    assert list(usual.tally.unexpected()) == []


# What the provider broke, and what it says of its own rows.


def test_utf8_read_as_cp1252_is_put_right_and_told():
    layout = replace(LAYOUT, misread=frozenset({"place"}))
    cells = ["MÃ©naka", "Ménaka", "Ø­Ù„Ø¨", "Ã", "Côte d’Ivoire", "â€œXâ€\x9d", "À vendre"]
    found = Normaliser(layout, "t").normalise(frame(*({"place": cell} for cell in cells)))
    read = ["Ménaka", "Ménaka", "حلب", "Ã", "Côte d’Ivoire", "“X”", "À vendre"]
    assert column(found, "place_name") == read
    told = dict(found.changes.filter(rule="UTF-8 read as cp1252").select("old", "new").iter_rows())
    assert told == {"MÃ©naka": "Ménaka", "Ø­Ù„Ø¨": "حلب", "â€œXâ€\x9d": "“X”"}


@given(st.text(st.characters(min_codepoint=0x20, exclude_categories=("C", "Z")), min_size=1, max_size=10))
def test_misread_text_comes_back(name):
    misread = "".join(bytes([b]).decode("cp1252", errors="ignore") or chr(b) for b in name.encode())
    layout = replace(LAYOUT, misread=frozenset({"place"}), missing=())
    found = Normaliser(layout, "t").normalise(frame({"place": misread}))
    assume(found.accepted == 1 and " " not in misread and misread.strip() == misread)
    read = column(found, "place_name")[0]
    assert read in (name, misread)
    assert read == name or not any(c in misread for c in "ÃÂÐØ")


def test_what_the_provider_rejects_is_rejected_with_its_reason():
    layout = replace(LAYOUT, refused=pl.when(text("place") == "bad").then(pl.lit("no such place")))
    found = Normaliser(layout, "t").normalise(frame({"place": "bad"}, {}))
    assert found.rejected.rows() == [(2, "rejected by the provider: no such place")]


def test_a_cell_read_again_is_not_told_a_second_time_as_white_space():
    found = normalised({"killed": "12 500"}, {"killed": " 7"}, {"killed": "#N/A"})
    told = found.changes.select("rule", "old", "new").rows()
    assert told == [("white space", " 7", "7"), ("number layout", "12 500", "12500")]


def test_a_code_that_is_near_a_title_is_named_by_its_code():
    maps = (TableMap("casualties", {**LAYOUT.maps[0].columns, "harm": text("place")}),)
    batch = frame({"place": "Tué"}, {"place": "kiled"})
    found = Normaliser(replace(LAYOUT, maps=maps, expect=Expectation()), "t").normalise(batch)
    first, second = found.rejected["reason"]
    assert first.startswith("place is not in the code list 'harm': 'Tué'; did you mean 'killed' (")
    assert second.endswith("'kiled'; did you mean 'killed'?")
