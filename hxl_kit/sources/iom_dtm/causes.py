"""Reasons for displacement, as DTM's API and its country offices word them."""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import CODED, text
from hxl_kit.standard.codelists import crosswalk

_CROSSWALK = "iom_dtm-cause"
_BETWEEN = r"\s*(?:[/,;&+]|\band\b|\bet\b)\s*"


def cause(column: str) -> pl.Expr:
    """Return the code of a reason, in any letter case; of several reasons in one cell the code that they share.

    Reasons of different codes are mixed. A cell with words that the crosswalk does not know is null.
    """
    mapping = crosswalk(_CROSSWALK).mapping
    cell = text(column).str.to_lowercase().str.replace_all("’", "'", literal=True)
    known = cell.replace_strict(mapping, default=None, return_dtype=pl.String)
    parts = cell.str.replace_all(_BETWEEN, ";").str.strip_chars("; .").str.split(";")
    codes = parts.list.eval(
        pl.element().replace_strict(mapping, default=None, return_dtype=pl.String)
    ).list.unique()
    shared = pl.when(codes.list.len() == 1).then(codes.list.first()).otherwise(pl.lit("mixed"))
    several = pl.when(codes.list.eval(pl.element().is_null()).list.any().not_()).then(shared)
    return pl.coalesce(known, several).alias(f"{CODED}{_CROSSWALK}")
