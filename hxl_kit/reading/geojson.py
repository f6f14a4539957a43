"""GeoJSON features as records: their properties, and where they are (RFC 7946: longitude first, WGS 84)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.reading.json_text import Number, compact
from hxl_kit.reading.table import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AXES = ("longitude", "latitude", "altitude")
LIMITS = (180, 90)
"""The greatest longitude and latitude, in degrees."""

WGS84 = ("CRS84", "4326", "4979")
SHAPES = (
    "LineString",
    "MultiLineString",
    "MultiPoint",
    "MultiPolygon",
    "Polygon",
    "GeometryCollection",
)
RING = 4
"""The fewest positions of a ring: a triangle, and its first corner again."""

NOTE = (
    "GeoJSON: points give the columns longitude and latitude (altitude), unless a property has that name; "
    "other geometries are JSON text"
)


def is_feature(value: dict[str, Any]) -> bool:
    """Return whether an object is a GeoJSON feature."""
    return value.get("type") == "Feature" and "geometry" in value


def feature_record(feature: dict[str, Any]) -> dict[str, Any]:
    """Return the properties of a feature, with `id` and its place where they have none.

    Raises:
        ValueError: its geometry is not one; the text says how.
    """
    properties = feature.get("properties") or {}
    geometry = feature["geometry"]
    if not isinstance(properties, dict) or not isinstance(geometry, dict | None):
        raise ValueError("is not a GeoJSON feature")  # noqa: TRY004 - the caller's one way to reject a record
    record = {"id": feature["id"], **properties} if "id" in feature else dict(properties)
    if "id" in properties:
        record["id"] = properties["id"]
    for name, value in _place(geometry).items():
        record.setdefault(name, value)
    return record


def require_wgs84(label: str, members: Mapping[str, Any]) -> None:
    """Refuse features whose collection names another coordinate reference system than WGS 84 (GeoJSON 2008).

    Raises:
        InputError: it does.
    """
    properties = members.get("crs.properties")
    named = str(properties.get("name", "")) if isinstance(properties, dict) else ""
    if named and not named.endswith(WGS84):
        raise InputError(
            f"{label}: its coordinates are in '{shown(named)}', not degrees of longitude and latitude (WGS 84); "
            "export it in EPSG:4326",
        )


def _place(geometry: dict[str, Any] | None) -> dict[str, Any]:
    if geometry is None:
        return {}
    if geometry.get("type") != "Point":
        if geometry.get("type") not in SHAPES:
            raise ValueError("has a geometry of a type that GeoJSON does not know")
        _require_closed(geometry)
        for position in _positions(geometry.get("coordinates")):
            _require_degrees(position)
        return {"geometry": compact(geometry)}
    coordinates = geometry.get("coordinates")
    if coordinates in (None, []):
        return {}
    _require_degrees(coordinates)
    return dict(zip(AXES, coordinates, strict=False))


def _require_degrees(coordinates: Any) -> None:
    if not isinstance(coordinates, list) or not all(isinstance(number, Number) for number in coordinates):
        raise ValueError("has coordinates that are no numbers")
    degrees = [abs(float(number)) for number in coordinates]
    if len(degrees) not in (2, 3):
        raise ValueError("has a point without two or three coordinates")
    if degrees[1] > LIMITS[1] >= degrees[0]:
        raise ValueError("has a latitude beyond 90 degrees: are longitude and latitude swapped?")
    if degrees[0] > LIMITS[0] or degrees[1] > LIMITS[1]:
        raise ValueError("has coordinates beyond 180 and 90 degrees, out of range")


def _positions(coordinates: Any) -> Iterator[Any]:
    """Yield the positions inside coordinates, which are lists of lists of them."""
    layer = coordinates if isinstance(coordinates, list) else []
    while layer and isinstance(layer[0], list) and layer[0] and isinstance(layer[0][0], list):
        layer = [inner for item in layer if isinstance(item, list) for inner in item]
    yield from (item for item in layer if isinstance(item, list) and item)


def _require_closed(geometry: dict[str, Any]) -> None:
    coordinates = geometry.get("coordinates")
    polygons: Any = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(geometry.get("type", ""))
    try:
        rings = [ring for polygon in polygons or [] for ring in polygon]
        is_open = any(ring[0] != ring[-1] for ring in rings)
        is_short = any(len(ring) < RING for ring in rings)
    except (TypeError, IndexError, KeyError):
        is_open = is_short = True
    if is_open:
        raise ValueError("has a polygon whose ring is not closed")
    if is_short:
        raise ValueError(f"has a polygon with a ring of fewer than {RING} positions")
