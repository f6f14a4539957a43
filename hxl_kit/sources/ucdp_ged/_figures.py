"""What the layouts of UCDP GED share: identity, kinds of violence, actors, the figure of all killed.

Meanings of codes: UCDP GED Codebook, https://ucdp.uu.se/downloads/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import constant, context, derived, folded_code, integer, joined, phrase, text
from hxl_kit.sources._blocks import EVERYONE
from hxl_kit.sources.definition import Measure, TableMap

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {
    "state-based": ("1", "state-based violence"),
    "non-state": ("2", "non-state violence"),
    "one-sided": ("3", "one-sided violence"),
}
_KIND_OF = {cell: kind for kind, cells in _KINDS.items() for cell in cells}

EVENT_ID = joined("ucdp_ged", text("id"))
VIOLENCE = (
    text("type_of_violence").str.to_lowercase().replace_strict(_KIND_OF, default=None, return_dtype=pl.String)
)
"""The kind of violence; derived files write the words instead of the number."""
ONE_SIDED = VIOLENCE == "one-sided"
SIDES = {"side_a": text("side_a"), "side_b": text("side_b")}
PERPETRATOR = derived(pl.when(ONE_SIDED).then(SIDES["side_a"]))
"""Who is said to have killed civilians: one-sided violence is the killing of civilians by side A."""


def _actor_type(side: str) -> pl.Expr:
    """Return the type of an actor; UCDP names every state actor "Government of X"."""
    name = text(side)
    return (
        pl.when(name.str.starts_with("Government of "))
        .then(pl.lit("state"))
        .when(name.is_in(["Civilians", "civilians"]))
        .then(pl.lit("civilians"))
        .when(name.is_not_null())
        .then(pl.lit("non_state"))
    )


def event(low: str, best: str, high: str) -> dict[str, pl.Expr]:
    """Return the fields of an event that every layout has; the arguments name the columns of all killed."""
    return {
        "event_id": EVENT_ID,
        "source_id": context("source_id"),
        "provider_event_id": text("id"),
        "event_type": folded_code("type_of_violence", "ucdp_ged-event_type"),
        "event_subtype": VIOLENCE,
        "civilian_targeting": derived(pl.when(ONE_SIDED).then(pl.lit(True))),
        "conflict_name": text("conflict_name"),
        "actor1_name": SIDES["side_a"],
        "actor1_type": _actor_type("side_a"),
        "actor2_name": SIDES["side_b"],
        "actor2_type": _actor_type("side_b"),
        "fatalities": integer(best),
        "fatalities_low": integer(low),
        "fatalities_high": integer(high),
    }


def killed(part: str, role: str, **given: pl.Expr) -> dict[str, pl.Expr]:
    """Return the columns of a figure of people killed in the event; `part` completes its id."""
    return {
        "figure_id": joined("ucdp_ged", text("id"), part),
        "source_id": context("source_id"),
        "event_id": EVENT_ID,
        "claimed_by": constant("UCDP"),
        "harm": constant("killed"),
        "population_group": constant("all"),
        **EVERYONE,
        "cause": constant("conflict"),
        "unit": constant("person"),
        "counting": constant("incident"),
        "role": constant(role),
        "overlap_group": EVENT_ID,
        **given,
    }


def all_killed(low: str, best: str, high: str, where_and_when: Mapping[str, pl.Expr]) -> TableMap:
    """Return the map of the event's total: the one figure of it to use."""
    equal = (integer(low) == integer(best)) & (integer(best) == integer(high))
    columns = killed(
        "killed",
        "recommended",
        person_status=constant("unknown"),
        alleged_perpetrator=PERPETRATOR,
        quantity_text=phrase("low {} best {} high {}", text(low), text(best), text(high)),
        value=integer(best),
        value_low=integer(low),
        value_high=integer(high),
        qualifier=pl.when(equal).then(pl.lit("exact")).otherwise(pl.lit("range")),
        bounds_basis=constant("source_range"),
        **where_and_when,
    )
    return TableMap("casualties", columns, where=text(best).is_not_null())


def measures(low: str, best: str, high: str) -> tuple[Measure, ...]:
    """Return the totals of all killed, in the events and in the recommended figures."""
    return (
        Measure(best, "events", "fatalities"),
        Measure(low, "events", "fatalities_low"),
        Measure(high, "events", "fatalities_high"),
        Measure(best, "casualties", "value", pl.col("role") == "recommended"),
    )
