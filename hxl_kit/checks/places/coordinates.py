"""Coordinates: in their country, neither exchanged nor without their sign, not 0, 0, not a country's middle.

Each row is reduced to a verdict as it is read, since a row's point says all; the rules list the rows of a verdict.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.places.precision import TABLES
from hxl_kit.checks.places.told import REPEATED, TOLD
from hxl_kit.checks.rule import Rule, TableRule, Tables
from hxl_kit.places.boundaries.outlines import FOLDER, POINT
from hxl_kit.places.strays import strays
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Collection

    from hxl_kit.checks.rule import Params
    from hxl_kit.places.boundaries.outlines import Outlines


_PAIRS = (("latitude", "longitude"), ("longitude", "latitude"))
_DATES = ("date_start", "as_of", "date_end")
_NEAR_KM = 25.0
"""How near its country a point must be with its coordinates mended, for that to be the likely mistake."""

_VERDICTS = ("coordinates-outside", "repeated", "coordinates-swapped", "coordinates-sign")
_VERDICT = pl.Struct({"verdict": pl.Enum(_VERDICTS), "distance": pl.UInt16, "country": pl.Categorical()})
_ROUNDED = 10
"""Kilometres to which distances are told: the outlines are coarse."""

_FINE = ("exact", "near", "admin3", "admin2")
_CLOSE = 0.005
"""Degrees by which a point may differ from a country's middle as others round it."""

_latitude, _longitude = pl.col("latitude"), pl.col("longitude")


def kept(columns: Collection[str]) -> list[pl.Expr]:
    """Return the verdict on each row's point, none for a table without points."""
    if not set(POINT) <= set(columns):
        return []
    optional = [name for name in (*_DATES, "geo_precision") if name in columns]
    given = pl.struct(*POINT, *optional)
    return [given.map_batches(_judged, return_dtype=_VERDICT).alias("point")]


def table_rules(table_name: str) -> tuple[TableRule, ...]:
    """Return the rules on points that are not where they should be."""
    if table_name not in TABLES:
        return ()
    return tuple(
        TableRule(
            slug,
            table_name,
            "latitude",
            TOLD[slug].severity,
            partial(_of, table_name, slug),
            TOLD[slug].message,
        )
        for slug in _VERDICTS
        if slug in TOLD
    )


def _of(name: str, slug: str, tables: Tables) -> pl.DataFrame:
    """Return the rows of a verdict; a number that is repeated has its own words."""
    rows = tables[name]
    if "point" not in rows.columns:
        return pl.DataFrame(schema={"row_number": pl.UInt32})
    found = rows.select("row_number", "point").filter(pl.col("point").is_not_null()).unnest("point")
    repeated = pl.col("verdict") == "repeated"
    own = pl.col("verdict") == slug
    outside = slug == "coordinates-outside"
    message = pl.when(repeated).then(pl.lit(REPEATED)).otherwise(pl.lit(TOLD[slug].message))
    told = found.filter((own | repeated) if outside else own)
    return told.select("row_number", "distance", pl.col("country").cast(pl.String), message=message)


def _judged(cells: pl.Series) -> pl.Series:
    """Return the verdict on each point that strays from its country, null for the others."""
    rows = cells.struct.unnest()
    dates = [name for name in _DATES if name in rows.columns]
    date = pl.coalesce(dates) if dates else pl.lit(None, pl.Date)
    points = rows.select(*POINT, date=date)
    stray = strays().found(points)
    if not stray.any():
        return pl.repeat(None, points.height, dtype=_VERDICT, eager=True)
    numbered = points.with_row_index("row")
    far = numbered.filter(stray & _somewhere(rows))
    told = far.select(
        "row", verdict=pl.struct(_verdicts(far), _distances(far), country="location_code").cast(_VERDICT)
    )
    return numbered.join(told, on="row", how="left", maintain_order="left")["verdict"]


def _somewhere(rows: pl.DataFrame) -> pl.Series:
    """Return whether each row's point is of a place, and of one in a country."""
    nowhere = _zero()
    if "geo_precision" in rows.columns:
        nowhere |= pl.col("geo_precision").eq_missing("international")
    return rows.select(~nowhere.fill_null(value=False)).to_series()


def _verdicts(far: pl.DataFrame) -> pl.Series:
    """Return what is likely wrong with points outside their country."""
    exchanged = far.with_columns(latitude="longitude", longitude="latitude")
    signs = [far.with_columns(_latitude * n, _longitude * e) for n, e in ((-1, 1), (1, -1), (-1, -1))]
    finder = strays().outlines
    swapped = _mended(finder, exchanged)
    signed = pl.DataFrame({str(n): _mended(finder, points) for n, points in enumerate(signs)})
    return far.select(
        pl.when(_latitude == _longitude)
        .then(pl.lit("repeated"))
        .when(swapped)
        .then(pl.lit("coordinates-swapped"))
        .when(signed.select(pl.any_horizontal(pl.all())).to_series())
        .then(pl.lit("coordinates-sign"))
        .otherwise(pl.lit("coordinates-outside"))
        .alias("verdict")
    ).to_series()


def _mended(finder: Outlines, points: pl.DataFrame) -> pl.Series:
    """Return whether points, with a mistake undone, lie in or near their country."""
    on_earth = points.select(_latitude.is_between(-90, 90)).to_series()
    return on_earth & finder.within(points, _NEAR_KM).fill_null(value=False)


def _distances(far: pl.DataFrame) -> pl.Series:
    km = strays().outlines.distance(far)
    return ((km / _ROUNDED).round().cast(pl.UInt16) * _ROUNDED).alias("distance")


def row_rules(table_name: str) -> tuple[Rule, ...]:
    """Return the rules on points that single cells show to be none, or none that is known."""
    if table_name not in TABLES:
        return ()
    alone = {one: pl.col(one).is_not_null() & pl.col(f"@{two}").is_null() for one, two in _PAIRS}
    middle = pl.all_horizontal(
        (pl.col(axis) - pl.col("location_code").replace_strict(middles, default=None)).abs() < _CLOSE
        for axis, middles in _middles().items()
    )
    params = {"country": pl.col("location_code"), "precision": pl.col("geo_precision")}
    fine = pl.col("geo_precision").is_in(_FINE)
    return (
        *(_rule("coordinates-half", table_name, axis, violated) for axis, violated in alone.items()),
        _rule("coordinates-zero", table_name, "latitude", _zero() & pl.col("location_code").is_not_null()),
        _rule("coordinates-middle", table_name, "latitude", middle & fine, params),
    )


def _rule(slug: str, table: str, field: str, violated: pl.Expr, params: Params | None = None) -> Rule:
    told = TOLD[slug]
    return Rule(slug, table, field, told.severity, violated, told.message, params or {})


def _zero() -> pl.Expr:
    return (_latitude == 0) & (_longitude == 0)


@cache
def _middles() -> dict[str, dict[str, float]]:
    """Return the latitudes and the longitudes of the points that stand for whole countries."""
    table = pl.read_csv(schemas.path_of(FOLDER, "middles.csv"))
    return {axis: dict(table.select("location_code", axis).iter_rows()) for axis in ("latitude", "longitude")}
