"""What the columns of a table of administrative units are: told by their names, with patterns kept as data."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Iterable

PATTERNS = ("gazetteers", "columns.csv")
LANGUAGES = {"ua": "uk", "da": "fa"}
"""Codes of languages as OCHA's tables have them: the country's code for Ukrainian, DA for Dari."""


@dataclass(frozen=True)
class Column:
    """A column that says something of units.

    Attributes:
        name: its name in the table.
        part: what it holds: "code", "name", "alternate" (another name), "country", "valid_from", "population"; of a
            table with a row per unit of any level "level", "listed_code", "listed_name", "listed_parent".
        level: of the units, 0 for the country; None where the rows say it.
        language: ISO 639-1; "" where the name does not tell.
    """

    name: str
    part: str
    level: int | None = None
    language: str = ""


def known_columns(header: Iterable[str]) -> list[Column]:
    """Return the columns that are known, in the table's order."""
    return [column for name in header if (column := _known(name))]


def _known(name: str) -> Column | None:
    folded = re.sub(r"[^0-9a-z#+]", "", name.lower())
    for part, pattern in _patterns():
        if found := pattern.fullmatch(folded):
            groups = found.groupdict()
            language = groups.get("language") or ""
            level = groups.get("level")
            return Column(name, part, int(level) if level else None, LANGUAGES.get(language, language))
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    with schemas.path_of(*PATTERNS).open(encoding="utf-8", newline="") as file:
        return tuple((row["part"], re.compile(row["pattern"])) for row in csv.DictReader(file))
