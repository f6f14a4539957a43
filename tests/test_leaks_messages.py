"""Messages never quote a cell: of damaged files, wrong settings, broken rules, packages of others, refused plans."""

from __future__ import annotations

import json

import pytest
from leaks_for_tests import CELL, PACKAGE, as_csv, look_in, reports
from packages_for_tests import write_package

from hxl_kit.errors import InputError
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.targets.catalogue import CatalogueTarget


@pytest.fixture
def look(cli, tmp_path, monkeypatch):
    return look_in(cli, tmp_path, monkeypatch)


DAMAGED = {
    "open quote.csv": f'id,name\n1,{CELL.name}\n2,"{CELL.phone}\n'.encode(),
    "half.json": b'[{"a": "' + CELL.name.encode() + b'",}]',
    "text.json": json.dumps(CELL.name).encode(),
    "answer.json": json.dumps({"data": [], "message": CELL.name, "error": CELL.phone}).encode(),
    "latin.csv": b"id,name\n1,\xe9\xff\x81 " + CELL.name.encode() + b"\n",
    "no.xlsx": CELL.name.encode(),
    "no.parquet": b"PAR1" + CELL.name.encode(),
    "no.zip": b"PK\x03\x04" + CELL.name.encode(),
    "geo.geojson": json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "geometry": {"type": CELL.name, "coordinates": [CELL.name]},
                    "properties": {},
                }
            ],
        }
    ).encode(),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_what_cannot_be_read_is_not_quoted(look, name):
    look.folder.joinpath(name).write_bytes(DAMAGED[name])
    look.plant()
    look.run("describe", name, "--debug")
    look.run("screen", name, "--debug")
    look.run("validate", name, "--format", "json", "--debug")


def test_tagged_cells_that_break_a_schema_or_a_rule_are_not_quoted(look):
    tags = ("#date+start", "#country+code", "#adm1+name", "#affected+killed", "#contact+phone")
    good = ("2024-01-01", "SYR", "Idleb", "3", "")
    rows = [good, *([*good[:n], CELL.name, *good[n + 1 :]] for n in range(5)), [*CELL.all, CELL.phone]]
    lines = [("Date", "Country", "Place", "Dead", "Contact"), tags, *rows]
    schema = (
        "#valid_tag,#valid_datatype,#valid_value+list,#valid_value+regex,#description\n"
        "#date,date,,,\n#country+code,,SYR|LBN,,\n#adm1+name,,Aleppo|Idleb,,\n#affected,number,,^[0-9]+$,few\n"
    )
    rules = "checks:\n  - {name: few, table: t, rule: 'Dead < 2', message: is too many}\n"
    for name, text in {
        "t.csv": "\n".join(map(",".join, lines)),
        "schema.csv": schema,
        "rules.yaml": rules,
    }.items():
        look.folder.joinpath(name).write_text(text)
    look.plant()
    look.run(*reports("t.csv"), "--hxl-schema", "schema.csv", "--rules", "rules.yaml")
    look.run("validate", "t.csv", "--baseline", "accepted.json", "--write-baseline")
    look.run("validate", "t.csv", "--baseline", "accepted.json", "--lang", "fr")
    look.run("describe", "t.csv", "--schema", "schema.csv", "-o", "table-schema.json")


def test_dates_of_birth_that_mean_two_days_and_slips_of_names_are_not_quoted(look):
    rows = [f"{CELL.name},03/0{1 + n % 4}/1987,{CELL.name}" for n in range(40)]
    lines = ["Name,Born,Place", "#org,#date+birth,#adm1+name", *rows, f"{CELL.name}k,03/04/1987,{CELL.name}k"]
    schema = "#valid_tag,#valid_datatype,#valid_value+spelling,#valid_unique,#valid_value+list\n"
    schema += "#org,,true,,\n#date+birth,date,,true,\n#adm1+name,,,,Aleppo|Idleb\n"
    look.folder.joinpath("t.csv").write_text("\n".join(lines))
    look.folder.joinpath("schema.csv").write_text(schema)
    look.plant()
    ran = look.run(*reports("t.csv"), "--hxl-schema", "schema.csv")
    assert "mean two days" in ran.out
    written = "".join(path.read_text("utf-8") for path in look.folder.glob("report.*"))
    assert "1987" not in ran.out + ran.err + written


def foreign(folder):
    """A package of others whose cells break types, constraints, keys and references."""
    rows = [
        ("id", "date", "count", "code", "where"),
        ("1", CELL.name, "3", "A", "1"),
        ("2", "2024-01-01", CELL.phone, CELL.name, CELL.mail),
        (CELL.id, "2024-01-01", "99", CELL.name, "35.1, 36.2"),
        (CELL.id, "2024-01-01"),
    ]
    fields = [
        {"name": "id", "type": "string", "constraints": {"required": True, "unique": True}},
        {"name": "date", "type": "date", "hxl_tag": "#date"},
        {"name": "count", "type": "integer", "constraints": {"maximum": 10}, "hxl_tag": "#affected+killed"},
        {"name": "code", "type": "string", "constraints": {"enum": ["A", "B"], "pattern": "^[A-Z]$"}},
        {"name": "where", "type": "geopoint"},
    ]
    key = {"fields": "code", "reference": {"resource": "codes", "fields": "code"}}
    tables = {
        "rows": (rows, {"fields": fields, "primaryKey": "id", "foreignKeys": [key]}),
        "codes": (
            [("code",), ("A",)],
            {"fields": [{"name": "code", "type": "string"}], "primaryKey": "code"},
        ),
    }
    folder.mkdir()
    resources = []
    for name, (lines, schema) in tables.items():
        folder.joinpath(f"{name}.csv").write_text(
            "\n".join(",".join(f'"{c}"' for c in line) for line in lines)
        )
        resources.append(
            {"name": name, "path": f"{name}.csv", "type": "table", "format": "csv", "schema": schema}
        )
    folder.joinpath("datapackage.json").write_text(json.dumps({**PACKAGE, "resources": resources}))


def test_cells_of_a_package_of_others_are_not_quoted(look):
    foreign(look.folder / "theirs")
    look.plant()
    look.run(*reports("theirs"))
    look.run("validate", "theirs", "--lang", "fr")
    look.run("screen", "theirs")
    look.run("summarise", "theirs", "--table", "rows", "--by", "code", "--debug")
    assert look.run("plan", "theirs", "--to", "catalogue:cat", "-o", "plan.json").code == 1
    assert look.run("publish", "theirs", "--to", "catalogue:cat", "--yes").code == 1
    assert not (look.folder / "cat").exists()


SETTINGS = {
    "waivers": [{"rule": "person-name", "who": "A desk", "when": CELL.phone, "why": "x", CELL.mail: 1}],
    "homepage": CELL.mail,
    "name": CELL.name,
    "title": [CELL.name],
    "places": {"decisions": "decisions.csv"},
    "inputs": [{"path": "ged.csv", "source": "ucdp_ged", "retrieved_at": "2024-02-31"}],
}


@pytest.mark.parametrize("key", SETTINGS)
def test_wrong_settings_leave_nothing(look, ged_rows, key):
    look.folder.joinpath("ged.csv").write_bytes(as_csv([dict(row) for row in ged_rows[:2]]))
    look.folder.joinpath("decisions.csv").write_text(
        f"location_code,level,name,code\n{CELL.name},1,{CELL.name},SY01\nSYR,1,{CELL.name},{CELL.id}\n"
    )
    package = {**PACKAGE, "inputs": [{"path": "ged.csv", "source": "ucdp_ged"}], key: SETTINGS[key]}
    look.folder.joinpath("package.yaml").write_text(json.dumps(package))
    look.plant()
    assert look.run("build", look.folder, "-o", "out", "--debug").code == 2
    assert not (look.folder / "out").exists()


def test_a_saved_plan_and_a_baseline_of_another_kind_are_not_quoted(look, ged_file):
    look.folder.joinpath("wrong.json").write_text(
        json.dumps({"version": 2, "issues": [CELL.name], CELL.mail: 1})
    )
    look.plant()
    look.run("publish", "--plan", "wrong.json", "--yes", "--debug")
    look.run("validate", ged_file, "--baseline", "wrong.json", "--debug")
    look.run("screen", ged_file, "--previous", "wrong.json", "--debug")


def test_debug_says_where_an_error_came_from_and_not_what_a_library_said(look, ged_file, monkeypatch):
    def fails(*_, **__):
        try:
            int(CELL.name)
        except ValueError as error:
            raise InputError("the file is odd") from error

    monkeypatch.setattr("hxl_kit.describe.describe_file", fails)
    ran = look.run("describe", ged_file, "--debug")
    assert ran.code == 3
    assert "ValueError" in ran.err
    assert "in fails" in ran.err
    assert "InputError: the file is odd" in ran.err


def test_the_plan_of_a_refused_package_shows_no_value(look, tmp_path):
    old = write_package(tmp_path / "old", sensitivity="low")
    target = CatalogueTarget(look.folder / "cat")
    apply_plan(make_plan(old, target), old, target)
    rows = [{"event_id": CELL.id, "event_name": CELL.name, "fatalities": "1"}]
    new = write_package(tmp_path / "new", {"events": rows}, title=CELL.name, sensitivity="severe")
    look.plant()
    for form in ("text", "json"):
        ran = look.run("plan", new.folder, "--to", "catalogue:cat", "-o", f"{form}.json", "--format", form)
        assert ran.code == 1
        assert "title" in ran.out, "that it changed is told"
    assert make_plan(new, target).diff.tables["events"].counts == {
        "added": 1,
        "changed": 0,
        "removed": 3,
        "retracted": 0,
    }
