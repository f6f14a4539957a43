"""Names of places brought to forms that can be compared: what two spellings of one name have in common.

The words that are set aside ("governorate", "the", "al-"), brought to one language ("nord", "utara") or written out
("St.") are in `schemas/words/place_words.csv`; which languages a country's names are in, in `place_languages.csv`.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist, cpdist

from hxl_kit.places.matching import words
from hxl_kit.places.matching.scripts import plain, romanised, script

MARK = "<"
"""Begins a word that tells units apart: a direction or a number. Such a word is never taken for another."""

UNMISTAKABLE = 8
SHORT, LONG = 3, 7
"""A misspelt word for a kind of unit has more than SHORT letters; the right one of LONG letters may have two slips. One
of UNMISTAKABLE letters is known in any country."""

FORMS = (
    "script", "written", "plain", "solid", "named", "core", "joined", "brief", "ordered", "key", "ordered_key", "bones",
    "words", "sounds", "classes",
)  # fmt: skip

_SOUNDS = {
    "shch": "s", "tch": "s", "sch": "s", "dzh": "j", "sh": "s", "ch": "s", "dj": "j", "zh": "j", "kh": "h", "gh": "g",
    "dh": "d", "th": "t", "ph": "f", "bh": "b", "ck": "k", "qu": "k", "oo": "u", "ou": "u", "ee": "i", "ei": "i",
    "ey": "i", "ie": "i", "q": "k", "c": "k", "w": "v", "x": "h", "y": "i", "e": "i", "o": "u",
}  # fmt: skip
_DIGITS = {chr(ord(zero) + digit): str(digit) for zero in "٠۰०০੦૦௦౦೦൦๐໐༠၀០᠐" for digit in range(10)}
_DOUBLES = {letter * 2: letter for letter in "abcdefghijklmnopqrstuvwxyz"}


def fold(names: pl.Series, location: str | pl.Series, units: pl.Series | None = None) -> pl.DataFrame:
    """Return the forms of names of a country's units, a row per name, in the same order.

    Columns: script; written (the name but for letter case and spaces); plain (without accents and punctuation);
    solid (plain without spaces); named (without words for kinds of units); core (the words left when all those of no
    weight are set aside); joined (core without spaces); brief (the same with directions as initials, since that they
    agree says little) and ordered (with its words sorted); key and ordered_key (these with letters made the same that
    transliterations exchange); bones (the consonants of key); words and sounds (those of core and of key); classes
    (what the words set aside say: "city").

    Args:
        names: the names.
        location: ISO 3166-1 alpha-3, of all names or of each.
        units: plain names of the country's units; a misspelling of a word for a kind of unit or of a direction in
            them ("Distrct", "Sothern") is taken for it.
    """
    rows = (
        names.rename("name")
        .to_frame()
        .select(
            written=_written(pl.col("name")),
            location_code=location if isinstance(location, pl.Series) else pl.lit(location),
        )
    )
    rows = rows.with_columns(script=script(pl.col("written")), plain=plain(rows["written"])).with_row_index(
        "id"
    )
    weighed = rows.join(_weighed(rows, units), on="id", how="left", maintain_order="left")
    brief, sounds = (_brief(pl.col(name)) for name in ("words", "sounds"))
    return weighed.with_columns(
        solid=pl.col("plain").str.replace_all(" ", "", literal=True),
        core=pl.col("words").list.join(" "),
        joined=pl.col("words").list.join("").str.replace_all(MARK, "", literal=True),
        brief=brief.list.join(""),
        ordered=brief.list.sort().list.join(""),
        key=sounds.list.join(""),
        ordered_key=sounds.list.sort().list.join(""),
        bones=bones(sounds.list.join("")),
    ).select(FORMS)


def sound(word: pl.Expr) -> pl.Expr:
    """Return a word in small Latin letters with those letters made the same that transliterations exchange."""
    return _each(_each(word.str.replace(r"([aeiou])h$", "$1"), _SOUNDS), _DOUBLES)


def bones(key: pl.Expr) -> pl.Expr:
    """Return the consonants of a key."""
    return _each(key.str.replace_all(r"[aiu]", ""), _DOUBLES)


def _written(name: pl.Expr) -> pl.Expr:
    text = _each(name.cast(pl.String).fill_null("").str.normalize("NFKC").str.to_lowercase(), _DIGITS)
    return text.str.replace_all(r"\s+", " ").str.strip_chars()


def _brief(words: pl.Expr) -> pl.Expr:
    return words.list.eval(pl.element().str.replace(rf"^({MARK}\p{{L}})\p{{L}}*$", "$1"))


def _weighed(rows: pl.DataFrame, units: pl.Series | None) -> pl.DataFrame:
    """Return for each id the words that carry the name, as they are compared, and the classes the others say."""
    of_weight = pl.concat(
        words.words(place).with_columns(location_code=pl.lit(place))
        for place in (*rows["location_code"].unique(maintain_order=True), "")
    )
    found = rows.select("id", "location_code", "script", word=pl.col("plain").str.split(" ")).explode("word")
    if units is not None:
        of_country = of_weight.filter(pl.col("location_code") == rows["location_code"].first())
        mended = pl.Series(_mended(found["word"], units, of_country))
        found = found.with_columns(word=pl.when(pl.len().over("id") > 1).then(mended).otherwise("word"))
    found = (
        found.join(of_weight, on=["location_code", "word"], how="left", maintain_order="left")
        .with_columns(aside=pl.col("kind").is_in(["generic", "article", "particle"]).fill_null(value=False))
        # A name of nothing but such words ("Centre", "Capital") keeps them.
        .with_columns(pl.col("aside") & ~pl.col("aside").all().over("id"))
        .with_columns(_canonical())
    )
    latin = romanised(found)
    kept, generic = ~pl.col("aside"), (pl.col("kind") == "generic") & pl.col("aside")
    return (
        found.with_columns(sounds=latin)
        .with_columns(sound(pl.col("sounds")))
        .group_by("id", maintain_order=True)
        .agg(
            words=pl.col("word").filter(kept),
            sounds=pl.col("sounds").filter(kept),
            named=pl.col("word").filter(kept | (pl.col("kind") == "article")).str.join(" "),
            classes=pl.col("means").filter(generic).unique().sort(),
        )
    )


def _mended(word: pl.Series, units: pl.Series, of_weight: pl.DataFrame) -> pl.Series:
    """Return words with those put right that misspell a direction in the units' names or a word for a kind of unit.

    The latter stands in their names, or it is long ("municpality"): a short one may be a name.
    """
    used = units.str.split(" ").explode().unique().implode()
    length = pl.col("word").str.len_chars()
    direction = pl.col("kind") == "direction"
    generic = (pl.col("kind") == "generic") & (pl.col("word").is_in(used) | (length >= UNMISTAKABLE))
    right = of_weight.filter(generic | direction, length >= SHORT).select(
        right="word", heard=sound(pl.col("word"))
    )
    odd = word.unique().to_frame("word").filter(length > SHORT, ~pl.col("word").is_in(used))
    odd = odd.join(of_weight, on="word", how="anti").select("word", heard=sound(pl.col("word")))
    if not right.height or not odd.height:
        return word
    same = odd.join(right, on="heard", maintain_order="left_right").select("word", "right")
    found = pl.concat([same, _slips(odd["word"], right["right"])]).unique(
        "word", keep="first", maintain_order=True
    )
    found = found.filter(pl.col("right").is_in(used) | (pl.col("right").str.len_chars() >= UNMISTAKABLE))
    found = found.filter(_is_nearest(found, units, of_weight))
    return word.replace(found["word"], found["right"])


def _is_nearest(slips: pl.DataFrame, units: pl.Series, of_weight: pl.DataFrame) -> pl.Series:
    """Return whether each word is nearer to the right one than to any word of a unit's name: Salamiyah, Salamiyeh."""
    names = units.str.split(" ").explode().unique()
    names = names.filter(~names.is_in(of_weight["word"].implode()))
    if not slips.height or not names.len():
        return pl.Series([True] * slips.height, dtype=pl.Boolean)
    to_names = cdist(slips["word"].to_list(), names.to_list(), scorer=OSA.distance, dtype=np.uint8).min(
        axis=1
    )
    to_right = cpdist(slips["word"].to_list(), slips["right"].to_list(), scorer=OSA.distance, dtype=np.uint8)
    return pl.Series(to_right < to_names)


def _slips(odd: pl.Series, right: pl.Series) -> pl.DataFrame:
    """Return words with the right word that each misspells; a slip that may be of two words ("Eest") is of none."""
    away = cdist(odd.to_list(), right.to_list(), scorer=OSA.distance, score_cutoff=2, dtype=np.uint8)
    allowed = 1 + (right.str.len_chars().to_numpy() >= LONG)
    at, of = np.nonzero((away <= allowed) & (away == away.min(axis=1, keepdims=True)))
    slips = pl.DataFrame({"word": odd.gather(at), "right": right.gather(of)})
    return slips.filter(pl.len().over("word") == 1)


def _canonical() -> pl.Expr:
    """Return a word as it is compared: directions and numbers marked, abbreviations and exonyms replaced."""
    several, long = (~pl.col("aside")).sum().over("id") > 1, pl.len().over("id") > 1
    last = pl.int_range(pl.len(), 0, -1).over("id") == 1
    number = pl.col("word").str.extract(r"^0*(\w*\d\w*)$")
    roman = (pl.col("kind") == "numeral") & long & last
    return (
        pl.when(number.is_not_null())
        .then(MARK + number)
        .when(roman)
        .then(MARK + pl.col("means"))
        .when((pl.col("kind") == "direction") & several)
        .then(MARK + pl.col("means"))
        .when(pl.col("kind").is_in(["direction", "abbreviation", "exonym"]))
        .then("means")
        .otherwise("word")
        .alias("word")
    )


def _each(text: pl.Expr, instead: dict[str, str]) -> pl.Expr:
    return text.str.replace_many(list(instead), list(instead.values()), leftmost=True)
