"""Forms: every text is there in every language, the workbook is one to fill in, and what is filled in comes back."""

import csv
import datetime as dt
import io
import shutil
import subprocess
from itertools import chain

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.describe import certain_source
from hxl_kit.errors import UsageError
from hxl_kit.normalise import Normaliser
from hxl_kit.package.form import column_hint, column_title, known_country, write_form
from hxl_kit.places.gazetteer import labelled, units
from hxl_kit.reading import open_table
from hxl_kit.sources import source
from hxl_kit.standard.codelists import codelist
from hxl_kit.standard.forms import MARK, form, form_names
from hxl_kit.standard.languages import code_titles, codes_by_title, languages, text, texts
from hxl_kit.standard.tags import parse_tag

EXCEL_MESSAGE, EXCEL_TITLE = 255, 32
LISTS = sorted({c.field.codelist for n in form_names() for c in form(n).columns if c.field.codelist})
TAGS = {c.name: c.field.hxl_tag for n in form_names() for c in form(n).columns}
OFFICE = {
    "sources.title": "Assessment (fictitious)",
    "sources.publisher": "Example office",
    "sources.source_type": "ngo",
    "sources.redistribution": "attribution",
    "sources.access": "public",
}
FIGURE = OFFICE | {
    "harm": "killed",
    "person_status": "civilian",
    "quantity_text": "at least 69",
    "counting": "incident",
    "role": "recommended",
    "date_end": dt.date(2024, 11, 28),
}


def workbook_of(table_name, country="SYR", language="en"):
    return openpyxl.load_workbook(io.BytesIO(write_form(table_name, country, language)), rich_text=True)


def filled(path, table_name, rows, country="SYR", language="en"):
    """Write a form with rows (field name to cell) as a field office fills it in."""
    workbook = workbook_of(table_name, country, language)
    sheet = workbook.worksheets[1]
    places = {cell.value: cell.column for cell in sheet[3]}
    for number, row in enumerate(rows, 4):
        for name, value in row.items():
            sheet.cell(number, places[TAGS[name]]).value = value
    workbook.save(path)
    return path


def as_csv(path, table_name, rows, mark=None):
    """Write the same as a form saved as CSV."""
    columns = form(table_name).columns
    mark = mark or f"{MARK}+{table_name}+syr"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["✓", *(column_title(c, "en") for c in columns)])
        writer.writerow([mark, *(c.field.hxl_tag for c in columns)])
        writer.writerows([["", *(row.get(c.name, "") for c in columns)] for row in rows])
    return path


def read(path):
    """Return the tables and the rejected rows (row number to reason) of a filled form."""
    with open_table(path) as opened:
        layout = source("template").layout_of(opened)
        names = layout.names_in(opened.header, opened.tags)
        (batch,) = opened.batches()
        found = Normaliser(layout, "template").normalise(batch.frame.rename(names))
    return found.tables, dict(found.rejected.rows())


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", form_names())
def test_every_column_has_title_and_hint_that_a_cell_can_show(name, language):
    titles = [column_title(c, language) for c in form(name).columns]
    hints = [column_hint(form(name), c, language) for c in form(name).columns]
    assert all(titles)
    assert len(set(titles)) == len(titles), "each column has a name of its own"
    assert max(map(len, titles)) <= EXCEL_TITLE
    assert all(0 < len(hint) <= EXCEL_MESSAGE for hint in hints)


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", LISTS)
def test_every_code_has_a_title_that_means_it_alone(name, language):
    titles = code_titles(name, language)
    missing = [code for code in codelist(name).values if code not in titles]
    assert missing == [], f"schemas/languages/{language}/codes.csv lacks codes of '{name}'"
    by_title = codes_by_title(name)
    assert {code: by_title[title.lower()] for code, title in titles.items()} == {c: c for c in titles}
    assert all(by_title[code.lower()] == code for code in titles)


def test_languages_have_the_same_texts():
    english = texts("en").keys()
    for language in languages():
        missing = {
            key for key in english - texts(language).keys() if not key.startswith(("field.", "table."))
        }
        assert missing == set()
        assert not texts(language).keys() - texts("fr").keys()


def test_french_and_arabic_are_in_their_own_words():
    assert code_titles("displacement_category", "fr")["idps"] == "Personnes déplacées internes"
    assert code_titles("displacement_category", "ar")["idps"] == "النازحون داخليًا"
    arabic = [value for key, value in texts("ar").items() if key.startswith(("field.", "hint.", "how."))]
    assert all(any("\u0600" <= letter <= "\u06ff" for letter in value) for value in arabic)


def test_missing_translation_is_named():
    with pytest.raises(UsageError, match=r"'fr' has no text for field\.nothing"):
        text("fr", "field.nothing")


def test_forms_name_fields_and_ask_where_each_row_is_from():
    for name in form_names():
        wanted = form(name)
        tags = [c.field.hxl_tag for c in wanted.columns]
        assert len(set(tags)) == len(tags)
        demanded = {c.name for c in wanted.columns if c.required}
        assert demanded >= {"sources.title", "sources.publisher", "sources.source_type"}
        assert any(c.key for c in wanted.of(name))


@pytest.mark.parametrize("language", languages())
def test_workbook_is_one_to_fill_in(language):
    workbook = workbook_of("casualties", language=language)
    instructions, data, lists = workbook.worksheets
    wanted = form("casualties").columns
    assert [c.value for c in data[3]] == [f"{MARK}+casualties+syr", *(c.field.hxl_tag for c in wanted)]
    stars = [" *" if c.required else "" for c in wanted]
    headings = [column_title(c, language) + star for c, star in zip(wanted, stars, strict=True)]
    assert [c.value for c in data[2]][1:] == headings
    assert data.max_row == 3, "the rows are empty"
    assert [s.sheet_state for s in workbook.worksheets] == ["visible", "visible", "hidden"]
    assert {s.sheet_view.rightToLeft or False for s in workbook.worksheets} == {language == "ar"}
    said = "\n".join(str(row[0].value) for row in instructions.iter_rows())
    assert text(language, "never.1") in said
    assert all(column_hint(form("casualties"), c, language) in said for c in wanted)
    entries = {column[0].value: [c.value for c in column[1:] if c.value] for column in lists.iter_cols()}
    assert entries["sex"] == list(code_titles("sex", language).values())
    assert "Aleppo · SY02" in entries["admin1"]


def test_cells_are_validated():
    data = workbook_of("events").worksheets[1]
    by_column = {str(rule.sqref).split("4")[0]: rule for rule in data.data_validations.dataValidation}
    rules = {cell.value: by_column[cell.column_letter] for cell in data[3][1:]}
    assert all(rule.prompt and rule.error and rule.errorStyle in (None, "stop") for rule in rules.values())
    latitude = rules[TAGS["latitude"]]
    assert (latitude.type, latitude.formula1, latitude.formula2) == ("decimal", "-90", "90")
    fatalities = rules[TAGS["fatalities"]]
    assert (fatalities.type, fatalities.operator, fatalities.formula1) == ("whole", "greaterThanOrEqual", "0")
    day = rules[TAGS["date_start"]]
    assert (day.type, day.formula1, day.formula2) == ("date", "61", "TODAY()")
    assert rules[TAGS["admin2_code"]].formula1.startswith("OFFSET(lists!$")


def test_second_level_stands_in_the_order_of_the_first():
    lists = workbook_of("events", "SYR").worksheets[2]
    columns = [[c.value for c in column] for column in lists.iter_cols()]
    start = next(n for n, column in enumerate(columns) if column[0] == "admin2")
    pairs = [(p, e) for e, p in zip(columns[start][1:], columns[start + 1][1:], strict=True) if e]
    assert len(pairs) == units("SYR", 2).height
    runs = [parent for n, (parent, _) in enumerate(pairs) if not n or pairs[n - 1][0] != parent]
    assert len(runs) == len(set(runs)), "the units of a parent stand together: the drop-down shows them all"
    parents = dict(units("SYR", 2).select("code", "parent_code").rows())
    assert all(parents[e.split(" · ")[1]] == p.split(" · ")[1] for p, e in pairs)


def test_same_form_same_bytes():
    assert write_form("claims", "SDN", "fr") == write_form("claims", "SDN", "fr")


def test_country_without_p_codes_has_no_drop_down_of_places(tmp_path):
    sheet = workbook_of("casualties", "FRA").worksheets[1]
    tags = {c.value for c in sheet[3]}
    assert TAGS["admin1_code"] not in tags
    assert TAGS["place_name"] in tags
    tables, rejected = read(filled(tmp_path / "f.xlsx", "casualties", [FIGURE], "FRA"))
    assert rejected == {}
    assert tables["casualties"].select("location_code", "geo_precision", "pcode_method").row(0) == (
        "FRA",
        "country",
        "none",
    )


def cell_of(column, language, country):
    """What a field office chooses or writes in a column, and what it must become."""
    if column.field.codelist:
        code, title = list(code_titles(column.field.codelist, language).items())[-1]
        return title, code
    if column.place_level:
        row = units(country, column.place_level).with_columns(labelled()).row(0, named=True)
        return row["label"], row["code"]
    kinds = {"date": dt.date(2024, 11, 28), "integer": 7, "number": 36.25}
    words = {"sources.url": "https://example.org/1", "quantity_text": "٤٢", "round": "12"}
    value = words.get(column.name) or kinds.get(column.field.type, "words of the office")
    return value, value


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("casualties", "ar"),
        ("casualties", "fr"),
        ("claims", "en"),
        ("displacement", "ar"),
        ("events", "fr"),
        ("indicators", "ar"),
    ],
)
def test_what_is_filled_in_comes_back(name, language, tmp_path):
    wanted = form(name)
    cells = {c.name: cell_of(c, language, "SYR") for c in wanted.columns}
    path = filled(tmp_path / "f.xlsx", name, [{k: v for k, (v, _) in cells.items()}], "SYR", language)
    tables, rejected = read(path)
    assert rejected == {}
    for column in wanted.columns:
        (row,) = tables[column.table].iter_rows(named=True)
        assert row[column.field.name] == cells[column.name][1], column.name
    (row,) = tables[name].iter_rows(named=True)
    assert row["source_id"] == tables["sources"]["source_id"][0]
    if "quantity_text" in cells:
        assert (row["value"], row["value_low"], row["value_high"], row["qualifier"]) == (42, 42, 42, "exact")
    if "admin2_code" in cells:
        assert (row["admin1_name"], row["admin2_name"]) == ("Damascus", "Damascus")
        assert (row["pcode_method"], row["pcode_release"]) == ("provider", "global-pcodes-2024-10-31")


def test_form_is_recognised_by_itself_through_the_command_line(tmp_path, cli):
    path = tmp_path / "form.xlsx"
    made = cli("template", "casualties", "--country", "syr", "--lang", "fr", "-o", path, "--format", "json")
    assert made.code == 0
    assert '"country": "SYR"' in made.out
    filled(path, "casualties", [FIGURE], "SYR", "fr")
    assert certain_source([path]) == "template"
    ran = cli("normalise", path, "--source", "auto", "-o", tmp_path / "out")
    assert ran.code == 0, ran.err
    assert "1 rows, 1 accepted, 0 rejected" in ran.out


def test_a_form_that_is_there_is_never_overwritten(tmp_path, cli):
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"filled in")
    ran = cli("template", "casualties", "--country", "SYR", "-o", path)
    assert ran.code == 2
    assert "is there already and may have been filled in" in ran.err
    assert path.read_bytes() == b"filled in"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("casualtis", "--country", "SYR"), "no form for table 'casualtis'; did you mean 'casualties'?"),
        (("casualties", "--country", "Syria"), "no country 'Syria'"),
        (("casualties", "--country", "Sudan"), "no country 'Sudan'; did you mean 'SDN'?"),
        (("casualties", "--country", "SYR", "--lang", "arr"), "no language 'arr'; did you mean 'ar'?"),
        (("casualties", "--country", "SYR", "-o", "form.csv"), "ends in .xlsx"),
    ],
)
def test_unknown_names_are_told_with_the_nearest(arguments, message, tmp_path, cli):
    out = () if "-o" in arguments else ("-o", tmp_path / "form.xlsx")
    ran = cli("template", *arguments, *out)
    assert ran.code == 2
    assert message in ran.err
    assert list(tmp_path.iterdir()) == []


def test_country_is_known_by_its_code_in_any_letter_case():
    assert known_country("syr") == "SYR"


def test_identifiers_follow_from_what_a_row_is_about(tmp_path):
    other = FIGURE | {"harm": "injured"}
    corrected = FIGURE | {"quantity_text": "72"}
    first, _ = read(as_csv(tmp_path / "a.csv", "casualties", [FIGURE, other]))
    second, _ = read(as_csv(tmp_path / "b.csv", "casualties", [other, corrected]))
    assert first["casualties"]["figure_id"].to_list() == second["casualties"]["figure_id"].to_list()[::-1]
    arabic = {
        name: code_titles(c.field.codelist, "ar")[value]
        for name, value in FIGURE.items()
        for c in form("casualties").columns
        if c.name == name and c.field.codelist
    }
    third, _ = read(as_csv(tmp_path / "c.csv", "casualties", [FIGURE | arabic]))
    assert third["casualties"]["figure_id"][0] == first["casualties"]["figure_id"][0]


def test_rows_of_one_document_agree_on_its_row_whichever_is_rejected(tmp_path):
    rows = [FIGURE | {"harm": "shot"}, FIGURE, FIGURE | {"harm": "injured"}]
    tables, rejected = read(as_csv(tmp_path / "a.csv", "casualties", rows))
    assert rejected[3].startswith("Harm is not in the code list 'harm': 'shot'")
    assert tables["sources"].unique().height == 1
    assert set(tables["casualties"]["source_id"]) == set(tables["sources"]["source_id"])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"sources.title": ""}, "Source: title is required and empty"),
        ({"sources.access": ""}, "Source: access is required and empty"),
        ({"sources.source_type": "blog"}, "Source: kind is not in the code list 'source_type'"),
        ({"quantity_text": ""}, "Number, or the words for it is required and empty"),
        ({"date_end": ""}, "End date is required and empty"),
        ({"sex": "women?"}, "Sex is not in the code list 'sex'"),
        ({"date_precision": "roughly"}, "Date precision is not in the code list 'date_precision'"),
        ({"admin1_code": "Atlantis"}, "Admin 1 cannot be read"),
        ({"admin1_code": "Homs · SY04", "admin2_code": "SY0202"}, "admin2_code does not have the form"),
        ({"admin1_code": "UA01"}, "Admin 1 cannot be read"),
        ({"latitude": "91"}, "Latitude is above the maximum 90"),
    ],
)
def test_what_cannot_be_read_with_certainty_is_rejected(change, reason, tmp_path):
    tables, rejected = read(as_csv(tmp_path / "a.csv", "casualties", [FIGURE | change]))
    assert list(rejected) == [3]
    assert reason in rejected[3]
    assert tables["casualties"].height == 0


def test_unit_chosen_comes_before_the_words_and_an_unknown_one_is_refused(tmp_path):
    row = OFFICE | {
        "indicator": "advance_distance",
        "quantity_text": "10",
        "unit": "km",
        "role": "recommended",
    }
    tables, rejected = read(as_csv(tmp_path / "a.csv", "indicators", [row, row | {"unit": "miles"}]))
    assert tables["indicators"]["unit"].to_list() == ["km"]
    assert rejected == {4: "Unit is not in the code list 'unit': 'miles'"}


@pytest.mark.parametrize(("unit", "low"), [("km", 10), ("square_km", 10), ("building", 11), ("person", 11)])
def test_bounds_of_what_is_measured_are_the_number_itself(unit, low, tmp_path):
    row = OFFICE | {
        "indicator": "area_affected",
        "quantity_text": "over 10",
        "unit": unit,
        "role": "recommended",
    }
    tables, _ = read(as_csv(tmp_path / "a.csv", "indicators", [row]))
    assert tables["indicators"].select("value_low", "unit").row(0) == (low, unit)


def test_second_level_alone_tells_the_first(tmp_path):
    rows = [FIGURE | {"admin2_code": cell} for cell in ("Al Bab · SY0202", "sy0203", "A'zaz")]
    tables, rejected = read(as_csv(tmp_path / "a.csv", "casualties", rows))
    assert rejected == {}
    assert tables["casualties"]["admin1_code"].to_list() == ["SY02"] * 3
    assert tables["casualties"]["admin2_code"].to_list() == ["SY0202", "SY0203", "SY0204"]
    assert set(tables["casualties"]["geo_precision"]) == {"admin2"}


@pytest.mark.parametrize(
    ("mark", "message"),
    [("#meta+form+casualties", "names no table and country"), ("#meta+form+syr+claims", "lacks the columns")],
)
def test_a_damaged_form_is_refused_with_the_way_out(mark, message, tmp_path, cli):
    path = as_csv(tmp_path / "a.csv", "casualties", [FIGURE], mark=mark)
    ran = cli("normalise", path, "--source", "template", "-o", tmp_path / "out")
    assert ran.code == 3
    assert message in ran.err
    assert "hxl-kit template" in ran.err


def test_a_table_that_is_no_form_is_not_taken_for_one(ged_file, cli, tmp_path):
    assert certain_source([ged_file]) == "ucdp_ged"
    ran = cli("normalise", ged_file, "--source", "template", "-o", tmp_path / "out")
    assert ran.code == 3


def test_mark_is_a_tag_that_names_table_and_country():
    tag = parse_tag(f"{MARK}+casualties+syr")
    assert tag is not None
    assert tag.attribute_set == {"form", "casualties", "syr"}


CHOSEN = {
    c.name: list(code_titles(c.field.codelist, "ar")) for c in form("casualties").columns if c.field.codelist
}
LANGUAGE_OF_CELL = st.sampled_from(["code", *languages()])


@settings(max_examples=25)
@given(st.data())
def test_any_choice_in_any_language_comes_back_as_its_code(tmp_path_factory, data):
    codes = {name: data.draw(st.sampled_from(values), label=name) for name, values in CHOSEN.items()}
    spoken = {name: data.draw(LANGUAGE_OF_CELL, label=f"language of {name}") for name in codes}
    columns = {c.name: c for c in form("casualties").columns}
    cells = {
        name: code
        if spoken[name] == "code"
        else code_titles(columns[name].field.codelist, spoken[name])[code]
        for name, code in codes.items()
    }
    path = as_csv(tmp_path_factory.mktemp("form") / "a.csv", "casualties", [FIGURE | cells])
    tables, rejected = read(path)
    assert rejected == {}
    read_back = tables["casualties"].row(0, named=True) | {
        f"sources.{k}": v for k, v in tables["sources"].row(0, named=True).items()
    }
    assert {name: read_back[name] for name in codes} == codes


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_form_saved_by_libreoffice_reads_the_same(kind, tmp_path):
    row = FIGURE | {"admin1_code": "Aleppo · SY02", "admin2_code": "Al Bab · SY0202"}
    path = filled(tmp_path / "f.xlsx", "casualties", [row], "SYR", "ar")
    saved = tmp_path / "saved"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(saved), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    before, after = read(path), read(saved / f"f.{kind}")
    assert after[1] == before[1] == {}
    tables = chain.from_iterable(zip(before[0].values(), after[0].values(), strict=True))
    ours, theirs, *others = tables
    assert ours.equals(theirs)
    assert others[0].equals(others[1])
    if kind == "xlsx":
        rules = openpyxl.load_workbook(saved / "f.xlsx").worksheets[1].data_validations.dataValidation
        assert len(rules) == len(form("casualties").columns)
        assert pl.Series([rule.formula1 for rule in rules]).str.contains(r"^OFFSET\(").any()
