"""The verbs of the column maps: what they read, and that they never guess."""

import datetime as dt
import math
import re
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hxl_kit.mapping import (
    boolean,
    code,
    constant,
    context,
    date,
    derived,
    integer,
    joined,
    line,
    number,
    phrase,
    plain_number,
    text,
    tidy,
    titled,
    typed,
)
from hxl_kit.standard.codelists import codelist, crosswalk
from hxl_kit.standard.tables import table

CELLS = st.text(
    alphabet=st.one_of(
        st.sampled_from(list("0123456789+-.,eE _/:TZ\t\n\r\u00a0٣५−")),
        st.characters(exclude_categories=["Cs"]),
    ).filter(lambda c: c not in "\x1c\x1d\x1e\x1f"),
    max_size=24,
)
"""Any text; the four separators that Python calls white space and Unicode does not are left out."""


def read(verb, *cells):
    """Return what a verb makes of cells, dates as ISO text."""
    frame, _ = tidy(pl.DataFrame({"c": cells}, schema={"c": pl.String}), ["c"])
    column = frame.select(out=verb("c"))["out"]
    return (column.cast(pl.String) if column.dtype == pl.Date else column).to_list()


def cases(*pairs):
    return pytest.mark.parametrize(("cell", "expected"), pairs)


@cases(
    (" x ", "x"), ("", None), ("  \t", None), ("\u00a0", None), ("a\n b", "a\n b"), (None, None), ("0", "0")
)
def test_text(cell, expected):
    assert read(text, cell) == [expected]


@cases(
    ("a b", "a b"),
    ("a  b", "a b"),
    (" a\r\nb\tc ", "a b c"),
    ("\n", None),
    (None, None),
    ("\u200fحلب  الشهباء", "\u200fحلب الشهباء"),
)
def test_line(cell, expected):
    assert read(line, cell) == [expected]


@cases(
    ("5", 5),
    (" 05 ", 5),
    ("-3", -3),
    ("+3", 3),
    ("9223372036854775807", 9223372036854775807),
    ("9223372036854775808", None),
    ("5.0", None),
    ("1e3", None),
    ("1,000", None),
    ("1 000", None),
    ("1_000", None),
    ("٣", None),
    ("0x10", None),
    ("about 5", None),
    ("-", None),
    ("", None),
    (None, None),
)
def test_integer(cell, expected):
    assert read(integer, cell) == [expected]


@cases(
    ("5", 5.0),
    ("-0.25", -0.25),
    (".5", 0.5),
    ("1e3", 1000.0),
    ("35.763369", 35.763369),
    ("1,5", None),
    ("1 000", None),
    ("nan", None),
    ("inf", None),
    ("-Infinity", None),
    ("1e999", None),
    ("١٫٥", None),
    ("5 km", None),
    ("", None),
    (None, None),
)
def test_number(cell, expected):
    assert read(number, cell) == [expected]


@cases(
    ("2013-01-03", "2013-01-03"),
    (" 2013-01-03 ", "2013-01-03"),
    ("2013-01-03 00:00:00", "2013-01-03"),
    ("2013-01-03 00:00:00.000", "2013-01-03"),
    ("2013-01-03T00:00:00", "2013-01-03"),
    ("2013-01-03T00:00:00Z", "2013-01-03"),
    ("2013-01-03T00:00:00.000Z", "2013-01-03"),
    ("2024-02-29", "2024-02-29"),
    ("2013-02-29", None),
    ("2013-13-01", None),
    ("2013-01-03 12:30:00", None),
    ("2013-01-03T00:00:00+02:00", None),
    ("03/01/2013", None),
    ("03-01-2013", None),
    ("20130103", None),
    ("2013-01", None),
    ("41277", None),
    ("3 January 2013", None),
    ("", None),
    (None, None),
)
def test_date(cell, expected):
    assert read(date, cell) == [expected]


@cases(
    ("13-01-03", None),
    ("213-01-03", None),
    ("2013-1-3", None),
    ("2013- 1- 3", None),
    ("+2013-01-03", None),
    ("-0001-01-01", None),
    ("0000-01-01", None),
    ("10000-01-01", None),
)
def test_date_has_four_two_and_two_digits(cell, expected):
    """13-01-03 may be 2013, 1903 or 13 January 2003: only YYYY-MM-DD is read."""
    assert read(date, cell) == [expected]


@cases(
    ("true", True),
    ("TRUE", True),
    ("Yes", True),
    ("1", True),
    ("false", False),
    ("No", False),
    ("0", False),
    ("Y", True),
    ("n", False),
    ("2", None),
    ("t", None),
    ("", None),
    (None, None),
)
def test_boolean(cell, expected):
    assert read(boolean, cell) == [expected]


@cases(
    ("1", "battle"),
    (" 3 ", "violence_against_civilians"),
    ("4", None),
    ("01", None),
    ("", None),
    (None, None),
)
def test_code(cell, expected):
    assert read(lambda c: code(c, "ucdp_ged-event_type"), cell) == [expected]


@cases(("SYR", "Syrian Arab Republic"), ("XXX", None), (None, None))
def test_titled(cell, expected):
    assert read(lambda c: titled(pl.col(c), "location"), cell) == [expected]


@given(CELLS)
@example("13-01-03")
@example("-0001-01-01")
@example("2013- 1- 3")
def test_date_is_null_or_exactly_what_is_written(cell):
    (found,) = read(date, cell)
    written = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[T ]00:00:00)?(?:\.000)?Z?", cell.strip(), re.ASCII)
    if found is not None:
        assert written is not None
        assert found == written[1] == dt.date.fromisoformat(written[1]).isoformat()


@given(st.dates())
def test_every_iso_date_is_read(day):
    assert read(date, day.isoformat(), f"{day.isoformat()} 00:00:00") == [day.isoformat()] * 2


@given(st.one_of(CELLS, st.integers(-(2**65), 2**65).map(str)))
def test_integer_is_null_or_exactly_what_is_written(cell):
    (found,) = read(integer, cell)
    plain = re.fullmatch(r"[+-]?[0-9]+", cell.strip())
    exact = int(cell.strip()) if plain else None
    in_range = exact is not None and -(2**63) <= exact < 2**63
    assert found == (exact if in_range else None)


@given(st.one_of(CELLS, st.floats().map(repr), st.decimals().map(str)))
def test_number_is_null_or_what_is_written(cell):
    (found,) = read(number, cell)
    plain = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", cell.strip())
    if plain is None:
        assert found is None
    elif math.isfinite(float(cell)):
        assert found == float(Decimal(cell.strip()))
    else:
        assert found is None


@given(CELLS)
def test_boolean_is_null_or_one_of_eight_words(cell):
    word = cell.strip().lower()
    (found,) = read(boolean, cell)
    assert (found is not None) == (word in ("true", "yes", "y", "1", "false", "no", "n", "0"))
    assert found is None or found == (word in ("true", "yes", "y", "1"))


@given(st.one_of(CELLS, st.sampled_from(crosswalk("gleditsch_ward-location").pairs).map(lambda p: p[0])))
def test_code_is_that_of_the_crosswalk_or_null(cell):
    expected = crosswalk("gleditsch_ward-location").mapping.get(cell.strip())
    assert read(lambda c: code(c, "gleditsch_ward-location"), cell) == [expected]


@given(CELLS)
def test_text_and_line_lose_nothing_but_white_space(cell):
    (kept,), (one,) = read(text, cell), read(line, cell)
    squeezed = "".join(cell.split())
    assert "".join((kept or "").split()) == squeezed
    assert "".join((one or "").split()) == squeezed
    assert (kept is None) == (one is None)
    assert one is None or not re.search(r"[\t\r\n]|^\s|\s$", one)


@given(st.floats(allow_nan=False, allow_infinity=False))
@example(2.0**53 + 2)
@example(-0.0)
@example(5e-324)
def test_plain_number_says_the_same_number(value):
    written = pl.DataFrame({"v": [value]}).select(plain_number(pl.col("v"))).item()
    assert float(written) == value
    if value.is_integer() and abs(value) <= 2**53:
        assert re.fullmatch(r"-?[0-9]+", written)


@cases(
    (3.0, "3"), (-0.0, "0"), (0.1, "0.1"), (35.763369, "35.763369"), (None, None), (1_500_000.0, "1500000")
)
def test_plain_number(cell, expected):
    frame = pl.DataFrame({"v": [cell]}, schema={"v": pl.Float64})
    assert frame.select(plain_number(pl.col("v"))).item() == expected


def test_constants_context_and_joins():
    frame, _ = tidy(pl.DataFrame({"id": ["7", " 8 ", ""], "@source_id": ["s"] * 3}), ["id"])
    found = frame.select(
        fixed=constant("UCDP"),
        source=context("source_id"),
        joined=joined("ged", text("id"), "killed"),
        slashed=joined(text("id"), "x", separator="/"),
    )
    assert found["fixed"].to_list() == ["UCDP"] * 3
    assert found["source"].to_list() == ["s"] * 3
    assert found["joined"].to_list() == ["ged:7:killed", "ged:8:killed", None]
    assert found["slashed"].to_list() == ["7/x", "8/x", None]


@given(st.lists(CELLS | st.none(), max_size=8))
def test_tidy_takes_away_white_space_and_nothing_else(cells):
    given = pl.DataFrame({"a": cells, "b": cells}, schema={"a": pl.String, "b": pl.String})
    frame, untidy = tidy(given, ["a"], ["b"])
    for cell, text_cell, line_cell in zip(cells, frame["a"], frame["b"], strict=True):
        assert text_cell == ((cell or "").strip() or None)
        assert line_cell == (re.sub(r"[ \t\r\n]{2,}|[\t\r\n]", " ", text_cell) if text_cell else None)
    for name in ("a", "b"):
        kept = frame[f"@raw:{name}"] if name in untidy else frame[name]
        assert kept.to_list() == cells


def test_derived_changes_no_value():
    frame = pl.DataFrame({"c": ["x", None]})
    assert frame.select(out=derived(pl.col("c")))["out"].to_list() == ["x", None]


@pytest.mark.parametrize(
    ("name", "cell", "expected"),
    [
        ("fatalities", "5", 5),
        ("latitude", "35.5", 35.5),
        ("is_aggregate", "yes", True),
        ("date_start", "2024-11-27", dt.date(2024, 11, 27)),
        ("event_name", " x ", "x"),
        ("fatalities", "5.5", None),
    ],
)
def test_typed_reads_a_column_of_the_standard(name, cell, expected):
    frame, _ = tidy(pl.DataFrame({name: [cell]}), [name])
    assert frame.select(typed(table("events")[name])).item() == expected


def test_every_crosswalk_leads_into_its_code_list():
    for name in ("ucdp_ged-event_type", "ucdp_ged-geo_precision", "gleditsch_ward-location"):
        walk = crosswalk(name)
        assert set(walk.mapping.values()) <= set(codelist(walk.codelist).values)
        assert len(walk.mapping) == len(walk.pairs), "no provider value twice"


def test_phrase_puts_the_parts_into_their_places():
    frame = pl.DataFrame({"a": ["1", None], "b": ["x", "y"]})
    assert frame.select(said=phrase("{} of {}, said {}", "a", pl.col("b"), pl.lit("z")))[
        "said"
    ].to_list() == [
        "1 of x, said z",
        None,
    ]
