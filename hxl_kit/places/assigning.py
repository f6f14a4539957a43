"""P-codes for rows: decisions, the provider's own codes, its names, its coordinates, in this order; or none.

A row keeps what the provider wrote. It gets the finest unit that is certain, with the units above it by the
gazetteer; what is not certain is listed with the nearest candidates, for a person to decide.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.places.decisions import no_decisions
from hxl_kit.places.levels import CERTAIN, LEVELS, resolve_level
from hxl_kit.places.lineage import UNIT_FIELDS, lineage
from hxl_kit.places.locating import REMARKS, located

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hxl_kit.places.boundaries import Boundaries
    from hxl_kit.places.gazetteer import Gazetteer

_SAID = tuple(f"provider_admin{level}_{what}" for level in LEVELS for what in ("code", "name"))
KEY = ("location_code", *(f"admin{level}_code" for level in LEVELS), *_SAID)
"""What is said of a place; rows that say the same get the same unit."""

UNMATCHED = {
    "location_code": pl.String,
    "level": pl.UInt8,
    "parent_code": pl.String,
    "name": pl.String,
    "code": pl.String,
    "reason": pl.String,
    "candidates": pl.String,
    "rows": pl.UInt32,
}
"""A name that led to no unit, as a reviewer gets it."""

_MESSAGES = {
    "pcode-name": "the provider's P-code and name are of different units",
    "pcode-nesting": "the provider's units of level 1 and 2 do not lie in one another",
}
_WORTH_NAMING = 0.01
"""The score from which on a candidate is listed."""

_ANSWERS = ("unit", "method", "score", "decided", "reason", "candidates", "contradiction", "parent")


@dataclass(frozen=True)
class Assigned:
    """A table's rows with their units, and what must be told.

    `remarks` has row (from 0), rule and message; `unmatched` has the columns of `UNMATCHED`, a line per name and
    parent, `code` left for a reviewer to fill in.
    """

    frame: pl.DataFrame
    remarks: pl.DataFrame
    unmatched: pl.DataFrame


@dataclass
class Assigner:
    """Assigns units to the rows of tables that have the place block; each distinct place is looked for once.

    Rows know their place by its number. Place 0 is that of rows that say nothing of a unit.
    """

    gazetteer: Gazetteer
    decisions: pl.DataFrame = field(default_factory=no_decisions)
    boundaries: Sequence[Boundaries] = ()

    def __post_init__(self) -> None:
        nothing = pl.DataFrame({name: [None] for name in KEY}, schema=dict.fromkeys(KEY, pl.String))
        self._places = self._resolved(nothing)

    @cached_property
    def _lineage(self) -> pl.DataFrame:
        return lineage(self.gazetteer)

    @cached_property
    def _covered(self) -> pl.DataFrame:
        return self.gazetteer.units.select("location_code", "level").unique()

    def assign(self, frame: pl.DataFrame) -> Assigned:
        """Return a typed table of the standard with P-codes, names, method, score and release where certain."""
        place = self._place_of(frame)
        filled = _filled(frame, self._places, place) if (place > 0).any() else frame
        final, remarks = located(filled, self.boundaries, self._lineage)
        told = [_remarks(self._places, place, rule) for rule in _MESSAGES]
        return Assigned(final, pl.concat([*told, remarks]), self._unmatched(final, place))

    def _place_of(self, frame: pl.DataFrame) -> pl.Series:
        """Return the number of each row's place, after resolving those that were not seen before."""
        said = pl.col("location_code").is_not_null() & pl.any_horizontal(pl.col(_SAID).is_not_null())
        keys = frame.lazy().select(KEY).filter(said).unique(maintain_order=True)
        numbered = self._places.lazy().select(KEY).with_row_index("place")
        new = keys.join(numbered, on=KEY, how="anti", nulls_equal=True, maintain_order="left").collect()
        if new.height:
            self._places = pl.concat([self._places, self._resolved(new)])
            numbered = self._places.lazy().select(KEY).with_row_index("place")
        rows = (
            frame.lazy()
            .select(KEY)
            .join(numbered, on=KEY, how="left", nulls_equal=True, maintain_order="left")
        )
        return rows.select(pl.col("place").fill_null(0)).collect()["place"]

    def _resolved(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return distinct places with the finest unit that is certain, its place fields, and what was left open."""
        given = pl.any_horizontal(pl.col("provider_admin1_code", "provider_admin1_name").is_not_null())
        first = self._level(keys, 1, parent=pl.lit(None, pl.String), named=pl.lit(value=False))
        second = self._level(first, 2, parent=pl.col("unit_1"), named=given)
        over = self._lineage.select("location_code", unit_2="unit", over_2="admin1_code")
        return _finest(_looked_up(second, over, "unit_2"), self._lineage)

    def _level(self, places: pl.DataFrame, level: int, *, parent: pl.Expr, named: pl.Expr) -> pl.DataFrame:
        asked = places.select(
            "location_code",
            code=f"provider_admin{level}_code",
            name=f"provider_admin{level}_name",
            stated=f"admin{level}_code",
            parent=parent,
            parent_named=named,
        )
        answers = resolve_level(asked, level, self.gazetteer, self.decisions)
        return places.with_columns(answers[name].alias(f"{name}_{level}") for name in _ANSWERS)

    def _unmatched(self, final: pl.DataFrame, place: pl.Series) -> pl.DataFrame:
        """Return the names and codes that led to no unit of their level, with the number of rows of each."""
        listed = pl.concat(_left_open(self._places, final, place, level) for level in LEVELS)
        return listed.join(self._covered, on=["location_code", "level"], how="semi", maintain_order="left")


def _finest(places: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Choose between the units of the two levels; where they contradict each other there is none."""
    decided = (pl.col("method_2") == "reviewed").fill_null(value=False)
    apart = (pl.col("unit_1") != pl.col("over_2")).fill_null(value=False) & ~decided | _strayed()
    stated = pl.coalesce("admin2_code", "admin1_code")
    places = places.with_columns(
        apart.alias("pcode-nesting"),
        (pl.col("contradiction_1") | pl.col("contradiction_2")).alias("pcode-name"),
        at_2=pl.col("unit_2").is_not_null(),
    )
    chosen = places.with_columns(
        unit=pl.when("pcode-nesting").then(stated).otherwise(pl.coalesce("unit_2", "unit_1")),
        unit_method=pl.when("at_2").then("method_2").otherwise("method_1"),
        unit_score=pl.min_horizontal("score_1", "score_2"),
    )
    new = (pl.col("unit") != stated).fill_null(pl.col("unit").is_not_null())
    fields = units.rename({name: f"unit_{name}" for name in UNIT_FIELDS})
    return _looked_up(chosen, fields, "unit").with_columns(is_new=new)


def _strayed() -> pl.Expr:
    """Whether the name of level 2 is that of the one unit of the country so called, which lies in another level 1.

    Then the provider's level 1 may be an older, larger unit of the same name, from before a part of it became its own.
    """
    so_called = pl.col("candidates_2").list.filter(pl.element().struct.field("score") >= CERTAIN)
    parent = so_called.list.first().struct.field("parent_code")
    reviewed = pl.any_horizontal(pl.col("method_1", "method_2") == "reviewed").fill_null(value=False)
    strayed = pl.col("unit_2").is_null() & (so_called.list.len() == 1) & (parent != pl.col("unit_1"))
    return strayed.fill_null(value=False) & ~reviewed & ~pl.col("decided_2").fill_null(value=False)


def _looked_up(places: pl.DataFrame, units: pl.DataFrame, code: str) -> pl.DataFrame:
    return places.join(units, on=["location_code", code], how="left", maintain_order="left")


def _filled(frame: pl.DataFrame, places: pl.DataFrame, place: pl.Series) -> pl.DataFrame:
    """Write the units into the place block; codes that the row had stay, and get the names that they lack."""
    needed = ("is_new", *(f"unit_{name}" for name in (*UNIT_FIELDS, "method", "score", "release")))
    found = frame.hstack(places.select(needed)[place])
    new = pl.col("is_new")
    names = {
        name: pl.when(pl.col(f"unit_{name[:-4]}code") == pl.col(f"{name[:-4]}code"))
        .then(pl.coalesce(name, f"unit_{name}"))
        .otherwise(name)
        for name in UNIT_FIELDS
        if name.endswith("name")
    }
    kept = {name: names.get(name, pl.col(name)) for name in UNIT_FIELDS}
    kept |= {name: pl.col(name) for name in ("pcode_method", "pcode_score", "pcode_release")}
    written = {name: f"unit_{name.removeprefix('pcode_')}" for name in kept}
    return found.with_columns(
        pl.when(new).then(written[name]).otherwise(expr).alias(name) for name, expr in kept.items()
    ).select(frame.columns)


def _remarks(places: pl.DataFrame, place: pl.Series, rule: str) -> pl.DataFrame:
    """Return a remark on each row of a place that the rule speaks about."""
    about = places.with_row_index("place").filter(pl.col(rule).fill_null(value=False))["place"]
    rows = pl.DataFrame({"place": place}).with_row_index("row").filter(pl.col("place").is_in(about.implode()))
    return rows.select("row", rule=pl.lit(rule), message=pl.lit(_MESSAGES[rule])).cast(REMARKS)


def _left_open(places: pl.DataFrame, final: pl.DataFrame, place: pl.Series, level: int) -> pl.DataFrame:
    """Return the places whose name or code of a level led nowhere, and nobody decided that it should not."""
    without = pl.DataFrame({"place": place, "final": final[f"admin{level}_code"]})
    counted = without.filter(pl.col("final").is_null()).group_by("place").len("rows").sort("place")
    said = pl.coalesce(f"provider_admin{level}_name", f"provider_admin{level}_code")
    apart = pl.when("pcode-nesting").then(pl.lit(_MESSAGES["pcode-nesting"]))
    rows = places.with_row_index("place").join(counted, on="place", maintain_order="right")
    return rows.filter(said.is_not_null(), ~pl.col(f"decided_{level}").fill_null(value=False)).select(
        "location_code",
        pl.lit(level, pl.UInt8).alias("level"),
        pl.col(f"parent_{level}").alias("parent_code"),
        said.alias("name"),
        pl.lit(None, pl.String).alias("code"),
        pl.coalesce(apart, f"reason_{level}").alias("reason"),
        _in_words(pl.col(f"candidates_{level}")).alias("candidates"),
        "rows",
    )


def _in_words(candidates: pl.Expr) -> pl.Expr:
    """Return candidates as a reviewer reads them: `SY0204 A'zaz 0.81; SY0207 Al Bab 0.55`."""
    one = pl.concat_str(
        pl.element().struct.field("code"),
        pl.element().struct.field("name"),
        pl.element().struct.field("score").round(2).cast(pl.String),
        separator=" ",
    )
    likely = candidates.list.filter(pl.element().struct.field("score") >= _WORTH_NAMING)
    return likely.list.eval(one).list.join("; ")


def tallied(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return unmatched names of several batches as one list, those of most rows first."""
    what = [name for name in UNMATCHED if name != "rows"]
    rows = pl.concat([pl.DataFrame(schema=UNMATCHED), *parts])
    counted = rows.group_by(what, maintain_order=True).agg(pl.col("rows").sum()).select(*UNMATCHED)
    return counted.sort(["rows", "location_code", "level", "name"], descending=[True, False, False, False])
