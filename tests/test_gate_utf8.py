"""UTF-8 in pieces: valid exactly when the whole decodes, wherever it is cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.gate.unproven import UnprovenError
from hxl_kit.gate.utf8 import Utf8Check


def is_utf8_in_pieces(content, size):
    check = Utf8Check()
    try:
        for place in range(0, len(content), size):
            check.look_at(content[place : place + size])
        check.look_at(b"")
    except UnprovenError:
        return False
    return True


def is_utf8(content):
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


@given(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 9))
def test_text_is_utf8_wherever_it_is_cut(text, size):
    assert is_utf8_in_pieces(text.encode("utf-8"), size)


@given(
    st.binary(max_size=40)
    | st.lists(st.sampled_from([0x41, 0x80, 0xBF, 0xC0, 0xC3, 0xE0, 0xED, 0xA0, 0xF0, 0xF4, 0x90])).map(
        bytes
    ),
    st.integers(1, 9),
)
def test_bytes_are_utf8_exactly_when_they_decode(content, size):
    assert is_utf8_in_pieces(content, size) == is_utf8(content)


@pytest.mark.parametrize("content", [b"\xc3", b"a\xe2\x82", b"\xf0\x9f\x92"])
def test_a_character_cut_off_at_the_end_is_none(content):
    assert not is_utf8_in_pieces(content, 100)
