"""Pairs of figures of which one holds the other, or which share people, told by one source or by their event.

`contains` pairs: `a` is the whole, `b` a part, which is not counted beside it. `meets` pairs share some people or
may do so: neither holds the other, and they are not added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard.guards import nestings
from hxl_kit.summarising.meeting import SEPARATOR, meeting, require_few, spans
from hxl_kit.summarising.relations import (
    PLACE,
    apart,
    differ,
    equal_time,
    holds,
    holds_place,
    holds_time,
    may_share,
    meets,
    same_spot,
    side_by_side,
)
from hxl_kit.summarising.shapes import BREAKDOWN
from hxl_kit.summarising.terms import CODES

if TYPE_CHECKING:
    from hxl_kit.summarising.request import Request
    from hxl_kit.summarising.shapes import Shape

OVERLAPS = pl.Schema({"a": pl.UInt32, "b": pl.UInt32, "relation": pl.String, "guard": pl.String})


def overlaps(terms: pl.DataFrame, events: pl.DataFrame, request: Request) -> pl.DataFrame:
    """Return the pairs of rows (by `index`, columns: `OVERLAPS`) that are not added, each once.

    Raises:
        TooManyPairsError: there are too many to compare.
    """
    shape = request.shape
    found = [
        _of_overlap_groups(terms, shape),
        _of_statistics(terms, shape),
        _of_one_event(terms, request),
        _of_aggregates(terms, events, shape),
        _of_categories(terms),
        _of_parts(terms, shape),
    ]
    # Of a pair found twice, what its overlap group declares comes first, then what holds what.
    ranked = [pairs.with_columns(declared=pl.lit(n == 0)) for n, pairs in enumerate(found)]
    ordered = pl.concat(ranked).with_columns(
        low=pl.min_horizontal("a", "b"), high=pl.max_horizontal("a", "b")
    )
    order = ["low", "high", "declared", "relation", "guard"]
    return (
        ordered.sort(order, descending=[name == "declared" for name in order])
        .unique(["low", "high"], keep="first", maintain_order=True)
        .select(list(OVERLAPS))
    )


def _of_statistics(terms: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Pairs of one source: a year and its months, a country and its provinces, a total and its parts.

    Two figures of different events are no such pair: a source keeps its events apart.
    """
    same = pl.struct("group", "source_id").rank("dense")
    several = (pl.len().over("group", "source_id") > 1) & (~pl.col("single")).any().over("group", "source_id")
    rows = terms.filter(several)
    faces = rows.select("single", *spans(), same=same, row=pl.col("index"), path=PLACE.path())
    statistics, incidents = faces.filter(~pl.col("single")), faces.filter("single")
    pairs = pl.concat([meeting(statistics, faces, "same"), meeting(incidents, statistics, "same")])
    return _related(pairs, terms, shape)


def _related(pairs: pl.DataFrame, terms: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Return what the figures of each pair are to one another, without pairs that count different people.

    Both are of one source; the place of `a` holds that of `b`, or both are the same.
    """
    contains = holds_place() & holds_time("", "_b") & holds(shape, "", "_b")
    contained = same_spot() & holds_time("_b", "") & holds(shape, "_b", "")
    one_event = (pl.col("event_id") == pl.col("event_id_b")).fill_null(value=False)
    # A source keeps its events apart; and no figure of counting `incident` repeats another one, by its definition.
    events = pl.col("single") & pl.col("single_b") & ~one_event
    incidents = ((pl.col("counting") == "incident") & (pl.col("counting_b") == "incident")).fill_null(
        value=False
    )
    listed = incidents & equal_time() & contains & contained & ~one_event
    return _told(
        side_by_side(pairs, terms, shape)
        .filter(meets(shape), ~apart(), ~events, ~listed)
        .with_columns(
            contains=contains & ~contained,
            contained=contained & ~contains,
            guard=_guard(shape, equal_time() & same_spot()),
        )
    )


def _told(pairs: pl.DataFrame) -> pl.DataFrame:
    """Return pairs in the columns of `OVERLAPS`, the whole first."""
    swapped = pl.col("contained")
    whole = pl.any_horizontal("contains", "contained")
    return pairs.select(
        a=pl.when(swapped).then("b").otherwise("a"),
        b=pl.when(swapped).then("a").otherwise("b"),
        relation=pl.when(whole).then(pl.lit("contains")).otherwise(pl.lit("meets")),
        guard="guard",
    ).cast(OVERLAPS)


def _guard(shape: Shape, same_where_and_when: pl.Expr) -> pl.Expr:
    """Return the guard that a pair of one source is under: parts by sex and age, one overlap, or wholes and parts."""
    return (
        pl.when(same_where_and_when & differ([c for c in BREAKDOWN if c in shape.coded]))
        .then(pl.lit("G9"))
        .when(same_where_and_when)
        .then(pl.lit("G4"))
        .otherwise(pl.lit("G6"))
    )


def _of_one_event(terms: pl.DataFrame, request: Request) -> pl.DataFrame:
    """Pairs of figures of one event and place that may count the same people; of different sources under G12."""
    pairs = _pairs_of(terms, "event_id", "source_id", "location_code", *spans(), path=PLACE.path())
    at_once = (pl.col("start") <= pl.col("end_right")) & (pl.col("start_right") <= pl.col("end"))
    one_source = pl.col("source_id") == pl.col("source_id_right")
    elsewhere = (pl.col("location_code") != pl.col("location_code_right")).fill_null(value=False)
    through = pl.col("path_right").str.starts_with(pl.col("path"))
    own = pairs.filter(one_source, at_once, through)
    declared = (pl.col("source_id") + SEPARATOR + pl.col("source_id_right")).is_in(request.apart)
    others = pairs.filter(~one_source, ~elsewhere, ~declared, pl.col("a") < pl.col("b"))
    told = others.select("a", "b", relation=pl.lit("meets"), guard=pl.lit("G12")).cast(OVERLAPS)
    return pl.concat([_related(own.select("a", "b"), terms, request.shape), told])


def _pairs_of(terms: pl.DataFrame, column: str, *columns: str | pl.Expr, **named: pl.Expr) -> pl.DataFrame:
    """Return all pairs (`a`, `b`) of rows of a group with the same value in a column, both ways round."""
    several = pl.col(column).is_not_null() & (pl.len().over("group", column) > 1)
    rows = terms.filter(several).select("group", pl.col(column).alias("same"), *columns, row="index", **named)
    require_few(rows, rows, ["group", "same"])
    pairs = rows.join(rows, on=["group", "same"]).filter(pl.col("row") != pl.col("row_right"))
    return pairs.rename({"row": "a", "row_right": "b"})


def _of_aggregates(terms: pl.DataFrame, events: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Pairs of a figure of an aggregate event and one of an event within it (guard G6)."""
    within = _ancestors(events)
    if within.is_empty():
        return pl.DataFrame(schema=OVERLAPS)
    rows = terms.filter(pl.col("event_id").is_not_null()).select("group", "event_id", row="index")
    pairs = (
        within.join(rows, left_on="whole", right_on="event_id")
        .join(rows, left_on=["part", "group"], right_on=["event_id", "group"])
        .filter(pl.col("row") != pl.col("row_right"))
    )
    compared = side_by_side(pairs.select(a="row", b="row_right"), terms, shape)
    return _told(
        compared.filter(meets(shape)).with_columns(
            contains=holds(shape, "", "_b"), contained=pl.lit(value=False), guard=pl.lit("G6")
        )
    )


def _ancestors(events: pl.DataFrame) -> pl.DataFrame:
    """Return every event with each aggregate that it is within, at any depth (columns: part, whole)."""
    parents = (
        events.filter(
            pl.col("parent_event_id").is_not_null(), pl.col("parent_event_id") != pl.col("event_id")
        )
        .select(part="event_id", whole="parent_event_id")
        .unique()
    )
    found = step = parents
    while not step.is_empty():
        step = step.join(parents, left_on="whole", right_on="part").select("part", whole="whole_right")
        step = (
            step.filter(pl.col("part") != pl.col("whole"))
            .join(found, on=["part", "whole"], how="anti")
            .unique()
        )
        found = pl.concat([found, step])
    return found


def _of_categories(terms: pl.DataFrame) -> pl.DataFrame:
    """Pairs of aggregates of one source, place and period of which one is of a category within the other's (G7)."""
    return (
        nested_categories(terms)
        .select(a="whole_index", b="index", relation=pl.lit("contains"), guard=pl.lit("G7"))
        .cast(OVERLAPS)
    )


def nested_categories(terms: pl.DataFrame) -> pl.DataFrame:
    """Return the aggregates of a category that lies within another, each beside that (`whole_…`) of its place and time.

    A provider marks them in its aggregates: HAPI's and ACLED's civilian targeting lies within political violence.
    """
    listed = [(n.part, n.whole) for n in nestings("event_subtype")]
    pairs = pl.DataFrame(listed, schema=["scheme", "whole"], orient="row")
    same = ["group", "source_id", "start", "end", *CODES, "provider_admin1_name", "provider_admin2_name"]
    figures = terms.select("index", "id", "value", "scheme", *same).filter(pl.col("scheme").is_not_null())
    wholes = figures.rename(
        {"index": "whole_index", "id": "whole_id", "value": "whole_value", "scheme": "whole"}
    )
    return figures.join(pairs, on="scheme").join(
        wholes.unique([*same, "whole"], keep="first", maintain_order=True),
        on=[*same, "whole"],
        nulls_equal=True,
    )


def _of_overlap_groups(terms: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Pairs of one declared overlap group and of the same sex and age (G4)."""
    columns = [c for c in BREAKDOWN if c in shape.coded]
    pairs = _pairs_of(terms, "overlap_group", *columns).filter(pl.col("a") < pl.col("b"))
    same = pl.all_horizontal(pl.lit(value=True), *(pl.col(c) == pl.col(f"{c}_right") for c in columns))
    return pairs.filter(same).select("a", "b", relation=pl.lit("meets"), guard=pl.lit("G4")).cast(OVERLAPS)


def _of_parts(terms: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Pairs of one declared overlap group whose sexes and ages overlap: everyone and women, women and children (G9)."""
    columns = [c for c in BREAKDOWN if c in shape.coded]
    pairs = _pairs_of(terms, "overlap_group", *columns).filter(pl.col("a") < pl.col("b"))
    pairs = pairs.rename({f"{c}_right": f"{c}_b" for c in columns}).filter(differ(columns))
    shared = pl.all_horizontal(pl.lit(value=True), *(may_share(c) for c in columns))
    return pairs.filter(shared).select("a", "b", relation=pl.lit("meets"), guard=pl.lit("G9")).cast(OVERLAPS)
