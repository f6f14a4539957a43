"""IDMC Global Internal Displacement Database (GIDD): checked yearly figures of displacement.

Two figures that are never added: new displacements of a year (a flow that counts movements) and people displaced
at its end (a stock). Both stand as they are and rounded as in IDMC's report; a rounded figure is triangulation,
except where it stands alone. An empty cell is no figure, a 0 is one.

Columns: https://helix-tools-api.idmcdb.org/external-api/; 2008 to 2016 differ between releases, because IDMC
revises them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hxl_kit.sources._idmc import TERMS
from hxl_kit.sources.definition import Source
from hxl_kit.sources.idmc_gidd.country_years import (
    CONFLICT,
    CONFLICT_AND_DISASTER,
    CONFLICT_EXPORT,
    DISASTER_EXPORT,
    ROUNDED,
)
from hxl_kit.sources.idmc_gidd.disasters import DISASTERS

if TYPE_CHECKING:
    from hxl_kit.reading import TableText
    from hxl_kit.sources.definition import Layout


def _likeliest(text: TableText) -> Layout:
    """Return the layout that knows most of a table's columns, if the table has all that it needs.

    The layouts share columns: without one of its own, a table of disasters could pass for one of conflict.
    """

    def fit(layout: Layout) -> tuple[int, float]:
        known = set(layout.names_in(text.header, text.tags).values())
        return len(known), len(layout.required & known) / len(layout.required)

    likeliest = max(SOURCE.layouts, key=fit)
    return replace(SOURCE, layouts=(likeliest,)).fitting_layout(text.header, text.tags)


SOURCE = Source(
    id="idmc_gidd",
    title="IDMC Global Internal Displacement Database (GIDD)",
    url="https://www.internal-displacement.org/database/displacement-data/",
    terms="Free to use and redistribute with attribution to IDMC and the day of access.",
    layouts=(CONFLICT, DISASTERS, CONFLICT_AND_DISASTER, CONFLICT_EXPORT, DISASTER_EXPORT, ROUNDED),
    recognise=_likeliest,
    **TERMS,
)
