"""The property that carries the gate: rows that keep the rules are rows that frictionless accepts, and the reverse.

Rows of every table of the standard are made, good and bad; they are written by hxl_kit's own CSV writer and read by
frictionless 5.21 with the table's own schema. Both must find the same cells wrong.
"""

import csv
import datetime as dt
import json
import tempfile
from pathlib import Path

import polars as pl
import pytest
from frictionless import Resource
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hxl_kit.checks.constraints import constraint_rules, field_rules
from hxl_kit.mapping import POLARS_TYPES
from hxl_kit.package.outputs.delimited import CsvFile, CsvWriter
from hxl_kit.standard.tables import table, table_names
from hxl_kit.validation.report import Collected
from hxl_kit.validation.verdict import collect_verdict

LETTERS = st.one_of(
    st.sampled_from(list("\"',;|\n\r\t=+-@#aZ0 .é")),
    st.sampled_from("حلبإدلب٣،"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
)
"""Everything that a cell may hold: reading refuses NUL."""

WORDS = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool)
"""Text as the verbs give it: stripped, never empty."""

VALID_BY_PATTERN = {
    "(stated|source_range|convention:[a-z0-9-]+)": ["stated", "source_range", "convention:plural-v1"],
    "[A-Z]{3}": ["SYR", "TUR"],
    "([A-Z]{2,3}[0-9A-Za-z]*|[0-9]{7})": ["SY02", "SYR", "NER003001", "1234567", "UAabc1"],
    "[a-z]{2,3}(-[0-9A-Za-z]{2,8}){0,7}": ["en", "ara", "zh-Hant"],
    "https?://\\S+": ["https://ucdp.uu.se/downloads/", "http://x/ü?a=b,c"],
    "[0-9a-f]{64}": ["0" * 64, "0123456789abcdef" * 4],
}
INVALID_TEXT = [
    "x",
    "syr",
    "SYRI",
    " stated",
    "12345678",
    "EN",
    "https://",
    "ftp://x",
    "é",
    "SYR\nTUR",
]

TYPED = {
    "integer": st.integers(-(2**63), 2**63 - 1),
    "number": st.floats(allow_nan=False, allow_infinity=False),
    "boolean": st.booleans(),
    "date": st.dates(),
    "string": WORDS,
}


@pytest.fixture(scope="module")
def dialect(built):
    """The dialect that a built package's clean tables state."""
    resources = json.loads((built / "datapackage.json").read_bytes())["resources"]
    return next(r.get("dialect", {}) for r in resources if r["name"] == "events")


def valid(field):
    """A strategy of values that keep every constraint of a field."""
    limits = field.constraints
    if field.codelist:
        found = st.sampled_from(field.descriptor["constraints"]["enum"])
    elif "pattern" in limits:
        found = st.sampled_from(VALID_BY_PATTERN[limits["pattern"]])
    elif field.type == "number" and {"minimum", "maximum"} & set(limits):
        found = st.floats(limits.get("minimum"), limits.get("maximum"), allow_nan=False, allow_infinity=False)
    elif field.type == "integer" and "minimum" in limits:
        found = st.integers(limits["minimum"], 2**63 - 1)
    elif "maxLength" in limits:
        found = st.one_of(WORDS, st.just("é" * limits["maxLength"]))
    else:
        found = TYPED[field.type]
    return found if field.required else st.none() | found


def invalid(field):
    """A strategy of values, some of which break a constraint of a field."""
    limits = field.constraints
    broken = [st.none(), TYPED[field.type]]
    if field.codelist or "pattern" in limits:
        broken.append(st.sampled_from(INVALID_TEXT))
    if "maxLength" in limits:
        broken.append(st.just("x" * (limits["maxLength"] + 1)))
    if field.type == "number":
        broken += [st.sampled_from([-1e-9, 90.0, 90.00001, 180.0000001, 1.5, -1e300])]
    return st.one_of(broken)


@st.composite
def rows_of(draw, owner, *, faults):
    """Draw one to three typed rows of a table with different keys, up to `faults` of their cells doubtful."""
    count = draw(st.integers(1, 3))
    rows = [{field.name: draw(valid(field)) for field in owner.fields} for _ in range(count)]
    for _ in range(draw(st.integers(0, faults))):
        field = draw(st.sampled_from(owner.fields))
        rows[draw(st.integers(0, count - 1))][field.name] = draw(invalid(field))
    for number, row in enumerate(rows):
        for name in owner.primary_key:
            if isinstance(row[name], str):
                row[name] = f"{number}:{row[name]}"
    return frame_of(owner, rows)


def frame_of(owner, rows):
    return pl.DataFrame(rows, schema={f.name: POLARS_TYPES[f.type] for f in owner.fields}, orient="row")


def write(folder, owner, *frames):
    path = Path(folder) / f"{owner.name}.csv"
    writer = CsvWriter(owner, [CsvFile(path, [owner.names])])
    for frame in frames:
        writer.write(frame)
    writer.close()
    return path


def broken_cells(owner, frame):
    """The cells that break a rule: (row of the file, field)."""
    numbered = frame.with_row_index("@row", offset=2)
    return {
        (row, rule.field)
        for rule in constraint_rules(owner.name)
        for row in numbered.filter(rule.violated.fill_null(value=False))["@row"]
    }


def refused_cells(owner, path, dialect):
    """The cells that frictionless finds wrong, and its other errors by kind."""
    described = {
        "name": owner.name,
        "path": path.name,
        "schema": owner.schema((owner.name,)),
        "dialect": dialect,
    }
    report = Resource.from_descriptor(described, basepath=str(path.parent)).validate()
    errors = report.flatten(["rowNumber", "fieldName", "type"])
    cells = {(row, name) for row, name, kind in errors if kind in ("constraint-error", "type-error")}
    return cells, [kind for _, _, kind in errors if kind not in ("constraint-error", "type-error")]


def minimal(owner):
    """A valid row with required fields alone."""
    simple = {"integer": 1, "number": 1.0, "boolean": True, "date": dt.date(2024, 11, 27), "string": "x"}
    row = dict.fromkeys(owner.names)
    for field in owner.fields:
        if field.required:
            row[field.name] = (
                field.descriptor["constraints"]["enum"][0] if field.codelist else simple[field.type]
            )
    return row


@pytest.mark.parametrize("name", table_names())
@settings(max_examples=4, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_rows_without_a_broken_rule_are_accepted(name, dialect, data):
    owner = table(name)
    frame = data.draw(rows_of(owner, faults=0))
    assert broken_cells(owner, frame) == set(), "the strategy makes valid rows"
    with tempfile.TemporaryDirectory() as folder:
        assert refused_cells(owner, write(folder, owner, frame), dialect) == (set(), [])


@pytest.mark.parametrize("name", table_names())
@settings(max_examples=9, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_rules_and_frictionless_find_the_same_cells(name, dialect, data):
    owner = table(name)
    frame = data.draw(rows_of(owner, faults=4))
    with tempfile.TemporaryDirectory() as folder:
        cells, others = refused_cells(owner, write(folder, owner, frame), dialect)
    assert cells == broken_cells(owner, frame)
    assert set(others) <= {"primary-key"}, "an empty key is an error of its own"


def constraints_of(field):
    """The kinds of a field's constraints; a code list is an enum, and keys are held over the whole table."""
    kinds = [kind for kind, limit in field.constraints.items() if limit is not False and kind != "unique"]
    return [*kinds, *(["enum"] if field.codelist else [])]


def breaking(field, kind):
    limit = field.constraints.get(kind)
    return {
        "required": lambda: None,
        "minimum": lambda: limit - 1,
        "maximum": lambda: limit + 0.5,
        "pattern": lambda: "no such thing",
        "maxLength": lambda: "x" * (limit + 1),
        "enum": lambda: "NOT A CODE",
    }[kind]()


@pytest.mark.parametrize("name", table_names())
def test_each_constraint_is_broken_for_both(name, tmp_path, dialect):
    """One row for each constraint of each field, broken in that alone."""
    owner = table(name)
    broken = [(field, kind) for field in owner.fields for kind in constraints_of(field)]
    rows = [{**minimal(owner), owner.primary_key[0]: f"{n}"} for n in range(len(broken))]
    rows = [
        row | {field.name: breaking(field, kind)} for row, (field, kind) in zip(rows, broken, strict=True)
    ]
    frame = frame_of(owner, rows)
    for number, (field, kind) in enumerate(broken):
        rules = [rule for rule in field_rules(owner, field) if rule.id == f"constraint-{kind}"]
        assert frame[number].filter(rules[0].violated).height == 1, (field.name, kind)
    expected = {(number, field.name) for number, (field, _) in enumerate(broken, start=2)}
    assert broken_cells(owner, frame) == expected
    assert refused_cells(owner, write(tmp_path, owner, frame), dialect)[0] == expected


@pytest.mark.parametrize("name", table_names())
def test_minimal_row_is_valid_for_both(name, tmp_path, dialect):
    owner = table(name)
    frame = frame_of(owner, [minimal(owner)])
    assert broken_cells(owner, frame) == set()
    assert refused_cells(owner, write(tmp_path, owner, frame), dialect) == (set(), [])


@pytest.mark.parametrize("name", table_names())
def test_every_constraint_of_the_standard_has_a_rule(name):
    owner = table(name)
    for field in owner.fields:
        ruled = {rule.id.removeprefix("constraint-") for rule in field_rules(owner, field)}
        stated = {kind for kind, limit in field.constraints.items() if limit is not False}
        assert stated - {"unique"} <= ruled


def test_null_keeps_every_rule_but_required():
    owner = table("events")
    empty = frame_of(owner, [dict.fromkeys(owner.names)])
    required = {field.name for field in owner.fields if field.required}
    assert {field for _, field in broken_cells(owner, empty)} == required


def test_a_line_end_behind_a_code_breaks_the_pattern_though_frictionless_lets_it_pass():
    rule = next(r for r in constraint_rules("displacement") if r.field == "bounds_basis")
    assert pl.DataFrame({"bounds_basis": ["stated\n", "stated"]}).select(
        rule.violated
    ).to_series().to_list() == [True, False]


def test_message_says_what_is_wrong_without_the_value():
    rules = field_rules(table("events"), table("events")["latitude"])
    assert [(rule.id, rule.said) for rule in rules] == [
        ("constraint-minimum", "is below the minimum -90"),
        ("constraint-maximum", "is above the maximum 90"),
    ]


TRICKY = [
    'He said "no"',
    '"',
    '""',
    "a\nb",
    "a\r\nb",
    "a\rb",
    "a,b;c|d\te",
    "=cmd|' /C calc'!A0",
    "+1",
    "-",
    "@SUM(A1)",
    "#event+id",
    "'quoted'",
    "ريف حلب الشمالي، ٣٧٠٬٠٠٠ نازح",
    "\u200fحلب\u200e",
    "null",
    "NA",
    "None",
    "nan",
    "007",
    "1e5",
    "\\",
    "\\N",
    "\u00a0x",
    "\u2028",
    "\u0085x",
    "\ufeffx",
    "😀",
]


@pytest.mark.parametrize("cell", TRICKY)
def test_tricky_text_survives_the_writer(cell, tmp_path, dialect):
    check_survival(cell, tmp_path, dialect)


@settings(max_examples=30)
@given(cell=WORDS)
def test_any_text_survives_the_writer(cell, dialect):
    with tempfile.TemporaryDirectory() as folder:
        check_survival(cell, Path(folder), dialect)


def check_survival(cell, folder, dialect):
    """One column among others holds the text; Python's csv and frictionless read the rows that went in."""
    owner = table("sources")
    rows = [
        {**minimal(owner), "source_id": f"s{n}", "title": title}
        for n, title in enumerate((cell, "plain", cell))
    ]
    path = write(folder, owner, frame_of(owner, rows[:2]), frame_of(owner, rows[2:]))
    with path.open(encoding="utf-8", newline="") as file:
        by_python = list(csv.reader(file))
    assert by_python[0] == list(owner.names)
    assert by_python[1:] == [["" if v is None else v for v in row.values()] for row in rows]
    described = {
        "name": "sources",
        "path": path.name,
        "schema": owner.schema(("sources",)),
        "dialect": dialect,
    }
    with Resource.from_descriptor(described, basepath=str(folder)) as resource:
        by_frictionless = [row["title"] for row in resource.row_stream]
    assert by_frictionless == [row["title"] for row in rows]


def test_text_that_looks_like_another_dialect_is_no_reason_to_refuse(tmp_path, dialect):
    """Without a stated delimiter frictionless lets csv.Sniffer guess, from quotes inside the text too."""
    owner = table("claims")
    rows = [
        {**minimal(owner), "claim_id": f"c{n}", "quote": quote}
        for n, quote in enumerate(["Syria|'war'|now", "a;'b';c", "said, 'no', again"])
    ]
    for row in rows:
        path = write(tmp_path, owner, frame_of(owner, [row]))
        assert refused_cells(owner, path, dialect) == (set(), [])


def test_verdict_names_row_field_and_cell(tmp_path):
    owner = table("claims")
    good = minimal(owner)
    frame = frame_of(owner, [{**good, "claim_id": "a"}, {**good, "claim_id": "b", "stance": "shouts"}])
    path = write(tmp_path, owner, frame)
    resource = {"name": "claims", "path": path.name, "schema": owner.schema(("claims",))}
    descriptor = path.parent / "datapackage.json"
    descriptor.write_text(json.dumps({"name": "p", "resources": [resource]}))
    found = Collected(10)
    assert collect_verdict(descriptor, found) == {"claims": 2}
    (issue,) = found.issues
    column = owner.names.index("stance")
    assert (issue.rule, issue.severity, issue.row, issue.field) == ("constraint-error", "error", 3, "stance")
    assert issue.cell == f"{chr(ord('A') + column)}3"
    assert "shouts" not in issue.told()
