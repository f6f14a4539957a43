"""Placing: the tables of a batch get their P-codes, as package.yaml's `places` says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.normalise import WARNINGS
from hxl_kit.places.assigning import KEY, Assigner, tallied
from hxl_kit.places.boundaries import Boundaries
from hxl_kit.places.decisions import no_decisions, provider_decisions, read_decisions
from hxl_kit.places.gazetteer import gazetteer
from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hxl_kit.package.author import Places
    from hxl_kit.places.gazetteer import Gazetteer


@dataclass
class Placer:
    """Gives rows their P-codes, and collects the names that led to none.

    Without a gazetteer the tables stay as they are. People's decisions go before what is known of a source's names.
    """

    gazetteer: Gazetteer | None
    decisions: pl.DataFrame = field(default_factory=no_decisions)
    boundaries: tuple[Boundaries, ...] = ()

    def __post_init__(self) -> None:
        self._assigners: dict[str, Assigner] = {}
        self._unmatched: list[pl.DataFrame] = []

    def place(
        self, tables: Mapping[str, pl.DataFrame], source: str = ""
    ) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
        """Return the tables of a source with P-codes where they are certain, and warnings (table, id, rule, message)."""
        placed, warnings = dict(tables), [pl.DataFrame(schema=WARNINGS)]
        assigner = self._assigner_of(source)
        for name, frame in tables.items():
            if assigner and frame.height and set(KEY) <= set(frame.columns):
                found = assigner.assign(frame)
                placed[name] = found.frame
                warnings.append(_named(found.remarks, frame, name))
                self._unmatched.append(found.unmatched)
        return placed, pl.concat(warnings)

    def _assigner_of(self, source: str) -> Assigner | None:
        if self.gazetteer is None:
            return None
        own = provider_decisions(source)
        known = source if own.height else ""
        if known not in self._assigners:
            decided = pl.concat([self.decisions, own])
            self._assigners[known] = Assigner(self.gazetteer, decided, self.boundaries)
        return self._assigners[known]

    def notes(self) -> dict[str, tuple[str, ...]]:
        """Return what was found and done in the files of boundaries, by file."""
        return {b.name: b.notes for b in self.boundaries}

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
    boundaries = (
        Boundaries.read(b.path, country=b.country, level=b.level, code_field=b.code_field, gazetteer=units)
        for b in places.boundaries
    )
    return Placer(units, decisions, tuple(boundaries))


def _named(remarks: pl.DataFrame, frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """Return remarks on rows as warnings that name the rows by their keys."""
    ids = frame.select(pl.concat_str(list(table(name).primary_key), separator=" ").alias("id"))
    return remarks.select(
        table=pl.lit(name),
        id=ids["id"].gather(remarks["row"]),
        rule="rule",
        message="message",
    )
