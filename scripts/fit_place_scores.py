"""Fit the weights of place matching from hard spellings: `schemas/words/place_weights.csv`.

Of the countries of the gazetteer, half teach and half judge. Each spelling is asked with its unit there and with it
removed, with its parent and without. `python scripts/fit_place_scores.py` prints what share of the judges' spellings
is matched rightly and wrongly by the score and the margin of `hxl_kit.places.matching.deciding`; `--write` writes the weights.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from place_judge import other_releases
from place_slips import other_spellings
from place_spellings import hard_spellings, older_spellings, with_generic_words

from hxl_kit.places.gazetteer import all_units, gazetteer, gazetteer_of
from hxl_kit.places.matching import scoring
from hxl_kit.places.matching.candidates import nearest
from hxl_kit.places.matching.deciding import ELSEWHERE, LEAST_SCORE, TIMES_LIKELIER
from hxl_kit.places.matching.exact import same_names
from hxl_kit.places.matching.folding import fold
from hxl_kit.places.matching.known import known
from hxl_kit.places.matching.scoring import FEATURES
from hxl_kit.places.matching.sounding import HEARD, heard
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PER_COUNTRY = 30
OTHERS_PER_COUNTRY = 8
"""Units of each country that are also spelled by the rules that the judge does not have."""

LEAST_UNITS = 20
"""Countries of fewer second-level units are left out: there is little to take a name for."""

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
    older = older.sample(min(older.height, made.height // 20), seed=seed)
    others = other_spellings(units, countries, OTHERS_PER_COUNTRY, seed)
    asked = pl.concat([made, _with_words(made, seed), older, others])
    alone = asked.filter(~pl.col("shared_name")).with_columns(parent_code=pl.lit(None, pl.String))
    found: list[pl.DataFrame] = []
    for country in countries:
        here = units.filter(pl.col("location_code") == country)
        for form in (asked, alone):
            found += _spelt(form.filter(pl.col("location_code") == country), here, country)
    return _numbered(found)


def _with_words(made: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return a third of the misspelt names with a word for the kind of unit, as people write both at once."""
    some = made.filter(pl.col("kind").is_in(["misspelling", "transliteration", "both"])).sample(
        fraction=0.3, seed=seed
    )
    spelt = [
        with_generic_words(name, country, random.Random(f"{seed} {name}"))  # noqa: S311
        for name, country in some.select("name", "location_code").rows()
    ]
    return some.with_columns(name=pl.Series(spelt, dtype=pl.String)).filter(pl.col("name").is_not_null())


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
    same = same_names(forms, names.names.with_row_index("row")).with_columns(
        same=pl.when(pl.col("inside") | pl.col("strict")).then(1.0).otherwise(0.99)
    )
    near = nearest(forms, names.names.with_row_index("row"), ("key", "ordered_key"))
    found = scoring.scored(near, forms, names)
    exact = same.select("query", "code", "same").unique(["query", "code"])
    found = found.join(exact, on=["query", "code"], how="left")
    what = forms.select(
        "query", "kind", "true_code", given="name", parent=pl.col("parent_code").is_not_null()
    )
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
    inside = best.agg(
        pl.all().first(), next=pl.when(pl.col("rated").first() == 1).then(second.floor()).otherwise(second)
    )
    outside = rated.filter(~pl.col("inside")).group_by("part", "query").agg(outside=pl.col("rated").max())
    return inside.join(outside, on=["part", "query"], how="left").with_columns(
        pl.col("outside").fill_null(0.0)
    )


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


def judged(best: pl.DataFrame, pairs: pl.DataFrame) -> str:
    """Return the shares of right and wrong answers with the unit there and of wrong ones with it removed."""
    least = pl.when("parent").then(LEAST_SCORE["parent"]).otherwise(LEAST_SCORE["alone"])
    odds = {name: (chance := pl.col(name).clip(0, 1 - 1e-9)) / (1 - chance) for name in ("rated", "next")}
    sure = (pl.col("rated") >= least) & (odds["rated"] >= TIMES_LIKELIER * odds["next"])
    given = best.filter(sure, pl.col("outside") < pl.col("rated") + ELSEWHERE)
    parts = []
    for parent in (True, False):
        asked = pairs.filter(pl.col("parent") == parent, ~pl.col("absent")).n_unique(["part", "query"])
        form = given.filter(pl.col("parent") == parent)
        count = {
            name: form.filter(pl.col("absent") == absent, pl.col("right") == right).height / asked
            for name, absent, right in (
                ("right", False, True),
                ("wrong", False, False),
                ("absent", True, False),
            )
        }
        said = f"right {count['right']:.2%}, wrong {count['wrong']:.2%}, with the unit removed {count['absent']:.2%}"
        parts.append(f"{'with' if parent else 'without'} parent: {said}")
    return "; ".join(parts)


def native() -> pl.DataFrame:
    """Return the pairs of names in native scripts and Latin ones, with HEARD and whether they are right."""
    named = gazetteer().names.filter(~pl.col("name").str.contains(r"\p{Latin}"))
    found: list[pl.DataFrame] = []
    for country, level in NATIVE.items():
        here = named.filter(pl.col("location_code") == country, pl.col("level") == level)
        names = here.unique("name", keep="none").sort("code", "name")
        for parent in (pl.col("parent_code"), pl.lit(None, pl.String)):
            pairs = _heard(names.with_columns(parent_code=parent, true_code="code"), country, level)
            found += [
                pairs.with_columns(absent=pl.lit(value=False)),
                pairs.filter(~pl.col("right")).with_columns(absent=pl.lit(value=True)),
            ]
    return _numbered(found).with_columns(same=pl.lit(None, pl.Float64))


def _heard(asked: pl.DataFrame, country: str, level: int) -> pl.DataFrame:
    names = known(gazetteer_of(gazetteer().units), country, level)
    folded = fold(asked["name"], country, names.names["plain"])
    forms = pl.concat([asked.select("parent_code", "true_code"), folded], how="horizontal").with_row_index(
        "query"
    )
    found = pl.concat(heard(group, names) for _, group in forms.group_by("script", maintain_order=True))
    true = forms.select("query", "true_code")
    pairs = found.join(true, on="query").with_columns(right=pl.col("code") == pl.col("true_code"))
    return pairs.select("query", "code", "inside", "right", *HEARD)


def main() -> int:
    """Fit, print what the judges say, and write the weights with `--write`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--shared", type=Path, default=Path("../shared/data/cod"), help="other releases' tables"
    )
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--write", action="store_true", help="write the weights, fitted to all countries")
    arguments = parser.parse_args()
    units = all_units().select("location_code", "level", "code", "name", "parent_code")
    sizes = units.filter(pl.col("level") == 2).group_by("location_code").len()  # noqa: PLR2004
    countries = sizes.filter(pl.col("len") >= LEAST_UNITS)["location_code"].sort().to_list()
    random.Random(arguments.seed).shuffle(countries)  # noqa: S311
    teach, judge = (
        spelt(units, countries[start::2], arguments.shared, arguments.seed + start) for start in (0, 1)
    )
    print(judged(decided(judge, fitted(teach, FEATURES), FEATURES), judge))
    if arguments.write:
        every = pl.concat([teach, judge.with_columns(pl.col("part") + teach["part"].max() + 1)])
        write({"spelt": fitted(every, FEATURES), "heard": fitted(native(), HEARD)})
    return 0


def write(models: dict[str, dict[str, float]]) -> None:
    """Write the weights of the models."""
    rows = [
        (model, feature, round(weight, 4)) for model, fit in models.items() for feature, weight in fit.items()
    ]
    schema = ["model", "feature", "weight"]
    pl.DataFrame(rows, schema=schema, orient="row").write_csv(schemas.path_of("words", "place_weights.csv"))


if __name__ == "__main__":
    raise SystemExit(main())
