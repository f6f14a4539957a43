"""What the figures of all tables of the Refugee Data Finder share: quantities, dates, roles, layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import constant, context, derived, joined, text, year_end, year_start
from hxl_kit.sources._blocks import EVERYONE
from hxl_kit.sources.definition import Expectation, Measure

if TYPE_CHECKING:
    from hxl_kit.sources.unhcr_population._countries import Countries

SOURCE_ID = "unhcr_population"
EXPECT = Expectation(ranges={"year": (1951, 2040)})
ROUNDED = (
    "UNHCR rounds figures below five to the nearest multiple of five before it publishes them (decisions on asylum "
    "between five and ten): 0 may stand for 1 or 2, and a total is close rather than exact"
)
MID_YEAR = (
    "the file does not say whether its last year ends in December or, in a mid-year release, in June: "
    "figures are dated 31 December"
)
HALF_YEAR = "the file does not say whether its last year is whole: figures are dated 1 January to 31 December"
RETURNS = "returned refugees: the place is the country that they left, the country of origin the one they went back to"
_HIDDEN, _NONE = "*", "-"
_LEAST_HIDDEN, _MOST_HIDDEN = 1, 4


def whole(column: str) -> pl.Expr:
    """Return whole numbers (Float64); `3e+05`, as R writes 300000, is one; anything else is null."""
    read = text(column).cast(pl.Float64, strict=False)
    return pl.when(read == read.floor()).then(read)


def counted(column: str) -> dict[str, pl.Expr]:
    """Return the quantity block of a column of counts, in which `*` is a count from 1 to 4 that UNHCR suppressed."""
    hidden, number = text(column) == _HIDDEN, whole(column)
    # Only the words tell what could not be read: the number of a suppressed count is empty on purpose.
    readable = text(column).is_in([_HIDDEN, _NONE]) | (number >= 0)
    return {
        "quantity_text": pl.when(readable).then(text(column)).alias("@integer"),
        "value": derived(number),
        "value_low": derived(pl.when(hidden).then(pl.lit(_LEAST_HIDDEN)).otherwise(number)),
        "value_high": derived(pl.when(hidden).then(pl.lit(_MOST_HIDDEN)).otherwise(number)),
        "qualifier": derived(pl.when(hidden).then(pl.lit("range")).otherwise(pl.lit("exact"))),
        "bounds_basis": derived(
            pl.when(hidden).then(pl.lit("convention:unhcr-suppressed")).otherwise(pl.lit("stated"))
        ),
    }


def given(column: str) -> pl.Expr:
    """Return where a column holds a figure: it is blank or `-` where UNHCR has none."""
    return text(column) != _NONE


STOCK = {
    "measure": constant("stock"),
    "as_of": year_end("year"),
    "date_precision": constant("year"),
}
FLOW = {
    "measure": constant("flow"),
    "date_start": year_start("year"),
    "date_end": STOCK["as_of"],
    "date_precision": STOCK["date_precision"],
}
PEOPLE = {"counts": constant("people"), "unit": constant("person")}
_SOURCE = {"source_id": context("source_id"), "claimed_by": constant("UNHCR")}


def row_id(table: str, countries: Countries, *parts: pl.Expr) -> pl.Expr:
    """Return what names an input row, the same in every layout of the table."""
    return joined(table, text("year"), countries.key, *(part.fill_null("all") for part in parts))


def figure(row: pl.Expr, part: str, countries: Countries, role: str = "recommended") -> dict[str, pl.Expr]:
    """Return the fields of a figure that are not its quantity, period and category; `part` completes its id."""
    return {
        "figure_id": joined(SOURCE_ID, row, part),
        **_SOURCE,
        **EVERYONE,
        **countries.origins,
        **countries.place,
        "role": constant(role),
    }


def measured(column: str, where: pl.Expr) -> Measure:
    """Return a column of counts as a measure that the rows of `displacement` under `where` hold."""
    return Measure(column, "displacement", "value", where, read=whole(column))
