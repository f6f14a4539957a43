"""The columns of figures by topic (`schemas/columns/insecurity_insight.csv`) and the maps they give."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import boolean, constant, context, integer, joined, text, words
from hxl_kit.sources._blocks import EVERYONE
from hxl_kit.sources.definition import Measure, TableMap
from hxl_kit.standard import schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_THE_ROW = "@"
"""Begins the name of something that the row tells of its victims, instead of a value."""


@dataclass(frozen=True)
class Figure:
    """A column that counts something, as the table of columns describes it.

    `code` is a harm or an indicator; `reads` is "number" or "yes_no" (yes counts as one). `victim_group`, `sex`
    and `age_group` name with "@" what the row tells of all its victims.
    """

    topic: str
    column: str
    other_names: str
    table: str
    figure: str
    code: str
    population_group: str
    victim_group: str
    sex: str
    age_group: str
    role: str
    unit: str
    reads: str

    @property
    def number(self) -> pl.Expr:
        """The column as whole numbers."""
        return boolean(self.column).cast(pl.Int64) if self.reads == "yes_no" else integer(self.column)

    @property
    def counted(self) -> pl.Expr:
        """Whether a row has the figure: nought stands wherever nothing was recorded."""
        none = ("0", "false", "no", "n") if self.reads == "yes_no" else ("0",)
        return ~text(self.column).str.to_lowercase().is_in(none)

    @property
    def measure(self) -> Measure:
        """The figure's total, which must be the same before and after."""
        its_rows = pl.col("figure_id").str.ends_with(f":{self.figure}")
        return Measure(self.column, self.table, "value", its_rows, read=self.number)


@cache
def figures_of(topic: str) -> tuple[Figure, ...]:
    """Return the figures of a topic, in the order of its files."""
    path = schemas.path_of("columns", "insecurity_insight.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(Figure(**row) for row in csv.DictReader(file) if row["topic"] == topic)


def other_names(figures: tuple[Figure, ...]) -> dict[str, tuple[str, ...]]:
    """Return the other names that columns of figures have in some files."""
    return {f.column: (f.other_names,) for f in figures if f.other_names}


def figure_map(
    figure: Figure, identity: pl.Expr, shared: Mapping[str, pl.Expr], victims: Mapping[str, pl.Expr]
) -> TableMap:
    """Return the map of one column of figures.

    `identity` names what the row speaks of, `shared` are the columns that all figures of the row have, `victims`
    what the row tells of its victims. Figures of the same people in the files of several topics share their
    overlap group, which is made from the provider's identifier, the people and the harm.
    """
    people = f"{figure.population_group}:{figure.code}" if figure.population_group else figure.code
    own = (
        _casualty(figure, victims)
        if figure.table == "casualties"
        else {"indicator": constant(figure.code), **EVERYONE}
    )
    columns = {
        "figure_id": joined(identity, figure.figure),
        "source_id": context("source_id"),
        **shared,
        **own,
        **_quantity(figure),
        "role": constant(figure.role),
        "overlap_group": joined("insecurity_insight", shared["overlap_group"], people),
    }
    return TableMap(figure.table, columns, where=figure.counted)


def _quantity(figure: Figure) -> dict[str, pl.Expr]:
    """Return the quantity block: a one may stand for a number that is not known, so that there are no bounds."""
    unit = {"unit": constant(figure.unit)} if figure.unit else {}
    return {
        "quantity_text": words(figure.column),
        "value": figure.number,
        "qualifier": constant("unknown"),
        **unit,
    }


def _casualty(figure: Figure, victims: Mapping[str, pl.Expr]) -> dict[str, pl.Expr]:
    described = {
        "victim_group": figure.victim_group,
        "sex": figure.sex,
        "age_group": figure.age_group,
    }
    told = {
        name: victims[name] if value.startswith(_OF_THE_ROW) else constant(value)
        for name, value in described.items()
        if value
    }
    return {
        "harm": constant(figure.code),
        "person_status": constant("unknown"),
        "population_group": constant(figure.population_group),
        "counting": constant("incident"),
        **told,
    }
