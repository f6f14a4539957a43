"""Fit the weights of place matching from hard spellings: `schemas/words/place_weights.csv`.

Of the countries of the gazetteer, half teach and half judge. Each spelling is asked with its unit there and with it
removed, with its parent and without. `python scripts/fit_place_scores.py` prints what share of the judges' spellings
is matched rightly and wrongly by the score and the margin of `hxl_kit.places.deciding`; `--write` writes the weights.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from place_judge import other_releases
from place_spellings import hard_spellings, older_spellings

from hxl_kit.places import scoring, sounding
from hxl_kit.places.candidates import nearest
from hxl_kit.places.deciding import LEAST_SCORE, TIMES_LIKELIER
from hxl_kit.places.exact import same_names
from hxl_kit.places.folding import fold
from hxl_kit.places.gazetteer import all_units, gazetteer, gazetteer_of
from hxl_kit.places.known import known
from hxl_kit.places.scoring import FEATURES
from hxl_kit.places.sounding import HEARD, heard
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PER_COUNTRY = 40
PARTS = 5
"""Units are removed by fifths of those asked for, so that their neighbours stay."""

RIDGE = 1e-3
ROUNDS = 3
NATIVE = {"AFG": 2, "ARM": 1, "MKD": 1, "UKR": 1, "SYR": 3}
"""Countries and levels whose names in native scripts teach the weights of sounds; Syria's level 2 judges."""


def spelt(units: pl.DataFrame, countries: Sequence[str], shared: Path, seed: int) -> pl.DataFrame:
    """Return the pairs of hard spellings and names of these countries, with FEATURES and whether they are right."""
    made = hard_spellings(units, countries, PER_COUNTRY, seed)
    older = older_spellings(units, other_releases(shared)).filter(pl.col("location_code").is_in(countries))
    asked = pl.concat([made, older.sample(min(older.height, made.height // 20), seed=seed)])
    alone = asked.filter(~pl.col("shared_name")).with_columns(parent_code=pl.lit(None, pl.String))
    found: list[pl.DataFrame] = []
    for country in countries:
        here = units.filter(pl.col("location_code") == country)
        for form in (asked, alone):
            found += _spelt(form.filter(pl.col("location_code") == country), here, country)
    return _numbered(found)


def _spelt(asked: pl.DataFrame, units: pl.DataFrame, country: str) -> Iterator[pl.DataFrame]:
    yield _pairs(asked, units, country).with_columns(absent=pl.lit(value=False))
    part = pl.col("true_code").rank("dense") % PARTS
    for number in range(PARTS):
        some = asked.filter(part == number)
        left = units.filter(~pl.col("code").is_in(some["true_code"].implode()))
        if some.height and left.filter(pl.col("level") == 2).height:  # noqa: PLR2004
            yield _pairs(some, left, country).with_columns(absent=pl.lit(value=True))


def _pairs(asked: pl.DataFrame, units: pl.DataFrame, country: str) -> pl.DataFrame:
    names = known(gazetteer_of(units), country, 2)
    forms = pl.concat([asked, fold(asked["name"], country, names.names["plain"])], how="horizontal")
    forms = forms.with_row_index("query")
    same = same_names(forms, names).with_columns(same=pl.when(pl.col("inside") | pl.col("strict")).then(1.0).otherwise(0.99))
    near = nearest(forms, names.names.with_row_index("row"), ("key", "ordered_key"))
    found = scoring.scored(near, forms, names)
    exact = same.select("query", "code", "same").unique(["query", "code"])
    found = found.join(exact, on=["query", "code"], how="left")
    what = forms.select("query", "kind", "true_code", given="name", parent=pl.col("parent_code").is_not_null())
    theirs = names.names.with_row_index("row").select("row", theirs="name")
    found = found.join(what, on="query").join(theirs, on="row")
    return found.with_columns(country=pl.lit(country), right=pl.col("code") == pl.col("true_code"))


def _numbered(found: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(part.with_columns(part=pl.lit(number)) for number, part in enumerate(found))


def decided(pairs: pl.DataFrame, weights: dict[str, float], features: Sequence[str]) -> pl.DataFrame:
    """Return the best unit of each query, with the scores of the next and of the best outside of the parent."""
    total = pl.sum_horizontal(pl.col(name) * weights[name] for name in features) + weights["constant"]
    rated = pairs.with_columns(rated=pl.coalesce("same", 1 / (1 + (-total).exp())))
    rated = rated.sort("part", "query", "inside", "rated", descending=[False, False, True, True])
    rated = rated.unique(["part", "query", "code"], keep="first", maintain_order=True)
    second = pl.col("rated").get(1, null_on_oob=True).fill_null(0.0)
    best = rated.filter("inside").group_by("part", "query", maintain_order=True)
    inside = best.agg(pl.all().first(), next=pl.when(pl.col("rated").first() == 1).then(second.floor()).otherwise(second))
    outside = rated.filter(~pl.col("inside")).group_by("part", "query").agg(outside=pl.col("rated").max())
    return inside.join(outside, on=["part", "query"], how="left").with_columns(pl.col("outside").fill_null(0.0))


def fitted(pairs: pl.DataFrame, features: Sequence[str]) -> dict[str, float]:
    """Return weights fitted to all pairs, then to those that come out best, which are the hard ones."""
    weights = _logistic(pairs, features)
    for _ in range(ROUNDS):
        weights = _logistic(decided(pairs, weights, features).filter(pl.col("same").is_null()), features)
    return weights


def _logistic(pairs: pl.DataFrame, features: Sequence[str]) -> dict[str, float]:
    """Return the weights of a logistic regression, by Newton's method."""
    columns = np.c_[pairs.select(features).to_numpy().astype(float), np.ones(pairs.height)]
    right, weights = pairs["right"].to_numpy().astype(float), np.zeros(columns.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-(columns @ weights)))
        slope = (columns * (chance * (1 - chance) + 1e-9)[:, None]).T @ columns + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(slope, columns.T @ (right - chance) - RIDGE * weights)
    return dict(zip((*features, "constant"), weights.tolist(), strict=True))


def judged(best: pl.DataFrame, pairs: pl.DataFrame, score: float, margin: float) -> str:
    """Return the shares of right and wrong answers with the unit there and of wrong ones with it removed."""
    given = (pl.col("rated") >= score) & (pl.col("rated") - pl.col("next") >= margin) & (pl.col("rated") >= pl.col("outside"))
    parts = []
    for parent in (True, False):
        asked = pairs.filter(pl.col("parent") == parent, ~pl.col("absent")).n_unique(["part", "query"])
        form = best.filter(pl.col("parent") == parent)
        count = {
            name: form.filter(given, pl.col("absent") == absent, pl.col("right") == right).height / asked
            for name, absent, right in (("right", False, True), ("wrong", False, False), ("absent", True, False))
        }
        said = f"right {count['right']:.2%}, wrong {count['wrong']:.2%}, with the unit removed {count['absent']:.2%}"
        parts.append(f"{'with' if parent else 'without'} parent: {said}")
    return f"score {score:.2f}, margin {margin:.2f}: " + "; ".join(parts)
