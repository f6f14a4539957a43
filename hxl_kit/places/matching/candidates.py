"""Which units’ names are near enough to a name to be looked at closely."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from rapidfuzz import fuzz
from rapidfuzz.process import cdist

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NEAREST = 6
"""How many names are looked at closely, in the parent and in the whole country."""

LEAST = {"country": 55, "parent": 30}
"""Names that share less than this percentage of their letters are not looked at, in the country and in the parent."""

CHUNK = 1024
"""Names compared at a time: with 7,000 units' names it takes 7 MB a method."""


def nearest(asked: pl.DataFrame, names: pl.DataFrame, forms: Sequence[str]) -> pl.DataFrame:
    """Return the pairs of a query and a unit's name that may be the same place.

    Args:
        asked: forms of the queries, with query (number) and parent_code.
        names: forms of the names, with row (number) and within: the codes of the units that the unit lies in.
        forms: in which of the forms they are compared.

    Returns:
        query and row, without duplicates: the nearest in the whole country, and in the parent where one is given.
    """
    found = [
        pl.DataFrame(schema={"query": pl.UInt32, "row": pl.UInt32}),
        *_nearest(asked, names, forms, "country"),
    ]
    for (parent,), group in asked.group_by("parent_code", maintain_order=True):
        if parent is not None:
            inside = names.filter(pl.col("within").list.contains(pl.lit(parent)))
            found += _nearest(group, inside, forms, "parent")
    return pl.concat(found).unique(maintain_order=True)


def _nearest(
    asked: pl.DataFrame, names: pl.DataFrame, forms: Sequence[str], scope: str
) -> Iterator[pl.DataFrame]:
    theirs = [names[form].to_list() for form in forms]
    rows = names["row"].to_numpy()
    best = pl.col("ratio").rank("ordinal", descending=True).over("query") <= NEAREST
    for some in asked.iter_slices(CHUNK) if names.height else ():
        ours = [some[form].to_list() for form in forms]
        ratio = np.maximum.reduce([_ratios(*pair, LEAST[scope]) for pair in zip(ours, theirs, strict=True)])
        at, of = np.nonzero(ratio)
        near = pl.DataFrame({"query": some["query"].to_numpy()[at], "row": rows[of], "ratio": ratio[at, of]})
        yield near.filter(best).select("query", "row")


def _ratios(ours: list[str], theirs: list[str], least: int) -> np.ndarray:
    return cdist(ours, theirs, scorer=fuzz.ratio, score_cutoff=least, dtype=np.uint8, workers=-1)
