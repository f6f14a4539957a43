"""Patterns in bulk: never a match that frictionless does not find, and never without end."""

from __future__ import annotations

import re
import time
import warnings

import polars as pl
import pyarrow as pa
import pytest
from frictionless import Schema
from frictionless.table import create_cell_handlers
from gate_values_for_tests import NASTY, PATTERNS, POOLS
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.gate import Request, frictionless_report, verdict
from hxl_kit.gate.bounded import BoundedReader, is_slow
from hxl_kit.gate.patterns import bulk_pattern, decided_in_bulk, fixed_widths
from hxl_kit.gate.proofs import _fixed
from hxl_kit.reading.patterns import SlowPatternError, check_pattern

ATOMS = [
    *("a", "b", "A", "0", "_", "-", " ", "é", "ß", "😀", "/", ",", "&", "~", "]", "}", "\n", "#"),
    *(
        ".",
        "^",
        "$",
        r"\d",
        r"\w",
        r"\s",
        r"\D",
        r"\W",
        r"\S",
        r"\b",
        r"\.",
        r"\-",
        r"\ ",
        r"\#",
        r"\/",
        r"\"",
        r"\n",
    ),
    *(
        "[ab]",
        "[^a]",
        "[a-z]",
        "[^0-9]",
        "[A-Z0-9_]",
        r"[\d]",
        r"[\w-]",
        r"[^\s]",
        r"[^\d]",
        "[]a]",
        "[a^]",
        "[-a]",
    ),
    *(
        "[a-]",
        "[a&&b]",
        "[a~~b]",
        "[a--b]",
        "[[:alpha:]]",
        "[a[b]",
        r"[\]]",
        r"[a\-z]",
        "[é-ü]",
        "[.]",
        "[$]",
        "[ ]",
    ),
    *(
        r"\A",
        r"\Z",
        r"\z",
        "(?i)",
        "(?i:a)",
        "(?=a)",
        "(?!a)",
        "(?P<n>a)",
        r"\1",
        r"\x41",
        r"\u0041",
        "(?#x)",
        "[^]",
    ),
    *("[#a]", "[0-9#]", "[ #]", "\t", r"\t", "\x0b", "\x1c", "İ", "ﬀ", "K"),
]
REPEATS = [
    "",
    "",
    "",
    "",
    "*",
    "+",
    "?",
    "*?",
    "+?",
    "??",
    "{2}",
    "{1,2}",
    "{,2}",
    "{2,}",
    "{0}",
    "{2}?",
    "*+",
    "++",
    "{a}",
    "**",
]
SIGNS = "aabbAB01_- é\n\t\x0b\x1c\x85\u2028ß٣１😀#.$^&~K]/,"


def simple():
    return st.tuples(st.sampled_from(ATOMS), st.sampled_from(REPEATS)).map("".join)


def patterns():
    """Patterns from a grammar: atoms, repeats, groups, alternatives; some of them are none."""
    return st.recursive(
        simple(),
        lambda inner: (
            st.lists(inner, min_size=1, max_size=4).map("".join)
            | st.lists(inner, min_size=2, max_size=3).map("|".join)
            | st.tuples(st.sampled_from(["(", "(?:"]), inner, st.sampled_from(REPEATS)).map(
                lambda parts: f"{parts[0]}{parts[1]}){parts[2]}"
            )
        ),
        max_leaves=8,
    ).filter(lambda pattern: _compiled(pattern) is None or check_pattern(pattern) is None)


def _compiled(pattern):
    try:
        with warnings.catch_warnings(action="ignore"):
            return re.compile(f"^{pattern}$")
    except (re.error, OverflowError):
        return None


def texts():
    return st.lists(
        st.text(SIGNS, max_size=6) | st.sampled_from(["", "a", "b", "ab", "aa", "a\n", "ba", "A0"]),
        min_size=1,
        max_size=30,
    )


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=180)
@given(st.sampled_from(PATTERNS) | patterns(), texts())
def test_bulk_never_accepts_what_python_refuses(pattern, found):
    bulk, compiled = bulk_pattern(pattern), _compiled(pattern)
    if bulk is None:
        assert decided_in_bulk(pattern, found) == {}
        return
    assert compiled is not None
    accepted = pl.Series(found, dtype=pl.String).str.contains(bulk).to_list()
    assert not [t for t, fine in zip(found, accepted, strict=True) if fine and not compiled.match(t)]


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=180)
@given(st.sampled_from(PATTERNS) | patterns(), texts())
def test_what_is_decided_in_bulk_is_decided_as_python_does(pattern, found):
    compiled = _compiled(pattern)
    decided = decided_in_bulk(pattern, found)
    assert decided == {text: compiled.match(text) is not None for text in decided}


@pytest.mark.parametrize(
    "pattern", ["[A-Z]{2}[0-9]{4}", "a|b", r"\d+", r"[\w-]+", "(?:ab|c)*", "a.c", r"x\.y", "a{2,}?"]
)
def test_usual_patterns_are_decided_on_every_line_of_ascii(pattern):
    found = ["SY0101", "a", "b", "xb", "12", "a-b", "abab", "c", "abc", "x.y", "aa", "", "A" * 300]
    assert set(decided_in_bulk(pattern, found)) == set(found)
    assert True in decided_in_bulk(pattern, found).values()


@pytest.mark.parametrize(
    "pattern", [r"(a)\1", "(?=a)a", "a++", "a**", r"\bx", "[a&&b]", "(?i)a", "(", "[", "a{99999}", r"\Za"]
)
def test_patterns_that_only_python_reads_are_left_to_it(pattern):
    assert bulk_pattern(pattern) is None


@pytest.mark.parametrize(
    "pattern",
    [
        r"\d",
        r"\w",
        r"\s",
        r"[\d]",
        r"[\w-]",
        r"[^\s]",
        ".",
        "[+--b]",
        "[!-/--9]",
        "[a&&b]",
        "[a~~b]",
        r"[^\d]",
        r"[^\w]",
        "[a[b]",
    ],
)
def test_classes_that_the_engines_read_differently_are_not_decided_otherwise(pattern):
    found = [chr(sign) for sign in range(128)]
    with warnings.catch_warnings(action="ignore"):
        decided, compiled = decided_in_bulk(pattern, found), re.compile(f"^{pattern}$")
    assert decided == {text: compiled.match(text) is not None for text in decided}


def test_line_ends_and_other_digits_are_not_decided_as_mismatches():
    """`$` also stands before a last line feed, and `\\d` for every script's digits: bulk knows neither."""
    assert decided_in_bulk("a", ["a\n", "a", "b"]) == {"a": True, "b": False}
    assert decided_in_bulk(r"\d", ["٣", "3"]) == {"3": True}


COUNTED = st.lists(
    st.tuples(
        st.sampled_from([r"\d", "[0-9]", "[A-Z]", "[a-z]"]), st.sampled_from(["", "{1}", "{2}", "{3}"])
    ).map("".join),
    min_size=1,
    max_size=4,
).map("".join)


@given(COUNTED, st.data())
def test_fixed_widths_are_those_of_the_pattern(pattern, data):
    spans = fixed_widths(pattern)
    assert spans
    fitting = data.draw(st.from_regex(rf"\A{pattern.replace(chr(92) + 'd', '[0-9]')}\Z"))
    broken = data.draw(st.lists(st.text("aZ09é /:@[`{\n٣", max_size=len(fitting) + 1), max_size=8))
    swapped = [fitting[:n] + sign + fitting[n + 1 :] for n in range(len(fitting)) for sign in "/:@[`{0Aaé"]
    found = [fitting, fitting + "\n", fitting + "0", fitting[1:], *broken, *swapped]
    accepted = _fixed(pa.array(found, pa.string()), spans).tolist()
    compiled = re.compile(f"^{pattern}$", re.ASCII)
    assert accepted == [compiled.fullmatch(t) is not None and not t.endswith("\n") for t in found]
    assert accepted[0]


@pytest.mark.parametrize(
    "pattern",
    ["", "a", r"\d*", r"\d{0}", r"\d{1,2}", "[0-9]?", "[A-z]", r"\w", "[0-9]{2}|a", r"\d{2}$", "[0-9]{1000}"],
)
def test_other_patterns_have_no_fixed_widths(pattern):
    assert fixed_widths(pattern) == ()


def field_of(pattern, **constraints):
    found = {"name": "f", "type": "string", "constraints": {"pattern": pattern, **constraints}}
    return Schema.from_descriptor({"fields": [found], "missingValues": ["", "-"]}).fields[0]


def reader_of(field):
    return create_cell_handlers([field])["f"].reader


CONSTRAINTS = [
    {},
    {"required": True},
    {"minLength": 2},
    {"maxLength": 3, "required": True},
    {"enum": ["aa", "ab", "5"], "minLength": 2, "maxLength": 2},
]


@pytest.mark.parametrize("constraints", CONSTRAINTS, ids=str)
@pytest.mark.parametrize("pattern", ["a+", "[A-Z]{2}[0-9]{4}", "(a|b)c?", r"\d", "(a)(b)?", r"(?=a)..", ""])
def test_bounded_reader_notes_what_frictionless_notes_in_its_order(pattern, constraints):
    field = field_of(pattern, **constraints)
    bounded, plain = BoundedReader(field), reader_of(field)
    cells = [
        "",
        "-",
        "a",
        "aa",
        "ab",
        "ac",
        "aaaa",
        "5",
        "SY0101",
        "a\n",
        "٣",
        *NASTY,
        *POOLS["string"],
        None,
    ]
    for cell in cells:
        mine, theirs = bounded(cell), plain(cell)
        assert mine == theirs
        assert list(mine[1] or ()) == list(theirs[1] or ())


def test_bounded_reader_knows_its_cells_and_gives_each_its_own_notes():
    bounded = BoundedReader(field_of("a"))
    bounded.meet(["a", "b", "a"])
    assert set(bounded.known) == {"a", "b"}
    _, notes = bounded("b")
    notes["pattern"] = "changed by a reader"
    assert bounded("b")[1] == {"pattern": 'constraint "pattern" is "a"'}


FOR_EVER = ["(a+)+b", r"(?=(a+)+$)x", r"(a|a)*b", r"(a*)*b\1", r"(.*a){20}b"]


@pytest.fixture
def short_patience(monkeypatch):
    import hxl_kit.gate.bounded as module

    inner = module.matches
    monkeypatch.setattr(module, "matches", lambda expression, values: inner(expression, values, seconds=0.5))


def package_of(folder, text, **field):
    import json

    (folder / "t.csv").write_text(text, "utf-8")
    schema = {"fields": [{"name": "a", "type": "string", **field}]}
    descriptor = {"name": "p", "resources": [{"name": "t", "path": "t.csv", "schema": schema}]}
    (folder / "datapackage.json").write_text(json.dumps(descriptor))
    return str(folder / "datapackage.json")


@pytest.mark.parametrize("pattern", FOR_EVER)
def test_patterns_that_could_take_for_ever_are_known(pattern):
    assert is_slow({"pattern": pattern})
    assert not is_slow({"pattern": "[A-Z]{2}[0-9]{4}"})
    assert not is_slow({})


@pytest.mark.parametrize("pattern", FOR_EVER[1:4:2])
def test_a_pattern_that_takes_for_ever_ends_and_says_so(short_patience, tmp_path, pattern):
    path = package_of(tmp_path, "a\n" + "a" * 40 + "c\n", constraints={"pattern": pattern})
    started = time.monotonic()
    task = frictionless_report(path).descriptor["tasks"][0]
    found = verdict(path)
    assert time.monotonic() - started < 20
    assert [error["type"] for error in task["errors"]] == ["error"]
    assert "not done" in task["errors"][0]["note"]
    assert "aaaa" not in task["errors"][0]["note"]
    assert [error.note for error in found.tasks[0].errors] == [task["errors"][0]["note"]]
    assert found.tasks[0].lane == "refused"
    assert not found.valid


def test_a_suspicious_pattern_that_ends_is_judged(short_patience, tmp_path):
    path = package_of(tmp_path, "a\naab\naac\nb\n", constraints={"pattern": "(a+)+b?"})
    ours, alone = (frictionless_report(path, Request(fast=fast)) for fast in (True, False))
    assert ours.lanes == ("bulk",)
    rows = [
        [error["rowNumber"] for error in report.descriptor["tasks"][0]["errors"]] for report in (ours, alone)
    ]
    assert rows == [[3, 4], [3, 4]]


@pytest.mark.parametrize("dialect", [{"escapeChar": "\\"}, {"skipInitialSpace": True}])
def test_frictionless_never_meets_a_suspicious_pattern(tmp_path, dialect):
    """A table that cannot be read in bulk would go to frictionless' own reader, which has no end."""
    import json

    path = package_of(tmp_path, "a\n" + "a" * 40 + "c\n", constraints={"pattern": "(a+)+b"})
    descriptor = json.loads((tmp_path / "datapackage.json").read_text())
    descriptor["resources"][0]["dialect"] = dialect
    (tmp_path / "datapackage.json").write_text(json.dumps(descriptor))
    notes = [error["note"] for error in frictionless_report(path).descriptor["tasks"][0]["errors"]]
    assert len(notes) == 1
    assert "may take for ever" in notes[0]
    assert [error.note for error in verdict(path).tasks[0].errors] == notes


def test_time_that_is_up_is_an_error_of_its_own(short_patience):
    with pytest.raises(SlowPatternError, match="not done with 1 values"):
        BoundedReader(field_of(r"(a+)+\Zb"))("a" * 40)
