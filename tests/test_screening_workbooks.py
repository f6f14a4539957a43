"""Screening what a workbook holds beside its tables. All people are made up."""

import openpyxl
import pytest
from openpyxl.comments import Comment

from hxl_kit.reading import open_tables
from hxl_kit.screening import hidden_columns, screen_table, screen_workbook
from hxl_kit.screening.hidden import _hidden

CANARY_MAIL = "zebulon.quartzfeather@example.org"


@pytest.fixture
def book(tmp_path):
    """A workbook with something personal in each of its corners; only its counts are visible."""
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.title = "Data"
    for row in (["adm1", "killed", "phone"], ["Ibb", 3, "+967 700 000 001"], ["Taiz", 4, "+967 700 000 002"]):
        sheet.append(row)
    sheet.column_dimensions["C"].hidden = True
    sheet["B3"].comment = Comment(f"ask {CANARY_MAIL}", "Zebulon Quartzfeather")
    hidden = made.create_sheet("Names")
    for row in (["first_name", "village"], ["Maria", "A"], ["Jean", "B"]):
        hidden.append(row)
    hidden.sheet_state = "hidden"
    about = made.create_sheet("README")
    about.append([f"Questions to {CANARY_MAIL}, who made this table for the team."])
    made.properties.creator = "Zebulon Quartzfeather"
    path = tmp_path / "book.xlsx"
    made.save(path)
    return path


def test_every_corner_is_looked_at(book):
    found = list(screen_workbook(book))
    assert {(f.slug, f.part, f.resource) for f in found} >= {
        ("person-name", "hidden sheet", "book.xlsx:Names"),
        ("person-email", "cells", "book.xlsx:README"),
        ("person-email", "comment", "book.xlsx"),
        ("document-author", "comment", "book.xlsx"),
        ("document-author", "property", "book.xlsx"),
    }
    comment = next(f for f in found if (f.slug, f.part) == ("person-email", "comment"))
    assert comment.rows.first == (3,)


def test_no_value_is_told(book):
    assert "zebulon" not in repr(list(screen_workbook(book))).lower()


def test_hidden_columns_are_read_and_known(book):
    with open_tables(book) as tables:
        found = [finding for table in tables for finding in screen_table(table)]
    assert {(f.slug, f.column, f.part) for f in found} == {("person-phone", "phone", "hidden column")}
    assert hidden_columns(book, "Data") == (3,)


def test_other_files_hold_nothing_beside(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n1,2\n")
    assert list(screen_workbook(path)) == []


def test_a_plain_workbook_raises_nothing(tmp_path):
    made = openpyxl.Workbook()
    for row in (["adm1", "killed"], ["Ibb", 3], ["Taiz", 4]):
        made.active.append(row)
    path = tmp_path / "plain.xlsx"
    made.save(path)
    assert list(screen_workbook(path)) == []


def test_hidden_columns_are_counted_from_the_first_with_cells(tmp_path):
    made = openpyxl.Workbook()
    for row in ([None, None, "adm1", "phone"], [None, None, "Ibb", "+967 700 000 001"]):
        made.active.append(row)
    made.active.column_dimensions["C"].hidden = True
    path = tmp_path / "shifted.xlsx"
    made.save(path)
    with open_tables(path) as tables:
        found = [finding for table in tables for finding in screen_table(table)]
    assert [(f.column, f.part) for f in found] == [("phone", "cells")]


@pytest.mark.parametrize(
    "element",
    [b'<col hidden="1"/>', b'<col min="x" max="3" hidden="1"/>', b'<col width="a" min="1" max="1"/>'],
)
def test_a_broken_description_of_columns_hides_none(element):
    assert _hidden(b"<worksheet><cols>" + element + b"</cols>") == ()


@pytest.mark.parametrize(
    "element", [b'<col min="2" max="3" hidden="true"/>', b'<x:col width="0.0" max="3" min="2"/>']
)
def test_columns_hidden_or_without_width(element):
    assert _hidden(b"<worksheet><cols>" + element + b"</cols>") == (2, 3)
