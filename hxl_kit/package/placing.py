"""Placing: the tables of a batch get their P-codes, as package.yaml's `places` says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.normalise import WARNINGS
from hxl_kit.places.assigning import KEY, Assigner, tallied
from hxl_kit.places.boundaries import Boundaries
from hxl_kit.places.decisions import no_decisions, read_decisions
from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.package.author import Places


@dataclass
class Placer:
    """Gives rows their P-codes, and collects the names that led to none.

    Without an assigner the tables stay as they are.
    """

    assigner: Assigner | None
    _unmatched: list[pl.DataFrame] = field(default_factory=list)

    def place(self, tables: Mapping[str, pl.DataFrame]) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
        """Return the tables with P-codes where they are certain, and warnings (table, id, rule, message)."""
        placed, warnings = dict(tables), [pl.DataFrame(schema=WARNINGS)]
        for name, frame in tables.items():
            if self.assigner and frame.height and set(KEY) <= set(frame.columns):
                found = self.assigner.assign(frame)
                placed[name] = found.frame
                warnings.append(_named(found.remarks, frame, name))
                self._unmatched.append(found.unmatched)
        return placed, pl.concat(warnings)

    def notes(self) -> dict[str, tuple[str, ...]]:
        """Return what was found and done in the files of boundaries, by file."""
        return {b.name: b.notes for b in self.assigner.boundaries} if self.assigner else {}

    def unmatched(self) -> pl.DataFrame:
        """Return the names that led to no unit, as `assigning.UNMATCHED`; each with the rows of all tables."""
        return tallied(self._unmatched)


def placer_of(places: Places) -> Placer:
    """Return the placer that package.yaml's `places` asks for.

    Raises:
        UsageError: a gazetteer is not there, or a decision names no unit.
        InputError: a file of boundaries or decisions cannot be read.
    """
    if not places.match:
        return Placer(None)
    units = gazetteer(*places.gazetteers)
    decisions = read_decisions(places.decisions, units) if places.decisions else no_decisions()
    boundaries = [
        Boundaries.read(b.path, country=b.country, level=b.level, code_field=b.code_field, gazetteer=units)
        for b in places.boundaries
    ]
    return Placer(Assigner(units, decisions, boundaries))


def _named(remarks: pl.DataFrame, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return remarks on rows as warnings that name the rows by their keys."""
    ids = frame.select(pl.concat_str(list(table(name).primary_key), separator=" ").alias("id"))
    return remarks.select(
        table=pl.lit(name),
        id=ids["id"].gather(remarks["row"]),
        rule="rule",
        message="message",
    )
