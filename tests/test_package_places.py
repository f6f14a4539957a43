"""P-codes in packages: every input's places are looked up, and what package.yaml's `places` says counts."""

import csv
import json

import polars as pl
import pytest

from hxl_kit.errors import InputError, UsageError
from hxl_kit.package.author import read_package_yaml
from hxl_kit.package.build import build_all

HEAD = """name: sample
title: Sample
version: "1"
licences: [{name: CC-BY-4.0}]
contributors: [{title: Tests}]
inputs: [{path: ged.csv, source: ucdp_ged}]
options: {xlsx: false}
"""
SYRIA = {"country_id": "652", "country": "Syria", "where_prec": "3"}
PLACES = (
    {"adm_1": "Aleppo governorate", "adm_2": "Afrin district"},
    {"adm_1": "Aleppo governorate", "adm_2": "Qwertzuiop"},
    {"adm_1": "Aleppo governorate", "adm_2": "Qwertzuiop"},
    {"adm_1": "", "adm_2": "", "latitude": "36.5", "longitude": "37.0", "where_prec": "1"},
    {"adm_1": "Idlib governorate", "adm_2": "Harim district", "latitude": "36.5", "longitude": "37.0"},
)
SQUARE = [[[36.5, 36.0], [37.5, 36.0], [37.5, 37.0], [36.5, 37.0], [36.5, 36.0]]]


@pytest.fixture
def folder(tmp_path, ged_rows, write_rows):
    """A folder with five UCDP rows in Syria; `places` of its package.yaml is written by `build`."""
    rows = [{**row, **SYRIA, **place} for row, place in zip(ged_rows, PLACES, strict=False)]
    write_rows(tmp_path / "in" / "ged.csv", rows)
    return tmp_path / "in"


def build(folder, places=""):
    (folder / "package.yaml").write_text(HEAD + places, encoding="utf-8")
    (built,) = build_all(read_package_yaml(folder), folder.parent / "out")
    return built


def events(built, *columns):
    return pl.read_parquet(built.path / "events.parquet").select(columns).rows()


def private(built, name):
    with (built.private / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def provenance(built):
    return json.loads((built.path / "datapackage.json").read_bytes())["provenance"]


def decide(folder, *lines):
    head = "location_code,level,parent_code,name,code,decided_by,decided_on,note"
    (folder / "places.csv").write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return "places: {decisions: places.csv}\n"


def test_names_become_p_codes_and_the_providers_words_stay(folder):
    built = build(folder)
    rows = events(built, "admin1_code", "admin2_code", "pcode_method", "provider_admin2_name")
    assert rows == [
        ("SY02", "SY0203", "exact", "Afrin district"),
        ("SY02", None, "exact", "Qwertzuiop"),
        ("SY02", None, "exact", "Qwertzuiop"),
        (None, None, "none", None),
        ("SY07", "SY0703", "exact", "Harim district"),
    ]


def test_casualties_have_the_places_of_their_events(folder):
    built = build(folder)
    casualties = pl.read_parquet(built.path / "casualties.parquet")
    both = casualties.join(pl.read_parquet(built.path / "events.parquet"), on="event_id", suffix="_of_event")
    assert both.height
    assert both["admin2_code"].equals(both["admin2_code_of_event"].alias("admin2_code"), null_equal=True)


def test_the_descriptor_says_how_and_from_which_gazetteer(folder):
    said = provenance(build(folder))
    assert said["pcodes"]["events"] == {"exact": 4, "none": 1}
    (release,) = said["gazetteers"]
    assert release["id"].startswith("global-pcodes-")
    assert release["attribution"]
    assert release["licence"]


def test_unmatched_names_are_listed_once_with_their_rows_and_never_in_the_package(folder):
    built = build(folder)
    (line,) = [row for row in private(built, "unmatched_places.csv") if row["level"] == "2"]
    assert (line["location_code"], line["parent_code"], line["name"], line["code"]) == (
        "SYR",
        "SY02",
        "Qwertzuiop",
        "",
    )
    assert int(line["rows"]) >= 2
    assert built.unmatched == 1
    assert not (built.path / "unmatched_places.csv").exists()


def test_a_decision_wins_from_then_on(folder):
    places = decide(folder, "SYR,2,SY02,Qwertzuiop,SY0204,reviewer 1,2024-12-01,asked the office")
    built = build(folder, places)
    assert events(built, "admin2_code", "admin2_name", "pcode_method", "pcode_score")[1] == (
        "SY0204",
        "A'zaz",
        "reviewed",
        1.0,
    )
    assert built.unmatched == 0
    assert not (built.private / "unmatched_places.csv").exists()


def test_the_list_of_a_build_serves_as_decisions_of_the_next(folder):
    listed = build(folder).private / "unmatched_places.csv"
    text = listed.read_text(encoding="utf-8").replace("Qwertzuiop,,", "Qwertzuiop,SY0204,")
    (folder / "places.csv").write_text(text, encoding="utf-8")
    built = build(folder, "places: {decisions: places.csv}\n")
    assert events(built, "admin2_code")[1] == ("SY0204",)


def test_matching_can_be_left_out(folder):
    built = build(folder, "places: {match: false}\n")
    assert {row[0] for row in events(built, "admin1_code")} == {None}
    assert provenance(built)["pcodes"]["events"] == {"none": 5}
    assert "gazetteers" not in provenance(built)


def boundaries(folder, **more):
    square = {"type": "Polygon", "coordinates": SQUARE}
    feature = {"type": "Feature", "properties": {"ADM2_PCODE": "SY0204"}, "geometry": square}
    content = {"type": "FeatureCollection", "features": [feature]}
    (folder / "adm2.geojson").write_text(json.dumps(content), encoding="utf-8")
    entry = {"path": "adm2.geojson", "country": "SYR", "level": 2} | more
    return f"places: {{boundaries: [{json.dumps(entry)}]}}\n"


def test_coordinates_give_the_unit_where_no_name_does(folder):
    built = build(folder, boundaries(folder))
    rows = events(built, "admin1_code", "admin2_code", "pcode_method")
    assert rows[3] == ("SY02", "SY0204", "point_in_polygon")


def test_coordinates_in_another_unit_than_the_names_are_told_and_change_nothing(folder):
    built = build(folder, boundaries(folder))
    assert events(built, "admin2_code", "pcode_method")[4] == ("SY0703", "exact")
    told = [row for row in private(built, "warnings.csv") if row["rule"] == "pcode-coordinates"]
    assert {row["table"] for row in told} >= {"events"}
    assert provenance(built)["warnings"]["events.pcode-coordinates"] == 1


def test_what_was_found_in_the_boundaries_is_told(folder):
    told = private(build(folder, boundaries(folder)), "warnings.csv")
    assert any("without a polygon: " in row["message"] for row in told if row["rule"] == "boundaries")


@pytest.mark.parametrize(
    ("places", "error", "said"),
    [
        ("places: {decisions: none.csv}\n", InputError, "no such file"),
        ("places: {gazetteers: [cod-ab-xyz]}\n", UsageError, "cod-ab-xyz"),
        ("places: {boundries: []}\n", UsageError, "did you mean 'boundaries'"),
        ("places: {boundaries: [{path: x.gpkg, country: SYR}]}\n", UsageError, "'level' is missing"),
        ("places: {boundaries: [{path: x.gpkg, country: SYR, level: 2}]}\n", InputError, "x.gpkg"),
    ],
)
def test_what_is_wrong_in_places_is_named_before_anything_is_written(folder, places, error, said):
    with pytest.raises(error, match=said):
        build(folder, places)
    assert not (folder.parent / "out").exists()


def test_normalise_tells_what_led_nowhere_and_takes_decisions(folder, cli):
    decide(folder, "SYR,2,,Qwertzuiop,SY0204,,,")
    run = (
        "normalise",
        folder / "ged.csv",
        "--source",
        "ucdp_ged",
        "-o",
        folder.parent / "out",
        "--format",
        "json",
    )
    first = cli(*run)
    assert (first.code, json.loads(first.out)["unmatched_places"]) == (0, 1)
    assert "1 name led to no P-code" in first.err
    second = cli(*run, "--decisions", folder / "places.csv")
    assert (second.code, json.loads(second.out)["unmatched_places"]) == (0, 0)
    assert "P-code" not in second.err
