"""Points far from the country that they are said to be in.

Coasts, islands and borders are drawn coarsely, sources differ over which side of a border a place is on, and what
happens at sea is given the code of a country ashore. So a point strays only if it lies well inside another country,
or far out at sea. Of 176,579 events of UCDP GED 21.1, two stray, whose latitude is the longitude once more; of 12,363
incidents of Insecurity Insight, seven, in other countries than the one that they name.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.boundaries.outlines import FOLDER, POINT, outlines
from hxl_kit.places.boundaries.points import DEGREE_KM
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from hxl_kit.places.boundaries.outlines import Outlines

FAR_KM = 50.0
FAR_AT_SEA_KM = 100.0

CELL = 0.25
"""The edge, in degrees, of the cells that are looked at once for all points in them."""

_REACH_KM = CELL * DEGREE_KM / math.sqrt(2)
"""How far a point of a cell is from its middle, at most."""

_ROWS, _COLUMNS = int(180 / CELL) + 1, int(360 / CELL) + 1


@dataclass
class Strays:
    """Finds stray points; what was found of a cell is remembered."""

    outlines: Outlines
    _cells: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"cell": pl.UInt32, "clear": pl.Boolean})
    )

    def found(self, points: pl.DataFrame) -> pl.Series:
        """Return whether each point strays.

        A row costs one look at its cell; only points in cells that are not wholly near the country are measured.

        Args:
            points: location_code (ISO 3166-1 alpha-3), latitude, longitude (degrees) and date (null where not known:
                before a country became independent its points count as those of the state that it was part of).

        Returns:
            False also where there is no point on earth, or no outline of the country.
        """
        cells = points.select(self._cell()).to_series()
        self._look_at(cells)
        clear = self._cells.filter("clear")["cell"]
        doubtful = points.select(*POINT, "date").with_row_index("row")
        doubtful = doubtful.filter(~cells.is_in(clear.implode())).drop_nulls(POINT)
        strays = self._measured(doubtful.drop("row").unique())
        rows = doubtful.join(strays, on=[*POINT, "date"], how="semi", nulls_equal=True)["row"]
        return pl.int_range(points.height, dtype=pl.UInt32, eager=True).is_in(rows.implode())

    def _measured(self, points: pl.DataFrame) -> pl.DataFrame:
        """Return the distinct points that stray."""
        if points.is_empty():
            return points
        far = points.filter(~self.outlines.within(points, FAR_KM))
        ashore = self.outlines.ashore(far)
        strays = far.filter(ashore | ~self.outlines.within(far, FAR_AT_SEA_KM))
        states = strays.with_row_index("point").join(_former(), left_on="location_code", right_on="whole")
        states = states.filter((pl.col("date") < pl.col("until")).fill_null(value=True))
        parts = states.with_columns(location_code="part")
        then = parts.filter(self.outlines.within(parts, FAR_KM))["point"]
        return strays.with_row_index("point").filter(~pl.col("point").is_in(then.implode())).drop("point")

    def _cell(self) -> pl.Expr:
        """Return the number of a country's cell, null where there is no outline or no point on earth."""
        numbers = {code: number for number, code in enumerate(self.outlines.locations)}
        country = pl.col("location_code").replace_strict(numbers, default=None, return_dtype=pl.UInt32)
        row, column = (
            pl.when(pl.col(name).is_between(-most, most))
            .then(((pl.col(name) + most) / CELL).floor())
            .cast(pl.UInt32)
            for name, most in (("latitude", 90), ("longitude", 180))
        )
        return ((country * _ROWS + row) * _COLUMNS + column).alias("cell")

    def _look_at(self, cells: pl.Series) -> None:
        """Remember of cells that were not seen before whether all their points are near the country."""
        new = cells.drop_nulls().unique().to_frame().join(self._cells, on="cell", how="anti")
        if new.is_empty():
            return
        country, place = pl.col("cell") // (_ROWS * _COLUMNS), pl.col("cell") % (_ROWS * _COLUMNS)
        names = dict(enumerate(self.outlines.locations))
        middles = new.select(
            location_code=country.replace_strict(names, return_dtype=pl.String),
            latitude=((place // _COLUMNS + 0.5) * CELL - 90).clip(-90, 90),
            longitude=((place % _COLUMNS + 0.5) * CELL - 180).clip(-180, 180),
        )
        clear = self.outlines.within(middles, FAR_KM - _REACH_KM)
        self._cells = pl.concat([self._cells, new.with_columns(clear=clear)])


@cache
def strays() -> Strays:
    """Return the finder of stray points with the outlines that come with hxl_kit."""
    return Strays(outlines())


@cache
def _former() -> pl.DataFrame:
    path = schemas.path_of(FOLDER, "former.csv")
    return pl.read_csv(path, columns=["part", "whole", "until"]).with_columns(pl.col("until").str.to_date())
