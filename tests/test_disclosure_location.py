"""How fine coordinates may be depends on what they describe."""

import polars as pl
import pytest

from hxl_kit.disclosure.location import decimals, precise_locations


def look(header, latitude, **more):
    frame = pl.DataFrame(
        {"row_number": [2, 3], header: ["x", "y"], "latitude": latitude, "longitude": ["44.19", "44.2"]}
    )
    return precise_locations(frame, "t", **more)


@pytest.mark.parametrize(
    "header", ["household_id", "shelter", "tent no", "respondent_id", "رقم_الأسرة", "адрес", "hhh"]
)
def test_people_may_not_be_found(header):
    (finding,) = look(header, ["15.3694", "15.37"])
    assert (finding.slug, finding.severity, finding.count, finding.rows) == (
        "precise-location",
        "error",
        1,
        (2,),
    )
    assert look(header, ["15.37", "15.3700"]) == []


def test_facilities_are_for_people_to_decide():
    (finding,) = look("facility_name", ["15.3694", "15.3"])
    assert (finding.slug, finding.severity, finding.count) == ("facility-location", "warning", 2)


@pytest.mark.parametrize(
    "header", ["event_id", "town", "adm2_name", "camp", "conflict_name", "incident_date"]
)
def test_events_and_towns_are_public(header):
    assert look(header, ["15.369412", "15.3"]) == []


def test_events_at_shelters_and_hospitals_are_events():
    frame = pl.DataFrame({"row_number": [2], "event_id": ["1"], "hospital": ["x"], "latitude": ["15.369412"]})
    assert precise_locations(frame, "t") == []


def test_points_in_one_column_and_hashtags():
    frame = pl.DataFrame({"row_number": [2], "household_id": ["1"], "_geolocation": ["15.369412 44.19 0 5"]})
    assert [f.column for f in precise_locations(frame, "t")] == ["_geolocation"]
    tagged = pl.DataFrame({"row_number": [2], "household_id": ["1"], "y": ["15.369412"]})
    assert precise_locations(tagged, "t") == []
    assert [f.column for f in precise_locations(tagged, "t", tags={"y": "#geo+lat"})] == ["y"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Широта", "48.46471"),
        ("Шир.", "48,46471"),
        ("خط العرض", "15.36941"),
        ("latitud", "-1.24561"),
        ("geometry", "POINT (44.19123 15.36941)"),
        ("coordonnées GPS", "15.36941, 44.19123"),
        ("gps", "15°22'10\"N 44°11'28\"E"),
        ("hh_lat", "15.36941"),
        ("grp_loc/gps_location", "15.36941 44.19123 0 0"),
    ],
)
def test_places_in_other_words_and_forms(name, value):
    frame = pl.DataFrame({"row_number": [2, 3], "household_id": ["1", "2"], name: [value, None]})
    assert [(f.column, f.count) for f in precise_locations(frame, "t")] == [(name, 1)]


def test_rows_that_give_a_units_point_are_no_homes():
    """A point of a district stays one however many digits it has; the row says which it is."""
    columns = {"row_number": [2, 3, 4], "hh_id": ["1", "2", "3"], "lat": ["15.36941"] * 3}
    frame = pl.DataFrame({**columns, "geo_precision": ["admin2", "exact", None]})
    (finding,) = precise_locations(frame, "t")
    assert finding.rows == (3, 4)


def test_known_columns_are_left_alone():
    assert look("household_id", ["15.3694", "15.3"], known=("latitude", "longitude")) == []


def test_decimals_as_written():
    frame = pl.DataFrame({"x": ["15", "15.5", "-15,123", "15.1200", None, "north"]})
    assert frame.select(decimals("x")).to_series().to_list() == [0, 1, 3, 2, 0, 0]
