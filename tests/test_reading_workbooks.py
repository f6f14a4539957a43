"""XLSX: the sheet with the table, its cells as a person sees them."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import zipfile

import pytest
import xlsxwriter

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import ooxml, open_table

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


def test_headers_of_several_rows_are_refused(make):
    grouped = [["id", "Killed", None, None], [None, "men", "women", "children"], ["E1", 1, 2, 3]]
    message = refusal(make({"D": grouped}, change=lambda _, sheet: sheet.merge_range("B1:D1", "Killed")))
    assert "the header (row 2) has merged cells (B1:D1)" in message
    title = make({"D": [[], HEADER, ROW]}, change=lambda _, sheet: sheet.merge_range("A1:D1", "Title"))
    assert read(title)[0].header == tuple(HEADER)


def test_duplicate_names(make):
    assert "duplicate column names: n" in refusal(make({"D": [["n", "n"], [1, 2]]}))


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
