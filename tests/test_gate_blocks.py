"""Blocks: the records that Python's csv reads, with their numbers, or the word that they cannot be vouched for."""

from __future__ import annotations

import csv
import io
import json
import threading
import time
from contextlib import contextmanager
from types import SimpleNamespace

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hxl_kit.gate import Request, frictionless_report
from hxl_kit.gate.blocks import AHEAD, Form, _Strays, blocks
from hxl_kit.gate.unproven import UnprovenError


def dialect(delimiter=",", quotechar='"', *, doublequote=True, quoting=csv.QUOTE_MINIMAL):
    return type(
        "Written",
        (csv.excel,),
        {"delimiter": delimiter, "quotechar": quotechar, "doublequote": doublequote, "quoting": quoting},
    )()


def form(width=2, *, first_row=1, comment_rows=(), comment="", skip_blank=False, written=None):
    return Form(written or dialect(), width, first_row, frozenset(comment_rows), comment, skip_blank)


def opened(content, how):
    """What opens bytes as the gate does: closed by a line end and the last record."""
    end = b"" if not content or content[-1:] in b"\r\n" else b"\n"
    return lambda: io.BytesIO(content + end + how.last_record)


def read(content, how, size=1 << 20):
    """The records of all blocks by number."""
    found = {}
    for block in blocks(opened(content, how), how, size):
        assert len(block.columns) == how.width
        assert all(len(column) == len(block.numbers) for column in block.columns)
        columns = [column.to_pylist() for column in block.columns]
        full = dict(zip(block.numbers.tolist(), map(list, zip(*columns, strict=True)), strict=True))
        ragged = dict(block.ragged)
        assert not full.keys() & ragged.keys()
        assert not found.keys() & (full.keys() | ragged.keys())
        assert not found or min([*full, *ragged], default=1 << 60) > max(found)
        found |= full | ragged
    return found


def expected(text, how):
    """The records as Python's csv reads them; an empty line is written as empty cells."""
    records = csv.reader(io.StringIO(text, newline=""), how.dialect)
    numbered = (
        (number, cells) for number, cells in enumerate(records, start=1) if how.is_content(number, cells)
    )
    return {number: cells or [""] * how.width for number, cells in numbered}


SIGNS = [
    '"',
    '"',
    ",",
    ",",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "a",
    "b",
    "é",
    "😀",
    " ",
    "#",
    "\t",
    "'",
    "\\",
    "\x0b",
    "\x1c",
    "\u2028",
]
SOUPS = st.lists(st.sampled_from(SIGNS), max_size=80).map("".join)
FORMS = st.builds(
    form,
    st.integers(1, 3),
    first_row=st.sampled_from([1, 1, 2, 3]),
    comment_rows=st.sets(st.integers(1, 6), max_size=2),
    comment=st.sampled_from(["", "", "#", "a"]),
    skip_blank=st.booleans(),
    written=st.sampled_from(
        [
            dialect(),
            dialect(),
            dialect(quotechar="'"),
            dialect("\t"),
            dialect(doublequote=False),
            dialect(quoting=csv.QUOTE_NONE),
        ]
    ),
)


@settings(max_examples=180)
@given(SOUPS, FORMS, st.sampled_from([64, 200, 1 << 20]))
def test_any_text_is_read_as_csv_reads_it_or_not_vouched_for(text, how, size):
    try:
        found = read(text.encode(), how, size)
    except UnprovenError:
        return
    assert found == expected(text, how)


CELLS = st.text('ab",\n\r é😀#\x1c', max_size=6)


@settings(max_examples=120)
@given(
    st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(CELLS, min_size=n, max_size=n), max_size=40)),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([256, 512, 1 << 20]),
    st.booleans(),
)
def test_what_csv_writes_is_always_vouched_for(rows, end, size, ended):
    how = form(len(rows[0]) if rows else 1)
    written = io.StringIO()
    csv.writer(written, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    text = written.getvalue()
    text = text if ended else text.removesuffix(end)
    assert read(text.encode(), how, size) == expected(text, how)
    if ended:
        assert list(expected(text, how).values()) == rows


LINES = st.lists(
    st.sampled_from(
        ["a,b", "1,2", "é,😀", '"x\ny",z', '"q""q",', ",", "", "", "a", "a,b,c", "#a,b", "#", ",,,,"]
    ),
    max_size=60,
)


@settings(max_examples=120)
@given(LINES, FORMS, st.sampled_from([128, 300]))
def test_numbers_are_those_of_records_whatever_lies_between(lines, how, size):
    """Lines in quotes, short and long records, comments and blank ones: each counts as one record."""
    how = form(
        2,
        first_row=how.first_row,
        comment_rows=how.comment_rows,
        comment=how.comment,
        skip_blank=how.skip_blank,
    )
    text = "".join(f"{line}\n" for line in lines)
    assert read(text.encode(), how, size) == expected(text, how)


def test_comment_rows_blank_rows_and_the_header_are_left_out():
    how = form(2, first_row=2, comment_rows={3}, comment="#", skip_blank=True)
    found = read(b"h,i\n1,2\nx,y\n#c,d\n\n,\n#\n3,4\n5\n", how)
    assert found == {2: ["1", "2"], 8: ["3", "4"], 9: ["5"]}


@pytest.mark.parametrize("open_quote", ['"', '1,"a', '1,2\n3,"4\n5,6\n', '"""', '"a"",'])
def test_a_quote_left_open_is_not_vouched_for(open_quote):
    with pytest.raises(UnprovenError, match="quote is left open"):
        read(f"a,b\n{open_quote}".encode(), form(2))


BROKEN = [
    b"\xff\n1,2\n",
    b"1,2,\xff\n",
    b"\xff,1\n",
    b"1,\xc3",
    b"1,\xe2\x82\n",
    b"1,\xed\xa0\x80\n",
    b"\xc0\xaf,1\n",
]


@pytest.mark.parametrize("rest", BROKEN)
@pytest.mark.parametrize("block_bytes", [64, 1 << 20])
def test_bytes_that_are_no_text_are_left_to_frictionless_in_silence(tmp_path, capfd, rest, block_bytes):
    """Also those of a short record, which pyarrow hands over as text."""
    (tmp_path / "t.csv").write_bytes(b"a,b\n" + b"1,2\n" * 4_000 + "é,😀\n".encode() * 100 + rest)
    resource = {
        "name": "t",
        "path": "t.csv",
        "encoding": "utf-8",
        "schema": {"fields": [{"name": "a"}, {"name": "b"}]},
    }
    path = tmp_path / "datapackage.json"
    path.write_text(json.dumps({"name": "p", "resources": [resource]}))
    ours, alone = (
        frictionless_report(path, Request(fast=fast, block_bytes=block_bytes)) for fast in (True, False)
    )
    assert ours.lanes != ("bulk",)
    assert ours.descriptor["tasks"][0]["errors"] == alone.descriptor["tasks"][0]["errors"] != []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("size", [64, 67, 71])
def test_letters_of_several_bytes_may_lie_across_blocks(tmp_path, size):
    (tmp_path / "t.csv").write_text("a,b\n" + "é,😀\n€,x\n" * 200, "utf-8")
    resource = {"name": "t", "path": "t.csv", "encoding": "utf-8"}
    path = tmp_path / "datapackage.json"
    path.write_text(json.dumps({"name": "p", "resources": [resource]}))
    found = frictionless_report(path, Request(block_bytes=size))
    assert found.lanes == ("bulk",)
    assert found.descriptor["valid"]


def test_a_record_larger_than_a_block_is_read_or_not_vouched_for():
    text = "a,b\n" + f'{"x" * 5000},"{"y" * 5000}"\n' * 3
    try:
        found = read(text.encode(), form(2), 512)
    except UnprovenError:
        return
    assert found == expected(text, form(2))


@pytest.mark.parametrize("content", [b"", b"\n", b"\n\n", b"a\n", b"\r\n", b"\xef\xbb\xbfa\n"])
@pytest.mark.parametrize("width", [1, 2])
def test_hardly_anything(content, width):
    text = content.decode("utf-8-sig")
    assert read(content, form(width)) == expected(text, form(width))


def test_a_cell_that_looks_like_the_last_record_is_none():
    how = form(2)
    text = f"a,b\nx,{how.token}\n1,2\n"
    assert read(text.encode(), how) == expected(text, how)
    assert form(2).token != how.token, "it is drawn anew, so that no file can hold it"


def threads():
    return {thread for thread in threading.enumerate() if thread.is_alive()}


def test_a_reader_that_stops_early_leaves_no_thread_and_no_open_file():
    """Nor is the rest of the file read for nobody."""
    before, how, ends = threads(), form(2), []

    class Kept(io.BytesIO):
        def close(self):
            if not self.closed:
                ends.append(self.tell())
            super().close()

    content = opened(b"a,b\n" * 500_000, how)().getvalue()
    stream = blocks(lambda: Kept(content), how, 512)
    assert len(next(stream).numbers)
    stream.close()
    assert threads() == before
    assert len(ends) == 1
    assert ends[0] < len(content) // 4


def test_a_reader_that_fails_leaves_no_thread():
    before, how = threads(), form(2)

    def fail():
        for _ in blocks(opened(b"a,b\n" * 50_000, how), how, 512):
            raise KeyError("the reader")

    with pytest.raises(KeyError, match="the reader"):
        fail()
    # The generator is closed once the failing frame is gone.
    end = time.monotonic() + 5
    while threads() != before and time.monotonic() < end:
        time.sleep(0.01)
    assert threads() == before


@pytest.mark.parametrize(
    "error",
    [
        OSError("the disk"),
        UnprovenError("a NUL"),
        RuntimeError("x"),
        UnicodeDecodeError("utf-8", b"", 0, 1, "y"),
    ],
)
@pytest.mark.parametrize("when", ["opening", "reading"])
def test_an_error_of_the_thread_reaches_the_reader(error, when):
    how, before = form(2), threads()

    class Broken(io.RawIOBase):
        def readable(self):
            return True

        def read(self, size=-1):
            raise error

    @contextmanager
    def broken():
        if when == "opening":
            raise error
        yield Broken()

    with pytest.raises(type(error)) as caught:
        list(blocks(broken, how, 512))
    assert str(caught.value) == str(error)
    assert threads() == before


def test_no_more_is_parsed_ahead_than_is_allowed():
    """The parser waits for a slow reader, so memory is bounded whatever the file's size."""
    how, given_out = form(2), []

    class Counted(io.BytesIO):
        def read(self, size=-1):
            given_out.append(size)
            return super().read(size)

    content = opened(b"aaaaaaa,bbbbbbb\n" * 20_000, how)().getvalue()
    stream = blocks(lambda: Counted(content), how, 1024)
    next(stream)
    time.sleep(0.1)
    # pyarrow itself reads some 30 blocks ahead of those that wait here.
    assert len(given_out) <= AHEAD + 40 < len(content) // 1024 // 3
    stream.close()


def test_a_record_met_while_others_are_taken_is_not_lost():
    """The parser adds short records from its own thread while the reader takes earlier ones."""
    strays, late = _Strays(form(2)), []

    class Interrupted(list):
        """A list that the other thread adds to, whenever a part of it has been read."""

        def __getitem__(self, key):
            found = super().__getitem__(key)
            if isinstance(key, slice) and strays._waiting:
                late.append(9 + len(late))
                strays.add(SimpleNamespace(text="late", number=late[-1]))
            return found

    strays._waiting = Interrupted()
    strays.add(SimpleNamespace(text="early", number=2))
    assert strays.take(5) == [(2, ["early"])]
    assert late
    strays._waiting = [*strays._waiting]
    assert [number for number, _ in strays.take(None)] == late


@settings(max_examples=60)
@given(st.lists(st.integers(1, 60), unique=True), st.integers(0, 40), st.integers(0, 30))
def test_numbers_of_full_records_are_those_that_strays_leave(numbers, start, count):
    strays = _Strays(form(2))
    for number in sorted(numbers):
        strays.add(SimpleNamespace(text="x", number=number))
    full = [number for number in range(1, 200) if number not in numbers]
    assert strays.numbers(start, count).tolist() == full[start : start + count]


def test_columns_are_plain_text():
    plain = form(2)
    block = next(blocks(opened(b"a,\n", plain), plain))
    assert [column.type for column in block.columns] == [pa.string(), pa.string()]
    assert [column.null_count for column in block.columns] == [0, 0]
