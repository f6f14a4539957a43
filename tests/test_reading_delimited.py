"""Delimited text: every cell comes back as it went in, and no row is lost without a word."""

from __future__ import annotations

import csv
import functools
import gzip
import io
import tempfile
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hxl_kit.errors import InputError, UsageError
from hxl_kit.reading import delimited, open_table, quotes
from hxl_kit.reading import table as table_module
from hxl_kit.reading.line_ends import WholeLineEnds


@pytest.fixture
def write(tmp_path):
    def make(content, name="table.csv"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make


def read(path, **options):
    """The table, its good rows as (number, cells…), its bad rows and the number of blank ones."""
    with open_table(path, **options) as table:
        batches = list(table.batches())
    rows = [row for batch in batches for row in batch.frame.rows()]
    return table, rows, [row for batch in batches for row in batch.bad], sum(b.blank for b in batches)


@contextmanager
def in_pieces(size):
    """Files are read so many bytes at a time; None is as always."""
    with pytest.MonkeyPatch.context() as patch:
        if size:
            patch.setattr(quotes, "CHUNK_BYTES", size)
            patch.setattr(delimited, "BLOCK_BYTES", size)
            patch.setattr(delimited, "BATCH_BYTES", size)
        yield


def refusal(path, **options):
    with pytest.raises(InputError) as caught:
        read(path, **options)
    message = str(caught.value)
    assert message.startswith(str(path))
    assert message.isprintable()
    return message.removeprefix(str(path))


def test_cells_are_text_as_received(write):
    table, rows, bad, blank = read(write("id,name,n\n007, Ali ,1.50\n8,,true\n"))
    assert table.header == ("id", "name", "n")
    assert rows == [(2, "007", " Ali ", "1.50"), (3, "8", None, "true")]
    assert (bad, blank, table.first_row, table.notes, table.tags) == ([], 0, 2, (), (None,) * 3)
    assert (table.format, table.encoding, table.delimiter, table.sheet) == ("csv", "utf-8", ",", None)


def test_frame_has_row_numbers_then_strings(write):
    with open_table(write("a,b\n1,2\n")) as table:
        (batch,) = table.batches()
    assert batch.frame.schema == {"row_number": pl.UInt32, "a": pl.String, "b": pl.String}


def test_batches_can_be_read_again(write):
    with open_table(write("a,b\n1,2\n")) as table:
        assert [b.frame.rows() for b in table.batches()] == [b.frame.rows() for b in table.batches()]


@pytest.mark.parametrize(("delimiter", "note"), [(";", "';'"), ("\t", "tab"), ("|", "'|'")])
def test_delimiter_is_found_and_said(write, delimiter, note):
    text = 'a,b\n"1,5;x|y",2\n3,4\n'.replace(",", delimiter).replace(f"1{delimiter}5", "1,5")
    table, rows, bad, _ = read(write(text))
    assert table.delimiter == delimiter
    assert table.notes == (f"delimiter {note}",)
    assert rows[1][1:] == ("3", "4")
    assert not bad


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("country;killed;hurt\nA;1,5;2,5\nB;3,5;4,5\n", ";"),
        ("name,note\nA,x; y\nB,z; w\n", ","),
        ("only\nx\ny\n", ","),
        ("a;b\n", ";"),
        ('"a;b;c",d\n"1;2;3",4\n', ","),
        ("Report, 2020\n\n#adm1;#date;#affected\nx;2020;1\n", ";"),
    ],
)
def test_delimiter_evidence(write, text, delimiter):
    with open_table(write(text)) as table:
        assert table.delimiter == delimiter


def test_quoted_newlines_and_doubled_quotes(write):
    _, rows, _, _ = read(write('a,b\r\n"x\r\ny","he said ""hi"""\r\n1,2'))
    assert rows == [(2, "x\r\ny", 'he said "hi"'), (3, "1", "2")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(write, end):
    table, rows, bad, _ = read(write(end.join(["a,b", "1,2", "3,4", ""])))
    assert rows == [(2, "1", "2"), (3, "3", "4")]
    assert not bad
    assert table.notes == (("line ends are CR alone (old Macintosh)",) if end == "\r" else ())


def test_mixed_line_ends(write):
    assert read(write("a,b\n1,2\r\n3,4\n5,6"))[1] == [(2, "1", "2"), (3, "3", "4"), (4, "5", "6")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_many_blocks_keep_their_numbers(write, monkeypatch, end):
    monkeypatch.setattr(delimited, "RECORD_BYTES", 300)
    monkeypatch.setattr(delimited, "BATCH_BYTES", 1)
    odd = {0: "", 1: "{n}", 2: "{n},x,y"}
    lines = [odd.get(n % 11, '{n},"x{end}y"').format(n=n, end=end) for n in range(2, 2000)]
    _, rows, bad, blank = read(write(end.join(["id,text", *lines])))
    assert all(row[0] == int(row[1]) for row in rows)
    assert all(row.row_number == int(row.text.split(",")[0]) for row in bad)
    assert [row.row_number for row in bad] == [n for n in range(2, 2000) if n % 11 in (1, 2)]
    assert len(rows) + len(bad) + blank == 1998


def test_ragged_rows_are_told_with_number_reason_and_text(write):
    _, rows, bad, _ = read(write('a,b,c\n1,2\n"x\ny",2,3\n1,2,3,4\n5,6,7\n8\n'))
    assert [(row.row_number, row.reason, row.text) for row in bad] == [
        (2, "2 cells, expected 3", "1,2"),
        (4, "4 cells, expected 3", "1,2,3,4"),
        (6, "1 cell, expected 3", "8"),
    ]
    assert [row[0] for row in rows] == [3, 5]
    assert "1,2,3,4" not in repr(bad)


def test_only_ragged_rows(write):
    table, rows, bad, _ = read(write("a,b\n" + "1\n" * 5))
    assert (rows, len(bad), table.header) == ([], 5, ("a", "b"))


def test_blank_lines_count_but_are_no_rows(write):
    table, rows, bad, blank = read(write("\n\na,b\n\n1,2\n  \n,\n3,4\n\n"))
    assert rows == [(5, "1", "2"), (8, "3", "4")]
    assert (bad, blank) == ([], 4)
    assert (table.first_row, table.notes) == (4, ("2 rows above the header skipped",))


def test_header_only(write):
    table, rows, _, _ = read(write("a,b\n"))
    assert (table.header, rows) == (("a", "b"), [])


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\r\n", b"\xef\xbb\xbf \n", b"\xff\xfe"])
def test_empty(write, content):
    assert refusal(write(content)) == ": is empty"


def test_duplicate_names_are_named(write):
    message = refusal(write("a,b,a,b\n1,2,3,4\n"))
    assert "duplicate column names: a, b (the first in columns 1, 3)" in message


def test_names_are_stripped_and_told(write):
    table, _, _, _ = read(write('" a ","b\nc",A\n1,2,3\n'))
    assert table.header == ("a", "b c", "A")
    assert table.notes[0] == "white space around or line breaks inside column names removed: a, b c"
    assert table.notes[1].endswith("(duplicates to some programs): a, A")


def test_blank_names_get_their_position(write):
    table, rows, _, _ = read(write("a,,c\n1,2,3\n"))
    assert table.header == ("a", "column 2", "c")
    assert table.notes == ("columns without a name are named by their position: column 2",)
    assert rows == [(2, "1", "2", "3")]


@pytest.mark.parametrize("text", ["a,b,,\n1,2,,\n3,4,,\n", "a,b\n1,2,,\n3,4,,\n"])
def test_empty_columns_at_the_end_are_dropped(write, text):
    table, rows, bad, _ = read(write(text))
    assert (table.header, rows, bad) == (("a", "b"), [(2, "1", "2"), (3, "3", "4")], [])
    assert table.notes[-1] == "2 empty columns without a name at the right end dropped"


def test_unnamed_columns_that_hold_something_stay(write):
    table, rows, _, _ = read(write("a,b,,\n1,2,,\n3,4,x,\n"))
    assert table.header == ("a", "b", "column 3")
    assert rows[1] == (3, "3", "4", "x")


def test_a_column_named_row_number_keeps_its_place(write):
    table, rows, _, _ = read(write("row_number,b\n7,2\n"))
    assert table.header == ("row_number (column 1)", "b")
    assert rows == [(2, "7", "2")]


def test_hashtag_row_is_removed_and_kept_as_tags(write):
    table, rows, _, _ = read(write("Place,Killed,Note\n#adm1+name,#affected +Killed,\nA,1,x\n"))
    assert [str(tag) if tag else None for tag in table.tags] == ["#adm1+name", "#affected+killed", None]
    assert (table.first_row, rows) == (3, [(3, "A", "1", "x")])
    assert table.notes == ("hashtag row 2 removed", "columns without a hashtag (untagged): Note")


def test_header_is_the_row_above_the_hashtags(write):
    table, rows, bad, _ = read(write("Title\n\nmade,2024-01-01\nPlace,Killed\n#adm1,#affected\nA,1\n"))
    assert (table.header, table.first_row, rows, bad) == (("Place", "Killed"), 6, [(6, "A", "1")], [])
    assert table.notes == ("3 rows above the header skipped", "hashtag row 5 removed")


def test_hashtags_alone_name_the_columns(write):
    table, rows, _, _ = read(write("#adm1,#affected+f\nA,1\n"))
    assert (table.header, rows) == (("#adm1", "#affected+f"), [(2, "A", "1")])
    assert "no header above it" in table.notes[0]


def test_repeated_names_with_hashtags_are_told_apart(write):
    table, _, _, _ = read(write("P,Reached,Reached\n#adm1,#reached+food,#reached+wash\nA,1,2\n"))
    assert table.header == ("P", "Reached (column 2)", "Reached (column 3)")
    assert table.notes[-1] == "column names that repeat got their position: Reached"


@pytest.mark.parametrize(
    ("head", "note"),
    [
        ("Ministry\nGenerated: 2024\n\n", "3 rows above the header skipped"),
        ("Ministry,,,\n", "1 row above the header skipped"),
        ("Flash,,,Update\n", "row 1 of the header groups columns: Flash (3)"),
        ("Report\nFlash,,Update,\n", "row 2 of the header groups columns: Flash (2), Update (2)"),
    ],
)
def test_titles_and_groups_above_the_header(write, head, note):
    table, rows, bad, _ = read(write(head + "id,date,place,n\n" + "1,2,3,4\n" * 6))
    assert table.header == ("id", "date", "place", "n")
    assert table.first_row == head.count("\n") + 2
    assert (len(rows), rows[0][1:], bad) == (6, ("1", "2", "3", "4"), [])
    assert note in table.notes


def test_a_title_without_a_header_below_is_refused(write):
    assert "row 1 is not the header" in refusal(write("Figures\n" + "1,2,3,4\n" * 6))
    assert "row 1 is not the header" in refusal(write("place,n,,,\nTaiz,low,x,y,z\nAden,b,c,d,e\n"))


def test_groups_tell_repeated_names_apart(write):
    text = "Place,Health,,Food,,Note\n,Target,Reached,Target,Reached,\n" + "Taiz,1,2,3,4,x\n" * 5
    table, rows, _, _ = read(write(text))
    assert table.header == (
        *("Place", "Health / Target", "Health / Reached"),
        *("Food / Target", "Food / Reached", "Note"),
    )
    assert (rows[0], table.first_row) == ((3, "Taiz", "1", "2", "3", "4", "x"), 3)
    assert table.notes == (
        "row 1 of the header groups columns: Health (2), Food (2)",
        "column names that repeat got their group: Target, Reached",
    )


def test_names_that_do_not_repeat_stay_plain(write):
    table, _, _, _ = read(write("Place,Killed,,Hurt\n,Men,Women,\n" + "Taiz,1,2,3\n" * 5))
    assert table.header == ("Place", "Men", "Women", "Hurt")


@pytest.mark.parametrize(
    "text",
    [
        "name,,place\nAli,Taiz,Aden\nHana,Ibb,Aden\n",
        "name,,place\n,Taiz,\nAli,Ibb,Aden\nHana,Ibb,Aden\n",
        "place,n,\nTaiz,N/A,N/A\nAden,2,3\nIbb,4,5\n",
        "name,from,\nAli,1990,2001\nHana,1992,2003\n",
    ],
)
def test_a_row_of_data_is_not_taken_for_a_header(write, text):
    table, rows, _, _ = read(write(text))
    assert table.first_row == 2
    assert len(rows) == text.count("\n") - 1


def test_groups_above_hashtags_tell_repeated_names_apart(write):
    text = "LOCATION,,HEALTH,,FOOD,\nPlace,Code,Target,Reached,Target,Reached\n"
    tags = "#adm1+name,#adm1+code,#targeted+health,#reached+health,#targeted+food,#reached+food\n"
    table, rows, _, _ = read(write(text + tags + "Tigray,ET01,1,2,3,4\n"))
    assert table.header[2:] == ("HEALTH / Target", "HEALTH / Reached", "FOOD / Target", "FOOD / Reached")
    assert (str(table.tags[5]), rows[0][0]) == ("#reached+food", 4)


def test_rows_of_white_space_are_blank(write):
    _, rows, _, blank = read(write("a,b\n1,2\n ,\t\n,\n3,\xa0\n"))
    assert ([row[0] for row in rows], blank) == ([2, 5], 2)


def test_quotes_inside_unquoted_cells_are_kept_and_told(write):
    table, rows, bad, _ = read(write('a,b\n5" pipe,2\nx"y"z,3\n'))
    assert (rows, bad) == ([(2, '5" pipe', "2"), (3, 'x"y"z', "3")], [])
    assert table.notes == ("stray quotes inside unquoted cells, kept as text (3, the first in line 2)",)


def test_text_after_a_closing_quote_is_told(write):
    table, rows, _, _ = read(write('a,b\n1,2\n"x"yz,2\n'))
    assert rows[1] == (3, "xyz", "2")
    assert "closed before the end of their cells and dropped (1, the first in line 3)" in table.notes[0]


def test_rows_do_not_vanish_into_a_quoted_cell(write):
    message = refusal(write('id,note,n\n1,"left open,x\n2,"closed",y\n3,z,z\n'))
    assert "line 2: a quote opens a cell, and text follows where it closes (line 3)" in message
    assert "left open" not in message


@pytest.mark.parametrize("text", ['a,b\n1,2\n"x,2\n3,4\n', 'a\n"x', 'a,b\n1,"\n', 'a\n1\n"x""\n'])
def test_a_quote_that_never_closes_is_refused(write, text):
    line = text[: text.index('"')].count("\n") + 1
    assert f"line {line}: a quote opens a cell and never closes" in refusal(write(text))


def test_quotes_are_followed_across_blocks(write, monkeypatch):
    monkeypatch.setattr(quotes, "CHUNK_BYTES", 64)
    good = "a,b\n" + '"x\n""y"",\nz",1\n' * 200
    assert len(read(write(good))[1]) == 200
    message = refusal(write(good + '1,"' + "x\n" * 100))
    assert "line 602: a quote opens a cell and never closes" in message


def test_a_byte_order_mark_before_a_quote(write):
    table, rows, _, _ = read(write(b'\xef\xbb\xbf"a","b"\n1,2\n'))
    assert (table.header, rows) == (("a", "b"), [(2, "1", "2")])
    assert table.notes == ("UTF-8 byte-order mark removed",)


def test_a_record_beyond_the_limit_is_refused(write, monkeypatch):
    monkeypatch.setattr(delimited, "RECORD_BYTES", 100)
    assert "longer than" in refusal(write("a,b\n1,2\n" + "x" * 1000 + ",2\n" + "3,4\n" * 50))
    monkeypatch.setattr(quotes, "RECORD_BYTES", 100)
    monkeypatch.setattr(quotes, "CHUNK_BYTES", 64)
    assert "line 1 is longer than" in refusal(write("x" * 1000))


def test_a_line_end_in_a_cell_is_kept_where_a_block_ends(write, monkeypatch):
    path = write(b"a,b\n" + b'1,"x\r\ny"\n' * 9)
    for size in range(len('1,"x\r\ny"\n'), 40):
        monkeypatch.setattr(delimited, "BLOCK_BYTES", size)
        assert {row[2] for row in read(path)[1]} == {"x\r\ny"}


def test_a_long_cell_is_fine(write):
    _, rows, _, _ = read(write('id,wkt\n1,"' + "1 2," * 50_000 + '"\n'))
    assert len(rows[0][2]) == 200_000


def test_sheets_are_for_workbooks(write):
    with pytest.raises(UsageError, match="leave out --sheet"):
        read(write("a,b\n1,2\n"), sheet="x")


def test_names_in_messages_are_bare(write):
    message = refusal(write("\x1b[31mred,\x1b[31mred\n1,2\n"))
    assert "\\u001b[31mred" in message


CELL = st.text(
    st.one_of(
        st.sampled_from(",;|\t\"'\n\r aé東"),
        st.characters(
            exclude_characters="\0#＃﹟", exclude_categories=("Cs",)
        ),  # no row of hashtags by chance
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=180)
@given(
    data=st.data(),
    width=st.integers(1, 5),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    bom=st.booleans(),
    zipped=st.booleans(),
    pieces=st.none() | st.integers(1, 40),
)
def test_round_trip(*, data, width, delimiter, end, quoting, bom, zipped, pieces):
    rows = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=12))
    cells = [cell for row in rows for cell in row]
    if quoting == csv.QUOTE_MINIMAL:  # Python 3.11 leaves a line break of the other kind bare
        assume(not any(mark in cell for cell in cells for mark in "\r\n"))
    if width == 1:
        assume(not any(mark in cell for cell in cells for mark in ",;\t|"))
        assume(delimiter == ",")
    names = [f"h{n}" for n in range(width)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([names, *rows])
    content = (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv.gz" if zipped else "t.csv")
        path.write_bytes(gzip.compress(content, mtime=0) if zipped else content)
        with in_pieces(pieces):
            table, got, bad, blank = read(path)
    expected = [
        (n, *(cell or None for cell in row))
        for n, row in enumerate(rows, 2)
        if any(cell.strip() for cell in row)
    ]
    assert (got, bad) == (expected, [])
    assert blank == len(rows) - len(expected)
    assert table.header == tuple(names)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from([*'ab", \n\r', '","', '\n"', '"\n', "\r\n"]), max_size=60).map("".join),
    st.integers(1, 30),
)
def test_pieces_make_no_difference(text, size):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_text(f"h,i\n{text}", encoding="utf-8", newline="")
        whole = outcome(path)
        with in_pieces(size):
            assert outcome(path) == whole


def outcome(path):
    try:
        _, rows, bad, blank = read(path)
    except InputError as error:
        return str(error)
    return rows, [(row.row_number, row.reason, row.text) for row in bad], blank


@settings(deadline=None, max_examples=180)
@given(
    st.text(st.sampled_from('ab",\n\r '), max_size=40),
)
def test_records_are_those_of_pythons_csv(text):
    expected = [row or [""] for row in csv.reader(io.StringIO(text, newline=""))]
    assert list(delimited.records(text, ",")) == expected


@given(st.text(st.sampled_from("a\r\n"), max_size=30).map(str.encode), st.integers(2, 6))
def test_no_piece_ends_within_a_line_end(content, size):
    pieces = [*iter(functools.partial(WholeLineEnds(io.BytesIO(content)).read, size), b"")]
    assert b"".join(pieces) == content
    assert max(map(len, pieces), default=0) <= size
    assert not any(one.endswith(b"\r") and two.startswith(b"\n") for one, two in pairwise(pieces))


@pytest.mark.parametrize("size", [1, 2000, 1 << 20])
def test_larger_parts_hold_the_same_records(write, monkeypatch, size):
    for module, name in ((delimited, "BLOCK_BYTES"), (delimited, "BATCH_BYTES"), (quotes, "CHUNK_BYTES")):
        monkeypatch.setattr(module, name, 50)
    monkeypatch.setattr(table_module, "BULK_BYTES", size)
    path = write("id,n\n" + "".join(("\n", f"{n}\n", f"{n},{n}\n")[n % 3] for n in range(1000)))
    with open_table(path) as table:
        small, large = list(table.batches()), list(table.in_bulk())
    assert len(large) <= len(small)
    assert pl.concat(b.frame for b in large).equals(pl.concat(b.frame for b in small))
    assert [row for b in large for row in b.bad] == [row for b in small for row in b.bad]
    assert sum(b.blank for b in large) == sum(b.blank for b in small) == 334


def test_cells_of_next_to_no_bytes_come_in_small_batches(write, monkeypatch):
    monkeypatch.setattr(delimited, "BATCH_BYTES", 4000)
    path = write("a,b,c,d\n" + '"' + "x\n" * 3000 + '",,,\n' + ",,,\n" * 5000 + "1,2,3,4\n")
    with open_table(path) as table:
        batches = list(table.batches())
    assert len(batches) > 5
    assert sum(batch.blank for batch in batches) == 5000
    assert [number for batch in batches for number in batch.frame["row_number"]] == [2, 5003]
