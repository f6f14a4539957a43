"""What screening finds in the samples, in what becomes of them and in forms is what people have judged it to be."""

import csv
import importlib
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "tests/data/sources"
SOURCES = sorted(folder.name for folder in SAMPLES.iterdir() if folder.is_dir())


@pytest.fixture(scope="module")
def findings():
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        yield importlib.import_module("screened_findings")
    finally:
        sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def judged(findings):
    return findings.judgements()


@pytest.mark.parametrize("source_id", SOURCES)
def test_samples_raise_what_was_judged_and_nothing_else(source_id, findings, judged):
    listed = {SAMPLES / one.file for one in judged if one.what == findings.SAMPLE}
    files = sorted(f for f in (SAMPLES / source_id).iterdir() if f.is_file() and f.stem != "README")
    chosen = [files[0], *(f for f in files[1:] if f in listed)]  # the script screens them all
    looked = [findings.looked_at(findings.SAMPLE, f"{source_id}/{f.name}", f) for f in chosen]
    assert findings.problems(looked, judged) == []


@pytest.mark.parametrize("source_id", SOURCES)
def test_tables_made_of_a_source_are_not_stopped(source_id, findings, judged):
    made = sorted(SAMPLES.glob(f"{source_id}/expected/*/*.csv"))
    largest = {table.name: table for table in sorted(made, key=lambda table: table.stat().st_size)}
    found = findings.tables_of(source_id, largest.values()).found
    assert largest
    assert [one for one in found if one.severity == "error"] == []


def test_reference_packages_and_forms_raise_what_was_judged(findings, judged, tmp_path):
    package = findings.looked_at(findings.REFERENCE, "nw-syria-2024", ROOT / "datapackages" / "nw-syria-2024")
    form = next(findings.filled_forms(tmp_path))
    looked = [package, findings.looked_at(findings.FORM, form.name, form)]
    assert findings.problems(looked, judged) == []


def test_what_nobody_judged_what_is_gone_and_what_is_stopped_is_told(findings):
    known = findings.Found("files", "a.csv", "person-name", "name", "10–99", "error")
    new = findings.Found("packages of files", "a.csv", "person-id", "events, id", "1", "error")
    elsewhere = findings.Found("files", "not-looked-at.csv", "person-name", "name", "1", "error")
    judged = dict.fromkeys((known, elsewhere), findings.Judged("right", "A list of staff."))
    looked = [findings.Looked("files", "a.csv", ()), findings.Looked("packages of files", "a.csv", (new,))]
    assert [one.split(":")[0] for one in findings.problems(looked, judged)] == [
        "not judged",
        "judged, and not found",
        "a package of a source is stopped",
    ]
    assert findings.problems([findings.Looked("files", "a.csv", (known,))], judged) == []


def test_a_finding_that_gets_graver_or_moves_is_a_new_one(findings, tmp_path):
    file = tmp_path / "staff.csv"
    rows = [("Name of staff", "Phone"), ("Amina Example", "+249912345678"), ("Omar Sample", "+249912345679")]
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows(rows)
    looked = findings.looked_at("files", "staff.csv", file)
    assert {(one.rule, one.place, one.rows, one.severity) for one in looked.found} == {
        ("person-name", "Name of staff", "2–9", "error"),
        ("person-phone", "Phone", "2–9", "error"),
    }
    assert "Amina" not in findings.table([looked], {})


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "1"), (1, "1"), (2, "2–9"), (99, "10–99"), (100, "100–999"), (1000, "1,000 or more")],
)
def test_classes_of_counts(count, words, findings):
    assert findings.count_class(count) == words


def test_every_judgement_says_why_and_packages_of_sources_have_no_error(findings, judged):
    assert {one.judgement for one in judged.values()} <= set(findings.JUDGED)
    assert all(len(one.why.split()) >= 3 for one in judged.values())
    assert [one for one in judged if one.what in findings.OF_SOURCES and one.severity == "error"] == []


def test_page_has_every_finding_that_was_judged(findings, judged):
    page = findings.PAGE.read_text(encoding="utf-8")
    lines = set(page.splitlines())
    missing = [one for one, said in judged.items() if findings._line(one, said).rstrip("\n") not in lines]
    assert missing == []
