"""What each remedy does to a table of the standard, with the fields that say how exact a row is kept true."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.remedies.masking import Coordinates, mask_places
from hxl_kit.package.treatable import DATES
from hxl_kit.package.treated import changed, nothing
from hxl_kit.package.treated_figures import rounded, suppressed
from hxl_kit.standard.codelists import codelist

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from hxl_kit.disclosure.remedies.entries import Entry
    from hxl_kit.package.treated import Treated
    from hxl_kit.places.boundaries import Boundaries

_LONGEST = {"quarter": ("year", 92), "year": ("multi_year", 366)}
"""Days that a period of a precision has at most, and the precision of a longer one."""

_FINER = {
    "admin1": ("admin2", "admin3"),
    "admin2": ("admin3",),
}
_FINE = {"exact", "near", "linear", "admin3", "admin2", "admin1"}


def dropped(frame: pl.DataFrame, entry: Entry) -> Treated:
    """Return the frame with optional fields empty."""
    return changed(frame, {name: nothing(frame, name) for name in entry.fields}, entry.fields)


def coarser_dates(frame: pl.DataFrame, entry: Entry) -> Treated:
    """Return the frame with dates as the first and last days of their months or years, and date_precision to match.

    A precision that is unknown stays so; periods that become longer than their precision allows get the next one.
    """
    to = entry.parameters["to"]
    unit = {"month": "1mo", "year": "1y"}[to]
    dates = [name for name in DATES if name in frame.columns]
    moved = frame.with_columns(_bound(name, unit) for name in dates)
    order = [code for code in codelist("date_precision").values if code != "unknown"]
    given = pl.col("date_precision")
    told = pl.when(given.is_in(order[: order.index(to)])).then(pl.lit(to)).otherwise(given)
    if {"date_start", "date_end"} <= {*dates}:
        days = (moved["date_end"] - moved["date_start"]).dt.total_days() + 1
        for precision, (longer, most) in _LONGEST.items():
            told = pl.when((told == precision) & (days > most)).then(pl.lit(longer)).otherwise(told)
    fields = {name: moved[name] for name in dates} | {"date_precision": told}
    return changed(frame, fields, (*dates, "date_precision"), {"to": to})


def coarser_places(frame: pl.DataFrame, entry: Entry) -> Treated:
    """Return the frame with places as units of a level: finer codes, names and coordinates empty, geo_precision true."""
    level = entry.parameters["to"]
    fields = _without_finer(frame, level)
    coarse = ("admin1",) if level == "admin2" else ()
    lost = pl.col("geo_precision").is_in(_FINE.difference(coarse)) & (_precision(frame, level) != level)
    without = frame.select(lost.fill_null(value=False)).to_series()
    return changed(frame, fields, tuple(fields), {"to": level, "without_unit": int(without.sum())})


def _without_finer(frame: pl.DataFrame, level: str) -> dict[str, pl.Expr]:
    """Return what the place block becomes when nothing finer than a level is told."""
    finer = [
        f"{prefix}{unit}_{part}"
        for unit in _FINER[level]
        for prefix in ("", "provider_")
        for part in ("code", "name")
    ]
    emptied = [name for name in (*finer, "place_name", "latitude", "longitude") if name in frame.columns]
    coded = pl.any_horizontal(
        pl.col(name).is_not_null()
        for name in ("admin1_code", "admin2_code", "origin_admin1_code")
        if name in frame.columns and name not in emptied
    )
    found = {
        "pcode_method": pl.when(coded).then("pcode_method").otherwise(pl.lit("none")),
        "pcode_score": pl.when(coded).then("pcode_score"),
        "pcode_release": pl.when(coded).then("pcode_release"),
    }
    empty = {name: nothing(frame, name) for name in emptied} | {"place_name": _wide_name()}
    return empty | {"geo_precision": _precision(frame, level)} | found


def _wide_name() -> pl.Expr:
    """Return the names of places that are areas across units, such as "northwest Syria"; the others are empty."""
    return pl.when(pl.col("geo_precision") == "vague_area").then("place_name")


def _precision(frame: pl.DataFrame, level: str) -> pl.Expr:
    """Return how finely the place is known when nothing finer than a level is told."""
    given = pl.col("geo_precision")
    country = pl.col("location_code").is_not_null()
    told: pl.Expr = pl.when(country).then(pl.lit("country")).otherwise(pl.lit("unknown"))
    for unit in ("admin1", "admin2")[: 1 if level == "admin1" else 2]:
        names = [f"{prefix}{unit}_{part}" for prefix in ("", "provider_") for part in ("code", "name")]
        named = pl.any_horizontal(pl.col(name).is_not_null() for name in names if name in frame.columns)
        allowed = given != "admin1" if unit == "admin2" else pl.lit(value=True)
        told = pl.when(named & allowed).then(pl.lit(unit)).otherwise(told)
    return pl.when(given.is_in(_FINE)).then(told).otherwise(given)


def masked(frame: pl.DataFrame, entry: Entry, seed: bytes, boundaries: Sequence[Boundaries]) -> Treated:
    """Return the frame with coordinates moved; what else tells the place to the house is empty, geo_precision says it.

    A point that was known exactly lies near its place now; one of a unit of level 3 lies in its unit of level 2.
    """
    at = Coordinates(
        urban=entry.parameters.get("urban"), urban_words=entry.listed("urban_words"), country="location_code"
    )
    moved, record = mask_places(frame, seed, at, place=entry.listed("place"), boundaries=boundaries)
    names = ("place_name", "admin3_code", "admin3_name")
    coarse = frame.select(**_without_finer(frame, "admin2"))
    there = moved["latitude"].is_not_null()
    given = frame["geo_precision"]
    near = (
        pl.when(given.is_in(["exact", "near"]))
        .then(pl.lit("near"))
        .when(given == "admin3")
        .then(coarse["geo_precision"])
    )
    precision = pl.when(there).then(near.otherwise(given)).otherwise(coarse["geo_precision"])
    fields: dict[str, pl.Expr | pl.Series] = {name: coarse[name] for name in names}
    fields |= {axis: moved[axis] for axis in ("latitude", "longitude")}
    fields |= {name: coarse[name] for name in ("pcode_method", "pcode_score", "pcode_release")}
    fields["geo_precision"] = precision
    after, told = changed(frame, fields, ("latitude", "longitude", *names, "geo_precision"))
    return after, replace(record, columns=told.columns, rows=told.rows)


def _bound(name: str, unit: str) -> pl.Expr:
    """Return the first day of a date's month or year, of an end the last."""
    first = pl.col(name).dt.truncate(unit)
    return first.dt.offset_by(unit).dt.offset_by("-1d") if name == "date_end" else first


TREATMENTS: Mapping[str, Callable[[pl.DataFrame, Entry], Treated]] = {
    "drop": dropped,
    "coarser-dates": coarser_dates,
    "coarser-places": coarser_places,
    "round": rounded,
    "suppress": suppressed,
}
"""The remedies that need no more than the rows; `masked` needs a seed."""
