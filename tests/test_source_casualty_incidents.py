"""Incident lists of casualties: what must hold besides the kept samples, counted here with csv and json alone."""

import csv
import json
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source

SOURCE = source("casualty_incidents")
OPTIONS = Options(hashtag_row="none", parquet=False)
VICTIM = "Fictus Nomen"


@pytest.fixture
def samples(request):
    return request.config.rootpath / "tests/data/sources/casualty_incidents"


def built(tmp_path, file):
    """The tables of a file's package, rows as dictionaries, and what became of the input."""
    out = tmp_path / "out"
    inputs = (Input(path=file, source=SOURCE.id),)
    record = build_package(authored_by_source(SOURCE, inputs, out, OPTIONS), out).inputs[0]
    tables = {}
    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as opened:
            tables[path.stem] = list(csv.DictReader(opened))
    return tables, record


def rows_of(file):
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def normalised(rows):
    """The tables of rows, dictionaries of text, by a fresh normaliser."""
    frame = pl.DataFrame(
        [{"row_number": n, **row} for n, row in enumerate(rows, 2)],
        schema={"row_number": pl.UInt32, **dict.fromkeys(rows[0], pl.String)},
    )
    layout = SOURCE.fitting_layout(tuple(rows[0]))
    return Normaliser(layout, SOURCE.id).normalise(frame.rename(layout.names_in(tuple(rows[0]))))


def airwars(**given_cells):
    """An incident of Airwars, in names of the API."""
    return {
        "unique_reference_code": "XS900",
        "date": "2030-01-02",
        "country": "syria",
        "grading": "fair",
        "civilians_killed_min": "1",
        "civilians_killed_max": "2",
        "belligerents": "Example Army",
        **given_cells,
    }


# Airwars.


def test_airwars_totals_are_those_of_the_file(samples, tmp_path):
    rows = rows_of(samples / "airwars_export.csv")
    casualties = built(tmp_path, samples / "airwars_export.csv")[0]["casualties"]
    for label, figure in (
        ("Civilians Killed", "civilians_killed"),
        ("Civilians Injured", "civilians_injured"),
    ):
        kept = [c for c in casualties if c["figure_id"].endswith(f":{figure}")]
        for end, field in (("Min", "value_low"), ("Max", "value_high")):
            expected = sum(int(row[f"{label} {end}"] or 0) for row in rows)
            assert expected == sum(float(c[field] or 0) for c in kept) > 0
        assert len(kept) == sum(bool(r[f"{label} Min"] or r[f"{label} Max"]) for r in rows)


ENDS = st.one_of(st.none(), st.integers(0, 500))


@settings(max_examples=10)
@given(st.lists(st.tuples(ENDS, ENDS), min_size=1, max_size=50))
def test_airwars_ranges(pairs):
    rows = [
        airwars(
            unique_reference_code=str(n),
            civilians_killed_min=None if low is None else str(low),
            civilians_killed_max=None if high is None else str(high),
        )
        for n, (low, high) in enumerate(pairs)
    ]
    figures = normalised(rows).tables["casualties"].to_dicts()
    given_pairs = [pair for pair in pairs if pair != (None, None)]
    assert [(f["value_low"], f["value_high"]) for f in figures] == given_pairs
    for figure, (low, high) in zip(figures, given_pairs, strict=True):
        words = {(True, False): "at_most", (False, True): "at_least"}
        qualifier = words.get((low is None, high is None), "exact" if low == high else "range")
        assert figure["qualifier"] == qualifier
        assert figure["value"] == {"range": None, "at_most": high}.get(qualifier, low)
        assert figure["bounds_basis"] == "source_range"


def test_airwars_women_men_and_children_are_never_summed():
    parts = {f"{who}_killed_{end}": "1" for who in ("women", "men", "children") for end in ("min", "max")}
    figures = normalised([airwars(**parts)]).tables["casualties"]
    assert figures.filter(role="recommended").height == 1
    assert figures.filter(role="triangulation").height == 3
    assert figures["overlap_group"].n_unique() == 1


@pytest.mark.parametrize(
    ("grading", "role"),
    [("Confirmed", "recommended"), ("weak", "recommended"), ("Discounted", "triangulation")],
)
def test_airwars_a_discounted_report_is_kept_and_not_summed(grading, role):
    figure = normalised([airwars(grading=grading)]).tables["casualties"].row(0, named=True)
    assert (figure["grading"], figure["role"]) == (grading.lower(), role)


@pytest.mark.parametrize(
    "cell",
    [
        "Example Army; Sample Front",
        "Example Army, Sample Front",
        "Example Army|Sample Front",
        "Example Army;Sample Front;Example Army",
        '[{"name":"Example Army","slug":"a"},{"name": "Sample Front","slug":"b"}]',
    ],
)
def test_airwars_each_belligerent_is_an_allegation(cell):
    found = normalised([airwars(belligerents=cell, grading="Confirmed")]).tables
    claims = found["claims"]
    assert claims["quote"].to_list() == [
        "alleged belligerent: Example Army",
        "alleged belligerent: Sample Front",
    ]
    assert set(claims["claimant"]) == {"Airwars"}
    assert set(claims["stance"]) == {"asserts"}
    assert set(claims["about_id"]) == set(found["events"]["event_id"])
    assert found["casualties"]["alleged_perpetrator"].to_list() == ["Example Army; Sample Front"]


@pytest.mark.parametrize(
    ("grading", "stances"), [("Confirmed", ["asserts", "confirms"]), ("Fair", ["asserts"])]
)
def test_airwars_only_the_one_who_accepts_confirms(grading, stances):
    claims = normalised([airwars(grading=grading)]).tables["claims"]
    assert claims["stance"].to_list() == stances
    accepted = claims.filter(stance="confirms")
    assert accepted["claimant"].to_list() == ["Example Army"] * len(accepted)


@pytest.mark.parametrize("cell", [None, "Unknown", "[]"])
def test_airwars_nobody_named_is_no_claim(cell):
    found = normalised([airwars(belligerents=cell)])
    assert found.rejected.is_empty()
    assert found.tables["claims"].is_empty()


@pytest.mark.parametrize(
    ("low", "high", "grading"),
    [
        ("civ_deaths_min", "civ_deaths_max", "assessment"),
        ("Civilian Deaths Min", "Civilian Deaths Max", "Airwars Grading"),
        ("min_civilians_killed", "MAX_CIVILIANS_KILLED", "civilian_harm_status"),
        (
            "Minimum civilian non combatants killed",
            "Maximum civilian non combatants killed",
            "Civilian Harm Status",
        ),
    ],
)
def test_airwars_names_of_other_exports(low, high, grading):
    names = {"civilians_killed_min": low, "civilians_killed_max": high, "grading": grading}
    given_cells = {names.get(name, name): cell for name, cell in airwars().items()}
    assert normalised([given_cells]).tables["casualties"].equals(normalised([airwars()]).tables["casualties"])


def test_airwars_a_span_of_days():
    event = normalised([airwars(date_end="2030-01-05")]).tables["events"].row(0, named=True)
    assert (str(event["date_start"]), str(event["date_end"])) == ("2030-01-02", "2030-01-05")
    assert event["date_precision"] == "week"
    assert normalised([airwars(date_end="soon")]).rejected.height == 1


def test_airwars_names_of_victims_are_nowhere(samples, tmp_path):
    file = samples / "airwars_api.json"
    assert VICTIM in file.read_text(encoding="utf-8")
    built(tmp_path, file)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    assert [path.name for path in written if VICTIM.encode() in path.read_bytes()] == []


def test_airwars_no_reason_shows_a_name():
    found = normalised([airwars(grading="Excellent", victims=VICTIM, summary=VICTIM)])
    assert found.rejected.height == 1
    assert VICTIM not in found.rejected["reason"][0]


# UN peacekeeping.


def test_un_fatalities_each_death_counts_once(request, tmp_path):
    """The file has two rows, under two nationalities, for six deaths."""
    file = request.config.rootpath.parent / "shared/data/casualties/un_peacekeeping_fatalities.csv"
    if not file.is_file():
        pytest.skip("the sample data are not here")
    rows = rows_of(file)
    tables, record = built(tmp_path, file)
    deaths = {row["casualty_id"] for row in rows}
    assert record.rejected_rows == len(rows) - len(deaths) == 6
    assert sum(float(c["value"]) for c in tables["casualties"]) == len(deaths)
    women = sum(row["gender"] == "F" for row in rows)
    assert sum(c["sex"] == "female" for c in tables["casualties"]) == women


def test_un_nationality_is_not_the_place(samples, tmp_path):
    casualties = built(tmp_path, samples / "un_peacekeeping_fatalities.csv")[0]["casualties"]
    assert {c["location_code"] for c in casualties} == {""}
    assert {c["population_group"] for c in casualties} == {"peacekeeper"}
    assert {c["qualifier"] for c in casualties} == {"exact"}


# Missing Migrants.


def migrants(samples):
    return json.loads((samples / "missing_migrants_api.json").read_text(encoding="utf-8"))


def test_migrants_totals_are_those_of_the_file(samples, tmp_path):
    rows = migrants(samples)
    tables, record = built(tmp_path, samples / "missing_migrants_api.json")
    columns = {
        "number_dead": "killed",
        "number_missing": "missing",
        "total_dead_and_missing": "dead_and_missing",
        "number_of_female": "female",
        "number_of_children": "children",
    }
    assert record.rejected_rows == 0
    for column, figure in columns.items():
        kept = [c for c in tables["casualties"] if c["figure_id"].endswith(f":{figure}")]
        assert sum(float(c["value"]) for c in kept) == sum(int(r[column] or 0) for r in rows)
        assert len(kept) == sum(r[column] != "" for r in rows), "a blank is no figure, 0 is one"
    assert sum(float(i["value"]) for i in tables["indicators"]) == sum(
        int(r["number_of_survivors"] or 0) for r in rows
    )


def test_migrants_nobody_is_summed_twice(samples, tmp_path):
    """Summable are the dead and the missing; the total only where neither is given."""
    rows = migrants(samples)
    casualties = built(tmp_path, samples / "missing_migrants_api.json")[0]["casualties"]
    summed = sum(float(c["value"]) for c in casualties if c["role"] == "recommended")
    assert summed == sum(int(r["total_dead_and_missing"]) for r in rows)
    missing = [c for c in casualties if c["harm"] == "missing"]
    assert {(c["qualifier"], c["value_high"]) for c in missing} == {("at_least", "")}


def test_migrants_rows_of_one_incident_are_all_kept(samples, tmp_path):
    events = built(tmp_path, samples / "missing_migrants_api.json")[0]["events"]
    of_one = [e["event_id"] for e in events if e["provider_event_id"] == "2030.MMP0002"]
    assert len(of_one) == len(set(of_one)) == 3


def test_migrants_ids_do_not_depend_on_the_order(samples):
    rows = [{name: cell or None for name, cell in row.items()} for row in migrants(samples)]
    shuffled = random.Random(4).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    first, second = normalised(rows).tables["casualties"], normalised(shuffled).tables["casualties"]
    assert first.sort("figure_id").equals(second.sort("figure_id"))


def test_migrants_titles_of_articles_are_nowhere(samples, tmp_path):
    built(tmp_path, samples / "missing_migrants_download.csv")
    assert [p.name for p in tmp_path.rglob("*") if p.is_file() and VICTIM.encode() in p.read_bytes()] == []


@settings(max_examples=10)
@given(st.floats(-90, 90), st.floats(-180, 180), st.booleans())
def test_migrants_coordinates(latitude, longitude, well_known):
    lat, lon = f"{latitude:.6f}", f"{longitude:.6f}"
    cell = f"POINT ({lon} {lat})" if well_known else f"{lat}, {lon}"
    needed = {
        "region": "Mediterranean",
        "reported_date": "2030-01-02",
        "number_dead": "1",
        "number_missing": None,
    }
    row = {"web_id": "1", **needed, "cause_death": "Drowning", "location_coodinates": cell}
    event = normalised([row]).tables["events"].row(0, named=True)
    assert (event["latitude"], event["longitude"]) == (float(lat), float(lon))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2030-01-02", "2030-01-02"),
        ("January 2, 2030", "2030-01-02"),
        ("Wed, 01/02/2030 - 00:00", "2030-01-02"),
        ("Thu, 01/02/2030 - 00:00", None),
    ],
)
def test_migrants_dates_of_each_generation(cell, day):
    """A weekday that is not that of the date says that one of them is wrong."""
    row = {"Web ID": "1", "Region of Incident": "Europe", "Reported Date": cell, "Reported Year": "2030"}
    row |= {"Reported Month": "Jan", "Number Dead": "1.0", "Cause of Death": "Drowning"}
    found = normalised([row | {"Minimum Estimated Number of Missing": None}])
    assert [str(d) for d in found.tables["events"]["date_start"]] == ([day] if day else [])
    assert found.rejected.height == (day is None)


@pytest.mark.parametrize(
    ("cause", "code"),
    [
        ("Drowning", "accident"),
        ("Harsh environmental conditions / lack of adequate shelter, food, water", "deprivation"),
        ("Drowning,Violence", "mixed"),
        (
            "Mixed or unknown, Harsh environmental conditions / lack of adequate shelter, food, water",
            "mixed",
        ),
        ("Likely struck by vehicle. Body found on motorway.", None),
    ],
)
def test_migrants_causes_are_coded_where_they_are_categories(cause, code):
    needed = {"region": "Europe", "reported_date": "2030-01-02", "number_dead": "1", "number_missing": None}
    found = normalised([{"web_id": "1", **needed, "cause_death": cause}]).tables
    assert found["casualties"]["cause"].to_list() == [code]
    assert found["events"]["event_subtype"].to_list() == [cause]


def migrant(**cells):
    """What a sound incident of the month becomes, with other cells."""
    row = {"Region of Incident": "Mediterranean", "Incident Year": "2030", "Reported Month": "May"}
    row |= {"Number of Dead": "1", "Minimum Estimated Number of Missing": None, "Cause of Death": "Drowning"}
    return normalised([row | cells])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *(("Gambia, The", "GMB"), ("Taiwan Province of China", "TWN"), ("Republic of the Congo", "COG")),
        *(("Unknown", None), ("Mediterranean Sea", None), ("Türkiye", "TUR")),
    ],
)
def test_migrants_country_or_the_open_sea(name, code):
    event = migrant(**{"Main ID": "1", "Country of Incident": name}).tables["events"].row(0, named=True)
    assert (event["location_code"], event["provider_location_name"]) == (code, name)


def test_migrants_a_country_that_is_not_known_is_named():
    reason = migrant(**{"Main ID": "1", "Country of Incident": "Atlantis"}).rejected["reason"].item()
    assert "country_of_incident" in reason
    assert "Atlantis" in reason


def test_migrants_files_without_identifiers_are_read():
    """As others pass them on: the words on an incident stand for its identifier."""
    one, other = (migrant(**{"Location of Death": place}) for place in ("Off Sampleport", "Off Exampleton"))
    ids = [found.tables["events"]["event_id"].item() for found in (one, other, one)]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize("cell", ["33.1, 13.2", "33.1,13.2, ", "33.1 , 13.2"])
def test_migrants_coordinates_as_they_are_typed(cell):
    event = migrant(**{"Main ID": "1", "Coordinates": cell}).tables["events"].row(0, named=True)
    assert (event["latitude"], event["longitude"]) == (33.1, 13.2)


# Whatever the list.


@pytest.mark.parametrize("columns", [look.columns for look in SOURCE.lookalikes])
def test_a_list_of_persons_is_refused(columns):
    with pytest.raises(SourceMismatchError, match="list of persons: not normalised; use daily totals"):
        SOURCE.fitting_layout(tuple(sorted(columns)))


def test_a_renamed_column_is_named_with_the_nearest():
    row = airwars()
    row["X grading"] = row.pop("grading")
    with pytest.raises(SourceMismatchError, match="column 'grading' missing; did you mean 'X grading'"):
        normalised([row])


def test_another_provider_is_refused_in_plain_words():
    with pytest.raises(
        SourceMismatchError, match=r"this is not Incident lists of casualties.*hxl-kit describe"
    ):
        SOURCE.fitting_layout(("event_id_cnty", "event_date", "fatalities", "iso"))
