"""A part of the fault matrix: the faults that did harm to others' publications, each at the request where it did."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"
LASTING = 999

CELLS = [
    ("first", "package_show", 0, "html", "before", 1),
    ("first", "package_create", 0, "502", "after", 1),
    ("first", "package_create", 0, "reset", "after", LASTING),
    ("first", "package_revise", 0, "503", "before", LASTING),
    ("first", "package_revise", 0, "truncated", "after", 1),
    ("first", "package_revise", 0, "corrupt-upload", "after", 1),
    ("first", "package_revise", 0, "kill -9", "after", 1),
    ("update", "package_revise", 0, "403", "before", 1),
    ("update", "package_revise", 0, "reset", "after", 1),
    ("update", "package_revise", 0, "dropped-upload", "after", 1),
    ("update", "package_revise", 0, "corrupt-upload", "after", LASTING),
    ("update", "package_revise", 0, "kill -9", "after", 1),
    ("update", "download", 0, "short-download", "after", 1),
    ("update", "download", 0, "html-download", "after", LASTING),
]


@pytest.fixture(scope="module")
def bench(sandbox, tmp_path_factory):
    """Where cells are run."""
    sys.path.insert(0, str(SCRIPTS))
    from faults.runs import Bench
    from faults.server import Server

    server = Server(sandbox.url, sandbox.key, sandbox.organisation, sandbox.maintainer, sandbox.folder)
    yield Bench(server, tmp_path_factory.mktemp("matrix"))
    sys.path.remove(str(SCRIPTS))


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: " ".join(map(str, cell)))
def test_a_fault_leaves_the_old_version_or_the_new_and_a_clean_run_completes(bench, cell):
    from faults.cells import Cell

    judged = bench.judge(Cell(*cell))
    assert judged.wrong == []


def test_the_matrix_strikes_every_request_of_a_publication_and_both_sides_of_its_writes(bench):
    from faults.cells import WRITES, cells_of

    asked = bench.requests_of("first")
    cells = list(cells_of("first", asked, each=True))
    assert {cell.action for cell in cells} == set(asked) > WRITES
    struck = {(cell.action, cell.skip) for cell in cells}
    assert len(struck) == len(asked)
    assert {(c.action, c.when) for c in cells if c.fault == "502"} >= {
        (action, when) for action in WRITES for when in ("before", "after")
    }


def test_a_cell_is_bad_where_the_public_gets_files_of_two_versions(bench, monkeypatch):
    from faults.cells import Cell

    real = type(bench.server).public
    monkeypatch.setattr(
        type(bench.server), "public", lambda self, name: (real(self, name) or [("events.csv", b"")])[:1]
    )
    judged = bench.judge(Cell("first", "package_show", 0, "502", "before"))
    assert any("do not belong together" in word for word in judged.wrong)
