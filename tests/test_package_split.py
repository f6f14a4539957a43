"""`split_by` and `protect`: parts hold every row once; names never reach a package."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from hxl_kit.errors import UsageError
from hxl_kit.package.author import Authored, Input, Options
from hxl_kit.package.build import build_all, build_package
from hxl_kit.validation.engine import validate

SOURCES = "source_id,title,source_type,date_precision,access,redistribution,language\ns1,One,news,unknown,public,attribution,en\n"
EVENTS = (
    "event_id,source_id,event_type,date_precision,geo_precision,location_code,is_aggregate\n"
    "e1,s1,battle,unknown,unknown,SYR,false\n"
    "e2,s1,battle,unknown,unknown,IRQ,false\n"
    "e3,s1,battle,unknown,unknown,,false\n"
)
CLAIMS = (
    "claim_id,source_id,claimant,stance,about_table,about_id,aspect\n"
    "c1,s1,Canary Witness,asserts,events,e1,occurrence\n"
    "c2,s1,Canary Witness,denies,events,e2,occurrence\n"
    "c3,s1,protected:known,asserts,events,e3,occurrence\n"
)


@pytest.fixture
def authored(tmp_path):
    folder = tmp_path / "author"
    folder.mkdir()
    for name, text in (("sources", SOURCES), ("events", EVENTS), ("claims", CLAIMS)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return Authored(
        name="made",
        title="Made",
        version="1",
        licences=({"name": "CC-BY-4.0"},),
        contributors=({"title": "Tester"},),
        inputs=tuple(Input(folder / f"{name}.csv", table=name) for name in ("sources", "events", "claims")),
        folder=folder,
    )


def options(authored, **changes):
    return replace(authored, options=Options(**changes))


def test_parts_together_hold_every_row_once(authored, tmp_path):
    built = build_all(options(authored, split_by="location_code"), tmp_path / "out")
    assert [b.path.name for b in built] == ["made-irq", "made-syr", "made-none"]
    events = pl.concat(pl.read_csv(b.path / "events.csv", infer_schema=False) for b in built)
    assert sorted(events["event_id"]) == ["e1", "e2", "e3"]
    claims = {b.path.name: pl.read_csv(b.path / "claims.csv")["claim_id"].to_list() for b in built}
    assert claims == {"made-irq": ["c2"], "made-syr": ["c1"], "made-none": ["c3"]}


def test_every_part_is_valid_by_itself(authored, tmp_path):
    for built in build_all(options(authored, split_by="location_code"), tmp_path / "out"):
        assert validate(built.path, ["all"], limit=5).valid


def test_a_field_that_no_table_has_is_refused_with_the_nearest(authored, tmp_path):
    with pytest.raises(UsageError, match="did you mean 'location_code'"):
        build_all(options(authored, split_by="location_cod"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_protected_names_are_in_no_file_of_the_package(authored, tmp_path):
    out = tmp_path / "out"
    build_package(options(authored, protect=("claims.claimant",), xlsx=False), out)
    assert not [path for path in out.rglob("*") if b"Canary" in path.read_bytes()]
    claimants = pl.read_csv(out / "claims.csv")["claimant"]
    assert all(claimant.startswith("protected:") for claimant in claimants)
    assert claimants[0] == claimants[1] != claimants[2] == "protected:known"


def test_the_key_stays_in_the_private_folder_and_the_codes_are_stable(authored, tmp_path):
    chosen = options(authored, protect=("claims.claimant",))
    build_package(chosen, tmp_path / "first")
    build_package(chosen, tmp_path / "second")
    first, second = ((tmp_path / name / "claims.csv").read_bytes() for name in ("first", "second"))
    assert first == second
    key = pl.read_csv(tmp_path / "author.private" / "protected.csv", infer_schema=False)
    assert key["value"].to_list() == ["Canary Witness"]
    assert key["code"][0] in first.decode()


@pytest.mark.parametrize("field", ["claims.stance", "claims.claim_id", "claim.claimant", "events.latitude"])
def test_only_free_text_can_be_protected(authored, tmp_path, field):
    with pytest.raises(UsageError, match=r"protect|no table"):
        build_package(options(authored, protect=(field,)), tmp_path / "out")
