"""ACLED besides its golden files: totals, code book, overlaps, and files that are not as they should be."""

import csv
import json
import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.describe import describe_file
from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.reading import open_tables
from hxl_kit.sources import source
from hxl_kit.sources.acled._codes import NOTHING
from hxl_kit.standard.codelists import crosswalk
from hxl_kit.standard.tables import table

ACLED = source("acled")
FOLDER = Path(__file__).parent / "data/sources/acled"
EVENT = {
    "event_id_cnty": "SYR1",
    "event_date": "2024-05-06",
    "time_precision": "1",
    "event_type": "Battles",
    "sub_event_type": "Armed clash",
    "actor1": "A",
    "inter1": "State forces",
    "actor2": "B",
    "inter2": "Rebel group",
    "civilian_targeting": None,
    "iso": "760",
    "country": "Syria",
    "location": "Sampletown",
    "latitude": "36.2",
    "longitude": "37.1",
    "geo_precision": "1",
    "source": "Sample Wire",
    "fatalities": "3",
}
EARLIER = {k: v for k, v in EVENT.items() if k != "civilian_targeting"}
COUNT = {
    "Country": "Sudan",
    "Admin1": "North Darfur",
    "Admin2": "El Fasher",
    "ISO3": "SDN",
    "Admin2 Pcode": "SD02110",
    "Admin1 Pcode": "SD02",
    "Month": "January",
    "Year": "2024",
    "Events": "4",
    "Fatalities": "9",
}
POLITICAL, CIVILIAN = "political_violence.xlsx", "civilian-targeting.csv"
# ACLED Codebook: the event type of each sub-event type, written here once more.
SUB_EVENTS = {
    "battle": ["Armed clash", "Government regains territory", "Non-state actor overtakes territory"],
    "explosion_remote_violence": [
        *("Air/drone strike", "Chemical weapon", "Grenade", "Remote explosive/landmine/IED"),
        *("Shelling/artillery/missile attack", "Suicide bomb"),
    ],
    "violence_against_civilians": ["Abduction/forced disappearance", "Attack", "Sexual violence"],
    "protest": ["Excessive force against protesters", "Peaceful protest", "Protest with intervention"],
    "riot": ["Mob violence", "Violent demonstration"],
    "strategic_development": [
        *("Agreement", "Arrests", "Change to group/activity", "Disrupted weapons use"),
        *("Headquarters or base established", "Looting/property destruction"),
        *("Non-violent transfer of territory", "Other"),
    ],
}
EVENT_FILES = sorted(file.name for file in FOLDER.glob("events_*"))


def normalised(rows, name="x.csv"):
    """The result of a fresh normaliser on rows, dictionaries of text."""
    frame = pl.DataFrame(
        [{"row_number": n, **row} for n, row in enumerate(rows, 2)],
        schema={"row_number": pl.UInt32, **dict.fromkeys(rows[0], pl.String)},
    )
    layout = ACLED.fitting_layout(tuple(rows[0]))
    names = layout.names_in(tuple(rows[0]))
    place = {"file": name, "sheet": ""}
    return Normaliser(layout, "acled", place=place).normalise(frame.rename(names))


def one(table_name="events", name="x.csv", **cells):
    """The only row that a sound event, or count, with other cells becomes."""
    base = COUNT if cells.keys() & COUNT.keys() else EVENT
    found = normalised([{**base, **cells}], name)
    assert found.rejected.is_empty(), found.rejected["reason"].to_list()
    return found.tables[table_name].row(0, named=True)


def refusal(row, **cells):
    """Why a sound row with other cells is rejected."""
    found = normalised([{**row, **cells}])
    assert found.accepted == 0
    return found.rejected["reason"].item()


def kept(name, table_name):
    with (FOLDER / "expected" / name / f"{table_name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def given_rows(name):
    """The rows of an event sample in lower-case names, read with nothing of hxl_kit where it is text."""
    file = FOLDER / name
    if file.suffix == ".json":
        return json.loads(file.read_text(encoding="utf-8"))["data"]
    if file.suffix == ".xlsx":
        rows = pl.read_excel(file, infer_schema_length=0).to_dicts()
        return [{k.lower(): v for k, v in row.items()} for row in rows]
    text = file.read_text(encoding="utf-8-sig")
    mark = ";" if text.splitlines()[0].count(";") > text.splitlines()[0].count(",") else ","
    return [
        {k.lower(): v for k, v in row.items()}
        for row in csv.DictReader(text.splitlines(True), delimiter=mark)
    ]


def packaged(tmp_path, *files):
    out = tmp_path / "out"
    inputs = tuple(Input(path=file, source="acled") for file in files)
    options = Options(hashtag_row="none", parquet=False)
    built = build_package(authored_by_source(ACLED, inputs, out, options), out)
    tables = {f.stem: pl.read_csv(f, infer_schema=False) for f in out.glob("*.csv")}
    return built, tables


@pytest.mark.parametrize("name", EVENT_FILES)
def test_totals_and_rows_are_equal_before_and_after(name):
    rows, events, killed = given_rows(name), kept(name, "events"), kept(name, "casualties")
    total = sum(float(row["fatalities"]) for row in rows)
    assert total > 0
    assert sum(float(e["fatalities"]) for e in events) == total
    assert sum(float(k["value"]) for k in killed) == total
    assert [e["provider_event_id"] for e in events] == [row["event_id_cnty"] for row in rows]
    assert {k["role"] for k in killed} == {"recommended"}
    assert {k["qualifier"] for k in killed} == {"unknown"}
    assert not any(k["value_low"] or k["value_high"] for k in killed), "ACLED gives no range"


@pytest.mark.parametrize("name", [n for n in EVENT_FILES if "chosen" not in n])
def test_sources_named_are_all_kept_in_their_order(name):
    documents = kept(name, "event_sources")
    for row in given_rows(name):
        named = [d["source_name"] for d in documents if d["event_id"] == f"acled:{row['event_id_cnty']}"]
        assert named == row["source"].split("; ")


@pytest.mark.parametrize("name", EVENT_FILES)
def test_dates_of_every_generation_are_the_days_that_were_written(name):
    for event, row in zip(kept(name, "events"), given_rows(name), strict=True):
        day = date.fromisoformat(event["date_start"])
        forms = (f"{day}", f"{day:%d/%m/%Y}", f"{day:%d-%m-%Y}", f"{day:%d %B %Y}", f"{day} 00:00:00")
        assert row["event_date"] in forms
        assert event["date_end"] == event["date_start"]
        assert row.get("year", str(day.year)) == str(day.year)


@pytest.mark.parametrize(
    ("kind", "sub_event"), [(kind, sub) for kind, subs in SUB_EVENTS.items() for sub in subs]
)
def test_every_sub_event_type_of_the_code_book_is_in_a_sample(kind, sub_event):
    found = [e for e in kept("events_2024_api.json", "events") if e["event_subtype"] == sub_event]
    assert [e["event_type"] for e in found] == [kind]


@pytest.mark.parametrize(
    ("inter1", "inter2", "event_type"),
    [
        ("5", "0", "riot"),
        ("6", "1", "protest"),
        ("1", "6.0", "protest"),
        ("6", "5", "riot"),
        ("1", "7", "other"),
        (None, None, "other"),
    ],
)
def test_riots_and_protests_of_one_type_are_told_apart_by_who_acts(inter1, inter2, event_type):
    event = one(event_type="Riots/Protests", sub_event_type=None, inter1=inter1, inter2=inter2)
    assert (event["event_type"], event["event_subtype"]) == (event_type, "Riots/Protests")


@pytest.mark.parametrize("value", [v for v, _ in crosswalk("acled-actor_type").pairs])
def test_actor_types_in_numbers_and_words(value):
    expected = crosswalk("acled-actor_type").mapping[value]
    written = f"{value}.0" if value.isdigit() else value.title()
    assert one(inter1=written)["actor1_type"] == expected


@pytest.mark.parametrize("none", ["0", "0.0", None])
def test_no_second_actor_is_no_type(none):
    assert one(inter2=none, actor2=None)["actor2_type"] is None


def test_civilian_targeting_is_yes_no_or_not_told():
    assert one(civilian_targeting="Civilian targeting")["civilian_targeting"] is True
    assert one(civilian_targeting=None)["civilian_targeting"] is False
    assert normalised([EARLIER]).tables["events"]["civilian_targeting"].to_list() == [None]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"iso": "4", "country": "Afghanistan"}, "AFG"),
        ({"iso": "364.0", "country": "Iran"}, "IRN"),
        ({"iso": "0", "country": "Kosovo"}, "XKX"),
        ({"iso": None, "country": "Democratic Republic of Congo"}, "COD"),
        ({"iso": None, "country": "Palestine"}, "PSE"),
        ({"iso": None, "country": "Bailiwick of Jersey"}, "JEY"),
        ({"iso": None, "gwno": "626", "country": "South Sudan"}, "SSD"),
        ({"iso": None, "iso3": "SDN", "country": "A name nobody knows"}, "SDN"),
    ],
)
def test_country_by_number_code_or_name(cells, code):
    event = one(**cells)
    assert event["location_code"] == code
    assert event["provider_location_name"] == cells["country"]


@pytest.mark.parametrize(
    ("column", "value", "field", "expected"),
    [
        ("time_precision", "1", "date_precision", "day"),
        ("time_precision", "2.0", "date_precision", "week"),
        ("time_precision", "3", "date_precision", "month"),
        ("time_precision", None, "date_precision", "unknown"),
        ("event_date", None, "date_precision", "unknown"),
        ("geo_precision", "1", "geo_precision", "exact"),
        ("geo_precision", "2", "geo_precision", "vague_area"),
        ("geo_precision", "3.0", "geo_precision", "admin1"),
        ("geo_precision", None, "geo_precision", "unknown"),
    ],
)
def test_precisions_mean_what_the_code_book_says(column, value, field, expected):
    assert one(**{column: value})[field] == expected


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"event_type": "Skirmishes"}, "event_type"),
        ({"event_type": "riot"}, "event_type"),
        ({"iso": "999"}, "location_code"),
        ({"iso": None, "country": "Exampleland"}, "location_code"),
        ({"inter1": "9"}, "actor1_type"),
        ({"inter2": "Space force"}, "actor2_type"),
        ({"time_precision": "4"}, "date_precision"),
        ({"geo_precision": "0"}, "geo_precision"),
        ({"civilian_targeting": "maybe"}, "civilian_targeting"),
        ({"fatalities": "about 200"}, "fatalities"),
    ],
)
def test_unknown_codes_reject_the_row_and_name_the_field(cells, named):
    assert named in refusal(EVENT, **cells)


def test_an_unknown_sub_event_type_stays_in_the_providers_word():
    assert one(sub_event_type="Sample sub-event")["event_subtype"] == "Sample sub-event"


def test_zero_fatalities_are_a_figure_and_a_blank_is_none():
    assert one("casualties", fatalities="0")["value"] == 0
    found = normalised([{**EVENT, "fatalities": None}])
    assert found.tables["casualties"].is_empty()
    assert found.tables["events"]["fatalities"].to_list() == [None]


words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=";"), min_size=1
).filter(lambda name: name not in NOTHING)


@given(st.lists(words, min_size=1, max_size=6))
def test_any_list_of_sources_comes_back(names):
    found = normalised([{**EVENT, "source": "; ".join(names)}])
    rows = found.tables["event_sources"]
    assert rows["source_name"].to_list() == names
    assert rows["position"].to_list() == list(range(1, len(names) + 1))


def test_row_order_does_not_matter():
    rows = [{**EVENT, "event_id_cnty": f"SYR{n}", "fatalities": str(n)} for n in range(20)]
    shuffled = random.Random(7).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    first, second = normalised(rows).tables, normalised(shuffled).tables
    for name in first:
        key = list(table(name).primary_key)
        assert first[name].sort(key).equals(second[name].sort(key)), name


def test_an_event_that_comes_twice_counts_once():
    found = normalised([EVENT, EVENT])
    assert found.rejected["reason"].to_list() == ["event_id_cnty repeats a row that came before"]
    assert found.totals["fatalities"] == (6, 3)


@pytest.mark.parametrize("column", sorted(ACLED.layout("events_before_2023").required))
def test_a_renamed_column_is_named_with_the_nearest(column):
    renamed = {(f"{key}_x" if key == column else key): cell for key, cell in EARLIER.items()}
    with pytest.raises(SourceMismatchError) as caught:
        normalised([renamed])
    assert f"column '{column}' missing; did you mean '{column}_x'?" in str(caught.value)


def test_headings_in_words_are_offered_not_guessed():
    renamed = {("Event Date" if key == "event_date" else key): cell for key, cell in EVENT.items()}
    with pytest.raises(SourceMismatchError, match="'event_date' missing; did you mean 'Event Date'"):
        normalised([renamed])


def test_upper_case_and_shortened_names_are_the_same_columns():
    short = {"event_id_cnty": "EVENT_ID_C", "time_precision": "TIME_PRECI", "geo_precision": "GEO_PRECIS"}
    shortened = {short.get(key, key.upper()): cell for key, cell in EVENT.items()}
    assert normalised([shortened]).tables["events"].equals(normalised([EVENT]).tables["events"])


@pytest.mark.parametrize(
    ("name", "layout"),
    [(n, "event data") for n in EVENT_FILES]
    + [
        ("political_violence_events_and_fatalities_by_month-year.xlsx", "counts by month"),
        ("civilian-targeting-events-and-fatalities.csv", "counts by month"),
        ("demonstration-events.xlsx", "counts by month"),
        ("number_of_political_violence_events_by_country-year.csv", "counts by year"),
        ("weekly_counts_by_admin1.xlsx", "counts by week"),
        ("deleted_api.json", "list of deleted events"),
    ],
)
def test_samples_are_recognised(name, layout):
    certain = [c for text in describe_file(FOLDER / name) for c in text.candidates if c.certain]
    ours = [c for c in certain if c.id == "acled"]
    assert ours
    assert all(layout in c.reason for c in ours)


# Counts by month


def test_all_data_sheets_of_a_workbook_are_read_and_the_terms_are_not():
    name = "political_violence_events_and_fatalities_by_month-year.xlsx"
    sheets = [pl.read_excel(FOLDER / name, sheet_name=s) for s in ("Non_HRP", "HRP_1", "HRP_2")]
    figures, killed = kept(name, "indicators"), kept(name, "casualties")
    assert len(figures) == sum(s.height for s in sheets)
    assert sum(int(f["value"]) for f in figures) == sum(s["Events"].sum() for s in sheets)
    assert sum(int(k["value"]) for k in killed) == sum(s["Fatalities"].sum() for s in sheets)


def test_civilian_targeting_is_never_added_to_political_violence(tmp_path):
    files = [
        FOLDER / n
        for n in (
            "political_violence_events_and_fatalities_by_month-year.xlsx",
            "civilian-targeting-events-and-fatalities.csv",
        )
    ]
    _, tables = packaged(tmp_path, *files)
    killed = tables["casualties"].with_columns(pl.col("value").cast(pl.Int64))
    by_kind = {k: killed.filter(pl.col("figure_id").str.contains(k)) for k in ("political", "civilian")}
    assert by_kind["political"]["role"].unique().to_list() == ["recommended"]
    assert by_kind["civilian"]["role"].unique().to_list() == ["triangulation"]
    assert set(by_kind["civilian"]["overlap_group"]) <= set(by_kind["political"]["overlap_group"])
    summable = killed.filter(role="recommended")["value"].sum()
    assert summable == by_kind["political"]["value"].sum() < killed["value"].sum()


def test_demonstrations_are_a_figure_of_their_own():
    figures = kept("demonstration-events.xlsx", "indicators")
    assert {(f["indicator"], f["role"]) for f in figures} == {("demonstrations", "recommended")}


def test_counts_whose_kind_no_name_tells_are_not_summable():
    found = normalised([COUNT], "data.csv").tables
    assert found["casualties"]["role"].to_list() == ["triangulation"]
    assert found["events"]["event_subtype"].to_list() == ["Unspecified"]


def test_nothing_happened_is_a_figure_and_no_event():
    found = normalised([{**COUNT, "Events": "0", "Fatalities": "0"}], POLITICAL).tables
    assert found["events"].is_empty()
    assert found["indicators"].select("value", "event_id").rows() == [(0, None)]
    assert found["casualties"].select("value", "event_id").rows() == [(0, None)]


def test_provider_p_codes_are_kept_as_such():
    event = one(name=POLITICAL, Events="4")
    assert (event["admin1_code"], event["admin2_code"]) == ("SD02", "SD02110")
    assert (event["pcode_method"], event["geo_precision"]) == ("provider", "admin2")
    assert event["is_aggregate"] is True


@pytest.mark.parametrize(
    ("cells", "precision", "method"),
    [
        ({"Admin2": None, "Admin2 Pcode": None}, "admin1", "provider"),
        ({"Admin1 Pcode": None, "Admin2 Pcode": None}, "admin2", "none"),
        (dict.fromkeys(("Admin1", "Admin2", "Admin1 Pcode", "Admin2 Pcode")), "country", "none"),
    ],
)
def test_place_of_a_count_is_as_fine_as_its_row(cells, precision, method):
    event = one(name=POLITICAL, **cells)
    assert (event["geo_precision"], event["pcode_method"]) == (precision, method)


@given(st.dates(date(1997, 1, 1), date(2030, 12, 31)))
def test_a_month_runs_from_its_first_to_its_last_day(day):
    event = one(name=POLITICAL, Month=f"{day:%B}", Year=str(day.year))
    assert event["date_start"] == day.replace(day=1)
    assert (event["date_end"] + timedelta(days=1)).day == 1
    assert event["date_start"] <= day <= event["date_end"]
    assert event["date_precision"] == "month"


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"Month": "Smarch"}, "Month"),
        ({"Year": "24"}, "Year"),
        ({"Year": "day"}, "Year"),
        ({"Events": "few"}, "Events"),
        ({"ISO3": "XYZ"}, "location_code"),
        ({"Admin2 Pcode": "af 01"}, "Admin2 Pcode"),
        ({"Events": None, "Fatalities": None}, "none of its figures is filled"),
    ],
)
def test_counts_that_cannot_be_read_are_rejected_with_the_column(cells, named):
    assert named in refusal(COUNT, **cells)


@pytest.mark.parametrize(
    ("name", "header", "layout"),
    [
        ("political_violence_by_month.csv", "Country,Month,Year,Events", "monthly_events"),
        ("number_of_reported_fatalities_by_country-year.csv", "COUNTRY,YEAR,FATALITIES", "yearly_fatalities"),
        ("number_of_demonstration_events.csv", "COUNTRY,YEAR,EVENTS", "yearly_events"),
    ],
)
def test_smaller_counts_are_recognised_by_their_name(tmp_path, name, header, layout):
    (tmp_path / name).write_text(f"{header}\nAlbania{',2023' * header.count(',')}\n", encoding="utf-8")
    with open_tables(tmp_path / name) as (text,):
        assert ACLED.layout_of(text).id == layout


def test_smaller_counts_without_a_telling_name_are_refused(tmp_path):
    file = tmp_path / "counts.csv"
    file.write_text("Country,Year,Events\nAlbania,2023,1\n", encoding="utf-8")
    with open_tables(file) as (text,), pytest.raises(SourceMismatchError, match="says of which"):
        ACLED.layout_of(text)


def test_a_month_column_under_another_name_does_not_make_years_of_months(tmp_path):
    file = tmp_path / "political_violence.csv"
    file.write_text("Country,Months,Year,Events,Fatalities\nAlbania,May,2023,1,0\n", encoding="utf-8")
    with open_tables(file) as (text,), pytest.raises(SourceMismatchError, match="did you mean 'Months'"):
        ACLED.layout_of(text)


def test_a_week_runs_from_saturday_to_friday():
    rows = kept("weekly_counts_by_admin1.xlsx", "events")
    assert rows
    for row in rows:
        first, last = date.fromisoformat(row["date_start"]), date.fromisoformat(row["date_end"])
        assert (f"{first:%A}", f"{last:%A}") == ("Saturday", "Friday")
        assert last - first == timedelta(days=6)


# Deletions


def test_a_deleted_event_is_retracted_by_its_identifier(tmp_path):
    built, tables = packaged(tmp_path, FOLDER / "events_2024_api.json", FOLDER / "deleted_api.csv")
    claims = tables["claims"]
    assert built.rejected_rows == 0, "an event and its deletion do not repeat one another"
    assert set(claims["about_id"]) <= set(tables["events"]["event_id"])
    assert claims.select("claimant", "stance", "about_table", "aspect").unique().rows() == [
        ("ACLED", "retracts", "events", "occurrence")
    ]


@given(st.integers(0, 4_000_000_000))
def test_deletion_time_is_the_utc_day_of_unix_seconds(seconds):
    rows = [{"event_id_cnty": "SYR1", "deleted_timestamp": str(seconds)}]
    (day,) = normalised(rows).tables["claims"]["claim_date"]
    assert day == date(1970, 1, 1) + timedelta(days=seconds // 86400)


@pytest.mark.parametrize("name", ["cast_forecast.csv", "actors.csv"])
def test_other_files_of_the_provider_are_refused_with_the_way_out(name):
    header = (FOLDER / name).read_text(encoding="utf-8").splitlines()[0].split(",")
    with pytest.raises(SourceMismatchError, match=r"acled: this is .*https://acleddata\.com"):
        ACLED.fitting_layout(header)


@pytest.mark.parametrize(
    ("written", "day"),
    [("13-May-22", date(2022, 5, 13)), ("1-Jan-97", date(1997, 1, 1)), ("13 May 2022", date(2022, 5, 13))],
)
def test_dates_with_a_short_year_and_the_name_of_the_month_are_read(written, day):
    event = one(event_date=written)
    assert (event["date_start"], event["date_end"]) == (day, day)


@pytest.mark.parametrize(
    ("number", "name", "code"),
    [
        *(("0", "Akrotiri and Dhekelia", "CYP"), ("736", "Sudan", "SDN"), ("583", "Micronesia", "FSM")),
        *(("", "Saint Vincent and Grenadines", "VCT"), ("748", "eSwatini", "SWZ"), ("383", "Kosovo", "XKX")),
    ],
)
def test_countries_as_the_provider_writes_them(number, name, code):
    event = one(iso=number or None, country=name)
    assert (event["location_code"], event["provider_location_name"]) == (code, name)


def test_files_of_few_chosen_columns_are_read():
    few = ("event_id_cnty", "event_date", "event_type", "country")
    found = normalised([{name: EVENT[name] for name in few}])
    assert found.accepted == 1
    assert found.tables["casualties"].is_empty()


@pytest.mark.parametrize("written", ["1704844800", "2024-01-10", "2024-01-10T00:00:00Z"])
def test_the_day_of_a_deletion(written):
    found = normalised([{"event_id_cnty": "SYR1", "deleted_timestamp": written}])
    assert found.tables["claims"]["claim_date"].to_list() == [date(2024, 1, 10)]


def test_deletions_by_row_numbers_are_refused_with_the_way_out():
    with pytest.raises(SourceMismatchError, match="by event_id_cnty"):
        ACLED.fitting_layout(("data_id", "deleted_timestamp"))
