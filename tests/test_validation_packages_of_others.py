"""Packages of others, whose fields carry tags: read as their schema writes, whatever they call their tables."""

import csv
import io
import json

import pytest

from hxl_kit.validation.engine import validate

TAGS = {
    "id": "#event+id",
    "when": "#date+start",
    "iso": "#country+code",
    "code": "#adm2+code",
    "lat": "#geo+lat",
    "lon": "#geo+lon",
    "place": "#loc+name",
    "dead": "#affected+killed",
}
GOOD = ["E1", "2024-03-01", "SYR", "SY0700", "35.93", "36.63", "Idleb", "2"]
BAD = ["E2", "2999-03-01", "SYR", "SY9999", "95", "36.63", "Idleb", "-1"]
EXPECTED = [
    ("count", "H3"),
    ("date-future", "B3"),
    ("degrees", "E3"),
    ("pcode-unknown", "D3"),
]


def fields(**more):
    return [{"name": name, "type": "any", "hxl_tag": tag, **more.get(name, {})} for name, tag in TAGS.items()]


def text(rows, **how):
    file = io.StringIO()
    csv.writer(file, **how).writerows([list(TAGS), *rows])
    return file.getvalue()


def package(folder, content, schema, name="mine", encoding="utf-8", **resource):
    (folder / "d.csv").write_bytes(content.encode(encoding))
    described = {"name": name, "path": "d.csv", "encoding": encoding, "schema": schema, **resource}
    (folder / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [described]}))
    return folder


def told(folder, *, notes=False):
    issues = validate(folder, ["forms", "places", "dates", "codelists"], limit=100).issues
    return sorted((i.rule, i.cell) for i in issues if notes or i.severity != "info")


@pytest.mark.parametrize("name", ["mine", "events"])
def test_tags_say_what_a_table_is_whatever_it_is_called(tmp_path, name):
    assert told(package(tmp_path, text([GOOD, BAD]), {"fields": fields()}, name)) == EXPECTED


def test_a_schema_in_a_file_of_its_own_is_read(tmp_path):
    (tmp_path / "s.json").write_text(json.dumps({"fields": fields()}))
    assert told(package(tmp_path, text([GOOD, BAD]), "s.json")) == EXPECTED


def test_the_encoding_is_the_descriptor_s(tmp_path):
    rows = [[cell.replace("Idleb", "Idléb") for cell in row] for row in (GOOD, BAD)]
    assert told(package(tmp_path, text(rows), {"fields": fields()}, encoding="cp1252")) == EXPECTED


def test_dates_and_numbers_are_read_as_the_schema_writes_them(tmp_path):
    rows = [[row[0], "/".join(reversed(row[1].split("-"))), *row[2:]] for row in (GOOD, BAD)]
    rows = [[*row[:4], row[4].replace(".", ","), row[5].replace(".", ","), *row[6:]] for row in rows]
    comma = {"type": "number", "decimalChar": ","}
    written = fields(when={"type": "date", "format": "%d/%m/%Y"}, lat=comma, lon=comma)
    folder = package(tmp_path, text(rows, delimiter=";"), {"fields": written}, dialect={"delimiter": ";"})
    assert told(folder) == EXPECTED


def test_words_for_no_value_are_no_values(tmp_path):
    nothing = ["E3", *["NA"] * 7]
    schema = {"fields": fields(), "missingValues": ["", "NA"]}
    assert told(package(tmp_path, text([GOOD, BAD, nothing]), schema)) == EXPECTED


def test_what_the_schema_limits_is_left_to_frictionless(tmp_path):
    limited = fields(lat={"constraints": {"maximum": 90}}, dead={"constraints": {"minimum": 0}})
    rules = {rule for rule, _ in told(package(tmp_path, text([GOOD, BAD]), {"fields": limited}))}
    assert not rules & {"degrees", "count"}


def test_degrees_are_checked_in_a_table_of_which_little_is_known(tmp_path):
    columns = ["lat", *(f"x{n}" for n in range(9))]
    (tmp_path / "d.csv").write_text(f"{','.join(columns)}\n95{',a' * 9}\n")
    schema = {"fields": [{"name": name, "type": "any", "hxl_tag": TAGS.get(name, "")} for name in columns]}
    described = {"name": "mine", "path": "d.csv", "schema": schema}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [described]}))
    assert told(tmp_path) == [("degrees", "A2")]


@pytest.mark.parametrize("where", [{"path": ["d.csv", "e.csv"]}, {"data": [{"id": "E1"}]}])
def test_what_the_themes_cannot_see_is_named(tmp_path, where):
    for name in ("d.csv", "e.csv"):
        (tmp_path / name).write_text(text([BAD]))
    described = {"name": "mine", **where, "schema": {"fields": fields()}}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [described]}))
    assert told(tmp_path, notes=True) == [("not-checked", "")]
