"""Plan and apply: nothing is written without need, and nothing that was not planned."""

from __future__ import annotations

import json

import pytest
from packages_for_tests import EVENTS, write_package

from hxl_kit.errors import DataError, InputError, TargetError, UsageError
from hxl_kit.publishing import apply_plan, make_plan, read_plan
from hxl_kit.targets.catalogue import CatalogueTarget
from hxl_kit.targets.plan import Plan


@pytest.fixture
def target(tmp_path):
    return CatalogueTarget(tmp_path / "cat")


@pytest.fixture
def package(tmp_path):
    return write_package(tmp_path / "p", extra={"notes.txt": b"as they are"})


def everything(folder):
    """Every path with its content and its times: any write shows."""
    return {
        p: (p.stat().st_mtime_ns, p.stat().st_ctime_ns, p.read_bytes() if p.is_file() else b"")
        for p in [folder, *folder.rglob("*")]
    }


def test_a_plan_writes_nothing_and_lists_sizes(package, target, tmp_path):
    before = everything(tmp_path)
    plan = make_plan(package, target)
    assert everything(tmp_path) == before
    described = plan.as_json()
    assert [(c["action"], c["resource"], c["before"]) for c in described["changes"]] == [
        ("add", path, None) for path in ("events.csv", "events.hxl.csv", "notes.txt", "datapackage.json")
    ]
    assert all(c["bytes"] == (package.folder / c["resource"]).stat().st_size for c in described["changes"])
    assert described["bytes"] == plan.bytes == sum(c["bytes"] for c in described["changes"])
    assert (described["pinned_state"], described["dataset"]) == ("", "syria-events")
    assert described["diff"]["tables"]["events"]["added"] == 3
    assert "4 changes" in plan.as_text()


def test_a_second_publish_does_not_write_once(package, target, tmp_path):
    done = apply_plan(make_plan(package, target), package, target)
    assert done.as_json()["published"]
    before = everything(tmp_path)
    plan = make_plan(package, target)
    assert plan.as_json()["changes"] == []
    assert plan.diff.identical
    assert plan.as_text().endswith("nothing to do")
    again = apply_plan(plan, package, target)
    assert everything(tmp_path) == before
    assert (again.changes, again.version_id, again.published_at) == ((), done.version_id, done.published_at)
    assert "nothing to do" in again.as_text()


def test_an_update_lists_only_what_differs(package, target, tmp_path):
    apply_plan(make_plan(package, target), package, target)
    new = write_package(tmp_path / "new", {"events": EVENTS[:2]}, version="1.1.0", extra={"more.txt": b"m"})
    plan = make_plan(new, target)
    assert {c.resource: c.action for c in plan.changes} == {
        "events.csv": "replace",
        "events.hxl.csv": "replace",
        "more.txt": "add",
        "datapackage.json": "replace",
        "notes.txt": "remove",
    }
    assert plan.diff.tables["events"].removed == 1
    text = plan.as_text()
    assert "rows events: 1 removed" in text
    assert "metadata version: 1.0.0 -> 1.1.0" in text
    assert "published and verified" in apply_plan(plan, new, target).as_text()


def test_a_saved_plan_is_read_back_and_applied(package, target, tmp_path):
    plan, file = make_plan(package, target), tmp_path / "plan.json"
    file.write_text(json.dumps(plan.as_json()))
    assert read_plan(file) == plan
    assert apply_plan(read_plan(file), package, target).changes
    new = write_package(tmp_path / "new", {"events": EVENTS[1:], "claims": []}, version="2")
    update = make_plan(new, target)
    assert Plan.from_json(json.loads(json.dumps(update.as_json()))) == update


def test_a_plan_may_be_applied_twice(package, target, tmp_path):
    plan = make_plan(package, target)
    apply_plan(plan, package, target)
    before = everything(tmp_path)
    assert not apply_plan(plan, package, target).changes
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b"\xff", b'{"format": 9}', b'{"format": 1, "target": 3}', b"[" * 100_000]
)
def test_what_is_no_plan(tmp_path, content):
    (tmp_path / "plan.json").write_bytes(content)
    with pytest.raises(UsageError, match="is not a plan of this hxl-kit"):
        read_plan(tmp_path / "plan.json")


def test_a_plan_of_any_wrong_shape_is_refused(package, target, tmp_path):
    described = make_plan(package, target).as_json()
    for name in described:
        for value in (None, 7, [7], {"a": 7}):
            wrong = {**described, name: value}
            if name == "bytes" or (name, value) == ("files", {"a": 7}):
                continue
            (tmp_path / "plan.json").write_text(json.dumps(wrong))
            with pytest.raises(UsageError):
                read_plan(tmp_path / "plan.json")


def test_a_missing_plan(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_plan(tmp_path / "plan.json")


def test_a_target_that_moved_is_told_before_anything_is_copied(package, target, tmp_path):
    plan = make_plan(package, target)
    other = write_package(tmp_path / "other", version="9.0.0")
    apply_plan(make_plan(other, target), other, target)
    before = everything(target.folder)
    with pytest.raises(
        TargetError, match=r"planned for nothing published, now version 9\.0\.0-.*; plan again"
    ):
        apply_plan(plan, package, target)
    assert everything(target.folder) == before


def test_an_empty_plan_for_a_target_that_moved_is_refused(package, target, tmp_path):
    apply_plan(make_plan(package, target), package, target)
    plan, other = make_plan(package, target), write_package(tmp_path / "other", version="9.0.0")
    apply_plan(make_plan(other, target), other, target)
    with pytest.raises(TargetError, match="moved under the plan"):
        apply_plan(plan, package, target)


def test_a_package_that_changed_is_told_by_file(package, target):
    plan = make_plan(package, target)
    changed = write_package(package.folder, {"events": EVENTS[1:]}, extra={"notes.txt": b"as they are"})
    with pytest.raises(
        TargetError,
        match=r"changed since the plan: events\.csv; events\.hxl\.csv; datapackage\.json; plan again",
    ):
        apply_plan(plan, changed, target)
    assert not target.folder.exists()


def test_a_file_that_changed_is_told_by_resource(package, target):
    plan = make_plan(package, target)
    (package.folder / "notes.txt").write_bytes(b"as they were")
    with pytest.raises(TargetError, match=r"changed since the plan: resource 'notes-txt' \(notes\.txt\)"):
        apply_plan(plan, package, target)
    assert not target.folder.exists()


def test_a_plan_for_another_target_is_refused(package, target, tmp_path):
    with pytest.raises(UsageError, match="the plan is for"):
        apply_plan(make_plan(package, target), package, CatalogueTarget(tmp_path / "other"))


def test_a_package_that_is_not_as_described_is_refused(package, target):
    (package.folder / "events.csv").write_text("tampered")
    (package.folder / "notes.txt").unlink()
    with pytest.raises(
        DataError,
        match=r"build the package again:\n  .*events\.csv.*\n  .*notes\.txt\): the file is missing$",
    ):
        make_plan(package, target)


@pytest.mark.parametrize("path", ["package.yaml", "p.private/rejected.csv"])
def test_private_files_are_refused_even_when_listed(tmp_path, target, path):
    package = write_package(tmp_path / "p", extra={path: b"secret"})
    with pytest.raises(DataError, match="is not for publication"):
        make_plan(package, target)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"hash": "md5:00"}, "has no SHA-256"), ({"path": ["a.csv", "b.csv"]}, "several files")],
)
def test_resources_that_cannot_be_told_apart_are_refused(package, target, change, said):
    from hxl_kit.reading.packages import read_package

    file = package.folder / "datapackage.json"
    described = json.loads(file.read_text("utf-8"))
    described["resources"][0] |= change
    file.write_text(json.dumps(described))
    with pytest.raises(DataError, match=said):
        make_plan(read_package(package.folder), target)


def test_what_reads_back_wrong_is_told(package, target, monkeypatch):
    real = CatalogueTarget.commit

    def damaging(self, staged, pin):
        state = real(self, staged, pin)
        (self.folder / state.dataset / state.version_id / "events.csv").write_text("x")
        return state

    monkeypatch.setattr(CatalogueTarget, "commit", damaging)
    plan = make_plan(package, target)
    with pytest.raises(TargetError, match=r"reads back wrong: events\.csv is damaged"):
        apply_plan(plan, package, target)


def test_a_copy_that_goes_wrong_is_not_published(package, target, monkeypatch):
    from hxl_kit.targets import catalogue_files

    def wrong(source, copy):
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(
            source.read_bytes()[:-1] + (b"?" if source.suffix == ".csv" else source.read_bytes()[-1:])
        )

    monkeypatch.setattr(catalogue_files, "copy_file", wrong)
    with pytest.raises(TargetError, match=r"the copy of events\.csv is damaged; nothing was published"):
        apply_plan(make_plan(package, target), package, target)
    assert [*target.folder.iterdir()] == []


def test_a_real_package_is_published(built, target):
    from hxl_kit.reading.packages import read_package

    package = read_package(built)
    done = apply_plan(make_plan(package, target), package, target)
    served = target.folder / package.name / done.version_id
    assert {p.name for p in served.iterdir()} == {p.name for p in built.iterdir()}
    page = (target.folder / "index.html").read_text("utf-8")
    assert all(
        text in page
        for text in ("Parquet", "HXL CSV", "Excel workbook", "datapackage.json", "1 data package,")
    )
