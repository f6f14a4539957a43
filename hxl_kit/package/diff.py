"""Diff: metadata, schema, files and rows of two versions of a package."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.files import sha256_of
from hxl_kit.package.difference import (
    MetadataChange,
    PackageDiff,
    ResourceChange,
    SchemaChange,
    TableDifference,
    Verb,
)
from hxl_kit.package.row_diff import (
    TextTable,
    all_added,
    diff_rows,
    empty_like,
    read_text,
    retracted_ids,
    retracted_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hxl_kit.reading.packages import Package

LISTED_ROWS = 20
_FACTS = ("schema", "hash", "bytes", "rows", "path")
_CLAIMS = "claims"


def diff_packages(old: Package | None, new: Package, limit: int = LISTED_ROWS) -> PackageDiff:
    """Return what `new` has that `old` has not, and the other way round; `old` is None before a first version.

    Rows are those of the clean tables, by primary key; companions and other files are compared as files.
    A row counts as retracted when it is in the old table and a row of the new `claims`, with no such row
    in the old, retracts it. Counts are complete; of each kind of change the first `limit` rows are listed.

    Raises:
        InputError: a table is not CSV in UTF-8.
    """
    return PackageDiff(
        metadata=tuple(_metadata_changes(old, new)),
        schema=tuple(_schema_changes(old.tables if old else {}, new.tables)),
        resources=tuple(_resource_changes(old, new)),
        tables=_table_differences(old, new, limit),
    )


def _metadata_changes(old: Package | None, new: Package) -> Iterator[MetadataChange]:
    shared = {r.get("name") for r in old.resources} & {r.get("name") for r in new.resources} if old else set()
    before, after = (_metadata(package, shared) if package else {} for package in (old, new))
    for name in dict.fromkeys((*after, *before)):
        if before.get(name) != after.get(name):
            yield MetadataChange(name, before.get(name), after.get(name))


def _metadata(package: Package, shared: set[Any]) -> dict[str, Any]:
    """Return the descriptor's properties by dotted name, without what is compared elsewhere.

    Of resources, only those that both packages have are looked into.
    """
    described = {
        name: value for name, value in package.descriptor.items() if name not in ("resources", "provenance")
    }
    if "provenance" in package.descriptor:
        described["provenance"] = _provenance_summary(package.descriptor["provenance"])
    resources = {
        str(r.get("name", "")): {name: value for name, value in r.items() if name not in _FACTS}
        for r in package.resources
        if r.get("name") in shared
    }
    return dict(_flat("", {**described, "resources": resources}))


def _flat(prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield from _flat(f"{prefix}{name}.", inner)
        else:
            yield f"{prefix}{name}", inner


def _provenance_summary(provenance: Any) -> Any:
    """Return provenance without its long lists: the tool, and each input's first hexadecimal digits."""
    if not isinstance(provenance, dict):
        return provenance
    inputs = provenance.get("inputs")
    if not isinstance(inputs, list):
        return provenance
    hashes = [str(i.get("hash", "")).removeprefix("sha256:")[:12] for i in inputs if isinstance(i, dict)]
    return {**provenance, "inputs": f"{len(inputs)} ({', '.join(hashes)})"}


def _schema_changes(
    old: Mapping[str, dict[str, Any]], new: Mapping[str, dict[str, Any]]
) -> Iterator[SchemaChange]:
    for table in (name for name in new if name in old):
        before, after = _fields(old[table]), _fields(new[table])
        for field in dict.fromkeys((*after, *before)):
            yield from _field_changes(table, field, before.get(field), after.get(field))
        whole = _properties(_whole(old[table]), _whole(new[table]))
        if whole:
            yield SchemaChange(table, "", "changed", whole)


def _field_changes(
    table: str, field: str, old: dict[str, Any] | None, new: dict[str, Any] | None
) -> Iterator[SchemaChange]:
    if properties := _properties(old or {}, new or {}):
        yield SchemaChange(table, field, _verb(old, new), properties)


def _fields(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
    schema = resource["schema"] if isinstance(resource["schema"], dict) else {}
    return {str(f.get("name", "")): f for f in schema.get("fields") or [] if isinstance(f, dict)}


def _whole(resource: dict[str, Any]) -> dict[str, Any]:
    """Return what a schema says about the table: its keys, its missing values, the order of its fields."""
    if not isinstance(resource["schema"], dict):
        return {"schema": resource["schema"]}
    described = {name: value for name, value in resource["schema"].items() if name != "fields"}
    return {**described, "fields": list(_fields(resource))}


def _properties(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = dict.fromkeys((*new, *old))
    return {name: (old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)}


def _resource_changes(old: Package | None, new: Package) -> Iterator[ResourceChange]:
    before, after = (_files(package) if package else {} for package in (old, new))
    for name in dict.fromkeys((*after, *before)):
        was, now = before.get(name), after.get(name)
        if was and now and was[0] == now[0] and _same_bytes(was[1], now[1]):
            continue
        sizes = [side[1].stat().st_size if side else None for side in (was, now)]
        path = (now or was or ("",))[0]
        yield ResourceChange(name, path, _verb(was, now), *sizes)


def _files(package: Package) -> dict[str, tuple[str, Path]]:
    """Return the path, as listed and on this disk, of each resource that has a file."""
    found = {}
    for resource in package.resources:
        if isinstance(resource.get("path"), str):
            path = package.path_of(resource)
            if not path.is_file():
                raise InputError(
                    f"{path}: no such file, but the descriptor lists it; build or pull the package again"
                )
            found[str(resource.get("name", ""))] = (resource["path"], path)
    return found


def _same_bytes(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and sha256_of(one) == sha256_of(other)


def _verb(old: Any, new: Any) -> Verb:
    return "added" if old is None else "removed" if new is None else "changed"


def _table_differences(old: Package | None, new: Package, limit: int) -> dict[str, TableDifference]:
    before, after = (_csv_tables(package) if package else {} for package in (old, new))
    listed = dict.fromkeys((*new.tables, *(old.tables if old else ())))
    retracted = _retracted(before, after)
    found = {}
    for name in listed:
        was, now = before.get(name), after.get(name)
        rows = TableDifference(compared_by="file")
        if (was or now) and not _unread(old, name, was) and not _unread(new, name, now):
            rows = _compared(old, new, name, was, now, limit)
        if was and (ids := retracted.filter(pl.col("about_table") == name)["about_id"]).len():
            count, shown = retracted_rows(was, ids, limit)
            rows = replace(rows, retracted=count, rows=(*rows.rows, *shown))
        found[name] = rows
    return found


def _unread(package: Package | None, name: str, table: TextTable | None) -> bool:
    """Whether the package has the table, but not as a CSV that can be looked into."""
    return bool(package and name in package.tables and table is None)


def _compared(
    old: Package | None, new: Package, name: str, was: TextTable | None, now: TextTable | None, limit: int
) -> TableDifference:
    if old and was and now:
        one, other = old.tables[name], new.tables[name]
        if one.get("dialect") == other.get("dialect") and _same_bytes(old.path_of(one), new.path_of(other)):
            return TableDifference()
    if now and not was:
        return all_added(now, limit)
    return diff_rows(was, now or empty_like(was), limit) if was else TableDifference()


def _csv_tables(package: Package) -> dict[str, TextTable]:
    """Return the clean tables that are CSV in UTF-8, in one file each."""
    return {
        name: read_text(package.path_of(resource), resource)
        for name, resource in package.tables.items()
        if isinstance(path := resource.get("path"), str)
        and (resource.get("format") or path.rpartition(".")[2]).lower() in ("csv", "tsv")
        and (resource.get("encoding") or "utf-8").lower().replace("_", "-")
        in ("utf-8", "utf8", "utf-8-sig", "ascii")
    }


def _retracted(before: Mapping[str, TextTable], after: Mapping[str, TextTable]) -> pl.DataFrame:
    """Return (about_table, about_id) of what the new claims retract for the first time."""
    if _CLAIMS not in after:
        return pl.DataFrame(schema={"about_table": pl.String, "about_id": pl.String})
    return retracted_ids(before.get(_CLAIMS), after[_CLAIMS])
