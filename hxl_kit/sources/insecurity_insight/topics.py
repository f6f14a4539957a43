"""The incident files: one row per event of a topic, from the workbooks of HDX and the API alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import CODED, constant, context, date, derived, joined, number, text
from hxl_kit.sources._blocks import country
from hxl_kit.sources.definition import Expectation, Layout, TableMap
from hxl_kit.sources.insecurity_insight.figures import figure_map, figures_of, other_names
from hxl_kit.standard.codelists import crosswalk

if TYPE_CHECKING:
    from collections.abc import Sequence

MISSING = (
    "No Information",
    "No information",
    "NoInformation",
    "No Information About Age",
    "NotApplicable",
    "NotAnswered",
)
ONE_FOR_UNKNOWN = (
    "where a number was not specified, the provider counts one: figures are kept as published, with qualifier "
    "unknown and no bounds"
)
NOUGHTS = "0 stands wherever nothing was recorded: it gives no figure, only the event"
_NOTES = (
    ONE_FOR_UNKNOWN,
    NOUGHTS,
    "an event may stand in the files of several topics: figures of the same people share an overlap_group",
    "most narratives name the month only; the day is the one in the column Date",
)

_ID = "SiND Event ID"
_ISO, _COUNTRY, _ADMIN1 = "Country ISO", "Country", "Admin 1"
_ACTOR, _ACTOR_NAME = "Reported Perpetrator", "Reported Perpetrator Name"
_WEAPON, _EXPLOSIVE, _LAUNCH = "Weapon Carried/Used", "Explosive Weapon Type", "Launch Type"
_VICTIM, _SEX, _MINOR = "Victim of Violence", "Survivor or Victim Sex", "Survivor or Victim Minor"
_NAMES = {
    _ID: ("SiND ID", "Event ID"),
    _ACTOR: ("Actor Type",),
    _ACTOR_NAME: ("Actor Name",),
    _VICTIM: ("Survivor or Victim",),
    _MINOR: ("Adult or Minor",),
}
_EXPLOSIVES = (
    "air_strike",
    "cluster_munition",
    "drone",
    "explosive_remnant",
    "explosive_unspecified",
    "grenade",
    "ied",
    "landmine",
    "missile",
    "shelling",
    "suicide_bomb",
)


def listed(column: str, crosswalk_name: str, several: str) -> pl.Expr:
    """Return the code of a cell, or `several` where it lists known values ("Firearms, Knife"), in any letter case."""
    mapping = crosswalk(crosswalk_name).mapping
    cell = text(column).str.to_lowercase()
    known = f"(?:{'|'.join(pl.Series([*mapping, *map(str.lower, MISSING)]).str.escape_regex())})"
    code = cell.replace_strict(mapping, default=None, return_dtype=pl.String)
    read = pl.when(cell.str.contains(f"^{known}(?:, ?{known})+$")).then(pl.lit(several)).otherwise(code)
    return read.alias(f"{CODED}{crosswalk_name}")


def _all_unless(column: str, crosswalk_name: str) -> pl.Expr:
    """Return what a column tells of all victims of its row, `all` where it is empty or tells several things."""
    told = listed(column, crosswalk_name, "all")
    return (
        pl.when(text(column).is_null()).then(pl.lit("all")).otherwise(told).alias(f"{CODED}{crosswalk_name}")
    )


def _geo_precision() -> pl.Expr:
    """Return the precision from the code in parentheses; without one, what the filled columns allow.

    A code that is not known stays as it is, so that its row is rejected.
    """
    mapping = crosswalk("insecurity_insight-geo_precision").mapping
    given = text("Geo Precision")
    code = given.str.extract(r"^\((\d+)\)").replace_strict(mapping, default=None, return_dtype=pl.String)
    return (
        pl.when(given.is_not_null())
        .then(code.fill_null(given))
        .when(text(_ADMIN1).is_not_null())
        .then(pl.lit("admin1"))
        .when(text(_ISO).is_not_null())
        .then(pl.lit("country"))
        .otherwise(pl.lit("unknown"))
    )


_DATE = date("Date")
_PERPETRATOR = text(_ACTOR_NAME)
_WEAPON_CODE = listed(_WEAPON, "insecurity_insight-weapon", "multiple")
# The provider has no type of event, but an explosive weapon makes one.
_EVENT_TYPE = derived(
    pl.when(_WEAPON_CODE.is_in(_EXPLOSIVES))
    .then(pl.lit("explosion_remote_violence"))
    .otherwise(pl.lit("other"))
)
_PERIOD = {"date_start": _DATE, "date_end": _DATE, "date_precision": constant("day")}
_PLACE: dict[str, pl.Expr] = {
    **country(text(_ISO), text(_ISO), text(_COUNTRY)),
    "provider_admin1_name": text(_ADMIN1),
    "place_name": text("Camp Name"),
    "latitude": number("Latitude"),
    "longitude": number("Longitude"),
    "geo_precision": _geo_precision(),
    "pcode_method": constant("none"),
}
_VICTIMS: dict[str, pl.Expr] = {
    "victim_group": text(_VICTIM),
    "sex": _all_unless(_SEX, "insecurity_insight-sex"),
    "age_group": _all_unless(_MINOR, "insecurity_insight-age_group"),
}


def _explosive_weapon() -> pl.Expr:
    """Return the weapon of the explosive-weapons files: the way of launch tells air strikes from drones.

    A type that is not known stays as it is, so that its row is rejected.
    """
    launch, cluster = text(_LAUNCH).str.to_lowercase(), text(_EXPLOSIVE).str.to_lowercase() == "cluster bomb"
    by_type = listed(_EXPLOSIVE, "insecurity_insight-weapon", "multiple").fill_null(text(_EXPLOSIVE))
    from_air = launch.str.starts_with("air-launched") & ~launch.str.contains(", ", literal=True)
    known = by_type.is_in([*_EXPLOSIVES, "multiple"])
    return (
        pl.when(from_air.fill_null(value=False) & known & ~cluster)
        .then(pl.when(launch.str.ends_with("drone")).then(pl.lit("drone")).otherwise(pl.lit("air_strike")))
        .otherwise(by_type)
    )


def _subtype(columns: Sequence[str]) -> pl.Expr | None:
    """Return what the provider says of the event's kind: the filled cells of columns, joined."""
    if not columns:
        return None
    said = pl.concat_str([text(c) for c in columns], separator="; ", ignore_nulls=True)
    return derived(pl.when(said.str.len_bytes() > 0).then(said))


def _topic(
    topic: str, title: str, required: Sequence[str], kind: Sequence[str], *, explosive: bool = False
) -> Layout:
    """Return the layout of a topic's incidents; `kind` are the columns that tell the kind of event."""
    identity = joined("insecurity_insight", constant(topic), text(_ID))
    weapon = _explosive_weapon() if explosive else _WEAPON_CODE
    event_type = constant("explosion_remote_violence") if explosive else _EVENT_TYPE
    events = TableMap("events", _event(identity, weapon, event_type, _subtype(kind)))
    shared = {"event_id": identity, **_PERIOD, **_PLACE, "overlap_group": text(_ID)}
    harmed = {
        **shared,
        "cause": constant("other_violence"),
        "weapon": weapon,
        "alleged_perpetrator": _PERPETRATOR,
    }
    found = figures_of(topic)
    figures = [
        figure_map(f, identity, harmed if f.table == "casualties" else shared, _VICTIMS) for f in found
    ]
    layout = Layout(
        id=topic,
        title=title,
        key=identity,
        maps=(events, *figures),
        other_names=_NAMES | other_names(found),
        missing=MISSING,
        misread=frozenset({_ADMIN1}),
        measures=tuple(f.measure for f in found),
        expect=Expectation(filled={_ISO: 0.95, "Date": 1.0}),
        notes=_NOTES,
        any_case=True,
    )
    wanted = frozenset({"Date", _COUNTRY, _ISO, _ID, *required})
    left = {name: reason for name, reason in _NOT_CARRIED.items() if name not in layout.columns}
    return replace(layout, optional=layout.columns - wanted, not_carried=left)


def _event(
    identity: pl.Expr, weapon: pl.Expr, event_type: pl.Expr, subtype: pl.Expr | None
) -> dict[str, pl.Expr]:
    return {
        "event_id": identity,
        "source_id": context("source_id"),
        "provider_event_id": text(_ID),
        "event_type": event_type,
        **({} if subtype is None else {"event_subtype": subtype}),
        "weapon": weapon,
        **_PERIOD,
        **_PLACE,
        "actor1_name": _PERPETRATOR,
        "actor1_type": listed(_ACTOR, "insecurity_insight-actor_type", "other"),
        "description": text("Event Description"),
        "is_aggregate": pl.lit(value=False),
    }


_OUTCOME = "what became of the kidnapped and arrested, for all of a row's victims together"
_KIND_OF_PLACE = "the kind of place, not its name; the narrative has it"
_CONTEXT = "a category of the provider's own beside the one in event_subtype; the narrative has it"
_NOT_CARRIED = {
    "Known Kidnapping or Arrest Outcome": _OUTCOME,
    "Known Educators Kidnap Or Arrest Outcome": _OUTCOME,
    "Known Student Kidnap Or Arrest Outcome": _OUTCOME,
    "Location": _KIND_OF_PLACE,
    "Location of event": _KIND_OF_PLACE,
    "Location of Incident": _KIND_OF_PLACE,
    "Location Where Sexual Violence Was Committed": _KIND_OF_PLACE,
    "Reported Health Worker Profession": "the professions of a row's victims together, not counted",
    "Programme Focus": _CONTEXT,
    "Provider": _CONTEXT,
    "Affected": _CONTEXT,
    "Launch Type": "read together with the type of explosive weapon",
    "Protection Event Context": _CONTEXT,
    "SV Context": _CONTEXT,
    "Classification": _CONTEXT,
    "Single And Group Perpetrators": _CONTEXT,
    "Food Security": _CONTEXT,
    "FoodSecurity": _CONTEXT,
}


def _victims(people: str, *harms: str) -> list[str]:
    return [f"{people} {harm}" for harm in harms or ("Killed", "Injured", "Kidnapped", "Arrested")]


_RELATED = [
    f"{cause}-Related Violence" for cause in ("Conflict", "Political", "COVID-19", "Ebola", "Vaccination")
]
_SHCC = ("Reported Health Worker Profession", "Female Health Workers Killed", "Male Health Workers Killed")

TOPICS = (
    _topic("health_care", "attacks on health care", _victims("Health Workers"), _RELATED),
    _topic("shcc_incidents", "SHCC incidents of health care, with victims by employer", _SHCC, _RELATED),
    _topic(
        "education",
        "education in danger",
        [*_victims("Educators"), *_victims("Students")],
        ["Type of Education Facility"],
    ),
    _topic(
        "explosive_weapons",
        "explosive weapons affecting aid, education and health care",
        [_EXPLOSIVE, _LAUNCH],
        ["Sector Affected"],
        explosive=True,
    ),
    _topic("protection", "protection in danger: camps of displaced people", [_VICTIM, _SEX, _MINOR], []),
    _topic(
        "aid_workers",
        "aid workers killed, injured, kidnapped, arrested",
        _victims("Aid Workers"),
        ["Organisation Affected"],
    ),
    _topic(
        "sexual_violence",
        "conflict-related sexual violence",
        ["Number of Reported Victims", "Type of SV"],
        ["Type of SV"],
    ),
    _topic("food_security", "conflict and hunger", ["Infrastructure Affected"], ["Infrastructure Affected"]),
)
