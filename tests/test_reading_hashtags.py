"""Hashtag rows in plain rows of cells, and the columns that they recognise."""

import hxl.model
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.errors import UsageError
from hxl_kit.reading.hashtags import HashtagRow, find_hashtag_row, recognise
from hxl_kit.standard.tags import Tag, parse_tag

TAGS = tuple(parse_tag(spec) for spec in ("#adm1+name", "#affected+killed+f", "", "#date", "#date"))

cells = st.one_of(
    st.none(),
    st.integers(0, 9),
    st.sampled_from(
        ["", " ", "x", "Région", "#adm1", " #Adm1 +NAME ", "#fóo", "＃org", "#affected+2013", "#org+"]
    ),
)
tables = st.lists(st.lists(cells, max_size=4), max_size=30)


def test_the_header_is_the_row_directly_above():
    rows = [
        ["Events"],
        ["Name", "Sub"],
        ["Place", None, "Deaths"],
        ["#adm1", "", "#affected+killed"],
        ["Kas", "", "3"],
    ]
    found = find_hashtag_row(rows)
    assert found == HashtagRow(
        3, ("Place", None, "Deaths"), (Tag("#adm1"), None, Tag("#affected", ("killed",)))
    )
    assert found.data(rows) == [["Kas", "", "3"]]


@pytest.mark.parametrize(
    ("above", "headers"), [([], (None, None)), (["a"], ("a", None)), (["a", "b", "c"], ("a", "b"))]
)
def test_there_are_as_many_columns_as_cells_in_the_hashtag_row(above, headers):
    assert find_hashtag_row([above, ["#org", "#adm1"]]).headers == headers


def test_headers_are_text():
    assert find_hashtag_row([[2024, 1.5], ["#org", "#adm1"]]).headers == ("2024", "1.5")


@pytest.mark.parametrize(
    ("row", "index"),
    [
        (["#org", "x"], 0),
        (["#org", "x", "y"], None),
        (["#org", "", None, "  "], 0),
        (["#org", 5], 0),
        (["#org", 5, 6], None),
        (["#org+2013", "#adm1"], 0),
        (["", None], None),
        ([], None),
    ],
)
def test_half_of_the_filled_cells_must_be_tags(row, index):
    found = find_hashtag_row([row])
    assert (found and found.index) == index


@pytest.mark.parametrize("blank", [[], ["x", "y"], [None]])
def test_25_rows_are_searched(blank):
    assert find_hashtag_row([blank] * 24 + [["#org"]]).index == 24
    assert find_hashtag_row([blank] * 25 + [["#org"]]) is None


def test_without_hashtags_there_is_none():
    assert find_hashtag_row([]) is None
    assert find_hashtag_row([["Place", "Deaths"], ["Kas", "3"]]) is None


@given(tables)
def test_rows_are_read_as_in_libhxl(rows):
    found = find_hashtag_row(rows)
    theirs = _libhxl_columns(rows)
    if found is None:
        assert theirs is None
        return
    assert [str(tag or "") for tag in found.tags] == [column.display_tag for column in theirs]
    headers = [column.header for column in theirs]
    assert list(found.headers) == [None if header is None else str(header) for header in headers]


def _libhxl_columns(rows):
    above = []
    for row in rows[:25]:
        columns = hxl.model.Column.parse_list(row, above)
        if columns is not None:
            return columns
        above = row
    return None


def test_columns_are_recognised_by_their_tags_in_any_order_of_attributes():
    assert recognise(TAGS, {"place": "#adm1+name", "women": "#affected+f+killed"}) == {
        "place": (0,),
        "women": (1,),
    }


def test_absent_and_ambiguous_fields_are_reported():
    assert recognise(TAGS, {"killed": "#affected+killed", "date": "#date"}) == {"killed": (), "date": (3, 4)}


def test_a_wanted_tag_must_be_a_tag():
    with pytest.raises(UsageError, match="deaths: hxl_tag 'affected' is not an HXL tag"):
        recognise(TAGS, {"deaths": "affected"})


@given(st.lists(st.sampled_from(TAGS)))
def test_a_field_gets_every_column_of_its_tag(tags):
    found = recognise(tags, {"date": "#date"})["date"]
    assert [tags[column] for column in found] == [tag for tag in tags if tag == Tag("#date")]
