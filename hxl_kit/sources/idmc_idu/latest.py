"""The latest figure of an event for which IDMC recommends none: it stands in until there is a better one.

IDMC recommends figures event by event; until then an event has first estimates only ("Triangulation"), each of
which replaces the one before. Adding them counts people twice, leaving them out loses the event: the one that IDMC
entered last is used. That needs the whole table, because an event's rows may stand anywhere in it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import constant
from hxl_kit.sources.idmc_idu.figures import FIGURES, GIVEN_ROLE, figures

if TYPE_CHECKING:
    from hxl_kit.reading import TableText
    from hxl_kit.sources.definition import Layout

_NEEDED = ("id", "event_id", "role", "created_at")


def with_latest_figures(text: TableText) -> Layout | None:
    """Return the layout in which the latest figures of events without a recommended one are recommended.

    None where the table is not of the layout that has roles, or does not tell events and times of entry.
    """
    names = FIGURES.names_in(text.header, text.tags)
    if not (FIGURES.required | set(_NEEDED)) <= set(names.values()):
        return None
    columns = {given: name for given, name in names.items() if name in _NEEDED}
    parts = [batch.frame.select(columns.keys()).rename(columns) for batch in text.batches()]
    latest = latest_figures(pl.concat(parts)) if parts else pl.Series(dtype=pl.String)
    if latest.is_empty():
        return FIGURES
    stands_in = pl.col("id").is_in(latest.implode()).fill_null(value=False)
    maps = (figures(constant("recommended"), stands_in), figures(where=~stands_in))
    note = (
        f"events without a figure that IDMC recommends: {len(latest):,}; the one entered last stands in for it "
        "(role recommended), the others are triangulation"
    )
    return replace(FIGURES, maps=maps, notes=(*FIGURES.notes, note))


def latest_figures(rows: pl.DataFrame) -> pl.Series:
    """Return the id of the figure entered last of each event that has no recommended figure.

    Args:
        rows: id, event_id, role and created_at (ISO 8601) of every row, as text.
    """
    known = (
        rows.with_columns(pl.all().str.strip_chars())
        .with_columns(role=pl.when(pl.col("role").is_not_null()).then(GIVEN_ROLE))
        .filter(pl.all_horizontal(pl.col(_NEEDED).is_not_null()))
    )
    last = known.sort("created_at", pl.col("id").str.len_chars(), "id").group_by("event_id").last()
    settled = known.filter(pl.col("role") == "recommended")["event_id"].unique()
    return last.filter(~pl.col("event_id").is_in(settled.implode()))["id"].sort()
