"""The benchmark of planted errors: what it plants, how it judges, and that hxl-kit finds what libhxl does not."""

from __future__ import annotations

import csv
import importlib
import sys
from pathlib import Path

import pytest

from hxl_kit.reading import open_table
from hxl_kit.validation.engine import validate
from hxl_kit.validation.hxl_schemas import SchemaFile
from hxl_kit.validation.report import cell_address

ROWS = 2_000
SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture(scope="module")
def planted_errors():
    """The script that plants errors."""
    sys.path.insert(0, str(SCRIPTS))
    yield importlib.import_module("bench_hxl_errors")
    sys.path.pop(0)


@pytest.fixture(scope="module")
def bench_hxl(planted_errors):
    """The script of the benchmark."""
    return importlib.import_module("bench_hxl")


@pytest.fixture(scope="module")
def planted(tmp_path_factory, planted_errors):
    """The table and its errors."""
    path = tmp_path_factory.mktemp("planted") / "planted.csv"
    return path, planted_errors.plant(path, ROWS)


def test_errors_are_planted_one_in_a_row_and_the_same_every_time(planted, planted_errors, tmp_path):
    path, errors = planted
    again = tmp_path / "again.csv"
    assert planted_errors.plant(again, ROWS) == errors
    assert again.read_bytes() == path.read_bytes()
    assert len({error.row for error in errors}) == len(errors)
    kinds = [error.kind for error in errors]
    assert {kind: kinds.count(kind) for kind in kinds} == dict.fromkeys(planted_errors.KINDS, 23)


def test_planted_cells_are_what_their_kind_says(planted, planted_errors):
    path, errors = planted
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    cells = {
        kind: [rows[e.row - 1][e.column - 1] for e in errors if e.kind == kind]
        for kind in planted_errors.KINDS
    }
    assert all(abs(float(cell)) > 90 for cell in cells["latitude"])
    assert all("," in cell for cell in cells["comma number"])
    assert all(cell != " ".join(cell.split()) for cell in cells["padded cell"])
    assert all(max(map(int, cell.split("/")[:2])) <= 12 for cell in cells["ambiguous date"])
    columns = {e.column for e in errors if e.kind == "typo"}
    sound = {column: {row[column - 1].strip() for row in rows[2:] if row} for column in columns}
    assert columns == {planted_errors.TAGS.index(tag) + 1 for tag in planted_errors.NAMED}
    assert all(len(names) > 3 for names in sound.values())


def test_marks_are_judged_by_cell(planted_errors):
    errors = [planted_errors.Planted(3, 2, "typo"), planted_errors.Planted(4, 1, "latitude")]
    marks = [
        ("a", "error", 3, 2),
        ("b", "info", 3, 2),
        ("c", "error", 4, 5),
        ("d", "info", 9, 1),
        ("e", "error", None, 1),
    ]
    judged = planted_errors.judge(errors, marks)
    assert judged.found == {"typo": 1}
    assert judged.false == {"d (info)": 1}
    assert judged.columns == {"e (error)": 1}


def test_the_table_is_tagged_and_valid_but_for_what_is_planted(planted, planted_errors, bench_hxl, tmp_path):
    path, errors = planted
    with open_table(path) as text:
        assert [str(tag) for tag in text.tags] == list(planted_errors.TAGS)
    nine = bench_hxl.nine_rules(tmp_path / "nine.csv", **bench_hxl.OF_PLANTED)
    report = validate(path, ["all"], limit=10**6, hxl_schema=SchemaFile(nine))
    cells = {cell_address(error.row, error.column): error.kind for error in errors}
    spoilt = {error.row for error in errors}
    assert [issue.rule for issue in report.issues if issue.row and issue.row not in spoilt] == []
    found = {cell for issue in report.issues if (cell := issue.cell) in cells}
    missed = [cells[cell] for cell in cells.keys() - found]
    assert set(missed) <= {"typo"}
    assert len(missed) <= 0.5 * sum(kind == "typo" for kind in cells.values())
