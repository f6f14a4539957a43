"""The heaviest set of figures of which no two may count the same people: a lower bound that removing a row never raises.

Figures are vertices, pairs that must not be added are edges, lower bounds are weights. Components are solved one by
one: by taking what is certainly in, by a minimum cut where the component falls into two sides (two monitors), else
by branch and bound with a limit on the work. https://en.wikipedia.org/wiki/Independent_set_(graph_theory)
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Graph = dict[int, set[int]]

MOST_WORK = 20_000_000
"""The vertices and edges looked at before giving up: seconds."""

_DEEPEST = 100
_SOURCE, _SINK = -1, -2


class EntangledError(Exception):
    """The largest sum could not be found within the limit of work."""


def heaviest(weights: Mapping[int, int], edges: Iterable[tuple[int, int]]) -> int:
    """Return the largest sum of weights (≥ 0) of vertices of which no two are joined by an edge.

    Raises:
        EntangledError: the graph is too entangled to be sure.
    """
    graph: Graph = {vertex: set() for vertex, weight in weights.items() if weight > 0}
    for a, b in edges:
        if a in graph and b in graph and a != b:
            graph[a].add(b)
            graph[b].add(a)
    left = {vertex: weights[vertex] for vertex in graph}
    search = _Search()
    return sum(search.best(component, left) for component in components(graph))


def components(graph: Graph) -> list[Graph]:
    """Return the connected parts of a graph, each in the order of its least vertex."""
    found, seen = [], set()
    for start in sorted(graph):
        if start not in seen:
            part = _reached(graph, start)
            seen |= part
            found.append({vertex: set(graph[vertex]) for vertex in sorted(part)})
    return found


def _reached(graph: Graph, start: int) -> set[int]:
    seen, waiting = {start}, [start]
    while waiting:
        new = graph[waiting.pop()] - seen
        seen |= new
        waiting.extend(new)
    return seen


class _Search:
    """A search for the heaviest sets, with one limit on the work for all components."""

    def __init__(self) -> None:
        self._work = 0

    def best(self, graph: Graph, weights: Mapping[int, int], depth: int = 0) -> int:
        """Return the weight of the heaviest independent set of a connected graph, whose sets it may change."""
        left = {vertex: weights[vertex] for vertex in graph}
        taken = _reduce(graph, left)
        return taken + sum(self._solve(part, left, depth) for part in components(graph))

    def _solve(self, graph: Graph, weights: Mapping[int, int], depth: int) -> int:
        self._work += len(graph) + sum(len(near) for near in graph.values())
        if self._work > MOST_WORK or depth > _DEEPEST:
            raise EntangledError
        sides = _sides(graph)
        if sides is not None:
            return sum(weights[v] for v in graph) - _Flow(graph, weights, sides).value()
        return self._branch(graph, weights, depth + 1)

    def _branch(self, graph: Graph, weights: Mapping[int, int], depth: int) -> int:
        """Return the better of taking a vertex of most neighbours and of leaving it."""
        vertex = max(graph, key=lambda v: (len(graph[v]), weights[v], -v))
        taken = weights[vertex] + self._parts(_without(graph, {vertex, *graph[vertex]}), weights, depth)
        rest = _without(graph, {vertex})
        if _clique_bound(rest, weights) <= taken:
            return taken
        return max(taken, self._parts(rest, weights, depth))

    def _parts(self, graph: Graph, weights: Mapping[int, int], depth: int) -> int:
        return sum(self.best(part, weights, depth) for part in components(graph))


def _without(graph: Graph, gone: set[int]) -> Graph:
    return {vertex: near - gone for vertex, near in graph.items() if vertex not in gone}


def _reduce(graph: Graph, weights: dict[int, int]) -> int:
    """Take vertices that some heaviest set has, fold those with one neighbour; return the weight taken."""
    taken, waiting = 0, deque(sorted(graph))
    while waiting:
        vertex = waiting.popleft()
        if vertex not in graph:
            continue
        near = graph[vertex]
        if weights[vertex] >= sum(weights[n] for n in near):
            taken += weights[vertex]
            waiting.extend(_remove(graph, {vertex, *near}))
        elif len(near) == 1:
            # Either this one is taken, or its neighbour, which then brings only what it weighs more.
            (other,) = near
            taken += weights[vertex]
            weights[other] -= weights[vertex]
            waiting.extend(_remove(graph, {vertex}))
    return taken


def _remove(graph: Graph, gone: set[int]) -> list[int]:
    """Take vertices out of a graph; return those that lost a neighbour, in order."""
    touched = set().union(*(graph[v] for v in gone)) - gone
    for vertex in gone:
        del graph[vertex]
    for vertex in touched:
        graph[vertex] -= gone
    return sorted(touched)


def _sides(graph: Graph) -> dict[int, bool] | None:
    """Return which of two sides each vertex of a connected graph is on, None where an edge joins one side."""
    side: dict[int, bool] = {}
    start = next(iter(graph))
    side[start], waiting = True, [start]
    while waiting:
        vertex = waiting.pop()
        for near in graph[vertex]:
            if near not in side:
                side[near] = not side[vertex]
                waiting.append(near)
            elif side[near] == side[vertex]:
                return None
    return side


def _clique_bound(graph: Graph, weights: Mapping[int, int]) -> int:
    """Return an upper bound: of each set of vertices all joined to one another, at most one is taken."""
    bound, left = 0, set(graph)
    for vertex in sorted(graph, key=lambda v: (-weights[v], v)):
        if vertex in left:
            bound += weights[vertex]
            left.discard(vertex)
            candidates = graph[vertex] & left
            while candidates:
                other = max(candidates, key=lambda v: (len(graph[v]), -v))
                left.discard(other)
                candidates = candidates & graph[other]
    return bound


class _Flow:
    """The greatest flow from one side to the other: what the least cut costs (Dinic's method)."""

    def __init__(self, graph: Graph, weights: Mapping[int, int], sides: Mapping[int, bool]) -> None:
        self._capacity: dict[int, dict[int, int]] = {v: {} for v in (*graph, _SOURCE, _SINK)}
        self._steps = 0
        unlimited = sum(weights[v] for v in graph) + 1
        for vertex, near in graph.items():
            if sides[vertex]:
                self._join(_SOURCE, vertex, weights[vertex])
                for other in sorted(near):
                    self._join(vertex, other, unlimited)
            else:
                self._join(vertex, _SINK, weights[vertex])

    def _join(self, start: int, end: int, capacity: int) -> None:
        self._capacity[start][end] = capacity
        self._capacity[end].setdefault(start, 0)

    def value(self) -> int:
        """Return the greatest flow."""
        flow = 0
        while (levels := self._levels()) is not None:
            ahead = {
                v: [end for end in self._capacity[v] if levels.get(end) == level + 1]
                for v, level in levels.items()
            }
            while sent := self._send(ahead):
                flow += sent
        return flow

    def _levels(self) -> dict[int, int] | None:
        """Return the number of steps from the source to each vertex that can be reached, None if the sink cannot."""
        levels, waiting = {_SOURCE: 0}, deque([_SOURCE])
        while waiting:
            vertex = waiting.popleft()
            self._count(len(self._capacity[vertex]))
            for end, capacity in self._capacity[vertex].items():
                if capacity and end not in levels:
                    levels[end] = levels[vertex] + 1
                    waiting.append(end)
        return levels if _SINK in levels else None

    def _send(self, ahead: Mapping[int, list[int]]) -> int:
        """Send what one path can carry, forgetting steps that lead nowhere; 0 where there is no path left."""
        path = [_SOURCE]
        while path[-1] != _SINK:
            vertex = path[-1]
            self._count(1)
            if ahead[vertex] and self._capacity[vertex][ahead[vertex][-1]]:
                path.append(ahead[vertex][-1])
            elif ahead[vertex]:
                ahead[vertex].pop()
            elif vertex == _SOURCE:
                return 0
            else:
                path.pop()
                ahead[path[-1]].pop()
        steps = list(pairwise(path))
        sent = min(self._capacity[a][b] for a, b in steps)
        for a, b in steps:
            self._capacity[a][b] -= sent
            self._capacity[b][a] += sent
        return sent

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > MOST_WORK:
            raise EntangledError
