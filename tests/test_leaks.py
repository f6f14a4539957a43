"""Nothing leaks sideways: made-up people planted in every kind of input come out of no command where they must not."""

from __future__ import annotations

import gzip
import io
import json
import zipfile

import openpyxl
import polars as pl
import pytest
from leaks_for_tests import CELL, NAME, PACKAGE, LeakError, as_csv, look_in, planted, reports
from openpyxl.comments import Comment


@pytest.fixture
def look(cli, tmp_path, monkeypatch):
    return look_in(cli, tmp_path, monkeypatch)


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
        gzip.compress(CELL.mail.encode(), mtime=0),
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
