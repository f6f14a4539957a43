"""The command line: documented JSON, exit codes, data on stdout alone, sentences on stderr, never a traceback."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import xlsxwriter

from hxl_kit import __version__
from hxl_kit.cli.app import command_names

YAML = """
name: my-package
title: My package
version: "1.0.0"
licences: [{name: CC-BY-4.0}]
contributors: [{title: Me}]
inputs:
  - path: ged.csv
    source: ucdp_ged
"""


def sentence(ran):
    """The one message on stderr, after checking that it is one and that stdout is empty."""
    assert ran.out == ""
    assert "Traceback" not in ran.err
    assert ran.err.count("\n") == 1, ran.err
    assert ran.err.startswith("hxl-kit: ")
    return ran.err.removeprefix("hxl-kit: ").strip()


@pytest.fixture
def folder(tmp_path, ged_rows, write_rows):
    """A folder with package.yaml and its input of three rows."""
    write_rows(tmp_path / "ged.csv", ged_rows[:3])
    (tmp_path / "package.yaml").write_text(YAML)
    return tmp_path


# Help.


@pytest.mark.parametrize("name", command_names())
def test_every_command_has_help(cli, name):
    ran = cli(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"hxl-kit {name}" in ran.out
    assert "--debug" in ran.out
    assert "--format" in ran.out
    assert "--quiet" in ran.out


def test_help_lists_every_command_and_the_exit_codes(cli):
    ran = cli("--help")
    assert ran.code == 0
    assert all(re.search(rf"^  {name} +\S", ran.out, re.MULTILINE) for name in command_names())
    assert "Exit codes" in ran.out


def test_version(cli):
    assert cli("--version").out == f"hxl-kit {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["frobnicate"],
        ["normalise"],
        ["describe", "x.csv", "--format", "yaml"],
        ["validate", "x", "--limit", "-1"],
        ["validate", "x", "--fail-on", "info"],
        ["build", "a", "b"],
        ["quantity"],
        ["describe", "x.csv", "--no-such-option"],
    ],
)
def test_wrong_usage_is_exit_2_with_a_hint(cli, arguments):
    ran = cli(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Usage: hxl-kit" in ran.err
    assert "Error: " in ran.err
    assert "Traceback" not in ran.err


# The documented JSON.


def test_json_of_normalise(cli, ged_folder, tmp_path):
    arguments = ("--source", "ucdp_ged", "-o", tmp_path / "out", "--format", "json")
    ran = cli("normalise", ged_folder / "rejected_rows.csv", *arguments)
    described = json.loads(ran.out)
    documented = {"source", "input_rows", "accepted_rows", "rejected_rows", "tables", "changes", "package"}
    assert documented <= set(described)
    assert (described["input_rows"], described["accepted_rows"], described["rejected_rows"]) == (13, 3, 10)
    assert described["tables"] == {"sources": 1, "events": 3, "event_sources": 3, "casualties": 7}
    assert described["package"] == str(tmp_path / "out")
    assert ran.code == 1
    assert "10 rows were rejected: see " in ran.err


def test_json_of_validate(cli, built):
    ran = cli("validate", built / "events.csv", "--format", "json")
    described = json.loads(ran.out)
    assert set(described) == {"valid", "paths", "counts", "issues", "truncated", "rows", "engine"}
    assert set(described["counts"]) == {"error", "warning", "info"}
    keys = {"rule", "severity", "resource", "row", "field", "cell", "message", "fix"}
    assert described["issues"]
    assert all(keys <= set(issue) <= keys | {"value"} for issue in described["issues"])
    assert (described["valid"], described["truncated"], ran.code) == (True, False, 0)


def test_json_of_validate_on_several_paths_is_a_list(cli, built):
    described = json.loads(
        cli("validate", built / "events.csv", built / "sources.csv", "--format", "json").out
    )
    assert [entry["paths"] for entry in described] == [
        [str(built / "events.csv")],
        [str(built / "sources.csv")],
    ]


def test_json_of_quantity(cli):
    ran = cli("quantity", "over 80", "a dozen", "--format", "json")
    described = json.loads(ran.out)
    keys = ["text", "value", "low", "high", "qualifier", "bounds_basis", "unit"]
    assert [list(entry) for entry in described] == [keys, keys]
    assert [described[0][key] for key in keys[1:5]] == [80, 81, None, "more_than"]
    assert [described[1][key] for key in keys[1:5]] == [12, None, None, "approximately"]
    assert (ran.code, ran.err) == (0, "")


def test_quantity_that_cannot_be_read_is_exit_1(cli):
    ran = cli("quantity", "over 80", "several", "--format", "json")
    assert ran.code == 1
    assert [entry["qualifier"] for entry in json.loads(ran.out)] == ["more_than", "unknown"]
    assert "could not read 1 of 2: several" in ran.err


def test_json_of_describe(cli, ged_file):
    ran = cli("describe", ged_file, "--format", "json")
    described = json.loads(ran.out)
    assert {"path", "format", "encoding", "rows", "columns", "candidates", "notes"} <= set(described)
    assert (described["rows"], ran.code, ran.err) == (38, 0, "")


@pytest.mark.parametrize("name", ["sources", "tables", "codelists"])
def test_json_of_the_lists(cli, name):
    ran = cli(name, "--format", "json")
    listed = json.loads(ran.out)
    assert (ran.code, ran.err) == (0, "")
    assert len(listed) >= 1
    assert all(entry.get("id") or entry.get("name") for entry in listed)


def test_sources_say_licence_terms_and_columns(cli):
    (entry,) = [s for s in json.loads(cli("sources", "--format", "json").out) if s["id"] == "ucdp_ged"]
    assert {"title", "provider", "licence", "terms", "tables", "layouts"} <= set(entry)
    assert "best" in entry["layouts"][0]["required_columns"]
    shown = cli("sources", "ucdp_ged").out
    assert "CC-BY-4.0" in shown
    assert "number_of_sources" in shown


def test_tables_show_fields_with_tags(cli):
    assert "#geo+lat" in cli("tables", "events").out
    (entry,) = json.loads(cli("tables", "events", "--format", "json").out)
    assert {"name", "title", "description", "fields", "primaryKey"} <= set(entry)
    assert all(field["hxl_tag"].startswith("#") for field in entry["fields"])


def test_codelists_show_codes(cli):
    assert "violence_against_civilians" in cli("codelists", "event_type").out
    (entry,) = json.loads(cli("codelists", "event_type", "--format", "json").out)
    assert {"code", "title", "description", "source", "deprecated"} == set(entry["codes"][0])


def test_json_of_build(cli, folder, tmp_path):
    ran = cli("build", folder, "-o", tmp_path / "out", "--format", "json")
    (entry,) = json.loads(ran.out)
    assert (entry["package"], entry["rejected_rows"]) == (str(tmp_path / "out"), 0)
    assert entry["tables"]["events"] == 3
    assert (ran.code, ran.err) == (0, "")


# Text for people.


def test_text_of_normalise_and_validate(cli, ged_file, tmp_path):
    ran = cli("normalise", ged_file, "--source", "auto", "-o", tmp_path / "out")
    assert ran.code == 0
    assert re.fullmatch(r"places: \d+ names led to no P-code: see .*unmatched_places\.csv\n", ran.err)
    assert "38 rows, 38 accepted, 0 rejected" in ran.out
    assert "best: 594 of 594" in ran.out
    ran = cli("validate", tmp_path / "out")
    assert ran.code == 0
    assert ran.out.startswith(f"{tmp_path / 'out' / 'datapackage.json'}: valid (")


def test_text_of_describe(cli, ged_file):
    out = cli("describe", ged_file).out
    assert "38 rows, 49 columns" in out
    assert "is the source ucdp_ged" in out


def test_init_then_build(cli, ged_file, tmp_path):
    ran = cli("init", ged_file, "-o", tmp_path / "mine")
    assert ran.code == 0
    assert ran.out == f"{tmp_path / 'mine' / 'package.yaml'}\n"
    assert "hxl-kit build" in ran.err
    assert cli("build", tmp_path / "mine").code == 0
    assert cli("validate", tmp_path / "mine").code == 0


def test_init_of_an_unknown_file_says_what_to_complete(cli, tmp_path):
    (tmp_path / "t.csv").write_text("name,age\nAli,5\n")
    ran = cli("init", tmp_path / "t.csv", "-o", tmp_path / "mine", "--format", "json")
    described = json.loads(ran.out)
    assert any("t.csv" in point for point in described["to_complete"])
    ran = cli("build", tmp_path / "mine")
    assert ran.code == 2
    assert "CHOOSE" in sentence(ran)


def test_init_overwrites_nothing(cli, folder, ged_file):
    ran = cli("init", ged_file, "-o", folder)
    assert ran.code == 2
    assert "exists already" in sentence(ran)
    assert (folder / "package.yaml").read_text() == YAML


def test_quiet_says_nothing_but_the_data(cli, ged_folder, tmp_path):
    arguments = ("--source", "ucdp_ged", "-o", tmp_path / "out", "--quiet", "--format", "json")
    ran = cli("normalise", ged_folder / "rejected_rows.csv", *arguments)
    assert (ran.code, ran.err) == (1, "")
    assert json.loads(ran.out)["rejected_rows"] == 10


# Exit codes: 1, the data.


def test_invalid_table_is_exit_1(cli, tmp_path, built):
    text = (built / "events.csv").read_text(encoding="utf-8").replace(",battle,", ",fight,", 1)
    (tmp_path / "events.csv").write_text(text, encoding="utf-8")
    ran = cli("validate", tmp_path / "events.csv")
    assert (ran.code, ran.err) == (1, "")
    assert "INVALID" in ran.out
    assert "error constraint-enum (1): is not in the code list 'event_type'" in ran.out
    assert "events.csv, row 2, event_type" in ran.out


@pytest.mark.parametrize(("fail_on", "code"), [("error", 0), ("warning", 1)])
def test_fail_on(cli, built, fail_on, code):
    assert cli("validate", built / "events.csv", "--fail-on", fail_on).code == code


def test_invalid_package_is_exit_1_and_nothing_is_written(cli, folder):
    (folder / "claims.csv").write_text(
        "claim_id,source_id,claimant,stance,about_table,about_id,aspect\nc1,nobody,x,denies,events,e1,intent\n"
    )
    (folder / "package.yaml").write_text(YAML + "  - path: claims.csv\n    table: claims\n")
    ran = cli("build", folder, "-o", folder / "out")
    assert ran.code == 1
    assert "claims: source_id not in sources: nobody" in sentence(ran)
    assert not (folder / "out").exists()


# Exit codes: 2, the command line and package.yaml.


def test_unknown_source_is_exit_2(cli, ged_file, tmp_path):
    ran = cli("normalise", ged_file, "--source", "ucdp_gde", "-o", tmp_path / "out")
    assert ran.code == 2
    assert "no source 'ucdp_gde'" in sentence(ran)
    assert "ucdp_ged" in ran.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tables", "evnts"], "did you mean 'events'?"),
        (["codelists", "harn"], "did you mean 'harm'?"),
        (["sources", "ucdp-ged"], "ucdp_ged"),
    ],
)
def test_unknown_name_is_exit_2_with_the_nearest(cli, arguments, words):
    ran = cli(*arguments)
    assert ran.code == 2
    assert words in sentence(ran)


def test_unknown_checks_are_exit_2(cli, built):
    ran = cli("validate", built, "--checks", "figurs")
    assert ran.code == 2
    assert "did you mean 'figures'?" in sentence(ran)


def test_unknown_key_in_package_yaml_is_exit_2(cli, folder):
    (folder / "package.yaml").write_text(YAML.replace("title: My", "titel: My"))
    ran = cli("build", folder)
    assert ran.code == 2
    assert "package.yaml: unknown key 'titel'; did you mean 'title'?" in sentence(ran)


def test_missing_package_yaml_is_exit_2(cli, tmp_path):
    ran = cli("build", tmp_path)
    assert ran.code == 2
    assert "hxl-kit init" in sentence(ran)


def test_output_that_is_a_file_is_exit_2(cli, ged_file, tmp_path):
    (tmp_path / "out").write_text("mine")
    ran = cli("normalise", ged_file, "--source", "ucdp_ged", "-o", tmp_path / "out")
    assert ran.code == 2
    assert "is a file; name a folder" in sentence(ran)
    assert (tmp_path / "out").read_text() == "mine"


def test_output_below_a_file_is_refused_in_a_sentence(cli, ged_file, tmp_path):
    (tmp_path / "file").write_text("mine")
    ran = cli("normalise", ged_file, "--source", "ucdp_ged", "-o", tmp_path / "file" / "out")
    assert ran.code in (2, 4)
    assert str(tmp_path / "file") in sentence(ran)


# Exit codes: 3, the input.


def unreadable(tmp_path, ged_folder, ged_rows, write_rows):
    """Files that cannot be normalised as UCDP GED, and a word of the message of each."""
    packed = (ged_folder / "ged_191_41_columns.csv.gz").read_bytes()
    (tmp_path / "truncated.csv.gz").write_bytes(packed[: len(packed) // 2])
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "page.csv").write_text("<!DOCTYPE html><html><body>Log in</body></html>")
    (tmp_path / "folder.csv").mkdir()
    without = [{k: v for k, v in row.items() if k != "best"} for row in ged_rows]
    write_rows(tmp_path / "without.csv", [{**row, "Best": "1"} for row in without])
    return {
        "truncated.csv.gz": "cut short or corrupt",
        "empty.csv": "is empty",
        "binary.csv": "binary.csv",
        "page.csv": "HTML",
        "folder.csv": "is a folder",
        "missing.csv": "no such file",
        "without.csv": "column 'best' missing; did you mean 'Best'?",
    }


@pytest.mark.parametrize(
    "name",
    ["truncated.csv.gz", "empty.csv", "binary.csv", "page.csv", "folder.csv", "missing.csv", "without.csv"],
)
def test_unreadable_input_is_exit_3_and_named(cli, tmp_path, ged_folder, ged_rows, write_rows, name):
    words = unreadable(tmp_path, ged_folder, ged_rows, write_rows)[name]
    ran = cli("normalise", tmp_path / name, "--source", "ucdp_ged", "-o", tmp_path / "out")
    assert ran.code == 3, ran.err
    message = sentence(ran)
    assert words in message
    assert name in message, "which of several files?"
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*partial*"))


@pytest.mark.parametrize("command", ["describe", "validate"])
@pytest.mark.parametrize("name", ["truncated.csv.gz", "empty.csv", "binary.csv", "page.csv", "missing.csv"])
def test_every_reader_refuses_alike(cli, tmp_path, ged_folder, ged_rows, write_rows, command, name):
    words = unreadable(tmp_path, ged_folder, ged_rows, write_rows)[name]
    ran = cli(command, tmp_path / name)
    assert ran.code == 3
    assert words in sentence(ran)


@pytest.fixture
def workbook(tmp_path, ged_rows):
    with xlsxwriter.Workbook(tmp_path / "ged.xlsx") as book:
        for name in ("GED", "Other"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, list(ged_rows[0]))
            sheet.write_row(1, 0, list(ged_rows[0].values()))
    return tmp_path / "ged.xlsx"


def test_sheets_are_chosen_by_name(cli, workbook, tmp_path):
    arguments = ("--source", "ucdp_ged", "-o", tmp_path / "out")
    ran = cli("normalise", workbook, *arguments)
    assert ran.code == 3
    assert (
        "2 sheets hold a table of ucdp_ged: 'GED' (event data), 'Other' (event data); name one: --sheet NAME"
        in sentence(ran)
    )
    ran = cli("normalise", workbook, *arguments, "--sheet", "GDE")
    assert ran.code == 3
    assert "no sheet 'GDE'; did you mean 'GED'?" in sentence(ran)
    ran = cli("normalise", workbook, *arguments, "--sheet", "GED")
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("option", [["--sheet", "X"], ["--encoding", "klingon"]])
def test_option_that_does_not_fit_the_file_is_exit_2(cli, ged_file, option):
    ran = cli("describe", ged_file, *option)
    assert ran.code == 2
    assert sentence(ran)


def test_not_a_package_is_exit_3(cli, tmp_path):
    ran = cli("validate", tmp_path)
    assert ran.code == 3
    assert "has no datapackage.json" in sentence(ran)
    (tmp_path / "datapackage.json").write_text('{"resources": [{"path": "../x.csv"}]}')
    ran = cli("validate", tmp_path)
    assert ran.code == 3
    assert "is not safe" in sentence(ran)


@pytest.mark.parametrize("name", ["hxl_table", "template"])
def test_a_source_whose_columns_are_found_by_hashtags_says_so(cli, name):
    ran = cli("sources", name)
    assert ran.code == 0
    assert "found by their hashtags" in ran.out
    assert "\n\n\n" not in ran.out


def test_a_renamed_optional_column_is_named_with_what_it_may_be(cli, tmp_path):
    rows = "measure,raw_phrase,publisher,url,geo_txt\nkilled,over 80,SNHR,https://example.org/1,Idlib\n"
    (tmp_path / "t.csv").write_text(rows)
    ran = cli("normalise", tmp_path / "t.csv", "--source", "reported_figures", "-o", tmp_path / "out")
    assert "may be renamed ones, not read: 'geo_txt'; did you mean 'geo_text'?" in ran.out


def test_auto_source_of_a_foreign_file_is_exit_3(cli, tmp_path):
    (tmp_path / "t.csv").write_text("name,age\nAli,5\n")
    ran = cli("normalise", tmp_path / "t.csv", "--source", "auto", "-o", tmp_path / "out")
    assert ran.code == 3
    assert "name it with --source ID" in sentence(ran)


# Bugs, interruptions, the shell.


def crash(*_, **__):
    raise ZeroDivisionError("SECRET")


def test_bug_is_exit_70_and_shows_no_traceback_unasked(cli, monkeypatch, ged_file):
    monkeypatch.setattr("hxl_kit.describe.describe_file", crash)
    ran = cli("describe", ged_file)
    assert ran.code == 70
    assert "a bug (ZeroDivisionError)" in sentence(ran)
    assert "SECRET" not in ran.err


def test_debug_shows_the_traceback(cli, monkeypatch, ged_file):
    monkeypatch.setattr("hxl_kit.describe.describe_file", crash)
    ran = cli("describe", ged_file, "--debug")
    assert (ran.code, ran.out) == (70, "")
    assert "Traceback" in ran.err
    assert "ZeroDivisionError" in ran.err


def test_interruption_is_said_and_exit_130(cli, monkeypatch, ged_file):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("hxl_kit.describe.describe_file", interrupt)
    ran = cli("describe", ged_file)
    assert ran.code == 130
    assert "stopped" in sentence(ran)


def test_control_characters_of_a_file_never_reach_the_terminal(cli, tmp_path):
    (tmp_path / "t.csv").write_bytes(b"na\x1b[31mme,age\nAli,5\n")
    ran = cli("describe", tmp_path / "t.csv")
    assert ran.code == 0
    assert "\x1b" not in ran.out + ran.err
    assert "age" in ran.out


def test_names_of_files_are_shown_in_messages_without_control_characters(cli, tmp_path):
    ran = cli("describe", tmp_path / "a\x1b[31m.csv")
    assert ran.code == 3
    assert "\x1b" not in ran.err


@pytest.mark.parametrize(
    "program", [[sys.executable, "-m", "hxl_kit"], [Path(sys.executable).with_name("hxl-kit")]]
)
def test_program_and_module_are_the_same(program):
    ran = subprocess.run(
        [*program, "quantity", "over 80", "--format", "json"], capture_output=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)[0]["low"] == 81


def test_output_is_utf8_whatever_the_locale():
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    program = [sys.executable, "-m", "hxl_kit", "codelists", "location", "--format", "json"]
    ran = subprocess.run(program, capture_output=True, check=False, env=environment)
    assert (ran.returncode, ran.stderr) == (0, b"")
    titles = [code["title"] for code in json.loads(ran.stdout.decode("utf-8"))[0]["codes"]]
    assert "Côte d'Ivoire" in titles


@pytest.mark.skipif(os.name == "nt", reason="a POSIX pipe")
def test_reader_that_goes_away_is_no_error():
    program = [sys.executable, "-m", "hxl_kit", "codelists", "location", "--format", "json"]
    child = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    child.stdout.read(1)
    child.stdout.close()
    error = child.stderr.read()
    child.stderr.close()
    assert (child.wait(), error) == (0, b"")
