"""The sums: from the largest set of figures that may be added to the sum of all upper bounds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.summarising.independent import EntangledError, components, heaviest
from hxl_kit.summarising.meeting import TooManyPairsError
from hxl_kit.summarising.nodes import CROSSING, Edges, crossing, edges, nodes, weighed, without_matched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SCALE = 9


@dataclass(frozen=True)
class Interval:
    """The sum of a group: None where a bound is open.

    Attributes:
        low, high: the bounds; by the figures' own words.
        by_convention: what the lower bound gains when bounds by a convention count too, by the convention's id.
    """

    low: Decimal
    high: Decimal | None
    by_convention: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Added:
    """The sums by group, and what stood in the way.

    Attributes:
        sums: by group; groups that are too entangled to be summed have none.
        crossing: pairs of rows (`a`, `b`: indexes) of different sources that may count the same; each stands for all
            rows of its node.
        nodes: the node of each row (`index`, `node`): what is added as one.
        above: indexes of rows of families whose parts are more than their whole.
    """

    sums: dict[int, Interval]
    crossing: pl.DataFrame
    nodes: pl.DataFrame
    above: list[int]


def in_groups(
    terms: pl.DataFrame, find: Callable[[pl.DataFrame], pl.DataFrame], empty: pl.DataFrame
) -> tuple[pl.DataFrame, set[int]]:
    """Return what `find` finds in the terms, and the groups where that would take too long."""
    try:
        return find(terms), set()
    except TooManyPairsError:
        found, entangled = [empty], set()
        for (group,), rows in terms.group_by("group", maintain_order=True):
            try:
                found.append(find(rows))
            except TooManyPairsError:
                entangled.add(int(group))
        return pl.concat(found), entangled


def add(terms: pl.DataFrame, pairs: pl.DataFrame, disjoint: list[str], entangled: set[int]) -> Added:
    """Return the sums of the groups of `terms`; `pairs` are the overlaps within one source or event.

    Terms have `held`: whether another one holds them. Such rows raise a lower bound where the parts say more than
    their whole; in an upper bound they are not counted.
    """
    rows = terms.join(nodes(terms, pairs), on="index", how="left", maintain_order="left")
    met, too_many = in_groups(rows, lambda part: crossing(part, disjoint), pl.DataFrame(schema=CROSSING))
    met = without_matched(met, rows, disjoint)
    weights = weighed(rows)
    joined, too_dense = edges(rows, pairs, met, weights)
    without = entangled | too_many | too_dense
    above, more = _parts_above(terms.filter(~pl.col("group").is_in(sorted(without))), pairs)
    found = _intervals(weights, joined, more)
    sums = {group: i for group, i in found.items() if i is not None and group not in without}
    return Added(sums, met.select("a", "b"), rows.select("index", "node"), above)


def _intervals(weights: pl.DataFrame, joined: Edges, more: Mapping[int, int]) -> dict[int, Interval | None]:
    """Return the interval of each group, None where its nodes are too entangled.

    Nodes without an edge are simply added; of the others the heaviest set is taken.
    """
    together = [node for pairs in joined.values() for pair in pairs for node in pair]
    entwined = weights.filter(pl.col("node").is_in(sorted(set(together))))
    weight = {
        node: (_int(low), _int(both))
        for node, low, both in entwined.select("node", "low", "both").iter_rows()
    }
    totals = weights.group_by("group", maintain_order=True).agg(
        pl.col("low", "both").sum(),
        pl.when(pl.col("high").null_count() == 0).then(pl.col("high").sum()),
        pl.col("conventions").list.explode(keep_nulls=False, empty_as_null=False).unique().sort(),
    )
    found: dict[int, Interval | None] = {}
    for group, low, both, high, conventions in totals.iter_rows():
        edges_of = joined.get(group, [])
        try:
            least = _int(low) + _lost(weight, edges_of, 0)
            gain = _int(both) + _lost(weight, edges_of, 1) - least if conventions else 0
        except EntangledError:
            found[group] = None
            continue
        by_convention = {", ".join(conventions): _decimal(gain)} if conventions else {}
        most = None if high is None else _decimal(_int(high) + more.get(group, 0))
        found[group] = Interval(_decimal(least), most, by_convention)
    return found


def _lost(weight: Mapping[int, tuple[int, int]], pairs: list[tuple[int, int]], which: int) -> int:
    """Return what the heaviest set of the nodes in these pairs weighs more than all of them: 0 or less."""
    weights = {node: weight[node][which] for pair in pairs for node in pair}
    return heaviest(weights, pairs) - sum(weights.values())


def _parts_above(terms: pl.DataFrame, pairs: pl.DataFrame) -> tuple[list[int], dict[int, int]]:
    """Return the rows of families whose parts are more than the whole (G9), and by group how much more.

    A family are figures of which one holds others. The upper bound is raised by what the parts have more.
    """
    if pairs.filter(relation="contains").is_empty():
        return [], {}
    about = pl.concat([pairs["a"], pairs["b"]]).unique()
    rows = terms.filter(pl.col("index").is_in(about.implode())).select(
        "index", "group", "low", "high", "held"
    )
    bounds = {index: bound for index, *bound in rows.iter_rows()}
    graph: dict[int, set[int]] = {index: set() for index in bounds}
    inside = pl.all_horizontal(pl.col("a", "b").is_in(rows["index"].implode()))
    for a, b in pairs.filter(inside).select("a", "b").iter_rows():
        graph[a].add(b)
        graph[b].add(a)
    above: list[int] = []
    more: dict[int, int] = defaultdict(int)
    for family in components(graph):
        highs = [bounds[v][2] for v in family if not bounds[v][3]]
        if len(highs) == len(family) or None in highs:
            continue
        low = _heaviest_of({v: _int(bounds[v][1] or Decimal(0)) for v in family}, family)
        excess = low - sum(_int(high) for high in highs)
        if excess > 0:
            above += family
            more[bounds[next(iter(family))][0]] += excess
    return above, more


def _heaviest_of(weights: dict[int, int], graph: Mapping[int, set[int]]) -> int:
    """Return the heaviest set of a family; where it is too entangled, so is its group, which says so itself."""
    try:
        return heaviest(weights, [(a, b) for a, near in graph.items() for b in near if a < b])
    except EntangledError:
        return 0


def _int(number: Decimal | float) -> int:
    """Return an exact decimal in its smallest units, which add without rounding."""
    return int(Decimal(number).scaleb(_SCALE))


def _decimal(number: int) -> Decimal:
    return Decimal(number).scaleb(-_SCALE)
