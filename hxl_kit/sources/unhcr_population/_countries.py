"""Countries of origin and asylum, by UNHCR's codes, ISO codes or UNHCR's names.

UNHCR's three letters are not ISO's: AUS is Austria, ARE Egypt. Stateless, Tibetan and unknown are origins
without a country: they keep UNHCR's code and have no ISO code.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache, cached_property

import polars as pl

from hxl_kit.mapping import constant, derived, joined, text, titled
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist, crosswalk

_CONTRADICTION = "?"
"""Stands where two columns name different countries: no code of the list, so that the row is rejected."""


@dataclass(frozen=True)
class Naming:
    """How one column names countries: `codes` to ISO 3166-1 alpha-3, `groups` to UNHCR's code of no country."""

    codes: dict[str, str]
    groups: dict[str, str]
    names: bool = False

    def key(self, column: str) -> pl.Expr:
        """Return one code per country or group, the same whatever the naming; null for what is unknown."""
        return self._read(column, {**self.codes, **self.groups})

    def country(self, column: str) -> pl.Expr:
        """Return the ISO code; null for a group and for what is unknown."""
        return self._read(column, self.codes)

    def known(self, column: str) -> pl.Expr:
        """Return the column; a country that is not known is null, for which `normalise` rejects the row."""
        known = [*self.codes, *self.groups]
        return pl.when(self._folded(column).is_in(known)).then(text(column))

    def _read(self, column: str, codes: dict[str, str]) -> pl.Expr:
        return self._folded(column).replace_strict(codes, default=None, return_dtype=pl.String)

    def _folded(self, column: str) -> pl.Expr:
        return text(column).str.to_lowercase() if self.names else text(column)


@cache
def _groups() -> dict[str, str]:
    with schemas.path_of("words", "unhcr_no_country.csv").open(encoding="utf-8", newline="") as file:
        return {row["words"]: row["group"] for row in csv.DictReader(file)}


def _group_codes() -> dict[str, str]:
    return {words.upper(): group for words, group in _groups().items()}


def by_unhcr_code() -> Naming:
    """Return the naming by UNHCR's own three letters."""
    codes = crosswalk("unhcr_code-location").mapping
    return Naming(codes, {code: group for code, group in _group_codes().items() if code not in codes})


def by_iso_code() -> Naming:
    """Return the naming by ISO 3166-1 alpha-3."""
    return Naming({code: code for code in codelist("location").values}, _group_codes())


def by_name() -> Naming:
    """Return the naming by UNHCR's names, in any letter case."""
    return Naming(crosswalk("unhcr_name-location").mapping, _groups(), names=True)


@dataclass(frozen=True)
class Countries:
    """The columns that name the countries of origin and asylum; `origin_check` and `asylum_check` say it in ISO codes again.

    Where a row is about all countries together, UNHCR writes `-`.
    """

    naming: Naming
    origin: str
    asylum: str
    origin_name: str = ""
    asylum_name: str = ""
    origin_check: str = ""
    asylum_check: str = ""

    @property
    def optional(self) -> frozenset[str]:
        """The columns that may be missing from a file."""
        given = (self.origin_name, self.asylum_name, self.origin_check, self.asylum_check)
        return frozenset(filter(None, given)) - {self.origin, self.asylum}

    @cached_property
    def key(self) -> pl.Expr:
        """The pair of origin and asylum, as in "SYR:LBN"."""
        return joined(self.naming.key(self.origin), self.naming.key(self.asylum))

    @cached_property
    def place(self) -> dict[str, pl.Expr]:
        """The place block of figures of a whole country of asylum."""
        country = self._country(self.asylum, self.asylum_check)
        precision = pl.when(country.is_null()).then(pl.lit("unknown")).otherwise(pl.lit("country"))
        return {
            "location_code": country,
            "location_name": titled(country, "location"),
            **self._provider("provider_location", self.asylum, self.asylum_name),
            "geo_precision": precision,
            "pcode_method": constant("none"),
        }

    @cached_property
    def origins(self) -> dict[str, pl.Expr]:
        """The fields of the country of origin."""
        return {
            "origin_location_code": self._country(self.origin, self.origin_check),
            **self._provider("provider_origin", self.origin, self.origin_name),
        }

    def _country(self, column: str, check: str) -> pl.Expr:
        country = self.naming.country(column)
        if not check:
            return derived(country)
        differ = text(check).is_not_null() & by_iso_code().key(check).ne_missing(self.naming.key(column))
        return derived(pl.when(differ).then(pl.lit(_CONTRADICTION)).otherwise(country))

    def _provider(self, fields: str, column: str, name: str) -> dict[str, pl.Expr]:
        known = self.naming.known(column)
        if self.naming.names:
            return {f"{fields}_name": known}
        return {f"{fields}_code": known, **({f"{fields}_name": text(name)} if name else {})}


API = Countries(by_unhcr_code(), "coo", "coa", "coo_name", "coa_name", "coo_iso", "coa_iso")
ISO = Countries(by_iso_code(), "ISO3CoO", "ISO3CoA", "Country of Origin Name", "Country of Asylum Name")
NAMES = Countries(by_name(), "Origin", "Country / territory of asylum/residence")

OTHER_NAMES = {
    "year": ("Year",),
    "ISO3CoO": ("Country of Origin Code", "Country of origin (ISO)"),
    "ISO3CoA": ("Country of Asylum Code", "Country of asylum (ISO)"),
    "Country of Origin Name": ("Country of origin",),
    "Country of Asylum Name": ("Country of asylum",),
    "Origin": ("Country of origin",),
    "Country / territory of asylum/residence": ("Country of asylum",),
}
"""The names that the columns of every table have in some files."""

NUMBERS_OF_COUNTRIES = dict.fromkeys(("coo_id", "coa_id"), "UNHCR's internal number of the country")
