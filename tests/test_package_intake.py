"""Intake: which tables of a file are of the source, under which names, and what is kept of the rest."""

import json
from dataclasses import replace

import polars as pl
import pytest
import xlsxwriter

from hxl_kit.errors import SourceMismatchError
from hxl_kit.mapping import constant, context, date, integer, joined, text
from hxl_kit.package.author import Input, Options
from hxl_kit.package.build import build_package
from hxl_kit.package.provider import authored_by_source
from hxl_kit.sources import source
from hxl_kit.sources._blocks import EVERYONE, country, exact
from hxl_kit.sources.definition import Layout, Measure, Source, TableMap

DATE = date("date")
FIGURES = TableMap(
    "displacement",
    {
        "figure_id": joined("t", text("country"), text("date")),
        "source_id": context("source_id"),
        "measure": constant("stock"),
        "category": constant("idps"),
        "counts": constant("people"),
        **EVERYONE,
        **exact("idps"),
        "as_of": DATE,
        "date_precision": constant("day"),
        **country(text("country")),
        "geo_precision": constant("country"),
        "pcode_method": constant("none"),
        "role": constant("recommended"),
        "round": context("sheet"),
    },
)
LAYOUT = Layout(
    id="stocks",
    title="stocks",
    key=joined(text("country"), text("date")),
    maps=(FIGURES,),
    other_names={"idps": ("displaced people",)},
    tagged={"country": "#country +code"},
    not_carried={"comment": "words of the compiler"},
    measures=(Measure("idps", "displacement", "value"),),
    notes=("rounded by the compiler",),
)
FOUND = Source(**{**vars(source("ucdp_ged")), "id": "ucdp_ged", "layouts": (LAYOUT,), "lookalikes": ()})


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Build a package of one file with the source above; return it."""

    def built(file, layout=LAYOUT, **options):
        found = replace(FOUND, layouts=(layout,))
        monkeypatch.setattr("hxl_kit.package.build.source", lambda _: found)
        inputs = (Input(path=file, source="ucdp_ged", **options),)
        out = tmp_path / "out"
        return build_package(authored_by_source(found, inputs, out, Options(hashtag_row="none")), out)

    return built


@pytest.fixture
def csv_file(tmp_path):
    def make(content):
        (tmp_path / "in.csv").write_text(content, encoding="utf-8")
        return tmp_path / "in.csv"

    return make


@pytest.fixture
def workbook(tmp_path):
    def make(**sheets):
        with xlsxwriter.Workbook(tmp_path / "in.xlsx") as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for number, row in enumerate(rows):
                    sheet.write_row(number, 0, row)
        return tmp_path / "in.xlsx"

    return make


def rows_of(built):
    return pl.read_csv(built.path / "displacement.csv", infer_schema=False)


def notes_of(built):
    return " | ".join(built.inputs[0].notes)


def test_columns_are_found_by_other_names_and_tags(build, csv_file):
    file = csv_file('land,displaced people,date\n#country+code,#affected,#date\nSYR,"1,200",2024-03-01\n')
    built = build(file)
    assert rows_of(built)["value"].to_list() == ["1200"]
    assert rows_of(built)["quantity_text"].to_list() == ["1,200"]
    assert "'land' as country" in notes_of(built)
    assert "'displaced people' as idps" in notes_of(built)
    assert "rounded by the compiler" in notes_of(built)


def test_letter_case_matters_unless_the_layout_says_otherwise(build, csv_file):
    file = csv_file("COUNTRY,IDPs,DATE\nSYR,5,2024-03-01\n")
    with pytest.raises(SourceMismatchError, match="this is not UCDP"):
        build(file)
    assert rows_of(build(file, replace(LAYOUT, any_case=True)))["value"].to_list() == ["5"]


def test_unknown_columns_are_named_and_kept_out_of_the_package(build, csv_file):
    file = csv_file(
        "country,idps,date,comment,phone\nSYR,5,2024-03-01,x,0999 123\nSYR,6,2024-04-01,y,0999 456\n"
    )
    built = build(file)
    assert "columns not carried over: comment, phone" in notes_of(built)
    assert "of these unknown to this source, kept in the private folder: phone" in notes_of(built)
    kept = pl.read_csv(built.private / "unknown_columns/in.csv.csv", infer_schema=False)
    assert kept.rows() == [("2", "0999 123"), ("3", "0999 456")]
    package = b"".join(path.read_bytes() for path in built.path.iterdir())
    assert b"0999" not in package


def test_order_of_day_and_month_can_be_said(build, csv_file):
    file = csv_file("country,idps,date\nSYR,5,03/04/2024\n")
    with pytest.raises(SourceMismatchError, match=r"in\.csv: column 'date'.*--date-order day-first"):
        build(file)
    assert rows_of(build(file, date_order="day-first"))["as_of"].to_list() == ["2024-04-03"]


HEADER = ["country", "idps", "date"]


def test_sheets_that_belong_together_are_all_read_and_counted_apart(build, workbook):
    file = workbook(
        North=[HEADER, ["SYR", 5, "2024-03-01"]],
        South=[HEADER, ["SYR", 6, "2024-04-01"], ["SYR", 7, "2024-03-01"]],
        Contacts=[["name", "phone"], ["a", "b"], ["c", "d"]],
    )
    built = build(file, replace(LAYOUT, every_sheet=True))
    assert [(r.name, r.input_rows, r.rejected_rows) for r in built.inputs] == [
        ("in.xlsx: North", 1, 0),
        ("in.xlsx: South", 2, 1),
    ]
    assert rows_of(built).select("round", "value").rows() == [("North", "5"), ("South", "6")]
    assert "sheet 'Contacts' is not of this source: not read" in notes_of(built)
    rejected = pl.read_csv(built.private / "rejected/in.xlsx-South.csv", infer_schema=False)
    assert rejected["reason"].to_list() == ["the key repeats a row that came before"]
    descriptor = json.loads((built.path / "datapackage.json").read_text(encoding="utf-8"))
    assert len(descriptor["provenance"]["inputs"]) == 2
    assert len(descriptor["sources"]) == 1, "one file, one source"


def test_of_several_sheets_one_is_named(build, workbook):
    file = workbook(A=[HEADER, ["SYR", 5, "2024-03-01"]], B=[HEADER, ["SYR", 6, "2024-04-01"]])
    with pytest.raises(SourceMismatchError, match=r"2 sheets hold a table of ucdp_ged: 'A' .*--sheet NAME"):
        build(file)
    assert rows_of(build(file, sheet="B"))["value"].to_list() == ["6"]


def test_workbook_without_a_fitting_sheet_says_why(build, workbook):
    file = workbook(
        A=[["x", "y"], ["1", "2"], ["3", "4"]], B=[["country", "date", "idp"], ["SYR", "2024-01-01", "5"]]
    )
    with pytest.raises(
        SourceMismatchError, match=r"in\.xlsx: none of 2 sheets is of the source; 'B': .*did you mean 'idp'"
    ):
        build(file)


def test_what_is_not_usual_is_a_warning_of_the_file(build, csv_file):
    from hxl_kit.sources.definition import Expectation

    layout = replace(LAYOUT, expect=Expectation(ranges={"idps": (0, 10)}))
    built = build(csv_file("country,idps,date\nSYR,50,2024-03-01\n"), layout)
    assert built.warnings == {"expected-range": 1}
    warnings = pl.read_csv(built.private / "warnings.csv", infer_schema=False)
    assert warnings["message"].to_list() == ["idps is outside the usual range in 1 rows"]


def test_possible_repeats_are_kept_and_told(build, csv_file):
    layout = replace(LAYOUT, key=None, near_key=text("country"))
    built = build(
        csv_file("country,idps,date\nSYR,5,2024-03-01\nSYR,6,2024-04-01\nTUR,6,2024-04-01\n"), layout
    )
    assert (built.rejected_rows, built.warnings) == (0, {"possible-repeat": 1})


def test_row_without_any_figure_is_rejected(build, csv_file):
    layout = replace(LAYOUT, maps=(replace(FIGURES, where=integer("idps").is_not_null()),))
    built = build(csv_file("country,idps,date\nSYR,5,2024-03-01\nTUR,,2024-03-01\n"), layout)
    assert built.rejected_rows == 1
    rejected = pl.read_csv(built.private / "rejected/in.csv.csv", infer_schema=False)
    assert rejected["reason"].to_list() == ["none of its figures is filled"]


def test_document_of_several_files_is_one_row_of_sources(tmp_path):
    header = "source_id,title,source_type,date_precision,redistribution,access\n"
    figures = "figure_id,source_id,harm,person_status,counting,role,quantity_text\n{},doc,killed,civilian,incident,recommended,3\n"
    (tmp_path / "sources.csv").write_text(header + "doc,Flash update,un,unknown,attribution,public\n")
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text(figures.format(name))
    inputs = [Input(tmp_path / f"{n}.csv", table="casualties") for n in ("a", "b")]
    inputs.append(Input(tmp_path / "sources.csv", table="sources"))
    authored = replace(
        authored_by_source(source("ucdp_ged"), (), tmp_path / "out", Options(hashtag_row="none")),
        inputs=tuple(inputs),
    )
    built = build_package(authored, tmp_path / "out")
    assert built.rows == {"sources": 1, "casualties": 2}


def test_columns_of_private_persons_reach_no_file(build, csv_file):
    layout = replace(LAYOUT, not_carried={"victims": "names of persons"}, personal=frozenset({"victims"}))
    content = "country,idps,date,victims,extra\nSYR,5,2024-03-01,Canary Name,x\nXXX,6,2024-04-01,Canary Name,y\nSYR,Canary Name\n"
    built = build(csv_file(content), layout)
    assert (built.inputs[0].accepted_rows, built.rejected_rows) == (1, 2)
    written = [p for folder in (built.path, built.private) for p in folder.rglob("*") if p.is_file()]
    assert len(written) > 4
    assert [p.name for p in written if b"Canary" in p.read_bytes()] == []
    assert "columns of private persons dropped before anything was kept: victims" in notes_of(built)
