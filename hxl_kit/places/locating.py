"""Units by coordinates: the polygon that a row's point lies in, where boundaries were supplied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.lineage import UNIT_FIELDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.places.boundaries import Boundaries

REMARKS = pl.Schema({"row": pl.UInt32, "rule": pl.String, "message": pl.String})
_OUTSIDE = "the coordinates do not lie in the unit of the P-code"
_FINE = {
    1: ("exact", "admin3", "admin2", "admin1"),
    2: ("exact", "admin3", "admin2"),
    3: ("exact", "admin3"),
}
"""By level, the precisions whose point lies in the unit of that level that it stands for."""


def located(
    frame: pl.DataFrame, boundaries: Sequence[Boundaries], units: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows with units that their points lie in, and remarks (row, rule, message) on points elsewhere.

    A name or code that the row has stays; a point in another unit than that is a remark. Points near a border, and
    points that stand for a larger area than the unit, decide nothing.
    """
    remarks = [pl.DataFrame(schema=REMARKS)]
    for boundary in sorted(boundaries, key=lambda b: b.level):
        frame, told = _by(boundary, frame, units)
        remarks.append(told)
    return frame, pl.concat(remarks)


def _by(boundary: Boundaries, frame: pl.DataFrame, units: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows located in one set of boundaries, and the remarks."""
    here = pl.col("location_code") == boundary.country
    points = frame.with_row_index("row").filter(
        here, pl.col("latitude").is_not_null(), pl.col("longitude").is_not_null()
    )
    if not points.height:
        return frame, pl.DataFrame(schema=REMARKS)
    answers = boundary.locate(points.select("latitude", "longitude"))
    own = pl.col(f"admin{boundary.level}_code")
    fine = pl.col("geo_precision").is_in(_FINE[boundary.level])
    sure = points.select("row", own, "geo_precision", *_above(boundary.level)).with_columns(
        lies_in=answers["code"], near=answers["near_border"], remark=answers["remark"]
    )
    inside = pl.col("lies_in").is_not_null() & ~pl.col("near") & fine
    told = sure.filter(inside & (own != pl.col("lies_in")) & own.is_not_null())
    new = sure.filter(inside & own.is_null()).select(
        "row", location_code=pl.lit(boundary.country), unit="lies_in"
    )
    return _written(frame, new, units, boundary.level), pl.concat(
        [_remarks(told, "pcode-coordinates", pl.lit(_OUTSIDE)), _odd(sure.filter(fine))]
    )


def _above(level: int) -> tuple[str, ...]:
    return tuple(f"admin{n}_code" for n in range(1, level))


def _written(frame: pl.DataFrame, new: pl.DataFrame, units: pl.DataFrame, level: int) -> pl.DataFrame:
    """Write the located units into rows whose coarser codes agree with them."""
    if not new.height:
        return frame
    fields = units.filter(pl.col("unit_level") == level).rename(
        {name: f"unit_{name}" for name in UNIT_FIELDS}
    )
    found = new.join(fields, on=["location_code", "unit"], how="inner").drop("location_code", "unit_level")
    rows = frame.with_row_index("row").join(found, on="row", how="left", maintain_order="left")
    agrees = [(pl.col(name) == pl.col(f"unit_{name}")) | pl.col(name).is_null() for name in _above(level)]
    take = pl.col("unit").is_not_null() & pl.all_horizontal(pl.lit(value=True), *agrees)
    return rows.with_columns(
        *(pl.when(take).then(f"unit_{name}").otherwise(name).alias(name) for name in UNIT_FIELDS),
        pcode_method=pl.when(take).then(pl.lit("point_in_polygon")).otherwise("pcode_method"),
        pcode_score=pl.when(take).then(1.0).otherwise("pcode_score"),
        pcode_release=pl.when(take).then("unit_release").otherwise("pcode_release"),
    ).select(frame.columns)


def _odd(points: pl.DataFrame) -> pl.DataFrame:
    return _remarks(points.filter(pl.col("remark") != ""), "coordinates", pl.col("remark"))


def _remarks(points: pl.DataFrame, rule: str, message: pl.Expr) -> pl.DataFrame:
    return points.select("row", rule=pl.lit(rule), message=message).cast(REMARKS)
