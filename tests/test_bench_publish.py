"""What the benchmark of publishing makes: a package that may be published, and tables that differ."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from hxl_kit.clearance.clearing import clear
from hxl_kit.publishing import publishing_problems
from hxl_kit.reading.packages import read_package

SCRIPTS = Path(__file__).parents[1] / "scripts"
SIZE = 50_000


@pytest.fixture(scope="module")
def made():
    """The script that makes packages and tables."""
    sys.path.insert(0, str(SCRIPTS))
    yield importlib.import_module("bench_hdx.made")
    sys.path.remove(str(SCRIPTS))


def test_the_package_is_of_the_size_asked_for_and_nothing_speaks_against_its_publication(made, tmp_path):
    package = read_package(made.write_package(tmp_path / "package", "made-up", SIZE))
    assert publishing_problems(package) == []
    assert (tmp_path / "package" / made.TABLE).stat().st_size >= SIZE
    cleared = clear(package)
    assert cleared.refusals == ()
    assert cleared.proof


def test_the_small_tables_have_rows_of_their_own(made):
    first, second = (made.small_table(number).decode().splitlines() for number in (0, 1))
    assert first[0] == second[0]
    assert len(first) == made.SMALL_ROWS + 1
    assert not {*first[1:]} & {*second[1:]}
