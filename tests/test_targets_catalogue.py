"""The catalogue: killed at any step, two publishers, a full disk, damage; and its page."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from html.parser import HTMLParser
from pathlib import Path
from threading import Barrier, Thread

import pytest
from packages_for_tests import write_package

from hxl_kit.clearance.outcome import Clearance
from hxl_kit.errors import DataError, TargetError, UsageError
from hxl_kit.publishing import apply_plan, clearing, make_plan
from hxl_kit.targets import catalogue_files, parse_dataset, parse_target
from hxl_kit.targets.catalogue import CatalogueTarget
from hxl_kit.targets.lock import LOCK, exclusive, is_abandoned, owner_tag
from hxl_kit.targets.target import size_text

posix = pytest.mark.skipif(os.name == "nt", reason="signals and forks of POSIX")


@pytest.fixture(autouse=True)
def _cleared(monkeypatch):
    """What a catalogue does with a package that was cleared; clearance has its own tests."""
    monkeypatch.setattr(clearing, "clear", lambda package, *_: Clearance("low").proven(package))


def target_in(folder, moment="2025-03-01T10:00:00Z"):
    return CatalogueTarget(Path(folder, "cat"), clock=lambda: moment)


def publish(package, target):
    return apply_plan(make_plan(package, target), package, target)


def snapshot(folder):
    return {
        p.relative_to(folder).as_posix(): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in folder.rglob("*")
        if p.is_file()
    }


def full_disk(*_):
    raise OSError(errno.ENOSPC, "")


def served_files(folder):
    """Return catalogue.json after checking that every file it names exists and is whole."""
    if not (folder / "catalogue.json").exists():
        return None
    content = (folder / "catalogue.json").read_bytes()
    for dataset in json.loads(content)["datasets"]:
        for version in (dataset, *dataset["previous_versions"]):
            for file in version["files"]:
                found = (folder / file["path"]).read_bytes()
                assert len(found) == file["bytes"]
                assert hashlib.sha256(found).hexdigest() == file["sha256"]
    return content


# targets by name


def test_targets_are_parsed(tmp_path):
    assert parse_target(f"catalogue:{tmp_path}").text == f"catalogue:{tmp_path}"
    target, name = parse_dataset(f"catalogue:{tmp_path}/cat/syria-events/")
    assert (target.folder, name) == (tmp_path / "cat", "syria-events")
    assert parse_target("catalogue:cat").folder == Path("cat").absolute()
    assert parse_target("catalogue:~/cat").folder == Path.home() / "cat"


def test_windows_paths_are_parsed():
    target, name = parse_dataset(r"catalogue:C:\data\cat\syria-events")
    assert str(target.folder).endswith(r"C:\data\cat")
    assert name == "syria-events"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("catalog:x", "did you mean 'catalogue'?"),
        ("HDX:prod", "did you mean 'hdx'?"),
        ("hdx:", "names no site"),
        ("hdx:staging", "no site of HDX; did you mean 'stage'?"),
        ("hdx:http://example.org", "must not go over http"),
        ("hdx:https://user@example.org", "is not the address of a site"),
        ("hdx:http://127.0.0.1:5055/data", "is not the address of a site"),
        ("ftp:x", "looks like catalogue:FOLDER"),
        ("folder", "looks like catalogue:FOLDER"),
        ("catalogue:", "names no folder"),
    ],
)
def test_what_is_no_target(text, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        parse_target(text)


@pytest.mark.parametrize("text", ["catalogue:cat", "hdx:prod", "hdx:prd/name", "cat/name", "catalogue:/"])
def test_what_is_no_dataset(text):
    with pytest.raises(UsageError):
        parse_dataset(text)


# what is written


def test_layout_and_json(tmp_path):
    package = write_package(tmp_path / "p", extra={"data/map.bin": b"m"}, version="1.0 beta/2")
    (tmp_path / "p" / "package.yaml").write_text("secret")
    (tmp_path / "p" / "notes.private").mkdir()
    publish(package, target_in(tmp_path))
    digest = package.digest
    folder = f"syria-events/1.0-beta-2-{digest[:12]}"
    names = ["data/map.bin", "datapackage.json", "events.csv", "events.hxl.csv"]
    found = snapshot(tmp_path / "cat")
    assert sorted(found) == sorted(["catalogue.json", "index.html", *(f"{folder}/{name}" for name in names)])
    assert all(found[f"{folder}/{name}"][0] == (tmp_path / "p" / name).read_bytes() for name in names)
    described = json.loads(found["catalogue.json"][0])
    dataset = described["datasets"][0]
    files = dataset.pop("files")
    assert (described["format_version"], dataset) == (
        1,
        {
            "name": "syria-events",
            "title": "Syria: events",
            "description": "Events of armed conflict.",
            "version": "1.0 beta/2",
            "version_id": folder.partition("/")[2],
            "published_at": "2025-03-01T10:00:00Z",
            "bytes": sum(len(found[f"{folder}/{name}"][0]) for name in names),
            "rows": {"events": 3},
            "temporal": {"start": "2024-01-01", "end": "2024-12-31"},
            "licenses": package.descriptor["licenses"],
            "previous_versions": [],
        },
    )
    assert {file["path"] for file in files} == {f"{folder}/{name}" for name in names}
    assert served_files(tmp_path / "cat")


def test_versions_are_kept_and_an_old_one_can_come_back(tmp_path):
    old, new = write_package(tmp_path / "old"), write_package(tmp_path / "new", version="2.0.0")
    target = target_in(tmp_path)
    for package in (old, new):
        publish(package, target)
    assert [state.version for state in target.history("syria-events")] == ["2.0.0", "1.0.0"]
    publish(old, target)
    assert [state.version for state in target.history("syria-events")] == ["1.0.0", "2.0.0"]
    assert served_files(tmp_path / "cat")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"format": "x"}', b"\xff", b"[" * 100_000])
def test_a_corrupt_catalogue_is_refused_and_left_alone(tmp_path, content):
    package, target = write_package(tmp_path / "p"), target_in(tmp_path)
    publish(package, target)
    (tmp_path / "cat" / "catalogue.json").write_bytes(content)
    before = snapshot(tmp_path / "cat")
    for work in (lambda: make_plan(package, target), lambda: target.history("x"), target.datasets):
        with pytest.raises(TargetError, match=r"catalogue\.json: is damaged"):
            work()
    assert snapshot(tmp_path / "cat") == before


@pytest.mark.parametrize("place", ["name", "version_id", "rows", "files", "previous_versions", "licenses"])
@pytest.mark.parametrize("value", [None, 3, "../..", [{"title": 3}], {"a": []}])
def test_any_wrong_entry_makes_the_catalogue_corrupt(tmp_path, place, value):
    target = target_in(tmp_path)
    publish(write_package(tmp_path / "p"), target)
    ledger = tmp_path / "cat" / "catalogue.json"
    described = json.loads(ledger.read_bytes())
    described["datasets"][0][place] = value
    ledger.write_text(json.dumps(described))
    with pytest.raises(TargetError, match="is damaged"):
        target.datasets()


def test_paths_that_leave_the_version_are_refused(tmp_path):
    target = target_in(tmp_path)
    publish(write_package(tmp_path / "p"), target)
    ledger = tmp_path / "cat" / "catalogue.json"
    ledger.write_text(ledger.read_text().replace("/events.csv", "/../../../p/events.csv"))
    with pytest.raises(TargetError, match="is damaged"):
        target.datasets()


def test_a_newer_catalogue_is_refused(tmp_path):
    target = target_in(tmp_path)
    target.folder.mkdir()
    (target.folder / "catalogue.json").write_text('{"format": "hxl_kit catalogue", "format_version": 3}')
    with pytest.raises(TargetError, match="newer hxl-kit"):
        target.describe("x")


@pytest.mark.parametrize("name", ["index.html", "datapackage.json"])
def test_a_folder_with_something_else_is_not_taken(tmp_path, name):
    target = target_in(tmp_path)
    target.folder.mkdir()
    (target.folder / name).write_text("mine")
    with pytest.raises(TargetError, match="name an empty folder"):
        publish(write_package(tmp_path / "p"), target)
    assert [p.name for p in target.folder.iterdir()] == [name]


def test_a_file_is_no_catalogue(tmp_path):
    (tmp_path / "cat").write_text("")
    with pytest.raises(TargetError, match="is a file"):
        publish(write_package(tmp_path / "p"), target_in(tmp_path))


@pytest.mark.parametrize("name", ["../up", "catalogue.json", "index.html", ".hidden", "Syria", "a b", ""])
def test_unsafe_names_are_refused(tmp_path, name):
    package = write_package(tmp_path / "P Q", name=name)
    with pytest.raises(DataError, match="cannot be an address"):
        publish(package, target_in(tmp_path))
    assert not (tmp_path / "cat").exists()


# failures of the system


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "disk is full"), (errno.EROFS, "read-only"), (errno.EACCES, "no permission")],
)
@pytest.mark.parametrize("call", ["mkdir", "open", "fsync", "rename", "replace"])
def test_an_error_of_the_system_is_told_plainly(tmp_path, monkeypatch, call, number, said):
    old, new = write_package(tmp_path / "old"), write_package(tmp_path / "new", version="2.0.0")
    target = target_in(tmp_path)
    publish(old, target)
    plan, before, real = make_plan(new, target), snapshot(tmp_path / "cat"), getattr(os, call)

    def failing(*arguments, **options):
        if call != "open" or (arguments[1] & os.O_CREAT):
            raise OSError(number, os.strerror(number), arguments[0])
        return real(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, call, failing)
        with pytest.raises(TargetError, match=said):
            apply_plan(plan, new, target)
    assert snapshot(tmp_path / "cat") == before
    assert publish(new, target).changes


@posix
def test_a_disk_that_fills_up_leaves_the_old_version(tmp_path):
    target = target_in(tmp_path)
    publish(write_package(tmp_path / "old"), target)
    write_package(tmp_path / "new", extra={"large.bin": b"x" * 300_000}, version="2.0.0")
    before = snapshot(tmp_path / "cat")
    limited = (
        "import resource, runpy, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));" + DRIVER
    )
    done = run_driver(limited, tmp_path / "new", target.folder)
    assert "TargetError" in done.stderr
    assert "grew beyond the limit" in done.stderr
    assert snapshot(tmp_path / "cat") == before


# killed at any moment

DRIVER = """
import sys
from pathlib import Path
from hxl_kit.clearance.outcome import Clearance
from hxl_kit.reading.packages import read_package
from hxl_kit.publishing import apply_plan, clearing, make_plan
from hxl_kit.targets import parse_target
clearing.clear = lambda package, *_: Clearance("low").proven(package)
package, target = read_package(Path(sys.argv[1])), parse_target("catalogue:" + sys.argv[2])
plan = make_plan(package, target)
"""
APPLY = "apply_plan(plan, package, target)"
# Before its n-th file operation inside the catalogue the process kills itself.
KILLED = """
import os, signal
steps = 0
def watch(event, arguments):
    global steps
    if event not in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "shutil.rmtree"):
        return
    if not any(isinstance(a, (str, bytes, os.PathLike)) and sys.argv[2] in os.fsdecode(a) for a in arguments):
        return
    steps += 1
    if steps == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
apply_plan(plan, package, target)
"""


def run_driver(code, package, folder, *arguments):
    if "plan = make_plan" in code and APPLY not in code:
        code += APPLY
    return subprocess.run(
        [sys.executable, "-c", code, str(package), str(folder), *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@posix
@pytest.mark.parametrize("first", [True, False])
def test_killed_before_any_step_the_catalogue_is_old_or_new(tmp_path, first):
    """One process per step would import everything anew: each step is a fork of one prepared process."""
    new = write_package(tmp_path / "new", version="2.0.0")
    later = write_package(tmp_path / "later", version="3.0.0")
    forks = """
import json, os, shutil
base = sys.argv[2]
for step in range(1, 500):
    folder = f"{base}-{step}"
    if os.path.exists(base):
        shutil.copytree(base, folder)
    child = os.fork()
    if not child:
        sys.argv[2:] = [folder, str(step)]
        target = parse_target("catalogue:" + folder)
        plan = plan.__class__.from_json({**plan.as_json(), "target": target.text})
        exec(KILLED)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        print(step)
        break
"""
    if not first:
        publish(write_package(tmp_path / "old"), target_in(tmp_path))
    old = served_files(tmp_path / "cat")
    done = run_driver(
        f"APPLY={APPLY!r};KILLED={KILLED!r};{DRIVER}{forks}", tmp_path / "new", tmp_path / "cat"
    )
    last = int(done.stdout or done.stderr)
    assert last > 25
    seen = set()
    for step in range(1, last + 1):
        folder = tmp_path / f"cat-{step}"
        found = served_files(folder)
        is_new = found is not None and found != old
        seen.add(is_new)
        target = CatalogueTarget(folder, clock=lambda: "2025-03-02T10:00:00Z")
        publish(new, target)
        assert served_files(folder)
        assert target.describe("syria-events").version == "2.0.0"
        assert not make_plan(new, target).changes
        publish(later, target)
        assert served_files(folder)
        assert sorted(p.name for p in folder.iterdir()) == ["catalogue.json", "index.html", "syria-events"]
    assert seen == {False, True}


@posix
def test_killed_at_any_moment_the_catalogue_is_old_or_new(tmp_path):
    target = target_in(tmp_path)
    publish(write_package(tmp_path / "old"), target)
    package = write_package(tmp_path / "new", extra={"large.bin": bytes(20_000_000)}, version="2.0.0")
    code = DRIVER + "print('ready', flush=True);" + APPLY
    for moment in (0.0, 0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2):
        command = [sys.executable, "-c", code, str(package.folder), str(target.folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            process.stdout.readline()
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
        assert served_files(target.folder)
    for last in (package, write_package(tmp_path / "later", version="3.0.0")):
        publish(last, target)
        assert served_files(target.folder)
    assert sorted(p.name for p in target.folder.iterdir()) == ["catalogue.json", "index.html", "syria-events"]


# two at once


def at_once(*works):
    barrier, outcomes = Barrier(len(works)), []

    def run(work):
        barrier.wait()
        try:
            outcomes.append(work())
        except TargetError as error:
            outcomes.append(error)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_three_publishers_with_one_plan_each_two_are_refused(tmp_path):
    target = target_in(tmp_path)
    publish(write_package(tmp_path / "old"), target)
    packages = [write_package(tmp_path / f"p{n}", version=f"2.{n}") for n in range(3)]
    plans = [make_plan(package, target) for package in packages]
    works = [lambda pair=pair: apply_plan(*pair, target) for pair in zip(plans, packages, strict=True)]
    refused = [str(found) for found in at_once(*works) if isinstance(found, TargetError)]
    assert len(refused) == 2
    assert all("moved under the plan: planned for version 1.0.0-" in text for text in refused)
    assert len(target.history("syria-events")) == 2
    assert served_files(target.folder)


def test_publishers_of_different_datasets_both_succeed(tmp_path):
    target = target_in(tmp_path)
    packages = [write_package(tmp_path / f"p{n}", name=f"p{n}") for n in range(4)]
    outcomes = at_once(*[lambda package=package: publish(package, target) for package in packages])
    assert all(found.changes for found in outcomes)
    assert target.datasets() == ("p0", "p1", "p2", "p3")
    assert served_files(target.folder)
    assert not make_plan(packages[0], target).changes


def test_a_lock_that_is_held_is_waited_for_then_told(tmp_path):
    with (
        exclusive(tmp_path),
        pytest.raises(TargetError, match="another run of hxl-kit is at work"),
        exclusive(tmp_path, 0.2),
    ):
        pass
    assert not (tmp_path / LOCK).exists()


@posix
def test_a_lock_of_a_dead_process_is_taken_over(tmp_path):
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pass
    (tmp_path / LOCK).write_text(re.sub(r"-\d+-", f"-{process.pid}-", owner_tag()))
    with exclusive(tmp_path, 0.5):
        pass


def test_an_old_lock_is_taken_over_and_a_fresh_one_of_another_machine_is_not(tmp_path):
    (tmp_path / LOCK).write_text("elsewhere-1-00")
    with pytest.raises(TargetError), exclusive(tmp_path, 0.2):
        pass
    os.utime(tmp_path / LOCK, (1, 1))
    with exclusive(tmp_path, 0.5):
        pass
    assert not is_abandoned(owner_tag(), 1, 2)


def test_a_publisher_that_lost_its_lock_changes_nothing(tmp_path, monkeypatch):
    package, target = write_package(tmp_path / "p"), target_in(tmp_path)
    real = catalogue_files.sync_folder

    def taken(folder):
        (target.folder / LOCK).write_text("elsewhere-1-00")
        real(folder)

    monkeypatch.setattr(catalogue_files, "sync_folder", taken)
    with pytest.raises(TargetError, match="took over meanwhile"):
        publish(package, target)
    assert not (target.folder / "catalogue.json").exists()
    assert (target.folder / LOCK).read_text() == "elsewhere-1-00"


def test_only_abandoned_staging_folders_are_removed(tmp_path):
    target = target_in(tmp_path)
    for name, age in (
        (".staging-elsewhere-1-00", 0),
        (".staging-elsewhere-1-01", 90_000),
        (f".staging-{owner_tag()}", 0),
        ("mine", 90_000),
    ):
        (target.folder / name).mkdir(parents=True)
        os.utime(target.folder / name, (time.time() - age,) * 2)
    publish(write_package(tmp_path / "p"), target)
    left = {p.name.rpartition("-")[2] for p in target.folder.iterdir() if p.is_dir()}
    assert "01" not in left
    assert {"00", "mine", "events"} <= left
    assert len(left) == 4


# damage and the page


def test_damage_is_found_and_mended_by_publishing_again(tmp_path):
    package, target = write_package(tmp_path / "p"), target_in(tmp_path)
    publish(package, target)
    before = snapshot(tmp_path / "cat")
    version = target.folder / "syria-events" / target.describe("syria-events").version_id
    (version / "events.csv").write_text("tampered")
    (version / "events.hxl.csv").unlink()
    (target.folder / "index.html").write_text("stale")
    changes = make_plan(package, target).changes
    assert [(c.action, c.resource, c.before) for c in changes] == [
        ("repair", "events.csv", "damaged"),
        ("repair", "events.hxl.csv", "missing"),
        ("render", "index.html", None),
    ]
    publish(package, target)
    after = snapshot(tmp_path / "cat")
    assert {path: content for path, (content, _) in after.items()} == {
        path: content for path, (content, _) in before.items()
    }
    assert not make_plan(package, target).changes


def test_an_old_version_whose_return_fails_is_kept(tmp_path, monkeypatch):
    old, new, target = (
        write_package(tmp_path / "old"),
        write_package(tmp_path / "new", version="2"),
        target_in(tmp_path),
    )
    for package in (old, new):
        publish(package, target)
    before = snapshot(tmp_path / "cat")
    monkeypatch.setattr(os, "replace", full_disk)
    with pytest.raises(TargetError, match="disk is full"):
        publish(old, target_in(tmp_path, "2025-04-01T00:00:00Z"))
    assert snapshot(tmp_path / "cat") == before


def test_a_page_that_cannot_be_written_is_told_and_made_up_for(tmp_path, monkeypatch):
    package, target, real = write_package(tmp_path / "p"), target_in(tmp_path), os.replace

    def failing(source, *rest):
        return full_disk() if "index.html" in str(source) else real(source, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", failing)
        with pytest.raises(TargetError, match="the package is published, publish it again"):
            publish(package, target)
    assert served_files(target.folder)
    before = snapshot(target.folder)
    plan = make_plan(package, target)
    assert [change.action for change in plan.changes] == ["render"]
    apply_plan(plan, package, target)
    assert {path: kept for path, kept in snapshot(target.folder).items() if path != "index.html"} == before
    assert not make_plan(package, target).changes


def test_a_new_version_can_be_published_over_a_damaged_one(tmp_path):
    target = target_in(tmp_path)
    publish(write_package(tmp_path / "old"), target)
    for file in (target.folder / "syria-events").rglob("*.csv"):
        file.unlink()
    new = write_package(tmp_path / "new", version="2.0.0")
    plan = make_plan(new, target)
    assert plan.served.endswith("damaged")
    assert apply_plan(plan, new, target).version_id.startswith("2.0.0-")


class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attrs]


def test_the_page_is_self_contained_and_its_links_lead_to_files(tmp_path):
    target = target_in(tmp_path)
    evil = "<script>alert(1)</script>\"'"
    licence = {"name": evil, "path": "javascript:alert(1)"}
    extra = {"events.parquet": b"p", "all tables #1.xlsx": b"x"}
    publish(
        write_package(
            tmp_path / "p", extra=extra, title=evil, description=evil, version=evil, licenses=[licence]
        ),
        target,
    )
    publish(write_package(tmp_path / "q", version="2.0.0", title="السودان"), target)
    text = (target.folder / "index.html").read_text("utf-8")
    page = Page(text)
    assert not {"script", "img", "link", "iframe", "object"} & set(page.tags)
    assert "javascript:" not in text
    assert "url(" not in text
    assert page.tags.count("h1") == 1
    assert ("html", "lang", "en") in page.attributes
    from urllib.parse import unquote

    links = [value for tag, name, value in page.attributes if (tag, name) == ("a", "href")]
    local = [unquote(link) for link in links if not link.startswith(("http", "#"))]
    assert all((target.folder / link).is_file() for link in local)
    listed = {
        f["path"]
        for d in json.loads((target.folder / "catalogue.json").read_bytes())["datasets"]
        for v in (d, *d["previous_versions"])
        for f in v["files"]
    }
    assert listed <= set(local)
    assert "Older versions (1)" in text
    assert "السودان" in text


def test_sizes_for_people():
    assert [size_text(n) for n in (0, 1, 999, 1000, 999_949, 999_950, 1_234_567, 5 * 10**12, 5 * 10**16)] == [
        "0 bytes", "1 byte", "999 bytes", "1.0 kB", "999.9 kB", "1.0 MB", "1.2 MB", "5.0 TB", "50,000.0 TB",
    ]  # fmt: skip
