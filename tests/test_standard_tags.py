"""Tags, patterns and the core vocabulary."""

import unicodedata

import hxl.datatypes
import hxl.model
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hxl_kit.errors import UsageError
from hxl_kit.standard.tags import (
    Tag,
    TagPattern,
    core_attributes,
    core_hashtags,
    fold,
    parse_cell,
    parse_pattern,
    parse_tag,
)

names = st.from_regex("[A-Za-z][A-Za-z0-9_]{0,4}", fullmatch=True)
tags = st.builds(Tag, names.map("#{}".format), st.lists(names, max_size=4).map(tuple))
patterns = st.builds(
    TagPattern,
    names.map(str.lower).map("#{}".format) | st.just("#*"),
    st.frozensets(names.map(str.lower), max_size=3),
    st.frozensets(names.map(str.lower), max_size=3),
)
specs = st.lists(
    st.sampled_from(["#", "*", "+", "-", "!", " ", "\t", "\n", "\xa0", "a", "B", "_", "9", "é", ",", "adm1"]),
    max_size=9,
).map("".join)
"""Texts made of what tags and patterns are made of, so that many are valid and more are nearly so."""
few_tags = st.from_regex("#[ab]( ?[+][abc]){0,3}", fullmatch=True)
few_patterns = st.from_regex("#?[aAb*](( ?[+-][abC]){0,3}|([+][abc]){0,3} ?!)", fullmatch=True)
"""Of few names, so that patterns and tags meet."""


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("#affected+killed+f", "#affected+killed+f"),
        (" #Affected +KILLED\t+f ", "#affected+killed+f"),
        ("#adm1", "#adm1"),
        ("#x_risk+v_2", "#x_risk+v_2"),
        ("#foo+a+a", "#foo+a+a"),
    ],
)
def test_a_tag_is_read_and_shown(spec, shown):
    assert str(parse_tag(spec)) == shown


@pytest.mark.parametrize(
    "spec",
    [
        " ",
        "#",
        "affected",
        "##adm1",
        "# adm1",
        "#1adm",
        "#_adm",
        "#affected+2013",
        "#affected+",
        "#affected + f",
        "#affected-f",
        "#affected+f!",
        "#*",
        "#adm1,#adm2",
        "#adm1 #adm2",
        "#fóo",
        "＃foo",
        "",
    ],
)
def test_what_is_not_a_tag_is_none(spec):
    assert parse_tag(spec) is None


def test_the_order_of_attributes_is_shown_and_otherwise_ignored():
    one, other = Tag("#affected", ("killed", "f")), Tag("#Affected", ("F", "killed"))
    assert one == other
    assert hash(one) == hash(other)
    assert (str(one), str(other)) == ("#affected+killed+f", "#affected+f+killed")
    assert one.sorted == other.sorted == "#affected+f+killed"
    assert one != Tag("#affected", ("killed",))


@given(tags)
def test_a_shown_tag_is_read_back(tag):
    assert parse_tag(str(tag)) == tag
    assert str(parse_tag(str(tag))) == str(tag)


@given(specs)
def test_case_is_folded(spec):
    assert parse_tag(spec.upper()) == parse_tag(spec.lower())


@given(specs)
def test_a_tag_survives_folding(text):
    tag = parse_tag(text)
    assert tag is None or parse_cell(text) == tag


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("＃foo", "#foo"),
        ("#fóo＋É", "#foo+e"),
        ("\ufeff#org", "#org"),
        ("\u200f#adm1\u200e +name", "#adm1+name"),
        ("#org\u200b+name\xa0+f", "#org+name+f"),
        ("#adm١+v_٢", "#adm1+v_2"),
        ("#Łódź+straße", "#lodz+strasse"),
    ],
)
def test_cells_are_folded_first(cell, shown):
    assert str(parse_cell(cell)) == shown


DIFFERENCES = {
    "#жертвы": ("#zhertvy", "a word of another script is not an HXL name; nobody means its transliteration"),
    "#org♯": ("#org#", "a symbol is not the sign that it looks like"),
    "♯org": ("#org", "a symbol is not the sign that it looks like"),
    "#org😀": ("#org", "what is not understood is not dropped"),
    "#org\ufffd": ("#org", "a damaged cell does not turn into a whole one"),
    "#µg": ("#ug", "a Greek letter is not transliterated"),
}
"""Cell -> what libhxl folds it to, and why hxl_kit leaves it untagged (docs/hxl.md)."""


@pytest.mark.parametrize("cell", DIFFERENCES)
def test_nothing_is_transliterated_or_dropped(cell):
    assert parse_cell(cell) is None
    assert hxl.datatypes.normalise_string(cell) == DIFFERENCES[cell][0]


def test_latin_letters_and_digits_fold_as_in_libhxl():
    letters = [c for c in map(chr, range(0x180)) if unicodedata.category(c)[0] == "L" and c not in "µĿŀŉ"]
    characters = [
        *letters,
        *"0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९০১২৩৪৫৬৭৮৯０１２３４５６７８９＃＋－！＊＿",
    ]
    assert [fold(c) for c in characters] == [hxl.datatypes.normalise_string(c) for c in characters]


@pytest.mark.parametrize(
    ("pattern", "tag", "selected"),
    [
        ("#affected", "#affected+killed", True),
        ("affected+Killed", "#affected+f+killed", True),
        ("#affected+killed", "#affected", False),
        ("#affected-f", "#affected+f", False),
        ("#affected-f", "#affected+m", True),
        ("#affected!", "#affected", True),
        ("#affected!", "#affected+f", False),
        ("#affected+f+killed!", "#affected+killed+f", True),
        ("*", "#adm1", True),
        ("#*+code-v_pcode", "#adm1+code", True),
        ("#*+code-v_pcode", "#adm1+code+v_pcode", False),
        ("#adm1+code-code", "#adm1+code", False),
    ],
)
def test_patterns_select(pattern, tag, selected):
    assert parse_pattern(pattern).matches(parse_tag(tag)) is selected


@given(patterns, tags, st.randoms())
def test_matching_ignores_the_order_of_attributes(pattern, tag, random):
    shuffled = Tag(tag.hashtag, tuple(random.sample(tag.attributes, len(tag.attributes))))
    assert pattern.matches(tag) is pattern.matches(shuffled)


@given(patterns)
def test_a_shown_pattern_is_read_back_and_never_selects_an_untagged_column(pattern):
    assert parse_pattern(str(pattern)) == pattern
    assert not pattern.matches(None)


@given(tags)
def test_an_absolute_pattern_selects_the_tag_that_it_names(tag):
    assert parse_pattern(f"{tag}!").matches(tag)
    assert not parse_pattern(f"{tag}!").matches(Tag(tag.hashtag, (*tag.attributes, "further")))


@pytest.mark.parametrize(
    "spec", ["", "  ", "##tag", "#tag+", "#tag+1a", "#tag + foo", "#tÁg", "#tag!!", "#a,#b"]
)
def test_a_bad_pattern_is_named(spec):
    with pytest.raises(UsageError, match="not a tag pattern") as caught:
        parse_pattern(spec)
    assert f"'{spec}'" in str(caught.value)


def test_an_absolute_pattern_cannot_exclude():
    with pytest.raises(UsageError, match=r"'#foo\+a-b!' ends in '!' and excludes attributes"):
        parse_pattern("#foo+a-b!")


@given(specs)
@example("#adm1 +a\t+B ")
def test_tags_are_read_as_in_libhxl(spec):
    theirs = hxl.model.Column.parse(spec)
    ours = parse_tag(spec)
    assert bool(theirs) is (ours is not None)
    if theirs:
        assert (str(ours), ours.sorted) == (theirs.display_tag, theirs.get_display_tag(sort_attributes=True))


@given(specs, tags)
@example("#a+b-c!", Tag("#a", ("b",)))
def test_patterns_are_read_and_select_as_in_libhxl(spec, tag):
    theirs = _libhxl_pattern(spec)
    if theirs is None:
        with pytest.raises(UsageError):
            parse_pattern(spec)
        return
    ours = parse_pattern(spec)
    assert (ours.hashtag, ours.include, ours.exclude, ours.absolute) == (
        theirs.tag,
        theirs.include_attributes,
        theirs.exclude_attributes,
        theirs.is_absolute,
    )
    assert ours.matches(tag) is theirs.match(hxl.model.Column.parse(str(tag)))


@given(few_patterns, few_tags)
def test_verdicts_are_those_of_libhxl(pattern, tag):
    theirs = hxl.model.TagPattern.parse(pattern).match(hxl.model.Column.parse(tag))
    assert parse_pattern(pattern).matches(parse_tag(tag)) is theirs


def _libhxl_pattern(spec):
    try:
        return hxl.model.TagPattern.parse(spec)
    except (hxl.HXLException, ValueError):
        return None


def test_the_core_vocabulary():
    hashtags = {core.hashtag: core for core in core_hashtags()}
    attributes = {core.attribute: core for core in core_attributes()}
    assert sum(core.final for core in core_hashtags()) == 44
    assert sum(core.final for core in core_attributes()) == 53
    assert hashtags["#affected"].type == "number"
    assert "killed" in hashtags["#affected"].attributes
    assert hashtags["#affected"].later_attributes == ("returnees",)
    assert hashtags["#country"].vocabulary == "v_iso3"
    assert attributes["killed"].hashtags == ("#affected",)


def test_the_core_vocabulary_is_well_formed_and_agrees_with_itself():
    attributes = {core.attribute: core for core in core_attributes()}
    for core in core_hashtags():
        assert parse_tag(core.hashtag) == Tag(core.hashtag)
        for attribute in core.attributes:
            assert core.hashtag in attributes[attribute].hashtags
    for core in core_attributes():
        assert parse_tag(f"#x+{core.attribute}") == Tag("#x", (core.attribute,))
