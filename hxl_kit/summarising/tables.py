"""The tables of a package as text, only the columns asked for; numbers and dates exactly as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.files import require_plain_file
from hxl_kit.reading.bearable import require_bearable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from hxl_kit.reading.packages import Package

NUMBER = pl.Decimal(38, 9)
"""Sums are exact: no figure of the standard has more than nine decimals."""

_ROW = "@row"
_LAST_ROW = 1 << 31


def read(package: Package, name: str, columns: Iterable[str], required: Sequence[str] = ()) -> pl.DataFrame:
    """Return columns of a package's table as text, null where a cell is empty or there is no such column.

    A package without the table gives no rows.

    Raises:
        InputError: the file is missing, is not CSV, or lacks a required column.
    """
    wanted = list(dict.fromkeys((*required, *columns)))
    resource = package.tables.get(name)
    if resource is None:
        return pl.DataFrame(schema=dict.fromkeys(wanted, pl.String))
    if not isinstance(resource.get("path"), str):
        raise InputError(f"resource '{name}': has no file of its own; `hxl-kit build` writes one per table")
    path = require_plain_file(package.path_of(resource))
    try:
        rows, known = _scan(path, resource)
        _require(path, required, known)
        return rows.select(
            pl.col(c) if c in known else pl.lit(None, pl.String).alias(c) for c in wanted
        ).collect()
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path}: cannot be read as CSV; `hxl-kit validate` says where") from error


def _require(path: Path, required: Sequence[str], known: Sequence[str]) -> None:
    missing = [column for column in required if column not in known]
    if missing:
        raise InputError(
            f"{path}: column '{missing[0]}' missing; a table of the standard has it: `hxl-kit validate` says more"
        )


def _scan(path: Path, resource: dict[str, Any]) -> tuple[pl.LazyFrame, list[str]]:
    """Return the rows of a CSV resource by its dialect, without hashtag rows, and the names of its columns."""
    dialect = resource["dialect"] if isinstance(resource.get("dialect"), dict) else {}
    header, comments = max(_row_numbers(dialect, "headerRows") or [1]), _row_numbers(dialect, "commentRows")
    require_bearable(path)
    frame = pl.scan_csv(
        path,
        separator=_character(dialect, "delimiter", ","),
        quote_char=_character(dialect, "quoteChar", '"'),
        skip_rows=header - 1,
        infer_schema=False,
        empty_string_is_null=True,
        row_index_name=_ROW,
        glob=False,
    )
    comments = [row - header - 1 for row in comments if row > header]
    names = [name for name in frame.collect_schema().names() if name != _ROW]
    return frame.filter(~pl.col(_ROW).is_in(comments)) if comments else frame, names


def _row_numbers(dialect: dict[str, Any], name: str) -> list[int]:
    rows = dialect.get(name) or []
    if not isinstance(rows, list) or not all(type(row) is int and 0 < row <= _LAST_ROW for row in rows):
        raise InputError(f"dialect: '{name}' is not a list of row numbers from 1")
    return rows


def _character(dialect: dict[str, Any], name: str, usual: str) -> str:
    found = dialect.get(name) or usual
    if not (isinstance(found, str) and len(found) == 1 and found.isascii()):
        raise InputError(f"dialect: '{name}' is not one ASCII character")
    return found


def number(column: str) -> pl.Expr:
    """Return a text column as exact numbers."""
    return pl.col(column).cast(NUMBER, strict=False)


def day(column: str) -> pl.Expr:
    """Return a text column as dates."""
    return pl.col(column).str.to_date("%Y-%m-%d", strict=False)


def require_read(name: str, text: pl.DataFrame, typed: pl.DataFrame, columns: Iterable[str]) -> None:
    """Refuse a table with a cell that is no number or date.

    Raises:
        InputError: a cell is filled in the text and empty in the typed table.
    """
    for column in columns:
        if typed[column].null_count() != text[column].null_count():
            raise InputError(
                f"{name}: column '{column}' has a cell that is no number or date of the standard's form; "
                "`hxl-kit validate` says where"
            )
