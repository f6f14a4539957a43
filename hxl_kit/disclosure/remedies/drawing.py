"""Where a place is moved to: draws from a keyed hash, and the way over the ground."""

from __future__ import annotations

import hmac
import math

import polars as pl

EARTH_KM = 6371.0
_UNITS = 2.0**64
_HALF_TURN = 180
_KEY_MARK = 12


def key_mark(seed: bytes) -> str:
    """Return by what a seed is known without being told: 12 hexadecimal digits of a keyed hash."""
    return hmac.new(seed, b"which key", "sha256").hexdigest()[:_KEY_MARK]


def draw(seed: bytes, key: str, number: int) -> tuple[float, float, float]:
    """Return three numbers from 0 to 1: whether the place is moved far (the same in all draws), how far, and where to."""
    once = hmac.new(seed, f"far\0{key}".encode(), "sha256").digest()
    each = hmac.new(seed, f"{number}\0{key}".encode(), "sha256").digest()
    return tuple(int.from_bytes(part[:8]) / _UNITS for part in (once, each, each[8:]))  # type: ignore[return-value]


def north_and_east() -> list[pl.Expr]:
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
