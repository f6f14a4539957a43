"""A dataset that is published already, by whichever tool, becomes a folder that builds, and nothing in it is made up."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import pytest
from packages_for_tests import write_package

from hxl_kit.adopting import adopt
from hxl_kit.errors import TargetError, UsageError
from hxl_kit.hdx.comparing import same
from hxl_kit.hdx.connection import Connection, Patience
from hxl_kit.hdx.fields import dataset_fields
from hxl_kit.hdx.site import Site
from hxl_kit.package.author import read_package_yaml
from hxl_kit.package.build import build_package
from hxl_kit.package.yaml_text import read_yaml
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.reading.packages import read_package
from hxl_kit.targets import parse_target
from hxl_kit.targets.hdx import HdxTarget

ROOT = Path(__file__).parents[1]
UCDP = ROOT / "datapackages/ucdp-ged-syria"
METADATA = {
    "title": "Syria: events of organised violence",
    "notes": "Events as UCDP codes them.\n\nOne row per event: see the codebook.",
    "dataset_source": "Uppsala Conflict Data Program",
    "license_id": "cc-by-igo",
    "methodology": "Other",
    "methodology_other": "Coded from news reports.\r\nReviewed twice.",
    "caveats": "Deaths only.",
    "dataset_date": "[2019-10-01T00:00:00 TO *]",
    "data_update_frequency": "365",
    "groups": [{"name": "syr"}, {"name": "world"}],
    "subnational": "1",
    "dataset_preview": "first_resource",
}


@pytest.fixture
def target(sandbox, tmp_path):
    target = HdxTarget(Site("sandbox", sandbox.url, sandbox.key), state=tmp_path / "state")
    vars(target)["connection"] = Connection(target.site, Patience(sleep=lambda _: None))
    return target


@pytest.fixture
def name(request, sandbox):
    """A dataset's name of the test's own; the dataset is gone at the end."""
    name = "adopting-" + request.node.name.removeprefix("test_").replace("_", "-")[:60].strip("-")
    yield name
    sandbox.purge(name)


@pytest.fixture
def events(tmp_path):
    """A file as UCDP gives it."""
    content = gzip.decompress((UCDP / "inputs/ged_191_syria_2019_q4.csv.gz").read_bytes())
    (tmp_path / "GEDEvent.csv").write_bytes(content)
    return tmp_path / "GEDEvent.csv"


@pytest.fixture
def notes(tmp_path):
    path = tmp_path / "My notes.csv"
    path.write_text("colour,weight\nred,3\n", "utf-8")
    return path


def test_a_dataset_of_hdx_python_api_becomes_a_package_that_builds(
    target, client, events, notes, name, tmp_path
):
    client.publish(name, events, notes, **METADATA)
    shown = client.shown(name)
    adopted = adopt(target, name, tmp_path / "adopted")
    assert (adopted.inputs, adopted.failed) == (("inputs/gedevent.csv",), ())
    assert (tmp_path / "adopted/inputs/gedevent.csv").read_bytes() == events.read_bytes()

    package = _built(tmp_path)
    assert package.tables["events"]["rows"] == 451
    told = dataset_fields(package)
    differing = [
        field
        for field, value in told.values.items()
        if field not in ("owner_org", "maintainer") and not same(field, value, shown.get(field))
    ]
    assert differing == ["updated_by_script"]
    assert (told.values["owner_org"], told.values["maintainer"]) == ("hxl-kit-rehearsal", "maintainer")
    assert told.problems == ()


def test_what_is_not_known_is_left_open_and_said(target, client, events, notes, name, tmp_path):
    client.publish(name, events, notes, **METADATA)
    adopted = adopt(target, name, tmp_path / "adopted")
    text = (tmp_path / "adopted/package.yaml").read_text("utf-8")
    written = read_yaml(tmp_path / "adopted/package.yaml")
    assert "sensitivity" not in written
    assert any("my-notes.csv: no source or table fits" in point for point in adopted.points)
    assert any(point.startswith("sensitivity: name the class") for point in adopted.points)
    assert "  # - path: inputs/my-notes.csv\n  #   source:\n" in text
    assert written["inputs"][0]["source"] == "ucdp_ged"


def test_ids_are_kept_and_publishing_later_removes_nothing_of_others(
    target, client, events, notes, name, tmp_path
):
    client.publish(name, events, notes, **METADATA)
    shown = client.shown(name)
    adopt(target, name, tmp_path / "adopted")
    path = tmp_path / "adopted/package.yaml"
    written = read_yaml(path)
    ids = {r["name"]: r["id"] for r in shown["resources"]}
    assert written["hdx"]["dataset_id"] == shown["id"]
    text = path.read_text("utf-8")
    assert f"  #   # gedevent.csv: {ids['GEDEvent.csv']}\n" in text

    chosen = text.replace("  # resource_ids:", "  resource_ids:").replace(
        "  #   # gedevent.csv:", "    events.csv:"
    )
    path.write_text(f"{chosen}\nsensitivity: low\n", "utf-8")
    package = _built(tmp_path)
    apply_plan(make_plan(package, target), package, target)
    now = {r["name"]: r["id"] for r in client.shown(name)["resources"]}
    assert now["events.csv"] == ids["GEDEvent.csv"]
    assert now["My notes.csv"] == ids["My notes.csv"]
    assert "GEDEvent.csv" not in now


def test_a_package_of_ours_on_hdx_comes_back_as_inputs_with_its_ids(target, sandbox, name, tmp_path):
    hdx = {"organisation": sandbox.organisation, "maintainer": sandbox.maintainer, "frequency": "never"}
    told = {"hdx": {**hdx, "source": "Made up", "locations": ["SYR"], "methodology": "Registry"}}
    package = _events_package(tmp_path / "package", name, keywords=["conflict-violence"], **told)
    apply_plan(make_plan(package, target), package, target)
    adopted = adopt(target, name, tmp_path / "adopted")
    assert adopted.inputs == ("inputs/events.csv", "inputs/sources.csv")
    written = read_yaml(tmp_path / "adopted/package.yaml")
    shown = sandbox.call("package_show", {"id": name})
    assert written["hdx"]["resource_ids"] == {r["name"]: r["id"] for r in shown["resources"]}
    assert (written["sensitivity"], written["inputs"][0]["table"]) == ("low", "events")
    built = _built(tmp_path)
    assert built.tables["events"]["rows"] == 2


def test_a_dead_download_is_told_and_the_rest_adopted(target, client, sandbox, events, notes, name, tmp_path):
    client.publish(name, events, notes, **METADATA)
    lost = client.shown(name)["resources"][1]
    storage = sandbox.folder / "storage/resources" / lost["id"][:3] / lost["id"][3:6] / lost["id"][6:]
    storage.unlink()
    adopted = adopt(target, name, tmp_path / "adopted")
    assert adopted.inputs == ("inputs/gedevent.csv",)
    assert len(adopted.failed) == 1
    assert "My notes.csv" in adopted.failed[0]


def test_another_file_than_the_one_whose_hash_hdx_has_is_told(target, client, sandbox, notes, name, tmp_path):
    client.publish(name, notes, **METADATA)
    there = client.shown(name)["resources"][0]
    spoilt = {"upload": ("notes.csv", b"colour,weight\nred,4\n")}
    sandbox.call("resource_patch", {"id": there["id"], "hash": there["hash"]}, files=spoilt)
    adopted = adopt(target, name, tmp_path / "adopted")
    assert any("is another file than the one whose hash HDX has" in point for point in adopted.points)


def test_a_dataset_that_is_not_there_is_a_matter_of_usage(target, name, tmp_path):
    with pytest.raises(UsageError, match=f"no dataset '{name}'"):
        adopt(target, name, tmp_path / "adopted")
    assert not (tmp_path / "adopted").exists()


def test_a_folder_with_something_in_it_is_left_alone(target, tmp_path):
    (tmp_path / "here").mkdir()
    (tmp_path / "here/mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="is there already; name a new folder"):
        adopt(target, "any", tmp_path / "here")
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["mine.txt"]


def test_a_package_of_a_catalogue_is_adopted_and_builds_the_same_rows(cli, tmp_path):
    target = parse_target(f"catalogue:{tmp_path / 'catalogue'}")
    package = read_package(UCDP)
    apply_plan(make_plan(package, target), package, target)
    result = cli("adopt", f"{target.text}/ucdp-ged-syria", "-o", tmp_path / "adopted", "--format", "json")
    assert result.code == 0
    told = json.loads(result.out)
    assert told["inputs"] == [f"inputs/{name}.csv" for name in package.tables]
    author = read_package_yaml(tmp_path / "adopted")
    assert (author.title, author.sensitivity, author.options.xlsx) == (
        package.descriptor["title"],
        "low",
        True,
    )
    built = _built(tmp_path)
    for name, resource in package.tables.items():
        assert _rows(built.path_of(built.tables[name])) == _rows(package.path_of(resource)), name


def test_a_withdrawn_dataset_is_not_adopted(tmp_path):
    target = parse_target(f"catalogue:{tmp_path / 'catalogue'}")
    package = _events_package(tmp_path / "package", "syria-events")
    apply_plan(make_plan(package, target), package, target)
    target.withdraw("syria-events", "A mistake.", target.describe("syria-events").pin)
    with pytest.raises(TargetError, match="was withdrawn on"):
        adopt(target, "syria-events", tmp_path / "adopted")


def _events_package(folder, name, **metadata):
    """Write a package of two events of the reference package, with their source."""
    tables = {table: list(_records(UCDP / f"{table}.csv"))[:2] for table in ("events", "sources")}
    contributors = [{"title": "Tests", "roles": ["creator"]}]
    return write_package(folder, tables, name=name, contributors=contributors, **metadata)


def _records(path):
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _rows(path):
    return sorted(tuple(row.items()) for row in _records(path))


def _built(folder):
    build_package(read_package_yaml(folder / "adopted"), folder / "built")
    return read_package(folder / "built")
