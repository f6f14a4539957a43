"""The words and letters of names of places: `schemas/words/place_*.csv`."""

from __future__ import annotations

from functools import cache

import polars as pl

from hxl_kit.places.matching.scripts import plain
from hxl_kit.standard import schemas

EVERYWHERE = ("en", "fr", "es", "pt")
"""Languages whose words for kinds of units count in every country: providers write in them."""

_ORDER = ("name", "exonym", "direction", "generic", "article", "particle", "abbreviation", "numeral")


@cache
def words(location_code: str) -> pl.DataFrame:
    """Return the words of weight or of none in a country's names: word, kind, means; a row per word.

    Words for kinds of units count in the country's languages and those of `EVERYWHERE`; directions, articles and
    particles in the country's and English, since "sur" is south in one language and a town in another. Kind "name"
    is of a word that is none of them in the country, as "Vi" is no numeral in Vietnam.
    """
    own = [*(name for name in _languages(location_code) if name != "en"), "en", ""]
    general = pl.col("kind").is_in(["generic", "exonym", "abbreviation"]) & pl.col("language").is_in(
        EVERYWHERE
    )
    return (
        _table("place_words")
        .filter(pl.col("language").is_in(own) | general)
        .filter(~pl.col("kind").is_in(["ending", "nowhere"]), ~pl.col("word").str.contains(" ", literal=True))
        .sort(
            pl.col("kind").replace_strict(_ORDER, range(len(_ORDER))),
            pl.col("language").replace_strict(own, range(len(own)), default=len(own)),
        )
        .unique("word", keep="first", maintain_order=True)
        .select("word", "kind", "means")
    )


@cache
def endings(location_code: str) -> tuple[str, ...]:
    """Return the endings of adjectives made from names, as in "Kharkivska", the longest first; none in most countries."""
    own = pl.col("language").is_in(_languages(location_code))
    found = _table("place_words").filter(pl.col("kind") == "ending", own)["word"].unique()
    return tuple(sorted(found, key=lambda word: (-len(word), word)))


@cache
def nowhere() -> frozenset[str]:
    """Return what is written where no place is named: "unknown", "other"."""
    return frozenset(_table("place_words").filter(pl.col("kind") == "nowhere")["word"])


def _languages(location_code: str) -> list[str]:
    rows = _table("place_languages").filter(pl.col("location_code") == location_code)
    return rows["language"].to_list()


@cache
def _table(name: str) -> pl.DataFrame:
    rows = pl.read_csv(schemas.path_of("words", f"{name}.csv"), infer_schema=False).fill_null("")
    if name != "place_words":
        return rows
    # Words are compared as names are: without accents, in the script's plain letters.
    return rows.with_columns(word=plain(rows["word"])).filter(pl.col("word") != "")
