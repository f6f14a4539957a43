"""history, rollback, withdraw and doctor on the command line; docs/undo.md runs and prints what it shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from packages_for_tests import EVENTS, write_package

from hxl_kit.errors import ExitCode

PAGE = (Path(__file__).parents[1] / "docs/undo.md").read_text(encoding="utf-8")
UPDATED = [{**EVENTS[0], "fatalities": "5"}, *EVENTS[1:]]
DATASET = "catalogue:data/syria-events"
REASON = ("--reason", "Coordinates were not rounded.")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Two versions of a package, and the working folder where they lie."""
    write_package(tmp_path / "january/syria-events")
    write_package(
        tmp_path / "february/syria-events",
        {"events": UPDATED},
        version="1.1.0",
        title="Syria: events, updated",
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def served(folder, cli):
    """The folder after both versions were published."""
    for month in ("january", "february"):
        ran = cli("publish", f"{month}/syria-events", "--to", "catalogue:data", "--yes")
        assert ran.code == ExitCode.OK
    return folder


def commands_of_the_page():
    for block in re.findall(r"^```console\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def without_times(text):
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>", text)
    return re.sub(r"withdrawn on \d{4}-\d\d-\d\d", "withdrawn on <day>", text)


def test_the_page_runs_and_prints_what_it_shows(folder, cli):
    ran_all = []
    for command, shown in commands_of_the_page():
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)]
        ran = cli(*words[1:])
        told = without_times((ran.err + ran.out).replace(str(folder), "/srv"))
        assert told == without_times(shown), command
        ran_all.append((words[1], ran.code))
    assert {name for name, code in ran_all if code} == {"pull", "publish"}
    assert {code for _, code in ran_all} == {ExitCode.OK, ExitCode.TARGET}
    assert len(ran_all) >= 8


def documented(command):
    """The keys that the page's table of a command's JSON names, in backticks, in the first column."""
    table = PAGE.partition(f"| in the JSON of `{command}` |")[2].partition("\n\n")[0]
    return {key for line in table.splitlines() for key in re.findall(r"`(\w+)`", line.split("|")[1])}


@pytest.mark.parametrize(
    "words",
    [
        ("history", DATASET),
        ("rollback", DATASET, "--yes"),
        ("withdraw", DATASET, *REASON, "--yes"),
        ("doctor", DATASET),
        ("doctor", "catalogue:data"),
    ],
)
def test_the_json_has_the_keys_that_the_page_names(served, cli, words):
    ran = cli(*words, "--format", "json")
    assert ran.code == ExitCode.OK
    assert set(json.loads(ran.out)) == documented(words[0])


@pytest.mark.parametrize("words", [("rollback", DATASET), ("withdraw", DATASET, *REASON)])
def test_without_a_terminal_nothing_is_done_unasked(served, cli, words):
    before = (served / "data/catalogue.json").read_bytes()
    ran = cli(*words)
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "not confirmed; read what is above and add --yes" in ran.err
    assert (served / "data/catalogue.json").read_bytes() == before


def test_doctor_asks_repairs_and_tells_what_is_left(served, cli):
    (served / "data/index.html").write_text("stale")
    looked = cli("doctor", "catalogue:data")
    assert (looked.code, "page-stale" in looked.out) == (ExitCode.TARGET, True)
    assert cli("doctor", "catalogue:data", "--repair").code == ExitCode.USAGE
    assert (served / "data/index.html").read_text() == "stale"
    mended = cli("doctor", "catalogue:data", "--repair", "--yes", "--format", "json")
    described = json.loads(mended.out)
    assert (mended.code, described["left"]) == (ExitCode.OK, 0)
    assert [(a["rule"], a["repaired"]) for a in described["ailments"]] == [("page-stale", True)]
    assert cli("doctor", "catalogue:data").code == ExitCode.OK
    next((served / "data/syria-events").glob("1.1.0-*/events.csv")).unlink()
    left = cli("doctor", "catalogue:data", "--repair", "--yes")
    assert (left.code, "publish the package again" in left.out) == (ExitCode.TARGET, True)


def test_what_is_not_there(served, cli):
    for words in (
        ("history", "catalogue:data/syria-event"),
        ("rollback", "catalogue:data/syria-event", "--yes"),
        ("withdraw", "catalogue:data/syria-event", *REASON, "--yes"),
        ("doctor", "catalogue:data/syria-event"),
    ):
        ran = cli(*words)
        assert ran.code == ExitCode.USAGE
        assert "did you mean 'syria-events'?" in ran.err


def test_a_reason_with_personal_data_is_not_shown_to_anybody(served, cli):
    ran = cli("withdraw", DATASET, "--reason", "Ask a.person@example.org", "--yes")
    assert ran.code == ExitCode.DATA
    assert "seems to hold: email; say it without" in ran.err
    assert "a.person" not in ran.err + ran.out
    assert cli("history", DATASET, "--format", "json").out.count('"withdrawn": null') == 3


def test_diff_compares_versions_of_a_target_with_one_another_and_with_packages(served, cli):
    ran = cli("diff", f"{DATASET}@1.0.0", DATASET)
    assert ran.code == ExitCode.OK
    assert "fatalities: 3 -> 5" in ran.out
    assert cli("diff", "february/syria-events", DATASET).out == "no differences\n"
    ran = cli("diff", f"{DATASET}@9", DATASET)
    assert ran.code == ExitCode.USAGE
    assert "no version '9'; the newest are 1.1.0-" in ran.err
    assert cli("withdraw", DATASET, *REASON, "--yes").code == ExitCode.OK
    ran = cli("diff", "february/syria-events", DATASET)
    assert ran.code == ExitCode.TARGET
    assert "was withdrawn on" in ran.err
