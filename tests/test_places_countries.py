"""Country names and codes to ISO 3166-1 alpha-3: sure, or none with the countries that can be meant."""

import socket

import polars as pl
import pytest
from hypothesis import given as examples
from hypothesis import strategies as st

from hxl_kit.places import countries
from hxl_kit.places.countries import country_of, match_countries
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist, crosswalk


@pytest.mark.parametrize(
    ("given", "code", "method"),
    [
        ("SYR", "SYR", "code"),
        ("syr", "SYR", "code"),
        ("SY", "SYR", "code"),
        ("760", "SYR", "code"),
        ("Syria", "SYR", "exact"),
        ("Syrian Arab Rep.", "SYR", "exact"),
        ("république arabe syrienne", "SYR", "exact"),
        ("Siria", "SYR", "exact"),
        ("Сирия", "SYR", "exact"),
        ("سوريا", "SYR", "exact"),
        ("叙利亚", "SYR", "exact"),
        ("Украина", "UKR", "exact"),
        ("أفغانستان", "AFG", "exact"),
        ("阿富汗", "AFG", "exact"),
        ("Niger", "NER", "exact"),
        ("Nigeria", "NGA", "exact"),
        ("Guinea", "GIN", "exact"),
        ("Guinea-Bissau", "GNB", "exact"),
        ("Equatorial Guinea", "GNQ", "exact"),
        ("North Korea", "PRK", "exact"),
        ("DR Congo", "COD", "exact"),
        ("Dominica", "DMA", "exact"),
        ("Dominican Republic", "DOM", "exact"),
        ("TÜRKİYE", "TUR", "exact"),
        ("Côte d’Ivoire", "CIV", "exact"),
        ("U.S.", "USA", "exact"),
        ("Congo, Dem. Rep.", "COD", "fuzzy"),
        ("DR Congo (Zaire)", "COD", "fuzzy"),
        ("Korea, Rep.", "KOR", "fuzzy"),
        ("S. Sudan", "SSD", "exact"),
        ("Yemen (North Yemen)", "YEM", "fuzzy"),
        ("Bosnia", "BIH", "fuzzy"),
        ("Afghnistan", "AFG", "fuzzy"),
        ("Ukrane", "UKR", "fuzzy"),
    ],
)
def test_countries(given, code, method):
    found = country_of(given)
    assert (found.location_code, found.method, found.reason) == (code, method, "")
    assert found.score == 1 if method != "fuzzy" else 0.85 < found.score < 1


@pytest.mark.parametrize(
    ("given", "candidates"),
    [
        ("Congo", {"COG", "COD"}),
        ("Korea", {"KOR", "PRK"}),
        ("N. Korea", {"KOR", "PRK"}),
        ("Korea DPR", {"KOR", "PRK"}),
        ("Nigerie", {"NER", "NGA"}),
        ("Guinea Bisau", {"GIN", "GNB"}),
        ("Saint Martin", {"MAF", "SXM"}),
        ("Virgin Islands", {"VGB", "VIR"}),
        ("Ukraine, Russia", {"UKR", "RUS"}),
        ("Netherlands Antilles", {"CUW", "SXM", "BES"}),
        ("New Jersey", {"JEY"}),
        ("Papua", {"IDN", "PNG"}),
        ("Austrlia", {"AUS", "AUT"}),
        ("Somaliland", {"SOM"}),
        ("NA", {"NAM"}),
        ("sy", set()),
        ("n/a", set()),
        ("John Smith", set()),
        ("999", set()),
        ("", set()),
        (" - ", set()),
    ],
)
def test_abstentions(given, candidates):
    found = country_of(given)
    assert (found.location_code, found.method, found.score) == (None, "none", None)
    assert set(found.candidates) == candidates
    assert found.reason


def test_reasons_hold_nothing_of_the_value():
    assert "Smith" not in country_of("John Smith").reason


@pytest.mark.parametrize("name", ["country_name-location", "iso2-location"])
def test_crosswalks_of_the_standard_agree(name):
    ambiguous = set(countries._ambiguous())
    wrong = []
    for value, code in crosswalk(name).pairs:
        text = value.upper() if name == "iso2-location" else value
        if countries._folded(text) not in ambiguous and country_of(text).location_code != code:
            wrong.append((value, code))
    assert wrong == []


def test_frames_keep_rows_and_order():
    given = pl.Series("country", ["Syria", None, "Congo", "Syria", "LBN"])
    found = match_countries(given)
    assert found.schema == pl.Schema(countries.SCHEMA)
    assert found["given"].to_list() == given.to_list()
    assert found["location_code"].to_list() == ["SYR", None, None, "SYR", "LBN"]
    assert found["method"].to_list() == ["exact", "none", "none", "exact", "code"]
    assert match_countries(pl.Series([], dtype=pl.String)).height == 0


def test_lists_name_known_countries():
    known = set(codelist("location").values)
    short = pl.read_csv(schemas.path_of("words", "country_short_names.csv"))
    assert set(short["location_code"]) <= known
    assert not short["name"].is_duplicated().any()
    several = pl.read_csv(schemas.path_of("words", "ambiguous_countries.csv"))
    candidates = several["candidates"].drop_nulls().str.split(";").explode()
    assert set(candidates) - {""} <= known
    assert several["why"].null_count() == 0


def test_nothing_is_asked_of_the_network(monkeypatch):
    def refuse(*_, **__):
        pytest.fail("a connection was opened")

    from hdx.location.country import Country

    monkeypatch.setattr(Country, "_countriesdata", None)
    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for cached in (countries._data, countries._names, countries._words, countries._common_words):
        cached.cache_clear()
    assert country_of("Bosnia").location_code == "BIH"
    assert country_of("Syrian Arab Rep.").location_code == "SYR"


@examples(st.text(max_size=25))
def test_any_text_gives_a_country_or_a_reason(text):
    found = country_of(text)
    assert (found.location_code is None) == (found.reason != "")
    assert found.location_code in {None, *codelist("location").values}
