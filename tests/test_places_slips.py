"""Slips between two spellings: their kinds, and words cut short."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA, Levenshtein

from hxl_kit.places.matching.slips import SHORTENINGS, SLIPS, shortenings, slips

PLACES = {"at_start", "at_end"}


def made(ours: str, theirs: str) -> dict[str, float]:
    row = slips(pl.DataFrame({"ours": [ours], "theirs": [theirs]})).row(0, named=True)
    return {kind: count for kind, count in row.items() if count}


@pytest.mark.parametrize(
    ("ours", "theirs", "kinds"),
    [
        ("kamina", "kamina", {}),
        ("kamnia", "kamina", {"swapped": 1}),
        ("boura", "bouar", {"swapped": 1, "at_end": 1}),
        ("kamnia", "kamonia", {"vowel_less": 1}),
        ("gombi", "gombe", {"vowel_changed": 1, "at_end": 1}),
        ("allepo", "alepo", {"doubled": 1}),
        ("hasib", "harib", {"letter_changed": 1}),
        ("qamina", "kamina", {"like_sound": 1, "at_start": 1}),
        ("herat", "hwrat", {"key_beside": 1}),
        ("homsh", "homs", {"aitch": 1, "at_end": 1}),
        ("bossem", "bossemtele", {"letter_less": 2, "vowel_less": 2, "at_end": 1}),
    ],
)
def test_the_kind_of_each_slip(ours, theirs, kinds):
    assert made(ours, theirs) == kinds


@given(st.text("abhik ", max_size=12), st.text("abhik ", max_size=12))
def test_every_step_between_two_spellings_is_of_one_kind(ours, theirs):
    count = sum(number for kind, number in made(ours, theirs).items() if kind not in PLACES)
    assert OSA.distance(ours, theirs) <= count <= Levenshtein.distance(ours, theirs)


@pytest.mark.parametrize(
    ("ours", "theirs", "letters"),
    [
        ("e shewa", "east shewa", 5),
        ("moh agha", "mohammad agha", 4),
        ("east shewa", "east shewa", 0),
        ("shewa", "shewa east", 0),
        ("e s", "east shewa", 0),
        ("west shewa", "east shewa", 0),
    ],
)
def test_words_cut_short(ours, theirs, letters):
    found = shortenings(pl.Series([ours]), pl.Series([theirs])).row(0, named=True)
    assert tuple(found) == SHORTENINGS
    assert found["shortened"] == (letters > 0)
    assert (found["kept"] > 0) == (letters > 0)


def test_no_pairs_have_all_columns():
    assert slips(pl.DataFrame(schema={"ours": pl.String, "theirs": pl.String})).columns == list(SLIPS)
