"""What the columns of a country's DTM workbook mean: by their hashtags, and where these lie, by what the cells hold."""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from hxl_kit.errors import SourceMismatchError
from hxl_kit.reading.table import shown
from hxl_kit.standard import schemas
from hxl_kit.standard.codelists import crosswalk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import polars as pl

    from hxl_kit.standard.tags import Tag

LEVELS = {f"#{stem}{n}": n for stem in ("adm", "admin") for n in (1, 2, 3)}
COUNTRY = frozenset({"#country", "#adm0", "#admin0"})
_PLACES = frozenset({"#loc", "#site", "#camp", "#settlement"})
_DATES = ("reported", "survey", "assessment", "assessed", "round", "asof")
_CODES = frozenset({"code", "pcode", "p_code", "id", "v_pcode", "v_iso3", "iso3", "ssid"})
_ORIGINS = frozenset({"origin", "idporigin", "from"})
_LANGUAGES = frozenset({"en", "fr", "ar", "es", "pt", "uk", "i_en", "i_fr", "i_ar", "i_es", "i_pt", "i_uk"})
_NO_MEANING = frozenset({"num", "total", "present", "stock", "name", "v_pcode", "v_iso3"})
_CODE_FORM = r"^[A-Za-z]{0,6}[-_ ]?[0-9]{1,12}([-_.][0-9A-Za-z]+)*$|^[A-Z]{3}$"
_MOSTLY = 0.8


@dataclass(frozen=True)
class Figure:
    """A column of figures: what it counts, and of whom."""

    column: str
    category: str
    counts: str
    sex: str
    age_group: str

    @property
    def about(self) -> tuple[str, str, str, str]:
        """What two columns must not share."""
        return self.category, self.counts, self.sex, self.age_group

    @property
    def is_total(self) -> bool:
        """Whether it is of both sexes and all ages."""
        return self.sex == "all" and self.age_group == "all"


@dataclass(frozen=True)
class Meanings:
    """The columns of a workbook by what they mean; `notes` say what was found another way than by a hashtag.

    The keys of `fields` are `country_code`, `admin1_name`, `origin1_code`, `date`, `round`, `site`, `place`,
    `latitude`, `longitude`, `cause`.
    """

    fields: dict[str, str]
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def meanings(header: Sequence[str], tags: Sequence[Tag | None]) -> Meanings:
    """Return what the columns mean by their tags; date, round and site also by their headings.

    Raises:
        SourceMismatchError: two columns of figures carry the same tag.
    """
    tagged = [(column, tag) for column, tag in zip(header, tags, strict=True) if tag]
    fields: dict[str, str] = {}
    ranks: dict[str, int] = {}
    for column, tag in tagged:
        for field, rank in _field(tag):
            if field not in fields or rank < ranks[field]:
                fields[field], ranks[field] = column, rank
    figures = tuple(f for column, tag in tagged if (f := _figure(column, tag)))
    _require_distinct(figures)
    notes = []
    known = {*fields.values(), *(f.column for f in figures)}
    for column in header:
        field = _heading_words().get(" ".join(column.casefold().split()).rstrip(" :.#"), "")
        if field and field not in fields and column not in known:
            fields[field] = column
            notes.append(f"'{shown(column)}' has no hashtag; taken as the {field} by its heading")
    return Meanings(fields, figures, tuple(notes))


def _field(tag: Tag) -> Iterator[tuple[str, int]]:
    """Yield the field that a tag means, and a rank: of several columns the one of the lowest is taken."""
    attributes = tag.attribute_set
    extra = len(attributes - _CODES - _ORIGINS - {"name"})
    kind = "code" if attributes & _CODES else "name"
    if tag.hashtag in COUNTRY and not attributes & _ORIGINS:
        yield f"country_{kind}", extra
    elif tag.hashtag in LEVELS and attributes <= _CODES | _ORIGINS | _LANGUAGES | {"name"}:
        stem = "origin" if attributes & _ORIGINS else "admin"
        yield f"{stem}{LEVELS[tag.hashtag]}_{kind}", extra
    elif tag.hashtag in _PLACES and attributes <= _CODES | _LANGUAGES | {"name"}:
        yield ("site" if kind == "code" else "place"), extra
    elif tag.hashtag == "#geo" and attributes & {"lat", "latitude", "lon", "longitude"}:
        yield ("latitude" if attributes & {"lat", "latitude"} else "longitude"), extra
    else:
        yield from _time_or_cause(tag)


def _time_or_cause(tag: Tag) -> Iterator[tuple[str, int]]:
    attributes = tag.attribute_set
    is_date = tag.hashtag == "#date" or (tag.hashtag in ("#reported", "#survey") and "date" in attributes)
    if tag.hashtag == "#round" or (tag.hashtag in ("#date", "#meta") and "round" in attributes):
        yield "round", len(attributes)
    elif is_date and not attributes & {"year", "month", "start", "end", "occurred", "occured", "arrival"}:
        rank = next((n for n, name in enumerate(_DATES) if name in attributes), len(_DATES))
        yield "date", 0 if tag.hashtag != "#date" else rank
    elif tag.hashtag == "#cause" and attributes <= {"type", "name", "idps", "displacement"}:
        yield "cause", len(attributes)


def _figure(column: str, tag: Tag) -> Figure | None:
    """Return what a column of figures counts; None where an attribute says something that is not understood."""
    if tag.hashtag not in ("#affected", "#population"):
        return None
    attributes = tag.attribute_set
    lists = ("displacement_category", "counts", "sex", "age_group")
    known = {name: crosswalk(f"iom_dtm-{name}").mapping for name in lists}
    found = {name: {codes[a] for a in attributes if a in codes} for name, codes in known.items()}
    understood = {a for codes in known.values() for a in codes} | _NO_MEANING
    if attributes - understood or len(found["displacement_category"]) != 1:
        return None
    if any(len(codes) > 1 for codes in found.values()):
        return None
    category, counts, sex, age = (next(iter(found[name]), "") for name in lists)
    return Figure(column, category, counts or "people", sex or "all", age or "all")


def _require_distinct(figures: Iterable[Figure]) -> None:
    first: dict[tuple[str, ...], Figure] = {}
    for figure in figures:
        other = first.setdefault(figure.about, figure)
        if other is not figure:
            raise SourceMismatchError(
                f"iom_dtm: the hashtags of '{shown(other.column)}' and '{shown(figure.column)}' say the same "
                f"({figure.category}, {figure.counts}); take the hashtag away from the one that is not the total"
            )


def checked(found: Meanings, cells: pl.DataFrame) -> Meanings:
    """Return the meanings after a look at the cells: codes and names whose tags stand the wrong way round.

    A pair of columns is exchanged where what is tagged as codes holds names and the other codes; a column that
    is tagged as codes and holds names, with no codes beside it, is not taken. The notes say so.
    """
    fields, notes = dict(found.fields), list(found.notes)
    for field in [name for name in fields if name.endswith("_code")]:
        code, name = fields[field], fields.get(field.replace("_code", "_name"))
        if _looks_coded(cells, code) is not False:
            continue
        if name and _looks_coded(cells, name):
            fields[field], fields[field.replace("_code", "_name")] = name, code
            notes.append(
                f"'{shown(code)}' is tagged as codes and holds names, '{shown(name)}' is tagged as names and holds "
                "codes: the hashtags are exchanged; read by what the cells hold"
            )
        else:
            del fields[field]
            fields.setdefault(field.replace("_code", "_name"), code)
            notes.append(f"'{shown(code)}' is tagged as codes and holds names: not taken as codes")
    return replace(found, fields=fields, notes=tuple(notes))


def _looks_coded(cells: pl.DataFrame, column: str) -> bool | None:
    """Return whether a column holds codes, or names; None where its cells are both or empty."""
    filled = cells[column].str.strip_chars().drop_nulls().unique()
    filled = filled.filter(filled != "")
    if filled.is_empty():
        return None
    share = float(filled.str.contains(_CODE_FORM).mean() or 0.0)  # type: ignore[arg-type]
    return True if share >= _MOSTLY else False if share <= 1 - _MOSTLY else None


@cache
def _heading_words() -> dict[str, str]:
    with schemas.path_of("words", "dtm_headings.csv").open(encoding="utf-8", newline="") as file:
        return {row["words"]: row["means"] for row in csv.DictReader(file)}


@cache
def total_words() -> tuple[str, ...]:
    """Return the words, in lower case, that name a row of totals."""
    with schemas.path_of("words", "totals.csv").open(encoding="utf-8", newline="") as file:
        return tuple(row["words"] for row in csv.DictReader(file))
