"""What whole tables are reduced to, whichever of their columns are there."""

import datetime as dt

import polars as pl
import pytest

from hxl_kit.checks.reducing import Columns, hashed
from hxl_kit.checks.theme import Context, themes
from hxl_kit.standard.tables import table, table_names

CELLS = {
    "string": ["SY0201", "a town of blue and red roofs by the sea", None],
    "integer": [2024, 0, None],
    "number": [2024.0, 36.5, None],
    "date": [dt.date(2024, 3, 1), dt.date(9999, 12, 31), None],
    "boolean": [True, False, None],
}
COMPARING = [theme for theme in themes() if theme.name in ("arithmetic", "duplicates", "outliers")]


@pytest.mark.parametrize("theme", COMPARING, ids=lambda theme: theme.name)
@pytest.mark.parametrize("name", table_names())
def test_one_column_is_enough(theme, name):
    for field in table(name).fields:
        rows = pl.DataFrame({field.name: CELLS[field.type]}).with_row_index("row_number", 2)
        kept = theme.kept(name, rows.columns)
        if kept:
            assert rows.select(kept).height == rows.height, field.name


@pytest.mark.parametrize("theme", COMPARING, ids=lambda theme: theme.name)
def test_tables_of_one_column_break_no_rule(theme):
    for name in table_names():
        tables = {
            other: pl.DataFrame(schema={"row_number": pl.UInt32}).select(theme.kept(other, ()))
            for other in table_names()
            if theme.kept(other, ())
        }
        for field in table(name).fields:
            rows = pl.DataFrame({field.name: CELLS[field.type] * 20}).with_row_index("row_number", 2)
            if name in tables:
                tables[name] = rows.select(theme.kept(name, rows.columns))
            for rule in theme.table_rules(name, Context()):
                assert "row_number" in rule.found(tables).columns


def test_a_hash_tells_columns_apart_and_counts_empty_cells():
    rows = pl.DataFrame({"row_number": [2, 3, 4], "sex": ["a", "b", None], "age_group": ["b", "a", "a"]})
    columns = Columns("casualties", rows.columns)
    hashes = rows.select(both=columns.hash("sex", "age_group"), id=columns.id("sex"))
    assert hashes["both"].n_unique() == 3
    assert hashes["id"].null_count() == 1
    assert rows.select(columns.hash("harm", "cause")).to_series().n_unique() == 1
    assert (
        rows.select(hashed([pl.col("sex"), pl.col("age_group")])).to_series().to_list()
        == hashes["both"].to_list()
    )
