"""Reports for CI: JUnit, SARIF and GitHub's annotations."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from reports_for_tests import EVENTS, NASTY, clean, faulty, few, issue, reports, table, texts

from hxl_kit.reporting import github, junit, sarif
from hxl_kit.reporting.locations import Position, column_of, from_root, locations
from hxl_kit.reporting.words import visible
from hxl_kit.validation.report import Report, TableFile, cell_address

SARIF = json.loads((Path(__file__).parent / "data/sarif/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))


def read_sarif(*given_reports, language="en"):
    """The one run of a SARIF log that its schema accepts."""
    log = json.loads(sarif.render(given_reports, language))
    errors = [error.message for error in Draft202012Validator(SARIF).iter_errors(log)]
    assert errors == []
    (run,) = log["runs"]
    return run


def read_junit(*given_reports):
    return ET.fromstring(junit.render(given_reports, "en"))  # noqa: S314 - our own


# Where findings are


def located(path, *cells, **more):
    """The positions of cells (row, column) of a table."""
    issues = tuple(
        issue("type-error", "error", row, message="x", resource="t")
        if not column
        else replace(
            issue("type-error", "error", row, message="x", resource="t"), cell=cell_address(row, column)
        )
        for row, column in cells
    )
    report = Report((str(path),), issues, 1, 1000, Counter(), {"t": TableFile(path, **more)})
    found = locations(report)
    return [found.position(each) for each in issues]


def test_a_cell_is_found_below_cells_of_several_lines(tmp_path):
    path = table(tmp_path)
    assert located(path, (4, 3), (5, 1), (5, 3), (6, 0), (8, 1)) == [
        Position(4, 18),
        Position(5, 1),
        Position(6, 7),
        Position(7, 1),
        Position(9, 1),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_columns_count_characters_whatever_the_encoding(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes("name,n\nالأول,1\nالثاني,2\n".encode(encoding))
    assert located(path, (2, 2), (3, 2)) == [Position(2, 7), Position(3, 8)]


def test_a_cell_beyond_the_record_is_shown_at_its_last(tmp_path):
    assert located(table(tmp_path), (6, 3)) == [Position(7, 4)]


def test_blank_lines_and_quotes_count_as_the_reader_counts_them(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('a;b\n\n"say ""x;y""";2\r\n3;"4"\n', encoding="utf-8")
    assert located(path, (3, 2), (4, 2)) == [Position(3, 15), Position(4, 3)]


@given(
    st.lists(
        st.tuples(*[st.text("a\"',;\né ", max_size=6)] * 2),
        min_size=1,
        max_size=8,
    )
)
def test_the_line_and_column_are_those_of_the_cell(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("t") / "t.csv"
    quoted = [[f'"{cell.replace(chr(34), 2 * chr(34))}"' for cell in row] for row in rows]
    text = "one,two\n" + "".join(",".join(row) + "\n" for row in quoted)
    path.write_text(text, encoding="utf-8")
    lines = text.split("\n")
    for number, (row, found) in enumerate(
        zip(quoted, located(path, *[(n + 2, 2) for n in range(len(rows))]), strict=True)
    ):
        assert found is not None, number
        rest = "\n".join([lines[found.line - 1][found.column - 1 :], *lines[found.line :]])
        assert rest.startswith(f"{row[1]}\n")


def test_files_without_lines_have_no_position(tmp_path):
    packed = tmp_path / "t.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    parquet = tmp_path / "t.parquet"
    pl.DataFrame({"a": ["1"]}).write_parquet(parquet)
    assert located(packed, (2, 1)) == located(parquet, (2, 1)) == [None]
    assert located(tmp_path / "gone.csv", (2, 1)) == [None]


@given(st.integers(1, 10**6), st.integers(1, 16_384))
def test_column_of_reads_what_cell_address_writes(row, column):
    assert column_of(cell_address(row, column)) == column
    assert column_of("") == column_of("A") == column_of("7") == 0


def test_paths_are_from_the_root_of_the_repository(tmp_path, monkeypatch):
    (tmp_path / "deep").mkdir()
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path / "deep")
    assert from_root(Path("t.csv")) == Path("t.csv")
    assert from_root(tmp_path / "t.csv") == tmp_path / "t.csv"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert from_root(Path("t.csv")) == Path("deep/t.csv")
    assert from_root(Path("../t.csv")) == Path("t.csv")


# JUnit


def test_junit_counts_what_it_holds(tmp_path):
    root = read_junit(faulty(tmp_path), clean(tmp_path))
    for element in (root, *root):
        cases = element.findall(".//testcase")
        assert int(element.get("tests")) == len(cases)
        assert int(element.get("failures")) == len(element.findall(".//failure"))
    assert [suite.get("tests") for suite in root] == ["5", "1"]
    numbers = {each.get("name"): int(each.get("value")) for each in root[0].iter("property")}
    assert numbers == {"rows": 6, **faulty(tmp_path).counts}


def test_junit_fails_for_errors_alone(tmp_path):
    root = read_junit(faulty(tmp_path))
    failed = {case.get("name") for case in root.iter("testcase") if case.find("failure") is not None}
    assert failed == {"type-error", "row-cells", "profile"}
    case = next(case for case in root.iter("testcase") if case.get("name") == "primary-key")
    assert "A8 (events.csv, row 8, event_id): repeats the key of a row above" in case.findtext("system-out")
    assert "7 more" in case.findtext("system-out")


def test_junit_tells_all_errors_of_a_case_and_what_to_do_once(tmp_path):
    root = read_junit(faulty(tmp_path))
    (failure,) = [each for each in root.iter("failure") if each.get("type") == "type-error"]
    lines = failure.text.splitlines()
    assert [line.split(" ")[1] for line in lines[:2]] == ["C4", "C5"]
    assert len(lines) == 3
    assert failure.get("message") == lines[0]


def test_junit_fails_for_errors_of_which_only_the_number_is_known():
    report = Report(("p",), (), 1, 0, Counter({("error", "type-error", "t"): 5}))
    root = read_junit(report)
    assert root.get("failures") == "1"
    assert "5 more" in root.findtext(".//failure")


def test_junit_of_clean_paths_has_a_case_that_passes(tmp_path):
    assert read_junit(clean(tmp_path)).get("tests") == "1"
    assert read_junit(Report(("p",), (), 0, 1000)).get("tests") == "1"


@few
@given(report=reports())
def test_junit_is_well_formed_whatever_the_names(report):
    root = read_junit(report)
    assert root[0].get("name") == visible(report.paths[0])
    by_case = {(case.get("classname"), case.get("name")) for case in root.iter("testcase")}
    assert {visible(each.rule) for each in report.issues} <= {name for _, name in by_case}


# SARIF


def test_sarif_says_what_where_and_why(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    run = read_sarif(faulty(tmp_path), clean(tmp_path))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert rules["type-error"]["defaultConfiguration"]["level"] == "error"
    assert {"shortDescription", "fullDescription", "help"} <= rules["type-error"].keys()
    result = run["results"][1]
    assert (result["ruleId"], result["level"]) == ("type-error", "error")
    assert "row 5, fatalities (C5): is not of type integer" in result["message"]["text"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical == {
        "artifactLocation": {"uri": EVENTS, "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 6, "startColumn": 7},
    }
    assert [each["level"] for each in run["results"]] == ["error"] * 3 + ["warning", "error", "note"]


def test_sarif_rule_indexes_lead_to_the_rules(tmp_path):
    run = read_sarif(faulty(tmp_path))
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"])


def test_sarif_tells_what_it_leaves_out(tmp_path):
    notes = read_sarif(faulty(tmp_path))["invocations"][0]["toolExecutionNotifications"]
    assert "7 findings are counted and not listed" in notes[-1]["message"]["text"]
    assert len(read_sarif(clean(tmp_path))["invocations"][0]["toolExecutionNotifications"]) == 1


def test_sarif_has_fingerprints_where_issues_have_them(tmp_path):
    marked = faulty(tmp_path)
    marked = replace(
        marked, issues=tuple(replace(each, fingerprint=f"f{n}") for n, each in enumerate(marked.issues))
    )
    results = read_sarif(marked)["results"]
    assert [each["partialFingerprints"] for each in results] == [{"hxlKit/v1": f"f{n}"} for n in range(6)]
    assert "partialFingerprints" not in read_sarif(faulty(tmp_path))["results"][0]


def test_sarif_addresses_are_escaped(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    name = "a b%0A#é?.csv"
    path = table(tmp_path, name)
    report = replace(faulty(tmp_path), paths=(str(path),), tables={EVENTS: TableFile(path)})
    artifact = read_sarif(report)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert unquote(artifact["uri"]) == name
    assert not set(artifact["uri"]) & set(" #?é")
    monkeypatch.chdir(Path(path.anchor))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "elsewhere"))
    assert read_sarif(report)["results"]


def test_sarif_names_never_become_links(tmp_path):
    link = issue("type-error", "error", field="[click](https://example.org)")
    assert "](" not in read_sarif(faulty(tmp_path, link))["results"][-1]["message"]["text"]


@few
@given(report=reports())
def test_sarif_keeps_to_its_schema_whatever_the_names(report):
    assert len(read_sarif(report)["results"]) == len(report.issues)


# GitHub


def parsed(line):
    """A workflow command as GitHub's runner reads it: name, properties, message."""
    assert line.startswith("::")
    head, message = line[2:].split("::", 1)
    name, _, given_properties = head.partition(" ")
    properties = dict(each.split("=", 1) for each in given_properties.split(",") if each)
    return name, {key: unescaped(value) for key, value in properties.items()}, unescaped(message)


def unescaped(text):
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


@given(texts, st.dictionaries(st.sampled_from(("file", "title", "line")), texts.filter(bool)))
def test_github_commands_come_back_as_they_were(message, properties):
    line = github.command("error", message, properties)
    assert len(line.splitlines()) <= 1 or not {"\n", "\r"} & set(line)
    assert parsed(line) == ("error", properties, message)


@pytest.mark.parametrize("text", NASTY)
def test_github_commands_are_one_line(text):
    assert not {"\n", "\r"} & set(github.command("error", text, {"title": text}))


def test_github_has_one_annotation_for_each_finding(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    report = faulty(tmp_path)
    commands = [parsed(line) for line in github.render([report, clean(tmp_path)], "en").splitlines()]
    assert [name for name, _, _ in commands] == ["error"] * 4 + ["warning"] + ["notice"] * 2
    assert commands[0][1] == {"file": EVENTS, "line": "4", "col": "18", "title": "type-error: C4"}
    assert commands[0][2].splitlines()[0] == "fatalities: is not of type integer"
    assert "line" not in commands[3][1]


def test_github_tells_the_totals_and_what_it_will_not_show(tmp_path):
    notices = [parsed(line) for line in github.render([faulty(tmp_path)], "en").splitlines()]
    _, properties, message = next(each for each in notices if each[1].get("title") == "hxl-kit")
    assert "file" not in properties
    assert "errors: 4, warnings: 8, notes: 1" in message
    assert "GitHub shows the first 10 of each kind; the step's log has 6 of 13 findings" in message


def test_github_totals_are_among_the_notices_that_are_shown(tmp_path):
    notes = [issue("unknown-columns", "info", message="x") for _ in range(30)]
    lines = github.render([faulty(tmp_path, *notes)], "en").splitlines()
    first = next(line for line in lines if line.startswith("::notice"))
    assert "title=hxl-kit" in first


def test_github_is_silent_about_clean_paths(tmp_path):
    assert "::" not in github.render([clean(tmp_path)], "en")


@few
@given(report=reports())
def test_github_lines_are_all_commands_whatever_the_names(report):
    lines = github.render([report], "en").split("\n")
    if report.issues:
        assert len(lines) == len(report.issues) + 1
        assert {parsed(line)[0] for line in lines} <= {"error", "warning", "notice"}
