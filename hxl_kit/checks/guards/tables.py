"""Guards that rows break together: G3–G7, G9, G10 and G12, and references that are no foreign keys."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.checks.guards.kept import KINDS
from hxl_kit.checks.guards.parts import parts_above_total
from hxl_kit.checks.guards.told import TOLD
from hxl_kit.checks.rule import TableRule, Tables
from hxl_kit.standard.guards import nestings

if TYPE_CHECKING:
    from collections.abc import Callable

_SAME = ("source", "kind", "about", "claimed", "unit", "place", "period", "sex", "age_group")
_SERIES = (
    *("publisher", "kind", "about", "who", "claimed", "unit", "place", "event"),
    *("sex", "age_group", "date_start"),
)


def table_rules(table_name: str) -> tuple[TableRule, ...]:
    """Return the guards on the rows of a table taken together, none for tables that have none."""
    if table_name in KINDS:
        return _figure_rules(table_name)
    events = (
        _rule("parent-event", "events", "parent_event_id", _unknown_parents),
        _rule("cluster-countries", "events", "cluster_id", _scattered_clusters),
    )
    claims = (_rule("claim-about", "claims", "about_id", _claims_about_nothing),)
    return {"events": events, "claims": claims}.get(table_name, ())


def _figure_rules(name: str) -> tuple[TableRule, ...]:
    rules = (
        _rule("superseded-recommended", name, "role", partial(_superseded, name=name)),
        _rule("retracted-recommended", name, "role", partial(_retracted, name=name)),
        _rule("overlap-recommended", name, "overlap_group", partial(_overlapping, name=name)),
        _rule("aggregate-recommended", name, "role", partial(_aggregates, name=name)),
        _rule("category-recommended", name, "role", partial(_nested_categories, name=name)),
        _rule("parts-above-total", name, "value", partial(_parts, name=name)),
        _rule("other-sources", name, "source_id", partial(_other_sources, name=name)),
    )
    revised = _rule("revised-down", name, "value", partial(_revised_down, name=name))
    return (*rules, revised) if name == "casualties" else rules


def _rule(slug: str, table: str, field: str, found: Callable[[Tables], pl.DataFrame]) -> TableRule:
    told = TOLD[slug]
    return TableRule(slug, table, field, told.severity, found, told.message)


def _rows(found: pl.DataFrame, *params: str) -> pl.DataFrame:
    """Return rows that break a rule with the values of its message, in the order of the file."""
    return found.select("row_number", *params).sort("row_number")


def _recommended(tables: Tables, name: str) -> pl.DataFrame:
    return tables[name].filter(pl.col("recommended"))


def _superseded(tables: Tables, *, name: str) -> pl.DataFrame:
    replaced = tables[name].select(id="supersedes").drop_nulls()
    found = _recommended(tables, name).join(replaced, on="id", how="semi")
    return _rows(found)


def _retracted(tables: Tables, *, name: str) -> pl.DataFrame:
    """Find figures whose count or whole occurrence was taken back; a retracted intent leaves the number."""
    taken_back = (
        tables["claims"]
        .filter(
            pl.col("about_table") == name,
            pl.col("stance") == "retracts",
            pl.col("aspect").is_in(["count", "occurrence"]),
        )
        .select(id="about")
    )
    found = _recommended(tables, name).join(taken_back, on="id", how="semi")
    return _rows(found)


def _overlapping(tables: Tables, *, name: str) -> pl.DataFrame:
    groups = (
        _recommended(tables, name)
        .filter(pl.col("overlap").is_not_null())
        .group_by("overlap", "kind", "unit", "sex", "age_group")
        .agg(pl.col("row_number").min(), count=pl.len())
        .filter(pl.col("count") > 1)
    )
    return _rows(groups, "count")


def _aggregates(tables: Tables, *, name: str) -> pl.DataFrame:
    children = _ancestors(tables["events"].select(event="id", parent="parent").drop_nulls().unique())
    figures = _recommended(tables, name).filter(pl.col("event").is_not_null())
    counted = figures.join(children, on="event").select("kind", "unit", "sex", "age_group", event="parent")
    found = figures.join(counted, on=["kind", "unit", "sex", "age_group", "event"], how="semi")
    return _rows(found)


def _ancestors(parents: pl.DataFrame) -> pl.DataFrame:
    """Return every event with each event that it is within, at any depth: events within events, from the pairs."""
    found = step = parents
    while not step.is_empty():
        above = parents.rename({"event": "parent", "parent": "above"})
        step = step.join(above, on="parent").select("event", parent="above").unique()
        step = step.join(found, on=["event", "parent"], how="anti")
        found = pl.concat([found, step])
    return found.filter(pl.col("event") != pl.col("parent"))


def _nested_categories(tables: Tables, *, name: str) -> pl.DataFrame:
    """Find recommended figures of a category beside those of a wider one for the same place, period and people."""
    statistics = tables["events"].filter(pl.col("is_aggregate")).select("event_subtype", event="id")
    figures = _recommended(tables, name)
    by_event = figures.join(statistics, on="event")
    found = [
        _within(by_event, "event_subtype", (*_SAME, "who")),
        _within(figures, "person_status", (*_SAME, "population", "event")),
    ]
    return _rows(pl.concat(found))


def _within(figures: pl.DataFrame, field: str, same: tuple[str, ...]) -> pl.DataFrame:
    """Return the rows whose value of a field lies within that of another row with the same other columns."""
    pairs = pl.DataFrame(
        {"part": [n.part for n in nestings(field)], field: [n.whole for n in nestings(field)]},
        schema={"part": pl.String, field: pl.String},
    )
    wholes = figures.join(pairs, on=field).select(*same, pl.col("part").alias(field))
    return figures.join(wholes, on=[*same, field], how="semi", nulls_equal=True).select("row_number")


def _parts(tables: Tables, *, name: str) -> pl.DataFrame:
    return _rows(parts_above_total(tables[name]), "message", "least")


def _with_publisher(figures: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """Return the figures with the publisher of their source, the source itself where none is named."""
    publishers = tables["sources"].select("publisher", source="id").unique("source")
    named = figures.join(publishers, on="source", how="left")
    return named.with_columns(pl.coalesce("publisher", "source").alias("publisher"))


def _revised_down(tables: Tables, *, name: str) -> pl.DataFrame:
    """Find cumulative figures below an earlier one of their series.

    Where a publisher has several figures of one day, such as verified and all deaths, they are several series:
    those whose figure_id is the same but for its dates.
    """
    series = tables[name].filter(
        pl.col("cumulative"), pl.col("number").is_not_null(), pl.col("date_end").is_not_null()
    )
    several = (pl.len().over(*_SERIES, "date_end") > 1).max().over(_SERIES)
    same = (*_SERIES, "series")
    days = (
        _with_publisher(series, tables)
        .with_columns(series=pl.when(several).then("series"))
        .group_by(*same, "date_end")
        .agg(pl.col("row_number").min(), most=pl.col("number").max(), least=pl.col("number").min())
        .sort("date_end")
        .with_columns(before=pl.col("least").shift().over(same), day=pl.col("date_end").shift().over(same))
        .filter(pl.col("most") < pl.col("before"))
    )
    return _rows(days, "date_end", "day")


def _other_sources(tables: Tables, *, name: str) -> pl.DataFrame:
    """Find, by kind and country, recommended figures of several publishers whose places and periods meet."""
    about = ["kind", "unit", "location_code"]
    since, until = pl.coalesce("date_start", "as_of"), pl.coalesce("date_end", "as_of")
    covered = (
        _with_publisher(_recommended(tables, name), tables)
        .filter(pl.col("publisher").n_unique().over(about) > 1)
        .group_by(*about, "admin1_code", "publisher")
        .agg(
            pl.col("row_number").min(),
            since=since.fill_null(date.min).min(),
            until=until.fill_null(date.max).max(),
        )
    )
    meets = (pl.col("since") <= pl.col("until_right")) & (pl.col("since_right") <= pl.col("until"))
    somewhere = pl.any_horizontal(pl.col("admin1_code", "admin1_code_right").is_null())
    here = (pl.col("admin1_code") == pl.col("admin1_code_right")) | somewhere
    groups = (
        covered.join(covered, on=about, nulls_equal=True)
        .filter(pl.col("publisher") != pl.col("publisher_right"), meets, here)
        .group_by(about)
        .agg(pl.col("row_number").min(), count=pl.col("publisher").n_unique())
    )
    return _rows(groups, "count")


def _unknown_parents(tables: Tables) -> pl.DataFrame:
    events = tables["events"]
    found = events.filter(pl.col("parent").is_not_null()).join(
        events.select(parent="id"), on="parent", how="anti"
    )
    return _rows(found)


def _scattered_clusters(tables: Tables) -> pl.DataFrame:
    found = (
        tables["events"]
        .filter(pl.col("cluster").is_not_null(), pl.col("location_code").is_not_null())
        .group_by("cluster")
        .agg(pl.col("row_number").min(), countries=pl.col("location_code").n_unique())
        .filter(pl.col("countries") > 1)
    )
    return _rows(found)


def _claims_about_nothing(tables: Tables) -> pl.DataFrame:
    """Find claims about records that are not there; what was taken back need not be."""
    claims = tables["claims"].filter(pl.col("stance") != "retracts")
    records = [
        frame.select(pl.lit(name).alias("about_table"), about="id")
        for name, frame in tables.items()
        if name in {*KINDS, "events", "claims"}
    ]
    known = pl.concat(records)
    found = claims.join(known.select("about_table").unique(), on="about_table", how="semi").join(
        known, on=["about_table", "about"], how="anti"
    )
    return _rows(found)
