"""Proofs: what one accepts, frictionless reads without a note; and each accepts what is plainly clean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from frictionless import Schema
from frictionless.table import create_cell_handlers
from gate_values_for_tests import ENDS, FORMATS, MISSING, NASTY, OPTIONS, PATTERNS, POOLS, SPACES
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.gate.fields import column_of
from hxl_kit.gate.lanes import Lane
from hxl_kit.gate.proofs import always, is_missing, lengths, proofs_of

BOUNDED = ("integer", "number", "date", "datetime")
PROVEN = ("string", "any", *BOUNDED)
EDGES = [
    *(
        "1_000",
        " 5 ",
        "٣٤",
        "1e5",
        "1E5",
        "NaN",
        "nan",
        "-nan",
        "sNaN",
        "INF",
        "-inf",
        "Infinity",
        "-0",
        "+5",
    ),
    *(
        "１２",
        "0x1",
        "5.",
        ".5",
        "-.5",
        "+",
        "-",
        ".",
        "",
        " ",
        "00",
        "007",
        "1e",
        "1e400",
        "1e-400",
        "1e999999",
    ),
    *("9" * 19, "-" + "9" * 18, "9" * 400, "9007199254740992", "9007199254740993", "-9007199254740993"),
    *("9223372036854775807", "9223372036854775808", "0.1", "0.10", "0.1000000000000000055511151231257827"),
    *(
        "1.5000000000000001",
        "1.49999999999999999",
        "2024-1-5",
        "2024-01-05T24:00:00Z",
        "2024-01-05T23:59:60Z",
    ),
    *(
        "0000-01-01",
        "0001-01-01",
        "9999-12-31",
        "1900-02-29",
        "2200-02-29",
        "2000-02-29",
        "2023-02-29",
        "2024-02-29",
    ),
    *("2024-00-01", "2024-13-01", "2024-04-31", "2024-12-32", "2024-01-05 ", "2024-01-05\n", "20٢٤-01-05"),
    *("2024-01-05T10:00:00Z", "2024-01-05T10:00:00z", "2024-01-05t10:00:00Z", "2024-01-05 10:00:00Z"),
    *("0000-01-01T00:00:00Z", "1900-02-29T00:00:00Z", "2024-01-05T10:60:00Z", "2024-01-05T1٢:00:00Z"),
    *("2024-01-05T10:00:60Z", "2024-01-05T99:00:00Z", "2024/01/05", "2024-01:05", "\0", "5\0", "a\0b"),
    *(
        "5\n",
        "\n5",
        "5\x1c",
        "\x1d5",
        "5\x1e",
        "\x1f5",
        "a\n",
        "aé",
        "ééé",
        "😀",
        "😀😀",
        "e\u0301",
        "\u00a05",
    ),
    *("1e-9999999999999999999", "0e9999999999999999999", "2024-01-05T24:00:01Z", "2024-01-05T24:30:00Z"),
]


def _built(field, constraints, missing):
    descriptor = {
        "fields": [{"name": "f", **field, **({"constraints": constraints} if constraints else {})}],
        "missingValues": missing,
    }
    schema = Schema.from_descriptor(descriptor)
    handler = create_cell_handlers(schema.fields)["f"]
    return column_of(0, handler, schema.missing_values)


def column(type_, missing=("",), options=None, **constraints):
    return _built({"type": type_, **(options or {})}, constraints, list(missing))


def proven(col, texts):
    """Which texts some proof accepts."""
    cells = pa.array(texts, pa.string())
    found = np.full(len(texts), always(col))
    for proof in proofs_of(col):
        found |= proof(cells)
    return found


def clean(col, text):
    """Whether frictionless reads a text without a note; its own fault is no acceptance."""
    try:
        return not col.reader(text)[1]
    except Exception:  # noqa: BLE001 - frictionless' own faults come as any exception
        return False


def texts_of(type_):
    pool = st.sampled_from([*POOLS[type_], *EDGES, *NASTY])
    space = st.sampled_from(["", "", "", *SPACES, "\n", "\0"])
    padded = st.tuples(space, pool, space).map("".join)
    near = {
        "string": st.text("aAbB01é😀 \n", max_size=6),
        "any": st.text(max_size=4),
        "integer": st.integers().map(str) | st.from_regex(r"\A[-+]?[0-9_ ]{1,20}\Z"),
        "number": st.floats().map(str)
        | st.from_regex(r"\A[-+]?[0-9]{0,17}\.?[0-9]{0,17}(e[-+]?[0-9]{1,3})?\Z"),
        "date": st.from_regex(r"\A(0000|0001|1900|2000|2023|2024|9999)-[01][0-9]-[0-3][0-9][\n ]?\Z"),
        "datetime": st.from_regex(
            r"\A(0000|2023|2024|9999)-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]Z\Z"
        ),
    }[type_]
    return st.lists(pool | padded | near, min_size=1, max_size=40).filter(
        lambda texts: not any("\ud800" <= sign <= "\udfff" for text in texts for sign in text)
    )


@st.composite
def columns(draw, type_):
    constraints = {}
    if draw(st.booleans()):
        constraints["required"] = draw(st.sampled_from([True, True, False]))
    if type_ in BOUNDED:
        names = draw(st.sets(st.sampled_from(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])))
        constraints |= {name: draw(st.sampled_from(ENDS[type_])) for name in names}
    if type_ == "string":
        sizes = draw(st.sets(st.sampled_from(["minLength", "maxLength"])))
        constraints |= {name: draw(st.integers(0, 6)) for name in sizes}
        if draw(st.integers(0, 2)) == 0:
            constraints["pattern"] = draw(st.sampled_from(PATTERNS))
    if draw(st.integers(0, 5)) == 0 and type_ != "any":
        constraints["enum"] = POOLS[type_][:4]
    options = {}
    if type_ in FORMATS and draw(st.integers(0, 3)) == 0:
        options["format"] = draw(st.sampled_from(FORMATS[type_]))
    if type_ in OPTIONS and draw(st.integers(0, 3)) == 0:
        options |= draw(st.sampled_from(OPTIONS[type_]))
    missing = draw(st.sampled_from([[""], [""], [""], *MISSING, ["a"], ["5"], ["2024-02-29"], [" "]]))
    try:
        return _built({"type": type_, **options}, constraints, missing)
    except Exception:  # noqa: BLE001 - a field that frictionless refuses is judged by nobody
        return _built({"type": type_}, {}, missing)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("type_", PROVEN)
def test_what_a_proof_accepts_frictionless_reads_without_a_note(type_):
    @settings(max_examples=72)
    @given(columns(type_), texts_of(type_))
    def check(col, texts):
        accepted = proven(col, texts)
        wrong = [
            text for text, fine in zip(texts, accepted.tolist(), strict=True) if fine and not clean(col, text)
        ]
        assert not wrong, (col.field.to_descriptor(), col.missing, wrong)

    check()


@pytest.mark.parametrize("type_", PROVEN)
@pytest.mark.parametrize("required", [False, True])
def test_no_edge_is_accepted_that_frictionless_notes(type_, required):
    col = column(type_, required=required)
    accepted = proven(col, EDGES).tolist()
    assert not [text for text, fine in zip(EDGES, accepted, strict=True) if fine and not clean(col, text)]


PLAIN = [
    (column("integer"), ["0", "7", "-12", "9007199254740991"]),
    (column("integer", required=True, minimum=0, maximum=10), ["0", "10", "5"]),
    (column("number"), ["0", "1.5", "-2.25", "1e5", "123456789.125"]),
    (column("number", required=True, minimum=0.5, maximum=2), ["0.6", "1.999"]),
    (column("date"), ["2024-02-29", "0001-01-01", "9999-12-31"]),
    (column("date", minimum="2024-01-01", maximum="2024-12-31"), ["2024-01-01", "2024-12-31"]),
    (column("datetime"), ["2024-02-29T00:00:00Z", "0001-01-01T23:59:59Z"]),
    (column("string"), ["", "a", "😀", "a\nb"]),
    (column("any"), ["", "a", "5"]),
    (column("string", required=True), ["a", " ", "é"]),
    (column("string", missing=("", "-"), required=True), ["a", "--"]),
    (column("string", minLength=2, maxLength=3), ["ab", "abc", "éé", "😀😀😀"]),
    (column("string", pattern="[A-Z]{2}[0-9]{4}"), ["SY0101", "AA0000", "ZZ9999"]),
    (column("string", pattern="[A-Z]{2}[0-9]{4}", required=True), ["SY0101"]),
    (column("string", pattern=r"(?:a|b)+\d*", maxLength=4), ["ab1", "a", "bb12"]),
]


@pytest.mark.parametrize("case", PLAIN, ids=lambda case: str(case[0].field.to_descriptor()))
def test_plain_values_are_proven(case):
    col, texts = case
    assert proven(col, texts).all(), proven(col, texts)
    assert all(clean(col, text) for text in texts)


@pytest.mark.parametrize("type_", [*PROVEN])
def test_missing_cells_are_proven_unless_they_must_be_there(type_):
    free, bound = (column(type_, missing=("", "NA"), required=required) for required in (False, True))
    assert proven(free, ["", "NA"]).all()
    assert not proven(bound, ["", "NA"]).any()


@pytest.mark.parametrize(
    ("col", "wrong"),
    [
        (column("integer", minimum=0), ["-1", "1_0", "", "x"]),
        (column("integer", maximum=4611686018427387904), ["5"]),
        (column("number", minimum=0), ["-0.1", "NaN", "INF", "0"]),
        (column("number", maximum="0.1"), ["0.1000000000000000001", "0.1"]),
        (column("date", minimum="2024-01-02"), ["2024-01-01", "2023-02-29"]),
        (column("string", maxLength=1), ["ab", "éa"]),
        (column("string", minLength=3), ["éé", "😀", "ab"]),
        (column("string", minLength=2), ["😀"]),
        (column("string", minLength=3), ["😀😀"]),
        (column("string", pattern="a|b"), ["xb", "cb"]),
        (column("string", enum=["a"]), ["a", "b"]),
        (column("boolean", required=True), ["true", "1"]),
    ],
    ids=lambda value: str(value.field.to_descriptor()) if hasattr(value, "field") else None,
)
def test_what_is_wrong_or_uncertain_is_left_to_frictionless(col, wrong):
    accepted = {text for text, fine in zip(wrong, proven(col, wrong).tolist(), strict=True) if fine}
    assert accepted <= {""}, "only a missing cell may be"


@pytest.mark.parametrize(
    "col",
    [*(case[0] for case in PLAIN), column("boolean"), column("year", minimum=1)],
    ids=lambda col: str(col.field.to_descriptor()),
)
def test_slices_and_nothing_at_all_are_judged_by_their_own_cells(col):
    texts = ["2024-02-29", "", "5", "SY0101", "2024-02-29T00:00:00Z", "1.5", "😀😀", "ab1", "0"]
    whole = pa.array(texts, pa.string())
    for proof in (*proofs_of(col), lengths, lambda cells: is_missing(cells, col.missing)):
        every = proof(whole)
        for start in range(len(texts)):
            for size in (0, 1, 3):
                part = whole.slice(start, size)
                assert proof(part).tolist() == every[start : start + size].tolist()
        assert len(proof(pa.array([], pa.string()))) == 0
        assert len(proof(whole.slice(len(texts)))) == 0


@settings(max_examples=36)
@given(st.lists(st.text(max_size=5), max_size=20), st.integers(0, 20), st.sampled_from(MISSING))
def test_lengths_and_missing_cells_of_any_slice(texts, start, missing):
    cells = pa.array(texts, pa.string()).slice(min(start, len(texts)))
    left = texts[start:]
    assert lengths(cells).tolist() == [len(text.encode()) for text in left]
    assert is_missing(cells, tuple(missing)).tolist() == [text in missing for text in left]


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=60)
@given(st.sampled_from(sorted(POOLS)), st.data())
def test_a_lane_finds_what_frictionless_notes_and_nothing_else(type_, data):
    col = data.draw(columns(type_) if type_ in PROVEN else st.just(_built({"type": type_}, {}, [""])))
    pool = [text for text in {*POOLS[type_], *EDGES} if not _falls_over(col, text)]
    lane, pool = Lane(col), sorted(pool)
    for _ in range(3):
        texts = data.draw(st.lists(st.sampled_from(pool), max_size=30))
        faults = lane.faults(pa.array(texts, pa.string()))
        names = {"type": "type-error"}
        expected = {
            place: tuple((names.get(key, "constraint-error"), note) for key, note in notes.items())
            for place, text in enumerate(texts)
            if (notes := col.reader(text)[1])
        }
        assert dict(zip(faults.rows.tolist(), faults.notes, strict=True)) == expected


def _falls_over(col, text):
    try:
        col.reader(text)
    except Exception:  # noqa: BLE001 - frictionless' own faults come as any exception
        return True
    return False


@pytest.mark.parametrize("distinct", [3, 100, 1000])
def test_a_lane_asks_once_for_each_value(distinct):
    """Whatever it remembers, familiar or not, its faults stay the same from block to block."""
    col = column("string", enum=[f"v{n}" for n in range(0, distinct, 2)])
    texts = [f"v{n % distinct}" for n in range(distinct * 2)]
    asked = []
    lane = Lane(replace(col, reader=lambda text: (asked.append(text), col.reader(text))[1]))
    found = [lane.faults(pa.array(texts, pa.string())) for _ in range(3)]
    assert [f.rows.tolist() for f in found] == [[n for n in range(len(texts)) if (n % distinct) % 2]] * 3
    assert len(asked) == len(set(asked)) == distinct
