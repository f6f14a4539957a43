"""No rows stop a check: whatever columns a table has and whatever its cells hold, validation ends in a report."""

from __future__ import annotations

import csv
import importlib
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packages_for_tests import write_package

from hxl_kit.checks.theme import themes
from hxl_kit.errors import HxlKitError
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table, table_names
from hxl_kit.validation.catalogue import checks_by_slug
from hxl_kit.validation.engine import validate

THEMES = [*(theme.name for theme in themes()), "hashtags", "strict"]
NUMBERS = [
    "0",
    "1",
    "12",
    "12.5",
    "-1",
    "90",
    "180",
    "-91",
    "1e308",
    "-1e308",
    "inf",
    "nan",
    "9" * 30,
    "many",
]
DATES = ["2024-01-05", "2024-01-06", "2024-02-29", "0001-01-01", "9999-12-31", "2024-13-01", "05/06/2024"]
TEXTS = [
    "a",
    "b",
    "Aleppo",
    "Alepo",
    "حلب",
    "=1+1",
    "\u200b",
    "e\u0301",
    "x" * 600,
    "SYR",
    "SY02",
    "IQG01",
    "{row}",
]
PHRASES = ["at least 12 people", "over 80", "tens of thousands", "between 3 and 1", "one", "½", "١٢"]
POOLS = {"number": NUMBERS, "integer": NUMBERS, "date": DATES, "boolean": ["true", "false", "1", "yes"]}
ADMIN1 = ["SY02", "SY07", "IQG01", "SY99", "7654321"]
ADMIN2 = ["SY0202", "SY0700", "SY020001", "SY02", "TD0101"]
COUNTRIES = ["SYR", "IRQ", "XXX", "SY"]
DEGREES = ["35.2", "38.5", "0", "-35.2", "95", "-180", "180", "nan", "inf"]
NAMED = {
    "location_code": COUNTRIES,
    "origin_location_code": COUNTRIES,
    "admin1_code": ADMIN1,
    "origin_admin1_code": ADMIN1,
    "admin2_code": ADMIN2,
    "admin3_code": ADMIN2,
    "latitude": DEGREES,
    "longitude": DEGREES,
    "quantity_text": PHRASES,
    "about_table": ["events", "casualties", "claims", "none"],
}
SLOW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def pool(field):
    """Some cells of a field: usual ones, empty ones, extremes, and what is none of its type."""
    found = NAMED.get(field.name, POOLS.get(field.type, TEXTS))
    codes = [code.code for code in codelist(field.codelist).codes][:6] if field.codelist else []
    return ["", *codes, *found]


@st.composite
def rows_of(draw, name):
    """Up to a dozen rows with some columns of a table of the standard; equal cells come often."""
    fields = draw(st.lists(st.sampled_from(table(name).fields), min_size=1, unique_by=lambda f: f.name))
    row = st.fixed_dictionaries({field.name: st.sampled_from(pool(field)) for field in fields})
    rows = draw(st.lists(row, max_size=6))
    return [field.name for field in fields], rows + draw(st.sampled_from([[], rows]))


def require_known(report):
    """Every issue has its check and can be told."""
    for issue in report.issues:
        assert issue.rule in checks_by_slug()
        assert issue.told("ar")
        assert issue.told("en")


@cache
def planted_rows():
    """Rows that break every rule on tables of the standard, by table, with all columns."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
    rows = (
        importlib.import_module("planting.sound_rows")
        .sown(importlib.import_module("planting.in_tables").PLANTS)
        .rows
    )
    sys.path.pop(0)
    return {
        name: [dict.fromkeys(table(name).names, "") | row for row in found] for name, found in rows.items()
    }


COLUMNS = st.fixed_dictionaries(
    {}, optional={name: st.sets(st.sampled_from(table(name).names), max_size=12) for name in table_names()}
)
"""Some tables, and the columns that each lacks."""


@settings(SLOW, max_examples=8)
@given(lost=COLUMNS.filter(bool))
def test_rows_that_break_every_rule_stop_none_where_columns_are_missing(lost):
    tables = {
        name: [
            {column: row[column] for column in row if column not in columns} for row in planted_rows()[name]
        ]
        for name, columns in lost.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        write_package(Path(folder) / "p", tables, keys={})
        require_known(validate(Path(folder) / "p", THEMES, limit=1000))


@SLOW
@given(st.lists(st.sampled_from(table_names()), min_size=1, max_size=4, unique=True), st.data())
def test_no_package_stops_the_themes(names, data):
    drawn = {name: data.draw(rows_of(name)) for name in names}
    with tempfile.TemporaryDirectory() as folder:
        tables = {name: rows for name, (_, rows) in drawn.items()}
        columns = {name: header for name, (header, _) in drawn.items()}
        write_package(Path(folder) / "p", tables, keys={}, columns=columns)
        require_known(validate(Path(folder) / "p", THEMES, limit=1000))


@SLOW
@given(st.sampled_from(table_names()).flatmap(rows_of))
def test_no_bare_table_stops_validation(drawn):
    header, rows = drawn
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        with path.open("w", encoding="utf-8", newline="") as text:
            writer = csv.DictWriter(text, header, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        with suppress(HxlKitError):
            require_known(validate(path, ["all"], limit=1000))
