"""A user's own rules: what they mean (held against SQLite), what is refused, and how they travel with a package."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
import sqlite3
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from packages_for_tests import write_package

from hxl_kit.checks.own import Column, OwnCheck, column_of, explained, own_checks, own_rules
from hxl_kit.checks.own.expressions import conditions
from hxl_kit.checks.own.operations import FUNCTIONS
from hxl_kit.checks.own.tokens import CHARACTERS, TOKENS
from hxl_kit.errors import InputError, UsageError
from hxl_kit.package.author import Input, Options, read_package_yaml
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.package.rules_file import read_own_rules
from hxl_kit.package.yaml_text import read_yaml
from hxl_kit.reading import open_table
from hxl_kit.reading.packages import read_package
from hxl_kit.sources import source
from hxl_kit.standard.tables import table
from hxl_kit.standard.tags import parse_tag
from hxl_kit.validation.columns import recognised
from hxl_kit.validation.own import UNUSABLE, own_issues
from hxl_kit.validation.own_tables import own_table_rules
from hxl_kit.validation.profile import profile_issues

if TYPE_CHECKING:
    from pathlib import Path

EVENTS = [column_of(field) for field in table("events").fields]
COLUMNS = [
    Column("killed", "number", parse_tag("#affected+killed")),
    Column("killed_f", "number", parse_tag("#affected+f+killed")),
    Column("injured", "number", parse_tag("#affected+injured")),
    Column("people", "number", parse_tag("#population")),
    Column("kind", "text", parse_tag("#event+type"), ("battle", "riot")),
    Column("place", "text", parse_tag("#loc+name")),
    Column("begun", "date", parse_tag("#date+start")),
    Column("ended", "date", parse_tag("#date+end")),
    Column("sure", "yes or no"),
    Column("shape", "other", parse_tag("#geo")),
    Column("select", "text"),
]
ROWS = pl.DataFrame(
    {
        "row_number": pl.Series([2, 3, 4, 5], dtype=pl.UInt32),
        "killed": [0.0, 12.0, None, 501.0],
        "killed_f": [0.0, 13.0, 3.0, None],
        "injured": [None, 1.0, 2.0, 0.0],
        "people": pl.Series([9_007_199_254_740_993, 0, None, 10], dtype=pl.Int64),
        "kind": ["battle", "riot", None, "battle"],
        "place": ["Aleppo", " حلب", None, "a%b_c"],
        "begun": [dt.date(2024, 1, 1), dt.date(2024, 5, 31), None, dt.date(2023, 12, 31)],
        "ended": [dt.date(2024, 1, 2), dt.date(2024, 5, 1), dt.date(2024, 1, 1), None],
        "sure": [True, False, None, True],
        "shape": ["[1]", None, "[2]", "[3]"],
        "select": ["x", "y", "z", None],
    }
)


def broken(rule: str) -> list[int]:
    """The rows that break a rule."""
    (condition,) = conditions(rule, COLUMNS)
    return ROWS.filter(~condition.holds)["row_number"].to_list()


def refusal(rule: str, columns=COLUMNS) -> str:
    with pytest.raises(UsageError) as caught:
        conditions(rule, columns)
    message = str(caught.value)
    assert re.match(r"at character \d+: ", message), message
    assert message.isprintable()
    return message


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        ("killed <= 500", [5]),
        ("killed + injured <= 12", [3, 5]),
        ("coalesce(killed, 0) >= coalesce(killed_f, 0)", [3, 4]),
        ('"#affected+killed!" >= "#affected+killed+f"', [3]),
        ("#affected+injured < 2", [4]),
        ("ended IS NULL OR ended >= begun", [3]),
        ("kind <> 'battle' OR injured IS NOT NULL", [2]),
        ("begun >= '2024-01-01'", [5]),
        ("begun >= DATE '2024-01-01' AND year(begun) = 2024 and month(begun) < 5", [3, 5]),
        ("ended - begun BETWEEN 0 AND 31", [3]),
        ("kind IN ('battle')", [3]),
        ("NOT kind IN ('battle')", [2, 5]),
        ("place LIKE 'A%'", [3, 5]),
        ("place NOT LIKE '%b_c'", [5]),
        ("length(trim(place)) = 6", [3, 5]),
        ("regexp_like(place, '^[A-Z]')", [3, 5]),
        ("starts_with(lower(place), 'a')", [3]),
        ("sure", [3]),
        ("sure = FALSE", [2, 5]),
        ("shape IS NOT NULL", [3]),
        ("\"select\" <> 'y'", [3]),
        ("people <= 9007199254740992", [2]),
        ("killed / injured <= 500", []),
        ("people * people * 1000000 > 0", [3]),
        ("-killed > -500", [5]),
        ("killed % 2 = 0", [5]),
        ("abs(killed - 12) <= 12 -- 0".replace("--", "- -"), [5]),
        ("round(killed / 7, 1) = 1.7", [2, 5]),
        ("number(place) > 1", []),
        ("number(killed) < 500 AND date(begun) > '2020-01-01'", [5]),
    ],
)
def test_rule_is_broken_by(rule, rows):
    assert broken(rule) == rows


def test_tag_that_several_columns_carry_holds_for_each():
    found = conditions('"#affected" <= 500', COLUMNS)
    assert [condition.field for condition in found] == ["killed", "killed_f", "injured"]
    assert [ROWS.filter(~c.holds).height for c in found] == [1, 0, 0]


def test_two_tags_that_several_columns_carry_are_refused():
    message = refusal('"#affected" >= 0 AND "#affected+killed" <= 9')
    assert "at character 22" in message
    assert "killed, killed_f" in message


@pytest.mark.parametrize(
    ("rule", "at", "words"),
    [
        ("kiled > 3", 1, "no field 'kiled'; did you mean 'killed'?"),
        ("killed > 3 AND #affected+killd > 3", 16, "no field carries the tag #affected+killd; did you mean"),
        ("sum(killed) > 3", 1, "no function 'sum'"),
        ("killed > 3 OR read_csv('/etc/passwd') IS NULL", 15, "no function 'read_csv'; a rule may use abs,"),
        ("__import__('os') = 'x'", 1, "no function '__import__'"),
        ("lenght(place) > 3", 1, "did you mean 'length'?"),
        ("length(place, 3) > 3", 1, "length takes 1 values in brackets, not 2"),
        ("killed > '3'", 10, "compares killed (number) with '3' (text); numbers are written without quotes"),
        ("begun > 2024", 9, "compares begun (date) with 2024 (number)"),
        ("begun > '2024-02-30'", 9, "'2024-02-30' is no date"),
        ("begun > '01/02/2024'", 9, "write it like '2024-01-31'"),
        ("begun + 3 > ended", 7, "date_end - date_start is in days"),
        ("(killed > 1) IN (TRUE, FALSE)", 14, "compare it with ="),
        ("place > 'm'", 7, "only numbers and dates have an order"),
        ("shape = 'x'", 9, "compares shape (other)"),
        ("kind = 'batle'", 8, "'batle' is no code of kind; did you mean 'battle'?"),
        ("kind IN ('riot', 'war')", 18, "its codes are battle, riot"),
        ("killed", 1, "killed is a number where a yes or no is needed"),
        ("sure AND killed", 10, "killed is a number where a yes or no is needed"),
        ("place + 1 > 0", 1, "place is text where a number is needed"),
        ("killed = NULL", 10, "write IS NULL"),
        ("killed == 3", 8, "write ="),
        ("0 <= killed <= 3", 13, "join two of them with AND"),
        ("killed <=", 10, "ends too soon"),
        ("", 1, "ends too soon"),
        ("1 = 1", 1, "names no field"),
        ("killed > 3 injured", 12, "expected AND, OR, a comparison or the end"),
        ("SELECT 1", 1, "SELECT may not stand in a rule"),
        ("CASE WHEN sure THEN 1 END", 1, "CASE may not stand in a rule"),
        ("killed > 1 UNION SELECT 2", 12, "UNION may not stand in a rule"),
        ("(killed > 1", 12, "expected ) for the bracket at character 1"),
        ("killed > 1; DROP TABLE x", 11, "a rule is one condition"),
        ("killed > 1 -- all", 12, "begins a comment"),
        ("killed > 1 /* all */", 12, "begins a comment"),
        ("killed > 5km", 10, "'5km' is no number"),
        ("killed > 1e999", 10, "too large a number"),
        ("killed > 99999999999999999999", 10, "too large a number"),
        ("place = “x”", 9, "write straight quotes"),
        ("place = 'it", 9, "not closed"),
        ("killed ≥ 3", 8, "write >="),
        ("#affected-killed > 3", 10, "in double quotes, or spaces around"),
        ('"#affected + +" > 3', 1, "is no tag pattern"),
        ("regexp_like(place, '(?=a)')", 20, "is no pattern"),
        (r"regexp_like(place, '(a)\1')", 20, "is no pattern"),
        ("regexp_like(place, '((a{50}){50}){50}')", 20, "repeats something more than 1,000 times"),
        ("regexp_like(place, place)", 20, "needs its pattern as a text in quotes"),
        (f"regexp_like(place, '{'a' * 201}')", 20, "longer than 200 characters"),
        ("round(killed, injured) = 1", 15, "number of decimals"),
        ("round(killed, 400) = 1", 15, "number of decimals"),
        ("killed" + "+1" * TOKENS + " > 0", 506, "more than 500 words"),
        ("killed > 1" + " " * CHARACTERS, CHARACTERS + 1, "longer than 2,000 characters"),
        ("(" * 400 + "killed", 32, "nested deeper than 30 levels"),
        ("NOT " * 400 + "sure", 125, "nested deeper than 30 levels"),
        ("killed" + "+1" * 200 + " > 0", 127, "more than 60 operations"),
        ("abs(" * 200 + "killed", 125, "nested deeper than 30 levels"),
        ("(" * 29 + "killed" + " BETWEEN 0 AND 1)" * 29, 62, "compares the result of BETWEEN (yes or no)"),
        ("killed::text = 'x'", 7, "has no place in a rule"),
        ("killed > $(reboot)", 10, "has no place in a rule"),
        ("killed > 1\x00", 11, "has no place in a rule"),
    ],
)
def test_refusal_names_the_thing_the_place_and_the_way_out(rule, at, words):
    message = refusal(rule)
    assert words in message
    assert message.startswith(f"at character {at}: ")


def test_tag_of_too_many_columns_is_refused():
    columns = [Column(f"n{number}", "number", parse_tag("#affected")) for number in range(101)]
    assert "101 fields carry the tag #affected; add attributes" in refusal('"#affected" >= 0', columns)


@pytest.mark.parametrize("name", ["^.*$", "*"])
def test_field_whose_name_polars_would_read_as_a_pattern_is_refused(name):
    assert "rename it" in refusal(f"\"{name}\" = 'x'", [Column(name, "text"), Column("other", "text")])


def test_longest_rules_run():
    terms = (TOKENS - 3) // 4
    assert broken("killed>=0" + " OR injured<0" * terms)[:1] == []
    assert broken("killed IN (" + ",".join(["0"] * 190) + ")") == [3, 5]
    assert broken("killed" + "+1" * 58 + " > 60") == [2]
    assert broken("1/(" * 29 + "killed" + ")" * 29 + " > 0") == []
    assert broken("(" * 29 + "killed > 1" + ") = TRUE" * 29) == [2]


# --- meaning, held against SQLite ------------------------------------------------------------------------------

NUMBERS = ("killed", "killed_f", "injured")
number_literals = st.integers(0, 600).map(str) | st.sampled_from(["0.5", "12.25"])
numbers = st.recursive(
    st.sampled_from(NUMBERS) | number_literals,
    lambda inner: (
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | inner.map(lambda one: f"(-{one})")
        | inner.map(lambda one: f"abs({one})")
        | st.tuples(inner, inner).map(lambda t: f"coalesce({t[0]}, {t[1]})")
    ),
    max_leaves=6,
)
texts = st.sampled_from(["kind", "place", "upper(kind)", "length(kind)", "'riot'", "lower('RIOT')"])
dates = st.sampled_from(["begun", "ended", "'2024-01-01'", "'2024-05-31'"])
comparisons = st.sampled_from(["=", "<>", "!=", "<", "<=", ">", ">="])
conditions_on_cells = st.one_of(
    st.tuples(numbers, comparisons, numbers).map(" ".join),
    st.tuples(st.sampled_from(["begun", "ended"]), comparisons, dates).map(" ".join),
    st.tuples(numbers, st.sampled_from(["BETWEEN", "NOT BETWEEN"]), numbers, numbers).map(
        lambda t: f"{t[0]} {t[1]} {t[2]} AND {t[3]}"
    ),
    st.tuples(numbers, st.sampled_from(["IN", "NOT IN"]), number_literals, number_literals).map(
        lambda t: f"{t[0]} {t[1]} ({t[2]}, {t[3]})"
    ),
    st.sampled_from(
        [
            "place LIKE 'A%'",
            "place NOT LIKE '_l%'",
            "place IS NULL",
            "kind = 'battle'",
            "kind <> 'riot'",
            "upper(kind) = 'RIOT'",
            "length(kind) > 4",
            "kind IN ('riot', 'battle')",
            "begun BETWEEN '2024-01-01' AND '2024-12-31'",
        ]
    ),
    numbers.map(lambda one: f"{one} IS NOT NULL"),
)
rules = st.recursive(
    conditions_on_cells,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["AND", "OR"]), inner).map(" ".join)
        | inner.map(lambda one: f"NOT {one}")
        | inner.map(lambda one: f"({one})")
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def database():
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA case_sensitive_like = ON")
    names = ("row_number", *NUMBERS, "kind", "place", "begun", "ended")
    connection.execute(
        "CREATE TABLE t (row_number INT, killed REAL, killed_f REAL, injured REAL, kind TEXT, place TEXT,"
        " begun TEXT, ended TEXT)"
    )
    rows = ROWS.select(names).with_columns(pl.col("begun", "ended").cast(pl.String)).rows()
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    yield connection
    connection.close()


@given(rules)
@example("NOT killed BETWEEN 1 AND 5 OR killed_f IS NULL AND injured > 1")
@example("killed - 1 - 1 > 9 AND killed * 2 + 1 > 3 OR NOT killed = 12 AND injured = 1")
@example("killed / 0 > 1")
def test_rules_mean_what_sqlite_takes_them_for(database, rule):
    # Whole numbers divide as such in SQLite and run over; ours are all numbers with a point.
    as_real = re.sub(r"(?<![\w.'-])(\d+)(?![\w.'-])", r"\1.0", rule)
    query = f"SELECT row_number FROM t WHERE NOT ({as_real}) ORDER BY 1"  # noqa: S608 - what is generated above
    try:
        ours = broken(rule)
    except UsageError:
        assert not set(NUMBERS) & set(re.findall(r"\w+", rule))
        return
    theirs = database.execute(query).fetchall()
    assert ours == [number for (number,) in theirs]


# --- hostile text ----------------------------------------------------------------------------------------------

words = st.sampled_from(
    [column.name for column in COLUMNS]
    + [
        "AND",
        "OR",
        "NOT",
        "IS",
        "NULL",
        "IN",
        "BETWEEN",
        "LIKE",
        "DATE",
        "TRUE",
        "(",
        ")",
        ",",
        "'x'",
        "'2024-01-01'",
    ]
    + [
        "=",
        "<>",
        "<",
        "+",
        "-",
        "*",
        "/",
        "%",
        "1",
        "0.5",
        '"#affected"',
        "#date+start",
        "#",
        "'",
        '"',
        ";",
        "--",
    ]
    + list(FUNCTIONS)
)


@given(st.text(max_size=60) | st.lists(words, max_size=30).map(" ".join))
def test_no_expression_does_anything_but_run_or_be_refused(rule):
    try:
        found = conditions(rule, COLUMNS)
    except UsageError:
        refusal(rule)
        return
    for condition in found:
        assert ROWS.select(condition.holds).dtypes == [pl.Boolean]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda v: st.lists(v) | st.dictionaries(st.sampled_from(["name", "table", "rule", "message", "x"]), v), max_leaves=8))  # fmt: skip
def test_no_entries_crash(raw):
    with suppress(UsageError):
        assert all(isinstance(entry, OwnCheck) for entry in own_checks(raw))


ENTRY = {"name": "cap", "table": "events", "rule": "fatalities <= 3", "message": "is beyond {what} we know"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": "Cap!"}, "checks[0].name: 'Cap!' is no name"),
        ({"severity": "fatal"}, "checks[0].severity: 'fatal' is not one of error, warning, info"),
        ({"rulle": "x"}, "checks[0]: unknown key 'rulle'; did you mean 'rule'?"),
        ({"message": "a\x1b[31m"}, "checks[0].message: holds a control character"),
        ({"message": "a\u202eb"}, "checks[0].message: holds a control character"),
        ({"message": "x" * 501}, "checks[0].message: is longer than 500 characters"),
        ({"rule": "x" * 2001}, "checks[0].rule: is longer than 2,000 characters"),
        ({"rule": 3}, "checks[0].rule: is no text"),
        ({"message": "  "}, "checks[0].message: is no text, or empty"),
    ],
)
def test_entries_are_held_to_their_form(change, words):
    with pytest.raises(UsageError) as caught:
        own_checks([ENTRY | change])
    assert words in str(caught.value)


def test_entries_lack_nothing_and_are_no_two_of_a_name():
    with pytest.raises(UsageError, match="'rule' is missing"):
        own_checks([{key: value for key, value in ENTRY.items() if key != "rule"}])
    with pytest.raises(UsageError, match="the name 'cap' is there twice"):
        own_checks([ENTRY, ENTRY])
    with pytest.raises(UsageError, match="201 rules"):
        own_checks([ENTRY] * 201)
    with pytest.raises(UsageError, match=r"the rules have 20,\d+ characters"):
        own_checks([ENTRY | {"name": f"r{n}", "rule": f"fatalities < {n:0190}"} for n in range(103)])
    assert own_checks([{**ENTRY, "message": "حلب\u200cx"}])[0].severity == "warning"


def test_rules_carry_the_authors_words():
    entry = own_checks([ENTRY | {"severity": "error", "fix": "Ask the\n  field."}])[0]
    (rule,) = own_rules([entry], "events", EVENTS)
    assert (rule.id, rule.field, rule.severity, rule.table) == ("own-cap", "fatalities", "error", "events")
    assert rule.said == "is beyond {what} we know"
    assert explained(entry).fix == "Ask the field."
    assert own_checks([entry.as_json()]) == (entry,)


def test_all_rules_that_cannot_be_run_are_named_at_once():
    entries = own_checks(
        [ENTRY | {"name": f"r{n}", "rule": rule} for n, rule in enumerate(("a > 1", "b > 1"))]
    )
    with pytest.raises(UsageError, match=r"rule 'r0': at character 1: no field 'a'.*; rule 'r1': .*'b'"):
        own_rules(entries, "events", EVENTS)


# --- with a package --------------------------------------------------------------------------------------------

YAML = """
name: my-package
title: My package
version: "1.0.0"
licences: [{name: CC-BY-4.0}]
contributors: [{title: Me}]
inputs: [{path: ged.csv, source: ucdp_ged}]
checks:
  - name: few
    table: events
    rule: fatalities <= 20 AND "#date+start" >= '1989-01-01'
    severity: error
    message: has more deaths than {we} can account for
    fix: Look it up.
"""


def written(folder: Path, text: str) -> Path:
    (folder / "package.yaml").write_text(text, encoding="utf-8")
    return folder


def test_package_yaml_states_rules(tmp_path):
    (entry,) = read_package_yaml(written(tmp_path, YAML)).checks
    assert (entry.name, entry.table, entry.severity, entry.fix) == ("few", "events", "error", "Look it up.")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "fatalities <=",
            "fatalites <=",
            "checks[0]: rule 'few': at character 1: no field 'fatalites'; did you mean",
        ),
        ("table: events", "table: event", "checks[0]: no table 'event'; did you mean 'events'?"),
        ("severity: error", "severity: bad", "checks[0].severity: "),
        ("message:", "mesage:", "checks[0]: unknown key 'mesage'; did you mean 'message'?"),
        ("name: few", "name: Few Deaths", "checks[0].name: does not have the form"),
        ("message: has", "message: has" + "x" * 600, "checks[0].message: is longer than 500 characters"),
        ("rule: fatalities", "rule: #affected+killed", "checks[0].rule: must be of type string"),
    ],
)
def test_package_yaml_refuses_rules_that_cannot_be_run(tmp_path, old, new, words):
    with pytest.raises(UsageError) as caught:
        read_package_yaml(written(tmp_path, YAML.replace(old, new)))
    assert words in str(caught.value)


@pytest.fixture(scope="module")
def built_once(ged_file, tmp_path_factory) -> Path:
    """A package of the UCDP sample with a rule; a second one is of a table that it lacks."""
    folder = tmp_path_factory.mktemp("own")
    inputs = (Input(ged_file, source="ucdp_ged", release="23.1"),)
    authored = authored_by_source(source("ucdp_ged"), inputs, folder / "package", Options())
    few = read_package_yaml(written(folder, YAML)).checks
    more = (*few, replace(few[0], name="more", table="displacement"))
    build_package(replace(authored, checks=more), folder / "package")
    return folder / "package"


@pytest.fixture
def own_package(built_once, tmp_path) -> Path:
    """A copy of it, to be changed."""
    return shutil.copytree(built_once, tmp_path / "copy")


def test_package_carries_its_rules_and_validation_runs_them(own_package, ged_rows):
    package = read_package(own_package)
    assert [entry["name"] for entry in package.descriptor["checks"]] == ["few"]
    assert profile_issues(package.descriptor) == []
    found = list(own_issues(package))
    assert len(found) == sum(int(row["best"]) > 20 for row in ged_rows) > 0
    with open_table(own_package / "events.csv") as text:
        column = text.header.index("fatalities")
    for issue in found:
        assert (issue.rule, issue.severity, issue.resource) == ("own-few", "error", "events")
        assert issue.field == "fatalities"
        assert issue.told() == issue.told("fr") == "has more deaths than {we} can account for"
        assert issue.way_out() == "Look it up."
        lines = (own_package / "events.csv").read_text(encoding="utf-8").splitlines()
        assert (
            float(lines[issue.row - 1].split(",")[column]) > 20 if '"' not in lines[issue.row - 1] else True
        )


def changed(folder: Path, **properties) -> Path:
    path = folder / "datapackage.json"
    described = json.loads(path.read_bytes()) | properties
    path.write_text(json.dumps(described), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        ([ENTRY | {"rule": "fatalites > 1"}], "no field 'fatalites'"),
        ([ENTRY | {"table": "event"}], "there is no table 'event'; did you mean 'events'?"),
        ([ENTRY | {"rule": "system('x') = 'x'"}], "no function 'system'"),
        ("all", "is no list of rules"),
        ([["x"]], "is no rule with name"),
    ],
)
def test_rules_that_cannot_be_run_are_told_and_stop_nothing(own_package, checks, words):
    package = read_package(changed(own_package, checks=checks))
    (issue,) = own_issues(package)
    assert (issue.rule, issue.severity) == (UNUSABLE, "error")
    assert words in issue.told()


def test_command_line_runs_a_packages_rules(own_package, cli):
    ran = cli("validate", own_package, "--checks", "own", "--format", "json")
    report = json.loads(ran.out)
    assert (ran.code, report["valid"]) == (1, False)
    assert {issue["rule"] for issue in report["issues"]} == {"own-few"}
    assert report["issues"][0]["fix"] == "Look it up."
    assert cli("validate", changed(own_package, checks=[]), "--checks", "own").code == 0


FOREIGN = [{"a": "1,5", "day": "31/12/2023", "n": "-"}, {"a": "3", "day": "01/02/2024", "n": "x"}]
SCHEMA = [
    {"name": "a", "type": "number", "decimalChar": ",", "hxl_tag": "#affected"},
    {"name": "day", "type": "date", "format": "%d/%m/%Y"},
    {"name": "n", "type": "string"},
]


def foreign(folder: Path, checks: list[object]) -> list[tuple[str, int | None]]:
    """What rules find in a package of another hand, whose numbers, dates and blanks are written in its own way."""
    write_package(folder, {"t": FOREIGN}, keys={})
    described = json.loads((folder / "datapackage.json").read_bytes())
    for resource in described["resources"]:
        resource["schema"] = {"fields": SCHEMA, "missingValues": ["", "-"]}
    package = read_package(changed(folder, checks=checks, resources=described["resources"]))
    return [(issue.rule, issue.row) for issue in own_issues(package)]


def test_packages_of_others_are_read_by_their_schema(tmp_path):
    rules = {"a": "a < 2", "b": "day < '2024-01-01'", "c": "n IS NULL", "d": "#affected > 1.5"}
    entries = [ENTRY | {"name": name, "table": "t", "rule": rule} for name, rule in rules.items()]
    assert foreign(tmp_path, entries) == [("own-a", 3), ("own-b", 3), ("own-c", 3), ("own-d", 2)]


def test_what_others_call_checks_is_theirs(tmp_path):
    assert foreign(tmp_path, [{"type": "baseline"}]) == []


# --- with a file of rules --------------------------------------------------------------------------------------


def test_rules_of_a_file_run_over_a_bare_table(tmp_path):
    (tmp_path / "rules.toml").write_text(
        '[[checks]]\nname = "few"\nrule = "number(Dead) <= 5"\nmessage = "is many"\n'
        '[[checks]]\nname = "other"\ntable = "elsewhere"\nrule = "x = 1"\nmessage = "no"\n'
        '[[checks]]\nname = "tag"\nrule = "#date IS NOT NULL"\nmessage = "is empty"\n',
        encoding="utf-8",
    )
    (tmp_path / "t.csv").write_text(
        "Place,Dead,When\n#loc,#x,#date\nA,5,2024-01-01\nB,7,\n", encoding="utf-8"
    )
    entries = read_own_rules(tmp_path / "rules.toml")
    with open_table(tmp_path / "t.csv") as text:
        run = own_table_rules("t.csv", text, recognised(text), entries)
        found = [(i.rule, i.row, i.field, i.cell) for batch in text.batches() for i in run(batch.frame)]
    assert found == [("own-few", 4, "Dead", "B4"), ("own-tag", 4, "When", "C4")]


def test_a_rule_for_another_table_is_told_not_passed_over(tmp_path, cli):
    (tmp_path / "t.csv").write_text("event_id,fatalities\nE1,4\n", encoding="utf-8")
    rules = tmp_path / "r.yaml"
    entry = "checks:\n  - {name: few, table: TABLE, rule: fatalities <= 3, message: is more than three}\n"
    for named, told in (("evnets", ["rule-unusable"]), ("t", ["own-few"])):
        rules.write_text(entry.replace("TABLE", named), encoding="utf-8")
        ran = cli("validate", tmp_path / "t.csv", "--rules", rules, "--checks", "own", "--format", "json")
        assert [issue["rule"] for issue in json.loads(ran.out)["issues"]] == told


def test_columns_that_were_recognised_are_typed(tmp_path):
    (tmp_path / "t.csv").write_text(
        "event_id,Dead,event_type\n#event+id,#affected+killed,#event+type\n1,٧,battle\n2,4,riot\n",
        encoding="utf-8",
    )
    entries = own_checks(
        [ENTRY | {"table": "", "rule": "Dead <= 5"}, ENTRY | {"name": "b", "rule": "fatalities > 4"}][1:]
    )
    with open_table(tmp_path / "t.csv") as text:
        run = own_table_rules("t.csv", text, recognised(text), entries)
        found = [(i.rule, i.row, i.field) for batch in text.batches() for i in run(batch.frame)]
    assert found == [("own-b", 4, "Dead")]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("r.toml", "checks = [", "is not TOML"),
        ("r.yaml", "- a", "has no 'checks:'"),
        ("r.yaml", "checks: []\nchekcs: []", "unknown key 'chekcs'"),
        ("r.yaml", "checks: [{name: a}]", "checks[0]: 'rule' is missing"),
        ("r.yaml", "checks: [{name: !!python/object:os.system a}]", "YAML tag"),
    ],
)
def test_file_of_rules_that_is_none_is_refused(tmp_path, name, content, words):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_own_rules(tmp_path / name)
    assert words in str(caught.value)
    with pytest.raises(InputError):
        read_own_rules(tmp_path / "none.yaml")


# --- the page ----------------------------------------------------------------------------------------------------


def test_examples_of_the_page_run(request, tmp_path):
    page = (request.config.rootpath / "docs/own-checks.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert len(blocks) >= 2
    for number, block in enumerate(blocks):
        (tmp_path / f"{number}.yaml").write_text(block, encoding="utf-8")
        for entry in own_checks(read_yaml(tmp_path / f"{number}.yaml")["checks"], table_required=False):
            columns = [column_of(field) for field in table(entry.table or "events").fields]
            assert own_rules([entry], entry.table, columns)
    listed = set(re.findall(r"^\| `(\w+)\(", page, re.MULTILINE))
    assert listed == set(FUNCTIONS)
