"""package.yaml: the sensitivity class and the waivers, what is wrong with them, and where they go."""

from __future__ import annotations

import pytest
from test_package_author import GOOD, problem, read

from hxl_kit.package.build import build_package
from hxl_kit.package.yaml_text import read_yaml
from hxl_kit.reading.packages import read_package
from hxl_kit.validation.profile import profile_issues
from hxl_kit.validation.waivers import Waiver

WAIVER = """
sensitivity: low
waivers:
  - rule: person-name
    resource: events
    column: actor1_name
    who: Head of office
    when: 2025-01-31
    why: Names of armed groups.
"""


def test_the_class_and_the_waivers_are_read(tmp_path):
    authored = read(tmp_path, GOOD + WAIVER)
    assert authored.sensitivity == "low"
    assert authored.waivers == (
        Waiver(
            "person-name", "Head of office", "2025-01-31", "Names of armed groups.", "events", "actor1_name"
        ),
    )
    assert read(tmp_path, GOOD + WAIVER.replace("2025-01-31", "'2025-01-31'")) == authored


def test_a_package_may_be_built_without_them(tmp_path):
    authored = read(tmp_path, GOOD)
    assert (authored.sensitivity, authored.waivers) == ("", ())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("sensitivity: low", "sensitivity: lo", "no class 'lo'; did you mean 'low'?; the classes are low,"),
        ("sensitivity: low", "sensitivity:", "sensitivity: must be of type string"),
        ("rule: person-name", "rule: person-nam", "waivers[0].rule: no rule 'person-nam'; did you mean"),
        ("rule: person-name", "rule: access", "waivers[0].rule: 'access' cannot be waived"),
        ("rule: person-name", "rule: sensitivity-class", "waivers[0].rule: 'sensitivity-class' cannot be"),
        ("when: 2025-01-31", "when: 2999-01-31", "waivers[0].when: 2999-01-31 is in the future"),
        ("when: 2025-01-31", "when: last week", "waivers[0].when: is not a day"),
        ("when: 2025-01-31", "when: 2025-01-31 10:00:00", "waivers[0].when: is not a day"),
        ("who: Head of office", "who: ' '", "waivers[0].who: is empty"),
        ("why: Names of armed groups.", "why: ''", "waivers[0].why: is empty"),
        ("    why: Names of armed groups.\n", "", "waivers[0]: 'why' is missing"),
        ("column:", "colum:", "waivers[0]: unknown key 'colum'; did you mean 'column'?"),
    ],
)
def test_what_is_wrong_is_named_at_once(tmp_path, old, new, said):
    assert said in problem(tmp_path, (GOOD + WAIVER).replace(old, new))


def test_both_go_into_the_descriptor(tmp_path):
    row = "source_id,source_type,redistribution,access\nours,ngo,attribution,public\n"
    (tmp_path / "sources.csv").write_text(row)
    mine = GOOD.replace("data/ged.csv", "sources.csv").replace("source: ucdp_ged", "table: sources")
    build_package(read(tmp_path, mine.replace('    release: "24.1"\n', "") + WAIVER), tmp_path / "out")
    described = read_package(tmp_path / "out").descriptor
    assert described["sensitivity"] == "low"
    assert described["waivers"] == [
        {"rule": "person-name", "who": "Head of office", "when": "2025-01-31"}
        | {"why": "Names of armed groups.", "resource": "events", "column": "actor1_name"}
    ]
    assert profile_issues(described) == []


def test_init_asks_for_the_class_and_names_none(cli, ged_file, tmp_path):
    ran = cli("init", ged_file, "-o", tmp_path / "mine")
    assert "the sensitivity class, without which nothing is published" in ran.err
    path = tmp_path / "mine" / "package.yaml"
    assert "sensitivity" not in read_yaml(path)
    text = path.read_text("utf-8")
    assert all(f"#   {name}" in text for name in ("low", "moderate", "high", "severe"))
    assert "\n# sensitivity:" in text
