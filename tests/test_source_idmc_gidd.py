"""What must hold for IDMC's yearly database besides the golden files: stock and flow, totals, ids, periods."""

import csv
import datetime as dt
import gzip
import json
import random
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.reading import open_table
from hxl_kit.sources import source

FOLDER = Path(__file__).parent / "data/sources/idmc_gidd"
SHARED = Path(__file__).parents[2] / "shared/data/idmc"
NAMES = {
    "conflict_api.json": "conflict",
    "conflict_hashtag_row.csv": "conflict",
    "conflict_and_disaster_2022.csv": "conflict_and_disaster",
    "rounded_2020.xlsx": "rounded",
    "disasters.csv": "disasters",
    "disasters_api.json": "disasters",
    "disasters_export.xlsx": "disasters",
    "disasters_2020.csv": "disasters",
}


def normalised(*files, sheet=None):
    """What the files become in one run, a batch each."""
    seen, found = [], []
    for file in files:
        with open_table(file, sheet=sheet) as text:
            layout = source("idmc_gidd").layout_of(text)
            names = layout.names_in(text.header, text.tags)
            frame = pl.concat([batch.frame for batch in text.batches()]).rename(names)
        found.append(Normaliser(layout, "idmc_gidd", seen=seen).normalise(frame))
    return found if len(found) > 1 else found[0]


def rows_of(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if not next(iter(row.values())).startswith("#")]


def written(folder, rows, name="x.csv"):
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return folder / name


def total(frame, category, cause, *, rounded):
    chosen = frame.filter(category=category, cause=cause).filter(
        pl.col("figure_id").str.ends_with(":rounded") == rounded
    )
    return chosen["value"].sum(), chosen.height


@pytest.mark.parametrize(("name", "layout"), NAMES.items())
def test_layouts(name, layout):
    sheet = {"disasters_export.xlsx": "1_Disaster_Displacement_data"}.get(name)
    with open_table(FOLDER / name, sheet=sheet) as text:
        assert source("idmc_gidd").layout_of(text).id == layout


@pytest.mark.parametrize(
    ("name", "cause"), [("conflict_hashtag_row.csv", "conflict"), ("disasters.csv", "disaster")]
)
@pytest.mark.parametrize(
    ("column", "category"), [("new_displacement", "new_displacement"), ("total_displacement", "idps")]
)
@pytest.mark.parametrize("rounded", [False, True])
def test_totals_and_numbers_of_figures_are_those_of_the_cells(name, cause, column, category, rounded):
    cells = [row[f"{column}_rounded" if rounded else column] for row in rows_of(name)]
    filled = [int(cell) for cell in cells if cell]
    found = normalised(FOLDER / name).tables["displacement"]
    assert total(found, category, cause, rounded=rounded) == (sum(filled), len(filled))


def test_totals_of_both_causes():
    rows = rows_of("conflict_and_disaster_2022.csv")
    found = normalised(FOLDER / "conflict_and_disaster_2022.csv").tables["displacement"]
    columns = {
        "Conflict Stock Displacement": ("idps", "conflict"),
        "Conflict Internal Displacements": ("new_displacement", "conflict"),
        "Disaster Internal Displacements": ("new_displacement", "disaster"),
        "Disaster Stock Displacement": ("idps", "disaster"),
    }
    for column, (category, cause) in columns.items():
        for name, rounded in ((column, True), (f"{column} (Raw)", False)):
            filled = [int(row[name]) for row in rows if row[name]]
            assert total(found, category, cause, rounded=rounded) == (sum(filled), len(filled))


@pytest.mark.parametrize("name", NAMES)
def test_stock_and_flow(name):
    sheet = {"disasters_export.xlsx": "1_Disaster_Displacement_data"}.get(name)
    found = normalised(FOLDER / name, sheet=sheet).tables["displacement"]
    flows, stocks = found.filter(measure="flow"), found.filter(measure="stock")
    assert flows.height + stocks.height == found.height
    assert set(flows["counts"]) <= {"movements"}
    assert set(stocks["counts"]) <= {"people"}
    assert flows["as_of"].null_count() == flows.height
    assert flows.filter(pl.col("date_start") <= pl.col("date_end")).height == flows.height
    assert stocks["date_start"].null_count() == stocks["date_end"].null_count() == stocks.height
    assert stocks.filter(pl.col("as_of").dt.strftime("%m-%d") != "12-31").is_empty()


@pytest.mark.parametrize("name", NAMES)
def test_one_recommended_figure_at_most_of_each_group(name):
    sheet = {"disasters_export.xlsx": "1_Disaster_Displacement_data"}.get(name)
    found = normalised(FOLDER / name, sheet=sheet).tables["displacement"]
    recommended = found.filter(role="recommended")
    assert recommended["overlap_group"].is_unique().all()
    assert set(recommended["overlap_group"]) == set(found["overlap_group"])
    rounded = found.filter(pl.col("figure_id").str.ends_with(":rounded"))
    assert set(rounded["qualifier"]) <= {"approximately"}
    assert rounded["value_low"].null_count() == rounded.height


def test_a_rounded_figure_that_stands_alone_is_the_figure():
    found = normalised(FOLDER / "rounded_2020.xlsx").tables["displacement"]
    assert found.select("role", "qualifier").unique().rows() == [("recommended", "approximately")]


def test_zero_is_a_figure_and_blank_is_none(tmp_path):
    row = {"iso3": "SYR", "country_name": "Syria", "year": "2030"}
    cells = {
        "new_displacement": "0",
        "new_displacement_rounded": "",
        "total_displacement": "",
        "total_displacement_rounded": "",
    }
    found = normalised(written(tmp_path, [{**row, **cells}])).tables["displacement"]
    assert found.select("figure_id", "value").rows() == [("idmc_gidd:SYR:2030:conflict:new_displacement", 0)]


def test_rows_without_a_figure_are_rejected_with_the_reason():
    rejected = normalised(FOLDER / "conflict_hashtag_row.csv").rejected
    assert set(rejected["reason"]) == {"none of its figures is filled"}
    empty = [r for r in rows_of("conflict_hashtag_row.csv") if not any(r[c] for c in list(r)[3:])]
    assert rejected.height == len(empty) > 0


def test_equal_rows_are_events_of_their_own():
    """With both rows of 1,500,000, Colombia's year 2010 adds up to what IDMC published."""
    found = normalised(FOLDER / "disasters.csv")
    colombia = found.tables["displacement"].filter(
        pl.col("figure_id").str.starts_with("idmc_gidd:disaster:COL:2010:Colombia: Flood"), role="recommended"
    )
    assert colombia["value"].to_list() == [1_500_000, 1_500_000]
    assert found.tables["events"]["event_id"].is_unique().all()
    assert found.tables["displacement"]["figure_id"].is_unique().all()
    # Besides: two more of the three floods of 100 in Britain, two more of the three rows of Tarija.
    numbered = found.tables["events"].filter(pl.col("event_id").str.contains(r":[23]$"))
    assert numbered["provider_location_code"].to_list() == ["COL", "GBR", "GBR", "BOL", "BOL"]


def test_row_order_does_not_matter(tmp_path):
    rows = rows_of("disasters.csv")
    shuffled = random.Random(5).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    first, second = (normalised(written(tmp_path, r)).tables for r in (rows, shuffled))
    for name, key in (("events", "event_id"), ("displacement", "figure_id")):
        assert first[name].sort(key).equals(second[name].sort(key))


def test_a_page_given_twice_is_rejected_the_second_time(tmp_path):
    pages = [FOLDER / "conflict_api.json", FOLDER / "conflict_api.json"]
    first, second = normalised(*pages)
    assert second.accepted == 0
    assert second.rejected.height == first.accepted + first.rejected.height > 0
    first, second = normalised(FOLDER / "disasters.csv", FOLDER / "disasters.csv")
    assert (first.rejected.height, second.accepted) == (0, 0)


PERIODS = [
    ("2030", "2030-07-03", "Day", "2030-07-09", "Day", ("2030-07-03", "2030-07-09", "day")),
    ("2030", "2030-07-03", "Day", "2030-07-09", "Week", ("2030-07-03", "2030-07-09", "week")),
    ("2030", "2030-07-01", "Month", "2030-07-01", "Month", ("2030-07-01", "2030-07-31", "month")),
    ("2030", "2030-07-13", "Day", "2030-07-01", "Month", ("2030-07-13", "2030-07-31", "month")),
    ("2030", "2030-01-01", "Year", "2030-01-01", "Year", ("2030-01-01", "2030-12-31", "year")),
    ("2030", "2030-07-03", "", "2030-07-03", "", ("2030-07-03", "2030-07-03", "unknown")),
    ("2030", "2030-07-03", "Day", "2030-03-07", "Day", ("2030-01-01", "2030-12-31", "year")),
    ("2030", "2030-01-01", "Month", "", "", ("2030-01-01", "2030-12-31", "year")),
    ("2030", "2029-12-20", "Day", "2030-01-05", "Day", ("2030-01-01", "2030-12-31", "year")),
]


@pytest.mark.parametrize(("year", "start", "start_accuracy", "end", "end_accuracy", "expected"), PERIODS)
def test_periods(tmp_path, year, start, start_accuracy, end, end_accuracy, expected):
    row = {
        **rows_of("disasters.csv")[0],
        "year": year,
        "start_date": start,
        "start_date_accuracy": start_accuracy,
        "end_date": end,
        "end_date_accuracy": end_accuracy,
    }
    tables = normalised(written(tmp_path, [row])).tables
    flow = tables["displacement"].filter(measure="flow", role="recommended").row(0, named=True)
    assert (str(flow["date_start"]), str(flow["date_end"]), flow["date_precision"]) == expected
    event = tables["events"].row(0, named=True)
    assert event["date_start"] == dt.date.fromisoformat(start)
    assert event["date_end"] == (dt.date.fromisoformat(end) if end else None)


def test_hazard_is_kept_by_name_or_else_by_number():
    named = normalised(FOLDER / "disasters_api.json").tables["events"]
    assert set(named["event_subtype"]) <= {"Flood", "Landslide/Wet mass movement", "Storm"}
    assert named["description"][0] == "Event codes: FL-2022-000001-COL; MDRCO000"
    numbered = normalised(FOLDER / "disasters.csv").tables["events"]
    assert numbered["event_subtype"].str.contains(r"^\w[\w ]+ \(hazard_sub_type \d+\)$").all()


def test_every_fault_is_named():
    conflict = normalised(FOLDER / "rejected_rows_conflict.csv").rejected
    assert dict(conflict.select("row_number", "reason").iter_rows()) | {3: ""} == {
        3: "",
        4: "location_code is not in the code list 'location': 'ZZZ'",
        5: "year is not a date in the form YYYY-MM-DD",
        6: "new_displacement is not a whole number",
        7: "none of its figures is filled",
        8: "new_displacement is below the minimum 0",
        10: "figure_id cannot be made from iso3, year",
    }
    disasters = normalised(FOLDER / "rejected_rows_disasters.csv").rejected
    reasons = dict(disasters.select("row_number", "reason").iter_rows())
    assert set(reasons) == set(range(3, 11))
    assert reasons[5].startswith("start_date_accuracy is not a known code for date_precision")


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("disasters.csv", "event_name"),
        ("disasters.csv", "hazard_type_name"),
        ("conflict_hashtag_row.csv", "total_displacement"),
        ("conflict_and_disaster_2022.csv", "Disaster Stock Displacement (Raw)"),
    ],
)
def test_a_renamed_column_is_named_and_no_other_layout_takes_the_file(tmp_path, name, column):
    rows = [{(f"my {k}" if k == column else k): v for k, v in row.items()} for row in rows_of(name)]
    with open_table(written(tmp_path, rows)) as text, pytest.raises(SourceMismatchError) as caught:
        source("idmc_gidd").layout_of(text)
    assert f"did you mean 'my {column}'?" in str(caught.value)


def test_another_providers_file_is_refused(tmp_path):
    file = written(tmp_path, [{"year": "2020", "coo_iso": "SYR", "coa_iso": "SYR", "total": "1"}])
    with (
        open_table(file) as text,
        pytest.raises(SourceMismatchError, match="this is not IDMC Global Internal"),
    ):
        source("idmc_gidd").layout_of(text)


def test_real_disasters():
    file = SHARED / "gidd_disasters_all.csv.gz"
    if not file.is_file():
        pytest.skip("the sample data are not here")
    found = normalised(file)
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert (found.accepted, found.rejected.height) == (len(rows), 0)
    by_year = Counter()
    for row in rows:
        by_year[row["iso3"], int(row["year"])] += int(row["new_displacement"])
    flows = found.tables["displacement"].filter(measure="flow", role="recommended")
    made = flows.group_by("provider_location_code", pl.col("date_start").dt.year()).agg(pl.col("value").sum())
    assert {(place, year): value for place, year, value in made.iter_rows()} == by_year


def test_real_pages():
    pages = sorted(SHARED.glob("gidd_api_displacement_*.json"))
    if not pages:
        pytest.skip("the sample data are not here")
    found = normalised(*pages)
    rows = [row for page in pages for row in json.loads(page.read_text("utf-8"))["results"]]
    assert sum(part.accepted + part.rejected.height for part in found) == len(rows) == 961
    figures = pl.concat([part.tables["displacement"] for part in found])
    assert total(figures, "idps", "conflict", rounded=False)[0] == sum(
        r["total_displacement"] or 0 for r in rows
    )
