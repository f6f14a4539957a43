"""Workbooks: the sheets with tables, their cells as a person sees them."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
import xlsxwriter
from xlsb_for_tests import write_xlsb

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import ooxml, open_table, open_tables

DATA = Path(__file__).parent / "data" / "reading"
HEADER = ["id", "date", "place", "n"]
ROW = ["E1", "2024-03-01", "Taiz", 3]


@pytest.fixture
def make(tmp_path):
    def build(sheets, name="t.xlsx", change=None, **options):
        path = tmp_path / name
        with xlsxwriter.Workbook(path, options) as book:
            for title, rows in sheets.items():
                sheet = book.add_worksheet(title)
                for n, row in enumerate(rows):
                    sheet.write_row(n, 0, row)
                if change:
                    change(book, sheet)
        return path

    return build


def read(path, **options):
    with open_table(path, **options) as table:
        return table, [row for batch in table.batches() for row in batch.frame.rows()]


def refusal(path, **options):
    with pytest.raises(InputError) as caught:
        read(path, **options)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    return message.removeprefix(f"{path}: ")


def test_a_plain_sheet(make):
    table, rows = read(make({"Data": [HEADER, ROW, ROW]}))
    assert rows == [(2, "E1", "2024-03-01", "Taiz", "3"), (3, "E1", "2024-03-01", "Taiz", "3")]
    assert (table.format, table.sheet, table.header) == ("xlsx", "Data", tuple(HEADER))
    assert (table.encoding, table.delimiter, table.first_row) == ("", "", 2)
    assert table.notes == ("sheet 'Data'",)


def test_cells_read_as_they_are_shown(make):
    def fill(book, sheet):
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        clock = book.add_format({"num_format": "hh:mm"})
        sheet.write_datetime(1, 1, dt.datetime(2024, 3, 1), day)  # noqa: DTZ001
        sheet.write_datetime(2, 1, dt.datetime(2024, 3, 1, 4, 5, 6), moment)  # noqa: DTZ001
        sheet.write_datetime(3, 1, dt.time(13, 30), clock)
        for row, value in enumerate([1, 1.0, 0.1 + 0.2, -5, 33.340581999999998, 2**40, 1e-7, True, False], 4):
            sheet.write(row, 1, value)
        sheet.write_formula(13, 1, "=NA()", None, "#N/A")
        sheet.write_formula(14, 1, "=1/0", None, "#DIV/0!")
        sheet.write_formula(15, 1, "=A1", None, "kept")
        sheet.write_string(16, 1, " 007 ")
        sheet.write_string(17, 1, "x\ny")

    table, rows = read(make({"Data": [["what", "value"], *[[str(n)] for n in range(1, 18)]]}, change=fill))
    assert [row[2] for row in rows] == [
        *("2024-03-01", "2024-03-01T04:05:06", "13:30:00"),
        *("1", "1", "0.3", "-5", "33.340582", "1099511627776", "0.0000001", "true", "false"),
        *("#N/A", "#DIV/0!", "kept", " 007 ", "x\ny"),
    ]
    assert "3 formulas read as stored values" in table.notes


def test_dates_of_1904_workbooks(make):
    def fill(book, sheet):
        sheet.write_datetime(1, 1, dt.datetime(2024, 1, 2), book.add_format({"num_format": "yyyy-mm-dd"}))  # noqa: DTZ001

    assert read(make({"D": [["a", "b"], ["x"]]}, change=fill, date_1904=True))[1] == [(2, "x", "2024-01-02")]


def test_errors_below_empty_rows_and_columns_keep_their_place(make):
    def fill(_, sheet):
        sheet.write_row(4, 3, ["name", "n"])
        sheet.write_row(5, 3, ["A", 1])
        sheet.write(6, 3, "B")
        sheet.write_formula(6, 4, "=NA()", None, "#N/A")
        sheet.write_row(8, 3, ["C", 3])

    table, rows = read(make({"D": []}, change=fill))
    assert rows == [(6, "A", "1"), (7, "B", "#N/A"), (9, "C", "3")]
    assert (table.first_row, table.header) == (6, ("name", "n"))


def test_title_rows_and_hashtags(make):
    tags = ["#event+id", "#date", "#adm1", "#affected+killed"]
    table, rows = read(make({"D": [["Title"], [], HEADER, tags, ROW]}))
    assert [str(tag) for tag in table.tags] == tags
    assert rows[0][:2] == (5, "E1")
    assert table.notes == ("sheet 'D'", "2 rows above the header skipped", "hashtag row 4 removed")
    assert read(make({"D": [["Title"], [], HEADER, ROW]}))[0].first_row == 4


def test_years_are_column_names(make):
    assert read(make({"D": [["country", 2010, 2011, 2012], ["A", 1, 2, 3]]}))[0].header[1:] == (
        "2010",
        "2011",
        "2012",
    )


def test_the_data_sheet_is_found_and_said(make):
    prose = [
        ["About this workbook"],
        ["A long explanation of what is in it and how it was counted, by whom. " * 2],
    ]
    terms = [["Licence", "CC BY 4.0"], ["Citation", "x"]]
    table, _ = read(make({"Read me": terms, "Intro": prose, "Data": [HEADER, ROW]}))
    assert table.sheet == "Data"
    assert table.notes == ("sheet 'Data' of 3 (others: Read me, Intro)",)


def test_several_tables_are_asked_about(make):
    path = make({"One": [HEADER, ROW], "Two": [HEADER, ROW], "Old": [HEADER]})
    assert refusal(path) == "2 sheets hold a table (One, Two); name one: --sheet NAME"
    assert read(path, sheet="Two")[0].notes == ("sheet 'Two' of 3 (others: One, Old)",)
    assert "no sheet 'Tow'; did you mean 'Two'? (sheets: One, Two, Old)" in refusal(path, sheet="Tow")


def test_hidden_sheets_are_not_chosen(make):
    def hide(_, sheet):
        if sheet.name == "Secret":
            sheet.hide()

    path = make({"Front": [["Hello"]], "Secret": [HEADER, ROW]}, change=hide)
    assert refusal(path) == "no visible sheet holds a table (hidden: Secret); name one: --sheet NAME"
    assert read(path, sheet="Secret")[0].notes == ("hidden sheet 'Secret' of 2 (others: Front)",)


def test_header_only_and_empty(make):
    assert read(make({"D": [HEADER]}))[1] == []
    assert refusal(make({"D": []})).startswith("is empty")
    assert "is empty or has no header row" in refusal(make({"D": [], "E": [HEADER]}), sheet="D")


def test_what_does_not_show_is_told(make):
    def change(_, sheet):
        sheet.merge_range("C2:C3", "Taiz")
        sheet.set_column("D:D", None, None, {"hidden": True})
        sheet.set_row(2, None, None, {"hidden": True})
        sheet.write_formula(1, 3, "='[other.xlsx]S'!A1", None, 3)
        sheet.write_formula(2, 3, "=1+1", None, "")

    table, rows = read(make({"D": [HEADER, ROW, ["E2", "2024-03-02", None, 3]]}, change=change))
    assert [row[3] for row in rows] == ["Taiz", None]
    assert table.notes == (
        "sheet 'D'",
        "hidden columns are read too",
        "1 hidden row read too (a filter?)",
        "merged cells hold their value in the first cell alone: C2:C3",
        "formulas link to other workbooks: their stored values are read, nothing is fetched",
        "1 formula read as stored values",
        "1 formula without a stored value read as empty cells",
    )


def merged(*ranges):
    """A change that merges ranges ("B1:D1", text) of every sheet."""

    def change(_, sheet):
        for reference, text in ranges:
            sheet.merge_range(reference, text)

    return change


def test_groups_above_the_header(make):
    grouped = [["id"], [None, "men", "women", "children"], ["E1", 1, 2, 3]]
    change = merged(("A1:A2", "id"), ("B1:D1", "Killed"))
    table, rows = read(make({"D": grouped}, change=change))
    assert table.header == ("id", "men", "women", "children")
    assert (rows, table.first_row) == ([(3, "E1", "1", "2", "3")], 3)
    assert "row 1 of the header groups columns: Killed (3)" in table.notes


def test_groups_tell_repeated_names_apart(make):
    rows = [
        ["Report of March"],
        [],
        ["Place", None, "Killed", None, "Hurt", None, "Total"],
        ["Name", "Code", "Men", "Women", "Men", "Women", None],
        ["Taiz", "YE15", 1, 2, 3, 4, 10],
    ]
    change = merged(
        *(("A1:G1", "Report of March"), ("A3:B3", "Place"), ("C3:D3", "Killed")),
        *(("E3:F3", "Hurt"), ("G3:G4", "Total")),
    )
    table, found = read(make({"D": rows}, change=change))
    killed, hurt = ("Killed / Men", "Killed / Women"), ("Hurt / Men", "Hurt / Women")
    assert table.header == ("Name", "Code", *killed, *hurt, "Total")
    assert found == [(5, "Taiz", "YE15", "1", "2", "3", "4", "10")]
    assert "column names that repeat got their group: Men, Women" in table.notes


def test_three_levels(make):
    rows = [
        ["Area", "Casualties", None, None, None],
        [None, "Killed", None, "Hurt", None],
        [None, "f", "m", "f", "m"],
        ["Taiz", 1, 2, 3, 4],
    ]
    change = merged(("A1:A3", "Area"), ("B1:E1", "Casualties"), ("B2:C2", "Killed"), ("D2:E2", "Hurt"))
    table, found = read(make({"D": rows}, change=change))
    assert table.header == (
        "Area",
        *("Casualties / Killed / f", "Casualties / Killed / m"),
        *("Casualties / Hurt / f", "Casualties / Hurt / m"),
    )
    assert [row[0] for row in found] == [4]


def test_groups_are_those_of_their_columns_in_a_table_that_begins_further_right(make):
    def fill(_, sheet):
        sheet.merge_range("D2:E2", "Killed")
        sheet.merge_range("F2:G2", "Hurt")
        sheet.write_row(2, 2, ["id", "m", "f", "m", "f"])
        sheet.write_row(3, 2, ["E1", 1, 2, 3, 4])

    table, _ = read(make({"D": []}, change=fill))
    assert table.header == ("id", "Killed / m", "Killed / f", "Hurt / m", "Hurt / f")


def test_groups_above_hashtags(make):
    rows = [
        ["Place", "Health", None, "Food"],
        [None, "Target", "Reached", "Target"],
        ["#adm1", "#targeted+health", "#reached", "#targeted+food"],
        ["Taiz", 1, 2, 3],
    ]
    table, _ = read(make({"D": rows}, change=merged(("A1:A2", "Place"), ("B1:C1", "Health"))))
    assert table.header == ("Place", "Health / Target", "Reached", "Food / Target")
    assert str(table.tags[3]) == "#targeted+food"


def test_a_merged_header_over_what_could_be_data_is_refused(make):
    rows = [["Person", None, "place"], ["Ali", "Saleh", "Taiz"], ["Hana", "Nasr", "Aden"]]
    message = refusal(make({"D": rows}, change=merged(("A1:B1", "Person"))))
    assert "sheet 'D': the header (row 1) has merged cells (A1:B1), and row 2 could name columns" in message


def test_a_merged_header_over_numbers_names_its_first_column(make):
    rows = [["place", "n", None], ["Taiz", 1, 2], ["Aden", 3, 4]]
    table, found = read(make({"D": rows}, change=merged(("B1:C1", "n"))))
    assert table.header == ("place", "n", "column 3")
    assert len(found) == 2


def test_a_title_merged_over_the_table_is_no_group(make):
    title = make({"D": [[], HEADER, ROW]}, change=merged(("A1:D1", "Title")))
    table = read(title)[0]
    assert table.header == tuple(HEADER)
    assert "1 row above the header skipped" in table.notes


def test_duplicate_names(make):
    assert "duplicate column names: n" in refusal(make({"D": [["n", "n"], [1, 2]]}))


NOT_READ = (
    "not read: sheet 'Bad': duplicate column names: n (the first in columns 1, 2); "
    "give each column its own name"
)


def test_every_sheet_with_a_table(make):
    path = make(
        {"One": [HEADER, ROW], "Bad": [["n", "n"], [1, 2]], "Read me": [["a", "b"]], "Two": [HEADER, ROW]}
    )
    with open_tables(path) as tables:
        assert [table.sheet for table in tables] == ["One", "Two"]
        assert all(len(next(table.batches()).frame) == 1 for table in tables)
        assert tables[0].notes == (
            "sheet 'One' of 4 (others: Bad, Read me, Two)",
            NOT_READ,
        )
    with open_tables(path, sheet="Two") as tables:
        assert [table.sheet for table in tables] == ["Two"]
    assert "duplicate column names" in refusal(path, sheet="Bad")


@pytest.mark.parametrize("since_1904", [False, True])
def test_the_date_system_is_told(make, tmp_path, since_1904):
    expected = "1904" if since_1904 else "1900"
    assert read(make({"D": [HEADER, ROW]}, date_1904=since_1904))[0].date_system == expected
    sheets = {"Events": [["id", "date", "n"], ["E1", 45352 - 1462 * since_1904, 0.5]], "Old": [["a", "b"]]}
    path = write_xlsb(tmp_path / "t.xlsb", sheets, dates=(1,), hidden=("Old",), since_1904=since_1904)
    table, rows = read(path)
    assert (table.format, table.date_system) == ("xlsb", expected)
    assert rows == [(2, "E1", "2024-03-01", "0.5")]
    assert table.notes == (
        "sheet 'Events' of 2 (others: Old)",
        "hidden sheets stay in the file, unread: Old",
    )


@pytest.mark.parametrize("name", ["events.xls", "events1904.xls", "events.ods"])
def test_older_workbooks(name):
    with open_tables(DATA / name) as tables:
        found = {table.sheet: next(table.batches()).frame.rows() for table in tables}
    first, last = "Taïz", " 007 "
    error = None if name.endswith("ods") else "#N/A"
    assert found["Events"] == [
        (2, "E1", "2024-03-01", first, "3"),
        (3, "E2", "2024-03-02T04:05:06", "حلب", error),
        (5, "E3", None, last, "0.5"),
    ]
    assert list(found) == ["Events", "Groups"]
    assert tables[0].date_system == ("1904" if "1904" in name else "1900")
    assert tables[1].header == ("id", "men", "women")
    assert any("1 error cell" in note for note in tables[0].notes) == name.endswith("ods")
    assert read(DATA / name, sheet="Old")[1] == [(2, "X", "1")]


@pytest.mark.parametrize("name", ["events.xls", "events.ods"])
def test_older_workbooks_cut_short(name, tmp_path):
    whole = (DATA / name).read_bytes()
    rows = read(DATA / name, sheet="Events")[1]
    path = tmp_path / name
    for size in range(600, len(whole), 397):
        path.write_bytes(whole[:size])
        with suppress(InputError):
            assert read(path, sheet="Events")[1] == rows


@pytest.mark.parametrize("declared", [b"A1", b"B2:B2", b"A1:XFD1048576", None])
def test_wrong_declared_dimensions(make, declared):
    def change(name, part):
        if name != "xl/worksheets/sheet1.xml":
            return part
        element = b"" if declared is None else b'<dimension ref="' + declared + b'"/>'
        return re.sub(rb'<dimension ref="[^"]*"/>', element, part)

    table, rows = read(rewritten(make({"D": [HEADER, *[ROW] * 5]}), change))
    assert (table.header, len(rows)) == (tuple(HEADER), 5)


def test_formatted_empty_cells_are_no_part_of_the_table(make):
    def change(book, sheet):
        for row in range(2498):
            sheet.write_blank(row, 1038, None, book.add_format({"bold": True}))
            sheet.write_blank(row, 5, None, book.add_format({"bold": True}))

    table, rows = read(make({"D": [HEADER, ROW]}, change=change))
    assert (table.header, len(rows)) == (tuple(HEADER), 1)


def test_blank_rows_are_counted(make):
    path = make({"D": [HEADER, ROW, [], [" ", None, "\t"], ROW, ["Total", None, None, 6]]})
    with open_table(path) as table:
        (batch,) = table.batches()
    assert batch.frame["row_number"].to_list() == [2, 5, 6]
    assert batch.blank == 2


def test_hashtags_with_white_space_and_capitals(make):
    tags = ["#adm1+name\t", "#geo +lat", "#adm1+Code", " #SECTOR"]
    table, _ = read(make({"D": [["a", "b", "c", "d"], tags, [1, 2, 3, 4]]}))
    assert [str(tag) for tag in table.tags] == ["#adm1+name", "#geo+lat", "#adm1+code", "#sector"]


def test_notes_beside_the_table_keep_their_place(make):
    rows = [HEADER, [*ROW, None, None, "provisional"], ROW]
    table, found = read(make({"D": rows}))
    assert table.header == (*HEADER, "column 5", "column 6", "column 7")
    assert [row[7] for row in found] == ["provisional", None]


def test_empty_columns_at_the_end(make):
    def change(book, sheet):
        sheet.write_blank(0, 6, None, book.add_format({"bold": True}))

    assert read(make({"D": [HEADER, ROW]}, change=change))[0].header == tuple(HEADER)
    table, _ = read(make({"D": [HEADER, [*ROW, "stray"]]}))
    assert table.header == (*HEADER, "column 5")


def test_in_a_zip(make, tmp_path):
    with zipfile.ZipFile(tmp_path / "t.zip", "w") as archive:
        archive.write(make({"D": [HEADER, ROW]}), "folder/t.xlsx")
    table, rows = read(tmp_path / "t.zip")
    assert len(rows) == 1
    assert table.notes[0] == "member 'folder/t.xlsx' of the zip"


def test_the_encoding_is_its_own(make):
    with pytest.raises(UsageError, match="leave out --encoding"):
        read(make({"D": [HEADER, ROW]}), encoding="cp1252")


def rewritten(path, change):
    """The workbook with its parts passed through `change(name, content)`; None leaves a part out."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    path.write_bytes(content.getvalue())
    return path


def test_macros(make):
    path = make({"D": [HEADER, ROW]})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", "x")
    assert "holds macros" in refusal(path)
    macro = path.with_suffix(".xlsm")
    shutil.copy(path, macro)
    assert "holds macros" in refusal(macro)


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"]
)
@pytest.mark.parametrize("content", [None, b"", b"<broken", b'<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>'])
def test_broken_parts(make, part, content):
    path = rewritten(make({"D": [HEADER, ROW]}), lambda name, old: content if name == part else old)
    refusal(path)


def test_cut_and_damaged_workbooks(make):
    path = make({"D": [HEADER, ROW]})
    whole = path.read_bytes()
    for size in range(1, len(whole), 97):
        path.write_bytes(whole[:size])
        assert "corrupt" in refusal(path) or size < 4
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        place = archive.getinfo("xl/sharedStrings.xml").header_offset + 60
    path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
    assert "is cut short or corrupt (XLSX)" in refusal(path)


def test_bombs(make, monkeypatch):
    monkeypatch.setattr(ooxml, "RATIO_FREE_BYTES", 10_000)
    path = rewritten(
        make({"D": [HEADER, ROW]}),
        lambda name, old: old + b" " * 10_000_000 if name.endswith("sheet1.xml") else old,
    )
    assert "decompression bomb" in refusal(path)


def test_many_rows_and_merges_across_parts(make, monkeypatch):
    monkeypatch.setattr(ooxml, "CHUNK_BYTES", 500)

    def merge(_, sheet):
        for n in range(1, 301, 2):
            sheet.merge_range(n, 2, n + 1, 2, "x")
            sheet.set_row(n, None, None, {"hidden": True})

    table, rows = read(make({"D": [HEADER, *[ROW] * 301]}, change=merge))
    assert len(rows) == 301
    assert any(note.startswith("150 hidden rows") for note in table.notes)
    assert any(note.endswith("and 142 more") for note in table.notes)
