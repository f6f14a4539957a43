"""Keys: equal values are one key, others never are, however many there are and whatever their bits."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from frictionless import Schema
from frictionless.table import create_cell_handlers
from gate_values_for_tests import NASTY, POOLS, SPACES
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hxl_kit.gate import keys as keys_module
from hxl_kit.gate.fields import column_of
from hxl_kit.gate.keys import Bits, KeyColumn, Occurrences, bits_of, canonical, key_set
from hxl_kit.gate.unproven import UnprovenError

DIGITS = st.text("0123456789", min_size=1, max_size=40)
LARGE = st.builds(
    lambda sign, digits, exponent: Decimal(f"{sign}{digits}E{exponent}"),
    st.sampled_from(["", "-"]),
    DIGITS,
    st.integers(-40, 40) | st.integers(-(10**6), 10**6),
)
FLOATS = st.floats(allow_nan=False)
NUMBERS = (
    st.integers()
    | st.integers(-20, 20)
    | LARGE
    | FLOATS
    | st.booleans()
    | st.sampled_from([0.1, Decimal("0.1")])
)
NAIVE = st.datetimes(dt.datetime(1, 1, 3), dt.datetime(9999, 12, 29))  # noqa: DTZ001 - without a zone on purpose
ZONES = st.integers(-1439, 1439).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
AWARE = st.datetimes(dt.datetime(1, 1, 3), dt.datetime(9999, 12, 29), timezones=ZONES)  # noqa: DTZ001 - the zone is drawn


def shifted(number, exponent):
    """The same number, written with other digits."""
    return (
        number.scaleb(0)
        if not number.is_finite()
        else Decimal(
            (
                *number.as_tuple()[:1],
                (*number.as_tuple().digits, *([0] * exponent)),
                number.as_tuple().exponent - exponent,
            )
        )
    )


@settings(max_examples=180)
@given(NUMBERS, NUMBERS)
def test_numbers_are_one_key_just_when_python_calls_them_equal(one, other):
    assert (canonical(one) == canonical(other)) == (one == other)
    assert canonical(one) == canonical(one)


@settings(max_examples=120)
@given(LARGE, st.integers(0, 40))
def test_a_number_is_one_key_however_it_is_written(number, zeros):
    same = shifted(number, zeros)
    assert same == number
    assert canonical(same) == canonical(number)
    assert Decimal(canonical(number)) == number
    assert len(canonical(number)) <= len(number.as_tuple().digits) + 32


@given(
    st.integers(-(10**31), 10**31) | st.sampled_from([10**28, 10**29, 10**30, 10**31, -(10**29), -(10**30)])
)
def test_whole_numbers_are_the_same_as_texts_and_as_decimals(number):
    forms = [canonical(form) for form in (number, Decimal(number), Decimal(f"{number}.000"))]
    assert len(set(forms)) == 1
    assert forms[0] != canonical(number + 1)


def test_numbers_of_other_types_and_the_ends_of_floats():
    assert canonical(True) == canonical(1) == canonical(1.0) == canonical(Decimal("1.00"))
    assert canonical(-0.0) == canonical(0) == canonical(Decimal("-0E+5")) == canonical(False)
    assert canonical(0.1) != canonical(Decimal("0.1"))
    assert canonical(math.inf) == canonical(Decimal("Infinity")) != canonical(-math.inf)
    assert canonical(None) is None
    for nothing in (math.nan, Decimal("NaN")):
        with pytest.raises(UnprovenError, match="NaN"):
            canonical(nothing)


@given(st.one_of(NAIVE, AWARE), st.one_of(NAIVE, AWARE))
def test_moments_are_one_key_just_when_they_are_the_same_moment(one, other):
    assert (canonical(one) == canonical(other)) == (one == other)


@given(AWARE, ZONES)
def test_a_moment_is_one_key_in_every_zone(moment, zone):
    assert canonical(moment.astimezone(zone)) == canonical(moment)
    assert canonical(moment) != canonical(moment + dt.timedelta(microseconds=1))
    assert canonical(moment) != canonical(moment.replace(tzinfo=None))


@given(st.dates(), st.dates())
def test_days_are_one_key_just_when_they_are_equal(one, other):
    assert (canonical(one) == canonical(other)) == (one == other)


@given(st.text(max_size=4), st.text(max_size=4))
def test_texts_are_themselves(one, other):
    assert (canonical(one) == canonical(other)) == (one == other)


@pytest.mark.parametrize("value", [[1], {"a": 1}, dt.time(1), (1, 2)])
def test_other_types_are_left_to_frictionless(value):
    with pytest.raises(UnprovenError, match=type(value).__name__):
        canonical(value)


def column(type_, missing=("", "NA"), **options):
    schema = Schema.from_descriptor(
        {"fields": [{"name": "f", "type": type_, **options}], "missingValues": [*missing]}
    )
    return column_of(0, create_cell_handlers(schema.fields)["f"], schema.missing_values)


COLUMNS = [
    *(
        column(type_)
        for type_ in (
            "string",
            "any",
            "integer",
            "number",
            "boolean",
            "date",
            "datetime",
            "year",
            "yearmonth",
        )
    ),
    column("integer", bareNumber=False),
    column("integer", groupChar=","),
    column("number", decimalChar=",", groupChar="."),
    column("number", floatNumber=True),
    column("date", format="any"),
    column("date", format="%d.%m.%Y"),
    column("datetime", format="%Y-%m-%d %H:%M:%S"),
    column("string", format="email"),
    column("integer", missing=("", "0", "-1")),
    column("number", missing=("1.0", "0")),
    column("date", missing=("2024-01-01",)),
    column("string", missing=()),
    column("integer", constraints={"minimum": 5, "required": True}),
]
NEAR = [
    *(
        "1",
        "01",
        "1.0",
        "1.00",
        "+1",
        "-0",
        "0",
        "0.0",
        "-0.0",
        "00",
        "1e0",
        "1E0",
        "10",
        "1e1",
        "0.10",
        "0.1",
        ".1",
        "1.",
    ),
    *(
        "123456789012345",
        "123456789012345.5",
        "1234567890123456",
        "12345678901234567",
        "0.30000000000000004",
        "0.3",
    ),
    *(
        "9" * 29,
        "1" + "0" * 29,
        "1" + "0" * 30,
        "-" + "9" * 29,
        "9" * 30,
        "1e29",
        "1e30",
        "1e-400",
        "1e400",
        "1e999999",
    ),
    *("2024-02-29", "2024-02-28", "0000-01-01", "0001-01-01", "2023-02-29", "1\n", "0\n", "2024-01-01\n"),
]


def falls_over(col, cell):
    try:
        canonical(col.reader(cell)[0])
    except Exception:  # noqa: BLE001 - such a column is left to frictionless as a whole
        return True
    return False


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("col", COLUMNS, ids=lambda col: f"{col.field.to_descriptor()} {col.missing}")
def test_cells_are_read_as_frictionless_reads_them(col):
    pool = [*NEAR, *NASTY, *POOLS.get(col.type, POOLS["any"]), *(space + "5" for space in SPACES)]
    cells = [cell for cell in pool if not falls_over(col, cell)]
    expected = [canonical(col.reader(cell)[0]) for cell in cells]
    key = KeyColumn(col)
    assert key.read(pa.array(cells, pa.string())).to_list() == expected
    assert [key.value(cell) for cell in cells] == expected
    clean = [cell for cell, text in zip(cells, expected, strict=True) if text is not None]
    assert KeyColumn(col).read(pa.array(clean, pa.string())).null_count() == 0
    for start in range(0, len(cells), 7):
        part = KeyColumn(col).read(pa.array(cells, pa.string()).slice(start, 7))
        assert part.to_list() == expected[start : start + 7]
    assert len(KeyColumn(col).read(pa.array([], pa.string()))) == 0


@settings(max_examples=48)
@given(
    st.sampled_from([col for col in COLUMNS if col.type in {"integer", "number"} and not col.constraints]),
    st.lists(
        st.integers().map(str) | st.from_regex(r"\A-?[0-9]{0,16}\.?[0-9]{0,16}\Z") | st.sampled_from(NEAR),
        min_size=1,
        max_size=30,
    ),
)
def test_random_numbers_are_read_as_frictionless_reads_them(col, cells):
    assume(not any(falls_over(col, cell) for cell in cells))
    read = KeyColumn(col).read(pa.array(cells, pa.string())).to_list()
    values = [col.reader(cell)[0] for cell in cells]
    assert read == [canonical(value) for value in values]
    same = {(a, b) for a in range(len(cells)) for b in range(len(cells)) if values[a] == values[b]}
    assert same == {(a, b) for a in range(len(cells)) for b in range(len(cells)) if read[a] == read[b]}


def test_kinds_are_those_that_python_compares():
    kinds = {
        type_: KeyColumn(column(type_)).kind
        for type_ in ("integer", "number", "boolean", "year", "string", "any", "date", "datetime")
    }
    assert kinds["integer"] == kinds["number"] == kinds["boolean"] == kinds["year"]
    assert kinds["string"] == kinds["any"]
    assert len(set(kinds.values())) == 4


def test_what_a_column_knows_is_bounded(monkeypatch):
    monkeypatch.setattr(keys_module, "REMEMBERED", 10)
    key = KeyColumn(column("integer"))
    assert [key.value(f"0{n}") for n in range(100)] == [canonical(n) for n in range(100)]
    assert len(key.known) <= 10


PARTS = st.sampled_from(["a", "b", "ab", "", "1", None, "\0", "é"])


def bits(rows):
    width = len(rows[0]) if rows else 1
    return bits_of([pl.Series([row[n] for row in rows], dtype=pl.String) for n in range(width)])


def repeated_plainly(rows, numbers):
    """A dictionary of all keys, as frictionless has it, by record number."""
    seen, found = {}, []
    for number, row in sorted(zip(numbers, rows, strict=True)):
        if row in seen:
            found.append((number, seen[row]))
        seen[row] = number
    return found


@pytest.mark.parametrize("width", [1, 2, 3])
def test_occurrences_agree_with_a_dictionary(width):
    row = st.tuples(*[PARTS] * width)

    @settings(max_examples=48)
    @given(st.lists(st.lists(row, max_size=12), max_size=6))
    def check(blocks):
        occurrences, number = Occurrences(), 1
        rows, numbers = [], []
        for block in blocks:
            if not block:
                continue
            # Numbers leave some out, as comments and records of another width do.
            here = np.arange(number, number + 2 * len(block), 2)
            occurrences.add(bits(block), here)
            rows, numbers, number = rows + block, numbers + here.tolist(), int(here[-1]) + 3
        found, before = occurrences.repeated()
        assert list(zip(found.tolist(), before.tolist(), strict=True)) == repeated_plainly(
            [tuple((p is None, p or "") for p in r) for r in rows], numbers
        )

    check()


def test_occurrences_need_not_come_in_order():
    """Records of another width are taken in after those of their block."""
    occurrences = Occurrences()
    occurrences.add(bits([("a",), ("b",), ("a",)]), np.array([2, 3, 9]))
    occurrences.add(bits([("a",)]), np.array([5]))
    found, before = occurrences.repeated()
    assert (found.tolist(), before.tolist()) == ([5, 9], [2, 5])


def test_nothing_is_repeated_among_nothing():
    for occurrences in (Occurrences(), Occurrences([bits([("a",)])], [np.array([1])])):
        assert [len(array) for array in occurrences.repeated()] == [0, 0]


@settings(max_examples=48)
@given(
    st.lists(st.tuples(PARTS, PARTS), max_size=30), st.lists(st.tuples(PARTS, PARTS), min_size=1, max_size=30)
)
def test_a_key_set_agrees_with_a_set(held, wanted):
    kinds = ("string", "string")
    found = key_set(
        [bits(held[:10]), bits(held[10:])] if len(held) > 10 else [bits(held)] if held else [], kinds
    )
    assert found.holds(bits(wanted)).tolist() == [key in set(held) for key in wanted]
    assert found.kinds == kinds


def numbered(pairs):
    first, second = (np.array(half, np.uint64) for half in zip(*pairs, strict=True))
    return Bits(first, second)


def test_bits_that_agree_by_half_are_no_repetition():
    occurrences = Occurrences()
    occurrences.add(numbered([(7, 1), (7, 2), (8, 1)]), np.array([1, 2, 3]))
    occurrences.add(numbered([(7, 2), (9, 2), (7, 3)]), np.array([4, 5, 6]))
    found, before = occurrences.repeated()
    assert (found.tolist(), before.tolist()) == ([4], [2])


def test_bits_that_agree_by_half_are_not_held():
    """Two keys of the set that agree by half may be one: then it says "not held" of one, and never "held" wrongly."""
    found = key_set([numbered([(7, 1), (8, 2)])], ("string",))
    wanted = numbered([(7, 1), (7, 2), (8, 2), (8, 1), (6, 1), (9, 2)])
    assert found.holds(wanted).tolist() == [True, False, True, False, False, False]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_halves_that_agree_often_are_told_apart(pairs):
    assume(pairs)
    occurrences = Occurrences()
    occurrences.add(numbered(pairs), np.arange(1, len(pairs) + 1))
    found, before = occurrences.repeated()
    places = defaultdict(list)
    for number, pair in enumerate(pairs, start=1):
        places[pair].append(number)
    expected = sorted((late, early) for rows in places.values() for early, late in pairwise(rows))
    assert list(zip(found.tolist(), before.tolist(), strict=True)) == expected


def test_bits_are_drawn_anew_for_each_run():
    assert keys_module.SEEDS[0] != keys_module.SEEDS[1]
    one = bits([("a",)])
    assert one.first.tolist() != one.second.tolist()
