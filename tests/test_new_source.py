"""A new source is one module and one sample folder: no other file needs an edit."""

import os
import shutil
import subprocess
import sys

import pytest

NEW = "front_line_monitor"
COPIED = ("hxl_kit", "schemas", "scripts", "docs", "tests", "pyproject.toml", "README.md")


@pytest.fixture(scope="module")
def checkout(request, tmp_path_factory):
    """A copy of the project, without its built packages."""
    folder = tmp_path_factory.mktemp("checkout")
    skipped = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in COPIED:
        path = request.config.rootpath / name
        if path.is_dir():
            shutil.copytree(path, folder / name, ignore=skipped)
        else:
            shutil.copy(path, folder / name)
    return folder


def run(checkout, *arguments):
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        encoding="utf-8",
    )


def contents(checkout):
    return {
        path.relative_to(checkout).as_posix(): path.read_bytes()
        for path in checkout.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def written(checkout):
    """What writing the skeleton added and changed."""
    before = contents(checkout)
    done = run(checkout, "scripts/new_source.py", NEW)
    assert done.returncode == 0, done.stderr
    after = contents(checkout)
    return after.keys() - before.keys(), {p for p in before if after.get(p) != before[p]}


def test_only_new_files_and_no_other_is_changed(written):
    added, changed = written
    assert changed == set()
    places = {f"hxl_kit/sources/{NEW}.py", f"docs/sources/{NEW}.md"}
    assert places <= added
    assert all(path.startswith(f"tests/data/sources/{NEW}/") for path in added - places)


@pytest.mark.usefixtures("written")
def test_new_source_is_listed_and_normalises(checkout, tmp_path):
    listed = run(checkout, "-m", "hxl_kit", "sources")
    assert NEW in listed.stdout
    sample = f"tests/data/sources/{NEW}/sample.csv"
    done = run(checkout, "-m", "hxl_kit", "normalise", sample, "--source", NEW, "-o", str(tmp_path / "out"))
    assert done.returncode == 1, done.stderr
    assert "4 rows, 3 accepted, 1 rejected" in done.stdout
    known = run(checkout, "-m", "hxl_kit", "describe", sample)
    assert f"is the source {NEW}" in known.stdout


@pytest.mark.usefixtures("written")
def test_new_source_passes_the_tests_of_every_source(checkout):
    done = run(
        checkout, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_sources.py",
        "-k", f"{NEW} or samples_that_show or kept_for_inputs",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:]
    assert "no tests ran" not in done.stdout
    assert run(checkout, "scripts/docs.py", "--check").returncode == 0


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("given", [NEW, "ucdp_ged", "Bad Id", "class"])
def test_taken_and_impossible_ids_are_refused(checkout, given):
    before = contents(checkout)
    done = run(checkout, "scripts/new_source.py", given)
    assert done.returncode == 2
    assert "exists already" in done.stderr or "is no id" in done.stderr
    assert contents(checkout) == before
