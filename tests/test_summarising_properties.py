"""Invariants of interval sums, over made figures of several sources, places and periods."""

from __future__ import annotations

import tempfile
from itertools import combinations
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from summarising_for_tests import asked, between, made

PLACES: tuple[tuple[str, str], ...] = (("", ""), ("SYR", ""), ("SYR", "SY01"), ("SYR", "SY02"), ("YEM", ""))
DAYS = ("2024-01-01", "2024-01-10", "2024-02-01", "2024-02-20", "2024-03-05")


@st.composite
def incidents(draw: st.DrawFn) -> dict[str, Any]:
    """A figure of one incident, or of one period of a place, of one of three sources."""
    location, admin1 = draw(st.sampled_from(PLACES))
    start, end = sorted(draw(st.tuples(st.integers(0, 4), st.integers(0, 4))))
    low = draw(st.integers(0, 20))
    return {
        "source_id": draw(st.sampled_from("abc")),
        "location_code": location,
        "admin1_code": admin1,
        "date_start": draw(st.sampled_from([DAYS[start], DAYS[start], ""])),
        "date_end": draw(st.sampled_from([DAYS[end], DAYS[end], ""])),
        "sex": draw(st.sampled_from(["all", "all", "female", "male"])),
        "is_event": draw(st.booleans()),
        **between(
            draw(st.sampled_from([low, low, None])),
            draw(st.sampled_from([low + draw(st.integers(0, 9)), None])),
        ),
    }


def numbered(rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Give each row its ids; an incident has an event of its own."""
    return [
        {name: value for name, value in row.items() if name != "is_event"}
        | {"figure_id": f"f{n:02d}", "event_id": f"e{n}" if row["is_event"] else ""}
        for n, row in enumerate(rows)
    ]


def summed(rows: list[dict[str, str]], **options: Any) -> dict[str, Any]:
    """Return the answer for rows of casualties, whose events are all single ones."""
    events = [{"event_id": row["event_id"]} for row in rows if row["event_id"]]
    with tempfile.TemporaryDirectory() as folder:
        return asked(made(Path(folder), casualties=rows, events=events), **options)


def low_of(answer: dict[str, Any]) -> int:
    return sum(group["low"] or 0 for group in answer["groups"])


FIGURES = st.lists(incidents(), min_size=1, max_size=7).map(numbered)


@settings(max_examples=10)
@given(FIGURES, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert summed(rows) == summed(shuffled)


@settings(max_examples=10)
@given(FIGURES, st.data())
def test_removing_a_row_never_raises_low(rows, data):
    gone = data.draw(st.sampled_from(rows))
    assert low_of(summed([row for row in rows if row is not gone])) <= low_of(summed(rows))


@settings(max_examples=10)
@given(FIGURES, FIGURES)
def test_adding_a_source_never_lowers_low(rows, others):
    more = [
        {**row, "source_id": "new", "figure_id": f"n{row['figure_id']}", "event_id": ""} for row in others
    ]
    assert low_of(summed([*rows, *more])) >= low_of(summed(rows))


@settings(max_examples=10)
@given(FIGURES)
def test_low_is_never_above_high_and_a_value_is_both(rows):
    for group in summed(rows)["groups"]:
        assert group["high"] is None or group["low"] <= group["high"]
        assert group["value"] is None or group["value"] == group["low"] == group["high"]


@settings(max_examples=10)
@given(FIGURES)
def test_low_is_within_what_any_single_figure_and_all_together_say(rows):
    lows = [int(row.get("value_low", 0)) for row in rows]
    assert max(lows) <= low_of(summed(rows)) <= sum(lows)


@settings(max_examples=10)
@given(FIGURES)
def test_declaring_sources_disjoint_never_lowers_low(rows):
    sources = sorted({row["source_id"] for row in rows})
    disjoint = [",".join(sources)] if len(sources) > 1 else []
    assert low_of(summed(rows, disjoint=disjoint)) >= low_of(summed(rows))


def meet(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether places and periods of two figures meet, row by row and in other words than the program's."""
    for level in ("location_code", "admin1_code"):
        if not one[level] or not other[level]:
            break
        if one[level] != other[level]:
            return False
    start = max(one["date_start"], other["date_start"])
    end = min(one["date_end"] or "9", other["date_end"] or "9")
    return start <= end


@settings(max_examples=10)
@given(FIGURES)
def test_low_is_the_heaviest_set_of_figures_of_which_no_two_sources_meet(rows):
    """Every figure an incident of its own: only figures of other sources may count the same."""
    rows = [{**row, "event_id": f"e{n}"} for n, row in enumerate(rows)]
    clash = {
        (a, b)
        for a, b in combinations(range(len(rows)), 2)
        if rows[a]["source_id"] != rows[b]["source_id"] and meet(rows[a], rows[b])
    }
    best = 0
    for chosen in range(1 << len(rows)):
        taken = [n for n in range(len(rows)) if chosen >> n & 1]
        if not any(pair in clash for pair in combinations(taken, 2)):
            best = max(best, sum(int(rows[n].get("value_low", 0)) for n in taken))
    assert low_of(summed(rows)) == best
