"""Files of boundaries: GeoPackage, GeoJSON, GeoParquet, and a zip with shapefiles or with one of these.

GDAL opens GeoPackages and shapefiles only, and only after a look at their first bytes: other formats that it knows
can name further files, addresses on the network and commands. Every file must be WGS84 in longitude and latitude.
"""

from __future__ import annotations

import json
import re
import tempfile
import warnings
import zipfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST_BYTES = 1 << 30
MOST_JSON_BYTES = 1 << 27
MOST_POLYGONS = 200_000
MOST_PARTS = 100
LONGITUDES, LATITUDES = 180.0, 90.0
SHAPEFILE = {".shp", ".shx", ".dbf", ".prj", ".cpg"}
FORMATS = "GeoPackage (.gpkg), GeoJSON (.geojson, .json), GeoParquet (.parquet) and zipped shapefiles (.zip)"
_ELSEWHERE = re.compile(r"(?i)^/vsi|^[a-z0-9+.-]{2,}:/")
_GEOPACKAGES = (b"GPKG", b"GP10", b"GP11")
_SQLITE = b"SQLite format 3\0"
_SHAPE = b"\0\0\x27\x0a"
_CRS84 = {("EPSG", "4326"), ("OGC", "CRS84")}

Polygons = tuple[list[str | None], Any]
"""Codes as text, and an array of as many geometries."""


@dataclass(frozen=True)
class Layer:
    """A table of polygons in a file.

    Attributes:
        name: its name in the file.
        columns: its attributes, the geometry left out.
    """

    name: str
    columns: tuple[str, ...]
    _reader: Callable[[str], Polygons]

    def read(self, column: str) -> Polygons:
        """Return the values of one column and the geometries.

        Raises:
            InputError: they are damaged, not in WGS84, or too many.
        """
        with _damaged():
            return self._reader(column)


@contextmanager
def opened(path: Path) -> Iterator[list[Layer]]:
    """Yield the layers of a file of boundaries; they can be read until the block ends.

    An InputError in the block gets the name of the file.

    Raises:
        InputError: the file is no plain local file, too large, damaged, of another format, or not in WGS84.
    """
    if _ELSEWHERE.match(str(path)):
        raise InputError(f"{path}: boundaries are read from local files only; download it first")
    require_plain_file(path)
    try:
        with ExitStack() as stack:
            with _damaged():
                layers = _layers(path.resolve(), stack)
            yield layers
    except InputError as error:
        raise InputError(f"{path.name}: {error}") from error


@contextmanager
def _damaged() -> Iterator[None]:
    """Turn what the libraries say of a damaged file into an InputError.

    They raise errors of many kinds, their own faults among them. What GDAL only warns of is either refused by our own
    look at the content, or no concern of boundaries.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    except (InputError, ImportError):
        raise
    except Exception as error:
        raise InputError("cannot be read as boundaries: the file is damaged or incomplete") from error


def _layers(path: Path, stack: ExitStack) -> list[Layer]:
    suffix = path.suffix.lower()
    known: dict[str, Callable[[Path], list[Layer]]] = {
        ".gpkg": _geopackage,
        ".geojson": _geojson,
        ".json": _geojson,
        ".parquet": _geoparquet,
        ".geoparquet": _geoparquet,
        ".shp": _shapefile,
    }
    if suffix not in known and suffix != ".zip":
        raise InputError(f"is no file of boundaries; readable are {FORMATS}")
    if path.stat().st_size > (MOST_JSON_BYTES if known.get(suffix) is _geojson else MOST_BYTES):
        raise InputError(
            "is too large for boundaries; simplify them, or save them as GeoPackage or GeoParquet"
        )
    if suffix != ".zip":
        return known[suffix](path)
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hxl-kit-boundaries-")))
    parts = [part for part in _unzipped(path, folder) if part.suffix in known]
    if not parts:
        raise InputError(f"holds no boundaries; readable are {FORMATS}")
    return [layer for part in parts for layer in known[part.suffix](part)]


def _unzipped(path: Path, folder: Path) -> list[Path]:
    """Write the members of an archive that are boundaries into an empty folder, each by a plain name of its own."""
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        if len(members) > MOST_PARTS or sum(member.file_size for member in members) > MOST_BYTES:
            raise InputError("is too large unpacked; keep only the boundaries that are needed")
        written = []
        stems = {member: number for number, member in enumerate(sorted({_stem(m.filename) for m in members}))}
        for member in members:
            place = folder / str(stems[_stem(member.filename)])
            place.mkdir(exist_ok=True)
            # The name of the layer is the file's; no part of the member's path is used.
            name = re.sub(r"[^\w. -]", "_", Path(member.filename.replace("\\", "/")).stem)[:80] or "layer"
            target = place / f"{name}{Path(member.filename).suffix.lower()}"
            if target.suffix in SHAPEFILE | {".gpkg", ".geojson", ".json", ".parquet"}:
                _unpack(archive, member, target)
                written.append(target)
    return written


def _stem(name: str) -> str:
    return str(Path(name).with_suffix("")).lower()


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path) -> None:
    """Write a member, and no byte more than it claims to have."""
    with archive.open(member) as packed, target.open("wb") as file:
        left = member.file_size
        while left > 0 and (chunk := packed.read(min(left, 1 << 20))):
            file.write(chunk)
            left -= len(chunk)


def _geopackage(path: Path) -> list[Layer]:
    with path.open("rb") as file:
        head = file.read(72)
    if not head.startswith(_SQLITE) or head[68:72] not in _GEOPACKAGES:
        raise InputError("is no GeoPackage")
    return _by_gdal(path)


def _shapefile(path: Path) -> list[Layer]:
    with path.open("rb") as file:
        if file.read(4) != _SHAPE:
            raise InputError(f"'{path.name}' is no shapefile")
    if not path.with_suffix(".dbf").exists():
        raise InputError(f"'{path.name}' has no .dbf beside it, so no codes; zip all parts of the shapefile")
    return _by_gdal(path)


def _by_gdal(path: Path) -> list[Layer]:
    import pyogrio

    found = []
    for name, geometry in pyogrio.list_layers(path):
        if geometry is None or not re.search("Polygon|Surface|Unknown|GeometryCollection", str(geometry)):
            continue
        about = pyogrio.read_info(path, layer=name)
        found.append(Layer(str(name), tuple(map(str, about["fields"])), _gdal_reader(path, str(name))))
    return found


def _gdal_reader(path: Path, layer: str) -> Callable[[str], Polygons]:
    def read(column: str) -> Polygons:
        import pyogrio
        import shapely

        about, _, blobs, values = pyogrio.raw.read(
            path, layer=layer, columns=[column], force_2d=True, max_features=MOST_POLYGONS + 1
        )
        _refuse_other_crs(_crs_of_text(about["crs"]), about["crs"])
        return _checked(_as_text(values[0].tolist()), shapely.from_wkb(blobs, on_invalid="ignore"))

    return read


def _geojson(path: Path) -> list[Layer]:
    content = json.loads(path.read_bytes().decode("utf-8-sig"))
    features = content.get("features") if isinstance(content, dict) else None
    if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
        raise InputError("is no GeoJSON FeatureCollection")
    # RFC 7946 is always WGS84; its forerunner of 2008 could name another system.
    if named := content.get("crs"):
        given = str((named.get("properties") or {}).get("name")) if isinstance(named, dict) else str(named)
        _refuse_other_crs(_crs_of_text(given), given)
    properties = [feature.get("properties") or {} for feature in features]
    names = dict.fromkeys(name for each in properties for name in each)
    geometries = [feature.get("geometry") for feature in features]

    def read(column: str) -> Polygons:
        import shapely

        texts = [json.dumps(geometry) if geometry else None for geometry in geometries]
        return _checked(
            _as_text([each.get(column) for each in properties]),
            shapely.from_geojson(texts, on_invalid="ignore"),
        )

    return [Layer(path.stem, tuple(names), read)]


def _geoparquet(path: Path) -> list[Layer]:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        said = (file.schema_arrow.metadata or {}).get(b"geo")
        names = file.schema_arrow.names
        size = sum(file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups))
    if said is None:
        raise InputError("is no GeoParquet: it does not say which column has the geometries")
    if size > MOST_BYTES:
        raise InputError("is too large unpacked; simplify the boundaries")
    about = json.loads(said)
    column = about["columns"].get(about["primary_column"], {})
    if column.get("encoding") != "WKB":
        raise InputError(f"its geometries are encoded as {str(column.get('encoding'))!r}; save them as WKB")
    # Without an entry it is CRS84; with null nobody knows.
    if (crs := column.get("crs", {"id": {"authority": "OGC", "code": "CRS84"}})) is None:
        _refuse_other_crs(None, None)
    named = crs.get("id") or {}
    _refuse_other_crs((str(named.get("authority")), str(named.get("code"))), crs.get("name"))
    attributes = tuple(name for name in names if name != about["primary_column"])
    return [Layer(path.stem, attributes, _parquet_reader(path, str(about["primary_column"])))]


def _parquet_reader(path: Path, geometry: str) -> Callable[[str], Polygons]:
    def read(column: str) -> Polygons:
        import pyarrow.parquet as pq
        import shapely

        with pq.ParquetFile(path) as file:
            table = file.read(columns=[column, geometry])
        blobs = table.column(geometry).to_pylist()
        return _checked(
            _as_text(table.column(column).to_pylist()), shapely.from_wkb(blobs, on_invalid="ignore")
        )

    return read


def _crs_of_text(text: str | None) -> tuple[str, str] | None:
    """Return authority and code of a coordinate system named by `EPSG:4326`, an URN or WKT."""
    if text is None:
        return None
    if found := re.fullmatch(r"(?i)(?:urn:ogc:def:crs:)?(EPSG|OGC):(?:[\d.]*:)?(\d+|CRS84)", text):
        return found[1].upper(), found[2].upper()
    plain = re.match(r"(?i)GEOG(?:CS|CRS)\[", text) and re.search(
        r"(?i)DATUM\[\"(?:D_)?WGS[_ ]?(?:19)?84\"|World Geodetic System 1984", text
    )
    return ("EPSG", "4326") if plain else ("", text[:40])


def _refuse_other_crs(found: tuple[str, str] | None, named: object) -> None:
    if found is None:
        raise InputError("does not name its coordinate system; save it in WGS84 (EPSG:4326)")
    if found not in _CRS84:
        raise InputError(f"its coordinate system is {str(named)[:60]!r}; transform it to WGS84 (EPSG:4326)")


def _as_text(values: Sequence[Any]) -> list[str | None]:
    """Return codes as text: a whole number without its decimal point, an empty one as null."""
    found = []
    for value in values:
        whole = isinstance(value, float) and value.is_integer()
        text = "" if value is None or value != value else str(int(value) if whole else value).strip()  # noqa: PLR0124
        found.append(text or None)
    return found


def _checked(codes: list[str | None], geometries: Any) -> Polygons:
    """Refuse what is beyond the globe (projected coordinates in disguise) or too much."""
    import shapely

    if len(codes) > MOST_POLYGONS:
        raise InputError(f"has more than {MOST_POLYGONS:,} polygons; take boundaries of a coarser level")
    west, south, east, north = shapely.total_bounds(geometries)
    if max(abs(west), abs(east)) > LONGITUDES or max(abs(south), abs(north)) > LATITUDES:
        raise InputError("its coordinates are no degrees; transform it to WGS84 (EPSG:4326)")
    return codes, shapely.force_2d(geometries)
