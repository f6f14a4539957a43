"""What many tests share: the samples, a package built from them, and the command line in this process."""

from __future__ import annotations

import csv
import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from hxl_kit.cli import _run, state

ROOT = Path(__file__).parents[1]

# CI tries the same examples every time; at a desk each run tries new ones. How fast they come is no verdict.
settings.register_profile(
    "hxl_kit",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("hxl_kit")


@dataclass(frozen=True)
class Ran:
    """What a run of the command line left: exit code, stdout, stderr."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def ged_folder() -> Path:
    return ROOT / "tests/data/sources/ucdp_ged"


@pytest.fixture(scope="session")
def ged_file(ged_folder) -> Path:
    return ged_folder / "ged_231_49_columns.csv"


@pytest.fixture(scope="session")
def ged_rows(ged_file) -> list[dict[str, str]]:
    """The 38 rows of a real UCDP file, by column, as received."""
    with ged_file.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def built(ged_file, tmp_path_factory) -> Path:
    """The folder of a package built from the UCDP sample, with everything on; not to be changed."""
    from hxl_kit.package.author import Input, Options
    from hxl_kit.package.build import build_package
    from hxl_kit.package.provider import authored_by_source
    from hxl_kit.sources import source

    out = tmp_path_factory.mktemp("built") / "ucdp-sample"
    inputs = (Input(ged_file, source="ucdp_ged", release="23.1"),)
    authored = authored_by_source(source("ucdp_ged"), inputs, out, Options(xlsx=True))
    build_package(replace(authored, sensitivity="low"), out)
    return out


@pytest.fixture
def cli(monkeypatch, capsys):
    """Run `hxl-kit` in this process, as `main` does it."""

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["hxl-kit", *map(str, arguments)])
        monkeypatch.setattr(state, "debug", False)
        monkeypatch.setattr(state, "quiet", False)
        capsys.readouterr()
        code = _run()
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def sandbox():
    """A sandbox HDX of this process's own, started at its first use (tests/hdx_sandbox_for_tests.py)."""
    from hdx_sandbox_for_tests import started, stop

    running = started()
    yield running
    stop(running)


@pytest.fixture
def client(sandbox, tmp_path, monkeypatch):
    """hdx-python-api on its own, as its users call it, on the sandbox (tests/hdx_client_for_tests.py)."""
    from hdx_client_for_tests import hdx_python_api

    with hdx_python_api(sandbox, tmp_path, monkeypatch) as client:
        yield client


@pytest.fixture(autouse=True)
def _faults_end_with_their_test(request):
    """The sandbox misbehaves in the test that asked for it, and in no other."""
    running = request.getfixturevalue("sandbox") if "sandbox" in request.fixturenames else None
    yield
    if running:
        running.no_faults()


@pytest.fixture(scope="session")
def write_rows():
    """Write rows (dictionaries of the same keys) as a CSV file."""

    def write(path: Path, rows: list[dict[str, str]]) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write
