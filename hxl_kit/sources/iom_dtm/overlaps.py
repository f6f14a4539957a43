"""Which rows of a DTM file count the same people: found in one look over the whole file, before its rows are read.

DTM publishes the same stock at several admin levels, under several assessment types, and sometimes twice.
A row alone does not show it: its part in the sums depends on the other rows of the same operation and date.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import text, tidy, words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hxl_kit.reading import TableText

MISSING = ("Not available", "Not Available", "not available", "NOT AVAILABLE")
_TYPES = ("BA", "SA", "ETT")
"""Assessment types, the one that covers an area as a whole first: baseline, site, emergency tracking."""

ADMIN1 = ("admin1Pcode", "admin1Name")
ADMIN2 = ("admin2Pcode", "admin2Name")
_PART = ("displacementReason", "idpOriginAdmin1Pcode", "idpOriginAdmin1Name")
_TYPE = "assessmentType"
_DATE = "reportingDate"
READ = ("operation", "admin0Pcode", "adminLevel", *ADMIN1, *ADMIN2, _DATE, *_PART, _TYPE)
"""The columns that tell which stock a row is about."""


_SEEDS = {name: seed for seed, name in enumerate((*READ, "roundNumber", "id"))}


def is_filled(columns: Iterable[str]) -> pl.Expr:
    """Return whether any of the columns is filled."""
    return pl.any_horizontal(text(name).is_not_null() for name in columns)


LEVEL = pl.coalesce(
    text("adminLevel"),
    pl.when(is_filled(ADMIN2))
    .then(pl.lit("2"))
    .when(is_filled(ADMIN1))
    .then(pl.lit("1"))
    .otherwise(pl.lit("0")),
)
"""The admin level of a row: as the provider says, else as the units that it names."""


def _hashed(columns: Iterable[str]) -> pl.Expr:
    """Return one number for the cells of several columns, the same for the same cells in the same columns."""
    cells = {"adminLevel": LEVEL, _DATE: words(_DATE)}
    hashes = [cells.get(name, text(name)).hash(seed=_SEEDS[name]) for name in columns]
    return reduce(operator.xor, hashes)


# The date is taken as received: how it is written is decided only when the rows are read.
_STOCK = ("operation", "admin0Pcode", _DATE)
_COUNTRY = _hashed(_STOCK)
_UNIT1 = _hashed((*_STOCK, *ADMIN1))
_PLACE = _hashed((*_STOCK, "adminLevel", *ADMIN1, *ADMIN2))
_TWIN = _hashed(READ)
NEAR = _hashed(name for name in READ if name != _TYPE)
"""A figure's operation, place, date, reason and origin, whatever its id, round and assessment type."""

KEY = (
    pl.when(text("id").is_not_null())
    .then(_hashed(("id", "admin0Pcode", "adminLevel", _TYPE)))
    .otherwise(_hashed((*READ, "roundNumber")))
)
"""What no two rows share: the provider's id within the admin level, else all that the figure is about."""


def _none() -> pl.Series:
    return pl.Series("nothing", [], pl.UInt64)


@dataclass(frozen=True)
class Overlaps:
    """What one look over a file found, as hashes of what the rows are about.

    `countries` and `units` are the stocks that have a row for the country or the admin 1 unit as a whole,
    `types` the places and dates that each assessment type speaks of, `twins` figures given more than once.
    """

    countries: pl.Series = field(default_factory=_none)
    units: pl.Series = field(default_factory=_none)
    types: tuple[pl.Series, ...] = ()
    twins: pl.Series = field(default_factory=_none)

    @property
    def top(self) -> pl.Expr:
        """The coarsest level at which the file has the stock that a row is part of."""
        return (
            pl.when(_COUNTRY.is_in(self.countries.implode()))
            .then(pl.lit("0"))
            .when(LEVEL.eq("2") & _UNIT1.is_in(self.units.implode()))
            .then(pl.lit("1"))
            .otherwise(LEVEL)
        )

    @property
    def is_recommended(self) -> pl.Expr:
        """Whether a row is the one to sum: of the coarsest level, of the widest assessment, and given once."""
        return LEVEL.eq(self.top) & ~self._is_narrower & ~_TWIN.is_in(self.twins.implode())

    @property
    def _is_narrower(self) -> pl.Expr:
        """Whether the file has the same place and date under a type of assessment that covers more."""
        narrower = pl.lit(value=False)
        for rank, wider in enumerate(self.types):
            later = ~text(_TYPE).is_in(_TYPES[: rank + 1]).fill_null(value=False)
            narrower |= later & _PLACE.is_in(wider.implode())
        return narrower


def overlaps_in(file: TableText, names: dict[str, str]) -> Overlaps:
    """Return what the rows of an open file count twice; `names` tells which of its columns are which.

    Raises:
        InputError: the file cannot be read any further.
    """
    keys = pl.concat(_keys(batch.frame.rename(names)) for batch in file.batches())
    if keys.is_empty():
        return Overlaps()
    repeated = keys["twin"].value_counts().filter(pl.col("count") > 1)
    return Overlaps(
        keys.filter(level="0")["country"].unique(),
        keys.filter(level="1")["unit"].unique(),
        tuple(keys.filter(type=name)["place"].unique() for name in _TYPES),
        repeated["twin"],
    )


def _keys(frame: pl.DataFrame) -> pl.DataFrame:
    given = frame.select(
        pl.col(name) if name in frame.columns else pl.lit(None, pl.String).alias(name) for name in READ
    )
    lines, _ = tidy(given, (), READ)
    cells = lines.with_columns(
        pl.when(~pl.col(name).is_in(MISSING)).then(pl.col(name)).alias(name) for name in READ
    ).with_columns(pl.col(_DATE).alias(f"@words:{_DATE}"))
    return cells.select(
        level=LEVEL, type=text(_TYPE), country=_COUNTRY, unit=_UNIT1, place=_PLACE, twin=_TWIN
    )
