"""Rows of two versions of a table, compared as text: a fingerprint per row, the rows themselves only to show.

Two 64-bit hashes stand for a row, so that a table of a million rows needs its keys and 16 bytes a row in
memory; the few rows that are listed are read again in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.package.difference import RowChange, RowVerb, TableDifference
from hxl_kit.reading.bearable import require_bearable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ROW = "\x00row"
_PRINT = ("\x00print-1", "\x00print-2")
_OLD, _NEW = "\x00old", "\x00new"
_SEEDS = (1, 2)


@dataclass(frozen=True)
class TextTable:
    """A CSV table whose every cell is text; `rows` is lazy, an empty cell is ""."""

    rows: pl.LazyFrame
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def with_columns(self, columns: Sequence[str]) -> pl.LazyFrame:
        """Return the rows with these columns, empty where the table does not have one."""
        return self.rows.select(pl.col(c) if c in self.columns else pl.lit("").alias(c) for c in columns)


def read_text(path: Path, resource: dict[str, Any]) -> TextTable:
    """Return the table of a CSV resource by its dialect: without header, hashtag or comment rows.

    Raises:
        InputError: the file is not CSV in UTF-8.
    """
    dialect = resource["dialect"] if isinstance(resource.get("dialect"), dict) else {}
    header = 0 if dialect.get("header") is False else max(dialect.get("headerRows") or [1])
    frame = _scan(path, dialect, header, "\t" if resource.get("format") == "tsv" else ",")
    columns = tuple(name for name in _column_names(frame, path) if name != _ROW)
    comments = [row - header - 1 for row in dialect.get("commentRows") or [] if row > header]
    blank = pl.all_horizontal(pl.col(name) == "" for name in columns)
    rows = frame.filter(~pl.col(_ROW).is_in(comments) & ~blank).drop(_ROW)
    schema = resource["schema"] if isinstance(resource.get("schema"), dict) else {}
    key = schema.get("primaryKey") or ()
    return TextTable(rows, columns, (key,) if isinstance(key, str) else tuple(key))


def _scan(path: Path, dialect: dict[str, Any], header: int, separator: str) -> pl.LazyFrame:
    require_bearable(path)
    delimiter, quote = dialect.get("delimiter") or separator, dialect.get("quoteChar") or '"'
    if not all(isinstance(sign, str) and len(sign.encode()) == 1 for sign in (delimiter, quote)):
        raise InputError(f"{path}: its dialect's delimiter and quoteChar must each be one ASCII character")
    return pl.scan_csv(
        path,
        has_header=header > 0,
        separator=delimiter,
        quote_char=quote,
        skip_rows=max(header - 1, 0),
        infer_schema=False,
        empty_string_is_null=False,
        row_index_name=_ROW,
        glob=False,
    )


def _column_names(frame: pl.LazyFrame, path: Path) -> list[str]:
    """Return the column names of a lazy CSV; its header is read here."""
    try:
        return frame.collect_schema().names()
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path}: cannot be read as CSV; `hxl-kit validate` says where") from error


def empty_like(table: TextTable) -> TextTable:
    """Return a table of the same columns and key without rows."""
    return TextTable(pl.LazyFrame(schema=dict.fromkeys(table.columns, pl.String)), table.columns, table.key)


def diff_rows(old: TextTable, new: TextTable, limit: int) -> TableDifference:
    """Return the rows that differ, by the new table's primary key, or as a multiset of rows without one."""
    columns = tuple(dict.fromkeys((*new.columns, *old.columns)))
    sides = old.with_columns(columns), new.with_columns(columns)
    key = new.key if new.key and set(new.key) <= {*old.columns} & {*new.columns} else ()
    if key and (compared := _by_key(sides, key)) is not None:
        return _difference(compared, sides, key, "key", limit)
    return _difference(_by_row(sides), sides, (), "row", limit)


def all_added(table: TextTable, limit: int) -> TableDifference:
    """Return how many rows a table has that is new as a whole, and the first of them in its own order."""
    count = int(_collect(table.rows.select(pl.len())).item())
    head = _collect(table.rows.head(limit)).iter_rows(named=True)
    rows = tuple(_row_change("added", table.key, {}, row) for row in head)
    return TableDifference(count, compared_by="key" if table.key else "row", rows=rows)


def _printed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the rows with their two hashes."""
    whole = pl.struct(pl.all())
    return rows.with_columns(whole.hash(seed).alias(name) for seed, name in zip(_SEEDS, _PRINT, strict=True))


def _by_key(sides: tuple[pl.LazyFrame, pl.LazyFrame], key: tuple[str, ...]) -> pl.DataFrame | None:
    """Return key, number of rows before and after, for each key whose row differs; None if a key repeats."""
    old, new = (_collect(_printed(side).select(*key, *_PRINT)) for side in sides)
    if any(side.select(key).is_duplicated().any() for side in (old, new)):
        return None
    joined = old.with_columns(pl.lit(1).alias(_OLD)).join(
        new.with_columns(pl.lit(1).alias(_NEW)), on=list(key), how="full", coalesce=True
    )
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_right")) for name in _PRINT)
    return joined.filter(differs).select(*key, pl.col(_OLD, _NEW).fill_null(0))


def _by_row(sides: tuple[pl.LazyFrame, pl.LazyFrame]) -> pl.DataFrame:
    """Return fingerprint, number of rows before and after, for each distinct row whose number differs."""
    counted = [
        _collect(_printed(side).group_by(_PRINT).agg(pl.len().cast(pl.Int64).alias(name)))
        for side, name in zip(sides, (_OLD, _NEW), strict=True)
    ]
    joined = counted[0].join(counted[1], on=list(_PRINT), how="full", coalesce=True)
    return joined.with_columns(pl.col(_OLD, _NEW).fill_null(0)).filter(pl.col(_OLD) != pl.col(_NEW))


def _difference(
    compared: pl.DataFrame,
    sides: tuple[pl.LazyFrame, pl.LazyFrame],
    key: tuple[str, ...],
    basis: Literal["key", "row"],
    limit: int,
) -> TableDifference:
    """Return counts and listed rows of what was compared (one line per key or distinct row)."""
    gained = pl.col(_NEW) - pl.col(_OLD)
    kinds: dict[RowVerb, pl.DataFrame] = {
        "added": compared.filter(gained > 0),
        "changed": compared.filter(gained == 0),
        "removed": compared.filter(gained < 0),
    }
    counts = {verb: int(part.select(gained.abs().sum()).item() or 0) for verb, part in kinds.items()}
    identity = key or _PRINT
    heads = {verb: part.sort(identity).head(limit) for verb, part in kinds.items()}
    wanted = pl.concat(heads.values()).select(identity)
    before, after = (_looked_up(side, wanted, identity) for side in sides)
    rows = tuple(
        _row_change(verb, key, before.get(name, {}), after.get(name, {}))
        for verb, head in heads.items()
        for name in head.select(identity).iter_rows()
    )
    return TableDifference(
        counts["added"], kinds["changed"].height, counts["removed"], compared_by=basis, rows=rows
    )


def _looked_up(
    side: pl.LazyFrame, wanted: pl.DataFrame, identity: tuple[str, ...]
) -> dict[tuple[Any, ...], dict[str, str]]:
    """Return the few wanted rows of a table, by identity."""
    if not wanted.height:
        return {}
    found = _collect(_printed(side).join(wanted.lazy(), on=list(identity), how="semi"))
    return {
        tuple(row[name] for name in identity): {c: v for c, v in row.items() if c not in _PRINT}
        for row in found.iter_rows(named=True)
    }


def _row_change(
    verb: RowVerb, key: tuple[str, ...], before: dict[str, str], after: dict[str, str]
) -> RowChange:
    old, new = ({} if verb == "added" else before), ({} if verb == "removed" else after)
    named = {field: (old or new)[field] for field in key}
    pairs = {field: (old.get(field) or None, new.get(field) or None) for field in (new or old)}
    cells = {f: pair for f, pair in pairs.items() if pair[0] != pair[1] and (f not in key)}
    return RowChange(named, verb, cells)


def retracted_ids(old_claims: TextTable | None, new_claims: TextTable) -> pl.DataFrame:
    """Return (about_table, about_id) of each record that the new claims retract and the old did not."""
    new = _retractions(new_claims)
    return new.join(_retractions(old_claims), on=new.columns, how="anti") if old_claims else new


def _retractions(claims: TextTable) -> pl.DataFrame:
    about = ("about_table", "about_id")
    rows = claims.with_columns(("stance", *about)).filter(pl.col("stance") == "retracts")
    return _collect(rows.select(about).unique())


def retracted_rows(old: TextTable, ids: pl.Series, limit: int) -> tuple[int, tuple[RowChange, ...]]:
    """Return how many rows of the old table the ids name by its key of one field, and the first of them."""
    if len(old.key) != 1 or old.key[0] not in old.columns or not len(ids):
        return 0, ()
    key = old.key[0]
    named = pl.LazyFrame({key: ids})
    found = _collect(old.rows.select(key).join(named, on=key, how="semi").unique().sort(key))
    return found.height, tuple(RowChange({key: name}, "retracted", {}) for name in found[key].head(limit))


def _collect(rows: pl.LazyFrame) -> pl.DataFrame:
    try:
        return rows.collect(engine="streaming")
    except pl.exceptions.PolarsError as error:
        raise InputError("a table cannot be read as CSV in UTF-8; `hxl-kit validate` says where") from error
