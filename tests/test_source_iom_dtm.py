"""IOM DTM: stocks, whose parts, levels and assessments count the same people; workbooks read by their hashtags."""

import csv
import json
from collections import defaultdict
from pathlib import Path

import openpyxl
import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.describe import candidates
from hxl_kit.errors import SourceMismatchError
from hxl_kit.normalise import Normaliser
from hxl_kit.reading import open_table
from hxl_kit.sources import source
from hxl_kit.sources.iom_dtm.api import origin_codes
from hxl_kit.sources.iom_dtm.columns import meanings
from hxl_kit.sources.iom_dtm.overlaps import MISSING
from hxl_kit.standard.tags import parse_tag

FOLDER = Path(__file__).parent / "data/sources/iom_dtm"
FIGURES = {"all": "numPresentIdpInd", "male": "numberMales", "female": "numberFemales"}
API_SAMPLES = [
    "api_v3_admin1.json",
    "api_v3_admin2_list.json",
    "api_v3_admin0.json",
    "api_v2_admin1.csv",
    "hdx_admin_0_to_2.csv",
    "hdx_15_columns_bom.csv",
]
ROW = {
    "id": 1,
    "operation": "Example operation",
    "admin0Name": "Chad",
    "admin0Pcode": "TCD",
    "admin1Name": "Northshore",
    "admin1Pcode": "TD91",
    "numPresentIdpInd": 100,
    "reportingDate": "2024-03-31T00:00:00",
    "roundNumber": 3,
    "displacementReason": "Conflict",
    "numberMales": None,
    "numberFemales": None,
    "idpOriginAdmin1Name": "Not available",
    "idpOriginAdmin1Pcode": "Not available",
    "assessmentType": "BA",
}
HEADS = ["Province", "PCODE", "District", "PCODE2", "Country", "Date", "IDPs", "Families"]
TAGS = ["#adm1+name", "#adm1+code", "#adm2+name", "#adm2+code", "#country+code", "#date+reported"]
TAGS += ["#affected+idps+ind", "#affected+idps+hh"]
SITE = ["Hillstate", "NG902", "Oakfield", "NG902005", "NGA", "2024-02-12", "95", "20"]


def received(name):
    """A sample's rows as Python reads them, without hxl_kit."""
    file = FOLDER / name
    if file.suffix == ".json":
        content = json.loads(file.read_text(encoding="utf-8"))
        return content if isinstance(content, list) else content["result"]
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    return [row for row in rows if not row["operation"].startswith("#")]


def kept(name):
    with (FOLDER / "expected" / name / "displacement.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def normalised(file, source_id="iom_dtm"):
    with open_table(file) as text:
        layout = source("iom_dtm").layout_of(text)
        names = layout.names_in(text.header, text.tags)
        batches = [batch.frame.rename(names) for batch in text.batches()]
    return layout, Normaliser(layout, source_id).normalise(pl.concat(batches))


@pytest.fixture
def api(tmp_path):
    """Normalise rows of the API, each the usual row but for what is given."""

    def run(*rows):
        file = tmp_path / "api.json"
        file.write_text(json.dumps({"result": [{**ROW, **row} for row in rows]}), encoding="utf-8")
        return normalised(file)[1]

    return run


@pytest.fixture
def workbook(tmp_path):
    """Write a workbook of one sheet, and return it."""

    def write(*rows):
        file = tmp_path / "country.xlsx"
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet("DATA")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        return file

    return write


def by_id(found, column="role"):
    figures = found.tables["displacement"].filter(pl.col("sex") == "all")
    return {row["figure_id"].rpartition(":")[2]: row[column] for row in figures.to_dicts()}


# The API and HDX.


@pytest.mark.parametrize("name", API_SAMPLES)
def test_totals_are_equal_before_and_after(name):
    rows, figures = received(name), kept(name)
    for sex, column in FIGURES.items():
        expected = [int(row[column]) for row in rows if row.get(column) not in (None, "")]
        found = [float(f["value"]) for f in figures if f["sex"] == sex]
        assert (len(found), sum(found)) == (len(expected), sum(expected))
    assert {f["measure"] for f in figures} == {"stock"}
    assert all(f["as_of"] and not f["date_start"] and not f["date_end"] for f in figures)


@pytest.mark.parametrize(
    "name", [f.name for f in sorted(FOLDER.glob("expected/*")) if "refused" not in f.name]
)
def test_one_recommended_figure_in_a_group_for_each_category_sex_and_age(name):
    if not (FOLDER / "expected" / name / "displacement.csv").exists():
        pytest.skip("refused")
    groups = defaultdict(list)
    for f in kept(name):
        if f["role"] == "recommended":
            groups[f["overlap_group"], f["category"], f["sex"], f["age_group"]].append(f["figure_id"])
    # a stock that names no date stands for none: it is kept beside the others, never counted
    assert bool(groups) == ("no_date" not in name)
    assert [figures for figures in groups.values() if len(figures) > 1] == []


def test_reasons_of_a_place_and_date_are_parts_that_add_up_to_its_stock(api):
    found = api({"id": 1, "numPresentIdpInd": 60}, {"id": 2, "displacementReason": "Insecurity"})
    figures = found.tables["displacement"].filter(role="recommended")
    assert figures["value"].sum() == 160
    assert figures["overlap_group"].n_unique() == 2
    assert figures["cause"].to_list() == ["conflict", "insecurity"]


def test_a_country_row_holds_the_rows_inside_it_of_the_same_date_only(api):
    nowhere = {"admin1Name": None, "admin1Pcode": None}
    found = api(
        {"id": 1, **nowhere},
        {"id": 2},
        {"id": 3, "admin2Name": "Bay", "admin2Pcode": "TD9101"},
        {"id": 4, "reportingDate": "2024-06-30T00:00:00"},
        {"id": 5, "reportingDate": "2024-06-30T00:00:00", "admin2Name": "Bay"},
        {"id": 6, "operation": "Another operation", "admin2Name": "Bay"},
    )
    said = by_id(found)
    assert {n for n, role in said.items() if role == "recommended"} == {"1", "4", "6"}
    groups = by_id(found, "overlap_group")
    assert groups["1"] == groups["2"] == groups["3"]
    assert groups["4"] == groups["5"] != groups["1"]


def test_of_several_assessments_of_a_place_and_date_the_baseline_is_recommended(api):
    other = {"admin1Name": "Riverland", "admin1Pcode": "TD92"}
    found = api(
        {"id": 1, "assessmentType": "SA", "displacementReason": "Insecurity"},
        {"id": 2, "assessmentType": "BA"},
        {"id": 3, "assessmentType": "ETT", "displacementReason": "Natural disaster", **other},
        {"id": 4, "assessmentType": "SA", **other},
        {"id": 5, "assessmentType": "SA", "reportingDate": "2024-06-30T00:00:00"},
        {"id": 6, "assessmentType": None, "displacementReason": "Other reason"},
    )
    assert {n for n, role in by_id(found).items() if role == "recommended"} == {"2", "4", "5"}


def test_a_figure_given_under_two_ids_is_kept_twice_recommended_never_and_told(api):
    found = api({"id": 1}, {"id": 2, "numPresentIdpInd": 130, "roundNumber": 4}, {"id": 3, "admin1Name": "X"})
    assert by_id(found) == {"1": "triangulation", "2": "triangulation", "3": "recommended"}
    assert found.warnings["rule"].to_list() == ["possible-repeat"]
    assert found.rejected.is_empty()


def test_a_figure_given_twice_without_an_id_is_rejected_and_the_first_is_not_recommended(api):
    found = api({"id": None}, {"id": None, "numPresentIdpInd": 130})
    assert found.rejected["reason"].to_list() == ["the key repeats a row that came before"]
    assert found.tables["displacement"]["role"].to_list() == ["triangulation"]


def test_one_id_at_two_levels_is_two_figures(api):
    found = api({"id": 7}, {"id": 7, "admin2Name": "Bay", "admin2Pcode": "TD9101"})
    assert found.tables["displacement"]["figure_id"].n_unique() == 2


def test_men_and_women_are_parts_of_the_figure(api):
    found = api({"numberMales": 40, "numberFemales": 0}).tables["displacement"].sort("sex")
    assert found.select("sex", "value", "role").rows() == [
        ("all", 100, "recommended"),
        ("female", 0, "triangulation"),
        ("male", 40, "triangulation"),
    ]
    assert found["overlap_group"].n_unique() == 1


def test_zero_is_a_figure_and_a_blank_is_none(api):
    found = api({"id": 1, "numPresentIdpInd": 0}, {"id": 2, "numPresentIdpInd": None})
    assert found.tables["displacement"]["value"].to_list() == [0]
    assert found.rejected["reason"].to_list() == ["none of its figures is filled"]


@pytest.mark.parametrize("word", MISSING)
def test_an_origin_that_is_not_available_is_empty_and_told(api, word):
    found = api({"idpOriginAdmin1Name": word, "idpOriginAdmin1Pcode": word})
    row = found.tables["displacement"].row(0, named=True)
    assert row["origin_location_code"] == "TCD"
    assert row["origin_admin1_code"] is row["origin_admin1_name"] is row["provider_origin_code"] is None
    assert found.changes.filter(rule="no value")["old"].unique().to_list() == [word]


@given(st.one_of(st.text(max_size=12), st.from_regex(r"[A-Z]{2,3}[0-9]{1,6}", fullmatch=True)))
def test_a_code_of_origin_stands_in_exactly_one_field(code):
    fields = {name: expr.alias(name) for name, expr in origin_codes(pl.col("code")).items()}
    row = pl.DataFrame({"code": [code]}).select(fields.values()).row(0)
    assert sorted(cell for cell in row if cell is not None) == [code]


def test_provider_codes_are_kept_as_they_are_and_are_not_taken_for_p_codes(api):
    found = api(
        {"id": 1, "admin0Pcode": "NER", "admin0Name": "Niger", "admin1Pcode": "NER091"},
        {"id": 2, "admin0Pcode": "NER", "admin0Name": "Niger", "admin1Pcode": "NE91"},
    ).tables["displacement"]
    assert found["provider_admin1_code"].to_list() == ["NER091", "NE91"]
    assert found["admin1_code"].null_count() == found.height
    assert set(found["pcode_method"]) == {"none"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"displacementReason": "Volcano festival"}, "displacementReason is not a known code for cause"),
        ({"numPresentIdpInd": "many"}, "numPresentIdpInd is not a whole number"),
        ({"numPresentIdpInd": -4}, "numPresentIdpInd is below the minimum 0"),
        ({"reportingDate": "2024-13-31T00:00:00"}, "reportingDate is not a date"),
        ({"reportingDate": None}, "date_precision cannot be made from reportingDate"),
        ({"admin0Pcode": "XXX"}, "admin0Pcode is not in the code list 'location'"),
        ({"admin0Pcode": None}, "figure_id cannot be made from admin0Pcode"),
        ({"adminLevel": "7"}, "adminLevel is not a known code for geo_precision"),
    ],
)
def test_a_row_that_cannot_be_taken_is_rejected_with_its_reason(api, change, reason):
    found = api({"id": 1, "adminLevel": 1}, {"id": 2, "adminLevel": 1, **change})
    assert found.rejected["row_number"].to_list() == [2]
    assert reason in found.rejected["reason"][0]


@settings(max_examples=15)
@given(st.permutations(received("hdx_admin_0_to_2.csv")))
def test_rows_in_any_order_give_the_same_figures(tmp_path_factory, rows):
    file = tmp_path_factory.mktemp("order") / "dtm.csv"
    with file.open("w", encoding="utf-8", newline="") as text:
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    found = normalised(file)[1].tables["displacement"]
    known = {row["figure_id"]: (row["role"], row["overlap_group"]) for row in kept("hdx_admin_0_to_2.csv")}
    assert {row["figure_id"]: (row["role"], row["overlap_group"]) for row in found.to_dicts()} == known


def test_a_column_under_another_name_is_found_by_its_hashtag_and_without_one_is_missed(tmp_path):
    lines = (FOLDER / "hdx_admin_0_to_2.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    renamed = [lines[0].replace("numPresentIdpInd", "numPresentIdps"), *lines[1:]]
    tagged, untagged = tmp_path / "tagged.csv", tmp_path / "untagged.csv"
    tagged.write_text("".join(renamed), encoding="utf-8")
    untagged.write_text("".join([renamed[0], *renamed[2:]]), encoding="utf-8")
    _, found = normalised(tagged)
    assert found.tables["displacement"].filter(sex="all")["value"].sum() == 2311
    with pytest.raises(SourceMismatchError, match=r"'numPresentIdpInd' missing.*'numPresentIdps'"):
        normalised(untagged)


# Workbooks of country offices.


@pytest.mark.parametrize(
    ("name", "first", "columns"),
    [
        ("country_fr_merged_headers.xlsx", 5, {"people": 9, "households": 8}),
        ("country_swapped_tags.xlsx", 3, {"people": 7, "households": 8}),
        ("country_no_date.xlsx", 3, {"people": 5, "households": 4}),
    ],
)
def test_workbook_totals_are_those_of_the_sheet_without_its_total_row(name, first, columns):
    book = openpyxl.load_workbook(FOLDER / name)
    sheet = max(book.worksheets, key=lambda s: s.max_column)
    rows = list(sheet.iter_rows(min_row=first, values_only=True))[:-1]
    for counts, column in columns.items():
        cells = [str(row[column]).replace(",", "") for row in rows if row[column] not in (None, "")]
        figures = [f for f in kept(name) if (f["category"], f["counts"]) == ("idps", counts)]
        whole = [f for f in figures if f["sex"] == "all" and f["age_group"] == "all"]
        assert sum(float(f["value"]) for f in whole) == sum(float(cell) for cell in cells) > 0


def test_tags_that_stand_the_wrong_way_round_are_read_by_the_cells_and_told():
    layout, found = normalised(FOLDER / "country_swapped_tags.xlsx")
    assert any("the hashtags are exchanged" in note and "'LGA PCODE'" in note for note in layout.notes)
    row = found.tables["displacement"].row(0, named=True)
    assert (row["provider_admin2_code"], row["provider_admin2_name"]) == ("NG902004", "Stonebridge")


def test_names_tagged_as_codes_are_not_taken_as_codes(workbook):
    tags = [tag if n != 1 else "#adm1+pcode" for n, tag in enumerate(TAGS)]
    layout, found = normalised(workbook(HEADS, tags, [*SITE[:1], "Hill State", *SITE[2:]]))
    assert any("'PCODE' is tagged as codes and holds names" in note for note in layout.notes)
    row = found.tables["displacement"].row(0, named=True)
    assert (row["provider_admin1_code"], row["provider_admin1_name"]) == (None, "Hillstate")


def test_two_columns_of_figures_with_one_tag_are_refused_by_name(workbook):
    tags = [*TAGS[:-1], "#affected +IDPs+ind"]
    with pytest.raises(SourceMismatchError, match="'IDPs' and 'Families' say the same"):
        normalised(workbook(HEADS, tags, SITE))


def test_households_are_recommended_only_without_people(workbook):
    _, both = normalised(workbook(HEADS, TAGS, SITE))
    _, alone = normalised(workbook(HEADS, [*TAGS[:6], "#meta+other", TAGS[7]], SITE))
    roles = {row["counts"]: row["role"] for row in both.tables["displacement"].to_dicts()}
    assert roles == {"people": "recommended", "households": "triangulation"}
    assert alone.tables["displacement"]["role"].to_list() == ["recommended"]


def test_a_row_of_totals_is_rejected_wherever_its_words_stand(workbook):
    total = ["Hillstate", "NG902", "Total Oakfield", "", "NGA", "2024-02-12", "95", "20"]
    nameless = ["", "", "", "", "NGA", "2024-02-12", "95", "20"]
    _, found = normalised(workbook(HEADS, TAGS, SITE, total, nameless))
    assert found.rejected["row_number"].to_list() == [4, 5]
    assert found.tables["displacement"].filter(counts="people")["value"].sum() == 95


def test_rows_alike_in_all_tags_keep_their_own_ids(workbook):
    rows = [[*SITE, kind] for kind in ("Camp", "School")]
    layout, found = normalised(workbook([*HEADS, "Site type"], [*TAGS, ""], *rows))
    assert found.rejected.is_empty()
    assert any("Site type" in note and "alike" in note for note in layout.notes)
    figures = found.tables["displacement"]
    assert figures["figure_id"].n_unique() == 4
    assert not figures["figure_id"].str.contains("Camp").any()


def test_the_country_comes_from_the_codes_or_the_file_is_refused(workbook):
    without = [[*row[:4], *row[5:]] for row in (HEADS, TAGS, SITE)]
    layout, found = normalised(workbook(*without))
    assert set(found.tables["displacement"]["location_code"]) == {"NGA"}
    assert any("no column tells the country: NGA" in note for note in layout.notes)
    without[2][1], without[2][3] = "DTM12", "DTM1201"
    with pytest.raises(SourceMismatchError, match=r"no column tells the country.*#country\+code"):
        normalised(workbook(*without))


def test_an_unknown_country_rejects_the_row(workbook):
    _, found = normalised(workbook(HEADS, TAGS, SITE, [*SITE[:4], "Nigerland", *SITE[5:]]))
    assert found.rejected["row_number"].to_list() == [4]


@pytest.mark.parametrize(
    ("tag", "figure"),
    [
        ("#affected+idps+ind", ("idps", "people", "all", "all")),
        ("#affected +hh +idps", ("idps", "households", "all", "all")),
        ("#affected+ret+ind", ("idp_returns", "people", "all", "all")),
        ("#Affected+Returnees+HH", ("idp_returns", "households", "all", "all")),
        ("#affected+idps+f+children", ("idps", "people", "female", "child")),
        ("#affected+idps+boys", ("idps", "people", "male", "child")),
        ("#affected+idps", ("idps", "people", "all", "all")),
        ("#affected+idps+ind+pct", None),
        ("#affected+idps+ind+newly_arrived", None),
        ("#affected+ind", None),
        ("#affected+idps+returnees", None),
        ("#affected+idps+f+m", None),
        ("#targeted+idps+ind", None),
    ],
)
def test_a_figure_is_taken_only_where_all_of_its_tag_is_understood(tag, figure):
    found = meanings(["x"], [parse_tag(tag)]).figures
    assert [f.about for f in found] == ([] if figure is None else [figure])


@pytest.mark.parametrize(
    ("tag", "field"),
    [
        ("#adm1+pcode", "admin1_code"),
        ("#admin2+code", "admin2_code"),
        ("#ADM3 +Name", "admin3_name"),
        ("#adm1+origin+pcode", "origin1_code"),
        ("#adm0+name", "country_name"),
        ("#country+code+v_iso3", "country_code"),
        ("#reported+date", "date"),
        ("#date+survey", "date"),
        ("#date+occurred", None),
        ("#round+num", "round"),
        ("#geo+lat", "latitude"),
        ("#site+code", "site"),
        ("#loc+type", None),
    ],
)
def test_tags_of_places_and_dates(tag, field):
    assert list(meanings(["x"], [parse_tag(tag)]).fields) == ([] if field is None else [field])


# What it is not.


@pytest.mark.parametrize(
    "name", [f.name for f in sorted(FOLDER.iterdir()) if f.suffix in (".csv", ".json", ".xlsx")]
)
def test_files_are_recognised_without_being_named(name):
    refused = (FOLDER / "expected" / name / "refused.txt").exists()
    if "merged" in name:
        pytest.skip("several sheets")
    with open_table(FOLDER / name) as text:
        certain = [c.id for c in candidates(text) if c.certain and c.kind == "source"]
    assert certain == ([] if refused else ["iom_dtm"])


def test_a_tagged_table_of_hapi_is_not_taken_for_a_workbook_of_dtm(tmp_path):
    file = tmp_path / "hapi.csv"
    file.write_text(
        "location_code,admin1_code,population,resource_hdx_id\n"
        "#country+code,#adm1+code,#affected+idps+ind,#meta+id\nTCD,TD91,5,x\n",
        encoding="utf-8",
    )
    with open_table(file) as text, pytest.raises(SourceMismatchError, match="this is not IOM"):
        source("iom_dtm").layout_of(text)


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        *(("Conflict", "conflict"), ("BANDITRY", "criminal_violence"), ("Pluies torrentielles", "disaster")),
        *(("Conflict/Insecurity", "mixed"), ("Drought and floods", "disaster"), ("كوارث طبيعية", "disaster")),
        *(("Insécurité; conflits internes", "mixed"), ("No reason for displacement reported", "unknown")),
    ],
)
def test_reasons_of_countries_and_several_in_one_cell(api, reason, code):
    assert [*by_id(api({"displacementReason": reason}), "cause").values()] == [code]


def test_one_unknown_reason_among_several_rejects_the_row(api):
    found = api({"displacementReason": "Conflict/Volcano festival"})
    assert found.accepted == 0
    assert "Volcano festival" in found.rejected["reason"].item()


def test_the_country_is_that_of_the_coarsest_codes(workbook):
    """Codes of wards and sites may begin with letters that are some other country's."""
    heads, tags = ["State", "Code", "Ward", "Ward code", "IDPs"], ["#adm1+name", "#adm1+code", "#adm3+name"]
    file = workbook(heads, [*tags, "#adm3+code", "#affected+idps+ind"], ["Borno", "NG002", "A", "BO001", 5])
    assert normalised(file)[1].tables["displacement"]["location_code"].to_list() == ["NGA"]


@pytest.mark.parametrize(("name", "code"), [("RDC", "COD"), ("Tchad", "TCD"), ("Moçambique", "MOZ")])
def test_names_of_countries_as_offices_write_them(workbook, name, code):
    tags = ["#country+name", "#adm1+name", "#affected+idps+ind"]
    file = workbook(["Pays", "Province", "PDI"], tags, [name, "A", 5])
    assert normalised(file)[1].tables["displacement"]["location_code"].to_list() == [code]
