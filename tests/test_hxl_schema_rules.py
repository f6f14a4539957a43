"""HXL schemas from files, run on files: where findings are, what is refused, and that batches change nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables_for_hxl_tests import table_of

from hxl_kit.errors import InputError
from hxl_kit.hxl_schema import core_schema, hxl_issues, read_schema
from hxl_kit.reading import open_table

DATA = """Org,Reached,Province,Date
#org,#reached,#adm1+name,#date
Red Cross,10,Coast,2026-01-31
Red Cross,many, Coast,2026-02-30

,12,Plains,2026-02-01
short,1
"""


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(DATA, "utf-8")
    return path


def schema(*rows):
    return read_schema(table_of(rows))


def rule(**cells):
    """A schema of one row: `valid_tag="#org"`, `valid_value__min` for `#valid_value+min`."""
    heads = ["#" + key.replace("__", "+") for key in cells]
    return schema(heads, list(cells.values()))


def found(rows, rules, size=None):
    return list(hxl_issues(table_of(rows, size), rules))


def test_findings_say_where_in_the_file(data):
    rules = schema(
        ["#valid_tag", "#valid_severity", "#description", "#valid_datatype", "#valid_required"],
        ["#reached", "warning", "Whole people", "number", ""],
        ["#date", "", "", "date", ""],
        ["#org", "info", "", "", "true"],
    )
    with open_table(data) as table:
        told = {(f.rule, f.row_number, f.column): f for f in hxl_issues(table, rules)}
    assert set(told) == {
        ("hxl-datatype", 4, 2),
        ("hxl-datatype", 4, 4),
        ("hxl-required", 6, 1),
        ("hxl-row-shape", 7, None),
    }
    assert told["hxl-row-shape", 7, None].said == "has a cell count of 2; the header has 4"
    number = told["hxl-datatype", 4, 2]
    assert (number.severity, number.description, number.pattern) == ("warning", "Whole people", "#reached")
    assert (number.name, number.tag, number.value, number.schema_row) == ("Reached", "#reached", "many", 2)
    assert told["hxl-datatype", 4, 4].severity == "error"
    assert told["hxl-required", 6, 1].scope == "row"


def test_no_message_holds_a_value(data):
    secret = [["#contact", "#meta+id"], ["Amina", "1"], ["Amina  B", "1"], ["x" * 70, "1"]]
    rules = schema(
        ["#valid_tag", "#valid_datatype", "#valid_value+list", "#valid_unique", "#valid_value+whitespace"],
        ["#contact", "email", "Zed|Amine", "true", "true"],
    )
    told = found(secret, rules)
    assert {f.rule for f in told} >= {"hxl-datatype", "hxl-list", "hxl-whitespace"}
    assert all("mina" not in f.said and "xx" not in f.said for f in told)
    assert all("mina" not in repr(f) for f in told)


def test_a_schema_in_json_has_hashtags_for_keys(tmp_path):
    path = tmp_path / "schema.json"
    path.write_text('[{"#valid_tag": "#org", "#valid_required": "true"}, {"#valid_tag": "#date"}]', "utf-8")
    with open_table(path) as table:
        rules = read_schema(table).rules
    assert [(str(rule.pattern), len(rule.tests)) for rule in rules] == [("#org", 1), ("#date", 0)]


def test_the_core_schema_is_libhxls():
    rules = core_schema().rules
    assert len(rules) == 1 + 8 + 8 + 17 + 8 + 1 + 1
    assert {str(rule.pattern) for rule in rules} >= {"#indicator+num", "#subsector", "#adm5", "#*"}
    assert [rule.severity for rule in rules].count("info") == 8 + 8


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "a", "a ", "A", "b", "aab", "aaab"]),
            st.sampled_from(["1", "2", "x", "", "900", "01/02/2026", "13/02/2026", "2026-01-01"]),
        ),
        min_size=1,
        max_size=20,
    ),
    st.integers(1, 7),
)
def test_batches_change_nothing(rows, size):
    rules = schema(
        [
            "#valid_tag",
            "#valid_unique",
            "#valid_correlation",
            "#valid_value+spelling",
            "#valid_value+outliers",
            "#valid_datatype+consistent",
            "#valid_unique+key",
            "#valid_value+max",
            "#valid_required",
            "#valid_datatype",
        ],
        ["#org", "true", "#date", "true", "", "true", "true", "a", "true", "number"],
        ["#date", "", "", "", "true", "true", "#date", "2026-01-15", "true", "date"],
    )
    table = [["#org", "#date"], *map(list, rows)]
    key = repr
    assert sorted(found(table, rules, size), key=key) == sorted(found(table, rules), key=key)


def test_a_column_that_may_be_day_first_or_month_first_is_told_once():
    rules = rule(valid_tag="#date", valid_datatype="date")
    (told,) = found([["#date"], ["01/02/2026"], ["03/04/2026"]], rules)
    assert (told.rule, told.scope, told.row_number, told.column) == ("hxl-date-order", "column", None, 1)
    assert "2026-02-01 or 2026-01-02" in told.said
    assert found([["#date"], ["01/02/2026"], ["13/04/2026"]], rules) == []


def test_a_range_of_dates_follows_the_order_that_the_column_proves():
    rules = rule(valid_tag="#date", valid_value__max="2026-02-15")
    day_first = [["#date"], ["01/03/2026"], ["13/01/2026"]]
    month_first = [["#date"], ["01/03/2026"], ["01/13/2026"]]
    unproved = [["#date"], ["01/03/2026"]]
    assert [f.row_number for f in found(day_first, rules)] == [2]
    assert found(month_first, rules) == []
    assert found(unproved, rules) == []


def test_a_date_is_out_of_range_only_as_a_whole():
    rules = rule(valid_tag="#date", valid_value__min="2026-03-15", valid_value__max="2026-09-15")
    cells = ["2026", "2026-03", "2026-02", "2025", "2026Q3", "2026Q4", "2026-09", "2026-10", "2026W38"]
    told = found([["#date"], *([cell] for cell in cells)], rules)
    assert {f.value for f in told} == {"2026-02", "2025", "2026Q4", "2026-10"}


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"valid_datatype": "integer"}, "datatype 'integer' is unknown"),
        ({"valid_severity": "fatal"}, "severity 'fatal' is unknown"),
        ({"valid_required": "perhaps"}, "write true or false"),
        ({"valid_required__min": "some"}, "write a whole number"),
        ({"valid_value__regex": "["}, "no regular expression"),
        ({"valid_value__max": "01/02/2026"}, "may be 2026-02-01 or 2026-01-02"),
        ({"valid_unique__key": "#a#b"}, "is not a tag pattern"),
    ],
)
def test_a_schema_that_cannot_be_understood_is_refused(cells, said):
    with pytest.raises(InputError, match=r"row 2: .*") as refused:
        rule(valid_tag="#org", **cells)
    assert said in str(refused.value)


def test_a_table_without_rules_is_no_schema():
    with pytest.raises(InputError, match="#valid_tag"):
        schema(["#org"], ["x"])


def test_a_slow_expression_ends_its_own_rule_and_no_other(monkeypatch):
    monkeypatch.setattr("hxl_kit.reading.patterns.matches.__kwdefaults__", {"seconds": 0.5})
    slow = "^(a+)+$"
    heads = ["#valid_tag", "#valid_value+regex", "#valid_value+whitespace", "#valid_severity"]
    rules = schema(heads, ["#org", slow, "true", "info"], ["#sector", "^W", "", ""])
    rows = [["#org", "#sector"], ["a" * 40 + "b", "WASH"], [" a", "Health"]]
    told = found(rows, rules, 1)
    assert {(f.rule, f.severity, f.row_number, f.column) for f in told} == {
        ("hxl-not-checked", "error", None, 1),
        ("hxl-whitespace", "info", 3, 1),
        ("hxl-regex", "error", 3, 2),
    }
    assert sum(f.rule == "hxl-not-checked" for f in told) == 1
    assert f"the pattern /{slow}/ takes too long" in next(f.said for f in told if f.rule == "hxl-not-checked")


def test_after_several_slow_expressions_no_other_is_begun(monkeypatch):
    monkeypatch.setattr("hxl_kit.reading.patterns.matches.__kwdefaults__", {"seconds": 0.3})
    slow = [["#org", f"^(a+)+{n}$"] for n in range(20)]
    rules = schema(["#valid_tag", "#valid_value+regex"], *slow, ["#org", "^b"])
    told = found([["#org"], ["a" * 40 + "b"]], rules)
    assert [f.rule for f in told] == [*["hxl-not-checked"] * 20, "hxl-regex"]
    assert ["other patterns" in f.said for f in told[:20]] == [False] * 3 + [True] * 17


def test_too_many_spellings_are_told_and_not_compared(monkeypatch):
    monkeypatch.setattr("hxl_kit.hxl_schema.column_tests.COMPARED", 1)
    names = [*["Oxfam"] * 60, *["Medair"] * 60, "Oxfan"]
    told = found(
        [["#org"], *([name] for name in names)], rule(valid_tag="#org", valid_value__spelling="true")
    )
    assert [(f.rule, f.severity) for f in told] == [("hxl-not-checked", "error")]
    assert "1 rare and 2 common" in told[0].said


def test_ragged_records_are_told_and_tested_as_far_as_they_go(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text(
        '#org,#reached,#adm1\n"A, B",many\nC,1,Coast,too,much\nD,some,Coast,x\nE,2,Plains\nD\n', "utf-8"
    )
    rules = schema(
        ["#valid_tag", "#valid_datatype", "#valid_required", "#valid_unique"],
        ["#reached", "number", "", ""],
        ["#adm1", "", "true", ""],
        ["#org", "", "", "true"],
    )
    with open_table(path) as table:
        told = list(hxl_issues(table, rules))
    assert sorted((f.row_number, f.rule, f.column) for f in told if f.column) == [
        (2, "hxl-datatype", 2),
        (2, "hxl-required", 3),
        (4, "hxl-datatype", 2),
        (6, "hxl-required", 3),
        (6, "hxl-unique", 1),
    ]
    shapes = {f.row_number: f.said for f in told if f.rule == "hxl-row-shape"}
    assert shapes == {
        n: f"has a cell count of {cells}; the header has 3" for n, cells in ((2, 2), (3, 5), (4, 4), (6, 1))
    }


def test_a_value_of_a_json_list_that_is_no_record_is_told(tmp_path):
    path = tmp_path / "data.json"
    path.write_text('[["#org", "#reached"], ["A", 1], 7, ["B", 2]]', "utf-8")
    with open_table(path) as table:
        told = list(hxl_issues(table, rule(valid_tag="#reached", valid_value__min="2")))
    assert [(f.rule, f.row_number) for f in told] == [("hxl-row-shape", 3), ("hxl-range", 2)]


@pytest.mark.parametrize(
    ("expression", "cell", "fits"),
    [
        ("b", "abc", True),
        ("^b", "abc", False),
        ("^b|c$", "abc", True),
        ("(?i)B", "abc", True),
        ("C", "abc", True),
        ("b$", "a\nb", True),
        (r"\Aa", "abc", True),
        ("", "abc", True),
    ],
)
def test_an_expression_is_found_anywhere(expression, cell, fits):
    rules = rule(valid_tag="#org", valid_value__regex=expression, valid_required="")
    assert (found([["#org"], [cell]], rules) == []) is fits


def test_case_counts_where_the_schema_says_so():
    rules = rule(valid_tag="#org", valid_value__regex="C", valid_value__case="true")
    assert len(found([["#org"], ["abc"], ["abC"]], rules)) == 1


def test_a_list_in_another_file(tmp_path):
    (tmp_path / "codes.csv").write_text("#adm1+code,#adm1+name\nX1,Coast\nX2,Plains\n", "utf-8")
    heads = ["#valid_tag", "#valid_value+url"]
    rows = [["#adm1+code"], ["X1"], ["Coast"], ["x2"]]
    beside = read_schema(table_of([heads, ["#adm1+code", "codes.csv"]], path=tmp_path / "schema.csv"))
    assert [(f.rule, f.value) for f in found(rows, beside)] == [("hxl-list", "Coast")]
    url = "https://example.org/codes.csv"
    given_here = read_schema(table_of([heads, ["#adm1+code", url]]), lists={url: tmp_path / "codes.csv"})
    assert found(rows, given_here) == found(rows, beside)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://example.org/codes.csv", "is not fetched; save it beside the schema"),
        ("file:///etc/passwd", "is not fetched"),
        ("/etc/passwd", "is not fetched"),
        ("../codes.csv", "is not fetched"),
        ("nosuch.csv", "no such file"),
        ("names.csv", "name the column in #valid_value+target_tag"),
    ],
)
def test_a_list_that_is_not_read_is_told(tmp_path, address, said):
    (tmp_path / "names.csv").write_text("#adm1+name\nCoast\n", "utf-8")
    heads = ["#valid_tag", "#valid_value+url", "#valid_datatype"]
    rules = read_schema(table_of([heads, ["#adm1+code", address, "number"]], path=tmp_path / "schema.csv"))
    told = found([["#adm1+code"], ["X1"]], rules)
    assert [f.rule for f in told] == ["hxl-list-unread", "hxl-datatype"]
    assert said in told[0].said


def test_a_link_does_not_lead_out_of_the_schemas_folder(tmp_path):
    outside = tmp_path / "outside.csv"
    outside.write_text("#adm1+code\nX1\n", "utf-8")
    folder = tmp_path / "schemas"
    folder.mkdir()
    (folder / "codes.csv").symlink_to(outside)
    heads = ["#valid_tag", "#valid_value+url"]
    rules = read_schema(table_of([heads, ["#adm1+code", "codes.csv"]], path=folder / "schema.csv"))
    assert [f.rule for f in found([["#adm1+code"], ["X1"]], rules)] == ["hxl-list-unread"]


def test_suggestions_are_written_as_the_list_has_them():
    (told,) = found([["#sector"], ["helth"]], rule(valid_tag="#sector", valid_value__list="WASH|Health"))
    assert told.suggested == "Health"


def test_suggestions_end_after_so_many_comparisons(monkeypatch):
    monkeypatch.setattr("hxl_kit.hxl_schema.suggesting.COMPARED", 4)
    rows = [["#sector"], ["helth"], ["wsh"], ["healt"]]
    told = found(rows, rule(valid_tag="#sector", valid_value__list="WASH|Health"))
    assert len(told) == 3
    assert sum(f.suggested is not None for f in told) == 2


def test_a_rare_spelling_is_suggested_as_most_write_it():
    rows = [["#org"], *[["Médecins"]] * 60, *[["médecins"]] * 5, *[["Oxfam"]] * 60, ["Medecinz"]]
    (told,) = found(rows, rule(valid_tag="#org", valid_value__spelling="true"))
    assert (told.row_number, told.suggested) == (127, "Médecins")


def test_nothing_at_all_is_found_in_an_empty_table():
    assert found([["#org", "#affected"]], core_schema()) == []
