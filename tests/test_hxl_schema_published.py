"""The page on published data: findings counted by check and column, no cell shown, nothing left without a judgement."""

from __future__ import annotations

import csv
import importlib
import sys
from functools import partial
from pathlib import Path

import pytest

from hxl_kit.validation.catalogue import check_sets

ROOT = Path(__file__).parents[1]
TABLE = "Name,Reached\n#contact+name,#reached\nAmina of Exampletown ,10\nB ,many\nC,\n"


@pytest.fixture(scope="module")
def published_findings():
    """The script that writes the page."""
    sys.path.insert(0, str(ROOT / "scripts"))
    yield importlib.import_module("published_findings")
    sys.path.pop(0)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "MANIFEST.csv").write_text(
        "file,source_system\nlist.csv,Example Monitor\nplain.csv,x\nhxl/libhxl_a.csv,x\nbroken.xlsx,x\n",
        "utf-8",
    )
    (tmp_path / "list.csv").write_text(TABLE, "utf-8")
    (tmp_path / "plain.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "broken.xlsx").write_bytes(b"PK")
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch, published_findings):
    """Run the script with these judgements; returns its exit code and the page."""
    return partial(_run, folder, monkeypatch, published_findings)


def _run(folder, monkeypatch, script, *judged):
    judgements, page = folder / "judged.csv", folder / "page.md"
    with judgements.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("file", "check", "verdict", "why"), *judged])
    monkeypatch.setattr(sys, "argv", ["x", str(folder), "--page", str(page), "--judgements", str(judgements)])
    return script.main(), page.read_text("utf-8")


JUDGED = (
    ("list.csv", "count", "right", "A word is no count."),
    ("list.csv", "hxl-datatype", "right", "A word is no number."),
    ("list.csv", "hxl-whitespace", "right", "Blanks."),
    ("", "whitespace", "false", "Told twice."),
)


def test_findings_are_counted_and_judged(folder, run, published_findings):
    (folder / "page.md").write_text(f"# Title\n\nWords.\n\n{published_findings.MARK}\n\nbefore\n", "utf-8")
    code, page = run(*JUDGED)
    assert code == 0
    assert page.startswith("# Title\n\nWords.\n\n<!--")
    assert "before" not in page
    assert "| `list.csv` | Example Monitor | 3 | 2 (2) | 2 | 4 | 0 |" in page
    assert "| `hxl-datatype` | error | 1 | Reached | right | A word is no number. |" in page
    assert "| `whitespace` | warning | 2 | Name | false alarm | Told twice. |" in page
    assert "plain.csv" not in page
    assert "Amina" not in page
    assert "many" not in page


def test_what_is_not_judged_or_not_found_is_told(run, capsys):
    code, page = run(*JUDGED[:3], ("list.csv", "mojibake", "look", ""))
    assert code == 1
    told = capsys.readouterr().err
    assert "list.csv: whitespace: not judged" in told
    assert "list.csv: mojibake: judged, and not found" in told
    assert "not judged" in page


def test_the_judgements_are_of_known_kinds_and_in_the_page(published_findings):
    judged = published_findings.judgements(published_findings.JUDGEMENTS)
    page = published_findings.PAGE.read_text("utf-8")
    known = {check.slug for found in check_sets() for check in found.checks}
    assert judged
    for (file, check), (verdict, why) in judged.items():
        assert not file or f"## {file}\n" in page
        assert f"| `{check}` |" in page
        assert f"| {verdict} | {why} |" in page
        assert check in known
    assert "not judged" not in page
