"""Reviewed decisions: read whole or refused with every problem named."""

import polars as pl
import pytest

from hxl_kit.errors import InputError, UsageError
from hxl_kit.places.decisions import COLUMNS, provider_decisions, read_decisions
from hxl_kit.places.gazetteer import gazetteer, gazetteer_of
from hxl_kit.sources import source_ids
from hxl_kit.standard import schemas

UNITS = gazetteer_of(
    pl.DataFrame(
        [
            ("SYR", 1, "SY02", "Aleppo", "SYR"),
            ("SYR", 2, "SY0204", "A'zaz", "SY02"),
            ("LBN", 1, "LB1", "Akkar", "LBN"),
        ],
        schema=["location_code", "level", "code", "name", "parent_code"],
        orient="row",
    )
)


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "places.csv"
    path.write_bytes(text.encode(encoding))
    return path


def refused(tmp_path, text, encoding="utf-8"):
    with pytest.raises(UsageError) as caught:
        read_decisions(written(tmp_path, text, encoding), UNITS)
    return str(caught.value)


def test_decisions_are_read_with_or_without_the_optional_columns(tmp_path):
    text = "location_code,level,name,code\nSYR,2,  Izaz  City ,SY0204\nSYR,1,Northern area,\n"
    read = read_decisions(written(tmp_path, text), UNITS)
    assert read.columns == list(COLUMNS)
    assert read.select("level", "name", "code").rows() == [
        (2, "izaz city", "SY0204"),
        (1, "northern area", None),
    ]


def test_the_list_of_unmatched_names_can_be_filled_in_and_used(tmp_path):
    text = (
        "location_code,level,parent_code,name,code,reason,candidates,rows\n"
        'SYR,2,SY02,Izaz,SY0204,"two units resemble it",SY0204 A\'zaz 0.81,12\n'
    )
    read = read_decisions(written(tmp_path, text, "utf-8-sig"), UNITS)
    assert read.select("parent_code", "name", "code").rows() == [("SY02", "izaz", "SY0204")]


def test_every_problem_is_named_at_once(tmp_path):
    text = (
        "location_code,level,name,code\nSYR,2,Izaz,LB1\nSYR,two,Izaz,SY0204\nSYR,1,Halab,SY02\nSYR,1,HALAB,\n"
    )
    said = refused(tmp_path, text)
    assert "line 2: no unit 'LB1' of SYR" in said
    assert "line 3: give location_code, level (1 to 5) and name" in said
    assert "line 5: contradicts a line above" in said


def test_one_name_may_mean_different_units_in_different_parents(tmp_path):
    text = "location_code,level,parent_code,name,code\nSYR,2,SY02,Izaz,SY0204\nSYR,2,SY03,Izaz,\n"
    assert read_decisions(written(tmp_path, text), UNITS).height == 2


def test_a_missing_column_is_named_with_the_nearest(tmp_path):
    said = refused(tmp_path, "location_code,level,nmae,code\nSYR,1,Halab,SY02\n")
    assert "column 'name'" in said
    assert "did you mean 'nmae'" in said


def test_other_files_are_refused_in_plain_words(tmp_path):
    assert "UTF-8" in refused(tmp_path, "location_code,level,name,code\nSYR,1,Alép,SY02\n", "cp1252")
    with pytest.raises(InputError, match="no such file"):
        read_decisions(tmp_path / "none.csv", UNITS)


def test_what_is_known_of_a_sources_names_leads_to_current_units():
    known = pl.read_csv(schemas.path_of("gazetteers", "provider_names.csv"), infer_schema=False)
    assert set(known["source"]) <= set(source_ids())
    assert set(known["code"]) <= set(gazetteer().units["code"])
    kyiv = dict(provider_decisions("acled").filter(location_code="UKR").select("name", "code").iter_rows())
    assert kyiv == {"kyiv": "UA32", "kyiv city": "UA80"}
    assert provider_decisions("ucdp_ged").height == 0
