"""Failures seen with hdx-python-api 6.7.6 on its own: each shown on a real CKAN, then shown absent with hxl_kit."""

from __future__ import annotations

import contextlib
import tracemalloc
import zipfile

import pytest
from hdx.data.dataset import Dataset
from hdx.data.hdxobject import HDXError
from hdx.data.resource import Resource
from hdx_client_for_tests import downloaded, new_name
from openpyxl import Workbook
from openpyxl.comments import Comment
from packages_for_tests import write_package
from requests.adapters import HTTPAdapter

from hxl_kit.errors import TargetError
from hxl_kit.hdx.connection import Connection, Patience
from hxl_kit.hdx.site import Site
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.pulling import pull
from hxl_kit.targets.hdx import HdxTarget

CSV = b"event_id,fatalities\ne1,3\ne2,0\n"
NEWER = b"event_id,fatalities\ne1,3\ne2,1\n"
ROWS = [{"event_id": "e1", "fatalities": "3"}, {"event_id": "e2", "fatalities": "0"}]
NEWER_ROWS = [ROWS[0], {"event_id": "e2", "fatalities": "1"}]
WAIVER = {
    "rule": "not-screened",
    "resource": "events-zip",
    "who": "IM officer, Example Relief",
    "when": "2024-01-31",
    "why": "Its tables are made up.",
}
LARGE = 12 * 1024 * 1024


@pytest.fixture
def events(tmp_path):
    path = tmp_path / "events.csv"
    path.write_bytes(CSV)
    return path


class Kit:
    """hxl_kit against the sandbox, with little patience."""

    def __init__(self, sandbox, folder):
        self.sandbox, self.folder = sandbox, folder

    @property
    def target(self):
        sandbox = self.sandbox
        site = Site(sandbox.url, sandbox.url, sandbox.key)
        target = HdxTarget(site, sandbox.organisation, sandbox.maintainer, state=self.folder / "state")
        target.__dict__["connection"] = Connection(site, Patience(attempts=3, pause=0.01, longest=0.05))
        return target

    def package(self, name, rows=ROWS, **extra):
        return write_package(
            self.folder / new_name("package"),
            {"events": rows},
            name=name,
            extra=extra.pop("extra", None),
            methodology="They were made up.",
            keywords=["conflict-violence"],
            hdx={"source": "Nobody", "frequency": "never", "locations": ["syr"]},
            **extra,
        )

    def publish(self, package):
        target = self.target
        return apply_plan(make_plan(package, target), package, target)

    def served(self, name):
        """What the public downloads, by resource."""
        shown = self.sandbox.call("package_show", {"id": name}, key="")
        assert not shown["private"]
        names = [r["name"] for r in shown["resources"]]
        assert len(names) == len(set(names)), "nothing is there twice"
        return {r["name"]: downloaded(r["url"]) for r in shown["resources"]}

    def is_not_public(self, name):
        """Whether the public sees no such dataset."""
        return self.sandbox.ask("package_show", {"id": name}, key="").status in {403, 404}

    def writes(self):
        """The actions called that change something."""
        asked = [r for r in self.sandbox.requests() if r["method"] == "POST"]
        return [r["action"] for r in asked if r["action"] != "package_validate"]


@pytest.fixture
def kit(sandbox, tmp_path):
    return Kit(sandbox, tmp_path)


def files_of(package):
    paths = [r["path"] for r in package.resources] + ["datapackage.json"]
    return {path: (package.folder / path).read_bytes() for path in paths}


# 1


def test_a_re_run_with_nothing_changed_writes_with_hdx_python_api(client, events):
    name = new_name("again")
    client.publish(name, events)
    before = client.shown(name)
    assert client.publish(name, events) == {"events.csv": 3}, "it knows that the file is the same"
    assert client.shown(name)["metadata_modified"] > before["metadata_modified"]


def test_a_re_run_with_nothing_changed_writes_nothing_with_hxl_kit(kit, sandbox):
    name = new_name("again")
    kit.publish(kit.package(name))
    before = sandbox.call("package_show", {"id": name})
    sandbox.clear_requests()
    assert kit.publish(kit.package(name)).changes == ()
    assert kit.writes() == []
    assert sandbox.call("package_show", {"id": name}) == before


# 2


def test_a_failed_upload_leaves_a_dead_download_with_hdx_python_api(client, sandbox, events):
    name = new_name("dead")
    sandbox.fault(path="package_revise", fault="503", times=99)
    with pytest.raises(HDXError):
        client.publish(name, events)
    sandbox.no_faults()
    assert not client.shown(name)["private"]
    assert is_dead(client, name)
    assert client.publish(name, events) == {"events.csv": 3}, "the hash is there, so the file is never sent"
    assert is_dead(client, name)


def is_dead(client, name):
    """Whether the dataset's one file cannot be downloaded."""
    [(_, got)] = client.files(name)
    return isinstance(got, int) and got != 200


def test_a_failed_upload_leaves_nothing_public_with_hxl_kit(kit, sandbox):
    name = new_name("dead")
    package = kit.package(name)
    sandbox.fault(path="package_revise", fault="503", times=99)
    with pytest.raises(TargetError):
        kit.publish(package)
    sandbox.no_faults()
    assert kit.is_not_public(name)
    kit.publish(package)
    assert kit.served(name) == files_of(package)


# 3


def test_the_first_resource_is_doubled_with_hdx_python_api(client, events):
    name = new_name("doubled")
    client.publish(name, events)
    events.write_bytes(NEWER)
    client.resource(events).create_in_hdx(dataset=Dataset.read_from_hdx(name))
    assert client.files(name) == [("events.csv", CSV), ("events.csv", NEWER)]


def test_the_first_resource_is_replaced_with_hxl_kit(kit, sandbox):
    name = new_name("doubled")
    kit.publish(kit.package(name))
    before = [r["id"] for r in sandbox.call("package_show", {"id": name})["resources"]]
    later = kit.package(name, NEWER_ROWS)
    kit.publish(later)
    assert kit.served(name) == files_of(later)
    assert [r["id"] for r in sandbox.call("package_show", {"id": name})["resources"]] == before


# 4


def test_a_post_tried_again_doubles_a_resource_with_hdx_python_api(client, sandbox, events, tmp_path):
    name = new_name("tried")
    client.publish(name, events)
    sandbox.fault(path="resource_create", when="after", fault="502")
    more = tmp_path / "more.csv"
    more.write_bytes(CSV)
    client.resource(more).create_in_hdx(dataset=Dataset.read_from_hdx(name))
    assert [name for name, _ in client.files(name)].count("more.csv") == 2


def test_a_post_tried_again_calls_its_own_work_taken_with_hdx_python_api(client, sandbox, events):
    name = new_name("taken")
    sandbox.fault(path="package_create", when="after", fault="502")
    with pytest.raises(HDXError) as caught:
        client.publish(name, events)
    assert "already in use" in str(caught.value.__cause__)
    assert not client.shown(name)["private"]
    assert is_dead(client, name)


@pytest.mark.parametrize("action", ["package_create", "package_revise"])
def test_a_post_is_done_once_although_its_answer_was_lost_with_hxl_kit(kit, sandbox, action):
    name = new_name("tried")
    package = kit.package(name)
    sandbox.fault(path=action, when="after", fault="502")
    kit.publish(package)
    assert kit.served(name) == files_of(package)


# 5


def test_a_resource_deleted_meanwhile_misplaces_files_with_hdx_python_api(
    client, sandbox, tmp_path, monkeypatch
):
    name = new_name("meanwhile")
    files = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for file in files:
        file.write_bytes(b"old " + file.stem.encode())
    client.publish(name, *files)
    before = {r["name"]: r["id"] for r in client.shown(name)["resources"]}
    revise = Dataset.revise

    def after_another_editor(*arguments, **named):
        sandbox.call("resource_delete", {"id": before["a.csv"]})
        return revise(*arguments, **named)

    monkeypatch.setattr(Dataset, "revise", staticmethod(after_another_editor))
    for file in files:
        file.write_bytes(b"new " + file.stem.encode())
    assert client.publish(name, *files) == {"a.csv": 2, "b.csv": 2}
    after = client.shown(name)["resources"]
    assert [(r["id"], r["name"]) for r in after if r["id"] in before.values()] == [(before["b.csv"], "a.csv")]
    assert dict(client.files(name))["a.csv"] == b"new a", "whoever linked to b.csv now gets a.csv"


def test_a_resource_deleted_meanwhile_stops_the_publication_with_hxl_kit(kit, sandbox):
    name = new_name("meanwhile")
    kit.publish(kit.package(name))
    later, target = kit.package(name, NEWER_ROWS), kit.target
    plan = make_plan(later, target)
    first = sandbox.call("package_show", {"id": name})["resources"][0]
    sandbox.call("resource_delete", {"id": first["id"]})
    before = sandbox.call("package_show", {"id": name})
    with pytest.raises(TargetError, match="moved under the plan"):
        apply_plan(plan, later, target)
    assert sandbox.call("package_show", {"id": name}) == before
    kit.publish(later)
    assert kit.served(name) == files_of(later)


# 6


def peak_of(work):
    """Return the most memory that Python held while doing something, in bytes, above what it held before."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    try:
        work()
        return tracemalloc.get_traced_memory()[1] - before
    finally:
        tracemalloc.stop()


@pytest.fixture
def timeouts(monkeypatch):
    """The time-outs of all requests."""
    seen, send = [], HTTPAdapter.send

    def noting(self, request, **named):
        seen.append(named.get("timeout"))
        return send(self, request, **named)

    monkeypatch.setattr(HTTPAdapter, "send", noting)
    return seen


def test_a_large_file_is_held_in_memory_and_nothing_times_out_with_hdx_python_api(client, events, timeouts):
    events.write_bytes(CSV + b"e3,0\n" * (LARGE // 5))
    dataset = client.dataset(new_name("large"), events)
    assert peak_of(dataset.create_in_hdx) > 2 * LARGE
    assert set(timeouts) == {None}


def test_a_large_file_is_streamed_and_everything_times_out_with_hxl_kit(kit, timeouts):
    name = new_name("large")
    package = kit.package(name, extra={"more.csv": CSV + b"e3,0\n" * (LARGE // 5)})
    target = kit.target
    plan = make_plan(package, target)
    assert peak_of(lambda: apply_plan(plan, package, target)) < LARGE / 2
    assert timeouts
    assert all(timeouts)
    assert kit.served(name) == files_of(package)


# 7


def workbook(path, comment=""):
    """Write a workbook of one cell, with a comment on it or without."""
    book = Workbook()
    book.active["A1"] = "fatalities"
    if comment:
        book.active["A1"].comment = Comment(comment, "Nobody")
    book.save(path)
    return path


def archive(path, **members):
    """Write a zip archive of small members."""
    with zipfile.ZipFile(path, "w") as file:
        for name, content in members.items():
            file.writestr(zipfile.ZipInfo(f"{name}.csv"), content)
    return path


def made_differently(form, path):
    """Write a file twice so that it differs and its cells, or the contents of its members, do not; yield each."""
    if form == "xlsx":
        yield workbook(path, "to be checked")
        yield workbook(path)
    else:
        yield archive(path, north=CSV, south=NEWER)
        yield archive(path, north=NEWER, south=CSV)


@pytest.mark.parametrize("form", ["xlsx", "zip"])
def test_a_changed_file_is_called_unchanged_with_hdx_python_api(client, tmp_path, form):
    name, contents = new_name(form), []
    for file in made_differently(form, tmp_path / f"events.{form}"):
        contents.append(file.read_bytes())
        said = client.publish(name, file)
    assert contents[0] != contents[1]
    assert said == {f"events.{form}": 3}
    assert client.files(name) == [(f"events.{form}", contents[0])], "the old file stays public"


@pytest.mark.parametrize("form", ["xlsx", "zip"])
def test_a_changed_file_is_replaced_with_hxl_kit(kit, tmp_path, form):
    name = new_name(form)
    for file in made_differently(form, tmp_path / f"events.{form}"):
        package = kit.package(
            name, extra={file.name: file.read_bytes()}, waivers=[WAIVER] if form == "zip" else []
        )
        kit.publish(package)
        assert kit.served(name) == files_of(package)


# 8


SPOILT = ["dropped-upload", "short-upload", "corrupt-upload"]


@pytest.mark.parametrize("fault", SPOILT)
def test_a_spoilt_upload_is_a_success_with_hdx_python_api(client, sandbox, events, fault):
    name = new_name("spoilt")
    sandbox.fault(path="package_revise", fault=fault, times=99)
    assert client.publish(name, events) == {"events.csv": 2}
    [(_, served)] = client.files(name)
    assert served != CSV


@pytest.mark.parametrize("fault", SPOILT)
def test_a_spoilt_upload_is_found_with_hxl_kit(kit, sandbox, fault):
    name = new_name("spoilt")
    package = kit.package(name)
    sandbox.fault(path="package_revise", fault=fault, times=99)
    with pytest.raises(TargetError):
        kit.publish(package)
    assert kit.is_not_public(name)
    sandbox.no_faults()
    kit.publish(package)
    assert kit.served(name) == files_of(package)


@pytest.mark.parametrize("fault", ["short-download", "html-download"])
def test_a_spoilt_download_is_a_success_with_hdx_python_api(client, sandbox, events, tmp_path, fault):
    name = new_name("brought")
    client.publish(name, events)
    resource = Resource.read_from_hdx(client.shown(name)["resources"][0]["id"])
    sandbox.fault(path="download", fault=fault, times=99)
    (tmp_path / "here").mkdir()
    _, path = resource.download(str(tmp_path / "here"))
    assert path.read_bytes() != CSV


@pytest.mark.parametrize("fault", ["short-download", "html-download"])
def test_a_spoilt_download_is_never_kept_with_hxl_kit(kit, sandbox, tmp_path, fault):
    name, out = new_name("brought"), tmp_path / "here"
    package = kit.package(name)
    kit.publish(package)
    sandbox.fault(path="download", fault=fault, times=99)
    with contextlib.suppress(TargetError):
        pull(kit.target, name, out)
    assert not out.exists() or {p.name: p.read_bytes() for p in out.iterdir()} == files_of(package)
    sandbox.no_faults()
    pull(kit.target, name, out)
    assert {p.name: p.read_bytes() for p in out.iterdir()} == files_of(package)


def test_an_edit_of_somebody_else_is_lost_with_hdx_python_api(client, sandbox, events):
    name = new_name("edited")
    client.publish(name, events)
    sandbox.call("package_patch", {"id": name, "notes": "Corrected by hand."})
    client.publish(name, events)
    assert client.shown(name)["notes"] == "Events of armed conflict, made up."


def test_an_edit_of_somebody_else_is_shown_or_stops_the_publication_with_hxl_kit(kit, sandbox):
    name = new_name("edited")
    kit.publish(kit.package(name))
    later, target = kit.package(name, NEWER_ROWS), kit.target
    plan = make_plan(later, target)
    sandbox.call("package_patch", {"id": name, "notes": "Corrected by hand."})
    with pytest.raises(TargetError, match="moved under the plan"):
        apply_plan(plan, later, target)
    assert sandbox.call("package_show", {"id": name})["notes"] == "Corrected by hand."
    edits = {c.resource: c.before for c in make_plan(later, target).changes if c.action == "edit"}
    assert edits["notes"] == "Corrected by hand."
