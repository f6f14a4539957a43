"""What other tools, faults and people leave on HDX is found by reading it, and mended where that loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hdx.data.dataset import Dataset
from hdx.data.hdxobject import HDXError
from hdx_client_for_tests import downloaded
from packages_for_tests import write_package

from hxl_kit.errors import ClearanceError, TargetError
from hxl_kit.hdx.connection import Connection, Patience
from hxl_kit.hdx.site import Site
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.publishing.clearing import clear
from hxl_kit.reading.packages import verify_files
from hxl_kit.targets.hdx import HdxTarget, ailments
from hxl_kit.targets.hdx.committing import SHELL_NOTES

CSV = b"event_id,fatalities\ne1,3\ne2,0\n"
NEWER = b"event_id,fatalities\ne1,3\ne2,1\n"
PAGE = b"<!DOCTYPE html><html><body>Sign in</body></html>"


@pytest.fixture
def target(sandbox, tmp_path):
    target = HdxTarget(Site("sandbox", sandbox.url, sandbox.key), state=tmp_path / "state")
    vars(target)["connection"] = Connection(target.site, Patience(sleep=lambda _: None))
    return target


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_bytes(CSV)
    return path


@pytest.fixture
def name(request, sandbox):
    """A dataset's name of the test's own; the dataset is gone at the end."""
    name = request.node.name.removeprefix("test_").replace("_", "-").split("[")[0][:90].strip("-")
    yield name
    sandbox.purge(name)


@pytest.fixture
def published(target, name, sandbox, tmp_path):
    """A package published by hxl_kit: events.csv, its companion and a note."""
    hdx = {
        "organisation": sandbox.organisation,
        "maintainer": sandbox.maintainer,
        "source": "Made up",
        "frequency": "never",
        "locations": ["SYR"],
        "methodology": "Registry",
    }
    extra = {"notes.txt": b"Made up."}
    package = write_package(
        tmp_path / "package", name=name, extra=extra, hdx=hdx, keywords=["conflict-violence"]
    )
    apply_plan(make_plan(package, target), package, target)
    return package


def found(target, name):
    return [(a.rule, a.place.split(" ")[0], bool(a.remedy)) for a in target.examine(name)]


def cleared(package):
    """The proof that a package may be published."""
    return clear(package).proof


def repaired(target, name):
    return target.repair(name, target.examine(name), cleared)


def mended(target, name):
    """Repair all and return what is left."""
    repaired(target, name)
    return found(target, name)


def resource(sandbox, name, file):
    """Return the resource of a name as the server shows it."""
    return next(r for r in sandbox.call("package_show", {"id": name})["resources"] if r["name"] == file)


def test_an_untouched_publication_is_in_order(target, published, name, sandbox):
    before = sandbox.call("package_show", {"id": name})["metadata_modified"]
    assert found(target, name) == []
    assert target.repair(name, (), cleared) == ()
    assert sandbox.call("package_show", {"id": name})["metadata_modified"] == before


def test_a_dataset_of_hdx_python_api_is_in_order(target, client, events, tmp_path, name):
    note = tmp_path / "more.csv"
    note.write_bytes(NEWER)
    client.publish(name, events, note)
    assert found(target, name) == []


def test_nothing_is_wrong_with_a_dataset_that_is_not_there(target, name):
    assert target.examine(name) == ()


def test_a_failed_upload_of_hdx_python_api_is_found_and_can_be_made_good(
    target, client, sandbox, events, name
):
    sandbox.fault(path="package_revise", when="before", fault="503", times=9)
    with pytest.raises(HDXError):
        client.publish(name, events)
    sandbox.no_faults()
    assert client.publish(name, events) == {"events.csv": 3}, "the client says that the file is there"

    assert found(target, name) == [
        ("published-without-files", name, True),
        ("download-dead", "events.csv", False),
        ("hash-untrue", "events.csv", True),
    ]
    assert mended(target, name) == [("download-dead", "events.csv", False)]
    assert client.shown(name)["private"]
    assert client.publish(name, events) == {"events.csv": 2}, "now the client sends it"
    assert client.files(name) == [("events.csv", CSV)]
    assert found(target, name) == []


def test_a_corrupt_upload_of_hdx_python_api_is_found_behind_its_hash(target, client, sandbox, events, name):
    client.publish(name, events)
    events.write_bytes(NEWER)
    sandbox.fault(path="package_revise", when="before", fault="corrupt-upload", times=1)
    client.publish(name, events)
    sandbox.no_faults()
    assert client.publish(name, events) == {"events.csv": 3}, "the client calls the spoilt file unchanged"

    assert found(target, name) == [
        ("download-differs", "events.csv", False),
        ("hash-untrue", "events.csv", True),
    ]
    repaired(target, name)
    assert client.publish(name, events) == {"events.csv": 2}
    assert client.files(name) == [("events.csv", NEWER)]
    assert found(target, name) == []


def test_a_halved_upload_is_found_by_its_size_where_no_hash_is_claimed(target, client, sandbox, events, name):
    client.publish(name, events)
    sandbox.call(
        "resource_patch", {"id": resource(sandbox, name, "events.csv")["id"], "hash": "", "size": 999}
    )
    assert found(target, name) == [("download-differs", "events.csv", False)]


def test_a_doubled_resource_with_another_file_is_left_to_a_person(target, client, events, name):
    client.publish(name, events)
    events.write_bytes(NEWER)
    client.resource(events).create_in_hdx(dataset=Dataset.read_from_hdx(name))
    assert found(target, name) == [("resource-doubled", "events.csv", False)]
    assert mended(target, name) == [("resource-doubled", "events.csv", False)]
    assert client.files(name) == [("events.csv", CSV), ("events.csv", NEWER)]


def test_a_resource_doubled_by_a_post_tried_again_goes_once(target, client, sandbox, events, name, tmp_path):
    client.publish(name, events)
    sandbox.fault(path="resource_create", when="after", fault="502", times=1)
    more = tmp_path / "more.csv"
    more.write_bytes(NEWER)
    client.resource(more).create_in_hdx(dataset=Dataset.read_from_hdx(name))
    assert [file for file, _ in client.files(name)] == ["events.csv", "more.csv", "more.csv"]
    assert found(target, name) == [("resource-doubled", "more.csv", True)]
    assert mended(target, name) == []
    assert client.files(name) == [("events.csv", CSV), ("more.csv", NEWER)]


def test_of_two_resources_the_dead_one_goes_and_the_file_stays(target, client, sandbox, events, name):
    client.publish(name, events)
    shown = client.shown(name)
    dead = {"package_id": shown["id"], "name": "events.csv", "format": "csv", "description": "Events"}
    made = sandbox.call("resource_create", {**dead, "url": "events.csv", "url_type": "upload"})
    order = [made["id"], shown["resources"][0]["id"]]
    sandbox.call("package_resource_reorder", {"id": shown["id"], "order": order})
    assert [content for _, content in client.files(name)] == [500, CSV]
    assert found(target, name) == [("resource-doubled", "events.csv", True)]
    assert mended(target, name) == []
    assert client.files(name) == [("events.csv", CSV)]


def test_a_web_page_in_place_of_a_file_is_found_and_nothing_is_removed(target, client, events, name):
    events.write_bytes(PAGE)
    client.publish(name, events)
    assert found(target, name) == [("download-is-page", "events.csv", False)]
    assert mended(target, name) == [("download-is-page", "events.csv", False)]
    assert not client.shown(name)["private"]


def test_other_bytes_behind_our_hash_are_replaced_by_what_is_kept(target, published, sandbox, name):
    right = (published.folder / "events.csv").read_bytes()
    there = resource(sandbox, name, "events.csv")
    sandbox.call(
        "resource_patch",
        {"id": there["id"], "hash": there["hash"]},
        files={"upload": ("events.csv", b"spoilt")},
    )
    assert downloaded(there["url"]) == b"spoilt"
    assert found(target, name) == [("download-differs", "events.csv", True)]
    assert mended(target, name) == []
    assert downloaded(resource(sandbox, name, "events.csv")["url"]) == right
    assert resource(sandbox, name, "events.csv")["id"] == there["id"]


def test_files_of_a_package_are_sent_again_only_where_it_may_be_published(
    target, published, sandbox, name, tmp_path
):
    there = resource(sandbox, name, "events.csv")
    sandbox.call("resource_delete", {"id": there["id"]})
    asked = []

    def refuse(package):
        asked.append((package.digest, verify_files(package)))
        raise ClearanceError("refused today")

    before = sandbox.call("package_show", {"id": name})
    with pytest.raises(ClearanceError, match="refused today"):
        target.repair(name, target.examine(name), refuse)
    assert asked == [(published.digest, [])], "the package as it will be"
    other = cleared(write_package(tmp_path / "other"))
    with pytest.raises(ClearanceError, match="not the package that was cleared"):
        target.repair(name, target.examine(name), lambda _: other)
    assert sandbox.call("package_show", {"id": name}) == before
    assert mended(target, name) == []


def test_a_damaged_descriptor_comes_back_with_the_files_that_it_lists(target, published, sandbox, name):
    there = resource(sandbox, name, "datapackage.json")
    stale = (published.folder / "datapackage.json").read_bytes().replace(b"events.csv", b"others.csv")
    patch = {"id": there["id"], "hash": there["hash"]}
    sandbox.call("resource_patch", patch, files={"upload": ("datapackage.json", stale)})
    assert found(target, name) == [("download-differs", "datapackage.json", True)]
    assert mended(target, name) == []


def test_other_bytes_with_nothing_kept_are_told_and_their_hash_stays(target, published, sandbox, name):
    there = resource(sandbox, name, "events.csv")
    sandbox.call(
        "resource_patch",
        {"id": there["id"], "hash": there["hash"]},
        files={"upload": ("events.csv", b"spoilt")},
    )
    target._kept(name).forget_files()
    assert found(target, name) == [("download-differs", "events.csv", False)]
    assert mended(target, name) == [("download-differs", "events.csv", False)]
    assert resource(sandbox, name, "events.csv")["hash"] == there["hash"]


def test_a_listed_file_that_somebody_deleted_comes_back(target, published, sandbox, name):
    there = resource(sandbox, name, "notes.txt")
    sandbox.call("resource_delete", {"id": there["id"]})
    assert found(target, name) == [("file-missing", "notes.txt", True)]
    assert mended(target, name) == []
    back = resource(sandbox, name, "notes.txt")
    assert downloaded(back["url"]) == b"Made up."
    assert (back["format"], back["description"]) == (there["format"], there["description"])


def test_files_of_others_beside_a_package_are_no_ailment(target, published, sandbox, name):
    shown = sandbox.call("package_show", {"id": name})
    other = {"package_id": shown["id"], "name": "map.csv", "format": "csv", "description": "Theirs"}
    sandbox.call("resource_create", other, files={"upload": ("map.csv", CSV)})
    assert found(target, name) == []


def test_a_file_of_ours_that_no_descriptor_lists_is_told(target, published, sandbox, name):
    shown = sandbox.call("package_show", {"id": name})
    other = {"package_id": shown["id"], "name": "old.csv", "format": "csv", "description": "Ours"}
    kept = resource(sandbox, name, "notes.txt")["hash"]
    sandbox.call("resource_create", {**other, "hash": kept}, files={"upload": ("old.csv", b"Made up.")})
    assert found(target, name) == [("file-left-over", "old.csv", True)]
    assert mended(target, name) == []
    assert "old.csv" not in {r["name"] for r in sandbox.call("package_show", {"id": name})["resources"]}


def test_a_file_in_quarantine_is_told_and_never_sent_again(target, published, sandbox, name):
    there = resource(sandbox, name, "events.csv")
    sandbox.call("hdx_mark_resource_in_quarantine", {"id": there["id"], "in_quarantine": True})
    sandbox.clear_requests()
    assert found(target, name) == [("in-quarantine", "events.csv", False)]
    assert mended(target, name) == [("in-quarantine", "events.csv", False)]
    assert not [
        asked
        for asked in sandbox.requests()
        if asked["method"] == "POST" and asked["action"] != "package_show"
    ]


def test_a_link_elsewhere_is_told_and_never_asked_of_this_machine(target, client, name, sandbox, events):
    client.publish(name, events)
    link = {
        "package_id": client.shown(name)["id"],
        "name": "map",
        "format": "csv",
        "description": "Elsewhere",
    }
    sandbox.call("resource_create", {**link, "url": "http://127.0.0.1:9/map.csv"})
    assert found(target, name) == [("download-unanswered", "map", False)]


def test_a_public_dataset_without_any_file_is_taken_from_the_public(target, client, sandbox, events, name):
    client.publish(name, events)
    sandbox.call("resource_delete", {"id": client.shown(name)["resources"][0]["id"]})
    assert found(target, name) == [("published-without-files", name, True)]
    assert mended(target, name) == []
    assert client.shown(name)["private"]


def _shell(client, sandbox, name):
    owner = {"owner_org": client.organisation, "maintainer": client.maintainer}
    data = {"name": name, "title": "Events", "notes": SHELL_NOTES, "private": True, **owner}
    sandbox.call("package_create", data)


def test_a_publication_that_was_killed_is_left_for_the_next_publish(target, client, sandbox, name):
    _shell(client, sandbox, name)
    assert found(target, name) == [("publication-unfinished", name, False)]
    assert repaired(target, name) == ()
    assert client.shown(name)["state"] == "active"


def test_an_abandoned_publication_without_files_is_deleted(target, client, sandbox, name, monkeypatch):
    _shell(client, sandbox, name)
    monkeypatch.setattr(ailments, "SHELL_AGE", timedelta(0))
    assert found(target, name) == [("publication-unfinished", name, True)]
    assert mended(target, name) == []
    _shell(client, sandbox, name)


def test_a_repair_changes_nothing_that_somebody_changed_meanwhile(
    target, client, sandbox, events, name, monkeypatch
):
    client.publish(name, events)
    sandbox.call("resource_delete", {"id": client.shown(name)["resources"][0]["id"]})
    told = target.examine(name)
    write = type(target.connection).write

    def after_another_editor(connection, action, *given, **named):
        if action == "package_revise":
            sandbox.call("package_patch", {"id": name, "title": "Their title"})
        return write(connection, action, *given, **named)

    monkeypatch.setattr(type(target.connection), "write", after_another_editor)
    with pytest.raises(TargetError, match="somebody changed it meanwhile; nothing was repaired"):
        target.repair(name, told, cleared)
    assert not client.shown(name)["private"]
