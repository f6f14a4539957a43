"""The documents that UCDP names for an event: four parallel lists in four columns, made one row per document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import text

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = frozenset({"source_article", "source_office", "source_date", "source_headline", "source_original"})
"""The columns that `citations` reads."""

_CITATION = r"(?s)^\s*(?P<source_name>.*?)\s*,\s*(?P<source_date>\d{4}-\d{2}-\d{2})\s*,(?P<headline>.*)$"
_PARALLEL = {"source_name": "source_office", "source_date": "source_date", "headline": "source_headline"}
_CARRIED = ("@row", "@source_id", "id", "source_original")


def citations(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per document: `@position`, source_name, source_date, headline, and the event's informants.

    One document (one date) is taken as its columns have it. Of several, `source_article` holds
    `"office,date,headline"` items joined by semicolons. Headlines hold semicolons too, so the articles are
    split, not the parallel list of headlines; the lists serve where the articles do not agree with them in
    number. What neither splits (all releases before 2013) stays one whole text.
    """
    article, dates = text("source_article"), text("source_date").str.split(";")
    pieces = article.str.strip_prefix('"').str.strip_suffix('"').str.split('";"')
    offices, headlines = (text(_PARALLEL[name]).str.split(";") for name in ("source_name", "headline"))
    as_lists = (offices.list.len() == dates.list.len()) & (headlines.list.len() == dates.list.len())
    named = frame.select(*_CARRIED, "source_article", *_PARALLEL.values()).with_columns(
        text("source_office").is_not_null().alias("@named"),
        text("source_date").str.contains(";", literal=True).alias("@many"),
    )
    several = named.filter("@named", "@many").with_columns(
        (pieces.list.len() == dates.list.len()).fill_null(False).alias("@articles"),
        as_lists.fill_null(False).alias("@lists"),
    )
    by_articles = several.filter("@articles").select(*_CARRIED, pieces.alias("piece"))
    by_lists = several.filter(~pl.col("@articles") & pl.col("@lists"))
    wholes = [
        several.filter(~pl.col("@articles") & ~pl.col("@lists")),
        named.filter(~(pl.col("@named") & pl.col("@many").is_not_null())),
    ]
    return (
        pl.concat(
            [
                named.filter("@named", ~pl.col("@many")).select(*_CARRIED, *_parallel(text)),
                _parsed(_numbered(by_articles, "piece")),
                _numbered(
                    by_lists.select(*_CARRIED, *_parallel(lambda c: text(c).str.split(";"))), *_PARALLEL
                ),
                *(_whole(rows) for rows in wholes),
            ],
            how="diagonal",
        )
        .with_columns(pl.col("@position").fill_null(1), pl.col("source_date").str.strip_chars())
        .sort("@row", "@position", maintain_order=True)
    )


def _parallel(read: Callable[[str], pl.Expr]) -> list[pl.Expr]:
    return [read(column).alias(name) for name, column in _PARALLEL.items()]


def _parsed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the parts of each `office,date,headline`; a piece of another form is a headline as it stands."""
    parts = rows.with_columns(pl.col("piece").str.extract_groups(_CITATION).alias("parts")).unnest("parts")
    headline = pl.when(pl.col("source_date").is_null()).then("piece").otherwise("headline")
    return parts.with_columns(headline.alias("headline")).drop("piece")


def _whole(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return events whose documents cannot be told apart, with all that is said of them as the headline."""
    said = text("source_article").fill_null(text("source_headline")).fill_null(text("source_office"))
    known = rows.filter(said.is_not_null() | text("source_original").is_not_null())
    return known.select(*_CARRIED, said.alias("headline"))


def _numbered(frame: pl.LazyFrame, *lists: str) -> pl.LazyFrame:
    """Return a row per item of the parallel `lists`, with `@position` counting from 1."""
    positions = pl.int_ranges(1, pl.col(lists[0]).list.len() + 1, dtype=pl.Int64).alias("@position")
    return frame.with_columns(positions).explode(*lists, "@position")
