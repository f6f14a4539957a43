"""How alike a name is to a unit's name: what the two spellings share, weighed into a score.

A pair is looked at whole, as sounds, as consonants and word by word. Words that tell units apart (directions,
numbers, single letters) must be the same, or one of them a misspelling of the other. The score is the chance that
the unit is the one meant, fitted by `scripts/fit_place_scores.py`; its weights are in `schemas/words/place_weights.csv`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from hxl_kit.places.matching.folding import MARK
from hxl_kit.places.matching.grams import STRANGE, strange
from hxl_kit.places.matching.known import agreeing
from hxl_kit.places.matching.slips import SHORTENINGS, SLIPS, shortenings, slips
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hxl_kit.places.matching.known import Known

ALIKE = ("written", "whole", "sounds", "bones", "start", "words", "weakest", "initial")
"""The features of a pair of names, each from 0 to 1."""

FEATURES = (
    *ALIKE, *STRANGE, *SLIPS, *SHORTENINGS, "log_among", "among_whole", "among_edits", "shortness", "longer", "edits",
    "one_edit", "whole_sounds", "weakest_squared", "same_bones", "first_letter", "other_class",
)  # fmt: skip

SURE = 0.9999

NEAR_MARK = 0.8
"""How alike a word must be to a direction that it may be a misspelling of."""

UNLIKE = 0.5
"""Words less alike than this are two words."""

INITIAL = 0.9
"""How alike a word is to its initial."""

JOINED = 0.9
"""How alike names must be as a whole that the way they are parted into words does not matter."""


def scored(pairs: pl.DataFrame, asked: pl.DataFrame, known: Known) -> pl.DataFrame:
    """Return the pairs that may be the same place, with FEATURES and score.

    Args:
        pairs: query and row: numbers of rows of asked and known.names.
        asked: the queries' forms, with parent_code.
        known: the units' names.

    Returns:
        query, row, code, inside (whether the unit lies in the query's parent, if one is given), FEATURES and score.
    """
    names = known.names
    said = {"ours": asked["brief"], "our_classes": asked["classes"], "parent_code": asked["parent_code"]}
    units = {
        "theirs": names["brief"],
        "classes": names["classes"],
        "code": names["code"],
        "within": names["within"],
    }
    found = alike(pairs, asked, names).with_columns(
        *(column.gather(pairs["query"]).alias(name) for name, column in said.items()),
        *(column.gather(pairs["row"]).alias(name) for name, column in units.items()),
    )
    found = found.with_columns(
        inside=pl.col("parent_code").is_null() | pl.col("within").list.contains(pl.col("parent_code")),
        other_class=pl.col("our_classes") != pl.col("classes"),
        among=among(found, names),
    )
    same = agreeing(known.telling, "our_classes", "classes")
    # An initial alone says nothing.
    long = pl.min_horizontal(pl.col("ours", "theirs").str.len_chars()) > 1
    found = found.filter(~pl.col("apart"), same, long)
    cores = (forms["core"].gather(found[of]) for forms, of in ((asked, "query"), (names, "row")))
    spellings = _in_one_order(found, asked, names)
    found = pl.concat(
        [found, strange(found, asked, known), slips(spellings), shortenings(*cores)], how="horizontal"
    )
    found = found.with_columns(**features())
    return found.with_columns(score=likely(FEATURES, "spelt")).select(
        "query", "row", "code", "inside", *FEATURES, "score"
    )


def _in_one_order(found: pl.DataFrame, asked: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Return ours and theirs with their words in the same order where that makes them more alike."""
    ours, theirs = asked["ordered"].gather(found["query"]), names["ordered"].gather(found["row"])
    return found.select(
        pl.when("turned").then(ours).otherwise("ours").alias("ours"),
        pl.when("turned").then(theirs).otherwise("theirs").alias("theirs"),
    )


def among(found: pl.DataFrame, names: pl.DataFrame) -> pl.Series:
    """Return among how many units is chosen: those in the query's parent, or all of the country."""
    units = names.unique("code").select("code", parent_code="within").explode("parent_code")
    sizes = units.group_by("parent_code").agg(among=pl.col("code").n_unique())
    counted = found.select("parent_code").join(sizes, on="parent_code", how="left", maintain_order="left")
    return counted["among"].fill_null(names["code"].n_unique())


def alike(pairs: pl.DataFrame, asked: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Return the features of pairs of a query's and a unit's name.

    Args:
        pairs: query and row: numbers of rows of asked and known.
        asked: the queries' forms (`folding.fold`).
        known: the names' forms.

    Returns:
        The pairs with the columns of `ALIKE`, `turned` (that they are more alike with their words sorted) and `apart`
        (that a word tells the two apart).
    """
    ours = {
        name: asked[name].gather(pairs["query"])
        for name in ("solid", "brief", "ordered", "key", "ordered_key", "bones")
    }
    theirs = {name: known[name].gather(pairs["row"]) for name in ours}
    ratio = {name: _ratio(OSA.normalized_similarity, ours[name], theirs[name]) for name in ours}
    start = _ratio(JaroWinkler.normalized_similarity, ours["brief"], theirs["brief"])
    whole = np.maximum(ratio["brief"], ratio["ordered"])
    sounds = np.maximum(ratio["key"], ratio["ordered_key"])
    found = pairs.with_columns(
        written=pl.Series(np.maximum(ratio["solid"], whole)),
        whole=pl.Series(whole),
        sounds=pl.Series(sounds),
        bones=pl.Series(ratio["bones"]),
        start=pl.Series(start),
        turned=pl.Series(ratio["ordered"] > ratio["brief"]),
    )
    by_word = _by_word(pairs, asked, known)
    # Names parted into words differently ("Tall Kalakh", "Tallkalakh") are as alike as they are as a whole.
    alike = (pl.col("whole") + pl.col("sounds")) / 2
    joined = pl.when(alike > JOINED).then(alike)
    found = found.join(by_word, on=["query", "row"], how="left", maintain_order="left")
    return found.with_columns(
        pl.max_horizontal("words", joined),
        pl.max_horizontal("weakest", joined),
        apart=pl.col("apart") | (pl.col("unlike") & joined.is_null()),
    ).drop("unlike")


def _by_word(pairs: pl.DataFrame, asked: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    # Rows keep their order, so that sums come out the same to the last digit.
    ours = pairs.join(_words(asked, "query", "ours"), on="query", maintain_order="left_right")
    both = ours.join(_words(known, "row", "theirs"), on="row", maintain_order="left_right")
    both = both.with_columns(likeness=_likeness(both))
    sides = [_best(both, "ours"), _best(both, "theirs")]
    return (
        pl.concat(sides)
        .group_by("query", "row", maintain_order=True)
        .agg(
            pl.col("words").min(),
            pl.col("weakest").min(),
            pl.col("apart").any(),
            # Each has a word that the other has nothing like: Santa Rosa de Lima, Santa Rosa de Copán.
            unlike=pl.col("weakest").max() < UNLIKE,
            initial=pl.col("initial").any().cast(pl.Float64),
        )
    )


def _words(forms: pl.DataFrame, index: str, side: str) -> pl.DataFrame:
    return (
        forms.select(pl.int_range(pl.len(), dtype=pl.UInt32).alias(index), "words", "sounds")
        .explode("words", "sounds")
        .rename({"words": side, "sounds": f"{side}_sound"})
        .with_columns(pl.int_range(pl.len(), dtype=pl.UInt32).over(index).alias(f"{side}_at"))
    )


def _likeness(both: pl.DataFrame) -> pl.Series:
    """Return how alike two words are, 0 to 1."""
    names = ("ours", "theirs", "ours_sound", "theirs_sound")
    distinct = both.select(names).unique()
    bare = [distinct[name].str.strip_prefix(MARK) for name in names]
    ratio = (_ratio(OSA.normalized_similarity, *bare[:2]) + _ratio(OSA.normalized_similarity, *bare[2:])) / 2
    marked = pl.col("ours").str.starts_with(MARK) & pl.col("theirs").str.starts_with(MARK)
    letters = (pl.col("ours").str.len_chars() == 1) | (pl.col("theirs").str.len_chars() == 1)
    initial = letters & (
        pl.col("ours").str.strip_prefix(MARK).str.head(1)
        == pl.col("theirs").str.strip_prefix(MARK).str.head(1)
    )
    same = pl.col("ours") == pl.col("theirs")
    rated = distinct.with_columns(ratio=pl.Series(ratio)).with_columns(
        likeness=pl.when(same)
        .then(1.0)
        .when(marked)
        .then(0.0)
        .when(initial)
        .then(INITIAL)
        .when(letters)
        .then(0.0)
        .otherwise("ratio")
    )
    return both.join(rated, on=names, how="left", maintain_order="left")["likeness"]


def _best(both: pl.DataFrame, side: str) -> pl.DataFrame:
    """Return for each pair how well the words of one side are found on the other."""
    word = pl.col(side)
    best = both.group_by("query", "row", f"{side}_at", maintain_order=True).agg(
        word.first(), pl.col("likeness").max()
    )
    letters = word.str.len_chars().cast(pl.Float64)
    # Directions must agree, but that they do says little.
    weight = pl.when(word.str.starts_with(MARK)).then(1.0).otherwise(letters)
    tells = (word.str.starts_with(MARK) | (letters == 1)) & (pl.col("likeness") < NEAR_MARK)
    return best.group_by("query", "row", maintain_order=True).agg(
        words=(pl.col("likeness") * weight).sum() / weight.sum(),
        weakest=pl.col("likeness").min(),
        apart=tells.any(),
        initial=(pl.col("likeness") == INITIAL).any(),
    )


def _ratio(scorer: Callable[..., float], ours: pl.Series, theirs: pl.Series) -> np.ndarray:
    return cpdist(ours.to_list(), theirs.to_list(), scorer=scorer, dtype=np.float32, workers=-1).astype(
        np.float64
    )


def likely(features: Sequence[str], model: str) -> pl.Expr:
    """Return the score of pairs that have columns of these names, by the weights of a model: "spelt" or "heard"."""
    weight = weights(model)
    total = pl.sum_horizontal(pl.col(name) * weight[name] for name in features) + weight["constant"]
    # A score of 1 is only for names that are the same.
    return (1 / (1 + (-total).exp())).round(4).clip(0, SURE)


def features() -> dict[str, pl.Expr]:
    """Return what the score takes besides, of the columns of ALIKE, ours and theirs (brief forms) and among."""
    length = [pl.col(name).str.len_chars().cast(pl.Float64) for name in ("ours", "theirs")]
    longer, shorter = pl.max_horizontal(length), pl.min_horizontal(length)
    edits, among = (1 - pl.col("whole")) * longer, pl.col("among").cast(pl.Float64).log()
    return {
        "log_among": among,
        "among_whole": among * pl.col("whole"),
        "among_edits": among * edits,
        "shortness": 1 / shorter,
        "longer": (longer - shorter) / longer,
        "edits": edits,
        "one_edit": (edits.round() <= 1).cast(pl.Float64),
        "whole_sounds": pl.col("whole") * pl.col("sounds"),
        "weakest_squared": pl.col("weakest") ** 2,
        "same_bones": (pl.col("bones") == 1).cast(pl.Float64),
        "first_letter": (pl.col("ours").str.head(1) == pl.col("theirs").str.head(1)).cast(pl.Float64),
        "other_class": pl.col("other_class").cast(pl.Float64),
    }


@cache
def weights(model: str) -> dict[str, float]:
    """Return the fitted weights of a model by feature, and its "constant"."""
    schema = {"model": pl.String, "feature": pl.String, "weight": pl.Float64}
    rows = pl.read_csv(schemas.path_of("words", "place_weights.csv"), schema=schema)
    return dict(rows.filter(pl.col("model") == model).select("feature", "weight").rows())
