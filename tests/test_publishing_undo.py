"""Rollback, withdrawal and upkeep of a catalogue: one step each, verified; killed at any point, nothing is half-done."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from packages_for_tests import EVENTS, write_package

from hxl_kit import publishing
from hxl_kit.clearance.outcome import Clearance, objection
from hxl_kit.errors import ClearanceError, DataError, TargetError, UsageError
from hxl_kit.publishing import (
    apply_plan,
    clearing,
    examine,
    make_plan,
    plan_rollback,
    plan_withdrawal,
    repair,
)
from hxl_kit.pulling import pull
from hxl_kit.reading.packages import verify_files
from hxl_kit.targets.catalogue import CatalogueTarget
from hxl_kit.targets.lock import LOCK
from hxl_kit.targets.target import Change, State

NAME = "syria-events"
WHY = "Coordinates were not rounded."
MOMENT = "2025-03-01T10:00:00Z"


@pytest.fixture(autouse=True)
def _cleared(monkeypatch):
    """What is done with versions that were cleared; clearance has its own tests."""
    monkeypatch.setattr(clearing, "clear", lambda package, *_: Clearance("low").proven(package))
    monkeypatch.setattr(clearing, "_CLEARED", {})


@pytest.fixture
def packages(tmp_path):
    """Three versions of a package; they share the file notes.txt."""
    return [
        write_package(
            tmp_path / f"v{number}",
            {"events": EVENTS[: number + 1]},
            version=f"{number}.0",
            extra={"notes.txt": b"same"},
        )
        for number in (0, 1, 2)
    ]


def publish(package, target, **options):
    return apply_plan(make_plan(package, target), package, target, **options)


@pytest.fixture
def target(packages, tmp_path):
    """A catalogue with three versions."""
    made = CatalogueTarget(tmp_path / "cat", clock=lambda: MOMENT)
    for package in packages:
        publish(package, made)
    return made


def versions(target):
    return [state.version for state in target.history(NAME)]


def rollback(target, to=None):
    return publishing.rollback(plan_rollback(target, NAME, to), target)


def withdraw(target, reason=WHY):
    return publishing.withdraw(plan_withdrawal(target, NAME, reason), target)


def kept(target, number):
    """The folder of a version."""
    (found,) = (target.folder / NAME).glob(f"{number}.0-*")
    return found


def all_files(target):
    return {p.relative_to(target.folder): p.read_bytes() for p in target.folder.rglob("*") if p.is_file()}


# rollback


def test_a_rollback_serves_the_version_before_and_shows_what_changes(target):
    planned = plan_rollback(target, NAME)
    assert {c.resource: c.action for c in planned.changes} == dict.fromkeys(
        ("events.csv", "events.hxl.csv", "datapackage.json"), "replace"
    )
    assert "rows events: 1 removed" in planned.as_text()
    done = publishing.rollback(planned, target)
    assert done.served.version == target.describe(NAME).version == "1.0"
    assert versions(target) == ["1.0", "2.0", "0.0"]
    assert not examine(target).found


def test_a_rollback_is_undone_by_another_one(target):
    rollback(target)
    rollback(target)
    assert versions(target) == ["2.0", "1.0", "0.0"]


def test_a_rollback_to_a_version_by_name_or_id(target, tmp_path):
    assert rollback(target, "0.0").changes
    assert versions(target) == ["0.0", "2.0", "1.0"]
    assert not rollback(target, "0.0").changes
    assert rollback(target, kept(target, 1).name).served.version == "1.0"
    pulled = pull(target, NAME, tmp_path / "pulled")
    assert pulled.version == "1.0"


def test_versions_that_are_not_there_or_not_clear(target, tmp_path):
    with pytest.raises(UsageError, match=r"no version '9'; the newest are 2\.0-"):
        rollback(target, "9")
    publish(write_package(tmp_path / "twin", version="0.0"), target)
    with pytest.raises(UsageError, match=r"several versions '0\.0'; name one by its id: 0\.0-"):
        rollback(target, "0.0")
    single = CatalogueTarget(tmp_path / "single")
    publish(write_package(tmp_path / "one"), single)
    with pytest.raises(UsageError, match="no version before the one served"):
        rollback(single)


@pytest.mark.parametrize("harm", ["file", "gone", "descriptor"])
def test_a_damaged_kept_version_is_not_served_again(target, harm):
    folder = kept(target, 1)
    if harm == "gone":
        (folder / "events.csv").unlink()
    if harm == "file":
        (folder / "events.csv").write_text("event_id\n")
    if harm == "descriptor":
        described = json.loads((folder / "datapackage.json").read_text("utf-8"))
        described["title"] = "tampered"
        (folder / "datapackage.json").write_text(json.dumps(described))
    with pytest.raises(TargetError, match="cannot be served again: choose another version"):
        plan_rollback(target, NAME)
    assert versions(target) == ["2.0", "1.0", "0.0"]


def test_a_kept_version_that_is_damaged_after_the_look_is_not_served(target):
    planned = plan_rollback(target, NAME)
    real = CatalogueTarget.restore

    def damaging(self, *given):
        (kept(target, 1) / "events.csv").write_text("event_id\n")
        return real(self, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CatalogueTarget, "restore", damaging)
        with pytest.raises(
            TargetError, match=r"events\.csv is damaged or missing; it cannot be served again"
        ):
            publishing.rollback(planned, target)
    assert versions(target)[0] == "2.0"


def test_a_damaged_version_is_replaced_by_the_one_before(target):
    shutil.rmtree(kept(target, 2))
    assert rollback(target).served.version == "1.0"


def test_what_may_not_be_published_any_more_is_not_served_again(target, monkeypatch):
    refused = Clearance("low", refusals=(objection("sensitivity-missing"),))
    monkeypatch.setattr(clearing, "clear", lambda *_: refused)
    monkeypatch.setattr(clearing, "_CLEARED", {})
    planned = plan_rollback(target, NAME)
    assert "REFUSED" in planned.as_text()
    before = all_files(target)
    with pytest.raises(ClearanceError, match="sensitivity-missing"):
        planned.require_cleared()
    with pytest.raises(ClearanceError, match="sensitivity-missing"):
        publishing.rollback(planned, target)
    assert all_files(target) == before


def test_of_a_rollback_and_a_publication_at_once_one_wins(target, tmp_path):
    planned, withdrawal = plan_rollback(target, NAME), plan_withdrawal(target, NAME, WHY)
    publish(write_package(tmp_path / "v9", version="9.0"), target)
    for late in (
        lambda: publishing.rollback(planned, target),
        lambda: publishing.withdraw(withdrawal, target),
    ):
        with pytest.raises(TargetError, match="moved under the plan"):
            late()
    assert versions(target)[0] == "9.0"


# withdrawal


def test_a_withdrawal_leaves_a_tombstone_and_no_row(target):
    digests = [state.digest for state in target.history(NAME)]
    done = withdraw(target)
    assert len(done.versions) == 3
    assert {path.name for path in all_files(target)} == {"catalogue.json", "index.html"}
    assert [path.name for path in target.folder.iterdir() if path.is_dir()] == []
    assert target.datasets() == ()
    state = target.describe(NAME)
    assert (state.version_id, state.withdrawn, state.reason) == ("", MOMENT, WHY)
    assert [gone.digest for gone in target.history(NAME)] == digests
    assert all(gone.withdrawn and not gone.files for gone in target.history(NAME))
    written = all_files(target)[Path("catalogue.json")].decode()
    assert json.loads(written)["format_version"] == 2
    assert "Aleppo" not in written
    page = all_files(target)[Path("index.html")].decode()
    assert WHY in page
    assert all(digest in page for digest in digests)
    assert not examine(target).found


def test_a_catalogue_without_withdrawals_is_written_for_older_versions_too(target):
    described = json.loads((target.folder / "catalogue.json").read_bytes())
    assert described["format_version"] == 1
    assert "withdrawn" not in described


def test_a_reason_cannot_bring_markup_to_the_page(target):
    withdraw(target, "<script>alert(1)</script> was in the data")
    assert "<script" not in (target.folder / "index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("", "must say"),
        (" \n ", "must say"),
        ("x" * 501, "must say"),
        ("Ask a.person@example.org", "email"),
        ("Call +44 7700 900123", "phone"),
    ],
)
def test_reasons_that_the_public_may_not_read(target, reason, said):
    with pytest.raises((UsageError, DataError), match=said) as caught:
        plan_withdrawal(target, NAME, reason)
    assert not reason.strip() or reason not in str(caught.value)


@pytest.mark.parametrize(
    "reason",
    ["Mohammed Al-Ahmad asked us to.", "At the request of (Fatima Hassan).", "طلب محمد الأحمد ذلك"],
)
def test_a_reason_that_may_name_a_person_is_pointed_out(target, reason):
    assert "it seems to name one" in plan_withdrawal(target, NAME, reason).as_text()


@pytest.mark.parametrize(
    "reason",
    [
        "wrong figures for Idlib",
        "Withdrawn at the request of OCHA Syria",
        "The Ministry of Health withdrew its figures, and Human Rights Watch others.",
        "Duplicate of the dataset by Norwegian Refugee Council",
        "الأرقام الخاصة بإدلب خاطئة",
    ],
)
def test_ordinary_reasons_are_told_to_be_public_and_no_more(target, reason):
    told = plan_withdrawal(target, NAME, reason).as_text()
    assert "it must name no person" in told
    assert "it seems to name" not in told


def test_a_reason_with_a_place_that_is_called_like_a_person_is_not_refused(target):
    assert (
        plan_withdrawal(target, NAME, "wrong figures for Abu Kamal").reason == "wrong figures for Abu Kamal"
    )


def test_what_was_withdrawn_is_not_pulled_and_not_rolled_back_to(target, tmp_path, packages):
    old = target.history(NAME)[1].version_id
    pull(target, NAME, tmp_path / "here")
    withdraw(target)
    for out in ("here", "new"):
        with pytest.raises(TargetError, match=rf"was withdrawn on 2025-03-01: {WHY}"):
            pull(target, NAME, tmp_path / out)
    with pytest.raises(TargetError, match="was withdrawn"):
        rollback(target)
    publish(packages[2], target, after_withdrawal=True)
    with pytest.raises(TargetError, match="was withdrawn"):
        rollback(target, old)
    assert pull(target, NAME, tmp_path / "new").version == "2.0"


def test_publishing_after_a_withdrawal_must_be_meant(target, packages):
    withdraw(target)
    plan = make_plan(packages[2], target)
    assert (plan.withdrawn, plan.reason) == (MOMENT, WHY)
    assert "only with --after-withdrawal" in plan.as_text()
    with pytest.raises(TargetError, match=rf"--after-withdrawal; withdrawn on 2025-03-01: {WHY}"):
        apply_plan(plan, packages[2], target)
    with pytest.raises(TargetError, match="--after-withdrawal"):
        publishing.require_asked([plan], after_withdrawal=False)
    publishing.require_asked([plan], after_withdrawal=True)
    assert apply_plan(plan, packages[2], target, after_withdrawal=True).changes
    assert [bool(state.withdrawn) for state in target.history(NAME)] == [False, True, True, True]
    assert "Earlier versions were withdrawn on" in (target.folder / "index.html").read_text("utf-8")
    assert not make_plan(packages[2], target).changes


def test_a_plan_made_before_a_withdrawal_does_not_apply_after_it(target, tmp_path):
    later = write_package(tmp_path / "v9", version="9.0")
    plan = make_plan(later, target)
    withdraw(target)
    with pytest.raises(TargetError, match=r"moved under the plan: .*now withdrawn on 2025-03-01"):
        apply_plan(plan, later, target, after_withdrawal=True)


def test_a_dataset_can_be_withdrawn_twice(target, packages):
    withdraw(target)
    publish(packages[0], target, after_withdrawal=True)
    withdraw(target, "Again.")
    assert target.describe(NAME).reason == "Again."
    assert [state.reason for state in target.history(NAME)] == ["Again.", WHY, WHY, WHY]
    assert withdraw(target, "Once more.").versions == ()
    assert target.describe(NAME).reason == "Again."


def test_other_files_of_the_folder_and_other_datasets_stay(target, tmp_path):
    publish(write_package(tmp_path / "other", name="other"), target)
    mine = target.folder / NAME / "backup-202401311200"
    mine.mkdir()
    (mine / "datapackage.json").write_text("mine")
    withdraw(target)
    assert (mine / "datapackage.json").read_text() == "mine"
    assert target.datasets() == ("other",)
    assert not examine(target).found


# stopped at any point


class Stopped(BaseException):
    """The process ends here."""


WRITING = ("mkdir", "open", "rename", "replace", "unlink", "rmdir", "fsync")


def stopping_at(monkeypatch, step):
    """Let the n-th call that may write stop the work, and all after it, as if the process were gone."""
    done = [0]

    def stopping(real):
        def call(*given, **options):
            done[0] += 1
            if done[0] >= step:
                raise Stopped
            return real(*given, **options)

        return call

    for name in WRITING:
        monkeypatch.setattr(os, name, stopping(getattr(os, name)))


@pytest.mark.parametrize("work", [rollback, withdraw])
def test_stopped_at_any_step_it_is_done_or_not_and_the_doctor_cleans_up(target, work, tmp_path):
    whole, outcomes, finished, step = all_files(target), set(), False, 0
    while not finished:
        step += 1
        shutil.rmtree(target.folder)
        for path, content in whole.items():
            (target.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (target.folder / path).write_bytes(content)
        with pytest.MonkeyPatch.context() as patch:
            stopping_at(patch, step)
            try:
                work(target)
                finished = True
            except Stopped:
                pass
        state = target.describe(NAME)
        outcomes.add((state.version, bool(state.withdrawn)))
        listed = [version for version in target.history(NAME) if not version.withdrawn]
        assert not [f for version in listed for f in target.faults(version) if f.action == "repair"]
        leave_of_the_dead(target.folder)
        repair(examine(target), target)
        assert not examine(target).found, step
        assert not list(target.folder.glob(".*"))
        if state.withdrawn:
            assert {path.name for path in all_files(target)} == {"catalogue.json", "index.html"}
        step += step // 12
    assert outcomes == {("2.0", False), ("1.0", False) if work is rollback else ("", True)}


def leave_of_the_dead(folder):
    """Rename what this process left as if it were another one's that is gone."""
    long_ago = 1_000_000
    if (folder / LOCK).exists():
        (folder / LOCK).write_text("elsewhere-1-00")
        os.utime(folder / LOCK, (long_ago, long_ago))
    for stage in folder.glob(".staging-*"):
        os.utime(stage, (long_ago, long_ago))


def test_a_withdrawal_that_was_stopped_is_completed_by_the_next_one(target, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(
            "hxl_kit.targets.catalogue_files.remove_folder", lambda *_: (_ for _ in ()).throw(Stopped)
        )
        patch.setattr(
            "hxl_kit.targets.catalogue_health.remove_folder", lambda *_: (_ for _ in ()).throw(Stopped)
        )
        with pytest.raises(Stopped):
            withdraw(target)
    assert kept(target, 2).is_dir()
    found = examine(target).found
    assert {each.ailment.rule for each in found} == {"version-orphaned"}
    assert all("can be opened" in each.ailment.message for each in found)
    assert examine(target, NAME).found
    withdraw(target, "Another word.")
    assert target.describe(NAME).reason == WHY
    assert {path.name for path in all_files(target)} == {"catalogue.json", "index.html"}


def test_files_that_cannot_be_removed_are_told(target, monkeypatch):
    def failing(*_):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr("hxl_kit.targets.catalogue_health.remove_folder", failing)
        with pytest.raises(TargetError, match="it is withdrawn, but files are left"):
            withdraw(target)
    assert WHY in (target.folder / "index.html").read_text("utf-8")
    assert repair(examine(target), target).left == ()
    assert not (target.folder / NAME).exists()


# upkeep


def test_damage_is_mended_from_another_version_with_the_same_bytes(target):
    for number, name in ((2, "notes.txt"), (0, "notes.txt"), (1, "events.csv")):
        (kept(target, number) / name).write_bytes(b"x")
    (kept(target, 0) / "events.csv").unlink()
    before = examine(target, NAME)
    assert [(each.ailment.rule, bool(each.ailment.remedy)) for each in before.found] == [
        ("file-damaged", True),
        ("file-damaged", False),
        ("file-missing", False),
        ("file-damaged", False),
    ], "a version of which not all can be mended is left as it is"
    after = repair(before, target)
    assert len(after.repaired) == 1
    assert (kept(target, 2) / "notes.txt").read_bytes() == b"same"
    assert (kept(target, 0) / "notes.txt").read_bytes() == b"x"
    assert not list(target.folder.glob(".staging-*"))


def test_a_damaged_version_that_may_not_be_published_is_not_mended(target, monkeypatch):
    (kept(target, 2) / "notes.txt").write_bytes(b"x")
    asked = []

    def refuse(package, *_):
        asked.append((package.name, verify_files(package)))
        raise ClearanceError("refused today")

    monkeypatch.setattr("hxl_kit.publishing.upkeep.require_cleared", refuse)
    with pytest.raises(ClearanceError, match="refused today"):
        repair(examine(target, NAME), target)
    assert asked == [(NAME, [])], "it is cleared as it will be"
    assert (kept(target, 2) / "notes.txt").read_bytes() == b"x"


def test_what_a_killed_publisher_left_is_removed_and_nothing_else(target, tmp_path):
    orphan = target.folder / NAME / kept(target, 1).name.replace("1.0-", "1.1-")
    shutil.copytree(kept(target, 1), orphan)
    unknown = target.folder / "never-published" / orphan.name
    shutil.copytree(kept(target, 1), unknown)
    for name in (".staging-elsewhere-1-00", "mine", f"{NAME}/my-notes"):
        (target.folder / name).mkdir()
        os.utime(target.folder / name, (1, 1))
    (target.folder / ".catalogue.json.partial-x").write_text("{")
    examined = examine(target)
    assert sorted(each.ailment.rule for each in examined.found) == [
        "partial-left", "staging-left", "version-orphaned", "version-orphaned",
    ]  # fmt: skip
    assert repair(examined, target).left == ()
    assert not orphan.exists()
    assert not unknown.parent.exists()
    assert (target.folder / "mine").is_dir()
    assert (target.folder / NAME / "my-notes").is_dir()
    assert versions(target) == ["2.0", "1.0", "0.0"]


def test_a_publisher_at_work_is_not_disturbed(target):
    (target.folder / LOCK).write_text("elsewhere-1-00")
    (target.folder / ".catalogue.json.partial-x").write_text("{")
    shutil.copytree(kept(target, 1), target.folder / NAME / kept(target, 1).name.replace("1.0-", "1.1-"))
    assert not examine(target).found


def test_a_remedy_that_does_not_hold_any_more_is_not_applied(target):
    orphan = target.folder / NAME / kept(target, 1).name.replace("1.0-", "1.1-")
    shutil.copytree(kept(target, 1), orphan)
    ailments = [each.ailment for each in examine(target, NAME).found]
    (orphan / "datapackage.json").write_text("somebody else's by now")
    assert target.repair(NAME, ailments, None) == ()
    assert orphan.is_dir()


# what changed since a plan was made


def test_a_plan_that_moved_says_what_changed(target, packages, tmp_path):
    later = write_package(tmp_path / "v9", version="9.0")
    plan = make_plan(later, target)
    fixed = write_package(
        tmp_path / "v3", {"events": [{**EVENTS[0], "fatalities": "5"}, *EVENTS[1:]]}, version="3.0"
    )
    publish(fixed, target)
    with pytest.raises(TargetError) as caught:
        apply_plan(plan, later, target)
    told = str(caught.value)
    assert "metadata version: 2.0 -> 3.0" in told
    assert re.search(r"rows events: 1 changed\Z", told)
    assert "fatalities" not in told


class Edited(CatalogueTarget):
    """A catalogue with metadata of its own, as other targets have: a title that anybody may edit."""

    title = "As it was"

    def describe(self, dataset):
        state = super().describe(dataset)
        return State(**{**vars(state), "pin": f"{state.pin}@{Edited.title}"})

    def edits(self, package, state):
        same = Edited.title == "As it should be"
        return () if same else (Change("edit", "title", Edited.title, "As it should be", 0),)


def test_metadata_of_the_target_are_planned_and_their_edits_are_told(target, packages, monkeypatch):
    edited = Edited(target.folder)
    plan = make_plan(packages[2], edited)
    assert [change.action for change in plan.changes] == ["edit"]
    assert "edit    title  As it was -> As it should be" in plan.as_text()
    monkeypatch.setattr(Edited, "title", "Edited by\nsomebody " + "x" * 80)
    with pytest.raises(TargetError, match=r"edit    title  As it was -> Edited by somebody x+…"):
        apply_plan(plan, packages[2], edited)
    monkeypatch.setattr(Edited, "title", "As it should be")
    assert not make_plan(packages[2], edited).changes
