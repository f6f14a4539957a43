"""The checks of places: each broken on purpose, and kept by places that are where they should be."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import shapely
from checks_for_tests import issues_of, said, told
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.checks.places import pcodes
from hxl_kit.checks.theme import Context
from hxl_kit.places.boundaries.outlines import outlines
from hxl_kit.places.gazetteer import gazetteer_of
from hxl_kit.places.strays import FAR_AT_SEA_KM, FAR_KM, strays
from hxl_kit.standard.codelists import codelist
from hxl_kit.validation.engine import validate

ROOT = Path(__file__).parents[1]
OUTLINES = ROOT / "schemas" / "outlines"
POINT = {"location_code": pl.String, "latitude": pl.Float64, "longitude": pl.Float64, "date": pl.Date}
ALEPPO = {"location_code": "SYR", "latitude": "36.2021", "longitude": "37.1343"}
UNIT = {"location_code": "SYR", "admin1_code": "SY02", "admin2_code": "SY0200", "admin3_code": "SY020000"}
BLOCK = {
    **{
        name: ""
        for level in (1, 2)
        for name in (f"provider_admin{level}_code", f"provider_admin{level}_name")
    },
    **{name: "" for level in (1, 2, 3) for name in (f"admin{level}_code", f"admin{level}_name")},
    **ALEPPO,
    "place_name": "",
    "geo_precision": "exact",
}


def found(folder, *rows, table="events"):
    return told(issues_of(folder, "places", {table: rows}))


def is_stray(code, latitude, longitude, date=None):
    return strays().found(pl.DataFrame([(code, latitude, longitude, date)], POINT, orient="row")).item()


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        ("SYR", 36.2, 37.1),
        ("PHL", 5.03, 119.77),  # Tawi-Tawi
        ("FJI", -16.8, -179.95),  # east of the 180th meridian
        ("RUS", 66.0, -171.0),
        ("NZL", -43.9, -176.5),  # Chatham Islands
        ("KIR", 1.87, -157.4),
        ("CPV", 14.93, -23.5),
        ("ITA", 35.5, 12.6),  # Lampedusa
        ("TKL", -9.2, -171.8),
        ("IND", 11.67, 92.75),  # Andaman Islands
        ("FRA", -12.8, 45.15),
        ("MYT", -12.8, 45.15),
        ("YEM", 12.6, 45.0),  # off Aden, 25 km
        ("GRC", 36.15, 29.59),  # Kastellorizo
    ],
)
def test_islands_and_coasts_are_in_their_country(code, latitude, longitude):
    assert not is_stray(code, latitude, longitude)


@pytest.mark.parametrize(
    ("place", "latitude", "longitude", "codes"),
    [
        ("Simferopol", 44.95, 34.1, "UKR RUS"),
        ("Donetsk", 48.0, 37.8, "UKR RUS"),
        ("Laayoune", 27.15, -13.2, "ESH MAR"),
        ("Tifariti", 26.15, -10.55, "ESH MAR"),
        ("Srinagar", 34.08, 74.8, "IND PAK"),
        ("Gilgit", 35.92, 74.31, "PAK IND"),
        ("Aksai Chin", 35.2, 79.3, "CHN IND"),
        ("Pristina", 42.66, 21.16, "XKX SRB"),
        ("Majdal Shams", 33.27, 35.77, "SYR ISR"),
        ("Gaza", 31.5, 34.45, "PSE ISR"),
        ("Abyei", 9.6, 28.4, "SDN SSD"),
        ("Hargeisa", 9.56, 44.06, "SOM"),
        ("Kyrenia", 35.33, 33.32, "CYP TUR"),
        ("Taipei", 25.03, 121.56, "TWN CHN"),
        ("Tskhinvali", 42.23, 43.97, "GEO"),
        ("Sukhumi", 43.0, 41.0, "GEO"),
        ("Stepanakert", 39.82, 46.75, "AZE ARM"),
        ("Liancourt Rocks", 37.24, 131.87, "KOR JPN"),
        ("Stanley", -51.7, -57.85, "FLK ARG GBR"),
        ("Halaib", 22.22, 36.64, "EGY SDN"),
        ("Cayenne", 4.93, -52.33, "GUF FRA"),
        ("San Juan", 18.4, -66.06, "PRI USA"),
    ],
)
def test_areas_that_count_as_several_countries(place, latitude, longitude, codes):
    assert not any(is_stray(code, latitude, longitude) for code in codes.split())
    assert is_stray("BOL", latitude, longitude), place


@pytest.mark.parametrize(
    ("code", "latitude", "longitude", "date", "stray"),
    [
        ("SDN", 4.85, 31.6, "2009-10-21", False),  # Juba
        ("SDN", 4.85, 31.6, "2012-10-21", True),
        ("SDN", 4.85, 31.6, None, False),
        ("SRB", 43.26, 18.11, "1992-04-23", False),  # Nevesinje
        ("SRB", 43.85, 18.4, "1994-04-23", True),
        ("RUS", 40.4, 49.9, "1990-01-20", False),  # Baku
        ("IDN", -8.84, 126.5, "1999-09-05", False),
        ("MEX", 19.26, 19.26, "2019-04-12", True),
    ],
)
def test_states_that_are_several_now(code, latitude, longitude, date, stray):
    day = pl.Series([date]).str.to_date().item() if date else None
    assert is_stray(code, latitude, longitude, day) == stray


@pytest.mark.parametrize(
    ("latitude", "longitude", "stray"),
    [
        (10.28, 96.64, True),  # 137 km out in the Andaman Sea
        (5.9, 121.2, True),  # in the Philippines
        (21.0, 100.9, False),  # some 20 km into Laos
        (18.8, 99.0, True),  # Chiang Mai
    ],
)
def test_how_far_is_too_far(latitude, longitude, stray):
    assert is_stray("MMR", latitude, longitude) == stray


def test_no_outline_no_earth_no_answer():
    rows = [
        ("QQQ", 1.0, 1.0),
        (None, 1.0, 1.0),
        ("SYR", None, 1.0),
        ("SYR", 91.0, 37.0),
        ("SYR", float("nan"), 37.0),
    ]
    points = pl.DataFrame([(*row, None) for row in rows], POINT, orient="row")
    assert strays().found(points).to_list() == [False] * len(rows)
    assert strays().found(points.clear()).to_list() == []


coordinates = st.tuples(
    st.sampled_from(["SYR", "FJI", "RUS", "USA", "FRA", "IDN", "MLT", "UKR", "QQQ", None]),
    st.floats(-95, 95, allow_nan=False),
    st.floats(-185, 185, allow_nan=False),
)


@settings(deadline=None)
@given(st.lists(coordinates, max_size=30))
def test_looking_at_cells_finds_what_measuring_finds(rows):
    points = pl.DataFrame([(*row, None) for row in rows], POINT, orient="row")
    on_earth = (pl.col("latitude").abs() <= 90) & (pl.col("longitude").abs() <= 180)
    finder = outlines()
    ashore = finder.ashore(points)
    far = ~finder.within(points, FAR_KM) & (ashore | ~finder.within(points, FAR_AT_SEA_KM))
    expected = (far & points.select(on_earth).to_series()).fill_null(value=False)
    former = points["location_code"].is_in(["RUS", "IDN"])  # without a date, their former parts count
    assert (strays().found(points) == expected).filter(~former).all()
    assert (expected | ~strays().found(points)).all()


def over_the_ground(one, other):
    """Kilometres between two points (longitude, latitude), by the spherical law of cosines."""
    (east, north), (to_east, to_north) = ([math.radians(axis) for axis in point] for point in (one, other))
    angle = math.sin(north) * math.sin(to_north)
    angle += math.cos(north) * math.cos(to_north) * math.cos(east - to_east)
    return 6371 * math.acos(max(-1, min(1, angle)))


@pytest.mark.parametrize(
    ("code", "latitude", "longitude"),
    [
        ("MLT", 36.95, 14.55),
        ("FJI", -13.3, -176.2),
        ("ISL", 48.86, 2.35),
        ("SYR", 48.86, 2.35),
        ("USA", 64.7, 177.5),
    ],
)
def test_distances_are_those_over_the_ground(code, latitude, longitude):
    points = pl.DataFrame([(code, latitude, longitude, None)], POINT, orient="row")
    shapes = [shape for codes, shape in outlines().pieces if code in codes]
    corners = shapely.get_coordinates(shapely.segmentize(shapes, 0.1))
    nearest = min(over_the_ground((longitude, latitude), corner) for corner in corners)
    assert nearest - 6 <= outlines().distance(points).item() <= nearest * 1.03
    assert outlines().distance(points.with_columns(location_code=pl.lit("QQQ"))).item() is None


def test_areas_name_known_countries_and_outlines():
    with (OUTLINES / "areas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    pieces = pl.read_parquet(OUTLINES / "countries.parquet")["locations"].to_list()
    for row in rows:
        locations = row["locations"].split(";")
        assert set(locations) <= set(codelist("location").values), row["area"]
        assert row["reason"], row["area"]
        sides = [row[side] for side in ("west", "south", "east", "north")]
        assert all(sides) or (not any(sides) and row["outline"]), row["area"]
        assert any(set(locations) <= set(piece) for piece in pieces), row["area"]
    with (OUTLINES / "former.csv").open(encoding="utf-8", newline="") as file:
        former = list(csv.DictReader(file))
    assert {row[side] for row in former for side in ("part", "whole")} <= set(outlines().locations)


def test_every_country_has_an_outline():
    assert set(codelist("location").values) <= set(outlines().locations)


def test_bare_columns_are_enough(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text("location_code,latitude,longitude\nSYR,36.2,37.1\nSYR,48.85,2.35\n", encoding="utf-8")
    issues = [
        issue for issue in validate(path, ["places"], limit=10).issues if issue.rule == "coordinates-outside"
    ]
    assert [(issue.row, issue.field, issue.cell) for issue in issues] == [(3, "latitude", "B3")]
    assert said(issues) == ["is, with the longitude, a point 3070 km outside SYR"]


@pytest.mark.parametrize(
    ("row", "rule", "words"),
    [
        ({"latitude": "36.9", "longitude": "36.8"}, "", ""),  # a little way over the border
        (
            {"latitude": "37.1343", "longitude": "36.2021"},
            "coordinates-swapped",
            "is, with the longitude, a point in SYR only when the two are exchanged",
        ),
        (
            {"location_code": "SSD", "latitude": "31.58", "longitude": "4.85"},
            "coordinates-swapped",
            "is, with the longitude, a point in SSD only when the two are exchanged",
        ),
        (
            {"location_code": "ZAF", "latitude": "25.48", "longitude": "28.12"},
            "coordinates-sign",
            "is, with the longitude, a point in ZAF only with another sign",
        ),
        (
            {"location_code": "MEX", "latitude": "19.26", "longitude": "19.26"},
            "coordinates-outside",
            "is the same number as the longitude, a point 10790 km outside MEX: one was copied into the other",
        ),
        (
            {"latitude": "0", "longitude": "0.0"},
            "coordinates-zero",
            "is 0, as the longitude is: a place in the sea that stands for no place",
        ),
        ({"longitude": ""}, "coordinates-half", "is there without the other coordinate"),
    ],
)
def test_coordinates(tmp_path, row, rule, words):
    issues = issues_of(tmp_path, "places", {"events": [{**ALEPPO, **row}]})
    assert told(issues) == ([(rule, 2, "latitude")] if rule else [])
    assert said(issues) == ([words] if words else [])


def test_half_a_point_is_told_of_the_half_that_is_there(tmp_path):
    assert found(tmp_path, {**ALEPPO, "latitude": ""}) == [("coordinates-half", 2, "longitude")]


def test_without_a_country_nothing_is_told(tmp_path):
    assert found(tmp_path, {**ALEPPO, "location_code": "", "latitude": "-80"}) == []


def test_international_waters_are_in_no_country(tmp_path):
    point = {"location_code": "MMR", "latitude": "10.28", "longitude": "96.64", "geo_precision": "exact"}
    sea = {**point, "geo_precision": "international"}
    assert found(tmp_path, point, sea) == [("coordinates-outside", 2, "latitude")]


def test_middle_of_a_country_said_to_be_a_place(tmp_path):
    point = {**ALEPPO, "latitude": "35.0111", "longitude": "38.5112", "geo_precision": "exact"}
    vague = {**point, "geo_precision": "country"}
    assert found(tmp_path, point, vague) == [("coordinates-middle", 2, "latitude")]


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({}, ""),
        ({"latitude": "", "longitude": "", "place_name": "Aleppo"}, ""),
        ({"latitude": "", "longitude": ""}, "geo-precision-place"),
        ({"latitude": "", "longitude": "", "admin2_name": "Jebel Saman"}, ""),
        ({"geo_precision": "admin2"}, ""),  # as Insecurity Insight: the point tells the unit
        ({"geo_precision": "admin2", "latitude": "", "longitude": ""}, "geo-precision-unit"),
        ({"geo_precision": "admin2", "latitude": "", "longitude": "", "provider_admin2_name": "X"}, ""),
        ({"geo_precision": "country", "admin1_code": "SY02"}, "geo-precision-country"),
    ],
)
def test_precision_of_the_place(tmp_path, row, rule):
    assert found(tmp_path, {**BLOCK, **row}) == ([(rule, 2, "geo_precision")] if rule else [])


@pytest.mark.parametrize(
    ("row", "rule", "field", "words"),
    [
        ({}, "", "", ""),
        ({"admin1_code": ""}, "", "", ""),
        (
            {"admin1_code": "IQG02", "admin2_code": "", "admin3_code": ""},
            "pcode-country",
            "admin1_code",
            "does not begin as the P-codes of SYR do, such as SY01",
        ),
        (
            {"admin1_code": "SY99", "admin2_code": "", "admin3_code": ""},
            "pcode-unknown",
            "admin1_code",
            "is no P-code of SYR at level 1, which look like SY01",
        ),
        (
            {"admin1_code": "SY0200", "admin2_code": "", "admin3_code": ""},
            "pcode-unknown",
            "admin1_code",
            "is a P-code of level 2 of SYR, not of level 1",
        ),
        (
            {"admin1_code": "sy02", "admin2_code": "", "admin3_code": ""},
            "pcode-unknown",
            "admin1_code",
            "is not written as in the gazetteer, where SY02 is meant",
        ),
        (
            {"admin1_code": "SY07", "admin3_code": ""},
            "pcode-nesting",
            "admin2_code",
            "lies in SY02, which is not the row's admin1_code",
        ),
        (
            {"admin3_code": "SY070200"},
            "pcode-nesting",
            "admin3_code",
            "lies in SY0702, which is not the row's admin2_code",
        ),
        (
            {"admin1_name": "Idleb"},
            "pcode-name",
            "admin1_name",
            "is the name of SY07, and the row's admin1_code is another unit's",
        ),
        ({"admin1_name": "Haleb"}, "", "", ""),
        ({"admin1_name": "حلب"}, "", "", ""),
        ({"admin1_name": "Nowhere at all"}, "", "", ""),
    ],
)
def test_units(tmp_path, row, rule, field, words):
    issues = issues_of(tmp_path, "places", {"events": [{**UNIT, **row}]})
    assert told(issues) == ([(rule, 2, field)] if rule else [])
    assert said(issues) == ([words] if words else [])


def test_levels_that_no_gazetteer_has_are_asked_for_their_letters(tmp_path):
    rows = [
        {"location_code": "NER", "admin3_code": code}
        for code in ("NE001001001", "NER001001001", "TD010101", "2021001")
    ]
    assert found(tmp_path, *rows) == [("pcode-country", 4, "admin3_code")]


def test_units_of_an_older_release(tmp_path, monkeypatch):
    """The built-in releases have no former units: one that has them is added."""
    units = pl.DataFrame(
        {"location_code": "SYR", "level": 1, "code": ["SY01"], "name": ["One"], "parent_code": ["SYR"]}
    )
    known = gazetteer_of(units)
    gone = pl.DataFrame([("SYR", 1, "SY15", "Gone", "old")], known.former.schema, orient="row")
    asked = []
    added = replace(known, former=gone)
    monkeypatch.setattr(pcodes, "gazetteer", lambda *names: asked.append(names) or added)
    rows = [{"location_code": "SYR", "admin1_code": code} for code in ("SY01", "SY15", "SY16")]
    context = Context(gazetteers=("older",))
    issues = issues_of(tmp_path, "places", {"events": rows}, context)
    assert told(issues) == [("pcode-former", 3, "admin1_code"), ("pcode-unknown", 4, "admin1_code")]
    assert set(asked) == {("older",)}


def test_where_people_came_from_is_held_to_its_own_country(tmp_path):
    row = {
        "location_code": "TUR",
        "origin_location_code": "SYR",
        "origin_admin1_code": "SY99",
        "origin_admin1_name": "",
    }
    assert found(tmp_path, row, table="displacement") == [("pcode-unknown", 2, "origin_admin1_code")]


def test_no_cell_is_repeated_in_a_message(tmp_path):
    row = {
        **UNIT,
        "admin1_code": "SYWHISTLE",
        "admin2_name": "Jane Doe",
        "latitude": "36.123456",
        "longitude": "77.77",
    }
    words = " ".join(said(issues_of(tmp_path, "places", {"events": [row]})))
    assert words
    assert not any(cell in words for cell in ("SYWHISTLE", "Jane", "36.123456", "77.77"))


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=8)
rows = st.fixed_dictionaries(
    {
        "location_code": st.sampled_from(["SYR", "NER", "XXX", "", "syr"]) | cells,
        "admin1_code": st.sampled_from(["SY02", "SY", "NE001", "123", ""]) | cells,
        "admin2_code": st.sampled_from(["SY0200", "sy0200", "NE001001", ""]) | cells,
        "admin1_name": st.sampled_from(["Aleppo", "Idleb", ""]) | cells,
        "latitude": st.sampled_from(["0", "36.2", "-91", "1e400", "nan", ""]) | cells,
        "longitude": st.sampled_from(["0", "37.1", "181", "inf", ""]) | cells,
    }
)


@settings(deadline=None, max_examples=25)
@given(st.lists(rows, min_size=1, max_size=4))
def test_any_text_is_judged(tmp_path_factory, given_rows):
    for issue in issues_of(tmp_path_factory.mktemp("any"), "places", {"events": given_rows}):
        assert issue.told("en")
        assert issue.way_out("en")
