"""What the columns of a tagged table say about every row: place, time, group, who says it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import (
    constant,
    date,
    day,
    derived,
    folded_code,
    number,
    text,
    titled,
    year_end,
    year_start,
)
from hxl_kit.places.gazetteer import all_units, release
from hxl_kit.standard.codelists import codelist, crosswalk

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTHING = pl.lit(None, pl.String)
_NO_DATE = pl.lit(None, pl.Date)


@dataclass(frozen=True)
class Row:
    """The columns that say something about every row, by what they say."""

    columns: Mapping[str, str]

    def has(self, *names: str) -> bool:
        """Return whether one of them is there."""
        return any(name in self.columns for name in names)

    @cached_property
    def claimant(self) -> pl.Expr:
        """Return who says the figures."""
        return self.cell("claimed_by")

    def cell(self, name: str) -> pl.Expr:
        """Return a column's cells; nothing where the table has no such column."""
        return text(self.columns[name]) if name in self.columns else NOTHING

    @cached_property
    def place(self) -> dict[str, pl.Expr]:
        """Return the fields of the place: P-codes that the gazetteer has, and everything as received."""
        code = "country_code" if self.has("country_code") else "country_name"
        country = self._country(code) if self.has(code) else derived(self._country_of_units())
        fields = {"location_code": country, "location_name": derived(titled(country, "location"))}
        given = {
            "provider_location_code": "country_code",
            "provider_location_name": "country_name",
            "place_name": "place_name",
            "admin3_name": "admin3_name",
        }
        fields |= {field: self.cell(name) for field, name in given.items() if self.has(name)}
        for level in (1, 2):
            fields |= self._unit(level)
        for name in ("latitude", "longitude"):
            fields |= {name: number(self.columns[name])} if self.has(name) else {}
        return {**fields, "geo_precision": self._precision(), **self._pcodes()}

    def _country(self, name: str) -> pl.Expr:
        """Return the country of each code (ISO 3166-1 alpha-3, alpha-2, UN M49) or name, in any letter case."""
        return (
            self.cell(name)
            .str.to_lowercase()
            .replace_strict(_countries(), default=None, return_dtype=pl.String)
        )

    def _country_of_units(self) -> pl.Expr:
        known = [self._known(level, "location_code") for level in (1, 2) if self.has(f"admin{level}_code")]
        return pl.coalesce(known) if known else NOTHING

    def _unit(self, level: int) -> dict[str, pl.Expr]:
        code, name = f"admin{level}_code", f"admin{level}_name"
        fields: dict[str, pl.Expr] = {}
        if self.has(code):
            is_known = self._known(level, "code").is_not_null()
            fields[code] = derived(self._known(level, "code"))
            fields[name] = derived(self._known(level, "name"))
            fields[f"provider_{code}"] = derived(pl.when(~is_known).then(self.cell(code)))
        if self.has(name):
            fields[f"provider_{name}"] = self.cell(name)
        return fields

    def _known(self, level: int, column: str) -> pl.Expr:
        return self.cell(f"admin{level}_code").replace_strict(
            _units(level, column), default=None, return_dtype=pl.String
        )

    def _pcodes(self) -> dict[str, pl.Expr]:
        found = [
            self._known(level, "code").is_not_null() for level in (1, 2) if self.has(f"admin{level}_code")
        ]
        if not found:
            return {"pcode_method": constant("none")}
        known = pl.any_horizontal(found)
        return {
            "pcode_method": derived(pl.when(known).then(pl.lit("provider")).otherwise(pl.lit("none"))),
            "pcode_release": derived(pl.when(known).then(pl.lit(release().id))),
        }

    def _precision(self) -> pl.Expr:
        """Return the finest unit that a row names; how exact a named place or a point is, a tag does not say."""
        finest_first = (
            ("unknown", ("place_name", "latitude")),
            *((level, (f"{level}_code", f"{level}_name")) for level in ("admin3", "admin2", "admin1")),
            ("country", ("country_code", "country_name")),
        )
        named = [pl.when(self._filled(*names)).then(pl.lit(level)) for level, names in finest_first]
        return derived(pl.coalesce(*named, pl.lit("unknown")))

    def _filled(self, *names: str) -> pl.Expr:
        return pl.any_horizontal(self.cell(name).is_not_null() for name in names)

    @cached_property
    def origin(self) -> dict[str, pl.Expr]:
        """Return the country that people came from."""
        if not self.has("origin_code", "origin_name"):
            return {}
        name = "origin_code" if self.has("origin_code") else "origin_name"
        fields = {"origin_location_code": self._country(name)}
        return fields | {
            f"provider_{given}": self.cell(given)
            for given in ("origin_code", "origin_name")
            if self.has(given)
        }

    @property
    def is_period(self) -> bool:
        """Whether the rows tell a period or the day of what happened, not just a day of counting."""
        return self._has_both_ends or self.has("year", "date_occurred")

    @cached_property
    def is_dated(self) -> pl.Expr:
        """Whether a row names a date."""
        return self._filled("date_start", "date_end", "date_occurred", "date_single", "year")

    @property
    def _has_both_ends(self) -> bool:
        return self.has("date_start") and self.has("date_end")

    @cached_property
    def dates(self) -> tuple[pl.Expr, pl.Expr, pl.Expr]:
        """Return the first day, the last day, and how finely they are known."""
        if not self._has_both_ends and self.has("year"):
            column = self.columns["year"]
            return year_start(column), year_end(column), self._dated("year", "year")
        if self.has("date_start", "date_end"):
            start, end = self._date("date_start"), self._date("date_end")
            return start, end, self._dated("day", "date_start", "date_end")
        if self.has("date_occurred"):
            found = self._date("date_occurred")
            return found, found, self._dated("day", "date_occurred")
        return _NO_DATE, self._date("date_single"), self._dated("day", "date_single")

    def _date(self, name: str) -> pl.Expr:
        if name not in self.columns:
            return _NO_DATE
        return pl.coalesce(date(self.columns[name]), day(self.columns[name]))

    def _dated(self, precision: str, *names: str) -> pl.Expr:
        return derived(pl.when(self._filled(*names)).then(pl.lit(precision)).otherwise(pl.lit("unknown")))

    def groups(self, known: Mapping[str, str]) -> dict[str, pl.Expr]:
        """Return sex and age group: what the figure's tag says, else the row, else all."""
        return {name: self._group(name, known.get(name)) for name in ("sex", "age_group")}

    def _group(self, name: str, of_tag: str | None) -> pl.Expr:
        if of_tag or not self.has(name):
            return constant(of_tag or "all")
        code = folded_code(self.columns[name], f"hxl_table-{name}")
        # A table that tells groups apart leaves the cell empty where the group was not recorded.
        return pl.when(self.cell(name).is_null()).then(pl.lit("unknown")).otherwise(code)


@cache
def _countries() -> dict[str, str]:
    known = dict(crosswalk("country_name-location").mapping)
    known |= crosswalk("m49-location").mapping
    known |= {code.lower(): meant for code, meant in crosswalk("iso2-location").pairs}
    return known | {code.lower(): code for code in codelist("location").values}


@cache
def _units(level: int, column: str) -> dict[str, str]:
    units = all_units().filter(pl.col("level") == level)
    return dict(zip(units["code"], units[column], strict=True))
