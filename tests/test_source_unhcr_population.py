"""UNHCR Refugee Data Finder: totals counted here without hxl_kit, countries, suppression, zeros, what is refused."""

import csv
import gzip
import json
import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.reading import open_table
from hxl_kit.sources import source
from hxl_kit.standard.codelists import codelist, crosswalk

SAMPLES = Path(__file__).parent / "data/sources/unhcr_population"
SHARED = Path(__file__).parents[2] / "shared/data/unhcr"
POPULATION = {
    "refugees": "refugees",
    "asylum_seekers": "asylum_seekers",
    "returned_refugees": "refugee_returns",
    "idps": "idps",
    "returned_idps": "idp_returns",
    "stateless": "stateless",
    "ooc": "others_of_concern",
    "oip": "other_people_in_need_of_protection",
    "hst": "host_community",
}
DECISIONS = {
    "dec_total": "asylum_decided",
    "dec_recognized": "asylum_recognised",
    "dec_other": "asylum_complementary_protection",
    "dec_rejected": "asylum_rejected",
    "dec_closed": "asylum_closed",
}


def csv_rows(name, skip=0):
    with (SAMPLES / name).open(encoding="utf-8", newline="") as file:
        lines = file.readlines()[skip:]
    return list(csv.DictReader(lines))


def expected(name):
    with (SAMPLES / "expected" / name / "displacement.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def total(figures, **wanted):
    chosen = [f for f in figures if all(f[k] == v for k, v in wanted.items())]
    return sum(float(f["value"]) for f in chosen if f["value"])


def normalised(rows, layout=None):
    """What a fresh normaliser makes of rows, dictionaries of text."""
    frame = pl.DataFrame(
        [{"row_number": n, **row} for n, row in enumerate(rows, 2)],
        schema={"row_number": pl.UInt32, **dict.fromkeys(rows[0], pl.String)},
    )
    found = source("unhcr_population").fitting_layout(tuple(rows[0]))
    assert layout in (None, found.id)
    names = found.names_in(tuple(rows[0]))
    return Normaliser(found, "unhcr").normalise(frame.rename(names).select("row_number", *names.values()))


def figures_of(rows, layout=None):
    return normalised(rows, layout).tables["displacement"].to_dicts()


@pytest.fixture
def afghans_in_austria():
    """A row of the API's population table; AUS is UNHCR's code for Austria."""
    zeros = dict.fromkeys(POPULATION, "0")
    names = {"coo_name": "Afghanistan", "coa_name": "Austria"}
    codes = {"coo": "AFG", "coo_iso": "AFG", "coa": "AUS", "coa_iso": "AUT"}
    return {"year": "2023", **names, **codes, **zeros, "refugees": "41456", "oip": None}


def test_population_totals_are_those_of_the_file():
    rows, figures = csv_rows("api_population.csv"), expected("api_population.csv")
    for column, category in POPULATION.items():
        assert total(figures, category=category) == sum(int(row[column] or 0) for row in rows)
        assert len([f for f in figures if f["category"] == category]) == sum(
            row[column] != "" for row in rows
        )


def test_api_page_gives_what_the_csv_gives():
    by_id = {f["figure_id"]: f for f in expected("api_population.csv")}
    page = expected("api_population.json")
    broken_down = [f for f in page if f["provider_origin_code"] != "-"]
    assert len(broken_down) > 80
    same = [{k: v for k, v in f.items() if k != "source_id"} for f in broken_down]
    assert same == [{k: v for k, v in by_id[f["figure_id"]].items() if k != "source_id"} for f in broken_down]


def test_all_origins_together_have_no_country_of_origin():
    (refugees,) = [
        f
        for f in expected("api_population.json")
        if f["provider_origin_code"] == "-" and f["category"] == "refugees"
    ]
    assert refugees["figure_id"] == "unhcr_population:population:2023:all:LBN:refugees"
    assert (refugees["origin_location_code"], refugees["location_code"]) == ("", "LBN")
    item = json.loads((SAMPLES / "api_population.json").read_text(encoding="utf-8"))["items"][-1]
    assert float(refugees["value"]) == int(item["refugees"])


def test_every_shape_of_one_figure_has_the_same_id():
    api = {f["figure_id"]: f["value"] for f in expected("api_population.csv")}
    website = {f["figure_id"]: f["value"] for f in expected("website_population.csv")}
    chosen = {f["figure_id"]: f["value"] for f in expected("website_population_chosen_columns.csv")}
    assert website.items() <= api.items()
    assert chosen.items() <= api.items()
    old = {f["figure_id"]: float(f["value"]) for f in expected("hdx_population.csv")}
    new = {f["figure_id"]: float(f["value"]) for f in expected("hdx_population_hashtags.csv")}
    assert new.items() <= old.items()
    assert new


def test_stocks_are_at_the_end_of_the_year_and_returns_in_it():
    for f in expected("api_population.csv"):
        year = f["figure_id"].split(":")[2]
        flow = f["category"] in {"refugee_returns", "idp_returns"}
        dates = ("", f"{year}-01-01", f"{year}-12-31") if flow else (f"{year}-12-31", "", "")
        assert (f["as_of"], f["date_start"], f["date_end"]) == dates
        assert f["measure"] == ("flow" if flow else "stock")


@pytest.mark.parametrize(
    ("unhcr", "iso"),
    [
        ("AUS", "AUT"), ("AUL", "AUS"), ("ALG", "DZA"), ("ARE", "EGY"), ("UAE", "ARE"), ("MAR", "MTQ"),
        ("MOR", "MAR"), ("GAZ", "PSE"), ("SRV", "VNM"), ("NIG", "NGA"), ("NGR", "NER"), ("COB", "COG"),
        ("COD", "COD"), ("GFR", "DEU"), ("LEB", "LBN"), ("SWA", "SWZ"), ("KRN", "PRK"), ("KOR", "KOR"),
        ("GUI", "GIN"), ("MTA", "MLT"), ("MTS", "MUS"), ("MAU", "MRT"), ("DMA", "DMA"), ("CHD", "TCD"),
    ],
)  # fmt: skip
def test_unhcr_codes_are_not_iso_codes(unhcr, iso):
    assert crosswalk("unhcr_code-location").mapping[unhcr] == iso


def test_codes_and_names_lead_to_the_same_countries():
    codes, names = crosswalk("unhcr_code-location"), crosswalk("unhcr_name-location")
    assert len(codes.mapping) == len(codes.pairs)
    assert set(codes.mapping.values()) <= set(names.mapping.values()) <= set(codelist("location").values)
    assert all(name == name.lower() for name in names.mapping)


@pytest.mark.parametrize(("code", "iso"), [("UKN", "UNK"), ("STA", "XXA"), ("TIB", "TIB"), ("UKN", "XXX")])
def test_origins_without_a_country_keep_unhcrs_code(afghans_in_austria, code, iso):
    figures = figures_of([{**afghans_in_austria, "coo": code, "coo_iso": iso}])
    assert {f["origin_location_code"] for f in figures} == {None}
    assert {f["provider_origin_code"] for f in figures} == {code}
    assert figures[0]["figure_id"] == f"unhcr_population:population:2023:{code}:AUT:refugees"
    unknown = figures_of([{**afghans_in_austria, "coa": code, "coa_iso": iso}])
    assert {(f["location_code"], f["geo_precision"]) for f in unknown} == {(None, "unknown")}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"coo": "QQQ"}, "coo cannot be read"),
        ({"coa": "QQQ", "coa_iso": "QQQ"}, "coa cannot be read"),
        ({"coa_iso": "AUS"}, "location_code"),
        ({"coo_iso": "ALB"}, "origin_location_code"),
        ({"coo": None}, "origin_location_code is not in the code list"),
        ({"refugees": "about 40000"}, "refugees is not a whole number"),
        ({"refugees": "12.5"}, "refugees is not a whole number"),
        ({"refugees": "-5"}, "refugees is not a whole number"),
        ({"year": "20l3"}, "year is not a date"),
        ({"year": None}, "figure_id cannot be made from year"),
        (dict.fromkeys(POPULATION), "none of its figures is filled"),
        (dict.fromkeys(POPULATION, "-"), "none of its figures is filled"),
    ],
)
def test_faulty_rows_are_rejected_with_the_column(afghans_in_austria, change, reason):
    found = normalised([{**afghans_in_austria, **change}])
    assert found.accepted == 0
    assert reason in found.rejected["reason"].item()
    assert found.tables["displacement"].is_empty()


def test_a_zero_is_a_figure_and_a_blank_is_none(afghans_in_austria):
    categories = {f["category"]: f["value"] for f in figures_of([afghans_in_austria])}
    assert categories == {
        **dict.fromkeys(set(POPULATION.values()) - {"other_people_in_need_of_protection"}, 0.0),
        "refugees": 41456.0,
    }


@pytest.mark.parametrize("cell", ["3e+05", "300000", "300,000", " 300000 ", "3.0E5"])
def test_numbers_as_r_and_spreadsheets_write_them(afghans_in_austria, cell):
    found = normalised([{**afghans_in_austria, "refugees": cell}])
    assert found.rejected.is_empty()
    assert found.tables["displacement"].filter(category="refugees")["value"].item() == 300000
    assert found.totals["refugees"] == (300000.0, 300000.0)


@settings(max_examples=20)
@given(st.lists(st.text("*-+.,0123456789eE x\u0663\u00a0", max_size=9), min_size=1, max_size=60))
def test_a_cell_is_a_count_or_its_row_is_rejected(cells):
    codes = {"coo": "AFG", "coo_iso": "AFG", "coa": "AUS", "coa_iso": "AUT"}
    zeros = dict.fromkeys(POPULATION, "0")
    rows = [{"year": str(1951 + n), **codes, **zeros, "idps": cell} for n, cell in enumerate(cells)]
    found = normalised(rows)
    assert found.accepted + found.rejected.height == len(cells)
    rejected = set(found.rejected["row_number"])
    idps = found.tables["displacement"].filter(category="idps")
    figures = {f["as_of"].year: f for f in idps.to_dicts()}
    for n, cell in enumerate(cells):
        figure = figures.get(1951 + n)
        if figure is None:
            assert n + 2 in rejected or cell.strip() in {"", "-"}
        elif cell.strip() == "*":
            assert (figure["value"], figure["value_low"], figure["value_high"]) == (None, 1, 4)
        else:
            assert figure["value"] == figure["value_low"] == figure["value_high"] >= 0


def test_suppressed_counts_are_one_to_four():
    rows = csv_rows("persons_of_concern_2018.csv")[1:]
    stars = sum(list(row.values())[3:-1].count("*") for row in rows)
    figures = [f for f in expected("persons_of_concern_2018.csv") if f["quantity_text"] == "*"]
    assert len(figures) == stars > 5
    bounds = {
        (f["value"], f["value_low"], f["value_high"], f["qualifier"], f["bounds_basis"]) for f in figures
    }
    assert bounds == {("", "1", "4", "range", "convention:unhcr-suppressed")}


def test_names_of_2018_find_their_countries():
    figures = expected("persons_of_concern_2018.csv")
    assert {f["origin_location_code"] for f in figures} == {"SYR"}
    countries = {f["provider_location_name"]: f["location_code"] for f in figures}
    assert countries["Serbia and Kosovo (S/RES/1244 (1999))"] == "SRB"
    assert countries["Various/Unknown"] == ""
    assert {f["provider_location_code"] for f in figures} == {""}


def test_applications_in_persons_and_cases_are_told_apart():
    rows = csv_rows("api_asylum_applications.csv")
    figures = expected("api_asylum_applications.csv")
    for code, counts, unit in (("P", "people", "person"), ("C", "cases", "case")):
        wanted = sum(int(row["applied"]) for row in rows if row["app_pc"] == code)
        assert total(figures, counts=counts, unit=unit) == wanted > 0
    assert {f["measure"] for f in figures} == {"flow"}


def test_only_first_applications_are_summable():
    rows, figures = csv_rows("api_asylum_applications.csv"), expected("api_asylum_applications.csv")
    first = {"N", "NR", "NA", "FA", "V"}
    roles = {row["app_type"]: f["role"] for row, f in zip(rows, figures, strict=True)}
    assert set(roles) == {*first, "R", "RA", "A", "J", "SP"}
    assert {kind for kind, role in roles.items() if role == "recommended"} == first


@pytest.mark.parametrize(("column", "field"), [("app_type", "role"), ("app_pc", "counts")])
def test_unknown_codes_of_applications_are_rejected(column, field):
    row = csv_rows("api_asylum_applications.csv")[0]
    found = normalised([{**row, column: "ZZ"}])
    assert f"{column} is not a known code for {field}" in found.rejected["reason"].item()


def test_decisions_are_one_total_and_its_outcomes():
    items = json.loads((SAMPLES / "api_asylum_decisions.json").read_text(encoding="utf-8"))["items"]
    figures = expected("api_asylum_decisions.json")
    for column, category in DECISIONS.items():
        assert total(figures, category=category) == sum(item[column] for item in items)
    assert len({f["overlap_group"] for f in figures}) == len(items)
    assert {f["category"] for f in figures if f["role"] == "recommended"} == {"asylum_decided"}
    levels = {f["figure_id"].split(":")[6]: f["role"] for f in figures if f["category"] == "asylum_decided"}
    assert levels == {"FI": "recommended", "FA": "recommended", "AR": "triangulation"}
    ids = {f["figure_id"]: f["value"] for f in figures}
    assert ids == {f["figure_id"]: f["value"] for f in expected("hdx_asylum_decisions.csv")}


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("api_solutions.csv", ("returned_refugees", "resettlement", "naturalisation", "returned_idps")),
        ("api_flows.csv", ("refugees", "asylum_seekers", "refugee_like", "oip")),
    ],
)
def test_movements_are_flows_that_add_up(name, columns):
    rows, figures = csv_rows(name), expected(name)
    for column in columns:
        of_it = [f for f in figures if f["figure_id"].endswith(f":{column}")]
        assert total(of_it) == sum(int(row[column] or 0) for row in rows) > 0
    assert {f["measure"] for f in figures} == {"flow"}


@pytest.mark.parametrize("name", ["api_demographics.csv", "hdx_demographics.csv"])
def test_demographics_parts_never_exceed_their_total(name):
    figures = expected(name)
    for group in {f["overlap_group"] for f in figures}:
        rows = [f for f in figures if f["overlap_group"] == group]
        (whole,) = [f for f in rows if f["role"] == "recommended"]
        assert (whole["sex"], whole["age_group"]) == ("all", "all")
        sexes = [float(f["value"]) for f in rows if f["age_group"] == "all" and f["sex"] != "all"]
        assert sum(sexes) <= float(whole["value"])
        for sex in ("female", "male"):
            ages = [float(f["value"]) for f in rows if f["sex"] == sex and f["age_group"] != "all"]
            assert sum(ages) <= total(rows, sex=sex, age_group="all")


def test_demographics_totals_are_those_of_the_file():
    rows, figures = csv_rows("api_demographics.csv"), expected("api_demographics.csv")
    ages = {"0_4": "age_0_4", "5_11": "age_5_11", "12_17": "age_12_17", "18_59": "age_18_59"}
    ages |= {"60": "age_60_plus", "other": "unknown", "total": "all"}
    for letter, sex in (("f", "female"), ("m", "male")):
        for ending, age in ages.items():
            wanted = sum(int(row[f"{letter}_{ending}"]) for row in rows)
            assert total(figures, sex=sex, age_group=age) == wanted
    assert total(figures, sex="all", age_group="all") == sum(int(row["total"]) for row in rows)


def test_a_zero_that_means_not_broken_down_is_no_figure():
    """168 people of whom neither sex nor age is known: not "0 women"."""
    row = csv_rows("api_demographics.csv")[0]
    assert (row["f_total"], row["m_total"], row["total"]) == ("0", "0", "168")
    (figure,) = figures_of([row])
    assert (figure["value"], figure["sex"], figure["role"]) == (168.0, "all", "recommended")
    men = {**row, "m_total": "168", "m_18_59": "168"}
    found = {(f["sex"], f["age_group"]): f["value"] for f in figures_of([men])}
    assert found["female", "all"] == 0
    assert found["male", "age_0_4"] == 0
    assert found["male", "age_18_59"] == 168
    assert ("male", "unknown") not in found


@pytest.mark.parametrize(
    ("location", "precision", "field", "name"),
    [
        ("Badakhshan [Admin 1]", "admin1", "provider_admin1_name", "Badakhshan"),
        ("Chone [Admin 2]", "admin2", "provider_admin2_name", "Chone"),
        ("Fanaye [Admin 3: POC]", "admin3", "place_name", "Fanaye"),
        ("Zapay", "unknown", "place_name", "Zapay"),
        ("Dispersed in the country / territory", "country", "place_name", None),
        (None, "country", "place_name", None),
    ],
)
def test_places_are_as_fine_as_unhcr_says(location, precision, field, name):
    row = {**csv_rows("api_demographics.csv")[0], "location": location}
    figure = figures_of([row])[0]
    assert figure["geo_precision"] == precision
    assert figure[field] == (name or location)
    names = {figure[f] for f in ("provider_admin1_name", "provider_admin2_name", "place_name")} - {None}
    assert len(names) == (location is not None)


def test_unknown_population_type_is_rejected():
    found = normalised([{**csv_rows("api_demographics.csv")[0], "pop_type": "ZZZ"}])
    assert "pop_type is not a known code for" in found.rejected["reason"].item()


@pytest.mark.parametrize(
    "name", ["api_population.csv", "api_demographics.csv", "api_asylum_applications.csv"]
)
def test_order_of_rows_does_not_change_ids(name):
    rows = [{k: v or None for k, v in row.items()} for row in csv_rows(name)]
    shuffled = random.Random(7).sample(rows, len(rows))  # noqa: S311 - a fixed shuffle
    first, second = (normalised(r).tables["displacement"].sort("figure_id") for r in (rows, shuffled))
    assert first.equals(second)
    assert first["figure_id"].is_unique().all()


@pytest.mark.parametrize(
    ("name", "column", "renamed"),
    [
        ("api_population.csv", "stateless", "statelesss"),
        ("api_population.csv", "coa", "coaa"),
        ("api_demographics.csv", "f_60", "f_60_"),
        ("api_asylum_applications.csv", "app_pc", "app_pcs"),
        ("api_flows.csv", "refugee_like", "refugees_like"),
        ("hdx_solutions.csv", "RST", "RSTT"),
    ],
)
def test_renamed_column_is_named_with_the_nearest(name, column, renamed):
    rows = [{(renamed if k == column else k): v for k, v in row.items()} for row in csv_rows(name)]
    wanted = {"RST": "resettlement"}.get(column, column)
    with pytest.raises(SourceMismatchError) as caught:
        normalised(rows)
    assert f"column '{wanted}' missing" in str(caught.value)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("idmc_totals.csv", "do not say which of the two"),
        ("country_codes.csv", "list of country codes"),
        ("situations.csv", "Operational Data Portal"),
        ("situations.json", "Operational Data Portal"),
    ],
)
def test_other_tables_of_unhcr_are_refused_in_plain_words(name, says):
    with open_table(SAMPLES / name) as text, pytest.raises(SourceMismatchError, match=says):
        source("unhcr_population").layout_of(text)


LAYOUTS = {
    "api_population.csv": "population",
    "api_population.json": "population",
    "hdx_population.csv": "population_hdx",
    "hdx_population_hashtags.csv": "population_hdx",
    "website_population.csv": "population_website",
    "website_population_chosen_columns.csv": "population_names",
    "persons_of_concern_2018.csv": "population_2018",
    "api_demographics.csv": "demographics",
    "hdx_demographics.csv": "demographics_iso",
    "api_asylum_applications.csv": "asylum_applications",
    "hdx_asylum_applications.csv": "asylum_applications_iso",
    "api_asylum_decisions.json": "asylum_decisions",
    "hdx_asylum_decisions.csv": "asylum_decisions_iso",
    "api_solutions.csv": "solutions",
    "hdx_solutions.csv": "solutions_iso",
    "api_flows.csv": "flows",
}


@pytest.mark.parametrize(("name", "layout"), LAYOUTS.items())
def test_layout_of_every_sample(name, layout):
    with open_table(SAMPLES / name) as text:
        assert source("unhcr_population").layout_of(text).id == layout


@pytest.mark.parametrize(
    ("header", "layout"),
    [
        (
            "Year,Country of origin,Country of asylum,Refugees under UNHCR's mandate,Asylum-seekers",
            "population_names",
        ),
        (
            (
                "Year,Country of Origin Code,Country of Asylum Code,Country of Origin Name,Country of Asylum Name,"
                "Refugees,Asylum seekers,Other people in need of international protection,Internally displaced persons,"
                "Stateless Persons,Others of concern to UNHCR,Host community"
            ),
            "population_hdx",
        ),
        (
            (
                "Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),Authority,"
                "Application type,Stage of procedure,Cases / Persons,applied"
            ),
            "asylum_applications_iso",
        ),
        (
            (
                "Year,Country of Origin Code,Country of Asylum Code,Procedure Type,Procedure Name,Application Type Code,"
                "Application Type,Application Data Type,Application Data,Application Average Persons Per Case,"
                "Number of Applications"
            ),
            "asylum_applications_iso",
        ),
        (
            (
                "Year,Country of Origin Code,Country of Asylum Code,Resettlement arrivals,Naturalisation,"
                "Refugee returns,IDP returns"
            ),
            "solutions_iso",
        ),
    ],
)
def test_layout_of_other_generations(header, layout):
    assert source("unhcr_population").fitting_layout(tuple(header.split(","))).id == layout


@pytest.mark.parametrize("table", ["population", "flows", "solutions", "asylum_applications", "demographics"])
def test_whole_tables_add_up(table):
    file = SHARED / f"refugees_pkg_{table}.csv.gz"
    if not file.exists():
        pytest.skip("the whole tables are not here")
    with gzip.open(file, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    with open_table(file) as text:
        layout = source("unhcr_population").layout_of(text)
        normaliser = Normaliser(layout, "unhcr")
        parts = [normaliser.normalise(batch.frame) for batch in text.batches()]
    assert sum(part.accepted for part in parts) == len(rows)
    for measure in layout.measures:
        wanted = sum(int(row[measure.column] or 0) for row in rows)
        assert sum(part.totals[measure.column][1] for part in parts) == wanted
