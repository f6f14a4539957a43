"""Forms of a column's cells: without superfluous space, folded, as numbers, as keys to compare."""

from __future__ import annotations

import csv
import unicodedata
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.reading.table import VISIBLE
from hxl_kit.standard.schemas import path_of

if TYPE_CHECKING:
    from collections.abc import Callable

    Form = Callable[[pl.Series], pl.Series]

SPACE = r"[\s\x1c-\x1f]"
"""White space as Python's `str.isspace` sees it."""

ACCENTS = r"[\x{0300}-\x{036f}\x{00ad}\x{200c}-\x{200f}\x{2060}\x{feff}]"
"""Accents of the alphabets that HXL's tools fold, and marks that nobody sees; marks of Arabic are letters here."""

UNEVEN = rf"\A{SPACE}|{SPACE}{SPACE}|[\t\r\n]|{SPACE}\z"
PLAIN_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)$"


def visible(cells: pl.Series) -> pl.Series:
    """Return whether each cell holds more than white space."""
    return cells.str.contains(VISIBLE).fill_null(value=False)


def spaced(cells: pl.Series) -> pl.Series:
    """Return the cells without white space around them and with single spaces inside."""
    return cells.str.replace_all(rf"{SPACE}+", " ").str.strip_chars(" ")


def folded(cells: pl.Series) -> pl.Series:
    """Return the cells in lower case, without accents, evenly spaced; what is compared where case does not count.

    Letters of other scripts stay as they are: nothing is transliterated.
    """
    return spaced(plain(cells)).str.to_lowercase()


def plain(cells: pl.Series) -> pl.Series:
    """Return the cells with plain Latin letters, digits 0-9 and plain punctuation."""
    if (cells.str.len_bytes() == cells.str.len_chars()).all():
        return cells
    letters = _plain_letters()
    whole = cells.str.normalize("NFKD").str.replace_all(ACCENTS, "")
    return whole.to_frame("c").select(pl.col("c").str.replace_many(letters)).to_series().str.normalize("NFC")


def numbers(cells: pl.Series) -> pl.Series:
    """Return the cells as numbers (Float64); null for what is none.

    A number has digits, perhaps a sign, a decimal point and an exponent; infinity, NaN, digits grouped by any
    mark, and ranges are none.
    """
    found = (
        plain(cells)
        .str.strip_chars(" \t\r\n\x0b\x0c\x1c\x1d\x1e\x1f\x85\u00a0")
        .cast(pl.Float64, strict=False)
    )
    return found.to_frame("n").select(pl.when(pl.col("n").is_finite()).then("n")).to_series()


def exact_numbers(cells: pl.Series) -> pl.Series:
    """Return of each number the shortest text of the same value, exact to the last digit; null for what is none."""
    text = spaced(plain(cells))
    frame = pl.DataFrame({"text": text, "number": numbers(cells)})
    unusual = frame.filter(pl.col("number").is_not_null() & ~pl.col("text").str.contains(PLAIN_NUMBER))
    words = {cell: _written_out(cell) for cell in unusual["text"].unique()}
    decimal = pl.col("text").replace(words)
    trimmed = (
        pl.when(decimal.str.contains(".", literal=True))
        .then(decimal.str.strip_chars_end("0"))
        .otherwise(decimal)
    ).str.strip_chars_end(".")
    bare = trimmed.str.replace(r"^[+-]?0*", "").str.replace(r"^(\.|$)", "0$1")
    sign = pl.when(text.str.starts_with("-") & (bare != "0")).then(pl.lit("-")).otherwise(pl.lit(""))
    return frame.select(pl.when(pl.col("number").is_not_null()).then(sign + bare)).to_series()


def by_distinct(cells: pl.Series, form: Form) -> pl.Series:
    """Return `form` of every cell, worked out once for each different one."""
    distinct = cells.drop_nulls().unique()
    told = pl.DataFrame({"cell": distinct, "form": form(distinct)})
    return cells.to_frame("cell").join(told, on="cell", how="left", maintain_order="left")["form"]


def _written_out(number: str) -> str:
    """Return a number without an exponent; one that would be too long stays as it is."""
    value = Decimal(number)
    return f"{value:f}" if abs(value.adjusted()) < 400 else number  # noqa: PLR2004 - beyond a Float64


@cache
def _plain_letters() -> dict[str, str]:
    """Return what stands for letters, digits and marks that Unicode does not take apart itself."""
    with path_of("hxl", "plain_letters.csv").open(encoding="utf-8", newline="") as file:
        letters = {chr(int(row["code_point"], 16)): row["plain"] for row in csv.DictReader(file)}
    digits = (chr(n) for n in range(0x80, 0x1E960) if unicodedata.category(chr(n)) == "Nd")
    return letters | {digit: str(unicodedata.decimal(digit)) for digit in digits}
