"""Describe: what a file is, and which source it looks like and why."""

import gzip

import pytest
import xlsxwriter

from hxl_kit.describe import certain_source, describe_file
from hxl_kit.errors import InputError, SourceMismatchError


def described(path, **options):
    (only,) = describe_file(path, **options)
    return only


def types_of(found):
    return {column.name: column.type for column in found.columns}


@pytest.fixture
def csv_file(tmp_path):
    def make(text, name="t.csv"):
        (tmp_path / name).write_bytes(text.encode())
        return tmp_path / name

    return make


@pytest.mark.parametrize(
    ("name", "rows", "columns", "first"),
    [
        ("ged_231_49_columns.csv", 38, 49, 2),
        ("ged_191_42_columns.zip", 30, 42, 2),
        ("ged_191_41_columns.csv.gz", 30, 41, 2),
        ("ged_241_hashtag_row.csv", 26, 49, 3),
    ],
)
def test_every_release_of_ged_is_certainly_ged(ged_folder, name, rows, columns, first):
    found = described(ged_folder / name)
    assert (found.rows, len(found.columns), found.first_row, found.bad) == (rows, columns, first, 0)
    assert [(c.kind, c.id, c.certain) for c in found.candidates] == [("source", "ucdp_ged", True)]
    assert "UCDP Georeferenced Event Dataset" in found.candidates[0].reason
    assert certain_source([ged_folder / name]) == "ucdp_ged"


def test_columns_have_types_and_fill_counts(ged_folder, ged_rows):
    found = described(ged_folder / "ged_231_49_columns.csv")
    types = types_of(found)
    expected = {"id": "integer", "latitude": "number", "date_start": "date", "side_a": "string"}
    assert {name: types[name] for name in expected} == expected
    filled = {column.name: column.filled for column in found.columns}
    assert filled == {name: sum(bool(row[name].strip()) for row in ged_rows) for name in ged_rows[0]}


def test_hashtags_are_shown(ged_folder):
    found = described(ged_folder / "ged_241_hashtag_row.csv")
    tags = {column.name: column.tag for column in found.columns}
    assert (tags["date_start"], tags["best"], tags["relid"]) == ("#date+start", "#affected+killed", "")
    assert "hashtag row 2 removed" in found.notes
    assert types_of(found)["date_start"] == "datetime"


def test_lookalike_is_named_with_the_way_out(ged_folder):
    found = described(ged_folder / "quickcharts_aggregate.csv")
    candidate = next(c for c in found.candidates if c.id == "ucdp_ged")
    assert not any(c.certain for c in found.candidates), "a tagged table, but a known other one"
    assert "QuickCharts aggregate" in candidate.reason
    with pytest.raises(SourceMismatchError, match=r"the source is not certain \(.*ucdp_ged: .*--source ID"):
        certain_source([ged_folder / "quickcharts_aggregate.csv"])


def test_damaged_layout_is_likely_and_says_what_is_missing(ged_rows, write_rows, tmp_path):
    cut = [{key: cell for key, cell in row.items() if key != "best"} for row in ged_rows]
    (candidate,) = described(write_rows(tmp_path / "cut.csv", cut)).candidates
    assert not candidate.certain
    assert candidate.reason.startswith("column 'best' missing")


@pytest.mark.parametrize("name", ["sources", "events", "event_sources", "casualties"])
def test_tables_of_the_standard_are_recognised_by_name(built, name):
    (candidate,) = [c for c in described(built / f"{name}.csv").candidates if c.certain]
    assert (candidate.kind, candidate.id) == ("table", name)


def test_table_is_recognised_by_its_tags_alone(built, tmp_path):
    header, tags, *rows = (built / "events.hxl.csv").read_bytes().split(b"\n")
    foreign = b",".join(b"spalte %d" % n for n in range(header.count(b",") + 1))
    (tmp_path / "t.csv").write_bytes(b"\n".join([foreign, tags, *rows]))
    (candidate,) = [c for c in described(tmp_path / "t.csv").candidates if c.certain]
    assert (candidate.kind, candidate.id) == ("table", "events")


def test_foreign_table_has_no_candidates(csv_file):
    found = described(csv_file("name,age\nAli,5\nMona,\n"))
    assert found.candidates == ()
    assert types_of(found) == {"name": "string", "age": "integer"}
    assert [column.filled for column in found.columns] == [2, 1]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("1,-2,+3", "integer"),
        ("1,2.5,.5,1e3", "number"),
        ("2024-01-31,2024-02-29", "date"),
        ("2024-01-31 10:00,2024-01-31T00:00:00Z", "datetime"),
        ("true,No,YES", "boolean"),
        ("1,x", "string"),
        ("1 000,2", "string"),
        ("31/01/2024,01/02/2024", "string"),
        ("٣,٤", "string"),
        (" , ", "empty"),
    ],
)
def test_type_is_that_of_every_filled_cell(csv_file, cells, expected):
    rows = "\n".join(f"a,{cell}" for cell in cells.split(","))
    assert types_of(described(csv_file(f"k,c\n{rows}\n")))["c"] == expected


def test_ragged_records_are_counted(csv_file):
    found = described(csv_file("a,b\n1,2\n3\n4,5,6\n"))
    assert (found.rows, found.bad) == (1, 2)


def test_header_without_rows(csv_file):
    found = described(csv_file("a,b\n"))
    assert (found.rows, found.bad) == (0, 0)
    assert types_of(found) == {"a": "empty", "b": "empty"}


def test_workbook_says_its_sheet(tmp_path):
    with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
        for name, cells in (("Notes", ["About"]), ("Data", ["name", "age"])):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, cells)
            sheet.write_row(1, 0, ["Ali", 5][: len(cells)])
    found = described(tmp_path / "t.xlsx")
    assert (found.format, found.sheet, found.delimiter, found.rows) == ("xlsx", "Data", "", 1)
    with pytest.raises(InputError, match=r"no sheet 'Dada'; did you mean 'Data'"):
        described(tmp_path / "t.xlsx", sheet="Dada")


def test_files_of_different_sources_are_not_normalised_together(ged_folder, csv_file, monkeypatch):
    other = csv_file("name,age\nAli,5\n")
    with pytest.raises(
        SourceMismatchError, match=r"is of no source .*: its columns fit none of .*ucdp_ged.*hxl-kit describe"
    ):
        certain_source([ged_folder / "ged_231_49_columns.csv", other])
    answers = iter(["ucdp_ged", "acled"])
    monkeypatch.setattr("hxl_kit.describe._certain_source", lambda *_: next(answers))
    with pytest.raises(
        SourceMismatchError, match=r"different sources \(acled, ucdp_ged\); normalise them apart"
    ):
        certain_source([other, other])


def test_json_has_the_same_as_the_description(ged_folder):
    found = described(ged_folder / "quickcharts_aggregate.csv")
    as_json = found.as_json()
    assert set(as_json) == {
        "path",
        "format",
        "encoding",
        "delimiter",
        "sheet",
        "first_row",
        "rows",
        "ragged_rows",
        "notes",
        "columns",
        "candidates",
    }
    assert as_json["columns"][0] == {"name": "year", "tag": "#date+year", "type": "integer", "filled": 10}
    assert set(as_json["candidates"][0]) == {"kind", "id", "certain", "reason"}


def test_truncated_file_is_an_input_error(ged_folder, tmp_path):
    content = (ged_folder / "ged_191_41_columns.csv.gz").read_bytes()
    (tmp_path / "t.csv.gz").write_bytes(content[:-100])
    with pytest.raises(InputError, match="cut short or corrupt"):
        described(tmp_path / "t.csv.gz")
    (tmp_path / "u.csv").write_bytes(gzip.decompress(content)[:0])
    with pytest.raises(InputError, match="is empty"):
        described(tmp_path / "u.csv")


def test_a_tagged_table_that_cannot_be_read_says_why(csv_file):
    (candidate,) = described(csv_file("where,what\n#adm1+name,#sector\nA,WASH\n")).candidates
    assert (candidate.id, candidate.certain) == ("hxl_table", False)
    assert "no column holds a figure or an event" in candidate.reason


def test_a_form_without_a_column_is_a_form_and_says_which(csv_file):
    form = csv_file("mark,Harm\n#meta+form+casualties+syr,#impact+type\n,killed\n")
    with pytest.raises(SourceMismatchError, match=r"template: the form lacks the columns with the hashtag #"):
        certain_source([form])
