"""Insecurity Insight: what must hold besides the kept samples, counted here with openpyxl and json alone."""

import csv
import gzip
import json
import random
from collections import Counter
from contextlib import closing
from functools import cache

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source
from hxl_kit.sources.insecurity_insight.topics import listed
from hxl_kit.standard.codelists import crosswalk

SOURCE = source("insecurity_insight")
OPTIONS = Options(hashtag_row="none", parquet=False)
HEALTH = {
    "Health Workers Killed": "killed",
    "Health Workers Injured": "injured",
    "Health Workers Kidnapped": "abducted",
    "Health Workers Arrested": "detained",
    "Health Workers Threatened": "threatened",
    "Health Workers Assaulted": "assaulted",
    "Health Workers Sexually Assaulted": "sexual_violence",
}


@pytest.fixture
def samples(request):
    return request.config.rootpath / "tests/data/sources/insecurity_insight"


@pytest.fixture
def real_files(request):
    folder = request.config.rootpath.parent / "shared/data/insecurity_insight"
    if not folder.is_dir():
        pytest.skip("the sample data are not here")
    return folder


def built(tmp_path, *files):
    """The tables of a package of files, rows as dictionaries, and what became of each input."""
    out = tmp_path / "out"
    inputs = tuple(Input(path=file, source=SOURCE.id) for file in files)
    records = build_package(authored_by_source(SOURCE, inputs, out, OPTIONS), out).inputs
    tables = {}
    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    return tables, records


@cache
def cells(path):
    """The header and the filled rows of a file's first table, read without hxl_kit."""
    if path.suffix in {".gz", ".json"}:
        rows = json.loads(gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes())
        return list(rows[0]), [list(row.values()) for row in rows]
    with closing(openpyxl.load_workbook(path, read_only=True)) as book:
        header, _, *rows = book.worksheets[0].iter_rows(values_only=True)
    filled = [row for row in rows if any(cell not in (None, " ") for cell in row)]
    return [str(name).strip() for name in header], filled


def total(path, column, occurrence=0):
    header, rows = cells(path)
    place = [n for n, name in enumerate(header) if name == column][occurrence]
    return sum(int(row[place] or 0) for row in rows)


def sum_of(rows, **wanted):
    chosen = [row for row in rows if all(row[name] == value for name, value in wanted.items())]
    return sum(float(row["value"]) for row in chosen)


def normalised(rows):
    """The tables of rows, dictionaries of text, by a fresh normaliser."""
    frame = pl.DataFrame(
        [{"row_number": n, **row} for n, row in enumerate(rows, 2)],
        schema={"row_number": pl.UInt32, **dict.fromkeys(rows[0], pl.String)},
    )
    layout = SOURCE.fitting_layout(tuple(rows[0]))
    return Normaliser(layout, SOURCE.id).normalise(frame.rename(layout.names_in(tuple(rows[0]))))


@pytest.fixture
def incident(samples):
    """The first row of the file of faults, mended."""
    with (samples / "rejected_rows.csv").open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    mended = {**row, "Looting/Theft/Robbery/Burglary of Health Supplies": "0"}
    return {name: cell or None for name, cell in mended.items()}


def test_totals_of_health_workers_are_those_of_the_workbook(samples, tmp_path):
    file = samples / "health_care.xlsx"
    tables, _ = built(tmp_path, file)
    for column, harm in HEALTH.items():
        assert sum_of(tables["casualties"], harm=harm) == total(file, column), column
    assert len(tables["events"]) == len(cells(file)[1])
    assert Counter(i["indicator"] for i in tables["indicators"])["health_care_obstructed"] == 1


def test_parts_and_second_totals_are_never_summed(samples, tmp_path):
    file = samples / "shcc_incidents.xlsx"
    casualties = built(tmp_path, file)[0]["casualties"]
    for column in list(HEALTH)[:4]:
        summable = sum_of(casualties, harm=HEALTH[column], role="recommended")
        assert summable == total(file, column), column
        second = [
            c for c in casualties if c["victim_group"] == "second total" and c["harm"] == HEALTH[column]
        ]
        assert sum(float(c["value"]) for c in second) == total(file, column, occurrence=1)
    assert {c["role"] for c in casualties if c["sex"] != "all"} == {"triangulation"}


def test_nought_gives_no_figure_and_every_row_an_event(samples, tmp_path):
    tables, records = built(tmp_path, samples / "shcc_incidents.xlsx")
    assert [r.accepted_rows for r in records] == [2]
    assert {e["provider_event_id"] for e in tables["events"]} == {"900041", "900042"}
    assert {c["event_id"] for c in tables["casualties"]} == {"insecurity_insight:shcc_incidents:900041"}
    assert "0" not in {c["value"] for c in tables["casualties"]}


def test_one_may_stand_for_an_unknown_number(samples, tmp_path):
    tables, records = built(tmp_path, samples / "health_care.xlsx")
    assert {(c["qualifier"], c["value_low"], c["value_high"]) for c in tables["casualties"]} == {
        ("unknown", "", "")
    }
    assert any("not specified, the provider counts one" in note for note in records[0].notes)


def test_an_event_in_two_topics_loses_nothing(samples, tmp_path):
    """SiND 900001 is in both files: two events, and victims of different groups do not overlap."""
    tables, records = built(tmp_path, samples / "health_care.xlsx", samples / "aid_workers_api.json")
    assert sum(r.rejected_rows for r in records) == 0
    same = [e["event_id"] for e in tables["events"] if e["provider_event_id"] == "900001"]
    assert same == ["insecurity_insight:health_care:900001", "insecurity_insight:aid_workers:900001"]
    summed = [c for c in tables["casualties"] if ":900001:" in c["figure_id"] and c["role"] == "recommended"]
    assert len({c["overlap_group"] for c in summed}) == len(summed) == 2


def test_the_same_people_in_two_topics_share_their_overlap_group(samples, tmp_path):
    header, rows = cells(samples / "explosive_weapons.xlsx")
    row = {name: None if cell is None else str(cell) for name, cell in zip(header, rows[0], strict=True)}
    row |= {"SiND Event ID": "900001", "Date": "2030-12-21"}
    bombed = normalised([row]).tables["casualties"].filter(population_group="health_worker")
    attacked = [
        c
        for c in built(tmp_path, samples / "health_care.xlsx")[0]["casualties"]
        if ":900001:" in c["figure_id"]
    ]
    assert bombed["overlap_group"].to_list() == [attacked[0]["overlap_group"]]
    assert bombed["figure_id"].to_list() != [attacked[0]["figure_id"]]


def test_overview_takes_its_year_from_the_sheet(samples, tmp_path):
    tables, _ = built(tmp_path, samples / "shcc_overview.xlsx")
    spans = {(c["date_start"], c["date_end"], c["date_precision"]) for c in tables["casualties"]}
    assert spans == {("2030-01-01", "2030-12-31", "year")}
    places = {c["provider_location_name"]: c["location_code"] for c in tables["indicators"]}
    assert places == {"OPT": "PSE", "Chechnya": "RUS", "DRC": "COD"}
    assert sum_of(tables["casualties"], harm="killed") == total(
        samples / "shcc_overview.xlsx", "Number of health workers killed"
    )


def test_columns_are_found_in_any_order_and_letter_case(incident):
    moved = {name.upper(): incident[name] for name in random.Random(3).sample(list(incident), len(incident))}  # noqa: S311 - a fixed shuffle
    first, second = normalised([incident]), normalised([moved])
    assert all(first.tables[name].equals(second.tables[name]) for name in first.tables)


def test_row_order_does_not_matter(incident):
    rows = [{**incident, "SiND Event ID": str(n), "Health Workers Killed": str(n)} for n in range(1, 20)]
    shuffled = random.Random(5).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    first, second = normalised(rows).tables, normalised(shuffled).tables
    assert first["casualties"].sort("figure_id").equals(second["casualties"].sort("figure_id"))
    assert first["casualties"].height == len(rows)


@pytest.mark.parametrize("column", ["SiND Event ID", "Health Workers Killed", "Country ISO"])
def test_a_renamed_column_is_named_with_the_nearest(incident, column):
    renamed = {(f"X {name}" if name == column else name): cell for name, cell in incident.items()}
    with pytest.raises(SourceMismatchError, match=f"column '{column}' missing; did you mean 'X {column}'"):
        normalised([renamed])


def test_another_provider_is_refused_in_plain_words():
    with pytest.raises(SourceMismatchError, match=r"this is not Insecurity Insight.*hxl-kit describe"):
        SOURCE.fitting_layout(("id", "year", "type_of_violence", "best", "latitude"))


WEAPONS = crosswalk("insecurity_insight-weapon").mapping


KNOWN = st.sampled_from(sorted(WEAPONS))


def weapon_of(cell):
    frame = pl.DataFrame({"weapon": [cell]})
    return frame.select(listed("weapon", "insecurity_insight-weapon", "multiple")).item()


@given(st.lists(KNOWN, min_size=1, max_size=3), st.booleans())
def test_weapons_alone_and_in_lists(tokens, shout):
    cell = ", ".join(tokens)
    assert weapon_of(cell.upper() if shout else cell) == WEAPONS.get(cell, "multiple")


@given(st.lists(KNOWN, max_size=2), st.sampled_from(["Catapult", "Trebuchet, Sling", "Firearm"]))
def test_a_list_with_a_weapon_that_is_not_known_has_no_code(tokens, unknown):
    assert weapon_of(", ".join([*tokens, unknown])) is None


@pytest.mark.parametrize("cell", ["Catapult", "Firearms, Catapult"])
def test_a_weapon_that_is_not_known_rejects_its_row(cell):
    found = normalised([_row() | {"Weapon Carried/Used": cell}])
    (reason,) = found.rejected["reason"]
    assert reason.startswith(f"Weapon Carried/Used is not a known code for weapon: '{cell}'")


def _row():
    """An incident of health care with the columns that a file cannot lack."""
    victims = dict.fromkeys(list(HEALTH)[:4], "0")
    where = {"Country": "OPT", "Country ISO": "PSE"}
    return {"Date": "2030-12-21", **where, "Weapon Carried/Used": None, **victims, "SiND Event ID": "1"}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("2016-2023-attacks-on-health-care-incident-data.xlsx", HEALTH),
        (
            "2020-2023-education-in-danger-incident-data.xlsx",
            {"Sexual Violence Affecting School Age Children": "sexual_violence"},
        ),
        (
            "2020-2023-protection-in-danger-incident-data.xlsx",
            {
                "People Associated with Protection Programme Killed": "killed",
                "People Associated with Protection Programme Kidnapped": "abducted",
                "People Associated with Protection Programme Arrested": "detained",
            },
        ),
        ("2022-shcc-incident-data.xlsx", HEALTH),
        (
            "aidWorkerKIKA_api.json.gz",
            {
                "Aid Workers Killed": "killed",
                "Aid Workers Injured": "injured",
                "Aid Workers Kidnapped": "abducted",
            },
        ),
    ],
)
def test_totals_of_the_real_files(real_files, tmp_path, name, columns):
    tables, records = built(tmp_path, real_files / name)
    record = records[0]
    assert (
        record.accepted_rows + record.rejected_rows == record.input_rows == len(cells(real_files / name)[1])
    )
    assert record.rejected_rows <= 1
    for column, harm in columns.items():
        found = sum_of(tables["casualties"], harm=harm, role="recommended")
        assert found == total(real_files / name, column), column


def test_deaths_by_explosive_weapons_in_the_real_file(real_files, tmp_path):
    name = "2020-2023-explosive-weapons-monitor-data-by-insecurity-insight.xlsx"
    tables, records = built(tmp_path, real_files / name)
    people = ("Aid Workers", "Health Workers", "Aid Health Workers", "Educators", "Students")
    assert records[0].rejected_rows == 0
    assert sum_of(tables["casualties"]) == sum(total(real_files / name, f"{who} Killed") for who in people)
    assert {e["event_type"] for e in tables["events"]} == {"explosion_remote_violence"}
