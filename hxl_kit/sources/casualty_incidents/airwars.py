"""Airwars: incidents of reported civilian harm, each with ranges of the killed and injured and a grading.

Columns of the public exports and of the API; meanings: https://airwars.org/research/methodology-note/. Who is
said to have done it is an allegation: each belligerent is a row of claims. Names of victims are not read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from hxl_kit.mapping import (
    CODED,
    constant,
    context,
    date,
    derived,
    folded_code,
    integer,
    joined,
    number,
    phrase,
    text,
)
from hxl_kit.sources._blocks import country
from hxl_kit.sources.definition import Layout, Measure, TableMap
from hxl_kit.standard.codelists import crosswalk

if TYPE_CHECKING:
    from collections.abc import Iterator

_CODE, _DATE, _END, _COUNTRY = "unique_reference_code", "date", "date_end", "country"
_GRADING, _BELLIGERENTS = "grading", "belligerents"
_ACCURACIES = "casualty_incidents-geo_precision"
_WEEK, _MONTH = 6, 31
"""The most days between the ends of a span of that precision."""
_STRIKE, _STATUS, _ACCURACY = "strike_type", "strike_status", "geolocation_accuracy"

_ID = joined("casualty_incidents:airwars", text(_CODE))
_GRADED = folded_code(_GRADING, "casualty_incidents-grading")


def _names(cell: pl.Expr) -> pl.Expr:
    """Return the belligerents of a cell as a list, each once: "A; B", "A, B", "A|B" or JSON objects with a name."""
    of_objects = cell.str.extract_all(r'"name":\s*"[^"]*"').list.eval(
        pl.element().str.strip_prefix('"name":').str.strip_chars(' "')
    )
    split = cell.str.replace_all(r"\s*[;,|]\s*", ";").str.split(";")
    names = pl.when(cell.str.starts_with("[{")).then(of_objects).otherwise(split)
    return names.list.eval(pl.element().filter(pl.element().str.len_bytes() > 0)).list.unique(
        maintain_order=True
    )


def _location() -> pl.Expr:
    """Return the country of a name or of the form it has in addresses ("the-gaza-strip")."""
    mapping = crosswalk("country_name-location").mapping | crosswalk("casualty_incidents-location").mapping
    name = text(_COUNTRY).str.to_lowercase().str.replace_all("[-_]", " ")
    code = name.replace_strict(mapping, default=None, return_dtype=pl.String)
    return code.alias(f"{CODED}country_name-location")


def _geo_precision() -> pl.Expr:
    """Return how finely the place is known; punctuation in the words for it does not matter."""
    mapping = crosswalk(_ACCURACIES).mapping
    name = text(_ACCURACY).str.to_lowercase().str.replace_all(r"[^a-z0-9]+", " ").str.strip_chars()
    code = name.replace_strict(mapping, default=None, return_dtype=pl.String)
    none = text(_ACCURACY).is_null()
    return pl.when(none).then(pl.lit("unknown")).otherwise(code).alias(f"{CODED}{_ACCURACIES}")


def _precision() -> pl.Expr:
    """Return the precision of a day or a span; an end that cannot be read stays, so that its row is rejected."""
    days = (date(_END) - date(_DATE)).dt.total_days()
    spans = (("day", 0), ("week", _WEEK), ("month", _MONTH))
    found = pl.lit("year")
    for name, most in reversed(spans):
        found = pl.when(days <= most).then(pl.lit(name)).otherwise(found)
    unread = text(_END).is_not_null() & date(_END).is_null()
    return pl.when(unread).then(text(_END)).when(days.is_null()).then(pl.lit("day")).otherwise(found)


_ALLEGED = derived(_names(text(_BELLIGERENTS)).list.join("; "))
_WEAPON = folded_code(_STRIKE, "casualty_incidents-weapon")
_START = date(_DATE)
_LAST = derived(date(_END).fill_null(date(_DATE)))
_PERIOD: dict[str, pl.Expr] = {
    "date_start": _START,
    "date_end": _LAST,
    "date_precision": _precision(),
}
_PLACE: dict[str, pl.Expr] = {
    **country(_location(), provider_name=text(_COUNTRY)),
    "provider_admin1_name": text("region"),
    "place_name": text("location_name"),
    "latitude": number("latitude"),
    "longitude": number("longitude"),
    "geo_precision": _geo_precision(),
    "pcode_method": constant("none"),
}
_EVENT = TableMap(
    "events",
    {
        "event_id": _ID,
        "source_id": context("source_id"),
        "provider_event_id": text(_CODE),
        "event_type": pl.when(_WEAPON.is_in(["none", "small_arms", "unknown"]) | _WEAPON.is_null())
        .then(pl.lit("other"))
        .otherwise(pl.lit("explosion_remote_violence")),
        "event_subtype": derived(
            pl.coalesce(phrase("{}; {}", text(_STRIKE), text(_STATUS)), text(_STRIKE), text(_STATUS))
        ),
        "weapon": _WEAPON,
        **_PERIOD,
        **_PLACE,
        "actor1_name": _ALLEGED,
        "is_aggregate": pl.lit(value=False),
    },
)


def _ends(stem: str) -> tuple[str, str]:
    return f"{stem}_min", f"{stem}_max"


def _range(low: str, high: str) -> dict[str, pl.Expr]:
    """Return the quantity block of a range, of which either end may be missing."""
    least, most = integer(low), integer(high)
    one = pl.when(least == most).then(least).when(most.is_null()).then(least).when(least.is_null()).then(most)
    qualifier = (
        pl.when(least == most)
        .then(pl.lit("exact"))
        .when(most.is_null())
        .then(pl.lit("at_least"))
        .when(least.is_null())
        .then(pl.lit("at_most"))
        .otherwise(pl.lit("range"))
    )
    return {
        "value": derived(one),
        "value_low": integer(low),
        "value_high": integer(high),
        "qualifier": qualifier,
        "bounds_basis": constant("source_range"),
        "unit": constant("person"),
    }


# Later evidence speaks against a discounted report: it is kept and never summed.
_ROLE = derived(
    pl.when(_GRADED == "discounted").then(pl.lit("triangulation")).otherwise(pl.lit("recommended"))
)


def _figure(stem: str, harm: str, status: str = "civilian", part: dict[str, str] | None = None) -> TableMap:
    """Return the map of a range of people; a `part` (women, men, children) is never summed."""
    low, high = _ends(stem)
    whom = {"sex": "all", "age_group": "all"} | (part or {})
    columns = {
        "figure_id": joined(_ID, stem),
        "source_id": context("source_id"),
        "event_id": _ID,
        "harm": constant(harm),
        "person_status": constant(status),
        "population_group": constant("all"),
        **{name: constant(value) for name, value in whom.items()},
        "cause": constant("conflict"),
        "weapon": _WEAPON,
        "alleged_perpetrator": _ALLEGED,
        **_range(low, high),
        **_PERIOD,
        "counting": constant("incident"),
        "role": constant("triangulation") if part else _ROLE,
        "overlap_group": joined(_ID, status),
        "grading": _GRADED,
        **_PLACE,
    }
    return TableMap("casualties", columns, where=text(low).is_not_null() | text(high).is_not_null())


_FIGURES = {
    "civilians_killed": _figure("civilians_killed", "killed"),
    "civilians_injured": _figure("civilians_injured", "injured"),
    "militants_killed": _figure("militants_killed", "killed", "combatant"),
    "militants_injured": _figure("militants_injured", "injured", "combatant"),
    **{
        f"{people}_{harm}": _figure(f"{people}_{harm}", harm, part=part)
        for people, part in (
            ("women", {"sex": "female", "age_group": "adult"}),
            ("men", {"sex": "male", "age_group": "adult"}),
            ("children", {"age_group": "child"}),
        )
        for harm in ("killed", "injured")
    },
}


def _each_belligerent(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return a row per incident and belligerent, with `belligerent` and whether it is the `only` one."""
    names = _names(text(_BELLIGERENTS))
    rows = frame.select("@row", "@source_id", _CODE, _GRADING, belligerent=names, only=names.list.len() == 1)
    named = rows.explode("belligerent", empty_as_null=True).filter(pl.col("belligerent").is_not_null())
    return named.filter(~text("belligerent").str.to_lowercase().is_in(["unknown", "unknown belligerent"]))


def _accepted(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Return the belligerents who accept responsibility: what the grading confirmed says, if one only is named."""
    return _each_belligerent(frame).filter(pl.col("only"), text(_GRADING).str.to_lowercase() == "confirmed")


def _claim(about: str, claimant: pl.Expr, stance: str, **quote: pl.Expr) -> dict[str, pl.Expr]:
    return {
        "claim_id": joined(_ID, about, text("belligerent")),
        "source_id": context("source_id"),
        "claimant": claimant,
        "stance": constant(stance),
        "about_table": constant("events"),
        "about_id": _ID,
        "aspect": constant("responsibility"),
        **quote,
        "grading": folded_code(_GRADING, "casualty_incidents-grading"),
    }


_CLAIMS = (
    TableMap(
        "claims",
        _claim(
            "responsibility",
            constant("Airwars"),
            "asserts",
            quote=phrase("alleged belligerent: {}", text("belligerent")),
            quote_language=constant("en"),
        ),
        reshape=_each_belligerent,
    ),
    TableMap("claims", _claim("confirmed", text("belligerent"), "confirms"), reshape=_accepted),
)

_STEMS = {
    "civilians_killed": (
        "civ_deaths",
        "civilian_deaths",
        "civilian_killed",
        "civilian_non_combatants_killed",
    ),
    "civilians_injured": (
        "civ_injuries",
        "civ_injured",
        "civilian_injuries",
        "civilian_injured",
        "civilian_non_combatants_injured",
    ),
    "militants_killed": (
        "belligerents_killed",
        "militant_deaths",
        "persons_directly_participating_in_hostilities_killed",
    ),
    "militants_injured": ("belligerents_injured",),
    "women_killed": ("women_deaths",),
    "men_killed": ("men_deaths",),
    "children_killed": ("children_deaths", "child_deaths"),
    "women_injured": (),
    "men_injured": (),
    "children_injured": (),
}
_ENDS = {"min": ("minimum", "min", "low"), "max": ("maximum", "max", "high")}


def _other_names() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the names that the ends of ranges have in some files, with "_" or spaces, the end before or after."""
    for stem, others in _STEMS.items():
        for end, words in _ENDS.items():
            pairs = [(s, w) for s in (stem, *others) for w in words]
            names = [n for s, w in pairs for n in (f"{s}_{w}", f"{w}_{s}")]
            yield f"{stem}_{end}", (*names, *(n.replace("_", " ") for n in names))


_NAMES = {
    _CODE: (
        "Unique Reference Code",
        "reference_code",
        "Reference Code",
        "code",
        "Incident Code",
        "incident_code",
        "civcas_code",
    ),
    _DATE: ("date_start", "Incident Date", "incident_date"),
    _END: ("Date End", "End Date", "end_date"),
    "location_name": ("Location Name", "location", "place"),
    _GRADING: (
        "assessment",
        "Airwars Grading",
        "airwars_grading",
        "Civilian Harm Status",
        "civilian_harm_status",
    ),
    _BELLIGERENTS: (
        "belligerent_list",
        "Belligerents List",
        "Belligerent List",
        "belligerent",
        "Suspected Belligerents",
        "suspected_belligerents",
        "Alleged Belligerent",
        "alleged_belligerent",
        "Known Attacker",
        "known_attacker",
    ),
    _STRIKE: ("Strike Type", "Type of Strike", "type_of_strike"),
    _STATUS: ("Strike Status",),
    _ACCURACY: ("Geolocation Accuracy",),
    **dict(_other_names()),
}
_PERSONS = "names of victims, with ages and families: dropped at the door"
_NARRATIVE = "an account that may name victims"
_NOT_CARRIED = {
    **dict.fromkeys(
        (
            "victims",
            "victim_names",
            "Victim Names",
            "named_victims",
            "Named Victims",
            "victims_named",
            "names",
            "civilian_names",
        ),
        _PERSONS,
    ),
    **dict.fromkeys(
        ("summary", "narrative", "assessment_summary", "description", "Civilian Harm Summary"), _NARRATIVE
    ),
    **dict.fromkeys(("sources", "source_list"), "accounts of private persons may be among the sources"),
    **dict.fromkeys(
        ("targeted_belligerents", "targeted_belligerent"), "who is said to have been the target of the strike"
    ),
    "permalink": "the page of the incident, which its code finds",
    "post_id": "a number of the provider's website",
}


def _layout() -> Layout:
    civilian = ("civilians_killed", "civilians_injured", "militants_killed")
    measures = [
        Measure(f"{stem}_{end}", "casualties", field, pl.col("figure_id").str.ends_with(f":{stem}"))
        for stem in civilian
        for end, field in (("min", "value_low"), ("max", "value_high"))
    ]
    layout = Layout(
        id="airwars",
        title="Airwars incidents of civilian harm",
        key=_ID,
        maps=(_EVENT, *_FIGURES.values(), *_CLAIMS),
        reshaped=frozenset({_BELLIGERENTS, _END}),
        dates=frozenset({_END}),
        other_names=_NAMES,
        missing=("[]", "null", "N/A", "NA"),
        not_carried=_NOT_CARRIED,
        personal=frozenset(name for name, why in _NOT_CARRIED.items() if why == _PERSONS),
        measures=tuple(measures),
        notes=(
            "civilians killed and injured are ranges of local reports: an empty cell is not reported, 0 is a figure",
            "women, men and children do not add up to the total: they are never summed",
            "belligerents are alleged; one accepts responsibility where it alone is named and the grading is confirmed",
            "reports graded discounted are kept for comparison and not summed",
        ),
        any_case=True,
    )
    wanted = {_CODE, _DATE, _COUNTRY, _GRADING, *_ends("civilians_killed")}
    return replace(layout, optional=layout.columns - wanted)


AIRWARS = _layout()
