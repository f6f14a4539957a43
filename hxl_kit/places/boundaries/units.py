"""The polygons of a country's units of one level, read from a file and compared with the gazetteer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.places.boundaries.columns import chosen
from hxl_kit.places.boundaries.formats import opened
from hxl_kit.places.boundaries.points import Polygons, located
from hxl_kit.places.gazetteer import gazetteer as built_in

if TYPE_CHECKING:
    from pathlib import Path

    from hxl_kit.places.gazetteer import Gazetteer

CODES_SHOWN = 5
CODE_SHOWN = 30


@dataclass(frozen=True)
class Boundaries:
    """The polygons of a country's units of one level.

    Attributes:
        country: ISO 3166-1 alpha-3.
        level: of the units.
        name: the name of the file.
        notes: what was found and done, in plain words: mended polygons, codes that are no units.
    """

    country: str
    level: int
    name: str
    notes: tuple[str, ...]
    _polygons: Polygons

    @classmethod
    def read(
        cls,
        path: Path,
        *,
        country: str,
        level: int | None = None,
        code_field: str | None = None,
        gazetteer: Gazetteer | None = None,
    ) -> Boundaries:
        """Return the boundaries in a file: GeoPackage, GeoJSON, GeoParquet or a zip with shapefiles.

        Args:
            path: a local file.
            country: ISO 3166-1 alpha-3.
            level: of the units; without it the finest that the file has codes of.
            code_field: the column with the P-codes, where its name does not tell (ADM2_PCODE, admin2Pcode, …).
            gazetteer: whose units they are; without it the built-in releases.

        Raises:
            InputError: the file cannot be read, is not in WGS84, has no codes, or none of the country's units.
        """
        units = (gazetteer or built_in()).units
        with opened(path) as layers:
            layer, column, told = chosen(layers, level, code_field)
            codes, shapes = layer.read(column)
            rows = pl.DataFrame({"code": pl.Series(codes, dtype=pl.String)}).with_row_index("shape")
            found = told or _level_of(rows["code"], units, country)
            kept, of_gazetteer = _compared(rows, units, country, found, column)
            polygons, mended = _polygons(kept, shapes)
            return cls(country, found, path.name, (*mended, *of_gazetteer), polygons)

    def locate(self, points: pl.DataFrame) -> pl.DataFrame:
        """Return for each point, in the same order, the unit that it lies in.

        Args:
            points: latitude and longitude in degrees.

        Returns:
            code: the P-code; null where the point lies in no unit of the gazetteer, or in several.
            near_border: another unit is nearer than a kilometre, or than the coordinates are exact (half a unit of
                their last decimal place); of a point outside, any unit.
            remark: what is odd about the point, in plain words, "" where nothing is.
        """
        return located(points, self._polygons)


def _level_of(codes: pl.Series, units: pl.DataFrame, country: str) -> int:
    """Return the level that most of the codes are of; 0 where none is known."""
    here = units.filter(pl.col("location_code") == country, pl.col("code").is_in(codes.unique().implode()))
    levels = here["level"].value_counts(sort=True)
    return int(levels["level"][0]) if levels.height else 0


def _compared(
    rows: pl.DataFrame, units: pl.DataFrame, country: str, level: int, column: str
) -> tuple[pl.DataFrame, list[str]]:
    """Return the polygons of this level and country and those of no unit (shape, code, known), and what to say."""
    every = units.select("code", "location_code", "level").unique("code")
    own = (pl.col("location_code") == country) & (pl.col("level") == level)
    judged = rows.join(every, on="code", how="left", maintain_order="left").with_columns(
        known=own.fill_null(value=False)
    )
    if not judged["known"].any():
        raise InputError(_no_unit(units, country, level, column))
    there = units.filter(own)["code"]
    abroad = judged.filter(pl.col("location_code") != country)
    other = judged.filter(pl.col("location_code") == country, ~pl.col("known"))
    strange = judged.filter(pl.col("level").is_null())
    no_unit = f"codes of no unit of level {level} of {country} in the gazetteer, never given"
    notes = {
        "polygons of other levels, left out": other["code"],
        "polygons of other countries, their codes never given": abroad["code"],
        no_unit: strange.drop_nulls("code")["code"],
        "polygons without a P-code": strange.filter(pl.col("code").is_null())["code"],
        "units of the gazetteer without a polygon": there.filter(
            ~there.is_in(rows["code"].drop_nulls().implode())
        ),
    }
    # What lies around the units says where their border is, though it is never an answer.
    left = pl.col("level").is_null() | (pl.col("location_code") != country)
    kept = judged.filter(pl.col("known") | left).with_columns(said=_said())
    return kept.select("shape", "code", "known", "said"), _told(notes)


def _said() -> pl.Expr:
    """Say what a polygon is: a unit by its code, another with what is wrong about it."""
    code = pl.col("code").str.slice(0, CODE_SHOWN)
    return (
        pl.when("known").then("code")
        .when(pl.col("code").is_null()).then(pl.lit("a polygon without a P-code"))
        .when(pl.col("level").is_null()).then(pl.format("'{}' (no unit of the gazetteer)", code.str.replace_all(r"[^\P{C}]", "?")))
        .otherwise(pl.format("'{}' (of {})", code, "location_code"))
    )  # fmt: skip


def _no_unit(units: pl.DataFrame, country: str, level: int, column: str) -> str:
    levels = sorted(units.filter(pl.col("location_code") == country)["level"].unique())
    if not levels or (level and level not in levels):
        of_level = f" of level {level}" if levels else ""
        return f"the gazetteer has no units{of_level} of {country}; add its release with hxl-kit gazetteers --add"
    of_level = f" of level {level}" if level else ""
    return f"no value of {column!r} is a P-code{of_level} of {country} in the gazetteer; name the column with code_field"


def _told(notes: dict[str, pl.Series]) -> list[str]:
    """Return what concerns any code, with how many and the first of them: "units without a polygon: 2 (A, B)"."""
    told = []
    for said, codes in notes.items():
        names = [repr(code[:CODE_SHOWN]) for code in codes.drop_nulls().unique(maintain_order=True)]
        more = ", …" if len(names) > CODES_SHOWN else ""
        listed = f" ({', '.join(names[:CODES_SHOWN])}{more})" if names else ""
        told += [f"{said}: {codes.len()}{listed}"] if codes.len() else []
    return told


def _polygons(rows: pl.DataFrame, shapes: Any) -> tuple[Polygons, list[str]]:
    """Return the polygons of the rows, mended where they cross themselves, and what to say of it."""
    import shapely

    kept = shapes[rows["shape"].to_numpy()]
    broken = ~shapely.is_valid(kept) & ~shapely.is_missing(kept)
    kept[broken] = shapely.make_valid(kept[broken], method="structure", keep_collapsed=False)
    area = (shapely.area(kept) > 0).tolist()
    if not any(area):
        raise InputError("holds no polygons of these units; lines and points bound nothing")
    mended, without = rows["code"].filter(broken.tolist()), rows["code"].filter([not has for has in area])
    notes = {"polygons that crossed themselves, mended": mended, "rows without a polygon": without}
    with_area = rows.filter(area).drop("shape")
    return Polygons.of(kept[area], with_area), _told(notes)
