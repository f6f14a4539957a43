"""OCHA's sheet for Ukraine in 2022: civilian casualties by OHCHR, refugees by UNHCR, displaced people by IOM.

One row per situation report, its figures those known on the day. A blank or N/A is no new figure: nothing is carried
forward. OHCHR counts what it could corroborate since 24 February 2022 and says that the true figures are considerably
higher (https://ukraine.ohchr.org).
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from hxl_kit.mapping import constant, context, date, joined, text
from hxl_kit.sources._blocks import nationwide, unranged
from hxl_kit.sources.casualty_series._series import COMPARED, RECOMMENDED, Series, cumulative, measured
from hxl_kit.sources.definition import Expectation, Layout, TableMap

_LINKS = "Source URL"
_LINK = text(_LINKS).str.extract(r"(https?://\S+)")
_DOCUMENT = joined(context("source_id"), date("Date").cast(pl.String))
_UKRAINE = Series(
    id="ukraine",
    day="Date",
    start=dt.date(2022, 2, 24),
    place=nationwide(constant("UKR")),
    claimant=constant("OHCHR"),
    source_id=_DOCUMENT,
)
_AS_OF = {"as_of": date("Date")}
_ABROAD = {"geo_precision": constant("unknown"), "pcode_method": constant("none")}


def _civilians(column: str, harm: str) -> TableMap:
    m = cumulative(_UKRAINE, column, harm, RECOMMENDED, of_whom={"person_status": "civilian"})
    return TableMap(
        m.table, {**m.columns, "standard_of_proof": constant("reasonable_grounds_to_believe")}, m.where
    )


def _displaced(column: str, category: str, claimant: str, place: dict[str, pl.Expr]) -> TableMap:
    fields = {
        **unranged(column),
        **_AS_OF,
        "claimed_by": constant(claimant),
        "measure": constant("stock"),
        "category": constant(category),
        "cause": constant("conflict"),
        "counts": constant("people"),
        "origin_location_code": constant("UKR"),
        "overlap_group": joined(_UKRAINE.key, category),
    }
    m = _UKRAINE.figure(column, "displacement", RECOMMENDED, fields)
    elsewhere = {name: expr for name, expr in m.columns.items() if name not in _UKRAINE.place}
    return TableMap(m.table, {**elsewhere, **place}, m.where)


def _people(column: str, indicator: str) -> TableMap:
    fields = {
        **unranged(column),
        **_AS_OF,
        "indicator": constant(indicator),
        "claimed_by": constant("OCHA"),
        "overlap_group": joined(_UKRAINE.key, indicator),
    }
    return _UKRAINE.figure(column, "indicators", RECOMMENDED, fields)


def _attacks(column: str, indicator: str) -> TableMap:
    """Return the map of attacks since the start: each figure contains the earlier ones, so none is recommended."""
    fields = {
        **unranged(column, "event"),
        **_UKRAINE.since_start(),
        "indicator": constant(indicator),
        "claimed_by": constant("OCHA"),
        "overlap_group": joined(_UKRAINE.key, indicator),
    }
    return _UKRAINE.figure(column, "indicators", COMPARED, fields)


_FIGURES: dict[str, TableMap] = {
    "Civilian casualities(OHCHR) - Killed": _civilians("Civilian casualities(OHCHR) - Killed", "killed"),
    "Civilian casualities(OHCHR) - Injured": _civilians("Civilian casualities(OHCHR) - Injured", "injured"),
    "Refugees(UNHCR)": _displaced("Refugees(UNHCR)", "refugees", "UNHCR", _ABROAD),
    "IDPs": _displaced("IDPs", "idps", "IOM", dict(_UKRAINE.place)),
    "Total Population(Flash Appeal)": _people("Total Population(Flash Appeal)", "resident_population"),
    "People Affected(Flash Appeal)": _people("People Affected(Flash Appeal)", "affected_population"),
    "People in Need(Flash Appeal)": _people("People in Need(Flash Appeal)", "people_in_need"),
    "People Targeted(Flash Appeal)": _people("People Targeted(Flash Appeal)", "people_targeted"),
    "Number of People Reached": _people("Number of People Reached", "people_reached"),
    "Attacks on Health Care": _attacks("Attacks on Health Care", "attacks_on_health_care"),
    "Attacks on Education Facilities": _attacks("Attacks on Education Facilities", "attacks_on_education"),
}
_CASUALTIES = {"Civilian casualities(OHCHR) - Killed", "Civilian casualities(OHCHR) - Injured"}
_REPORT = TableMap(
    "sources",
    {
        "source_id": _DOCUMENT,
        "title": pl.format("Figures of {}: {}", date("Date").cast(pl.String), text(_LINKS)),
        "publisher": constant("OCHA"),
        "source_type": constant("un"),
        "date_published": date("Date"),
        "date_precision": constant("day"),
        "url": _LINK,
        "language": constant("en"),
        "redistribution": constant("attribution"),
        "access": constant("public"),
    },
    where=pl.any_horizontal(text(column).is_not_null() for column in _FIGURES),
)
_APPEAL = "a part of the flash appeal's figures that the standard has no group for: displaced people"
_MONEY = "money: the standard has no table for funding"
_FUNDING = (
    *(
        f"Ukraine {plan} 2022 - {what}"
        for plan in ("Flash Appeal", "Humanitarian Response Plan", "Regional Refugee Response Plan")
        for what in ("Required (US$m)", "Funded (US$m)", "% coverage")
    ),
    *("CERF - Contributions (US$m)", "CERF - Allocations (US$m)"),
    *(f"Ukraine Humanitarian Fund - {what} (US$m)" for what in ("Contributions", "Allocations")),
    *("Requirements (US$)(Flash Appeal)", "FTS URL"),
)

LAYOUT = Layout(
    id="ukraine",
    title="Ukraine 2022, OCHA's sheet",
    key=_UKRAINE.key,
    maps=(*_FIGURES.values(), _REPORT),
    optional=frozenset(set(_FIGURES) - _CASUALTIES),
    other_names={column: (column.replace("casualities", "casualties"),) for column in sorted(_CASUALTIES)},
    missing=("N/A", "NA", "n/a"),
    not_carried={
        "People Affected - IDPs": _APPEAL,
        "PiN - IDPs": _APPEAL,
        "People Targeted - IDPs": _APPEAL,
        "Projection Time Frame (Flash Appeal)": "the months that the appeal plans for, in words",
        "Flash Appeal URL": "the address of the appeal; that of the day's report is kept",
        "Number of Organisations": "the standard has no field for organisations at work",
        **dict.fromkeys(_FUNDING, _MONEY),
    },
    measures=measured(_FIGURES),
    expect=Expectation(filled=dict.fromkeys(sorted(_CASUALTIES), 0.9)),
    notes=(
        (
            "civilian casualties are those that OHCHR corroborated since 24 February 2022; each figure contains the earlier "
            "ones: they are differenced, never summed, and OHCHR says that the true figures are considerably higher"
        ),
        "a blank cell is no new figure: the one before is not carried forward",
        "refugees are those that UNHCR counted as having left Ukraine since 24 February 2022, in all countries together",
    ),
)
