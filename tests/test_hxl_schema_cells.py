"""Single cells: numbers to their last digit, dates, coordinates; cleaning, queries, tags for headers."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.errors import InputError, UsageError
from hxl_kit.hxl_schema.cells import exact_numbers, folded, numbers
from hxl_kit.hxl_schema.cleaning import clean, clean_number
from hxl_kit.hxl_schema.coordinates import read_pair
from hxl_kit.hxl_schema.dates import order_of, read_date
from hxl_kit.hxl_schema.part import Column
from hxl_kit.hxl_schema.queries import parse_query
from hxl_kit.hxl_schema.tagging import tagged
from hxl_kit.standard.tags import parse_tag

decimals = st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**30), max_value=10**30)


def column(tag):
    return Column(1, "c", parse_tag(tag))


def texts(*cells):
    return pl.Series("c", cells, dtype=pl.String)


@given(decimals, decimals)
def test_numbers_are_equal_as_keys_when_they_are_equal(one, other):
    first, second = exact_numbers(texts(f"{one:f}", f"{other:f}"))
    assert (first == second) == (one == other)
    assert Decimal(first) == one


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("1.0", "1"),
        ("007", "7"),
        ("-0", "0"),
        ("+5", "5"),
        (".50", "0.5"),
        ("1e3", "1000"),
        ("1.5E-2", "0.015"),
        ("١٢", "12"),
        (" 7 ", "7"),
        ("100", "100"),
        ("90071992547409931", "90071992547409931"),
        ("1,000", None),
        ("inf", None),
        ("nan", None),
        ("", None),
    ],
)
def test_numbers_as_keys(cell, key):
    assert exact_numbers(texts(cell))[0] == key
    assert (numbers(texts(cell))[0] is None) == (key is None)


def test_letters_of_other_scripts_stay_themselves():
    assert folded(texts("دآر", "Öçé  Ł", "ЖЕРТВЫ")).to_list() == ["دآر", "oce l", "жертвы"]


@pytest.mark.parametrize(
    ("cell", "text", "other"),
    [
        ("01/02/2026", "2026-02-01", "2026-01-02"),
        ("05/05/2026", "2026-05-05", None),
        ("13/02/2026", "2026-02-13", None),
        ("02/13/2026", "2026-02-13", None),
        ("2026-01-02T00:00:00", "2026-01-02", None),
        ("2026/01/02", "2026-01-02", None),
        ("20260115", "2026-01-15", None),
        ("1/2/69", "1969-02-01", "1969-01-02"),
        ("1/2/68", "2068-02-01", "2068-01-02"),
        ("2026Q2", "2026Q2", None),
        ("2026w3", "2026W03", None),
        ("Sept 2026", "2026-09", None),
    ],
)
def test_dates(cell, text, other):
    read = read_date(cell)
    assert (read.text, read.other and read.other.text) == (text, other)
    assert read.first <= read.last


@pytest.mark.parametrize(
    "cell",
    [
        "2023-02-29",
        "July",
        "3 July",
        "45000",
        "2026W54",
        "2026-13",
        "12-15",
        "today",
        "31/04/2026",
        "0/1/2026",
        "1 x 2026",
        "1.1/2026",
        "1/1/0001",
    ],
)
def test_what_is_no_date(cell):
    assert read_date(cell) is None


def test_a_column_that_proves_both_orders_proves_none():
    assert order_of(texts("13/02/2026", "02/13/2026", "01/02/2026")) == ("", ("2026-02-01", "2026-01-02"))
    assert order_of(texts("02/13/2026", "01/02/2026"))[0] == "month"


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,200", "1200"),
        ("-1,200", "-1200"),
        ("1 200 300", "1200300"),
        ("1.200.300", "1200300"),
        ("1.200,50", "1200.50"),
        ("1,200.50", "1200.50"),
        ("1.200", "1.200"),
        ("+5", "5"),
        ("12-15", None),
        ("1,20", None),
        ("1,200,30", None),
        ("about 12", None),
    ],
)
def test_cleaned_numbers_keep_sign_range_and_digits(cell, number):
    assert clean_number(cell) == number


@given(decimals)
def test_cleaning_a_number_keeps_its_value(number):
    assert Decimal(clean_number(f"{number:,f}")) == number


def test_every_change_is_listed():
    done = clean(texts("1,200", "1,200", "7", None, "x"), column("#affected"), "number", purge=True)
    assert done.cells.to_list() == ["1200", "1200", "7", None, None]
    assert sorted(done.changes.rows(), key=str) == [("1,200", "1200", 2), ("x", None, 1)]


def test_dates_are_cleaned_in_the_order_that_the_column_proves():
    cells = texts("01/02/2026", "02/13/2026", "n/a")
    assert clean(cells, column("#date"), "date").cells.to_list() == ["2026-01-02", "2026-02-13", "n/a"]
    assert clean(cells.head(1), column("#date"), "date").changes.is_empty()


def test_coordinates_are_cleaned_to_degrees():
    cells = texts("1°17′S 36°49′E", "0,32.5", "95,0")
    done = clean(cells, column("#geo+coord"), "latlon").cells.to_list()
    assert done == ["-1.283333,36.816667", "0,32.5", "95,0"]
    assert read_pair("10,0") == (10.0, 0.0)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ("#affected>9", [False, True, True, False]),
        ("#affected>=10", [False, True, True, False]),
        ("affected is max", [False, True, False, False]),
        ("affected is not number", [False, False, True, True]),
        ("org=oxfam", [True, True, False, False]),
        ("org is empty", [False, False, False, True]),
        ("org~^o.*m$", [True, True, False, False]),
        ("org!~x", [False, False, True, True]),
        ("nosuch=1", [False, False, False, False]),
        ("date>2026-01-05", [False, True, False, False]),
        ("date=2026-01-02", [True, False, False, False]),
    ],
)
def test_row_queries(query, fits):
    frame = pl.DataFrame(
        {
            "a": ["9", "10", "x", None],
            "o": ["Oxfam", "oxfám ", "WFP", None],
            "d": ["01/02/2026", "01/13/2026", None, None],
        }
    )
    columns = [
        Column(1, "a", parse_tag("#affected")),
        Column(2, "o", parse_tag("#org")),
        Column(3, "d", parse_tag("#date")),
    ]
    assert parse_query(query).rows(frame, columns).to_list() == fits


@pytest.mark.parametrize("query", ["org", "org is odd", "org={{max(#org)}}", "+=1"])
def test_what_is_no_query_is_refused(query):
    with pytest.raises(UsageError):
        parse_query(query)


def test_a_query_with_a_broken_expression_is_refused():
    with pytest.raises(InputError, match="no regular expression"):
        parse_query("org~[")


def test_a_tag_for_a_header_has_to_be_one():
    with pytest.raises(UsageError, match="is not an HXL tag"):
        tagged([["Country"]], [("country", "#1")])
