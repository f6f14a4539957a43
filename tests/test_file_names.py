"""Names of files that come from elsewhere can be written on every system, and none takes the place of another."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.reading.file_names import safe_names
from hxl_kit.reading.paths import is_written_path

ODD = st.text(st.sampled_from("aA1.-_ /\\:*~$%éß\u200b\ud800\U0001f600ﬁ"), max_size=8) | st.text(max_size=300)


def test_names_of_files_are_safe_and_no_two_alike():
    names = ["../../etc/passwd", "CON.csv", "a b.csv", "A_b.csv", ".hidden", "", "données.csv"]
    assert safe_names(names) == [
        *("_.._etc_passwd", "_CON.csv", "a_b.csv", "A_b-2.csv", "hidden", "file", "données.csv"),
    ]


def test_a_number_that_a_name_has_already_is_not_given_again():
    assert safe_names(["x-3.csv", "x-2.csv", "x.csv", "x.csv"]) == ["x-3.csv", "x-2.csv", "x.csv", "x-4.csv"]
    assert safe_names(["x.csv"], taken=["X.CSV", "x-2.csv"]) == ["x-3.csv"]


def test_of_a_long_name_the_ending_stays():
    (name,) = safe_names(["語" * 300 + ".csv"])
    assert name.endswith("語.csv")
    assert len(name.encode()) <= 200


@given(st.lists(ODD, max_size=6), st.lists(ODD, max_size=2))
def test_any_names_can_be_written(names, taken):
    found = safe_names(names, taken)
    assert len({name.casefold() for name in (*found, *taken)}) == len(found) + len(
        {t.casefold() for t in taken}
    )
    assert all(is_written_path(name) for name in found)
