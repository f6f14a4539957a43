"""The two figures of the database, a flow and a stock, each given as it is and rounded for IDMC's report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import constant, context, derived, integer, joined, text, words, year_end, year_start
from hxl_kit.sources._blocks import EVERYONE, exact, nationwide
from hxl_kit.sources._idmc import places
from hxl_kit.sources.definition import Measure, TableMap

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE = {**nationwide(text("iso3")), **places()}
YEAR = {
    "date_start": year_start("year"),
    "date_end": year_end("year"),
    "date_precision": constant("year"),
}
YEAR_END = {"as_of": YEAR["date_end"], "date_precision": constant("day")}
NOTES = (
    "IDMC's figures are estimates; rounded ones are those of its report and stand beside the figures they round",
    "new displacements count movements in a year, people displaced are those at its end: the two are never added",
)


def figure_maps(
    column: str,
    subject: pl.Expr,
    cause: str,
    *,
    exactly: bool = True,
    period: Mapping[str, pl.Expr] = YEAR,
    event_id: pl.Expr | None = None,
) -> tuple[TableMap, ...]:
    """Return the maps of a figure and of its rounded form to displacement.

    Args:
        column: the figure's column, which ends in new_displacement (a flow) or total_displacement (a stock).
        subject: what the figure is of, as the beginning of its id.
        cause: conflict or disaster.
        exactly: whether the file has the figure as it is, not only rounded.
        period: the period of a flow; a stock is as of the end of the year.
        event_id: the event whose figure it is.
    """
    flow = column.endswith("new_displacement")
    name = "new_displacement" if flow else "idps"
    group = joined(subject, name)
    shared = {
        "source_id": context("source_id"),
        **({} if event_id is None else {"event_id": event_id}),
        "claimed_by": constant("IDMC"),
        "measure": constant("flow" if flow else "stock"),
        "category": constant(name),
        "cause": constant(cause),
        "counts": constant("movements" if flow else "people"),
        **EVERYONE,
        **(period if flow else YEAR_END),
        **PLACE,
        "overlap_group": group,
    }
    unit = "movement" if flow else "person"
    whole = {"figure_id": group, **shared, **exact(column, unit), "role": constant("recommended")}
    rounded = _rounded(f"{column}_rounded", unit) | {"figure_id": joined(group, "rounded"), **shared}
    role = derived(
        pl.when(text(column).is_null()).then(pl.lit("recommended")).otherwise(pl.lit("triangulation"))
    )
    rounded["role"] = role if exactly else constant("recommended")
    maps = (
        TableMap("displacement", whole, where=text(column).is_not_null()),
        TableMap("displacement", rounded, where=text(f"{column}_rounded").is_not_null()),
    )
    return maps if exactly else maps[1:]


def figure_measures(column: str, cause: str, *, exactly: bool = True) -> tuple[Measure, ...]:
    """Return the totals of a figure and of its rounded form that must be equal before and after."""
    name = "new_displacement" if column.endswith("new_displacement") else "idps"
    ours = (pl.col("category") == name) & (pl.col("cause") == cause)
    rounded = pl.col("figure_id").str.ends_with(":rounded")
    measures = (
        Measure(column, "displacement", "value", ours & ~rounded),
        Measure(f"{column}_rounded", "displacement", "value", ours & rounded),
    )
    return measures if exactly else measures[1:]


def _rounded(column: str, unit: str) -> dict[str, pl.Expr]:
    """Return the quantity block of a rounded figure: close, on no particular side."""
    return {
        "quantity_text": words(column),
        "value": integer(column),
        "qualifier": constant("approximately"),
        "bounds_basis": constant("stated"),
        "unit": constant(unit),
    }
