"""Few survivors of sexual violence in the standard's own tables; casualty figures are the message and stay."""

import csv

import polars as pl
import pytest

from hxl_kit.disclosure import disclosure
from hxl_kit.disclosure.figures import Figures
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table

ROW = {
    "figure_id": "f1",
    "source_id": "s1",
    "harm": "sexual_violence",
    "value": "2",
    "unit": "person",
    "date_precision": "day",
    "location_code": "SDN",
    "admin2_code": "SD01001",
    "geo_precision": "admin2",
}


def look(name="casualties", public=None, **cells):
    names = table(name).names
    row = {field: {**ROW, **cells}.get(field) for field in names}
    frame = pl.DataFrame([row], schema=dict.fromkeys(names, pl.String)).with_row_index("row_number", offset=2)
    figures = Figures(name, {field: field for field in names}, public)
    figures.add(frame)
    return [(f.slug, f.severity, f.column, f.kind, f.count, f.rows) for f in figures.findings()]


TOLD = ("small-figure", "error", "harm", "gbv", 1, (2,))
FAR = {"admin2_code": None, "geo_precision": "country"}


def test_few_survivors_in_a_district_are_told():
    assert look(public=()) == [TOLD]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({}, True),
        ({"value": "5"}, False),
        ({"value": "0"}, False),
        ({"value": None, "value_low": "1", "value_high": "40"}, False),
        ({"value": None, "value_low": "1", "value_high": "4"}, True),
        ({"unit": "event"}, False),
        ({"unit": None}, True),
        ({**FAR}, False),
        ({**FAR, "admin1_code": "SD01", "geo_precision": "admin1"}, True),
        ({**FAR, "admin1_code": "SD01", "geo_precision": "admin1", "date_precision": "month"}, False),
        ({**FAR, "geo_precision": "unknown", "latitude": "13.2", "date_precision": "month"}, True),
        ({**FAR, "geo_precision": "exact", "date_precision": "year"}, True),
        ({"harm": "killed", "sex": "female", "age_group": "0-17"}, False),
        ({"harm": "abducted"}, False),
        ({"harm": "detained"}, False),
    ],
)
def test_what_is_small_and_near(cells, told):
    assert bool(look(public=(), **cells)) is told


def test_what_public_sources_say_is_a_warning():
    assert look(public=("s1",))[0][1] == "warning"
    assert look(public=("s2",))[0][1] == "error"


def test_where_nothing_is_known_of_sources_it_is_a_warning():
    assert look()[0][1] == "warning"


def test_people_who_ask_for_protection():
    near = {"category": "asylum_seekers", "counts": "person", "harm": None}
    assert look("displacement", public=(), **near)[0][:4] == ("small-figure", "warning", "category", "asylum")
    assert look("displacement", **{**near, **FAR, "admin1_code": "SD01", "geo_precision": "admin1"}) == []
    assert look("displacement", **{**near, "category": "idps"}) == []


def test_only_tables_of_the_standard_are_looked_at():
    frame = pl.DataFrame({"row_number": [2], "harm": ["sexual_violence"], "value": ["2"]})
    assert disclosure(frame, "t", known={"harm": "harm", "value": "value"}) == []


def test_codes_are_of_the_code_lists():
    with schemas.path_of("words", "disclosure_codes.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lists = {"harm": "harm", "category": "displacement_category"}
    assert all(row["code"] in codelist(lists[row["field"]]).values for row in rows)
    assert all(all(row.values()) for row in rows)
