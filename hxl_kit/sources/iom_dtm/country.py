"""Workbooks of DTM country offices: one row per site, ward or admin unit, columns found by their hashtags.

Layouts differ by country and round, up to hundreds of columns of an assessment of which a few are figures. The
layout is made from the tags of the file at hand; what has no tag stays with the rejected rows, out of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.errors import SourceMismatchError
from hxl_kit.mapping import (
    CODED,
    constant,
    context,
    date,
    derived,
    integer,
    joined,
    number,
    text,
    titled,
)
from hxl_kit.reading.table import listed
from hxl_kit.sources._blocks import unranged
from hxl_kit.sources._form_columns import identifier
from hxl_kit.sources.definition import Layout, Measure, TableMap
from hxl_kit.sources.iom_dtm.api import dated, origin_codes
from hxl_kit.sources.iom_dtm.causes import cause
from hxl_kit.sources.iom_dtm.columns import Figure, Meanings, checked, meanings, total_words
from hxl_kit.sources.iom_dtm.overlaps import MISSING
from hxl_kit.standard.codelists import codelist, crosswalk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.reading import TableText
    from hxl_kit.standard.tags import Tag

_LEVELS = (1, 2, 3)
_ABOUT = (
    "site",
    "place",
    "round",
    "cause",
    "origin1_code",
    "origin1_name",
    "origin2_code",
    "origin2_name",
)
_TOLD_APART_BY = 40
_ALIKE_NOTE = (
    "rows are alike in place, date and round; their ids also depend on the columns {}: tag the column that names "
    "the site (#loc+name or #site+code)"
)


@dataclass(frozen=True)
class Workbook:
    """What is known of one country's file: what its columns mean, whose it is, what tells its rows apart."""

    found: Meanings
    country: pl.Expr
    country_columns: dict[str, pl.Expr]
    apart: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def has(self, field: str) -> bool:
        """Return whether a column means this."""
        return field in self.found.fields

    def cell(self, field: str) -> pl.Expr:
        """Return the cells of the column that means this; nothing where there is none."""
        return text(self.found.fields[field]) if self.has(field) else pl.lit(None, pl.String)


def country_layout_of(file: TableText) -> Layout | None:
    """Return the layout of an open file, or None where its hashtags tell no places and displaced people.

    Raises:
        SourceMismatchError: two columns of figures have one tag, or nothing tells the country.
        InputError: the file cannot be read any further.
    """
    found = meanings(file.header, file.tags)
    if not _is_of_dtm(found, file.tags):
        return None
    cells = pl.concat(batch.frame for batch in file.batches())
    found = checked(found, cells)
    expression, columns, notes = _country(found, cells)
    apart = _apart(found, cells)
    if apart:
        notes = (*notes, _ALIKE_NOTE.format(listed(apart)))
    return _layout(Workbook(found, expression, columns, apart, notes))


def _is_of_dtm(found: Meanings, tags: Sequence[Tag | None]) -> bool:
    """Return whether units and displaced people or returnees are tagged as DTM does: by individuals or households."""
    counts = crosswalk("iom_dtm-counts").mapping.keys()
    counted = any(tag.attribute_set & counts for tag in tags if tag and tag.hashtag == "#affected")
    placed = any(name.startswith("admin") for name in found.fields)
    return counted and placed and any(f.category in ("idps", "idp_returns") for f in found.figures)


def _layout(book: Workbook) -> Layout:
    figure, place = _figure_id(book), _place(book)
    chosen = _recommended(book.found.figures)
    used = {*book.found.fields.values(), *book.apart}
    return Layout(
        id="country",
        title="country workbook with hashtags",
        key=figure,
        maps=tuple(
            _map(book, f, place | {"figure_id": figure}, recommended=f.column in chosen)
            for f in book.found.figures
        ),
        optional=frozenset(used),
        missing=MISSING,
        measures=tuple(
            Measure(f.column, "displacement", "value", pl.col("figure_id").str.ends_with(_suffix(f)))
            for f in book.found.figures
        ),
        notes=(*book.found.notes, *book.notes, *_cautions(book)),
    )


def _cautions(book: Workbook) -> list[str]:
    told = {
        "date": "no column tells the date: as_of is empty; add one with the hashtag #date+reported",
        "round": "no column tells the round",
    }
    notes = [note for field, note in told.items() if not book.has(field)]
    if any(f.category == "idp_returns" for f in book.found.figures):
        notes.append("people who returned may include some who came back from abroad: the file does not tell")
    return [
        *notes,
        "the rows of one round make one stock, even where their dates differ by the day of the visit",
    ]


def _recommended(figures: Sequence[Figure]) -> frozenset[str]:
    """Return the columns to sum: of each category the total of people, else of households, else its two sexes."""
    chosen: set[str] = set()
    for category in {f.category for f in figures}:
        of_category = [f for f in figures if f.category == category]
        people = [f for f in of_category if f.counts == "people"]
        pool = people or of_category
        totals = [f for f in pool if f.is_total]
        chosen.update(f.column for f in totals or [f for f in pool if f.age_group == "all"])
    return frozenset(chosen)


def _map(book: Workbook, figure: Figure, about: dict[str, pl.Expr], *, recommended: bool) -> TableMap:
    unit = {"people": "person", "households": "household"}[figure.counts]
    # A stock without its date cannot be told from another round's.
    summable = _finest_known(book) & pl.lit(book.has("date"))
    role = pl.when(summable).then(pl.lit("recommended")).otherwise(pl.lit("triangulation"))
    fields = {
        "figure_id": pl.concat_str(about["figure_id"], pl.lit(_suffix(figure))),
        "source_id": context("source_id"),
        "measure": constant("stock"),
        "category": constant(figure.category),
        "counts": constant(figure.counts),
        "sex": constant(figure.sex),
        "age_group": constant(figure.age_group),
        "geo_precision": _precision(book),
        "date_precision": dated(book.found.fields["date"]) if book.has("date") else constant("unknown"),
        "role": derived(role) if recommended else constant("triangulation"),
        "overlap_group": joined(about["figure_id"], figure.category),
    }
    origin = _origin(book) if figure.category == "idps" else {}
    return TableMap(
        "displacement",
        about | fields | origin | unranged(figure.column, unit),
        where=integer(figure.column).is_not_null(),
    )


def _origin(book: Workbook) -> dict[str, pl.Expr]:
    """Return where displaced people come from: within the country, by definition; the admin 1 unit if it is said."""
    fields = {"origin_location_code": book.country}
    if book.has("origin1_name"):
        fields["origin_admin1_name"] = book.cell("origin1_name")
    if book.has("origin1_code"):
        fields |= origin_codes(book.cell("origin1_code"))
    return fields


def _suffix(figure: Figure) -> str:
    parts = [figure.category, figure.counts, *(p for p in (figure.sex, figure.age_group) if p != "all")]
    return ":" + ":".join(parts)


def _place(book: Workbook) -> dict[str, pl.Expr]:
    """Return the fields that all figures of a row share: its place, date, round and reason."""
    columns = book.found.fields
    fields = {
        "location_code": book.country,
        "location_name": titled(book.country, "location"),
        **book.country_columns,
        "place_name": _place_name(book),
        "pcode_method": constant("none"),
    }
    units = [f"admin{level}_{kind}" for level in (1, 2) for kind in ("code", "name")]
    fields |= {f"provider_{unit}": book.cell(unit) for unit in units if book.has(unit)}
    if book.has("latitude") and book.has("longitude"):
        fields |= {name: number(columns[name]) for name in ("latitude", "longitude")}
    if book.has("date"):
        fields["as_of"] = date(columns["date"])
    if book.has("round"):
        fields["round"] = book.cell("round")
    if book.has("cause"):
        fields["cause"] = cause(columns["cause"])
    return fields


def _place_name(book: Workbook) -> pl.Expr:
    """Return the site and the unit below admin 2, by their names or else by their codes."""
    named = [book.cell(name) for name in ("place", "admin3_name") if book.has(name)]
    coded = [book.cell(name) for name in ("site", "admin3_code") if book.has(name)]
    if not (named or coded):
        return pl.lit(None, pl.String)
    names = pl.concat_str(named, separator=", ", ignore_nulls=True) if named else pl.lit("")
    return derived(pl.coalesce(pl.when(names != "").then(names), *coded))


def _known(book: Workbook, level: int) -> pl.Expr:
    """Return whether a row names its unit of a level."""
    cells = [
        book.cell(f"admin{level}_{kind}") for kind in ("name", "code") if book.has(f"admin{level}_{kind}")
    ]
    return pl.any_horizontal([cell.is_not_null() for cell in cells]) if cells else pl.lit(value=False)


def _finest_known(book: Workbook) -> pl.Expr:
    """Return whether a row names a unit of the file's finest level: without one it may be a subtotal."""
    tagged = [n for n in _LEVELS if book.has(f"admin{n}_name") or book.has(f"admin{n}_code")]
    return _known(book, max(tagged))


def _precision(book: Workbook) -> pl.Expr:
    """Return how finely the place is known; nothing for a row of totals or without any place, which rejects it."""
    says_total = [_is_total(book.cell(name)) for name in book.found.fields if name.endswith("_name")]
    levels = [pl.when(_known(book, level)).then(pl.lit(f"admin{level}")) for level in reversed(_LEVELS)]
    return pl.when(~pl.any_horizontal([pl.lit(value=False), *says_total])).then(pl.coalesce(levels))


def _is_total(cell: pl.Expr) -> pl.Expr:
    folded = cell.str.to_lowercase()
    words = "|".join(total_words())
    return folded.str.contains(rf"^(?:{words})\b|\b(?:{words})$").fill_null(value=False)


def _figure_id(book: Workbook) -> pl.Expr:
    """Return what a row is about: country, units, site, round, date, reason, origin; null where no unit is named."""
    names = [f"admin{n}_{kind}" for n in _LEVELS for kind in ("code", "name")]
    about = [book.cell(name).fill_null("") for name in (*names, *_ABOUT) if book.has(name)]
    if book.has("date"):
        about.append(date(book.found.fields["date"]).cast(pl.String).fill_null(""))
    said = joined("iom_dtm", book.country, *about)
    if book.apart:
        said = joined(said, identifier("", [text(name) for name in book.apart]))
    placed = pl.any_horizontal([_known(book, level) for level in _LEVELS])
    return pl.when(placed).then(said)


def _apart(found: Meanings, cells: pl.DataFrame) -> tuple[str, ...]:
    """Return the further columns, from the left, without which rows would be alike in all that is tagged."""
    said = [name for name in found.fields.values() if name in cells.columns]
    figures = {f.column for f in found.figures}
    filled = cells.filter(pl.any_horizontal(pl.col(list(figures)).is_not_null()))
    others = [name for name in cells.columns[1:] if name not in said and name not in figures]
    distinct, chosen = filled.select(said).n_unique(), list[str]()
    for name in others[:_TOLD_APART_BY]:
        if distinct == filled.height:
            break
        more = filled.select(*said, *chosen, name).n_unique()
        if more > distinct:
            distinct = more
            chosen.append(name)
    return tuple(chosen)


def _country(found: Meanings, cells: pl.DataFrame) -> tuple[pl.Expr, dict[str, pl.Expr], tuple[str, ...]]:
    """Return the country, the fields of it that the provider gives, and notes.

    Raises:
        SourceMismatchError: no column tells the country.
    """
    code, name = found.fields.get("country_code"), found.fields.get("country_name")
    given = {
        "provider_location_code": text(code) if code else None,
        "provider_location_name": text(name) if name else None,
    }
    columns = {field: cell for field, cell in given.items() if cell is not None}
    if code:
        return text(code).replace_strict(_iso3(), default=None, return_dtype=pl.String), columns, ()
    if name:
        return _named(name), columns, ()
    country = _country_of_codes(found, cells)
    return constant(country), columns, (f"no column tells the country: {country} by the codes of its units",)


def _named(column: str) -> pl.Expr:
    """Return the country of a name, in short or full, in the languages of country offices."""
    names = crosswalk("country_name-location").mapping | crosswalk("iom_dtm-location").mapping
    read = text(column).str.to_lowercase().replace_strict(names, default=None, return_dtype=pl.String)
    return read.alias(f"{CODED}country_name-location")


def _iso3() -> dict[str, str]:
    """Return ISO 3166-1 alpha-3 by itself and by alpha-2."""
    return crosswalk("iso2-location").mapping | {code: code for code in codelist("location").values}


def _country_of_codes(found: Meanings, cells: pl.DataFrame) -> str:
    """Return the country that the codes of the coarsest units begin with that begin with one.

    The codes of smaller units, sites above all, may begin with letters of their own (BO for Borno).

    Raises:
        SourceMismatchError: they begin with no country, or with several.
    """
    coded = [found.fields[name] for name in (f"admin{n}_code" for n in _LEVELS) if name in found.fields]
    for name in coded:
        prefixes = cells[name].str.extract(r"^\s*([A-Z]{2,3})[-_]?[0-9]").drop_nulls().unique()
        known = {_iso3()[prefix] for prefix in prefixes if prefix in _iso3()}
        if len(known) == 1:
            return known.pop()
    raise SourceMismatchError(
        "iom_dtm: no column tells the country, and the units' codes do not begin with one; add a column with "
        "the hashtag #country+code that holds its ISO 3166-1 alpha-3 code"
    )
