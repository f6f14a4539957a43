"""What each remedy does to the named columns of a table of people, as text."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.forms import meaning_of
from hxl_kit.disclosure.location import PLACES_OF_PEOPLE
from hxl_kit.disclosure.remedies import (
    age_bands,
    coarser_dates,
    coarser_places,
    drop,
    mask_places,
    rare_groups,
    round_to,
    suppress,
)
from hxl_kit.disclosure.remedies.coding import new_ids
from hxl_kit.disclosure.remedies.generalising import AGE_STARTS
from hxl_kit.disclosure.remedies.masking import Coordinates
from hxl_kit.disclosure.remedies.rare import SMALLEST_GROUP
from hxl_kit.disclosure.remedies.record import Remedy, require_columns
from hxl_kit.disclosure.words import kind, kinds
from hxl_kit.errors import UsageError
from hxl_kit.package.treatable import MESSAGE
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hxl_kit.disclosure.remedies.entries import Entry
    from hxl_kit.places.boundaries import Boundaries

Treated = tuple[pl.DataFrame, Remedy]
_LEVELS = {"admin1": 1, "admin2": 2}


@dataclass
class Means:
    """What remedies need beside the rows: the secret, boundaries of level 2, the units of the gazetteer.

    `codes` collects the new codes by the ids that they stand for.
    """

    seed: bytes = field(default=b"", repr=False)
    boundaries: Sequence[Boundaries] = ()
    units: pl.DataFrame = field(default_factory=pl.DataFrame)
    codes: dict[str, str] = field(default_factory=dict, repr=False)


def _drop(frame: pl.DataFrame, entry: Entry, _: Means) -> Treated:
    return drop(frame, entry.fields)


def _ages(frame: pl.DataFrame, entry: Entry, _: Means) -> Treated:
    starts = tuple(entry.parameters.get("starts", AGE_STARTS))
    return _each(frame, entry, lambda rows, name: age_bands(rows, name, starts))


def _dates(frame: pl.DataFrame, entry: Entry, _: Means) -> Treated:
    to, order = entry.parameters["to"], entry.parameters.get("order")
    return _each(frame, entry, lambda rows, name: coarser_dates(rows, name, to, order))


def _places(frame: pl.DataFrame, entry: Entry, means: Means) -> Treated:
    to = entry.parameters["to"]

    def coarser(rows: pl.DataFrame, name: str) -> Treated:
        require_columns(rows, name)
        return coarser_places(rows, name, units_above(rows[name], means.units, _LEVELS[to]))

    after, record = _each(frame, entry, coarser)
    return after, replace(record, parameters={"to": to, **record.parameters})


def units_above(codes: pl.Series, units: pl.DataFrame, level: int) -> Mapping[str, str]:
    """Return the unit of a level that each code lies in; units of that level and wider ones are themselves.

    Codes that the gazetteer does not know are left out.
    """
    parents = dict(units.select("code", "parent_code").iter_rows())
    levels = dict(units.select("code", "level").iter_rows())
    found = {}
    for code in codes.drop_nulls().unique():
        unit = code.strip()
        while levels.get(unit, 0) > level:
            unit = parents[unit]
        if unit in levels:
            found[code] = unit
    return found


def _masked(frame: pl.DataFrame, entry: Entry, means: Means) -> Treated:
    latitude, longitude = entry.fields
    if meaning_of(latitude) == "longitude" or meaning_of(longitude) == "latitude":
        raise UsageError("fields are [LATITUDE, LONGITUDE], in this order")
    said = entry.parameters
    at = Coordinates(latitude, longitude, said.get("urban"), entry.listed("urban_words"), said.get("country"))
    return mask_places(
        frame,
        means.seed,
        at,
        place=entry.listed("place"),
        boundaries=means.boundaries,
        digits=PLACES_OF_PEOPLE,
    )


def _require_no_casualties(entry: Entry) -> None:
    for name in entry.fields:
        if kind(name, "casualty") and not kinds(name, "sensitive"):
            raise UsageError(f"'{shown(name)}' counts casualties: {MESSAGE}")


def _rounded(frame: pl.DataFrame, entry: Entry, _: Means) -> Treated:
    _require_no_casualties(entry)
    return round_to(frame, entry.fields, entry.parameters.get("base", 5))


def _suppressed(frame: pl.DataFrame, entry: Entry, _: Means) -> Treated:
    _require_no_casualties(entry)
    shown = entry.parameters.get("smallest_shown", 5)
    return suppress(frame, entry.fields, entry.listed("by"), shown, nested=entry.listed("nested"))


def _rare(frame: pl.DataFrame, entry: Entry, _: Means) -> Treated:
    return rare_groups(frame, entry.fields, entry.parameters.get("smallest_group", SMALLEST_GROUP))


def _coded(frame: pl.DataFrame, entry: Entry, means: Means) -> Treated:
    after, record, codes = new_ids(frame, entry.fields, means.seed)
    means.codes.update(codes)
    return after, record


def _each(frame: pl.DataFrame, entry: Entry, change: Callable[[pl.DataFrame, str], Treated]) -> Treated:
    """Return the frame with each named column changed, and a record that has the last one's parameters."""
    emptied, record = 0, Remedy("", (), 0)
    for name in entry.fields:
        frame, record = change(frame, name)
        emptied += int(str(record.parameters["emptied"]))
    return frame, Remedy(record.remedy, entry.fields, record.rows, {**record.parameters, "emptied": emptied})


ON_PEOPLE: Mapping[str, Callable[[pl.DataFrame, Entry, Means], Treated]] = {
    "drop": _drop,
    "age-bands": _ages,
    "coarser-dates": _dates,
    "coarser-places": _places,
    "mask-places": _masked,
    "round": _rounded,
    "suppress": _suppressed,
    "rare-groups": _rare,
    "new-ids": _coded,
}
