"""Words to quantities: a collection of phrases in six languages, and printing and reading again."""

import csv
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hxl_kit.figures.lexicon import rows
from hxl_kit.figures.quantities import Quantity, format_quantity, read_parts, read_quantity
from hxl_kit.standard.codelists import codelist

FOLDER = Path(__file__).parent / "data" / "figures"
MEASURED = {"km", "square_km"}
MOST = 10**14


def phrases():
    with (FOLDER / "phrases.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def expected(row):
    numbers = (Decimal(row[name]) if row[name] else None for name in ("value", "low", "high"))
    return (row["qualifier"], *numbers, row["unit"])


def test_reads_every_phrase_of_the_collection():
    wrong = {}
    for row in phrases():
        q = read_quantity(row["text"])
        if (q.qualifier, q.value, q.low, q.high, q.unit) != expected(row):
            wrong[row["text"]] = q
    assert wrong == {}


def test_the_collection_has_every_language_qualifier_and_enough_refusals():
    found = phrases()
    assert {row["language"] for row in found} >= {"en", "fr", "es", "ar", "uk", "ru"}
    assert {row["qualifier"] for row in found} == set(codelist("qualifier").values)
    assert sum(row["qualifier"] == "unknown" for row in found) > len(found) / 3


@st.composite
def phrases_in_context(draw):
    """A phrase, and the same phrase between a date or a place and what else a sentence says."""
    contexts = json.loads((FOLDER / "contexts.json").read_text(encoding="utf-8"))
    words = contexts[draw(st.sampled_from(sorted(contexts)))]
    phrase = draw(st.sampled_from(words["phrases"]))
    return phrase, draw(st.sampled_from(words["before"])) + phrase + draw(st.sampled_from(words["after"]))


@given(phrases_in_context())
def test_dates_places_and_other_words_never_change_the_number(pair):
    phrase, sentence = pair
    alone, within = read_quantity(phrase), read_quantity(sentence)
    if within.qualifier != "unknown":
        assert replace(within, text="", unit="") == replace(alone, text="", unit="")


PARTS = {
    "69 civils, dont 26 enfants et 11 femmes": [69, 26, 11],
    "69 civiles, incluidos 26 niños y 11 mujeres": [69, 26, 11],
    "69 مدنيا بينهم 26 طفلا و11 امرأة": [69, 26, 11],
    "69 цивільних, зокрема 26 дітей і 11 жінок": [69, 26, 11],
    "69 мирных жителей, в том числе 26 детей и 11 женщин": [69, 26, 11],
    "مقتل 12 مدنيا بينهم طفلان": [12, 2],
    "12 (5 women, 4 men, 3 children)": [12, 5, 4, 3],
    "12 people, including five children, two of them girls": [12, 5, 2],
    "12 killed, including two aid workers and one child": [12, 1],
    "12 people, including 5 women and children": [12, None, None],
    "12 people, half of them children": [12, None],
    "12 people, not including 3 children": [None],
    "12 people, excluding 3 children": [None],
}


@pytest.mark.parametrize(("text", "values"), PARTS.items())
def test_reads_parts(text, values):
    assert [part.quantity.value for part in read_parts(text)] == values


units = st.sampled_from(["", *(row["unit"] for row in rows("units"))])
whole = st.integers(1, MOST).map(Decimal) | st.integers(1, 10**5).map(Decimal)
tenths = st.decimals(Decimal("0.1"), 10**6, places=1)


@st.composite
def quantities(draw):
    """A quantity of any qualifier and unit as the table of the data model has it."""
    unit = draw(units)
    number = draw(whole | tenths if unit in MEASURED else whole)
    step = 0 if unit in MEASURED else 1
    bounds = {
        "exact": (number, number),
        "more_than": (number + step, None),
        "at_least": (number, None),
        "nearly": (None, number),
        "at_most": (None, number),
        "less_than": (None, number - step),
        "approximately": (None, None),
    }
    qualifier = draw(st.sampled_from([*bounds, "range", "source_range", "order_of_magnitude"]))
    if qualifier in bounds:
        return Quantity("", number, *bounds[qualifier], qualifier, "stated", unit)
    if qualifier == "order_of_magnitude":
        row = draw(st.sampled_from(rows("plural-v1")))
        return Quantity("", None, Decimal(row["low"]), None, qualifier, "convention:plural-v1", unit)
    higher = number + draw(st.integers(1, 900)) * number
    if qualifier == "range":
        return Quantity("", None, number, higher, "range", "stated", unit)
    return Quantity(
        "", draw(st.sampled_from([None, number, higher])), number, higher, "range", qualifier, unit
    )


@given(quantities())
def test_a_printed_quantity_reads_the_same(quantity):
    assume(all(n is None or n < MOST * 10 for n in (quantity.value, quantity.low, quantity.high)))
    printed = format_quantity(quantity)
    assert replace(read_quantity(printed), text="") == quantity, printed


@given(quantities())
def test_a_printed_quantity_is_read_with_its_language_and_after_other_words(quantity):
    printed = format_quantity(quantity)
    read = read_quantity(printed)
    assert read_quantity(printed, language="en") == read
    assume(quantity.bounds_basis != "source_range")
    assert replace(read_quantity(f"{printed} in Idlib, officials said"), text="") == replace(read, text="")


def test_a_part_of_a_person_is_no_count():
    assert read_quantity("5.2 people").qualifier == "unknown"
    assert read_quantity("5.2", unit="person").qualifier == "unknown"
    assert read_quantity("5.2").value == Decimal("5.2")
    assert read_quantity("5.2 km").value == Decimal("5.2")
    assert read_quantity("1.5 million people").value == 1_500_000
