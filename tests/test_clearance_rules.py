"""Clearance: the class, access, terms and known layouts; what is refused, and what goes."""

from __future__ import annotations

import json

import pytest
from clearance_for_tests import (
    ACLED,
    GROUP_OF_TWO,
    SHELTERS,
    VICTIMS,
    claim,
    cleared,
    event,
    figure,
    package_of,
    rules,
    source_row,
    waiver,
)
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.clearance.clearing import clear
from hxl_kit.clearance.outcome import Clearance, Objection
from hxl_kit.clearance.waiving import waive
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist
from hxl_kit.validation.waivers import Waiver, clearance_rules, waivable_rules


def _found(rule, resource, column, copies):
    return Objection(rule, resource, column, 1, "m", "f", copies=tuple(copies))


PLAIN = {"events": [{"event_id": "e1", "fatalities": "3"}]}
BOUND = {"redistribution": "aggregates_only", "access": "restricted"}


def test_a_plain_package_of_class_low_goes(tmp_path):
    found = cleared(tmp_path, PLAIN)
    assert (found.sensitivity, found.refusals, found.warnings) == ("low", (), ())
    assert found.proof is not None


# whose files they are


@pytest.mark.parametrize("mark", [{"trusted": False}, {"trusted": "no"}, {"trusted": None}])
def test_what_was_only_described_does_not_go_whatever_its_class(tmp_path, mark):
    found = cleared(tmp_path, PLAIN, hxl_kit=mark, waivers=[waiver("described-only")])
    assert rules(found) == {"described-only"}
    assert all(way in found.refusals[0].fix for way in ("normalise", "adopt"))
    assert found.proof is None


@pytest.mark.parametrize("mark", [{"trusted": True}, {}, "1.0", None])
def test_other_words_on_how_a_descriptor_came_to_be_speak_against_nothing(tmp_path, mark):
    assert not cleared(tmp_path, PLAIN, hxl_kit=mark).refusals


# the class


@pytest.mark.parametrize("named", ["", None])
def test_without_a_class_nothing_goes(tmp_path, named):
    found = cleared(tmp_path, PLAIN, sensitivity=named)
    assert rules(found) == {"sensitivity-missing"}
    assert "write `sensitivity: low`" in found.refusals[0].fix.lower()
    assert found.proof is None


@pytest.mark.parametrize("named", ["moderate", "high", "severe", "Low", "public", ["low"], 1])
def test_above_low_nothing_goes(tmp_path, named):
    found = cleared(tmp_path, PLAIN, sensitivity=named)
    assert rules(found) == {"sensitivity-class"}
    assert str(named) in found.refusals[0].message


def test_a_resource_may_have_a_class_of_its_own(tmp_path):
    package = package_of(tmp_path, PLAIN)
    package.descriptor["resources"][0]["sensitivity"] = "high"
    found = clear(package)
    assert [(o.rule, o.resource) for o in found.refusals] == [("sensitivity-class", "events")]


def test_the_profile_has_the_classes_of_the_code_list():
    profile = json.loads(schemas.path_of("profile.json").read_text("utf-8"))
    assert profile["properties"]["sensitivity"]["enum"] == [*codelist("sensitivity").values]


# access


@pytest.mark.parametrize("access", ["restricted", "confidential", "", "Public?"])
def test_a_source_that_is_not_public_is_named_with_its_rows(tmp_path, access):
    tables = {
        "sources": [source_row("open"), source_row("shut", access=access)],
        "events": [event(1, "open"), event(2, "shut"), event(3, "shut")],
        "event_sources": [{"event_id": "e2", "position": "1"}],
    }
    (refusal,) = cleared(tmp_path, tables).refusals
    assert (refusal.rule, refusal.column, refusal.rows) == ("access", "shut", 3)
    assert "2 rows of events, 1 row of event_sources" in refusal.message


def test_access_cannot_be_waived(tmp_path):
    tables = {"sources": [source_row("shut", access="restricted")], "events": [event(1, "shut")]}
    found = cleared(tmp_path, tables, waivers=[waiver("access", column="shut")])
    assert rules(found) == {"access"}
    assert "cannot be waived" in found.wrong[0]


def test_what_the_descriptor_says_of_a_source_does_not_count(tmp_path):
    tables = {"sources": [source_row("shut", access="confidential")], "events": [event(1, "shut")]}
    said = [{"title": "A monitor", "access": "public", "redistribution": "allowed"}]
    assert rules(cleared(tmp_path, tables, sources=said)) == {"access"}


def test_the_table_of_sources_is_known_by_its_columns(tmp_path):
    tables = {"documents": [source_row("shut", access="restricted")], "my_rows": [event(1, "shut")]}
    assert rules(cleared(tmp_path, tables)) == {"access"}


def test_a_restricted_source_that_is_only_named_is_a_warning(tmp_path):
    tables = {
        "sources": [source_row("open"), source_row("sheet", access="restricted")],
        "events": [event(1, "open")],
    }
    found = cleared(tmp_path / "a", tables)
    assert found.refusals == ()
    assert "only named" in found.warnings[0].message
    assert rules(cleared(tmp_path / "b", {**tables, "notes": [{"text": "3 dead"}]})) == {"access"}
    tables["sources"][1]["access"] = "confidential"
    assert rules(cleared(tmp_path / "c", tables)) == {"access"}


# terms


def test_a_source_that_forbids_redistribution_lets_no_aggregate_go(tmp_path):
    tables = {"sources": [source_row("dtm", redistribution="forbidden")], "events": [event(1, "dtm")]}
    (refusal,) = cleared(tmp_path, tables).refusals
    assert (refusal.rule, refusal.column, refusal.rows) == ("terms-forbidden", "dtm", 1)


def test_aggregates_that_declare_their_basis_go(tmp_path):
    zero = figure(2, event_id="", value="0")
    tables = {"sources": [source_row(**BOUND)], "events": [event()], "casualties": [figure(), zero]}
    found = cleared(tmp_path, tables)
    assert found.refusals == ()
    assert "its terms allow aggregates" in found.warnings[0].message


def test_a_stock_of_a_unit_at_a_date_declares_its_basis(tmp_path):
    stock = figure(1, "", date_start="", date_end="", as_of="2024-03-31", geo_precision="admin1")
    assert cleared(tmp_path, {"sources": [source_row(**BOUND)], "displacement": [stock]}).refusals == ()


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("events", event(2, is_aggregate="false")),
        ("events", event(2, date_end="2024-03-01")),
        ("events", event(2, date_end="")),
        ("events", event(2, geo_precision="exact")),
        ("events", event(2, geo_precision="vague_area")),
        ("events", event(2, geo_precision="")),
        ("casualties", figure(2, event_id="", date_end="2024-03-01")),
        ("casualties", figure(2, event_id="", geo_precision="exact")),
        ("casualties", figure(2, event_id="e9")),
        ("claims", claim("e9")),
        ("listing", {"source_id": "acled", "killed": "4"}),
    ],
)
def test_a_row_that_is_no_aggregate_or_does_not_say_of_what_stays(tmp_path, table, row):
    tables = {"sources": [source_row(**BOUND)], "events": [event()]}
    tables[table] = [*tables.get(table, []), row]
    found = cleared(tmp_path, tables)
    assert rules(found) == {"access", "terms-aggregates-only"}
    assert f"1 row of {table}" in found.refusals[1].message


def test_what_is_about_an_aggregate_is_part_of_it(tmp_path):
    document = {"event_id": "e1", "position": "1"}
    tables = {"sources": [source_row(**BOUND)], "events": [event()], "claims": [claim("e1")]}
    assert cleared(tmp_path, {**tables, "event_sources": [document]}).refusals == ()


def test_aggregates_of_no_release_have_no_basis(tmp_path):
    tables = {"sources": [source_row(**{**BOUND, "version": ""})], "events": [event()]}
    found = cleared(tmp_path, tables)
    assert rules(found) == {"access", "terms-aggregates-only"}
    assert "names no release" in found.refusals[1].message


@pytest.mark.parametrize(("licence", "goes"), [("CC-BY-4.0", True), ("CC-BY-SA-4.0", False), ("", False)])
def test_share_alike_asks_for_the_same_licence(tmp_path, licence, goes):
    tables = {
        "sources": [source_row("ii", redistribution="share_alike", licence=licence)],
        "events": [event(1, "ii")],
    }
    assert rules(cleared(tmp_path, tables)) == (set() if goes else {"terms-share-alike"})


def test_rows_of_a_source_that_nobody_described_stay(tmp_path):
    tables = {"sources": [source_row("open")], "events": [event(1, "open"), event(2, "other")]}
    found = cleared(tmp_path, tables)
    assert [(o.rule, o.column, o.rows) for o in found.refusals] == [("terms-unknown", "other", 1)]
    tables = {"sources": [source_row("open", redistribution="")], "events": [event(1, "open")]}
    assert rules(cleared(tmp_path / "b", tables)) == {"terms-unknown"}


def test_everything_is_told_at_once(tmp_path):
    tables = {
        "sources": [source_row("a", access="restricted"), source_row("b", redistribution="forbidden")],
        "events": [event(1, "a"), event(2, "b")],
        "victims": VICTIMS,
    }
    found = cleared(tmp_path, tables, sensitivity="high")
    assert {"sensitivity-class", "access", "terms-forbidden", "person-name"} <= rules(found)


# files of known providers


def test_a_file_of_acled_beside_a_descriptor_is_known_by_its_columns(tmp_path):
    (refusal,) = cleared(tmp_path, {"conflict": ACLED}).refusals
    assert (refusal.rule, refusal.resource, refusal.column) == ("terms-aggregates-only", "conflict", "acled")
    granted = waiver("terms-aggregates-only", resource="conflict", column="acled")
    assert cleared(tmp_path / "b", {"conflict": ACLED}, waivers=[granted]).refusals == ()


def test_counts_of_acled_and_open_themes_of_hapi_go(tmp_path):
    counts = [
        {"Country": "Syria", "Admin1": "Aleppo", "Admin2": "Afrin", "ISO3": "SYR", "Month": "March"}
        | {"Year": "2024", "Events": "12", "Fatalities": "9"}
    ]
    assert cleared(tmp_path / "a", {"political_violence": counts}).refusals == ()
    root = schemas.path_of("tables").parents[1] / "tests/data/sources/hapi"
    for name, goes in (("refugees_2020_2024.csv", True), ("idps_2025_12.csv", False)):
        found = cleared(tmp_path / name, PLAIN, extra={name: (root / name).read_bytes()})
        assert rules(found) == (set() if goes else {"terms-forbidden"})


# people


@pytest.mark.parametrize(
    ("rows", "rule", "column", "told"),
    [
        (VICTIMS, "person-name", "full_name", "rows: 12"),
        (SHELTERS, "home-location", "latitude", "rows: 12"),
        (GROUP_OF_TWO, "small-group", "", "2 people"),
    ],
)
def test_people_are_refused_with_their_rows(tmp_path, rows, rule, column, told):
    found = cleared(tmp_path, {"list": rows})
    (refusal,) = [o for o in found.refusals if (o.rule, o.column) == (rule, column)]
    assert refusal.resource == "list"
    assert told in refusal.message
    assert "the first: 2, 3" in refusal.message or "the first: 40, 41" in refusal.message
    assert refusal.fix


def test_no_value_of_a_cell_is_told(tmp_path):
    told = json.dumps(cleared(tmp_path, {"list": VICTIMS}).as_json())
    assert not [row["full_name"] for row in VICTIMS if row["full_name"].split()[0] in told]


# waivers


def test_a_waiver_covers_the_rule_the_resource_and_the_column_that_it_names(tmp_path):
    tables = {"list": [{"full_name": row["full_name"], "event_id": row["age"]} for row in VICTIMS]}
    first = cleared(tmp_path / "a", tables)
    assert {(o.rule, o.column) for o in first.refusals} == {("person-name", "full_name")}
    right = waiver("person-name", resource="list", column="full_name")
    found = cleared(tmp_path / "b", tables, waivers=[right])
    assert (found.refusals, found.stale) == ((), ())
    assert found.waived[0].waiver.who == "Head of office"
    for number, wrong in enumerate(
        (
            {**right, "column": "event_id"},
            {**right, "resource": "other"},
            {**right, "rule": "person-phone"},
            {key: value for key, value in right.items() if key != "column"},
        )
    ):
        found = cleared(tmp_path / str(number), tables, waivers=[wrong])
        assert rules(found) == {"person-name"}
        assert len(found.stale) == 1


def test_without_a_resource_a_waiver_speaks_of_one_table_alone(tmp_path):
    rows = [{"full_name": row["full_name"]} for row in VICTIMS]
    general = waiver("person-name", column="full_name")
    assert cleared(tmp_path / "a", {"list": rows}, waivers=[general]).refusals == ()
    found = cleared(tmp_path / "b", {"list": rows, "more": rows}, waivers=[general])
    assert len(found.refusals) == 2
    assert len(found.stale) == 1


def test_terms_are_waived_by_the_source_that_they_bind(tmp_path):
    tables = {"sources": [source_row("dtm", redistribution="forbidden")], "events": [event(1, "dtm")]}
    granted = waiver("terms-forbidden", column="dtm")
    assert cleared(tmp_path / "a", tables, waivers=[granted]).refusals == ()
    other = waiver("terms-forbidden", column="acled")
    assert rules(cleared(tmp_path / "b", tables, waivers=[other])) == {"terms-forbidden"}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (waiver("person-nam", column="full_name"), "did you mean 'person-name'"),
        (waiver("person-name", column="full_name", when="2999-01-01"), "is in the future"),
        (waiver("person-name", column="full_name", when="yesterday"), "is not a day"),
        (waiver("person-name", column="full_name", who=" "), "who: is empty"),
        (waiver("person-name", column="full_name", why=""), "why: is empty"),
        ("person-name", "must have the keys"),
    ],
)
def test_a_wrong_waiver_of_a_package_from_elsewhere_allows_nothing(tmp_path, entry, said):
    rows = [{"full_name": row["full_name"]} for row in VICTIMS]
    found = cleared(tmp_path, {"list": rows}, waivers=[entry])
    assert rules(found) == {"person-name"}
    assert said in found.wrong[0]


def test_who_answers_for_a_waiver_is_no_finding(tmp_path):
    rows = [{"full_name": row["full_name"]} for row in VICTIMS]
    signed = waiver("person-name", column="full_name", who="Dr Amal Khoury")
    found = cleared(tmp_path, {"list": rows}, waivers=[signed])
    assert (found.refusals, found.warnings) == ((), ())


WORDS = st.sampled_from(["", "a", "b"])
OBJECTIONS = st.lists(
    st.builds(_found, WORDS, WORDS, WORDS, st.lists(WORDS, max_size=2)), max_size=6, unique=True
)
WAIVERS = st.lists(st.builds(Waiver, WORDS, *[st.just("x")] * 3, WORDS, WORDS), max_size=4)


@given(OBJECTIONS, WAIVERS)
def test_waiving_loses_nothing_and_covers_nothing_that_is_not_named(objections, waivers):
    standing, waived, stale = waive(objections, waivers)
    assert sorted(map(repr, (*standing, *(w.objection for w in waived)))) == sorted(map(repr, objections))
    for each in waived:
        found, allowed = each.objection, each.waiver
        assert (allowed.rule, allowed.column) == (found.rule, found.column)
        assert allowed.resource in ("", found.resource, *found.copies)
        assert allowed not in stale


def test_what_may_be_waived():
    assert {"person-name", "small-group", "terms-forbidden", "terms-aggregates-only"} <= set(waivable_rules())
    never = {name for name, rule in clearance_rules().items() if not rule.waivable}
    assert never == {"described-only", "sensitivity-missing", "sensitivity-class", "access", "masked-anew"}
    assert not never & set(waivable_rules())


def test_a_clearance_survives_a_saved_plan_without_its_proof(tmp_path):
    tables = {"sources": [source_row(**BOUND)], "events": [event()], "list": VICTIMS}
    granted = [waiver("person-name", column="full_name"), waiver("person-phone", column="x"), {"rule": "x"}]
    found = cleared(tmp_path, tables, waivers=granted)
    again = Clearance.from_json(json.loads(json.dumps(found.as_json())))
    assert again == found
    assert all((found.refusals, found.waived, found.stale, found.wrong))
    assert again.proof is None


def masked(folder, mark):
    """Return a package whose provenance says that places were moved with a key of this mark."""
    package = package_of(folder, {"prices": [{"district": "North", "price": "3"}]})
    remedy = {"remedy": "mask-places", "columns": ["latitude"], "rows": 1, "parameters": {"key_mark": mark}}
    package.descriptor["provenance"] = {"remedies": [remedy]} if mark else {}
    return package


@pytest.mark.parametrize(
    ("before", "now", "refused"), [("a1", "b2", True), ("a1", "a1", False), ("", "b2", False)]
)
def test_places_that_are_moved_with_another_key_than_before_are_refused(tmp_path, before, now, refused):
    found = clear(masked(tmp_path / "now", now), masked(tmp_path / "before", before))
    assert ("masked-anew" in {each.rule for each in found.refusals}) is refused
