"""What the series share: a figure of a day, since the series began or of the day, from its publisher or filled in.

A cumulative figure contains the earlier ones, so it is never added to them (guard G5). Where a table has no field
for how a figure counts (displacement, indicators), a cumulative one is never recommended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import constant, context, date, derived, integer, joined, text, words
from hxl_kit.sources._blocks import EVERYONE, exact, unranged
from hxl_kit.sources.definition import Measure, TableMap

if TYPE_CHECKING:
    import datetime as dt

COMPILER = "Tech for Palestine"
RECOMMENDED, COMPARED = "recommended", "triangulation"
Fields = dict[str, pl.Expr]
OfWhom = Mapping[str, str]
"""Fields of `casualties` that say whom a column counts, and the code of each."""
ANYONE: OfWhom = MappingProxyType({})
"""Whoever it was: no status or group is named."""


@dataclass(frozen=True)
class Series:
    """One table of a figure per day: its id, its column of days, the day it counts from, and where it speaks of.

    `reported` says of which rows a publisher published the figures: those of the others were filled in by the
    compiler, so they are estimates of his and never recommended.
    """

    id: str
    day: str
    start: dt.date
    place: Mapping[str, pl.Expr]
    claimant: pl.Expr
    reported: pl.Expr | None = None
    source_id: pl.Expr | None = None

    @property
    def key(self) -> pl.Expr:
        """What names a row among those of all series."""
        return joined("casualty_series", self.id, text(self.day))

    def figure(
        self, column: str, table: str, role: str, fields: Fields, *, filled_in: bool = False
    ) -> TableMap:
        """Return the map of a column's figures; `filled_in` columns are the compiler's estimates in every row."""
        columns: Fields = {
            "figure_id": joined(self.key, column),
            "source_id": self.source_id if self.source_id is not None else context("source_id"),
            **EVERYONE,
            "date_precision": constant("day"),
            "overlap_group": self.key,
            **self.place,
            **self._statement(column, role, filled_in=filled_in),
            **fields,
        }
        return TableMap(table, columns, where=text(column).is_not_null())

    def since_start(self) -> Fields:
        """Return the period from the first day of the series to the row's day."""
        return {"date_start": pl.lit(self.start), "date_end": date(self.day)}

    def _statement(self, column: str, role: str, *, filled_in: bool) -> Fields:
        """Return who says the figure, how sure it is, and what it is good for."""
        if filled_in:
            return {**unranged(column), "claimed_by": constant(COMPILER), "role": constant(COMPARED)}
        if self.reported is None:
            return {**exact(column), "claimed_by": self.claimant, "role": constant(role)}
        number = integer(column)
        return {
            "quantity_text": words(column),
            "value": number,
            **{bound: self._if_reported(number) for bound in ("value_low", "value_high")},
            "qualifier": self._if_reported(pl.lit("exact"), pl.lit("unknown")),
            "bounds_basis": self._if_reported(pl.lit("stated")),
            "unit": constant("person"),
            "claimed_by": self._if_reported(self.claimant, pl.lit(COMPILER)),
            "role": self._if_reported(pl.lit(role), pl.lit(COMPARED)),
        }

    def _if_reported(self, then: pl.Expr, otherwise: pl.Expr | None = None) -> pl.Expr:
        reported = pl.lit(True) if self.reported is None else self.reported
        return derived(pl.when(reported).then(then).otherwise(otherwise))


def cumulative(
    series: Series,
    column: str,
    harm: str,
    role: str = COMPARED,
    *,
    of_whom: OfWhom = ANYONE,
    filled_in: bool = False,
) -> TableMap:
    """Return the map of a column of people who came to harm since the series began."""
    fields = {**people(harm, of_whom), **series.since_start(), "counting": constant("cumulative")}
    return series.figure(column, "casualties", role, fields, filled_in=filled_in)


def of_the_day(
    series: Series,
    column: str,
    harm: str,
    begin: pl.Expr,
    precision: pl.Expr,
    *,
    of_whom: OfWhom = ANYONE,
    filled_in: bool = False,
) -> TableMap:
    """Return the map of a column of people who came to harm in a report's own period: parts of the cumulative ones."""
    period = {"date_start": begin, "date_end": date(series.day), "date_precision": precision}
    fields = {**people(harm, of_whom), **period, "counting": constant("incident")}
    return series.figure(column, "casualties", COMPARED, fields, filled_in=filled_in)


def people(harm: str, of_whom: OfWhom) -> Fields:
    """Return the fields that say who came to which harm; neither status nor group is known if not given."""
    known = {"person_status": "unknown", "population_group": "all", "cause": "conflict", **of_whom}
    return {"harm": constant(harm), **{name: constant(value) for name, value in known.items()}}


def measured(figures: Mapping[str, TableMap]) -> tuple[Measure, ...]:
    """Return a measure of each column of figures: its total over the rows of the table that come from it."""
    return tuple(
        Measure(column, m.table, "value", pl.col("figure_id").str.ends_with(f":{column}"))
        for column, m in figures.items()
    )


CHILD = {"age_group": "child"}
WOMAN = {"age_group": "adult", "sex": "female"}
