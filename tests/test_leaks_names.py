"""Names that officers gave: which of them messages and packages may repeat."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.package.publishable import about_columns, about_reading, file_name, is_plain
from hxl_kit.reading import open_table
from hxl_kit.reading.masking import masked, without_persons
from hxl_kit.reading.table import shown
from hxl_kit.sources import source

GED = source("ucdp_ged")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("zuhayra.qanbarovik@example.org", "…@…"),
        ("write to a.b+c@d-e.co.uk now", "write to …@… now"),
        ("+963 944 718 203", "+999 999 999 999"),
        ("(0944) 718-203", "(9999) 999-999"),
        ("SYR77182093", "SYR99999999"),
        ("0944718203", "9999999999"),
    ],
)
def test_addresses_and_long_numbers_are_masked(name, said):
    assert masked(name) == said
    assert shown(name) == said


@pytest.mark.parametrize(
    "name",
    [
        "2024-01-31 to 2024-02-28",
        "20240131",
        "2020 2021 2022 2023",
        "31.12.2024",
        "2024-01-31T10:00:00",
        "SY070001",
        "GEDEvent_v24_0_5",
        "1,000,000",
        "deaths_a",
        "#affected+killed",
        "@row",
    ],
)
def test_dates_codes_and_counts_stay(name):
    assert masked(name) == name


def test_a_header_that_is_a_record_has_numbers_for_names():
    person = ["Zuhayra Qanbarovik", "0944718203", "z@example.org", "Idleb"]
    assert without_persons(person) == ["column 1", "column 2", "column 3", "column 4"]
    assert without_persons(["id", "name", "tel 0944718203", *"abcdefgh"])[:3] == [
        "id",
        "name",
        "tel 9999999999",
    ]
    assert without_persons(["id", "2024-01-31"]) == ["id", "2024-01-31"]
    assert without_persons([]) == []


@given(st.text(max_size=80))
def test_masking_is_done_once_for_all(name):
    assert masked(masked(name)) == masked(name)


@given(st.from_regex(r"\A[+]?[1-9][0-9]{8,14}\Z"))
def test_no_long_number_passes(number):
    assert number not in masked(f"tel {number}")


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("ged_231_49_columns.csv", "ged_231_49_columns.csv"),
        ("GEDEvent_v24_0_5.csv", "input-3.csv"),
        ("events Syria 2024-01-31.csv.gz", "events Syria 2024-01-31.csv.gz"),
        ("Zuhayra Qanbarovik.csv.gz", "input-3.csv.gz"),
        ("zuhayra.qanbarovik.xlsx", "input-3.xlsx"),
        ("list 0944718203.csv", "input-3.csv"),
        ("events.Zuhayra", "input-3"),
    ],
)
def test_a_package_says_a_file_name_only_where_every_word_is_known(name, public):
    assert file_name(Path("a folder") / name, 3, GED) == public


def test_words_of_the_source_are_known():
    assert is_plain("hxl_table.csv", source("hxl_table"))
    assert is_plain("UCDP Georeferenced Event Dataset.csv", GED)
    assert not is_plain("Zuhayra.csv", GED)


def test_columns_that_no_source_knows_are_counted_in_the_package():
    layout = GED.layouts[0]
    names = {name: name for name in ("year", "id", "best")}
    said = list(about_columns(layout, names, ["Zuhayra Qanbarovik", "a@b.org"]))
    assert "Zuhayra Qanbarovik" in " ".join(note.here for note in said)
    assert "a@b.org" not in " ".join(note.here for note in said)
    assert [note.public for note in said] == [
        "columns not carried over: year",
        "of these unknown to this source, kept in the private folder: 2",
    ]


def test_notes_on_the_reading_lose_their_names_in_the_package(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("id,id,Zuhayra;x\n#meta+id,,\n1,2,3\n", encoding="utf-8-sig")
    with open_table(file) as text:
        said = list(about_reading(text, GED.layouts[0], GED))
    assert "Zuhayra" in " ".join(note.here for note in said)
    assert "Zuhayra" not in " ".join(note.public for note in said)
    assert "UTF-8 byte-order mark removed" in [note.public for note in said]
    assert set(GED.layouts[0].notes) <= {note.public for note in said}


def test_a_word_as_long_as_a_file_is_masked_without_reading_it_over_and_over():
    word = "#affected" + "+a" * 1_000_000
    assert masked(word) == word
    assert masked(f"{word}@example.org") == "…@…"
