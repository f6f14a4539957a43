"""Small figures in the standard's own tables: survivors of sexual violence, people who ask for protection.

How many were killed, wounded, abducted or detained is the message, however few they were. One to four survivors of
sexual violence in a small place, or somewhere on one day, are found by everyone who was near; so are a few asylum
seekers in a district by those they fled from. Which codes are sensitive: `schemas/words/disclosure_codes.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.finding import Finding, Tally
from hxl_kit.reading.table import ROW_NUMBER
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Collection

    from hxl_kit.disclosure.finding import Severity

HIGHEST = 4
"""A figure of five and more hides the single person."""

_TABLE = frozenset({"figure_id", "source_id", "value", "geo_precision"})
"""Fields by which a table of figures of the standard is known."""

_UNITS = ("person", "case", "household")
_SMALL = (
    "admin2_code",
    "admin2_name",
    "admin3_code",
    "admin3_name",
    "provider_admin2_code",
    "provider_admin2_name",
)
_SMALL_PRECISIONS = ("exact", "near", "admin3", "admin2")
_PLACES = (
    *_SMALL,
    "admin1_code",
    "admin1_name",
    "provider_admin1_code",
    "provider_admin1_name",
    "place_name",
)
_DATED = frozenset({"gbv"})
"""Kinds that a day and a place give away, however wide the place is."""


class Figures:
    """The look at a table of the standard, batch by batch; it says nothing of any other table."""

    def __init__(
        self,
        resource: str,
        known: Collection[str] | Mapping[str, str],
        public_sources: Collection[str] | None = None,
    ) -> None:
        """Choose what to look for.

        Args:
            resource: the table's name.
            known: the columns with the fields of the standard that they are.
            public_sources: the source_ids whose access is public; their figures are known already, so that a person
                decides. None where nothing is known of the sources.
        """
        fields = known if isinstance(known, Mapping) else {}
        columns = {field: column for column, field in fields.items()}
        self._resource, self._public = resource, public_sources
        self._columns = columns if columns.keys() >= _TABLE else {}
        self._codes = {field: codes for field, codes in _codes().items() if field in self._columns}
        self._tallies: dict[tuple[str, str, Severity], Tally] = {}

    def add(self, frame: pl.DataFrame) -> None:
        """Look at some rows, as text, with row_number."""
        for field, codes in self._codes.items():
            column = self._columns[field]
            for code, about in codes.items():
                rows = frame.filter(pl.col(column) == code)
                if rows.height:
                    self._count(column, about, rows.filter(self._is_small(), self._is_near(about)))

    def findings(self) -> list[Finding]:
        """Return the columns that say what happened to so few."""
        return [
            Finding(
                "small-figure",
                severity,
                self._resource,
                column,
                tally.count,
                tally.first,
                about,
                {"count": tally.count, "highest": HIGHEST},
            )
            for (column, about, severity), tally in self._tallies.items()
            if tally.count
        ]

    def _count(self, column: str, about: str, rows: pl.DataFrame) -> None:
        told = pl.lit(value=True)
        if self._public is not None:
            told = pl.col(self._columns["source_id"]).is_in(list(self._public)).fill_null(value=False)
        grave: Severity = "error" if about in _DATED else "warning"
        for severity, which in (("warning", told), (grave, ~told)):
            numbers = rows.filter(which)[ROW_NUMBER]
            self._tallies.setdefault((column, about, severity), Tally()).add(numbers)  # type: ignore[arg-type]

    def _is_small(self) -> pl.Expr:
        """Whether 1 to 4 people are counted, as far as the figure says."""
        numbers = [
            self._column(name).cast(pl.Float64, strict=False) for name in ("value", "value_high", "value_low")
        ]
        of_people = self._column("unit").is_null() | self._column("unit").is_in(_UNITS)
        return of_people & pl.coalesce(numbers).is_between(1, HIGHEST)

    def _is_near(self, about: str) -> pl.Expr:
        """Whether the place is a district or smaller, or the day is told beside any place within the country."""
        precision = self._column("geo_precision")
        somewhere = precision.is_null() | (precision == "unknown")
        near = (
            pl.any_horizontal(self._column(name).is_not_null() for name in _SMALL)
            | precision.is_in(_SMALL_PRECISIONS)
            | (somewhere & self._column("latitude").is_not_null())
        )
        if about not in _DATED:
            return near
        placed = pl.any_horizontal(self._column(name).is_not_null() for name in (*_PLACES, "latitude"))
        return near | (placed & (self._column("date_precision") == "day"))

    def _column(self, field: str) -> pl.Expr:
        name = self._columns.get(field)
        return pl.col(name) if name else pl.lit(None, pl.String)


@cache
def _codes() -> dict[str, dict[str, str]]:
    """Return the sensitive codes with what they are about, by field."""
    found: dict[str, dict[str, str]] = {}
    with schemas.path_of("words", "disclosure_codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(row["field"], {})[row["code"]] = row["kind"]
    return found
