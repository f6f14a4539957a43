"""Encodings: proven, said by the file, or given; never guessed."""

from __future__ import annotations

import tempfile

import pytest

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import encodings, open_table

SPANISH = "lugar,año\nBogotá señal,1\nMedellín niño,2\nCórdoba población,3\n"


@pytest.fixture
def write(tmp_path):
    def make(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make


def read(path, **options):
    with open_table(path, **options) as table:
        return table, [row for batch in table.batches() for row in batch.frame.rows()]


def refusal(path, **options):
    with pytest.raises(InputError) as caught:
        read(path, **options)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert message.isprintable()
    return message


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_says_the_encoding(write, encoding):
    table, rows = read(write(("\ufeff" + SPANISH).encode(encoding)))
    assert rows[0] == (2, "Bogotá señal", "1")
    assert table.header == ("lugar", "año")
    assert table.encoding == encoding
    assert table.notes == (f"encoding {encoding} (byte-order mark), converted to UTF-8",)


def test_a_given_encoding_is_used_and_told(write):
    table, rows = read(write(SPANISH.encode("cp1252")), encoding="Windows-1252")
    assert rows[1] == (3, "Medellín niño", "2")
    assert (table.encoding, table.notes) == ("cp1252", ("encoding cp1252 as given",))


@pytest.mark.parametrize("encoding", ["utf-8", "UTF8", "utf_8_sig"])
def test_utf8_may_be_given(write, encoding):
    table, rows = read(write(b"\xef\xbb\xbf" + SPANISH.encode()), encoding=encoding)
    assert (table.encoding, rows[0][1]) == ("utf-8", "Bogotá señal")


def test_another_encoding_is_asked_for_with_evidence(write):
    message = refusal(write((SPANISH * 3).encode("cp1252")))
    assert "line 1, byte 7: is not UTF-8. Candidates: cp1252 (" in message
    assert message.endswith("--encoding cp1252")
    assert "Bogot" not in message


def test_damaged_utf8_is_told_from_another_encoding(write):
    message = refusal(write((SPANISH * 3).encode() + b"x\xff,1\n" + SPANISH.encode()))
    assert "line 13, byte" in message
    assert "so it is damaged rather than in another encoding" in message


@pytest.mark.parametrize(
    "wrong", [b"\xed\xa0\x80", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xf4\x90\x80\x80", b"\xc3"]
)
def test_surrogates_and_overlong_forms_are_refused(write, wrong):
    message = refusal(write(b"a,b\n1,2\nx" + wrong + b",3\n4,5\n"))
    assert "line 3, byte 9: is not UTF-8" in message
    assert "encoding" in message


def test_a_character_cut_at_the_end_is_refused(write):
    assert "line 2, byte 6: is not UTF-8" in refusal(write(b"a,b\n1,\xc3"))


def test_lines_count_in_files_of_carriage_returns(write):
    assert "line 3, byte 8" in refusal(write(b"a,b\r1,2\r\xff,3\r"))


def test_bytes_wrong_for_the_given_encoding(write):
    message = refusal(write(b"a,b\n1,2\nx\x81,3\n"), encoding="cp1252")
    assert "line 3, byte 9: cannot be decoded as cp1252" in message


def test_place_of_a_wrong_byte_across_parts(write, monkeypatch):
    monkeypatch.setattr(encodings, "CHUNK_BYTES", 5)
    text = "a,b\n" + "é€,1\n" * 10
    content = (
        "\ufeff".encode("utf-16-le") + text.encode("utf-16-le") + b"\x00\xdc" + "x\n".encode("utf-16-le")
    )
    message = refusal(write(content))
    assert (
        f"line 12, byte {content.index(bytes([0, 0xDC]) + b'x')}: cannot be decoded as utf-16-le" in message
    )


def test_nul_bytes(write):
    assert "line 2, byte 5: NUL byte" in refusal(write(b"a,b\n1\x002,3\n"))
    assert "line 3: NUL bytes to the end" in refusal(write(b"a,b\n1,2\n" + b"\0" * 5000))
    assert "line 2: NUL character" in refusal(write("\ufeffa,b\n1\0,2\n".encode("utf-16-le")))


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf16_without_a_mark_is_asked_for(write, order):
    path = write(SPANISH.encode(f"utf-16-{order}"))
    assert refusal(path).endswith(f"--encoding utf-16-{order}")
    assert f"--encoding utf-16-{order}" in refusal(path, encoding="utf-16")
    assert read(path, encoding=f"utf-16-{order}")[1][0][1] == "Bogotá señal"


def test_a_mark_that_contradicts_the_given_encoding(write):
    message = refusal(write(b"\xef\xbb\xbfa,b\n1,2\n"), encoding="cp1252")
    assert "has a byte-order mark of utf-8, so it is not cp1252; leave out --encoding" in message


@pytest.mark.parametrize("name", ["cp125", "base64", "idna", "unicode_escape", "\x1b", ""])
def test_unknown_encodings(write, name):
    with pytest.raises(UsageError, match="is no text encoding") as caught:
        read(write(b"a,b\n1,2\n"), encoding=name)
    assert str(caught.value).isprintable()


def test_nothing_is_left_behind(write, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    path = write(SPANISH.encode("cp1252"))
    read(path, encoding="cp1252")
    refusal(path, encoding="ascii")
    assert list(tmp_path.iterdir()) == [path]
