"""Nothing leaks sideways: made-up people planted in every kind of input come out of no command where they must not."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile

import openpyxl
import polars as pl
import pytest
from leaks_for_tests import CELL, NAME, LeakError, Look
from openpyxl.comments import Comment

REPORTS = ("json", "html", "junit", "sarif", "github", "markdown")
PACKAGE = {
    "name": "a-package",
    "title": "A package",
    "version": "1.0.0",
    "sensitivity": "low",
    "licences": [{"name": "CC-BY-4.0"}],
    "contributors": [{"title": "A desk"}],
}
TYPED = ("best", "date_start", "latitude", "type_of_violence", "where_prec", "country_id", "deaths_a")


@pytest.fixture
def look(cli, tmp_path, monkeypatch):
    """A folder to plant in, and one each for the cache and for temporary files."""
    shared = tuple(tmp_path / name for name in ("cache", "temporary"))
    folder = tmp_path / "work"
    for path in (*shared, folder):
        path.mkdir()
    monkeypatch.setenv("HXL_KIT_CACHE", str(shared[0]))
    monkeypatch.setenv("HXL_KIT_GAZETTEERS", str(shared[0] / "gazetteers"))
    monkeypatch.setattr("tempfile.tempdir", str(shared[1]))
    monkeypatch.chdir(folder)
    return Look(cli, folder, shared)


def planted(ged_rows):
    """Rows of UCDP with canaries in an unknown column, in each typed column, and in columns that are not carried."""
    rows = [dict(row) for row in ged_rows[:3]]
    for column in TYPED:
        for number, value in enumerate(CELL.all):
            rows.append(
                {**ged_rows[3], "id": f"9{len(rows)}{number}", "relid": f"r{len(rows)}", column: value}
            )
    for number, row in enumerate(rows):
        row["contact"] = CELL.all[number % 4]
        row[NAME.name] = row["gwnoa"] = CELL.name
    return rows


def as_csv(rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([list(rows[0]), *(row.values() for row in rows), [*CELL.all], [CELL.name] * 60])
    return text.getvalue().encode()


def as_json(rows):
    nested = {NAME.mail: {"said": CELL.name}, NAME.phone: CELL.phone}
    return json.dumps([{**row, "more": nested} for row in rows]).encode()


def as_geojson(rows):
    point = {"type": "Point", "coordinates": [36.6, 35.7]}
    features = [{"type": "Feature", "geometry": point, "properties": row} for row in rows]
    return json.dumps({"type": "FeatureCollection", "name": CELL.name, "features": features}).encode()


def as_parquet(rows):
    content = io.BytesIO()
    pl.DataFrame(rows).write_parquet(content, metadata={"author": CELL.name, "phone": CELL.phone})
    return content.getvalue()


def as_zip(rows):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(f"{NAME.name}.csv", as_csv(rows))
    return content.getvalue()


def as_workbook(rows):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = NAME.last
    for row in (list(rows[0]), *(list(row.values()) for row in rows)):
        sheet.append(row)
    sheet["A2"].comment = Comment(f"{CELL.name} {CELL.phone}", CELL.name)
    hidden = book.create_sheet("notes")
    hidden.append([CELL.name, CELL.mail])
    hidden.sheet_state = "hidden"
    book.properties.creator = book.properties.title = CELL.name
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


KINDS = {
    "csv": as_csv,
    "json": as_json,
    "geojson": as_geojson,
    "parquet": as_parquet,
    "zip": as_zip,
    "xlsx": as_workbook,
}


def reports(path):
    return ("validate", path, *(part for name in REPORTS for part in ("--also", f"{name}=report.{name}")))


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_provider_file_holds_stays_in_it(look, ged_rows, kind):
    file = look.folder / f"{NAME.name}.{kind}"
    file.write_bytes(KINDS[kind](planted(ged_rows)))
    look.plant()
    look.run("describe", file, files=False)
    look.run("normalise", file, "--source", "ucdp_ged", "-o", "out", "--format", "json", "--debug")
    look.run(*reports(file), files=False)
    look.run("screen", file, "--format", "json")
    assert (look.folder / "out/datapackage.json").exists()
    private = look.folder / "out.private"
    assert private.stat().st_mode & 0o077 == 0, "its owner alone may look into it"
    assert any(CELL.name in path.read_text("utf-8") for path in private.glob("unknown_columns/*.csv"))


def test_what_is_left_out_of_a_package_is_in_nothing_that_is_made_of_it(look, ged_rows):
    look.folder.joinpath(f"{NAME.name}.csv").write_bytes(as_csv(planted(ged_rows)))
    entry = {"path": f"{NAME.name}.csv", "source": "ucdp_ged", "retrieved_at": "2024-01-31"}
    look.folder.joinpath("package.yaml").write_text(
        json.dumps({**PACKAGE, "inputs": [entry], "options": {"xlsx": True}})
    )
    look.plant()
    look.run("build", look.folder, "-o", "out", "--format", "json")
    both = (CELL, NAME)
    look.run(*reports("out"), screen=both)
    look.run("screen", "out", "--lang", "ar", screen=both)
    look.run("summarise", "out", "--table", "casualties", "--by", "source_id", screen=both)
    look.run("plan", "out", "--to", "catalogue:cat", "-o", "plan.json", screen=both)
    assert look.run("publish", "--plan", "plan.json", "--yes", screen=both).code == 0
    look.run("pull", "catalogue:cat/a-package", "-o", "pulled", "--format", "json", screen=both)
    look.run("diff", "out", "pulled", screen=both)
    assert (look.folder / "cat/index.html").exists()
    assert list((look.folder.parent / "cache").rglob("*")), "the memory of verdicts was looked at too"


def test_a_first_row_that_is_a_person_is_not_shown(look):
    rows = [("Amira Other", "+963 944 000 111", "other@example.org", "SYR10000001", "Idleb")]
    shown = [CELL.name, CELL.phone, CELL.mail, CELL.id, "Idleb"]
    look.folder.joinpath("list.csv").write_text("\n".join(",".join(row) for row in [shown, *rows, *rows]))
    look.plant()
    look.run("describe", "list.csv")
    look.run("describe", "list.csv", "--format", "json")
    for source in ("auto", "hxl_table", "ucdp_ged"):
        look.run("normalise", "list.csv", "--source", source, "-o", "out")


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


def test_a_build_that_breaks_off_leaves_nothing_behind(look, ged_rows, monkeypatch):
    def stop(*_, **__):
        raise KeyboardInterrupt

    look.folder.joinpath("ged.csv").write_bytes(as_csv(planted(ged_rows)))
    look.plant()
    monkeypatch.setattr("hxl_kit.package.tables.TableFiles.check_keys", stop)
    assert look.run("normalise", "ged.csv", "--source", "ucdp_ged", "-o", "out").code == 130
    assert [path.name for path in look.folder.iterdir()] == ["ged.csv"]


# The harness itself.


def xlsx_of(text):
    book = openpyxl.Workbook()
    book.active.append([text])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def parquet_of(text, **metadata):
    content = io.BytesIO()
    pl.DataFrame({"a": [text]}).write_parquet(content, metadata=metadata)
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        CELL.name.encode(),
        CELL.last.upper().encode(),
        b"call 00963-947-718-203",
        b"id 77182093",
        b"%5AUHAYRA%20%51anbarovik",
        b'"\\u005auhayra"',
        b"Qanbarov&#105;k",
        CELL.name.encode("utf-16-le"),
        gzip.compress(CELL.mail.encode()),
        xlsx_of(CELL.name),
        parquet_of(CELL.name * 40),
        parquet_of("x", note=CELL.name),
    ],
)
def test_the_harness_sees_a_canary_in_any_file(look, content):
    def writing(*_):
        look.folder.joinpath("new.bin").write_bytes(content)
        return type("Ran", (), {"code": 0, "out": "", "err": ""})

    look.cli = writing
    with pytest.raises(LeakError, match=r"new\.bin"):
        look.run("x")


def test_the_harness_sees_a_message_with_a_value(look, ged_rows, monkeypatch):
    """Were the reasons told as the private folder has them, the test of provider files would fail."""
    from hxl_kit.package.private import ByProducts

    reject = ByProducts.reject
    monkeypatch.setattr(
        ByProducts,
        "reject",
        lambda self, name, batch, rows, _: reject(self, name, batch, rows, rows["reason"]),
    )
    look.folder.joinpath("ged.csv").write_bytes(as_csv(planted(ged_rows)))
    look.plant()
    with pytest.raises(LeakError, match="screen"):
        look.run("normalise", "ged.csv", "--source", "ucdp_ged", "-o", "out")
