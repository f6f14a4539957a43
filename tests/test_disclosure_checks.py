"""The words of the disclosure checks fit what the code finds."""

import csv
import re
import string
from pathlib import Path

import polars as pl

import hxl_kit.disclosure as disclosure_room
from hxl_kit.disclosure.words import _patterns, folded, kind
from hxl_kit.standard import schemas

SLUG = re.compile(r'"((?:small|one|disclosure|precise|facility)-[a-z-]+)"')


def rows(*parts):
    with schemas.path_of(*parts).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def slugs_in_code():
    (folder,) = disclosure_room.__path__
    return {
        slug for file in Path(folder).rglob("*.py") for slug in SLUG.findall(file.read_text(encoding="utf-8"))
    }


def test_every_slug_has_its_words():
    checks = {row["slug"]: row for row in rows("checks", "disclosure.csv")}
    screened = {row["slug"] for row in rows("checks", "screen.csv")}
    assert set(checks) == slugs_in_code() - screened
    assert {row["severity"] for row in checks.values()} <= {"error", "warning", "info"}
    assert all(all(row.values()) for row in checks.values())


def test_messages_name_only_what_findings_give():
    given = {"count", "highest", "percent", "keys", "fewest", "places"}
    for row in rows("checks", "disclosure.csv"):
        assert {name for _, name, _, _ in string.Formatter().parse(row["message"]) if name} <= given


def test_words_are_regular_expressions_in_six_languages():
    words = rows("words", "disclosure_words.csv")
    assert {row["language"] for row in words} == {"en", "fr", "es", "ar", "uk", "ru"}
    for role in {row["role"] for row in words}:
        assert _patterns(role)
    assert words == pl.DataFrame(words).unique(maintain_order=True).to_dicts()


def test_names_are_folded():
    assert folded("HIV +ve (f)") == "hiv_ve_f"
    assert folded("ageGroup") == "age_group"
    assert kind("Nb. de cas VIH", "sensitive") == "hiv"
    assert kind("archive", "sensitive") == ""
    assert kind("عدد ذوي الإعاقة", "sensitive") == "disability"
