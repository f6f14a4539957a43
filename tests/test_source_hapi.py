"""HDX HAPI: what must hold besides the golden files; totals counted here with Python's csv and json, nothing of hxl_kit."""

import csv
import json
import random
from collections import Counter, defaultdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.describe import certain_source
from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.reading import open_table
from hxl_kit.sources import source
from hxl_kit.sources.hapi._columns import AGE
from hxl_kit.standard.tables import table

SAMPLES = Path(__file__).parent / "data/sources/hapi"
REAL = Path(__file__).parents[2] / "shared/data/hdx_hapi"
CONFLICT = [
    "conflict_events_country_iso3.csv",
    "conflict_events_dataset_id.csv",
    "conflict_events_2025_12.csv",
]
OLD_NAMES = {
    "Country ISO3": "location_code",
    "Admin 2 PCode": "admin2_code",
    "Start Date": "reference_period_start",
    "Event Type": "event_type",
    "Events": "events",
    "Fatalities": "fatalities",
}
READ = [
    *CONFLICT,
    "conflict_events_api.json",
    "idps_2025_12.csv",
    "idps_api.json",
    "refugees_2020_2024.csv",
    "refugees_api.json",
    "returnees_hashtag_row.csv",
    "population_hrp.csv",
    "population_api.json",
]


def rows_of(path):
    """The rows of a sample, hashtag row and HAPI's own rejects left out, under the latest names."""
    if path.suffix == ".json":
        return json.loads(path.read_text(encoding="utf-8"))["data"]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [{OLD_NAMES.get(k, k): v for k, v in row.items()} for row in csv.DictReader(file)]
    return [row for row in rows if not next(iter(row.values())).startswith("#") and not row.get("error")]


def kept(name, table_name):
    with (SAMPLES / "expected" / name / f"{table_name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def total(rows, column):
    return sum(int(row[column] or 0) for row in rows)


def normalised(rows):
    """The tables of rows, dictionaries of text, by a fresh normaliser of the layout that knows no overlaps."""
    cells = [{"row_number": n, **row} for n, row in enumerate(rows, 2)]
    frame = pl.DataFrame(cells, schema={"row_number": pl.UInt32, **dict.fromkeys(rows[0], pl.String)})
    return Normaliser(source("hapi").fitting_layout(tuple(rows[0])), "hapi").normalise(frame)


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def built_from(path, out):
    options = Options(hashtag_row="none", parquet=False)
    return build_package(authored_by_source(source("hapi"), (Input(path, source="hapi"),), out, options), out)


def figures_of(path, out, table_name):
    built_from(path, out)
    with (out / f"{table_name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def recommended(rows):
    return [row for row in rows if row["role"] == "recommended"]


@pytest.mark.parametrize("name", READ)
def test_file_is_recognised_without_being_named(name):
    assert certain_source([SAMPLES / name]) == "hapi"


@pytest.mark.parametrize("name", [*CONFLICT, "conflict_events_api.json"])
def test_conflict_totals_and_categories(name):
    rows, events = rows_of(SAMPLES / name), kept(name, "events")
    indicators, casualties = kept(name, "indicators"), kept(name, "casualties")
    assert total(rows, "events") == total(indicators, "value") > 0
    assert total(rows, "fatalities") == total(casualties, "value") == total(events, "fatalities") > 0
    of = {
        category: [row for row in rows if row["event_type"] == category]
        for category in ("political_violence", "civilian_targeting", "demonstration")
    }
    summable = defaultdict(int)
    for row in recommended(indicators):
        summable[row["indicator"]] += int(row["value"])
    assert summable == {
        "events": total(of["political_violence"], "events"),
        "demonstrations": total(of["demonstration"], "events"),
    }
    assert total(recommended(casualties), "value") == total(of["political_violence"], "fatalities")
    assert len(events) == sum(int(row["events"]) > 0 for row in rows)
    assert {event["is_aggregate"] for event in events} == {"true"}
    assert {event["date_precision"] for event in events} == {"month"}
    assert {event["civilian_targeting"] for event in events if "civilian" in event["event_subtype"]} == {
        "true"
    }


@pytest.mark.parametrize("name", READ)
def test_at_most_one_figure_of_a_group_is_recommended(name):
    kinds = {"casualties": "harm", "displacement": "category", "indicators": "indicator"}
    for table_name, kind in kinds.items():
        if not (SAMPLES / "expected" / name / f"{table_name}.csv").exists():
            continue
        about = Counter(
            (row["overlap_group"], row[kind], row["sex"], row["age_group"])
            for row in recommended(kept(name, table_name))
        )
        assert about
        assert set(about.values()) == {1}


def test_generations_of_columns_give_the_same_figures():
    """Names of units that only some generations have are a part of identifiers; the figures are the same."""

    def figures(name):
        return [
            (row["location_code"], row["admin2_code"], row["date_start"], row["value"], row["role"])
            for row in kept(name, "casualties")
        ]

    first, *others = (figures(name) for name in CONFLICT)
    assert first
    assert all(first == other for other in others)


def test_idps_of_the_coarsest_level_are_recommended(tmp_path):
    """Of the sample's stocks: one for a country, one where the country has no row; none where nothing decides."""
    rows = kept("idps_2025_12.csv", "displacement")
    assert total(rows, "value") == total(rows_of(SAMPLES / "idps_2025_12.csv"), "population")
    chosen = {(row["location_code"], row["as_of"]): row["value"] for row in recommended(rows)}
    assert chosen == {
        ("SDN", "2024-03-31"): "1200",
        ("SDN", "2024-06-30"): "1300",
        ("SDN", "2024-07-15"): "55",
        ("COD", "2024-02-29"): "0",
    }
    without = [row for row in rows_of(SAMPLES / "idps_2025_12.csv") if row["admin_level"] != "0"]
    found = recommended(figures_of(written(tmp_path / "idps.csv", without), tmp_path / "out", "displacement"))
    on_day = [row for row in found if row["as_of"] == "2024-03-31"]
    assert {(row["geo_precision"], row["value"]) for row in on_day} == {("admin1", "700"), ("admin1", "500")}
    assert {row["value"] for row in found if row["location_code"] == "NGA"} == {"1500"}


def test_a_reject_of_hapi_does_not_stand_for_its_country(tmp_path):
    rows = rows_of(SAMPLES / "idps_2025_12.csv")[:5]
    rows[0] |= {"error": "Duplicate row"}
    found = figures_of(written(tmp_path / "idps.csv", rows), tmp_path / "out", "displacement")
    assert {(row["geo_precision"], row["value"]) for row in recommended(found)} == {
        ("admin1", "700"),
        ("admin1", "500"),
    }


def test_population_is_that_of_the_coarsest_level():
    rows, figures = rows_of(SAMPLES / "population_hrp.csv"), kept("population_hrp.csv", "indicators")
    assert total(figures, "value") == total(rows, "population")
    by_country = defaultdict(int)
    for row in recommended(figures):
        assert (row["sex"], row["age_group"]) == ("all", "all")
        by_country[row["location_code"]] += int(row["value"])
    whole = [row for row in rows if (row["gender"], row["age_range"]) == ("all", "all")]
    assert by_country == {
        "COD": total([row for row in whole if row["admin_level"] == "0"], "population"),
        "CAF": total(
            [r for r in whole if (r["location_code"], r["admin_level"]) == ("CAF", "1")], "population"
        ),
    }
    ages = {row["quantity_text"].partition("(")[2] for row in figures if row["age_group"] == "other"}
    assert ages == {"age 5-19)"}


def test_refugee_totals_parts_and_flows():
    rows, figures = (
        rows_of(SAMPLES / "refugees_2020_2024.csv"),
        kept("refugees_2020_2024.csv", "displacement"),
    )
    assert len(rows) == len(figures)
    for row, figure in zip(rows, figures, strict=True):
        is_total = (row["gender"], row["age_range"]) == ("all", "all")
        assert figure["value"] == row["population"]
        assert (figure["role"] == "recommended") == is_total
        assert (figure["origin_location_code"], figure["location_code"]) == (
            row["origin_location_code"],
            row["asylum_location_code"],
        )
        flow = row["population_group"] in ("RET", "RDP", "RST", "NAT")
        dates = (figure["measure"], figure["as_of"], figure["date_start"], figure["date_end"])
        start, end = row["reference_period_start"], row["reference_period_end"]
        assert dates == (("flow", "", start, end) if flow else ("stock", end, "", ""))
        unsure = figure["value"] == "0" and not is_total
        assert figure["qualifier"] == ("unknown" if unsure else "exact")


def test_a_warning_is_kept_beside_the_number():
    said = [row["quantity_text"] for row in kept("population_hrp.csv", "indicators")]
    assert "15947 (HAPI warns: PCode mismatch CF124 != Boganda)" in said
    events = kept("conflict_events_2025_12.csv", "events")
    assert [event["description"] for event in events if event["description"]] == [
        "HAPI warns: PCode unknown ML0899->None"
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "rejected_conflict_events.csv",
            "rejected by the provider:: location_code: event_type: events: fatalities",
        ),
        ("rejected_idps.csv", "rejected by the provider:: assessment_type: population"),
        (
            "rejected_refugees.csv",
            "rejected by the provider:: population_group: gender: age_range: population: asylum_location_code",
        ),
    ],
)
def test_rejected_rows_name_the_column(name, words):
    with (SAMPLES / "rejected" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rejected = list(csv.DictReader(file))
    reasons = " ".join(row["reason"] for row in rejected)
    assert all(f"{column} " in reasons for column in words.split(": ") if column)
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        errors = [n for n, row in enumerate(csv.DictReader(file), 2) if row["error"]]
    assert errors
    assert set(errors) <= {int(row["row_number"]) for row in rejected}


@pytest.mark.parametrize(
    "name", ["conflict_events_2025_12.csv", "idps_2025_12.csv", "refugees_2020_2024.csv"]
)
def test_row_order_does_not_matter(name, tmp_path):
    rows = rows_of(SAMPLES / name)
    shuffled = random.Random(3).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    folders = [tmp_path / "as_given", tmp_path / "shuffled"]
    for folder, given_rows in zip(folders, (rows, shuffled), strict=True):
        built_from(written(tmp_path / f"{folder.name}.csv", given_rows), folder)
    for file in folders[0].glob("*.csv"):
        if file.stem == "sources":
            continue
        key = list(table(file.stem).primary_key)
        first, second = (pl.read_csv(folder / file.name, infer_schema=False).sort(key) for folder in folders)
        assert first.height
        assert first.equals(second)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("conflict_events_2025_12.csv", "fatalities"),
        ("idps_2025_12.csv", "assessment_type"),
        ("refugees_2020_2024.csv", "population_group"),
        ("population_hrp.csv", "age_range"),
    ],
)
def test_renamed_column_is_named_with_the_nearest(name, column):
    with open_table(SAMPLES / name) as text:
        header = tuple(f"my_{c}" if c == column else c for c in text.header)
    with pytest.raises(SourceMismatchError, match=f"column '{column}' missing; did you mean 'my_{column}'"):
        source("hapi").fitting_layout(header)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("operational_presence.csv", "HAPI operational presence, which has no figures of people"),
        ("humanitarian_needs.csv", "HAPI humanitarian needs"),
        ("organisations.csv", "list of organisations"),
    ],
)
def test_other_themes_are_refused_with_what_is_read(name, words):
    refused = (SAMPLES / "expected" / name / "refused.txt").read_text(encoding="utf-8")
    assert words in refused
    assert "read are HAPI's conflict events, IDPs, refugees, returnees and baseline population" in refused


@pytest.mark.parametrize("event_type", ["riots", "Political violence", "all"])
def test_unknown_category_is_rejected_by_name(event_type):
    row = rows_of(SAMPLES / "conflict_events_2025_12.csv")[0] | {"event_type": event_type}
    found = normalised([row])
    assert found.accepted == 0
    (reason,) = found.rejected["reason"].to_list()
    assert reason.startswith("event_type is not a known code for indicator")


@given(st.from_regex(r"[0-9]{1,3}(-[0-9]{1,3}|\+)", fullmatch=True) | st.text(max_size=6))
def test_an_age_range_is_a_code_or_other_and_anything_else_unknown(cell):
    known = {"0-4", "5-11", "5-17", "12-17", "18-59", "60+", "all", "unknown"}
    found = pl.DataFrame({"age_range": [cell]}).select(AGE.alias("age")).item()
    low, _, high = cell.removesuffix("+").partition("-")
    digits = "0123456789"
    is_band = all(
        0 < len(part) <= 3 and set(part) <= set(digits) for part in ([low, high] if high else [low])
    )
    is_band &= cell.endswith("+") != bool(high)
    if cell in known:
        assert found not in (None, "other")
    else:
        assert found == ("other" if is_band else None)


@pytest.mark.skipif(not REAL.is_dir(), reason="HAPI's whole files are not here")
def test_whole_population_file(tmp_path):
    path = REAL / "population_global_hrp.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    good = [row for row in rows if not row["error"]]
    built = built_from(path, tmp_path / "out")
    assert (built.rows["indicators"], built.rejected_rows) == (len(good), len(rows) - len(good))
    assert built.totals["population"] == {
        "input": total(rows, "population"),
        "accepted": total(good, "population"),
    }


@pytest.mark.parametrize(
    ("origin", "code"), [("SYR", "SYR"), ("UNK", None), ("XXA", None), ("TIB", None), ("XKX", "XKX")]
)
def test_people_without_a_country_of_origin_are_kept(origin, code):
    row = next(r for r in rows_of(SAMPLES / "refugees_2020_2024.csv") if r["gender"] == "all")
    figure = normalised([row | {"origin_location_code": origin}]).tables["displacement"].row(0, named=True)
    assert (figure["origin_location_code"], figure["provider_origin_code"]) == (code, origin)
