"""The sets `screen` and `disclosure` over packages, bare tables and files of any kind; all people are made up."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pytest
from openpyxl.comments import Comment

from hxl_kit.reading import open_table
from hxl_kit.reading.packages import read_package
from hxl_kit.validation.engine import validate
from hxl_kit.validation.known_columns import known_columns
from hxl_kit.validation.screening_files import screening_report

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.validation.report import Issue, Report

NAME, PHONE, EMAIL = "Zubaydah Qatrini", "+963 944 123 456", "zubaydah.qatrini@example.org"
VICTIMS = (
    f"full_name,age,phone,village\n{NAME},34,{PHONE},Tal Nasri\nIdris Halwani,9,+963 944 654 321,Tal Nasri\n"
)
COUNTS = "district,hiv_positive,tested\nA,3,120\nB,45,300\nC,2,80\n"
HARMLESS = "district,schools,price_wheat\nA,3,120\nB,45,300\nC,2,80\n"


def found(report: Report) -> set[tuple[str, str, str]]:
    return {(issue.rule, issue.resource, issue.field) for issue in report.issues}


def rules(report: Report) -> set[str]:
    return {issue.rule for issue in report.issues}


def named(report: Report, rule: str) -> Issue:
    return next(issue for issue in report.issues if issue.rule == rule)


def package(folder: Path, *resources: dict[str, object], **more: object) -> Path:
    folder.mkdir(exist_ok=True)
    listed = [{"name": f"r{n}", **resource} for n, resource in enumerate(resources)]
    (folder / "datapackage.json").write_text(json.dumps({"name": "made-up", "resources": listed, **more}))
    return folder


def table(folder: Path, name: str, content: str) -> dict[str, object]:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(content, encoding="utf-8")
    fields = [{"name": column, "type": "string"} for column in content.partition("\n")[0].split(",")]
    return {"name": name.partition(".")[0], "path": name, "schema": {"fields": fields}}


def test_a_list_of_victims_is_an_error_that_shows_no_value(tmp_path):
    (tmp_path / "list.csv").write_text(VICTIMS)
    report = validate(tmp_path / "list.csv", ["all"], limit=50)
    assert not report.valid
    assert {"person-name", "person-phone"} <= rules(report)
    names = named(report, "person-name")
    assert (names.field, names.row, names.params["count"]) == ("full_name", 2, 2)
    assert names.told().endswith("; the first: 2, 3")
    assert not any(value in json.dumps(report.as_json()) for value in (NAME, "Qatrini", "944", "Tal Nasri"))


def test_what_is_harmless_is_passed_in_silence(tmp_path):
    (tmp_path / "list.csv").write_text(HARMLESS)
    assert not screening_report(tmp_path / "list.csv").issues


def test_single_checks_can_be_asked_for(tmp_path):
    (tmp_path / "list.csv").write_text(VICTIMS)
    assert rules(validate(tmp_path / "list.csv", ["person-phone"], limit=50)) == {"person-phone"}
    assert "person-name" not in rules(validate(tmp_path / "list.csv", ["disclosure"], limit=50))


def test_a_table_without_header_names_columns_by_their_number(tmp_path):
    rows = VICTIMS.partition("\n")[2].replace("34", "34,2024-05-01").replace(",9,", ",9,2024-05-02,")
    (tmp_path / "list.csv").write_text(rows)
    report = validate(tmp_path / "list.csv", ["all"], limit=50)
    assert "header" in rules(report)
    assert "person-phone" in rules(report)
    assert {i.field for i in report.issues if i.rule == "person-phone"} <= {"column 4"}
    assert "Halwani" not in json.dumps(report.as_json())


def test_every_place_of_a_package_is_looked_at(tmp_path):
    folder = tmp_path / "p"
    resources = [
        table(folder, "events.csv", HARMLESS),
        table(folder, "victims.csv", VICTIMS),
        table(folder, "tests.csv", COUNTS),
        {"name": "inline", "data": [{"note": f"call {PHONE}"}, {"note": "nothing"}]},
        {"name": "readme", "path": "README.md"},
        {"name": "scan", "path": "scan.pdf"},
    ]
    (folder / "README.md").write_text(f"# About\n\nWrite to {EMAIL}.\n")
    (folder / "scan.pdf").write_bytes(b"%PDF-1.7 made up")
    report = screening_report(package(folder, *resources, description=f"Ask {EMAIL}"))
    assert {
        ("person-name", "victims", "full_name"),
        ("small-count", "tests", "hiv_positive"),
        ("person-phone", "inline", "note"),
        ("person-email", "readme", ""),
        ("not-screened", "scan", ""),
        ("person-email", "datapackage.json", "description"),
    } <= found(report)
    assert not any(resource == "events" for _, resource, _ in found(report))
    assert all(issue.severity == "error" for issue in report.issues if issue.rule == "not-screened")
    assert rules(validate(folder, ["screen"], limit=50)) >= {"person-name", "not-screened"}


def test_what_a_companion_and_a_parquet_copy_repeat_is_told_once(tmp_path):
    folder = tmp_path / "p"
    victims = table(folder, "victims.csv", VICTIMS)
    head, rest = VICTIMS.split("\n", 1)
    tagged = table(folder, "victims-hxl.csv", f"{head}\n#x,#y,#z,#adm3+name\n{rest}")
    pl.read_csv(folder / "victims.csv", infer_schema=False).write_parquet(folder / "v.parquet")
    copy = {"name": "victims-parquet", "path": "v.parquet"}
    report = screening_report(package(folder, victims, tagged, copy))
    assert {issue.resource for issue in report.issues} == {"victims"}


def test_a_companion_that_holds_more_than_its_table_is_looked_at(tmp_path):
    folder = tmp_path / "p"
    clean = table(folder, "list.csv", "district,notes\nA,quiet\nB,quiet\n")
    tagged = table(folder, "list-hxl.csv", f"district,notes\n#adm1,#meta+notes\nA,{EMAIL}\nB,quiet\n")
    report = screening_report(package(folder, clean, tagged))
    assert found(report) == {("person-email", "list-hxl", "notes")}


def test_a_companion_whose_second_row_holds_more_than_hashtags_is_looked_at(tmp_path):
    folder = tmp_path / "p"
    clean = table(folder, "list.csv", "district,notes\nA,quiet\nB,quiet\n")
    tagged = table(folder, "list-hxl.csv", f"district,notes\n#adm1,ask {EMAIL}\nA,quiet\nB,quiet\n")
    report = screening_report(package(folder, clean, tagged))
    assert "person-email" in {issue.rule for issue in report.issues if issue.resource == "list-hxl"}


def test_comments_and_hidden_sheets_of_a_workbook_are_looked_at(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("district", "schools", "pupils"), ("A", 3, 300), ("B", 4, 200)):
        sheet.append(row)
    sheet["B2"].comment = Comment(f"call {PHONE}", "made up")
    hidden = book.create_sheet("old")
    hidden.sheet_state = "hidden"
    for line in VICTIMS.splitlines():
        hidden.append(line.split(","))
    book.save(tmp_path / "book.xlsx")
    report = screening_report(tmp_path / "book.xlsx")
    parts = {(issue.rule, issue.params["part"]) for issue in report.issues}
    assert {("person-phone", "comment"), ("person-name", "hidden sheet")} <= parts


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"%PDF-1.7"])
def test_what_cannot_be_read_is_an_error(tmp_path, content):
    (tmp_path / "file.bin").write_bytes(content)
    assert found(screening_report(tmp_path / "file.bin")) == {("not-screened", "file.bin", "")}


def test_small_counts_are_compared_with_what_was_published_before(tmp_path):
    before, now = tmp_path / "before", tmp_path / "now"
    package(before, table(before, "tests.csv", COUNTS.replace("A,3", "A,31").replace("C,2", "C,40")))
    package(now, table(now, "tests.csv", COUNTS.replace("A,3", "A,33").replace("C,2", "C,40")))
    assert "small-count-difference" not in rules(screening_report(now))
    assert "small-count-difference" in rules(screening_report(now, previous=read_package(before)))


def test_a_list_of_people_with_columns_of_the_standard_is_no_table_of_the_standard(tmp_path):
    header = "full_name,sex,age_group,location_code,admin1_name,admin2_name,date_start"
    (tmp_path / "list.csv").write_text(f"{header}\n{NAME},f,adult,SYR,Aleppo,Afrin,2024-01-01\n")
    with open_table(tmp_path / "list.csv") as text:
        assert known_columns(text) == {}
