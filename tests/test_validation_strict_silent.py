"""What a descriptor does in silence is told."""

import json

import pytest

from hxl_kit.errors import InputError
from hxl_kit.package.row_diff import read_text
from hxl_kit.validation.engine import validate


def warned(folder, resource):
    (folder / resource["path"]).write_text("n,t\n1,x\n2,y\n")
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"name": "p", "resources": [{"name": "t", **resource}]}))
    report = validate(path, ["strict"], limit=20)
    return [(issue.rule, issue.severity, issue.field) for issue in report.issues]


def schema(kind, missing):
    return {"fields": [{"name": "n", "type": kind}, {"name": "t"}], "missingValues": missing}


@pytest.mark.parametrize("missing", [["", "1", "2"], ["0"], ["+5"], ["1.5"]])
def test_numbers_that_are_called_missing_are_told(tmp_path, missing):
    told = warned(tmp_path, {"path": "t.csv", "schema": schema("integer", missing)})
    assert told == [("missing-numbers", "warning", "n")]


@pytest.mark.parametrize("missing", [[""], ["-"], ["-99"], ["99", "9999", "999.0"], ["NA", "n/a"]])
def test_signs_of_providers_are_not(tmp_path, missing):
    assert warned(tmp_path, {"path": "t.csv", "schema": schema("integer", missing)}) == []


def test_texts_may_call_numbers_missing(tmp_path):
    assert warned(tmp_path, {"path": "t.csv", "schema": schema("string", ["1"])}) == []


def test_a_format_that_nothing_reads_is_told(tmp_path):
    resource = {"path": "t.xyz", "format": "xyz", "schema": schema("integer", [""])}
    assert warned(tmp_path, resource) == [("not-checked", "warning", "")]
    assert warned(tmp_path, {**resource, "type": "file"}) == []


@pytest.mark.parametrize("dialect", [{"quoteChar": "''"}, {"delimiter": "||"}, {"delimiter": "،"}])
def test_rows_of_an_odd_dialect_are_not_compared(tmp_path, dialect):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="one ASCII character"):
        read_text(tmp_path / "t.csv", {"name": "t", "path": "t.csv", "dialect": dialect})
