"""Numbers and names that do not fit the others of their kind: slips of the keys, for a person to look at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.outliers.kept import NAMES, NUMBERS, kept
from hxl_kit.checks.outliers.series import out_of_series, swapped_digits, wrong_power
from hxl_kit.checks.outliers.spelling import misspelt
from hxl_kit.checks.outliers.tail import FEWEST, far_above
from hxl_kit.checks.rule import Check, TableRule, Tables
from hxl_kit.checks.theme import Context, Theme
from hxl_kit.standard.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterator

_MEND = N_("Read the number again in the source; if it is right, leave it and say so in the notes.")
_FAR = Check(
    "number-far-above",
    "info",
    N_("is far larger than the largest of {count} numbers of its kind should be"),
    N_("One number with a zero too many outweighs a year of right ones."),
    "Hill, A Simple General Approach to Inference About the Tail of a Distribution, 1975",
    _MEND,
)
_SERIES = Check(
    "number-out-of-series",
    "warning",
    N_("is about {times} times the figures before and after it: are there zeros too many?"),
    N_("A figure that leaves its series for one date and comes back is a slip more often than an event."),
    "hxl_kit",
    _MEND,
)
_LESS = N_("is about a {times}th of the figures before and after it: are zeros missing?")
_SWAPPED = N_("fits the figures before and after it only with two of its digits exchanged")
_OTHER_CELL = Check(
    "number-of-another-cell",
    "info",
    N_("is the year of its own date, and far above the usual numbers of its kind"),
    N_("Cells that moved by a column put years and codes where people are counted."),
    "hxl_kit",
    N_("See whether the row's cells stand in the right columns."),
)
_CODE = N_("is the number in its own P-code, and far above the usual numbers of its kind")
_SPELLING = Check(
    "rare-spelling",
    "warning",
    N_("is spelt almost as the name on {count} other rows, the first of them row {row}"),
    N_("One name in two spellings becomes two places or two groups in every count by name."),
    "Bocek, Hunt and Stiller, Fast Similarity Search in Large Dictionaries, 2007",
    N_("Write the name as the other rows do, if it is the same."),
)
CHECKS = (_FAR, _SERIES, _OTHER_CELL, _SPELLING)

_UNUSUAL = 10
_PLACED = "place_name"
_PLACE_NAMES = {
    "provider_location_name": (),
    "admin1_name": ("country",),
    "provider_admin1_name": ("country",),
    "origin_admin1_name": ("country",),
    "admin2_name": ("country", "within1"),
    "provider_admin2_name": ("country", "within1"),
    _PLACED: ("country",),
}
"""Within what names of places are compared; all other names are compared throughout the table."""


def _rules(name: str, _: Context) -> tuple[TableRule, ...]:
    return (*(_number_rules(name) if name in NUMBERS else ()), *_name_rules(name))


def _number_rules(name: str) -> Iterator[TableRule]:
    told = {_FAR: partial(_far_above, name=name), _OTHER_CELL: partial(_of_another_cell, name=name)}
    if name != "events":
        told[_SERIES] = partial(_out_of_series, name=name)
    for check, found in told.items():
        yield TableRule(check.slug, name, NUMBERS[name], check.severity, found, check.message)


def _name_rules(name: str) -> Iterator[TableRule]:
    for column in NAMES.get(name, ()):
        found = partial(_misspelt, name=name, column=column)
        yield TableRule(_SPELLING.slug, name, column, _SPELLING.severity, found, _SPELLING.message)


def _far_above(tables: Tables, *, name: str) -> pl.DataFrame:
    return far_above(tables[name])


def _out_of_series(tables: Tables, *, name: str) -> pl.DataFrame:
    """Find numbers that a slip of the keys would explain: zeros too many or missing, two digits exchanged."""
    beside = out_of_series(tables, name)
    said = pl.when("more").then(pl.lit(_SERIES.message)).otherwise(pl.lit(_LESS))
    powers = wrong_power(beside).select("row_number", "times", message=said)
    swapped = swapped_digits(beside).select(
        "row_number", times=pl.lit(None, pl.Int64), message=pl.lit(_SWAPPED)
    )
    return pl.concat([powers, swapped]).sort("row_number")


def _of_another_cell(tables: Tables, *, name: str) -> pl.DataFrame:
    """Find numbers that are the year or the code of their own row and ten times what is usual."""
    rows = tables[name]
    suspect = rows.filter(pl.col("is_year") | pl.col("is_code"))
    usual = (
        rows.filter(pl.col("kind").is_in(suspect["kind"].unique().implode()))
        .group_by("kind")
        .agg(usual=pl.col("number").median(), numbers=pl.col("number").count())
    )
    found = suspect.join(usual, on="kind").filter(
        pl.col("numbers") >= FEWEST, pl.col("number") >= _UNUSUAL * pl.col("usual")
    )
    said = (
        pl.when(pl.col("is_year").fill_null(value=False))
        .then(pl.lit(_OTHER_CELL.message))
        .otherwise(pl.lit(_CODE))
    )
    return found.select("row_number", message=said).sort("row_number")


def _misspelt(tables: Tables, *, name: str, column: str) -> pl.DataFrame:
    rows = tables[name]
    if name != "events" and column in _PLACE_NAMES and tables["events"].height:
        rows = rows.filter(~pl.col("has_event"))  # the place of the event, where the slip is told
    within = _PLACE_NAMES.get(column, ())
    return misspelt(rows, column, within, placed=column == _PLACED).sort("row_number")


THEME = Theme(
    "outliers",
    N_("numbers and names that do not fit the others of their kind"),
    CHECKS,
    kept=kept,
    table_rules=_rules,
)
