"""HXL schemas as Table Schemas: what is carried over, what is listed, and that frictionless finds the same cells."""

from __future__ import annotations

import csv
import json
import re

import pytest
from frictionless import Package, Schema
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tables_for_hxl_tests import table_of
from typer.testing import CliRunner

from hxl_kit.cli.app import make_app
from hxl_kit.hxl_schema import hxl_issues, read_schema, table_schema
from hxl_kit.hxl_schema.cell_tests import anywhere
from hxl_kit.hxl_schema.migrated_cells import whole_pattern

HEADS = [
    "#valid_tag",
    "#valid_severity",
    "#description",
    "#valid_required",
    "#valid_datatype",
    "#valid_value+min",
    "#valid_value+max",
    "#valid_value+list",
    "#valid_value+regex",
    "#valid_unique",
]
RULES = [
    ["#meta+id", "", "Identifier", "true", "", "", "", "", "", "true"],
    ["#date+start", "", "", "", "date", "2026-01-01", "2026-12-31", "", "", ""],
    ["#date+report", "", "", "", "date", "", "2026", "", "", ""],
    ["#affected+killed", "", "", "", "number", "0", "10000", "", "", ""],
    ["#sector", "", "Cluster", "true", "", "", "", "WASH|Health", "", ""],
    ["#adm1+code", "", "", "", "", "", "", "", "^EX[0-9]{2}$", ""],
    ["#contact+email", "warning", "", "", "email", "", "", "", "", ""],
    ["#contact+url", "", "", "", "url", "", "", "", "", ""],
    ["#contact+phone", "", "", "", "phone", "", "", "", "", ""],
]
TABLE = [
    ["Id", "Start", "Reported", "Killed", "Sector", "Code", "Mail", "Web", "Phone", "Note"],
    [
        "#meta+id",
        "#date+start",
        "#date+report",
        "#affected+killed",
        "#sector",
        "#adm1+code",
        "#contact+email",
        "#contact+url",
        "#contact+phone",
        "",
    ],
    [
        "1",
        "2026-01-31",
        "31/01/2026",
        "3",
        "WASH",
        "EX01",
        "a@example.org",
        "https://example.org",
        "+1 613 555",
        "x",
    ],
    ["2", "2026-02-30", "13/13/2026", "many", "Helth", "XX01", "nobody", "example.org", "none", ""],
    [
        "2",
        "2025-12-31",
        "01/02/2027",
        "-1",
        "",
        "ex02",
        "b@example.org",
        "http://example.org",
        "0613555555",
        "",
    ],
    ["", "2027-01-01", "", "10001", "Health", "EX3", "", "", "", ""],
]


def schema_of(*rows, heads=HEADS, path="schema.csv"):
    return read_schema(table_of([heads, *rows], path=path))


def fields(descriptor):
    return {field["name"]: field for field in descriptor["fields"]}


def left(descriptor):
    return {
        (entry["hxl_tag"], entry["check"]): entry["why"] for entry in descriptor.get("hxl_not_carried", [])
    }


def hxl_marks(rows, schema):
    names = rows[0]
    return {(f.row_number, names[f.column - 1]) for f in hxl_issues(table_of(rows), schema)}


def frictionless_marks(rows, descriptor, folder):
    """What frictionless marks in a package of the table without its hashtags, as rows of the tagged one."""
    folder.mkdir(exist_ok=True)
    with (folder / "data.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([rows[0], *rows[2:]])
    resource = {"name": "data", "path": "data.csv", "schema": descriptor}
    package = {"name": "p", "resources": [{**resource, "profile": "tabular-data-resource"}]}
    (folder / "datapackage.json").write_text(json.dumps(package), "utf-8")
    report = Package(str(folder / "datapackage.json")).validate()
    assert not report.errors
    return {(error.row_number + 1, error.field_name) for task in report.tasks for error in task.errors}


def test_a_package_with_the_migrated_schema_is_judged_as_the_hxl_schema_judges_it(tmp_path):
    schema = schema_of(*RULES)
    descriptor = table_schema(schema, table_of(TABLE, path="rows.csv"))
    names = {name: index for index, name in enumerate(f"c{n + 1}" for n in range(len(TABLE[0])))}
    for field in descriptor["fields"]:
        field["name"] = TABLE[0][names[field["name"]]]
    marked = frictionless_marks(TABLE, descriptor, tmp_path / "package")
    assert marked == hxl_marks(TABLE, schema)
    assert len(marked) == 17


def test_fields_have_types_constraints_and_tags():
    found = fields(table_schema(schema_of(*RULES)))
    assert found["meta_id"] == {
        "name": "meta_id",
        "type": "string",
        "description": "Identifier",
        "hxl_tag": "#meta+id",
        "constraints": {"required": True, "unique": True},
    }
    assert found["date_start"]["type"] == "date"
    assert found["date_start"]["constraints"] == {"minimum": "2026-01-01", "maximum": "2026-12-31"}
    assert found["affected_killed"]["type"] == "number"
    assert found["affected_killed"]["constraints"] == {"minimum": 0, "maximum": 10000}
    assert found["sector"]["constraints"] == {"required": True, "enum": ["WASH", "Health"]}
    assert found["adm1_code"]["constraints"] == {"pattern": "(?i:EX[0-9]{2})"}
    assert (found["contact_email"]["format"], found["contact_url"]["format"]) == ("email", "uri")
    Schema.from_descriptor(table_schema(schema_of(*RULES)))


def test_rules_on_general_tags_are_on_all_fields_that_they_select():
    rules = schema_of(
        ["#affected", "number", "0"],
        ["#affected+killed", "", ""],
        ["#*+code", "", ""],
        heads=["#valid_tag", "#valid_datatype", "#valid_value+min"],
    )
    found = fields(table_schema(rules))
    assert found["affected_killed"]["type"] == "number"
    assert found["affected_killed"]["constraints"] == {"minimum": 0}
    assert list(found) == ["affected", "affected_killed"]


def test_what_cannot_be_said_is_listed(tmp_path):
    heads = [
        "#valid_tag",
        "#valid_value+spelling",
        "#valid_value+outliers",
        "#valid_value+whitespace",
        "#valid_correlation",
        "#valid_datatype+consistent",
        "#valid_required+min",
        "#valid_required+max",
        "#valid_value+url",
        "#valid_unique+key",
        "#valid_severity",
    ]
    rules = schema_of(
        ["#org", "true", "true", "true", "#adm1", "true", "", "", "https://example.org/l.csv", "", ""],
        ["#*", "", "", "true", "", "", "", "", "", "", ""],
        ["#adm1", "", "", "", "", "", "2", "2", "", "", "warning"],
        ["#meta", "", "", "", "", "", "", "", "", "#meta,#org", ""],
        ["#org", "", "", "", "", "", "", "", "", "#org", ""],
        ["#*+code", "", "", "", "", "", "1", "", "", "", ""],
        heads=heads,
        path=tmp_path / "schema.csv",
    )
    found = table_schema(
        rules, table_of([["#org", "#meta", "#adm1", "#adm1+code", "#adm1+name"], ["", "", "", "", ""]])
    )
    told = left(found)
    assert {check for tag, check in told if tag == "#org"} == {
        "hxl-spelling",
        "hxl-outlier",
        "hxl-whitespace",
        "hxl-correlation",
        "hxl-consistent",
        "hxl-list",
        "hxl-unique-row",
    }
    assert ("#*", "hxl-whitespace") in told
    assert told["#adm1", "hxl-required"] == "at most 2 of 3 fields may be filled"
    assert told["#adm1", ""].startswith("it is of severity warning")
    assert told["#*+code", ""].endswith("(c4)")
    assert "one primary key" in told["#org", "hxl-unique-row"]
    assert found["primaryKey"] == ["c1", "c2"]
    assert [entry["row"] for entry in found["hxl_not_carried"]] == sorted(
        entry["row"] for entry in found["hxl_not_carried"]
    )


@pytest.mark.parametrize(
    ("cells", "typed", "minimum"),
    [
        (["2026-01-31", "2026-02-30"], {"type": "date"}, "2026-01-15"),
        (["31/01/2026", "1/2/2026"], {"type": "date", "format": "%d/%m/%Y"}, "15/01/2026"),
        (["01.31.2026"], {"type": "date", "format": "%m.%d.%Y"}, "01.15.2026"),
        (["2026", "2027"], {"type": "year"}, 2026),
        (["2026-03"], {"type": "yearmonth"}, "2026-01"),
        (["2026-03", "2026"], {"type": "string"}, None),
        (["1/2/2026"], {"type": "string"}, None),
        (["soon"], {"type": "date"}, "2026-01-15"),
    ],
)
def test_dates_take_the_form_that_their_column_has(cells, typed, minimum):
    rules = schema_of(
        ["#date", "date", "2026-01-15"], heads=["#valid_tag", "#valid_datatype", "#valid_value+min"]
    )
    found = table_schema(rules, table_of([["#date"], *([cell] for cell in cells)]))
    (field,) = found["fields"]
    assert {key: field[key] for key in ("type", "format") if key in field} == typed
    assert field.get("constraints", {}).get("minimum") == minimum
    assert (("#date", "hxl-datatype") in left(found)) is (typed["type"] == "string")
    Schema.from_descriptor(found)


def test_limits_without_a_type_make_numbers_and_say_so():
    rules = schema_of(
        ["#geo+lat", "-90", "90"],
        ["#org", "a", "m"],
        ["#date", "2026-01-01", ""],
        heads=["#valid_tag", "#valid_value+min", "#valid_value+max"],
    )
    found = table_schema(rules)
    assert fields(found)["geo_lat"]["constraints"] == {"minimum": -90, "maximum": 90}
    assert "cells that are no numbers are refused" in left(found)["#geo+lat", "hxl-range"]
    assert fields(found)["org"] == {"name": "org", "type": "string", "hxl_tag": "#org"}
    assert "the field is text" in left(found)["#org", "hxl-range"]
    assert fields(found)["date"]["constraints"] == {"minimum": "2026-01-01"}


def test_rules_that_contradict_one_another_are_told():
    heads = ["#valid_tag", "#valid_datatype", "#valid_value+min", "#valid_value+list", "#valid_value+regex"]
    found = table_schema(
        schema_of(
            ["#affected", "number", "0", "1|2", ""],
            ["#affected", "date", "5", "one|two", "^1"],
            heads=heads,
        )
    )
    assert fields(found)["affected"]["constraints"] == {"minimum": 0, "enum": [1, 2]}
    told = [entry["why"] for entry in found["hxl_not_carried"] if entry["row"] == 3]
    assert set(told) == {
        "the field affected is of type number by an earlier rule",
        "whether day or month comes first is asked of a whole column",
        "the field affected has another 'minimum' by an earlier rule",
        "its list is of text, and the field is a number",
        "a pattern is of text, and the field is a number",
    }


def test_a_rule_without_a_column_is_listed():
    found = table_schema(schema_of(*RULES), table_of([["#org"], ["x"]]))
    assert fields(found) == {"c1": {"name": "c1", "type": "string", "hxl_tag": "#org"}}
    assert left(found)["#sector", "hxl-required"] == "no column has the tag #sector"
    assert {tag for tag, _ in left(found)} == {row[0] for row in RULES}


EXPRESSIONS = st.sampled_from(
    [
        "^EX[0-9]{2}$",
        "EX",
        "^a|b$",
        "(?i)ex",
        "(?s)a.b",
        r"^\d+\$",
        "b$",
        r"\Aa",
        "",
        "^a",
        "é",
        "[ab]+c",
        "(?x)a b",
        "^$",
    ]
)


@settings(max_examples=180)
@given(EXPRESSIONS, st.text(st.sampled_from("aAbBcEXex01$é \n"), max_size=6), st.booleans())
def test_a_pattern_fits_the_cells_that_the_expression_is_found_in(expression, cell, case):
    wanted = re.compile(anywhere(expression, case_sensitive=case)).match(cell) is not None
    pattern = whole_pattern(expression, case_sensitive=case)
    assert (re.compile(f"^{pattern}$").match(cell) is not None) is wanted


CELLS = st.tuples(
    st.sampled_from(["", "1", "2", "3", "A"]),
    st.sampled_from(["", "2026-01-31", "2026-02-30", "2025-12-31", "2027-01-01", "x"]),
    st.sampled_from(["", "0", "-1", "10000", "10000.5", "1e3", "x", "1,000"]),
    st.sampled_from(["", "WASH", "Health", "Food"]),
    st.sampled_from(["", "EX01", "ex99", "EX1", "EX011"]),
)


@settings(max_examples=24, deadline=None)
@given(rows=st.lists(CELLS, min_size=1, max_size=5))
def test_frictionless_refuses_the_cells_that_the_hxl_schema_marks(rows, tmp_path_factory):
    assume(all(any(row) for row in rows))
    tags = ["#meta+id", "#date+start", "#affected+killed", "#sector", "#adm1+code"]
    schema = schema_of(*(rule for rule in RULES if rule[0] in tags))
    table = [[f"c{n + 1}" for n in range(5)], tags, *map(list, rows)]
    descriptor = table_schema(schema, table_of(table))
    folder = tmp_path_factory.mktemp("package")
    assert frictionless_marks(table, descriptor, folder) == hxl_marks(table, schema)


@pytest.fixture
def files(tmp_path):
    schema, data = tmp_path / "schema.csv", tmp_path / "data.csv"
    for path, rows in ((schema, [HEADS, *RULES]), (data, TABLE)):
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return schema, data


def run(*arguments):
    return CliRunner().invoke(make_app(), ["describe", *map(str, arguments)])


def test_the_command_writes_a_table_schema(files, tmp_path):
    schema, data = files
    out = tmp_path / "table_schema.json"
    done = run("--schema", schema, "-o", out)
    assert (done.exit_code, done.stdout) == (0, f"{out}\n")
    assert "see its hxl_not_carried" in done.stderr
    with_data = json.loads(run(data, "--schema", schema).stdout)
    assert [field["name"] for field in with_data["fields"]] == TABLE[0]
    assert list(fields(json.loads(out.read_text("utf-8"))))[:2] == ["meta_id", "date_start"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name a FILE to look at"),
        (["data.csv", "-o", "x.json"], "go with --schema"),
        (["--schema", "schema.csv", "-o", "schema.csv"], "is what is read"),
        (["--schema", "schema.csv", "--hxl-list", "here"], "write ADDRESS=FILE"),
        (["--schema", "data.csv"], "is no HXL schema"),
        (["plain.csv", "--schema", "schema.csv"], "has no hashtag row"),
    ],
)
def test_the_command_says_what_is_missing(files, tmp_path, monkeypatch, arguments, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain.csv").write_text("a,b\n1,2\n", "utf-8")
    done = run(*arguments)
    assert done.exit_code != 0
    assert said in str(done.exception)


def test_the_command_takes_a_local_copy_of_a_list(tmp_path):
    schema, codes = tmp_path / "schema.csv", tmp_path / "codes.csv"
    schema.write_text("#valid_tag,#valid_value+url\n#org,https://example.org/l?a=b\n", "utf-8")
    codes.write_text("#org\nOne\nTwo\n", "utf-8")
    done = run("--schema", schema, "--hxl-list", f"https://example.org/l?a=b={codes}")
    assert json.loads(done.stdout)["fields"][0]["constraints"] == {"enum": ["One", "Two"]}
