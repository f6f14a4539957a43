"""HDX's lists: what ships, what a refresh brings, and that nothing else needs the network."""

from __future__ import annotations

import json
from datetime import date

import pytest

from hxl_kit.errors import InputError, TargetError, UsageError
from hxl_kit.hdx import lists
from hxl_kit.standard.codelists import codelist

ANSWERS = {
    "vocabulary_show": {"tags": [{"name": "zoonoses"}, {"name": "conflict-violence"}, {"name": "crisis-x"}]},
    "license_list": [{"id": "cc-by", "title": "CC BY, new"}, {"id": "hdx-new", "title": "New"}],
    "group_list": ["syr", "world", "atlantis"],
}
DAY = date(2026, 1, 2)


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    monkeypatch.setenv(lists.VARIABLE, str(tmp_path / "own"))
    return tmp_path / "own"


def read(action, **_):
    return ANSWERS[action]


def test_every_list_ships_dated_with_its_source_and_terms():
    for name in lists.list_names():
        found = lists.hdx_list(name)
        assert found.rows, name
        assert date.fromisoformat(found.retrieved)
        assert found.source
        assert found.licence
        assert found.what
        assert not found.refreshed


def test_approved_tags_are_told_apart_and_others_lead_to_them():
    tags = lists.approved_tags()
    assert len(set(tags)) == len(tags)
    assert "conflict-violence" in tags
    mapping = lists.tag_mapping()
    assert mapping["3w"] == ("who is doing what and where-3w-4w-5w",)
    assert not set(mapping) & set(tags)
    assert {tag for found in mapping.values() for tag in found} <= set(tags)


@pytest.mark.parametrize(
    ("path", "said", "form"),
    [
        ("events.csv", "csv", "CSV"),
        ("events.hxl.csv", "", "CSV"),
        ("a.XLSX", "", "XLSX"),
        ("datapackage.json", "", "JSON"),
        ("areas.geojson", "geojson", "GeoJSON"),
        ("events.parquet", "parquet", "BIN"),
        ("package.zip", "", "BIN"),
        ("data", "zipped shapefile", "SHP"),
        ("letters.xyz", "", ""),
        ("csv", "", ""),
    ],
)
def test_formats_go_by_hdx_names(path, said, form):
    assert lists.format_of(path, said) == form


@pytest.mark.parametrize(
    ("ours", "hdx"),
    [
        ("CC-BY-4.0", "cc-by"),
        ("CC-BY-IGO", "cc-by-igo"),
        ("CC-BY-SA-4.0", "cc-by-sa"),
        ("ODbL-1.0", "hdx-odc-odbl"),
        ("ODC-BY-1.0", "hdx-odc-by"),
        ("PDDL-1.0", "hdx-pddl"),
        ("CC0-1.0", "other-pd-nr"),
        ("multiple", "hdx-multi"),
        ("other", "hdx-other"),
        ("cc-by", "cc-by"),
    ],
)
def test_licences_map_to_hdx_ids(ours, hdx):
    assert lists.licences()[ours] == hdx


def test_mapped_licences_are_codes_of_the_standard():
    said = {row["id"]: row["licences"].split("|") for row in lists.hdx_list("licences").rows}
    codes = set(codelist("licence").values)
    assert all(set(names) & codes for names in said.values())


def test_frequencies_go_by_days_and_by_words():
    known = lists.frequencies()
    assert known["every week"] == known["weekly"] == known["7"] == "7"
    assert known["as needed"] == "-2"
    assert known["never"] == "-1"


def test_locations_are_small_letters_and_world():
    known = lists.locations()
    assert {"syr", "xkx", "world"} <= set(known)
    assert all(code.islower() for code in known)


def test_refreshed_lists_are_kept_and_used_until_forgotten(own):
    lists.keep(lists.refreshed(read, "https://example.org", DAY))
    assert lists.approved_tags() == ("conflict-violence", "zoonoses")
    assert lists.locations() == ("atlantis", "syr", "world")
    assert lists.hdx_list("locations").rows[1]["title"] == "Syrian Arab Republic"
    assert lists.licences()["hdx-new"] == "hdx-new"
    assert lists.licences()["ODbL-1.0"] == "hdx-odc-odbl"
    found = lists.hdx_list("tags")
    assert (found.retrieved, found.source, found.refreshed) == ("2026-01-02", "https://example.org", True)
    assert lists.shipped_list("tags").rows != found.rows
    assert set(lists.forget()) == {"tags", "licences", "locations"}
    assert not lists.hdx_list("tags").refreshed
    assert list(own.iterdir()) == []


def test_words_that_lead_to_tags_no_longer_approved_lead_nowhere():
    lists.keep(lists.refreshed(read, "https://example.org", DAY))
    assert "3w" not in lists.tag_mapping()


@pytest.mark.parametrize(
    "spoilt",
    [
        {"vocabulary_show": {"tags": []}},
        {"vocabulary_show": None},
        {"vocabulary_show": {"tags": [{"id": "no name"}]}},
        {"license_list": "nonsense"},
        {"group_list": []},
    ],
)
def test_a_server_that_tells_no_lists_changes_nothing(spoilt, own):
    with pytest.raises(TargetError, match=r"example\.org"):
        lists.refreshed(lambda action, **_: (ANSWERS | spoilt)[action], "https://example.org", DAY)
    assert not own.exists()


@pytest.mark.parametrize("content", ["{", "[]", '{"rows": 1}', '{"retrieved": "", "source": "", "rows": []}'])
def test_a_damaged_copy_is_told_with_its_place(content, own):
    own.mkdir()
    (own / "tags.json").write_text(content)
    with pytest.raises(InputError, match=r"tags\.json"):
        lists.approved_tags()


def test_unknown_lists_are_told():
    with pytest.raises(UsageError, match="did you mean 'formats'"):
        lists.hdx_list("format")


def test_command_shows_the_lists_and_one_of_them(cli):
    ran = cli("hdx-lists")
    assert ran.code == 0
    assert all(name in ran.out for name in lists.list_names())
    assert "shipped" in ran.out
    ran = cli("hdx-lists", "frequencies", "--format", "json")
    [listed] = json.loads(ran.out)
    assert listed["rows"][0] == {"days": "-2", "title": "as needed", "other_names": "adhoc"}


@pytest.mark.parametrize("options", [("--refresh", "--forget"), ("--refresh", "--to", "catalogue:x")])
def test_command_refuses_what_makes_no_sense(cli, options):
    ran = cli("hdx-lists", *options)
    assert ran.code == 2
    assert "Traceback" not in ran.err


def test_command_brings_newer_lists_from_a_server(cli, sandbox, monkeypatch):
    monkeypatch.setenv("HDX_KEY", sandbox.editor_key)
    ran = cli("hdx-lists", "--refresh", "--to", f"hdx:{sandbox.url}")
    assert ran.code == 0
    assert "refreshed" in ran.out
    assert sandbox.editor_key not in ran.out + ran.err
    assert "conflict-violence" in lists.approved_tags()
    assert "world" in lists.locations()
    assert cli("hdx-lists", "--forget").code == 0
    assert not lists.hdx_list("tags").refreshed
