"""Pull: byte for byte, verified, and nothing touched when something is wrong."""

from __future__ import annotations

import errno
import os

import pytest
from packages_for_tests import EVENTS, write_package

from hxl_kit.errors import TargetError, UsageError
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.pulling import bring, pull
from hxl_kit.reading.packages import read_package, verify_files
from hxl_kit.targets.catalogue import CatalogueTarget

NAME = "syria-events"


@pytest.fixture
def target(tmp_path):
    """A catalogue with two versions; the first has a file more."""
    target = CatalogueTarget(tmp_path / "cat")
    for version, extra in (("1.0.0", {"notes.txt": b"n"}), ("2.0.0", {})):
        package = write_package(tmp_path / version, version=version, extra=extra)
        apply_plan(make_plan(package, target), package, target)
    return target


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def served(target):
    return target.folder / NAME / target.describe(NAME).version_id


def test_byte_identical(target, tmp_path):
    done = pull(target, NAME, tmp_path / "deep" / "out")
    assert contents(tmp_path / "deep" / "out") == contents(tmp_path / "2.0.0")
    assert (done.version, done.files) == ("2.0.0", 3)
    assert done.as_json()["bytes"] == sum(len(content) for content in contents(tmp_path / "2.0.0").values())
    assert "verified" in done.as_text()
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["out"]


def test_folders_inside_a_package(target, tmp_path):
    package = write_package(tmp_path / "p", name="nested", extra={"data/raw/a.txt": b"as it is\r\n"})
    apply_plan(make_plan(package, target), package, target)
    pull(target, "nested", tmp_path / "out")
    assert contents(tmp_path / "out") == contents(tmp_path / "p")


@pytest.mark.parametrize("version", ["1.0.0", None])
def test_a_version_replaces_another_without_leftovers(target, tmp_path, version):
    other = "1.0.0" if version is None else None
    pull(target, NAME, tmp_path / "out", other)
    pull(target, NAME, tmp_path / "out", version)
    assert contents(tmp_path / "out") == contents(tmp_path / (version or "2.0.0"))


def test_a_version_id_names_a_version(target, tmp_path):
    old = target.history(NAME)[1]
    assert pull(target, NAME, tmp_path / "out", old.version_id).version == "1.0.0"


def test_what_is_here_is_not_written_again(target, tmp_path):
    pull(target, NAME, tmp_path / "out")
    before = {p: p.stat().st_ctime_ns for p in [tmp_path, *(tmp_path / "out").rglob("*")]}
    done = pull(target, NAME, tmp_path / "out")
    assert {p: p.stat().st_ctime_ns for p in before} == before
    assert done.files == 0
    assert "already here" in done.as_text()


def test_a_changed_copy_is_made_whole(target, tmp_path):
    pull(target, NAME, tmp_path / "out")
    (tmp_path / "out" / "events.csv").write_text("edited")
    done = pull(target, NAME, tmp_path / "out")
    assert (done.files, done.reused) == (1, 2)
    assert done.bytes == len((tmp_path / "2.0.0" / "events.csv").read_bytes())
    assert "1 file, " in done.as_text()
    assert ", 2 here already, verified" in done.as_text()
    assert contents(tmp_path / "out") == contents(tmp_path / "2.0.0")


@pytest.mark.parametrize("links", [True, False])
def test_what_is_here_is_not_asked_for_again(target, tmp_path, monkeypatch, links):
    def no_links(*_):
        raise OSError(errno.EPERM, "")

    asked = []

    def fetch(state, folder):
        asked.extend(file.path for file in state.files)
        target.fetch(state, folder)

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    pull(target, NAME, tmp_path / "out", "1.0.0")
    bring(target.text, target.describe(NAME), tmp_path / "out", fetch)
    assert asked == ["datapackage.json"]
    assert contents(tmp_path / "out") == contents(tmp_path / "2.0.0")


def test_a_link_in_the_place_of_a_file_is_not_followed(target, tmp_path):
    pull(target, NAME, tmp_path / "out")
    elsewhere = tmp_path / "elsewhere.csv"
    (tmp_path / "out" / "events.csv").rename(elsewhere)
    (tmp_path / "out" / "events.csv").symlink_to(elsewhere)
    (tmp_path / "out" / "datapackage.json").unlink()
    assert pull(target, NAME, tmp_path / "out").files == 2
    assert not (tmp_path / "out" / "events.csv").is_symlink()
    assert elsewhere.read_bytes() == (tmp_path / "2.0.0" / "events.csv").read_bytes()


def test_a_stopped_pull_is_completed(target, tmp_path):
    pull(target, NAME, tmp_path / "out", "1.0.0")
    (tmp_path / "out" / "datapackage.json").unlink()
    pull(target, NAME, tmp_path / "out")
    assert verify_files(read_package(tmp_path / "out")) == []


def test_unknown_names(target, tmp_path):
    with pytest.raises(UsageError, match=r"no dataset 'syria-event'; did you mean 'syria-events'\?"):
        pull(target, "syria-event", tmp_path / "out")
    with pytest.raises(UsageError, match=r"no version '3'; the newest are 2\.0\.0-"):
        pull(target, NAME, tmp_path / "out", "3")
    with pytest.raises(UsageError, match="no dataset"):
        pull(CatalogueTarget(tmp_path / "nowhere"), NAME, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "nowhere").exists()


def damage_events(folder):
    content = (folder / "events.csv").read_bytes()
    (folder / "events.csv").write_bytes(content[:-2] + b"9\n")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (damage_events, "events.csv is damaged"),
        (lambda folder: (folder / "events.csv").write_bytes(b""), "events.csv is damaged"),
        (lambda folder: (folder / "events.hxl.csv").unlink(), "events.hxl.csv is missing"),
        (lambda folder: (folder / "datapackage.json").write_text("{}"), "datapackage.json is damaged"),
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_damage_is_found_and_out_is_untouched(target, tmp_path, damage, said, there):
    if there:
        pull(target, NAME, tmp_path / "out", "1.0.0")
        for path in ("events.csv", "events.hxl.csv"):
            (tmp_path / "out" / path).write_text("edited")
    before = contents(tmp_path / "out")
    damage(served(target))
    with pytest.raises(TargetError, match=said):
        pull(target, NAME, tmp_path / "out")
    assert contents(tmp_path / "out") == before
    assert (tmp_path / "out").exists() == there
    assert not [p for p in tmp_path.iterdir() if "partial" in p.name]


def forge(target, path, content):
    """Change a served file and its hash in catalogue.json, as somebody with access to the host could."""
    import hashlib
    import json

    ledger = target.folder / "catalogue.json"
    described = json.loads(ledger.read_bytes())
    for file in described["datasets"][0]["files"]:
        if file["path"].endswith(f"/{path}"):
            (target.folder / file["path"]).write_bytes(content)
            file |= {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ledger.write_text(json.dumps(described))


def test_a_file_that_only_the_catalogue_vouches_for_is_refused(target, tmp_path):
    forge(target, "events.csv", b"event_id\nforged\n")
    with pytest.raises(TargetError, match=r"events\.csv\): has 16 bytes, the descriptor says"):
        pull(target, NAME, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("path", ["../../up.csv", "/etc/passwd", "C:/x.csv", ".hidden"])
def test_a_descriptor_with_unsafe_paths_is_refused(target, tmp_path, path):
    content = (served(target) / "datapackage.json").read_text("utf-8")
    forge(target, "datapackage.json", content.replace('"events.csv"', f'"{path}"').encode())
    with pytest.raises(TargetError, match="is not safe"):
        pull(target, NAME, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_file_that_the_descriptor_does_not_list_is_refused(target, tmp_path):
    content = (served(target) / "datapackage.json").read_text("utf-8")
    forge(target, "datapackage.json", content.replace('"events.hxl.csv"', '"events.csv"').encode())
    with pytest.raises(TargetError, match=r"events\.hxl\.csv"):
        pull(target, NAME, tmp_path / "out")


def test_out_that_holds_something_else_is_refused(target, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.doc").write_text("mine")
    with pytest.raises(UsageError, match="holds something else"):
        pull(target, NAME, tmp_path / "mine")
    other = write_package(tmp_path / "other", name="other")
    with pytest.raises(UsageError, match="holds the package 'other'"):
        pull(target, NAME, other.folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="is a file"):
        pull(target, NAME, tmp_path / "file")
    assert contents(tmp_path / "mine") == {"thesis.doc": b"mine"}


def test_a_full_disk_here_is_told_plainly(target, tmp_path, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="the disk is full"):
        pull(target, NAME, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_filled(target, tmp_path):
    (tmp_path / "out").mkdir()
    assert pull(target, NAME, tmp_path / "out").files == 3
    assert read_package(tmp_path / "out").tables["events"]["rows"] == len(EVENTS)
