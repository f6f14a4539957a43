"""The maps of a tagged table: a row of a table for every figure of every row, and for every event."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import constant, context, count, derived, joined, text, words
from hxl_kit.sources.definition import Layout, Measure, TableMap
from hxl_kit.sources.hxl_table._fields import Row
from hxl_kit.standard.codelists import codelist

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hxl_kit.sources.hxl_table._columns import Columns, Counted

Fields = dict[str, pl.Expr]
NO_VALUE = ("-", "–", "—", "N/A", "n/a", "..", "...", "…")
_PREFIX = "hxl_table:"
_COUNTS = {"household": "households"}
_OVERLAPPING = ({"adult", "older_person"}, {"child", "infant"}, {"child", "adolescent"})


def layout_for(columns: Columns, header: Sequence[str]) -> Layout:
    """Return the layout of a table with these columns."""
    row, row_id = Row(columns.context), _row_id(columns)
    maps = [_figure(f, columns, row, row_id) for f in columns.figures]
    if has_events(columns):
        maps.append(_event(row, row_id))
    return Layout(
        id="tagged",
        title="tagged table",
        key=row_id,
        maps=tuple(maps),
        near_key=_whole(columns.known) if set(header) <= set(columns.known) else None,
        missing=NO_VALUE,
        measures=tuple(_measure(f) for f in columns.figures if f.value),
        notes=(*columns.notes, *_notes(columns)),
    )


def has_events(columns: Columns) -> bool:
    """Return whether the rows are events: they name one, and count nothing but people who came to harm."""
    names = {"event_id", "event_name", "event_type"} & columns.context.keys()
    return bool(names) and not columns.unread and all(f.figure.table == "casualties" for f in columns.figures)


def _row_id(columns: Columns) -> pl.Expr:
    """Return an id made of what a row says besides its figures; with the figures where several rows say the same.

    Rows that agree in everything that is read are numbered: they are alike, so their order does not matter.
    """
    about, whole = _whole(columns.context.values()), _whole(columns.known)
    copy = (pl.int_range(pl.len()).over(whole) + 1).cast(pl.String)
    said = pl.when(pl.len().over(about) == 1).then(about).otherwise(pl.concat_str(whole, copy, separator="#"))
    return derived(pl.concat_str(pl.lit(_PREFIX), said))


def _whole(names: Iterable[str]) -> pl.Expr:
    cells = [text(name).fill_null("") for name in names]
    return pl.concat_str(cells, separator=":") if cells else pl.lit("")


def _figure(counted: Counted, columns: Columns, row: Row, row_id: pl.Expr) -> TableMap:
    known = counted.figure.known
    tables = {"casualties": _casualties, "displacement": _displacement, "indicators": _indicators}
    fields: Fields = {
        "figure_id": joined(row_id, counted.tag, separator=":"),
        "source_id": context("source_id"),
        "claimed_by": row.claimant,
        **row.groups(known),
        **_quantity(counted),
        "role": _role(counted, columns, row),
        "overlap_group": joined(
            row_id, *(known[f] for f in ("harm", "flow", "stock", "indicator") if f in known)
        ),
        **row.place,
        **tables[counted.figure.table](known, row),
    }
    if counted.figure.table == "casualties" and has_events(columns):
        fields["event_id"] = row_id
    filled = pl.any_horizontal(text(name).is_not_null() for name in counted.columns)
    return TableMap(counted.figure.table, fields, where=filled)


def _quantity(counted: Counted) -> Fields:
    """Return the quantity: a tag does not say whether a number is a count or an estimate."""
    low, high = (count(name) if name else None for name in (counted.low, counted.high))
    fields: Fields = {"unit": constant(counted.figure.known.get("unit", _unit(counted)))}
    if counted.value:
        fields |= {"quantity_text": words(counted.value), "value": count(counted.value)}
    fields |= {"value_low": low} if low is not None else {}
    fields |= {"value_high": high} if high is not None else {}
    bounded = [text(name).is_not_null() for name in (counted.low, counted.high) if name]
    if not bounded:
        return fields | {"qualifier": constant("unknown")}
    is_range = pl.all_horizontal(bounded) & pl.lit(len(bounded) == len(("low", "high")))
    return fields | {
        "qualifier": derived(pl.when(is_range).then(pl.lit("range")).otherwise(pl.lit("unknown"))),
        "bounds_basis": derived(pl.when(pl.any_horizontal(bounded)).then(pl.lit("source_range"))),
    }


def _unit(counted: Counted) -> str:
    return "event" if counted.figure.known.get("indicator") == "events" else "person"


def _role(counted: Counted, columns: Columns, row: Row) -> pl.Expr:
    """Return what a figure is good for: the whole is recommended, or its parts where they do not overlap.

    Nothing is where rows are split by what the tables cannot hold, or where no date says when it was so.
    """
    alike = [f for f in columns.figures if _same_kind(f, counted)]
    groups = [(f.figure.known.get("sex", "all"), f.figure.known.get("age_group", "all")) for f in alike]
    own = (counted.figure.known.get("sex", "all"), counted.figure.known.get("age_group", "all"))
    chosen = own == ("all", "all") or (("all", "all") not in groups and are_disjoint(groups))
    is_stock = "stock" in counted.figure.known or counted.figure.table == "indicators"
    plain = (
        len(counted.figure.known) - ("sex" in counted.figure.known) - ("age_group" in counted.figure.known)
        == 1
    )
    if columns.dimensions or not (chosen and plain and (row.is_period or is_stock)):
        return constant("triangulation")
    whole = [
        row.cell(name).str.to_lowercase().is_in(["all", "total", "both"])
        for name in ("sex", "age_group")
        if row.has(name)
    ]
    return derived(
        pl.when(pl.all_horizontal(row.is_dated, *whole).fill_null(value=False))
        .then(pl.lit("recommended"))
        .otherwise(pl.lit("triangulation"))
    )


def are_disjoint(groups: Sequence[tuple[str, str]]) -> bool:
    """Return whether no person can be in two of the groups of sex and age."""
    sexes, ages = ({group[n] for group in groups} for n in (0, 1))
    mixed = any("all" in values and len(values) > 1 for values in (sexes, ages))
    return not mixed and len(set(groups)) == len(groups) and not any(pair <= ages for pair in _OVERLAPPING)


def _same_kind(one: Counted, other: Counted) -> bool:
    fields = ("harm", "flow", "stock", "indicator")
    return one.figure.table == other.figure.table and all(
        one.figure.known.get(f) == other.figure.known.get(f) for f in fields
    )


def _casualties(known: dict[str, str], row: Row) -> Fields:
    start, end, precision = row.dates
    counting = known.get("counting", "incident" if row.is_period else "snapshot")
    return {
        "harm": constant(known["harm"]),
        "person_status": constant(known.get("person_status", "unknown")),
        "population_group": constant(known.get("population_group", "all")),
        **({"cause": constant(known["cause"])} if "cause" in known else {}),
        "counting": constant(counting),
        "date_start": start,
        "date_end": end,
        "date_precision": precision,
    }


def _displacement(known: dict[str, str], row: Row) -> Fields:
    start, end, precision = row.dates
    period = {"as_of": end} if "stock" in known else {"date_start": start, "date_end": end}
    return {
        "measure": constant("stock" if "stock" in known else "flow"),
        "category": constant(known.get("stock") or known["flow"]),
        **({"cause": constant(known["cause"])} if "cause" in known else {}),
        "counts": constant(_COUNTS.get(known.get("unit", ""), "people")),
        **period,
        "date_precision": precision,
        **row.origin,
    }


def _indicators(known: dict[str, str], row: Row) -> Fields:
    _, end, precision = row.dates
    return {"indicator": constant(known["indicator"]), "as_of": end, "date_precision": precision}


def _event(row: Row, row_id: pl.Expr) -> TableMap:
    start, end, precision = row.dates
    kind = row.cell("event_type")
    return TableMap(
        "events",
        {
            "event_id": row_id,
            "source_id": context("source_id"),
            "provider_event_id": row.cell("event_id"),
            "event_name": row.cell("event_name"),
            "event_type": derived(_event_type(kind)),
            "event_subtype": kind,
            "date_start": pl.coalesce(start, end),
            "date_end": end,
            "date_precision": precision,
            **row.place,
            "is_aggregate": constant(value=False),
        },
    )


def _event_type(kind: pl.Expr) -> pl.Expr:
    known = {name.lower(): c.code for c in codelist("event_type").codes for name in (c.code, c.title)}
    return (
        kind.str.to_lowercase()
        .replace_strict(known, default="other", return_dtype=pl.String)
        .fill_null("other")
    )


def _measure(counted: Counted) -> Measure:
    of_column = pl.col("figure_id").str.ends_with(f":{counted.tag}")
    column = str(counted.value)
    return Measure(column, counted.figure.table, "value", of_column, read=count(column))


def _notes(columns: Columns) -> tuple[str, ...]:
    split = ", ".join(columns.dimensions)
    notes = ["numbers are kept as they are; a tag does not say whether one is a count or an estimate"]
    if split:
        notes.append(
            f"rows are split by {split}, so the same people may stand in several: none is recommended"
        )
    if has_events(columns):
        notes.append(
            "types of events that are not the standard's own are of the type other, in the publisher's words"
        )
    return tuple(notes)
