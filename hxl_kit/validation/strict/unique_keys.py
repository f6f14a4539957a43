"""`uniqueKeys`: no two rows have the same values in the fields of a key (Table Schema v2).

Rows with a missing value in the key are left out, as the standard says and SQL does. A first reading keeps eight
bytes per row and key, its hash; only rows whose hash comes twice are looked at again, by their values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import HxlKitError, nearest
from hxl_kit.reading.table import ROW_NUMBER, listed, shown
from hxl_kit.validation.report import Issue, cell_address
from hxl_kit.validation.strict.logical import logical
from hxl_kit.validation.strict.parts import resources_of
from hxl_kit.validation.strict.rows import not_checked, opened

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from hxl_kit.reading.packages import Package
    from hxl_kit.validation.strict.parts import Resource
    from hxl_kit.validation.strict.rows import Rows

RULE = "unique-keys"
Key = tuple[str, ...]


def unique_keys(package: Package) -> Iterator[Issue]:
    """Yield keys that are malformed or name unknown fields, and rows that repeat the key of an earlier row."""
    for resource in resources_of(package):
        if "uniqueKeys" not in resource.schema:
            continue
        keys, problems = _keys(resource)
        yield from (Issue(RULE, "error", resource.name, problem) for problem in problems)
        if keys:
            yield from _repeated(package, resource, keys)


def _keys(resource: Resource) -> tuple[list[Key], list[str]]:
    """Return the keys that can be checked, and what is wrong with the others."""
    given: Any = resource.schema["uniqueKeys"]
    if not isinstance(given, list) or not given:
        return [], ["uniqueKeys: must be a list of at least one list of field names"]
    known = [field["name"] for field in resource.fields]
    keys: list[Key] = []
    problems: list[str] = []
    for number, key in enumerate(given):
        problem = _problem(key, known)
        if problem:
            problems.append(f"uniqueKeys[{number}]: {problem}")
        else:
            keys.append(tuple(key))
    return list(dict.fromkeys(keys)), problems


def _problem(key: Any, known: list[str]) -> str:
    if not isinstance(key, list) or not key or not all(isinstance(name, str) for name in key):
        return "must be a list of field names"
    unknown = [name for name in key if name not in known]
    if unknown:
        return f"the schema has no field '{shown(unknown[0])}'{nearest(unknown[0], known)}"
    return "names a field twice" if len(set(key)) < len(key) else ""


def _repeated(package: Package, resource: Resource, keys: list[Key]) -> Iterator[Issue]:
    try:
        with opened(package, resource) as rows:
            there = [key for key in keys if set(key) <= set(rows.positions)]
            fields = {field["name"]: field for field in resource.fields}
            for key, hashes in _repeated_hashes(rows, there, fields).items():
                yield from _key_issues(resource, rows, key, _rows_of(rows, key, hashes, fields))
    except HxlKitError as error:
        yield not_checked(RULE, resource, error)


def _repeated_hashes(rows: Rows, keys: list[Key], fields: Mapping[str, Any]) -> dict[Key, pl.Series]:
    """Return the hashes that come twice or more, by key; keys without any are left out."""
    kept: dict[Key, list[pl.Series]] = {key: [] for key in keys}
    for frame in rows.frames():
        for key in keys:
            kept[key].append(_hashed(frame, key, fields)["hash"])
    found = {key: _twice(pl.concat(parts)) for key, parts in kept.items() if parts}
    return {key: hashes for key, hashes in found.items() if len(hashes)}


def _hashed(frame: pl.DataFrame, key: Key, fields: Mapping[str, Any]) -> pl.DataFrame:
    """Return the rows that have the whole key: its values, and their hash."""
    values = frame.select(ROW_NUMBER, *(logical(frame[name], fields[name]) for name in key))
    whole = values.drop_nulls()
    return whole.with_columns(pl.struct(key).hash().alias("hash") if key else pl.lit(0).alias("hash"))


def _twice(hashes: pl.Series) -> pl.Series:
    ordered = hashes.sort()
    return ordered.filter((ordered == ordered.shift(1)).fill_null(value=False)).unique()


def _rows_of(rows: Rows, key: Key, hashes: pl.Series, fields: Mapping[str, Any]) -> pl.DataFrame:
    """Return the rows that repeat an earlier row's key: `row_number`, and `first`, the row that has it first."""
    found = [
        _hashed(frame, key, fields).filter(pl.col("hash").is_in(hashes.implode())) for frame in rows.frames()
    ]
    alike = pl.concat(found).with_columns(pl.col(ROW_NUMBER).min().over(key).alias("first"))
    return alike.filter(pl.col(ROW_NUMBER) != pl.col("first")).select(ROW_NUMBER, "first").sort(ROW_NUMBER)


def _key_issues(resource: Resource, rows: Rows, key: Key, repeated: pl.DataFrame) -> Iterator[Issue]:
    for row, first in repeated.iter_rows():
        yield Issue(
            RULE,
            "error",
            resource.name,
            f"the unique key ({listed(key)}) has the same values as in row {first}",
            row,
            key[0] if len(key) == 1 else "",
            cell_address(row, rows.positions[key[0]]),
        )
