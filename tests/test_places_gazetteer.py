"""The gazetteer: units with P-codes, each under its parent, and an edition that says where it is from."""

import gzip
import importlib.util
import json
from pathlib import Path

import polars as pl
import pytest

from hxl_kit.places.gazetteer import all_units, labelled, release, units
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.tables import table

SCRIPT = Path(__file__).parents[1] / "scripts/refresh_gazetteer.py"
GIVEN = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n"


@pytest.fixture(scope="module")
def refresh():
    spec = importlib.util.spec_from_file_location("refresh_gazetteer", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_units_of_a_country():
    first, second = units("SYR", 1), units("SYR", 2)
    assert first.height == 14
    assert dict(first.select("code", "name").rows())["SY02"] == "Aleppo"
    assert dict(second.select("code", "parent_code").rows())["SY0202"] == "SY02"
    assert units("FRA", 1).height == 0


def test_every_unit_has_one_code_of_the_standards_form_and_a_parent_above_it():
    every = all_units()
    assert every.height == release().units == every["code"].n_unique()
    assert every.null_count().row(0) == (0,) * every.width
    assert set(every["level"]) == {1, 2}
    assert set(every["location_code"]) <= set(codelist("location").values)
    pattern = table("events")["admin1_code"].constraints["pattern"]
    assert every["code"].str.contains(rf"\A(?:{pattern})\z").all()
    first = every.filter(pl.col("level") == 1)
    assert (first["parent_code"] == first["location_code"]).all()
    second = every.filter(pl.col("level") == 2).join(first, left_on="parent_code", right_on="code")
    assert second.height == every.height - first.height
    assert (second["location_code"] == second["location_code_right"]).all()


def test_edition_names_its_terms_and_what_was_left_out():
    edition = release()
    assert edition.id == "global-pcodes-2024-10-31"
    assert edition.licence == "CC BY"
    assert "OCHA" in edition.attribution
    assert len(edition.sha256) == 64
    assert edition.left_out == ("SOM level 2: 'Unspecified' is no P-code",)


def test_label_ends_in_the_code():
    labels = units("SYR", 1).select(labelled()).to_series()
    assert labels[1] == "Aleppo · SY02"


def test_refresh_gives_the_same_bytes_for_the_same_units(refresh):
    stored = schemas.path_of("gazetteers", "global_pcodes.csv.gz").read_bytes()
    assert refresh.packed(all_units()) == stored
    assert stored[4:8] == bytes(4), "no time of writing in the gzip header"


def test_refresh_reads_a_download_with_a_mark_and_a_hashtag_row(refresh):
    tags = "#country+code,#geo+admin_level,#adm+code,#adm+name,#adm+code+parent,#date+start\n"
    lines = (
        "SYR,1,SY02,Aleppo,SYR,2020-12-17\nSYR,1,SY01,Damascus,SYR,2020-12-17\nSOM,2,None,?,SO22,1984-06-23\n"
    )
    found, left_out = refresh.read(b"\xef\xbb\xbf" + (GIVEN + tags + lines).encode())
    assert found["code"].to_list() == ["SY01", "SY02"]
    assert left_out == ["SOM level 2: 'None' is no P-code"]
    described = refresh.about(b"x", found, left_out)
    assert described["id"] == "global-pcodes-2020-12-17"
    assert json.dumps(described)
    assert gzip.decompress(refresh.packed(found)).startswith(b"location_code,level,code,name,")
