"""The hard spellings that place matching is measured with, and the judge that puts them."""

import sys
from pathlib import Path

import polars as pl
import pytest

from hxl_kit.places.gazetteer import all_units

SCRIPTS = Path(__file__).parents[1] / "scripts"
COUNTRIES = ("SYR", "ETH", "NGA", "COL")


@pytest.fixture(scope="module")
def spellings():
    return _script("place_spellings")


@pytest.fixture(scope="module")
def place_judge(spellings):
    return _script("place_judge")


def _script(name):
    sys.path.insert(0, str(SCRIPTS))
    try:
        return __import__(name)
    finally:
        sys.path.remove(str(SCRIPTS))


@pytest.fixture(scope="module")
def made(spellings):
    return spellings.hard_spellings(all_units(), COUNTRIES, 30)


def test_every_kind_occurs_and_each_row_is_labelled_with_a_unit_of_the_gazetteer(spellings, made):
    assert set(made["kind"]) == set(spellings.KINDS)
    known = all_units().select("code", "location_code", "parent_code")
    joined = made.join(
        known, left_on=["true_code", "location_code", "parent_code"], right_on=list(known.columns)
    )
    assert joined.height == made.height
    assert not made.select("kind", "true_code").is_duplicated().any()


def test_no_spelling_is_the_name_of_another_unit_and_none_but_the_official_is_the_unit_s_own(spellings, made):
    folded = spellings.folded
    units = all_units().filter(pl.col("level") == 2)
    bearers = {}
    for country, code, name in units.select("location_code", "code", "name").rows():
        bearers.setdefault((country, folded(name)), set()).add(code)
    own = dict(units.select("code", "name").rows())
    for kind, country, name, code, shared in made.select(
        "kind", "location_code", "name", "true_code", "shared_name"
    ).rows():
        others = bearers.get((country, folded(name)), set()) - {code}
        assert not others or (shared and folded(name) == folded(own[code]))
        assert (name == own[code]) == (kind == "official")


def test_the_same_seed_gives_the_same_spellings_whatever_else_is_asked(spellings, made):
    alone = spellings.hard_spellings(all_units(), ["ETH"], 30)
    assert alone.equals(made.filter(pl.col("location_code") == "ETH"))
    assert not spellings.hard_spellings(all_units(), ["ETH"], 30, seed=5).equals(alone)


def test_rules_give_what_people_write(spellings):
    chance = spellings.random.Random(1)
    assert spellings.abbreviated("East Shewa", "ETH", chance) == "E. Shewa"
    assert spellings.abbreviated("Saint Louis", "HTI", chance) == "St. Louis"
    assert spellings.swapped("Rural Damascus", "SYR", chance) == "Damascus Rural"
    assert spellings.swapped("Homs", "SYR", chance) is None
    assert spellings.with_generic_words("Aksu District", "KAZ", chance) == "Aksu"
    assert {spellings.transliterated("Qatana", "SYR", chance) for _ in range(60)} >= {"Katana", "Qatanah"}


def test_names_of_other_releases_are_told_from_other_names(spellings):
    units = pl.DataFrame(
        [
            ("CAF", 2, code, name, "CF1")
            for code, name in (("CF11", "Dekoa"), ("CF12", "Boda"), ("CF13", "Bangui"))
        ],
        schema=["location_code", "level", "code", "name", "parent_code"],
        orient="row",
    )
    others = pl.DataFrame(
        [
            ("CF11", "Dékoah"),
            ("CF11", "Dekoa"),
            ("CF12", "Bangui"),
            ("CF12", "Centre"),
            ("CF13", "Centre"),
            ("CF13", "1er"),
        ],
        schema=["code", "name"],
        orient="row",
    )
    found = spellings.older_spellings(units, others)
    assert found.select("kind", "name", "true_code").rows() == [
        ("older release", "Dékoah", "CF11"),
        ("other name", "1er", "CF13"),
    ]


def test_the_judge_removes_the_true_unit_and_counts_what_is_answered(place_judge, made):
    asked = made.with_row_index("question")
    seen = []

    def knows_everything(queries, units):
        seen.append(set(units["code"]))
        answer = asked.select("location_code", "name", code="true_code").unique(["location_code", "name"])
        there = pl.col("code").is_in(units["code"].implode())
        found = queries.join(answer, on=["location_code", "name"], how="left", maintain_order="left")
        return found.select(pl.when(there).then("code")).to_series()

    found = place_judge.answers(asked, all_units(), knows_everything)
    shared = asked["shared_name"].sum()
    assert found.height == 2 * (2 * asked.height - shared)
    absent = found.filter("absent")
    assert absent["outcome"].unique().to_list() == ["abstained"]
    assert (
        found.filter(~pl.col("absent"), pl.col("parent"), pl.col("outcome") == "correct").height
        > 0.9 * asked.height
    )
    assert len(seen) == 1 + place_judge.TENTHS
    assert set(asked["true_code"]) <= seen[0]
    assert (
        found.filter(~pl.col("parent"))["parent_code"].null_count() == found.filter(~pl.col("parent")).height
    )


def test_adminlevel_answers_from_the_same_units(place_judge):
    units = all_units().filter(pl.col("location_code") == "SYR")
    queries = pl.DataFrame(
        [("SYR", 2, "Jablah", "SY06"), ("SYR", 2, "Jabla", None), ("SYR", 2, "Zzyzx", None)],
        schema={"location_code": pl.String, "level": pl.UInt8, "name": pl.String, "parent_code": pl.String},
        orient="row",
    )
    assert place_judge.admin_level_alone(queries, units).to_list() == ["SY0602", "SY0602", None]
    left = units.filter(pl.col("code") != "SY0602")
    assert place_judge.admin_level_alone(queries, left)[0] is None
