"""From packages to HDX's fields: every rule has a case; all problems are told at once; nothing is asked of the network."""

from __future__ import annotations

import json
import re
import socket
import uuid
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packages_for_tests import write_package

from hxl_kit.errors import UsageError
from hxl_kit.hdx import lists
from hxl_kit.hdx.comparing import same
from hxl_kit.hdx.fields import dataset_fields, with_ids, with_kept_tags
from hxl_kit.hdx.offering import offered
from hxl_kit.hdx.resources import data_dictionary, resource_fields
from hxl_kit.hdx.section import Section, section_of
from hxl_kit.package.author import read_package_yaml
from hxl_kit.reading.packages import Package, read_package, verify_files

ROOT = Path(__file__).parents[1]
SECTION = {"organisation": "an-organisation", "maintainer": "somebody", "frequency": "every month"}
BASE = {
    "keywords": ["conflict-violence", "hxl"],
    "spatial": {"locations": ["SYR"]},
    "sources": [{"title": "Monitor of Nowhere"}],
    "methodology": "Counted by hand.",
    "hdx": SECTION,
}
EMPTY_IF_PRIVATE = {
    "description": "",
    "methodology": "",
    "temporal": None,
    "spatial": None,
    "hdx": {"organisation": "o", "maintainer": "m", "access": "private"},
}


@pytest.fixture(autouse=True)
def no_network_and_no_own_lists(tmp_path, monkeypatch, request):
    monkeypatch.setenv(lists.VARIABLE, str(tmp_path / "own-lists"))
    if "sandbox" not in request.fixturenames:
        monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("asks the network"))


@pytest.fixture
def made(tmp_path):
    """A package on disk whose descriptor has these entries; `hdx` entries come on top of the usual ones."""

    def make(*, hdx=None, tables=None, extra=None, inline=False, **metadata) -> Package:
        entries = {**BASE, **metadata}
        if hdx is not None:
            entries["hdx"] = {**SECTION, **hdx} if isinstance(hdx, dict) else hdx
        return write_package(tmp_path / uuid.uuid4().hex, tables, extra=extra, inline=inline, **entries)

    return make


def of(package, **names):
    return dataset_fields(package, **names)


def test_a_described_package_has_every_field_and_no_problem(made):
    found = of(made(caveats="Old.\r\n"))
    assert found.problems == ()
    assert dict(found.values) == {
        "name": "syria-events",
        "title": "Syria: events",
        "notes": "Events of armed conflict.",
        "caveats": "Old.",
        "owner_org": "an-organisation",
        "maintainer": "somebody",
        "dataset_source": "Monitor of Nowhere",
        "license_id": "cc-by",
        "license_other": "",
        "methodology": "Other",
        "methodology_other": "Counted by hand.",
        "dataset_date": "[2024-01-01T00:00:00 TO 2024-12-31T23:59:59]",
        "data_update_frequency": "30",
        "groups": [{"name": "syr"}],
        "subnational": "0",
        "tags": [{"name": "conflict-violence"}, {"name": "hxl"}],
        "private": False,
        "archived": False,
        "is_requestdata_type": False,
        "updated_by_script": found.values["updated_by_script"],
        "dataset_preview": "no_preview",
    }


def test_fields_are_the_same_at_every_run(made):
    package = made()
    assert dict(of(package).values) == dict(of(package).values)


def test_the_command_line_names_organisation_and_maintainer_first(made):
    values = of(made(), organisation="other-org", maintainer="other-user").values
    assert (values["owner_org"], values["maintainer"]) == ("other-org", "other-user")


@pytest.mark.parametrize(
    ("metadata", "hdx", "told"),
    [
        ({"name": "X"}, {}, "no name on HDX"),
        ({"name": "a" * 101}, {}, "no name on HDX"),
        ({"title": " "}, {}, "title: is missing"),
        ({"description": " \n"}, {}, "description: is missing"),
        ({}, {"organisation": " "}, "hdx.organisation: is missing"),
        ({}, {"maintainer": " "}, "hdx.maintainer: is missing"),
        ({"sources": []}, {}, "hdx.source: is missing"),
        ({"licenses": []}, {}, "licences: none"),
        ({"licenses": [{"name": "other", "title": "Other"}]}, {}, "needs a title"),
        ({"methodology": ""}, {}, "methodology: is missing"),
        ({"methodology": ""}, {"methodology": "Other"}, "is Other; say in methodology"),
        ({}, {"methodology": "Guessing"}, "must be one of Census"),
        ({"temporal": None}, {}, "hdx.date: is missing"),
        ({}, {"date": {"start": "2024-02-30", "end": "ongoing"}}, "no day of the calendar"),
        ({}, {"date": {"start": "2024-02-02", "end": "2024-02-01"}}, "before it starts"),
        ({}, {"date": {"start": "2024-02-02"}}, "needs start and end"),
        ({}, {"frequency": ""}, "hdx.frequency: is missing"),
        ({}, {"frequency": "every fortnight"}, "no frequency 'every fortnight'"),
        ({}, {"frequency": 3}, "no frequency '3'"),
        ({}, {"frequency": "live"}, "live is for data behind an address"),
        ({"spatial": {}}, {}, "hdx.locations: is missing"),
        ({}, {"locations": ["QQQ"]}, "'qqq' is no location of HDX"),
        ({}, {"locations": ["WLD"]}, "did you mean 'world'"),
        ({"keywords": []}, {}, "keywords: there are none"),
        ({"keywords": ["conflict violens"]}, {}, "did you mean 'conflict-violence'"),
        ({}, {"tags": ["zzzzz"]}, "hdx.tags: 'zzzzz' is none of HDX's approved tags"),
        ({"keywords": ["crisis-somewhere"]}, {}, "only HDX's own staff"),
        ({}, {"preview": "nothing.csv"}, "the package has no file 'nothing.csv'"),
        ({}, {"acces": "private"}, "unknown key 'acces'; did you mean 'access'"),
        ({}, {"access": "secret"}, "must be one of public, private, by-request"),
        ({}, {"subnational": "yes"}, "hdx.subnational: has not the form"),
        ({}, ["not", "entries"], "hdx: must be entries with names"),
    ],
)
def test_what_hdx_would_refuse_is_a_problem(made, metadata, hdx, told):
    problems = of(made(**metadata, hdx=hdx)).problems
    assert [problem for problem in problems if told in problem], problems
    assert len(problems) == 1 or not isinstance(hdx, dict), problems


def test_all_problems_are_told_at_once(made):
    problems = of(
        made(title="", description="", keywords=["nonsense"], hdx={"frequency": "", "maintainer": " "})
    ).problems
    assert len(problems) == 5


@pytest.mark.parametrize(
    ("licences", "wanted"),
    [
        ([{"name": "CC-BY-4.0"}], ("cc-by", "")),
        ([{"name": "cc-by-igo"}], ("cc-by-igo", "")),
        ([{"name": "ODbL-1.0"}], ("hdx-odc-odbl", "")),
        ([{"name": "CC-BY-4.0"}, {"name": "ODbL-1.0"}], ("hdx-multi", "")),
        ([{"name": "CC-BY-4.0"}, {"name": "cc-by"}], ("cc-by", "")),
        (
            [{"name": "CC-BY-NC-4.0", "title": "CC BY-NC 4.0", "path": "https://a.example/nc"}],
            ("hdx-other", "CC BY-NC 4.0 (https://a.example/nc)"),
        ),
        ([{"name": "CC-BY-3.0"}], ("hdx-other", "CC-BY-3.0")),
        (
            [{"name": "other", "title": "Other", "path": "https://a.example"}],
            ("hdx-other", "https://a.example"),
        ),
    ],
)
def test_licences_become_hdx_ids_or_their_terms(made, licences, wanted):
    found = of(made(licenses=licences))
    assert found.problems == ()
    assert (found.values["license_id"], found.values["license_other"]) == wanted


@pytest.mark.parametrize(
    ("hdx", "field", "wanted"),
    [
        ({"methodology": "Census"}, "methodology", "Census"),
        ({"methodology": "Census"}, "methodology_other", ""),
        ({"date": {"start": "2024-02-02", "end": "ongoing"}}, "dataset_date", "[2024-02-02T00:00:00 TO *]"),
        ({"frequency": -2}, "data_update_frequency", "-2"),
        ({"frequency": "Weekly"}, "data_update_frequency", "7"),
        ({"archived": True, "frequency": "weekly"}, "data_update_frequency", "-1"),
        ({"locations": ["LBN", "World"]}, "groups", [{"name": "lbn"}, {"name": "world"}]),
        ({"subnational": True}, "subnational", "1"),
        ({"source": "Two offices"}, "dataset_source", "Two offices"),
        (
            {"tags": ["Displacement", "idps"]},
            "tags",
            [{"name": "displacement"}, {"name": "internally displaced persons-idp"}],
        ),
        ({"preview": "first"}, "dataset_preview", "first_resource"),
        ({"preview": "events.csv"}, "dataset_preview", "resource_id"),
        ({"access": "private"}, "private", True),
    ],
)
def test_entries_of_the_section_become_fields(made, hdx, field, wanted):
    found = of(made(hdx=hdx))
    assert found.problems == ()
    assert found.values[field] == wanted


def test_a_private_dataset_may_leave_fields_empty_but_not_wrong(made):
    assert of(made(**EMPTY_IF_PRIVATE)).problems == ()
    wrong = {**EMPTY_IF_PRIVATE, "hdx": {**EMPTY_IF_PRIVATE["hdx"], "locations": ["SYR", "QQQ"]}}
    assert "no location" in str(of(made(**wrong)).problems)
    assert "tags" in str(of(made(**{**EMPTY_IF_PRIVATE, "keywords": []})).problems)


def test_by_request_nothing_is_sent_but_what_the_data_are_like(made, tmp_path):
    package = made(hdx={"access": "by-request"}, extra={"events.parquet": b"x"})
    found = of(package)
    assert found.problems == ()
    assert found.values["is_requestdata_type"] is True
    assert found.values["private"] is False
    assert found.values["field_names"] == ["event_id", "event_name", "fatalities"]
    assert found.values["file_types"] == ["bin", "csv"]
    assert found.values["num_of_rows"] == "3"
    assert resource_fields(offered(package, tmp_path)) == ()


@pytest.mark.parametrize("inline", [False, True])
def test_what_the_descriptor_does_not_say_is_read_from_the_tables(made, inline):
    tables = {
        "sources": [
            {"source_id": "s1", "publisher": "Monitor A", "title": "T1"},
            {"source_id": "s2", "publisher": "", "title": "T2"},
            {"source_id": "s3", "publisher": "Monitor B", "title": "T3"},
            {"source_id": "s4", "publisher": "Monitor A", "title": "T4"},
        ],
        "events": [
            {"event_id": "e1", "date_start": "2024-03-01", "location_code": "LBN", "admin1_name": ""},
            {"event_id": "e2", "date_start": "2024-01-05", "location_code": "SYR", "admin1_name": "Homs"},
        ],
    }
    package = made(tables=tables, temporal=None, spatial=None, inline=inline)
    next(f for f in package.tables["events"]["schema"]["fields"] if f["name"] == "date_start")["type"] = (
        "date"
    )
    found = of(package)
    assert found.problems == ()
    assert found.values["dataset_source"] == "Monitor A, Monitor B"
    assert found.values["dataset_date"] == "[2024-01-05T00:00:00 TO 2024-03-01T23:59:59]"
    assert found.values["groups"] == [{"name": "lbn"}, {"name": "syr"}]
    assert found.values["subnational"] == "1"


def test_columns_of_places_without_a_value_are_not_subnational(made):
    tables = {"events": [{"event_id": "e1", "admin1_name": "", "latitude": ""}]}
    assert of(made(tables=tables)).values["subnational"] == "0"
    assert of(made(spatial={"locations": ["SYR"], "bbox": [1, 2, 3, 4]})).values["subnational"] == "1"


def test_values_of_cells_never_reach_a_problem(made):
    tables = {"events": [{"event_id": "Jana Secret", "location_code": "Jana Secret"}]}
    assert "Jana" not in str(of(made(tables=tables, temporal=None, keywords=[])).problems)


def test_names_become_ids_and_tags_get_their_vocabulary(made):
    values = of(made()).values
    ours = with_ids(values, "org-id", "user-id", "voc-id")
    assert (ours["owner_org"], ours["maintainer"]) == ("org-id", "user-id")
    assert ours["tags"][0] == {"name": "conflict-violence", "vocabulary_id": "voc-id"}
    assert values["tags"][0] == {"name": "conflict-violence"}


def test_tags_of_hdx_staff_are_kept_and_no_difference(made):
    values = of(made()).values
    served = {"tags": [*values["tags"], {"name": "crisis-x", "vocabulary_id": "v", "state": "active"}]}
    assert same("tags", values["tags"], served["tags"])
    assert with_kept_tags({"title": "x"}, served) == {"title": "x"}
    assert with_kept_tags(values, served)["tags"][-1] == {"name": "crisis-x", "vocabulary_id": "v"}


@pytest.mark.parametrize(
    ("field", "ours", "served", "equal"),
    [
        ("notes", "a\nb", "a\r\nb ", True),
        ("notes", "a\nb", "a b", False),
        ("caveats", "", None, True),
        ("caveats", "x", None, False),
        ("private", False, "False", True),
        ("private", True, False, False),
        ("archived", False, None, True),
        ("subnational", "1", True, True),
        ("is_requestdata_type", False, None, True),
        ("tags", [{"name": "b"}, {"name": "a"}], [{"name": "a", "id": "1"}, {"name": "b", "id": "2"}], True),
        ("tags", [{"name": "a"}], [{"name": "a"}, {"name": "b"}], False),
        ("groups", [{"name": "syr"}], [{"name": "syr", "title": "Syria", "id": "x"}], True),
        ("groups", [{"name": "syr"}], [], False),
        ("dataset_date", "[2024-01-01T00:00:00 TO 2024-01-31T23:59:59]", "[2024-01-01 TO 2024-01-31]", True),
        ("dataset_date", "[2024-01-01T00:00:00 TO *]", "[2024-01-01T00:00:00.000000 TO *]", True),
        ("dataset_date", "[2024-01-01T00:00:00 TO *]", "[2024-01-02T00:00:00 TO *]", False),
        ("size", 12, "12", True),
        ("num_of_rows", "12", 12, True),
        ("file_types", ["csv", "xlsx"], '["xlsx", "csv"]', True),
        ("format", "CSV", "csv", True),
        ("hdx_data_dictionary", '[{"field":"a"}]', [{"field": "a"}], True),
        ("hdx_data_dictionary", '[{"field":"a"}]', '[{"field": "b"}]', False),
        ("updated_by_script", "hxl_kit 1.0", "hxl_kit 0.9", True),
        ("updated_by_script", "hxl_kit 1.0", "another tool", False),
    ],
)
def test_a_field_is_the_same_in_whatever_form_it_comes_back(field, ours, served, equal):
    assert same(field, ours, served) is equal


def test_resources_are_in_the_package_order_and_the_descriptor_comes_last(made, tmp_path):
    package = made(extra={"events.parquet": b"PAR1", "deep/areas.geojson": b"{}"})
    found = resource_fields(offered(package, tmp_path))
    assert [r.name for r in found] == [*(r["path"] for r in package.resources), "datapackage.json"]
    assert [r.values["format"] for r in found] == ["CSV", "CSV", "BIN", "GeoJSON", "JSON"]
    assert all(r.problems == () for r in found)
    for resource in found:
        assert resource.file.stat().st_size == resource.bytes == resource.values["size"]
        assert resource.values["hash"] == f"sha256:{resource.sha256}"
        assert resource.values["description"]
        assert (resource.values["resource_type"], resource.values["url_type"]) == ("file.upload", "upload")
        assert "p_coded" not in resource.values
    assert found[-1].sha256 == package.digest
    assert "3 rows." in found[0].values["description"]


def test_a_file_of_a_format_that_hdx_lacks_is_a_problem(made, tmp_path):
    [*_, unknown, _] = resource_fields(offered(made(extra={"letters.xyz": b"x"}), tmp_path))
    assert "letters.xyz: HDX has no format" in str(unknown.problems)


def test_data_dictionary_has_the_hashtag_in_each_description():
    fields = [
        {
            "name": "killed",
            "title": "Killed",
            "description": "People.",
            "type": "integer",
            "hxl_tag": "#affected+killed",
        },
        {"name": "day", "type": "date"},
        {"name": "sure", "type": "boolean", "hxl_tag": "#x"},
        {"name": "when", "type": "datetime"},
        {"title": "no name"},
    ]
    assert data_dictionary({"schema": {"fields": fields}}) == [
        {
            "field": "killed",
            "label": "Killed",
            "description": "People. HXL: #affected+killed",
            "data_type": "numeric",
        },
        {"field": "day", "label": "day", "description": "day", "data_type": "date"},
        {"field": "sure", "label": "sure", "description": "HXL: #x", "data_type": "text"},
        {"field": "when", "label": "when", "description": "when", "data_type": "timestamp without time zone"},
    ]
    tagged = {"schema": {"fields": fields}, "dialect": {"commentRows": [2]}}
    assert {entry["data_type"] for entry in data_dictionary(tagged)} == {"text"}


def test_data_dictionary_goes_with_tables_alone(made, tmp_path):
    found = {r.name: r.values for r in resource_fields(offered(made(extra={"notes.txt": b"x"}), tmp_path))}
    [first, *_] = json.loads(found["events.csv"]["hdx_data_dictionary"])
    assert first["field"] == "event_id"
    assert "#meta+event_id" in first["description"]
    assert "hdx_data_dictionary" not in found["notes.txt"]
    assert "hdx_data_dictionary" not in found["datapackage.json"]


def test_the_previewed_file_is_marked(made, tmp_path):
    found = resource_fields(offered(made(hdx={"preview": "events.csv"}), tmp_path))
    assert [r.name for r in found if r.values["dataset_preview_enabled"]] == ["events.csv"]


def test_a_package_of_which_all_is_sent_is_offered_as_it_is(made, tmp_path):
    package = made()
    offer = offered(package, tmp_path / "work")
    assert offer.package is package
    assert offer.extras == ()
    assert not (tmp_path / "work").exists()


def test_what_is_left_out_leaves_a_valid_package(made, tmp_path):
    package = made(
        extra={"events.parquet": b"PAR1"}, hdx={"resources": {"parquet": False, "hxl": False, "zip": True}}
    )
    before = {path.name: path.read_bytes() for path in package.folder.iterdir()}
    (tmp_path / "work").mkdir()
    offer = offered(package, tmp_path / "work")
    assert offer.problems == ()
    smaller = read_package(offer.package.folder)
    assert [r["path"] for r in smaller.resources] == ["events.csv"]
    assert verify_files(smaller) == []
    assert smaller.digest == offer.package.digest != package.digest
    assert [r.name for r in resource_fields(offer)] == ["events.csv", "datapackage.json", "syria-events.zip"]
    with zipfile.ZipFile(offer.extras[0]) as archive:
        zipped = {name.removeprefix("syria-events/"): archive.read(name) for name in archive.namelist()}
    assert zipped == {path.name: path.read_bytes() for path in smaller.folder.iterdir()}
    assert {path.name: path.read_bytes() for path in package.folder.iterdir()} == before


def test_the_same_package_is_offered_as_the_same_bytes(made, tmp_path):
    package = made(extra={"events.parquet": b"PAR1"}, hdx={"resources": {"parquet": False, "zip": True}})
    digests = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        digests.append([r.sha256 for r in resource_fields(offered(package, tmp_path / name))])
    (tmp_path / "again").mkdir()
    sent = read_package(offered(package, tmp_path / "again").package.folder)
    (tmp_path / "pulled").mkdir()
    digests.append([r.sha256 for r in resource_fields(offered(sent, tmp_path / "pulled"))])
    assert digests[0] == digests[1] == digests[2]


def test_what_is_to_be_sent_and_is_not_there_is_a_problem(made, tmp_path):
    wanting = offered(made(hdx={"resources": {"xlsx": True}}), tmp_path)
    assert "no workbook" in str(wanting.problems)
    clashing = offered(made(extra={"syria-events.zip": b"x"}, hdx={"resources": {"zip": True}}), tmp_path)
    assert "a file syria-events.zip of its own" in str(clashing.problems)
    assert clashing.extras == ()


@pytest.mark.parametrize("name", ["nw-syria-2024", "ucdp-ged-syria"])
def test_reference_packages_can_be_published_on_hdx(name, tmp_path):
    folder = ROOT / "datapackages" / name
    package = read_package(folder)
    authored = read_package_yaml(folder)
    package = Package(folder, {**package.descriptor, "hdx": dict(authored.hdx)})
    found, files = of(package), resource_fields(offered(package, tmp_path))
    assert found.problems == ()
    assert [problem for resource in files for problem in resource.problems] == []
    assert found.values["license_id"] == "cc-by"
    assert found.values["subnational"] == "1"
    assert {"name": "syr"} in found.values["groups"]


PACKAGE_YAML = """\
name: some-package
title: Some
version: "1"
licences: [{name: CC-BY-4.0}]
contributors: [{title: Somebody}]
inputs: [{path: a.csv, table: events}]
hdx:
"""


def test_package_yaml_takes_days_as_yaml_reads_them(tmp_path):
    text = f"{PACKAGE_YAML}  frequency: -1\n  date: {{start: 2024-01-01, end: 2024-01-31}}\n"
    (tmp_path / "package.yaml").write_text(text)
    hdx = read_package_yaml(tmp_path).hdx
    assert hdx == {"frequency": -1, "date": {"start": "2024-01-01", "end": "2024-01-31"}}


def test_package_yaml_tells_what_is_wrong_for_hdx(tmp_path):
    (tmp_path / "package.yaml").write_text(f"{PACKAGE_YAML}  frequensy: never\n  access: all\n")
    with pytest.raises(UsageError, match="did you mean 'frequency'") as told:
        read_package_yaml(tmp_path)
    assert "hdx.access" in str(told.value)


def test_section_without_entries_is_the_usual():
    assert section_of({}) == (Section(), ())
    section, problems = section_of({"hdx": {"access": "nobody", "tags": ["a"]}})
    assert section == Section(tags=("a",))
    assert len(problems) == 1


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
ENTRIES = (
    "name", "title", "description", "keywords", "licenses", "sources", "temporal",
    "spatial", "methodology", "caveats", "hdx",
)  # fmt: skip
RESOURCE = st.fixed_dictionaries(
    {"path": st.just("events.csv")},
    optional=dict.fromkeys(("name", "title", "description", "format", "rows", "dialect", "schema"), ANY),
)
SECTIONS = st.dictionaries(st.sampled_from([*Section.__dataclass_fields__, "x"]), ANY, max_size=4)


@settings(max_examples=90)
@given(
    entries=st.dictionaries(st.sampled_from(ENTRIES), ANY, max_size=6),
    section=st.none() | SECTIONS,
    resources=st.lists(RESOURCE, min_size=1, max_size=2),
)
def test_no_descriptor_makes_it_fail(tmp_path_factory, entries, section, resources):
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    (folder / "events.csv").write_text("event_id,location_code\ne1,SYR\n")
    (folder / "datapackage.json").write_text("{}")
    described = {**entries, **({} if section is None else {"hdx": section}), "resources": resources}
    package = Package(folder, json.loads(json.dumps(described)))
    found = dataset_fields(package)
    assert found.problems
    assert all(isinstance(problem, str) for problem in found.problems)
    assert all(same(field, value, value) for field, value in found.values.items())
    section_of(package.descriptor)
    for resource in package.resources:
        data_dictionary(resource)


def test_ckan_gives_back_what_is_called_the_same(made, sandbox):
    name = f"fields-{uuid.uuid4().hex[:8]}"
    package = made(
        name=name,
        description="Two  lines,\n\n* a list\n* كتابة",
        caveats="x\ty",
        keywords=["refugees", "hxl", "conflict-violence", "children"],
        spatial={"locations": ["SYR", "AFG", "LBN"], "bbox": [1, 2, 3, 4]},
        hdx={"organisation": sandbox.organisation, "maintainer": sandbox.maintainer, "access": "private"},
    )
    found = of(package)
    assert found.problems == ()
    ids = [
        sandbox.call(f"{what}_show", {"id": known})["id"]
        for what, known in (
            ("organization", sandbox.organisation),
            ("user", sandbox.maintainer),
            ("vocabulary", lists.VOCABULARY),
        )
    ]
    ours = with_ids(found.values, *ids)
    sandbox.call("package_create", ours, key=sandbox.editor_key)
    served = sandbox.call("package_show", {"id": name})
    sandbox.purge(name)
    assert {field for field, value in ours.items() if not same(field, value, served.get(field))} == set()


def test_examples_of_the_docs_are_right(tmp_path):
    text = (ROOT / "docs/hdx.md").read_text(encoding="utf-8")
    examples = re.findall(r"^```yaml\nhdx:\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert len(examples) >= 2
    for example in examples:
        (tmp_path / "package.yaml").write_text(PACKAGE_YAML + example)
        assert section_of({"hdx": dict(read_package_yaml(tmp_path).hdx)})[1] == ()


def test_every_frequency_of_the_docs_is_known():
    text = (ROOT / "docs/hdx.md").read_text(encoding="utf-8")
    assert all(title in text for title in lists.hdx_list("frequencies").column("title") if title != "live")
