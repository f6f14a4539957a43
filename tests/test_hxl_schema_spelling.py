"""Slips in the names of tagged tables: which columns have names, and which cells are told."""

from __future__ import annotations

import polars as pl
import pytest

from hxl_kit.standard.tags import parse_tag
from hxl_kit.validation.spelling import Names, holds_names

TAGS = ("#org", "#sector", "#adm1+name", "#country+code", "#affected", None)
HEADER = ("Org", "Sector", "Province", "Country", "Reached", "Note")


def names_of(rows, judged=(), size=None):
    """The issues of rows (organisation, sector, province, country) of a table that begins in row 3."""
    table = Names("data.csv", HEADER, [parse_tag(tag) if tag else None for tag in TAGS], judged)
    columns = list(zip(*rows, strict=True))
    cells = {name: list(columns[n]) for n, name in enumerate(HEADER[:4])}
    frame = pl.DataFrame(
        {
            "row_number": range(3, len(rows) + 3),
            **cells,
            "Reached": ["1"] * len(rows),
            "Note": ["x"] * len(rows),
        }
    )
    frame = frame.cast({"row_number": pl.UInt32, **dict.fromkeys(HEADER, pl.String)})
    for part in frame.iter_slices(size or frame.height):
        table.add(part)
    return [(issue.rule, issue.field, issue.row, issue.cell, issue.told()) for issue in table.issues()]


SOUND = [("Northern Relief", "Protection", "Riverlands", "EXA")] * 60 + [
    ("Hope", "WASH", "Uplands", "EXB")
] * 40


@pytest.mark.parametrize("size", [None, 7])
def test_a_name_that_is_almost_that_of_many_rows_is_told(size):
    slips = [("Northern Releif", "Protction", "Riverlandz", "EXA")]
    told = names_of([*SOUND, *slips], size=size)
    assert [(rule, field, row, cell) for rule, field, row, cell, _ in told] == [
        ("rare-spelling", "Org", 103, "A103"),
        ("rare-spelling", "Sector", 103, "B103"),
        ("rare-spelling", "Province", 103, "C103"),
    ]
    assert all("60 other rows" in said and "row 3" in said for *_, said in told)
    assert not any("Relief" in said or "Protection" in said for *_, said in told)


def test_white_space_makes_no_other_name():
    assert names_of([*SOUND, ("Northern  Relief ", " Protection", "Riverlands\u00a0", "EXA")]) == []


def test_places_are_compared_within_their_country():
    assert names_of([*SOUND, ("Hope", "WASH", "Riverlandz", "EXB")]) == []


def test_a_slip_that_comes_back_is_told_in_a_list():
    slips = [("Hope", "WASH", "Riverlandz", "EXA"), ("Hope", "Protection", "Uplands", "EXB")]
    told = names_of([*SOUND * 10, *slips * 4])
    assert {(field, row) for _, field, row, *_ in told} == {("Province", row) for row in range(1003, 1011, 2)}
    assert names_of([*SOUND, *slips * 4]) == []


def test_columns_that_are_judged_elsewhere_are_left():
    slips = [("Northern Releif", "Protction", "Riverlands", "EXA")]
    assert {field for _, field, *_ in names_of([*SOUND, *slips], judged={"Org"})} == {"Sector"}


@pytest.mark.parametrize(
    ("tag", "holds"),
    [
        ("#org", True),
        ("#org+name+en", True),
        ("#adm2+name", True),
        ("#adm2+code", False),
        ("#org+id", False),
        ("#sector+description", False),
        ("#affected", False),
        ("#contact+name", False),
        ("#meta+id", False),
    ],
)
def test_which_tags_are_of_names(tag, holds):
    assert holds_names(parse_tag(tag)) is holds


def test_a_table_without_names_has_no_slips():
    assert list(Names("t", ("a",), [None]).issues()) == []
    assert not holds_names(None)
