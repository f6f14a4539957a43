"""What the tables of a package cover: their publishers, period, countries, and whether areas within countries.

A descriptor made by hxl_kit says most of it; what it does not say is read from the CSV files, column by column.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from hxl_kit.reading.packages import Package

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SUBNATIONAL = re.compile(r"#(adm[1-5]|loc|geo\+(lat|lon|coord))")
_SUBNATIONAL_NAME = re.compile(r"(provider_)?admin[1-5]_(code|name)|place_name|latitude|longitude")
_COUNTRY = re.compile(r"#country\+code\b.*\+v_iso3")
_DATES = frozenset({"date", "datetime"})
_UNDER_THE_HEADER = 2


def publishers(package: Package) -> tuple[str, ...]:
    """Return who published what the package draws on, in the order of its sources.

    They stand in the column `publisher` of the table of sources; else the titles of the descriptor's sources are taken.
    """
    named = [text for values in _values(package, _is_publisher) for text in values]
    titles = [
        str(source["title"]) for source in _objects(package.descriptor.get("sources")) if source.get("title")
    ]
    return tuple(dict.fromkeys(text.strip() for text in named or titles if text.strip()))


def period(package: Package) -> tuple[str, str] | None:
    """Return the first and the last day that the package speaks of, as ISO dates, or None."""
    told = package.descriptor.get("temporal")
    if isinstance(told, dict) and (days := _days([told.get("start"), told.get("end")])):
        return min(days), max(days)
    found = _days(text for values in _values(package, _is_date) for text in values)
    return (min(found), max(found)) if found else None


def countries(package: Package) -> tuple[str, ...]:
    """Return the codes of the countries in the package (ISO 3166-1 alpha-3), sorted."""
    told = package.descriptor.get("spatial")
    listed = told.get("locations") if isinstance(told, dict) else None
    if isinstance(listed, list) and listed:
        return tuple(sorted({str(code) for code in listed}))
    return tuple(sorted({text for values in _values(package, _is_country) for text in values}))


def is_subnational(package: Package) -> bool:
    """Return whether rows name units, places or coordinates within countries."""
    told = package.descriptor.get("spatial")
    if isinstance(told, dict) and told.get("bbox"):
        return True
    return any(values for values in _values(package, _is_subnational))


def _is_publisher(table: str, field: Mapping[str, Any]) -> bool:
    return table == "sources" and field["name"] == "publisher"


def _is_date(table: str, field: Mapping[str, Any]) -> bool:
    return table != "sources" and field.get("type") in _DATES


def _is_country(_table: str, field: Mapping[str, Any]) -> bool:
    return field["name"] == "location_code" or bool(_COUNTRY.match(str(field.get("hxl_tag", ""))))


def _is_subnational(_table: str, field: Mapping[str, Any]) -> bool:
    tagged = _SUBNATIONAL.match(str(field.get("hxl_tag", "")))
    return bool(tagged or _SUBNATIONAL_NAME.fullmatch(field["name"]))


def _days(texts: Iterable[Any]) -> list[str]:
    return [text[:10] for text in texts if isinstance(text, str) and _DAY.match(text)]


def _values(package: Package, wanted: Callable[[str, Mapping[str, Any]], bool]) -> Iterator[list[str]]:
    """Yield the different filled values of each wanted column; a file that is no CSV table has none."""
    for name, resource in package.tables.items():
        if columns := [field["name"] for field in _fields(resource) if wanted(name, field)]:
            yield from _read(package, resource, columns)


def _read(package: Package, resource: Mapping[str, Any], columns: list[str]) -> list[list[str]]:
    if str(resource.get("format", "csv")).lower() != "csv":
        return []
    dialect = resource["dialect"] if isinstance(resource.get("dialect"), dict) else {}
    separator = dialect.get("delimiter")
    try:
        frame = pl.scan_csv(
            package.path_of(dict(resource)),
            separator=separator if isinstance(separator, str) and len(separator.encode()) == 1 else ",",
            infer_schema=False,
            encoding="utf8-lossy",
            truncate_ragged_lines=True,
            skip_rows_after_header=_hashtag_rows(dialect),
            glob=False,
        )
        found = frame.select(
            pl.col(name).drop_nulls().unique(maintain_order=True).implode() for name in columns
        )
        return [row[0].to_list() for row in found.collect(engine="streaming").get_columns()]
    except (OSError, pl.exceptions.PolarsError):
        return []


def _hashtag_rows(dialect: Mapping[str, Any]) -> int:
    """Return how many rows stand between the header and the data: one if the hashtags are in the file itself."""
    rows = dialect.get("commentRows")
    return sum(row == _UNDER_THE_HEADER for row in rows) if isinstance(rows, list) else 0


def _fields(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    schema = resource.get("schema")
    listed = _objects(schema.get("fields")) if isinstance(schema, dict) else []
    return [field for field in listed if isinstance(field.get("name"), str)]


def _objects(listed: Any) -> list[Mapping[str, Any]]:
    return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []
