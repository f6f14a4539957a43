"""HXL schemas among the checks of `validate`: issues with addresses and words, on the cells that libhxl marks."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from pathlib import Path

import hxl
import pytest
from typer.testing import CliRunner

import hxl_kit.hxl_schema
from hxl_kit.cli.app import make_app
from hxl_kit.reading.packages import Package
from hxl_kit.standard.messages import message_languages
from hxl_kit.validation.catalogue import check_sets
from hxl_kit.validation.hxl_schemas import SchemaFile, hxl_schema_issues
from hxl_kit.validation.report import cell_address
from hxl_kit.validation.selection import selected

SCHEMA = """#valid_tag,#valid_severity,#description,#valid_required,#valid_datatype,#valid_value+min,#valid_value+list,#valid_unique,#valid_value+whitespace,#valid_value+spelling
#meta+id,,,true,,,,true,,
#date,,,,date,,,,,
#affected,warning,People affected in {whole} numbers,,number,0,,,,
#sector,,,true,,,WASH|Health,,,
#adm1+name,info,,,,,,,true,true
"""
DATA = """Id,Date,Affected,Sector,Province
#meta+id,#date,#affected,#sector,#adm1+name
1,2026-01-31,10,WASH,Coast
2,2026-02-30,"1,200",Helth, Coast
2,x,-5,,Coast
,2026-03-01,,Health,Coast
5,2026-03-01,7,Health
6,2026-03-02,many,Health,Coast,more,cells
"""


@pytest.fixture
def files(tmp_path):
    schema, data = tmp_path / "schema.csv", tmp_path / "data.csv"
    schema.write_text(SCHEMA, "utf-8")
    data.write_text(
        DATA + "".join(f"{n},2026-04-01,1,WASH,Coast\n" for n in range(7, 60)) + "60,,1,WASH,Coasd\n", "utf-8"
    )
    return schema, data


def libhxl_marks(data, schema):
    """The cells that libhxl marks, as addresses; "" for what is on no cell."""
    found, local = set(), hxl.InputOptions(allow_local=True)

    def told(error):
        row = error.row and error.row.source_row_number + 1
        column = error.column and error.column.column_number + 1
        found.add((row, cell_address(row, column)))

    with ExitStack() as opened:
        rows = opened.enter_context(hxl.data(str(schema), local)) if schema else None
        rules = hxl.schema(rows, told)
        rules.validate(opened.enter_context(hxl.data(str(data), local)))
    return found


def test_issues_are_on_the_cells_that_libhxl_marks(files):
    schema, data = files
    told = list(hxl_schema_issues(data, schema))
    shapes = [issue for issue in told if issue.rule == "hxl-row-shape"]
    assert {(issue.row, issue.cell) for issue in told if issue not in shapes} == libhxl_marks(data, schema)
    assert [(issue.row, issue.cell, issue.severity) for issue in shapes] == [
        (7, "", "error"),
        (8, "", "error"),
    ]


def cli_issues(*arguments):
    """The issues of `validate --checks hxl-schema --format json`."""
    done = CliRunner().invoke(
        make_app(), ["validate", "--checks", "hxl-schema", "--format", "json", *map(str, arguments)]
    )
    assert done.exit_code == 1, done.output
    return json.loads(done.stdout)["issues"]


def test_the_command_marks_the_cells_that_libhxl_marks(files):
    schema, data = files
    told = [issue for issue in cli_issues(data, "--hxl-schema", schema) if issue["rule"] != "hxl-row-shape"]
    assert {(issue["row"], issue["cell"]) for issue in told} == libhxl_marks(data, schema)
    assert {issue["field"] for issue in told} == {"Id", "Date", "Affected", "Sector", "Province"}
    core = [issue for issue in cli_issues(data) if issue["rule"] != "hxl-row-shape"]
    assert {(issue["row"], issue["cell"]) for issue in core} == libhxl_marks(data, None)


def test_the_command_takes_a_local_copy_of_a_list(files, tmp_path):
    schema, data = files
    schema.write_text("#valid_tag,#valid_value+url\n#sector,https://example.org/sectors\n", "utf-8")
    (tmp_path / "sectors.csv").write_text("#sector\nWASH\n", "utf-8")
    address = f"https://example.org/sectors={tmp_path / 'sectors.csv'}"
    told = cli_issues(data, "--hxl-schema", schema, "--hxl-list", address)
    assert {issue["cell"] for issue in told if issue["rule"] == "hxl-list"} == {"D4", "D6", "D7", "D8"}


def test_the_core_schema_is_run_without_another(files):
    _, data = files
    told = [issue for issue in hxl_schema_issues(data, None) if issue.rule != "hxl-row-shape"]
    assert {(issue.row, issue.cell) for issue in told} == libhxl_marks(data, None)
    assert told


def test_an_issue_names_the_cell_and_the_way_out(files):
    schema, data = files
    told = {(issue.rule, issue.cell): issue for issue in hxl_schema_issues(data, schema)}
    number = told["hxl-datatype", "C4"]
    assert (number.severity, number.resource, number.row, number.field) == (
        "warning",
        "data.csv",
        4,
        "Affected",
    )
    assert number.told().startswith("is no number")
    assert number.way_out() == "People affected in {whole} numbers"
    listed = told["hxl-list", "D4"]
    assert listed.told() == "is not one of the values that are allowed here; the nearest is 'Health'"
    assert told["hxl-range", "C5"].told() == "is below the least allowed, 0"
    assert told["hxl-unique", "A5"].told() == "is there already"
    assert "Coast" not in "".join(issue.told() + issue.way_out() for issue in told.values())


def test_a_list_has_a_local_copy(files, tmp_path):
    schema, data = files
    schema.write_text("#valid_tag,#valid_value+url\n#sector,https://example.org/sectors\n", "utf-8")
    (tmp_path / "sectors.csv").write_text("#sector\nWASH\n", "utf-8")
    (unread,) = (issue for issue in hxl_schema_issues(data, schema) if issue.rule != "hxl-row-shape")
    assert (unread.rule, unread.field, unread.row) == ("hxl-list-unread", "#sector", None)
    assert "https://example.org/sectors" in unread.told()
    lists = {"https://example.org/sectors": tmp_path / "sectors.csv"}
    told = hxl_schema_issues(data, schema, lists=lists)
    assert {issue.cell for issue in told if issue.rule == "hxl-list"} == {"D4", "D6", "D7", "D8"}


def test_a_table_without_hashtags_is_told(files, tmp_path):
    plain = tmp_path / "plain.csv"
    plain.write_text("a,b\n1,2\n", "utf-8")
    (told,) = hxl_schema_issues(plain, files[0])
    assert (told.rule, told.severity, told.resource) == ("hxl-untagged", "error", "plain.csv")


FIELDS = [
    {"name": "org", "type": "string", "hxl_tag": "#org"},
    {"name": "reached", "type": "string", "hxl_tag": "#reached"},
    {"name": "note", "type": "string"},
]


@pytest.mark.parametrize("companion", [True, False])
def test_tables_of_a_package_are_known_by_their_companions_or_their_schemas(tmp_path, companion):
    (tmp_path / "t.csv").write_text("org,reached,note\nA,many,x\nB,2,\n", "utf-8")
    (tmp_path / "u.csv").write_text("a\n1\n", "utf-8")
    resources = [
        {"name": "t", "path": "t.csv", "schema": {"fields": FIELDS}},
        {"name": "u", "path": "u.csv", "schema": {"fields": [{"name": "a", "type": "string"}]}},
        {"name": "v", "path": "v.parquet", "schema": {"fields": FIELDS}},
    ]
    if companion:
        (tmp_path / "t.hxl.csv").write_text("org,reached,note\n#org,#reached,\nA,many,x\nB,2,\n", "utf-8")
        resources.append({"name": "t-hxl", "path": "t.hxl.csv", "schema": {"fields": FIELDS}})
    package = Package(tmp_path, {"resources": resources})
    (told,) = SchemaFile().package_issues(package, selected(["hxl-schema"]))
    place = ("t-hxl", 3, "B3") if companion else ("t", 2, "B2")
    assert (told.rule, told.resource, told.row, told.cell) == ("hxl-datatype", *place)
    assert list(SchemaFile().package_issues(package, selected(["hxl-list"]))) == []


def test_a_package_without_hashtags_is_told(tmp_path):
    (tmp_path / "u.csv").write_text("a\n1\n", "utf-8")
    package = Package(tmp_path, {"resources": [{"name": "u", "path": "u.csv", "schema": "u.json"}]})
    (told,) = SchemaFile().package_issues(package, selected(["hxl-schema"]))
    assert (told.rule, told.resource) == ("hxl-untagged", "")


def slugs_in_code():
    """The slugs that the room of HXL schemas writes."""
    room = Path(hxl_kit.hxl_schema.__file__).parent
    text = "".join(file.read_text("utf-8") for file in room.glob("*.py"))
    return set(re.findall(r"^(?:    slug|[A-Z_]+) = \"(hxl-[a-z-]+)\"", text, re.MULTILINE))


def test_every_slug_has_its_check():
    known = next(each for each in check_sets() if each.name == "hxl-schema").checks
    assert {check.slug for check in known} == slugs_in_code() | {"hxl-untagged"}


@pytest.mark.parametrize("language", message_languages())
def test_messages_can_be_said_in_every_language(files, language):
    schema, data = files
    assert all(issue.told(language) for issue in hxl_schema_issues(data, schema))
