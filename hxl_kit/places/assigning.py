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
from hxl_kit.places.levels import LEVELS, resolve_level
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
_MESSAGES = {
    "pcode-name": "the provider's P-code and name are of different units",
    "pcode-nesting": "the provider's units of level 1 and 2 do not lie in one another",
}
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
    """Assigns units to the rows of tables that have the place block; each distinct place is looked for once."""

    gazetteer: Gazetteer
    decisions: pl.DataFrame = field(default_factory=no_decisions)
    boundaries: Sequence[Boundaries] = ()

    def __post_init__(self) -> None:
        self._places: pl.DataFrame | None = None

    @cached_property
    def _lineage(self) -> pl.DataFrame:
        return lineage(self.gazetteer)

    @cached_property
    def _covered(self) -> pl.DataFrame:
        return self.gazetteer.units.select("location_code", "level").unique()

    def assign(self, frame: pl.DataFrame) -> Assigned:
        """Return a typed table of the standard with P-codes, names, method, score and release where certain."""
        keys = frame.select(KEY).unique(maintain_order=True)
        keys = keys.filter(
            pl.col("location_code").is_not_null(), pl.any_horizontal(pl.col(_SAID).is_not_null())
        )
        if not keys.height:
            final, remarks = located(frame, self.boundaries, self._lineage)
            return Assigned(final, remarks, pl.DataFrame(schema=UNMATCHED))
        places = self._places_of(keys)
        found = frame.join(places, on=KEY, how="left", nulls_equal=True, maintain_order="left")
        final, remarks = located(_filled(found, frame.columns), self.boundaries, self._lineage)
        told = [_remarks(found, rule) for rule in _MESSAGES]
        return Assigned(final, pl.concat([*told, remarks]), self._unmatched(found, final))

    def _places_of(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return all places known so far, the new ones resolved."""
        known = self._places
        new = (
            keys
            if known is None
            else keys.join(known, on=KEY, how="anti", nulls_equal=True, maintain_order="left")
        )
        if known is None:
            known = self._places = self._resolved(new)
        elif new.height:
            known = self._places = pl.concat([known, self._resolved(new)])
        return known

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

    def _unmatched(self, found: pl.DataFrame, final: pl.DataFrame) -> pl.DataFrame:
        """Return the names and codes that led to no unit of their level, with the number of rows of each."""
        listed = pl.concat(_left_open(found, final, level) for level in LEVELS)
        listed = listed.join(self._covered, on=["location_code", "level"], how="semi")
        what = [name for name in UNMATCHED if name != "rows"]
        return listed.group_by(what, maintain_order=True).len("rows").select(*UNMATCHED)


def _finest(places: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    """Choose between the units of the two levels; where they contradict each other there is none."""
    decided = (pl.col("method_2") == "reviewed").fill_null(value=False)
    apart = (pl.col("unit_1") != pl.col("over_2")).fill_null(value=False) & ~decided
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


def _looked_up(places: pl.DataFrame, units: pl.DataFrame, code: str) -> pl.DataFrame:
    return places.join(units, on=["location_code", code], how="left", maintain_order="left")


def _filled(found: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Write the units into the place block; codes that the row had stay, and get the names that they lack."""
    new = pl.col("is_new").fill_null(value=False)
    names = {
        name: pl.when(pl.col(f"unit_{name[:-4]}code") == pl.col(f"{name[:-4]}code"))
        .then(pl.coalesce(name, f"unit_{name}"))
        .otherwise(name)
        for name in UNIT_FIELDS
        if name.endswith("name")
    }
    kept = {name: names.get(name, pl.col(name)) for name in UNIT_FIELDS}
    return found.with_columns(
        *(pl.when(new).then(f"unit_{name}").otherwise(expr).alias(name) for name, expr in kept.items()),
        pcode_method=pl.when(new).then("unit_method").otherwise("pcode_method"),
        pcode_score=pl.when(new).then("unit_score").otherwise("pcode_score"),
        pcode_release=pl.when(new).then("unit_release").otherwise("pcode_release"),
    ).select(columns)


def _remarks(found: pl.DataFrame, rule: str) -> pl.DataFrame:
    rows = found.with_row_index("row").filter(pl.col(rule).fill_null(value=False))
    return rows.select("row", rule=pl.lit(rule), message=pl.lit(_MESSAGES[rule])).cast(REMARKS)


def _left_open(found: pl.DataFrame, final: pl.DataFrame, level: int) -> pl.DataFrame:
    """Return the rows whose name or code of a level led nowhere, and nobody decided that it should not."""
    said = pl.coalesce(f"provider_admin{level}_name", f"provider_admin{level}_code")
    rows = found.with_columns(final=final[f"admin{level}_code"], level=pl.lit(level, pl.UInt8)).filter(
        said.is_not_null(),
        pl.col("final").is_null(),
        ~pl.col(f"decided_{level}").fill_null(value=False),
        pl.col("location_code").is_not_null(),
    )
    apart = pl.when("pcode-nesting").then(pl.lit(_MESSAGES["pcode-nesting"]))
    return rows.select(
        "location_code",
        "level",
        pl.col(f"parent_{level}").alias("parent_code"),
        said.alias("name"),
        pl.lit(None, pl.String).alias("code"),
        pl.coalesce(apart, f"reason_{level}").alias("reason"),
        _in_words(pl.col(f"candidates_{level}")).alias("candidates"),
    )


def _in_words(candidates: pl.Expr) -> pl.Expr:
    """Return candidates as a reviewer reads them: `SY0204 A'zaz 0.81; SY0207 Al Bab 0.55`."""
    one = pl.concat_str(
        pl.element().struct.field("code"),
        pl.element().struct.field("name"),
        pl.element().struct.field("score").round(2).cast(pl.String),
        separator=" ",
    )
    return candidates.list.eval(one).list.join("; ")


def tallied(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return unmatched names of several batches as one list, those of most rows first."""
    what = [name for name in UNMATCHED if name != "rows"]
    rows = pl.concat([pl.DataFrame(schema=UNMATCHED), *parts])
    counted = rows.group_by(what, maintain_order=True).agg(pl.col("rows").sum()).select(*UNMATCHED)
    return counted.sort(["rows", "location_code", "level", "name"], descending=[True, False, False, False])
