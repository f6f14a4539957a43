"""The rows to mend as a workbook: read back as they stood in the file, with the reasons beside them."""

import io
import os
import stat
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reports_for_tests import EVENTS, HEADER, NASTY, SECRET, TAGS, clean, faulty, few, issue, reports, table

from hxl_kit.errors import UsageError
from hxl_kit.reporting import xlsx
from hxl_kit.reporting.failing import failing
from hxl_kit.standard.messages import message_languages
from hxl_kit.validation.report import Report, TableFile, cell_address
from hxl_kit.validation.rows import rows_of


def read(*given_reports, language="en"):
    return openpyxl.load_workbook(io.BytesIO(xlsx.render(given_reports, language)))


def values(sheet):
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_rows_are_those_of_the_file_in_its_order(tmp_path):
    sheet = read(faulty(tmp_path))[EVENTS]
    found = values(sheet)
    assert found[0] == ["Row", "What is wrong", "What to do", *HEADER]
    assert found[1] == [None, None, None, *TAGS]
    assert [(row[0], row[3:]) for row in found[2:]] == [
        (4, ["e2", SECRET, "=1+1"]),
        (5, ["e3", "Aleppo\nwest", "twelve"]),
        (6, ["e4", "Homs", None]),
        (8, ["e2", "Hama", "5"]),
    ]


def test_cells_are_text_that_stays_text(tmp_path):
    sheet = read(faulty(tmp_path))[EVENTS]
    cells = [cell for row in sheet.iter_rows(min_row=3, min_col=4) for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.number_format for cell in cells} == {"@"}
    assert all(cell.quotePrefix for cell in cells)


def test_reasons_stand_beside_the_row(tmp_path):
    second = issue("outside", "warning", 4, "admin1_name", "lies outside {place}", params={"place": "SYR"})
    row = values(read(faulty(tmp_path, second))[EVENTS])[2]
    assert row[1].splitlines() == ["fatalities: is not of type integer", "admin1_name: lies outside SYR"]
    assert row[2]


def test_faulty_cells_are_marked_and_commented(tmp_path):
    sheet = read(faulty(tmp_path))[EVENTS]
    marked = {
        cell.coordinate
        for row in sheet.iter_rows(min_row=3)
        for cell in row
        if cell.fill.fgColor.rgb == "FFFFD9B3"
    }
    commented = {
        cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment
    }
    assert marked == set(commented) == {"F3", "F4", "D6"}
    assert commented["F3"].startswith("fatalities: is not of type integer\nWhat to do: ")


def test_an_empty_faulty_cell_is_marked_too(tmp_path):
    empty = issue("required", "error", 6, "fatalities", "is required and empty")
    sheet = read(faulty(tmp_path, empty))[EVENTS]
    assert sheet["F5"].value is None
    assert sheet["F5"].fill.fgColor.rgb == "FFFFD9B3"


@pytest.mark.parametrize(
    ("field", "columns"),
    [
        ("event_id/fatalities", {"D3", "F3"}),
        ("#adm1+name", {"E3"}),
        ("of no column", set()),
    ],
)
def test_columns_are_found_by_their_names_and_tags(tmp_path, field, columns):
    named = issue("some", "warning", 7, field, "repeats")
    report = replace(faulty(tmp_path), issues=(named,))
    sheet = read(report)[EVENTS]
    assert {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment} == columns


def test_the_first_sheet_says_that_it_is_private_and_what_is_elsewhere(tmp_path):
    workbook = read(faulty(tmp_path), clean(tmp_path))
    text = "\n".join(str(row[0]) for row in values(workbook.worksheets[0]))
    assert "Private: this workbook holds rows of the data" in text
    assert "the package: licenses: is missing" in text
    assert "Not in this workbook, for want of room: 7 findings" in text
    assert SECRET not in text
    assert workbook.sheetnames == ["Read me", EVENTS]


def test_notes_are_nothing_to_mend(tmp_path):
    note = issue("far", "info", 7, "fatalities", "is far from the others")
    assert [row[0] for row in values(read(faulty(tmp_path, note))[EVENTS])[2:]] == [4, 5, 6, 8]


def test_findings_of_rows_that_are_no_data_stay_on_the_first_sheet(tmp_path):
    header = issue("header", "error", 1, message="holds values")
    text = "\n".join(str(row[0]) for row in values(read(faulty(tmp_path, header)).worksheets[0]))
    assert "events.csv, row 1: holds values" in text


@pytest.mark.parametrize("language", message_languages())
def test_sheets_run_in_the_direction_of_the_language(tmp_path, language):
    workbook = read(faulty(tmp_path), language=language)
    assert {bool(sheet.sheet_view.rightToLeft) for sheet in workbook} == {language == "ar"}


def test_the_same_report_gives_the_same_bytes(tmp_path):
    report = faulty(tmp_path)
    assert xlsx.render([report], "en") == xlsx.render([report], "en")


def test_two_tables_of_one_name_have_sheets_of_their_own(tmp_path):
    names = read(faulty(tmp_path), faulty(tmp_path)).sheetnames
    assert names == ["Read me", EVENTS, f"{EVENTS}-2"]


def renamed(report, name):
    issues = tuple(replace(each, resource=name) for each in report.issues)
    return replace(report, issues=issues, tables={name: report.tables[EVENTS]}, unlisted=Counter())


@pytest.mark.parametrize(
    "name", [*NASTY, "a" * 50, "[a]:*?/\\b", "History", "read me", "''", "x" * 30 + "'y"]
)
def test_sheets_have_names_that_spreadsheets_take(tmp_path, name):
    names = read(renamed(faulty(tmp_path), name)).sheetnames
    assert len(names) == 2
    assert len({each.casefold() for each in names} | {"history"}) == 3
    assert all(0 < len(each) <= 31 and not set(each) & set("[]:*?/\\") for each in names)


@settings(max_examples=30)
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).filter(
            lambda text: text.strip()
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_cells_come_back_as_they_are(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("t") / "t.parquet"
    pl.DataFrame({"one": cells}).write_parquet(path)
    rows = range(1, len(cells) + 1)
    issues = tuple(issue("some", "error", row, message="is wrong", resource="t") for row in rows)
    sheet = read(Report(("t",), issues, len(cells), 1000, Counter(), {"t": TableFile(path)}))["t"]
    found = [unescaped(row[3]) for row in values(sheet)[1:]]
    assert found == cells


def unescaped(text):
    """What a spreadsheet shows: openpyxl leaves some of the codes of control characters as they are in the file."""
    return openpyxl.utils.escape.unescape(text)


@few
@given(report=reports())
def test_any_names_give_a_workbook(report):
    assert len(read(report).sheetnames) == 1


def test_a_cell_too_long_for_a_spreadsheet_says_so(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f"a,b\n{'x' * 40_000},2\n", encoding="utf-8")
    found = issue("some", "error", 2, message="is wrong", resource="t")
    cell = values(read(Report(("t",), (found,), 1, 1000, Counter(), {"t": TableFile(path)}))["t"])[1][3]
    assert len(cell) == xlsx.CELL_CHARACTERS
    assert cell.endswith("was cut off here.]")


def test_more_columns_than_a_sheet_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "SHEET_COLUMNS", 5)
    with pytest.raises(UsageError, match=r"3 columns do not fit a sheet \(2\)"):
        xlsx.render([faulty(tmp_path)], "en")


def test_more_rows_than_a_sheet_has_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(xlsx, "SHEET_ROWS", 5)
    with pytest.raises(UsageError, match="4 rows to mend do not fit a sheet"):
        xlsx.render([faulty(tmp_path)], "en")


def test_findings_of_a_file_that_cannot_be_read_again_stay_on_the_first_sheet(tmp_path):
    report = faulty(tmp_path)
    (tmp_path / EVENTS).unlink()
    workbook = read(report)
    text = "\n".join(str(row[0]) for row in values(workbook.worksheets[0]))
    assert workbook.sheetnames == ["Read me"]
    assert f"The rows of {EVENTS} cannot be shown: {tmp_path / EVENTS}: no such file" in text
    assert "– events.csv, row 4, fatalities: is not of type integer\nWhat to do: " in text


def test_a_row_with_too_many_cells_is_split_as_it_is(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,"x, y",3\n', encoding="utf-8")
    long = issue("row-cells", "error", 2, message="3 cells, expected 2", resource="t")
    report = Report(("t",), (long,), 1, 1000, Counter(), {"t": TableFile(path)})
    assert values(read(report)["t"])[1][3:] == ["1", "x, y", "3"]
    assert failing(report)[0].width == 3


def test_workbooks_are_read_again_from_their_sheet(tmp_path):
    path = tmp_path / "book.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "empty"
    sheet = book.create_sheet("data")
    for row in (["id", "killed"], ["x", 3], ["y", "many"]):
        sheet.append(row)
    book.save(path)
    found = issue("type-error", "error", 3, message="is wrong", resource="t")
    found = replace(found, cell=cell_address(3, 2))
    report = Report((str(path),), (found,), 2, 1000, Counter(), {"t": TableFile(path, "data")})
    assert values(read(report)["t"])[1][3:] == ["y", "many"]


def run(folder, *arguments):
    program = [sys.executable, "-X", "utf8", "-m", "hxl_kit", "validate", EVENTS, "--format", "xlsx"]
    return subprocess.run([*program, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_line_writes_rows_into_a_private_file_alone(tmp_path):
    table(tmp_path)
    refused = run(tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "-o report.xlsx" in refused.stderr
    written = run(tmp_path, "-o", "rows.xlsx", "--checks", "reading")
    assert written.returncode == 1
    assert SECRET not in written.stdout + written.stderr
    out = tmp_path / "rows.xlsx"
    assert os.name == "nt" or stat.S_IMODE(out.stat().st_mode) == 0o600
    assert 6 in [row[0] for row in values(openpyxl.load_workbook(out)[EVENTS])]


@given(st.sets(st.integers(0, 400)))
def test_rows_of_are_those_with_the_numbers(tmp_path_factory, numbers):
    path = tmp_path_factory.mktemp("t") / "t.csv"
    path.write_text("a\n" + "".join(f"v{n}\n" for n in range(2, 300)), encoding="utf-8")
    found = rows_of(TableFile(path), numbers)
    assert found.frame.rows() == [(n, f"v{n}") for n in sorted(numbers) if 2 <= n < 300]


def test_rows_of_a_table_have_its_heading_even_if_there_are_none(tmp_path):
    found = rows_of(TableFile(table(tmp_path)), ())
    assert found.header == HEADER
    assert tuple(map(str, found.tags)) == TAGS
    assert found.frame.columns == ["row_number", *HEADER]
    assert found.ragged == ()
