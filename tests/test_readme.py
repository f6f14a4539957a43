"""The README's examples run, in order, in a folder of their own."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A copy of what the examples refer to."""
    place = tmp_path_factory.mktemp("readme")
    for name in ("datapackages", "tests/data/sources", "tests/data/screening"):
        shutil.copytree(ROOT / name, place / name)
    return place


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[tuple[str, str]]:
    """Every `$ command` of the console blocks with the output that the README shows for it."""
    found = []
    for block in blocks("console"):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            found.append((command, output))
    return found


def test_commands_of_the_readme_run_and_print_what_it_shows(folder, cli, monkeypatch):
    monkeypatch.chdir(folder)
    assert len(commands()) >= 8
    for command, expected in commands():
        words = re.findall(r'"[^"]*"|\S+', command)
        assert words[0] == "hxl-kit"
        arguments = [word.strip('"') for word in words[1:]]
        ran = cli(*arguments)
        # The sums that the README asks for are refused in part, and the list of people is stopped.
        assert ran.code == int(bool({"summarise", "screen"} & {*words})), f"{command}\n{ran.err}"
        if expected:
            assert ran.out == expected


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # libhxl leaves its file open
def test_python_of_the_readme_runs(folder, monkeypatch):
    monkeypatch.chdir(folder)
    if not Path("p").exists():
        build = [sys.executable, "-m", "hxl_kit", "build", "datapackages/nw-syria-2024", "-o", "p"]
        subprocess.run(build, check=True, capture_output=True)
    results = [run(block) for block in blocks("python")]
    assert len(results) == 4
    assert all(result is not None and len(result) > 0 for result in results)


def run(block: str):
    """Run a block; return the value of its last line."""
    *statements, last = block.strip().split("\n")
    names: dict = {}
    exec("\n".join(statements), names)  # noqa: S102 - the README is ours
    return eval(last, names)  # noqa: S307 - as above


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_of_the_readme_runs(folder):
    if not (folder / "p").exists():
        build = [sys.executable, "-m", "hxl_kit", "build", "datapackages/nw-syria-2024", "-o", "p"]
        subprocess.run(build, check=True, capture_output=True, cwd=folder)
    (block,) = blocks("r")
    done = subprocess.run(["Rscript", "-e", block], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "killed" in done.stdout


def test_links_of_the_readme_lead_somewhere():
    paths = re.findall(r"\]\((?!https?:)([^)#]+)", README)
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
