"""UCDP Georeferenced Event Dataset: one row per event of lethal organised violence.

Layouts of 49 (18.1 onwards), 42 and 41 columns (19.1 era) differ in order and in columns; they are
mapped by name. Meanings of codes: UCDP GED Codebook, https://ucdp.uu.se/downloads/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import (
    code,
    constant,
    context,
    date,
    derived,
    integer,
    joined,
    line,
    number,
    text,
    titled,
)
from hxl_kit.sources.definition import Layout, Lookalike, Measure, Source, TableMap

if TYPE_CHECKING:
    from collections.abc import Callable

_EVENT_ID = joined("ucdp_ged", text("id"))
_LOCATION = code("country_id", "gleditsch_ward-location")
_ONE_SIDED = text("type_of_violence") == "3"
_SIDES = {"side_a": text("side_a"), "side_b": text("side_b")}
# One-sided violence is the killing of civilians by side A.
_PERPETRATOR = derived(pl.when(_ONE_SIDED).then(_SIDES["side_a"]))
_VIOLENCE = {"1": "state-based", "2": "non-state", "3": "one-sided"}

_PLACE: dict[str, pl.Expr] = {
    "location_code": _LOCATION,
    "location_name": titled(_LOCATION, "location"),
    "provider_location_code": text("country_id"),
    "provider_location_name": text("country"),
    "provider_admin1_name": text("adm_1"),
    "provider_admin2_name": text("adm_2"),
    "place_name": text("where_coordinates"),
    "latitude": number("latitude"),
    "longitude": number("longitude"),
    "geo_precision": code("where_prec", "ucdp_ged-geo_precision"),
    "pcode_method": constant("none"),
}
_PERIOD: dict[str, pl.Expr] = {
    "date_start": date("date_start"),
    "date_end": date("date_end"),
    "date_precision": code("date_prec", "ucdp_ged-date_precision"),
}


def _actor_type(side: str) -> pl.Expr:
    """Return the type of an actor; UCDP names every state actor "Government of X"."""
    name = text(side)
    return (
        pl.when(name.str.starts_with("Government of "))
        .then(pl.lit("state"))
        .when(name.is_in(["Civilians", "civilians"]))
        .then(pl.lit("civilians"))
        .when(name.is_not_null())
        .then(pl.lit("non_state"))
    )


_EVENTS = TableMap(
    "events",
    {
        "event_id": _EVENT_ID,
        "source_id": context("source_id"),
        "provider_event_id": text("id"),
        "event_type": code("type_of_violence", "ucdp_ged-event_type"),
        "event_subtype": text("type_of_violence").replace_strict(
            _VIOLENCE, default=None, return_dtype=pl.String
        ),
        "civilian_targeting": derived(pl.when(_ONE_SIDED).then(pl.lit(True))),
        "conflict_id": text("conflict_new_id"),
        "conflict_name": text("conflict_name"),
        "dyad_name": text("dyad_name"),
        **_PERIOD,
        **_PLACE,
        "actor1_name": _SIDES["side_a"],
        "actor1_type": _actor_type("side_a"),
        "actor2_name": _SIDES["side_b"],
        "actor2_type": _actor_type("side_b"),
        "fatalities": integer("best"),
        "fatalities_low": integer("low"),
        "fatalities_high": integer("high"),
        "event_clarity": code("event_clarity", "ucdp_ged-event_clarity"),
        "is_aggregate": text("event_clarity") == "2",
    },
)


def _killed(part: str, role: str, **given: pl.Expr) -> dict[str, pl.Expr]:
    """Return the columns of a figure of people killed in the event; `part` completes its id."""
    return {
        "figure_id": joined("ucdp_ged", text("id"), part),
        "source_id": context("source_id"),
        "event_id": _EVENT_ID,
        "claimed_by": constant("UCDP"),
        "harm": constant("killed"),
        "population_group": constant("all"),
        "sex": constant("all"),
        "age_group": constant("all"),
        "cause": constant("conflict"),
        "unit": constant("person"),
        **_PERIOD,
        "counting": constant("incident"),
        "role": constant(role),
        "overlap_group": _EVENT_ID,
        **_PLACE,
        **given,
    }


_ALL_EQUAL = (integer("low") == integer("best")) & (integer("best") == integer("high"))
_TOTAL = TableMap(
    "casualties",
    _killed(
        "killed",
        "recommended",
        person_status=constant("unknown"),
        alleged_perpetrator=_PERPETRATOR,
        quantity_text=pl.format("low {} best {} high {}", text("low"), text("best"), text("high")),
        value=integer("best"),
        value_low=integer("low"),
        value_high=integer("high"),
        qualifier=pl.when(_ALL_EQUAL).then(pl.lit("exact")).otherwise(pl.lit("range")),
        bounds_basis=constant("source_range"),
    ),
    where=text("best").is_not_null(),
)


def _part(column: str, part: str, **given: pl.Expr) -> TableMap:
    """Return the map of one party's deaths: a part of the event's best estimate, given without a range.

    A party without deaths ("0") gives no row; what cannot be read is kept, so that it is rejected.
    """
    quantity = {"quantity_text": text(column), "value": integer(column), "qualifier": constant("unknown")}
    columns = _killed(part, "triangulation", **quantity, **given)
    return TableMap("casualties", columns, where=text(column) != "0")


# In non-state violence, among communal groups too, UCDP does not tell fighters from others.
_FIGHTERS = derived(
    pl.when(text("type_of_violence") == "2").then(pl.lit("unknown")).otherwise(pl.lit("combatant"))
)
_PARTS = (
    _part("deaths_a", "killed_side_a", person_status=_FIGHTERS, victim_group=_SIDES["side_a"]),
    _part("deaths_b", "killed_side_b", person_status=_FIGHTERS, victim_group=_SIDES["side_b"]),
    _part(
        "deaths_civilians",
        "killed_civilians",
        person_status=constant("civilian"),
        alleged_perpetrator=_PERPETRATOR,
    ),
    _part(
        "deaths_unknown",
        "killed_unknown",
        person_status=constant("unknown"),
        alleged_perpetrator=_PERPETRATOR,
    ),
)

_CITATION = r"(?s)^\s*(?P<source_name>.*?)\s*,\s*(?P<source_date>\d{4}-\d{2}-\d{2})\s*,(?P<headline>.*)$"
_PARALLEL = {"source_name": "source_office", "source_date": "source_date", "headline": "source_headline"}
_CARRIED = ("@row", "@source_id", "id", "source_original")


def _citations(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per document: `@position`, source_name, source_date, headline, and the event's informants.

    One document (one date) is taken as its columns have it. Of several, `source_article` holds
    `"office,date,headline"` items joined by semicolons. Headlines hold semicolons too, so the articles are
    split, not the parallel list of headlines; the lists serve where the articles do not agree with them in
    number. What neither splits (all releases before 2013) stays one whole text.
    """
    article, dates = text("source_article"), text("source_date").str.split(";")
    pieces = article.str.strip_prefix('"').str.strip_suffix('"').str.split('";"')
    offices, headlines = (text(_PARALLEL[name]).str.split(";") for name in ("source_name", "headline"))
    as_lists = (offices.list.len() == dates.list.len()) & (headlines.list.len() == dates.list.len())
    named = frame.select(*_CARRIED, "source_article", *_PARALLEL.values()).with_columns(
        text("source_office").is_not_null().alias("@named"),
        text("source_date").str.contains(";", literal=True).alias("@many"),
    )
    several = named.filter("@named", "@many").with_columns(
        (pieces.list.len() == dates.list.len()).fill_null(False).alias("@articles"),
        as_lists.fill_null(False).alias("@lists"),
    )
    by_articles = several.filter("@articles").select(*_CARRIED, pieces.alias("piece"))
    by_lists = several.filter(~pl.col("@articles") & pl.col("@lists"))
    wholes = [
        several.filter(~pl.col("@articles") & ~pl.col("@lists")),
        named.filter(~(pl.col("@named") & pl.col("@many").is_not_null())),
    ]
    return (
        pl.concat(
            [
                named.filter("@named", ~pl.col("@many")).select(*_CARRIED, *_parallel(text)),
                _parsed(_numbered(by_articles, "piece")),
                _numbered(
                    by_lists.select(*_CARRIED, *_parallel(lambda c: text(c).str.split(";"))), *_PARALLEL
                ),
                *(_whole(rows) for rows in wholes),
            ],
            how="diagonal",
        )
        .with_columns(pl.col("@position").fill_null(1), pl.col("source_date").str.strip_chars())
        .sort("@row", "@position", maintain_order=True)
    )


def _parallel(read: Callable[[str], pl.Expr]) -> list[pl.Expr]:
    return [read(column).alias(name) for name, column in _PARALLEL.items()]


def _parsed(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return the parts of each `office,date,headline`; a piece of another form is a headline as it stands."""
    parts = rows.with_columns(pl.col("piece").str.extract_groups(_CITATION).alias("parts")).unnest("parts")
    headline = pl.when(pl.col("source_date").is_null()).then("piece").otherwise("headline")
    return parts.with_columns(headline.alias("headline")).drop("piece")


def _whole(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Return events whose documents cannot be told apart, with all that is said of them as the headline."""
    said = text("source_article").fill_null(text("source_headline")).fill_null(text("source_office"))
    known = rows.filter(said.is_not_null() | text("source_original").is_not_null())
    return known.select(*_CARRIED, said.alias("headline"))


def _numbered(frame: pl.LazyFrame, *lists: str) -> pl.LazyFrame:
    """Return a row per item of the parallel `lists`, with `@position` counting from 1."""
    positions = pl.int_ranges(1, pl.col(lists[0]).list.len() + 1, dtype=pl.Int64).alias("@position")
    return frame.with_columns(positions).explode(*lists, "@position")


_EVENT_SOURCES = TableMap(
    "event_sources",
    {
        "event_id": _EVENT_ID,
        "position": context("position"),
        "source_name": line("source_name"),
        "source_date": date("source_date"),
        "headline": line("headline"),
        "original": line("source_original"),
    },
    reshape=_citations,
)

_AGGREGATE = Lookalike(
    frozenset({"year", "adm_1", "best"}),
    "this is the three-column QuickCharts aggregate (deaths per year and admin 1) that HDX derives from GED, "
    "not event data; download the event file (ged*.csv) from https://ucdp.uu.se/downloads/ or from HDX",
)
_OLD_ID = "an identifier of an older UCDP release; the current one is kept where the standard has a field"

_EVENT_LAYOUT = Layout(
    id="events",
    title="event data",
    key=text("id"),
    maps=(_EVENTS, _EVENT_SOURCES, _TOTAL, *_PARTS),
    reshaped=frozenset(
        {"source_article", "source_office", "source_date", "source_headline", "source_original"}
    ),
    not_carried={
        "relid": _OLD_ID,
        "year": "the year of date_start",
        "active_year": "a property of the dyad in a year, not of the event",
        "code_status": "UCDP's own workflow",
        "conflict_dset_id": _OLD_ID,
        "dyad_dset_id": _OLD_ID,
        "dyad_new_id": "the dyad is kept by name",
        "side_a_dset_id": _OLD_ID,
        "side_a_new_id": "the actor is kept by name",
        "side_b_dset_id": _OLD_ID,
        "side_b_new_id": "the actor is kept by name",
        "number_of_sources": "the number of rows in event_sources (-1 in the provider's file: not coded)",
        "where_description": "a comment on where_coordinates, often a list of further places",
        "geom_wkt": "the same point as latitude and longitude",
        "priogrid_gid": "follows from latitude and longitude",
        "region": "follows from the country",
        "gwnoa": "the state actor is kept by name",
        "gwnob": "the state actor is kept by name",
    },
    measures=(
        Measure("best", "events", "fatalities"),
        Measure("low", "events", "fatalities_low"),
        Measure("high", "events", "fatalities_high"),
        Measure("best", "casualties", "value", pl.col("role") == "recommended"),
        Measure(
            "deaths_civilians", "casualties", "value", pl.col("figure_id").str.ends_with(":killed_civilians")
        ),
    ),
)

SOURCE = Source(
    id="ucdp_ged",
    title="UCDP Georeferenced Event Dataset (GED)",
    provider="Uppsala Conflict Data Program (UCDP), Uppsala University",
    url="https://ucdp.uu.se/downloads/",
    licence="CC-BY-4.0",
    licence_title="Creative Commons Attribution 4.0 International",
    licence_url="https://creativecommons.org/licenses/by/4.0/",
    redistribution="attribution",
    access="public",
    source_type="dataset",
    language="en",
    terms="Free to use and redistribute with attribution to UCDP and its code book (Sundberg and Melander 2013).",
    layouts=(_EVENT_LAYOUT,),
    lookalikes=(_AGGREGATE,),
)
