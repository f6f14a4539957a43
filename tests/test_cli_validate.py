"""`hxl-kit validate` where it is used badly: what would be overwritten, asked of nothing, or not read to its end."""

import json
import os
import subprocess
import sys

import pytest

TABLE = "event_id,event_type,date_start,latitude\nE1,battle,2024-03-01,95\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(TABLE)
    return path


@pytest.mark.parametrize("option", ["-o", "--also"])
def test_what_is_validated_is_not_written_over(cli, table, option):
    target = f"json={table}" if option == "--also" else table
    ran = cli("validate", table, option, target)
    assert ran.code == 2
    assert "name another file" in ran.err
    assert table.read_text() == TABLE


def test_a_descriptor_is_not_written_over(cli, tmp_path):
    descriptor = tmp_path / "datapackage.json"
    descriptor.write_text("{}")
    assert cli("validate", tmp_path, "--format", "json", "-o", descriptor).code == 2
    assert descriptor.read_text() == "{}"


def test_a_report_replaces_no_device_and_no_folder(cli, table, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for place in (pipe, tmp_path):
        ran = cli("validate", table, "-o", place)
        assert ran.code == 2
        assert "is a folder or a device" in ran.err
    assert pipe.is_fifo()


def test_a_report_goes_where_a_link_leads(cli, table, tmp_path):
    (tmp_path / "real.txt").write_text("")
    (tmp_path / "link.txt").symlink_to(tmp_path / "real.txt")
    assert cli("validate", table, "-o", tmp_path / "link.txt").code == 1
    assert (tmp_path / "link.txt").is_symlink()
    assert "INVALID" in (tmp_path / "real.txt").read_text()


def test_a_place_that_cannot_be_written_is_named(cli, table, tmp_path):
    (tmp_path / "file").write_text("")
    ran = cli("validate", table, "-o", tmp_path / "file" / "report.txt")
    assert ran.code == 4
    assert f"{tmp_path}/file/report.txt: the report cannot be written" in ran.err


@pytest.mark.parametrize("names", ["", ",", " , "])
def test_no_checks_at_all_are_refused(cli, table, names):
    ran = cli("validate", table, "--checks", names)
    assert (ran.code, ran.out) == (2, "")
    assert "--checks names none" in ran.err


@pytest.mark.parametrize(("option", "known"), [("--lang", "ar, en, fr"), ("--format", "html, json")])
def test_an_unknown_language_or_format_is_told_with_the_known_ones(cli, table, option, known):
    ran = cli("validate", table, option, "zz")
    assert ran.code == 2
    assert known in ran.err


@pytest.mark.parametrize("limit", ["1", "100000"])
def test_the_verdict_stands_when_only_the_first_line_is_read(tmp_path, limit):
    path = tmp_path / "t.csv"
    path.write_text(TABLE + "E,battle,2024-03-01,95\n" * 2000)
    command = [sys.executable, "-c", "from hxl_kit.cli import main; main()"]
    command += ["validate", str(path), "--format", "json", "--limit", limit]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        run.stdout.close()
        said = run.stderr.read()
        assert (run.wait(), said) == (1, b"")


def test_a_rule_that_names_no_table_of_a_package_is_told_with_the_tables(cli, tmp_path):
    (tmp_path / "d.csv").write_text("a\n1\n")
    resource = {"name": "mine", "path": "d.csv", "schema": {"fields": [{"name": "a", "type": "integer"}]}}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [resource]}))
    rules = tmp_path / "rules.yaml"
    rules.write_text("checks: [{name: few, rule: a < 1, message: is many}]")
    ran = cli("validate", tmp_path / "datapackage.json", "--rules", rules, "--checks", "own")
    assert ran.code == 1
    assert "it names no table; the package has mine" in " ".join(ran.out.split())


def test_a_tag_asked_of_a_table_without_tags_is_told_so(cli, table, tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text("""checks: [{name: few, rule: '"#meta+z" < 1', message: is many}]""")
    ran = cli("validate", table, "--rules", rules)
    assert ran.code == 2
    assert "no field carries the tag #meta+z" in ran.err
