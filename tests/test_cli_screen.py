"""`hxl-kit screen`: findings for people and programs, and the exit code; all people are made up."""

from __future__ import annotations

import json

import pytest

VICTIMS = "full_name,phone\nZubaydah Qatrini,+963 944 123 456\nIdris Halwani,+963 944 654 321\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "list.csv").write_text(VICTIMS)
    (tmp_path / "prices.csv").write_text("district,price\nA,3\nB,4\n")
    (tmp_path / "p.private").mkdir()
    (tmp_path / "p.private" / "rejected.csv").write_text(VICTIMS)
    return tmp_path


def test_every_file_below_a_folder_is_told_in_text(cli, folder):
    result = cli("screen", str(folder))
    assert result.code == 1
    assert "STOP  person-name" in result.out
    assert f"{folder / 'prices.csv'}: nothing found" in result.out
    assert "files and packages: 2, of them stopped: 1" in result.out
    assert "Qatrini" not in result.out + result.err
    assert "p.private" not in result.out


def test_findings_as_json_have_kind_place_and_count_but_no_value(cli, folder):
    result = cli("screen", str(folder / "deep" / "list.csv"), "--format", "json")
    told = json.loads(result.out)
    assert (result.code, told["clear"]) == (1, False)
    phone = next(one for one in told["files"][0]["findings"] if one["rule"] == "person-phone")
    assert phone["column"] == "phone"
    assert phone["rows"] == 2
    assert phone["first_rows"] == [2, 3]
    assert phone["fix"]
    assert "944" not in result.out


def test_a_clear_file_ends_with_0(cli, folder):
    result = cli("screen", str(folder / "prices.csv"))
    assert (result.code, result.out.strip()) == (0, f"{folder / 'prices.csv'}: nothing found")


def test_a_file_that_is_not_there_is_an_error_of_input(cli, folder):
    result = cli("screen", str(folder / "missing.csv"))
    assert result.code == 3
    assert "missing.csv" in result.err
