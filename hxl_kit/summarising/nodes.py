"""What is added as one: single figures, all figures of one source, place and period, or a cluster of matched events."""

from __future__ import annotations

from collections import defaultdict

import polars as pl

from hxl_kit.summarising.meeting import SEPARATOR, Place, meeting, spans
from hxl_kit.summarising.terms import CODES, has_number

MOST_EDGES = 1_000_000
"""The pairs that must not be added in one group, beyond which no largest sum is looked for."""

Edges = dict[int, list[tuple[int, int]]]
_PATH = Place(tuple(pl.col(code) for code in CODES)).path()


def nodes(terms: pl.DataFrame, pairs: pl.DataFrame) -> pl.DataFrame:
    """Return the node of each row: its cluster; itself, if it overlaps with others; else all of its place and time."""
    paired = pl.concat([pairs["a"], pairs["b"]]).unique()
    alone = pl.col("index").is_in(paired.implode()) & pl.col("cluster").is_null()
    bundle = pl.col("cluster").is_null() & ~alone
    start, end = spans()
    where = {"source": pl.col("source_id"), "path": _PATH, "from": start, "to": end}
    keys = [pl.when(bundle).then(part).alias(name) for name, part in where.items()]
    keys += [pl.col("group"), pl.col("cluster"), pl.when(alone).then("index").alias("alone")]
    node = pl.struct(keys).rank("dense").cast(pl.UInt32)
    return terms.select("index", node=node, paired=~bundle & pl.col("index").is_in(paired.implode()))


def weighed(rows: pl.DataFrame) -> pl.DataFrame:
    """Return group, node and its bounds: sums, but of a cluster of matched events the largest of its events (G10)."""
    counted = pl.col("high").filter(~pl.col("held"))
    both = pl.col("low").fill_null(0) + pl.col("low_by_convention").fill_null(0)

    def total(numbers: pl.Expr) -> pl.Expr:
        return pl.when(pl.col("paired").any()).then(numbers.max()).otherwise(numbers.sum())

    event = pl.when(pl.col("cluster").is_not_null()).then("event_id").alias("event")
    by_event = rows.group_by("group", "node", event).agg(
        low=total(pl.col("low").fill_null(0)),
        both=total(both),
        high=pl.when(~counted.is_null().any()).then(counted.sum()),
        conventions=pl.col("convention").drop_nulls().unique(),
    )
    return (
        by_event.group_by("group", "node")
        .agg(
            pl.col("low", "both").max(),
            high=pl.when(pl.col("high").is_null().any()).then(None).otherwise(pl.col("high").max()),
            conventions=pl.col("conventions").list.explode(keep_nulls=False, empty_as_null=False).unique(),
        )
        .sort("group", "node")
    )


CROSSING = pl.Schema(dict.fromkeys(("a", "b", "node", "node_b", "group"), pl.UInt32))


def crossing(rows: pl.DataFrame, disjoint: list[str]) -> pl.DataFrame:
    """Return pairs of rows of different sources, not declared disjoint, whose places and periods meet (G12).

    Of the rows of one node, source, place and period the first stands for all.
    """
    several = rows.filter(has_number() & (pl.col("source_id").n_unique().over("group") > 1))
    faces = several.select("group", "node", "source_id", "index", *spans(), path=_PATH).unique(
        ["node", "source_id", "path", "start", "end"], keep="first", maintain_order=True
    )
    pairs = meeting(faces.rename({"index": "row"}), faces.rename({"index": "row"}), "group")
    names = faces.select("index", "group", "node", source="source_id")
    found = pairs.join(names, left_on="a", right_on="index").join(
        names.select("index", node_b="node", source_b="source"), left_on="b", right_on="index"
    )
    apart = (pl.col("source") + SEPARATOR + pl.col("source_b")).is_in(disjoint)
    found = found.filter(pl.col("source") != pl.col("source_b"), pl.col("node") != pl.col("node_b"), ~apart)
    return found.select(list(CROSSING))


def without_matched(met: pl.DataFrame, rows: pl.DataFrame, disjoint: list[str]) -> pl.DataFrame:
    """Leave out pairs of matched events that one source, or two disjoint ones, tell apart.

    Where A's event is matched with B's, another event of A is not that event of B either.
    """
    sources = rows.select("node", "source_id").unique()
    if not sources["node"].is_duplicated().any() or met.is_empty():
        return met
    edges = met.select("node", "node_b").unique()
    told = (
        edges.join(sources, on="node")
        .join(sources.rename({"node": "node_b", "source_id": "source_b"}), on="node_b")
        .filter(
            (pl.col("source_id") == pl.col("source_b"))
            | (pl.col("source_id") + SEPARATOR + pl.col("source_b")).is_in(disjoint)
        )
    )
    return met.join(told, on=["node", "node_b"], how="anti")


def edges(
    rows: pl.DataFrame, pairs: pl.DataFrame, met: pl.DataFrame, weights: pl.DataFrame
) -> tuple[Edges, set[int]]:
    """Return, by group, the pairs of nodes that are not added, and the groups that have too many of them.

    Nodes without a lower bound add nothing to a lower bound: their pairs are left out.
    """
    node = rows.select("index", "node", "group")
    own = (
        pairs.select("a", "b")
        .join(node, left_on="a", right_on="index")
        .join(node.select("index", node_b="node"), left_on="b", right_on="index")
        .filter(pl.col("node") != pl.col("node_b"))
    )
    columns = ["group", "node", "node_b"]
    some = weights.filter(pl.col("both") > 0).select("node")
    joined = (
        pl.concat([own.select(columns), met.select(columns)])
        .unique()
        .join(some, on="node", how="semi")
        .join(some.rename({"node": "node_b"}), on="node_b", how="semi")
    )
    many = joined.group_by("group").len().filter(pl.col("len") > MOST_EDGES)
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for group, a, b in joined.join(many, on="group", how="anti").sort(columns).iter_rows():
        found[group].append((a, b))
    return found, set(many["group"])
