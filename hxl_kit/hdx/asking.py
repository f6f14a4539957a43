"""What HDX is told of a dataset whose files are given to those who ask for them (HDX Connect)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hxl_kit.hdx.lists import format_of

if TYPE_CHECKING:
    from hxl_kit.reading.packages import Package


REQUEST_FIELDS = frozenset({"field_names", "file_types", "num_of_rows"})
"""What HDX is told in place of the data."""


def request_values(package: Package) -> dict[str, Any]:
    """Return what the data are like in place of the data: names of fields, types of files, number of rows."""
    tables = package.tables.values()
    schemas = [table["schema"] for table in tables if isinstance(table["schema"], dict)]
    listed = [field for schema in schemas for field in schema.get("fields") or () if isinstance(field, dict)]
    names = [str(field["name"]) for field in listed if field.get("name")]
    rows = [table["rows"] for table in tables if isinstance(table.get("rows"), int)]
    return {
        "field_names": list(dict.fromkeys(names)),
        "file_types": _file_types(package),
        "num_of_rows": str(sum(rows)),
    }


def _file_types(package: Package) -> list[str]:
    files = [resource for resource in package.resources if isinstance(resource.get("path"), str)]
    named = {format_of(file["path"], str(file.get("format", ""))) for file in files}
    return sorted(name.lower() for name in named if name)
