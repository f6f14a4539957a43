"""New codes in place of ids: the same id has the same code wherever it stands, and nobody without the key can go back."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.disclosure.remedies.drawing import key_mark
from hxl_kit.disclosure.remedies.record import Remedy, require_columns
from hxl_kit.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PREFIX = "protected:"
"""What stands before every code that was made with a secret of the author's."""

DIGITS = 16
"""Hexadecimal digits of a code: of a million ids, two share one with a probability below one in ten million."""


def new_ids(
    frame: pl.DataFrame, columns: Sequence[str], key: bytes
) -> tuple[pl.DataFrame, Remedy, Mapping[str, str]]:
    """Return the frame with new codes in place of ids, the record, and the private list of code by id.

    White space around an id is no part of it. An empty cell stays empty.

    Raises:
        UsageError: a column is not there.
        DataError: two ids would have one code.
    """
    require_columns(frame, *columns)
    told = {name: pl.col(name).cast(pl.String).str.strip_chars().replace("", None) for name in columns}
    ids = (
        pl.concat([frame.select(text).to_series().drop_nulls().unique() for text in told.values()])
        .unique()
        .sort()
    )
    codes = {value: code_of(value, key) for value in ids}
    if len(set(codes.values())) < len(codes):
        raise DataError("new-ids: two ids have the same code; leave one of the columns out")
    after = frame.with_columns(
        text.replace_strict(codes, default=None, return_dtype=pl.String).alias(name)
        for name, text in told.items()
    )
    rows = int(frame.select(pl.any_horizontal(text.is_not_null() for text in told.values()).sum()).item())
    return (
        after,
        Remedy("new-ids", tuple(columns), rows, {"digits": DIGITS, "key_mark": key_mark(key)}),
        codes,
    )


def code_of(value: str, key: bytes) -> str:
    """Return the code of an id, marked as one."""
    return PREFIX + hmac.new(key, f"id\0{value}".encode(), "sha256").hexdigest()[:DIGITS]
