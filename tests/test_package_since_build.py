"""What an author changed after a package was built keeps it from being published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from hxl_kit.errors import DataError
from hxl_kit.package.author import read_package_yaml
from hxl_kit.package.build import build_package
from hxl_kit.package.since_build import changed_inputs, changed_words
from hxl_kit.publishing import make_plan
from hxl_kit.reading.packages import read_package
from hxl_kit.targets import parse_target

PACKAGE = Path(__file__).parents[1] / "datapackages" / "nw-syria-2024"
FIGURE = ("inputs/casualties.csv", "over 80,", "over 90,")


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(PACKAGE, tmp_path / PACKAGE.name)


def change(folder, name, old, new):
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def told(folder):
    package = read_package(folder)
    return [*changed_inputs(package), *changed_words(package)]


def test_nothing_is_told_of_a_package_as_it_was_built(folder):
    assert told(folder) == []
    change(folder, "package.yaml", "name:", "# a remark\nname:")
    assert told(folder) == []


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (FIGURE, "inputs/casualties.csv: was changed after the package was built"),
        (("package.yaml", "\ntitle: ", "\ntitle: New "), "package.yaml: says another `title` than the package"),
        (("package.yaml", "sensitivity: low", "sensitivity: high"), "package.yaml: says another `sensitivity` than the package"),
        (("package.yaml", "\n  - casualties\n", "\n"), "package.yaml: says another `keywords` than the package"),
        (("package.yaml", "inputs:\n", "homepage: https://example.org\ninputs:\n"), "package.yaml: says another `homepage` than the package"),
        (("package.yaml", "  - path: inputs/claims.csv\n    table: claims\n", ""), "package.yaml: an input was taken out"),
        (("package.yaml", "version:", "versoin:"), "package.yaml: "),
    ],
)  # fmt: skip
def test_what_was_changed_is_told(folder, edit, sentence):
    change(folder, *edit)
    assert any(line.startswith(sentence) for line in told(folder))


def test_what_is_not_there_is_not_missed(folder):
    (folder / "inputs" / "claims.csv").unlink()
    assert told(folder) == []
    change(folder, *FIGURE)
    assert len(told(folder)) == 1
    (folder / "package.yaml").unlink()
    assert told(folder) == []


def test_packages_of_others_are_no_concern(folder):
    change(folder, *FIGURE)
    path = folder / "datapackage.json"
    described = json.loads(path.read_text(encoding="utf-8"))
    for provenance in ({"tool": "another"}, "by hand", None):
        path.write_text(json.dumps(described | {"provenance": provenance}), encoding="utf-8")
        assert told(folder) == []
    path.write_text(
        json.dumps(described | {"provenance": {"tool": "hxl_kit", "inputs": ["?"]}}), encoding="utf-8"
    )
    assert len(told(folder)) == 6


def test_a_corrected_figure_is_not_passed_over_by_a_plan(folder, tmp_path):
    target = parse_target(f"catalogue:{tmp_path / 'catalogue'}")
    change(folder, *FIGURE)
    with pytest.raises(DataError, match="build the package again") as caught:
        make_plan(read_package(folder), target)
    assert "inputs/casualties.csv: was changed after the package was built" in str(caught.value)
    build_package(read_package_yaml(folder), folder)
    assert make_plan(read_package(folder), target).changes


def test_other_words_are_told_and_keep_nothing_back(folder, tmp_path, cli):
    to = (str(folder), "--to", f"catalogue:{tmp_path / 'catalogue'}")
    change(folder, "package.yaml", "\ntitle: ", "\ntitle: New ")
    told = f"{folder}: package.yaml: says another `title` than the package; what it says is published after a build\n"
    planned, published = cli("plan", *to), cli("publish", *to, "--yes")
    assert (planned.code, planned.err) == (0, told)
    assert (published.code, published.err.startswith(told)) == (0, True)
