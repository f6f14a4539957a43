"""Reported figures: words to quantities, parts and totals, documents, claims."""

import csv
import random
from pathlib import Path

import polars as pl
import pytest

from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.sources import source

SAMPLES = Path(__file__).parent / "data" / "sources" / "reported_figures"
REFERENCE = Path(__file__).parents[1] / "datapackages" / "nw-syria-2024"
SOURCE = source("reported_figures")
ROW = {
    "measure": "civilian_killed",
    "geo_text": "Exampletown",
    "pcode_guess": "SY0705",
    "period_start": "2031-03-01",
    "period_end": "2031-03-02",
    "raw_phrase": "at least 69 civilians, including 26 children and 11 women",
    "publisher": "OCHA",
    "url": "https://example.org/1",
}


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]


def normalised(*rows):
    names = list(rows[0])
    frame = pl.DataFrame(list(rows), schema=dict.fromkeys(names, pl.String)).with_row_index("row_number", 1)
    return Normaliser(SOURCE.fitting_layout(names), "reported_figures").normalise(frame)


def only(table_name, *rows):
    found = normalised(*rows)
    assert found.rejected.is_empty(), found.rejected["reason"].to_list()
    return found.tables[table_name].to_dicts()


def test_a_total_and_its_parts_are_linked_and_only_the_total_can_be_recommended():
    total, *parts = only("casualties", {**ROW, "role": "recommended"})
    assert (total["value"], total["value_low"], total["value_high"], total["qualifier"]) == (
        69,
        69,
        None,
        "at_least",
    )
    assert [(p["sex"], p["age_group"], p["value"], p["qualifier"]) for p in parts] == [
        ("all", "child", 26, "exact"),
        ("female", "adult", 11, "exact"),
    ]
    assert {total["overlap_group"]} == {p["overlap_group"] for p in parts}
    assert (total["role"], {p["role"] for p in parts}) == ("recommended", {"triangulation"})
    assert all(p["figure_id"].startswith(f"{total['figure_id']}:") for p in parts)
    assert {f["quantity_text"] for f in (total, *parts)} == {ROW["raw_phrase"]}


def test_nothing_is_recommended_unless_the_sheet_says_so():
    study = normalised(*read(SAMPLES / "study.csv")).tables
    assert {
        role for name in ("casualties", "displacement", "indicators") for role in study[name]["role"]
    } == {"triangulation"}


def test_the_compilers_numbers_are_not_the_answer():
    wrong = {**ROW, "low": "1", "best": "2", "high": "3", "qualifier": "exact"}
    assert only("casualties", wrong) == only("casualties", ROW)


@pytest.mark.parametrize(
    ("phrase", "language", "expected"),
    [
        ("334.000", None, (None, "unknown")),
        ("334.000", "id", (334000, "exact")),
        ("several civilians", None, (None, "unknown")),
        ("عشرات الجرحى", "ar", (None, "order_of_magnitude")),
    ],
)
def test_a_phrase_that_cannot_be_read_is_kept(phrase, language, expected):
    (figure,) = only("casualties", {**ROW, "raw_phrase": phrase, "language": language})
    assert (figure["value"], figure["qualifier"]) == expected
    assert figure["quantity_text"] == phrase


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("children=33;women=13", [("all", "child", 33), ("female", "adult", 13)]),
        ("children>=1", [("all", "child", 1)]),
        ("children~0.5", []),
        ("men=0.26", []),
        ("majority women and children", []),
    ],
)
def test_parts_that_the_sheet_adds(entry, expected):
    _, *parts = only("casualties", {**ROW, "raw_phrase": "105", "disaggregation": entry})
    assert [(p["sex"], p["age_group"], p["value"]) for p in parts] == expected


def test_parts_of_another_category():
    row = {**ROW, "measure": "displaced_total", "raw_phrase": "at least 178,000"}
    figures = only("displacement", {**row, "disaggregation": "newly=128000;at_least_twice=39000"})
    assert [(f["category"], f["value"]) for f in figures] == [
        ("new_displacement", 178000),
        ("new_displacement", 128000),
        ("secondary_displacement", 39000),
    ]
    assert len({f["figure_id"] for f in figures}) == 3


@pytest.mark.parametrize(
    ("publisher", "document", "claimant"),
    [
        ("OCHA", "OCHA", None),
        ("OCHA via DNA", "DNA", "OCHA"),
        ("OCHA / IDP Task Force", "OCHA", "IDP Task Force"),
        ("UNHCR and NGOs", "UNHCR and NGOs", None),
    ],
)
def test_who_publishes_and_who_says_it(publisher, document, claimant):
    found = normalised({**ROW, "publisher": publisher}).tables
    assert found["sources"]["publisher"].to_list() == [document]
    assert set(found["casualties"]["claimed_by"]) == {claimant}


def test_a_document_is_one_source_whatever_tables_its_rows_go_to():
    rows = [ROW, {**ROW, "measure": "attacks", "raw_phrase": "125"}]
    rows += [
        {**ROW, "measure": "arrivals", "raw_phrase": n, "publisher": "UNHCR and NGOs"} for n in ("7", "8")
    ]
    rows += [{**ROW, "geo_text": "Otherville"}]
    found = normalised(*rows).tables
    (document,) = found["sources"].to_dicts()
    assert document["publisher"] == "OCHA"
    named = {i for name in ("casualties", "displacement", "indicators") for i in found[name]["source_id"]}
    assert named == {document["source_id"]}
    assert set(found["displacement"]["claimed_by"]) == {"UNHCR and NGOs"}


@pytest.mark.parametrize(
    ("codes", "place"),
    [
        ("SY0705", ("SYR", "SY07", "SY0705", "admin2", "reviewed")),
        ("SY07", ("SYR", "SY07", None, "admin1", "reviewed")),
        ("SYR", ("SYR", None, None, "country", "none")),
        ("SY07;SY02", ("SYR", None, None, "vague_area", "none")),
        (None, (None, None, None, "unknown", "none")),
    ],
)
def test_places(codes, place):
    figure = only("casualties", {**ROW, "pcode_guess": codes})[0]
    fields = ("location_code", "admin1_code", "admin2_code", "geo_precision", "pcode_method")
    assert tuple(figure[f] for f in fields) == place
    assert figure["place_name"] == "Exampletown"


def test_where_people_came_from_is_not_where_they_are():
    row = {
        **ROW,
        "measure": "displaced_from",
        "geo_text": "Aleppo",
        "pcode_guess": "SY02",
        "raw_phrase": "nearly 640,000",
    }
    (figure,) = only("displacement", row)
    assert (figure["origin_admin1_code"], figure["origin_location_code"]) == ("SY02", "SYR")
    assert (figure["admin1_code"], figure["location_code"], figure["geo_precision"]) == (
        None,
        "SYR",
        "country",
    )


def test_families_are_not_people():
    (figure,) = only(
        "displacement", {**ROW, "measure": "newly_displaced", "raw_phrase": "some 3,000 families"}
    )
    assert (figure["counts"], figure["unit"], figure["value"]) == ("households", "household", 3000)


def test_a_stock_has_its_day_and_a_flow_its_period():
    (stock,) = only("displacement", {**ROW, "measure": "in_collective_centres", "raw_phrase": "25"})
    (flow,) = only("displacement", {**ROW, "measure": "newly_displaced", "raw_phrase": "25"})
    assert [str(stock[f]) for f in ("as_of", "date_start", "date_end")] == ["2031-03-02", "None", "None"]
    assert [str(flow[f]) for f in ("as_of", "date_start", "date_end")] == ["None", "2031-03-01", "2031-03-02"]


def test_a_denial_is_a_claim_about_the_figure():
    found = normalised({**ROW, "denied_by": "Side A", "aspect": "intent", "quote": "not us"}).tables
    (claim,) = found["claims"].to_dicts()
    assert claim["about_id"] in set(found["casualties"]["figure_id"])
    assert (claim["claimant"], claim["stance"], claim["aspect"], claim["quote"]) == (
        "Side A",
        "denies",
        "intent",
        "not us",
    )
    without_aspect = normalised({**ROW, "denied_by": "Side A"})
    assert without_aspect.rejected["reason"].to_list() == ["aspect is required and empty"]


def test_row_order_does_not_matter():
    rows = read(SAMPLES / "study.csv")
    shuffled = random.Random(7).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    first, second = normalised(*rows).tables, normalised(*shuffled).tables
    for name in ("sources", "casualties", "displacement", "indicators"):
        key = "source_id" if name == "sources" else "figure_id"
        assert first[name].sort(key).equals(second[name].sort(key)), name


def test_an_unknown_measure_is_named():
    found = normalised({**ROW, "measure": "people_worried"}, {**ROW, "measure": "kiled"})
    assert found.rejected["reason"].to_list() == [
        "measure is not in the code list 'harm': 'people_worried'",
        "measure is not in the code list 'harm': 'kiled'; did you mean 'killed'?",
    ]


def test_a_renamed_column_is_named_with_the_nearest():
    with pytest.raises(SourceMismatchError, match="column 'raw_phrase' missing; did you mean 'raw_phrases'"):
        normalised({("raw_phrases" if k == "raw_phrase" else k): v for k, v in ROW.items()})


def test_the_study_says_what_the_reference_package_says():
    """The package was made by hand from the same sheet: what differs is known and named here."""
    ours = {name: frame.to_dicts() for name, frame in normalised(*read(SAMPLES / "study.csv")).tables.items()}
    urls = {s["source_id"]: s["url"] for s in ours["sources"]}
    theirs_urls = {s["source_id"]: s["url"] for s in read(REFERENCE / "sources.csv")}

    def numbers(rows, addresses):
        found = []
        for row in rows:
            bounds = tuple(
                float(row[f]) if row[f] not in (None, "") else None
                for f in ("value", "value_low", "value_high")
            )
            harm = row.get("harm") or row.get("category")
            found.append((addresses.get(row["source_id"]), harm, row["sex"], row["age_group"], bounds))
        return sorted(found, key=str)

    for name in ("casualties", "displacement"):
        mine = numbers(ours[name], urls)
        theirs = numbers(read(REFERENCE / f"{name}.csv"), theirs_urls)
        left, extra = [x for x in theirs if x not in mine], [x for x in mine if x not in theirs]
        # The news report is not in the sheet; three Indonesian figures and a child are read by hand there, and so is
        # a peak of one day.
        of_news = [x for x in left if x[0] is None]
        assert len(of_news) == 1
        by_hand = {"casualties": 1, "displacement": 4}[name]
        assert len(left) - len(of_news) == by_hand
        assert len(extra) == {"casualties": 1, "displacement": 3}[name]
