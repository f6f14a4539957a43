"""A `Dataset` of hdx-python-api handed over: planned, published at once, verified, and kept to be gone back to."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hdx_client_for_tests import downloaded, hdx_python_api, new_name

from hxl_kit.errors import ClearanceError, DataError, TargetError
from hxl_kit.publishing import examine, plan_rollback, rollback
from hxl_kit.scraping import plan_dataset, publish_dataset
from hxl_kit.targets import parse_target

PAGE = Path(__file__).parents[1] / "docs/scrapers.md"
EVENTS = "event_id,fatalities\ne1,3\ne2,0\n"
NEWER = "event_id,fatalities\ne1,3\ne2,1\n"


@pytest.fixture
def client(sandbox, tmp_path, monkeypatch):
    monkeypatch.setenv("HXL_KIT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("HDX_KEY", sandbox.key)
    with hdx_python_api(sandbox, tmp_path, monkeypatch) as client:
        yield client


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "events.csv"
    path.write_text(EVENTS, encoding="utf-8")
    return path


@pytest.fixture
def name():
    return new_name("scraped")


def published(dataset, **more):
    return publish_dataset(dataset, sensitivity="low", **more)


def test_a_dataset_is_published_with_its_own_files_and_none_besides(client, file, name):
    dataset = client.dataset(name)
    dataset.add_update_resource(client.resource(file, name="Events: 2024 (monthly)"))
    done = published(dataset)
    assert done.changes
    shown = client.shown(name)
    assert [(r["name"], downloaded(r["url"])) for r in shown["resources"]] == [
        ("Events: 2024 (monthly)", EVENTS.encode())
    ]
    assert shown["private"] is False
    assert shown["title"] == "Events"
    assert "hxl-kit-tests" in shown["updated_by_script"]


def test_handed_over_again_unchanged_nothing_is_written(client, file, name, sandbox):
    published(client.dataset(name, file))
    before = client.shown(name)["metadata_modified"]
    again = client.dataset(name, file)
    assert plan_dataset(again, sensitivity="low").changes == ()
    assert published(again).changes == ()
    assert client.shown(name)["metadata_modified"] == before


def test_the_plan_names_files_metadata_and_rows(client, file, name):
    published(client.dataset(name, file))
    file.write_text(NEWER, encoding="utf-8")
    plan = plan_dataset(client.dataset(name, file, title="Events, revised"), sensitivity="low")
    assert [(c.action, c.resource) for c in plan.changes] == [("replace", "events.csv"), ("edit", "title")]
    assert "+ e2, 1" in plan.as_text()
    assert client.files(name) == [("events.csv", EVENTS.encode())]


def test_a_plan_is_for_the_state_that_it_was_made_for(client, file, name, sandbox):
    published(client.dataset(name, file))
    file.write_text(NEWER, encoding="utf-8")
    plan = plan_dataset(client.dataset(name, file), sensitivity="low")
    sandbox.call("package_patch", {"id": name, "notes": "Somebody else's words."})
    with pytest.raises(TargetError, match="moved under the plan"):
        published(client.dataset(name, file), plan=plan)
    assert client.files(name) == [("events.csv", EVENTS.encode())]


def test_what_was_there_before_comes_back(client, file, name, sandbox):
    published(client.dataset(name, file))
    file.write_text(NEWER, encoding="utf-8")
    published(client.dataset(name, file, title="Events, revised"))
    target = parse_target(f"hdx:{sandbox.url}")
    assert len(target.history(name)) == 2
    assert examine(target, name).found == ()
    rollback(plan_rollback(target, name), target)
    assert client.files(name) == [("events.csv", EVENTS.encode())]
    assert client.shown(name)["title"] == "Events"


def test_a_dataset_of_hdx_python_api_is_gone_on_with_and_its_other_resources_stay(
    client, file, name, tmp_path
):
    other = tmp_path / "map.csv"
    other.write_text("x\n1\n", encoding="utf-8")
    client.publish(name, file, other)
    ids = [r["id"] for r in client.shown(name)["resources"]]
    file.write_text(NEWER, encoding="utf-8")
    published(client.dataset(name, file))
    assert client.files(name) == [("events.csv", NEWER.encode()), ("map.csv", b"x\n1\n")]
    assert [r["id"] for r in client.shown(name)["resources"]] == ids
    plan = plan_dataset(client.dataset(name, file), sensitivity="low", remove_additional_resources=True)
    assert [(c.action, c.resource) for c in plan.changes] == [("remove", "map.csv")]
    published(client.dataset(name, file), remove_additional_resources=True)
    assert client.files(name) == [("events.csv", NEWER.encode())]


def test_a_scraper_that_reads_from_hdx_first_changes_only_what_it_changed(client, file, name):
    published(client.dataset(name, file))
    dataset = type(client.dataset(name)).read_from_hdx(name)
    dataset["title"] = "Events, revised"
    plan = plan_dataset(dataset, sensitivity="low")
    assert [(c.action, c.resource) for c in plan.changes] == [("edit", "title")]
    published(dataset)
    assert client.files(name) == [("events.csv", EVENTS.encode())]


def test_resources_elsewhere_are_addresses(client, name):
    dataset = client.dataset(name)
    dataset.add_update_resource(
        {"name": "elsewhere", "format": "csv", "description": "Events", "url": "https://example.org/e.csv"}
    )
    assert published(dataset).changes
    assert client.shown(name)["resources"][0]["url"] == "https://example.org/e.csv"
    assert published(dataset).changes == ()


def test_all_problems_are_told_at_once_and_nothing_is_sent(client, file, name, sandbox):
    dataset = client.dataset(name, file, dataset_source="", tags=[{"name": "made-up"}])
    dataset["maintainer"] = "nobody-at-all"
    dataset.add_update_resource(client.resource(file.with_name("gone.csv")))
    with pytest.raises(DataError) as told:
        published(dataset)
    for part in ("dataset_source", "nobody-at-all", "made-up", "gone.csv"):
        assert part in str(told.value)
    assert sandbox.ask("package_show", {"id": name}).status == 404


def test_personal_data_stop_the_dataset_before_anything_is_sent(client, file, name, sandbox):
    people = "name,phone\nAmina Yusuf,+963 944 555 666\nOmar Haddad,+963 944 555 667\n"
    file.write_text(people, encoding="utf-8")
    with pytest.raises(ClearanceError) as told:
        published(client.dataset(name, file))
    assert "phone" in str(told.value)
    assert "944" not in str(told.value)
    with pytest.raises(ClearanceError, match="class 'high'"):
        publish_dataset(client.dataset(name, file), sensitivity="high")
    assert sandbox.ask("package_show", {"id": name}).status == 404


def test_a_failed_upload_leaves_what_was_public(client, file, name, sandbox):
    published(client.dataset(name, file))
    file.write_text(NEWER, encoding="utf-8")
    sandbox.fault(path="package_revise", fault="403", when="before", times=1)
    with pytest.raises(TargetError, match="not allowed"):
        published(client.dataset(name, file))
    assert client.files(name) == [("events.csv", EVENTS.encode())]
    published(client.dataset(name, file))
    assert client.files(name) == [("events.csv", NEWER.encode())]


def test_the_journal_says_what_is_kept(client, file, name, tmp_path):
    published(client.dataset(name, file))
    (journal,) = (tmp_path / "state").rglob("journal.json")
    (version,) = json.loads(journal.read_text("utf-8"))["versions"]
    assert version["fields"]["title"] == "Events"
    assert len(version["files"]) == 2


def test_the_page_for_scrapers_does_what_it_says(client, file, name, capsys):
    (block,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(block, {"dataset": client.dataset(name, file)})  # noqa: S102 - our own page
    told = capsys.readouterr().out
    assert "add     events.csv" in told
    assert "published and verified" in told
    assert client.files(name) == [("events.csv", EVENTS.encode())]


def test_from_another_machine_the_same_files_are_known(client, file, name, monkeypatch, tmp_path):
    published(client.dataset(name, file))
    before = client.shown(name)["metadata_modified"]
    monkeypatch.setenv("HXL_KIT_STATE", str(tmp_path / "another"))
    assert plan_dataset(client.dataset(name, file), sensitivity="low").changes == ()
    assert published(client.dataset(name, file)).changes == ()
    assert client.shown(name)["metadata_modified"] == before


def test_what_hdx_keeps_back_is_sent_anew_only_when_asked(client, file, name, sandbox):
    published(client.dataset(name, file))
    (resource,) = client.shown(name)["resources"]
    sandbox.call("resource_patch", {"id": resource["id"], "in_quarantine": True})
    file.write_text(NEWER, encoding="utf-8")
    with pytest.raises(DataError, match="quarantine"):
        published(client.dataset(name, file))
    published(client.dataset(name, file), replace_quarantined=True)
    assert client.files(name) == [("events.csv", NEWER.encode())]
