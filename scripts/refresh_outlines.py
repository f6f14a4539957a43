"""Write the outlines of countries, `schemas/outlines/countries.parquet`: `python scripts/refresh_outlines.py FILE`.

FILE is `countries-10m.json` of the npm package world-atlas: Natural Earth's countries (public domain) as TopoJSON.
`schemas/outlines/areas.csv` says which parts count as other countries' too: what several claim counts as each one's.
`middles.csv`, the points that stand for whole countries, is OCHA's, as hdx-python-country carries it.
Lines are thinned to about two kilometres, which is fine beside the tens of kilometres that the checks allow.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import shapely
from hdx.location.country import Country

from hxl_kit.standard.codelists import codelist, crosswalk

FOLDER = Path(__file__).parents[1] / "schemas" / "outlines"
THINNED = 0.02
"""Degrees by which a line may be moved."""

GRID = 0.01
TINY = 0.005
"""Degrees around the points of islands that are smaller than the file's own grid."""

NARROW = 0.5
"""Degrees from which on a country is wide enough for a point in its middle to stand for nowhere."""

BOX = ("west", "south", "east", "north")
Shapes = dict[str, Any]


def drawn(topology: dict[str, Any]) -> Shapes:
    """Return the outlines of a topology by ISO 3166-1 alpha-3, or by name where a country has no number there."""
    arcs = _arcs(topology)
    found: dict[str, list[Any]] = {}
    numbers = crosswalk("m49-location").mapping
    for geometry in topology["objects"]["countries"]["geometries"]:
        key = numbers.get(geometry.get("id"), geometry["properties"]["name"])
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        found.setdefault(key, []).extend(_polygon(rings, arcs) for rings in polygons)
    return {key: shapely.union_all(shapes) for key, shapes in found.items()}


def _arcs(topology: dict[str, Any]) -> list[Any]:
    """Return the lines of a topology in degrees; each point but the first is stored as a step from the one before."""
    scale, first = (np.array(topology["transform"][part]) for part in ("scale", "translate"))
    return [np.cumsum(np.array(arc), axis=0) * scale + first for arc in topology["arcs"]]


def _polygon(rings: list[list[int]], arcs: list[Any]) -> Any:
    outer, *holes = (_ring(ring, arcs) for ring in rings)
    if len(outer) <= 3:  # noqa: PLR2004 - a closed ring has at least four points
        return shapely.buffer(shapely.MultiPoint(outer), TINY)
    return shapely.make_valid(shapely.Polygon(outer, [hole for hole in holes if len(hole) > 3]))  # noqa: PLR2004


def _ring(ring: list[int], arcs: list[Any]) -> Any:
    """Return the points of a ring; a negative number is an arc backwards."""
    lines = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in ring]
    return np.concatenate([lines[0], *(line[1:] for line in lines[1:])])


def pieces(outlines: Shapes, areas: list[dict[str, str]]) -> list[tuple[list[str], Any]]:
    """Return shapes with the countries that each counts as: whole outlines first, then parts of them."""
    known = codelist("location").values
    whole = {key: [key] if key in known else [] for key in outlines}
    parts = []
    for area in areas:
        locations = area["locations"].split(";")
        box = shapely.box(*(float(area[side]) for side in BOX)) if area["west"] else None
        if box is None:
            whole[area["outline"]] += locations
        else:
            part = shapely.intersection(outlines[area["outline"]], box) if area["outline"] else box
            parts.append((locations, part))
    return [*((found, outlines[key]) for key, found in sorted(whole.items()) if found), *parts]


def thinned(shape: Any) -> Any:
    """Return a shape with fewer points; an island that would vanish stays as a dot."""
    thin = shapely.set_precision(shapely.simplify(shape, THINNED), GRID)
    small = [part for part in shapely.get_parts(shape) if part.area < THINNED**2]
    dots = [shapely.set_precision(shapely.buffer(part.centroid, GRID, quad_segs=1), GRID) for part in small]
    parts = shapely.get_parts(shapely.union_all([thin, *dots]))
    return shapely.multipolygons([part for part in parts if part.geom_type == "Polygon"])


def middles(outlines: Shapes) -> list[tuple[str, str, str]]:
    """Return the points that OCHA's taxonomy gives for whole countries, but for those too small to have one."""
    countries: dict[str, dict[str, Any]] = Country.countriesdata(use_live=False)["countries"]
    found = []
    for code, country in sorted(countries.items()):
        west, south, east, north = shapely.bounds(outlines[code]) if code in outlines else (0, 0, 0, 0)
        if min(east - west, north - south) >= NARROW and country["Latitude"]:
            found.append((code, country["Latitude"], country["Longitude"]))
    return found


def main() -> int:
    """Write the outlines from a downloaded topology; return the exit code."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():  # noqa: PLR2004 - the script and its file
        print("usage: python scripts/refresh_outlines.py countries-10m.json", file=sys.stderr)
        return 2
    outlines = drawn(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    with (FOLDER / "areas.csv").open(encoding="utf-8", newline="") as file:
        found = pieces(outlines, list(csv.DictReader(file)))
    locations = [codes for codes, _ in found]
    shapes = [shapely.to_wkb(thinned(shape)) for _, shape in found]
    table = pl.DataFrame({"locations": locations, "outline": shapes})
    path = FOLDER / "countries.parquet"
    table.write_parquet(path, compression="zstd", compression_level=22)
    with (FOLDER / "middles.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("location_code", "latitude", "longitude"), *middles(outlines)])
    there = {code for codes in locations for code in codes}
    print(f"{path.name}: {table.height} pieces, {path.stat().st_size:,} bytes")
    print(f"without an outline: {', '.join(sorted(set(codelist('location').values) - there))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
