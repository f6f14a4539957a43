"""ACLED event data: one row per event, in every generation of columns.

2016 to 2018 in upper case with Gleditsch and Ward's country numbers and event types in older words; until March
2023 with numbers of the United Nations and actor types as numbers; since then with `civilian_targeting`, and
since 2024 with actor types in words. From the API (JSON, CSV), the export tool (CSV) or as workbooks.
"""

from __future__ import annotations

import polars as pl

from hxl_kit.mapping import constant, context, date, derived, integer, joined, line, number, text
from hxl_kit.sources._blocks import EVERYONE, country, unranged
from hxl_kit.sources.acled._codes import (
    CLAIMANT,
    NOTHING,
    coded,
    country_code,
    known_or_refused,
    numbered_country,
)
from hxl_kit.sources.definition import Expectation, Layout, Measure, TableMap

_EVENT_ID = joined("acled", text("event_id_cnty"))
_TYPE = coded("event_type", "acled-event_type")
_NO_ACTOR = ("0", "0.0")


def _actor_type(inter: str) -> pl.Expr:
    """Return the type of an actor; 0 says that there is no such actor."""
    type_of_actor = known_or_refused(coded(inter, "acled-actor_type"), inter, "acled-actor_type")
    return derived(pl.when(~text(inter).is_in(_NO_ACTOR)).then(type_of_actor))


_ACTOR_TYPES = {side: _actor_type(f"inter{side}") for side in (1, 2)}


def _either_is(actor_type: str) -> pl.Expr:
    return pl.any_horizontal((kind == actor_type).fill_null(value=False) for kind in _ACTOR_TYPES.values())


# "Riots/Protests" became two types in 2019: riots where rioters act, else protests.
_RIOT_OR_PROTEST = (
    pl.when(_either_is("rioters"))
    .then(pl.lit("riot"))
    .when(_either_is("protesters"))
    .then(pl.lit("protest"))
    .otherwise(pl.lit("other"))
)
_EVENT_TYPE = (
    pl.when(_TYPE == "other")
    .then(_RIOT_OR_PROTEST)
    .otherwise(known_or_refused(_TYPE, "event_type", "acled-event_type"))
)


def _precision(column: str, crosswalk_name: str) -> pl.Expr:
    """Return a precision; where the file has none, it is not known."""
    return pl.when(text(column).is_null()).then(pl.lit("unknown")).otherwise(coded(column, crosswalk_name))


def _event_date() -> pl.Expr:
    """Return the day; a year of two digits after a month's name is not before 1997, when ACLED's events begin."""
    short = text("event_date").str.replace_all("[ /]", "-").str.to_date("%d-%b-%y", strict=False)
    return pl.coalesce(date("event_date"), short)


_DATE = _event_date()
_WHEN = (
    pl.when(text("event_date").is_null())
    .then(pl.lit("unknown"))
    .otherwise(
        known_or_refused(
            _precision("time_precision", "acled-date_precision"), "time_precision", "acled-date_precision"
        )
    )
)
_PERIOD = {
    "date_start": _DATE,
    "date_end": _DATE,
    "date_precision": _WHEN,
}
_LOCATION = country_code(
    "country",
    numbered_country("iso", "m49-location"),
    text("iso3"),
    numbered_country("gwno", "gleditsch_ward-location"),
)
_PLACE: dict[str, pl.Expr] = {
    **country(_LOCATION, pl.coalesce(text("iso"), text("iso3"), text("gwno")), text("country")),
    "provider_admin1_name": text("admin1"),
    "provider_admin2_name": text("admin2"),
    "place_name": text("location"),
    "latitude": number("latitude"),
    "longitude": number("longitude"),
    "geo_precision": _precision("geo_precision", "acled-geo_precision"),
    "pcode_method": constant("none"),
}
# The column holds its own name or nothing: the code book's way of saying yes and no.
_TARGETING = (
    pl.when(text("civilian_targeting").is_null())
    .then(pl.lit(False))
    .otherwise(
        text("civilian_targeting")
        .str.to_lowercase()
        .replace_strict({"civilian targeting": True}, default=None, return_dtype=pl.Boolean)
    )
)
_EVENT: dict[str, pl.Expr] = {
    "event_id": _EVENT_ID,
    "source_id": context("source_id"),
    "provider_event_id": text("event_id_cnty"),
    "event_type": _EVENT_TYPE,
    "event_subtype": text("sub_event_type").fill_null(text("event_type")),
    **_PERIOD,
    **_PLACE,
    "actor1_name": text("actor1"),
    "actor1_type": _ACTOR_TYPES[1],
    "actor2_name": text("actor2"),
    "actor2_type": _ACTOR_TYPES[2],
    "fatalities": integer("fatalities"),
    "description": text("notes"),
    "is_aggregate": pl.lit(False),
}
_KILLED = TableMap(
    "casualties",
    {
        "figure_id": joined("acled", text("event_id_cnty"), "killed"),
        "source_id": context("source_id"),
        "event_id": _EVENT_ID,
        "claimed_by": CLAIMANT,
        "harm": constant("killed"),
        "person_status": constant("unknown"),
        "population_group": constant("all"),
        **EVERYONE,
        "cause": constant("conflict"),
        **unranged("fatalities"),
        **_PERIOD,
        "counting": constant("incident"),
        "role": constant("recommended"),
        **_PLACE,
    },
    where=text("fatalities").is_not_null(),
)


def _documents(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return a row per source named for an event, with its `@position` from 1; a semicolon stands between them."""
    names = text("source").str.split(";").list.eval(pl.element().str.strip_chars())
    filled = names.list.filter(pl.element().str.len_bytes() > 0)
    listed = (
        frame.filter(text("source").is_not_null())
        .select("@row", "@source_id", "event_id_cnty", filled.alias("source"))
        .filter(pl.col("source").list.len() > 0)
    )
    positions = pl.int_ranges(1, pl.col("source").list.len() + 1, dtype=pl.Int64).alias("@position")
    return listed.with_columns(positions).explode("source", "@position")


_EVENT_SOURCES = TableMap(
    "event_sources",
    {"event_id": _EVENT_ID, "position": context("position"), "source_name": line("source")},
    reshape=_documents,
)

_ALLIES = "the standard names one actor on each side; those beside it stay in the provider's file"
_NEAR = "a model's estimate of people who live near, which counts nobody affected and must not be summed"
_NOT_CARRIED = {
    "data_id": "a row number of the provider's database that changes with every release",
    "event_id_no_cnty": "the number in event_id_cnty",
    "year": "the year of event_date",
    "disorder_type": "follows from event_type, sub_event_type and civilian_targeting",
    "assoc_actor_1": _ALLIES,
    "assoc_actor_2": _ALLIES,
    "interaction": "follows from inter1 and inter2",
    "region": "follows from the country",
    "admin3": "the standard keeps the provider's names of admin 1 and 2; location names the place",
    "source_scale": "how far the sources reach; the standard has no field for it",
    "tags": "words on the event, some with numbers in them (crowd size): no figures until someone reads them so",
    "timestamp": "when the provider last edited the row",
    "population_1km": _NEAR,
    "population_2km": _NEAR,
    "population_5km": _NEAR,
    "population_best": _NEAR,
}
_OTHER_NAMES = {
    "assoc_actor_1": ("ally_actor_1", "ally_actor"),
    "assoc_actor_2": ("ally_actor_2", "ally_act_1"),
    "event_id_cnty": ("event_id_c",),
    "event_id_no_cnty": ("event_id_n",),
    "geo_precision": ("geo_precis",),
    "time_precision": ("time_preci", "time_precis"),
    "interaction": ("interactio",),
}
_OPTIONAL = frozenset(
    {"time_precision", "sub_event_type", "actor1", "inter1", "actor2", "inter2", "iso", "iso3", "gwno"}
    | {"admin1", "admin2", "location", "latitude", "longitude", "geo_precision", "source", "notes"}
    | {"fatalities"}
)
_NOTES = (
    "ACLED gives one number of reported fatalities, without a range: 0 may also say that none are known",
    "where only the week or month is known, date_start and date_end are the day that ACLED wrote, not the span",
)


def _layout(layout_id: str, title: str, *columns: tuple[str, pl.Expr], notes: tuple[str, ...] = ()) -> Layout:
    """Return a layout of event data that has columns besides the common ones."""
    return Layout(
        id=layout_id,
        title=title,
        key=text("event_id_cnty"),
        maps=(TableMap("events", {**_EVENT, **dict(columns)}), _EVENT_SOURCES, _KILLED),
        optional=_OPTIONAL,
        reshaped=frozenset({"source"}),
        other_names=_OTHER_NAMES,
        missing=NOTHING,
        not_carried=_NOT_CARRIED,
        measures=(
            Measure("fatalities", "events", "fatalities"),
            Measure("fatalities", "casualties", "value"),
        ),
        expect=Expectation(
            filled=dict.fromkeys(("actor1", "latitude", "longitude", "geo_precision", "source"), 0.9),
            ranges={"fatalities": (0, 1000)},
        ),
        notes=(*_NOTES, *notes),
        any_case=True,
    )


EVENTS = _layout("events", "event data", ("civilian_targeting", _TARGETING))
EARLIER_EVENTS = _layout(
    "events_before_2023",
    "event data without civilian_targeting",
    notes=("this layout does not tell whether civilians were the target: civilian_targeting stays empty",),
)
