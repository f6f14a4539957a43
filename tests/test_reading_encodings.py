"""Encodings: proven, said by the file, given, or clear from its letters; never guessed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


WORDS = {
    "French": "Année,Région,Préfecture,Bégoua,Mbaïki,Ndélé,Île,Forêt,père,Genève,Côte d’Ivoire,blessés,réfugiés",
    "Spanish": "lugar,año,Bogotá,señal,Medellín,niño,Córdoba,población",
    "Portuguese": "São Tomé,população,crianças,não,Moçambique,província,região,mês",
    "Arabic": "المحافظة,المديرية,عدد القتلى,دمشق,حلب,إدلب,صنعاء,تعز,غزة,خان يونس,رفح",
    "Russian": "Область,Район,Дата,Количество погибших,Киев,Харьков,ребёнок,жилой дом,обстрел",
    "Ukrainian": "Область,Кількість загиблих,Київ,Харків,Маріуполь,дитина,Запоріжжя,Об’єкт,їжа,є",
    "Polish": "województwo,łódzkie,śląskie,Kraków,Łódź,Gdańsk,uchodźcy,mężczyźni,kobiety",
    "Turkish": "İl,Şehir,Şanlıurfa,Kahramanmaraş,Diyarbakır,Ağrı,ölü,yaralı,çocuk,kadın,sığınmacı",
}


@pytest.mark.parametrize(
    ("language", "encoding"),
    [
        *(("French", "cp1252"), ("Spanish", "cp1252"), ("Portuguese", "cp1252"), ("French", "mac-roman")),
        *(("Arabic", "cp1256"), ("Russian", "cp1251"), ("Ukrainian", "cp1251"), ("Russian", "koi8-r")),
        *(("Russian", "cp866"), ("Polish", "cp1250"), ("Turkish", "cp1254"), ("Arabic", "iso8859-6")),
    ],
)
def test_an_encoding_is_told_by_its_letters(write, language, encoding):
    words = WORDS[language].split(",")
    text = "".join(f"{word},{n}\n" for n, word in enumerate(["place", *words]))
    table, rows = read(write(text.encode(encoding)))
    assert [row[1] for row in rows] == words
    assert table.encoding == encoding
    assert table.notes[0].startswith(f"encoding {encoding} (")
    assert f"read like {language}, 0 odd" in table.notes[0]
    assert not any(word in table.notes[0] for word in words)


@pytest.mark.parametrize("encoding", ["iso8859-1", "cp1250", "cp1254"])
def test_bytes_that_read_alike_are_cp1252(write, encoding):
    path = write("n,lieu\n1,Bégo\n2,Kémo\n3,Ndélé\n4,Séga\n".encode(encoding))
    assert read(path)[0].encoding == "cp1252"


@pytest.mark.parametrize(
    "content",
    [
        "place,n\nBégo,1\n".encode("cp1252"),
        "place,n\nKémo,1\nÎle,2\nBégo,3\n".encode("cp1252") * 50,
        "place,n\nحلب,1\n".encode("cp1256"),
        b"place,n\n" + bytes(range(0x80, 0x100)) + b",1\n",
        "死者,東京\n負傷者,男性\n女性,子供\n".encode("cp932"),
        "地方,北京\n上海,男性\n女性,死亡\n".encode("gbk"),
        "จังหวัด,เชียงใหม่\nกรุงเทพ,จำนวน\n".encode("cp874"),
    ],
    ids=["one letter", "few words often", "one Arabic word", "all bytes", "Japanese", "Chinese", "Thai"],
)
def test_what_is_not_clear_is_asked_for(write, content):
    assert "is not UTF-8" in refusal(write(content))


def test_candidates_are_told_with_evidence(write):
    message = refusal(write(b"place,n\nBogot\xe1,1\nse\xf1al,2\n"))
    assert "line 2, byte 13: is not UTF-8. Candidates: " in message
    assert "cp1252 (" in message
    assert "Bogot" not in message


def test_a_mixture_of_encodings_is_refused(write):
    other = (WORDS["French"] * 20).replace(",", ",1\n").encode("cp1252")
    assert "is not UTF-8" in refusal(write(b"a,b\n" + other + b",1\n" + "Ségou,2\n".encode()))


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "cp1251", "cp1256"])
@given(data=st.data())
def test_letters_are_read_right_or_refused(encoding, data):
    language = {"cp1252": "French", "cp1251": "Ukrainian", "cp1256": "Arabic", "utf-8": "French"}[encoding]
    words = data.draw(st.lists(st.sampled_from(WORDS[language].split(",")), min_size=1))
    text = "".join(f"{word},1\n" for word in ["name", *words])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_bytes(text.encode(encoding))
        try:
            rows = read(path)[1]
        except InputError:
            assert encoding != "utf-8"
        else:
            assert [row[1] for row in rows] == words


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
@pytest.mark.parametrize(
    "words", [SPANISH, f"المحافظة,n\n{WORDS['Arabic']}\n".replace("القتلى,", "القتلى\n")]
)
def test_utf16_without_a_mark_is_told_by_its_letters(write, order, words):
    path = write(words.encode(f"utf-16-{order}"))
    table, _ = read(path)
    assert table.encoding == f"utf-16-{order}"
    assert table.header[0] == words.split(",")[0]
    assert "no byte-order mark" in table.notes[0]
    assert f"--encoding utf-16-{order}" in refusal(path, encoding="utf-16")


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
    read(path)
    refusal(path, encoding="ascii")
    assert list(tmp_path.iterdir()) == [path]
