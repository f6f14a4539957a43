"""What all formats of reports have in common, and the two that people and programs read first: text and JSON."""

import json
import os
import stat
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from reports_for_tests import EVENTS, NASTY, SECRET, clean, faulty, few, issue, reports

from hxl_kit.errors import UsageError
from hxl_kit.reporting.format import formats, require_place, write_report
from hxl_kit.reporting.words import kinds, visible
from hxl_kit.standard.messages import message_languages
from hxl_kit.validation.report import Report

TEXTUAL = sorted(name for name, each in formats().items() if not each.binary)


def render(name, *given_reports, language="en"):
    return formats()[name].render(given_reports, language)


def test_formats_are_found_by_being_there():
    assert {"github", "html", "json", "junit", "sarif", "text", "xlsx"} <= set(formats())
    assert all(each.title and each.suffix.startswith(".") for each in formats().values())
    assert [name for name, each in formats().items() if each.private] == ["xlsx"]


def test_listing_the_formats_imports_nothing_heavy():
    program = (
        "import sys; from hxl_kit.reporting.format import formats; formats();"
        "print(sorted({'polars', 'jinja2', 'xlsxwriter', 'pyarrow'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_unknown_format_is_refused_with_the_nearest():
    with pytest.raises(UsageError, match="junit"):
        require_place("jUnitt", None)


def test_rows_are_never_written_to_stdout(tmp_path):
    with pytest.raises(UsageError, match=r"holds rows of the data.*-o report\.xlsx"):
        require_place("xlsx", None)
    assert require_place("xlsx", tmp_path / "r.xlsx").private
    assert require_place("text", None).name == "text"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_private_report_is_for_its_owner_alone(tmp_path):
    out = tmp_path / "rows.xlsx"
    out.write_bytes(b"old")
    out.chmod(0o666)
    write_report(formats()["xlsx"], b"content", out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == [out]


def test_a_text_report_ends_with_one_line_end(tmp_path):
    write_report(formats()["text"], "a\n\n", tmp_path / "deep" / "r.txt")
    assert (tmp_path / "deep" / "r.txt").read_bytes() == b"a\n"


@pytest.mark.parametrize("name", TEXTUAL)
@pytest.mark.parametrize("language", message_languages())
def test_no_cell_is_in_any_textual_format(tmp_path, name, language):
    text = render(name, faulty(tmp_path), clean(tmp_path), language=language)
    assert SECRET not in text
    for cell in ("twelve", "=1+1", "Aleppo", "e2,"):
        assert cell not in text


@pytest.mark.parametrize("name", TEXTUAL)
@few
@given(report=reports())
def test_any_names_give_printable_text(name, report):
    text = render(name, report)
    text.encode()
    assert all(c.isprintable() or c in "\n\u00a0\u202f" for c in text)


@pytest.mark.parametrize("name", TEXTUAL)
def test_the_same_report_gives_the_same_text(tmp_path, name):
    report = faulty(tmp_path)
    assert render(name, report) == render(name, report)


@pytest.mark.parametrize("text", NASTY)
def test_visible_text_is_one_printable_line(text):
    assert visible(text).isprintable()


def test_visible_keeps_what_hides_nothing():
    assert visible("Idlib – إدلب\u00a0: é") == "Idlib – إدلب\u00a0: é"
    assert visible("a\u200fb\x1b\ud800") == "a\\u200fb\\x1b\\ud800"


def test_kinds_are_sorted_by_severity_and_count_everything(tmp_path):
    found = [(kind.severity, kind.slug, kind.total) for kind in kinds(faulty(tmp_path))]
    assert found == [
        ("error", "type-error", 2),
        ("error", "profile", 1),
        ("error", "row-cells", 1),
        ("warning", "primary-key", 8),
        ("info", "unknown-columns", 1),
    ]


def test_text_says_what_where_and_what_to_do(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    report = faulty(tmp_path)
    lines = render("text", report, clean(tmp_path)).splitlines()
    assert lines[0] == f"{tmp_path / EVENTS}: INVALID (rows: 6, errors: 4, warnings: 8, notes: 1)"
    start = lines.index("  error type-error (2): is not of type integer")
    assert lines[start + 1 : start + 3] == [
        "    C4  events.csv, row 4, fatalities",
        "    C5  events.csv, row 5, fatalities",
    ]
    assert lines[start + 3].startswith("    What to do: ")
    assert sum("What to do" in line for line in lines) == 5
    assert "    … and 7 more" in lines
    assert f"{tmp_path / 'clean.csv'}: valid (rows: 1, errors: 0, warnings: 0, notes: 0)" in lines
    assert lines[-1] == "paths: 2, of them invalid: 1, rows: 7, errors: 4, warnings: 8, notes: 1"


def test_text_shows_the_words_of_each_example_where_they_differ(tmp_path):
    issues = [
        issue("outside", "warning", row, "admin1_name", "lies outside {country}", params={"country": code})
        for row, code in ((3, "SYR"), (4, "TUR"))
    ]
    text = render("text", Report(("t.csv",), tuple(issues), 2, 1000, Counter()))
    assert "    B3  events.csv, row 3, admin1_name: lies outside SYR" in text
    assert "    B4  events.csv, row 4, admin1_name: lies outside TUR" in text


def test_text_of_a_clean_path_is_one_line(tmp_path):
    assert len(render("text", clean(tmp_path)).splitlines()) == 1


def test_text_ends_with_the_verdict(tmp_path):
    lines = render("text", faulty(tmp_path)).splitlines()
    assert lines[-1] == lines[0]


def test_text_fits_a_terminal(tmp_path):
    long = issue("profile", "error", message="word " * 80, resource="")
    assert max(map(len, render("text", faulty(tmp_path, long)).splitlines()[1:-1])) <= 96


def test_json_is_the_documented_object_and_a_list_for_several_paths(tmp_path):
    report = faulty(tmp_path)
    assert json.loads(render("json", report)) == report.as_json("en")
    both = json.loads(render("json", report, clean(tmp_path)))
    assert [each["valid"] for each in both] == [False, True]


@few
@given(report=reports())
def test_json_holds_every_name_as_it_is(report):
    read = json.loads(render("json", report))
    assert [each["field"] for each in read["issues"]] == [each.field for each in report.issues]
    assert read["counts"] == report.counts
