"""Build: the same bytes from the same inputs, nothing half-written, nothing private inside, valid for frictionless."""

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import jsonschema
import polars as pl
import pytest

from hxl_kit.errors import DataError, InputError, SourceMismatchError, UsageError
from hxl_kit.package.author import Authored, Input, Options, read_package_yaml
from hxl_kit.package.build import build_all, build_package
from hxl_kit.standard import schemas
from hxl_kit.standard.tables import table
from hxl_kit.validation.engine import validate
from hxl_kit.validation.report import Collected
from hxl_kit.validation.verdict import collect_verdict

CANARY = "Canary-Persona-7731"
PLAIN = Options(parquet=False, hashtag_row="none")


def authored(*inputs, **changes):
    described = {
        "name": "sample",
        "title": "Sample",
        "version": "1.0.0",
        "licences": ({"name": "CC-BY-4.0"},),
        "contributors": ({"title": "Tests"},),
        "inputs": inputs,
        "options": PLAIN,
    }
    return Authored(**{**described, **changes})


def contents(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def descriptor_of(folder):
    return json.loads((folder / "datapackage.json").read_bytes())


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def records(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def ged(ged_rows, write_rows, tmp_path):
    """Write the first UCDP rows, changed by row number and column, as an input."""

    def make(count=4, name="inputs/ged.csv", **changes):
        rows = [{**row, **changes.get(f"row{n}", {})} for n, row in enumerate(ged_rows[:count])]
        return Input(write_rows(tmp_path / name, rows), source="ucdp_ged")

    return make


@pytest.fixture
def own(write_rows, tmp_path):
    """Write a table in the standard's own columns as an input."""

    def make(name, *rows, file=None):
        return Input(write_rows(tmp_path / "inputs" / (file or f"{name}.csv"), list(rows)), table=name)

    return make


@pytest.fixture
def without_gate(monkeypatch):
    """Where frictionless' verdict is not what is asked: reading it takes most of a small build's time."""
    monkeypatch.setattr("hxl_kit.package.build.refuse_invalid", lambda _folder: None)


SOURCE_ROW = {"source_id": "s1", "source_type": "news", "redistribution": "attribution", "access": "public"}
EVENT = {
    "event_id": "e1",
    "source_id": "s1",
    "event_type": "battle",
    "is_aggregate": "false",
    "date_start": "2024-11-27",
    "location_code": "SYR",
}
FIGURE = {
    "figure_id": "f1",
    "source_id": "s1",
    "event_id": "e1",
    "harm": "killed",
    "person_status": "civilian",
    "counting": "incident",
    "role": "recommended",
    "quantity_text": "at least 15",
    "location_code": "SYR",
}
CLAIM = {
    "claim_id": "c1",
    "source_id": "s1",
    "claimant": "government",
    "stance": "denies",
    "about_table": "casualties",
    "about_id": "f1",
    "aspect": "intent",
}


@pytest.mark.usefixtures("without_gate")
def test_two_builds_give_the_same_bytes(ged, tmp_path):
    made = authored(ged(8), options=Options(xlsx=True))
    first, second = tmp_path / "one" / "out", tmp_path / "two" / "out"
    build_package(made, first)
    time.sleep(2.1)  # a zip archive counts time in steps of two seconds
    build_package(made, second)
    build_package(made, second)
    assert len(contents(first)) >= 12
    assert contents(first) == contents(second)


def test_descriptor_follows_the_profile(built):
    profile = json.loads(schemas.path_of("profile.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(profile).validate(descriptor_of(built))


def test_descriptor_says_what_was_built(built, ged_file, ged_rows):
    described = descriptor_of(built)
    assert described["name"] == "ucdp-sample"
    assert described["licenses"][0]["name"] == "CC-BY-4.0"
    days = [row[c][:10] for row in ged_rows for c in ("date_start", "date_end")]
    assert described["temporal"] == {"start": min(days), "end": max(days)}
    assert {"SYR", "AGO", "AFG"} <= set(described["spatial"]["locations"])
    west, south, east, north = described["spatial"]["bbox"]
    assert (west, east) == (
        min(float(r["longitude"]) for r in ged_rows),
        max(float(r["longitude"]) for r in ged_rows),
    )
    assert (south, north) == (
        min(float(r["latitude"]) for r in ged_rows),
        max(float(r["latitude"]) for r in ged_rows),
    )
    (record,) = described["provenance"]["inputs"]
    assert record["hash"] == f"sha256:{hashlib.sha256(ged_file.read_bytes()).hexdigest()}"
    assert (record["name"], record["bytes"]) == (ged_file.name, ged_file.stat().st_size)
    assert (record["input_rows"], record["accepted_rows"], record["rejected_rows"]) == (38, 38, 0)
    best = sum(int(row["best"]) for row in ged_rows)
    assert record["totals"]["best"] == {"input": best, "accepted": best}


def test_every_file_is_listed_with_hash_bytes_and_rows(built):
    resources = descriptor_of(built)["resources"]
    assert {r["path"] for r in resources} == set(names(built)) - {"datapackage.json"}
    assert len({r["name"] for r in resources}) == len(resources)
    for resource in resources:
        content = (built / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert resource["bytes"] == len(content)
        if resource["type"] == "table":
            tags = 1 if resource["path"].endswith(".hxl.csv") else 0
            assert resource["rows"] == len(records(built / resource["path"])) - tags
            assert resource["schema"]["fields"][0]["hxl_tag"].startswith("#")
        else:
            assert resource["type"] == "file"


def test_schema_holds_the_standards_keys_and_references(built):
    resources = {r["name"]: r for r in descriptor_of(built)["resources"]}
    keys = resources["casualties"]["schema"]["foreignKeys"]
    assert {k["reference"]["resource"] for k in keys} == {"sources", "events"}
    assert resources["events"]["schema"]["primaryKey"] == ["event_id"]


def test_frictionless_itself_says_valid(built):
    program = Path(sys.executable).with_name("frictionless")
    ran = subprocess.run(
        [program, "validate", "datapackage.json"], cwd=built, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout
    assert "INVALID" not in ran.stdout


def test_what_was_built_is_valid_for_hxl_kit(built):
    report = validate(built, ["all"], limit=10)
    assert report.valid, report.issues
    assert report.rows > 38


@pytest.mark.parametrize("row", ["companion", "inline", "none"])
def test_hashtag_row_wherever_it_stands_is_valid(ged, tmp_path, row):
    out = tmp_path / "out"
    build_package(authored(ged(6), options=Options(hashtag_row=row, parquet=False)), out)
    found = Collected(10)
    rows = collect_verdict(out / "datapackage.json", found)
    assert (found.issues, sum(rows.values())) == ([], sum_of_rows(out))
    tagged = {
        p.name for p in out.glob("*.csv") if p.read_text(encoding="utf-8").split("\n")[1].startswith("#")
    }
    clean = {"sources.csv", "events.csv", "event_sources.csv", "casualties.csv"}
    companions = {name.replace(".csv", ".hxl.csv") for name in clean}
    assert tagged == {"companion": companions, "inline": clean, "none": set()}[row]
    assert {p.name for p in out.glob("*.csv")} == (clean | companions if row == "companion" else clean)


def sum_of_rows(folder):
    return sum(r.get("rows", 0) for r in descriptor_of(folder)["resources"])


def test_companion_holds_the_same_rows(built):
    for clean in ("events", "casualties", "sources", "event_sources"):
        lines = (built / f"{clean}.hxl.csv").read_bytes().split(b"\n", 2)
        head, rest = (built / f"{clean}.csv").read_bytes().split(b"\n", 1)
        assert lines[0] == head
        assert lines[1].decode().split(",") == list(table(clean).tags)
        assert lines[2] == rest


@pytest.mark.usefixtures("without_gate")
@pytest.mark.parametrize(("parquet", "xlsx"), [(True, False), (False, True)])
def test_formats_are_switched_on_and_off(ged, tmp_path, parquet, xlsx):
    out = tmp_path / "out"
    build_package(authored(ged(3), options=Options(parquet=parquet, xlsx=xlsx)), out)
    suffixes = {path.suffix for path in out.iterdir()}
    assert (".parquet" in suffixes) == parquet
    assert (".xlsx" in suffixes) == xlsx
    assert {r["path"] for r in descriptor_of(out)["resources"]} == set(names(out)) - {"datapackage.json"}


@pytest.mark.usefixtures("without_gate")
def test_format_that_is_switched_off_later_is_gone(ged, tmp_path):
    """What an older descriptor listed and the new one does not is no foreign file."""
    out, entry = tmp_path / "out", ged(3)
    build_package(authored(entry, options=Options(parquet=True)), out)
    build_package(authored(entry, options=Options(parquet=False)), out)
    listed = {r["path"] for r in descriptor_of(out)["resources"]}
    assert set(names(out)) == listed | {"datapackage.json"}


# Private by-products.


@pytest.mark.usefixtures("without_gate")
def test_private_by_products_stay_beside(ged, tmp_path):
    entry = ged(row1={"side_b": CANARY, "best": "about 5"}, row2={"low": "9", "best": "5", "high": "5"})
    out = tmp_path / "out"
    built_package = build_package(authored(entry, options=Options(xlsx=True)), out)
    private = tmp_path / "out.private"
    assert built_package.private == private
    assert built_package.rejected_rows == 1
    assert CANARY in (private / "rejected" / "ged.csv.csv").read_text(encoding="utf-8")
    assert records(private / "rejected" / "ged.csv.csv")[0]["reason"] == "best is not a whole number"
    assert {row["rule"] for row in records(private / "warnings.csv")} == {"range-order", "range-value"}
    assert names(tmp_path) == ["inputs", "out", "out.private"]
    found = [name for name, content in contents(out).items() if CANARY.encode() in content]
    assert found == []
    assert CANARY not in str([pl.read_parquet(path).to_dicts() for path in out.glob("*.parquet")])
    assert "private" not in (out / "datapackage.json").read_text(encoding="utf-8")


@pytest.mark.usefixtures("without_gate")
def test_private_folder_is_made_only_when_there_is_something(own, tmp_path):
    build_package(authored(own("sources", SOURCE_ROW), own("events", EVENT)), tmp_path / "out")
    assert names(tmp_path) == ["inputs", "out"]


@pytest.mark.usefixtures("without_gate")
def test_rejected_rows_of_the_last_build_are_replaced(ged, tmp_path):
    out = tmp_path / "out"
    build_package(authored(ged(row1={"best": "x"})), out)
    assert (tmp_path / "out.private/rejected").is_dir()
    build_package(authored(ged()), out)
    assert not (tmp_path / "out.private/rejected").exists()


@pytest.mark.usefixtures("without_gate")
def test_rejected_rows_of_inputs_of_one_name_do_not_mix(ged, tmp_path, ged_rows, write_rows):
    """Two inputs may have the same file name and other columns."""
    first = ged(2, "a/ged.csv", row1={"best": "x"})
    moved = [dict(reversed(row.items())) for row in ged_rows[2:4]]
    second = Input(
        write_rows(tmp_path / "b/ged.csv", [{**row, "best": "y"} for row in moved]), source="ucdp_ged"
    )
    made = authored(first, replace(second, release="2"))
    build_package(made, tmp_path / "out")
    rejected = [row for path in (tmp_path / "out.private/rejected").iterdir() for row in records(path)]
    assert sorted((row["best"], row["id"]) for row in rejected) == sorted(
        [("x", ged_rows[1]["id"]), ("y", ged_rows[2]["id"]), ("y", ged_rows[3]["id"])]
    )


# Invalid data: nothing is written.


def refused(made, out, kind=DataError):
    with pytest.raises(kind) as caught:
        build_all(made, out)
    return str(caught.value)


def test_key_that_an_earlier_input_had_is_rejected_with_its_reason(ged, tmp_path):
    made = authored(ged(4, "a/ged1.csv"), replace(ged(2, "a/ged2.csv"), release="2"))
    (built,) = build_all(made, tmp_path / "out")
    assert [(r.accepted_rows, r.rejected_rows) for r in built.inputs] == [(4, 0), (0, 2)]
    rejected = records(built.private / "rejected" / "ged2.csv.csv")
    assert {row["reason"] for row in rejected} == {"id repeats a row that came before"}


def test_several_files_of_one_release_have_a_source_row_each(ged, tmp_path):
    made = authored(ged(2, "a/jan.csv"), ged(2, "a/feb.csv"), ged(1, "b/feb.csv"))
    (built,) = build_all(made, tmp_path / "out")
    ids = [row["source_id"] for row in records(tmp_path / "out" / "sources.csv")]
    assert [i.rpartition(":")[2] for i in ids] == ["jan", "feb", "feb-2"]
    assert built.rejected_rows == 3


def test_key_that_tables_and_a_provider_both_use_is_refused(ged, own, tmp_path):
    made = authored(own("sources", {**SOURCE_ROW, "source_id": "ucdp_ged"}), replace(ged(1), release=""))
    message = refused(made, tmp_path / "out")
    assert message == "sources: source_id is not unique: ucdp_ged (1 in all)"
    assert not (tmp_path / "out").exists()


def test_broken_reference_is_refused(own, tmp_path):
    made = authored(
        own("sources", SOURCE_ROW), own("events", EVENT), own("casualties", {**FIGURE, "event_id": "e9"})
    )
    assert refused(made, tmp_path / "out") == "casualties: event_id not in events: e9 (1 in all)"
    assert names(tmp_path) == ["inputs"]


def test_unknown_source_of_a_row_is_refused(own, tmp_path):
    made = authored(own("sources", SOURCE_ROW), own("events", {**EVENT, "source_id": "s9"}))
    assert refused(made, tmp_path / "out") == "events: source_id not in sources: s9 (1 in all)"


def test_failed_build_leaves_the_old_package_untouched(ged, own, tmp_path):
    out = tmp_path / "out"
    build_package(authored(ged(4)), out)
    before = contents(out)
    refused(authored(own("sources", SOURCE_ROW), own("events", {**EVENT, "source_id": "s9"})), out)
    refused(authored(Input(tmp_path / "missing.csv", source="ucdp_ged")), out, InputError)
    assert contents(out) == before
    assert validate(out, ["all"], limit=5).valid


def test_unknown_column_of_an_own_table_is_refused_with_the_nearest(own, tmp_path):
    made = authored(own("sources", {**SOURCE_ROW, "titel": "x"}))
    message = refused(made, tmp_path / "out", SourceMismatchError)
    assert "sources: not a field of this table: 'titel'; did you mean 'title'?" in message


def test_file_of_another_source_is_refused(ged_folder, tmp_path):
    made = authored(Input(ged_folder / "quickcharts_aggregate.csv", source="ucdp_ged"))
    assert "QuickCharts aggregate" in refused(made, tmp_path / "out", SourceMismatchError)
    assert names(tmp_path) == []


def test_file_as_output_is_refused(ged, tmp_path):
    (tmp_path / "out").write_text("mine")
    assert "is a file" in refused(authored(ged()), tmp_path / "out", UsageError)
    assert (tmp_path / "out").read_text() == "mine"
    assert names(tmp_path) == ["inputs", "out"]


# Whatever build writes, validate calls valid.


def test_package_without_places_or_days_is_valid(own, tmp_path):
    """An indicator of nowhere in particular: there is no period and no country to say."""
    indicator = {"figure_id": "i1", "source_id": "s1", "indicator": "facilities", "quantity_text": "12"}
    codes = table("indicators")["indicator"].descriptor["constraints"]["enum"]
    indicator |= {"indicator": codes[0], "role": "recommended"}
    build_package(authored(own("sources", SOURCE_ROW), own("indicators", indicator)), tmp_path / "out")
    report = validate(tmp_path / "out", ["all"], limit=10)
    assert report.valid, report.issues


def test_package_of_rejected_rows_alone_is_refused_or_valid(ged, tmp_path):
    made = authored(ged(2, row0={"best": "x"}, row1={"best": "y"}))
    try:
        built_package = build_package(made, tmp_path / "out")
    except DataError as error:
        assert "rejected" in str(error)  # noqa: PT017 - either is right, silence is not
    else:
        assert built_package.rejected_rows == 2
        assert validate(tmp_path / "out", ["all"], limit=10).valid


def test_quotes_inside_text_do_not_make_a_package_invalid(own, tmp_path):
    rows = {**EVENT, "description": "Aleppo|'clashes'|Idlib"}
    build_package(authored(own("sources", SOURCE_ROW), own("events", rows)), tmp_path / "out")
    assert records(tmp_path / "out/events.csv")[0]["description"] == rows["description"]


# Splitting.


@pytest.fixture
def mixed(own):
    """Rows of two countries and of none, with references across them."""
    return (
        own("sources", SOURCE_ROW, {**SOURCE_ROW, "source_id": "s2"}, {**SOURCE_ROW, "source_id": "s3"}),
        own(
            "events",
            EVENT,
            {**EVENT, "event_id": "e2", "location_code": "TUR", "source_id": "s2"},
            {**EVENT, "event_id": "e3", "location_code": ""},
        ),
        own(
            "casualties",
            FIGURE,
            {**FIGURE, "figure_id": "f2", "event_id": "e2", "location_code": "TUR"},
            {**FIGURE, "figure_id": "f3", "event_id": "", "location_code": ""},
            {**FIGURE, "figure_id": "f4", "event_id": "e2", "location_code": "SYR"},
        ),
        own(
            "claims",
            CLAIM,
            {**CLAIM, "claim_id": "c2", "about_table": "events", "about_id": "e2"},
            {**CLAIM, "claim_id": "c3", "about_table": "claims", "about_id": "c1", "stance": "retracts"},
        ),
    )


SPLIT = Options(hashtag_row="none", parquet=False, split_by="location_code")


@pytest.mark.usefixtures("without_gate")
def test_parts_hold_every_figure_once_and_every_claim(mixed, tmp_path):
    whole = build_package(authored(*mixed), tmp_path / "whole")
    parts = build_all(authored(*mixed, options=SPLIT), tmp_path / "parts")
    assert [p.path.name for p in parts] == ["sample-syr", "sample-tur", "sample-none"]
    rows = sorted(tuple(r.values()) for p in parts for r in records(p.path / "casualties.csv"))
    assert rows == sorted(tuple(r.values()) for r in records(whole.path / "casualties.csv"))
    claims = {tuple(r.values()) for p in parts for r in records(p.path / "claims.csv")}
    assert claims == {tuple(r.values()) for r in records(whole.path / "claims.csv")}
    own_events = {(p.path.name, r["event_id"]) for p in parts for r in records(p.path / "events.csv")}
    assert {("sample-syr", "e1"), ("sample-tur", "e2"), ("sample-none", "e3")} <= own_events


@pytest.mark.usefixtures("without_gate")
def test_parts_carry_what_their_rows_refer_to(mixed, tmp_path):
    parts = build_all(authored(*mixed, options=SPLIT), tmp_path / "parts")
    syria = next(p.path for p in parts if p.path.name == "sample-syr")
    assert {r["event_id"] for r in records(syria / "events.csv")} == {"e1", "e2"}
    assert {r["source_id"] for r in records(syria / "sources.csv")} == {"s1", "s2"}


def test_parts_are_each_valid(mixed, tmp_path):
    for part in build_all(authored(*mixed, options=SPLIT), tmp_path / "parts"):
        assert descriptor_of(part.path)["name"] == part.path.name
        report = validate(part.path, ["all"], limit=10)
        assert report.valid, report.issues


@pytest.mark.usefixtures("without_gate")
def test_parts_of_a_provider_file(ged, tmp_path, ged_rows):
    made = authored(ged(15), options=SPLIT)
    whole = build_package(replace(made, options=PLAIN), tmp_path / "whole")
    parts = build_all(made, tmp_path / "parts")
    assert len(parts) == len({row["country_id"] for row in ged_rows[:15]}) > 3
    for name in ("events", "event_sources", "casualties"):
        rows = [tuple(r.values()) for p in parts for r in records(p.path / f"{name}.csv")]
        assert len(rows) == whole.rows[name]
        assert sorted(rows) == sorted(tuple(r.values()) for r in records(whole.path / f"{name}.csv"))


@pytest.mark.usefixtures("without_gate")
def test_values_that_give_the_same_folder_do_not_overwrite_each_other(own, tmp_path):
    names_of_places = ("حلب", "إدلب", "Idlib", "IDLIB")
    events = [{**EVENT, "event_id": f"e{n}", "place_name": place} for n, place in enumerate(names_of_places)]
    made = authored(
        own("sources", SOURCE_ROW), own("events", *events), options=replace(SPLIT, split_by="place_name")
    )
    try:
        parts = build_all(made, tmp_path / "parts")
    except (UsageError, DataError) as error:
        assert "place_name" in str(error)  # noqa: PT017 - refused is as good as told apart
        return
    found = [row["event_id"] for p in {p.path for p in parts} for row in records(p / "events.csv")]
    assert sorted(found) == ["e0", "e1", "e2", "e3"]


def test_split_by_an_unknown_field_names_the_nearest(mixed, tmp_path):
    made = authored(*mixed, options=replace(SPLIT, split_by="location"))
    message = refused(made, tmp_path / "parts", UsageError)
    assert "split_by: no table has the field 'location'; did you mean 'location_" in message
    assert not (tmp_path / "parts").exists()


# Beside package.yaml, and stopped in the middle.


YAML = """
name: my-package
title: My package
version: "1.0.0"
licences: [{name: CC-BY-4.0}]
contributors: [{title: Me}]
inputs:
  - path: inputs/ged.csv
    source: ucdp_ged
"""


def test_build_beside_package_yaml_keeps_it_and_the_inputs(ged, tmp_path):
    ged()
    (tmp_path / "package.yaml").write_text(YAML)
    (tmp_path / "notes.txt").write_text("mine")
    before = contents(tmp_path)
    for _ in range(2):
        build_all(read_package_yaml(tmp_path), tmp_path)
        after = contents(tmp_path)
        assert {name: after[name] for name in before} == before
        assert "datapackage.json" in after
    assert {r["path"] for r in descriptor_of(tmp_path)["resources"]} & set(before) == set()
    assert validate(tmp_path, ["all"], limit=5).valid


BUILD = """
import sys, time
from pathlib import Path
step, folder = sys.argv[1], Path(sys.argv[2])
def wait(*arguments, **options):
    print("now", flush=True)
    time.sleep(60)
import hxl_kit.package.build as build
if step == "gate":
    build.refuse_invalid = wait
else:
    replace = Path.replace
    def slow(self, to):
        if Path(to).name == "events.csv":
            wait()
        return replace(self, to)
    Path.replace = slow
from hxl_kit.package.author import read_package_yaml
build.build_all(read_package_yaml(folder), folder / "out")
"""


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is POSIX")
@pytest.mark.parametrize(("step", "old"), [("gate", False), ("replace", True)])
def test_killed_in_the_middle_leaves_no_package_or_the_old_one(ged, tmp_path, step, old):
    ged()
    (tmp_path / "package.yaml").write_text(YAML)
    out = tmp_path / "out"
    if old:
        build_all(read_package_yaml(tmp_path), out)
    before = contents(out) if old else {}
    child = subprocess.Popen(
        [sys.executable, "-c", BUILD, step, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout.readline() == "now\n"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    if step == "replace":
        assert not (out / "datapackage.json").exists(), "a half-replaced folder is no package"
    else:
        assert (contents(out) if out.exists() else {}) == before
    build_all(read_package_yaml(tmp_path), out)
    assert validate(out, ["all"], limit=5).valid
