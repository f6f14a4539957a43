"""Failures seen with hdx-python-api 6.7.6 on its own: each shown on a real CKAN, then shown absent with hxl_kit."""

from __future__ import annotations

import pytest
from hdx.data.dataset import Dataset
from hdx.data.hdxobject import HDXError
from hdx_client_for_tests import hdx_python_api, new_name

CSV = b"event_id,fatalities\ne1,3\ne2,0\n"
NEWER = b"event_id,fatalities\ne1,3\ne2,1\n"


@pytest.fixture
def client(sandbox, tmp_path, monkeypatch):
    with hdx_python_api(sandbox, tmp_path, monkeypatch) as client:
        yield client
    sandbox.no_faults()


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_bytes(CSV)
    return path


def test_a_re_run_with_nothing_changed_writes_with_hdx_python_api(client, events):
    name = new_name("again")
    client.publish(name, events)
    before = client.shown(name)
    said = client.publish(name, events)
    after = client.shown(name)
    assert said == {"events.csv": 3}, "the client knows that the file is the same"
    assert after["metadata_modified"] > before["metadata_modified"]
    assert client.files(name) == [("events.csv", CSV)]


def test_a_failed_upload_leaves_a_dead_download_with_hdx_python_api(client, sandbox, events):
    name = new_name("dead")
    sandbox.fault(path="package_revise", when="before", fault="503", times=9)
    with pytest.raises(HDXError):
        client.publish(name, events)
    sandbox.no_faults()
    assert not client.shown(name)["private"]
    assert client.files(name) == [("events.csv", 404)]
    assert client.publish(name, events) == {"events.csv": 3}
    assert client.files(name) == [("events.csv", 404)], "the hash is there, so the file is never sent"


def test_the_first_resource_is_doubled_with_hdx_python_api(client, events):
    name = new_name("doubled")
    client.publish(name, events)
    events.write_bytes(NEWER)
    client.resource(events).create_in_hdx(dataset=Dataset.read_from_hdx(name))
    assert client.files(name) == [("events.csv", CSV), ("events.csv", NEWER)]


def test_a_post_tried_again_doubles_a_resource_with_hdx_python_api(client, sandbox, events, tmp_path):
    name = new_name("tried")
    client.publish(name, events)
    sandbox.fault(path="resource_create", when="after", fault="502", times=1)
    more = tmp_path / "more.csv"
    more.write_bytes(CSV)
    client.resource(more).create_in_hdx(dataset=Dataset.read_from_hdx(name))
    assert [name for name, _ in client.files(name)] == ["events.csv", "more.csv", "more.csv"]


def test_a_post_tried_again_calls_its_own_work_taken_with_hdx_python_api(client, sandbox, events):
    name = new_name("taken")
    sandbox.fault(path="package_create", when="after", fault="502", times=1)
    with pytest.raises(HDXError) as caught:
        client.publish(name, events)
    assert "already in use" in str(caught.value.__cause__)
    assert not client.shown(name)["private"]
    assert client.files(name) == [("events.csv", 404)]


def test_a_resource_deleted_meanwhile_misplaces_files_with_hdx_python_api(client, sandbox, tmp_path, monkeypatch):
    name = new_name("meanwhile")
    files = [tmp_path / f"{letter}.csv" for letter in "abc"]
    for file in files:
        file.write_bytes(file.stem.encode())
    client.publish(name, *files)
    first = client.shown(name)["resources"][0]["id"]
    revise = Dataset.revise

    def after_another_editor(*arguments, **named):
        sandbox.call("resource_delete", {"id": first})
        return revise(*arguments, **named)

    monkeypatch.setattr(Dataset, "revise", after_another_editor)
    files[1].write_bytes(b"new b")
    client.publish(name, *files)
    print(client.files(name), [(r["id"],r["name"]) for r in client.shown(name)["resources"]])
    assert 0
