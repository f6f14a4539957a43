"""Files are written whole or not at all, also when the disk is full or the program is stopped."""

import errno
import hashlib
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from hxl_kit import files
from hxl_kit.errors import InputError, UsageError
from hxl_kit.files import (
    reason_of,
    require_plain_file,
    sha256_of,
    staged_folder,
    working_folder,
    write_atomically,
)

LAST = "datapackage.json"
posix_only = pytest.mark.skipif(os.name == "nt", reason="POSIX files")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def no_space(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def stage_files(target, *written):
    with staged_folder(target, LAST) as stage:
        for name in written:
            (stage / name).write_text("new")


@pytest.mark.parametrize("content", [b"", b"a\r\n\x00\xff", b"x" * 3_000_000])
def test_sha256_is_that_of_the_bytes(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    assert sha256_of(path) == hashlib.sha256(content).hexdigest()


def test_plain_file_is_returned(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"")
    assert require_plain_file(path) == path


def test_missing_file_and_folder_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"missing\.csv: no such file"):
        require_plain_file(tmp_path / "missing.csv")
    with pytest.raises(InputError, match="is a folder; name the file inside it"):
        require_plain_file(tmp_path)


@posix_only
def test_pipe_is_refused_without_waiting(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="is not a regular file"):
        require_plain_file(tmp_path / "pipe")


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "the disk is full"), (errno.EDQUOT, "quota"), (errno.EACCES, "no permission")],
)
def test_reasons_are_plain_words(number, words):
    assert words in reason_of(OSError(number, "X"))


def test_unknown_reason_is_the_systems_own():
    assert reason_of(OSError(errno.EIO, "Input/output error")) == "input/output error"
    assert reason_of(OSError("odd")) == "odd"


def test_write_makes_folders_and_replaces(tmp_path):
    path = tmp_path / "new" / "file.txt"
    write_atomically(path, b"one")
    write_atomically(path, b"two")
    assert path.read_bytes() == b"two"
    assert names(path.parent) == ["file.txt"]


@posix_only
def test_written_file_has_the_usual_permissions(tmp_path):
    write_atomically(tmp_path / "written", b"")
    (tmp_path / "opened").write_bytes(b"")
    assert stat.S_IMODE((tmp_path / "written").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "opened").stat().st_mode
    )


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_failed_write_leaves_the_old_file_alone(tmp_path, monkeypatch, step):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os if step == "fsync" else Path, step, no_space)
    with pytest.raises(OSError, match="No space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_interrupted_write_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "file", b"new")
    assert names(tmp_path) == []


def test_new_folder_appears_whole(tmp_path):
    target = tmp_path / "deep" / "out"
    with staged_folder(target, LAST) as stage:
        (stage / "a.csv").write_text("a")
        (stage / LAST).write_text("{}")
        assert not target.exists()
        assert stage.parent == target.parent
    assert names(target) == ["a.csv", LAST]
    assert names(target.parent) == ["out"]


@posix_only
def test_new_folder_has_the_usual_permissions(tmp_path):
    (tmp_path / "made").mkdir()
    with staged_folder(tmp_path / "staged", LAST) as stage:
        (stage / LAST).write_text("{}")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("made", "staged")}
    assert len(modes) == 1


def test_existing_folder_keeps_foreign_files(tmp_path):
    target = tmp_path / "out"
    target.mkdir()
    (target / "package.yaml").write_text("name: x")
    (target / "inputs").mkdir()
    (target / "a.csv").write_text("old")
    (target / LAST).write_text("old")
    with staged_folder(target, LAST) as stage:
        (stage / "a.csv").write_text("new")
        (stage / LAST).write_text("new")
    assert names(target) == ["a.csv", LAST, "inputs", "package.yaml"]
    assert [(target / n).read_text() for n in ("a.csv", LAST, "package.yaml")] == ["new", "new", "name: x"]
    assert names(tmp_path) == ["out"]


def test_descriptor_is_gone_first_and_back_last(tmp_path, monkeypatch):
    target = tmp_path / "out"
    target.mkdir()
    (target / LAST).write_text("old")
    seen, replace = [], Path.replace

    def watched(self, to):
        seen.append((Path(to).name, (target / LAST).exists()))
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", watched)
    stage_files(target, LAST, "a.csv", "z.csv")
    moved = [step for step in seen if not step[0].startswith(".")]
    assert moved[-1] == (LAST, False)
    assert sorted(moved[:-1]) == [("a.csv", False), ("z.csv", False)]
    assert names(target) == ["a.csv", LAST, "z.csv"]


def test_stopped_half_way_there_is_no_descriptor(tmp_path, monkeypatch):
    target = tmp_path / "out"
    target.mkdir()
    (target / LAST).write_text("old")
    (target / "a.csv").write_text("old")
    replace = Path.replace

    def stopped(self, to):
        if Path(to).name == "b.csv":
            no_space()
        return replace(self, to)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(OSError, match="No space"):
        stage_files(target, LAST, "a.csv", "b.csv")
    assert not (target / LAST).exists()
    assert names(tmp_path) == ["out"]


def test_empty_folder_is_taken(tmp_path):
    (tmp_path / "out").mkdir()
    with staged_folder(tmp_path / "out", LAST) as stage:
        (stage / LAST).write_text("{}")
    assert names(tmp_path / "out") == [LAST]


def test_failure_inside_leaves_nothing(tmp_path):
    with pytest.raises(IsADirectoryError):
        stage_files(tmp_path / "out", "a.csv", ".")
    assert names(tmp_path) == []


def test_file_as_target_is_refused_before_any_work(tmp_path):
    (tmp_path / "out").write_text("mine")
    with pytest.raises(UsageError, match="is a file; name a folder"), staged_folder(tmp_path / "out", LAST):
        pytest.fail("the body must not run")
    assert (tmp_path / "out").read_text() == "mine"
    assert names(tmp_path) == ["out"]


def test_working_folder_is_gone_afterwards(tmp_path):
    with working_folder(tmp_path / "out") as folder:
        (folder / "x").write_text("x")
        assert folder.parent == tmp_path
    assert names(tmp_path) == []


def test_full_disk_while_syncing_leaves_the_old_package(tmp_path, monkeypatch):
    target = tmp_path / "out"
    target.mkdir()
    (target / LAST).write_text("old")
    monkeypatch.setattr(files, "sync_files", no_space)
    with pytest.raises(OSError, match="No space"):
        stage_files(target, LAST)
    assert (target / LAST).read_text() == "old"
    assert names(tmp_path) == ["out"]


def test_full_disk_is_one_sentence_and_exit_4(cli, tmp_path, monkeypatch, ged_file):
    monkeypatch.setattr(files, "sync_files", no_space)
    ran = cli("normalise", ged_file, "--source", "ucdp_ged", "-o", tmp_path / "out")
    assert ran.code == 4
    assert ran.out == ""
    assert "the disk is full" in ran.err
    assert ran.err.count("\n") == 1
    assert set(names(tmp_path)) <= {"out.private"}, "no package, no temporary folder"


LIMITED = """
import resource, signal, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
sys.argv = ["hxl-kit", *sys.argv[2:]]
from hxl_kit.cli import main
main()
"""


@posix_only
@pytest.mark.parametrize("limit", [12_000, 40_000])
def test_file_size_limit_leaves_nothing_half_written(tmp_path, ged_file, limit):
    """The limit stops the CSV, Parquet, workbook and descriptor writers in turn, as a full disk does."""
    out = tmp_path / "out"
    arguments = ["normalise", str(ged_file), "--source", "ucdp_ged", "-o", str(out), "--xlsx"]
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, str(limit), *arguments], capture_output=True, text=True, check=False
    )
    assert names(tmp_path) == [], "nothing half-written, no temporary folder left"
    assert "Traceback" not in ran.stderr
    assert (ran.returncode, ran.stdout) == (4, ""), ran.stderr
    assert ran.stderr.startswith("hxl-kit: ")
    assert ran.stderr.count("\n") == 1, ran.stderr


@posix_only
def test_file_size_limit_leaves_the_old_package(tmp_path, ged_file):
    out = tmp_path / "out"
    arguments = ["normalise", str(ged_file), "--source", "ucdp_ged", "-o", str(out)]
    unlimited = str(1 << 40)
    subprocess.run([sys.executable, "-c", LIMITED, unlimited, *arguments], capture_output=True, check=True)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    ran = subprocess.run(
        [sys.executable, "-c", LIMITED, "12000", *arguments], capture_output=True, text=True, check=False
    )
    assert ran.returncode != 0
    assert json.loads(before[LAST])["name"] == "out"
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
