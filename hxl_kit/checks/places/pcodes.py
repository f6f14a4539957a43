"""P-codes: those of the row's country and level, within the unit above, and of the unit that is named beside them.

Each distinct pair of country and code is looked up once, in the gazetteers of the run. A level that the gazetteer
lacks is asked no more than that its codes begin as the country's do.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.places.precision import TABLES
from hxl_kit.checks.places.told import OTHER_LEVEL, TOLD, WRITTEN
from hxl_kit.checks.rule import TableRule, Tables
from hxl_kit.places.code_forms import with_letters
from hxl_kit.places.codes import convert_codes
from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.places.gazetteer.merging import SPOKEN
from hxl_kit.places.levels import CERTAIN
from hxl_kit.places.matching import match_names
from hxl_kit.standard.codelists import crosswalk

if TYPE_CHECKING:
    from collections.abc import Collection

    from hxl_kit.places.gazetteer import Gazetteer


@dataclass(frozen=True)
class Unit:
    """The fields in which a row names a unit of a level, and the field of the unit above."""

    level: int
    country: str
    code: str
    name: str
    above: str = ""


UNITS = (
    Unit(1, "location_code", "admin1_code", "admin1_name"),
    Unit(2, "location_code", "admin2_code", "admin2_name", "admin1_code"),
    Unit(3, "location_code", "admin3_code", "admin3_name", "admin2_code"),
    Unit(1, "origin_location_code", "origin_admin1_code", "origin_admin1_name"),
)

_FIELDS = tuple(dict.fromkeys(field for unit in UNITS for field in (unit.country, unit.code, unit.name)))
_KEY = ("location_code", "given")

Finder = Callable[[pl.DataFrame, Unit, "Gazetteer"], pl.DataFrame]
"""Returns those of distinct units (location_code, given, and of which it asks beside) that are wrong, with parameters."""


def kept(columns: Collection[str]) -> list[pl.Expr]:
    """Return the units that rows name, none of a table that names none."""
    named = [unit for unit in UNITS if {unit.country, unit.code} <= set(columns)]
    return [pl.col(name).cast(pl.Categorical) for name in _FIELDS if name in columns] if named else []


def table_rules(table_name: str, gazetteers: tuple[str, ...]) -> tuple[TableRule, ...]:
    """Return the rules on the units of a table, by the built-in gazetteers and added ones."""
    if table_name not in TABLES:
        return ()
    units = UNITS if table_name == "displacement" else UNITS[:-1]
    return tuple(
        _rule(slug, table_name, unit, gazetteers)
        for slug in _FINDERS
        for unit in units
        if unit.above or slug != "pcode-nesting"
    )


def _rule(slug: str, table: str, unit: Unit, gazetteers: tuple[str, ...]) -> TableRule:
    told, (finder, beside) = TOLD[slug], _FINDERS[slug]
    columns = {"location_code": unit.country, "given": unit.code}
    if beside:
        columns["beside"] = getattr(unit, beside)
    found = partial(_found, table=table, unit=unit, columns=columns, finder=finder, gazetteers=gazetteers)
    field = unit.name if slug == "pcode-name" else unit.code
    return TableRule(slug, table, field, told.severity, found, told.message)


def _found(
    tables: Tables,
    *,
    table: str,
    unit: Unit,
    columns: dict[str, str],
    finder: Finder,
    gazetteers: tuple[str, ...],
) -> pl.DataFrame:
    """Return the rows whose units are among those that a finder tells of."""
    nothing = pl.DataFrame(schema={"row_number": pl.UInt32})
    rows = tables[table]
    if not set(columns.values()) <= set(rows.columns):
        return nothing
    distinct = _NAMED.of(rows).select(**columns).drop_nulls().unique()
    if distinct.is_empty():
        return nothing
    told, keys = finder(distinct, unit, gazetteer(*gazetteers)), [*columns]
    if told.is_empty():
        return nothing
    every = rows.select("row_number", **columns).with_columns(pl.col(keys).cast(pl.String))
    return every.join(told, on=keys).drop(keys).sort("row_number")


class _Named:
    """The distinct units that the rows of a table name; those of the last table are remembered for the next rule."""

    def __init__(self) -> None:
        self._rows: Callable[[], pl.DataFrame | None] = lambda: None
        self._distinct = pl.DataFrame()

    def of(self, rows: pl.DataFrame) -> pl.DataFrame:
        if self._rows() is not rows:
            there = [name for name in _FIELDS if name in rows.columns]
            self._rows, self._distinct = weakref.ref(rows), rows.select(there).unique().cast(pl.String)
        return self._distinct


_NAMED = _Named()


def _of_another_country(distinct: pl.DataFrame, unit: Unit, known: Gazetteer) -> pl.DataFrame:
    """Find codes that begin with other letters than the country's, and are not in the gazetteer all the same."""
    begins = _letters(known)
    others = _not_there(distinct, unit, known).join(begins, on="location_code")
    first = pl.col("given").str.extract(r"\A([A-Z]{2,})")
    starts = (
        others.explode("letters")
        .filter(pl.col("given").str.starts_with(pl.col("letters")))
        .select(_KEY)
        .unique()
    )
    wrong = others.filter(first.is_not_null()).join(starts, on=_KEY, how="anti")
    example = pl.coalesce("example", pl.concat_str(pl.col("letters").list.first(), pl.lit("01")))
    return wrong.join(_examples(known, unit.level), on="location_code", how="left").select(
        *_KEY, example=example, country="location_code"
    )


def _unknown(distinct: pl.DataFrame, unit: Unit, known: Gazetteer) -> pl.DataFrame:
    """Find codes of the country's form that are not in the gazetteer, where it has the level."""
    wrong = _of_another_country(distinct, unit, known)
    former = _former(distinct, unit, known)
    strange = _not_there(distinct, unit, known).join(_examples(known, unit.level), on="location_code")
    strange = strange.join(wrong, on=_KEY, how="anti").join(former, on=_KEY, how="anti")
    if strange.is_empty():
        return strange
    of_level = known.units.select("location_code", "level", given="code").unique(_KEY)
    meant = convert_codes(strange.select(*_KEY, level=pl.lit(unit.level)), known).select(*_KEY, "code")
    told = strange.join(of_level, on=_KEY, how="left").join(meant, on=_KEY, how="left")
    another_level, otherwise = pl.col("level").is_not_null(), pl.col("code").is_not_null()
    message = pl.when(another_level).then(pl.lit(OTHER_LEVEL)).when(otherwise).then(pl.lit(WRITTEN))
    return told.select(
        *_KEY,
        "example",
        "code",
        country="location_code",
        asked=pl.lit(unit.level),
        level=pl.coalesce("level", pl.lit(unit.level)),
        message=message.otherwise(pl.lit(TOLD["pcode-unknown"].message)),
    )


def _former(distinct: pl.DataFrame, unit: Unit, known: Gazetteer) -> pl.DataFrame:
    """Find codes that an older release had, and the newest has not."""
    former = known.former.filter(pl.col("level") == unit.level).select("location_code", given="code").unique()
    return (
        _not_there(distinct, unit, known)
        .join(former, on=_KEY, how="semi")
        .with_columns(country="location_code")
    )


def _elsewhere(distinct: pl.DataFrame, unit: Unit, known: Gazetteer) -> pl.DataFrame:
    """Find units that lie in another unit than the row's of the level above; both are in the gazetteer."""
    here = _units(known, unit.level).select(*_KEY, parent="parent_code")
    above = _units(known, unit.level - 1).select("location_code", beside="given")
    placed = distinct.join(here, on=_KEY).join(above, on=["location_code", "beside"], how="semi")
    return placed.filter(pl.col("parent") != pl.col("beside")).with_columns(field=pl.lit(unit.above))


def _misnamed(distinct: pl.DataFrame, unit: Unit, known: Gazetteer) -> pl.DataFrame:
    """Find names that are another unit's of the level than the code's, and not the code's own."""
    names = known.names.filter(pl.col("level") == unit.level).select("location_code", "name", given="code")
    here = distinct.join(_units(known, unit.level), on=_KEY, how="semi").rename({"beside": "name"})
    others = here.join(names, on=[*_KEY, "name"], how="anti").with_columns(spoken=SPOKEN)
    # A table may have any text there: only what is some unit's name is looked at closely.
    spoken = names.select("location_code", spoken=SPOKEN)
    others = others.join(spoken, on=["location_code", "spoken"], how="semi").drop("spoken")
    if others.is_empty():
        return others
    asked = others.with_columns(level=pl.lit(unit.level, pl.UInt8), parent_code=pl.lit(None, pl.String))
    same = pl.col("candidates").list.filter(pl.element().struct.field("score") >= CERTAIN)
    codes = same.list.eval(pl.element().struct.field("code"))
    bearers = match_names(asked, known).select(bearers=codes).to_series()
    another = bearers.list.len() > 0, ~bearers.list.contains(others["given"])
    return (
        others.with_columns(bearers)
        .filter(*another)
        .select(*_KEY, beside="name", code=pl.col("bearers").list.first(), field=pl.lit(unit.code))
    )


def _units(known: Gazetteer, level: int) -> pl.DataFrame:
    return known.units.filter(pl.col("level") == level).select("location_code", "parent_code", given="code")


def _not_there(distinct: pl.DataFrame, unit: Unit, known: Gazetteer) -> pl.DataFrame:
    return distinct.select(_KEY).join(_units(known, unit.level), on=_KEY, how="anti")


def _examples(known: Gazetteer, level: int) -> pl.DataFrame:
    """Return a P-code of each country that the gazetteer has the level of."""
    return _units(known, level).group_by("location_code").agg(example=pl.col("given").min())


@cache
def _letters(known: Gazetteer) -> pl.DataFrame:
    """Return what the P-codes of each country may begin with: its letters in the gazetteer, or its ISO codes."""
    iso = pl.DataFrame(crosswalk("iso2-location").pairs, schema=["two", "location_code"], orient="row")
    own = with_letters(known.units).select("location_code", letters="letters")
    every = [
        own.drop_nulls(),
        iso.select("location_code", letters=pl.col("two").str.to_uppercase()),
        iso.select("location_code", letters="location_code"),
    ]
    listed = pl.concat(every).unique(maintain_order=True)
    return listed.group_by("location_code", maintain_order=True).agg("letters")


_FINDERS: dict[str, tuple[Finder, str]] = {
    "pcode-country": (_of_another_country, ""),
    "pcode-unknown": (_unknown, ""),
    "pcode-former": (_former, ""),
    "pcode-nesting": (_elsewhere, "above"),
    "pcode-name": (_misnamed, "name"),
}
"""By slug, what finds the units that are wrong, and the field of `Unit` that it asks of beside country and code."""
