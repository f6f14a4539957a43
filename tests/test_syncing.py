"""Sync: many datasets brought here, each whole or not at all, and only what changed. All data are made up."""

from __future__ import annotations

import json
import os
import shlex
import sys
import uuid
from dataclasses import replace

import pytest
import xlsxwriter
from clearance_for_tests import package_of
from packages_for_tests import write_package

from hxl_kit.clearance.clearing import clear
from hxl_kit.errors import InputError, TargetError, UsageError
from hxl_kit.hdx.connection import Connection, Patience
from hxl_kit.hdx.finding import Question
from hxl_kit.hdx.listed import listed_dataset, seconds_of
from hxl_kit.hdx.site import Site
from hxl_kit.publishing import apply_plan, make_plan
from hxl_kit.reading.packages import DESCRIPTOR, read_package, verify_files
from hxl_kit.syncing import sync
from hxl_kit.syncing.catalogue_supply import CatalogueSupply
from hxl_kit.syncing.hdx_supply import HdxSupply
from hxl_kit.syncing.lock_file import LOCK_NAME, read_lock
from hxl_kit.syncing.metadata import described_dataset
from hxl_kit.syncing.running import prune
from hxl_kit.targets.catalogue import CatalogueTarget
from hxl_kit.targets.hdx import HdxTarget

TAGGED = "date;admin1;killed\n#date;#adm1+name;#affected+killed\n2024-01-01;Alépo;3\n2024-01-02;Idlib;0\n"
PLAIN = "place,people,since\nA,1,2024-01-01\nB,2,2024-01-02\n"
PATIENCE = Patience(attempts=2, pause=0.001, longest=0.002, answer=20, sleep=lambda _: None)
SITE = Site("http://127.0.0.1:1", "http://127.0.0.1:1")


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


class Room:
    """Datasets of a word of its own on the sandbox, which a question finds again."""

    def __init__(self, sandbox):
        self.sandbox, self.word, self.names = sandbox, f"w{uuid.uuid4().hex[:12]}", []

    def supply(self, **more):
        site = Site(self.sandbox.url, self.sandbox.url)
        return HdxSupply(Connection(site, PATIENCE), Question(query=self.word), **more)

    def dataset(self, end, **more):
        name = f"d-{self.word}-{end}"
        self.names.append(name)
        return self.sandbox.call(
            "package_create",
            {
                "name": name,
                "title": f"Made up {self.word}",
                "notes": "Made up.",
                "dataset_source": "Nobody",
                "owner_org": self.sandbox.organisation,
                "maintainer": self.sandbox.call("user_show", {"id": self.sandbox.maintainer})["id"],
                "license_id": "cc-by",
                "methodology": "Census",
                "dataset_date": "[2024-01-01T00:00:00 TO 2024-12-31T23:59:59]",
                "data_update_frequency": "-1",
                "caveats": "None is real.",
                "groups": [{"name": "syr"}],
                "private": False,
                **more,
            },
        )

    def file(self, end, name, content, **more):
        data = {
            "package_id": f"d-{self.word}-{end}",
            "name": name,
            "format": "CSV",
            "description": "Made up",
            **more,
        }
        return self.sandbox.call("resource_create", data, files={"upload": (name, content)})

    def link(self, end, name, url, form="CSV"):
        given = {
            "package_id": f"d-{self.word}-{end}",
            "name": name,
            "format": form,
            "description": "Made up",
            "url": url,
        }
        return self.sandbox.call("resource_create", given)

    def package(self, tmp_path, rows, folder="p"):
        name = f"d-{self.word}-pkg"
        package = package_of(
            tmp_path / folder,
            {"events": rows},
            name=name,
            title=f"Made up {self.word}",
            description="Made up.",
            methodology="Made up.",
            keywords=["conflict-violence"],
            licenses=[{"name": "CC-BY-4.0"}],
            temporal={"start": "2024-01-01", "end": "2024-01-31"},
            hdx={"source": "Nobody", "frequency": "never", "locations": ["syr"]},
            keys={"events": "event_id"},
        )
        site = Site(self.sandbox.url, self.sandbox.url, self.sandbox.editor_key)
        target = HdxTarget(site, self.sandbox.organisation, self.sandbox.maintainer, state=tmp_path / "state")
        apply_plan(make_plan(package, target), package, target)
        self.names.append(name)
        return package

    def path(self, end, kind="foreign"):
        return f"{kind}/d-{self.word}-{end}"


@pytest.fixture
def room(sandbox):
    made = Room(sandbox)
    yield made
    for name in made.names:
        sandbox.purge(name)


@pytest.fixture
def two(room):
    for end, content in (("a", TAGGED), ("b", PLAIN)):
        room.dataset(end)
        room.file(end, "data.csv", content.encode())
    return room


def test_other_datasets_are_described_into_packages_that_vouch_for_nothing(two, tmp_path):
    done = sync(two.supply(), tmp_path / "o")
    assert done.counts["new"] == 2
    package = read_package(tmp_path / "o" / two.path("a"))
    assert verify_files(package) == []
    said = package.descriptor
    assert (said["hxl_kit"]["trusted"], said["hxl_kit"]["validation"]["valid"]) == (False, True)
    assert "sensitivity" not in said
    assert "described-only" in {found.rule for found in clear(package).refusals}
    assert said["caveats"] == "None is real."
    assert said["temporal"] == {"start": "2024-01-01", "end": "2024-12-31"}
    assert said["spatial"] == {"locations": ["SYR"]}
    (table,) = package.resources
    assert (table["encoding"], table["dialect"]["delimiter"]) == ("utf-8", ";")
    assert [f.get("hxl_tag") for f in table["schema"]["fields"]] == [
        "#date",
        "#adm1+name",
        "#affected+killed",
    ]
    assert [f["type"] for f in table["schema"]["fields"]] == ["date", "string", "integer"]
    assert (tmp_path / "o" / two.path("a") / "data.csv").read_text("utf-8") == TAGGED


def test_they_cannot_be_published_by_accident(two, tmp_path):
    sync(two.supply(), tmp_path / "o")
    assert clear(read_package(tmp_path / "o" / two.path("a"))).proof is None


def test_the_command_for_a_known_source_works(two, tmp_path, cli):
    done = sync(two.supply(), tmp_path / "o")
    (command,) = done.commands
    ran = cli(*shlex.split(command)[1:])
    assert ran.code == 0, ran.err


def test_what_is_unchanged_costs_no_request_of_its_own(two, sandbox, tmp_path):
    sync(two.supply(), tmp_path / "o")
    before = {p: p.stat().st_ctime_ns for p in (tmp_path / "o").rglob("*")}
    sandbox.clear_requests()
    done = sync(two.supply(), tmp_path / "o")
    assert done.counts["unchanged"] == 2
    assert [r["action"] for r in sandbox.requests()] == ["package_search"]
    files = [path for path in before if path.is_file()]
    assert {p: p.stat().st_ctime_ns for p in files} == {p: before[p] for p in files}


def test_only_what_changed_is_fetched(two, sandbox, tmp_path):
    two.file("a", "second.csv", PLAIN.encode())
    sync(two.supply(), tmp_path / "o")
    held = read_lock(tmp_path / "o", two.supply().text)
    (data,) = [f for f in held.entries[f"d-{two.word}-a"].resources if f.path == "data.csv"]
    sandbox.call(
        "resource_update",
        {"id": data.id, "name": "data.csv", "format": "CSV", "description": "Made up"},
        files={"upload": ("data.csv", PLAIN.encode())},
    )
    sandbox.clear_requests()
    done = sync(two.supply(), tmp_path / "o")
    assert (done.counts["changed"], done.counts["unchanged"]) == (1, 1)
    assert len([r for r in sandbox.requests() if "/download/" in r["path"]]) == 1
    assert (tmp_path / "o" / two.path("a") / "data.csv").read_text() == PLAIN


def test_a_file_that_left_upstream_leaves_here_too(two, sandbox, tmp_path):
    extra = two.file("a", "second.csv", PLAIN.encode())
    sync(two.supply(), tmp_path / "o")
    sandbox.call("resource_delete", {"id": extra["id"]})
    sync(two.supply(), tmp_path / "o")
    assert sorted(p.name for p in (tmp_path / "o" / two.path("a")).iterdir()) == ["data.csv", DESCRIPTOR]


def test_files_of_one_name_all_come_and_none_takes_the_place_of_the_descriptor(room, tmp_path):
    sent = [("x-3.csv", b"n\n1\n"), ("x.csv", b"n\n2\n"), ("x.csv", b"n\n3\n"), (DESCRIPTOR, b"{}")]
    room.dataset("a")
    for name, content in sent:
        room.file("a", name, content, format=name.rpartition(".")[2])
    done = sync(room.supply(), tmp_path / "o")
    here = contents(tmp_path / "o" / room.path("a"))
    assert (done.counts["new"], here.pop(DESCRIPTOR) != b"{}") == (1, True)
    assert sorted(here) == ["datapackage-2.json", "x-2.csv", "x-3.csv", "x.csv"]
    assert sorted(here.values()) == sorted(content for _, content in sent)


@pytest.mark.parametrize("by_hash", [True, False])
def test_a_file_that_was_edited_here_is_brought_again(two, tmp_path, by_hash):
    sync(two.supply(), tmp_path / "o")
    path = tmp_path / "o" / two.path("b") / "data.csv"
    moment = path.stat().st_mtime
    path.write_text(PLAIN.replace("A", "Z"))
    if by_hash:
        os.utime(path, (moment, moment))
    done = sync(two.supply(), tmp_path / "o", by_hash=by_hash)
    assert done.counts["changed"] == 1
    assert path.read_text() == PLAIN


def test_a_copy_of_the_folder_is_known_by_its_hashes(two, sandbox, tmp_path):
    sync(two.supply(), tmp_path / "o")
    path = tmp_path / "o" / two.path("b") / "data.csv"
    moment = path.stat().st_mtime
    os.utime(path, (1, 1))
    sandbox.clear_requests()
    assert sync(two.supply(), tmp_path / "o").counts["unchanged"] == 2
    assert len(sandbox.requests()) == 1
    assert path.stat().st_mtime == moment


def test_one_that_fails_keeps_no_other_from_coming(two, tmp_path, cli, monkeypatch, sandbox):
    two.link("b", "gone.csv", f"{sandbox.url}/dataset/nothing/resource/nothing/download/gone.csv")
    monkeypatch.delenv("HDX_KEY", raising=False)
    asked = ("sync", f"hdx:{sandbox.url}", "--query", two.word, "-o", tmp_path / "o", "--format", "json")
    ran = cli(*asked)
    assert ran.code == 4
    told = json.loads(ran.out)
    assert (told["counts"]["new"], told["counts"]["failed"]) == (1, 1)
    (failed,) = [dataset for dataset in told["datasets"] if dataset["outcome"] == "failed"]
    assert "gone.csv: is not there (status 404)" in failed["error"]
    assert not (tmp_path / "o" / two.path("b")).exists()
    assert read_package(tmp_path / "o" / two.path("a"))


@pytest.mark.parametrize("fault", ["short-download", "html-download"])
def test_a_spoilt_download_is_never_installed(two, sandbox, tmp_path, fault):
    sync(two.supply(), tmp_path / "o")
    before = contents(tmp_path / "o" / two.path("a"))
    held = read_lock(tmp_path / "o", two.supply().text).entries[f"d-{two.word}-a"].resources[0]
    new = TAGGED.replace("Idlib", "Homs")
    sandbox.call(
        "resource_update",
        {"id": held.id, "name": "data.csv", "format": "CSV", "description": "x"},
        files={"upload": ("data.csv", new.encode())},
    )
    sandbox.fault(path="download", when="after", fault=fault, times=50)
    done = sync(two.supply(), tmp_path / "o")
    sandbox.no_faults()
    assert done.counts["failed"] == 1
    assert contents(tmp_path / "o" / two.path("a")) == before
    assert sync(two.supply(), tmp_path / "o").counts["changed"] == 1
    assert (tmp_path / "o" / two.path("a") / "data.csv").read_text("utf-8") == new
    assert not (tmp_path / "o" / ".hxl-kit-sync").exists()


def test_what_was_deleted_upstream_is_told_and_stays_until_it_is_pruned(two, sandbox, tmp_path):
    sync(two.supply(), tmp_path / "o")
    sandbox.purge(f"d-{two.word}-a")
    for _ in range(2):
        done = sync(two.supply(), tmp_path / "o")
        assert done.gone == (f"d-{two.word}-a",)
        assert "deleted upstream" in done.as_text()
        assert (tmp_path / "o" / two.path("a") / "data.csv").exists()
    prune(done)
    assert not (tmp_path / "o" / two.path("a")).exists()
    assert sync(two.supply(), tmp_path / "o").gone == ()


def test_pruning_asks(two, sandbox, tmp_path, cli):
    sync(two.supply(), tmp_path / "o")
    sandbox.purge(f"d-{two.word}-a")
    asked = ("sync", f"hdx:{sandbox.url}", "--query", two.word, "-o", tmp_path / "o", "--prune")
    assert cli(*asked).code == 2
    assert (tmp_path / "o" / two.path("a")).exists()
    assert cli(*asked, "--yes").code == 0
    assert not (tmp_path / "o" / two.path("a")).exists()


def test_what_was_made_private_or_lost_its_files_is_withdrawn(two, sandbox, tmp_path):
    sync(two.supply(), tmp_path / "o")
    sandbox.call("package_patch", {"id": f"d-{two.word}-a", "private": True})
    held = read_lock(tmp_path / "o", two.supply().text).entries[f"d-{two.word}-b"].resources[0]
    sandbox.call("resource_delete", {"id": held.id})
    done = sync(two.supply(), tmp_path / "o")
    assert done.counts["withdrawn"] == 2
    assert (tmp_path / "o" / two.path("b") / "data.csv").exists()


def test_files_that_are_pages_or_kept_back_are_left_out_and_told(two, tmp_path):
    two.link("a", "A map", "https://example.org/map", "Web App")
    done = sync(two.supply(), tmp_path / "o")
    assert "1 resource left out: a page or a service, not a file" in done.as_text()
    (left,) = read_package(tmp_path / "o" / two.path("a")).descriptor["hxl_kit"]["left_out"]
    assert left["url"] == "https://example.org/map"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/a.csv", "http://10.0.0.1/a.csv"])
def test_addresses_that_must_not_be_asked_fail_that_dataset_alone(two, tmp_path, url):
    two.link("b", "secret.csv", url)
    done = sync(two.supply(), tmp_path / "o")
    assert (done.counts["new"], done.counts["failed"]) == (1, 1)
    assert "refused" in done.as_text()


def test_a_stopped_sync_is_completed(two, tmp_path):
    def stop(_):
        raise KeyboardInterrupt

    from hxl_kit.syncing import Watch

    with pytest.raises(KeyboardInterrupt):
        sync(two.supply(), tmp_path / "o", jobs=1, watch=Watch(done=stop))
    assert (tmp_path / "o" / LOCK_NAME).exists()
    done = sync(two.supply(), tmp_path / "o")
    assert done.counts["failed"] == 0
    assert len(read_lock(tmp_path / "o", two.supply().text).entries) == 2


def test_without_its_lock_file_a_folder_is_taken_as_it_is(two, sandbox, tmp_path):
    sync(two.supply(), tmp_path / "o")
    lock = (tmp_path / "o" / LOCK_NAME).read_bytes()
    (tmp_path / "o" / LOCK_NAME).unlink()
    sandbox.clear_requests()
    assert sync(two.supply(), tmp_path / "o").counts["unchanged"] == 2
    assert len([r for r in sandbox.requests() if "/download/" in r["path"]]) == 0
    told, before = json.loads((tmp_path / "o" / LOCK_NAME).read_bytes()), json.loads(lock)
    assert [e["resources"][0]["sha256"] for e in told["datasets"]] == [
        e["resources"][0]["sha256"] for e in before["datasets"]
    ]


ROWS = [{"event_id": "e1", "fatalities": "3"}, {"event_id": "e2", "fatalities": "4"}]


def test_a_package_comes_byte_for_byte_and_only_what_changed_again(room, sandbox, tmp_path, cli):
    package = room.package(tmp_path, ROWS)
    done = sync(room.supply(), tmp_path / "o")
    assert contents(tmp_path / "o" / room.path("pkg", "packages")) == contents(package.folder)
    assert done.datasets[0].brought.entry.kind == "package"
    sandbox.clear_requests()
    assert sync(room.supply(), tmp_path / "o").counts["unchanged"] == 1
    assert len(sandbox.requests()) == 1
    pulled = cli("pull", f"hdx:{sandbox.url}/{package.name}", "-o", tmp_path / "q", "--format", "json")
    assert pulled.code == 0, pulled.err
    assert json.loads(pulled.out)["kind"] == "package"
    assert contents(tmp_path / "q") == contents(package.folder)
    again = room.package(tmp_path, [*ROWS, {"event_id": "e3", "fatalities": "0"}], "again")
    assert sync(room.supply(), tmp_path / "o").counts["changed"] == 1
    assert contents(tmp_path / "o" / room.path("pkg", "packages")) == contents(again.folder)


def test_a_spoilt_package_leaves_the_old_one(room, sandbox, tmp_path):
    package = room.package(tmp_path, ROWS)
    sync(room.supply(), tmp_path / "o")
    room.package(tmp_path, ROWS[:1], "again")
    sandbox.fault(path="download", when="after", fault="short-download", times=50)
    done = sync(room.supply(), tmp_path / "o")
    assert done.counts["failed"] == 1
    assert contents(tmp_path / "o" / room.path("pkg", "packages")) == contents(package.folder)


def test_a_dataset_of_others_is_pulled_alone(two, sandbox, tmp_path, cli):
    asked = ("pull", f"hdx:{sandbox.url}/d-{two.word}-b", "-o", tmp_path / "q", "--format", "json")
    told = json.loads(cli(*asked).out)
    assert (told["kind"], told["files"]) == ("foreign", 1)
    assert json.loads(cli(*asked).out)["files"] == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["q"]
    other = cli("pull", f"hdx:{sandbox.url}/d-{two.word}-a", "-o", tmp_path / "q")
    assert (other.code, "holds something else" in other.err) == (2, True)
    missing = cli("pull", f"hdx:{sandbox.url}/d-{two.word}-none", "-o", tmp_path / "r")
    assert missing.code == 2


def test_workbooks_have_a_resource_for_each_sheet(room, tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("First part")
        sheet.write(0, 0, "A title")
        for row, cells in enumerate(
            [["place", "killed"], ["#adm1+name", "#affected+killed"], ["A", 3], ["B", 4]]
        ):
            sheet.write_row(row + 2, 0, cells)
        other = book.add_worksheet("Second")
        for row, cells in enumerate([["place", "count"], ["A", 1], ["B", 2]]):
            other.write_row(row, 0, cells)
    room.dataset("x")
    room.file("x", "book.xlsx", path.read_bytes(), format="XLSX")
    sync(room.supply(), tmp_path / "o")
    package = read_package(tmp_path / "o" / room.path("x"))
    first, second = package.resources
    assert (first["name"], second["name"]) == ("book", "book-second")
    assert first["dialect"] == {"excel": {"sheet": "First part"}, "headerRows": [3], "commentRows": [4]}
    assert [f["type"] for f in first["schema"]["fields"]] == ["any", "integer"]
    assert package.descriptor["hxl_kit"]["validation"]["valid"] is True


def test_a_question_must_choose():
    for question, said in (
        (Question(), "say which datasets"),
        (Question(location="SYRIA"), "no location 'SYRIA'"),
        (Question(organisation='x" OR "y'), "is no name that HDX could have"),
    ):
        with pytest.raises(UsageError, match=said):
            question.require_sound()
    asked = Question("org", "SYR", "conflict-violence")
    assert asked.filters == '+organization:"org" +groups:"syr" +vocab_Topics:"conflict-violence"'


def test_an_unknown_organisation_is_told_with_the_nearest(sandbox, tmp_path):
    supply = HdxSupply(Connection(Site("s", sandbox.url), PATIENCE), Question(f"{sandbox.organisation}s"))
    with pytest.raises(UsageError, match=f"did you mean '{sandbox.organisation}'"):
        sync(supply, tmp_path / "o")


def test_datasets_are_found_by_location_and_tag(room, tmp_path):
    topics = room.sandbox.call("vocabulary_show", {"id": "Topics"})["id"]
    room.dataset("t", tags=[{"name": "conflict-violence", "vocabulary_id": topics}])
    site = Site(room.sandbox.url, room.sandbox.url)
    for question in (
        Question(location="SYR", query=room.word),
        Question(tag="conflict-violence", query=room.word),
    ):
        offers = list(HdxSupply(Connection(site, PATIENCE), question).offers())
        assert [offer.has_files for offer in offers] == [False]


def test_a_folder_is_of_one_target_and_a_damaged_lock_is_told(tmp_path):
    (tmp_path / LOCK_NAME).write_text('{"format": 1, "target": "hdx:stage", "datasets": []}')
    with pytest.raises(UsageError, match="holds datasets of hdx:stage"):
        read_lock(tmp_path, "hdx:prod")
    (tmp_path / LOCK_NAME).write_text('{"format": 1, "target": "hdx:prod", "datasets": [{}]}')
    with pytest.raises(InputError, match="is damaged"):
        read_lock(tmp_path, "hdx:prod")


def test_two_syncs_in_one_folder_are_told_apart(tmp_path):
    from hxl_kit.targets.lock import exclusive

    (tmp_path / "o" / ".hxl-kit-sync").mkdir(parents=True)
    with (
        exclusive(tmp_path / "o" / ".hxl-kit-sync"),
        pytest.raises(TargetError, match="another run of hxl-kit"),
    ):
        sync(CatalogueSupply(CatalogueTarget(tmp_path / "cat")), tmp_path / "o")


@pytest.fixture
def catalogue(tmp_path):
    target = CatalogueTarget(tmp_path / "cat")
    for name in ("one", "two"):
        package = write_package(tmp_path / name, name=name)
        apply_plan(make_plan(package, target), package, target)
    return target


def test_a_catalogue_is_synced_whole(catalogue, tmp_path, cli):
    assert cli("sync", catalogue.text, "-o", tmp_path / "o").code == 0
    assert contents(tmp_path / "o/packages/one") == contents(tmp_path / "one")
    package = write_package(tmp_path / "one2", name="one", version="2.0.0")
    apply_plan(make_plan(package, catalogue), package, catalogue)
    done = sync(CatalogueSupply(catalogue), tmp_path / "o")
    assert (done.counts["changed"], done.counts["unchanged"]) == (1, 1)
    assert contents(tmp_path / "o/packages/one") == contents(tmp_path / "one2")
    assert json.loads((tmp_path / "o" / LOCK_NAME).read_bytes())["format"] == 1


def test_a_catalogue_cannot_choose(catalogue, tmp_path, cli):
    ran = cli("sync", catalogue.text, "--organisation", "x", "--tag", "y", "-o", tmp_path / "o")
    assert (ran.code, "a catalogue knows no --organisation, --tag" in ran.err) == (2, True)


def listed(*resources, **more):
    return listed_dataset(SITE, {"id": "i", "name": "made-up", "resources": list(resources), **more})


def test_a_file_is_called_as_its_address_does_where_that_has_an_ending():
    urls = [
        "/a/Data File.csv",
        "/b/data_file.csv",
        "/c/..",
        "/d/datapackage.json",
        "/e/CON.csv",
        "/f/.hidden",
        "/g/export?x=1",
        "",
    ]
    files = listed(
        *({"id": str(n), "name": f"r{n}", "url": u, "format": "CSV"} for n, u in enumerate(urls))
    ).files
    assert [file.called for file in files] == [
        *("Data File.csv", "data_file.csv", "r2.csv", "datapackage.json"),
        *("CON.csv", "r5.csv", "r6.csv", "r7.csv"),
    ]


@pytest.mark.parametrize("name", ["../up", "a/b", "", "A", "x" * 101, "."])
def test_a_dataset_with_a_name_that_leaves_the_folder_is_refused(name):
    with pytest.raises(TargetError, match="which no dataset can have"):
        listed_dataset(SITE, {"id": "i", "name": name})


def test_metadata_of_any_shape_is_borne():
    odd = listed_dataset(
        SITE,
        {
            "name": "odd",
            "resources": [None, 3, {}],
            "tags": "x",
            "groups": [None, {"name": 3}, {"name": "world"}],
            "license_id": ["x"],
            "organization": "x",
            "dataset_date": "soon",
        },
    )
    assert set(described_dataset(SITE, odd)) == {"$schema", "name", "homepage", "hxl_kit"}
    assert seconds_of("soon") is None


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_in_the_place_of_a_file_is_not_taken_for_it(two, tmp_path):
    sync(two.supply(), tmp_path / "o")
    path = tmp_path / "o" / two.path("b") / "data.csv"
    path.rename(tmp_path / "elsewhere.csv")
    path.symlink_to(tmp_path / "elsewhere.csv")
    assert sync(two.supply(), tmp_path / "o").counts["failed"] == 1
    assert (tmp_path / "elsewhere.csv").read_text() == PLAIN


def test_a_lock_entry_with_a_path_outside_is_refused(catalogue, tmp_path):
    done = sync(CatalogueSupply(catalogue), tmp_path / "o")
    entry = replace(done.lock.entries["one"], path="../../up")
    done.lock.with_entries([entry]).write(tmp_path / "o")
    with pytest.raises(InputError, match="is damaged"):
        sync(CatalogueSupply(catalogue), tmp_path / "o")
