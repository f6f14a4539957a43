"""Figures that no sum may count: not recommended, replaced, taken back, without a date, with bounds that do not fit."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.summarising.tables import read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.reading.packages import Package

LEFT_OUT = pl.Schema({"group": pl.UInt32, "index": pl.UInt32, "guard": pl.String, "reason": pl.String})
"""What is said of a row that is left out."""

_CLAIMS = ("claim_id", "claimant", "stance", "about_table", "about_id", "aspect")
NOT_RECOMMENDED = (
    "kept for comparison (role {}): a part, another estimate, or a figure whose source does not recommend it"
)
REPLACED = "a later figure replaces it (supersedes)"
TAKEN_BACK = "a claim takes it back"
WITHOUT_DATE = "a stock without its date"
LOW_ABOVE_HIGH = "its lower bound is above its upper one"
NEGATIVE = "a number below zero, which counts nobody"
OUTSIDE = "its value is outside the source's own range"


def read_claims(package: Package) -> pl.DataFrame:
    """Return the claims that stand: without those that another claim, which stands, takes back."""
    claims = read(package, "claims", _CLAIMS)
    taken_back = claims.filter(stance="retracts", about_table="claims")
    pairs = taken_back.select("claim_id", "about_id").drop_nulls().unique().rows()
    return claims.filter(~pl.col("claim_id").is_in(_fallen(pairs)).fill_null(value=False))


def _fallen(pairs: Iterable[tuple[str, str]]) -> set[str]:
    """Return the claims that a standing one takes back, of pairs (claim, what it takes back).

    A circle of claims takes nothing back.
    """
    about: dict[str, list[str]] = defaultdict(list)
    for claim, other in pairs:
        if claim != other:
            about[claim].append(other)
    undecided = Counter(other for others in about.values() for other in others)
    decided = [claim for claim in about if claim not in undecided]
    fallen: set[str] = set()
    while decided:
        claim = decided.pop()
        for other in about.get(claim, ()):
            undecided[other] -= 1
            if other in fallen:
                continue
            if claim not in fallen:
                fallen.add(other)
                decided.append(other)
            elif not undecided[other]:
                decided.append(other)
    return fallen


def left_out(terms: pl.DataFrame, claims: pl.DataFrame, replaced: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return the rows to leave out, each with the first guard that says so (columns: `LEFT_OUT`).

    `replaced` are the supersedes of the whole table: a figure is out of date whichever rows are asked for.
    """
    conditions = (
        ("G3", _not_recommended(), pl.format(NOT_RECOMMENDED, pl.col("role").fill_null("not given"))),
        ("G3", pl.col("id").is_in(_superseding(replaced, claims, table).implode()), pl.lit(REPLACED)),
        ("G3", _taken_back(claims, table), pl.lit(TAKEN_BACK)),
        ("G1", (pl.col("measure") == "stock") & pl.col("as_of").is_null(), pl.lit(WITHOUT_DATE)),
        ("G11", _is_negative(), pl.lit(NEGATIVE)),
        ("G11", (pl.col("low") > pl.col("high")).fill_null(value=False), pl.lit(LOW_ABOVE_HIGH)),
        ("G11", _outside(table), pl.lit(OUTSIDE)),
    )
    first = pl.coalesce(pl.when(met).then(pl.lit(n, pl.Int8)) for n, (_, met, _) in enumerate(conditions))
    guard = {n: name for n, (name, _, _) in enumerate(conditions)}
    reason = pl.coalesce(
        pl.when(pl.col("first") == n).then(said) for n, (_, _, said) in enumerate(conditions)
    )
    found = terms.with_columns(first=first).filter(pl.col("first").is_not_null())
    guards = pl.col("first").replace_strict(guard, default=None, return_dtype=pl.String)
    return found.select("group", "index", guard=guards, reason=reason).cast(LEFT_OUT)


def _not_recommended() -> pl.Expr:
    return pl.col("role").ne_missing("recommended")


def _superseding(replaced: pl.DataFrame, claims: pl.DataFrame, table: str) -> pl.Series:
    """Return the ids that a figure supersedes which itself was not taken back; none supersedes itself."""
    standing = replaced.filter(
        ~_is_retracted(claims, table, pl.col("id")), pl.col("supersedes") != pl.col("id")
    )
    return standing["supersedes"].drop_nulls().unique()


def _taken_back(claims: pl.DataFrame, table: str) -> pl.Expr:
    """Return whether the figure was taken back, or the event that it is about never was.

    A retraction of who did it, or with what intent, leaves the number standing.
    """
    never_was = claims.filter(stance="retracts", about_table="events", aspect="occurrence")["about_id"]
    of_the_event = pl.col("event_id").is_in(never_was.implode()).fill_null(value=False)
    return _is_retracted(claims, table, pl.col("id")) | of_the_event


def _is_retracted(claims: pl.DataFrame, table: str, figure: pl.Expr) -> pl.Expr:
    whole = pl.col("aspect").is_in(["count", "occurrence"])
    about = claims.filter(whole, stance="retracts", about_table=table)["about_id"]
    return figure.is_in(about.implode()).fill_null(value=False)


def _is_negative() -> pl.Expr:
    return pl.any_horizontal(pl.col(c) < 0 for c in ("value", "low", "high")).fill_null(value=False)


def _outside(table: str) -> pl.Expr:
    """Return whether a range that a source gives for its own estimate does not contain it."""
    outside = (pl.col("low") > pl.col("value")) | (pl.col("value") > pl.col("high"))
    ranged = pl.lit(value=True) if table == "events" else pl.col("bounds_basis").eq_missing("source_range")
    return (outside & ranged).fill_null(value=False)
