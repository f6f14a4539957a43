"""Places moved by the method of the DHS Program, so that a map stays useful and no house can be found.

Burgert, Colston, Roy, Zachary: "Geographic Displacement Procedure and Georeferenced Data Release Policy for the
Demographic and Health Surveys" (DHS Spatial Analysis Reports 7, ICF International, 2013): in a random direction, by a
random distance of up to 2 km for urban and 5 km for rural places, up to 10 km for one rural place in a hundred, again
until the place lies in its own unit of level 2.

Directions and distances are drawn from a keyed hash of the place: the same place is moved the same way in every
release, so that many releases do not average out; without the seed nobody can move it back.
"""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.remedies.record import Remedy, require_columns
from hxl_kit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.places.boundaries import Boundaries

URBAN_KM, RURAL_KM, FAR_KM = 2.0, 5.0, 10.0
FAR_SHARE = 0.01
EARTH_KM = 6371.0
_TRIES = 200
_DIGITS = 5
"""A metre; more would pretend to an exactness that is gone."""
_PLACE_DIGITS = 3
_LEAST_SEED = 16
_UNITS = 2.0**64
_HALF_TURN = 180


@dataclass(frozen=True)
class Coordinates:
    """The columns that say where a place is: degrees (WGS84), and whether it is urban (boolean, or None for unknown)."""

    latitude: str = "latitude"
    longitude: str = "longitude"
    urban: str | None = None


def mask_places(
    frame: pl.DataFrame,
    seed: bytes,
    columns: Coordinates | None = None,
    *,
    place: Sequence[str] = (),
    boundaries: Boundaries | None = None,
) -> tuple[pl.DataFrame, Remedy]:
    """Return the frame with its places moved; one that cannot be kept inside its unit loses its coordinates.

    Args:
        frame: the rows.
        seed: a private secret of 16 bytes at least; it never leaves the machine, and stays the same for all releases.
        columns: where the coordinates are. A place that is not known to be urban is moved as a rural one.
        place: the columns that identify a place over all releases, such as its id; without them its coordinates do,
            to three decimal places.
        boundaries: the units of level 2 that places are kept in; without them they may leave their unit.

    Raises:
        UsageError: a column is not there, the seed is too short, or the boundaries are not of level 2.
    """
    at = columns or Coordinates()
    require_columns(frame, at.latitude, at.longitude, *place, *([at.urban] if at.urban else []))
    if len(seed) < _LEAST_SEED:
        raise UsageError(
            f"mask_places: the seed must have {_LEAST_SEED} bytes at least; make one with secrets.token_bytes"
        )
    if boundaries is not None and boundaries.level != 2:  # noqa: PLR2004 - DHS keeps places in admin 2
        raise UsageError(
            f"mask_places: {boundaries.name} has units of level {boundaries.level}; give those of level 2"
        )
    points = _points(frame, at, place)
    moved = points.unique("point", maintain_order=True).pipe(_moved, seed, boundaries)
    found = points.select("point").join(moved, on="point", how="left", maintain_order="left")
    after = frame.with_columns(found["latitude"].alias(at.latitude), found["longitude"].alias(at.longitude))
    lost = found.filter(pl.col("latitude").is_null()).height - points.filter(~_known()).height
    return after, _record(at, points, lost, boundaries)


def _points(frame: pl.DataFrame, at: Coordinates, place: Sequence[str]) -> pl.DataFrame:
    """Return per row its coordinates, whether it is urban, its key, and `point`: what is moved together."""
    degrees = {"latitude": at.latitude, "longitude": at.longitude}
    urban = pl.col(at.urban).cast(pl.Boolean).fill_null(False) if at.urban else pl.lit(value=False)
    points = frame.select(
        *(pl.col(name).cast(pl.Float64, strict=False).alias(to) for to, name in degrees.items()),
        urban.alias("urban"),
        *(pl.col(name).cast(pl.String).fill_null("").alias(f"_{i}") for i, name in enumerate(place)),
    )
    near = [(pl.col(name) * 10**_PLACE_DIGITS).round().cast(pl.Int64, strict=False) for name in degrees]
    parts = [pl.col(f"_{i}") for i in range(len(place))] or near
    key = pl.concat_str(parts, separator="\x1f", ignore_nulls=True)
    point = pl.concat_str(
        [key.fill_null(""), "latitude", "longitude", "urban"], separator="\x1e", ignore_nulls=True
    )
    return points.select("latitude", "longitude", "urban", key=key, point=point)


def _known() -> pl.Expr:
    """Whether the coordinates are there and on earth."""
    on_earth = (pl.col("latitude").abs() <= 90) & (pl.col("longitude").abs() <= 180)  # noqa: PLR2004 - degrees
    return on_earth.fill_null(value=False)


def _moved(points: pl.DataFrame, seed: bytes, boundaries: Boundaries | None) -> pl.DataFrame:
    """Return each point's new coordinates, null where none of the tries stays in the unit."""
    waiting = points.filter(_known()).with_columns(home=pl.lit(None, pl.String))
    if boundaries is not None:
        home = boundaries.locate(waiting.select("latitude", "longitude"))["code"]
        waiting = waiting.with_columns(home=home).filter(pl.col("home").is_not_null())
    done = [points.head(0).select("point", "latitude", "longitude")]
    for number in range(_TRIES):
        if not waiting.height:
            break
        tried = _tried(waiting, seed, number)
        inside = pl.lit(value=True) if boundaries is None else pl.col("home") == _codes(tried, boundaries)
        kept = tried.filter(inside & (pl.col("km") <= pl.col("most")))
        done.append(kept.select("point", "latitude", "longitude"))
        waiting = waiting.join(kept, on="point", how="anti", maintain_order="left")
    return pl.concat(done)


def _codes(tried: pl.DataFrame, boundaries: Boundaries) -> pl.Series:
    return boundaries.locate(tried.select("latitude", "longitude"))["code"]


def _tried(points: pl.DataFrame, seed: bytes, number: int) -> pl.DataFrame:
    """Return points at the places of the n-th draw: latitude, longitude, how far they were moved and might be."""
    draws = [_draw(seed, key, number) for key in points["key"]]
    drawn = points.with_columns(
        pl.Series(name, [draw[i] for draw in draws], dtype=pl.Float64)
        for i, name in enumerate(("far", "share", "turn"))
    )
    rural = pl.when(pl.col("far") < FAR_SHARE).then(FAR_KM).otherwise(RURAL_KM)
    most = pl.when("urban").then(URBAN_KM).otherwise(rural)
    placed = drawn.with_columns(most=most).with_columns(_north_and_east())
    rounded = placed.with_columns(pl.col("to_latitude", "to_longitude").round(_DIGITS))
    measured = rounded.with_columns(km=kilometres())
    return measured.with_columns(latitude="to_latitude", longitude="to_longitude")


def _draw(seed: bytes, key: str, number: int) -> tuple[float, float, float]:
    """Return three numbers from 0 to 1: whether the place is moved far (the same in all draws), how far, and where to."""
    once = hmac.new(seed, f"far\0{key}".encode(), "sha256").digest()
    each = hmac.new(seed, f"{number}\0{key}".encode(), "sha256").digest()
    return tuple(int.from_bytes(part[:8]) / _UNITS for part in (once, each, each[8:]))  # type: ignore[return-value]


def _north_and_east() -> list[pl.Expr]:
    """Where one gets to by `share` of `most` kilometres in the direction `turn` (of a whole turn), on a sphere."""
    angle, turn = pl.col("share") * pl.col("most") / EARTH_KM, pl.col("turn") * 2 * math.pi
    latitude, longitude = pl.col("latitude").radians(), pl.col("longitude").radians()
    sine = latitude.sin() * angle.cos() + latitude.cos() * angle.sin() * turn.cos()
    east = pl.arctan2(turn.sin() * angle.sin() * latitude.cos(), angle.cos() - latitude.sin() * sine)
    degrees = (longitude + east).degrees()
    around = (degrees + _HALF_TURN) % (2 * _HALF_TURN) - _HALF_TURN
    return [sine.clip(-1, 1).arcsin().degrees().alias("to_latitude"), around.alias("to_longitude")]


def kilometres() -> pl.Expr:
    """Return the way over the ground from latitude, longitude to to_latitude, to_longitude (haversine)."""
    north, east = (
        ((pl.col(f"to_{axis}") - pl.col(axis)) / 2).radians().sin() ** 2 for axis in ("latitude", "longitude")
    )
    narrower = pl.col("latitude").radians().cos() * pl.col("to_latitude").radians().cos()
    return 2 * EARTH_KM * (north + narrower * east).sqrt().clip(0, 1).arcsin()


def _record(at: Coordinates, points: pl.DataFrame, lost: int, boundaries: Boundaries | None) -> Remedy:
    parameters: dict[str, str | int | float] = {
        "method": "DHS (Burgert et al. 2013)",
        "urban_km": URBAN_KM,
        "rural_km": RURAL_KM,
        "far_km": FAR_KM,
        "far_share": FAR_SHARE,
        "kept_inside": "admin2" if boundaries is not None else "nothing",
        "without_coordinates": lost,
    }
    return Remedy("mask_places", (at.latitude, at.longitude), points.filter(_known()).height, parameters)
