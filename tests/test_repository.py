"""A repository of packages: found below folders, only what changed, all judged in the order of their paths."""

import importlib
import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from hxl_kit.errors import DataError, ExitCode, InputError, UsageError
from hxl_kit.settings import FILE_NAME, Settings, read_settings
from hxl_kit.validation import baseline as baseline_module
from hxl_kit.validation.engine import validate
from hxl_kit.validation.report import Issue, Report
from hxl_kit.validation.repository import changes as changes_module
from hxl_kit.validation.repository.changes import Changes, changes_since
from hxl_kit.validation.repository.finding import found_in, holding, matching
from hxl_kit.validation.repository.judging import Judged, Run, judged
from hxl_kit.validation.repository.running import Order, reports_on
from hxl_kit.validation.ruleset import require_gazetteers, require_ruleset, ruleset_digest
from hxl_kit.validation.selection import selected

ROOT = Path(__file__).parents[1]
DESCRIPTOR = '{"resources": [{"name": "a", "path": "a.csv"}]}'
PACKAGES = 4


def planted(folder, *paths):
    """Write files: descriptors, else a table of two columns."""
    for name in paths:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(DESCRIPTOR if path.name == "datapackage.json" else "a,b\n1,2\n")
    return folder


def within(folder, paths):
    return [path.relative_to(folder).as_posix() for path in paths]


@pytest.fixture(scope="session")
def made():
    """The script that writes a repository of made-up packages."""
    sys.path.insert(0, str(ROOT / "scripts"))
    yield importlib.import_module("made_repository")
    sys.path.pop(0)


@pytest.fixture
def repository(made, tmp_path):
    """A committed repository of made-up packages, two of them with three faults each."""
    folder = tmp_path / "repository"
    assert made.make_repository(folder / "packages", PACKAGES, 12, faulty_every=2) == 6
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "first")
    return folder


def git(folder, *arguments):
    plain = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org"}
    names |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in names.items()}
    command = ["git", *arguments]
    ended = subprocess.run(
        command, cwd=folder, env={**os.environ, **plain, **names}, check=True, capture_output=True
    )
    return ended.stdout.decode()


def commit(folder, message):
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def test_a_folder_stands_for_the_packages_below_it(tmp_path):
    folder = planted(
        tmp_path,
        *("b/datapackage.json", "b/inner/datapackage.json", "a/deep/down/datapackage.json", "notes.csv"),
        *("b.private/datapackage.json", ".hidden/datapackage.json", "node_modules/x/datapackage.json"),
    )
    assert within(folder, found_in([folder])) == ["a/deep/down", "b"]


def test_a_folder_without_packages_stands_for_its_tables(tmp_path):
    folder = planted(tmp_path, "z.csv", "a.CSV", "read.me", ".x.csv", "inner/b.csv")
    assert within(folder, found_in([folder])) == ["a.CSV", "z.csv"]


def test_paths_are_taken_once_in_their_order(tmp_path):
    folder = planted(tmp_path, "b/datapackage.json", "a/datapackage.json", "t.csv")
    named = [folder / "t.csv", folder / "b", folder, folder / "t.csv", folder / "a" / ".." / "a"]
    assert within(folder, found_in(named)) == ["t.csv", "b", "a"]


def test_a_folder_with_nothing_is_refused_and_one_that_is_to_be_a_package_is_one(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match=r"has no datapackage.json, and no package or table below it"):
        found_in([tmp_path / "empty"])
    planted(tmp_path, "new/package.yaml", "new/x.csv")
    assert found_in([tmp_path / "new"]) == (tmp_path / "new",)


def test_links_to_folders_are_not_followed(tmp_path):
    folder = planted(tmp_path, "a/datapackage.json")
    (folder / "a2").symlink_to(folder / "a", target_is_directory=True)
    (folder / "round").symlink_to(folder, target_is_directory=True)
    assert within(folder, found_in([folder])) == ["a"]


def test_patterns_of_the_settings(tmp_path):
    folder = planted(
        tmp_path,
        *("p/a/datapackage.json", "p/b/datapackage.json", "p/README.md", "p/a.private/datapackage.json"),
        *("lists/x.csv", "lists/deep/y.csv", "lists/z.txt"),
    )
    assert within(folder, matching(folder, ["p/*"])) == ["p/a", "p/b"]
    assert within(folder, matching(folder, ["p", "lists/**/*.csv"])) == [
        *("p/a", "p/b", "lists/deep/y.csv", "lists/x.csv")
    ]
    assert within(folder, matching(folder, ["**/datapackage.json"])) == ["p/a", "p/b"]
    with pytest.raises(UsageError, match=r"'q/\*' stands for no package and no table"):
        matching(folder, ["p/*", "q/*"])


def test_files_stand_for_the_packages_that_list_them(tmp_path):
    folder = planted(
        tmp_path, "p/datapackage.json", "p/a.csv", "p/inputs/raw.csv", "q/datapackage.json", "x.csv"
    )
    files = [folder / name for name in ("p/a.csv", "p/datapackage.json", "p/inputs/raw.csv", "x.csv")]
    packages, others = holding(files)
    assert within(folder, packages) == ["p"]
    assert within(folder, others) == ["p/inputs/raw.csv", "x.csv"]
    assert within(folder, holding([*files, folder / "q/datapackage.json"])[0]) == ["p", "q"]


def test_what_changed_since_a_commit(repository):
    packages = repository / "packages/country-00"
    assert not changes_since("HEAD", repository).paths
    (packages / "events-001/events.csv").write_text("changed")
    (packages / "events-002/sources.csv").unlink()
    (packages / "events-003").rename(packages / "renamed")
    planted(packages, "new/datapackage.json")
    (repository / "odd name\n\u0639.csv").write_text("x")
    found = changes_since("HEAD", packages)
    every = found_in([repository])
    assert within(packages, found.among(every)) == ["events-001", "events-002", "new", "renamed"]
    assert found.touch(repository / "odd name\n\u0639.csv")
    assert found.touch(packages)
    assert not found.touch(packages / "events-000")
    commit(repository, "second")
    assert not changes_since("HEAD", repository).paths
    assert changes_since("HEAD~1", repository).paths >= found.paths


def test_what_others_changed_meanwhile_does_not_count(repository):
    git(repository, "checkout", "-q", "-b", "mine")
    planted(repository, "packages/mine/datapackage.json")
    commit(repository, "mine")
    git(repository, "checkout", "-q", "main")
    planted(repository, "packages/theirs/datapackage.json")
    commit(repository, "theirs")
    git(repository, "checkout", "-q", "mine")
    assert within(repository, changes_since("main", repository).paths) == ["packages/mine/datapackage.json"]


def test_ignored_files_do_not_count_and_staged_ones_do(repository):
    (repository / ".gitignore").write_text("*.private/\n")
    commit(repository, "ignore")
    planted(repository, "a.private/x.csv", "b.csv")
    git(repository, "add", "b.csv")
    assert within(repository, changes_since("HEAD", repository).paths) == ["b.csv"]


@pytest.mark.parametrize("reference", ["nowhere", "--output=/tmp/x", "-x", "", "main:packages", "a\0b"])
def test_an_unknown_commit_is_named(repository, reference):
    with pytest.raises(UsageError, match="no commit") as caught:
        changes_since(reference, repository)
    assert f"'{reference}'" in str(caught.value)


def test_outside_a_repository_and_without_git(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    (tmp_path / "x").mkdir()
    with pytest.raises(InputError, match="is in no Git repository"):
        changes_since("HEAD", tmp_path / "x")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(InputError, match="git is not installed"):
        changes_since("HEAD", tmp_path)


def test_a_folder_that_git_does_not_trust(repository, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    with pytest.raises(InputError, match=r"git config --global --add safe\.directory"):
        changes_since("HEAD", repository)


def test_git_that_does_not_answer(repository, tmp_path, monkeypatch):
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{slow.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(changes_module, "SECONDS", 0.2)
    with pytest.raises(InputError, match="did not answer"):
        changes_since("HEAD", repository)


def test_a_repository_cannot_have_a_program_run(repository, tmp_path):
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external"):
        git(repository, "config", key, str(trap))
    (repository / "packages/country-00/events-001/events.csv").write_text("changed")
    assert changes_since("HEAD", repository).paths
    assert not (tmp_path / "sprung").exists()


def test_a_package_in_a_changed_submodule_changed(tmp_path):
    found = Changes(frozenset({tmp_path / "module"}))
    assert found.touch(tmp_path / "module" / "packages" / "a")
    assert found.among([tmp_path / "module" / "datapackage.json"])


def judge(path, *, limit):
    """Stand for validation: goes to other processes, so it is no local function."""
    if "3" in path.name:
        raise InputError(f"{path}: is damaged")
    return Report((str(path),), (Issue("x", "warning", "", str(os.getpid())),), 1, limit)


@pytest.mark.parametrize("processes", [1, 2])
def test_reports_come_in_the_order_of_paths_and_one_that_cannot_be_read_is_one_issue(processes):
    paths = [Path(f"p{number}") for number in range(13)]
    reports = list(reports_on(paths, Order(judge, 5), processes=processes))
    assert [report.paths for report in reports] == [(f"p{number}",) for number in range(13)]
    unread = [report.issues[0] for report in reports if not report.valid]
    assert [(one.rule, one.message) for one in unread] == [("unreadable", "p3: is damaged")]
    assert unread[0].told() == "p3: is damaged"
    workers = {report.issues[0].message for report in reports if report.valid}
    assert (str(os.getpid()) in workers) == (processes == 1)


def test_a_path_that_cannot_be_read_ends_the_run_if_it_is_not_forgiven():
    with pytest.raises(InputError, match="is damaged"):
        list(reports_on([Path("p3")], Order(judge, 5), forgiving=False))


def die(path, *, limit):
    os._exit(9)


def test_a_process_that_the_system_ended_is_told():
    with pytest.raises(InputError, match="for want of memory"):
        list(reports_on([Path("a"), Path("b")], Order(die, 5), processes=2))


def run(paths, **given):
    checks = given.pop("checks", ["all"])
    made = {"judge": partial(validate, checks=checks), "selection": selected(checks), "limit": 1000}
    return judged(Run(tuple(paths), **{**made, **given}))


def found(outcome):
    return [
        (Path(report.paths[0]).parent.name, issue.row, issue.field)
        for report in outcome.reports
        for issue in report.issues
        if issue.severity != "info"
    ]


FAULTS = [
    (name, row, field)
    for name in ("events-000", "events-002")
    for row, field in ((2, "event_type"), (3, "date_start"), (4, "geo_precision"))
]


def test_a_repository_is_judged_and_each_fault_found_once(repository):
    outcome = run([repository])
    assert [Path(report.paths[0]).parent.name for report in outcome.reports] == [
        f"events-{number:03d}" for number in range(PACKAGES)
    ]
    assert sorted(found(outcome)) == FAULTS
    assert outcome.exit_code("error") is ExitCode.DATA


def test_accepted_faults_pass_and_a_new_one_fails(repository, tmp_path):
    baseline = tmp_path / "baseline.json"
    with pytest.raises(InputError, match="no such file"):
        run([repository], baseline=baseline)
    first = run([repository], baseline=baseline, accept=True)
    assert first.exit_code("warning") is ExitCode.OK
    assert first.notes == ("6 accepted by the baseline",)
    table = repository / "packages/country-00/events-002/events.csv"
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join([lines[0], lines[-1].replace("battle", "batle"), *lines[1:-1]]))
    described = json.loads((table.parent / "datapackage.json").read_text())
    for resource in described["resources"]:
        resource.pop("hash")
        resource.pop("bytes")
    (table.parent / "datapackage.json").write_text(json.dumps(described))
    again = run([repository], baseline=baseline)
    assert found(again) == [("events-002", 2, "event_type")]
    assert again.notes == ("6 accepted by the baseline",)
    assert again.exit_code("error") is ExitCode.DATA


def test_only_what_changed_is_judged(repository):
    outcome = run([repository], changed_since="HEAD")
    assert outcome == Judged((), (f"0 of {PACKAGES} changed since HEAD",))
    (repository / "packages/country-00/events-002/README.md").write_text("changed")
    outcome = run([repository], changed_since="HEAD")
    assert {name for name, _, _ in found(outcome)} == {"events-002"}
    assert outcome.notes == (f"1 of {PACKAGES} changed since HEAD",)


def test_a_path_that_is_not_there_is_told_though_nothing_changed(repository):
    gone = repository / "packages/gone"
    with pytest.raises(InputError, match="gone"):
        run([gone], changed_since="HEAD", settings=Settings(file=repository / FILE_NAME))
    outcome = run([gone, repository], changed_since="HEAD", settings=Settings(file=repository / FILE_NAME))
    assert outcome.exit_code("error") is ExitCode.INPUT


def test_files_of_no_package_are_named(repository, monkeypatch):
    planted(repository, "lists.csv")
    monkeypatch.chdir(repository)
    outcome = run([Path("lists.csv")], whole=True)
    assert outcome.notes == ("not in any package, and so not read: lists.csv",)


def test_too_many_issues_to_compare_end_the_run_early(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(baseline_module, "COMPARED", 2)
    asked = []

    def counted(path, *, limit):
        asked.append(path)
        return validate(path, ["codelists", "frictionless"], limit=limit)

    with pytest.raises(DataError, match="too many to compare"):
        run([repository], judge=counted, baseline=tmp_path / "b.json", accept=True)
    assert len(asked) == 1


def test_other_settings_or_another_baseline_concern_all(repository):
    file = repository / FILE_NAME
    file.write_text('[validate]\npaths = ["packages"]\n')
    settings = read_settings(file)
    outcome = run([], settings=settings, changed_since="HEAD")
    assert len(outcome.reports) == PACKAGES
    assert outcome.notes == ("all are validated: hxl-kit.toml changed since HEAD",)


def test_settings_name_the_paths_and_pins(repository):
    file = repository / FILE_NAME
    file.write_text(
        f'[validate]\npaths = ["packages/*/events-00[13]"]\n[rules]\nversion = "{ruleset_digest()}"\n'
    )
    outcome = run([], settings=read_settings(file), checks=["profile"])
    assert len(outcome.reports) == 2
    file.write_text('[rules]\nversion = "000000000000"\n')
    with pytest.raises(UsageError, match=f"{FILE_NAME}: pins the rule set 000000000000"):
        run([repository], settings=read_settings(file))
    file.write_text('[gazetteers]\nreleases = ["global-pcodes-0000"]\n')
    with pytest.raises(UsageError, match="pins the gazetteer release 'global-pcodes-0000'"):
        run([repository], settings=read_settings(file))


def test_nothing_named_and_options_that_do_not_fit(tmp_path):
    with pytest.raises(UsageError, match="name packages or tables"):
        run([], settings=Settings())
    with pytest.raises(UsageError, match="--write-baseline needs --baseline"):
        run([tmp_path], accept=True)
    with pytest.raises(UsageError, match="written of all packages"):
        run([tmp_path], accept=True, baseline=tmp_path / "b.json", changed_since="HEAD")


def test_one_that_cannot_be_read_makes_the_exit_code_and_the_others_are_judged(repository):
    (repository / "packages/country-00/events-001/datapackage.json").write_text("{")
    outcome = run([repository], checks=["codelists"])
    assert len(outcome.reports) == PACKAGES
    assert outcome.exit_code("error") is ExitCode.INPUT


def test_a_moved_package_keeps_what_was_accepted(repository, tmp_path):
    baseline = tmp_path / "baseline.json"
    run([repository], baseline=baseline, accept=True)
    shutil.move(repository / "packages/country-00/events-002", repository / "packages/moved")
    assert run([repository], baseline=baseline).exit_code("warning") is ExitCode.OK


def test_the_rule_set_is_known_by_rules_and_standard_not_by_wording(tmp_path, monkeypatch):
    from hxl_kit.standard import schemas

    copied = shutil.copytree(schemas.root(), tmp_path / "schemas")
    monkeypatch.setattr(schemas, "root", lambda: copied)
    ruleset_digest.cache_clear()
    first = ruleset_digest()
    (copied / "locale").mkdir(exist_ok=True)
    (copied / "locale/new.po").write_text("x")
    ruleset_digest.cache_clear()
    assert ruleset_digest() == first
    codes = copied / "codelists/event_type.csv"
    codes.write_bytes(codes.read_bytes().replace(b"\n", b"\r\n"))
    ruleset_digest.cache_clear()
    assert ruleset_digest() == first
    codes.write_bytes(codes.read_bytes() + b"new,New,,,\r\n")
    ruleset_digest.cache_clear()
    second = ruleset_digest()
    ruleset_digest.cache_clear()
    assert second != first
    assert len(first) == 12
    require_ruleset(None, "x")
    require_gazetteers((), "x")


def test_the_command_line_goes_before_the_settings(repository, monkeypatch, cli):
    monkeypatch.chdir(repository / "packages")
    text = '[validate]\npaths = ["packages/*/events-000"]\nchecks = ["codelists"]\nfail_on = "warning"\n'
    (repository / FILE_NAME).write_text(f'{text}limit = 1\nlanguage = "fr"\n')
    page = ("--also", "html=s.html")
    settled = cli("validate", "--format", "json", *page)
    assert settled.code == 1
    said = json.loads(settled.out)
    assert said["counts"]["error"] == 2
    assert len(said["issues"]) == 1
    assert 'lang="fr"' in Path("s.html").read_text(encoding="utf-8")
    options = ("--checks", "all", "--limit", "9", "--lang", "en")
    asked = cli("validate", "country-00", "--format", "json", *options, *page)
    assert [len(one["issues"]) for one in json.loads(asked.out)] == [3, 0, 3, 0]
    assert 'lang="en"' in Path("s.html").read_text(encoding="utf-8")


def test_the_command_line_knows_what_changed_and_what_was_accepted(repository, monkeypatch, cli):
    monkeypatch.chdir(repository)
    first = cli(
        "validate", "packages", "--baseline", "known.json", "--write-baseline", "--also", "markdown=s.md"
    )
    assert first.code == 0
    assert "6 accepted by the baseline" in first.err
    assert Path("s.md").read_text(encoding="utf-8").startswith("## hxl-kit: valid")
    commit(repository, "baseline")
    nothing = cli("validate", "packages", "--changed-since", "HEAD")
    assert nothing.code == 0
    assert f"0 of {PACKAGES} changed since HEAD" in nothing.err
    unknown = cli("validate", "packages", "--changed-since", "nowhere")
    assert unknown.code == 2
    assert "no commit 'nowhere'" in unknown.err
    assert cli("validate", "packages", "--also", "markdown").code == 2
    assert cli("validate", "packages", "--also", "markdwon=s.md").code == 2
