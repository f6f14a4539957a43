"""The outlines of all countries: how far a point lies from one of them, and whether it lies in any.

They are Natural Earth's, thinned to some two kilometres (`schemas/outlines`); an area that several countries claim
counts as each one's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.places.boundaries.points import EARTH_KM, mercator
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = "outlines"
POINT = ("location_code", "latitude", "longitude")
"""What is said of a point: the country (ISO 3166-1 alpha-3), and degrees."""

_SEAM = 10
"""Outlines this near, in degrees, to the 180th meridian are drawn on both sides of the map."""


@dataclass
class Outlines:
    """The shapes of countries, each made ready when it is first asked for.

    Attributes:
        pieces: shapes in degrees, each with the countries that it counts as, the first of them its own.
    """

    pieces: tuple[tuple[tuple[str, ...], Any], ...]
    _shapes: dict[str, Any] = field(default_factory=dict)
    _tree: Any = None

    @property
    def locations(self) -> tuple[str, ...]:
        """The countries that have an outline, sorted."""
        return tuple(sorted({code for codes, _ in self.pieces for code in codes}))

    def within(self, points: pl.DataFrame, km: float) -> pl.Series:
        """Return whether each point lies in its country, or not further from it than some kilometres.

        Null where there is no outline of the country, or no point.
        """
        import shapely

        def near(shape: Any, at: Any, scale: Any) -> Any:
            return shapely.dwithin(shape, at, km * scale)

        return self._each(points, near, pl.Boolean)

    def distance(self, points: pl.DataFrame) -> pl.Series:
        """Return how many kilometres each point lies from its country, 0 within it; null as in `within`."""
        import shapely

        def apart(shape: Any, at: Any, _: Any) -> Any:
            ends = _degrees(shapely.get_coordinates(shapely.shortest_line(shape, at)))
            return _kilometres(ends.gather_every(2), ends.gather_every(2, 1))

        return self._each(points, apart, pl.Float64)

    def ashore(self, points: pl.DataFrame) -> pl.Series:
        """Return whether each point lies in any country."""
        import shapely

        if self._tree is None:
            self._tree = shapely.STRtree([shape for _, shape in self.pieces])
        at = shapely.points(points.select("longitude", "latitude").to_numpy())
        found = pl.Series(self._tree.query(at, predicate="intersects")[0], dtype=pl.UInt32)
        return pl.int_range(points.height, dtype=pl.UInt32, eager=True).is_in(found.implode())

    def _each(
        self, points: pl.DataFrame, asked: Callable[[Any, Any, Any], Any], kind: type[pl.DataType]
    ) -> pl.Series:
        """Return an answer for each point, asked of the points of one country at a time."""
        import shapely

        answers = [pl.DataFrame(schema={"row": pl.UInt32, "answer": kind})]
        numbered = points.select(POINT).with_row_index("row")
        given = numbered.drop_nulls().filter(pl.col("location_code").is_in(self.locations))
        for (code,), group in given.group_by("location_code"):
            at = shapely.points(mercator(group))
            scale = (1 / EARTH_KM / group["latitude"].radians().cos()).to_numpy()
            answer = pl.Series(asked(self._shape(str(code)), at, scale), dtype=kind)
            answers.append(pl.DataFrame({"row": group["row"], "answer": answer}))
        return numbered.join(pl.concat(answers), on="row", how="left", maintain_order="left")["answer"]

    def _shape(self, code: str) -> Any:
        """Return a country's outline in Mercator, ready for many questions."""
        import shapely

        if code not in self._shapes:
            parts = shapely.get_parts([shape for codes, shape in self.pieces if code in codes])
            whole = shapely.multipolygons(_on_both_sides(parts))
            shape = shapely.transform(
                whole, lambda xy: mercator(pl.DataFrame(xy, schema=["longitude", "latitude"]))
            )
            shapely.prepare(shape)
            self._shapes[code] = shape
        return self._shapes[code]


def _on_both_sides(parts: Any) -> Any:
    """Return polygons, those near the 180th meridian also on the other side of the map."""
    import shapely

    west, _, east, _ = shapely.bounds(parts).T
    return [*parts, *_moved(parts[west < _SEAM - 180], 360), *_moved(parts[east > 180 - _SEAM], -360)]


def _moved(parts: Any, degrees: int) -> Any:
    import shapely

    step = (degrees, 0)
    return shapely.transform(parts, lambda xy: xy + step)


def _degrees(coordinates: Any) -> pl.DataFrame:
    """Return longitude and latitude of an array of x and y in Mercator."""
    return pl.DataFrame(coordinates, schema=["x", "y"]).select(
        longitude=pl.col("x").degrees(), latitude=pl.col("y").sinh().arctan().degrees()
    )


def _kilometres(these: pl.DataFrame, those: pl.DataFrame) -> pl.Series:
    """Return the length of the way over the ground between points, pair by pair (haversine)."""
    both = pl.concat([these, those.rename(lambda name: f"to_{name}")], how="horizontal")
    north, east = (
        ((pl.col(f"to_{axis}") - pl.col(axis)) / 2).radians().sin() ** 2 for axis in ("latitude", "longitude")
    )
    narrower = pl.col("latitude").radians().cos() * pl.col("to_latitude").radians().cos()
    return both.select(2 * EARTH_KM * (north + narrower * east).sqrt().arcsin()).to_series()


@cache
def outlines() -> Outlines:
    """Return the outlines that come with hxl_kit."""
    import shapely

    table = pl.read_parquet(schemas.path_of(FOLDER, "countries.parquet"))
    shapes = shapely.from_wkb(table["outline"].to_numpy())
    return Outlines(tuple(zip(map(tuple, table["locations"]), shapes, strict=True)))
