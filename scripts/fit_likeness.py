"""Fit the weights of `schemas/words/likeness.csv` to the labelled columns: logistic regression on their features.

    python scripts/fit_likeness.py [--without SPLIT...] [-o FILE]

Each labelled column is seen twice, in its table and alone; the part "unseen" is left out, so that it can judge. The weightiest features are kept, rounded. scikit-learn
does the fitting (`pip install '.[fit]'`); the program itself does not need it.
"""

from __future__ import annotations

import argparse
import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from screening_score import labelled
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from hxl_kit.screening.context import context_of
from hxl_kit.screening.likeness import INTERCEPT, features
from hxl_kit.screening.profile import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WEIGHTS = Path(__file__).parents[1] / "schemas" / "words" / "likeness.csv"
KEPT = 4000
FREEDOM = 30.0
"""The inverse of the strength with which weights are held small: chosen on labelled columns that were left out."""

Row = dict[str, str]


def main() -> None:
    """Fit the weights and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--without", action="append", default=["unseen"], help="a part to leave out as well")
    parser.add_argument("-o", "--output", type=Path, default=WEIGHTS)
    asked = parser.parse_args()
    rows = [row for row in labelled() if row["split"] not in asked.without]
    weights = fitted(rows)
    with asked.output.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("feature", "weight"), *weights])
    print(f"{len(rows):,} labelled columns, {len(weights):,} weights")


def fitted(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Return the weights of features, the intercept first, then by name."""
    seen = [*_seen(rows, alone=False), *_seen(rows, alone=True)]
    vectoriser = DictVectorizer()
    matrix: Any = vectoriser.fit_transform([found for found, _ in seen])
    model = LogisticRegression(C=FREEDOM, max_iter=5000).fit(matrix, [personal for _, personal in seen])
    weights = model.coef_[0]
    matter = np.abs(weights) * np.sqrt(np.asarray(abs(matrix).sum(axis=0)).ravel())
    names = vectoriser.get_feature_names_out()
    kept = sorted((str(names[n]), f"{weights[n]:.2f}") for n in np.argsort(-matter, kind="stable")[:KEPT])
    return [(INTERCEPT, f"{model.intercept_[0]:.2f}"), *(pair for pair in kept if float(pair[1]))]


def _seen(rows: Iterable[Row], *, alone: bool) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield the features of each labelled column, and whether it is personal or sensitive."""
    tables = defaultdict[object, list[Row]](list)
    for number, row in enumerate(rows):
        tables[number if alone else (row["split"], row["table"])].append(row)
    for listed in tables.values():
        columns = [_column(row) for row in listed]
        context = context_of(columns)
        for column, row in zip(columns, listed, strict=True):
            others = [other.name for other in columns if other is not column]
            yield features(column, context, others), bool(row["kind"])


def _column(row: Row) -> Column:
    values = tuple(value for value in row["values"].split("|") if value.strip())
    return Column(row["header"], row["header"], None, "", values)


if __name__ == "__main__":
    main()
