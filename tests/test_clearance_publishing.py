"""Nothing that may harm is written anywhere: every target asks for clearance, and every command tells why not."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
from pathlib import Path

import pytest
from clearance_for_tests import (
    ACLED,
    GROUP_OF_TWO,
    SHELTERS,
    VICTIMS,
    event,
    package_of,
    source_row,
    waiver,
)

import hxl_kit.targets
from hxl_kit.clearance.outcome import Clearance, Cleared
from hxl_kit.errors import ClearanceError, ExitCode
from hxl_kit.hdx.site import site_of
from hxl_kit.publishing import apply_plan, clearing, make_plan, read_plan
from hxl_kit.targets.catalogue import CatalogueTarget
from hxl_kit.targets.hdx import HdxTarget
from hxl_kit.targets.target import State, Target

ROOT = Path(__file__).parents[1] / "hxl_kit"
NOBODY = "http://127.0.0.1:9"
PLAIN = {"events": [{"event_id": "e1", "fatalities": "3"}]}
TARGETS = {CatalogueTarget: lambda folder: CatalogueTarget(folder / "cat")}
"""How to make each kind of target in a folder; a new target is added here and passes the same tests."""

SHUT = {"sources": [source_row("shut", access="restricted")], "events": [event(1, "shut")]}
REFUSED = {
    "victims": ({"list": VICTIMS}, {}, "list, column 'full_name': seems to hold names of people; rows: 12"),
    "shelters": (
        {"list": SHELTERS},
        {},
        "list, column 'latitude': seems to say where people live or shelter",
    ),
    "group of two": ({"list": GROUP_OF_TWO}, {}, "list: has 2 people in groups of fewer than 3"),
    "acled": ({"list": ACLED}, {}, "source 'acled' allows only aggregates"),
    "restricted": (SHUT, {}, "source 'shut' is not public (access: restricted): 1 row of events"),
    "moderate": (PLAIN, {"sensitivity": "moderate"}, "sensitivity class 'moderate'"),
    "no class": (PLAIN, {"sensitivity": ""}, "no sensitivity class is named"),
}


def everything(folder):
    """Every path with its content and its times: any write shows."""
    return {
        p: (p.stat().st_mtime_ns, p.stat().st_ctime_ns, p.read_bytes() if p.is_file() else b"")
        for p in [folder, *folder.rglob("*")]
    }


def published(package, target):
    return apply_plan(make_plan(package, target), package, target)


@pytest.fixture(params=list(TARGETS), ids=lambda kind: kind.__name__)
def target(request, tmp_path):
    return TARGETS[request.param](tmp_path / "target")


@pytest.mark.parametrize("case", list(REFUSED))
def test_refused_and_not_a_byte_is_written(target, tmp_path, case):
    tables, more, said = REFUSED[case]
    place = tmp_path / "target"
    place.mkdir()
    published(package_of(tmp_path / "first", {"events": [{"event_id": "e0", "fatalities": "1"}]}), target)
    package, before = package_of(tmp_path / "bad", tables, **more), everything(place)
    plan = make_plan(package, target)
    assert said in plan.as_text()
    with pytest.raises(ClearanceError, match="refused for") as caught:
        apply_plan(plan, package, target)
    assert said in str(caught.value)
    assert everything(place) == before


def test_without_a_catalogue_none_is_begun(tmp_path):
    target = CatalogueTarget(tmp_path / "cat")
    package = package_of(tmp_path / "bad", {"list": VICTIMS})
    with pytest.raises(ClearanceError):
        published(package, target)
    assert not target.folder.exists()


# commands


def test_plan_and_publish_tell_all_and_exit_with_1(cli, tmp_path):
    package_of(tmp_path / "bad", {"list": VICTIMS}, sensitivity="")
    place = f"catalogue:{tmp_path / 'cat'}"
    ran = cli("plan", tmp_path / "bad", "--to", place, "-o", tmp_path / "plan.json")
    assert ran.code == ExitCode.DATA
    assert all(rule in ran.out for rule in ("add ", "sensitivity-missing", "person-name", "small-group"))
    described = json.loads(cli("plan", tmp_path / "bad", "--to", place, "--format", "json").out)
    assert {"sensitivity-missing", "person-name"} <= {o["rule"] for o in described["clearance"]["refusals"]}
    for words in (
        ("publish", tmp_path / "bad", "--to", place),
        ("publish", "--plan", tmp_path / "plan.json"),
    ):
        ran = cli(*words, "--yes", "--quiet")
        assert (ran.code, ran.out) == (ExitCode.DATA, "")
        assert all(rule in ran.err for rule in ("nothing was written", "sensitivity-missing", "person-name"))
    assert not (tmp_path / "cat").exists()


def test_of_several_packages_all_go_or_none(cli, tmp_path):
    good, bad = (tmp_path / name for name in ("good", "bad"))
    package_of(good, PLAIN, name="good")
    package_of(bad, {"list": VICTIMS}, name="bad")
    ran = cli("publish", good, bad, "--to", f"catalogue:{tmp_path / 'cat'}", "--yes")
    assert ran.code == ExitCode.DATA
    assert not (tmp_path / "cat").exists()


def test_a_waiver_shows_in_full_in_the_plan_and_in_what_is_served(target, tmp_path):
    granted = [
        waiver("person-name", resource="list", column="full_name", why="Names on a public memorial."),
        *(waiver(rule, resource="list") for rule in ("small-group", "disclosure-risk")),
        waiver("person-phone", column="gone"),
    ]
    package = package_of(tmp_path / "p", {"list": VICTIMS}, waivers=granted)
    plan = make_plan(package, target)
    told = plan.as_text()
    assert "waived by Head of office on 2025-01-31: Names on a public memorial." in told
    assert "waiver without effect: person-phone, column 'gone'" in told
    assert apply_plan(plan, package, target).changes
    with target.opened(target.describe(package.name)) as served:
        assert served.descriptor["waivers"] == granted


def test_warnings_are_told_in_a_line_each_and_not_without_end(tmp_path):
    sheets = [source_row(f"s{number}", access="restricted") for number in range(30)]
    tables = {"sources": [source_row("open"), *sheets], "events": [event(1, "open")]}
    plan = make_plan(package_of(tmp_path / "p", tables), CatalogueTarget(tmp_path / "cat"))
    assert "to look at: 30 warnings" in plan.as_text()
    assert "… and 20 more" in plan.as_text()
    assert len(plan.as_json()["clearance"]["warnings"]) == 30


# a plan on another machine, another time


def test_a_saved_plan_is_cleared_anew(tmp_path, monkeypatch):
    target, file = CatalogueTarget(tmp_path / "cat"), tmp_path / "plan.json"
    package = package_of(tmp_path / "p", {"list": VICTIMS})
    described = {**make_plan(package, target).as_json(), "clearance": Clearance("low").as_json()}
    file.write_text(json.dumps(described))
    monkeypatch.setattr(clearing, "_CLEARED", {})
    with pytest.raises(ClearanceError, match="person-name"):
        apply_plan(read_plan(file), package, target)
    assert not target.folder.exists()


def test_the_same_content_is_cleared_once_in_a_process(tmp_path, monkeypatch):
    real, asked = clearing.clear, []
    monkeypatch.setattr(clearing, "clear", lambda *given: asked.append(given) or real(*given))
    monkeypatch.setattr(clearing, "_CLEARED", {})
    target, package = CatalogueTarget(tmp_path / "cat"), package_of(tmp_path / "p", PLAIN)
    published(package, target)
    assert len(asked) == 1
    published(package_of(tmp_path / "q", PLAIN, version="2"), target)
    assert [len(given) for given in asked] == [1, 2]


def test_small_counts_are_compared_with_what_is_served(tmp_path):
    rows = [
        {"district": name, "hiv_positive": str(n)} for name, n in (("North", 40), ("South", 57), ("East", 33))
    ]
    target, first = CatalogueTarget(tmp_path / "cat"), package_of(tmp_path / "a", {"cases": rows})
    published(first, target)
    later = [{**rows[0], "hiv_positive": "42"}, *rows[1:]]
    plan = make_plan(package_of(tmp_path / "b", {"cases": later}, version="2"), target)
    assert "small-count-difference" in {found.rule for found in plan.clearance.warnings}


def test_what_is_served_damaged_is_not_compared_and_that_is_told(tmp_path):
    target = CatalogueTarget(tmp_path / "cat")
    served = published(package_of(tmp_path / "a", PLAIN), target)
    (target.folder / "syria-events" / served.version_id / "events.csv").write_text("x")
    plan = make_plan(package_of(tmp_path / "b", PLAIN, version="2"), target)
    assert [found.rule for found in plan.clearance.warnings] == ["not-compared"]


# no way around


def kinds_of_targets():
    """Every class in the room of targets that can stage and commit, the protocol aside."""
    names = (module.name for module in pkgutil.iter_modules(hxl_kit.targets.__path__))
    modules = [importlib.import_module(f"hxl_kit.targets.{name}") for name in names]
    classes = {found for module in modules for _, found in inspect.getmembers(module, inspect.isclass)}
    return {found for found in classes if hasattr(found, "commit") and found is not Target}


WITHOUT_PROOF = {**TARGETS, HdxTarget: lambda folder: HdxTarget(site_of(NOBODY), state=folder)}
"""Every kind of target; that of HDX here without a site, as it is to refuse before it asks for one."""


def test_every_target_is_tested_here():
    assert kinds_of_targets() == set(WITHOUT_PROOF)


@pytest.mark.parametrize("kind", list(WITHOUT_PROOF), ids=lambda kind: kind.__name__)
def test_a_target_writes_nothing_without_the_proof_of_this_very_package(kind, tmp_path):
    target = WITHOUT_PROOF[kind](tmp_path / "target")
    package = package_of(tmp_path / "p", {"list": VICTIMS})
    other = clearing.clear(package_of(tmp_path / "other", PLAIN)).proof
    kept = State(package.name, "1", digest=package.digest)
    with pytest.raises(ClearanceError, match="not the package that was cleared"):
        target.stage(package, other).__enter__()
    with pytest.raises(ClearanceError, match="not the package that was cleared"):
        target.restore(kept, other, "")
    with pytest.raises((TypeError, AttributeError)):
        target.stage(package, None).__enter__()
    with pytest.raises((TypeError, AttributeError)):
        target.restore(kept, None, "")
    assert not (tmp_path / "target").exists()


def test_a_proof_is_made_by_clearance_alone():
    with pytest.raises(TypeError, match=r"made by hxl_kit\.clearance"):
        Cleared("0" * 64, object())


def calls(name):
    """The files of hxl_kit that call a function or method of this name."""
    found = set()
    texts = {file: file.read_text("utf-8") for file in ROOT.rglob("*.py")}
    for file in (file for file, text in texts.items() if f"{name}(" in text):
        named = (n.func for n in ast.walk(ast.parse(texts[file])) if isinstance(n, ast.Call))
        if name in (getattr(func, "attr", getattr(func, "id", "")) for func in named):
            found.add(file.relative_to(ROOT).as_posix())
    return found


def test_only_publishing_writes_and_only_clearance_clears():
    assert calls("commit") == {"publishing/applying.py"}
    staging = {file for file in calls("stage") if not file.startswith("package/")}
    assert staging == {"publishing/applying.py"}
    assert calls("restore") == {"publishing/undoing.py"}
    assert calls("Cleared") == {"clearance/outcome.py"}
    assert calls("proven") == {"clearance/clearing.py"}


def test_a_target_can_do_nothing_else_that_writes():
    """Whoever adds a method that writes decides here how it is cleared."""
    reads = {"text", "datasets", "describe", "history", "faults", "opened", "fetch"}
    reads |= {"problems", "file_changes", "edits", "reverts", "examine", "offered", "publisher"}
    serves, nothing_new = {"stage", "commit", "restore"}, {"withdraw", "repair"}
    methods = {name for name in vars(Target) if not name.startswith("_")}
    assert methods == reads | serves | nothing_new
    assert list(inspect.signature(Target.stage).parameters) == ["self", "package", "cleared"]
    assert list(inspect.signature(Target.restore).parameters) == ["self", "state", "cleared", "pin"]
