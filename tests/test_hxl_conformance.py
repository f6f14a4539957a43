"""libhxl's recorded answers (`data/hxl_conformance.json`), and where hxl_kit differs on purpose.

The inputs come from libhxl's tests, which are in the public domain, and from cases written for the purpose.
"""

import csv
import doctest
import io
import json
from pathlib import Path

import pytest

from hxl_kit.errors import UsageError
from hxl_kit.reading.hashtags import find_hashtag_row
from hxl_kit.standard.tags import parse_cell, parse_pattern, parse_tag

CORPUS = json.loads((Path(__file__).parent / "data/hxl_conformance.json").read_text(encoding="utf-8"))

DIFFERENCES: dict[str, str] = {}
"""Case -> why hxl_kit answers differently; each has its line in docs/hxl.md. None of these cases needs one."""


def cases(kind):
    return [pytest.param(case, id=case["id"]) for case in CORPUS[kind] if case["id"] not in DIFFERENCES]


def test_every_difference_is_a_case():
    known = {
        case["id"] for kind in ("patterns", "column_specs", "parse", "csv_input") for case in CORPUS[kind]
    }
    assert DIFFERENCES.keys() <= known


@pytest.mark.parametrize("case", cases("patterns"))
def test_patterns(case):
    if "error" in case:
        with pytest.raises(UsageError):
            parse_pattern(case["pattern"])
        return
    pattern, parsed = parse_pattern(case["pattern"]), case["pattern_parsed"]
    assert pattern.matches(parse_tag(case["column_spec"])) is case["expected"]
    assert (pattern.hashtag, sorted(pattern.include), sorted(pattern.exclude)) == (
        parsed["tag"],
        sorted(parsed["include"]),
        sorted(parsed["exclude"]),
    )
    assert (pattern.absolute, pattern.wildcard) == (parsed["absolute"], parsed["wildcard"])


@pytest.mark.parametrize("case", cases("column_specs"))
def test_column_specs(case):
    assert _described(parse_tag(case["spec"])) == _expected(case["via_column_parse"])
    via_row = find_hashtag_row([["h1", "h2"], [case["spec"], "#known"]])
    assert [_described(tag) for tag in via_row.tags] == [_expected(column) for column in case["via_row"]]
    assert _described(parse_cell(case["spec"])) == _expected(case["via_row"][0])


@pytest.mark.parametrize("case", cases("parse"))
def test_parse(case):
    found, expected = find_hashtag_row(case["rows"]), case["expected"]
    if expected is None:
        assert found is None
        return
    assert found.index == expected["hashtag_source_row"]
    assert [str(tag or "") for tag in found.tags] == [column["display_tag"] for column in expected["columns"]]
    assert list(found.headers) == [column["header"] for column in expected["columns"]]
    assert found.data(case["rows"]) == expected["data_rows"]


@pytest.mark.parametrize("case", cases("csv_input"))
def test_csv_input(case):
    rows = _rows(case["bytes_latin1"].encode("latin-1").decode(case["encoding_option"]))
    found, expected = find_hashtag_row(rows), case["expected"]
    if expected is None:
        assert found is None
        return
    assert [str(tag or "") for tag in found.tags] == expected["display_tags"]
    assert list(found.headers) == expected["headers"]
    assert found.data(rows) == expected["data_rows"]


def _described(tag):
    return tag and (tag.hashtag, list(tag.attributes), str(tag), tag.sorted)


def _expected(column):
    if not column or column["tag"] is None:
        return None
    return column["tag"], column["attributes"], column["display_tag"], column["sorted_tag"]


def _rows(text):
    """The rows of a text in JSON or in any usual delimiter, of which the first to show hashtags is taken."""
    if text.startswith("["):
        records = json.loads(text)
        keys = list(dict.fromkeys(key for record in records for key in record))
        return [keys, *([record.get(key, "") for key in keys] for record in records)]
    readings = [list(csv.reader(io.StringIO(text, newline=""), delimiter=mark)) for mark in ",\t;:|"]
    return next((rows for rows in readings if find_hashtag_row(rows)), readings[0])


def test_the_examples_of_the_documentation():
    page = Path(__file__).parents[1] / "docs/hxl.md"
    failed, run = doctest.testfile(str(page), module_relative=False, encoding="utf-8")
    assert run > 0
    assert failed == 0
