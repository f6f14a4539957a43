"""Words to quantities: the data model's table, real phrases, and what must hold of any text."""

import csv
import doctest
import json
import unicodedata
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.errors import UsageError
from hxl_kit.figures.lexicon import LANGUAGES, fold
from hxl_kit.figures.quantities import Quantity, format_quantity, read_parts, read_quantity
from hxl_kit.standard import schemas

DOCS = Path(__file__).parents[1] / "docs" / "quantities.md"
UNKNOWN = (None, None, None, "unknown", "", "")


def brief(text, **context):
    q = read_quantity(text, **context).as_json()
    assert q.pop("text") == text
    return tuple(q.values())


def exact(number, unit=""):
    return (number, number, number, "exact", "stated", unit)


def plural(low, unit=""):
    return (None, low, None, "order_of_magnitude", "convention:plural-v1", unit)


TABLE = {
    "80": exact(80),
    "three": exact(3),
    "٣٧٠٬٠٠٠": exact(370_000),
    "2,5 millones": exact(2_500_000),
    "over 80": (80, 81, None, "more_than", "stated", ""),
    "80+": (80, 81, None, "more_than", "stated", ""),
    "more than 80 people": (80, 81, None, "more_than", "stated", "person"),
    "at least 15": (15, 15, None, "at_least", "stated", ""),
    "no fewer than 15": (15, 15, None, "at_least", "stated", ""),
    "nearly 10 km": (10, None, 10, "nearly", "stated", "km"),
    "up to 200": (200, None, 200, "at_most", "stated", ""),
    "fewer than 30": (30, None, 29, "less_than", "stated", ""),
    "fewer than 30 km": (30, None, 30, "less_than", "stated", "km"),
    "over three million": (3_000_000, 3_000_001, None, "more_than", "stated", ""),
    "a dozen": (12, None, None, "approximately", "stated", ""),
    "two dozen": (24, None, None, "approximately", "stated", ""),
    "approximately 500,000": (500_000, None, None, "approximately", "stated", ""),
    "dozens": plural(24),
    "scores": plural(40),
    "hundreds": plural(200),
    "thousands": plural(2000),
    "tens of thousands of families": plural(20_000, "household"),
    "hundreds of thousands": plural(200_000),
    "millions": plural(2_000_000),
    "20–30": (None, 20, 30, "range", "stated", ""),
    "between 60,000 and 80,000": (None, 60_000, 80_000, "range", "stated", ""),
    "low 3 best 5 high 9": (5, 3, 9, "range", "source_range", ""),
    "UCDP low 4 best 4 high 4": (4, 4, 4, "exact", "source_range", ""),
    "low 5 best 3 high 9": (3, 5, 9, "range", "source_range", ""),
    "several": UNKNOWN,
    "unknown": UNKNOWN,
    "not 80 but 90": UNKNOWN,
}

SEED = {
    "46 others were injured": exact(46, "person"),
    "14 others": exact(14),
    "three children": exact(3, "person"),
    "At least ten civilians ... including a 10-year-old child": (
        10,
        10,
        None,
        "at_least",
        "stated",
        "person",
    ),
    "More than 14,000 people – nearly half are children": (
        14_000,
        14_001,
        None,
        "more_than",
        "stated",
        "person",
    ),
    "at least 370,000 ..., including 100,000 who left their homes more than once": (
        370_000,
        370_000,
        None,
        "at_least",
        "stated",
        "",
    ),
    "An estimated 800,000 to 1 million people": (None, 800_000, 1_000_000, "range", "stated", "person"),
    "334.000 (Indonesian thousands separator = 334,000)": UNKNOWN,
    "lebih dari 40.000 (more than 40,000)": UNKNOWN,
    "over five thousand IDPs": (5000, 5001, None, "more_than", "stated", "person"),
    "just under 10,000": (10_000, None, 9999, "less_than", "stated", ""),
    "Over one thousand ... peak of 800 on 11 December": (1000, 1001, None, "more_than", "stated", ""),
    "58,350 (26% men, 28% women and 46% children)": exact(58_350),
    "some 3,000 families": (3000, None, None, "approximately", "stated", "household"),
    "more than reported 10,870 individuals": (10_870, 10_871, None, "more_than", "stated", "person"),
    "seven massacres": exact(7, "event"),
    "94 civilian deaths ... 39 children, 12 women, and 43 men": exact(94, "person"),
    "1,264 civilians ..., including 242 children and 118 women": exact(1264, "person"),
    "over 80 civilian casualties due to drone strikes since the start of the year": (
        80,
        81,
        None,
        "more_than",
        "stated",
        "person",
    ),
    "nearly 10 kilometres (6 miles) from Aleppo's outskirts": (10, None, 10, "nearly", "stated", "km"),
    "a dozen towns and villages in Aleppo province": (
        12,
        None,
        None,
        "approximately",
        "stated",
        "settlement",
    ),
    "home to over three million people": (3_000_000, 3_000_001, None, "more_than", "stated", "person"),
    "20 IDP camps": exact(20, "settlement"),
    "500 displaced families": exact(500, "household"),
    "between 2000 and 3000 people": (None, 2000, 3000, "range", "stated", "person"),
    "20 to 30 million": (None, 20_000_000, 30_000_000, "range", "stated", ""),
    "two to three hundred thousand": (None, 200_000, 300_000, "range", "stated", ""),
    "two (2) children": exact(2, "person"),
    "12 killed on 26 November 2024": exact(12, "person"),
}

QUALIFIED = {
    "more_than": [">80", "plus de 80", "más de 80", "أكثر من 80", "понад 80", "более 80", "well over 80"],
    "at_least": [
        "≥80",
        "80 or more",
        "80 people at least",
        "au moins 80",
        "al menos 80",
        "ما لا يقل عن 80",
        "щонайменше 80",
        "не менее 80",
    ],
    "nearly": [
        "close to 80",
        "près de 80",
        "casi 80",
        "cerca de 80",
        "ما يقرب من 80",
        "майже 80",
        "почти 80",
    ],
    "at_most": ["≤ 80", "as many as 80", "jusqu'à 80", "hasta 80", "حتى 80", "до 80", "не более 80"],
    "less_than": [
        "<80",
        "under 80",
        "moins de 80",
        "menos de 80 familias",
        "أقل من 80",
        "менше 80",
        "менее 80",
    ],
    "approximately": ["~80", "80-odd people", "c. 80", "environ 80", "unos 80", "حوالي 80", "близько 80"],
    "range": ["20 to 80", "de 20 à 80", "entre 20 y 80", "بين 20 و80", "від 20 до 80", "от 20 до 80"],
}

ABSTAINED = [
    "",
    "at least twice",
    "12 killed and 46 injured",
    "12 قتيلا و46 جريحا",
    "three children and a woman",
    "128,000 + 39,000",
    "26%",
    "80 per cent",
    "on 26 November",
    "26 de noviembre",
    "in 2024",
    "2011–2024",
    "at 14:30",
    "$5 million",
    "thousands of dollars",
    "SY0705",
    "F-16 jets",
    "-80",
    "−80",
    "5th",
    "10-year-old child",
    "12-storey buildings",
    "phase 3",
    "barely 80",
    "twice 80",
    "1/3",
    "½ million",
    "one in five children",
    "80 per day",
    "80 more than last week",
    "334.000",
    "2,500 personas",
    "1,25,000",
    "800 to 1 million",
    "1.1m people",
    "between 30 and 20",
    "between more than 20 and 30",
    "up to 20-30",
    "at least 5 and up to 10",
    "hundreds, if not thousands",
    "twenty thirty",
    "тысяч людей",
    "80 persen",
    "≮80",
    "fewer than 0",
    "low 9 best 5 high 3",
]

WORDS = {
    "en": {
        "one hundred and twenty-three thousand four hundred and fifty-six": 123_456,
        "half a million": 500_000,
    },
    "fr": {
        "quatre-vingt-dix-neuf": 99,
        "soixante et onze": 71,
        "deux millions et demi": 2_500_000,
        "cent un": 101,
    },
    "es": {
        "treinta y cinco mil": 35_000,
        "dos mil quinientos millones": 2_500_000_000,
        "quinientas veintidós": 522,
    },
    "ar": {
        "خمسة وعشرون": 25,
        "ثلاثمئة وسبعون ألف": 370_000,
        "ألفان وخمسمئة": 2500,
        "مليون ونصف": 1_500_000,
    },
    "uk": {"двадцять п'ять тисяч": 25_000, "півтора мільйона": 1_500_000, "сто одинадцять": 111},
    "ru": {"две тысячи пятьсот": 2500, "полмиллиона": 500_000, "семьсот двадцать один": 721},
}


@pytest.mark.parametrize(("text", "expected"), [*TABLE.items(), *SEED.items()])
def test_reads_what_the_model_says(text, expected):
    assert brief(text) == expected


@pytest.mark.parametrize(
    ("qualifier", "text"), [(q, text) for q, texts in QUALIFIED.items() for text in texts]
)
def test_reads_qualifiers_of_every_language(qualifier, text):
    q = read_quantity(text)
    bounds = {
        "more_than": (80, 81, None),
        "at_least": (80, 80, None),
        "nearly": (80, None, 80),
        "at_most": (80, None, 80),
        "less_than": (80, None, 79),
        "approximately": (80, None, None),
        "range": (None, 20, 80),
    }
    assert (q.qualifier, (q.value, q.low, q.high)) == (qualifier, bounds[qualifier])


@pytest.mark.parametrize("text", ABSTAINED)
def test_abstains(text):
    assert brief(text) == UNKNOWN


@pytest.mark.parametrize(
    ("language", "text", "number"), [(c, *pair) for c in WORDS for pair in WORDS[c].items()]
)
def test_reads_number_words(language, text, number):
    assert read_quantity(text, language=language).value == number


def test_separators_follow_the_language():
    assert brief("334.000", language="es") == exact(334_000)
    assert brief("334.000", language="id") == exact(334_000)
    assert brief("334.000", language="es-MX") == UNKNOWN
    assert brief("334,000", language="es_MX") == exact(334_000)
    assert brief("2 500 personnes") == exact(2500, "person")
    assert brief("12,5 km") == exact(12.5, "km")


def test_the_unit_of_the_context_counts_where_words_name_none():
    assert brief("over 80", unit="km") == (80, 80, None, "more_than", "stated", "km")
    assert brief("over 80 families", unit="km") == (80, 81, None, "more_than", "stated", "household")


def test_an_unknown_unit_or_language_is_named_with_its_neighbour():
    with pytest.raises(UsageError, match="did you mean 'person'"):
        read_quantity("80", unit="persons")
    with pytest.raises(UsageError, match="language 'xx'"):
        read_quantity("80", language="xx")


def test_parts():
    parts = read_parts("at least 69 civilians, including 26 children, 11 women and several men")
    assert [(q.value, q.qualifier, sex, age) for q, sex, age in parts] == [
        (69, "at_least", "all", "all"),
        (26, "exact", "all", "child"),
        (11, "exact", "female", "adult"),
        (None, "unknown", "male", "adult"),
    ]
    shares = read_parts("58,350 (26% men, 28% women and 46% children)")
    assert [q.value for q, _, _ in shares] == [58_350, None, None, None]
    joint = read_parts("80 killed, including 20 women and children")
    assert [q.value for q, _, _ in joint] == [80, None, None]
    assert [tuple(p[1:]) for p in read_parts("three (3) children")] == [("all", "child")]
    assert [q.value for q, _, _ in read_parts("80 مدنيا بينهم 12 طفلا و5 نساء")] == [80, 12, 5]
    assert [q.qualifier for q, _, _ in read_parts("12 killed and 46 injured")] == ["unknown"]


def test_a_quantity_is_json():
    q = read_quantity("2.5 km")
    assert json.loads(json.dumps(q.as_json()))["value"] == 2.5
    assert type(read_quantity("1.5 million").as_json()["value"]) is int


def test_the_examples_of_the_page():
    assert doctest.testfile(str(DOCS), module_relative=False).failed == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_lists_have_the_same_sections_and_known_units(language):
    def read(name):
        return json.loads(schemas.path_of("quantities", f"{name}.json").read_text(encoding="utf-8"))

    with schemas.path_of("quantities", "units.csv").open(encoding="utf-8") as file:
        units = {row["unit"] for row in csv.DictReader(file)}
    raw = read(language)
    assert read("en").keys() - raw.keys() <= {"bound_scales"}
    own = {"duals", "noun_duals", "halves_of", "governing", "governed", "comparatives"}
    assert raw.keys() - read("en").keys() <= own
    assert raw["units"].keys() == units
    assert raw["qualifiers"].keys() == read("en")["qualifiers"].keys()
    assert not raw["plurals"].keys() & raw["scales"].keys()


PIECES = """
80 3 2,5 334.000 1,264 three a dozen dozens of thousands million hundred over at least nearly up to fewer than about
between and from – - + % ( ) ... including , : children people km killed low best high not several in 2024 26 November
más de millones ألف و خمسة тысяч un et demi
"""
phrases = st.lists(st.sampled_from(PIECES.split()), max_size=9).map(" ".join)
texts = st.text() | phrases
units = st.sampled_from(["", "person", "km", "household"])


@given(texts, units)
def test_any_text_keeps_the_invariants(text, unit):
    q = read_quantity(text, unit=unit)
    assert q.text == text
    assert q.low is None or q.high is None or q.low <= q.high
    assert all(n is None or n >= 0 for n in (q.value, q.low, q.high))
    if q.qualifier == "exact":
        assert q.value == q.low == q.high is not None
    if q.qualifier in {"more_than", "at_least"}:
        assert q.high is None
        assert q.value is not None
    if q.qualifier == "unknown":
        assert q == Quantity(text)


@given(texts, units)
def test_printed_and_read_again_it_is_the_same(text, unit):
    q = read_quantity(text, unit=unit)
    printed = format_quantity(q)
    assert replace(read_quantity(printed), text="") == replace(q, text=""), printed


@given(texts)
def test_parts_never_fail_and_begin_with_the_total(text):
    assert read_parts(text)[0].quantity == read_quantity(text)


@given(
    st.decimals(0, 10**9, places=1) | st.integers(0, 10**12),
    st.sampled_from(["exactly", "more than", "at least", "nearly", "up to", "fewer than", "about"]),
    units,
)
def test_numbers_are_kept_exactly(number, words, unit):
    q = read_quantity(f"{words} {number}", unit=unit)
    if Decimal(number) % 1 and unit in {"person", "household"}:
        assert q.qualifier == "unknown"  # half a person is an average or a slip
    else:
        assert q.value == Decimal(number) or (words == "fewer than" and not number)
    assert replace(read_quantity(format_quantity(q)), text="") == replace(q, text="")


zeros = [chr(c) for c in range(0x110000) if unicodedata.decimal(chr(c), None) == 0]


@given(st.integers(0, 10**9), st.sampled_from(zeros))
def test_digits_of_any_script_are_the_same(number, zero):
    text = "".join(chr(ord(zero) + int(digit)) for digit in str(number))
    assert fold(text) == str(number)
    assert read_quantity(text).value == number


@given(
    st.integers(0, 10**9),
    st.sampled_from(["", "over ", "at least ", "nearly ", "up to ", "about "]),
    st.sampled_from(["people", "families", "attacks", "hospitals", "villages", "cases", "movements"]),
)
def test_a_counted_unit_does_not_change_the_number(number, words, noun):
    bare, named = read_quantity(f"{words}{number}"), read_quantity(f"{words}{number} {noun}")
    assert named.unit
    assert replace(named, text="", unit="") == replace(bare, text="")
