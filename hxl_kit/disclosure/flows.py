"""What a reader can work out of counts that are kept back, where the sums form a network: tables with totals two ways.

If each unknown cell stands in two sums at most, as in a table of rows and columns with their totals, a sum is a node
and a cell carries its count from one sum to the other. How far a count can rise or fall is then how much can be sent
round on other ways (Ahuja, Magnanti, Orlin: Network Flows, 1993). All steps are whole numbers, and fast; other
systems of sums are left to `bounds`.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hxl_kit.disclosure.bounds import Equation, Interval, Steps

_ENDS = 2


class Arc(NamedTuple):
    """A way to change a cell's count by one that takes one from a sum and gives it to another."""

    cell: int
    to: int
    change: int


class Network:
    """A filling of the unknown cells in which all sums hold, and the ways in which it can be changed."""

    def __init__(self, ends: Mapping[int, tuple[int, int]], missing: Sequence[int], steps: Steps) -> None:
        """Fill the cells.

        Args:
            ends: for each cell the sum that its count leaves, and the one that it goes to.
            missing: what each sum has to give, less what it has to get.
            steps: how many steps may be made.
        """
        self._ends, self._steps = ends, steps
        self._counts = dict.fromkeys(ends, 0)
        self._arcs: list[list[Arc]] = [[] for _ in missing]
        for cell, (tail, head) in ends.items():
            self._arcs[tail].append(Arc(cell, head, 1))
            self._arcs[head].append(Arc(cell, tail, -1))
        self.solvable = self._filled(list(missing))
        self._seen = {cell: (count, count) for cell, count in self._counts.items()}

    def narrow(self, width: int) -> dict[int, Interval]:
        """Return the cells whose interval is shorter than `width`; others met on the way need no look of their own."""
        found: dict[int, Interval] = {}
        for cell in sorted(self._ends):
            low, high = self._seen[cell]
            limits = self._limits(cell, width) if high - low < width else None
            if limits:
                found[cell] = limits
        return found

    def _limits(self, cell: int, width: int) -> Interval | None:
        """Return the least and the greatest count of a cell; None where they are `width` apart or further."""
        tail, head = self._ends[cell]
        start = self._counts[cell]
        while self._counts[cell] - start < width and self._moved(cell, 1, head, tail, width):
            pass
        high = self._counts[cell]
        if high - start >= width:
            return None
        while self._counts[cell] > 0 and high - self._counts[cell] < width:
            if not self._moved(cell, -1, tail, head, min(width, self._counts[cell])):
                break
        low = self._counts[cell]
        return (low, high) if high - low < width else None

    def _moved(self, cell: int, change: int, source: int, target: int, most: int) -> bool:
        """Change a cell by up to `most` and send as much round on another way; False where there is none."""
        way = self._way(source, {target}, cell)
        if way is None:
            return False
        by = min([most, *(self._counts[arc.cell] for arc in way if arc.change < 0)])
        for each, sign in ((cell, change), *((arc.cell, arc.change) for arc in way)):
            self._counts[each] += sign * by
            low, high = self._seen[each]
            self._seen[each] = (min(low, self._counts[each]), max(high, self._counts[each]))
        return True

    def _filled(self, missing: list[int]) -> bool:
        """Send what some sums have to give to those that have to get it; return whether all could be sent."""
        for source in range(len(missing)):
            while missing[source] > 0:
                targets = {node for node, left in enumerate(missing) if left < 0}
                way = self._way(source, targets)
                if way is None:
                    return False
                target = way[-1].to
                taken = (self._counts[arc.cell] for arc in way if arc.change < 0)
                by = min([missing[source], -missing[target], *taken])
                for arc in way:
                    self._counts[arc.cell] += arc.change * by
                missing[source] -= by
                missing[target] += by
        return not any(missing)

    def _way(self, source: int, targets: set[int], banned: int | None = None) -> list[Arc] | None:
        """Return the shortest way on which counts can be sent, without a cell; None where there is none."""
        came: dict[int, tuple[int, Arc] | None] = {source: None}
        waiting = deque([source])
        while waiting:
            node = waiting.popleft()
            self._steps.take(len(self._arcs[node]))
            for arc in self._arcs[node]:
                if arc.to in came or arc.cell == banned or (arc.change < 0 and not self._counts[arc.cell]):
                    continue
                came[arc.to] = (node, arc)
                if arc.to in targets:
                    return _back(came, arc.to)
                waiting.append(arc.to)
        return None


def _back(came: Mapping[int, tuple[int, Arc] | None], node: int) -> list[Arc]:
    way: list[Arc] = []
    while (step := came[node]) is not None:
        node, arc = step
        way.append(arc)
    return way[::-1]


def network(equations: Sequence[Equation], steps: Steps) -> Network | None:
    """Return the network of some sums; None where they form none.

    Sums are nodes; one more stands for everything outside, for cells of a single sum.

    Raises:
        UnfinishedError: the steps did not suffice to fill it.
    """
    turned = _turned(equations)
    if turned is None:
        return None
    outside = len(equations)
    ends: dict[int, list[int]] = {}
    for node, (signs, _) in enumerate(equations):
        for cell, sign in signs.items():
            ends.setdefault(cell, [outside, outside])[0 if sign * turned[node] > 0 else 1] = node
    missing = [right * turn for (_, right), turn in zip(equations, turned, strict=True)]
    return Network({cell: (a, b) for cell, (a, b) in ends.items()}, [*missing, -sum(missing)], steps)


def _turned(equations: Sequence[Equation]) -> list[int] | None:
    """Return for each sum 1 or -1, such that a cell of two sums has opposite signs in them; None where none does."""
    places: dict[int, list[tuple[int, int]]] = {}
    for node, (signs, _) in enumerate(equations):
        for cell, sign in signs.items():
            places.setdefault(cell, []).append((node, sign))
    if any(len(at) > _ENDS or any(abs(sign) != 1 for _, sign in at) for at in places.values()):
        return None
    turned: dict[int, int] = {}
    for first in range(len(equations)):
        if first not in turned and not _turn_from(first, turned, equations, places):
            return None
    return [turned[node] for node in range(len(equations))]


def _turn_from(
    first: int,
    turned: dict[int, int],
    equations: Sequence[Equation],
    places: Mapping[int, Sequence[tuple[int, int]]],
) -> bool:
    """Turn all sums that hang together with the first; return whether that was possible without contradiction."""
    turned[first], waiting = 1, [first]
    while waiting:
        node = waiting.pop()
        for cell, sign in equations[node][0].items():
            for other, factor in places[cell]:
                wanted = -sign * turned[node] * factor
                if other == node or turned.get(other) == wanted:
                    continue
                if other in turned:
                    return False
                turned[other] = wanted
                waiting.append(other)
    return True
