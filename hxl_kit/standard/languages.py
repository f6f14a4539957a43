"""The standard's words in the languages of its forms: English from the schemas, others from `schemas/languages/`.

A language is a folder: `form.csv` (`key,text`: `field.<name>` titles, `hint.<name>` explanations, and what a
form says besides), `codes.csv` (`codelist,code,title`) and `location.csv` (`code,title`).
"""

from __future__ import annotations

import csv
from functools import cache

from hxl_kit.errors import UsageError, require_known
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist

ENGLISH = "en"
RIGHT_TO_LEFT = frozenset({"ar"})
_FOLDER = "languages"


def languages() -> tuple[str, ...]:
    """Return the BCP 47 tags of the languages, sorted."""
    return tuple(sorted(folder.name for folder in schemas.path_of(_FOLDER).iterdir() if folder.is_dir()))


@cache
def texts(language: str) -> dict[str, str]:
    """Return what a language has in `form.csv`, by key.

    Raises:
        UsageError: there is no such language.
    """
    require_known("language", language, languages())
    return {row["key"]: row["text"] for row in _rows(language, "form.csv")}


def text(language: str, *keys: str, default: str | None = None) -> str:
    """Return the text of the first of the keys that the language has.

    Raises:
        UsageError: it has none of them and there is no default; a translation is missing.
    """
    known = texts(language)
    found = next((known[key] for key in keys if key in known), default)
    if found is None:
        raise UsageError(f"languages: '{language}' has no text for {' or '.join(keys)}")
    return found


@cache
def code_titles(name: str, language: str) -> dict[str, str]:
    """Return the title of each code of a code list in a language, in the list's order; codes without one are absent."""
    listed = codelist(name).codes
    if language == ENGLISH:
        return {code.code: code.title for code in listed}
    if name == "location":
        given = {row["code"]: row["title"] for row in _rows(language, "location.csv")}
    else:
        given = {row["code"]: row["title"] for row in _rows(language, "codes.csv") if row["codelist"] == name}
    return {code.code: given[code.code] for code in listed if code.code in given}


@cache
def codes_by_title(name: str) -> dict[str, str]:
    """Return the codes of a code list by their titles in every language and by themselves, in lower case."""
    by_title = {
        title.lower(): code for language in languages() for code, title in code_titles(name, language).items()
    }
    return by_title | {code.lower(): code for code in codelist(name).values}


def _rows(language: str, name: str) -> list[dict[str, str]]:
    with schemas.path_of(_FOLDER, language, name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
