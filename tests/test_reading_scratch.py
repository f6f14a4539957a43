"""Compressed and mistaken files: read whole, or refused in plain words."""

from __future__ import annotations

import errno
import gzip
import io
import os
import stat
import tempfile
import zipfile
from pathlib import Path

import pytest

from hxl_kit.errors import InputError
from hxl_kit.reading import open_table, scratch
from hxl_kit.reading.table import plain_words

CSV = b"id,name\n" + b"".join(b"%d,x%d\n" % (n, n) for n in range(20))


@pytest.fixture
def write(tmp_path, monkeypatch):
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))

    def make(content, name):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    yield make
    assert list((tmp_path / "scratch").iterdir()) == []


def rows(path, **options):
    with open_table(path, **options) as table:
        return table, [row for batch in table.batches() for row in batch.frame.rows()]


def refusal(path, **options):
    with pytest.raises(InputError) as caught:
        rows(path, **options)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    return message.removeprefix(f"{path}: ")


def zipped(members):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return content.getvalue()


def test_gzip(write):
    table, found = rows(write(gzip.compress(CSV), "t.csv.gz"))
    assert len(found) == 20
    assert table.notes == ("gzip decompressed",)
    assert table.path.name == "t.csv.gz"


def test_gzip_of_several_members(write):
    assert len(rows(write(gzip.compress(CSV) + gzip.compress(b"99,last\n"), "t.csv.gz"))[1]) == 21


def test_gzip_cut_anywhere_is_refused(write):
    whole = gzip.compress(CSV)
    for size in range(len(whole)):
        message = refusal(write(whole[:size], "t.csv.gz"))
        assert message.startswith("is cut short or corrupt (gzip): " if size else "is empty")


def test_gzip_damaged_anywhere_is_refused_or_whole(write):
    whole = gzip.compress(CSV, mtime=0)
    expected = rows(write(whole, "t.csv.gz"))[1]
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 0x10
        try:
            assert rows(write(bytes(damaged), "t.csv.gz"))[1] == expected  # the header's time, name, system
        except InputError as error:
            assert "Traceback" not in str(error)  # noqa: PT017


def test_gzip_with_trailing_junk(write):
    assert "(trailing junk)" in refusal(write(gzip.compress(CSV) + b"junk", "t.csv.gz"))


def test_zip_with_one_table(write):
    members = {
        "data/": "",
        "data/ged.csv": CSV,
        "__MACOSX/data/._ged.csv": "x",
        ".DS_Store": "x",
        "readme.pdf": "x",
    }
    table, found = rows(write(zipped(members), "t.zip"))
    assert len(found) == 20
    assert table.notes == ("member 'data/ged.csv' of the zip (others: readme.pdf)",)


def test_zip_paths_are_never_followed(write, tmp_path):
    assert "is not safe" in refusal(write(zipped({"../../evil.csv": CSV}), "t.zip"))
    assert "is not safe" in refusal(write(zipped({"/evil.csv": CSV}), "t.zip"))
    link = zipfile.ZipInfo("link.csv")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert "'link.csv' in the zip is a symbolic link" in refusal(write(content.getvalue(), "l.zip"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["l.zip", "scratch", "t.zip"]


def test_zip_with_several_tables_or_none(write):
    assert "holds 2 tables (a.csv, b.csv)" in refusal(write(zipped({"a.csv": CSV, "b.csv": CSV}), "t.zip"))
    assert "holds no table (a.pdf, b.pdf)" in refusal(write(zipped({"a.pdf": "x", "b.pdf": "x"}), "t.zip"))
    assert "holds no table;" in refusal(write(zipped({}), "t.zip"))


def test_zip_names_are_shown_bare(write):
    assert "\\u001b" in refusal(write(zipped({"\x1b[1m.csv": CSV, "b.csv": CSV}), "t.zip"))


@pytest.mark.parametrize("inner", ["gz", "zip"])
def test_nested_archives(write, inner):
    content = gzip.compress(CSV) if inner == "gz" else zipped({"a.csv": CSV})
    assert "holds another archive" in refusal(write(zipped({f"a.csv.{inner}": content}), "t.zip"))
    assert "holds another archive" in refusal(write(gzip.compress(content), f"t.csv.{inner}.gz"))


def test_zip_cut_or_damaged(write):
    whole = zipped({"a.csv": CSV})
    for size in range(4, len(whole), 7):
        assert refusal(write(whole[:size], "t.zip")).startswith("is cut short or corrupt (zip)")
    damaged = bytearray(whole)
    damaged[whole.index(b"a.csv") + 12] ^= 0xFF
    assert "is cut short or corrupt (zip)" in refusal(write(bytes(damaged), "t.zip"))


def test_zip_encrypted(write):
    whole = bytearray(zipped({"a.csv": CSV}))
    whole[6] |= 1
    whole[whole.index(b"PK\x01\x02") + 8] |= 1
    assert "is encrypted" in refusal(write(bytes(whole), "t.zip"))


def test_bombs(write, monkeypatch):
    monkeypatch.setattr(scratch, "RATIO_FREE_BYTES", 10_000)
    bomb = b"a,b\n" + b"1,2\n" * 500_000
    assert "decompression bomb" in refusal(write(gzip.compress(bomb), "t.csv.gz"))
    assert "decompression bomb" in refusal(write(zipped({"t.csv": bomb}), "t.zip"))
    monkeypatch.setattr(scratch, "UNPACKED_BYTES", 10_000)
    assert "unpacks to more than" in refusal(write(gzip.compress(os.urandom(20_000)), "t.csv.gz"))


def test_a_full_disk_is_told(write, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(scratch, "_copy", full)
    assert refusal(write(gzip.compress(CSV), "t.csv.gz")).startswith("the disk is full")


def test_errors_of_the_caller_are_the_callers(write):
    with pytest.raises(OSError, match="mine"), open_table(write(gzip.compress(CSV), "t.csv.gz")):
        raise OSError("mine")
    with pytest.raises(InputError, match=r"^x: no such file$"), plain_words("x"):
        Path("nowhere-at-all").read_bytes()


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "t.csv", "is an HTML page"),
        (b"\n<!-- x -->\n<HTML>", "t.csv", "is an HTML page"),
        (b'<?xml version="1.0"?><a/>', "t.csv", "is XML"),
        (b'{"records": []}', "t.csv", "is JSON"),
        (b' [ {"a": 1} ]', "t.csv", "is JSON"),
        (b"42", "t.json", "no JSON table"),
        (
            gzip.compress(CSV),
            "t.csv",
            "is a gzip file, not what its name says (.csv); rename it to end in .gz",
        ),
        (zipped({"a.csv": CSV}), "t.csv", "is a zip archive, not what its name says (.csv)"),
        (CSV, "t.xlsx", "is plain text, not what its name says (.xlsx); rename it to end in .csv"),
        (CSV, "t.csv.gz", "is cut short or corrupt (gzip)"),
        (b"PAR1....PAR1", "t.parquet", "is cut short or corrupt (Parquet"),
        (b"%PDF-1.7", "t.csv", "is a PDF document"),
        (b"%PDF-1.7", "t", "is a PDF document; not a table"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
            "t.xls",
            "the workbook cannot be read (corrupt?); save it again or as CSV",
        ),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "t.xlsx",
            "is protected by a password; save it without a password",
        ),
        (
            zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}),
            "t.ods",
            "is cut short or corrupt (ODS)",
        ),
        (
            zipped({"[Content_Types].xml": "", "xl/workbook.bin": ""}),
            "t.xlsb",
            "the workbook cannot be read",
        ),
        (zipped({"[Content_Types].xml": "", "word/document.xml": ""}), "t.docx", "is a word-processor"),
        (b"", "t.xlsx", "is empty"),
    ],
)
def test_other_kinds_are_refused_by_name(write, content, name, says):
    assert says in refusal(write(content, name))


@pytest.mark.parametrize("name", ["t.txt", "t.TSV", "t", "t.dat", "[id].csv"])
def test_text_under_other_names(write, name):
    assert len(rows(write(CSV, name))[1]) == 20


def test_only_plain_files(tmp_path):
    assert "is a folder" in refusal(tmp_path)
    assert "no such file" in refusal(tmp_path / "nothing.csv")
