"""Names in native scripts, matched against Latin names alone by their sounds."""

from __future__ import annotations

import polars as pl
import pytest

from hxl_kit.places.gazetteer import all_units, gazetteer, gazetteer_of
from hxl_kit.places.matching import match_names
from hxl_kit.places.matching.scripts import script


def by_language(country: str, level: int, language: str) -> pl.DataFrame:
    """Return a name of each unit in a language, without parents."""
    here = (pl.col("location_code") == country, pl.col("level") == level, pl.col("language") == language)
    names = gazetteer().names.filter(*here).unique("code", maintain_order=True).sort("code")
    return names.select(
        "location_code",
        "level",
        "name",
        pl.lit(None, pl.String).alias("parent_code"),
        "code",
        inside="parent_code",
    )


def against_latin(names: pl.DataFrame) -> tuple[int, int]:
    """Return how many names are matched rightly and wrongly, against the official Latin names alone."""
    latin = gazetteer().units.filter(pl.col("location_code").is_in(names["location_code"].implode()))
    found = match_names(names.drop("code", "inside"), gazetteer_of(latin))
    assert set(found.filter(pl.col("code").is_not_null())["method"]) <= {"native_script"}
    return int((found["code"] == names["code"]).sum()), int((found["code"] != names["code"]).sum())


def test_syrian_districts_in_arabic():
    names = by_language("SYR", 2, "ar")
    right, wrong = against_latin(names)
    assert (names.height, wrong) == (62, 0)
    assert right >= 56


def test_syrian_districts_in_arabic_within_their_governorates():
    names = by_language("SYR", 2, "ar").with_columns(parent_code="inside")
    right, wrong = against_latin(names)
    assert (wrong, right >= 61) == (0, True)


@pytest.mark.parametrize("language", ["uk", "ru"])
def test_ukrainian_oblasts_in_cyrillic(language):
    assert against_latin(by_language("UKR", 1, language)) == (27, 0)


@pytest.mark.parametrize(
    ("country", "language", "least"),
    [("MKD", "mk", 66), ("ARM", "hy", 36), ("ARM", "ru", 36), ("AFG", "fa", 310)],
)
def test_names_in_other_scripts(country, language, least):
    names = by_language(country, 2, language)
    right, wrong = against_latin(names)
    assert right >= least
    assert wrong <= names.height * 0.005


@pytest.mark.parametrize(
    ("country", "level", "name", "parent", "code"),
    [
        ("SYR", 1, "محافظة حلب", None, "SY02"),
        ("SYR", 1, "ريف دمشق", None, "SY03"),
        ("SYR", 2, "منطقة الباب", "SY02", "SY0202"),
        ("SYR", 2, "القَامِشْلِي", None, "SY0802"),
        ("UKR", 1, "Харківська область", None, "UA63"),
        ("UKR", 1, "Луганская обл.", None, "UA44"),
        ("UKR", 1, "Київ", None, "UA80"),
        ("UKR", 1, "Київська область", None, "UA32"),
        ("UKR", 1, "АР Крим", None, "UA01"),
        ("SYR", 2, "باريس", None, None),
        ("UKR", 1, "Московская область", None, None),
    ],
)
def test_names_as_people_write_them(country, level, name, parent, code):
    asked = pl.DataFrame(
        {"location_code": [country], "level": [level], "name": [name], "parent_code": [parent]},
        schema_overrides={"level": pl.UInt8, "parent_code": pl.String},
    )
    answer = match_names(asked, gazetteer_of(all_units())).row(0, named=True)
    assert answer["code"] == code, answer["candidates"]


def test_a_name_in_the_units_own_script_is_the_same_name():
    asked = by_language("SYR", 3, "ar").with_columns(parent_code="inside")
    found = match_names(asked.drop("code", "inside"), gazetteer())
    agreed = found["code"] == asked["code"]
    assert agreed.sum() >= asked.height * 0.98
    assert found.filter(agreed)["score"].min() == 1.0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Aleppo", "Latn"),
        ("", "Latn"),
        ("12", "Latn"),
        ("حلب", "Arab"),
        ("Київ", "Cyrl"),
        ("ירושלים", "Hebr"),
        ("ရန်ကုန်", "Mymr"),
        ("თბილისი", "Geor"),
        ("北京", "Hani"),
    ],
)
def test_scripts(name, code):
    assert pl.DataFrame({"name": [name]}).select(script(pl.col("name"))).item() == code
