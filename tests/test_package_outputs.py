"""What other programs make of the files: pyarrow, libhxl, Excel's model, pandas, polars and DuckDB."""

import csv
import datetime as dt
import hashlib
import io
import warnings
import zipfile

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hxl_kit.errors import UsageError
from hxl_kit.mapping import POLARS_TYPES
from hxl_kit.package.outputs.delimited import CsvFile, CsvWriter, line_of
from hxl_kit.package.outputs.parquet import ParquetWriter
from hxl_kit.package.outputs.workbook import EXCEL_CELL_CHARACTERS, write_workbook
from hxl_kit.standard.tables import table, table_names

TABLES = ("sources", "events", "event_sources", "casualties")
ARROW = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}
FORMULA = "=cmd|' /C calc'!A0"


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", TABLES)
def test_parquet_fields_carry_type_tag_and_title(built, name):
    schema = pq.read_schema(built / f"{name}.parquet")
    owner = table(name)
    assert tuple(schema.names) == owner.names
    for field in owner.fields:
        stored = schema.field(field.name)
        assert stored.type == ARROW[field.type], field.name
        assert stored.metadata[b"hxl_tag"].decode() == field.hxl_tag
        assert stored.metadata[b"title"].decode() == field.title
        assert stored.nullable != field.required


@pytest.mark.parametrize("name", TABLES)
def test_parquet_and_csv_hold_the_same_cells(built, name):
    stored = pl.read_parquet(built / f"{name}.parquet")
    types = {f.name: POLARS_TYPES[f.type] for f in table(name).fields}
    read = pl.read_csv(built / f"{name}.csv", schema_overrides=types)
    assert stored.equals(read)
    assert stored.height > 0


def test_parquet_pages_are_protected_by_checksums(built):
    content = pq.read_table(built / "events.parquet", page_checksum_verification=True)
    assert content.num_rows == 38


def libhxl(path):
    """Read a file with libhxl, offline; its own dependency warns, not we."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=DeprecationWarning)
        import hxl

    return hxl.data(hxl.make_input(io.BytesIO(path.read_bytes())))


@pytest.mark.parametrize("name", TABLES)
def test_libhxl_reads_the_companion_and_finds_every_tag(built, name):
    with libhxl(built / f"{name}.hxl.csv") as dataset:
        assert tuple(dataset.headers) == table(name).names
        found = [set(tag.split("+")) for tag in dataset.display_tags]
        assert found == [set(tag.split("+")) for tag in table(name).tags]
        rows = [row.values for row in dataset]  # noqa: PD011 - libhxl's rows
    assert rows == [[*row.values()] for row in rows_of(built / f"{name}.csv")]


def test_libhxl_adds_the_tagged_figures_up(built, ged_rows):
    with libhxl(built / "events.hxl.csv") as dataset:
        total = sum(int(row.get("#affected+killed-min-max")) for row in dataset)
    assert total == sum(int(row["best"]) for row in ged_rows)


def test_libhxl_finds_no_tags_in_the_clean_csv(built):
    from hxl.input import HXLTagsNotFoundException

    with pytest.raises(HXLTagsNotFoundException):
        _ = libhxl(built / "events.csv").columns


# The workbook.


@pytest.fixture(scope="module")
def workbook(built):
    return openpyxl.load_workbook(built / "ucdp-sample.xlsx")


def test_workbook_has_a_sheet_per_table_with_tags_under_the_header(workbook):
    assert tuple(workbook.sheetnames) == TABLES
    for sheet in workbook:
        header, tags = ([cell.value for cell in row] for row in sheet.iter_rows(1, 2))
        assert tuple(header) == table(sheet.title).names
        assert tuple(tags) == table(sheet.title).tags
        assert sheet.freeze_panes == "B3"


def test_workbook_cells_are_typed(workbook, built):
    sheet = workbook["events"]
    stored = pl.read_parquet(built / "events.parquet")
    assert sheet.max_row == stored.height + 2
    for number, row in enumerate(stored.iter_rows(named=True), start=3):
        cells = {name: sheet.cell(number, column) for column, name in enumerate(stored.columns, 1)}
        assert cells["date_start"].is_date
        assert cells["date_start"].value.date() == row["date_start"]
        assert cells["fatalities"].value == row["fatalities"]
        assert isinstance(cells["fatalities"].value, int)
        assert cells["latitude"].value == pytest.approx(row["latitude"], abs=0)
        assert cells["is_aggregate"].value is row["is_aggregate"]
        assert cells["provider_event_id"].data_type == "s", "an identifier of digits stays text"
        assert cells["event_name"].value is None


def small_table(**cells):
    """A claims table of one row."""
    owner = table("claims")
    row = {**dict.fromkeys(owner.names, "x"), "claim_date": dt.date(2024, 11, 27), **cells}
    return owner, pl.DataFrame([row], schema={f.name: POLARS_TYPES[f.type] for f in owner.fields})


def written_workbook(folder, owner, frame):
    parquet = folder / "t.parquet"
    writer = ParquetWriter(parquet, owner)
    writer.write(frame)
    writer.close()
    write_workbook(folder / "t.xlsx", [(owner, parquet)], "T")
    return folder / "t.xlsx"


@pytest.mark.parametrize(
    "cell", [FORMULA, "+1+1", "-1", "@SUM(A1)", "{=1+1}", "http://example.org/", "mailto:x@y.z"]
)
def test_workbook_has_no_formulas_and_no_links(tmp_path, cell):
    path = written_workbook(tmp_path, *small_table(quote=cell))
    sheet = openpyxl.load_workbook(path)["claims"]
    found = sheet.cell(3, table("claims").names.index("quote") + 1)
    assert (found.value, found.data_type, found.hyperlink) == (cell, "s", None)
    with zipfile.ZipFile(path) as archive:
        parts = b"".join(archive.read(n) for n in archive.namelist() if n.startswith("xl/worksheets/"))
    assert b"<f>" not in parts
    assert b"hyperlink" not in parts


@pytest.mark.parametrize("cell", ["ريف حلب", 'a"b', "a\nb", "<b>&amp;", "007", "1e5", "TRUE", "2024-11-27"])
def test_workbook_keeps_text_as_it_is(tmp_path, cell):
    sheet = openpyxl.load_workbook(written_workbook(tmp_path, *small_table(quote=cell)))["claims"]
    found = sheet.cell(3, table("claims").names.index("quote") + 1)
    assert (found.value, found.data_type) == (cell, "s")


def test_workbook_keeps_numbers_that_excel_would_round_as_text(tmp_path):
    owner = table("event_sources")
    row = {**dict.fromkeys(owner.names), "event_id": "e", "position": 9_007_199_254_740_993}
    frame = pl.DataFrame([row], schema={f.name: POLARS_TYPES[f.type] for f in owner.fields})
    sheet = openpyxl.load_workbook(written_workbook(tmp_path, owner, frame))["event_sources"]
    assert sheet["B3"].value == "9007199254740993"


def test_workbook_keeps_days_before_1900(tmp_path):
    owner, frame = small_table(claim_date=dt.date(1899, 12, 31))
    sheet = openpyxl.load_workbook(written_workbook(tmp_path, owner, frame))["claims"]
    value = sheet.cell(3, owner.names.index("claim_date") + 1).value
    assert str(value)[:10] == "1899-12-31"


def test_cell_that_excel_cannot_hold_is_refused_by_name(tmp_path):
    with pytest.raises(
        UsageError, match="claims: a cell of 'quote' is longer than Excel's 32,767 characters"
    ):
        written_workbook(tmp_path, *small_table(quote="x" * (EXCEL_CELL_CHARACTERS + 1)))
    assert not (tmp_path / "t.xlsx").exists()


def test_more_rows_than_a_sheet_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("hxl_kit.package.outputs.workbook.EXCEL_ROWS", 2)
    with pytest.raises(UsageError, match="claims: 1 rows do not fit an Excel sheet"):
        written_workbook(tmp_path, *small_table())


# CSV.


def test_csv_is_utf8_with_line_feeds_and_no_mark(built):
    for path in built.glob("*.csv"):
        content = path.read_bytes()
        assert content.decode("utf-8")
        assert not content.startswith(b"\xef\xbb\xbf")
        assert b"\r\n" not in content
        assert content.endswith(b"\n")


def test_csv_of_no_rows_is_its_header(tmp_path):
    owner = table("claims")
    clean, tagged = tmp_path / "claims.csv", tmp_path / "claims.hxl.csv"
    writer = CsvWriter(owner, [CsvFile(clean, [owner.names]), CsvFile(tagged, [owner.names, owner.tags])])
    hashes = writer.close()
    assert clean.read_bytes() == line_of(owner.names)
    assert tagged.read_bytes() == line_of(owner.names) + line_of(owner.tags)
    assert hashes == {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in (clean, tagged)}


@pytest.mark.parametrize("name", table_names())
def test_no_header_or_tag_needs_quotes(name):
    assert line_of(table(name).names).decode() == ",".join(table(name).names) + "\n"
    assert line_of(table(name).tags).decode() == ",".join(table(name).tags) + "\n"


# Equal totals for everyone.


def python_total(built):
    return sum(int(row["fatalities"]) for row in rows_of(built / "events.csv"))


def by_pandas(path):
    read = pd.read_csv if path.suffix == ".csv" else pd.read_parquet
    return int(read(path)["fatalities"].sum())


def by_polars(path):
    read = pl.read_csv if path.suffix == ".csv" else pl.read_parquet
    return read(path)["fatalities"].sum()


def by_duckdb(path):
    with duckdb.connect() as connection:
        found = connection.execute(
            "select sum(fatalities) from read_csv($1)"
            if path.suffix == ".csv"
            else "select sum(fatalities) from read_parquet($1)",
            [str(path)],
        )
        return int(found.fetchone()[0])


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pandas")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:dateutil")
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("reader", [by_pandas, by_polars, by_duckdb])
def test_everyone_adds_up_to_the_same(built, ged_rows, reader, suffix):
    expected = sum(int(row["best"]) for row in ged_rows)
    assert python_total(built) == expected
    assert reader(built / f"events.{suffix}") == expected


def test_duckdb_sees_the_types(built):
    with duckdb.connect() as connection:
        described = connection.execute(
            "describe select * from read_parquet($1)", [str(built / "events.parquet")]
        )
        types = {row[0]: row[1] for row in described.fetchall()}
    assert (types["date_start"], types["latitude"], types["is_aggregate"]) == ("DATE", "DOUBLE", "BOOLEAN")
    assert (types["fatalities"], types["provider_event_id"]) == ("BIGINT", "VARCHAR")
