"""What the cells of any table must be: by the name of their column, and whatever it is called."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.checks.forms import (
    SUSPECT,
    ascii_digits,
    cell_rules,
    header_rules,
    meaning_of,
    meaning_rules,
    place_rules,
)
from hxl_kit.standard.tags import parse_tag

TODAY = dt.date(2026, 1, 1)


def found(cell, meaning=None):
    """Return what rules say of a cell: rule and severity."""
    frame = pl.DataFrame({"c": [cell]}, schema={"c": pl.String})
    rules = meaning_rules("c", meaning, TODAY) if meaning else cell_rules("c")
    return {
        (rule.id, rule.severity)
        for rule in rules
        if frame.select(rule.violated.fill_null(value=False)).item()
    }


@pytest.mark.parametrize(
    ("name", "meaning"),
    [
        ("event_date", "date"),
        ("Event Date", "date"),
        ("fatalities", "count"),
        ("IDPs", "count"),
        ("Number of households", "count"),
        ("lat", "latitude"),
        ("Longitude", "longitude"),
        ("adm2_pcode", "pcode"),
        ("Admin 2 Pcode", "pcode"),
        ("adm2_code", "pcode"),
        ("notes", None),
        ("population_share", None),
        ("update", None),
        ("killed_by", None),
    ],
)
def test_meaning_by_name(name, meaning):
    assert meaning_of(name) == meaning


@pytest.mark.parametrize(
    ("tag", "meaning"),
    [
        ("#date", "date"),
        ("#affected+killed", "count"),
        ("#affected+pct", None),
        ("#geo+lat", "latitude"),
        ("#indicator+value+num", "number"),
        ("#adm2+code", "pcode"),
        ("#adm2+name", None),
    ],
)
def test_meaning_by_hashtag(tag, meaning):
    assert meaning_of("anything", parse_tag(tag)) == meaning


ERROR, WARNING = ("date", "error"), ("date", "warning")


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2024-03-01", set()),
        ("20240301", set()),
        ("2024-03-01T23:30:00+03:00", set()),
        ("2024-03-01 24:00:00", set()),
        ("2024", set()),
        ("2024-03", set()),
        ("2024-Q1", set()),
        (None, set()),
        ("2023-02-29", {ERROR}),
        ("2024-13-01", {ERROR}),
        ("2024-03-01T24:30:00Z", {ERROR, WARNING} - {WARNING}),
        ("45352", {ERROR}),
        ("1709251200", {ERROR}),
        ("03/04/2024", {ERROR}),
        ("03/03/2024", {WARNING}),
        ("23/04/2024", {WARNING}),
        ("23/04/24", {ERROR}),
        ("1445-08-20", {ERROR}),
        ("9999-12-31", {ERROR}),
        ("1970-01-01", {WARNING}),
        ("2030-01-01", {WARNING}),
        ("3 March 2024", {WARNING}),
        ("31/04/2024", {ERROR, WARNING}),
        ("45.13.2024", {ERROR, WARNING}),
        ("10:30:00", {ERROR, WARNING}),
        ("1900-02-28", {WARNING}),
        ("1900-03-01", set()),
        ("10000-01-01", {ERROR, WARNING}),
        ("-2024-03-01", {ERROR, WARNING}),
        ("2024-03-01T10:00:00+25:00", {ERROR}),
        ("۲۰۲۴-۰۳-۰۱", {("digits", "warning")}),
        ("early March", {ERROR}),
        ("n/a", {WARNING}),
    ],
)
def test_dates(cell, expected):
    assert found(cell, "date") == expected


def test_day_and_month_in_both_orders_within_a_column():
    frame = pl.DataFrame({"c": ["13/03/2024", "03/13/2024", "2024-03-01", None]})
    errors = [rule for rule in meaning_rules("c", "date", TODAY) if "another order" in rule.message]
    assert frame.select(errors[0].violated.fill_null(value=False)).to_series().to_list() == [
        True,
        True,
        False,
        False,
    ]
    assert not frame[:1].select(errors[0].violated).item()


@pytest.mark.parametrize(("cell", "expected"), [("9999999999", set()), ("10000000000", {("count", "error")})])
def test_whole_numbers_with_rules_of_their_own_are_still_of_people(cell, expected):
    assert found(cell, "size") == expected


@pytest.mark.parametrize("cell", ["0", "12", "007", "3.0", "+5", None, "9999999999"])
def test_counts(cell):
    assert found(cell, "count") == set()


@pytest.mark.parametrize(
    "cell",
    ["-", "~5", "10-20", "three", "2.5", "true", "inf", "1,234", "1e3", "-3", "9223372036854775808", "80+"],
)
def test_what_is_no_count(cell):
    assert found(cell, "count") == {("count", "error")}


@pytest.mark.parametrize(("cell", "meaning"), [("١٢", "count"), ("１２", "count"), ("۱۵٫۲", "latitude")])
def test_digits_of_other_scripts_are_read_and_told(cell, meaning):
    assert found(cell, meaning) == {("digits", "warning")}


@pytest.mark.parametrize(
    ("cell", "meaning", "expected"),
    [
        ("15.31", "latitude", set()),
        ("-90", "latitude", set()),
        ("91", "latitude", {("degrees", "error")}),
        ("144.2", "longitude", set()),
        ("181", "longitude", {("degrees", "error")}),
        ("15,31", "latitude", {("number", "error")}),
        ("1e309", "latitude", {("number", "error"), ("degrees", "error")}),
        ("NaN", "number", {("number", "error")}),
        ("1e3", "number", set()),
    ],
)
def test_numbers_and_degrees(cell, meaning, expected):
    assert found(cell, meaning) == expected


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("YE2301", set()),
        ("SYR01", set()),
        ("YE23\u200b01", set()),
        ("03-Jan", {("pcode", "error")}),
        ("MAR-04", {("pcode", "error")}),
        ("01/03/2024", {("pcode", "error")}),
        ("3/1", {("pcode", "error")}),
        ("2024-01-03", {("pcode", "error")}),
        ("12800000", {("pcode", "error")}),
        ("1.28E+07", {("pcode", "error")}),
        ("YE٢٣٠١", {("pcode", "error")}),
        ("ye2301", {("pcode", "warning")}),
        ("YE 2301", {("pcode", "warning")}),
        ("SY02O0", {("pcode", "warning")}),
        ("SYO2OO", {("pcode", "warning")}),
        ("SY02l0", {("pcode", "warning")}),
        ("SO11", set()),
        ("CD", set()),
        ("SYR", set()),
        ("LSA", set()),
        ("C5065", set()),
        ("3501000", set()),
        ("other", {("pcode", "warning")}),
    ],
)
def test_pcodes(cell, expected):
    assert found(cell, "pcode") == expected


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "\t=1+1",
        " =A1",
        "\u200b=A1",
        "@SUM(1)",
        "+cmd|' /C calc'!A0",
        "-2+3+cmd|' /C calc'!A0",
        "\r=1",
        "= 1+1",
        "+1+1",
        "-2+3",
        "-A1*2",
        "＝1+1",
        "＠SUM(1)",
    ],
)
def test_formulas(cell):
    assert ("formula", "error") in found(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "-5",
        "+967 700",
        "+1-202-555",
        "-12.5",
        "=",
        "==",
        "＝＝",
        "- Attack (3 killed)",
        "@handle",
        "a=b",
        "-",
        "+",
        None,
    ],
)
def test_what_is_no_formula(cell):
    assert ("formula", "error") not in found(cell)


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("YE23\u200b01", "invisible"),
        ("Ba\u202eni", "invisible"),
        ("Bani\u2028Matar", "invisible"),
        ("Bani\U000e0041", "invisible"),
        ("Bani\u3164", "invisible"),
        ("Ba\x1b[2Jni", "invisible"),
        ("Gue\u0301ra", "unicode"),
        ("BÃ©ni", "mojibake"),
        ("B\ufffdni", "mojibake"),
        ("Bani ", "whitespace"),
        ("#REF!", "cell-error"),
        ("Bani\u00a0Matar", "whitespace"),
        ("аdmin", "scripts"),
    ],
)
def test_cells_that_do_not_show_what_they_are(cell, rule):
    assert (rule, "warning") in found(cell)


@pytest.mark.parametrize("cell", ["می‌خواهم", "Guéra", "حلب", "Київ", "Sana'a", "a  b"])
def test_plain_names_of_any_script(cell):
    assert found(cell) == set()


@given(st.text(max_size=20))
def test_a_cell_that_is_not_suspect_keeps_all_rules(cell):
    suspect = pl.DataFrame({"c": [cell]}).select(pl.col("c").str.contains(SUSPECT)).item()
    assert suspect or not found(cell)


@given(
    st.text(max_size=20),
    st.sampled_from(["date", "count", "number", "latitude", "longitude", "pcode", "digits", "size"]),
)
def test_any_text_is_judged(cell, meaning):
    assert found(cell, meaning) is not None


@given(st.integers(0, 10**9))
def test_digits_are_the_same_number(number):
    arabic = "".join(chr(0x660 + int(digit)) for digit in str(number))
    assert pl.DataFrame({"c": [arabic]}).select(ascii_digits(pl.col("c"))).item() == str(number)


def test_nothing_happens_at_null_island():
    (rule,) = place_rules("lat", "lon")
    frame = pl.DataFrame({"lat": ["0", "0.0", "0", None], "lon": ["0", "-0", "44.1", "0"]})
    assert frame.select(rule.violated).to_series().to_list() == [True, True, False, None]


def test_names_of_columns():
    assert [rule for rule, _, _ in header_rules("=cmd")] == ["formula"]
    assert [rule for rule, _, _ in header_rules("id\u200b")] == ["invisible"]
    assert list(header_rules("événement")) == []
