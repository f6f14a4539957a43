"""UCDP GED: what must hold besides the golden files; totals counted here with Python's csv and json, nothing of hxl_kit."""

import csv
import gzip
import json
import random
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from hxl_kit.describe import certain_source
from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.reading import open_table
from hxl_kit.sources import source
from hxl_kit.standard.tables import table

REAL = Path(__file__).parents[2] / "shared/data/ucdp"
PARTS = {
    "deaths_a": "killed_side_a",
    "deaths_b": "killed_side_b",
    "deaths_civilians": "killed_civilians",
    "deaths_unknown": "killed_unknown",
}


GED_FILES = [
    "ged_231_49_columns.csv",
    "ged_191_42_columns.zip",
    "ged_191_41_columns.csv.gz",
    "ged_241_hashtag_row.csv",
]


def cells(file):
    """The cells of a sample as text, whatever it is packed in."""
    with open_table(file) as text:
        return pl.concat([batch.frame for batch in text.batches()]).to_dicts()


def normalised(rows, name="x.csv", source_id="ucdp_ged"):
    """The tables of rows, dictionaries of text, by a fresh normaliser."""
    frame = pl.DataFrame(
        [{"row_number": n, **row} for n, row in enumerate(rows, 2)],
        schema={"row_number": pl.UInt32, **dict.fromkeys(rows[0], pl.String)},
    )
    found = source("ucdp_ged")
    return Normaliser(found.fitting_layout(tuple(rows[0])), source_id).normalise(frame)


def kept_rows(ged_folder, name, table_name):
    with (ged_folder / "expected" / name / f"{table_name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", GED_FILES)
def test_ged_totals_are_equal_before_and_after(ged_folder, name):
    rows = cells(ged_folder / name)
    events, casualties = (kept_rows(ged_folder, name, t) for t in ("events", "casualties"))
    recommended = [row for row in casualties if row["role"] == "recommended"]
    for column, field in (("best", ""), ("low", "_low"), ("high", "_high")):
        expected = sum(int(row[column]) for row in rows)
        assert expected > 0
        assert sum(int(row[f"fatalities{field}"]) for row in events) == expected
        assert sum(int(row[f"value{field}"]) for row in recommended) == expected
    for column, part in PARTS.items():
        parts = [row for row in casualties if row["figure_id"].endswith(f":{part}")]
        assert sum(int(row["value"]) for row in parts) == sum(int(row[column]) for row in rows)
        assert len(parts) == sum(row[column] != "0" for row in rows)
        assert {row["role"] for row in parts} <= {"triangulation"}


@pytest.mark.parametrize("name", GED_FILES)
def test_ged_events_are_the_rows_one_to_one(ged_folder, name):
    rows, events = cells(ged_folder / name), kept_rows(ged_folder, name, "events")
    assert [event["event_id"] for event in events] == [f"ucdp_ged:{row['id']}" for row in rows]
    same = {
        "provider_event_id": "id",
        "conflict_id": "conflict_new_id",
        "provider_location_code": "country_id",
        "provider_location_name": "country",
        "actor1_name": "side_a",
        "actor2_name": "side_b",
        "provider_admin1_name": "adm_1",
        "provider_admin2_name": "adm_2",
    }
    for event, row in zip(events, rows, strict=True):
        for field, column in same.items():
            assert event[field] == " ".join((row[column] or "").split()), (field, row["id"])
        assert event["date_start"] == row["date_start"][:10]
        assert event["date_end"] == row["date_end"][:10]
        assert (float(event["latitude"]), float(event["longitude"])) == (
            float(row["latitude"]),
            float(row["longitude"]),
        )


@pytest.mark.parametrize("name", GED_FILES)
def test_ged_codes_mean_what_the_code_book_says(ged_folder, name):
    """The code book's meanings, written here once more: UCDP GED Codebook, where_prec, date_prec, type_of_violence."""
    where = dict(
        zip(
            "1234567",
            ("exact", "near", "admin2", "admin1", "linear", "country", "international"),
            strict=True,
        )
    )
    when = dict(zip("12345", ("day", "week", "week", "month", "year"), strict=True))
    kind = {"1": "battle", "2": "battle", "3": "violence_against_civilians"}
    places = {
        "Syria": "SYR",
        "Mexico": "MEX",
        "Myanmar (Burma)": "MMR",
        "Bangladesh": "BGD",
        "DR Congo (Zaire)": "COD",
    }
    places |= {
        "Yemen (North Yemen)": "YEM",
        "Turkey": "TUR",
        "Angola": "AGO",
        "Afghanistan": "AFG",
        "Mali": "MLI",
    }
    found = Counter()
    for event, row in zip(kept_rows(ged_folder, name, "events"), cells(ged_folder / name), strict=True):
        assert event["geo_precision"] == where[row["where_prec"]]
        assert event["date_precision"] == when[row["date_prec"]]
        assert event["event_type"] == kind[row["type_of_violence"]]
        assert event["is_aggregate"] == ("true" if row["event_clarity"] == "2" else "false")
        assert event["civilian_targeting"] == ("true" if row["type_of_violence"] == "3" else "")
        if row["country"] in places:
            found[event["location_code"]] += 1
            assert event["location_code"] == places[row["country"]]
    assert found


@pytest.mark.parametrize("name", GED_FILES)
def test_ged_citations_are_split_and_none_is_lost(ged_folder, name):
    documents = kept_rows(ged_folder, name, "event_sources")
    for row in cells(ged_folder / name):
        of_row = [d for d in documents if d["event_id"] == f"ucdp_ged:{row['id']}"]
        assert [d["position"] for d in of_row] == [str(n) for n in range(1, len(of_row) + 1)]
        listed = int(row["number_of_sources"] or -1)
        given = any(row[c] for c in ("source_article", "source_office", "source_headline", "source_original"))
        assert len(of_row) == (listed if listed > 0 else int(given)), row["id"]
        if row["source_date"] and listed > 0:
            assert [d["source_date"] for d in of_row] == row["source_date"].split(";")
        assert {d["original"] for d in of_row} <= {" ".join((row["source_original"] or "").split())}


def test_ged_every_row_is_accepted_or_rejected_with_its_reason(ged_folder):
    name = "rejected_rows.csv"
    rows = cells(ged_folder / name)
    with (ged_folder / "rejected" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rejected = list(csv.DictReader(file))
    reasons = {int(row["row_number"]): row["reason"] for row in rejected}
    accepted = {event["provider_event_id"] for event in kept_rows(ged_folder, name, "events")}
    expected = {
        2: "country_id is not a known code for location_code",
        3: "date_start is not a date in the form YYYY-MM-DD",
        4: "best is not a whole number",
        5: "latitude is above the maximum 90",
        6: "type_of_violence is not a known code for event_type",
        7: "deaths_civilians is not a whole number",
        9: "id repeats a row that came before",
        10: "id is required and empty",
        11: "date_end is not a date in the form YYYY-MM-DD",
    }
    assert reasons.keys() == expected.keys()
    assert all(reasons[row].startswith(said) for row, said in expected.items())
    assert {int(row["row_number"]): row["id"] for row in rejected} == {
        row["row_number"]: row["id"] or "" for row in rows if row["row_number"] in reasons
    }
    assert accepted == {row["id"] for row in rows if row["row_number"] not in reasons}


def test_ged_row_order_does_not_matter(ged_rows):
    shuffled = random.Random(7).sample(ged_rows, len(ged_rows))  # noqa: S311 - a fixed shuffle
    assert shuffled != ged_rows
    first, second = normalised(ged_rows).tables, normalised(shuffled).tables
    for name in first:
        key = list(table(name).primary_key)
        assert first[name].height >= len(ged_rows)
        assert first[name].sort(key).equals(second[name].sort(key)), name


def test_ged_column_order_does_not_matter(ged_rows):
    columns = random.Random(7).sample(list(ged_rows[0]), len(ged_rows[0]))  # noqa: S311 - a fixed shuffle
    moved = [{column: row[column] for column in columns} for row in ged_rows]
    first, second = normalised(ged_rows), normalised(moved)
    assert all(first.tables[name].equals(second.tables[name]) for name in first.tables)
    assert first.totals == second.totals


@pytest.mark.parametrize("column", sorted(source("ucdp_ged").layout().required))
def test_ged_renamed_column_is_named_with_the_nearest(ged_rows, column):
    renamed = [
        {("X_" + key if key == column else key): cell for key, cell in row.items()} for row in ged_rows[:2]
    ]
    with pytest.raises(SourceMismatchError) as caught:
        normalised(renamed)
    assert str(caught.value).startswith(f"ucdp_ged: column '{column}' missing")
    if len(column) > 3:
        assert f"did you mean 'X_{column}'?" in str(caught.value)


def test_ged_nearest_to_a_missing_column_is_none_of_those_in_use(ged_rows):
    """A column that the source reads itself is no candidate for another one that is missing."""
    without = [{key: cell for key, cell in row.items() if key != "side_b"} for row in ged_rows[:2]]
    with pytest.raises(SourceMismatchError) as caught:
        normalised(without)
    assert "did you mean 'side_a'?" not in str(caught.value)


def test_ged_missing_columns_are_all_named(ged_rows):
    gone = ("best", "latitude", "date_start")
    cut = [{key: cell for key, cell in row.items() if key not in gone} for row in ged_rows[:2]]
    with pytest.raises(SourceMismatchError) as caught:
        normalised(cut)
    assert str(caught.value).startswith("ucdp_ged: 3 columns missing: ")
    assert all(f"'{name}'" in str(caught.value) for name in gone)


def test_another_file_is_told_apart_from_a_damaged_one(ged_rows):
    foreign = [{"country": "Syria", "value": "1", "id": "2"}]
    with pytest.raises(
        SourceMismatchError, match=r"this is not UCDP Georeferenced Event Dataset.*hxl-kit describe"
    ):
        normalised(foreign)


def test_ged_extra_columns_are_said_not_silently_dropped(ged_rows, write_rows, tmp_path):
    file = write_rows(tmp_path / "ged.csv", [{**row, "note_of_mine": "x"} for row in ged_rows[:3]])
    inputs = (Input(file, source="ucdp_ged"),)
    out = tmp_path / "out"
    options = Options(hashtag_row="none", parquet=False)
    built = build_package(authored_by_source(source("ucdp_ged"), inputs, out, options), out)
    assert any("columns not carried over" in n and "note_of_mine" in n for n in built.inputs[0].notes)


@pytest.mark.parametrize(
    ("violence", "side_a", "side_b", "types"),
    [
        ("1", "Government of Syria", "IS", ("state", "non_state")),
        ("1", "Government of India", "Government of Pakistan", ("state", "state")),
        ("2", "IS", "SDF", ("non_state", "non_state")),
        ("3", "Government of Syria", "Civilians", ("state", "civilians")),
        ("3", "IS", "civilians", ("non_state", "civilians")),
    ],
)
def test_ged_actor_types(ged_rows, violence, side_a, side_b, types):
    row = {**ged_rows[0], "type_of_violence": violence, "side_a": side_a, "side_b": side_b}
    event = normalised([row]).tables["events"].row(0, named=True)
    assert (event["actor1_type"], event["actor2_type"]) == types


def test_ged_civilians_of_one_sided_violence_name_the_alleged_perpetrator(ged_rows):
    deaths = {"deaths_a": "1", "deaths_b": "0", "deaths_civilians": "4", "deaths_unknown": "0"}
    row = {**ged_rows[0], **deaths, "type_of_violence": "3", "side_a": "IS", "side_b": "Civilians"}
    figures = {
        f["figure_id"].rpartition(":")[2]: f for f in normalised([row]).tables["casualties"].to_dicts()
    }
    assert figures["killed_civilians"]["alleged_perpetrator"] == "IS"
    assert figures["killed_civilians"]["person_status"] == "civilian"
    assert figures["killed_side_a"]["alleged_perpetrator"] is None
    battle = {**row, "type_of_violence": "1"}
    named = normalised([battle]).tables["casualties"]["alleged_perpetrator"].drop_nulls()
    assert named.is_empty()


@pytest.mark.parametrize(
    ("low", "best", "high", "qualifier"),
    [("3", "5", "9", "range"), ("5", "5", "5", "exact"), ("0", "0", "0", "exact"), ("9", "5", "3", "range")],
)
def test_ged_total_keeps_low_best_high(ged_rows, low, best, high, qualifier):
    row = {**ged_rows[0], "low": low, "best": best, "high": high}
    found = normalised([row])
    total = found.tables["casualties"].filter(role="recommended").row(0, named=True)
    event = found.tables["events"].row(0, named=True)
    assert [total[f] for f in ("value", "value_low", "value_high")] == [float(best), float(low), float(high)]
    assert [event[f] for f in ("fatalities", "fatalities_low", "fatalities_high")] == [
        int(best),
        int(low),
        int(high),
    ]
    assert (total["qualifier"], total["bounds_basis"]) == (qualifier, "source_range")
    assert bool(found.warnings.height) == (int(low) > int(high))


@pytest.mark.parametrize(
    ("article", "office", "dates", "headline", "expected"),
    [
        ('"A,2020-01-02,One"', "A", "2020-01-02", "One", [("A", "2020-01-02", "One")]),
        (
            '"A,2020-01-02,One; two";"B, C,2020-01-03,Three, four"',
            "A;B, C",
            "2020-01-02;2020-01-03",
            "One; two;Three, four",
            [("A", "2020-01-02", "One; two"), ("B, C", "2020-01-03", "Three, four")],
        ),
        ('Reuters 1989-05-17 "REBELS', "", "", "", [(None, None, 'Reuters 1989-05-17 "REBELS')]),
        (
            "",
            "A;B",
            "2020-01-02;2020-01-03",
            "One;Two",
            [("A", "2020-01-02", "One"), ("B", "2020-01-03", "Two")],
        ),
        ("", "", "", "Only a headline", [(None, None, "Only a headline")]),
        ("", "", "", "", []),
    ],
)
def test_ged_citations(ged_rows, article, office, dates, headline, expected):
    given = dict.fromkeys(("source_original",), "") | {"number_of_sources": "-1"}
    columns = {
        "source_article": article,
        "source_office": office,
        "source_date": dates,
        "source_headline": headline,
    }
    row = {**ged_rows[0], **given, **columns}
    found = normalised([{k: v or None for k, v in row.items()}])
    assert found.rejected.is_empty()
    rows = found.tables["event_sources"].with_columns(pl.col("source_date").cast(pl.String))
    assert rows.select("source_name", "source_date", "headline").rows() == expected


def test_ged_api_page_and_geojson_say_what_the_csv_says(ged_folder):
    """The same events by another way are the same, whatever the form of dates and numbers."""
    whole = {row["event_id"]: row for row in kept_rows(ged_folder, "ged_231_49_columns.csv", "events")}
    for name in ("ged_231_api_page.json", "ged_231_geojson.geojson"):
        events = kept_rows(ged_folder, name, "events")
        assert events
        assert all(event == whole[event["event_id"]] for event in events)
    page = json.loads((ged_folder / "ged_231_api_page.json").read_text(encoding="utf-8"))["Result"]
    casualties = kept_rows(ged_folder, "ged_231_api_page.json", "casualties")
    recommended = [row for row in casualties if row["role"] == "recommended"]
    assert sum(int(row["value"]) for row in recommended) == sum(row["best"] for row in page)


def test_candidate_events_are_said_to_be_provisional_and_what_is_unchecked_is_kept(ged_folder, tmp_path):
    file = ged_folder / "GEDEvent_v24_0_5.csv"
    notes = notes_of(file, tmp_path / "candidate")
    assert any("provisional" in note for note in notes)
    other = tmp_path / "GEDEvent_v24_1.csv"
    other.write_bytes(file.read_bytes())
    assert not any("provisional" in note for note in notes_of(other, tmp_path / "yearly"))
    with file.open(encoding="utf-8", newline="") as rows:
        status = {f"ucdp_ged:{row['id']}": row["code_status"] for row in csv.DictReader(rows)}
    for event in kept_rows(ged_folder, file.name, "events"):
        unchecked = status[event["event_id"]]
        assert event["description"] == ("" if unchecked == "Clear" else f"UCDP code status: {unchecked}")


def notes_of(file, out):
    options = Options(hashtag_row="none", parquet=False)
    inputs = (Input(file, source="ucdp_ged"),)
    return build_package(authored_by_source(source("ucdp_ged"), inputs, out, options), out).inputs[0].notes


def test_derived_file_says_what_it_lost(ged_folder, tmp_path):
    name = "ged_211_14_columns.csv"
    with (ged_folder / name).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    events, casualties = (kept_rows(ged_folder, name, t) for t in ("events", "casualties"))
    assert {(e["date_precision"], e["geo_precision"], e["date_end"]) for e in events} == {
        ("unknown", "unknown", "")
    }
    for row, event, figure in zip(rows, events, casualties, strict=True):
        assert event["event_id"] == figure["event_id"] == f"ucdp_ged:{row['id']}"
        day = f"{row['year']}-{int(row['month']):02d}-{int(row['day']):02d}"
        assert event["date_start"] == figure["date_start"] == day
        given = [row[f"{name}_death"] for name in ("low", "best", "high")]
        assert [figure["value_low"], figure["value"], figure["value_high"]] == given
        assert event["civilian_targeting"] == ("true" if row["type_of_violence"].startswith("One") else "")
        assert figure["role"] == "recommended"
    notes = " ".join(notes_of(ged_folder / name, tmp_path / "derived"))
    assert all(word in notes for word in ("first day", "geo_precision", "civilians", "selection"))


def test_derived_words_and_numbers_of_violence_mean_the_same(ged_rows):
    number = normalised([{**ged_rows[0], "type_of_violence": "3"}]).tables
    words = normalised([{**ged_rows[0], "type_of_violence": "One-sided violence"}]).tables
    assert all(number[name].equals(words[name]) for name in number)
    assert number["events"]["civilian_targeting"].to_list() == [True]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("country_year_251.csv", "country-year dataset"),
        ("actors_221.csv", "list of actors"),
        ("nonstate_211.csv", "yearly totals"),
        ("quickcharts_aggregate.csv", "QuickCharts aggregate"),
    ],
)
def test_other_files_of_ucdp_are_refused_with_the_way_out(ged_folder, name, words):
    refused = (ged_folder / "expected" / name / "refused.txt").read_text(encoding="utf-8")
    assert words in refused
    assert "https://ucdp.uu.se/downloads/" in refused


@pytest.mark.parametrize(
    "name",
    ["ged_231_api_page.json", "ged_231_geojson.geojson", "GEDEvent_v24_0_5.csv", "ged_211_14_columns.csv"],
)
def test_ged_is_recognised_without_being_named(ged_folder, name):
    assert certain_source([ged_folder / name]) == "ucdp_ged"


@pytest.mark.skipif(not REAL.is_dir(), reason="the provider's whole files are not here")
@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("ged_211_global_14col.csv.gz", ("low_death", "best_death", "high_death")),
        ("ged_mexico_49col.csv.gz", ("low", "best", "high")),
    ],
)
def test_ged_totals_of_whole_files(name, columns, tmp_path):
    with gzip.open(REAL / name, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    inputs = (Input(REAL / name, source="ucdp_ged"),)
    options = Options(hashtag_row="none", parquet=False)
    out = tmp_path / "out"
    built = build_package(authored_by_source(source("ucdp_ged"), inputs, out, options), out)
    assert (built.rows["events"], built.rejected_rows) == (len(rows), 0)
    for column, field in zip(columns, ("_low", "", "_high"), strict=True):
        expected = sum(int(row[column]) for row in rows)
        assert built.totals[column] == {"input": expected, "accepted": expected}
        events = pl.scan_csv(out / "events.csv", infer_schema=False)
        total = events.select(pl.col(f"fatalities{field}").cast(pl.Int64).sum()).collect().item()
        assert total == expected
