"""Whether coordinates are finer than what they describe may be found by.

Two decimal places of a degree are about a kilometre, three a hundred metres, four a house. People, households and
shelters must not be found (OCHA, Data Responsibility Guidelines; HDX's terms); where a clinic or a school is may
endanger it in a conflict and is for people to decide; events, towns and camps are public places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.finding import Finding, Severity, Tally
from hxl_kit.disclosure.words import kind
from hxl_kit.reading.table import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

PLACES_OF_PEOPLE = 2
"""Decimal places that coordinates of people may have: about a kilometre."""

_PEOPLE = {"person", "household", "shelter"}
_SECONDS = r"\d\s*[°º]\s*\d{1,2}\s*['′’]\s*\d{1,2}"
"""Degrees, minutes and seconds: a second is thirty metres."""

_OF_SECONDS = 4
"""Decimal places that are as fine as seconds."""


class Locations:
    """The look at the coordinates of one table, batch by batch: no row is kept."""

    def __init__(self, resource: str, columns: Sequence[str], tags: Mapping[str, str] | None = None) -> None:
        """Choose the column of latitudes (or points), and what the table describes.

        Args:
            resource: the table's name.
            columns: the columns that no known source and no standard accounts for.
            tags: hashtags by column.
        """
        self._resource = resource
        self._subject = described(columns, resource)
        matters = self._subject in {*_PEOPLE, "facility"}
        found = (name for name in columns if _is_location(name, (tags or {}).get(name, "")))
        self._column = next(found, None) if matters else None
        self._precision = next((name for name in columns if kind(name, "precision")), None)
        self._tally = Tally()

    def add(self, frame: pl.DataFrame) -> None:
        """Look at some rows, as text, with row_number."""
        if self._column is None:
            return
        fine = (decimals(self._column) > PLACES_OF_PEOPLE) & ~self._is_coarse(frame)
        told = pl.col(self._column).is_not_null() if self._subject == "facility" else fine
        self._tally.add(frame.filter(told)[ROW_NUMBER])

    def _is_coarse(self, frame: pl.DataFrame) -> pl.Expr:
        """Return whether a row itself says that its point is that of a unit, however many digits it has."""
        if self._precision is None:
            return pl.lit(value=False)
        said = frame[self._precision].drop_nulls().cast(pl.String).unique()
        coarse = [value for value in said if kind(value, "coarse")]
        return pl.col(self._precision).is_in(coarse).fill_null(value=False)

    def findings(self, *, places: bool = False) -> list[Finding]:
        """Return the column if it is finer than what the table describes may bear.

        Args:
            places: whether rows have turned out to be sites or villages, whose points are public.
        """
        facility = self._subject == "facility"
        if self._column is None or not self._tally.count or (places and not facility):
            return []
        slug = "facility-location" if facility else "precise-location"
        severity: Severity = "warning" if facility else "error"
        count = self._tally.count
        params = {"count": count, "places": PLACES_OF_PEOPLE}
        return [
            Finding(
                slug, severity, self._resource, self._column, count, self._tally.first, self._subject, params
            )
        ]


def precise_locations(
    frame: pl.DataFrame, resource: str, known: Collection[str] = (), tags: Mapping[str, str] | None = None
) -> list[Finding]:
    """Return the column of latitudes (or points) that is finer than what the table describes may bear.

    Args:
        frame: the table as text, with row_number.
        resource: the table's name.
        known: columns that a known source or the standard accounts for; a table of theirs describes what they say.
        tags: hashtags by column.
    """
    look = Locations(resource, [name for name in frame.columns if name not in {ROW_NUMBER, *known}], tags)
    look.add(frame)
    return look.findings()


def described(columns: Sequence[str], resource: str = "") -> str:
    """Return what the rows of a table are: person, household, shelter, event, facility, or "" where nothing tells.

    The most personal one counts; a table with events is about events unless it has people's own numbers.
    """
    found = {kind(name, "unit") for name in (*columns, resource) if name and not kind(name, "measure")}
    tiers = (("person", "household", "event"), named(columns), ("shelter", "facility"))
    told = (found, named(columns), found)
    return next((unit for units, by in zip(tiers, told, strict=True) for unit in units if unit in by), "")


def named(columns: Sequence[str]) -> tuple[str, ...]:
    """Return whether columns name single people or households by a word in them: the patient's name, a birth date."""
    found = {kind(name, "people") for name in columns if name and not _is_of_others(name)}
    return tuple(unit for unit in ("person", "household") if unit in found)


def _is_of_others(name: str) -> bool:
    """Return whether a column is about a contact, a project or a group, whatever other words it has."""
    return "%" in name or any(kind(name, role) for role in ("contact", "measure", "things"))


def decimals(name: str) -> pl.Expr:
    """Return how many decimal places a cell's first number has as it is written, zeros at the end left out.

    Seconds count as four.
    """
    text = pl.col(name).cast(pl.String)
    written = text.str.extract(r"\d{1,3}[.,](\d+)").str.strip_chars_end("0").str.len_chars().fill_null(0)
    return pl.when(text.str.contains(_SECONDS)).then(_OF_SECONDS).otherwise(written)


def _is_location(name: str, tag: str) -> bool:
    tagged = tag.startswith("#geo") and ("+lat" in tag or "+coord" in tag)
    return tagged or bool(kind(name, "place_of_rows"))
