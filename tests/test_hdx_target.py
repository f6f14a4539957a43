"""Publishing to HDX, on a real CKAN with HDX's rules: all or nothing, verified, undoable. All data are made up."""

from __future__ import annotations

import json
import socket
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from clearance_for_tests import SHELTERS, VICTIMS, package_of

from hxl_kit.errors import ClearanceError, DataError, TargetError, UsageError
from hxl_kit.hdx.connection import Connection, Patience
from hxl_kit.hdx.site import Site, site_of
from hxl_kit.publishing import (
    apply_plan,
    apply_plans,
    examine,
    history,
    make_plan,
    make_plans,
    opened_bundle,
    plan_rollback,
    plan_withdrawal,
    rollback,
    withdraw,
    write_bundle,
)
from hxl_kit.publishing.clearing import clear
from hxl_kit.pulling import pull
from hxl_kit.reading.packages import read_package
from hxl_kit.targets.hdx import HdxTarget

ROWS = [{"event_id": "e1", "fatalities": "3"}, {"event_id": "e2", "fatalities": "4"}]
FILES = ["events.csv", "events.hxl.csv", "datapackage.json"]
READS = {"package_validate"}
NOTES = "Events that were made up for a test."


class QuickTarget(HdxTarget):
    """The target, with less patience."""

    @property
    def connection(self):
        return Connection(self.site, Patience(attempts=3, pause=0.01, longest=0.05, answer=20))


@pytest.fixture
def target(sandbox, tmp_path):
    site = Site(sandbox.url, sandbox.url, sandbox.editor_key)
    return QuickTarget(site, sandbox.organisation, sandbox.maintainer, state=tmp_path / "state")


@pytest.fixture
def name():
    return f"t-{uuid.uuid4().hex[:12]}"


@pytest.fixture
def made(tmp_path, name):
    """Make a package of this test's own dataset."""

    def make(rows=ROWS, folder="p", hdx=None, **more):
        told = {
            "name": name,
            "title": "Made-up events",
            "description": NOTES,
            "methodology": "They were made up.",
            "keywords": ["conflict-violence"],
            "licenses": [{"name": "CC-BY-4.0"}],
            "temporal": {"start": "2024-01-01", "end": "2024-01-31"},
            "hdx": {"source": "Nobody", "frequency": "never", "locations": ["syr"], **(hdx or {})},
            **more,
        }
        told["keys"] = {"events": "event_id"}
        tables = rows if isinstance(rows, dict) else {"events": rows}
        return package_of(tmp_path / folder, tables, **told)

    return make


def published(package, target):
    return apply_plan(make_plan(package, target), package, target)


def writes(sandbox):
    """The requests that change something."""
    return [r for r in sandbox.requests() if r["method"] == "POST" and r["action"] not in READS]


def files_of(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_is_published_is_pulled_byte_for_byte(sandbox, target, made, tmp_path):
    package = made()
    done = published(package, target)
    assert done.changes
    shown = sandbox.call("package_show", {"id": package.name}, key="")
    assert [r["name"] for r in shown["resources"]] == FILES
    assert shown["private"] is False
    assert [g["name"] for g in shown["groups"]] == ["syr"]
    pull(target, package.name, tmp_path / "out")
    assert files_of(tmp_path / "out") == files_of(package.folder)


def test_nothing_changed_is_nothing_written(sandbox, target, made):
    package = made()
    published(package, target)
    before = sandbox.call("package_show", {"id": package.name})
    sandbox.clear_requests()
    assert make_plan(package, target).changes == ()
    assert published(package, target).changes == ()
    assert writes(sandbox) == []
    assert sandbox.call("package_show", {"id": package.name}) == before


def test_one_changed_figure_is_one_request_with_the_changed_files(sandbox, target, made, name):
    published(made({"events": ROWS, "other": ROWS}), target)
    ids = {r["name"]: r["id"] for r in sandbox.call("package_show", {"id": name})["resources"]}
    later = made({"events": [{**ROWS[0], "fatalities": "5"}, ROWS[1]], "other": ROWS}, "q", version="2")
    plan = make_plan(later, target)
    assert "fatalities: 3 -> 5" in plan.as_text()
    assert [c.resource for c in plan.changes] == FILES
    sandbox.clear_requests()
    apply_plan(plan, later, target)
    assert [r["action"] for r in writes(sandbox)] == ["package_revise"]
    shown = sandbox.call("package_show", {"id": name})["resources"]
    assert {r["name"]: r["id"] for r in shown} == ids


def test_a_plan_names_the_files_that_hdx_gets_besides_the_package(sandbox, target, made, name):
    package = made(hdx={"resources": {"zip": True}})
    plan = make_plan(package, target)
    (added,) = [change for change in plan.changes if change.resource == f"{name}.zip"]
    assert added.action == "add"
    assert added.bytes > 0
    assert f"add     {name}.zip" in plan.as_text()
    apply_plan(plan, package, target)
    (served,) = [
        r for r in sandbox.call("package_show", {"id": name})["resources"] if r["name"] == f"{name}.zip"
    ]
    assert (served["hash"], served["size"]) == (added.after, added.bytes)
    assert make_plan(package, target).changes == ()
    later = make_plan(made([ROWS[0]], "q", version="2", hdx={"resources": {"zip": True}}), target)
    assert [c.action for c in later.changes if c.resource == f"{name}.zip"] == ["replace"]
    without = make_plan(made([ROWS[0]], "r", version="2"), target)
    assert [c.action for c in without.changes if c.resource == f"{name}.zip"] == ["remove"]
    sandbox.call("resource_delete", {"id": served["id"]})
    again = make_plan(package, target)
    assert [(c.action, c.resource) for c in again.changes] == [("add", f"{name}.zip")]
    apply_plan(again, package, target)
    assert make_plan(package, target).changes == ()


def test_metadata_alone_change_without_files(sandbox, target, made, name):
    published(made(), target)
    sandbox.call("package_patch", {"id": name, "caveats": "written by somebody else"})
    plan = make_plan(made(), target)
    assert [(c.action, c.resource, c.before) for c in plan.changes] == [
        ("edit", "caveats", "written by somebody else")
    ]
    apply_plan(plan, made(), target)
    assert not sandbox.call("package_show", {"id": name}).get("caveats")


def test_a_plan_holds_for_the_state_that_it_was_made_for(sandbox, target, made, name):
    published(made(), target)
    later = made([ROWS[0]], "q", version="2")
    plan = make_plan(later, target)
    sandbox.call("package_patch", {"id": name, "title": "Another title"})
    before = sandbox.call("package_show", {"id": name})
    with pytest.raises(TargetError, match="moved under the plan"):
        apply_plan(plan, later, target)
    assert sandbox.call("package_show", {"id": name}) == before


def test_of_two_publishers_at_once_one_wins_and_the_other_is_told(sandbox, target, made, name, tmp_path):
    published(made(), target)
    ours, theirs = made([ROWS[0]], "q", version="2"), made([ROWS[1]], "r", version="3")
    elsewhere = replace(target, state=tmp_path / "elsewhere")
    plan, other = make_plan(ours, target), make_plan(theirs, elsewhere)
    apply_plan(other, theirs, elsewhere)
    with pytest.raises(TargetError, match="moved under the plan"):
        apply_plan(plan, ours, target)
    assert target.describe(name).digest == theirs.digest


def test_a_change_between_the_last_look_and_the_write_changes_nothing(sandbox, target, made, name):
    published(made(), target)
    later = made([ROWS[0]], "q", version="2")
    plan, proof = make_plan(later, target), clear(later).proof
    served = target._committing(name).show(name)
    sandbox.call("package_patch", {"id": name, "title": "Another title"})
    with pytest.raises(TargetError):
        target._committing(name).make(served, target._wanted(later, served))
    with pytest.raises(TargetError, match="moved"), target.stage(later, proof) as staged:
        target.commit(staged, plan.pin)
    assert sandbox.call("package_show", {"id": name})["title"] == "Another title"
    assert target.describe(name).digest == made().digest


def test_going_back_restores_metadata_and_files(sandbox, target, made, name, tmp_path):
    first, second = made(), made([ROWS[0]], "q", version="2", title="Another title")
    published(first, target)
    before = sandbox.call("package_show", {"id": name})
    published(second, target)
    rollback(plan_rollback(target, name), target)
    after = sandbox.call("package_show", {"id": name})
    told = ("title", "notes", "dataset_date", "license_id")
    assert {k: after[k] for k in told} == {k: before[k] for k in told}
    assert [r["id"] for r in after["resources"]] == [r["id"] for r in before["resources"]]
    pull(target, name, tmp_path / "out")
    assert files_of(tmp_path / "out") == files_of(first.folder)
    assert len(history(target, name).versions) == 2


def test_withdrawn_is_gone_with_a_reason(sandbox, target, made, name, tmp_path):
    package = made()
    published(package, target)
    addresses = [r["url"] for r in sandbox.call("package_show", {"id": name})["resources"]]
    withdraw(plan_withdrawal(target, name, "the figures are under review"), target)
    shown = sandbox.call("package_show", {"id": name}, key="")
    assert [r["name"] for r in shown["resources"]] == ["withdrawn.json"]
    for address in addresses:
        with target.connection.open(address) as answer:
            assert answer.status_code == 404
    with pytest.raises(TargetError, match=r"was withdrawn on .*: the figures are under review"):
        pull(target, name, tmp_path / "out")
    plan = make_plan(package, target)
    with pytest.raises(TargetError, match="after-withdrawal"):
        apply_plan(plan, package, target)
    apply_plan(plan, package, target, after_withdrawal=True)
    assert target.describe(name).digest == package.digest


def test_history_names_what_was_withdrawn_also_when_it_is_published_again_and_on_other_machines(
    sandbox, target, made, name, tmp_path
):
    first, second = made(), made([ROWS[0]], "q", version="2")
    elsewhere = replace(target, state=tmp_path / "elsewhere")
    published(first, elsewhere)
    published(second, target)
    before = history(target, name).versions
    assert [(v.digest, v.withdrawn) for v in before] == [(second.digest, ""), (first.digest, "")]
    withdraw(plan_withdrawal(target, name, "the figures are under review"), target)
    named = [(v.version_id, v.version, v.digest) for v in before]
    for there in (target, elsewhere):
        gone = history(there, name).versions
        assert [(v.version_id, v.version, v.digest) for v in gone] == named
        assert all(v.withdrawn and v.reason == "the figures are under review" and not v.files for v in gone)
    third = made([ROWS[1]], "r", version="3")
    apply_plan(make_plan(third, target), third, target, after_withdrawal=True)
    for there in (target, elsewhere):
        kept, *gone = history(there, name).versions
        assert (kept.digest, kept.withdrawn) == (third.digest, "")
        assert [(v.version_id, v.version, v.digest) for v in gone] == named
        with pytest.raises(TargetError, match=r"was withdrawn on \d.*: the figures are under review"):
            plan_rollback(there, name, first.descriptor["version"])
        with pytest.raises(UsageError, match="no version before the one served"):
            plan_rollback(there, name)
    withdraw(plan_withdrawal(elsewhere, name, "Once more."), elsewhere)
    newest, *older = history(target, name).versions
    assert (newest.digest, newest.reason) == (third.digest, "Once more.")
    assert [v.reason for v in older] == ["the figures are under review"] * 2
    shown = sandbox.call("package_show", {"id": name}, key="")
    assert [r["name"] for r in shown["resources"]] == ["withdrawn.json"]


def test_going_back_after_a_withdrawal_leaves_the_word_of_it(sandbox, target, made, name):
    published(made(), target)
    withdraw(plan_withdrawal(target, name, "the figures are under review"), target)
    second, third = made([ROWS[0]], "q", version="2"), made([ROWS[1]], "r", version="3")
    apply_plan(make_plan(second, target), second, target, after_withdrawal=True)
    published(third, target)
    rollback(plan_rollback(target, name), target)
    shown = sandbox.call("package_show", {"id": name})["resources"]
    assert [r["name"] for r in shown] == [*FILES, "withdrawn.json"]
    assert [bool(v.withdrawn) for v in history(target, name).versions] == [False, False, True]
    assert target.examine(name) == ()
    descriptor = next(r for r in shown if r["name"] == "datapackage.json")
    sandbox.call("resource_delete", {"id": descriptor["id"]})
    assert not target.describe(name).withdrawn, "files of a scraper need no descriptor"


def test_all_problems_are_told_at_once_and_nothing_is_sent(sandbox, target, made, name):
    wrong = made(
        hdx={"frequency": "often", "locations": ["xyz"]},
        keywords=["no such tag"],
        licenses=[],
        description="",
    )
    unknown = replace(target, organisation="no-such-organisation")
    sandbox.clear_requests()
    with pytest.raises(DataError) as told:
        make_plan(wrong, unknown)
    for said in ("frequency", "xyz", "no such tag", "licences", "description", "no-such-organisation"):
        assert said in str(told.value)
    assert writes(sandbox) == []
    assert sandbox.ask("package_show", {"id": name}).status == 404


@pytest.mark.parametrize("rows", [VICTIMS, SHELTERS], ids=["victims", "shelters"])
def test_what_may_harm_is_refused_and_nothing_is_written(sandbox, target, made, name, rows):
    published(made(), target)
    bad = made({"list": rows}, "bad", version="2")
    sandbox.clear_requests()
    plan = make_plan(bad, target)
    with pytest.raises(ClearanceError):
        apply_plan(plan, bad, target)
    other = clear(made()).proof
    with pytest.raises(ClearanceError, match="not the package that was cleared"):
        target.stage(bad, other).__enter__()
    assert writes(sandbox) == []


@pytest.mark.parametrize(
    ("action", "when", "fault"),
    [
        ("package_create", "before", "reset"),
        ("package_create", "after", "502"),
        ("package_revise", "before", "html"),
        ("package_revise", "after", "502"),
        ("package_revise", "after", "truncated"),
        ("package_revise", "after", "401"),
    ],
)
def test_a_spoilt_answer_doubles_nothing(sandbox, target, made, name, action, when, fault):
    package = made()
    plan = make_plan(package, target)
    sandbox.fault(path=action, when=when, fault=fault, times=1)
    try:
        apply_plan(plan, package, target)
    except TargetError:
        shown = sandbox.ask("package_show", {"id": name}, key="")
        assert shown.status != 200, "public before it is whole"
    published(package, target)
    shown = sandbox.call("package_show", {"id": name}, key="")
    assert [r["name"] for r in shown["resources"]] == FILES
    assert target.faults(target.describe(name)) == ()


@pytest.mark.parametrize("fault", ["short-upload", "corrupt-upload", "dropped-upload"])
def test_damaged_on_the_way_is_found_before_anybody_sees_it(sandbox, target, made, name, fault):
    package = made()
    plan = make_plan(package, target)
    sandbox.fault(path="package_revise", when="before", fault=fault, times=9, file="events.csv")
    with pytest.raises(TargetError, match=r"events\.csv"):
        apply_plan(plan, package, target)
    assert sandbox.ask("package_show", {"id": name}, key="").status != 200
    sandbox.no_faults()
    published(package, target)
    assert target.faults(target.describe(name)) == ()


def test_an_update_that_arrives_damaged_brings_the_old_version_back(sandbox, target, made, name):
    first, second = made(), made([ROWS[0]], "q", version="2")
    published(first, target)
    plan = make_plan(second, target)
    sandbox.fault(path="package_revise", when="before", fault="corrupt-upload", times=2, file="events.csv")
    with pytest.raises(TargetError, match="published before is served again"):
        apply_plan(plan, second, target)
    assert target.describe(name).digest == first.digest
    assert target.faults(target.describe(name)) == ()


def test_where_nothing_arrives_whole_nothing_is_public_until_it_is_published_again(
    sandbox, target, made, name, tmp_path
):
    published(made(), target)
    second = made([ROWS[0]], "q", version="2")
    plan = make_plan(second, target)
    sandbox.fault(path="package_revise", when="before", fault="corrupt-upload", times=99, file="events.csv")
    with pytest.raises(TargetError, match="not public for now; publish it again"):
        apply_plan(plan, second, target)
    sandbox.no_faults()
    assert sandbox.ask("package_show", {"id": name}, key="").status != 200
    notes = sandbox.call("package_show", {"id": name})["notes"]
    assert notes.startswith("Not public: ")
    assert notes.endswith(NOTES)
    assert [a.rule for a in target.examine(name)] == ["publication-unfinished"]
    another_machine = replace(target, state=tmp_path / "elsewhere")
    published(second, another_machine)
    shown = sandbox.call("package_show", {"id": name}, key="")
    assert ([r["name"] for r in shown["resources"]], shown["notes"]) == (FILES, NOTES)
    assert target.faults(target.describe(name)) == ()


def test_what_was_taken_out_of_public_sight_can_be_served_as_it_was_or_withdrawn(sandbox, target, made, name):
    published(made(), target)
    committing = target._committing(name)
    committing.hide(committing.show(name))
    assert [v.digest for v in history(target, name).versions] == [made().digest]
    rollback(plan_rollback(target, name), target)
    assert target.describe(name).digest == made().digest
    assert sandbox.call("package_show", {"id": name}, key="")["notes"] == NOTES
    committing.hide(committing.show(name))
    withdraw(plan_withdrawal(target, name, "the figures are under review"), target)
    shown = sandbox.call("package_show", {"id": name}, key="")
    assert [r["name"] for r in shown["resources"]] == ["withdrawn.json"]
    assert [v.digest for v in history(target, name).versions] == [made().digest]


def test_a_network_that_gives_web_pages_takes_nothing_out_of_public_sight(
    sandbox, target, made, name, tmp_path
):
    published(made(), target)
    second = made([ROWS[0]], "q", version="2")
    plan = make_plan(second, target)
    sandbox.fault(path="download", when="after", fault="html-download", times=99)
    with pytest.raises(
        TargetError, match=r"a web page comes in place of .*; what was published before was sent again"
    ):
        apply_plan(plan, second, target)
    sandbox.no_faults()
    pull(target, name, tmp_path / "out")
    assert files_of(tmp_path / "out") == files_of(made().folder)
    assert sandbox.call("package_show", {"id": name})["private"] is False


def test_a_publication_that_stopped_goes_on_from_there(sandbox, target, made, name):
    package = made()
    wanted = target._wanted(package, None)
    target._committing(name).shell(wanted.fields)
    assert target.describe(name).version_id == ""
    published(package, target)
    assert target.describe(name).digest == package.digest


def test_what_hdx_keeps_back_is_not_sent_again_unasked(sandbox, target, made, name):
    published(made(), target)
    (held,) = [
        r for r in sandbox.call("package_show", {"id": name})["resources"] if r["name"] == "events.csv"
    ]
    sandbox.call("hdx_mark_resource_in_quarantine", {"id": held["id"], "in_quarantine": True})
    later = made([ROWS[0]], "q", version="2")
    with pytest.raises(DataError, match="quarantine"):
        make_plan(later, target)
    asked = replace(target, replaces_quarantined=True)
    published(later, asked)
    assert asked.describe(name).digest == later.digest


def test_a_dataset_of_others_is_not_written_over(sandbox, target, made, name):
    fields = dict(target._wanted(made(), None).fields)
    sandbox.call("package_create", {**fields, "private": True, "resources": []})
    before = sandbox.call("package_show", {"id": name})
    with pytest.raises(DataError, match="was not published by hxl-kit"):
        make_plan(made(), target)
    assert sandbox.call("package_show", {"id": name}) == before


def test_files_of_others_stay(sandbox, target, made, name):
    published(made(), target)
    more = {
        "package_id": name,
        "name": "map",
        "format": "PDF",
        "description": "A map",
        "url": "https://example.org/m.pdf",
    }
    sandbox.call("resource_create", more)
    published(made([ROWS[0]], "q", version="2"), target)
    shown = sandbox.call("package_show", {"id": name})["resources"]
    assert [r["name"] for r in shown] == [*FILES, "map"]


@pytest.mark.parametrize(("access", "private"), [("private", True), ("by-request", False)])
def test_access(sandbox, target, made, name, access, private):
    published(made(hdx={"access": access}), target)
    shown = sandbox.call("package_show", {"id": name})
    assert shown["private"] is private
    assert bool(shown["resources"]) is private


def test_what_is_given_by_request_is_kept_up_and_taken_down_like_all_else(sandbox, target, made, name):
    asked = {"hdx": {"access": "by-request"}}
    published(made(**asked), target)
    sandbox.clear_requests()
    assert not published(made(**asked), target).changes
    assert writes(sandbox) == []
    more = made([ROWS[0]], "more", **asked)
    assert [c.resource for c in make_plan(more, target).changes] == ["num_of_rows"]
    published(more, target)
    assert sandbox.call("package_show", {"id": name})["num_of_rows"] == "1"
    assert examine(target, name).found == ()
    withdraw(plan_withdrawal(target, name, "Nobody asked for it."), target)
    assert target.describe(name).reason == "Nobody asked for it."


def test_publishing_asks_no_other_address(target, made, monkeypatch):
    real = socket.socket.connect

    def connect(self, address):
        assert address[0] in ("127.0.0.1", "::1"), "an address beyond this machine"
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", _local_only(socket.getaddrinfo))
    assert published(made(), target).changes


def _local_only(real):
    def ask(host, *given, **more):
        assert host in ("127.0.0.1", "localhost", "::1"), f"asks for {host}"
        return real(host, *given, **more)

    return ask


def test_the_key_is_in_no_message_and_goes_to_no_other_host(sandbox, target, made, caplog):
    assert target.site.key not in repr(target)
    expired = replace(target, site=replace(target.site, key="an-expired-key"))
    with pytest.raises(TargetError) as told:
        published(made(), expired)
    assert "an-expired-key" not in str(told.value) + caplog.text
    assert "HDX_KEY" in str(told.value)


def test_without_a_key_the_way_to_give_one_is_told(target, made):
    with pytest.raises(TargetError, match="no key; set HDX_KEY"):
        published(made(), replace(target, site=replace(target.site, key="")))


@pytest.mark.parametrize("entry", ["HDX_KEY_STAGE", "HDX_KEY"])
def test_keys_come_from_the_environment(monkeypatch, entry):
    monkeypatch.setenv(entry, "a-key")
    assert site_of("stage").key == "a-key"
    assert site_of("stage").url.startswith("https://stage.")


def test_a_handoff_is_published_by_a_colleague(target, made, name, tmp_path):
    package = made()
    write_bundle(make_plan(package, target), package, tmp_path / "handoff.zip")
    colleague = replace(target, state=tmp_path / "theirs")
    with opened_bundle(tmp_path / "handoff.zip") as plan:
        assert plan.publisher == target.publisher
        apply_plan(plan, read_package(Path(plan.package)), colleague)
    assert target.describe(name).digest == package.digest


def test_of_many_one_that_fails_stops_no_other(sandbox, target, made, name):
    first, second = made(), made([ROWS[0]], "q", name=f"{name}-b")
    plans = make_plans([first.folder, second.folder], target)
    sandbox.fault(path="package_create", when="before", fault="403", times=1)
    outcomes = apply_plans(plans, lambda _: target)
    assert [bool(one.published) for one in outcomes.each] == [False, True]
    assert outcomes.code == 4
    again = apply_plans(make_plans([first.folder, second.folder], target), lambda _: target)
    assert [bool(one.published.changes) for one in again.each] == [True, False]


def test_two_packages_of_one_name_are_refused(target, made):
    first, second = made(), made([ROWS[0]], "q")
    with pytest.raises(UsageError, match="several packages are called"):
        make_plans([first.folder, second.folder], target)


def test_the_plan_is_the_same_after_a_trip_through_json(target, made):
    plan = make_plan(made(), target)
    assert type(plan).from_json(json.loads(json.dumps(plan.as_json()))).as_text() == plan.as_text()
