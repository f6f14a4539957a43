"""Parquet: every cell as the text it would be in a CSV file, or refused."""

from __future__ import annotations

import datetime as dt
import tempfile
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import columnar, open_table


@pytest.fixture
def write(tmp_path):
    def make(table, **options):
        path = tmp_path / "t.parquet"
        parquet.write_table(table if isinstance(table, pa.Table) else pa.table(table), path, **options)
        return path

    return make


def rows(path, **options):
    with open_table(path, **options) as table:
        return table, [row for batch in table.batches() for row in batch.frame.rows()]


def cells(path):
    return [row[1] for row in rows(path)[1]]


def refusal(path):
    with pytest.raises(InputError) as caught:
        rows(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


def test_table(write):
    table, found = rows(write({"id": [1, 2], "place": ["Ma'rib", None]}))
    assert (table.format, table.sheet, table.encoding, table.delimiter) == ("parquet", None, "", "")
    assert table.header == ("id", "place")
    assert table.first_row == 1
    assert found == [(1, "1", "Ma'rib"), (2, "2", None)]


KHARTOUM = pa.timestamp("us", tz="Africa/Khartoum")
MOMENT = dt.datetime(2024, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (18446744073709551615, pa.uint64(), "18446744073709551615"),
        (-7, pa.int8(), "-7"),
        (3.0, pa.float64(), "3"),
        (0.1, pa.float64(), "0.1"),
        (0.1, pa.float32(), "0.1"),
        (float("nan"), pa.float64(), "NaN"),
        (Decimal("1.50"), pa.decimal128(10, 2), "1.50"),
        (True, pa.bool_(), "true"),
        (False, pa.bool_(), "false"),
        (dt.date(2024, 1, 2), pa.date32(), "2024-01-02"),
        (dt.datetime(2024, 1, 2), pa.timestamp("ms"), "2024-01-02"),  # noqa: DTZ001
        (dt.datetime(2024, 1, 2, 3, 4, 5), pa.timestamp("us"), "2024-01-02T03:04:05"),  # noqa: DTZ001
        (MOMENT, KHARTOUM, "2024-01-02T05:04:05+02:00"),
        (dt.datetime(2024, 1, 2, tzinfo=dt.UTC), pa.timestamp("s", tz="UTC"), "2024-01-02T00:00:00+00:00"),
        (dt.time(1, 2, 3), pa.time32("s"), "01:02:03"),
        (" x ", pa.large_string(), " x "),
        ("x", pa.dictionary(pa.int8(), pa.string()), "x"),
        ("", pa.string(), None),
    ],
)
def test_cells(write, value, kind, text):
    column = pa.array([value, value if value == "" else None], kind)
    found = rows(write({"a": column, "b": ["-", "-"]}))[1]
    assert found == [(1, text, "-"), (2, None, "-")]


@given(st.lists(st.floats(allow_nan=False, width=64), min_size=1, max_size=20))
def test_floats_are_exact(values):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        parquet.write_table(pa.table({"a": pa.array(values, pa.float64())}), path)
        assert [float(cell) for cell in cells(path)] == values


def test_batches_and_row_groups_number_all_rows(write, monkeypatch):
    monkeypatch.setattr(columnar, "BATCH_ROWS", 3)
    values = [None if n % 5 == 0 else n for n in range(1, 21)]
    path = write({"a": values}, row_group_size=7)
    with open_table(path) as table:
        batches = list(table.batches())
        again = list(table.batches())
    assert len(batches) > 3
    assert sum(batch.blank for batch in batches) == 4
    assert [row for batch in batches for row in batch.frame.rows()] == [
        (n, str(n)) for n in range(1, 21) if n % 5
    ]
    assert [batch.frame.rows() for batch in again] == [batch.frame.rows() for batch in batches]


def test_hashtags_in_the_first_row(write):
    table, found = rows(write({"Country": ["#country+code", "YEM"], "Killed": ["#affected+killed", "3"]}))
    assert [str(tag) for tag in table.tags] == ["#country+code", "#affected+killed"]
    assert table.first_row == 2
    assert found == [(2, "YEM", "3")]


@pytest.mark.parametrize(
    ("column", "says"),
    [
        (pa.array([[{"name": "Amal"}]]), "people (list)"),
        (pa.array([{"name": "Amal"}]), "people (struct)"),
        (pa.array([b"Amal"]), "people (binary)"),
        (pa.array([dt.timedelta(1)]), "people (duration)"),
    ],
)
def test_columns_that_are_no_cells_are_named(write, column, says):
    message = refusal(write({"id": [1], "people": column}))
    assert says in message
    assert "Amal" not in message


def test_equal_names_are_refused(write):
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    assert "duplicate column names: a" in refusal(write(table))


def test_no_rows_and_metadata_are_told(write):
    table = pa.table({"a": pa.array([], pa.string())}).replace_schema_metadata({"author": "Amal"})
    read, found = rows(write(table))
    assert found == []
    assert read.notes == ("no rows", "the file's own metadata is left out: author")


def test_damage_is_refused_wherever_the_file_is_cut(write):
    path = write({"a": ["x" * 50, "y"] * 50})
    whole = path.read_bytes()
    for size in range(4, len(whole), 7):
        path.write_bytes(whole[:size])
        assert "is cut short or corrupt (Parquet" in refusal(path)


def test_damaged_page_is_found_by_its_checksum(write):
    path = write({"a": list(range(500))}, write_page_checksum=True, compression="none", use_dictionary=False)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 3] ^= 0xFF
    path.write_bytes(whole)
    assert "checksums" in refusal(path)


@pytest.mark.parametrize("option", ["encoding", "sheet"])
def test_options_that_do_not_apply(write, option):
    with pytest.raises(UsageError, match=f"leave out --{option}"):
        rows(write({"a": [1]}), **{option: "x"})
