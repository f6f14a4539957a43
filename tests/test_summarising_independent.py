"""The heaviest independent set, against trying every set, and on graphs that need its shortcuts."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hxl_kit.summarising import independent
from hxl_kit.summarising.independent import EntangledError, heaviest


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[int, int], list[tuple[int, int]]]:
    number = draw(st.integers(0, 9))
    weights = {vertex: draw(st.integers(0, 9)) for vertex in range(number)}
    pairs = list(combinations(range(number), 2))
    return weights, draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []


def by_trying(weights: dict[int, int], edges: list[tuple[int, int]]) -> int:
    sets = ([v for v in weights if chosen >> v & 1] for chosen in range(1 << len(weights)))
    return max(sum(weights[v] for v in s) for s in sets if not any(a in s and b in s for a, b in edges))


@given(graphs())
def test_it_is_the_best_of_all_sets(graph):
    assert heaviest(*graph) == by_trying(*graph)


def test_two_sides_are_cut():
    """Two monitors of a thousand days each, every figure meeting seven of the other's."""
    size = 1000
    weights = {n: 3 if n < size else 2 for n in range(2 * size)}
    edges = [(n, size + (n + step) % size) for n in range(size) for step in range(7)]
    assert heaviest(weights, edges) == 3 * size
    # Without the first half of the one's days, the other's days that nothing meets are taken too.
    weights |= dict.fromkeys(range(size // 2), 0)
    assert heaviest(weights, edges) == 3 * (size // 2) + 2 * (size // 2 - 6)


def test_what_cannot_be_sure_is_refused(monkeypatch):
    monkeypatch.setattr(independent, "MOST_WORK", 20)
    five_rings = [(5 * ring + a, 5 * ring + (a + 1) % 5) for ring in range(5) for a in range(5)]
    with pytest.raises(EntangledError):
        heaviest(dict.fromkeys(range(25), 1), five_rings)


def test_figures_that_all_meet_are_one():
    size = 300
    assert heaviest({n: n for n in range(size)}, combinations(range(size), 2)) == size - 1


def test_a_ring_of_five():
    assert heaviest(dict.fromkeys(range(5), 3), [(n, (n + 1) % 5) for n in range(5)]) == 6
