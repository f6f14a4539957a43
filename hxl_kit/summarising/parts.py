"""Parts by sex and age without their total: together a total where they leave nobody out, else a lower bound only."""

from __future__ import annotations

import csv
from functools import cache
from itertools import product
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard import schemas
from hxl_kit.summarising.shapes import BREAKDOWN
from hxl_kit.summarising.terms import CODES, SPOT

if TYPE_CHECKING:
    from hxl_kit.summarising.request import Request

_ALL = "all"
_NOT_RECORDED = frozenset({"unknown", "other"})
"""Parts that a breakdown may have besides: people whose sex or age was not recorded."""

_PLACE = (*CODES, "provider_admin1_name", "provider_admin2_name", *SPOT)


@cache
def _partitions(field: str) -> tuple[frozenset[str], ...]:
    with schemas.path_of("partitions.csv").open(encoding="utf-8", newline="") as file:
        listed = [frozenset(row["parts"].split()) for row in csv.DictReader(file) if row["field"] == field]
    return (frozenset({_ALL}), *listed)


def incomplete(terms: pl.DataFrame, request: Request) -> pl.Series:
    """Return the indexes of rows that are parts of an unnamed total, other parts of which are missing.

    Parts of one total are of one source, place, period and description. A field that the question fixes is no
    breakdown: who asks for women is told of women. Single incidents and days name the people themselves.
    """
    fields = [name for name in BREAKDOWN if name in request.shape.coded and name not in request.fixed]
    day = (pl.col("start") == pl.col("end")) & (pl.col("counting") == "incident")
    listed = pl.col("single") | day.fill_null(value=False)
    rows = terms.filter(~listed)
    if not fields or rows.filter(pl.any_horizontal(pl.col(f) != _ALL for f in fields)).is_empty():
        return pl.Series("index", [], pl.UInt32)
    shape = request.shape
    about = [name for name in (*shape.coded, *shape.free) if name not in fields]
    family = list(
        dict.fromkeys(
            ("group", "source_id", "claimed_by", "event_id", "counting", "start", "end", *_PLACE, *about)
        )
    )
    part = pl.concat_str([pl.col(f).fill_null(_ALL) for f in fields], separator="/")
    families = rows.group_by(family).agg("index", parts=part.unique().sort().str.join(","))
    whole = [text for text in families["parts"].unique() if _is_whole(fields, text)]
    return families.filter(~pl.col("parts").is_in(whole))["index"].explode(empty_as_null=False)


def _is_whole(fields: list[str], text: str) -> bool:
    """Return whether parts such as "female/all,male/all" leave nobody out."""
    parts = {tuple(part.split("/")) for part in text.split(",")}
    columns = [frozenset(column) - _NOT_RECORDED for column in zip(*parts, strict=True)]
    listed = all(column in _partitions(field) for field, column in zip(fields, columns, strict=True))
    return listed and set(product(*columns)) <= parts
