"""Casualty series: totals, who says a figure, what is recommended, and what is refused."""

import csv
import json
import random
from collections import Counter
from pathlib import Path

import polars as pl
import pytest

from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source

SAMPLES = Path(__file__).parent / "data" / "sources" / "casualty_series"
SHARED = Path(__file__).parents[2] / "shared" / "data" / "casualties"
SOURCE = source("casualty_series")
MEASURES = {layout.id: [m.column for m in layout.measures] for layout in SOURCE.layouts}


def flat(record, prefix=""):
    cells = {}
    for name, value in record.items():
        cells |= (
            flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": str(value)}
        )
    return cells


def records(name, folder=SAMPLES):
    return [flat(r) for r in json.loads((folder / name).read_text(encoding="utf-8"))]


def normalised(rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = {name: [row.get(name) for row in rows] for name in names}
    frame = pl.DataFrame(cells, schema=dict.fromkeys(names, pl.String)).with_row_index("row_number", 1)
    return Normaliser(SOURCE.fitting_layout(names), "casualty_series").normalise(frame)


def figures(tables, column):
    held = [frame.filter(pl.col("figure_id").str.ends_with(f":{column}")) for frame in tables.values()]
    return pl.concat([f.select("figure_id", "value", "role", "claimed_by", "qualifier") for f in held])


@pytest.mark.parametrize(
    ("name", "layout"),
    [("gaza.json", "gaza"), ("west_bank.json", "west_bank"), ("infrastructure.json", "infrastructure")],
)
def test_every_figure_of_the_compiler_is_there_once(name, layout):
    rows = records(name)
    tables = normalised(rows).tables
    for column in MEASURES[layout]:
        given = {row["report_date"]: float(row[column]) for row in rows if column in row}
        found = figures(tables, column)
        assert {i.split(":")[2]: v for i, v in found.select("figure_id", "value").rows()} == given, column
    assert sum(frame.height for frame in tables.values()) == sum(
        column in row for row in rows for column in MEASURES[layout]
    )


def test_a_blank_of_the_sheet_for_ukraine_is_no_new_figure():
    with (SAMPLES / "ukraine.csv").open(encoding="utf-8", newline="") as file:
        _, header, *rows = csv.reader(file)
    with (SAMPLES / "expected" / "ukraine.csv" / "casualties.csv").open(encoding="utf-8", newline="") as file:
        kept = list(csv.DictReader(file))
    for harm in ("Killed", "Injured"):
        column = header.index(f"Civilian casualities(OHCHR) - {harm}")
        given = {
            row[header.index("Date")]: row[column] for row in rows if row[column] not in ("", "N/A", "NA")
        }
        found = {r["date_end"]: r["value"] for r in kept if r["harm"] == harm.lower()}
        assert found == given
    assert {(r["date_start"], r["counting"], r["person_status"]) for r in kept} == {
        ("2022-02-24", "cumulative", "civilian")
    }


@pytest.mark.parametrize("name", ["gaza.json", "west_bank.json"])
def test_only_cumulative_totals_of_a_publisher_are_recommended_and_one_per_day_and_harm(name):
    casualties = normalised(records(name)).tables["casualties"].filter(role="recommended")
    assert casualties.height
    assert set(casualties["counting"]) == {"cumulative"}
    assert casualties.select("overlap_group", "harm").is_unique().all()
    assert "Tech for Palestine" not in set(casualties["claimed_by"])
    assert set(casualties["qualifier"]) == {"exact"}


def test_what_the_compiler_filled_in_is_his_and_an_estimate():
    casualties = normalised(records("gaza.json")).tables["casualties"]
    filled_in = casualties.filter(pl.col("figure_id").str.contains(":ext_"))
    unreported = casualties.filter(pl.col("date_end").cast(pl.String).is_in(["2023-10-13", "2024-08-11"]))
    for rows in (filled_in, unreported):
        assert rows.height
        assert set(rows["claimed_by"]) == {"Tech for Palestine"}
        assert set(rows["qualifier"]) == {"unknown"}
        assert set(rows["role"]) == {"triangulation"}
        assert rows["value_low"].null_count() == rows.height
    west_bank = normalised(records("west_bank.json")).tables["casualties"]
    by_day = dict(
        west_bank.filter(pl.col("figure_id").str.ends_with(":killed_cum"))
        .select("date_end", "claimed_by")
        .rows()
    )
    assert {str(day): who for day, who in by_day.items()}["2023-12-17"] == "Tech for Palestine"


def test_the_reporters_are_named():
    casualties = normalised(records("gaza.json")).tables["casualties"].filter(role="recommended")
    assert set(casualties["claimed_by"]) == {"Ministry of Health in Gaza", "Government Media Office in Gaza"}


@pytest.mark.parametrize(
    ("day", "begin", "precision"),
    [
        ("2024-01-15", "2024-01-15", "day"),
        ("2024-08-12", "2024-08-11", "week"),
        ("2025-01-26", "2025-01-24", "week"),
    ],
)
def test_a_report_of_several_days_says_so(day, begin, precision):
    casualties = normalised(records("gaza.json")).tables["casualties"]
    row = casualties.filter(pl.col("figure_id") == f"casualty_series:gaza:{day}:killed").row(0, named=True)
    assert (str(row["date_start"]), row["date_precision"], row["counting"]) == (begin, precision, "incident")


def test_a_figure_revised_down_is_kept():
    tables = normalised(records("gaza.json")).tables
    found = dict(figures(tables, "famine_cum").select("figure_id", "value").rows())
    assert found["casualty_series:gaza:2025-07-21:famine_cum"] == 104
    assert found["casualty_series:gaza:2025-07-22:famine_cum"] == 101


def test_displaced_people_and_attacks_since_the_start_are_never_recommended():
    rows = records("west_bank.json")
    tables = normalised(rows).tables
    assert set(tables["displacement"]["role"]) == {"triangulation"}
    assert set(tables["indicators"]["role"]) == {"triangulation"}
    assert Counter(tables["displacement"]["unit"]) == {
        "person": sum(f"displaced_{who}_cum" in row for row in rows for who in ("persons", "children")),
        "household": sum("displaced_households_cum" in row for row in rows),
    }


def test_mosques_and_churches_stay_apart():
    indicators = normalised(records("infrastructure.json")).tables["indicators"]
    worship = indicators.filter(indicator="places_of_worship_destroyed", role="recommended")
    assert worship["overlap_group"].is_unique().all()
    assert {words.split()[0] for words in worship["quantity_text"]} == {
        "mosques_destroyed",
        "churches_destroyed",
    }


def test_row_order_does_not_matter():
    rows = records("gaza.json")
    shuffled = random.Random(7).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    first, second = normalised(rows).tables["casualties"], normalised(shuffled).tables["casualties"]
    assert first.sort("figure_id").equals(second.sort("figure_id"))


def test_early_files_without_report_periods_are_read():
    rows = [{k: v for k, v in row.items() if k != "report_period"} for row in records("gaza.json")[:1]]
    found = normalised(rows)
    assert found.rejected.is_empty()
    assert set(found.tables["casualties"]["date_precision"]) == {"day"}


def test_a_renamed_column_is_named_with_the_nearest():
    rows = [
        {("killed_total" if k == "killed_cum" else k): v for k, v in row.items()}
        for row in records("gaza.json")
    ]
    with pytest.raises(SourceMismatchError, match="column 'killed_cum' missing; did you mean 'killed_total'"):
        normalised(rows)


def test_names_of_victims_are_refused():
    with pytest.raises(SourceMismatchError, match="names of victims are not carried over"):
        SOURCE.fitting_layout(("name", "en_name", "id", "dob", "sex", "age", "source"))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the full files are not here")
@pytest.mark.parametrize("name", ["tfp_casualties_daily.json", "ohchr_ukraine_casualties_gsheet.csv"])
def test_full_files(name, tmp_path):
    out = tmp_path / "out"
    inputs = (Input(SHARED / name, source="casualty_series"),)
    built = build_package(authored_by_source(SOURCE, inputs, out, Options(parquet=False)), out)
    (record,) = built.inputs
    assert (record.rejected_rows, record.accepted_rows) == (0, record.input_rows)
    assert all(total["input"] == total["accepted"] for total in record.totals.values())
