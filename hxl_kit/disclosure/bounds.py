"""What a reader can work out of cells that are kept back: the least and greatest count each could be.

The sums of a table are linear equations in the counts that are kept back, which are not below 0. For each group of
cells that sums tie together the extremes are found in exact arithmetic: in tables with totals in two directions as
flows in a network (`flows`), else by the simplex method. In two directions they are the extremes among whole numbers
too (the equations are totally unimodular); in more the true interval may be narrower still.

The simplex method has no good limit in time, so a look at a published table has one in steps (`MOST_STEPS`). Where it
is reached, what each sum by itself says of its cells is left (`outer`), and the cells that it leaves open are named.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from hxl_kit.disclosure.flows import network

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hxl_kit.disclosure.cells import Cells

Number = int | Fraction
Interval = tuple[int, int | None]
"""The least and the greatest whole number; None for no limit."""

Equation = tuple[dict[int, int], int]
"""Signs of the unknown cells, and what they sum up to."""

MOST_STEPS = 6_000_000
"""Additions within one table's equations before it is given up: some seconds."""

_ROUNDS = 20


@dataclass(frozen=True)
class Narrow:
    """What could be worked out of a table.

    Attributes:
        intervals: the cells without a value whose interval is short.
        open: the cells of which it was not worked out.
    """

    intervals: Mapping[int, Interval]
    open: frozenset[int]


class UnfinishedError(Exception):
    """The limit of steps is reached; it does not leave this module."""


def intervals(cells: Cells) -> dict[int, Interval]:
    """Return for every cell without a value the least and the greatest count that the stated cells allow.

    Cells whose sums contradict one another are left out.
    """
    found: dict[int, Interval] = dict.fromkeys(cells.hidden, (0, None))
    for equations in groups(cells):
        system = System(equations)
        if system.solvable:
            found.update({cell: system.interval(cell) for cell in system.unknown})
        else:
            found = {cell: limits for cell, limits in found.items() if cell not in system.unknown}
    return found


def narrow(cells: Cells, width: int = 1) -> dict[int, Interval]:
    """Return the cells without a value whose interval is shorter than `width`; 1 finds those that are known exactly.

    It takes the time it takes; `narrow_within` has a limit.
    """
    return dict(narrow_within(cells, width, None).intervals)


def narrow_within(cells: Cells, width: int = 1, steps: int | None = MOST_STEPS) -> Narrow:
    """Return the cells without a value whose interval is shorter than `width`, and those that were given up.

    Args:
        cells: the table.
        width: 1 finds the cells that are known exactly.
        steps: how many additions may be made; None for no limit. What is found within it is true in any case.
    """
    found: dict[int, Interval] = {}
    left, given_up = Steps(steps), set[int]()
    for equations in sorted(groups(cells), key=len):
        try:
            system = network(equations, left) or System(equations, left)
            if system.solvable:
                found.update(system.narrow(width))
        except UnfinishedError:
            limits = outer(equations)
            known = {cell: limit for cell, limit in limits.items() if _is_shorter(limit, width)}
            found.update(known)
            given_up |= limits.keys() - known.keys()
    return Narrow(found, frozenset(given_up))


def outer(equations: Sequence[Equation]) -> dict[int, Interval]:
    """Return limits that hold for every cell, from each sum by itself; the true interval lies within them.

    Equations that contradict one another say nothing: no cell is returned.
    """
    limits: dict[int, Interval] = {cell: (0, None) for signs, _ in equations for cell in signs}
    for _ in range(_ROUNDS):
        before = dict(limits)
        for signs, right in equations:
            for cell, sign in signs.items():
                if abs(sign) == 1:
                    limits[cell] = _within(limits, signs, right, cell, sign)
        if any(high is not None and high < low for low, high in limits.values()):
            return {}
        if limits == before:
            break
    return limits


def _within(
    limits: Mapping[int, Interval], signs: Mapping[int, int], right: int, cell: int, sign: int
) -> Interval:
    """Return what one sum leaves for one of its cells: sign * cell = right - all others."""
    least, most = right, right
    no_least = no_most = False
    for other, factor in signs.items():
        if other != cell:
            low, high = limits[other]
            from_low, from_high = factor * low, None if high is None else factor * high
            small, great = (from_low, from_high) if factor > 0 else (from_high, from_low)
            no_least, no_most = no_least or great is None, no_most or small is None
            least, most = least - (great or 0), most - (small or 0)
    if sign < 0:
        least, most, no_least, no_most = -most, -least, no_most, no_least
    low, high = limits[cell]
    lowest = low if no_least else max(low, least)
    if no_most:
        return lowest, high
    return lowest, most if high is None else min(high, most)


def _is_shorter(limits: Interval, width: int) -> bool:
    return limits[1] is not None and limits[1] - limits[0] < width


class Steps:
    """The steps that are left; all of a table's systems share them."""

    def __init__(self, most: int | None) -> None:
        self._left = most

    def take(self, number: int) -> None:
        """Take some.

        Raises:
            UnfinishedError: none are left.
        """
        if self._left is not None:
            self._left -= number
            if self._left < 0:
                raise UnfinishedError


def groups(cells: Cells) -> list[list[Equation]]:
    """Return the equations in the cells without a value, by groups that share no cell."""
    equations = [_equation(each.total, each.parts, cells.values) for each in cells.sums]
    owner: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for number, (signs, _) in enumerate(equations):
        joined = sorted({owner[cell] for cell in signs if cell in owner})
        merged = [number, *(n for old in joined for n in members.pop(old))]
        members[number] = merged
        for cell in (cell for n in merged for cell in equations[n][0]):
            owner[cell] = number
    return [[equations[n] for n in group] for group in members.values() if equations[group[0]][0]]


def _equation(total: int, parts: Iterable[int], values: Sequence[int | None]) -> Equation:
    signs: dict[int, int] = {}
    right = 0
    for cell, sign in ((total, -1), *((part, 1) for part in parts)):
        value = values[cell]
        if value is None:
            signs[cell] = signs.get(cell, 0) + sign
        else:
            right -= sign * value
    return {cell: sign for cell, sign in signs.items() if sign}, right


class System:
    """Equations in counts from 0 on, and a solution of them that is moved to its extremes."""

    def __init__(self, equations: Sequence[Equation], steps: Steps | None = None) -> None:
        self._steps = steps or Steps(None)
        self.unknown = tuple(sorted({cell for signs, _ in equations for cell in signs}))
        self._rows: list[dict[int, Number]] = []
        self._right: list[Number] = []
        self._basic: list[int] = []
        for number, (signs, right) in enumerate(equations):
            flip = -1 if right < 0 else 1
            self._rows.append({**{cell: flip * sign for cell, sign in signs.items()}, -1 - number: 1})
            self._right.append(flip * right)
            self._basic.append(-1 - number)
        self.solvable = all(self._without(-1 - number) for number in range(len(equations)))
        self._seen = {cell: (value, value) for cell, value in self._solution().items()}

    def interval(self, cell: int) -> Interval:
        """Return the least and the greatest whole number that a cell could be."""
        high = self._highest(cell)
        return ceil(self._lowest(cell)), None if high is None else floor(high)

    def narrow(self, width: int) -> dict[int, Interval]:
        """Return the cells whose interval is shorter than `width`.

        A cell that two solutions met on the way show to be free needs no look of its own.
        """
        found = {}
        for cell in self.unknown:
            low, high = self._seen[cell]
            if high - low < width:
                limits = self.interval(cell)
                if _is_shorter(limits, width):
                    found[cell] = limits
        return found

    def _solution(self) -> Mapping[int, Number]:
        values: dict[int, Number] = dict.fromkeys(self.unknown, 0)
        values.update(
            {cell: right for cell, right in zip(self._basic, self._right, strict=True) if cell >= 0}
        )
        return values

    def _without(self, artificial: int) -> bool:
        """Bring an artificial unknown to 0 and remove it; return whether that could be done."""
        if self._lowest(artificial) != 0:
            return False
        if artificial in self._basic:
            row = self._basic.index(artificial)
            others = [cell for cell in self._rows[row] if cell != artificial]
            if others:
                self._pivot(row, min(others, key=lambda cell: (cell < 0, cell)))
            else:
                del self._rows[row], self._right[row], self._basic[row]
        for each in self._rows:
            each.pop(artificial, None)
        return True

    def _lowest(self, cell: int) -> Number:
        while cell in self._basic:
            row = self._basic.index(cell)
            entering = min(
                (k for k, factor in self._rows[row].items() if k != cell and factor > 0), default=None
            )
            if entering is None:
                return self._right[row]
            self._enter(entering)
        return 0

    def _highest(self, cell: int) -> Number | None:
        if cell not in self._basic and not self._enter(cell):
            return None
        while True:
            row = self._basic.index(cell)
            entering = min(
                (k for k, factor in self._rows[row].items() if k != cell and factor < 0), default=None
            )
            if entering is None:
                return self._right[row]
            if not self._enter(entering):
                return None

    def _enter(self, cell: int) -> bool:
        """Raise a cell from 0 as far as the others allow; False where nothing holds it (Bland's rule on ties)."""
        best: tuple[Number, int, int] | None = None
        for row, each in enumerate(self._rows):
            factor = each.get(cell, 0)
            if factor > 0:
                tried = (_ratio(self._right[row], factor), self._basic[row], row)
                best = tried if best is None else min(best, tried)
        if best is None:
            return False
        self._pivot(best[2], cell)
        return True

    def _pivot(self, row: int, cell: int) -> None:
        factor = self._rows[row][cell]
        pivot = {k: _ratio(value, factor) for k, value in self._rows[row].items()}
        right = _ratio(self._right[row], factor)
        self._rows[row], self._right[row], self._basic[row] = pivot, right, cell
        for other, each in enumerate(self._rows):
            times = each.get(cell, 0)
            if other != row and times:
                self._steps.take(len(pivot))
                _subtract(each, pivot, times)
                self._right[other] -= times * right
        self._note()

    def _note(self) -> None:
        if hasattr(self, "_seen"):
            self._steps.take(len(self._basic))
            for cell, value in self._solution().items():
                low, high = self._seen[cell]
                self._seen[cell] = (min(low, value), max(high, value))


def _subtract(row: dict[int, Number], pivot: Mapping[int, Number], times: Number) -> None:
    for cell, value in pivot.items():
        left = row.get(cell, 0) - times * value
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


def _ratio(value: Number, by: Number) -> Number:
    if by == 1:
        return value
    found = Fraction(value) / by
    return int(found) if found.denominator == 1 else found
