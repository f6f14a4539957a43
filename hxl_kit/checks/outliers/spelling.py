"""Names that a row or two write almost as many others do.

Pairs are found by what is left of two names when one letter of each is left out (the deletions of Bocek, Hunt and
Stiller, "Fast Similarity Search in Large Dictionaries", 2007): one letter changed, missing or too many, two letters
exchanged, or one missing and another too many, and names that differ in case, accents or punctuation alone.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_RARE = 2
_FREQUENT, _FREQUENT_NEAR = (10, 20), (4, 4)
"""A spelling is rare on up to two rows, and frequent on so many rows and so many times the rows of the rare one.

Of places near one another, which are hardly ever called almost the same, fewer rows will do.
"""

_SHORTEST = 6
_SHORTEST_PLACE = 4
_SHORTEST_NEAR = 3
"""Words of fewer letters, with digits, or in capitals are often other words with one letter changed."""

_ROMAN = re.compile(r"[ivxlc]+", re.IGNORECASE)
_DEGREES = 0.05
"""Places of the two spellings lie within some 5 km of one another."""

_AT_ONCE = 50_000
_COLUMNS = {"row_number": pl.UInt32, "count": pl.UInt32, "row": pl.UInt32}


def misspelt(rows: pl.DataFrame, column: str, within: Sequence[str], *, placed: bool = False) -> pl.DataFrame:
    """Return the rows whose name is almost that of many others: row_number, count (of the others), row (their first).

    Names are compared where the columns `within` are equal; of places that are `placed`, near ones only.
    """
    names = _counted(rows, column, within)
    rare = names.filter(pl.col("count") <= _MOST_RARE)
    fewest, times = _FREQUENT_NEAR if placed else _FREQUENT
    frequent = names.filter(pl.col("count") >= fewest)
    if rare.is_empty() or frequent.is_empty():
        return pl.DataFrame(schema=_COLUMNS)
    pairs = _almost(rare, frequent, within).filter(
        pl.col("count") * times <= pl.col("count_other"), *([_near()] if placed else [])
    )
    shortest = _SHORTEST_NEAR if placed else _SHORTEST_PLACE if within else _SHORTEST
    slips = [_is_slip(one, other, shortest) for one, other in pairs.select("name", "name_other").iter_rows()]
    found = _without_known(pairs.filter(pl.Series(slips, dtype=pl.Boolean)))
    likeliest = found.sort("count_other", descending=True).unique("first", keep="first", maintain_order=True)
    return (
        likeliest.select("rows", count="count_other", row="first_other")
        .explode("rows")
        .rename({"rows": "row_number"})
    )


def _counted(rows: pl.DataFrame, column: str, within: Sequence[str]) -> pl.DataFrame:
    """Return the distinct names: folded, count, first row, the rows of rare ones, and where they are."""
    counted = (
        rows.filter(pl.col(column).is_not_null())
        .group_by(column, *within)
        .agg(
            *(pl.col(name).median() for name in ("latitude", "longitude") if name in rows.columns),
            count=pl.len(),
            first=pl.col("row_number").min(),
            rows=pl.col("row_number").head(_MOST_RARE),
        )
    )
    text = pl.col(column).cast(pl.String)
    plain = text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    return counted.select(
        pl.all().exclude(column),
        name=text,
        folded=plain.str.replace_all(r"[^\p{L}\p{N}]+", " ").str.strip_chars(),
    )


def _almost(rare: pl.DataFrame, frequent: pl.DataFrame, within: Sequence[str]) -> pl.DataFrame:
    """Return the pairs of rare and frequent names that are the same but for a letter of each, a part at a time."""
    key = [*within, "left"]
    theirs = _shortened(frequent).select(*key, pl.all().exclude(*key).name.suffix("_other"))
    parts = [
        _shortened(part).join(theirs, on=key, nulls_equal=True).filter(pl.col("name") != pl.col("name_other"))
        for part in rare.iter_slices(_AT_ONCE)
    ]
    return pl.concat(parts).drop("left").unique(["first", "first_other"])


def _shortened(names: pl.DataFrame) -> pl.DataFrame:
    """Return each name as often as it has letters, with the hash of the name without one of them, and of the whole: `left`."""
    size = pl.col("folded").str.len_chars()
    letters = names.with_columns(cut=pl.int_ranges(0, size)).explode("cut", empty_as_null=True)
    short = pl.col("folded").str.slice(0, pl.col("cut")) + pl.col("folded").str.slice(pl.col("cut") + 1)
    cut = letters.filter(pl.col("cut").is_not_null()).with_columns(left=short.hash()).drop("cut")
    return pl.concat([cut, names.with_columns(left=pl.col("folded").hash())])


def _near() -> pl.Expr:
    """Return whether two places are near one another, as far as their coordinates are known."""
    north = (pl.col("latitude") - pl.col("latitude_other")).abs() <= _DEGREES
    east = (pl.col("longitude") - pl.col("longitude_other")).abs() <= _DEGREES
    return (north & east).fill_null(value=False)


def _is_slip(rare: str, frequent: str, shortest: int) -> bool:
    """Return whether what differs may be a slip: in long words, not in numbers, acronyms or words of their own."""
    ours, theirs = _words(rare), _words(frequent)
    if "".join(ours).casefold() == "".join(theirs).casefold():
        return True
    if len(ours) != len(theirs):
        return False
    pairs = [
        (one, other) for one, other in zip(ours, theirs, strict=True) if one.casefold() != other.casefold()
    ]
    return all(_is_word(one, shortest) and _is_word(other, shortest) for one, other in pairs) and not any(
        {one.lower(), other.lower()} <= _known_words() for one, other in pairs
    )


def _words(name: str) -> list[str]:
    plain = "".join(
        letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter)
    )
    return re.findall(r"\w+", plain)


def _is_word(word: str, shortest: int) -> bool:
    is_name = word.isalpha() and not (word.isupper() and word.isascii())
    return is_name and len(word) >= shortest and not _ROMAN.fullmatch(word)


def _without_known(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the pairs whose rare name is no unit's of the gazetteer: two units may be called almost the same."""
    if pairs.is_empty():
        return pairs
    known = gazetteer().names.select(name=pl.col("name").str.to_lowercase(), country="location_code").unique()
    lower = pairs.with_columns(asked=pl.col("name").str.to_lowercase())
    if "country" in pairs.columns:
        return lower.join(
            known,
            left_on=["asked", pl.col("country").cast(pl.String)],
            right_on=["name", "country"],
            how="anti",
        )
    return lower.join(known, left_on="asked", right_on="name", how="anti")


@cache
def _known_words() -> frozenset[str]:
    """Return the words of places and the names of countries: east is no slip of west, Zambia none of Gambia."""
    with schemas.path_of("words", "place_words.csv").open(encoding="utf-8", newline="") as file:
        words = [row["word"] for row in csv.DictReader(file)]
    titles = [code.title for code in codelist("location").codes]
    return frozenset(word for text in (*words, *titles) for word in re.findall(r"\w+", text.lower()))
