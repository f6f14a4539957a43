"""The gazetteer: administrative units of level 1 and 2 with their P-codes, from OCHA's Common Operational Datasets.

It is the table "Global P-codes" that HDX compiles from the countries' datasets; `scripts/refresh_gazetteer.py`
writes it anew from a downloaded file. Names are in Latin letters, as that table has them.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from functools import cache

import polars as pl

from hxl_kit.standard import schemas

FOLDER = "gazetteers"
NAME = "global_pcodes"
COLUMNS = ("location_code", "level", "code", "name", "parent_code", "valid_from")
_SCHEMA = dict.fromkeys(COLUMNS, pl.String) | {"level": pl.UInt8, "valid_from": pl.Date}


@dataclass(frozen=True)
class Release:
    """Which edition of the gazetteer this is, and on which terms.

    Attributes:
        id: what `pcode_release` says of codes taken from it.
        title: the name of the dataset.
        url: its page on HDX.
        licence: the licence, in the words of its publisher.
        attribution: whom to name.
        sha256: of the downloaded file that it was made from, 64 hexadecimal digits.
        units: how many units it has.
        left_out: lines of the downloaded file that are no units, and why.
    """

    id: str
    title: str
    url: str
    licence: str
    attribution: str
    sha256: str
    units: int
    left_out: tuple[str, ...]


@cache
def release() -> Release:
    """Return which edition of the gazetteer is installed."""
    raw = json.loads(schemas.path_of(FOLDER, f"{NAME}.json").read_text(encoding="utf-8"))
    return Release(**{**raw, "left_out": tuple(raw["left_out"])})


@cache
def all_units() -> pl.DataFrame:
    """Return every unit, sorted by country, level and code.

    Columns: location_code (ISO 3166-1 alpha-3), level (1 or 2), code, name, parent_code (of level 1: the
    country's), valid_from (the day from which the country's dataset is valid).
    """
    packed = schemas.path_of(FOLDER, f"{NAME}.csv.gz").read_bytes()
    return pl.read_csv(gzip.decompress(packed), schema=_SCHEMA)


def units(country: str, level: int) -> pl.DataFrame:
    """Return the units of a country (ISO 3166-1 alpha-3) at level 1 or 2, sorted by code; none where it has none."""
    return all_units().filter(pl.col("location_code") == country, pl.col("level") == level)


def labelled() -> pl.Expr:
    """Return a unit as people choose it from a list, its name and its code: `Aleppo · SY02`."""
    return pl.concat_str("name", "code", separator=" · ").alias("label")
