"""Point in polygon: the unit that coordinates lie in, and whether a border is nearer than they are exact.

Both are asked in spherical Mercator, which keeps the shape of a neighbourhood, so that a kilometre is the same to
the east and to the north. Edges are parted into short pieces before, since a straight line in degrees is none there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

NEAR_KM = 1.0
EARTH_KM = 6371.0
DEGREE_KM = 111.2
LONGEST_EDGE = 0.05
HIGHEST_LATITUDE = 89.0
AT_A_TIME = 250_000
_GIVEN = {"latitude": pl.Float64, "longitude": pl.Float64}
_MOST = {"latitude": 90.0, "longitude": 180.0}
_NOTHING = 1e-9
_MARGIN = 0.5
"""Degrees that the furthest reach goes beyond a polygon, to the north or south."""
_FOUND = {"code": pl.String, "near_border": pl.Boolean, "remark": pl.String}


@dataclass(frozen=True)
class Polygons:
    """Polygons in Mercator, prepared for many points.

    Attributes:
        shapes: an array of geometries.
        units: a row per shape: shape (its place in the array), code, known (one of the units asked for), said (what
            it is in words), unit (the code, or what stands for a polygon without one).
        stretch: by how much a length is longer there than on the ground, of each shape the most.
    """

    shapes: Any
    units: pl.DataFrame
    stretch: Any

    @classmethod
    def of(cls, shapes: Any, rows: pl.DataFrame) -> Polygons:
        """Return polygons in degrees (code, known, said in as many rows) ready to be asked."""
        import shapely

        fine = shapely.segmentize(shapes, LONGEST_EDGE)
        projected = shapely.transform(
            fine, lambda xy: mercator(pl.DataFrame(xy, schema=["longitude", "latitude"]))
        )
        shapely.prepare(projected)
        bounds = pl.DataFrame(shapely.bounds(shapes), schema=["west", "south", "east", "north"])
        highest = pl.max_horizontal(pl.col("south", "north").abs()) + _MARGIN
        stretch = bounds.select(1 / highest.clip(0, HIGHEST_LATITUDE).radians().cos()).to_series().to_numpy()
        unnamed = pl.concat_str(pl.lit("\0"), "shape")
        numbered = rows.with_row_index("shape").with_columns(unit=pl.coalesce("code", unnamed))
        return cls(projected, numbered, stretch)


def located(points: pl.DataFrame, polygons: Polygons) -> pl.DataFrame:
    """Return code, near_border and remark of each point (latitude, longitude), in the same order."""
    given = points.select(pl.col(name).cast(kind) for name, kind in _GIVEN.items())
    distinct = given.unique(maintain_order=True)
    found = [given.clear().with_columns(pl.lit(None, kind).alias(name) for name, kind in _FOUND.items())]
    found += [
        _answers(distinct[start : start + AT_A_TIME], polygons)
        for start in range(0, distinct.height, AT_A_TIME)
    ]
    joined = given.join(
        pl.concat(found), on=list(_GIVEN), how="left", nulls_equal=True, maintain_order="left"
    )
    return joined.select(*_FOUND)


def _answers(points: pl.DataFrame, polygons: Polygons) -> pl.DataFrame:
    numbered = points.with_row_index("point").with_columns(reach=_reach())
    around = _around(numbered.filter(_on_earth()), polygons).join(polygons.units, on="shape")
    found = numbered.join(
        around.group_by("point").agg(_summary()), on="point", how="left", maintain_order="left"
    )
    outside = found.filter(pl.col("around").is_null())
    turned = outside.select("point", latitude="longitude", longitude="latitude").filter(_on_earth())
    swapped = _within(turned, polygons).join(polygons.units.filter("known"), on="shape")
    units = swapped.group_by("point").agg(pl.col("unit").min().alias("swapped"))
    return found.join(units, on="point", how="left", maintain_order="left").select(*_GIVEN, *_outcome())


def _summary() -> list[pl.Expr]:
    """Of the polygons around a point: those it lies in, how many units there are, and the nearest."""
    inside = pl.col("km") == 0
    return [
        pl.col("unit").filter(inside).n_unique().alias("inside"),
        pl.col("said").filter(inside).unique().sort().alias("names"),
        pl.col("code").filter(inside & pl.col("known")).first().alias("known"),
        pl.col("unit").n_unique().alias("around"),
        pl.col("said").sort_by("km", "unit").first().alias("nearest"),
        pl.col("km").min(),
    ]


def _outcome() -> list[pl.Expr]:
    inside, around = pl.col("inside").fill_null(0), pl.col("around").fill_null(0)
    given = pl.all_horizontal(pl.col(*_GIVEN).is_not_null())
    names, km = pl.col("names").list.join(", "), pl.col("km").round(2)
    remark = (
        pl.when(~given).then(pl.lit(""))
        .when(inside > 1).then(pl.format("the point lies on a border or in several units: {}", names))
        .when((inside == 1) & pl.col("known").is_null()).then(pl.format("the point lies in {}", names))
        .when(inside == 1).then(pl.lit(""))
        .when(pl.all_horizontal(pl.col(*_GIVEN) == 0)).then(pl.lit("the coordinates are 0, 0, which stands for none"))
        .when(around > 0).then(pl.format("the point lies {} km outside the nearest unit, {}", km, "nearest"))
        .when(pl.col("swapped").is_not_null()).then(pl.format("latitude and longitude seem swapped: read so, the point lies in {}", "swapped"))
        .when(~_on_earth()).then(pl.lit("the coordinates are not on earth"))
        .otherwise(pl.lit("the point lies outside the boundaries"))
    )  # fmt: skip
    near = (around > 1) | ((inside == 0) & (around == 1))
    return [
        pl.when(inside == 1).then("known").alias("code"),
        near.alias("near_border"),
        remark.alias("remark"),
    ]


def _on_earth() -> pl.Expr:
    """Whether the coordinates are there and on the globe (NaN is neither)."""
    return pl.all_horizontal(
        pl.col(name).is_between(-most, most) & pl.col(name).is_not_nan() for name, most in _MOST.items()
    )


def _reach() -> pl.Expr:
    """How near a border is too near, in kilometres: one, or half a unit of the last decimal place."""
    coarse = pl.lit(NEAR_KM)
    for places in (1, 0):
        rounded = pl.all_horizontal(
            (pl.col(name) - pl.col(name).round(places)).abs() < _NOTHING for name in _GIVEN
        )
        coarse = pl.when(rounded).then(pl.lit(DEGREE_KM / 2 / 10**places)).otherwise(coarse)
    return coarse


def mercator(points: pl.DataFrame) -> Any:
    """Return longitude and latitude in degrees as an array of x and y in radii of the earth."""
    height = pl.col("latitude").clip(-HIGHEST_LATITUDE, HIGHEST_LATITUDE).radians().tan().arcsinh()
    return points.select(pl.col("longitude").radians(), height).to_numpy()


def _around(points: pl.DataFrame, polygons: Polygons) -> pl.DataFrame:
    """Return point, shape and km for every polygon within a point's reach; 0 km where it lies in it."""
    groups = {reach: points.filter(pl.col("reach") == reach) for reach in points["reach"].unique().sort()}
    return pl.concat(
        _reached(group, polygons, reach) for reach, group in (groups or {NEAR_KM: points}).items()
    )


def _reached(points: pl.DataFrame, polygons: Polygons, reach: float) -> pl.DataFrame:
    """Return the same of points with one reach in kilometres; only where a point lies outside is the distance worked out."""
    import shapely

    tree = shapely.STRtree(shapely.points(mercator(points)))
    inside = _pairs(tree.query(polygons.shapes, predicate="intersects"))
    furthest = reach / EARTH_KM * polygons.stretch
    near = _pairs(tree.query(polygons.shapes, predicate="dwithin", distance=furthest)).join(
        inside, on=["place", "shape"], how="anti"
    )
    apart = shapely.distance(
        polygons.shapes[near["shape"].to_numpy()], tree.geometries[near["place"].to_numpy()]
    )
    ground = points["latitude"].gather(near["place"]).to_frame().select(pl.col("latitude").radians().cos())
    measured = near.with_columns(km=pl.Series(apart, dtype=pl.Float64) * EARTH_KM * ground.to_series())
    found = pl.concat([inside.with_columns(km=0.0), measured.filter(pl.col("km") <= reach)])
    return found.select(points["point"].gather(found["place"]), "shape", "km")


def _within(points: pl.DataFrame, polygons: Polygons) -> pl.DataFrame:
    """Return point and shape for every polygon that a point lies in."""
    import shapely

    tree = shapely.STRtree(shapely.points(mercator(points)))
    found = _pairs(tree.query(polygons.shapes, predicate="intersects"))
    return found.select(points["point"].gather(found["place"]), "shape")


def _pairs(hits: Any) -> pl.DataFrame:
    """Return a tree's answer as a frame: shape, and the place of the point in the tree."""
    shapes, places = (pl.Series(numbers, dtype=pl.UInt32) for numbers in hits)
    return pl.DataFrame({"shape": shapes, "place": places})
