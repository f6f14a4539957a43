"""Boundaries: units by coordinates, from each format, with what is near a border or odd said."""

import json
import math
import shutil
import socket
import sqlite3
import zipfile

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.errors import InputError
from hxl_kit.places.boundaries import Boundaries
from hxl_kit.places.gazetteer import gazetteer_of, units

WEST, EAST = "SY0202", "SY0203"
SQUARES = {WEST: shapely.box(36, 35, 37, 36), EAST: shapely.box(37, 35, 38, 36)}
DEGREE = 111.2
CRS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}


def object_array(values):
    array = shapely.points([[0, 0]] * len(values)).astype(object)
    array[:] = list(values)
    return array


def write_gdal(path, shapes=SQUARES, field="ADM2_PCODE", crs="EPSG:4326", layer=None, append=None):
    pyogrio.raw.write(
        path,
        shapely.to_wkb(object_array(shapes.values())),
        [object_array(shapes)],
        [field],
        geometry_type="Unknown" if path.suffix == ".gpkg" else "Polygon",
        crs=crs,
        layer=layer or path.stem,
        append=bool(append),
    )
    return path


def write_geojson(path, shapes=SQUARES, field="admin2Pcode", **more):
    features = [
        {
            "type": "Feature",
            "properties": {"name": "x", field: code},
            "geometry": shape and json.loads(shapely.to_geojson(shape)),
        }
        for code, shape in shapes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), encoding="utf-8")
    return path


def write_geoparquet(path, shapes=SQUARES, about=None, **column):
    said = {
        "version": "1.1.0",
        "primary_column": "geometry",
        "columns": {"geometry": {"encoding": "WKB", "geometry_types": [], **column}},
    }
    table = pa.table(
        {"adm2_pcode": list(shapes), "geometry": [shapely.to_wkb(shape) for shape in shapes.values()]}
    )
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(about or said)}), path)
    return path


def write_zip(path, folder, *files):
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, f"{folder}/{file.name}")
    return path


def write_shapefile_zip(path, crs="EPSG:4326"):
    folder = path.parent / "parts"
    folder.mkdir()
    write_gdal(folder / "syr_admbnda_adm2.shp", crs=crs)
    return write_zip(path, "syr_adm/shp", *sorted(folder.iterdir()))


def write_geojson_zip(path):
    return write_zip(path, "geo", write_geojson(path.parent / "syr_adm2.geojson"))


FORMATS = {
    "boundaries.gpkg": write_gdal,
    "boundaries.geojson": write_geojson,
    "boundaries.json": write_geojson,
    "boundaries.parquet": write_geoparquet,
    "shapefile.zip": write_shapefile_zip,
    "geojson.zip": write_geojson_zip,
}


def points(*pairs):
    return pl.DataFrame(pairs, schema={"latitude": pl.Float64, "longitude": pl.Float64}, orient="row")


@pytest.fixture(scope="module")
def squares(tmp_path_factory):
    return Boundaries.read(write_gdal(tmp_path_factory.mktemp("squares") / "squares.gpkg"), country="SYR")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_same(tmp_path, name):
    boundaries = Boundaries.read(FORMATS[name](tmp_path / name), country="SYR")
    assert (boundaries.country, boundaries.level, boundaries.name) == ("SYR", 2, name)
    found = boundaries.locate(points((35.51234, 36.51234), (35.51234, 37.51234), (40.12345, 36.12345)))
    assert found.columns == ["code", "near_border", "remark"]
    assert found.rows() == [
        (WEST, False, ""),
        (EAST, False, ""),
        (None, False, "the point lies outside the boundaries"),
    ]


def test_near_a_border_is_nearer_than_a_kilometre_both_ways(squares):
    metres = {900: True, 1100: False}
    for distance, near in metres.items():
        east = 37 - distance / 1000 / (DEGREE * math.cos(math.radians(35.51234)))
        assert squares.locate(points((35.51234, east))).row(0) == (WEST, near, "")


def test_the_outer_edge_is_no_border_between_units_and_a_point_just_outside_is_told(squares):
    inside, outside, far = squares.locate(
        points((35.00123, 36.51234), (34.99512, 36.51234), (34.98123, 36.51234))
    ).rows()
    assert inside == (WEST, False, "")
    assert outside == (None, True, f"the point lies 0.54 km outside the nearest unit, {WEST}")
    assert far == (None, False, "the point lies outside the boundaries")


def test_on_the_border_itself_there_is_no_code(squares):
    assert squares.locate(points((35.51234, 37.0))).row(0) == (
        None,
        True,
        f"the point lies on a border or in several units: {WEST}, {EAST}",
    )


def test_coarse_coordinates_reach_as_far_as_they_are_inexact(squares):
    asked = {(35.51, 36.98): False, (35.5, 36.95): False, (35.5, 36.9): False, (35.5, 36.0): False}
    asked |= {(35.51234, 36.995): True, (35.4, 37.0): True, (35.5, 36.99): True, (35.0, 37.0): True}
    found = squares.locate(points(*asked))
    assert found["near_border"].to_list() == list(asked.values())


def test_a_tenth_of_a_degree_is_five_kilometres_and_a_whole_one_fifty(tmp_path):
    shapes = {WEST: shapely.box(36, 35, 37.03, 36), EAST: shapely.box(37.03, 35, 38, 36)}
    narrow = Boundaries.read(write_geojson(tmp_path / "a.geojson", shapes), country="SYR")
    found = narrow.locate(points((35.5, 37.0), (35.50001, 37.0), (35.5, 36.9), (36.0, 37.0)))
    assert found["near_border"].to_list() == [True, False, False, True]


def test_odd_coordinates_are_told_and_get_no_code(squares):
    found = squares.locate(
        points(
            (0, 0),
            (36.51234, 35.51234),
            (120.0, 36.5),
            (None, 36.5),
            (math.nan, 36.5),
            (math.inf, 36.5),
            (36.51, 95.5),
        )
    )
    assert found["code"].null_count() == found.height
    assert found["remark"].to_list() == [
        "the coordinates are 0, 0, which stands for none",
        f"latitude and longitude seem swapped: read so, the point lies in {WEST}",
        "the coordinates are not on earth",
        "",
        "the coordinates are not on earth",
        "the coordinates are not on earth",
        "the point lies outside the boundaries",
    ]


def test_coordinates_beyond_the_pole_may_be_swapped_ones(tmp_path):
    known = gazetteer_of(unit_rows("PHL", "PH01"))
    file = write_geojson(tmp_path / "phl.geojson", {"PH01": shapely.box(120, 14, 122, 16)})
    found = Boundaries.read(file, country="PHL", gazetteer=known).locate(points((121.12345, 15.12345)))
    assert found.row(0) == (
        None,
        False,
        "latitude and longitude seem swapped: read so, the point lies in PH01",
    )


def unit_rows(country, *codes, level=2):
    rows = [(country, level, code, code, country) for code in codes]
    return pl.DataFrame(rows, schema=["location_code", "level", "code", "name", "parent_code"], orient="row")


def test_a_long_straight_border_is_straight_in_degrees(tmp_path):
    triangle = shapely.Polygon([(0, 20), (10, 20), (10, 30)])
    known = gazetteer_of(unit_rows("DZA", "DZ001"))
    boundaries = Boundaries.read(
        write_geojson(tmp_path / "a.geojson", {"DZ001": triangle}), country="DZA", gazetteer=known
    )
    found = boundaries.locate(points((24.99012, 5.00123), (25.01012, 5.00123)))
    assert found["code"].to_list() == ["DZ001", None]


def test_order_and_repeats_and_no_points_at_all(squares):
    given_points = points((35.51, 37.51), (35.51, 36.51), (35.51, 37.51))
    assert squares.locate(given_points)["code"].to_list() == [EAST, WEST, EAST]
    assert squares.locate(given_points.clear()).schema == {
        "code": pl.String,
        "near_border": pl.Boolean,
        "remark": pl.String,
    }
    assert squares.locate(points((None, None)))["near_border"].to_list() == [False]


@settings(max_examples=36, deadline=None)
@given(st.lists(st.tuples(st.floats(34, 37), st.floats(35, 39)), min_size=1, max_size=20))
def test_answers_are_those_of_the_plain_polygons(squares, pairs):
    edges = shapely.union_all([square.boundary for square in SQUARES.values()])
    for (latitude, longitude), (code, near, _) in zip(
        pairs, squares.locate(points(*pairs)).rows(), strict=True
    ):
        point = shapely.Point(longitude, latitude)
        inside = [unit for unit, square in SQUARES.items() if square.covers(point)]
        if shapely.distance(edges, point) > 1e-9:
            assert ([code] if code else []) == inside
        assert near or code is None or inside == [code]


def test_units_in_several_polygons_have_no_border_between_these(tmp_path):
    halves = [
        {
            "type": "Feature",
            "properties": {"ADM2_PCODE": WEST, "ADM1_PCODE": "SY02"},
            "geometry": json.loads(shapely.to_geojson(half)),
        }
        for half in (shapely.box(36, 35, 36.5, 36), shapely.box(36.5, 35, 37, 36))
    ]
    file = tmp_path / "halves.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": halves}), encoding="utf-8")
    assert Boundaries.read(file, country="SYR").locate(points((35.51234, 36.50001))).row(0) == (
        WEST,
        False,
        "",
    )
    assert Boundaries.read(file, country="SYR", level=1).locate(points((35.51234, 36.5))).row(0)[0] == "SY02"


def test_layers_of_several_levels(tmp_path):
    file = write_gdal(
        tmp_path / "all.gpkg", {"SY02": shapely.box(36, 35, 38, 36)}, "ADM1_PCODE", layer="adm1"
    )
    write_gdal(file, layer="adm2", append=True)
    assert Boundaries.read(file, country="SYR").level == 2
    first = Boundaries.read(file, country="SYR", level=1)
    assert first.locate(points((35.51234, 37.51234)))["code"].to_list() == ["SY02"]
    write_gdal(file, layer="adm2_old", append=True)
    with pytest.raises(InputError, match=r"all.gpkg: has several layers of these units: 'adm2', 'adm2_old'"):
        Boundaries.read(file, country="SYR", level=2)


def test_a_file_without_columns_is_told(tmp_path):
    file = tmp_path / "empty.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}', encoding="utf-8")
    with pytest.raises(InputError, match="but no columns"):
        Boundaries.read(file, country="SYR", level=2)


def test_code_field_by_name(tmp_path):
    file = write_geojson(tmp_path / "own.geojson", field="KOD")
    with pytest.raises(
        InputError, match=r"own.geojson: has no known column of P-codes, but 'name', 'KOD'; name it with"
    ):
        Boundaries.read(file, country="SYR")
    with pytest.raises(InputError, match=r"has no column 'kod'; did you mean 'KOD'\?"):
        Boundaries.read(file, country="SYR", code_field="kod")
    assert Boundaries.read(file, country="SYR", code_field="KOD").level == 2


def test_what_is_no_unit_of_the_country_is_named_and_never_given(tmp_path):
    iraqi = units("IRQ", 2)["code"][0]
    around = ["SY9999\n", "", iraqi, "SY02"]
    shapes = SQUARES | {code: shapely.box(38 + n, 35, 39 + n, 36) for n, code in enumerate(around)}
    boundaries = Boundaries.read(write_geojson(tmp_path / "more.geojson", shapes), country="SYR")
    assert boundaries.notes == (
        "polygons of other levels, left out: 1 ('SY02')",
        f"polygons of other countries, their codes never given: 1 ('{iraqi}')",
        "codes of no unit of level 2 of SYR in the gazetteer, never given: 1 ('SY9999')",
        "polygons without a P-code: 1",
        "units of the gazetteer without a polygon: 60 ('SY0100', 'SY0200', 'SY0204', 'SY0205', 'SY0206', …)",
    )
    found = boundaries.locate(points(*((35.51234, 38.51234 + n) for n in range(4)), (35.51234, 37.99999)))
    assert found.rows() == [
        (None, False, "the point lies in 'SY9999' (no unit of the gazetteer)"),
        (None, False, "the point lies in a polygon without a P-code"),
        (None, False, f"the point lies in '{iraqi}' (of IRQ)"),
        (None, False, "the point lies outside the boundaries"),
        (EAST, True, ""),
    ]


def test_polygons_without_a_code_have_names_in_remarks_too(tmp_path):
    shapes = {**SQUARES, "": shapely.box(38, 35, 39, 36)}
    boundaries = Boundaries.read(write_geojson(tmp_path / "a.geojson", shapes), country="SYR")
    found = boundaries.locate(points((35.51234, 38.0), (34.99512, 38.51234)))["remark"].to_list()
    assert found[0] == f"the point lies on a border or in several units: {EAST}, a polygon without a P-code"
    assert found[1] == "the point lies 0.54 km outside the nearest unit, a polygon without a P-code"


def test_invalid_polygons_are_mended_and_told_and_missing_ones_named(tmp_path):
    bow = shapely.Polygon([(36, 35), (37, 36), (37, 35), (36, 36)])
    file = write_geojson(tmp_path / "bow.geojson", {WEST: bow, EAST: SQUARES[EAST], "SY0204": None})
    boundaries = Boundaries.read(file, country="SYR")
    assert f"polygons that crossed themselves, mended: 1 ('{WEST}')" in boundaries.notes
    assert "rows without a polygon: 1 ('SY0204')" in boundaries.notes
    assert boundaries.locate(points((35.5123, 36.2123), (35.1123, 36.5123)))["code"].to_list() == [WEST, None]


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (
            lambda p: write_gdal(p / "x.gpkg", crs="EPSG:32637"),
            r"coordinate system is 'EPSG:32637'; transform it to WGS84",
        ),
        (lambda p: write_gdal(p / "x.gpkg", crs='LOCAL_CS["here"]'), "coordinate system"),
        (lambda p: write_shapefile_zip(p / "x.zip", crs="EPSG:3857"), "coordinate system is 'EPSG:3857'"),
        (lambda p: write_geoparquet(p / "x.parquet", crs=None), "does not name its coordinate system"),
        (
            lambda p: write_geoparquet(
                p / "x.parquet", crs={"name": "Web", "id": {"authority": "EPSG", "code": 3857}}
            ),
            "system is 'Web'",
        ),
        (
            lambda p: write_geoparquet(p / "x.parquet", encoding="polygon"),
            "encoded as 'polygon'; save them as WKB",
        ),
        (
            lambda p: write_geojson(
                p / "x.geojson", crs={"type": "name", "properties": {"name": "EPSG:3857"}}
            ),
            "system is 'EPSG:3857'",
        ),
        (lambda p: write_geojson(p / "x.geojson", {WEST: shapely.box(4e6, 4e6, 5e6, 5e6)}), "are no degrees"),
        (lambda p: write_geojson(p / "x.geojson", {WEST: shapely.Point(36, 35)}), "holds no polygons"),
        (
            lambda p: write_geojson(p / "x.geojson", {"ZZ01": SQUARES[WEST]}),
            "no value of 'admin2Pcode' is a P-code of level 2 of SYR",
        ),
        (lambda p: write_geojson(p / "x.geojson", {}), "x.geojson"),
    ],
)
def test_refused_with_the_reason(tmp_path, write, message):
    with pytest.raises(InputError, match=message):
        Boundaries.read(write(tmp_path), country="SYR")


def test_crs_of_the_older_geojson_and_of_geoparquet(tmp_path):
    assert Boundaries.read(write_geojson(tmp_path / "x.geojson", crs=CRS84), country="SYR").level == 2
    named = {"name": "WGS 84", "id": {"authority": "EPSG", "code": 4326}}
    assert Boundaries.read(write_geoparquet(tmp_path / "x.parquet", crs=named), country="SYR").level == 2


DATUMS = {
    "D_WGS_1984": 'SPHEROID["WGS_1984",6378137.0,298.257223563]',
    "WGS_1984": 'SPHEROID["WGS84",6378137.0,298.257223563]',
    "D_North_American_1983": 'SPHEROID["GRS_1980",6378137.0,298.257222101]',
    "": "",
}


@pytest.mark.parametrize("datum", DATUMS)
def test_crs_of_shapefiles_is_that_of_their_prj(tmp_path, datum):
    (tmp_path / "parts").mkdir()
    shape = write_gdal(tmp_path / "parts" / "a.shp")
    degrees = 'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]'
    shape.with_suffix(".prj").write_text(
        f'GEOGCS["GCS",DATUM["{datum}",{DATUMS[datum]}],{degrees}]' if datum else ""
    )
    file = write_zip(tmp_path / "a.zip", "a", *sorted((tmp_path / "parts").iterdir()))
    if "WGS" in datum:
        assert Boundaries.read(file, country="SYR").level == 2
    else:
        with pytest.raises(InputError, match=r"a.zip: (its|does not name its) coordinate system"):
            Boundaries.read(file, country="SYR")


@pytest.mark.parametrize(
    "address",
    [
        "/vsicurl/http://example.org/a.gpkg",
        "https://example.org/a.geojson",
        "/vsizip//etc/a.zip",
        "s3://b/a.parquet",
    ],
)
def test_addresses_are_refused(address):
    with pytest.raises(InputError, match="boundaries are read from local files only; download it first"):
        Boundaries.read(address, country="SYR")


def test_nothing_but_plain_files(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        Boundaries.read(tmp_path / "none.gpkg", country="SYR")
    (tmp_path / "folder.gpkg").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        Boundaries.read(tmp_path / "folder.gpkg", country="SYR")
    (tmp_path / "a.kml").write_text("<kml/>")
    with pytest.raises(InputError, match=r"a.kml: is no file of boundaries; readable are GeoPackage"):
        Boundaries.read(tmp_path / "a.kml", country="SYR")


VRT = b"<OGRVRTDataSource><OGRVRTLayer name='adm2'><SrcDataSource>/vsicurl/http://127.0.0.1:9/a.geojson</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"
STREAMED = b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read /vsicurl/http://127.0.0.1:9/a.geojson"}'


@pytest.mark.parametrize("content", [VRT, STREAMED])
@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.json", "a.parquet", "a.zip"])
def test_other_formats_in_disguise_open_no_network(tmp_path, monkeypatch, name, content):
    monkeypatch.setattr(socket, "socket", None)
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(InputError, match=name):
        Boundaries.read(file, country="SYR")


def test_members_of_a_zip_are_looked_at_too(tmp_path):
    for inner in ("x.shp", "x.gpkg", "x.geojson"):
        (tmp_path / inner).write_bytes(VRT)
        file = write_zip(tmp_path / "in.zip", "../../..", tmp_path / inner)
        with pytest.raises(InputError, match=r"in\.zip: "):
            Boundaries.read(file, country="SYR")
    (tmp_path / "read.me").write_text("nothing")
    with pytest.raises(InputError, match="holds no boundaries"):
        Boundaries.read(write_zip(tmp_path / "empty.zip", "a", tmp_path / "read.me"), country="SYR")


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.95])
def test_truncated_files_are_refused_without_a_traceback(tmp_path, name, share):
    file = FORMATS[name](tmp_path / name)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    assert read_or_refused(file)


def read_or_refused(file):
    try:
        found = Boundaries.read(file, country="SYR").locate(points((35.51234, 36.51234)))
    except InputError as error:
        return file.name in str(error)
    return found["code"][0] in {WEST, EAST, None}


@settings(max_examples=24, deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_refused_without_a_traceback(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("damaged")
    name = data.draw(st.sampled_from(["boundaries.gpkg", "boundaries.parquet", "boundaries.geojson"]))
    content = bytearray(FORMATS[name](folder / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 30))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    (folder / name).write_bytes(content)
    assert read_or_refused(folder / name)
    shutil.rmtree(folder)


def test_limits(tmp_path, monkeypatch):
    monkeypatch.setattr("hxl_kit.places.boundaries.formats.MOST_BYTES", 100)
    monkeypatch.setattr("hxl_kit.places.boundaries.formats.MOST_JSON_BYTES", 100)
    for name in ("boundaries.gpkg", "boundaries.geojson", "shapefile.zip"):
        with pytest.raises(InputError, match="is too large"):
            Boundaries.read(FORMATS[name](tmp_path / name), country="SYR")
    monkeypatch.undo()
    monkeypatch.setattr("hxl_kit.places.boundaries.formats.MOST_POLYGONS", 1)
    for name in ("boundaries.gpkg", "boundaries.geojson", "boundaries.parquet"):
        (tmp_path / name).unlink(missing_ok=True)
        with pytest.raises(InputError, match="more than 1 polygons"):
            Boundaries.read(FORMATS[name](tmp_path / name), country="SYR")


def test_a_database_that_is_no_geopackage(tmp_path):
    with sqlite3.connect(tmp_path / "a.gpkg") as database:
        database.execute("create table a (b)")
    database.close()
    with pytest.raises(InputError, match=r"a.gpkg: is no GeoPackage"):
        Boundaries.read(tmp_path / "a.gpkg", country="SYR")


def test_a_level_or_country_that_the_gazetteer_lacks(tmp_path):
    file = write_geojson(tmp_path / "a.geojson", field="ADM5_PCODE")
    with pytest.raises(
        InputError, match="the gazetteer has no units of level 5 of SYR; add its release with hxl-kit gaz"
    ):
        Boundaries.read(file, country="SYR")
    with pytest.raises(InputError, match="the gazetteer has no units of FRA"):
        Boundaries.read(file, country="FRA")
