"""Code lists (`code,title,description,source,deprecated`) and crosswalks (`source_value,code`)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache

from hxl_kit.errors import require_known
from hxl_kit.standard import schemas


@dataclass(frozen=True)
class Code:
    """One line of a code list; `deprecated` is empty or says what to use instead."""

    code: str
    title: str
    description: str
    source: str
    deprecated: str


@dataclass(frozen=True)
class CodeList:
    """A named, ordered list of the codes that a field may hold."""

    name: str
    codes: tuple[Code, ...]

    @property
    def values(self) -> tuple[str, ...]:
        """The codes alone, in the list's order."""
        return tuple(code.code for code in self.codes)


@dataclass(frozen=True)
class Crosswalk:
    """A provider's values and the codes of `codelist` that they mean (named `<source>-<codelist>`)."""

    name: str
    pairs: tuple[tuple[str, str], ...]

    @property
    def codelist(self) -> str:
        """The name of the code list that the codes come from."""
        return self.name.rpartition("-")[2]

    @property
    def mapping(self) -> dict[str, str]:
        """The pairs as a dictionary from provider value to code."""
        return dict(self.pairs)


def codelist_names() -> tuple[str, ...]:
    """Return the names of all code lists, sorted."""
    return schemas.names("codelists", ".csv")


def crosswalk_names() -> tuple[str, ...]:
    """Return the names of all crosswalks, sorted."""
    return schemas.names("crosswalks", ".csv")


@cache
def codelist(name: str) -> CodeList:
    """Return a code list.

    Raises:
        UsageError: the standard has no list of that name.
    """
    require_known("code list", name, codelist_names())
    return CodeList(name, tuple(Code(**row) for row in _rows("codelists", name)))


@cache
def crosswalk(name: str) -> Crosswalk:
    """Return a crosswalk.

    Raises:
        UsageError: the standard has no crosswalk of that name.
    """
    require_known("crosswalk", name, crosswalk_names())
    return Crosswalk(name, tuple((row["source_value"], row["code"]) for row in _rows("crosswalks", name)))


def _rows(folder: str, name: str) -> list[dict[str, str]]:
    with schemas.path_of(folder, f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
