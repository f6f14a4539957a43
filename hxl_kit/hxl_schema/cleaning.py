"""Cells written evenly, every change with its old and new text; and rows without repetitions.

What is not surely understood stays as it is: an ambiguous date, a range, a number whose marks may be points or
thousands. Signs, ranges and digits are kept. `purge` empties what stays not understood, and says so as a change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from hxl_kit.errors import DataError
from hxl_kit.hxl_schema.cells import numbers, plain, spaced
from hxl_kit.hxl_schema.coordinates import read_latitude, read_longitude, read_pair
from hxl_kit.hxl_schema.dates import order_of, read_dates
from hxl_kit.hxl_schema.part import Column, selected
from hxl_kit.hxl_schema.row_tests import row_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hxl_kit.standard.tags import TagPattern

Cleaning = Literal["whitespace", "upper", "lower", "date", "number", "latlon"]

GROUPED = re.compile(
    r"([+-]?)(\d{1,3})((?:,\d{3})+|(?:\.\d{3}){2,}|(?:[ '\u00a0\u202f]\d{3})+)(?:([.,])(\d+))?"
)
MIXED = re.compile(r"([+-]?)(\d{1,3})((?:\.\d{3})+),(\d+)")
DECIMAL = re.compile(r"[+-]?(\d+|\d+\.\d*|\.\d+)")


@dataclass(frozen=True)
class Cleaned:
    """A column's cells in their new form, and what changed: `cell`, `cleaned` (null: emptied) and how many `times`."""

    cells: pl.Series
    changes: pl.DataFrame


def clean(cells: pl.Series, column: Column, how: Cleaning, *, purge: bool = False) -> Cleaned:
    """Return the cells of a column cleaned in one way.

    Args:
        cells: text, empty cells null.
        column: its tag says whether it holds latitudes, longitudes or pairs (`+lat`, `+lon`, `+coord`).
        how: what to make even; dates become ISO 8601, numbers lose the marks between thousands, coordinates
            become decimal degrees.
        purge: empty the cells that are no date, number or coordinate.
    """
    distinct = cells.drop_nulls().unique()
    new = _forms(how, column, distinct)(distinct)
    kept = (
        new
        if purge
        else pl.DataFrame({"new": new, "old": distinct}).select(pl.coalesce("new", "old")).to_series()
    )
    told = pl.DataFrame({"cell": distinct, "cleaned": kept})
    joined = cells.to_frame("cell").join(told, on="cell", how="left", maintain_order="left")
    changed = joined.filter(pl.col("cell").ne_missing(pl.col("cleaned")))
    changes = changed.group_by("cell", "cleaned", maintain_order=True).agg(pl.len().alias("times"))
    return Cleaned(joined["cleaned"].alias(cells.name), changes)


def without_repeats(
    frame: pl.DataFrame, columns: Sequence[Column], key: Sequence[TagPattern] = ()
) -> pl.DataFrame:
    """Return the rows that no earlier row equals in the key's columns, or in all: numbers and dates by value."""
    compared = selected(columns, key) if key else tuple(columns)
    return frame.filter(row_keys(frame, compared).is_first_distinct()) if compared else frame


def _forms(how: Cleaning, column: Column, cells: pl.Series) -> Callable[[pl.Series], pl.Series]:
    """Return what makes the cells even; null stands for what is not understood."""
    if how == "date":
        order, _ = order_of(cells)
        return lambda distinct: (
            read_dates(distinct, order).select(pl.when(pl.col("other").is_null()).then("text")).to_series()
        )
    one: dict[str, Callable[[str], str | None]] = {
        "upper": str.upper,
        "lower": str.lower,
        "number": clean_number,
        "latlon": lambda cell: clean_coordinate(cell, column),
    }
    if how == "whitespace":
        return spaced
    return lambda distinct: pl.Series([one[how](cell) for cell in distinct], dtype=pl.String)


def clean_number(cell: str) -> str | None:
    """Return a number without marks between its thousands, with all its digits; None for what is none.

    "1.200,50" is 1200.50, since both marks stand there; "1.200" is as it says, one and a fifth; a range is none.
    """
    text = str(spaced(plain(pl.Series([cell])))[0])
    if DECIMAL.fullmatch(text):
        return text.removeprefix("+")
    if found := MIXED.fullmatch(text):
        return f"{found[1]}{found[2]}{found[3].replace('.', '')}.{found[4]}".removeprefix("+")
    if found := GROUPED.fullmatch(text):
        digits = found[2] + re.sub(r"\D", "", found[3])
        same_mark = found[4] is not None and found[4] == found[3][0]
        return (
            None if same_mark else f"{found[1]}{digits}{'.' + found[5] if found[5] else ''}".removeprefix("+")
        )
    return text if numbers(pl.Series([text]))[0] is not None else None


def clean_coordinate(cell: str, column: Column) -> str | None:
    """Return a coordinate in decimal degrees, one that is written so already with the digits it has; None for none."""
    attributes = column.tag.attribute_set if column.tag else frozenset()
    text = str(spaced(plain(pl.Series([cell])))[0])
    try:
        if "coord" in attributes:
            pair = read_pair(text)
            return pair and ",".join(
                _written(part, value) for part, value in zip(_halves(text), pair, strict=True)
            )
        reader = read_latitude if "lat" in attributes else read_longitude
        value = reader(text)
    except DataError:
        return None
    return None if value is None else _written(text, value)


def _halves(text: str) -> list[str]:
    """Return the two parts of a pair in decimal degrees; empty ones for a pair written otherwise."""
    parts = [part for part in re.split(r"[\s/,:;]+", text) if part]
    return parts if len(parts) == 2 else ["", ""]  # noqa: PLR2004 - a pair


def _written(text: str, degrees: float) -> str:
    return text.removeprefix("+") if DECIMAL.fullmatch(text) else f"{degrees:.6f}"
