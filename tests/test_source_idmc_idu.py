"""What must hold for IDMC's updates besides the golden files: roles, bounds, days, nothing lost or summed."""

import csv
import datetime as dt
import json
import random
import re
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.reading import open_table
from hxl_kit.sources import source
from hxl_kit.sources.idmc_idu.latest import latest_figures

FOLDER = Path(__file__).parent / "data/sources/idmc_idu"
SHARED = Path(__file__).parents[2] / "shared/data/idmc"
SAME_FIGURES = ["idu_2023.json", "idu_2023_hashtag_row.csv", "idu_2026_no_hashtag_row.csv"]


def normalised(file):
    with open_table(file) as text:
        layout = source("idmc_idu").layout_of(text)
        names = layout.names_in(text.header, text.tags)
        frame = pl.concat([batch.frame for batch in text.batches()]).rename(names)
    return Normaliser(layout, "idmc_idu").normalise(frame)


def written(folder, rows):
    file = folder / "idu.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    return file


def invented(name="idu_2026_roles.json"):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def figures(folder, rows):
    return {f["figure_id"]: f for f in normalised(written(folder, rows)).tables["displacement"].to_dicts()}


@pytest.mark.parametrize("name", SAME_FIGURES)
def test_every_generation_gives_the_same_figures_and_totals(name):
    expected = sum(row["figure"] for row in invented("idu_2023.json"))
    with (FOLDER / "expected" / name / "displacement.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["value"]) for row in rows) == expected > 0
    with (FOLDER / "expected" / SAME_FIGURES[0] / "displacement.csv").open(encoding="utf-8") as file:
        first = {row["figure_id"]: row for row in csv.DictReader(file)}
    assert {row["figure_id"]: row for row in rows} == first


def test_without_a_role_nothing_is_summable():
    assert set(normalised(FOLDER / "idu_2023.json").tables["displacement"]["role"]) == {"triangulation"}


def test_a_figure_is_a_flow_of_movements():
    found = normalised(FOLDER / "idu_2026_roles.json").tables["displacement"]
    constants = found.select("measure", "counts", "unit", "category").unique().rows()
    assert constants == [("flow", "movements", "movement", "new_displacement")]
    assert found["as_of"].null_count() == found.height
    assert found.select("date_start", "date_end").null_count().row(0) == (0, 0)


@pytest.mark.parametrize("name", SAME_FIGURES[:1])
def test_days_are_those_of_the_rows_own_text(name):
    """IDMC's stamps are midnights in New Zealand; the row says the day in words."""
    texts = {f"idmc_idu:{row['id']}": row["standard_info_text"] for row in invented(name)}
    for figure in normalised(FOLDER / name).tables["displacement"].to_dicts():
        said = re.search(r"(\d\d) (\w+) +- (\d\d) (\w+)", texts[figure["figure_id"]])
        days = [figure["date_start"].strftime("%d %B"), figure["date_end"].strftime("%d %B")]
        assert days == [f"{said[1]} {said[2]}", f"{said[3]} {said[4]}"]


def test_a_day_read_anew_is_in_the_list_of_changes():
    changes = normalised(FOLDER / "idu_2023.json").changes.filter(column="displacement_start_date")
    assert ("2023-11-06T11:00:00.000Z", "2023-11-07") in changes.select("old", "new").rows()


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("2023-11-06T11:00:00.000Z", "2023-11-07"),
        ("2023-07-06T12:00:00.000Z", "2023-07-07"),
        ("2023-11-06T12:00:00.000Z", "2023-11-06"),
        ("2023-11-06T00:00:00Z", "2023-11-06"),
        ("2023-11-06", "2023-11-06"),
    ],
)
def test_only_midnights_in_new_zealand_move(tmp_path, stamp, day):
    row = {**invented()[0], "displacement_start_date": stamp}
    assert figures(tmp_path, [row])["idmc_idu:1"]["date_start"] == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    ("qualifier", "figure", "expected"),
    [
        ("total", 80, (80, 80, 80, "exact")),
        ("Approximately", 80, (80, None, None, "approximately")),
        ("more than", 80, (80, 81, None, "more_than")),
        ("more than or equal", 80, (80, 80, None, "at_least")),
        ("less than", 80, (80, None, 79, "less_than")),
        ("less than", 0, (0, None, None, "less_than")),
        ("less than or equal", 80, (80, None, 80, "at_most")),
        ("average", 80, (80, None, None, "approximately")),
        (None, 80, (80, None, None, "unknown")),
    ],
)
def test_qualifiers_and_bounds(tmp_path, qualifier, figure, expected):
    found = figures(tmp_path, [{**invented()[0], "qualifier": qualifier, "figure": figure}])["idmc_idu:1"]
    assert tuple(found[f] for f in ("value", "value_low", "value_high", "qualifier")) == expected


def test_recommended_and_latest_figures(tmp_path):
    roles = {key: (f["role"], f["overlap_group"]) for key, f in figures(tmp_path, invented()).items()}
    assert roles["idmc_idu:1"] == roles["idmc_idu:3"] == ("recommended", None)
    assert roles["idmc_idu:2"] == ("triangulation", "idmc_idu:900")
    # Event 901 has no recommended figure: of 4, 5 and 6, IDMC entered 5 last.
    assert [roles[f"idmc_idu:{n}"][0] for n in (4, 5, 6)] == ["triangulation", "recommended", "triangulation"]
    # The row of event 902 has no role at all.
    assert roles["idmc_idu:7"][0] == "triangulation"


def test_no_latest_figure_without_the_time_of_entry(tmp_path):
    rows = [{k: v for k, v in row.items() if k != "created_at"} for row in invented()]
    found = figures(tmp_path, rows)
    assert {found[f"idmc_idu:{n}"]["role"] for n in (4, 5, 6)} == {"triangulation"}


@given(
    st.lists(
        st.tuples(
            st.sampled_from("AB"),
            st.sampled_from(["Recommended figure", "Triangulation", None]),
            st.integers(1, 5),
        ),
        max_size=12,
    )
)
def test_at_most_one_figure_stands_in_and_never_beside_a_recommended_one(rows):
    frame = pl.DataFrame(
        [(str(n), event, role, f"2026-01-0{day}T00:00:00Z") for n, (event, role, day) in enumerate(rows)],
        schema=dict.fromkeys(("id", "event_id", "role", "created_at"), pl.String),
        orient="row",
    )
    chosen = set(latest_figures(frame))
    for event in "AB":
        of_event = [(str(n), role, day) for n, (e, role, day) in enumerate(rows) if e == event]
        stands_in = [row for row in of_event if row[0] in chosen]
        given_roles = {role for _, role, _ in of_event}
        needed = "Triangulation" in given_roles and "Recommended figure" not in given_roles
        assert len(stands_in) == int(needed)
        latest = max((day for _, role, day in of_event if role == "Triangulation"), default=0)
        assert all(row[1:] == ("Triangulation", latest) for row in stands_in)


def test_row_order_does_not_matter(tmp_path):
    rows = invented()
    shuffled = random.Random(3).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    assert figures(tmp_path, rows) == figures(tmp_path, shuffled)


def test_codes_that_are_no_countries_keep_the_providers(tmp_path):
    found = figures(tmp_path, invented())
    assert [found["idmc_idu:7"][f] for f in ("location_code", "provider_location_code")] == [None, "AB9"]
    assert found["idmc_idu:8"]["location_code"] == "XKX"


def test_every_fault_is_named():
    rejected = normalised(FOLDER / "rejected_rows.json").rejected
    reasons = dict(rejected.select("row_number", "reason").iter_rows())
    assert reasons[2] == "id repeats a row that came before"
    assert reasons[3].startswith("qualifier is not a known code for qualifier")
    assert reasons[4].startswith("role is not a known code for role")
    assert reasons[5].startswith("displacement_type is not a known code for cause")
    assert reasons[11].startswith("locations_accuracy is not a known code for geo_precision")
    assert len(reasons) == len(invented("rejected_rows.json")) - 1


def test_an_unknown_role_is_rejected_where_another_event_has_a_latest_figure(tmp_path):
    rows = [*invented(), {**invented()[0], "id": 99, "role": "Preferred"}]
    rejected = normalised(written(tmp_path, rows)).rejected
    assert rejected["reason"].to_list() == ["role is not a known code for role"]


@pytest.mark.parametrize("column", ["figure", "qualifier", "displacement_start_date", "displacement_type"])
def test_a_renamed_column_is_named_with_the_nearest(tmp_path, column):
    rows = [{(f"x_{k}" if k == column else k): v for k, v in row.items()} for row in invented()]
    with (
        open_table(written(tmp_path, rows)) as text,
        pytest.raises(SourceMismatchError, match=f"column '{column}' missing; did you mean 'x_{column}'"),
    ):
        source("idmc_idu").layout_of(text)


@pytest.mark.parametrize(
    "name", ["idu_idmc_idu.json", "idu_event_data_IND_2023_hxl.csv", "idu_ind_events_hxl.csv"]
)
def test_real_files(name):
    if not (SHARED / name).is_file():
        pytest.skip("the sample data are not here")
    found = normalised(SHARED / name)
    assert (found.accepted, found.rejected.height) == (113, 0)
    expected = sum(r["figure"] for r in json.loads((SHARED / "idu_idmc_idu.json").read_text("utf-8")))
    assert found.tables["displacement"]["value"].sum() == expected
