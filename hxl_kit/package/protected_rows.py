"""Whoever is protected in one field must not be named by the rest of the row, nor be found by guessing.

The name is replaced wherever it stands whole in the row's other words and in its key. Keys that are hashes of what a
row says are hashed again with the secret: who tried names could else tell which one gives the key. What may still name
the person, such as a part of the name in a quotation, is told; a person must rewrite it.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.normalise import CHANGES, WARNINGS
from hxl_kit.standard.tables import Table, table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

RULE = "protected-named"
_REPLACED = "protected value in another cell"
_HASH = re.compile(r"(?<![0-9a-f])[0-9a-f]{16}(?![0-9a-f])")
_WORD = re.compile(r"\w{4,}")
_SHORTEST = 4
_KEYS = ("overlap_group", "supersedes")
_BODIES = ("publisher", "actor1_name", "actor2_name", "alleged_perpetrator")
"""Fields that name public bodies: a protected value that stands there as well is no private person's."""


@dataclass(frozen=True)
class Protected:
    """Tables whose protected values are codes; `changes` and `warnings` are for the private folder alone."""

    tables: dict[str, pl.DataFrame]
    changes: pl.DataFrame
    warnings: pl.DataFrame


def conceal(
    before: Mapping[str, pl.DataFrame],
    coded: Mapping[str, pl.DataFrame],
    fields: Mapping[str, Sequence[str]],
    codes: Mapping[str, str],
    secret: bytes,
) -> Protected:
    """Return tables in which no cell of a protected row has the whole name, and hashed keys cannot be guessed.

    `before` are the tables as received, `coded` the same with codes in the protected `fields`; with an empty `secret`
    keys are not hashed again: they are the author's own.
    """
    tables, changes, warnings, hashes = dict(coded), [], [], set[str]()
    for name in coded.keys() & fields.keys():
        for field in fields[name]:
            tables[name], changed = _without_name(tables[name], before[name][field], table(name), codes)
            changes.append(changed)
            warnings.append(_still_named(tables[name], before[name][field], table(name), codes, field))
            hashes |= _hashes_of(tables[name].filter(before[name][field].is_in([*codes])), table(name))
    if secret and hashes:
        tables = {name: _rehashed(frame, hashes, secret) for name, frame in tables.items()}
    return Protected(
        tables,
        pl.concat([pl.DataFrame(schema=CHANGES), *changes]),
        pl.concat([pl.DataFrame(schema=WARNINGS), *warnings]),
    )


@dataclass(frozen=True)
class LeftOver:
    """A column of a finished table that still names protected people, in how many rows; `certain` if they are people."""

    field: str
    rows: int
    certain: bool

    def __str__(self) -> str:
        return f"{self.field} names whom you protect in {self.rows:,} rows: rewrite these cells, or protect the field"


def left_over(tables: Mapping[str, pl.LazyFrame], values: Collection[str]) -> list[LeftOver]:
    """Return where finished tables still have protected values of four letters or more.

    A value is certainly a person's where it has several words and no table has it as an actor or a publisher.
    """
    bodies = {body for name, frame in tables.items() for body in _bodies(name, frame)}
    people = [value for value in values if " " in value.strip() and value not in bodies]
    others = [value for value in values if len(value) >= _SHORTEST and value not in people]
    return [
        LeftOver(f"{name}.{column}", count, certain)
        for certain, wanted in ((True, people), (False, others))
        for name, frame in tables.items()
        for column, count in _counts(frame, _words(table(name)), wanted).items()
    ]


def _bodies(name: str, frame: pl.LazyFrame) -> set[str]:
    """Return the actors and publishers of a table."""
    columns = [column for column in _BODIES if column in table(name).names]
    return {
        cell for column in columns for cell in frame.select(column).unique().collect()[column].drop_nulls()
    }


def _counts(frame: pl.LazyFrame, columns: Sequence[str], values: Sequence[str]) -> dict[str, int]:
    """Return the columns in which any of the values stands, and in how many rows."""
    if not values or not columns:
        return {}
    has = pl.col(columns).str.contains_any([*values], ascii_case_insensitive=True).sum()
    return {
        column: count for column, count in frame.select(has).collect().row(0, named=True).items() if count
    }


def _words(owner: Table) -> list[str]:
    """Return the fields of a table that hold words of people."""
    return [field.name for field in owner.fields if field.type == "string" and not field.codelist]


def _without_name(
    frame: pl.DataFrame, names: pl.Series, owner: Table, codes: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows without their protected name in other words or in their key, and what was changed."""
    changed = [pl.DataFrame(schema=CHANGES)]
    for column in _words(owner):
        if _is_reference(column, owner):
            continue
        rows, cells = _cells_with(frame[column], names, codes)
        if rows:
            old = frame[column].gather(rows)
            frame = frame.with_columns(frame[column].scatter(rows, cells))
            told = {
                "column": f"{owner.name}.{column}",
                "rule": _REPLACED,
                "old": old,
                "new": pl.Series(cells),
            }
            changed.append(pl.DataFrame(told).with_columns(count=pl.lit(1)).cast(pl.Schema(CHANGES)))
    return frame, pl.concat(changed)


def _is_reference(column: str, owner: Table) -> bool:
    """Return whether a field names another row: what it names has the name still, and is told of."""
    return column not in owner.primary_key and (column.endswith("_id") or column in _KEYS)


def _cells_with(cells: pl.Series, names: pl.Series, codes: Mapping[str, str]) -> tuple[list[int], list[str]]:
    """Return the numbers of the rows whose cell has the row's name whole, and the cells with the code in its place."""
    pairs = pl.DataFrame({"cell": cells, "name": names}).with_row_index("row")
    has = pl.col("cell").str.to_lowercase().str.contains(pl.col("name").str.to_lowercase(), literal=True)
    found = []
    for row, cell, name in pairs.filter(has & pl.col("name").is_in([*codes])).iter_rows():
        new = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", codes[name], cell, flags=re.IGNORECASE)
        if new != cell:
            found.append((row, new))
    return [row for row, _ in found], [new for _, new in found]


def _still_named(
    frame: pl.DataFrame, names: pl.Series, owner: Table, codes: Mapping[str, str], field: str
) -> pl.DataFrame:
    """Return a warning for each cell with a longer word of its row's protected name."""
    key, told = owner.primary_key[0], []
    for column in (name for name in _words(owner) if not _is_reference(name, owner)):
        rows = pl.DataFrame({"id": frame[key], "cell": frame[column], "name": names})
        for id_, cell, name in rows.filter(
            pl.col("name").is_in([*codes]) & pl.col("cell").is_not_null()
        ).iter_rows():
            if {*_WORD.findall(name.casefold())} & {*_WORD.findall(cell.casefold())}:
                message = f"{column} may still name whom {field} protects, by a part of the name: rewrite it"
                told.append((owner.name, id_, RULE, message))
    return pl.DataFrame(told, schema=WARNINGS, orient="row")


def _hashes_of(rows: pl.DataFrame, owner: Table) -> set[str]:
    """Return the hashes in the keys of rows."""
    keys = [cell for column in owner.primary_key for cell in rows[column].cast(pl.String).drop_nulls()]
    return {found for key in keys for found in _HASH.findall(key)}


def _rehashed(frame: pl.DataFrame, hashes: set[str], secret: bytes) -> pl.DataFrame:
    """Return a table with these hashes hashed again in all keys and references."""
    new = {old: hmac.new(secret, old.encode(), "sha256").hexdigest()[: len(old)] for old in hashes}
    for column in frame.columns:
        if column.endswith("_id") or column in _KEYS:
            given = frame[column].drop_nulls().unique().to_list()
            told = {cell: _HASH.sub(lambda found: new.get(found[0], found[0]), cell) for cell in given}
            frame = frame.with_columns(pl.col(column).replace({a: b for a, b in told.items() if a != b}))
    return frame
