"""Places moved by the method of the DHS Program, so that a map stays useful and no house can be found.

Burgert, Colston, Roy, Zachary: "Geographic Displacement Procedure and Georeferenced Data Release Policy for the
Demographic and Health Surveys" (DHS Spatial Analysis Reports 7, ICF International, 2013): in a random direction, by a
random distance of up to 2 km for urban and 5 km for rural places, up to 10 km for one rural place in a hundred, again
until the place lies in its own unit of level 2.

Directions and distances are drawn from a keyed hash of the place: the same place is moved the same way in every
release, so that many releases do not average out; without the seed nobody can move it back. A place that is called
urban in one row and rural in another has two draws of its own: on one line, their distances would give it away.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.remedies.drawing import draw, key_mark, kilometres, north_and_east
from hxl_kit.disclosure.remedies.record import Remedy, require_columns
from hxl_kit.disclosure.words import folded
from hxl_kit.errors import UsageError
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.places.boundaries import Boundaries

URBAN_KM, RURAL_KM, FAR_KM = 2.0, 5.0, 10.0
FAR_SHARE = 0.01
_TRIES = 200
FINEST = 5
"""Decimal places, a metre; more would pretend to an exactness that is gone."""

_PLACE_DIGITS = 3
_LEAST_SEED = 16
_ADMIN2 = 2


@dataclass(frozen=True)
class Coordinates:
    """The columns that say where a place is.

    Attributes:
        latitude: degrees (WGS84), north of the equator above 0.
        longitude: degrees (WGS84).
        urban: says in words, or as a boolean, whether the place is urban; None where nothing says it.
        urban_words: what stands there for urban; without them the words of `schemas/words/urban_words.csv`.
        country: ISO 3166-1 alpha-3; None where all places are of the country of the boundaries.
    """

    latitude: str = "latitude"
    longitude: str = "longitude"
    urban: str | None = None
    urban_words: tuple[str, ...] = ()
    country: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        """The columns that are named."""
        return tuple(filter(None, (self.latitude, self.longitude, self.urban, self.country)))


@dataclass(frozen=True)
class _Draws:
    """The secret that moves are drawn from, and the decimal places that they are rounded to."""

    seed: bytes = field(repr=False)
    digits: int


def mask_places(
    frame: pl.DataFrame,
    seed: bytes,
    columns: Coordinates | None = None,
    *,
    place: Sequence[str] = (),
    boundaries: Sequence[Boundaries] = (),
    digits: int = FINEST,
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with its places moved; one that cannot be kept inside its unit loses its coordinates.

    Args:
        frame: the rows.
        seed: a private secret of 16 bytes at least; it never leaves the machine, and stays the same for all releases.
        columns: where the coordinates are. A place that is not known to be urban is moved as a rural one.
        place: the columns that identify a place over all releases, such as its id; without them its coordinates do,
            to three decimal places.
        boundaries: the units of level 2 that places are kept in; those of other countries may leave their unit.
        digits: decimal places of the new coordinates; 5 are a metre, 2 a kilometre.

    Raises:
        UsageError: a column is not there, the seed is too short, or the boundaries are not of level 2.
    """
    at = columns or Coordinates()
    require_columns(frame, *at.all, *place)
    _require_usable(seed, boundaries)
    points = _points(frame, at, place)
    moved = points.unique("point", maintain_order=True).pipe(_moved, _Draws(seed, digits), boundaries)
    found = points.select("point").join(moved, on="point", how="left", maintain_order="left")
    after = frame.with_columns(
        found[axis].cast(pl.String if frame.schema[name] == pl.String else pl.Float64).alias(name)
        for axis, name in (("latitude", at.latitude), ("longitude", at.longitude))
    )
    given = frame.select(pl.any_horizontal(pl.col(at.latitude, at.longitude).is_not_null())).to_series()
    lost = int((given & found["latitude"].is_null()).sum())
    return after, _record(at, int(given.sum()), lost, seed, boundaries)


def _require_usable(seed: bytes, boundaries: Sequence[Boundaries]) -> None:
    if len(seed) < _LEAST_SEED:
        raise UsageError(
            f"mask_places: the seed must have {_LEAST_SEED} bytes at least; make one with secrets.token_bytes"
        )
    for each in boundaries:
        if each.level != _ADMIN2:
            raise UsageError(
                f"mask_places: {each.name} has units of level {each.level}; give those of level 2"
            )


def _points(frame: pl.DataFrame, at: Coordinates, place: Sequence[str]) -> pl.DataFrame:
    """Return per row its coordinates, whether it is urban, its key, and `point`: what is moved together."""
    degrees = {"latitude": at.latitude, "longitude": at.longitude}
    country = pl.col(at.country).cast(pl.String) if at.country else pl.lit(None, pl.String)
    points = frame.select(
        *(_degrees(name).alias(to) for to, name in degrees.items()),
        _urban(frame, at).alias("urban"),
        country.alias("country"),
        *(pl.col(name).cast(pl.String).fill_null("").alias(f"_{i}") for i, name in enumerate(place)),
    )
    near = [(pl.col(name) * 10**_PLACE_DIGITS).round().cast(pl.Int64, strict=False) for name in degrees]
    named = [pl.col(f"_{i}") for i in range(len(place))]
    # Places without a name of their own must not share a draw: one that is known would tell where all the others are.
    unnamed = pl.all_horizontal([name == "" for name in named]) if named else pl.lit(value=True)
    key = (
        pl.when(unnamed)
        .then(pl.concat_str(near, separator="\x1f", ignore_nulls=True))
        .otherwise(pl.concat_str(named or near, separator="\x1f", ignore_nulls=True))
    )
    point = pl.concat_str(
        [key, "latitude", "longitude", "urban", pl.col("country").fill_null("")],
        separator="\x1e",
        ignore_nulls=True,
    )
    return points.select("latitude", "longitude", "urban", "country", key=key, point=point)


def _degrees(name: str) -> pl.Expr:
    """Return a column's degrees, also those written with a decimal comma; null where it holds none."""
    return (
        pl.col(name)
        .cast(pl.String)
        .str.strip_chars()
        .str.replace(",", ".", literal=True)
        .cast(pl.Float64, strict=False)
    )


def _urban(frame: pl.DataFrame, at: Coordinates) -> pl.Series:
    """Return whether each place is urban; what is not known to be is rural, and is moved further."""
    if at.urban is None:
        return pl.repeat(value=False, n=frame.height, dtype=pl.Boolean, eager=True)
    values = frame[at.urban]
    if values.dtype == pl.Boolean:
        return values.fill_null(value=False)
    words = {folded(word) for word in at.urban_words} or urban_words()
    said = [value for value in values.cast(pl.String).drop_nulls().unique() if folded(value) in words]
    return values.cast(pl.String).is_in(pl.Series(said, dtype=pl.String).implode()).fill_null(value=False)


@cache
def urban_words() -> frozenset[str]:
    """Return the words for urban, in six languages, folded (`schemas/words/urban_words.csv`)."""
    with schemas.path_of("words", "urban_words.csv").open(encoding="utf-8", newline="") as file:
        return frozenset(folded(row["word"]) for row in csv.DictReader(file))


def _known() -> pl.Expr:
    """Whether the coordinates are there and on earth."""
    on_earth = (pl.col("latitude").abs() <= 90) & (pl.col("longitude").abs() <= 180)  # noqa: PLR2004 - degrees
    return on_earth.fill_null(value=False)


def _moved(points: pl.DataFrame, draws: _Draws, boundaries: Sequence[Boundaries]) -> pl.DataFrame:
    """Return each point's new coordinates; a point is missing where none of the tries stays in its unit."""
    known = points.filter(_known())
    bound = pl.col("country").is_in([each.country for each in boundaries]).fill_null(bool(boundaries))
    waiting = known.with_columns(bound=bound, home=_units(known, boundaries))
    waiting = waiting.filter(pl.col("home").is_not_null() | ~pl.col("bound"))
    done = [points.head(0).select("point", "latitude", "longitude")]
    for number in range(_TRIES):
        if not waiting.height:
            break
        tried = _tried(waiting, draws, number)
        inside = ~pl.col("bound") | (pl.col("home") == _units(tried, boundaries)).fill_null(value=False)
        kept = tried.filter(inside & (pl.col("km") <= pl.col("most")))
        done.append(kept.select("point", "latitude", "longitude"))
        waiting = waiting.join(kept, on="point", how="anti", maintain_order="left")
    return pl.concat(done)


def _units(points: pl.DataFrame, boundaries: Sequence[Boundaries]) -> pl.Series:
    """Return the unit of level 2 that each point lies in, of its own country where that is known."""
    found = pl.repeat(None, points.height, dtype=pl.String, eager=True)
    for each in boundaries:
        own = points.select(pl.col("country").eq(each.country).fill_null(value=True)).to_series()
        codes = each.locate(points.select("latitude", "longitude"))["code"]
        found = pl.select(pl.coalesce(found, pl.when(own).then(codes))).to_series()
    return found


def _tried(points: pl.DataFrame, by: _Draws, number: int) -> pl.DataFrame:
    """Return points at the places of the n-th draw: latitude, longitude, how far they were moved and might be."""
    named = points.select(
        pl.concat_str("key", pl.when("urban").then(pl.lit("\x1furban")).otherwise(pl.lit("")))
    )
    draws = [draw(by.seed, key, number) for key in named.to_series()]
    drawn = points.with_columns(
        pl.Series(name, [draw[i] for draw in draws], dtype=pl.Float64)
        for i, name in enumerate(("far", "share", "turn"))
    )
    rural = pl.when(pl.col("far") < FAR_SHARE).then(FAR_KM).otherwise(RURAL_KM)
    most = pl.when("urban").then(URBAN_KM).otherwise(rural)
    placed = drawn.with_columns(most=most).with_columns(north_and_east())
    rounded = placed.with_columns(pl.col("to_latitude", "to_longitude").round(by.digits))
    measured = rounded.with_columns(km=kilometres())
    return measured.with_columns(latitude="to_latitude", longitude="to_longitude")


def _record(at: Coordinates, rows: int, lost: int, seed: bytes, boundaries: Sequence[Boundaries]) -> Remedy:
    parameters: dict[str, str | int | float | tuple[str, ...]] = {
        "method": "DHS (Burgert et al. 2013)",
        "urban_km": URBAN_KM,
        "rural_km": RURAL_KM,
        "far_km": FAR_KM,
        "far_share": FAR_SHARE,
        "kept_inside": tuple(f"admin2 of {each.country}" for each in boundaries) or "nothing",
        "without_coordinates": lost,
        "key_mark": key_mark(seed),
    }
    return Remedy("mask-places", (at.latitude, at.longitude), rows, parameters)
