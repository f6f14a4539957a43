"""The guards as checks of `validate`: each one broken on purpose, and kept by the tables beside it."""

from pathlib import Path

import pytest
from packages_for_tests import write_package

from hxl_kit.checks.guards import row_rules, table_rules
from hxl_kit.standard.guards import guard, guards, nestings
from hxl_kit.standard.tables import table, table_names
from hxl_kit.validation.engine import validate

ROOT = Path(__file__).parents[1]
PACKAGES = ROOT / "datapackages"
KEYS = {
    "sources": "source_id",
    "events": "event_id",
    "casualties": "figure_id",
    "displacement": "figure_id",
    "indicators": "figure_id",
    "claims": "claim_id",
}
EXACT = {"value": "12", "value_low": "12", "value_high": "12", "qualifier": "exact", "bounds_basis": "stated"}
PLACE = {"location_code": "SYR", "admin1_code": "SY02", "geo_precision": "admin1", "pcode_method": "none"}
WEEK = {"date_start": "2024-12-01", "date_end": "2024-12-07", "date_precision": "day"}
EVERYONE = {"sex": "all", "age_group": "all", "unit": "person", "role": "recommended"}
CASUALTY = {
    "figure_id": "c1",
    "source_id": "s1",
    "harm": "killed",
    "person_status": "civilian",
    "population_group": "all",
    "counting": "incident",
    **EVERYONE,
    **EXACT,
    **WEEK,
    **PLACE,
}
FLOW = {
    "figure_id": "d1",
    "source_id": "s1",
    "measure": "flow",
    "category": "new_displacement",
    "counts": "people",
    **EVERYONE,
    **EXACT,
    **WEEK,
    **PLACE,
}
STOCK = {
    **FLOW,
    "measure": "stock",
    "category": "idps",
    "as_of": "2024-12-01",
    "date_start": "",
    "date_end": "",
}
INDICATOR = {
    "figure_id": "i1",
    "source_id": "s1",
    "indicator": "attacks",
    **EVERYONE,
    **EXACT,
    **WEEK,
    **PLACE,
    "unit": "event",
}
EVENT = {
    "event_id": "e1",
    "source_id": "s1",
    "event_type": "battle",
    "is_aggregate": "false",
    **WEEK,
    **PLACE,
}
CLAIM = {
    "claim_id": "k1",
    "source_id": "s1",
    "claimant": "army",
    "stance": "denies",
    "about_table": "casualties",
    "about_id": "c1",
    "aspect": "count",
}


@pytest.fixture
def found(tmp_path):
    """What the guards find in tables: (rule, severity, table, row, field) by issue."""

    def of(**tables):
        full = {
            name: [{column: row.get(column, "") for column in table(name).names} for row in rows]
            for name, rows in tables.items()
        }
        write_package(tmp_path / "package", full, keys=KEYS)
        issues = validate(tmp_path / "package", ["guards"], limit=100).issues
        return {(i.rule, i.severity, i.resource, i.row, i.field): i.told() for i in issues}

    return of


def rules(issues):
    return {rule for rule, *_ in issues}


def quantity(value, low, high, qualifier, basis="stated"):
    return {
        "value": value,
        "value_low": low,
        "value_high": high,
        "qualifier": qualifier,
        "bounds_basis": basis,
    }


def test_clean_rows_keep_every_guard(found):
    assert found(casualties=[CASUALTY], displacement=[FLOW], indicators=[INDICATOR], events=[EVENT]) == {}
    assert found(displacement=[STOCK], claims=[]) == {}


@pytest.mark.parametrize(
    ("row", "rule", "severity", "field"),
    [
        ({**STOCK, "as_of": ""}, "stock-as-of", "error", "as_of"),
        ({**STOCK, "as_of": "", "role": "triangulation"}, "stock-undated", "info", "as_of"),
        ({**STOCK, "date_end": "2024-12-07"}, "stock-period", "error", "date_start"),
        ({**FLOW, "as_of": "2024-12-07"}, "flow-as-of", "error", "as_of"),
        ({**FLOW, "date_end": ""}, "flow-period", "error", "date_end"),
        ({**FLOW, "date_start": "", "role": "triangulation"}, "flow-open", "info", "date_end"),
        ({**FLOW, "counts": "households"}, "counts-unit", "error", "unit"),
        ({**FLOW, "counts": "movements"}, "counts-unit", "error", "unit"),
        ({**FLOW, **quantity("12", "12", "13", "exact")}, "bounds-exact", "error", "qualifier"),
        ({**FLOW, **quantity("", "", "", "exact")}, "bounds-exact", "error", "qualifier"),
        ({**FLOW, **quantity("12", "13", "20", "more_than")}, "bounds-open", "error", "value_high"),
        ({**FLOW, **quantity("12", "13", "", "at_most")}, "bounds-above", "error", "value_low"),
        ({**FLOW, **quantity("", "12", "", "range")}, "bounds-range", "error", "qualifier"),
        ({**FLOW, **quantity("12", "12", "12", "unknown")}, "bounds-unknown", "error", "qualifier"),
        ({**FLOW, **quantity("12", "12", "", "at_least", "")}, "bounds-basis", "error", "bounds_basis"),
        (
            {**FLOW, **quantity("", "24", "", "order_of_magnitude")},
            "bounds-convention",
            "error",
            "bounds_basis",
        ),
    ],
)
def test_a_row_of_displacement_breaks_a_guard(found, row, rule, severity, field):
    assert set(found(displacement=[row])) == {(rule, severity, "displacement", 2, field)}


def test_rows_of_other_tables_break_guards(found):
    assert rules(found(casualties=[{**CASUALTY, "unit": "household"}])) == {"counts-unit"}
    assert rules(found(indicators=[{**INDICATOR, "as_of": "2024-12-01"}])) == {"date-and-period"}


@pytest.mark.parametrize(
    "said",
    [
        quantity("80", "81", "", "more_than"),
        quantity("10", "", "10", "nearly"),
        quantity("30", "", "29", "less_than"),
        quantity("12", "", "", "approximately", "stated"),
        quantity("", "24", "", "order_of_magnitude", "convention:plural-v1"),
        quantity("5", "3", "9", "range", "source_range"),
        quantity("3", "5", "9", "range", "source_range"),
        quantity("12", "", "", "unknown", ""),
        quantity("", "", "", "unknown", ""),
    ],
)
def test_quantities_of_the_model_keep_g11(found, said):
    assert found(casualties=[{**CASUALTY, **said}]) == {}


def test_g3_superseded_and_retracted_figures_are_not_recommended(found):
    newer = {**CASUALTY, "figure_id": "c2", "supersedes": "c1"}
    retracted = {**CLAIM, "stance": "retracts"}
    assert set(found(casualties=[CASUALTY, newer])) == {
        ("superseded-recommended", "warning", "casualties", 2, "role")
    }
    assert set(found(casualties=[CASUALTY], claims=[retracted])) == {
        ("retracted-recommended", "warning", "casualties", 2, "role")
    }
    assert found(casualties=[CASUALTY], claims=[{**retracted, "aspect": "intent"}]) == {}
    assert found(casualties=[{**CASUALTY, "role": "triangulation"}], claims=[retracted]) == {}


def test_g4_one_recommended_figure_in_a_group(found):
    group = {**CASUALTY, "overlap_group": "g"}
    twice = [{**group, "figure_id": f"c{n}", "value": str(n)} for n in (1, 2, 3)]
    told = found(casualties=[{**row, **quantity("1", "1", "1", "exact")} for row in twice])
    assert set(told) == {("overlap-recommended", "error", "casualties", 2, "overlap_group")}
    assert "3 recommended" in next(iter(told.values()))
    others = [
        {**group, "figure_id": "c2", "harm": "injured"},
        {**group, "figure_id": "c3", "sex": "female"},
        {**group, "figure_id": "c4", "role": "triangulation"},
        {**group, "figure_id": "c5", "overlap_group": "h"},
    ]
    assert found(casualties=[group, *others]) == {}
    assert rules(found(displacement=[{**FLOW, "figure_id": n, "overlap_group": "g"} for n in "ab"])) == {
        "overlap-recommended"
    }


def cumulative(day, number, **other):
    said = quantity(number, number, number, "exact")
    key = {"figure_id": f"c{day}{number}{other}", "counting": "cumulative", "date_end": f"2024-12-{day}"}
    return {**CASUALTY, **said, **key, "role": "triangulation", **other}


def test_g5_a_smaller_later_figure_is_told_with_its_dates(found):
    told = found(casualties=[cumulative("07", "20"), cumulative("06", "30"), cumulative("05", "10")])
    assert set(told) == {("revised-down", "warning", "casualties", 2, "value")}
    assert "2024-12-07" in (message := next(iter(told.values())))
    assert "2024-12-06" in message


@pytest.mark.parametrize(
    "other",
    [
        {"sex": "female"},
        {"source_id": "s2"},
        {"admin1_code": "SY07"},
        {"harm": "injured"},
        {"counting": "incident"},
        {"date_start": "2024-11-01"},
        {"population_group": "student"},
        {"claimed_by": "someone else"},
    ],
)
def test_g5_another_series_is_not_compared(found, other):
    assert found(casualties=[cumulative("06", "30"), cumulative("07", "20", **other)]) == {}


def test_g5_documents_of_one_publisher_are_a_series(found):
    sources = [{"source_id": s, "publisher": "OCHA"} for s in ("s1", "s2")]
    rows = [cumulative("06", "30"), cumulative("07", "20", source_id="s2")]
    assert rules(found(sources=sources, casualties=rows)) == {"revised-down"}


def test_g5_several_figures_of_a_day_are_several_series(found):
    def daily(day, number, name):
        return cumulative(day, number, figure_id=f"monitor:2024-12-{day}:{name}")

    rows = [daily("06", "30", "all"), daily("06", "20", "verified"), daily("07", "20", "verified")]
    assert found(casualties=rows) == {}
    assert rules(found(casualties=[*rows, daily("08", "19", "verified")])) == {"revised-down"}


def test_g6_an_aggregate_and_the_events_within_it(found):
    events = [{**EVENT, "is_aggregate": "true"}, {**EVENT, "event_id": "e2", "parent_event_id": "e1"}]
    rows = [{**CASUALTY, "event_id": "e1"}, {**CASUALTY, "figure_id": "c2", "event_id": "e2"}]
    assert set(found(events=events, casualties=rows)) == {
        ("aggregate-recommended", "error", "casualties", 2, "role")
    }
    assert found(events=events, casualties=[rows[0], {**rows[1], "role": "triangulation"}]) == {}
    assert found(events=events, casualties=[rows[0], {**rows[1], "harm": "injured"}]) == {}
    assert rules(found(events=[events[1]])) == {"parent-event"}
    deeper = [*events, {**EVENT, "event_id": "e3", "parent_event_id": "e2"}]
    grandchild = {**rows[1], "event_id": "e3"}
    assert rules(found(events=deeper, casualties=[rows[0], grandchild])) == {"aggregate-recommended"}


def test_g7_a_category_within_another_one(found):
    months = [
        {**EVENT, "event_id": "e1", "event_subtype": "political_violence", "is_aggregate": "true"},
        {**EVENT, "event_id": "e2", "event_subtype": "civilian_targeting", "is_aggregate": "true"},
    ]
    whole, part = {**CASUALTY, "event_id": "e1"}, {**CASUALTY, "figure_id": "c2", "event_id": "e2"}
    assert set(found(events=months, casualties=[whole, part])) == {
        ("category-recommended", "error", "casualties", 3, "role")
    }
    assert found(events=months, casualties=[whole, {**part, "role": "triangulation"}]) == {}
    assert found(events=months, casualties=[whole, {**part, "admin1_code": "SY07"}]) == {}
    single = [{**event, "is_aggregate": "false"} for event in months]
    assert found(events=single, casualties=[whole, part]) == {}
    mixed = {**whole, "figure_id": "c3", "person_status": "mixed"}
    assert rules(found(events=single, casualties=[whole, mixed])) == {"category-recommended"}


def part(number, sex, age, **other):
    key = {"figure_id": f"{sex}{age}{other}", "sex": sex, "age_group": age, "role": "triangulation"}
    return {**CASUALTY, **quantity(number, number, number, "exact"), "overlap_group": "g", **key, **other}


TOTAL = {**CASUALTY, "overlap_group": "g"}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([part("7", "female", "all"), part("6", "male", "all")], "by sex, together at least 13"),
        ([part("13", "female", "all")], "by sex, together at least 13"),
        ([part("7", "all", "child"), part("6", "all", "adult")], "by age, together at least 13"),
        ([part("7", "female", "child"), part("6", "male", "adult")], "by sex and age, together at least 13"),
        ([part("7", "female", "all"), part("5", "male", "all")], ""),
        ([part("7", "female", "all"), part("6", "all", "child")], ""),
        ([part("7", "all", "child"), part("6", "all", "infant")], ""),
        ([part("12", "all", "adult"), part("6", "all", "older_person")], ""),
        ([part("13", "female", "all", overlap_group="h")], ""),
        ([part("13", "female", "all", harm="injured")], ""),
        ([part("13", "female", "all", admin1_code="SY07")], ""),
        ([part("13", "female", "all", **quantity("13", "", "13", "at_most"))], ""),
    ],
)
def test_g9_parts_and_their_total(found, parts, said):
    told = found(casualties=[TOTAL, *parts])
    assert [key[:4] for key in told] == ([("parts-above-total", "warning", "casualties", 2)] if said else [])
    assert said in "".join(told.values())


def test_g9_an_open_total_has_room(found):
    open_total = {**TOTAL, **quantity("12", "12", "", "at_least")}
    assert found(casualties=[open_total, part("99", "female", "all")]) == {}


def test_g10_a_cluster_lies_in_one_country(found):
    rows = [{**EVENT, "event_id": n, "cluster_id": "k"} for n in "ab"]
    assert found(events=rows) == {}
    assert rules(found(events=[rows[0], {**rows[1], "location_code": "TUR"}])) == {"cluster-countries"}


OTHER = {**CASUALTY, "figure_id": "c2", "source_id": "s2"}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({}, True),
        ({"date_start": "2024-12-07", "date_end": "2024-12-20"}, True),
        ({"date_start": "", "date_end": ""}, True),
        ({"admin1_code": ""}, True),
        ({"date_start": "2024-12-08", "date_end": "2024-12-20"}, False),
        ({"admin1_code": "SY07"}, False),
        ({"location_code": "TUR", "admin1_code": ""}, False),
        ({"harm": "injured"}, False),
        ({"role": "triangulation"}, False),
        ({"source_id": "s1"}, False),
    ],
)
def test_g12_figures_of_several_publishers_that_meet(found, other, told):
    issues = found(casualties=[CASUALTY, {**OTHER, **other}])
    assert set(issues) == ({("other-sources", "info", "casualties", 2, "source_id")} if told else set())


def test_g12_is_one_issue_for_a_group_of_rows(found):
    rows = [{**CASUALTY, "figure_id": str(n), "source_id": f"s{n % 5}"} for n in range(100)]
    issues = found(casualties=rows)
    assert len(issues) == 1
    assert "5 publishers" in next(iter(issues.values()))


def test_a_claim_is_about_a_row_that_is_there(found):
    assert found(casualties=[CASUALTY], claims=[CLAIM]) == {}
    assert set(found(casualties=[CASUALTY], claims=[{**CLAIM, "about_id": "c9"}])) == {
        ("claim-about", "warning", "claims", 2, "about_id")
    }
    gone = {**CLAIM, "about_id": "c9", "stance": "retracts"}
    assert found(casualties=[CASUALTY], claims=[gone]) == {}
    assert found(claims=[CLAIM]) == {}
    assert found(claims=[{**CLAIM, "about_table": "claims", "about_id": "k1"}]) == {}


def test_every_rule_names_a_field_and_says_which_guard(found):
    for name in table_names():
        for rule in (*row_rules(name), *table_rules(name)):
            assert rule.field in table(name).names
            assert rule.severity in {"error", "warning", "info"}
    messages = [rule.message for name in table_names() for rule in row_rules(name)]
    assert all(message.endswith(("(G1)", "(G8)", "(G11)")) for message in messages)


def test_guards_are_twelve_with_their_reason_and_way_out():
    assert [g.guard for g in guards()] == [f"G{n}" for n in range(1, 13)]
    assert all(g.title and g.why.endswith(".") and g.instead.endswith(".") and g.source for g in guards())
    assert guard("G4").title == "One recommended figure in an overlap group"


def test_nestings_name_codes_of_their_fields():
    known = {
        field: set(table("casualties")[field].descriptor["constraints"]["enum"])
        for field in ("age_group", "person_status")
    }
    for field, codes in known.items():
        assert {n.part for n in nestings(field)} | {n.whole for n in nestings(field)} <= codes


@pytest.mark.parametrize("name", ["nw-syria-2024", "ucdp-ged-syria"])
def test_reference_packages_keep_the_guards(name):
    report = validate(PACKAGES / name, ["guards"], limit=100)
    assert {i.severity for i in report.issues} <= {"info"}


def test_a_bare_table_is_held_to_the_guards_of_rows(tmp_path):
    path = tmp_path / "displacement.csv"
    row = {column: STOCK.get(column, "") for column in table("displacement").names} | {"as_of": ""}
    path.write_text(",".join(row) + "\n" + ",".join(row.values()) + "\n", encoding="utf-8")
    assert {i.rule for i in validate(path, ["guards"], limit=9).issues if i.severity == "error"} >= {
        "stock-as-of"
    }


@pytest.mark.parametrize(
    ("text", "said", "group", "told"),
    [
        ("at least 12", quantity("12", "12", "", "at_least"), {}, False),
        ("at least 12", quantity("21", "21", "", "at_least"), {}, True),
        ("at least 12", quantity("12", "12", "12", "exact"), {}, True),
        ("about 500", quantity("500", "500", "500", "exact"), {}, True),
        ("over 80", quantity("80", "80", "", "more_than"), {}, True),
        ("500", quantity("500", "", "", "approximately"), {}, False),
        ("500", quantity("500", "", "", "unknown", ""), {}, False),
        ("500", quantity("600", "", "", "unknown", ""), {}, True),
        ("500", quantity("600", "400", "800", "range", "source_range"), {}, False),
        ("334.000", quantity("334000", "334000", "334000", "exact"), {}, False),
        ("barely 12", quantity("10", "10", "10", "exact"), {}, False),
        ("20 to 30", quantity("", "20", "30", "range"), {}, False),
        ("20 to 30", quantity("", "20", "40", "range"), {}, True),
        ("12, including 5 children", quantity("5", "5", "5", "exact"), {"age_group": "child"}, False),
        ("12, including 5 children", quantity("6", "6", "6", "exact"), {"age_group": "child"}, True),
        ("12, including 5 children", quantity("6", "6", "6", "exact"), {"sex": "female"}, False),
        ("12", quantity("13", "13", "13", "exact"), {"sex": "female"}, True),
        ("12 people", EXACT, {"unit": "unheard of"}, False),
    ],
)
def test_words_that_say_something_else(tmp_path, text, said, group, told):
    row = {**CASUALTY, **said, **group, "quantity_text": text}
    full = {"casualties": [{column: row.get(column, "") for column in table("casualties").names}]}
    write_package(tmp_path / "package", full, keys=KEYS)
    issues = validate(tmp_path / "package", ["figures"], limit=9).issues
    assert [(i.rule, i.severity, i.row, i.field) for i in issues] == (
        [("quantity-words", "warning", 2, "quantity_text")] if told else []
    )


def test_the_page_names_every_guard_and_rule():
    page = (ROOT / "docs" / "guards.md").read_text(encoding="utf-8")
    ids = {rule.id for name in table_names() for rule in (*row_rules(name), *table_rules(name))}
    assert [rule for rule in ids if f"`{rule}`" not in page] == []
    assert all(f"| {g.guard} | {g.title} |" in page for g in guards())
