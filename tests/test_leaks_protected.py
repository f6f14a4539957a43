"""Protected people: no output of a package names them, nor lets anybody find them by trying names."""

from __future__ import annotations

import json
import re

import polars as pl
import pytest
from leaks_for_tests import CELL, Look

from hxl_kit.normalise import CHANGES
from hxl_kit.package.protected_rows import conceal, left_over
from hxl_kit.standard.tables import table

OTHER = "Amira Other"
SOURCES = {
    "source_id": "s1",
    "title": "One",
    "publisher": "Example Office",
    "source_type": "news",
    "date_precision": "unknown",
    "access": "public",
    "redistribution": "attribution",
    "licence": "CC-BY-4.0",
}
EVENTS = {
    "event_id": "e1",
    "source_id": "s1",
    "event_type": "battle",
    "date_precision": "unknown",
    "geo_precision": "unknown",
    "location_code": "SYR",
    "actor1_name": "Example Army",
    "is_aggregate": "false",
}
CLAIM = {
    "claim_id": "c1",
    "source_id": "s1",
    "claimant": CELL.name,
    "stance": "asserts",
    "about_table": "events",
    "about_id": "e1",
    "aspect": "occurrence",
}
SECRET = b"0123456789abcdef"


@pytest.fixture
def look(cli, tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return Look(cli, tmp_path / "work")


def write_package(folder, claims, write_rows, **change):
    """Write package.yaml and its tables: one source, one event and these claims."""
    tables = {"sources": [{**SOURCES, **change}], "events": [EVENTS], "claims": claims}
    for name, rows in tables.items():
        write_rows(folder / f"{name}.csv", [{**dict.fromkeys(rows[0], ""), **row} for row in rows])
    described = {
        "name": "a-package",
        "title": "A package",
        "version": "1",
        "sensitivity": "low",
        "licences": [{"name": "CC-BY-4.0"}],
        "contributors": [{"title": "A desk"}],
        "inputs": [{"path": f"{name}.csv", "table": name} for name in tables],
        "options": {"protect": ["claims.claimant"], "xlsx": True},
    }
    (folder / "package.yaml").write_text(json.dumps(described), encoding="utf-8")


def test_a_protected_name_is_in_no_output(look, write_rows):
    said = {"quote": f"{CELL.name.upper()} saw it", "claim_id": f"e1:{CELL.name}"}
    write_package(look.folder, [{**CLAIM, **said}], write_rows)
    look.plant()
    assert look.run("build", look.folder, "-o", "out").code == 0
    look.run("plan", "out", "--to", "catalogue:cat", "-o", "plan.json", "--format", "json")
    assert look.run("publish", "out", "--to", "catalogue:cat", "--yes").code == 0
    (claim,) = pl.read_csv("out/claims.csv", infer_schema=False).rows(named=True)
    code = claim["claimant"]
    assert re.fullmatch(r"protected:[0-9a-f]{12}", code)
    assert (claim["claim_id"], claim["quote"]) == (f"e1:{code}", f"{code} saw it")
    key = look.folder.with_name("work.private") / "protected.csv"
    assert CELL.name in key.read_text("utf-8")
    assert key.stat().st_mode & 0o077 == 0 == key.parent.stat().st_mode & 0o077


def test_a_part_of_the_name_is_told_and_never_shown(look, write_rows):
    write_package(look.folder, [{**CLAIM, "quote": f"as {CELL.last} told us"}], write_rows)
    ran = look.cli("build", look.folder, "-o", "out")
    assert ran.code == 0
    assert "1 × cells may still name whom you protect" in ran.err
    assert not CELL.found_in(ran.out + ran.err)
    listed = (look.folder / "out.private/warnings.csv").read_text("utf-8")
    assert 'claims,c1,protected-named,"quote may still name whom claimant protects' in listed
    described = json.loads((look.folder / "out/datapackage.json").read_text("utf-8"))
    assert "protected-named" not in json.dumps(described["provenance"])


def test_a_name_in_another_table_stops_the_build(look, write_rows):
    write_package(look.folder, [CLAIM], write_rows, title=f"Statement of {CELL.name}")
    look.plant()
    ran = look.run("build", look.folder, "-o", "out")
    assert ran.code == 1
    assert "protect: sources.title names whom you protect in 1 rows: rewrite these cells" in ran.err
    assert not (look.folder / "out").exists()


@pytest.mark.parametrize("body", ["Example Office", "Example Army"])
def test_a_public_body_may_be_named_elsewhere(look, write_rows, body):
    """Who publishes or fights is no private person: a claim of theirs is coded, their name elsewhere is told only."""
    write_package(look.folder, [{**CLAIM, "claimant": body}], write_rows)
    ran = look.cli("build", look.folder, "-o", "out")
    assert ran.code == 0
    assert "cells may still name whom you protect" in ran.err


def tables_with(**claim):
    """The table of claims with one row before and after coding."""
    before = pl.DataFrame(
        [{name: {**CLAIM, **claim}.get(name) for name in table("claims").names}],
        schema=dict.fromkeys(table("claims").names, pl.String),
    )
    codes = {CELL.name: "protected:c0de", OTHER: "protected:0123"}
    return before, before.with_columns(pl.col("claimant").replace(codes)), codes


def concealed(secret=b"", **claim):
    before, coded, codes = tables_with(**claim)
    return conceal({"claims": before}, {"claims": coded}, {"claims": ["claimant"]}, codes, secret)


def test_a_key_that_is_a_hash_cannot_be_found_by_trying_names():
    plain = "template:claims:0123456789abcdef"
    first = concealed(SECRET, claim_id=plain, about_id=plain).tables["claims"].row(0, named=True)
    again = concealed(SECRET, claim_id=plain).tables["claims"].row(0, named=True)
    other = concealed(b"another secret", claim_id=plain).tables["claims"].row(0, named=True)
    assert first["claim_id"] == first["about_id"] == again["claim_id"] != other["claim_id"]
    assert re.fullmatch(r"template:claims:[0-9a-f]{16}", first["claim_id"])
    assert first["claim_id"] != plain


def test_the_authors_own_keys_and_unprotected_rows_stay():
    assert (
        concealed(claim_id="x:0123456789abcdef").tables["claims"]["claim_id"].item() == "x:0123456789abcdef"
    )
    coded = concealed(SECRET, claimant="protected:known", claim_id="x:0123456789abcdef", quote=CELL.name)
    row = coded.tables["claims"].row(0, named=True)
    assert (row["claim_id"], row["quote"]) == ("x:0123456789abcdef", CELL.name)
    assert not coded.changes.height


def test_a_name_within_a_longer_word_is_no_name():
    assert concealed(quote=f"the {CELL.name}s").tables["claims"]["quote"].item() == f"the {CELL.name}s"


def test_what_was_replaced_is_listed_for_the_author():
    changed = concealed(quote=f"{CELL.name} said").changes
    assert changed.schema == pl.Schema(CHANGES)
    assert changed.select("column", "old", "new").row(0) == (
        "claims.quote",
        f"{CELL.name} said",
        "protected:c0de said",
    )


def test_what_is_left_over_is_counted_by_column():
    frame = pl.LazyFrame({name: [None, f"by {OTHER}"] for name in table("sources").names})
    found = left_over({"sources": frame}, [OTHER])
    assert ("sources.title", 1, True) in [(column.field, column.rows, column.certain) for column in found]
