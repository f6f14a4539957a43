"""Country names and codes, as providers write them, to ISO 3166-1 alpha-3; or none where two can be meant.

Names of OCHA's Countries and Territories Taxonomy in its six languages are looked up; what is left goes to
hdx-python-country's fuzzy search, whose answer is taken only if it leaves no word unexplained (alone it takes
"N. Korea" for the south and "New Jersey" for Jersey). Nothing is downloaded.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import polars as pl
from rapidfuzz import fuzz, process

from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import codelist, crosswalk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    "given": pl.String,
    "location_code": pl.String,
    "method": pl.String,
    "score": pl.Float64,
    "candidates": pl.List(pl.String),
    "reason": pl.String,
}
SURE, HDX = 1.0, 0.9
LIKE, MARGIN = 0.85, 0.06
"""A name is taken for a misspelling from this likeness on, if no other country's name comes within the margin."""

LIKE_WORD = 80
SHORTEST, LONGEST_CODE = 5, 3
SHOWN = 5


@dataclass(frozen=True)
class Country:
    """What a value stands for.

    Attributes:
        location_code: ISO 3166-1 alpha-3; None where that is not certain.
        method: "code", "exact" (a known name), "fuzzy", "none".
        score: 0 to 1.
        candidates: the countries that may be meant, where it is not certain.
        reason: why it is not certain.
    """

    location_code: str | None = None
    method: str = "none"
    score: float | None = None
    candidates: tuple[str, ...] = field(default=())
    reason: str = ""


def match_countries(given: pl.Series) -> pl.DataFrame:
    """Return the country of each value, in their order: given, location_code, method, score, candidates, reason."""
    distinct = given.cast(pl.String).unique().drop_nulls()
    found = {value: country_of(value) for value in distinct}
    rows = [(v, f.location_code, f.method, f.score, list(f.candidates), f.reason) for v, f in found.items()]
    answers = pl.DataFrame(rows, SCHEMA, orient="row")
    asked = pl.DataFrame({"given": given.cast(pl.String)})
    return asked.join(answers, on="given", how="left", maintain_order="left").with_columns(
        pl.col("method").fill_null("none"), pl.col("reason").fill_null("")
    )


def country_of(given: str) -> Country:
    """Return the country that a code or a name stands for."""
    folded = _folded(given)
    if folded in _ambiguous():
        candidates, why = _ambiguous()[folded]
        return Country(candidates=candidates, reason=why)
    if code := _codes().get(given.strip()):
        return Country(code, "code", SURE)
    if code := _names().get(folded) or _with_abbreviations(given):
        return Country(code, "exact", SURE)
    if not re.search(r"[^\W\d_]", folded):
        return Country(reason="not the name of a country")
    return _searched(given, folded)


def _with_abbreviations(given: str) -> str | None:
    """Return the country of a name with abbreviations, "Syrian Arab Rep."; codes are not taken for names."""
    if len(given.strip()) <= LONGEST_CODE:
        return None
    _data()
    code = _hdx().get_iso3_country_code(given, use_live=False)
    return code if code in codelist("location").values else None


def _searched(given: str, folded: str) -> Country:
    """Return the country whose name a value resembles, by hdx-python-country and by its spelling."""
    patterns = _by_pattern(given)
    if len(patterns) > 1:
        return Country(candidates=patterns, reason="names several countries")
    proposed = _proposed(given, folded) or next(iter(patterns), None)
    if proposed and _explained(folded, proposed):
        return Country(proposed, "fuzzy", HDX)
    return _by_spelling(folded, proposed)


def _by_spelling(folded: str, proposed: str | None) -> Country:
    """Return the country of the most similar name, if the next country's is clearly less so."""
    scores: dict[str, float] = {}
    names = _names()
    similar = process.extract(folded, names.keys(), scorer=fuzz.ratio, limit=30, score_cutoff=60)
    for name, score, _ in similar:
        scores[names[name]] = max(scores.get(names[name], 0), score / 100)
    for name, code in names.items():
        if len(folded) >= SHORTEST and f" {folded}" in f" {name}":
            scores[code] = max(scores.get(code, 0), LIKE)
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    if ranked and len(folded) >= SHORTEST and ranked[0][1] > LIKE:
        runner_up = ranked[1][1] if len(ranked) > 1 else 0
        if ranked[0][1] - runner_up >= MARGIN and proposed in (None, ranked[0][0]):
            return Country(ranked[0][0], "fuzzy", ranked[0][1])
    near = [code for code, score in ranked if score >= ranked[0][1] - MARGIN]
    candidates = tuple(dict.fromkeys(filter(None, (proposed, *near))))[:SHOWN]
    return Country(
        candidates=candidates, reason="not certain enough" if candidates else "not the name of a country"
    )


def _explained(folded: str, code: str) -> bool:
    """Whether each word of a value is one of the country's names or of what the names of countries have in common."""
    spoken = _expanded(re.sub(r"\(.*?\)", " ", folded))
    known = _words()[code] | _common_words()
    return all(word in known or _misspelt(word, code) for word in re.findall(r"\w+", spoken))


def _misspelt(word: str, code: str) -> bool:
    """Whether a word resembles one of the country's, and none of another country's as much."""
    if len(word) < SHORTEST:
        return False
    own = process.extractOne(word, _words()[code], scorer=fuzz.ratio, score_cutoff=LIKE_WORD)
    others = frozenset().union(*_words().values()) - _words()[code]
    return (
        own is not None and process.extractOne(word, others, scorer=fuzz.ratio, score_cutoff=own[1]) is None
    )


def _proposed(given: str, folded: str) -> str | None:
    """Return the answer of hdx-python-country; values without a word of a country's name are not searched for."""
    words = set(re.findall(r"\w+", folded)) - _common_words()
    if not any(words & known for known in _words().values()):
        return None
    code, _ = _hdx().get_iso3_country_code_fuzzy(given, use_live=False)
    return code if code in codelist("location").values else None


def _by_pattern(given: str) -> tuple[str, ...]:
    upper = given.upper()
    known = codelist("location").values
    return tuple(
        code for code, pattern in _data()["aliases"].items() if code in known and pattern.search(upper)
    )


def _expanded(folded: str) -> str:
    """Return a name with the first of the words that each abbreviation stands for."""
    hdx = _hdx()
    spelled = hdx.abbreviations | {short: words[0] for short, words in hdx.multiple_abbreviations.items()}
    for short, word in spelled.items():
        folded = re.sub(rf"\b{re.escape(short.lower())}", f"{word.lower()} ", folded)
    return folded


def _folded(text: str) -> str:
    """Return a name in lower case, without accents, and with single spaces."""
    plain = unicodedata.normalize("NFKD", text.strip().lower().replace("’", "'"))
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


@cache
def _codes() -> Mapping[str, str]:
    """Return the codes: alpha-3 in capitals or not, alpha-2 in capitals (in lower case they are words), UN M49."""
    alpha3 = codelist("location").values
    found = {code: code for code in alpha3} | {code.lower(): code for code in alpha3}
    found |= {code.upper(): iso3 for code, iso3 in crosswalk("iso2-location").pairs}
    return found | crosswalk("m49-location").mapping


@cache
def _names() -> Mapping[str, str]:
    """Return the known names, folded, with their countries; a name of two countries is none's."""
    pairs = [*crosswalk("country_name-location").pairs, *_taxonomy()]
    pairs += [(row["name"], row["location_code"]) for row in _rows("country_short_names")]
    found: dict[str, set[str]] = {}
    for name, code in pairs:
        found.setdefault(_folded(name), set()).add(code)
    return {name: next(iter(codes)) for name, codes in found.items() if len(codes) == 1 and name}


@cache
def _words() -> Mapping[str, frozenset[str]]:
    """Return the words of each country's names."""
    found: dict[str, set[str]] = {code: set() for code in codelist("location").values}
    for name, code in _names().items():
        found[code].update(re.findall(r"\w+", name))
    return {code: frozenset(words) for code, words in found.items()}


@cache
def _common_words() -> frozenset[str]:
    """Return the words that hdx-python-country leaves out or abbreviates, and those of forms of government."""
    hdx = _hdx()
    several = [*hdx.simplifications, *hdx.abbreviations.values(), *hdx.multiple_abbreviations.values()]
    texts = [text for item in several for text in ([item] if isinstance(item, str) else item)]
    differing = {word.lower() for word in hdx.major_differentiators}
    words = set(re.findall(r"\w+", " ".join(texts).lower())) | {
        "republic",
        "state",
        "federal",
        "former",
        "arab",
    }
    return frozenset(words - differing)


def _taxonomy() -> Iterable[tuple[str, str]]:
    columns = re.compile(r"(Preferred|Alt) Term|(Short|Formal|Short Name)$|^M49 [A-Z]")
    for code, row in _data()["countries"].items():
        if code in codelist("location").values:
            yield from ((name, code) for column, name in row.items() if name and columns.search(column))


@cache
def _ambiguous() -> Mapping[str, tuple[tuple[str, ...], str]]:
    rows = _rows("ambiguous_countries")
    return {
        _folded(row["name"]): (tuple(filter(None, row["candidates"].split(";"))), row["why"]) for row in rows
    }


def _rows(name: str) -> list[dict[str, str]]:
    with schemas.path_of("words", f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def _data() -> dict[str, Any]:
    """Return hdx-python-country's tables, from the file that it carries; its own reading leaves that file open."""
    carried = next(path for path in files("hdx.location").iterdir() if path.name.endswith("Taxonomy.csv"))
    with carried.open(encoding="utf-8") as file:
        rows = [{name: cell or None for name, cell in row.items()} for row in csv.DictReader(file)]
    _hdx().set_use_live_default(False)
    _hdx().set_countriesdata(iter(rows))
    data: dict[str, Any] = _hdx().countriesdata(use_live=False)
    return data


@cache
def _hdx() -> Any:
    """Return hdx-python-country's class, imported where it is needed first: it is slow to import."""
    from hdx.location.country import Country as HdxCountry

    return HdxCountry
