"""What a table is reduced to before its rows are compared: a few numbers, dates and flags, and hashes of the rest.

A hash stands for the columns that must be equal, so that a package of many hundred thousand rows is compared as
a handful of integers per row. Hashes of 64 bits of a million rows collide once in some 40 million packages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.standard.tables import table

if TYPE_CHECKING:
    from collections.abc import Collection

PLACE = (
    *("location_code", "provider_location_code", "provider_location_name"),
    *("admin1_code", "admin2_code", "admin3_code", "place_name", "latitude", "longitude"),
    *("provider_admin1_code", "provider_admin1_name", "provider_admin2_code", "provider_admin2_name"),
)
"""The columns that say where, as the standard and as the provider names it."""

KINDS = {
    "casualties": ("harm",),
    "displacement": ("measure", "category", "counts"),
    "indicators": ("indicator",),
}
"""By table of figures, what a figure counts: figures of different kinds are never one sum."""

_ABOUT = {
    "casualties": ("victim_group", "cause", "weapon", "alleged_perpetrator", "counting", "grading"),
    "displacement": ("cause", "origin_location_code", "origin_admin1_code", "origin_admin1_name", "round"),
    "indicators": (),
}
_WHO = ("person_status", "population_group")
_DATE = r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?"
_PERIOD = ("date_start", "date_end", "as_of")
_AS_THEY_ARE = (
    *("sex", "age_group", "person_status", "value_low", "value_high", "date_start", "date_end"),
    *("location_code", "admin1_code", "as_of"),
)


def kept(name: str, columns: Collection[str]) -> list[pl.Expr]:
    """Return the columns to keep of a table of the standard, none of a table that no rule compares.

    `columns` are those of the standard's that the table at hand has; the others count as empty.
    """
    row = _Row(name, columns)
    if name in KINDS:
        return [pl.col("row_number"), *_figure(row, name)]
    others = {
        "sources": {"id": row.id("source_id"), "publisher": row.id("publisher")},
        "events": {
            "id": row.id("event_id"),
            "parent": row.id("parent_event_id"),
            "cluster": row.id("cluster_id"),
            "location_code": row["location_code"],
            "event_subtype": row["event_subtype"],
            "is_aggregate": row["is_aggregate"],
        },
        "claims": {
            "id": row.id("claim_id"),
            "about": row.id("about_id"),
            "about_table": row["about_table"],
            "stance": row["stance"],
            "aspect": row["aspect"],
        },
    }
    return (
        [
            expr.alias(kept_as)
            for kept_as, expr in ({"row_number": pl.col("row_number")} | others[name]).items()
        ]
        if name in others
        else []
    )


def _figure(row: _Row, name: str) -> list[pl.Expr]:
    kind, about = KINDS[name], _ABOUT[name]
    described = {
        "id": row.id("figure_id"),
        "series": row["figure_id"].str.replace_all(_DATE, "").hash(),
        "source": row.id("source_id"),
        "event": row.id("event_id"),
        "overlap": row.id("overlap_group"),
        "supersedes": row.id("supersedes"),
        "recommended": row["role"] == "recommended",
        "cumulative": row["counting"] == "cumulative",
        "number": pl.coalesce(row["value"], row["value_low"]),
        "kind": row.hash(*kind),
        "claimed": row.hash("claimed_by"),
        "unit": row.hash("unit"),
        "population": row.hash("population_group"),
        "about": row.hash(*about),
        "who": row.hash(*_WHO),
        "place": row.hash(*PLACE),
        "period": row.hash(*_PERIOD),
    }
    return [expr.alias(n) for n, expr in (described | {n: row[n] for n in _AS_THEY_ARE}).items()]


class _Row:
    """The columns of a table by name; those that the standard or the table at hand lacks are empty."""

    def __init__(self, name: str, columns: Collection[str]) -> None:
        self._columns = set(columns) & set(table(name).names)
        self._types = {field.name: field.type for field in table(name).fields}

    def __getitem__(self, column: str) -> pl.Expr:
        if column in self._columns:
            return pl.col(column)
        return pl.lit(None, _TYPES[_OF.get(column, "string")])

    def id(self, column: str) -> pl.Expr:
        """Return the hash of an identifier, empty where there is none."""
        cell = self[column]
        return pl.when(cell.is_not_null()).then(cell.hash())

    def hash(self, *columns: str) -> pl.Expr:
        """Return one hash of several columns, empty cells included."""
        present = [column for column in columns if column in self._columns]
        return pl.struct(present).hash() if present else pl.lit(0, pl.UInt64)


_TYPES = {"string": pl.String, "number": pl.Float64, "date": pl.Date, "boolean": pl.Boolean}
_OF = {
    **dict.fromkeys(("value", "value_low", "value_high"), "number"),
    **dict.fromkeys(("date_start", "date_end", "as_of"), "date"),
    "is_aggregate": "boolean",
}
