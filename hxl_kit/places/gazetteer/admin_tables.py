"""Administrative units read from tables: OCHA's boundaries (COD-AB), population (COD-PS), lists of P-codes.

Two shapes are known. A wide table has a row per unit of its deepest level and columns for those above
(`ADM2_EN, ADM2_PCODE, ADM1_EN, ADM1_PCODE`); a list has a row per unit of any level (`Admin Level, P-Code, Name`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import InputError
from hxl_kit.places.gazetteer.admin_columns import Column, known_columns
from hxl_kit.places.gazetteer.store import COLUMNS
from hxl_kit.standard.codelists import codelist, crosswalk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BLANK = ("", "<null>", "null", "n/a", "na", "-")
MAIN_LANGUAGES = ("en", "", "fr", "es", "pt")
"""The name that a unit goes by is in the first of these languages that its table has, else in the table's first."""

OFFICIAL = "official"
SPREADSHEET_DAY_0 = date(1899, 12, 30)


@dataclass(frozen=True)
class _Name:
    """A column of names."""

    column: str
    kind: str
    language: str

    def expressions(self, language: str) -> tuple[pl.Expr, ...]:
        """Return the columns name, kind and language; the language is the given one where the column says none."""
        kind, known = pl.lit(self.kind), pl.lit(self.language or language)
        return pl.col(self.column).alias("name"), kind.alias("kind"), known.alias("language")


@dataclass(frozen=True)
class _Level:
    """The units of one level in one table; `own` says that the table is of this level, not of one below."""

    level: int
    own: bool
    rows: pl.DataFrame


def units_in(tables: Iterable[pl.DataFrame], country: str = "", language: str = "") -> pl.DataFrame:
    """Return the names of the units in some tables of text, in the form of a release's table, sorted.

    Args:
        tables: as read; a column is known by its name or, where that is a hashtag, by the tag.
        country: ISO 3166-1 alpha-3: the only one to read; without it, each row says its country.
        language: of names whose column does not say it.

    Raises:
        InputError: no table has units with a code and a name, or none of the country.
    """
    levels = [found for table in tables for found in _levels(table, country, language)]
    if not levels:
        raise InputError(
            "no columns with P-codes and names: they are called, for example, ADM1_PCODE and ADM1_EN"
        )
    owned = {found.level for found in levels if found.own}
    rows = pl.concat([found.rows for found in levels if found.own or found.level not in owned])
    if rows.is_empty():
        raise InputError(f"no units of {country}: is the country right?")
    ordered = ["location_code", "level", "code"]
    return rows.unique(maintain_order=True).sort(ordered, maintain_order=True).select(COLUMNS)


def _levels(table: pl.DataFrame, country: str, language: str) -> Iterator[_Level]:
    columns = known_columns(table.columns)
    cleaned = table.select(_cleaned(column.name) for column in columns)
    cleaned = cleaned.with_columns(_country(columns, country).alias("location_code"))
    cleaned = cleaned.filter(pl.col("location_code") == country) if country else cleaned
    if any(column.part == "level" for column in columns):
        yield from _listed(cleaned, columns, language)
        return
    codes = {column.level: column.name for column in columns if column.part == "code"}
    named = [level for level in range(1, 6) if level in codes and _names(columns, level)]
    for level in named:
        rows = _rows(cleaned, columns, level, codes[level], language)
        yield _Level(level, level == max(named), rows)


def _listed(table: pl.DataFrame, columns: Sequence[Column], language: str) -> Iterator[_Level]:
    """Return the levels of a list: rows of one level are a wide table of that level."""
    parts = {column.part: column.name for column in columns}
    if not {"listed_code", "listed_name"} <= parts.keys():
        return
    for level in range(1, 6):
        of_level = table.filter(pl.col(parts["level"]) == str(level))
        wide = [
            replace(column, part="name", level=level) if column.part == "listed_name" else column
            for column in columns
        ]
        if "listed_parent" in parts:
            wide.append(Column(parts["listed_parent"], "code", level - 1))
        yield _Level(level, True, _rows(of_level, wide, level, parts["listed_code"], language))


def _rows(
    table: pl.DataFrame, columns: Sequence[Column], level: int, code: str, language: str
) -> pl.DataFrame:
    """Return a row for each name of each unit of a level, its official name first; that may be missing."""
    above = sorted((c.level, c.name) for c in columns if c.part == "code" and c.level and c.level < level)
    parents = [name for _, name in reversed(above)]
    days = [_day(c.name) for c in columns if c.part == "valid_from"]
    units = table.select(
        "location_code",
        pl.lit(level, pl.UInt8).alias("level"),
        pl.col(code).alias("code"),
        pl.coalesce(*parents, "location_code").alias("parent_code"),
        pl.coalesce(*days, pl.lit(None, pl.Date)).alias("valid_from"),
        *{name.column for name in _names(columns, level)} - {code},
    ).filter(pl.col("code").is_not_null())
    names = _names(columns, level)
    return pl.concat(units.select(*COLUMNS[:5], *name.expressions(language)) for name in names).filter(
        pl.col("name").is_not_null() | (pl.col("kind") == OFFICIAL)
    )


def _names(columns: Sequence[Column], level: int) -> list[_Name]:
    """Return the columns of a level's names, that of the official name first."""
    given = [c for c in columns if c.part == "name" and c.level == level]
    if not given:
        return []
    main = min(given, key=lambda c: MAIN_LANGUAGES.index(c.language) if c.language in MAIN_LANGUAGES else 9)
    others = [c for c in given if c is not main]
    others += [c for c in columns if c.part == "alternate" and c.level == level]
    return [_Name(main.name, OFFICIAL, main.language), *(_other(c, main) for c in others)]


def _other(column: Column, main: Column) -> _Name:
    is_local = column.part == "name" and column.language not in ("", main.language)
    return _Name(column.name, "local" if is_local else "alternate", column.language)


def _country(columns: Sequence[Column], country: str) -> pl.Expr:
    """Return the country that each row says it is of; where it says none that is known, the given one."""
    known = {code: code for code in codelist("location").values}
    known |= {code.upper(): iso3 for code, iso3 in crosswalk("iso2-location").pairs}
    said = [c.name for c in columns if c.part == "country" or (c.part == "code" and c.level == 0)]
    found = [pl.col(name).replace_strict(known, default=None, return_dtype=pl.String) for name in said]
    return pl.coalesce(*found, pl.lit(country or None, pl.String))


def _cleaned(name: str) -> pl.Expr:
    text = pl.col(name).str.strip_chars().str.replace_all(r"\s+", " ")
    return pl.when(~text.str.to_lowercase().is_in(BLANK)).then(text)


def _day(name: str) -> pl.Expr:
    """Return the day of an ISO date or of a spreadsheet's number of days."""
    iso = pl.col(name).str.head(10).str.to_date("%Y-%m-%d", strict=False)
    number = pl.col(name).str.extract(r"^(\d{5})(?:\.0+)?$").cast(pl.Int64)
    return pl.coalesce(iso, pl.lit(SPREADSHEET_DAY_0) + pl.duration(days=number))
