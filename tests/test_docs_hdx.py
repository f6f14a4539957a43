"""docs/hdx.md is run against the sandbox and prints what it shows; commands and links of all pages are real."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from packages_for_tests import EVENTS, write_package
from typer.main import get_command

from hxl_kit.cli.app import command_names, make_app
from hxl_kit.errors import ExitCode

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
UPDATED = [{**EVENTS[0], "fatalities": "5"}, *EVENTS[1:]]


@pytest.fixture
def site(sandbox, tmp_path, monkeypatch):
    """The sandbox as a target, and a working folder with two versions of a package."""
    monkeypatch.setenv("HDX_KEY", sandbox.editor_key)
    monkeypatch.setenv("HXL_KIT_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    hdx = {"organisation": sandbox.organisation, "maintainer": sandbox.maintainer, "frequency": "every month"}
    hdx |= {"source": "Situation reports", "locations": ["SYR"]}
    told = {
        "hdx": hdx,
        "methodology": "Each event is one that a report names.",
        "keywords": ["conflict-violence"],
    }
    write_package(tmp_path / "january/syria-events", **told)
    updated = {"version": "1.1.0", "title": "Syria: events, updated"}
    write_package(tmp_path / "february/syria-events", {"events": UPDATED}, **told, **updated)
    yield f"hdx:{sandbox.url}"
    sandbox.purge("syria-events")


def commands_of_the_page():
    page = (ROOT / "docs/hdx.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```console\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            yield command, output


def lasting(text):
    """Text without times, and without the digits of version ids, which are another server's."""
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "<time>", text)
    return re.sub(r"(\d\.\d\.\d)-[0-9a-f]{12}", r"\1-<digits>", text)


def test_the_page_runs_and_prints_what_it_shows(site, cli):
    shown = list(commands_of_the_page())
    assert len(shown) >= 6
    for command, output in shown:
        ran = cli(*shlex.split(command.replace("hdx:prod", site))[1:])
        assert (ran.code, lasting((ran.err + ran.out).replace(site, "hdx:prod"))) == (
            ExitCode.OK,
            lasting(output),
        ), command


def test_what_is_given_by_request_is_planned_and_asked_for_like_all_else(site, sandbox, cli):
    """No file is sent, and yet a dataset is made."""
    descriptor = Path("january/syria-events/datapackage.json")
    told = json.loads(descriptor.read_text(encoding="utf-8"))
    descriptor.write_text(
        json.dumps({**told, "hdx": {**told["hdx"], "access": "by-request"}}), encoding="utf-8"
    )
    to = ("january/syria-events", "--to", site)
    planned = cli("plan", *to).out
    assert "set     is_requestdata_type  True" in planned
    assert "  add " not in planned
    assert cli("publish", *to).code == ExitCode.USAGE
    assert sandbox.ask("package_show", {"id": "syria-events"}).status == 404
    assert "published and verified" in cli("publish", *to, "--yes").out
    assert sandbox.call("package_show", {"id": "syria-events"})["resources"] == []
    assert "nothing to do" in cli("publish", *to).out


def lines_of_code(page):
    text = page.read_text(encoding="utf-8")
    for block in re.findall(r"^ *```(?:sh|console|text)?\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            if found := re.match(r"\s*(?:\$ )?hxl-kit ([a-z][\w-]*)(.*)", line):
                yield found[1], found[2].partition(" # ")[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_of_the_pages_are_there(page):
    known = get_command(make_app()).commands
    for name, rest in lines_of_code(page):
        assert name in command_names(), name
        options = {option for parameter in known[name].params for option in parameter.opts}
        said = set(re.findall(r"(?<=\s)(--[a-z][\w-]*)", rest))
        assert said <= {*options, "--help", "--install-completion"}, f"hxl-kit {name}{rest}"


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_the_pages_lead_somewhere(page):
    for target, _, anchor in re.findall(
        r"\]\((?!https?:)([^)#]*)(#([^)]*))?\)", page.read_text(encoding="utf-8")
    ):
        linked = (page.parent / target).resolve() if target else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), f"{target}#{anchor}"
