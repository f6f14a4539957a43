"""Unique keys and typed Parquet columns, against plain Python and against frictionless."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.reading.packages import Package
from hxl_kit.validation.strict import strict_issues
from hxl_kit.validation.strict.logical import logical, one_text
from hxl_kit.validation.strict.unique_keys import unique_keys

MORNING = dt.datetime.fromisoformat("2024-01-01T05:00:00")
CELLS = {
    "integer": st.sampled_from(["1", "01", "+1", "1_0", "10", "-0", "0", "", "x", "٣", "3"]),
    "number": st.sampled_from(
        ["1", "1.0", "1e0", "10", "1e1", "NaN", "nan", "INF", "", "-0", "0.0", "0.10", ".1"]
    ),
    "boolean": st.sampled_from(["true", "1", "TRUE", "false", "0", "", "yes"]),
    "date": st.sampled_from(["2024-01-05", "2024-1-5", "2024-02-30", "", "0001-01-01"]),
    "string": st.sampled_from(["a", "A", " a", "", "é", "1", "01"]),
}


BOOLEANS = {"true": True, "TRUE": True, "1": True, "false": False, "0": False}
READERS = {
    "integer": int,
    "number": lambda cell: "nan" if cell.lower() == "nan" else Decimal(cell),
    "boolean": BOOLEANS.get,
    "date": lambda cell: dt.date(*map(int, cell.split("-"))),
    "string": str,
}


def model(kind, cell):
    """The value of a cell in plain Python; None where there is none."""
    try:
        return READERS[kind](cell) if cell else None
    except (ValueError, ArithmeticError):
        return None


def inline(fields, keys, rows, **schema):
    """A package of inline data with unique keys."""
    table = {"fields": fields, "uniqueKeys": keys, **schema}
    return Package(None, {"resources": [{"name": "t", "data": rows, "schema": table}]})


@st.composite
def tables(draw):
    kinds = draw(st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=3))
    rows = draw(st.lists(st.tuples(*(CELLS[kind] for kind in kinds)), max_size=30))
    names = [f"f{n}" for n in range(len(kinds))]
    keys = draw(st.lists(st.lists(st.sampled_from(names), min_size=1, unique=True), min_size=1, max_size=3))
    return kinds, names, rows, keys


def expected(kinds, names, rows, keys):
    """The rows that repeat a key, and the first row that has it, key by key."""
    found = []
    for key in dict.fromkeys(map(tuple, keys)):
        seen = {}
        for number, row in enumerate(rows, start=2):
            values = tuple(model(kinds[names.index(name)], row[names.index(name)]) for name in key)
            if None in values:
                continue
            if values in seen:
                found.append((number, f"row {seen[values]}"))
            else:
                seen[values] = number
    return found


@settings(max_examples=90, deadline=None)
@given(tables())
def test_unique_keys_are_those_of_plain_python(table):
    kinds, names, rows, keys = table
    fields = [{"name": name, "type": kind} for name, kind in zip(names, kinds, strict=True)]
    issues = list(unique_keys(inline(fields, keys, [names, *map(list, rows)])))
    assert [(i.row, i.message.rpartition(" in ")[2]) for i in issues] == expected(kinds, names, rows, keys)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ([["ids"]], "no field 'ids'; did you mean 'id'?"),
        ([["id", "id"]], "twice"),
        (["id"], "list of field names"),
        ([[]], "list of field names"),
        ([], "at least one"),
        ("id", "at least one"),
    ],
)
def test_malformed_unique_keys(keys, said):
    issues = list(unique_keys(inline([{"name": "id", "type": "integer"}], keys, [["id"], [1], [2]])))
    assert [i.rule for i in issues] == ["unique-keys"]
    assert said in issues[0].message


def test_unique_keys_of_a_file(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,x\n,x\n,x\n01,x\n1,y\n")
    schema = {
        "fields": [{"name": "a", "type": "integer"}, {"name": "b", "type": "string"}],
        "uniqueKeys": [["a", "b"], ["a"]],
    }
    package = Package(tmp_path, {"resources": [{"name": "t", "path": "t.csv", "schema": schema}]})
    found = [(i.row, i.field, i.cell, i.message) for i in strict_issues(package)]
    both, one = (
        "the unique key (a, b) has the same values as in row 2",
        "the unique key (a) has the same values as in row 2",
    )
    assert found == [(5, "", "A5", both), (5, "a", "A5", one), (6, "a", "A6", one)]


def test_missing_values_leave_a_key_out():
    fields = [{"name": "a", "type": "string", "missingValues": ["-"]}]
    rows = [["a"], ["-"], ["-"], [""], [""]]
    assert [i.row for i in unique_keys(inline(fields, [["a"]], rows))] == [5]


@given(st.decimals(allow_nan=False, allow_infinity=False), st.integers(0, 6))
def test_numbers_that_are_equal_have_one_text(number, more):
    sign, digits, exponent = number.as_tuple()
    longer = Decimal((sign, digits + (0,) * more, exponent - more))
    assert one_text(number) == one_text(longer)
    assert one_text(number) != one_text(Decimal((sign, (*digits, 1), exponent - 1)))


def test_plain_texts_are_not_read_again():
    cells = pl.Series(["1", "-5", "007", None, "x"])
    assert logical(cells, {"name": "a", "type": "integer"}).to_list() == ["1", "-5", "7", None, None]


def test_moments_without_one_in_utc():
    field = {"name": "a", "type": "datetime"}
    cells = ["0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59-10:00", "2024-01-01T12:30:15+24:00"]
    found = logical(pl.Series([*cells, "2024-01-01T12:00:00+02:00", "2024-01-01T10:00:00Z"]), field).to_list()
    assert len({*found[:3]}) == 3
    assert found[3] == found[4] == "2024-01-01T10:00:00+00:00"


def test_type_that_is_none_is_left_to_frictionless():
    fields = [{"name": "a", "type": ["integer"]}]
    assert [i.row for i in unique_keys(inline(fields, [["a"]], [["a"], ["1"], ["01"], ["1"]]))] == [4]


def parquet_package(folder, frame, fields, **more):
    folder.mkdir(parents=True, exist_ok=True)
    frame.write_parquet(folder / "t.parquet", row_group_size=2)
    resource = {
        "name": "t",
        "path": "t.parquet",
        "schema": {"fields": fields, **more.pop("schema", {})},
        **more,
    }
    (folder / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    return Package(folder, {"resources": [resource]})


def verdict(package):
    return [(i.severity, i.row, i.field) for i in strict_issues(package)]


def test_nulls_of_integers_are_missing_values(tmp_path):
    frame = pl.DataFrame({"n": [1, None, 3], "b": [True, None, False]})
    fields = [{"name": "n", "type": "integer"}, {"name": "b", "type": "boolean"}]
    package = parquet_package(tmp_path, frame, fields)
    content = (tmp_path / "t.parquet").read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    package.resources[0].update({"bytes": len(content), "hash": f"sha256:{digest}"})
    issues = list(strict_issues(package))
    assert [(i.rule, i.severity, i.field) for i in issues] == [
        ("parquet-types", "info", ""),
        ("parquet-types", "info", "n"),
    ]
    assert all("false" in i.message for i in issues)
    package.resources[0].update({"bytes": 5, "hash": "sha256:" + "0" * 64})
    assert verdict(package)[:2] == [("error", None, ""), ("error", None, "")]


@pytest.mark.parametrize(
    ("values", "type_", "constraints", "rows"),
    [
        ([1, None, 3], "integer", {"required": True}, [3]),
        ([1, 2, 3, 9], "integer", {"minimum": 2, "maximum": "3"}, [2, 5]),
        ([1, 2, 3, 4], "integer", {"exclusiveMinimum": 1, "exclusiveMaximum": 4}, [2, 5]),
        ([0.1, float("nan"), None], "number", {"minimum": "0.1"}, [3]),
        ([1, 2, 3], "integer", {"enum": ["1", 3]}, [3]),
        ([1, 1, None, None, 1], "integer", {"unique": True}, [3, 6]),
        (["a", "ab", "b"], "string", {"pattern": "a|b"}, []),
        (["x", "", None], "string", {"pattern": "y+"}, [2]),
        (["abc", "a"], "string", {"minLength": 2}, [3]),
        (["1", "x", ""], "integer", {}, [3]),
        (["1", "7"], "integer", {"maximum": 5}, [3]),
        ([dt.date(2024, 1, 1), dt.date(2030, 1, 1)], "date", {"maximum": "2025-01-01"}, [3]),
        ([MORNING, None], "datetime", {"minimum": "2024-01-01T06:00:00"}, [2]),
        ([True, False], "boolean", {"enum": ["true"]}, [3]),
        ([Decimal("1.10"), Decimal("2.00")], "number", {"maximum": 1.5}, [3]),
        ([[1, 2], [1]], "array", {"minLength": 2}, [3]),
    ],
)
def test_constraints_of_typed_columns(tmp_path, values, type_, constraints, rows):
    package = parquet_package(
        tmp_path, pl.DataFrame({"v": values}), [{"name": "v", "type": type_, "constraints": constraints}]
    )
    assert [i.row for i in strict_issues(package) if i.severity == "error"] == rows
    assert [i.rule for i in strict_issues(package) if i.severity == "warning"] == []


@pytest.mark.parametrize(
    ("values", "type_", "fits"),
    [
        ([1], "string", False),
        ([1], "number", True),
        ([1.5], "integer", False),
        ([None], "integer", True),
        ([MORNING], "date", False),
        ([{"a": 1}], "object", True),
        ([b"x"], "string", False),
        ([2024], "year", True),
        ([1], "any", True),
    ],
)
def test_types_of_columns(tmp_path, values, type_, fits):
    package = parquet_package(tmp_path, pl.DataFrame({"v": values}), [{"name": "v", "type": type_}])
    assert (verdict(package) == []) is fits


@pytest.mark.parametrize(
    ("match", "errors"), [("exact", 2), ("equal", 2), ("subset", 1), ("superset", 1), ("partial", 0)]
)
def test_columns_and_fields_match(tmp_path, match, errors):
    frame = pl.DataFrame({"a": [1], "extra": [1]})
    fields = [{"name": "a", "type": "integer"}, {"name": "b", "type": "integer"}]
    package = parquet_package(tmp_path, frame, fields, schema={"fieldsMatch": match})
    assert len(verdict(package)) == errors


def test_order_of_columns(tmp_path):
    frame = pl.DataFrame({"b": [1], "a": [1]})
    package = parquet_package(tmp_path, frame, [{"name": "a"}, {"name": "b"}])
    assert [i.message for i in strict_issues(package)] == [
        "the columns are in another order than the fields: b, a"
    ]


def test_damaged_parquet_is_an_error(tmp_path):
    package = parquet_package(tmp_path, pl.DataFrame({"a": [1]}), [{"name": "a", "type": "integer"}])
    content = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "t.parquet").write_bytes(content[:-9] + b"\x00" * 9)
    assert [(i.rule, i.severity) for i in strict_issues(package)] == [("parquet-types", "error")]


def test_pattern_without_bound_is_said(tmp_path):
    field = {"name": "a", "type": "string", "constraints": {"pattern": r"(a)\1"}}
    package = parquet_package(tmp_path, pl.DataFrame({"a": ["aa"]}), [field])
    assert [(i.rule, i.severity) for i in strict_issues(package)] == [("not-checked", "warning")]
