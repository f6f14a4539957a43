"""Which rows of a HAPI file count the same people or events: found in one look over it, before its rows are read.

HAPI gives the same stock at several admin levels and, of displaced people, from several operations and kinds of
assessment. A row alone does not show it: it depends on the other rows of the same country and date.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import joined, text, tidy
from hxl_kit.sources.hapi._columns import ADMIN1, ADMIN2, LEVEL, START

if TYPE_CHECKING:
    from hxl_kit.reading import TableText

_OPERATION, _ASSESSMENT, _EVENT = "operation", "assessment_type", "event_type"
_ASSESSMENTS = ("BA", "SA", "ETT")
"""Kinds of assessment, the one that covers an area as a whole first: baseline, site, emergency tracking."""

_BREAKDOWN = ("gender", "age_range")
_READ = (
    *("location_code", "admin_level", *ADMIN1, *ADMIN2, START),
    *(_EVENT, _OPERATION, _ASSESSMENT, *_BREAKDOWN, "error"),
)
_UNIT1 = pl.coalesce(*ADMIN1)
_DATE_BYTES = len("2024-11-28")
_NAMES = ("level", "country", "unit", "place", "survey", "assessment")


def _hashed(*parts: pl.Expr) -> pl.Expr:
    return pl.concat_str([part.fill_null("") for part in parts], separator="\x1f").hash()


def _no_hashes() -> pl.Series:
    return pl.Series("nothing", [], pl.UInt64)


def _texts(*columns: str) -> tuple[pl.Expr, ...]:
    return tuple(text(name) for name in columns)


@dataclass(frozen=True)
class _Keys:
    """What a row is about: its level, and as hashes the stock in its country, its admin 1 unit and its place.

    `survey` is the place as one operation assessed it, in one kind of `assessment`.
    """

    level: pl.Expr
    country: pl.Expr
    unit: pl.Expr
    place: pl.Expr
    survey: pl.Expr
    assessment: pl.Expr


_FOUND = _Keys(*(pl.col(name) for name in _NAMES))


@dataclass(frozen=True)
class Overlaps:
    """What one look over a file found, as hashes of what its rows are about.

    `of` are the columns besides country and date that make two figures different things; with `assessed` the rows
    have an operation and a kind of assessment. `countries` and `units` are the stocks that have a row for the
    country or the admin 1 unit as a whole beside rows inside it, `surveys` the places that each kind of assessment speaks of, `undecided`
    the stocks for which several rows could be the one to use.
    """

    of: tuple[str, ...] = ()
    assessed: bool = False
    countries: pl.Series = field(default_factory=_no_hashes)
    units: pl.Series = field(default_factory=_no_hashes)
    surveys: tuple[pl.Series, ...] = ()
    undecided: pl.Series = field(default_factory=_no_hashes)

    @property
    def is_recommended(self) -> pl.Expr:
        """Whether a row is the one to use for its stock: of the coarsest level and the widest assessment, alone."""
        keys, candidate = self._keys, self.is_candidate(self._keys)
        if self.undecided.is_empty():
            return candidate
        return candidate & ~self.group_of(keys).is_in(self.undecided.implode())

    @property
    def group(self) -> pl.Expr:
        """The stock that a row is, or is a part of: a place of the file's coarsest level."""
        top = self.top_of(self._keys)
        country, date, *rest = self._stock
        units = [unit.fill_null("") for unit in _texts(*ADMIN1, *ADMIN2)]
        return (
            pl.when(top == "0")
            .then(joined(country, *rest, date))
            .when(top == "1")
            .then(joined(country, _UNIT1.fill_null(""), *rest, date))
            .otherwise(joined(country, *units, *rest, date))
        )

    @property
    def _stock(self) -> tuple[pl.Expr, ...]:
        date = text(START).str.head(_DATE_BYTES)
        return (text("location_code"), date, *_texts(*self.of))

    @property
    def _keys(self) -> _Keys:
        stock, nothing = self._stock, pl.lit(None, pl.String)
        place = (*stock, *_texts(*ADMIN1, *ADMIN2))
        return _Keys(
            LEVEL,
            _hashed(*stock),
            _hashed(*stock, _UNIT1),
            _hashed(*place),
            _hashed(*place, LEVEL, text(_OPERATION)) if self.assessed else nothing.hash(),
            text(_ASSESSMENT) if self.assessed else nothing,
        )

    def top_of(self, keys: _Keys) -> pl.Expr:
        """Return the coarsest level at which the file has the stock that a row is a part of."""
        top = keys.level
        if not self.units.is_empty():
            in_unit = keys.level.eq("2") & keys.unit.is_in(self.units.implode())
            top = pl.when(in_unit).then(pl.lit("1")).otherwise(top)
        if not self.countries.is_empty():
            in_country = keys.country.is_in(self.countries.implode())
            top = pl.when(in_country).then(pl.lit("0")).otherwise(top)
        return top

    def group_of(self, keys: _Keys) -> pl.Expr:
        """Return the hash of the stock that a row is a part of."""
        top = self.top_of(keys)
        return pl.when(top == "0").then(keys.country).when(top == "1").then(keys.unit).otherwise(keys.place)

    def is_candidate(self, keys: _Keys) -> pl.Expr:
        """Return whether a row is of the coarsest level and of its operation's widest assessment."""
        narrower = pl.lit(value=False)
        for rank, wider in enumerate(self.surveys):
            later = ~keys.assessment.is_in(_ASSESSMENTS[: rank + 1]).fill_null(value=False)
            narrower |= later & keys.survey.is_in(wider.implode())
        return keys.level.eq(self.top_of(keys)) & ~narrower

    def within(self, file: TableText, names: dict[str, str]) -> Overlaps:
        """Return what the rows of an open file count twice; `names` tells which of its columns are which.

        Rows that HAPI rejects are left out of account, and parts by sex and age.

        Raises:
            InputError: the file cannot be read any further.
        """
        found = pl.concat(self._of_batch(batch.frame.rename(names)) for batch in file.batches())
        if found.is_empty():
            return self
        levels = replace(
            self,
            countries=_in_both(found.filter(level="0"), found.filter(pl.col("level") != "0"), "country"),
            units=_in_both(found.filter(level="1"), found.filter(level="2"), "unit"),
            surveys=tuple(
                found.filter(assessment=name)["survey"].unique() for name in _ASSESSMENTS if self.assessed
            ),
        )
        groups = found.filter(levels.is_candidate(_FOUND)).select(group=levels.group_of(_FOUND))
        several = groups["group"].value_counts().filter(pl.col("count") > 1)["group"]
        return replace(levels, undecided=several)

    def _of_batch(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the keys of the rows that count in full, their cells as `normalise` will see them."""
        given = frame.select(
            pl.col(name) if name in frame.columns else pl.lit(None, pl.String).alias(name) for name in _READ
        )
        lines, _ = tidy(given, (), _READ)
        is_total = pl.all_horizontal(text(name).fill_null("all") == "all" for name in _BREAKDOWN)
        keys = self._keys
        named = [getattr(keys, name).alias(name) for name in _NAMES]
        return lines.filter(is_total & text("error").is_null()).select(named)


def _in_both(wholes: pl.DataFrame, parts: pl.DataFrame, name: str) -> pl.Series:
    """Return the stocks of which a file has the whole and parts."""
    return wholes.select(pl.col(name).unique()).join(parts, on=name, how="semi")[name]
