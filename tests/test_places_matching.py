"""Names of places to P-codes: what is matched, what is left open, and what must not change an answer."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.places.gazetteer import Gazetteer, all_units, gazetteer, gazetteer_of
from hxl_kit.places.matching import ANSWER, KEY, match_names
from hxl_kit.places.matching.folding import fold

QUERY = {"location_code": pl.String, "level": pl.UInt8, "name": pl.String, "parent_code": pl.String}
UNIT = {
    "location_code": pl.String,
    "level": pl.UInt8,
    "code": pl.String,
    "name": pl.String,
    "parent_code": pl.String,
}


def asked(*rows: tuple[str | None, int, str | None, str | None]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=QUERY, orient="row")


def units(country: str, **names: str) -> pl.DataFrame:
    rows = [(country, 2, code, name, f"{country}1") for code, name in names.items()]
    return pl.DataFrame([(country, 1, f"{country}1", "Somewhere", country), *rows], schema=UNIT, orient="row")


def one(
    name: str | None, known: Gazetteer, country: str = "SYR", parent: str | None = None, level: int = 2
) -> dict[str, object]:
    return match_names(asked((country, level, name, parent)), known).row(0, named=True)


@pytest.fixture(scope="module")
def world() -> Gazetteer:
    """The official names alone of levels 1 and 2."""
    return gazetteer_of(all_units())


@pytest.mark.parametrize(
    ("country", "level", "name", "parent", "code"),
    [
        ("SYR", 2, "Al Bab", None, "SY0202"),
        ("SYR", 2, "AL-BAB", None, "SY0202"),
        ("SYR", 2, "Al Bab District", "SY02", "SY0202"),
        ("SYR", 2, "Mantiqat al-Bab", None, "SY0202"),
        ("SYR", 2, "Deir ez Zor", None, "SY0901"),
        ("SYR", 2, "Salamiyah district", "SY05", "SY0503"),
        ("ARG", 1, "Autonomous City of Buenos Aires", None, "AR002"),
        ("ARG", 1, "Ciudad Autónoma de Buenos Aires", None, "AR002"),
        ("ARG", 1, "Provincia de Buenos Aires", None, "AR006"),
        ("SYR", 2, "Jisr al-Shughur", "SY07", "SY0704"),
        ("SYR", 2, "Qamishli", None, "SY0802"),
        ("SYR", 2, "Tal Abyad", "SY11", "SY1102"),
        ("SYR", 1, "Aleppo governorate", None, "SY02"),
        ("SYR", 1, "Halab", None, "SY02"),
        ("SYR", 1, "Rif Dimashq", "SYR", "SY03"),
        ("UKR", 1, "Kharkiv", None, "UA63"),
        ("UKR", 1, "Cherkasy oblast", None, "UA71"),
        ("UKR", 1, "Kyiv oblast", None, "UA32"),
        ("UKR", 1, "Kyiv", None, "UA80"),
        ("UKR", 1, "Kyivska oblast", None, "UA32"),
        ("ETH", 2, "E. Shewa", None, "ET0407"),
        ("ETH", 2, "Shewa East", None, "ET0407"),
        ("COD", 1, "North Kivu", None, "CD61"),
        ("COD", 1, "Nord Kivu", None, "CD61"),
        ("COD", 1, "Kivu du Sud", None, "CD62"),
        ("HTI", 2, "St Marc", None, "HT0531"),
        ("YEM", 1, "Hadhramaut", None, "YE19"),
        ("YEM", 1, "Hadramout Governorate", None, "YE19"),
        ("YEM", 1, "Taizz", None, "YE15"),
        ("IDN", 1, "North Sumatra", None, "ID12"),
        ("IDN", 2, "Bogor", None, "ID3201"),
        ("IDN", 2, "Kabupaten Bogor", None, "ID3201"),
        ("IDN", 2, "Kota Bogor", None, "ID3271"),
        ("IDN", 2, "Bogor City", None, "ID3271"),
        ("COL", 1, "Departamento de Antioquia", None, "CO05"),
        ("BRA", 2, "São Paulo", None, "BR3550308"),
        ("BRA", 2, "SAO PAULO", None, "BR3550308"),
    ],
)
def test_the_unit_that_is_meant(world, country, level, name, parent, code):
    answer = one(name, world, country, parent, level)
    assert answer["code"] == code, answer["reason"]
    assert answer["reason"] == ""
    assert answer["release"] == "given"
    assert answer["candidates"][0]["code"] == code


@pytest.mark.parametrize(
    ("country", "level", "name", "parent", "why"),
    [
        ("SYR", 2, None, None, "no name is given"),
        ("SYR", 2, "  ", None, "no name is given"),
        ("SYR", 2, "...", None, "no name is given"),
        ("SYR", 2, "SY0202", None, "it is a code, not a name"),
        ("SYR", 2, "Unknown", None, "it says that the place is not known or not one unit"),
        ("SYR", 2, "غير معروف", None, "it says that the place is not known or not one unit"),
        ("SYR", 2, "Al Bab", "SY99", "the gazetteer has no unit of this level in SY99"),
        ("SYR", 2, "Al Bab", "SY07", "it is the name of Al Bab (SY0202), which is not in SY07"),
        ("SYR", 5, "Al Bab", None, "the gazetteer has no units of level 5 in SYR"),
        ("XXX", 2, "Al Bab", None, "the gazetteer has no units of level 2 in XXX"),
        (None, 2, "Al Bab", None, "no country or level is given"),
        ("SYR", 2, "Xyzzyq", None, "no unit resembles it"),
    ],
)
def test_why_a_name_is_left_open(world, country, level, name, parent, why):
    answer = one(name, world, country, parent, level)
    assert (answer["code"], answer["method"], answer["reason"]) == (None, "none", why)


def test_a_name_that_several_units_bear_is_left_open_unless_the_parent_tells(world):
    alone = one("Bom Jesus", world, "BRA")
    assert alone["code"] is None
    assert alone["margin"] == 0
    assert str(alone["reason"]).startswith("several units have this name: Bom Jesus (BR")
    assert len({candidate["code"] for candidate in alone["candidates"]}) > 1
    assert one("Bom Jesus", world, "BRA", "BR22")["code"] == "BR2201903"


def test_a_name_of_another_parent_has_that_unit_as_first_candidate(world):
    answer = one("Al Bab", world, parent="SY07")
    assert answer["candidates"][0] == {
        "code": "SY0202",
        "name": "Al Bab",
        "parent_code": "SY02",
        "score": 1.0,
    }


def test_a_parent_may_be_any_unit_that_the_one_sought_lies_in():
    known = gazetteer()
    assert one("Suran", known, "SYR", None, 3)["code"] is None
    assert one("Suran", known, "SYR", "SY0204", 3)["code"] == "SY020405"
    assert one("Suran", known, "SYR", "SY02", 3)["code"] == "SY020405"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("North Darfur", "South Darfur"),
        ("Upper Nile", "Lower Nile"),
        ("Kivu", "Nord Kivu"),
        ("Nord Kivu", "Kivu"),
        ("District 5", "District 6"),
        ("Zone 11", "Zone 12"),
        ("Region IV", "Region VI"),
        ("Region IV", "Region V"),
        ("Zone A", "Zone B"),
        ("Gaza North", "Gaza"),
        ("Urban Harare", "Rural Harare"),
        ("San Pedro Sula", "San Pedro Perulapan"),
        ("Santa Rosa de Lima", "Santa Rosa de Copan"),
        ("Sector B12", "Sector B13"),
        ("Z. District", "Zapotitan District"),
        ("Wuli Eest", "Wuli West"),
    ],
)
def test_words_that_tell_units_apart_are_never_taken_for_each_other(query, name):
    known = gazetteer_of(units("HTI", A1=name, A2="Quezaltepeque", A3="Chalatenango"))
    assert one(query, known, "HTI")["code"] is None
    assert one(query, known, "HTI", "HTI1")["code"] is None


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("District 05", "District 5"),
        ("Region IV", "Region 4"),
        ("Zone ٣", "Zone 3"),
        ("North-West", "North West"),
        ("Nord", "North"),
    ],
)
def test_numbers_and_directions_are_the_same_however_written(query, name):
    known = gazetteer_of(units("CMR", A1=name, A2="Littoral", A3="Adamaoua"))
    assert one(query, known, "CMR")["code"] == "A1"


@pytest.mark.parametrize("query", ["Wuli Wset", "Wuly West", "Wuli West Distrct", "Wulli West"])
def test_misspelt_directions_and_kinds_are_put_right(query):
    known = gazetteer_of(units("GMB", A1="Wuli East", A2="Wuli West", A3="Jimara District"))
    assert one(query, known, "GMB")["code"] == "A2"


def test_a_town_is_not_its_district_where_the_country_has_both():
    both = units("IDN", A1="Bogor", A2="Kota Bogor", A3="Bima", A4="Kota Bima", A5="Kota Depok")
    left = both.filter(pl.col("code") != "A1")
    assert one("Bogor", gazetteer_of(both), "IDN")["code"] == "A1"
    assert one("Kota Bogor", gazetteer_of(both), "IDN")["code"] == "A2"
    more = pl.concat([left, units("IDN", A6="Blitar", A7="Kota Blitar").tail(2)])
    assert one("Bogor", gazetteer_of(more), "IDN")["code"] is None
    assert one("Kabupaten Bogor", gazetteer_of(more), "IDN")["code"] is None


def test_the_official_name_goes_before_the_other_name_of_another_unit():
    listed = units("SYR", A1="Harim", A2="Salqin")
    names = listed.filter(pl.col("level") == 2).with_columns(kind=pl.lit("official"), language=pl.lit(""))
    other = names.filter(pl.col("code") == "A2").with_columns(name=pl.lit("Harim"), kind=pl.lit("former"))
    known = gazetteer_of(listed, pl.concat([names, other]))
    assert one("Harim", known)["code"] == "A1"
    former = other.with_columns(name=pl.lit("Salkin Old Town"))
    assert (
        one("Salkin Old Town", gazetteer_of(listed, pl.concat([names, former])))["matched_name"] == "Salqin"
    )


def test_two_units_that_resemble_a_name_alike_are_both_told():
    known = gazetteer_of(units("PRK", A1="Yancheng", A2="Yuncheng", A3="Huludao"))
    answer = one("Yoncheng", known, "PRK", "PRK1")
    assert answer["code"] is None
    assert {candidate["code"] for candidate in answer["candidates"][:2]} == {"A1", "A2"}


def test_reasons_do_not_repeat_the_name(world):
    queries = asked(
        *[("SYR", 2, f"Mohammed Ahmed {n}", parent) for n in range(20) for parent in (None, "SY02")]
    )
    found = match_names(queries, world)
    assert found["code"].null_count() == found.height
    assert not found["reason"].str.contains("(?i)mohammed|ahmed").any()


def test_answers_stand_beside_the_queries_in_their_order(world):
    names = ["Al Bab", "Xyzzyq", "Al Bab", None, "Afrin", "Al Bab"]
    queries = asked(*[("SYR", 2, name, None) for name in names]).with_row_index("line")
    found = match_names(queries, world)
    assert found.columns == ["line", *KEY, *ANSWER]
    assert found["line"].to_list() == list(range(6))
    assert found["code"].to_list() == ["SY0202", None, "SY0202", None, "SY0203", "SY0202"]
    assert {name: found.schema[name] for name in ANSWER} == ANSWER


def test_no_queries_give_no_answers(world):
    assert match_names(asked(), world).height == 0
    assert (
        match_names(asked(("SYR", 2, "Al Bab", None)), gazetteer_of(units("SYR").clear()))["code"][0] is None
    )


NAMES = all_units().filter(pl.col("location_code").is_in(["SYR", "YEM", "HTI"]), pl.col("level") == 2)


@st.composite
def misspelt(draw: st.DrawFn) -> tuple[str, int, str, str | None]:
    """A unit's name with letters dropped, doubled or replaced, with its parent or without."""
    unit = NAMES.row(draw(st.integers(0, NAMES.height - 1)), named=True)
    name = unit["name"]
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(name) - 1))
        name = name[:at] + draw(st.sampled_from(["", name[at] * 2, "a", "h", "k"])) + name[at + 1 :]
    return unit["location_code"], 2, name, draw(st.sampled_from([None, unit["parent_code"]]))


@settings(max_examples=8)
@given(st.lists(misspelt(), min_size=1, max_size=6), st.randoms())
def test_answers_depend_neither_on_order_nor_on_company(rows, chance):
    known = gazetteer_of(all_units().filter(pl.col("location_code").is_in(["SYR", "YEM", "HTI"])))
    turned = [*rows, *rows[:2]]
    chance.shuffle(turned)
    first = {row: match_names(asked(row), known).row(0) for row in rows}
    assert all(
        first[row] == answer
        for row, answer in zip(turned, match_names(asked(*turned), known).rows(), strict=True)
    )


@settings(max_examples=8)
@given(st.lists(misspelt(), min_size=1, max_size=4))
def test_units_of_another_country_change_nothing(rows):
    near = gazetteer_of(all_units().filter(pl.col("location_code").is_in(["SYR", "YEM", "HTI"])))
    far = gazetteer_of(all_units().filter(pl.col("location_code").is_in(["SYR", "YEM", "HTI", "LBN", "JOR"])))
    assert match_names(asked(*rows), near).equals(match_names(asked(*rows), far))


@settings(max_examples=15)
@given(misspelt())
def test_without_the_matched_unit_no_other_is_surer(row):
    there = all_units().filter(pl.col("location_code") == row[0])
    before = match_names(asked(row), gazetteer_of(there)).row(0, named=True)
    if before["code"] is not None:
        left = gazetteer_of(there.filter(pl.col("code") != before["code"]))
        after = match_names(asked(row), left).row(0, named=True)
        assert after["code"] is None or after["score"] <= before["score"]


@given(st.text(max_size=30))
def test_folding_a_folded_name_changes_nothing(text):
    plain = fold(pl.Series([text]), "SYR")["plain"]
    again = fold(plain, "SYR")["plain"]
    assert again.to_list() == plain.to_list()


@settings(max_examples=15)
@given(st.lists(st.one_of(st.none(), st.text(max_size=40)), min_size=1, max_size=5))
def test_any_text_has_an_answer(names):
    known = gazetteer_of(all_units().filter(pl.col("location_code") == "LBN"))
    found = match_names(asked(*[("LBN", 2, name, None) for name in names]), known)
    assert found["name"].to_list() == names
    assert found.select(pl.col("score", "margin").is_between(0, 1).all()).row(0) == (True, True)
    assert ((found["reason"] == "") == found["code"].is_not_null()).all()
