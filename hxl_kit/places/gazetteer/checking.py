"""What makes a table of units a gazetteer: codes of the form of P-codes, each once, named, within units that exist."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Collection

FINER_LEVELS = r"[A-Z]{1,3}[0-9A-Za-z-]+|[0-9]{5,}"
"""Below level 3 the standard has no fields, and OCHA's codes are freer: `C1007` of Syria's communities."""

SHOWN = 3
UNIT = ("location_code", "level", "code")


@dataclass(frozen=True)
class Checked:
    """The units that can stand in a gazetteer, and what is wrong with the others, in plain words."""

    units: pl.DataFrame
    faults: tuple[str, ...]


def checked(units: pl.DataFrame, known: Collection[str] = (), skipped: str = "") -> Checked:
    """Return the units of a release's table that can stand in a gazetteer, and why the others cannot.

    Args:
        units: in the form of a release's table.
        known: codes of units that are not in the table but may be parents in it.
        skipped: a pattern of codes that are no units though they look like them.
    """
    left, faults = units, units.clear().with_columns(reason=pl.lit("", pl.String))
    while True:
        found = left.with_columns(reason=_reason(left, known, skipped)).filter(pl.col("reason").is_not_null())
        if found.is_empty():
            return Checked(left, _in_words(faults))
        faults = pl.concat([faults, found])
        left = left.join(found, on=UNIT, how="anti", nulls_equal=True, maintain_order="left")


def _reason(units: pl.DataFrame, known: Collection[str], skipped: str) -> pl.Expr:
    """Return what is wrong with each unit; null where nothing is. One fault is told at a time, the plainest first."""
    is_official = pl.col("kind") == "official"
    names = pl.col("name").filter(is_official)
    each = ("location_code", "code")
    parents = pl.concat(
        [units["code"], units["location_code"], pl.Series([*known], dtype=pl.String)]
    ).unique()
    levels = units.unique("code").select("code", pl.col("level").cast(pl.Int8))
    above = pl.col("parent_code").replace_strict(
        levels["code"], levels["level"], default=0, return_dtype=pl.Int8
    )
    faults = {
        "no unit": pl.col("code").str.contains(rf"\A(?:{skipped})\z") if skipped else pl.lit(False),
        "no P-code": ~_has_form(),
        "no name": names.is_null().any().over(each),
        "several units of one code": (
            (names.n_unique() > 1) | (pl.n_unique("parent_code") > 1) | (pl.n_unique("level") > 1)
        ).over(each),
        # It would displace today's units.
        "valid from a day to come": pl.col("valid_from") > dt.datetime.now(dt.UTC).date(),
        "within a unit that is not there": ~pl.col("parent_code").is_in(parents.implode()),
        "within a unit that is not of a level above": above >= pl.col("level"),
    }
    return pl.coalesce(pl.when(fault).then(pl.lit(reason)) for reason, fault in faults.items())


def _has_form() -> pl.Expr:
    events = table("events")
    fields = {f"admin{level}_code": level for level in range(1, 6)}
    coarse = {
        level: events[name].constraints["pattern"] for name, level in fields.items() if name in events.names
    }
    forms = {level: coarse.get(level, FINER_LEVELS) for level in fields.values()}
    return pl.any_horizontal(
        (pl.col("level") == level) & pl.col("code").str.contains(rf"\A(?:{form})\z")
        for level, form in forms.items()
    )


def _in_words(faults: pl.DataFrame) -> tuple[str, ...]:
    """Return a line per country, level and fault with the first codes."""
    codes = pl.col("code").str.head(20).unique(maintain_order=True)
    groups = faults.group_by("location_code", "level", "reason", maintain_order=True)
    listed = groups.agg(codes.head(SHOWN).alias("first"), codes.n_unique().alias("number"))
    return tuple(
        f"{row['location_code']} level {row['level']}, {row['reason']}: {_named(row['first'], row['number'])}"
        for row in listed.iter_rows(named=True)
    )


def _named(first: list[str], number: int) -> str:
    shown = ", ".join(f"'{code}'" for code in first)
    return shown if number <= len(first) else f"{shown} and {number - len(first)} more"
