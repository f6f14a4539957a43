"""P-codes for rows: what wins, what contradicts, what is left to a person."""

import polars as pl
import pytest

from hxl_kit.places.assigning import KEY, Assigner, tallied
from hxl_kit.places.decisions import SCHEMA
from hxl_kit.places.gazetteer import gazetteer_of

UNITS = gazetteer_of(
    pl.DataFrame(
        [
            ("SYR", 1, "SY02", "Aleppo", "SYR"),
            ("SYR", 1, "SY07", "Idleb", "SYR"),
            ("SYR", 2, "SY0203", "Afrin", "SY02"),
            ("SYR", 2, "SY0204", "A'zaz", "SY02"),
            ("SYR", 2, "SY0702", "Al Ma'ra", "SY07"),
            ("SYR", 2, "SY0703", "Harim", "SY07"),
            ("SYR", 3, "SY070300", "Harim", "SY0703"),
            ("LBN", 1, "LB1", "Akkar", "LBN"),
        ],
        schema=["location_code", "level", "code", "name", "parent_code"],
        orient="row",
    ),
    release="made",
)
FIELDS = (
    "location_code",
    *(f"admin{n}_{what}" for n in (1, 2, 3) for what in ("code", "name")),
    *(f"provider_admin{n}_{what}" for n in (1, 2) for what in ("code", "name")),
    "geo_precision",
    "pcode_method",
    "pcode_release",
)


def rows(*given, **same):
    """Rows of a place block; fields that are not given are empty."""
    default = {"location_code": "SYR", "geo_precision": "admin2", "pcode_method": "none"}
    frame = pl.DataFrame(
        [dict.fromkeys(FIELDS) | default | same | row for row in given],
        schema=dict.fromkeys(FIELDS, pl.String),
    )
    empty = (pl.lit(None, pl.Float64).alias(name) for name in ("pcode_score", "latitude", "longitude"))
    return frame.with_columns(empty)


def decisions(*given):
    return pl.DataFrame([dict.fromkeys(SCHEMA) | row for row in given], schema=SCHEMA)


def assigned(frame, **options):
    return Assigner(UNITS, **options).assign(frame)


def one(frame, **options):
    return assigned(frame, **options).frame.row(0, named=True)


def named(first, second=None, **more):
    return rows({"provider_admin1_name": first, "provider_admin2_name": second, **more})


def test_names_give_the_finest_unit_with_the_ones_above():
    found = one(named("Aleppo governorate", "AFRIN"))
    assert [found[name] for name in ("admin1_code", "admin1_name", "admin2_code", "admin2_name")] == [
        "SY02",
        "Aleppo",
        "SY0203",
        "Afrin",
    ]
    assert (found["pcode_method"], found["pcode_score"], found["pcode_release"]) == ("exact", 1.0, "made")
    assert (found["provider_admin1_name"], found["provider_admin2_name"]) == ("Aleppo governorate", "AFRIN")


def test_a_level_without_a_match_keeps_the_one_above():
    found = assigned(named("Aleppo", "Qwertzuiop"))
    row = found.frame.row(0, named=True)
    assert (row["admin1_code"], row["admin2_code"], row["pcode_method"]) == ("SY02", None, "exact")
    (left,) = found.unmatched.rows(named=True)
    assert (left["level"], left["parent_code"], left["name"], left["rows"]) == (2, "SY02", "Qwertzuiop", 1)
    assert left["code"] is None
    assert left["reason"]


def test_a_name_alone_is_not_trusted_when_the_unit_above_is_unknown():
    found = assigned(named("Qwertzuiop", "Afrin"))
    row = found.frame.row(0, named=True)
    assert (row["admin1_code"], row["admin2_code"], row["pcode_method"]) == (None, None, "none")
    second = found.unmatched.filter(level=2).row(0, named=True)
    assert "SY0203 Afrin" in second["candidates"]


def test_a_name_without_a_unit_above_is_looked_for_in_the_country():
    found = one(named(None, "Afrin"))
    assert (found["admin1_code"], found["admin2_code"]) == ("SY02", "SY0203")


def test_the_providers_code_wins_over_a_name_that_resembles_nothing():
    found = one(rows({"provider_admin1_code": "SY07", "provider_admin1_name": "Qwertzuiop"}))
    assert (found["admin1_code"], found["pcode_method"], found["pcode_score"]) == ("SY07", "provider", None)


def test_a_code_that_contradicts_its_name_gives_nothing_and_is_told():
    found = assigned(rows({"provider_admin1_code": "SY07", "provider_admin1_name": "Aleppo"}))
    assert found.frame["admin1_code"].to_list() == [None]
    assert found.remarks.select("row", "rule").rows() == [(0, "pcode-name")]
    assert "different units" in found.unmatched["reason"][0]


def test_a_code_that_the_row_has_already_stays_and_the_contradiction_is_told():
    found = assigned(
        rows(
            {
                "admin1_code": "SY07",
                "provider_admin1_code": "SY07",
                "provider_admin1_name": "Aleppo",
                "pcode_method": "provider",
            }
        )
    )
    assert found.frame["admin1_code"].to_list() == ["SY07"]
    assert found.remarks["rule"].to_list() == ["pcode-name"]


def test_codes_of_two_levels_that_contradict_each_other_give_nothing():
    found = assigned(rows({"provider_admin1_code": "SY02", "provider_admin2_code": "SY0703"}))
    row = found.frame.row(0, named=True)
    assert (row["admin1_code"], row["admin2_code"]) == (None, None)
    assert found.remarks["rule"].to_list() == ["pcode-nesting"]
    assert found.unmatched["level"].to_list() == [1, 2]


def test_a_name_of_level_2_that_is_a_unit_of_another_level_1_leaves_both_open():
    found = assigned(named("Aleppo", "Harim"))
    row = found.frame.row(0, named=True)
    assert (row["admin1_code"], row["admin2_code"], row["pcode_method"]) == (None, None, "none")
    assert found.remarks["rule"].to_list() == ["pcode-nesting"]
    assert "SY0703 Harim" in found.unmatched.row(by_predicate=pl.col("level") == 2, named=True)["candidates"]


def test_a_decision_on_level_1_outlives_a_name_of_level_2_from_elsewhere():
    decision = {"location_code": "SYR", "level": 1, "name": "aleppo", "code": "SY02"}
    found = assigned(named("Aleppo", "Harim"), decisions=decisions(decision))
    assert found.frame["admin1_code"].to_list() == ["SY02"]
    assert not found.remarks.height


def test_a_decision_that_level_2_has_no_unit_keeps_level_1():
    decision = {"location_code": "SYR", "level": 2, "name": "harim", "code": None}
    found = assigned(named("Aleppo", "Harim"), decisions=decisions(decision))
    assert found.frame["admin1_code"].to_list() == ["SY02"]


def test_a_code_of_level_1_is_kept_while_the_name_of_level_2_is_matched_within_it():
    frame = rows(
        {
            "admin1_code": "SY07",
            "admin1_name": "Idlib",
            "provider_admin2_name": "Harim",
            "pcode_method": "provider",
        }
    )
    found = one(frame)
    assert (found["admin1_code"], found["admin2_code"], found["pcode_method"]) == ("SY07", "SY0703", "exact")


def test_a_decision_wins_and_the_score_says_so():
    decided = decisions({"location_code": "SYR", "level": 2, "name": "izaz", "code": "SY0204"})
    found = one(named("Aleppo", " IZAZ "), decisions=decided)
    assert (found["admin2_code"], found["pcode_method"], found["pcode_score"]) == ("SY0204", "reviewed", 1.0)


def test_a_decision_for_one_unit_does_not_speak_of_another():
    decided = decisions(
        {"location_code": "SYR", "level": 2, "parent_code": "SY07", "name": "qwertz", "code": "SY0702"}
    )
    assert one(named("Aleppo", "Qwertz"), decisions=decided)["admin2_code"] is None
    assert one(named("Idleb", "Qwertz"), decisions=decided)["admin2_code"] == "SY0702"


def test_a_decision_that_there_is_no_unit_ends_the_question():
    decided = decisions({"location_code": "SYR", "level": 2, "name": "afrin", "code": None})
    found = assigned(named("Aleppo", "Afrin"), decisions=decided)
    assert found.frame["admin2_code"].to_list() == [None]
    assert found.frame["admin1_code"].to_list() == ["SY02"]
    assert found.unmatched.height == 0


def test_a_decision_may_name_a_finer_unit():
    decided = decisions({"location_code": "SYR", "level": 2, "name": "harim town", "code": "SY070300"})
    found = one(named("Idleb", "Harim town"), decisions=decided)
    assert (found["admin2_code"], found["admin3_code"], found["admin3_name"]) == (
        "SY0703",
        "SY070300",
        "Harim",
    )


def test_rows_of_countries_without_a_gazetteer_are_left_alone_and_not_listed():
    found = assigned(rows({"location_code": "FRA", "provider_admin1_name": "Bretagne"}))
    assert found.frame["pcode_method"].to_list() == ["none"]
    assert found.unmatched.height == 0


def test_rows_without_a_country_or_a_unit_are_left_alone():
    frame = rows({"location_code": None, "provider_admin1_name": "Aleppo"}, {})
    found = assigned(frame)
    assert found.frame.equals(frame)
    assert found.unmatched.height == 0


def test_batches_remember_places_and_their_lists_add_up():
    assigner = Assigner(UNITS)
    frame = pl.concat([named("Aleppo", "Qwertz")] * 3)
    parts = [assigner.assign(frame), assigner.assign(pl.concat([frame, named("Idleb", "Harim")]))]
    assert tallied([part.unmatched for part in parts])["rows"].to_list() == [6]
    assert parts[1].frame["admin2_code"].to_list() == [None, None, None, "SY0703"]


@pytest.mark.parametrize("reverse", [False, True])
def test_the_order_of_rows_does_not_matter(reverse):
    frame = pl.concat([named("Aleppo", "Afrin"), named("Idleb", "Harim"), named(None, "A'zaz")])
    frame = frame.reverse() if reverse else frame
    by_name = dict(assigned(frame).frame.select("provider_admin2_name", "admin2_code").iter_rows())
    assert by_name == {"Afrin": "SY0203", "Harim": "SY0703", "A'zaz": "SY0204"}


def test_the_columns_and_rows_of_a_table_stay_as_they_are():
    frame = pl.concat([named("Aleppo", "Afrin"), named("x", "y"), rows({})])
    found = assigned(frame).frame
    assert found.schema == frame.schema
    assert found.select(KEY[3:]).equals(frame.select(KEY[3:]))
