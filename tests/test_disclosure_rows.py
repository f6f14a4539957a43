"""Rows that are sites, events or clusters are no people, whoever answered for them; people at sites are."""

import polars as pl
import pytest

from hxl_kit.disclosure import Disclosing, disclosure
from hxl_kit.disclosure.people import candidates
from hxl_kit.disclosure.rows import of_clusters
from hxl_kit.disclosure.words import kind

SITES = {
    "SSID": ["S1", "S2", "S3", "S4"],
    "Site Name": ["Camp A", "Camp A", "School B", "Mosque C"],
    "Latitude": ["15.369412", "15.369413", "14.123456", "14.2"],
    "Number of HH": ["60", "80", "2", "120"],
    "Number of IDPs": ["300", "410", "9", "650"],
    "Unaccompanied children": ["1", "12", "0", "3"],
    "Safety incidents reported": ["None", "Sexual harassment", "Sexual harassment", "Theft"],
    "KI name": ["Aba Cade", "Fago Halu", "Jala Mano", "Nosa Rita"],
    "KI sex": ["f", "m", "m", "f"],
    "KI age": ["34", "51", "44", "29"],
}
KINDS = {"KI name": "person_name"}


def told(columns, kinds=None, resource="t"):
    frame = pl.DataFrame(columns).with_row_index("row_number", offset=2)
    look = Disclosing(resource, frame.columns)
    look.add(frame)
    return {(f.slug, f.column): f.severity for f in look.findings(kinds=kinds)}


def test_sites_are_no_people_whoever_answered_for_them():
    assert told(SITES, KINDS) == {("small-count", "Unaccompanied children"): "warning"}


def test_survivors_at_sites_still_tell():
    assert (
        told({**SITES, "GBV survivors": ["2", "0", "9", "8"]}, KINDS)["small-count", "GBV survivors"]
        == "error"
    )
    cases = told({**SITES, "cases": ["9", "2", "9", "8"]}, KINDS, "gbv_cases")
    assert cases["small-count", "cases"] == "error"


@pytest.mark.parametrize(
    "changed",
    [
        {"Number of HH": ["1"] * 4, "Number of IDPs": ["6", "4", "9", "12"]},
        {"SSID": ["S1"] * 4, "Site Name": ["Camp A"] * 4},
        {"date of birth": ["1990-01-02", "1971-05-01", "1980-03-04", "1999-01-01"]},
    ],
)
def test_people_at_sites_are_people(changed):
    """A household has few members, a camp's people are many to a site, and nobody but a person is born."""
    assert ("disclosure-risk", "") in told({**SITES, **changed}, KINDS)


def test_names_and_codes_of_places_in_other_languages():
    arabic = {
        "اسم الموقع": ["مخيم ا", "مخيم ب"],
        "خط العرض": ["15.369412", "14.123456"],
        "عدد الأسر": ["60", "80"],
        "عدد الأفراد": ["300", "410"],
        "جنس المخبر": ["ذكر", "أنثى"],
    }
    french = {
        "Code du site": ["S1", "S2"],
        "Latitude": ["15.369412", "14.123456"],
        "Ménages PDI": ["60", "80"],
        "Nom de l'informateur clé": ["Aba Cade", "Fago Halu"],
        "Sexe IC": ["H", "F"],
    }
    assert told(arabic) == {}
    assert told(french, {"Nom de l'informateur clé": "person_name"}) == {}


def test_groups_at_places_are_no_households():
    assert told({"الولاية": ["ا", "ا", "ب"], "عدد الأفراد": ["3168", "2640", "7472"]}) == {}
    assert ("small-group", "") in told({"الولاية": ["ا", "ا", "ب"], "عدد الأفراد": ["3", "7", "9"]})


def test_small_groups_at_large_places_still_tell():
    rows = {
        "camp": ["A", "A", "B"],
        "religion": ["Yazidi", "Muslim", "Yazidi"],
        "individuals": ["2", "700", "40"],
    }
    assert told(rows) == {("small-count", "individuals"): "error"}


@pytest.mark.parametrize(
    ("column", "severity"),
    [
        ("Sexual violence events", None),
        ("os_dyad_count: rape", None),
        ("GBV incidents", "warning"),
        ("SEA allegations", "warning"),
        ("GBV incident survivors", "error"),
        ("Survivors of sexual violence events", "error"),
    ],
)
def test_events_are_counted_otherwise_than_people(column, severity):
    rows = {"adm1": ["A", "B", "C"], column: ["2", "7", "1"]}
    assert told(rows).get(("small-count", column)) == severity


def test_what_a_monitor_of_events_has_published_asks():
    column = "Children affected by sexual violence"
    rows = {"Country": ["A", "B", "C"], column: ["2", "7", "1"]}
    monitor = {"Event Description": ["x", "y", "z"], "Reported Perpetrator": ["p", "q", "r"]}
    assert told(rows) == {("small-count", column): "error"}
    assert told({**rows, **monitor}) == {("small-count", column): "warning"}


def test_organisations_by_cluster_are_no_survivors():
    rows = {"OBLAST": ["A", "B", "C"], "PC_GBV": ["3", "1", "4"], "Education": ["2", "3", "5"]}
    assert ("small-count", "PC_GBV") in told(rows)
    assert told({**rows, "WASH": ["7", "11", "4"]}) == {}
    assert of_clusters(["OBLAST", "CCCM", "GBV", "FSL"]) == {"CCCM", "GBV", "FSL"}


def test_numbers_of_places_are_no_numbers_of_people():
    header = ["OBLAST", "ADMIN1_ID", "organisations"]
    assert candidates(header, {"ADMIN1_ID": "person_id"}) is None
    assert candidates(header, {"ID": "person_id"}) is not None


@pytest.mark.parametrize(
    "header",
    ["Date,ADMIN1Name,pct_disabled_hoh,n_calls", "Область,Рынок,Имя файла отчёта", "region,mean_age_resp"],
)
def test_means_and_files_are_no_people(header):
    assert candidates(header.split(",")) is None


def test_a_single_household_without_a_number_is_seen():
    frame = pl.DataFrame({"row_number": [2], "hoh": ["1"], "sexhoh": ["Male"], "marital_stat": ["2"]})
    assert {f.slug for f in disclosure(frame, "t")} == {"disclosure-risk", "small-group"}
    assert kind("sect_hhcompsexrep", "sensitive") == ""
    assert kind("religious sect", "sensitive") == "religion"
