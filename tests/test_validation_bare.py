"""Bare tables and packages of others as people make them: columns by common names, totals, no header."""

import csv
import json

import pytest

from hxl_kit.errors import InputError
from hxl_kit.validation.engine import validate

EVENT = {
    "event_id": "E1",
    "event_type": "battle",
    "date_start": "2024-03-01",
    "location_code": "SYR",
    "admin2_name": "Idleb",
    "place_name": "Idleb",
    "latitude": "35.93",
    "longitude": "36.63",
    "fatalities": "2",
}
"""Fields of the table events, more than half of each table here."""

TAGS = {
    "event_id": "#event+id",
    "date_start": "#date+start",
    "location_code": "#country+code",
    "admin2_name": "#adm2+name",
    "place_name": "#loc+name",
    "latitude": "#geo+lat",
    "longitude": "#geo+lon",
    "fatalities": "#affected+killed",
    "adm2_pcode": "#adm2+code",
}


def write(path, header, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def found(path, checks=("all",)):
    return sorted((i.rule, i.severity, i.cell) for i in validate(path, checks, limit=100).issues)


def faults(path):
    return [(rule, cell) for rule, severity, cell in found(path) if severity != "info"]


def test_a_common_name_of_a_field_is_checked_as_that_field_in_a_table_of_the_standard(tmp_path):
    table = write(
        tmp_path / "t.csv", [*EVENT, "adm2_pcode"], [*EVENT.values(), "SY9999"], [*EVENT.values(), "SY0700"]
    )
    assert ("pcode-unknown", "J2") in faults(table)
    assert not [fault for fault in faults(table) if fault[1] == "J3"]


def test_common_tags_are_checked_as_the_fields_of_the_standard(tmp_path):
    row = [*EVENT.values(), "SY9999"]
    header = [f"column {name}" for name in [*EVENT, "x"]]
    tags = [TAGS.get(name, "") for name in [*EVENT, "adm2_pcode"]]
    assert ("pcode-unknown", "J3") in faults(write(tmp_path / "t.csv", header, tags, row))


def test_what_a_name_alone_says_is_no_type_error(tmp_path):
    given = {name: cell for name, cell in EVENT.items() if name != "location_code"}
    table = write(tmp_path / "t.csv", [*given, "country_code"], [*given.values(), "SY"])
    assert faults(table) == []


def test_a_field_by_its_name_and_by_the_tag_of_another_column_is_the_one_by_its_name(tmp_path):
    fields = [{"name": name, "type": "any", "hxl_tag": TAGS.get(name, "")} for name in EVENT]
    fields.append({"name": "dead", "type": "any", "hxl_tag": "#affected+killed"})
    write(tmp_path / "t.csv", [*EVENT, "dead"], [*(EVENT | {"latitude": "95"}).values(), "3"])
    resource = {"name": "mine", "path": "t.csv", "schema": {"fields": fields}}
    (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [resource]}))
    assert ("constraint-maximum", "G2") not in faults(tmp_path)


@pytest.mark.parametrize("tagged", [False, True])
def test_parts_and_totals_are_compared_in_tables_of_the_standard_and_packages_of_others(tmp_path, tagged):
    columns = {"injured": "4", "casualties": "1"}
    path = write(tmp_path / "t.csv", [*EVENT, *columns], [*EVENT.values(), *columns.values()])
    if tagged:
        tags = TAGS | {"injured": "#affected+injured+f", "casualties": "#affected+injured"}
        fields = [{"name": name, "type": "any", "hxl_tag": tags.get(name, "")} for name in [*EVENT, *columns]]
        resource = {"name": "mine", "path": "t.csv", "schema": {"fields": fields}}
        (tmp_path / "datapackage.json").write_text(json.dumps({"name": "p", "resources": [resource]}))
        path = tmp_path
    assert ("part-exceeds-total", "J2") in faults(path)


def test_low_above_high_is_told_by_the_table_s_own_rules_alone(tmp_path):
    row = EVENT | {"fatalities_low": "5", "fatalities_high": "3"}
    rules = {rule for rule, _ in faults(write(tmp_path / "t.csv", list(row), list(row.values())))}
    assert "range-order" in rules
    assert "column-order" not in rules


def test_without_a_header_no_cell_of_the_first_row_is_told(tmp_path):
    rows = [["Ada Example", "41795550199", "2024-01-02"], ["Bea Example", "41795550111", "2024-01-03"]]
    report = validate(write(tmp_path / "t.csv", *rows), ["all"], limit=10)
    (issue,) = report.issues
    assert (issue.rule, issue.severity, report.rows) == ("header", "error", 1)
    assert "B1, C1" in issue.told()
    assert "Example" not in issue.told() + issue.field
    assert "41795550199" not in issue.told()


def test_a_repeated_cell_in_a_row_that_is_no_header_is_not_told(tmp_path):
    path = write(tmp_path / "t.csv", ["Ada Example", "Ada Example", "2024-01-02"], ["a", "b", "2024-01-03"])
    with pytest.raises(InputError) as raised:
        validate(path, ["all"], limit=10)
    assert "header missing" in str(raised.value)
    assert "Example" not in str(raised.value)


def test_a_table_without_a_header_is_told_whatever_is_asked(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("12.5,2024-01-02\n13.5,2024-01-03\n", encoding="utf-8")
    report = validate(path, ["forms"], limit=9)
    assert [issue.rule for issue in report.issues] == ["header"]
    assert not report.valid
