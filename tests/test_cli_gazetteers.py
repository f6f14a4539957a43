"""`hxl-kit gazetteers`: what is in the store, and a country's own table put into it, checked."""

import gzip
import json

import polars as pl
import pytest
import xlsxwriter

from hxl_kit.places.gazetteer import gazetteer, store

HEADER = ("ADM1_EN", "ADM1_AR", "ADM1_PCODE", "ADM2_EN", "ADM2_AR", "ADM2_PCODE", "VALIDON")
ROWS = (
    ("Aleppo", "حلب", "SY02", "Al Bab", "الباب", "SY0202", "2025-01-31"),
    ("Aleppo", "حلب", "SY02", "Afrin", "عفرين", "SY0203", "2025-01-31"),
)


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    monkeypatch.setenv(store.VARIABLE, str(tmp_path / "store"))
    gazetteer.cache_clear()
    yield tmp_path / "store"
    gazetteer.cache_clear()


@pytest.fixture
def csv_file(tmp_path):
    path = tmp_path / "syr_admin.csv"
    path.write_text("\n".join(",".join(row) for row in (HEADER, *ROWS)) + "\n", encoding="utf-8")
    return path


def refused(ran, code):
    assert (ran.out, ran.code) == ("", code)
    assert "Traceback" not in ran.err
    return ran.err


def test_list(cli):
    ran = cli("gazetteers")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert len(lines) == len(store.built_in_ids())
    syria = next(line for line in lines if line.startswith("cod-ab-syr-2019"))
    assert "built in" in syria
    assert "levels 1–4" in syria
    assert "6,061 units" in syria
    assert "156 countries" in ran.out


def test_list_of_a_country_as_json(cli):
    ran = cli("gazetteers", "--country", "SYR", "--format", "json")
    found = json.loads(ran.out)
    assert [one["id"] for one in found] == ["cod-ab-syr-2019", "global-pcodes-2024-10-31"]
    assert found[0]["levels"] == [1, 2, 3, 4]
    assert found[0]["added"] is False
    assert found[0]["licence"]
    assert len(found[0]["table_sha256"]) == 64


def test_add_a_table(cli, csv_file, own_store):
    ran = cli(
        "gazetteers", "--add", csv_file, "--country", "SYR", "--licence", "CC BY-IGO", "--attribution", "OCHA"
    )
    assert (ran.code, ran.out) == (0, "")
    assert f"added syr-admin: 3 units of SYR, level 1, 2; in {own_store}" in ran.err
    listed = json.loads(cli("gazetteers", "--country", "SYR", "--format", "json").out)
    mine = listed[-1]
    assert (mine["id"], mine["added"], mine["edition"], mine["kind"]) == (
        "syr-admin",
        True,
        "2025-01-31",
        "boundaries",
    )
    assert (mine["licence"], mine["attribution"], mine["title"]) == ("CC BY-IGO", "OCHA", "syr_admin.csv")
    found = gazetteer("syr-admin")
    second = found.units.filter(pl.col("location_code") == "SYR", pl.col("level") == 2)
    assert second.select("code", "name", "release").rows() == [
        ("SY0202", "Al Bab", "syr-admin"),
        ("SY0203", "Afrin", "syr-admin"),
    ]
    assert "عفرين" in found.names["name"].to_list()
    assert "replaced syr-admin" in cli("gazetteers", "--add", csv_file, "--country", "SYR").err


def test_add_a_workbook_with_other_sheets(cli, tmp_path):
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Metadata").write_row(0, 0, ("Source", "OCHA"))
        for name, columns in (("ADM1", slice(0, 3)), ("ADM2", slice(0, 7))):
            sheet = book.add_worksheet(name)
            for number, row in enumerate((HEADER, *ROWS)):
                sheet.write_row(number, 0, row[columns])
    ran = cli("gazetteers", "--add", path, "--country", "SYR", "--release", "COD-AB Syria 2025")
    assert ran.code == 0, ran.err
    assert "added cod-ab-syria-2025: 3 units" in ran.err


def test_add_a_table_with_hashtags(cli, tmp_path):
    path = tmp_path / "tagged.csv"
    tags = "#adm1+name+en,#adm1+name+ar,#adm1+code,#adm2+name+en,#adm2+name+ar,#adm2+code,#date+start"
    cells = "\n".join(",".join(row) for row in ROWS)
    path.write_text(f"a,b,c,d,e,f,g\n{tags}\n{cells}\n", encoding="utf-8")
    assert cli("gazetteers", "--add", path, "--country", "SYR").code == 0
    assert store.table_of(store.release_of("syr-tagged")).filter(pl.col("code") == "SY0203")[
        "name"
    ].to_list() == [
        "Afrin",
        "عفرين",
    ]


def test_a_table_without_a_date_is_current_only_where_there_is_no_other(cli, csv_file):
    text = csv_file.read_text(encoding="utf-8").replace("2025-01-31", "")
    csv_file.write_text(text, encoding="utf-8")
    assert "no date in the file or the name" in cli("gazetteers", "--add", csv_file, "--country", "SYR").err
    current = gazetteer("syr-admin").units.filter(pl.col("location_code") == "SYR", pl.col("level") == 2)
    assert set(current["release"]) == {"global-pcodes-2024-10-31"}
    assert cli("gazetteers", "--add", csv_file, "--country", "SYR", "--release", "syr-2031-05").code == 0
    current = gazetteer("syr-2031-05").units.filter(pl.col("location_code") == "SYR", pl.col("level") == 2)
    assert set(current["release"]) == {"syr-2031-05"}


def test_faults_are_refused_or_left_out_and_told(cli, csv_file, own_store):
    with csv_file.open("a", encoding="utf-8") as file:
        file.write("Aleppo,حلب,SY02,Other,أخرى,other,2025-01-31\n")
    message = refused(cli("gazetteers", "--add", csv_file, "--country", "SYR"), 1)
    assert "SYR level 2, no P-code: 'other'; mend them, or leave them out with --leave-out" in message
    assert not own_store.exists()
    ran = cli("gazetteers", "--add", csv_file, "--country", "SYR", "--leave-out")
    assert ran.code == 0
    assert "left out: SYR level 2, no P-code: 'other'" in ran.err
    assert store.release_of("syr-admin").left_out == ("SYR level 2, no P-code: 'other'",)


def test_refusals(cli, csv_file, tmp_path):
    assert "--add needs --country" in refused(cli("gazetteers", "--add", csv_file), 2)
    assert "--country SYRIA: is no ISO" in refused(cli("gazetteers", "--country", "SYRIA"), 2)
    message = refused(
        cli("gazetteers", "--add", csv_file, "--country", "SYR", "--release", "cod-ab-syr-2019"), 2
    )
    assert "built-in release" in message
    assert "no such file" in refused(cli("gazetteers", "--add", tmp_path / "x", "--country", "SYR"), 3)
    assert "no code begins with LB or LBN" in refused(
        cli("gazetteers", "--add", csv_file, "--country", "LBN"), 3
    )
    (tmp_path / "plain.csv").write_text("a,b\n1,2\n")
    message = refused(cli("gazetteers", "--add", tmp_path / "plain.csv", "--country", "SYR"), 3)
    assert "plain.csv: no columns with P-codes and names" in message
    (tmp_path / "ragged.csv").write_text(csv_file.read_text(encoding="utf-8") + "a,b\n", encoding="utf-8")
    message = refused(cli("gazetteers", "--add", tmp_path / "ragged.csv", "--country", "SYR"), 3)
    assert "1 lines do not have the header's number of cells" in message


def test_a_changed_table_is_told_when_listed(cli, csv_file, own_store):
    cli("gazetteers", "--add", csv_file, "--country", "SYR")
    path = own_store / "syr-admin.csv.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()).replace(b"Afrin", b"Other")))
    assert "syr-admin.csv.gz: was changed or cut short" in refused(cli("gazetteers"), 3)
