"""Validate: the verdict of frictionless and the standard's own rules, on packages and bare tables."""

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hxl_kit.errors import DataError, InputError, UsageError
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source
from hxl_kit.standard.tables import table
from hxl_kit.validation import gate
from hxl_kit.validation.catalogue import check_sets
from hxl_kit.validation.engine import validate
from hxl_kit.validation.profile import follows_profile, profile_issues
from hxl_kit.validation.report import Issue, Report, cell_address

ALL = ["all"]


@pytest.fixture(scope="module")
def small(ged_rows, write_rows, tmp_path_factory):
    """A package of eight UCDP rows in clean CSV alone, with a warning in it."""
    folder = tmp_path_factory.mktemp("small")
    outside = [row for row in ged_rows if int(row["low"]) > int(row["best"])]
    inputs = (Input(write_rows(folder / "ged.csv", [*ged_rows[:7], outside[0]]), source="ucdp_ged"),)
    options = Options(hashtag_row="none", parquet=False)
    build_package(authored_by_source(source("ucdp_ged"), inputs, folder / "small", options), folder / "small")
    return folder / "small"


@pytest.fixture
def copy(small, tmp_path):
    return shutil.copytree(small, tmp_path / "copy")


def found(report):
    return {(i.rule, i.severity, i.resource, i.row, i.field) for i in report.issues}


def descriptor_of(folder):
    return json.loads((folder / "datapackage.json").read_bytes())


def change_cell(path, row, column, cell):
    """Change a cell of a CSV file; rows count from 1, the header's."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    rows[row - 1][rows[0].index(column)] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def restate(folder):
    """Make a descriptor say what its files are now, so that only the cells are judged."""
    described = descriptor_of(folder)
    for resource in described["resources"]:
        content = (folder / resource["path"]).read_bytes()
        resource |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
    (folder / "datapackage.json").write_text(json.dumps(described))


def test_built_package_is_valid_and_its_warnings_are_told(built, ged_rows):
    report = validate(built, ALL, limit=1000)
    assert report.valid
    outside = [r for r in ged_rows if not int(r["low"]) <= int(r["best"]) <= int(r["high"])]
    told = [i for i in report.issues if i.rule == "range-value" and i.resource == "events"]
    assert len(told) == len(outside) > 0
    assert {i.severity for i in report.issues} <= {"warning", "info"}


@pytest.mark.parametrize("path", ["", "datapackage.json"])
def test_folder_and_descriptor_are_the_same_package(built, path):
    assert validate(built / path, ["profile"], limit=5).paths == (str(built / "datapackage.json"),)


@pytest.mark.parametrize(
    ("table_name", "column", "cell", "rule"),
    [
        ("events", "latitude", "95", "constraint-error"),
        ("events", "date_start", "03/01/2013", "type-error"),
        ("events", "event_type", "fight", "constraint-error"),
        ("events", "event_id", "", "constraint-error"),
        ("casualties", "value", "many", "type-error"),
        ("sources", "url", "ucdp.uu.se", "constraint-error"),
    ],
)
def test_bad_cell_is_an_error_with_its_place(copy, table_name, column, cell, rule):
    change_cell(copy / f"{table_name}.csv", 2, column, cell)
    restate(copy)
    report = validate(copy, ALL, limit=1000)
    assert not report.valid
    assert (rule, "error", table_name, 2, column) in found(report)
    (issue,) = [i for i in report.issues if i.resource == table_name and i.field == column and i.rule == rule]
    assert issue.cell == cell_address(2, table(table_name).names.index(column) + 1)
    assert not cell or cell not in issue.told()


def test_one_cell_is_one_issue(copy):
    change_cell(copy / "events.csv", 3, "event_type", "fight")
    restate(copy)
    report = validate(copy, ALL, limit=1000)
    assert len([i for i in report.issues if (i.resource, i.row, i.field) == ("events", 3, "event_type")]) == 1


def test_broken_reference_and_key_are_errors(copy):
    change_cell(copy / "casualties.csv", 2, "event_id", "ucdp_ged:0")
    change_cell(copy / "event_sources.csv", 3, "event_id", "ucdp_ged:300380")
    change_cell(copy / "event_sources.csv", 3, "position", "1")
    restate(copy)
    rules = {(i.rule, i.resource) for i in validate(copy, ALL, limit=1000).issues if i.severity == "error"}
    assert {("foreign-key", "casualties"), ("primary-key", "event_sources")} <= rules


def test_changed_file_fails_its_hash(copy):
    change_cell(copy / "events.csv", 2, "place_name", "Somewhere else")
    report = validate(copy, ALL, limit=1000)
    assert {i.rule for i in report.issues if i.resource == "events" and i.severity == "error"} >= {
        "hash-count"
    }


def test_missing_file_is_an_error(copy):
    (copy / "events.csv").unlink()
    assert not validate(copy, ALL, limit=10).valid


def test_verdict_is_that_of_frictionless(copy):
    change_cell(copy / "events.csv", 2, "latitude", "95")
    restate(copy)
    program = Path(sys.executable).with_name("frictionless")
    ran = subprocess.run(
        [program, "validate", "datapackage.json", "--json"],
        cwd=copy,
        capture_output=True,
        text=True,
        check=False,
    )
    theirs = json.loads(ran.stdout)
    errors = {
        (task["name"], error.get("rowNumber"), error.get("fieldName"), error["type"])
        for task in theirs["tasks"]
        for error in task["errors"]
    }
    ours = validate(copy, ["frictionless"], limit=1000)
    assert ours.valid == theirs["valid"]
    assert {(i.resource, i.row, i.field, i.rule) for i in ours.issues} == errors


@pytest.mark.parametrize("name", [each.name for each in check_sets() if each.name != "hxl-schema"])
def test_each_set_of_checks_runs_alone(copy, name):
    change_cell(copy / "events.csv", 2, "event_type", "fight")
    change_cell(copy / "events.csv", 3, "fatalities_low", "999")
    described = descriptor_of(copy)
    del described["version"]
    (copy / "datapackage.json").write_text(json.dumps(described))
    restate(copy)
    rules = {i.rule for i in validate(copy, [name], limit=1000).issues}
    expected = {
        "frictionless": {"constraint-error"},
        "profile": {"profile"},
        "codelists": {"constraint-enum"},
        "figures": {"range-order", "range-value"},
    }
    assert rules == expected.get(name, set())


def test_unknown_checks_name_the_nearest(built):
    with pytest.raises(UsageError, match=r"no checks 'codelist'; did you mean 'codelists'\?"):
        validate(built, ["codelist"], limit=5)


def test_not_a_package_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match=r"has no datapackage\.json"):
        validate(tmp_path, ALL, limit=5)


# The profile.


def test_profile_is_asked_of_own_packages_only(built):
    described = descriptor_of(built)
    assert follows_profile(described)
    assert profile_issues(described) == []
    assert not follows_profile({"name": "x"})
    assert not follows_profile({"provenance": "hxl_kit"})


@pytest.mark.parametrize("key", ["licenses", "contributors", "sources", "provenance", "version", "title"])
def test_profile_misses_what_is_taken_away(built, key):
    described = descriptor_of(built)
    del described[key]
    (issue,) = profile_issues(described)
    assert (issue.rule, issue.severity) == ("profile", "error")
    assert key in issue.told()


def test_profile_asks_for_tags_hashes_and_safe_paths(built):
    described = descriptor_of(built)
    del described["resources"][0]["schema"]["fields"][0]["hxl_tag"]
    described["resources"][1]["hash"] = "md5:1"
    described["resources"][2]["path"] = "../x.csv"
    places = [issue.told().split(":")[0] for issue in profile_issues(described)]
    assert any(place.startswith("resources[0].schema.fields[0]") for place in places)
    assert {"resources[1].hash", "resources[2].path"} <= set(places)


def test_foreign_package_owes_the_profile_nothing(tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    described = {"name": "x", "resources": [{"name": "t", "path": "t.csv"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(described))
    report = validate(tmp_path, ALL, limit=5)
    assert (report.valid, report.issues, report.rows) == (True, (), 1)


# Bare tables.


@pytest.fixture
def bare(built, tmp_path):
    """A copy of the events table, bare, with cells changed: (row, column, cell)."""

    def make(*changes, name="events.csv"):
        path = tmp_path / name
        shutil.copy(built / name, path)
        for row, column, cell in changes:
            change_cell(path, row, column, cell)
        return path

    return make


def test_bare_table_is_recognised_and_valid(bare, ged_rows):
    report = validate(bare(), ["codelists"], limit=100)
    assert (report.valid, report.rows, report.issues) == (True, len(ged_rows), ())


@pytest.mark.parametrize(
    ("column", "cell", "rule"),
    [
        ("latitude", "95", "constraint-maximum"),
        ("latitude", "N35", "type-error"),
        ("event_type", "fight", "constraint-enum"),
        ("event_id", "", "constraint-required"),
        ("date_start", "2013-02-30", "type-error"),
        ("fatalities", "-1", "constraint-minimum"),
    ],
)
@pytest.mark.parametrize("name", ["events.csv", "events.hxl.csv"])
def test_bare_table_is_held_to_its_fields(bare, name, column, cell, rule):
    row = 5
    report = validate(bare((row, column, cell), name=name), ALL, limit=100)
    errors = [i for i in report.issues if i.severity == "error"]
    assert [(i.rule, i.row, i.field) for i in errors] == [(rule, row, column)]
    assert errors[0].cell == cell_address(row, table("events").names.index(column) + 1)
    assert not report.valid


def test_bare_table_with_tags_and_foreign_names_is_held_to_its_tags(built, tmp_path):
    lines = (built / "events.hxl.csv").read_bytes().split(b"\n")
    names = [f"Spalte {n}" for n in range(len(table("events").names))]
    (tmp_path / "t.csv").write_bytes(b"\n".join([",".join(names).encode(), *lines[1:]]))
    at = table("events").names.index("latitude")
    change_cell(tmp_path / "t.csv", 3, names[at], "95")
    errors = [i for i in validate(tmp_path / "t.csv", ALL, limit=100).issues if i.severity == "error"]
    assert [(i.rule, i.row, i.field) for i in errors] == [("constraint-maximum", 3, names[at])]


def test_bare_table_lists_the_columns_it_does_not_know(bare):
    path = bare()
    path.write_bytes(path.read_bytes().replace(b"cluster_id", b"my_own_column", 1))
    report = validate(path, ALL, limit=100)
    (issue,) = [i for i in report.issues if i.rule == "unknown-columns"]
    assert issue.severity == "info"
    assert "my_own_column" in issue.told()


def test_table_that_nobody_recognises_is_not_called_valid_without_a_word(tmp_path):
    (tmp_path / "t.csv").write_text("name,age\nAli,5\n")
    report = validate(tmp_path / "t.csv", ALL, limit=5)
    assert report.issues, "no rule was run: that must be said"


def test_bare_provider_file_is_held_to_the_meaning_of_its_columns(ged_rows, write_rows, tmp_path):
    """design/cli.md: recognised by hashtag, or by the names that the standard and the known sources use."""
    path = write_rows(tmp_path / "ged.csv", [{**ged_rows[0], "latitude": "95"}])
    assert [i.field for i in validate(path, ALL, limit=5).issues if i.severity == "error"] == ["latitude"]


def test_bare_table_with_a_repeated_key_is_invalid(bare):
    report = validate(bare((3, "event_id", "ucdp_ged:300380")), ALL, limit=100)
    assert not report.valid


def test_ragged_rows_are_errors_with_their_row(tmp_path):
    names = ",".join(table("claims").names)
    row = ",".join(["x"] * len(table("claims").names))
    (tmp_path / "t.csv").write_text(f"{names}\n{row},extra\n")
    (issue,) = [i for i in validate(tmp_path / "t.csv", ALL, limit=5).issues if i.rule == "row-cells"]
    assert (issue.severity, issue.row) == ("error", 2)


def test_header_without_rows_is_a_warning(tmp_path):
    (tmp_path / "t.csv").write_text(",".join(table("claims").names) + "\n")
    report = validate(tmp_path / "t.csv", ALL, limit=5)
    assert [(i.rule, i.severity) for i in report.issues] == [("no-rows", "warning")]


# The gate.


def test_gate_passes_what_was_built(small):
    gate.refuse_invalid(small)


def test_gate_names_the_first_errors(copy):
    for row in (2, 3, 4, 5):
        change_cell(copy / "events.csv", row, "latitude", "95")
    restate(copy)
    with pytest.raises(DataError) as caught:
        gate.refuse_invalid(copy)
    message = str(caught.value)
    assert message.startswith("the package would be invalid, nothing was written: events row 2 latitude: ")
    assert message.endswith("; and 1 more")


# Reports.


def test_limit_bounds_the_list_and_not_the_counts():
    issues = tuple(Issue("r", "error", "t", "bad", row=n) for n in range(2, 12))
    report = Report(("t.csv",), (*issues, Issue("w", "warning", "t", "odd")), 10, 3)
    described = report.as_json()
    assert (len(described["issues"]), described["truncated"]) == (3, True)
    assert described["counts"] == {"error": 10, "warning": 1, "info": 0}
    assert not described["valid"]


def test_json_has_no_value_of_the_data():
    assert "value" not in Issue("r", "error", "t", "bad").as_json()


def test_a_message_is_said_with_its_values_and_what_a_column_was_read_as():
    issue = Issue("r", "error", "t", "is {days} days", params={"days": 3}, read_as="date_end")
    assert issue.told() == "is 3 days (the column is read as date_end)"
    assert Issue("r", "error", "t", "is {not a template").told() == "is {not a template"


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        (5, 3, "C5"),
        (1, 26, "Z1"),
        (1, 27, "AA1"),
        (9, 702, "ZZ9"),
        (9, 703, "AAA9"),
        (None, 3, ""),
        (3, None, ""),
    ],
)
def test_cell_address(row, column, expected):
    assert cell_address(row, column) == expected


def test_a_long_list_of_allowed_values_is_told_by_its_length(copy):
    change_cell(copy / "events.csv", 2, "location_code", "XXX")
    restate(copy)
    told = {i.field: i.told() for i in validate(copy, ["frictionless"], limit=9).issues}
    assert re.fullmatch(r"is none of the \d{3} values that the schema allows", told["location_code"])


def test_a_short_list_of_allowed_values_is_told(copy):
    change_cell(copy / "events.csv", 2, "event_type", "fight")
    restate(copy)
    (issue,) = validate(copy, ["frictionless"], limit=9).issues
    assert "'battle'" in issue.told()
